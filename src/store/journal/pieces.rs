//! A document as pieces: text, and runs of fragments that are stored.

use super::parts::{PieceV2, RunV2};
use crate::limits;
use crate::store::schema::scalars::SpanV1;

/// The pieces of a document.
#[derive(Default)]
pub(super) struct Document {
    pub pieces: Vec<PieceV2>,
}

impl Document {
    /// Adds text after what is there.
    pub fn push(&mut self, text: &str) {
        if !text.is_empty() {
            self.pieces.push(PieceV2::Text(text.to_string()));
        }
    }

    /// Adds a fragment; where it goes on with the run before, with the same text between, it joins it.
    pub fn refer(&mut self, base: usize, number: usize) {
        let is_next = |run: &RunV2| run.0 == base && run.1 + run.2 == number;
        match self.pieces.as_mut_slice() {
            [.., PieceV2::Run(run), PieceV2::Text(between)]
                if is_next(run) && (run.2 == 1 || run.3 == *between) =>
            {
                run.2 += 1;
                run.3 = std::mem::take(between);
                self.pieces.pop();
            }
            [.., PieceV2::Run(run)] if is_next(run) && (run.2 == 1 || run.3.is_empty()) => {
                run.2 += 1;
                run.3 = String::new();
            }
            _ => self.pieces.push(PieceV2::Run(RunV2(base, number, 1, String::new()))),
        }
    }
}

/// The fragments of a document in its order, as base and number, each with its place; `length` gives that of one.
///
/// # Errors
/// A fragment is missing, or there are too many, in words.
pub(super) fn placed(
    document: &[PieceV2],
    length: impl Fn(usize, usize) -> Option<usize>,
) -> Result<Vec<(usize, usize, SpanV1)>, String> {
    let (mut fragments, mut at) = (Vec::new(), 0u64);
    for piece in document {
        let run = match piece {
            PieceV2::Text(text) => {
                at += text.len() as u64;
                continue;
            }
            PieceV2::Run(run) => run,
        };
        for number in run.1..run.1.saturating_add(run.2) {
            if number > run.1 {
                at += run.3.len() as u64;
            }
            let end = at + length(run.0, number).ok_or("a fragment is missing")? as u64;
            // Shorter ones are not written: empty ones could be named without end.
            let least = (fragments.len() + 1) * limits::JOURNAL_FRAGMENT_BYTES;
            if end.max(least as u64) > limits::JOURNAL_LINE_BYTES as u64 {
                let most = limits::JOURNAL_LINE_BYTES;
                return Err(format!("its document is longer than the limit of {most} bytes"));
            }
            fragments.push((run.0, number, SpanV1(at, end)));
            at = end;
        }
    }
    Ok(fragments)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = limits::JOURNAL_LINE_BYTES;

    fn run(count: usize, between: &str) -> PieceV2 {
        PieceV2::Run(RunV2(0, 0, count, between.to_string()))
    }

    #[test]
    fn the_fragments_of_a_document_have_the_bytes_of_a_transaction_and_not_one_more() {
        let over = format!("its document is longer than the limit of {MOST} bytes");
        let placed = |between: &str, length| {
            placed(&[PieceV2::Text("[".to_string()), run(2, between)], |_, _| Some(length))
        };
        let half = MOST as u64 / 2;
        let ends = placed("", MOST / 2 - 1).unwrap();
        assert_eq!(ends, [(0, 0, SpanV1(1, half)), (0, 1, SpanV1(half, 2 * half - 1))]);
        assert_eq!(placed(",", MOST / 2 - 1).unwrap()[1].2, SpanV1(half + 1, 2 * half));
        assert_eq!(placed(", ", MOST / 2 - 1).unwrap_err(), over);
        assert_eq!(placed("", usize::MAX / 4).unwrap_err(), over);
    }

    #[test]
    fn empty_fragments_are_named_as_often_as_the_shortest_ones_that_are_written() {
        let most = MOST / limits::JOURNAL_FRAGMENT_BYTES;
        let placed = |count| placed(&[run(count, "")], |_, _| Some(0));
        assert_eq!(placed(most).unwrap().len(), most);
        assert!(placed(most + 1).is_err() && placed(usize::MAX).is_err());
    }
}
