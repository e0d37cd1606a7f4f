//! Syntax → plan: names, numbers and times are fixed, so that a plan means the same whenever it is answered.

pub mod isolated;
pub mod at;
mod position;
pub mod names;
pub mod basis;
pub mod conditions;
mod asked;
pub mod ask;
pub mod over_time;
pub mod written;
pub mod pins;
pub mod transactions;

use crate::error::Error;
use crate::query::syntax::ast::Statement;
use crate::query::syntax::language::{Over, StatementKind};
use crate::statement::{At, Subject};
use crate::text::Span;
use crate::time::{RecordedTime, Timestamp};
pub use ask::MeasurePlan;
pub use over_time::SubjectsPlan;

/// A statement whose every word has a fixed meaning.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// Which row of the language it is.
    pub kind: StatementKind,
    /// Whether the answer is to be explained.
    pub is_explained: bool,
    /// What is asked.
    pub question: Question,
}

/// What a plan asks.
#[derive(Clone, PartialEq, Debug)]
pub enum Question {
    /// A measure of subjects.
    Measure(MeasurePlan),
    /// The rules of subjects.
    Subjects(SubjectsPlan),
    /// What is stored.
    Stored(StoredPlan),
}

/// What is stored, all or a part of it.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredPlan {
    /// The subjects; empty for all.
    pub subjects: Vec<Subject>,
    /// A pattern of names, or the first digits of the id of a source, and the place in the query.
    pub argument: Option<(String, Span)>,
}

impl From<MeasurePlan> for Plan {
    /// The plan of the measure itself.
    fn from(plan: MeasurePlan) -> Plan {
        Plan { kind: StatementKind::Measure, is_explained: false, question: Question::Measure(plan) }
    }
}

impl Plan {
    /// A plan over the rules of subjects.
    pub fn of(kind: StatementKind, plan: SubjectsPlan) -> Plan {
        Plan { kind, is_explained: false, question: Question::Subjects(plan) }
    }

    /// The subjects whose statements the answer is made from; `None` where that is everything stored.
    pub fn subjects(&self) -> Option<&[Subject]> {
        match &self.question {
            Question::Measure(plan) => Some(&plan.subjects),
            Question::Subjects(plan) => Some(&plan.subjects),
            Question::Stored(_) => None,
        }
    }

    /// The same plan for one of its subjects.
    pub fn about(&self, subject: &Subject) -> Plan {
        let mut plan = self.clone();
        match &mut plan.question {
            Question::Measure(MeasurePlan { subjects, .. })
            | Question::Subjects(SubjectsPlan { subjects, .. })
            | Question::Stored(StoredPlan { subjects, .. }) => *subjects = vec![subject.clone()],
        }
        plan
    }

    /// Whether the answer may depend on what was recorded at an earlier time, and not only on everything recorded.
    pub fn is_of_earlier_recording(&self) -> bool {
        match &self.question {
            Question::Measure(MeasurePlan { basis, after: None, .. }) => {
                self.kind != StatementKind::Measure || basis.recorded_by.is_some()
            }
            _ => true,
        }
    }

    /// The times by which something has to be recorded to count, at both sides of a comparison.
    pub fn recorded_by_times(&self) -> [Option<RecordedTime>; 2] {
        match &self.question {
            Question::Measure(MeasurePlan { basis, after, .. })
            | Question::Subjects(SubjectsPlan { basis, after, .. }) => {
                [basis.recorded_by, after.and_then(|after| after.recorded_by)]
            }
            Question::Stored(_) => [None; 2],
        }
    }

    /// The same plan with nothing that was recorded after `at`, where it does not name an earlier time
    /// itself.
    pub fn recorded_by(mut self, at: RecordedTime) -> Plan {
        let limit = |basis: &mut At| {
            basis.recorded_by = Some(basis.recorded_by.map_or(at, |named| named.min(at)));
        };
        match &mut self.question {
            Question::Measure(MeasurePlan { basis, after, .. })
            | Question::Subjects(SubjectsPlan { basis, after, .. }) => {
                limit(basis);
                after.iter_mut().for_each(limit);
            }
            Question::Stored(_) => {}
        }
        self
    }
}

/// Fixes the meaning of a statement against the stored subjects, which are in order. `now` is what an omitted `as of` and
/// relative times mean; it is read once for each statement.
///
/// # Errors
/// A name is unknown or has no such measure; a number, leverage or time cannot be read; what the measure
/// needs after `at` is missing, or something is given there that it does not take; `recorded by` is in the
/// future; the answer would have more than [`crate::limits::ANSWER_ROWS`] rows.
pub fn plan(statement: &Statement, stored: &[Subject], now: Timestamp) -> Result<Plan, Error> {
    let question = match (statement.measure, statement.kind.row().over) {
        (Some((measure, place)), _) => {
            Question::Measure(ask::measure(statement, measure, place, stored, now)?)
        }
        (None, Over::Stored) => {
            let subjects = names::any_of(&statement.subjects, stored)?;
            let argument = statement.argument.as_ref().map(|word| (word.text.clone(), word.span));
            Question::Stored(StoredPlan { subjects, argument })
        }
        (None, _) => Question::Subjects(over_time::subjects(statement, stored, now)?),
    };
    Ok(Plan { kind: statement.kind, is_explained: statement.is_explained, question })
}
