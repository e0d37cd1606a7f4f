//! Files that tierbook wrote in the form of an exchange or a tool: their tables are inferred from statements,
//! and would count as observed if they were loaded. `docs/formats.md` describes the marker.

use crate::error::{Error, ErrorCode};

/// The key of the marker in JSON.
pub const KEY: &str = "tierbook";

/// The start of the first line of other texts with the marker.
const LINE: &str = "# tierbook: inferred";

/// Refuses a text whose first line is the marker.
///
/// # Errors
/// `own_output`.
pub fn refuse(text: &str) -> Result<(), Error> {
    let body = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if body.starts_with(LINE) { Err(error()) } else { Ok(()) }
}

/// The error for a text with the marker.
pub fn error() -> Error {
    let message = "tierbook wrote this file: its tables are inferred, and would come back as observed";
    Error::new(ErrorCode::OwnOutput, message)
        .hint("load what they were inferred from: the announcements, or the exchange's own reply")
        .hint("from another database: `tierbook export DIR` there, and load that folder here")
}
