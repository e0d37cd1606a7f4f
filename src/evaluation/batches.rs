//! Questions in record batches in memory: large ones are cut, so that all cores work, and their order is kept.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

use arrow_array::RecordBatch;
use arrow_schema::{FieldRef, SchemaRef};

use super::Evaluation;
use super::fields::Texts;
use super::job::{Done, Job, Tally};
use crate::column_files::{Part, Places};
use crate::error::{Error, ErrorCode, Result};
use crate::snapshot::Snapshot;

/// How many rows one thread answers before it looks for more: their columns stay in the memory of its core.
const ROWS_OF_A_TURN: usize = 1 << 16;

/// The answers to questions in record batches.
///
/// ```
/// use tierbook::evaluation::{Evaluation, evaluate_batches};
/// use tierbook::language::Measure;
/// # use arrow_schema::{DataType, Field, Schema};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # let rules = database.snapshot()?;
/// # let columns = [("symbol", DataType::Utf8), ("notional", DataType::Int64), ("time", DataType::Int64)];
/// # let columns = columns.map(|(name, kind)| Field::new(name, kind, false));
/// # let (schema, rows) = (Schema::new(columns.to_vec()).into(), std::iter::empty());
/// let answers = evaluate_batches(&rules, &Evaluation::of(&[Measure::Mmr]), &schema, rows)?;
/// assert_eq!(answers.schema.field(3).name(), "mmr");
/// assert_eq!((answers.batches.len(), answers.done.rows), (0, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Batches {
    /// The columns of the questions, and of the answers after them.
    pub schema: SchemaRef,
    /// The rows in their order; a large batch of questions is several here.
    pub batches: Vec<RecordBatch>,
    /// What was done.
    pub done: Done,
}

/// Answers the questions in record batches, whose columns are those of `schema`. The columns of the questions are
/// shared, not copied; those of the answers are as [`evaluate`](super::evaluate) writes them, with texts as views.
/// The batches are taken and answered on all cores.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::cast::AsArray;
/// use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
/// use tierbook::evaluation::{Evaluation, Numbers, evaluate_batches};
/// use tierbook::language::Measure;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let rules = database.snapshot()?;
/// let symbols: ArrayRef = Arc::new(StringArray::from(vec!["ACTUSDT", "NOSUCHUSDT"]));
/// let notionals: ArrayRef = Arc::new(Float64Array::from(vec![-60_000.0, 60_000.0]));
/// let rows = RecordBatch::try_from_iter([("symbol", symbols), ("notional", notionals)])?;
///
/// let mut evaluation = Evaluation::of(&[Measure::Mmr, Measure::Margin]);
/// evaluation.as_of = Some("2026-02-06T08:00Z".to_string());
/// evaluation.numbers = Numbers::Floats;
/// let answers = evaluate_batches(&rules, &evaluation, &rows.schema(), [Ok(rows)].into_iter())?;
/// assert_eq!((answers.done.rows, answers.done.without_rule), (2, 1));
/// let answered = &answers.batches[0];
/// let margins = answered["margin"].as_primitive::<arrow_array::types::Float64Type>();
/// assert_eq!(margins.iter().collect::<Vec<_>>(), [Some(5_500.0), None]);
/// assert_eq!(answered["status"].as_string_view().value(1), "unknown_subject");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A batch cannot be had, or has other columns than `schema`; or else as [`evaluate`](super::evaluate): the error of the
/// first row that has one.
pub fn evaluate_batches(
    rules: &Snapshot,
    evaluation: &Evaluation,
    schema: &SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch>> + Send,
) -> Result<Batches> {
    let job = Job::of(rules, evaluation, schema, Texts::Views)?;
    let mut turns = Turns { batches, schema, rest: None, row: 1, number: 0, is_done: false };
    let first = turns.next();
    let others = match turns.fill() {
        Some(_) => thread::available_parallelism().map_or(0, |threads| threads.get() - 1),
        None => 0,
    };
    let turns = Mutex::new(turns);
    let mut answered = thread::scope(|scope| {
        let others: Vec<_> = (0..others).map(|_| scope.spawn(|| work(&job, None, &turns))).collect();
        let mut answered = work(&job, first, &turns);
        for other in others {
            answered.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        answered
    });
    answered.sort_unstable_by_key(|(number, _)| *number);
    let mut found = Batches { schema: job.schema.clone(), batches: Vec::new(), done: job.done() };
    for (_, parts) in answered {
        for (batch, tally) in parts? {
            found.batches.push(batch);
            found.done.add(tally);
        }
    }
    Ok(found)
}

/// Parts of the questions that one thread answers before it asks for more, and the number of the turn.
type Turn = (usize, Vec<Result<Part>>);

/// The answers to the parts of a turn, and its number.
type Answered = (usize, Result<Vec<(RecordBatch, Tally)>>);

/// Answers turns, this one first, until there are no more. After an error no other is begun: all before it are.
fn work<B: Iterator<Item = Result<RecordBatch>>>(
    job: &Job,
    first: Option<Turn>,
    turns: &Mutex<Turns<B>>,
) -> Vec<Answered> {
    let turns = || turns.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut worker, mut answered) = (job.worker(), Vec::new());
    let mut turn = first.or_else(|| turns().next());
    while let Some((number, parts)) = turn {
        let found: Result<Vec<_>> = parts.into_iter().map(|part| job.evaluate(&mut worker, &part?)).collect();
        if found.is_err() {
            turns().stop();
        }
        answered.push((number, found));
        turn = turns().next();
    }
    answered
}

