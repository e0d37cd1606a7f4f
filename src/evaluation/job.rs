//! What is asked of every part of the questions, and what is counted of its answers.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::{ArrowError, FieldRef, SchemaRef};

use super::answers::Answers;
use super::bind::Bound;
use super::fields::{Texts, Types};
use super::known::KnownTexts;
use super::names::Names;
use super::template::{self, Bindings};
use super::texts::FewTexts;
use super::{Evaluation, notices, questions};
use crate::column_files::Part;
use crate::columns::Row;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::query::plan::basis::check_recorded_by;
use crate::query::syntax::ast::Statement;
use crate::snapshot::Snapshot;
use crate::snapshot::timelines::Timelines;
use crate::text::one_line::one_line;
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
            let notice = one_line(notices::without_zone(&name));
            if !self.notices.contains(&notice) {
                self.notices.push(notice);
            }
        }
    }
}

/// How many rows are read before they are answered: they stay in the memory of a core.
const ROWS_AT_A_TIME: usize = 1 << 13;

/// What is asked of every part.
pub struct Job<'a> {
    rules: &'a Snapshot,
    evaluation: &'a Evaluation,
    asked: Asked<'a>,
    /// The columns of the questions and of the answers.
    pub schema: SchemaRef,
    texts: KnownTexts,
    notices: Vec<String>,
}

enum Asked<'a> {
    Measures { bound: Bound, timelines: Timelines<'a>, sources: FewTexts },
    Template(&'a Statement, Bindings),
}

/// What a thread knows from the parts that it answered before.
pub struct Worker<'a> {
    names: Names<'a>,
    /// By the places of their subjects.
    timelines: Vec<Option<Row<'a>>>,
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
        if let Some(recorded_by) = evaluation.recorded_by {
            check_recorded_by(recorded_by, evaluation.now.max(Timestamp::now()))?;
        }
        let asked = match &evaluation.ask {
            Some(statement) => {
                template::check_alone(evaluation)?;
                Asked::Template(statement, template::bind(statement, of_file)?)
            }
            None => {
                let (bound, stored) = (Bound::of(evaluation, of_file)?, rules.sources()?);
                let ids: Vec<String> = stored.iter().map(|it| it.source.id.to_string()).collect();
                let sources = FewTexts::new(texts, ids.iter().map(String::as_str));
                let timelines = Timelines::new(rules, evaluation.recorded_by);
                Asked::Measures { bound, timelines, sources }
            }
        };
        let types = Types { numbers: evaluation.numbers, texts };
        let (schema, changed) = types.schema(evaluation.ask.as_ref(), &evaluation.measures, of_file);
        let of_columns = match &asked {
            Asked::Measures { bound, .. } => bound.notices(evaluation, of_file),
            Asked::Template(statement, bindings) => template::notices(statement, bindings, of_file),
        };
        let lost = rules.notice_of_lost_by(&[evaluation.recorded_by.map(RecordedTime)]);
        let renamed = changed.iter().map(|name| notices::renamed(name));
        let notices = lost.into_iter().chain(of_columns).chain(renamed).map(one_line).collect();
        Ok(Job { rules, evaluation, asked, schema, texts: KnownTexts::new(texts), notices })
    }

    /// Nothing done yet.
    pub fn done(&self) -> Done {
        Done { notices: self.notices.clone(), ..Done::default() }
    }

    /// A thread that answers parts, and knows nothing yet.
    pub fn worker(&self) -> Worker<'_> {
        let has_notional = matches!(&self.asked, Asked::Measures { bound, .. } if bound.notional.is_some());
        let names = Names::new(self.rules, &self.evaluation.measures, has_notional);
        Worker { names, timelines: vec![None; self.rules.subjects().len()] }
    }

    /// The columns of a part with the answers after them.
    ///
    /// # Errors
    /// A cell cannot be read, and that stops the evaluation; an answer does not fit its column; or the database is
    /// damaged.
    pub fn evaluate<'b>(&'b self, worker: &mut Worker<'b>, part: &Part) -> Result<(RecordBatch, Tally)> {
        let mut columns = part.batch.columns().to_vec();
        let (known, sources, unreadable, without_zone) = match &self.asked {
            Asked::Measures { bound, timelines, sources } => {
                let rows = part.batch.num_rows();
                let mut answers = Answers::new(self.evaluation, bound.leverage.is_some(), rows);
                let (mut unreadable, mut without_zone) = (Vec::new(), Vec::new());
                for first in (0..rows).step_by(ROWS_AT_A_TIME) {
                    let some = part.batch.slice(first, ROWS_AT_A_TIME.min(rows - first));
                    let some = (&some, &part.places.after(first));
                    let read = questions::read(self.evaluation, bound, self.rules, &mut worker.names, some)?;
                    worker.make(timelines)?;
                    answers.add(&worker.timelines, self.evaluation.recorded_by, &read, some.1)?;
                    if let Some(error) = read.stopped_by {
                        return Err(error);
                    }
                    unreadable.extend(read.unreadable.into_iter().map(|(_, error)| error));
                    without_zone = read.without_zone;
                }
                let (answered, known, places) = answers.finish();
                columns.extend(answered);
                (known, sources.column(places)?, unreadable, without_zone)
            }
            Asked::Template(statement, bindings) => {
                let rows = (&part.batch, &part.places);
                let answers = template::answers(self.evaluation, statement, bindings, self.rules, rows)?;
                columns.extend(answers.columns);
                let unreadable = answers.unreadable.into_iter().map(|(_, error)| error).collect();
                (answers.known, answers.sources, unreadable, Vec::new())
            }
        };
        let rows = part.batch.num_rows() as u64;
        let tally = Tally {
            rows,
            without_rule: rows - known.with_value,
            unreadable: unreadable.len() as u64,
            errors: unreadable.into_iter().take(limits::AUDIT_SHOWN).collect(),
            without_zone,
            bytes: part.bytes,
        };
        columns.extend(known.columns(&self.texts)?);
        columns.push(sources);
        Ok((self.batch(columns)?, tally))
    }

    /// The batch of these columns, texts in the form that its fields have.
    fn batch(&self, columns: Vec<ArrayRef>) -> Result<RecordBatch> {
        let of_type = |(array, field): (ArrayRef, &FieldRef)| match array.data_type() == field.data_type() {
            true => Ok(array),
            false => cast(&array, field.data_type()),
        };
        let columns: std::result::Result<_, ArrowError> =
            columns.into_iter().zip(self.schema.fields()).map(of_type).collect();
        columns.and_then(|columns| RecordBatch::try_new(self.schema.clone(), columns)).map_err(|error| {
            Error::new(ErrorCode::NotColumns, format!("the answers are no columns: {error}"))
        })
    }
}

impl<'a> Worker<'a> {
    /// Makes the timelines of the subjects that were named for the first time.
    fn make(&mut self, timelines: &'a Timelines) -> Result<()> {
        let places: Vec<usize> = self.names.named().collect();
        timelines.make(places.iter().copied())?;
        for place in places {
            self.timelines[place] = timelines.get(place);
        }
        Ok(())
    }
}
