//! Positions in JSON lines.

use std::borrow::Cow;
use std::io::Read;

use super::json_row::JsonObjects;
use super::reading::Reading;
use super::source::{ROWS, Source};
use crate::error::Result;
use crate::json::{JsonField, JsonValue};
use crate::row_files::json_lines::JsonRows;

/// A file of JSON lines.
pub struct JsonLinesSource {
    rows: JsonRows,
    objects: JsonObjects,
}

impl JsonLinesSource {
    /// The lines of a text.
    pub fn of(text: Box<dyn Read>, name: &str) -> JsonLinesSource {
        JsonLinesSource { rows: JsonRows::of(text, name), objects: JsonObjects::default() }
    }
}

impl Source for JsonLinesSource {
    fn read(&mut self, into: &mut Reading) -> Result<bool> {
        for _ in 0..ROWS {
            let Some((line, fields)) = self.rows.next()? else { return Ok(false) };
            let fields = fields
                .iter()
                .map(|(key, raw)| JsonField { key: Cow::Borrowed(key), value: JsonValue::of(raw) })
                .collect();
            self.objects.take(fields, into, &|_| format!("line {line}"));
            if into.is_full() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
