//! Answers for programs: rows as JSON, in the form that they serialise to.

use serde::Serialize;

/// One JSON array of all rows, and a newline.
pub fn array(rows: &[impl Serialize]) -> String {
    let mut text = serde_json::to_vec_pretty(rows).unwrap_or_default();
    text.push(b'\n');
    String::from_utf8_lossy(&text).into_owned()
}

/// Some rows of an array, which the first part opens; whoever prints the last part closes it.
pub fn part(rows: &[impl Serialize], first: bool) -> String {
    let whole = serde_json::to_string_pretty(rows).unwrap_or_default();
    match whole.strip_prefix('[').and_then(|rows| rows.strip_suffix("\n]")) {
        Some(rows) => format!("{}{rows}", if first { '[' } else { ',' }),
        None => String::new(),
    }
}

/// One JSON object a line.
pub fn lines(rows: &[impl Serialize]) -> String {
    let mut text = Vec::new();
    for row in rows {
        let written = serde_json::to_writer(&mut text, row);
        debug_assert!(written.is_ok(), "writing to memory cannot fail");
        text.push(b'\n');
    }
    String::from_utf8_lossy(&text).into_owned()
}
