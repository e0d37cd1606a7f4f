//! What a form of file has in common with the others: rows that are read some at a time.

use super::reading::Reading;
use crate::error::Result;

/// How many rows are read at a time: few, so that while they are judged the next ones are read.
pub const ROWS: usize = 1 << 13;

/// A file of positions.
pub trait Source {
    /// Reads the next rows; whether there may be more.
    ///
    /// # Errors
    /// The file cannot be read on. What is wrong with a row alone is noted in `into`.
    fn read(&mut self, into: &mut Reading) -> Result<bool>;
}
