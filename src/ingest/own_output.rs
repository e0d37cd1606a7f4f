//! Files that tierbook wrote in the form of an exchange or a tool: their tables are inferred from statements,
//! and would count as observed if they were loaded. `docs/formats.md` describes the marker.

use crate::error::{Error, ErrorCode};

/// The key of the marker in JSON.
pub const KEY: &str = "tierbook";

/// The start of the first line of other texts with the marker.
const LINE: &str = "# tierbook: inferred";

/// How the first lines of the tables as CSV start, which have no place for a marker.
const TABLES: [&str; 3] = [
    "subject,valid_from,valid_to,known_from,",
    "statement,source,ordinal,subject,",
    "source,sha256,file,title,",
];

/// The key of the version of tables in the metadata of Parquet and Arrow files.
const TABLES_KEY: &[u8] = b"tierbook.tables";

/// How these files start: Parquet, Arrow, and a stream of Arrow.
const COLUMNAR: [&[u8]; 3] = [b"PAR1", b"ARROW1", &[0xff; 4]];

/// How much of their start and of their end has the metadata.
const METADATA: usize = 1 << 16;

/// Refuses a text whose first line is the marker, or that of a table.
///
/// # Errors
/// `own_output`.
pub fn refuse(text: &str) -> Result<(), Error> {
    let body = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let is_own = body.starts_with(LINE) || TABLES.iter().any(|header| body.starts_with(header));
    if is_own { Err(error()) } else { Ok(()) }
}

/// Refuses a file of columns that has the marker in its metadata.
///
/// # Errors
/// `own_output`.
pub fn refuse_columns(bytes: &[u8]) -> Result<(), Error> {
    let has_key = |part: &[u8]| part.windows(TABLES_KEY.len()).any(|place| place == TABLES_KEY);
    let start = &bytes[..bytes.len().min(METADATA)];
    let end = &bytes[bytes.len().saturating_sub(METADATA)..];
    let is_own = COLUMNAR.iter().any(|magic| bytes.starts_with(magic)) && (has_key(start) || has_key(end));
    if is_own { Err(error()) } else { Ok(()) }
}

/// The error for a text with the marker.
pub fn error() -> Error {
    let message = "tierbook wrote this file: its tables are inferred, and would come back as observed";
    Error::new(ErrorCode::OwnOutput, message)
        .hint("load what they were inferred from: the announcements, or the exchange's own reply")
        .hint("from another database: `tierbook export sources DIR` there, and load that folder here")
}
