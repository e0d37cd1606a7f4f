//! Files of rows as text, read row by row: CSV and JSON lines.

pub mod csv;
pub mod json_lines;

use crate::error::{Error, ErrorCode};

/// The error of a file that the system does not read.
pub fn cannot_read(name: &str, error: std::io::Error) -> Error {
    Error::new(ErrorCode::CannotRead, format!("cannot read {name}: {error}"))
        .because(error)
        .hint("name a file of columns: CSV, JSON lines, Parquet or Arrow")
}

/// The error of a file that is not of its form.
pub fn not_columns(name: &str, what: &str) -> Error {
    Error::new(ErrorCode::NotColumns, format!("{name} {what}"))
}
