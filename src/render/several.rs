//! The answers of several statements as one text: in JSON one array, each row with the number of its
//! statement.

use serde_json::{Map, Value};

use crate::query::rows::Row;
use crate::render::{Format, OutputStyle, csv, json, rows};

/// The text of the answers of several statements, made one statement at a time, so that what was answered is
/// printed before the next is asked. An error of one leaves the text whole.
///
/// ```
/// use tierbook::render::{Format, OutputStyle, SeveralAnswers};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let mut answers = SeveralAnswers::new(Format::Json);
/// let first = answers.next(&rules.query("limit of ACTUSDT")?, 1, OutputStyle::PLAIN);
/// let third = answers.next(&rules.query("limit of IPUSDT")?, 3, OutputStyle::PLAIN);
/// let text = first + &third + answers.end();
/// let rows: Vec<serde_json::Value> = serde_json::from_str(&text)?;
/// assert_eq!((&rows[0]["statement"], &rows[1]["statement"]), (&1.into(), &3.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SeveralAnswers {
    format: Format,
    has_rows: bool,
}

impl SeveralAnswers {
    /// No answer yet.
    ///
    /// ```
    /// use tierbook::render::{Format, SeveralAnswers};
    /// assert_eq!(SeveralAnswers::new(Format::Json).end(), "[]\n"); // an array without a row
    /// ```
    pub fn new(format: Format) -> SeveralAnswers {
        SeveralAnswers { format, has_rows: false }
    }

    /// The rows of the next statement that is answered, with its number, counted from 1.
    ///
    /// ```
    /// use tierbook::render::{Format, OutputStyle, SeveralAnswers};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let mut answers = SeveralAnswers::new(Format::Jsonl);
    /// let line = answers.next(&rules.query("limit of ACTUSDT")?, 2, OutputStyle::PLAIN);
    /// assert!(line.starts_with("{\"statement\":2,"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn next(&mut self, answer: &[Row], number: usize, style: OutputStyle) -> String {
        let first = !self.has_rows;
        self.has_rows |= !answer.is_empty();
        let numbered = || numbered(answer, number);
        match self.format {
            Format::Table | Format::Svg => rows(answer, self.format, style),
            Format::Json => json::part(&numbered(), first),
            Format::Jsonl => json::lines(&numbered()),
            Format::Csv if first || answer.is_empty() => csv::records(&numbered()),
            Format::Csv => format!("\n{}", csv::records(&numbered())),
        }
    }

    /// What closes the text.
    ///
    /// ```
    /// use tierbook::render::{Format, OutputStyle, SeveralAnswers};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let mut answers = SeveralAnswers::new(Format::Json);
    /// let text = answers.next(&rules.query("limit of ACTUSDT")?, 1, OutputStyle::PLAIN) + answers.end();
    /// assert!(text.starts_with('[') && text.ends_with("]\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn end(&self) -> &'static str {
        match (self.format, self.has_rows) {
            (Format::Json, true) => "\n]\n",
            (Format::Json, false) => "[]\n",
            _ => "",
        }
    }
}

/// The fields of each row after the number of its statement. Rows that name a statement of a source in
/// `statement` keep that field.
fn numbered(rows: &[Row], number: usize) -> Vec<Value> {
    let fields = |row: &Row| match serde_json::to_value(row) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let mut all: Vec<Map<String, Value>> = rows.iter().map(fields).collect();
    let is_taken = all.iter().any(|fields| fields.contains_key("statement"));
    let name = if is_taken { "statement_number" } else { "statement" };
    for fields in &mut all {
        fields.shift_insert(0, name.to_string(), Value::from(number));
    }
    all.into_iter().map(Value::Object).collect()
}
