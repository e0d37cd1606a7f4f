//! The forms of files of columns, by name or by the end of a file name.

use std::path::Path;

use crate::error::{Error, ErrorCode, Result};

/// The form of a file of columns.
///
/// ```
/// use tierbook::evaluation::Form;
/// assert_eq!(Form::of_path("positions.csv".as_ref())?, Form::Csv);
/// assert_eq!("jsonl".parse::<Form>()?, Form::JsonLines);
/// assert!(Form::of_path("positions.xlsx".as_ref()).is_err());
/// # Ok::<(), tierbook::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Text with a header, its cells separated by commas, semicolons or tabs.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// Parquet.
    Parquet,
    /// An Arrow IPC file; read also as a stream.
    Arrow,
    /// An Arrow IPC stream.
    ArrowStream,
}

/// Each form with its name and the ends of file names.
const FORMS: [(Form, &str, &[&str]); 5] = [
    (Form::Csv, "csv", &["csv", "tsv", "txt"]),
    (Form::JsonLines, "jsonl", &["jsonl", "ndjson", "json"]),
    (Form::Parquet, "parquet", &["parquet", "pq"]),
    (Form::Arrow, "arrow", &["arrow", "feather", "ipc"]),
    (Form::ArrowStream, "arrows", &["arrows"]),
];

impl Form {
    /// The form that the end of a file name means.
    ///
    /// ```
    /// use tierbook::evaluation::Form;
    /// assert_eq!(Form::of_path("a/positions.PARQUET".as_ref())?, Form::Parquet);
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    ///
    /// # Errors
    /// It means none (`form_missing`).
    pub fn of_path(path: &Path) -> Result<Form> {
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
        let found = FORMS.iter().find(|(_, _, ends)| ends.contains(&end.as_str()));
        found.map(|(form, ..)| *form).ok_or_else(|| {
            let message = format!("the name of {} does not say of which form it is", path.display());
            Error::new(ErrorCode::FormMissing, message).hint(
                "name it: --from csv, jsonl, parquet or arrow for what is read, --to for what is written",
            )
        })
    }

    /// Its name.
    ///
    /// ```
    /// assert_eq!(tierbook::evaluation::Form::JsonLines.name(), "jsonl");
    /// ```
    pub fn name(self) -> &'static str {
        FORMS.iter().find(|(form, ..)| *form == self).map_or("", |(_, name, _)| name)
    }

    /// The names of all forms.
    ///
    /// ```
    /// assert!(tierbook::evaluation::Form::names().contains(&"parquet"));
    /// ```
    pub fn names() -> [&'static str; 5] {
        FORMS.map(|(_, name, _)| name)
    }
}

impl std::str::FromStr for Form {
    type Err = Error;

    fn from_str(text: &str) -> Result<Form> {
        let found = FORMS.iter().find(|(_, name, ends)| *name == text || ends.contains(&text));
        found.map(|(form, ..)| *form).ok_or_else(|| {
            Error::new(ErrorCode::FormMissing, format!("`{text}` is not the form of a file"))
                .hint(format!("the forms are: {}", Form::names().join(", ")))
        })
    }
}
