//! Plan → answer: the only step that looks into the rulebook. An answer is made part by part.

use crate::error::Error;
use crate::query::eval::changes::Changes;
use crate::query::eval::diff::{diff_rows, other_basis};
use crate::query::eval::explain::{Asked, explain};
use crate::query::eval::listing;
use crate::query::eval::measures::measure_rows;
use crate::query::eval::report::Report;
use crate::query::eval::segments::segment_rows;
use crate::query::eval::steps::step_rows;
use crate::query::eval::stored::StoredRules;
use crate::query::eval::tier_periods::tier_period_rows;
use crate::query::eval::timeline::timeline_rows;
use crate::query::eval::versions::version_rows;
use crate::query::plan::{Plan, Question};
use crate::query::rows::Row;
use crate::query::syntax::language::{Clause, StatementKind as Kind};
use crate::rulebook::Knowledge;
use crate::statement::{At, Subject};

/// Answers a plan from what is stored.
///
/// # Errors
/// `source ID` or `findings in ID` names no source, or more than one.
pub fn answer(plan: &Plan, stored: &StoredRules) -> Result<Vec<Row>, Error> {
    Ok(Remaining::of(plan, stored)?.into_rows(plan, stored))
}

/// What is still to be made of an answer. It is made in small parts, so that an answer of any length needs the
/// memory of one of them.
#[derive(Debug)]
pub enum Remaining {
    /// The rows of each subject from this place in the plan on.
    Subjects(usize),
    /// The explanations of each subject from this place in the plan on.
    Explanations(usize),
    /// The changes of all subjects, in their order.
    Changes(Changes),
    /// What is counted of each source.
    Report(Report),
    /// A list of what is stored, all of it.
    List(Vec<Row>),
}

impl Remaining {
    /// The whole answer to a plan.
    ///
    /// # Errors
    /// Those of [`answer`]; nothing that is made later fails.
    pub fn of(plan: &Plan, stored: &StoredRules) -> Result<Remaining, Error> {
        if plan.is_explained { Ok(Remaining::Explanations(0)) } else { Remaining::plain(plan, stored) }
    }

    /// The whole answer to a plan, not explained.
    fn plain(plan: &Plan, stored: &StoredRules) -> Result<Remaining, Error> {
        Ok(match (plan.kind, &plan.question) {
            (Kind::Changes | Kind::Upcoming, Question::Subjects(plan)) => {
                Remaining::Changes(Changes::of(plan, stored))
            }
            (Kind::Report, Question::Subjects(plan)) => Remaining::Report(Report::of(plan, stored)),
            (Kind::Subjects, Question::Stored(plan)) => Remaining::List(listing::subject_rows(plan, stored)),
            (Kind::Sources, Question::Stored(_)) => Remaining::List(listing::source_rows(stored)),
            (Kind::Source, Question::Stored(plan)) => Remaining::List(listing::source(plan, stored)?),
            (Kind::Findings, Question::Stored(plan)) => Remaining::List(listing::findings(plan, stored)?),
            _ => Remaining::Subjects(0),
        })
    }

    /// The next part: the rows of one subject, one change, the row of one source. It may be empty, and is `None`
    /// after the last one. The plan and what is stored are those that the answer began with.
    pub fn next(&mut self, plan: &Plan, stored: &StoredRules) -> Option<Vec<Row>> {
        let subject = |place: &mut usize| {
            let subject = plan.subjects()?.get(*place)?;
            *place += 1;
            Some(subject)
        };
        match (self, &plan.question) {
            (Remaining::Subjects(place), _) => Some(subject_rows(plan, subject(place)?, stored)),
            (Remaining::Explanations(place), _) => Some(explanations(plan, subject(place)?, stored)),
            (Remaining::Changes(changes), Question::Subjects(plan)) => {
                Some(vec![Row::Change(Box::new(changes.next(plan, stored)?))])
            }
            (Remaining::Report(report), _) => Some(vec![Row::Report(Box::new(report.next(stored)?))]),
            (Remaining::List(rows), _) => Some(std::mem::take(rows)).filter(|rows| !rows.is_empty()),
            // Only such a plan asks for changes.
            (Remaining::Changes(_), _) => None,
        }
    }

