//! One thread reads, as many as the machine has cores evaluate and encode, one writes: parts of a file pass in order.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use arrow_schema::SchemaRef;

use super::Evaluation;
use super::fields::Texts;
use super::job::{Done, Job, Tally};
use super::output::{Encoded, Encoder, Output, Target};
use crate::column_files::Form;
use crate::column_files::{Origin, Part};
use crate::error::{Error, ErrorCode, Result};
use crate::snapshot::Snapshot;

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
        let job = Arc::new(Job::of(rules, evaluation, &of_file, Texts::Plain)?);
        let (mut output, encoder) = Output::create(target, to, &job.schema)?;
        let (waiting, encoder) = (Arc::new(Mutex::new(waiting)), Arc::new(encoder));
        let (evaluated, results) = channel();
        for _ in 0..threads {
            let (job, encoder, evaluated, waiting) =
                (job.clone(), encoder.clone(), evaluated.clone(), waiting.clone());
            scope.spawn(move || work(&job, &encoder, &waiting, &evaluated));
        }
        drop((evaluated, waiting));
        let mut done = job.done();
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
    let mut worker = job.worker();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, part)) = next else { return };
        let evaluated = part.and_then(|part| {
            let (batch, tally) = job.evaluate(&mut worker, &part)?;
            Ok((encoder.encode(number, batch)?, tally))
        });
        if results.send((number, evaluated)).is_err() {
            return;
        }
    }
}
