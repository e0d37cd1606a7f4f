//! JSON lines: an object a line, whose values stay as they are written.

use std::io::{BufRead, BufReader, Read};

use serde_json::value::RawValue;

use super::{cannot_read, not_columns};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::text::lines::SHORT_LINES;

/// The fields of a line, in their order.
pub type Fields = Vec<(String, Box<RawValue>)>;

/// The rows of a file of JSON lines.
pub struct JsonRows {
    text: BufReader<Box<dyn Read>>,
    name: String,
    /// How many bytes are read.
    pub bytes: u64,
    line: u64,
    line_bytes: Vec<u8>,
}

impl JsonRows {
    /// The rows of a text.
    pub fn of(text: Box<dyn Read>, name: &str) -> JsonRows {
        let text = BufReader::with_capacity(1 << 16, text);
        JsonRows { text, name: name.to_string(), bytes: 0, line: 0, line_bytes: Vec::new() }
    }

    /// The fields of the next line that is not blank, and its number; `None` at the end.
    ///
    /// # Errors
    /// It cannot be read, or is no object.
    pub fn next(&mut self) -> Result<Option<(u64, Fields)>> {
        loop {
            self.line_bytes.clear();
            // One byte more than a line may have, and its end: LF, or CR and LF.
            let room = limits::AUDIT_LINE_BYTES as u64 + 2;
            let read = self.text.by_ref().take(room).read_until(b'\n', &mut self.line_bytes);
            let read = read.map_err(|error| cannot_read(&self.name, error))?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            self.bytes += read as u64;
            let line = self.line;
            let unreadable =
                |what: &str| Error::new(ErrorCode::UnreadableLine, format!("line {line} {what}"));
            let line_bytes = self.line_bytes.strip_suffix(b"\n").unwrap_or(&self.line_bytes);
            let line_bytes = line_bytes.strip_suffix(b"\r").unwrap_or(line_bytes);
            if line_bytes.len() > limits::AUDIT_LINE_BYTES {
                return Err(unreadable(&format!("is longer than {} bytes", limits::AUDIT_LINE_BYTES))
                    .hint(SHORT_LINES));
            }
            let text = line_bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line_bytes);
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if self.line == 1 && text.trim_ascii_start().starts_with(b"[") {
                let error = not_columns(&self.name, "is one JSON array");
                return Err(error.hint("write one object a line: jq -c '.[]'"));
            }
            let fields: std::result::Result<Ordered, _> = serde_json::from_slice(text);
            let fields = fields.map_err(|error| {
                unreadable(&format!("is not a JSON object: {error}")).hint("write one object a line")
            })?;
            return Ok(Some((line, fields.0)));
        }
    }
}

/// An object whose fields keep their order, and which may have one twice.
struct Ordered(Fields);

impl<'de> serde::Deserialize<'de> for Ordered {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Ordered, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Ordered;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Ordered, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Ordered(fields))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