    fn into_rows(mut self, plan: &Plan, stored: &StoredRules) -> Vec<Row> {
        std::iter::from_fn(|| self.next(plan, stored)).flatten().collect()
    }
}

/// The rows of one subject: one function for each row of the language that asks for subjects one by one.
fn subject_rows(plan: &Plan, subject: &Subject, stored: &StoredRules) -> Vec<Row> {
    let Some(timeline) = stored.rulebook.timeline(subject) else { return Vec::new() };
    match (plan.kind, &plan.question) {
        (Kind::Measure, Question::Measure(plan)) => measure_rows(plan, timeline, stored),
        (Kind::MeasureHistory | Kind::Knowledge | Kind::Plane, Question::Measure(plan)) => {
            step_rows(plan, timeline, stored)
        }
        (Kind::Chart, Question::Measure(plan)) => segment_rows(plan, timeline, stored),
        (Kind::ChartHistory, Question::Measure(plan)) => timeline_rows(plan, timeline, stored),
        (Kind::ChartTiers, Question::Subjects(plan)) => tier_period_rows(plan, timeline, stored),
        (Kind::History, Question::Subjects(plan)) => version_rows(plan, timeline, stored),
        (Kind::Diff, Question::Subjects(plan)) => diff_rows(plan, timeline, stored),
        // The language has no other pair: a test asks an example of each of its rows.
        _ => Vec::new(),
    }
}

/// The explanations of a plan for one subject: one, and of a difference one for each side.
fn explanations(plan: &Plan, subject: &Subject, stored: &StoredRules) -> Vec<Row> {
    let plan = with_other_side(plan.about(subject), subject, stored);
    // Only a plan that names a source can fail, and none of those is about subjects.
    let rows = Remaining::plain(&plan, stored).map(|all| all.into_rows(&plan, stored)).unwrap_or_default();
    asked(&plan, subject, rows).into_iter().map(|asked| explain(asked, stored)).collect()
}

/// The plan of a difference with its second basis, where it is the next announced change of the subject.
fn with_other_side(mut plan: Plan, subject: &Subject, stored: &StoredRules) -> Plan {
    if let (Kind::Diff, Question::Subjects(asked)) = (plan.kind, &mut plan.question)
        && let Some(timeline) = stored.rulebook.timeline(subject)
    {
        asked.after = other_basis(asked, timeline, stored);
    }
    plan
}

/// What is to be explained of a plan for one subject; `rows` are its answer.
fn asked(plan: &Plan, subject: &Subject, rows: Vec<Row>) -> Vec<Asked> {
    let question = plan.to_string();
    let (basis, after) = match &plan.question {
        Question::Measure(plan) => (plan.basis, plan.after),
        Question::Subjects(plan) => (plan.basis, plan.after),
        Question::Stored(_) => return Vec::new(),
    };
    let ask = |question, side, rows, valid_at, basis: At| Asked {
        question,
        side,
        rows,
        subject: subject.clone(),
        valid_at,
        knowledge: Knowledge { known_at: basis.known_at, recorded_by: basis.recorded_by },
    };
    match after {
        None => {
            let is_at_one_time = plan.kind.takes(Clause::AsOf) && plan.kind != Kind::Upcoming;
            let valid_at = is_at_one_time.then_some(basis.valid_at);
            vec![ask(question, None, rows, valid_at, basis)]
        }
        Some(after) => [("before", rows, basis), ("after", Vec::new(), after)]
            .into_iter()
            .map(|(side, rows, basis)| {
                ask(format!("{question}: {side}"), Some(side), rows, Some(basis.valid_at), basis)
            })
            .collect(),
    }
}
