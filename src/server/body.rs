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
        if self.count <= limits::RESPONSE_ROWS && self.text.len() <= limits::RESPONSE_BYTES {
            return Ok(());
        }
        let most = limits::RESPONSE_ROWS;
        Err(Problem::of(
            Refusal::AnswerTooLong,
            format!("the answer has more than {most} rows, or is too long"),
        )
        .hint("ask for fewer contracts, or a shorter time; everything at once: tierbook export"))
    }

    /// Ends the answer to a statement.
    pub fn end_of_answer(&mut self) {
        self.text += &self.writer.end_of_answer();
    }

    /// The bytes.
    ///
    /// # Errors
    /// The rows are no columns.
    pub fn end(mut self) -> Result<Vec<u8>, Problem> {
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
        assert_eq!(body.add(row).unwrap_err().code, "answer_too_long");
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
}
