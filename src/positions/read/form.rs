//! The form of a positions file: by its first bytes, where they tell it, and by the end of its name.

use std::path::Path;

use crate::error::{Error, ErrorCode, Result};
use crate::json::quoted;

/// The form of a positions file.
///
/// ```
/// use tierbook::positions::PositionsForm;
/// assert_eq!(PositionsForm::of("", b"symbol,side,quantity\n"), PositionsForm::Csv);
/// assert_eq!(PositionsForm::of("", b"[{\"symbol\": \"ACTUSDT\"}]"), PositionsForm::Json);
/// assert_eq!("jsonl".parse::<PositionsForm>()?, PositionsForm::JsonLines);
/// # Ok::<(), tierbook::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PositionsForm {
    /// Text with a header, its cells separated by commas, semicolons or tabs.
    Csv,
    /// One JSON document: a list of positions, an object with them, or a reply of the exchange.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// TOML.
    Toml,
    /// Parquet.
    Parquet,
    /// An Arrow IPC file.
    Arrow,
    /// An Arrow IPC stream.
    ArrowStream,
}

/// Each form with its name and the ends of file names.
const FORMS: [(PositionsForm, &str, &[&str]); 7] = [
    (PositionsForm::Csv, "csv", &["csv", "tsv"]),
    (PositionsForm::Json, "json", &["json"]),
    (PositionsForm::JsonLines, "jsonl", &["jsonl", "ndjson"]),
    (PositionsForm::Toml, "toml", &["toml"]),
    (PositionsForm::Parquet, "parquet", &["parquet", "pq"]),
    (PositionsForm::Arrow, "arrow", &["arrow", "feather", "ipc"]),
    (PositionsForm::ArrowStream, "arrows", &["arrows"]),
];

impl PositionsForm {
    /// The form of a file of this name that starts with these bytes. The bytes decide; the end of the name does where they
    /// may be of either of two forms.
    ///
    /// ```
    /// use tierbook::positions::PositionsForm;
    /// // JSON lines, whatever the name says: one object, and another one.
    /// assert_eq!(PositionsForm::of("p.json", b"{\"symbol\": \"A\"}\n{\"symbol\": \"B\"}\n"), PositionsForm::JsonLines);
    /// assert_eq!(PositionsForm::of("p.txt", b"[[positions]]\nsymbol = \"A\"\n"), PositionsForm::Toml);
    /// ```
    pub fn of(name: &str, start: &[u8]) -> PositionsForm {
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        if start.starts_with(b"PAR1") {
            return PositionsForm::Parquet;
        }
        if start.starts_with(b"ARROW1") {
            return PositionsForm::Arrow;
        }
        // The mark before each message of a stream.
        if start.starts_with(b"\xff\xff\xff\xff") {
            return PositionsForm::ArrowStream;
        }
        let end = Path::new(name).extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
        let by_name = FORMS.iter().find(|(_, _, ends)| ends.contains(&end.as_str())).map(|(form, ..)| *form);
        let text = start.trim_ascii_start();
        match (text.first(), by_name) {
            (Some(b'{'), _) => of_object(text),
            (Some(b'['), Some(PositionsForm::Toml)) => PositionsForm::Toml,
            (Some(b'['), _) if is_header(text) => PositionsForm::Toml,
            (Some(b'['), _) => PositionsForm::Json,
            (_, Some(form @ (PositionsForm::Csv | PositionsForm::Toml))) => form,
            _ if is_assignment(text) => PositionsForm::Toml,
            // What Python prints of an object is named as such.
            _ if text.starts_with(b"OrderedDict(") || text.starts_with(b"(") => PositionsForm::Json,
            _ => PositionsForm::Csv,
        }
    }

    /// Its name.
    ///
    /// ```
    /// assert_eq!(tierbook::positions::PositionsForm::JsonLines.name(), "jsonl");
    /// ```
    pub fn name(self) -> &'static str {
        FORMS.iter().find(|(form, ..)| *form == self).map_or("", |(_, name, _)| name)
    }

    /// The names of all forms.
    ///
    /// ```
    /// assert!(tierbook::positions::PositionsForm::names().contains(&"toml"));
    /// ```
    pub fn names() -> [&'static str; 7] {
        FORMS.map(|(_, name, _)| name)
    }
}

impl std::str::FromStr for PositionsForm {
    type Err = Error;

    fn from_str(text: &str) -> Result<PositionsForm> {
        let found = FORMS.iter().find(|(_, name, ends)| *name == text || ends.contains(&text));
        found.map(|(form, ..)| *form).ok_or_else(|| {
            let message = format!("`{}` is not the form of a positions file", quoted(text));
            Error::new(ErrorCode::FormMissing, message)
                .hint(format!("the forms are: {}", PositionsForm::names().join(", ")))
        })
    }
}

/// Whether a text that starts with an object has one a line, and more than one.
fn of_object(text: &[u8]) -> PositionsForm {
    let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
    let (line, rest) = text.split_at(end);
    let is_whole = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    if is_whole && !rest.trim_ascii().is_empty() { PositionsForm::JsonLines } else { PositionsForm::Json }
}

/// Whether a text starts with the name of a table of TOML in its brackets.
fn is_header(text: &[u8]) -> bool {
    let name =
        text.strip_prefix(b"[[").or_else(|| text.strip_prefix(b"[")).unwrap_or(text).trim_ascii_start();
    let word =
        name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let length = word.count();
    length > 0 && name[length..].trim_ascii_start().starts_with(b"]") && name[0].is_ascii_alphabetic()
}

/// Whether the first line of a text that is no comment gives a key a value.
fn is_assignment(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#")).unwrap_or_default();
    let key =
        first.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let length = key.count();
    let starts_as_toml = first.starts_with(b"[") && is_header(first);
    starts_as_toml || (length > 0 && first[length..].trim_ascii_start().starts_with(b"="))
}
