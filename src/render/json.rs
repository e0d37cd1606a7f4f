//! Answers for programs: rows as JSON, in the form that they serialise to.

use serde::Serialize;

/// A row of an array, which the first one opens; whoever writes the last one closes it.
pub fn part(row: &impl Serialize, first: bool) -> String {
    let whole = serde_json::to_string_pretty(&[row]).unwrap_or_default();
    match whole.strip_prefix('[').and_then(|row| row.strip_suffix("\n]")) {
        Some(row) => format!("{}{row}", if first { '[' } else { ',' }),
        None => String::new(),
    }
}

/// A JSON object and a newline.
pub fn line(row: &impl Serialize) -> String {
    let mut text = serde_json::to_string(row).unwrap_or_default();
    text.push('\n');
    text
}
