//! Answers for programs: rows as JSON, in the form that they serialise to.

use crate::query::rows::Row;

/// One JSON array of all rows, and a newline.
pub fn array(rows: &[Row]) -> String {
    let mut text = serde_json::to_vec_pretty(rows).unwrap_or_default();
    text.push(b'\n');
    String::from_utf8_lossy(&text).into_owned()
}

/// One JSON object a line.
pub fn lines(rows: &[Row]) -> String {
    let mut text = Vec::new();
    for row in rows {
        let written = serde_json::to_writer(&mut text, row);
        debug_assert!(written.is_ok(), "writing to memory cannot fail");
        text.push(b'\n');
    }
    String::from_utf8_lossy(&text).into_owned()
}
