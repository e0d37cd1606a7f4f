//! Reading no more bytes than a document may have.

use std::io::Read;

use crate::error::{Error, ErrorCode};
use crate::limits;

/// All bytes, up to what a document may have.
pub fn within_limit(
    name: &str,
    read: impl Read,
    cannot_read: impl Fn(std::io::Error) -> Error,
) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    read.take(limits::DOCUMENT_BYTES + 1).read_to_end(&mut bytes).map_err(cannot_read)?;
    if bytes.len() as u64 > limits::DOCUMENT_BYTES {
        return Err(too_large(name, &format!("more than {}", limits::DOCUMENT_BYTES)));
    }
    Ok(bytes)
}

/// The error of a document that is too large.
pub fn too_large(name: &str, has: &str) -> Error {
    let message = format!("{name} has {has} bytes; at most {} are read", limits::DOCUMENT_BYTES);
    Error::new(ErrorCode::TooLarge, message)
        .hint("an announcement has a few thousand bytes, a table of an exchange a few million: check that this is one")
}
