//! A stream of bytes whose first are looked at, and what is read of it whole.

use std::io::{Cursor, Read};

use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::row_files::cannot_read;

/// Bytes that are read one after the other.
pub type Stream = Box<dyn Read>;

/// How many bytes are looked at to know the form.
const LOOKED_AT: u64 = 64 * 1024;

/// The first bytes of a stream, and the whole stream.
///
/// # Errors
/// It cannot be read, or has nothing but blanks.
pub fn peek(mut stream: Stream, name: &str) -> Result<(Vec<u8>, Stream)> {
    let mut start = Vec::new();
    let read = stream.by_ref().take(LOOKED_AT).read_to_end(&mut start);
    read.map_err(|error| cannot_read(name, error))?;
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    if text.trim_ascii().is_empty() && (start.len() as u64) < LOOKED_AT {
        return Err(Error::new(ErrorCode::DocumentEmpty, format!("{name} is empty"))
            .hint("the first line names the columns: symbol,side,quantity,entry_price"));
    }
    let whole = Cursor::new(start.clone()).chain(stream);
    Ok((start, Box::new(whole)))
}

/// The text of a stream.
///
/// # Errors
/// It cannot be read, has more than [`limits::POSITIONS_BYTES`] bytes, or is no text in UTF-8.
pub fn text(stream: Stream, name: &str) -> Result<String> {
    let mut bytes = Vec::new();
    let read = stream.take(limits::POSITIONS_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| cannot_read(name, error))?;
    if bytes.len() as u64 > limits::POSITIONS_BYTES {
        let message = format!("{name} has more than {} bytes", limits::POSITIONS_BYTES);
        return Err(Error::new(ErrorCode::TooLarge, message)
            .hint("write it as CSV, JSON lines, Parquet or Arrow, which are read part by part"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].split(|byte| *byte == b'\n').count();
        Error::new(ErrorCode::NotText, format!("{name} is no UTF-8 text: line {line}"))
            .hint("save the file in UTF-8")
    })
}
