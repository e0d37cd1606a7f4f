//! Answers as comma-separated values: the fields of the JSON, nested ones under dotted names.

use serde::Serialize;
use serde_json::Value;

use crate::render::flat::fields;

/// Records, a row at a time: the first has a header before it. Where the fields change from one row to the next, an
/// empty line and a new header follow.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// The names of the last header; none where the next row needs one in any case.
    names: Option<Vec<String>>,
    has_header: bool,
}

impl Records {
    /// Begins another list: its first row needs a header.
    pub fn begin(&mut self) {
        self.names = None;
    }

    /// The record of a row, with the header before it where it needs one.
    pub fn next(&mut self, row: &impl Serialize) -> String {
        let fields = fields(serde_json::to_value(row).unwrap_or_default());
        let (names, values): (Vec<String>, Vec<String>) =
            fields.into_iter().map(|(name, value)| (name, text(value))).unzip();
        if self.names.as_ref() == Some(&names) {
            return lines(&[values]);
        }
        let gap = if std::mem::replace(&mut self.has_header, true) { "\n" } else { "" };
        let text = format!("{gap}{}{}", lines(std::slice::from_ref(&names)), lines(&[values]));
        self.names = Some(names);
        text
    }
}

/// Records, all of the same number of fields, as lines.
pub fn lines<Cell: AsRef<[u8]>>(records: &[Vec<Cell>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        // Writing to memory cannot fail, and all records have the same number of fields.
        let _ = writer.write_record(record);
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn text(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}