/// The turns of batches.
struct Turns<'a, B> {
    batches: B,
    schema: &'a SchemaRef,
    /// What is left of a batch.
    rest: Option<Result<RecordBatch>>,
    /// The next row, counted from 1.
    row: u64,
    /// The number of the next turn.
    number: usize,
    /// Whether no more are wanted.
    is_done: bool,
}

impl<B: Iterator<Item = Result<RecordBatch>>> Turns<'_, B> {
    /// The next turn: many small batches, or a part of a large one.
    fn next(&mut self) -> Option<Turn> {
        let (mut parts, mut room) = (Vec::new(), ROWS_OF_A_TURN);
        while let Some(rows) = self.fill().filter(|rows| parts.is_empty() || *rows <= room) {
            parts.push(self.rest.take()?.map(|batch| self.part(&batch, rows)));
            room = room.saturating_sub(rows);
        }
        let number = self.number;
        self.number += 1;
        (!parts.is_empty()).then_some((number, parts))
    }

    /// Ends here.
    fn stop(&mut self) {
        (self.rest, self.is_done) = (None, true);
    }

    /// Makes sure that something is left, and says how many rows of it come next; `None` at the end.
    fn fill(&mut self) -> Option<usize> {
        while self.rest.is_none() && !self.is_done {
            let batch = self.batches.next();
            let batch = batch.map(|batch| batch.and_then(|batch| self.checked(batch)));
            // After an error nothing more is read.
            self.is_done = !matches!(batch, Some(Ok(_)));
            self.rest = batch.filter(|batch| !batch.as_ref().is_ok_and(|batch| batch.num_rows() == 0));
        }
        // Parts of a batch are of one size.
        let size = |rows: usize| rows.div_ceil(rows.div_ceil(ROWS_OF_A_TURN).max(1));
        self.rest.as_ref().map(|rest| rest.as_ref().map_or(0, |batch| size(batch.num_rows())))
    }

    /// A batch, if its columns are those that were named.
    fn checked(&self, batch: RecordBatch) -> Result<RecordBatch> {
        let (found, wanted) = (batch.schema_ref().fields(), self.schema.fields());
        let is_same = |(one, other): (&FieldRef, &FieldRef)| {
            one.name() == other.name() && one.data_type() == other.data_type()
        };
        if found.len() == wanted.len() && found.iter().zip(wanted).all(is_same) {
            return Ok(batch);
        }
        let message = format!("the batch from row {} has other columns than the schema", self.row);
        Err(Error::new(ErrorCode::NotColumns, message).hint("give all batches the same columns"))
    }

    /// The first rows of a batch; the others are left.
    fn part(&mut self, batch: &RecordBatch, rows: usize) -> Part {
        if rows < batch.num_rows() {
            self.rest = Some(Ok(batch.slice(rows, batch.num_rows() - rows)));
        }
        let places = Places::Rows(self.row);
        self.row += rows as u64;
        Part { batch: batch.slice(0, rows), places, bytes: 0 }
    }
}
