//! The answers to one or several statements as one text, written row by row: in JSON one array, and of several
//! statements each row with the number of its statement.

use serde_json::{Map, Value};

use crate::query::rows::Row;
use crate::render::csv::Records;
use crate::render::{Format, OutputStyle, block, chart, for_people, json, same_block};

/// The text of answers, made row by row: what is complete is to be printed before the next row is made. Only a table
/// waits, for the widths of its columns: until the next table begins.
///
/// ```
/// use tierbook::render::{AnswerWriter, Format, OutputStyle};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let mut answers = AnswerWriter::of_several(Format::Json, OutputStyle::PLAIN);
/// let mut text = String::new();
/// for (number, query) in [(1, "limit of ACTUSDT"), (3, "limit of IPUSDT")] {
///     answers.begin(number);
///     for row in rules.rows(query)? {
///         text += &answers.row(row);
///     }
///     text += &answers.end_of_answer();
/// }
/// text += answers.end();
/// let rows: Vec<serde_json::Value> = serde_json::from_str(&text)?;
/// assert_eq!((&rows[0]["statement"], &rows[1]["statement"]), (&1.into(), &3.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct AnswerWriter {
    format: Format,
    style: OutputStyle,
    is_one_of_several: bool,
    /// The number of the statement that is answered.
    number: usize,
    /// Whether the text has a row.
    has_rows: bool,
    /// Whether the answer has a table that is complete.
    has_block: bool,
    /// What wait until it is known what comes after them.
    waiting: Vec<Row>,
    records: Records,
}

impl AnswerWriter {
    /// For the answer to one statement, as [`rows`](crate::render::rows) gives it.
    ///
    /// ```
    /// use tierbook::render::{self, AnswerWriter, Format, OutputStyle};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// for format in [Format::Table, Format::Json, Format::Jsonl, Format::Csv] {
    ///     let mut answer = AnswerWriter::of_one(format, OutputStyle::PLAIN);
    ///     let mut text: String = rules.rows("tiers of all as of 2026-02-07")?.map(|row| answer.row(row)).collect();
    ///     text += &answer.end_of_answer();
    ///     text += answer.end();
    ///     assert_eq!(text, render::rows(&rules.query("tiers of all as of 2026-02-07")?, format, OutputStyle::PLAIN));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_one(format: Format, style: OutputStyle) -> AnswerWriter {
        AnswerWriter {
            format,
            style,
            is_one_of_several: false,
            number: 1,
            has_rows: false,
            has_block: false,
            waiting: Vec::new(),
            records: Records::default(),
        }
    }

    /// For the answers to several statements.
    ///
    /// ```
    /// use tierbook::render::{AnswerWriter, Format, OutputStyle};
    /// let answers = AnswerWriter::of_several(Format::Json, OutputStyle::PLAIN);
    /// assert_eq!(answers.end(), "[]\n"); // an array without a row
    /// ```
    pub fn of_several(format: Format, style: OutputStyle) -> AnswerWriter {
        AnswerWriter { is_one_of_several: true, ..AnswerWriter::of_one(format, style) }
    }

    /// Begins the answer to the statement with this number, counted from 1.
    ///
    /// ```
    /// use tierbook::render::{AnswerWriter, Format, OutputStyle};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let mut answers = AnswerWriter::of_several(Format::Jsonl, OutputStyle::PLAIN);
    /// answers.begin(2);
    /// let line = answers.row(rules.query("limit of ACTUSDT")?.remove(0));
    /// assert!(line.starts_with("{\"statement\":2,"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn begin(&mut self, number: usize) {
        self.number = number;
        self.has_block = false;
        self.records.begin();
    }

    /// Adds a row, and gives the text that is complete with it.
    ///
    /// ```
    /// use tierbook::render::{AnswerWriter, Format, OutputStyle};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let mut answer = AnswerWriter::of_one(Format::Csv, OutputStyle::PLAIN);
    /// let texts: Vec<String> = rules.rows("subjects")?.map(|row| answer.row(row)).collect();
    /// assert!(texts[0].starts_with("subject,venue,") && texts[1].lines().count() == 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn row(&mut self, row: Row) -> String {
        match self.format {
            Format::Svg => self.wait(row),
            Format::Table => {
                let begins = self.waiting.last().is_some_and(|last| !same_block(last, &row));
                let text = if begins { self.block() } else { String::new() };
                self.wait(row);
                return text;
            }
            // Whether their fields have the name of a statement is known at the last of them.
            _ if self.is_one_of_several && may_name_statement(&row) => self.wait(row),
            _ if self.is_one_of_several => {
                let fields = fields(&row);
                let name = number_name(fields.contains_key("statement"));
                return self.numbered(fields, name);
            }
            _ => return self.record(&row),
        }
        String::new()
    }

    /// The rest of the text of an answer.
    ///
    /// ```
    /// use tierbook::render::{AnswerWriter, Format, OutputStyle};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let mut answer = AnswerWriter::of_one(Format::Table, OutputStyle::PLAIN);
    /// assert_eq!(answer.row(rules.query("limit of ACTUSDT as of 2026-02-07")?.remove(0)), "");
    /// assert!(answer.end_of_answer().starts_with("limit of binance:usdm:ACTUSDT: 800,000 USDT"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn end_of_answer(&mut self) -> String {
        match self.format {
            Format::Table if self.has_block => self.block(),
            Format::Table => for_people(&std::mem::take(&mut self.waiting), self.style),
            Format::Svg => chart::svg(&std::mem::take(&mut self.waiting)),
            _ => {
                let rows: Vec<_> = std::mem::take(&mut self.waiting).iter().map(fields).collect();
                let name = number_name(rows.iter().any(|fields| fields.contains_key("statement")));
                rows.into_iter().map(|fields| self.numbered(fields, name)).collect()
            }
        }
    }

    /// What closes the text.
    ///
    /// ```
    /// use tierbook::render::{AnswerWriter, Format, OutputStyle};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let mut answer = AnswerWriter::of_one(Format::Json, OutputStyle::PLAIN);
    /// let text = answer.row(rules.query("limit of ACTUSDT")?.remove(0)) + answer.end();
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

    fn wait(&mut self, row: Row) {
        self.waiting.push(row);
    }

    /// The table of the rows that wait, after an empty line if there is one before it.
    fn block(&mut self) -> String {
        let text = block(&std::mem::take(&mut self.waiting), self.style);
        if std::mem::replace(&mut self.has_block, true) { format!("\n{text}") } else { text }
    }

    /// A row after the number of its statement.
    fn numbered(&mut self, mut fields: Map<String, Value>, name: &str) -> String {
        fields.shift_insert(0, name.to_string(), Value::from(self.number));
        self.record(&fields)
    }

    /// A row for programs.
    pub(super) fn record(&mut self, row: &impl serde::Serialize) -> String {
        let is_first = !std::mem::replace(&mut self.has_rows, true);
        match self.format {
            Format::Json => json::part(row, is_first),
            Format::Csv => self.records.next(row),
            _ => json::line(row),
        }
    }
}

/// Whether of rows like this one some have a field with the name of a statement of a source, and others not.
fn may_name_statement(row: &Row) -> bool {
    matches!(row, Row::Finding(_) | Row::Source(_) | Row::Statement(_))
}

fn fields(row: &Row) -> Map<String, Value> {
    match serde_json::to_value(row) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// The name of the number: rows that name a statement of a source in `statement` keep that field.
fn number_name(is_taken: bool) -> &'static str {
    if is_taken { "statement_number" } else { "statement" }
}
