//! A document as pieces: text, and runs of fragments that are stored.

use super::parts::{PieceV2, RunV2};

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
