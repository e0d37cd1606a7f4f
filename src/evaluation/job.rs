//! What is asked of every part of the questions, and what is counted of its answers.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::answers::Answers;
use super::bind::Bound;
use super::fields::{Texts, Types};
use super::input::Part;
use super::names::Names;
use super::template::{self, Bindings};
use super::{Evaluation, questions};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::query::rows::Status;
use crate::query::syntax::ast::Statement;
use crate::snapshot::Snapshot;
use crate::time::{RecordedTime, Timestamp};

/// What an evaluation did.
#[derive(Clone, PartialEq, Debug, Default)]
#[non_exhaustive]
pub struct Done {
    /// How many rows were answered.
    pub rows: u64,
    /// How many of them have no value of a measure, unreadable ones too.
    pub without_rule: u64,
    /// How many had a cell that could not be read.
    pub unreadable: u64,
    /// The first of them, [`limits::AUDIT_SHOWN`] at most.
    pub errors: Vec<Error>,
    /// What should be known of how the file was read.
    pub notices: Vec<String>,
}

impl Done {
    /// Counts a part more; parts are in order.
    pub(super) fn add(&mut self, tally: Tally) {
        self.rows += tally.rows;
        self.without_rule += tally.without_rule;
        self.unreadable += tally.unreadable;
        let room = limits::AUDIT_SHOWN.saturating_sub(self.errors.len());
        self.errors.extend(tally.errors.into_iter().take(room));
        for name in tally.without_zone {
            let notice = format!(
                "the times of column `{name}` have no zone and were read as UTC (--zone names another)"
            );
            if !self.notices.contains(&notice) {
                self.notices.push(notice);
            }
        }
    }
}

/// What is asked of every part.
pub struct Job<'a> {
    pub rules: &'a Snapshot,
    pub evaluation: &'a Evaluation,
    asked: Asked<'a>,
    /// The columns of the questions and of the answers.
    pub schema: SchemaRef,
    notices: Vec<String>,
}

enum Asked<'a> {
    Measures(Bound),
    Template(&'a Statement, Bindings),
}

/// What is counted of a part.
#[derive(Default)]
pub struct Tally {
    rows: u64,
    without_rule: u64,
    unreadable: u64,
    errors: Vec<Error>,
    without_zone: Vec<String>,
    /// How many bytes of the file are read with it.
    pub bytes: u64,
}

impl<'a> Job<'a> {
    /// An evaluation of rows with these columns.
    ///
    /// # Errors
    /// A column is missing, or a time of the evaluation cannot be.
    pub fn of(
        rules: &'a Snapshot,
        evaluation: &'a Evaluation,
        of_file: &SchemaRef,
        texts: Texts,
    ) -> Result<Job<'a>> {
        if evaluation.recorded_by.is_some_and(|by| by > evaluation.now.max(Timestamp::now())) {
            return Err(Error::new(ErrorCode::RecordedInFuture, "`recorded by` is in the future").hint(
                "what will be recorded until then is unknown, so the answers could change; leave it out",
            ));
        }
        let asked = match &evaluation.ask {
            Some(statement) => Asked::Template(statement, template::bind(statement, of_file)?),
            None => Asked::Measures(Bound::of(evaluation, of_file)?),
        };
        let types = Types { numbers: evaluation.numbers, texts };
        let (schema, changed) = types.schema(evaluation.ask.as_ref(), &evaluation.measures, of_file);
        let notice = |name: &String| {
            format!("the file has a column of that name already: the answers are in `{name}`")
        };
        let lost = rules.notice_of_lost_by(&[evaluation.recorded_by.map(RecordedTime)]);
        let notices = lost.into_iter().chain(changed.iter().map(notice)).collect();
        Ok(Job { rules, evaluation, asked, schema, notices })
    }

    /// Nothing done yet.
    pub fn done(&self) -> Done {
        Done { notices: self.notices.clone(), ..Done::default() }
    }

    /// The names of its questions, none known yet.
    pub fn names(&self) -> Names<'a> {
        let has_notional = matches!(&self.asked, Asked::Measures(bound) if bound.notional.is_some());
        Names::new(self.rules, &self.evaluation.measures, has_notional)
    }

    /// The columns of a part with the answers after them.
    ///
    /// # Errors
    /// A cell cannot be read, and that stops the evaluation; an answer does not fit its column; or the database is
    /// damaged.
    pub fn evaluate(&self, names: &mut Names, part: &Part) -> Result<(RecordBatch, Tally)> {
        let rows = (&part.batch, &part.places);
        let (answers, unreadable, without_zone) = match &self.asked {
            Asked::Measures(bound) => {
                let questions = questions::read(self.evaluation, bound, self.rules, names, rows)?;
                let answers = Answers::of(self.evaluation, self.rules, &questions, &part.places)?;
                (answers, questions.unreadable, questions.without_zone)
            }
            Asked::Template(statement, bindings) => {
                let (answers, unreadable) =
                    template::answers(self.evaluation, statement, bindings, self.rules, rows)?;
                (answers, unreadable, Vec::new())
            }
        };
        let has_value = |status: &&Option<Status>| matches!(status, Some(Status::Value | Status::NoLimit));
        let tally = Tally {
            rows: part.batch.num_rows() as u64,
            without_rule: (answers.statuses.len() - answers.statuses.iter().filter(has_value).count()) as u64,
            unreadable: unreadable.len() as u64,
            errors: unreadable.into_iter().map(|(_, error)| error).take(limits::AUDIT_SHOWN).collect(),
            without_zone,
            bytes: part.bytes,
        };
        Ok((answers.batch(self.schema.clone(), self.evaluation.numbers, &part.batch)?, tally))
    }
}
