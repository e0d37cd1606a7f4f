//! How the Python package reads tables of other libraries: the C structs of Arrow in, columns that are what they say out.
//!
//! There is no Python in it, so that `tests/corpus.rs` and the target `stream` of `fuzz/` can give it structs that lie.

mod checks;
mod frame;
mod stream;

use tierbook::{Error, ErrorCode};

pub use frame::Frame;
pub use stream::{Pieces, Stream, read_pair};

/// The error of Arrow data that cannot be read.
pub fn not_columns(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::NotColumns, message)
}
