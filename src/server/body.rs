//! Rows of answers as the body of one, as long as they are few enough.

use super::form::AnswerForm;
use super::problem::{Problem, Refusal};
use crate::evaluation::{Form, Output, Target};
use crate::limits;
use crate::query::rows::Row;
use crate::render::{AnswerWriter, Format, OutputStyle, record_batch};

/// A body that is being made of rows.
pub struct Body {
    form: AnswerForm,
    writer: AnswerWriter,
    text: String,
    rows: Vec<Row>,
    count: usize,
}

impl Body {
    /// The body of the answers to some statements.
    pub fn new(form: AnswerForm, statements: usize) -> Body {
        let format = match form {
            AnswerForm::Jsonl => Format::Jsonl,
            AnswerForm::Csv => Format::Csv,
            AnswerForm::Svg => Format::Svg,
            AnswerForm::Text => Format::Table,
            _ => Format::Json,
        };
        let writer = if statements == 1 { AnswerWriter::of_one } else { AnswerWriter::of_several };
        let (text, rows) = Default::default();
        Body { form, writer: writer(format, OutputStyle::PLAIN), text, rows, count: 0 }
    }

    /// Begins the answer to the statement of a number.
    pub fn begin(&mut self, number: usize) {
        if self.form == AnswerForm::Text && number > 1 {
            self.text.push('\n');
        }
        self.writer.begin(number);
    }

    /// Adds a row.
    ///
    /// # Errors
    /// The answer is too long.
    pub fn add(&mut self, row: Row) -> Result<(), Problem> {
        self.count += 1;
        match self.form {
            AnswerForm::Arrow => self.rows.push(row),
            _ => self.text += &self.writer.row(row),
        }
        if self.count > limits::RESPONSE_ROWS {
            return Err(too_long(limits::RESPONSE_ROWS, "rows"));
        }
        check_length(self.text.len())
    }

    /// Ends the answer to a statement.
    pub fn end_of_answer(&mut self) {
        self.text += &self.writer.end_of_answer();
    }

    /// The bytes.
    ///
    /// # Errors
    /// The rows are no columns, or the answer is too long.
    pub fn end(self) -> Result<Vec<u8>, Problem> {
        let bytes = self.bytes()?;
        // Tables, charts and columns are made of all rows together.
        check_length(bytes.len())?;
        Ok(bytes)
    }

    fn bytes(mut self) -> Result<Vec<u8>, Problem> {
        if self.form != AnswerForm::Arrow {
            self.text += self.writer.end();
            return Ok(self.text.into_bytes());
        }
        let batch = record_batch(&self.rows)?;
        let mut bytes = Vec::new();
        let (mut output, encoder) =
            Output::create(Target::Stream(&mut bytes), Form::ArrowStream, &batch.schema())?;
        output.write(encoder.encode(0, batch)?)?;
        output.finish()?;
        Ok(bytes)
    }
}

fn check_length(bytes: usize) -> Result<(), Problem> {
    if bytes <= limits::RESPONSE_BYTES { Ok(()) } else { Err(too_long(limits::RESPONSE_BYTES, "bytes")) }
}

fn too_long(most: usize, of: &str) -> Problem {
    Problem::of(Refusal::AnswerTooLong, format!("the answer has more than {most} {of}"))
        .hint("ask for fewer contracts, or a shorter time; everything at once: tierbook export")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::Database::create(folder.path().join("db")).unwrap();
        let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/seed/binance-2026-02-03.txt");
        database.writer().unwrap().load(seed, crate::LoadOptions::default()).unwrap();
        database.snapshot().unwrap().query("subjects matching ACTUSDT").unwrap().remove(0)
    }

    #[test]
    fn an_answer_has_so_many_rows_and_no_more() {
        let (row, mut body) = (row(), Body::new(AnswerForm::Arrow, 1));
        for _ in 0..limits::RESPONSE_ROWS {
            body.add(row.clone()).unwrap();
        }
        let over = body.add(row).unwrap_err();
        let detail = format!("the answer has more than {} rows", limits::RESPONSE_ROWS);
        assert_eq!((over.code, over.detail), ("answer_too_long", detail));
    }

    #[test]
    fn an_answer_has_so_many_bytes_and_no_more() {
        let row = row();
        let length = {
            let mut body = Body::new(AnswerForm::Jsonl, 1);
            body.add(row.clone()).unwrap();
            body.text.len()
        };
        let full = |before: usize| {
            let mut body = Body::new(AnswerForm::Jsonl, 1);
            body.text = " ".repeat(before);
            body.add(row.clone()).map_err(|problem| problem.code)
        };
        assert_eq!(full(limits::RESPONSE_BYTES - length), Ok(()));
        assert_eq!(full(limits::RESPONSE_BYTES - length + 1), Err("answer_too_long"));
    }

    #[test]
    fn what_is_added_at_the_end_counts_too() {
        let row = row();
        for form in [AnswerForm::Text, AnswerForm::Json] {
            let ended = |before: usize| {
                let mut body = Body::new(form, 1);
                body.text = " ".repeat(before);
                body.add(row.clone()).unwrap();
                body.end_of_answer();
                body.end().map(|bytes| bytes.len()).map_err(|problem| problem.detail)
            };
            let length = ended(0).unwrap();
            let (most, over) =
                (limits::RESPONSE_BYTES, "the answer has more than 67108864 bytes".to_string());
            assert_eq!(ended(most - length), Ok(most));
            assert_eq!(ended(most - length + 1), Err(over));
        }
    }
}
