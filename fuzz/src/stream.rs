//! The C stream of the Python package: what is read of it, as a table of questions.

use arrow_array::{Array, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use tierbook::Error;
use tierbook::evaluation::{Evaluation, OnError, evaluate_batches};
use tierbook::language::Measure;
use tierbook_arrow_reader::{Frame, Pieces, Stream, read_pair};

use super::producer::Producer;
use super::support::{check_error, with_stored};

/// Reads the structs that the bytes make, as a stream and as one array; what is read is what it says, each value can be
/// written, and it is answered as a table or refused. Says whether the stream is read.
#[expect(unsafe_code, reason = "a consumer takes pointers")]
pub fn is_read(bytes: &[u8]) -> bool {
    let mut producer = Producer::of(bytes);
    // SAFETY: a producer gives structs of these kinds.
    let pair = producer.give_pair(|schema, array| checked(unsafe { read_pair(schema, array) }).is_some());
    // SAFETY: as above.
    producer.give(|stream| {
        let Some(pieces) = checked(unsafe { Stream::take(stream) }.read()) else { return false };
        // A first array that was released ends the stream.
        assert!(pieces.arrays.is_empty() || pair == Some(true), "read in a stream, and refused alone");
        match Frame::try_from(pieces) {
            Ok(frame) => answer(&frame),
            Err(error) => check_error(&error),
        }
        true
    })
}

fn checked(read: Result<Pieces, Error>) -> Option<Pieces> {
    let pieces = read.inspect_err(check_error).ok()?;
    let options = FormatOptions::default().with_display_error(true);
    for array in &pieces.arrays {
        assert_eq!(array.data_type(), pieces.field.data_type());
        array.to_data().validate_full().unwrap();
        let Ok(formatter) = ArrayFormatter::try_new(array, &options) else { continue };
        (0..array.len()).for_each(|row| drop(formatter.value(row).to_string()));
    }
    Some(pieces)
}

fn answer(frame: &Frame) {
    let rows: usize = frame.batches.iter().map(RecordBatch::num_rows).sum();
    let mut evaluation = Evaluation::of(&[Measure::Mmr, Measure::Margin]);
    evaluation.as_of = Some("2026-02-07T00:00Z".to_string());
    for on_error in [OnError::Stop, OnError::Null] {
        evaluation.on_error = on_error;
        let batches = frame.batches.iter().cloned().map(Ok);
        match with_stored(|it| evaluate_batches(&it.rules, &evaluation, &frame.schema, batches)) {
            Ok(answered) => assert_eq!(answered.done.rows, rows as u64),
            Err(error) => check_error(&error),
        }
    }
}
