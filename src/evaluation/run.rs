//! One thread reads, as many as the machine has cores evaluate and encode, one writes: parts of a file pass in order.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::answers::{self, Answers};
use super::bind::Bound;
use super::form::Form;
use super::input::{Origin, Part};
use super::names::Names;
use super::output::{Encoded, Encoder, Output, Target};
use super::template::{self, Bindings};
use super::{Evaluation, questions};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::query::rows::Status;
use crate::query::syntax::ast::Statement;
use crate::snapshot::Snapshot;
use crate::time::RecordedTime;

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

/// Answers the questions in a file and writes them to another.
///
/// `progress` is called with how many bytes are read, of how many; 0 where that is not known.
///
/// # Errors
/// The file cannot be read, or a column is missing; a cell cannot be read, unless [`OnError::Null`](super::OnError) says
/// to go on; or the other file cannot be written. Then nothing is written to a file; to standard output, nothing of the
/// part with the error.
pub fn evaluate(
    rules: &Snapshot,
    evaluation: &Evaluation,
    (origin, from): (&Origin, Form),
    (target, to): (Target, Form),
    progress: &dyn Fn(u64, u64),
) -> Result<Done> {
    let bytes = origin.bytes();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let (sent, waiting) = sync_channel(threads);
        let (turns, turn) = channel();
        let (schema, of_file) = channel();
        let origin = origin.clone();
        scope.spawn(move || read(&origin, from, &schema, &sent, &turn));
        let of_file: SchemaRef = of_file.recv().map_err(|_| ended_early())??;
        let job = Arc::new(Job::of(rules, evaluation, &of_file)?);
        let (mut output, encoder) = Output::create(target, to, &job.schema)?;
        let (waiting, encoder) = (Arc::new(Mutex::new(waiting)), Arc::new(encoder));
        let (evaluated, results) = channel();
        for _ in 0..threads {
            let (job, encoder, evaluated, waiting) =
                (job.clone(), encoder.clone(), evaluated.clone(), waiting.clone());
            scope.spawn(move || work(&job, &encoder, &waiting, &evaluated));
        }
        drop((evaluated, waiting));
        let mut done = Done { notices: job.notices.clone(), ..Done::default() };
        for _ in 0..PARTS_OF_A_THREAD * threads {
            // The reader has ended where the file is shorter.
            let _ = turns.send(());
        }
        let mut parts: BTreeMap<usize, Result<(Encoded, Tally)>> = BTreeMap::new();
        let mut next = 0;
        for (number, part) in results {
            parts.insert(number, part);
            while let Some(part) = parts.remove(&next) {
                let (encoded, tally) = part?;
                output.write(encoded)?;
                progress(tally.bytes, bytes);
                done.add(tally);
                next += 1;
                // The reader has ended where nobody takes it.
                let _ = turns.send(());
            }
        }
        output.finish()?;
        Ok(done)
    })
}

impl Done {
    fn add(&mut self, tally: Tally) {
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

/// How many parts a thread may have under way, so that what waits for its turn to be written stays small.
const PARTS_OF_A_THREAD: usize = 3;

fn ended_early() -> Error {
    Error::new(ErrorCode::CannotRead, "the file could not be read").hint("try again")
}

/// A part with its number.
type Numbered<T> = (usize, Result<T>);

/// Reads the parts of a file, each when it is its turn. Ends where nobody wants them any more.
fn read(
    origin: &Origin,
    form: Form,
    schema: &Sender<Result<SchemaRef>>,
    parts: &SyncSender<Numbered<Part>>,
    turn: &Receiver<()>,
) {
    let input = match origin.open(form) {
        Ok(input) => input,
        Err(error) => return drop(schema.send(Err(error))),
    };
    if schema.send(Ok(input.schema)).is_err() {
        return;
    }
    let mut numbered = input.parts.enumerate();
    while turn.recv().is_ok() {
        let Some(part) = numbered.next() else { return };
        if parts.send(part).is_err() {
            return;
        }
    }
}

/// Evaluates and encodes the parts that wait.
fn work(
    job: &Job,
    encoder: &Encoder,
    waiting: &Mutex<Receiver<Numbered<Part>>>,
    results: &Sender<Numbered<(Encoded, Tally)>>,
) {
    let mut names = Names::new(job.rules, &job.evaluation.measures, job.has_notional());
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, part)) = next else { return };
        let evaluated = part.and_then(|part| {
            let (batch, tally) = job.evaluate(&mut names, &part)?;
            Ok((encoder.encode(number, batch)?, tally))
        });
        if results.send((number, evaluated)).is_err() {
            return;
        }
    }
}

/// What is asked of every part.
struct Job<'a> {
    rules: &'a Snapshot,
    evaluation: &'a Evaluation,
    asked: Asked<'a>,
    schema: SchemaRef,
    notices: Vec<String>,
}

enum Asked<'a> {
    Measures(Bound),
    Template(&'a Statement, Bindings),
}

/// What is counted of a part.
#[derive(Default)]
struct Tally {
    rows: u64,
    without_rule: u64,
    unreadable: u64,
    errors: Vec<Error>,
    without_zone: Vec<String>,
    bytes: u64,
}

impl<'a> Job<'a> {
    fn of(rules: &'a Snapshot, evaluation: &'a Evaluation, of_file: &SchemaRef) -> Result<Job<'a>> {
        let asked = match &evaluation.ask {
            Some(statement) => Asked::Template(statement, template::bind(statement, of_file)?),
            None => Asked::Measures(Bound::of(evaluation, of_file)?),
        };
        let (schema, changed) = answers::schema(evaluation, of_file);
        let notice = |name: &String| {
            format!("the file has a column of that name already: the answers are in `{name}`")
        };
        let lost = rules.notice_of_lost_by(&[evaluation.recorded_by.map(RecordedTime)]);
        let notices = lost.into_iter().chain(changed.iter().map(notice)).collect();
        Ok(Job { rules, evaluation, asked, schema, notices })
    }

    fn has_notional(&self) -> bool {
        matches!(&self.asked, Asked::Measures(bound) if bound.notional.is_some())
    }

    /// The columns of a part with the answers after them.
    fn evaluate(&self, names: &mut Names, part: &Part) -> Result<(RecordBatch, Tally)> {
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
        Ok((answers.batch(self.schema.clone(), &part.batch)?, tally))
    }
}
