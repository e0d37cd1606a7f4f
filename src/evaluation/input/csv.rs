//! CSV: a header, and cells that stay the text they are.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::{Input, Part, Places, ROWS_OF_TEXT, cannot_read, not_columns};
use crate::error::{Error, ErrorCode, Result};
use crate::text::lines::{LineStarts, Lines};

/// How many bytes of text a part has at most, but for its last line.
const BYTES_OF_A_PART: usize = 16 << 20;

/// Opens a CSV file. What separates its cells is what its first line has most of: commas, semicolons or tabs.
///
/// # Errors
/// It cannot be read, is empty, or has no header of different names.
pub fn open(text: Box<dyn Read>, name: &str) -> Result<Input> {
    let (lines, starts) = Lines::of(text);
    let mut text = BufReader::with_capacity(1 << 16, lines);
    let first = text.fill_buf().map_err(|error| cannot_read(name, error))?;
    let mark: usize = if first.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") {
        return Err(not_columns(name, "is text in UTF-16").hint("save it as CSV in UTF-8"));
    }
    if first.starts_with(b"PAR1") || first.starts_with(b"ARROW1") || first.starts_with(b"PK\x03\x04") {
        return Err(not_columns(name, "is no text").hint("name its form: --from parquet or arrow"));
    }
    let separator = separator(&first[mark..]);
    text.consume(mark);
    let builder =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text);
    let mut cells = Cells {
        reader: builder,
        starts,
        mark: mark as u64,
        name: name.to_string(),
        schema: Arc::new(Schema::empty()),
        is_done: false,
    };
    let header = loop {
        let mut record = csv::ByteRecord::new();
        if !cells.read(&mut record)? {
            return Err(Error::new(ErrorCode::EmptyLog, format!("{name} is empty"))
                .hint("the first line names the columns: symbol,notional,time"));
        }
        if !is_blank(&record) {
            break record;
        }
    };
    cells.schema = Arc::new(Schema::new(fields(&header, name)?));
    Ok(Input { schema: cells.schema.clone(), parts: Box::new(cells) })
}

fn separator(text: &[u8]) -> u8 {
    let line =
        text.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty()).unwrap_or_default();
    let count = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    // The last of several equal counts is the greatest: the comma, where there is none.
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

fn fields(header: &csv::ByteRecord, name: &str) -> Result<Vec<Field>> {
    let mut fields: Vec<Field> = Vec::new();
    for cell in header {
        let cell =
            std::str::from_utf8(cell).map_err(|_| not_columns(name, "has a header that is no UTF-8 text"))?;
        let column = cell.trim().to_string();
        if fields.iter().any(|field| *field.name() == column) {
            let message = format!("{name} has two columns `{column}`");
            return Err(Error::new(ErrorCode::ColumnTwice, message).hint("rename one of them"));
        }
        fields.push(Field::new(column, DataType::Utf8, true));
    }
    Ok(fields)
}

fn is_blank(record: &csv::ByteRecord) -> bool {
    record.iter().all(|cell| cell.iter().all(u8::is_ascii_whitespace))
}

struct Cells {
    reader: csv::Reader<BufReader<Lines<Box<dyn Read>>>>,
    starts: Rc<RefCell<LineStarts>>,
    /// The bytes before the first that the reader sees.
    mark: u64,
    name: String,
    schema: SchemaRef,
    is_done: bool,
}

impl Cells {
    fn read(&mut self, record: &mut csv::ByteRecord) -> Result<bool> {
        self.reader.read_byte_record(record).map_err(|error| {
            Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", self.name)).because(error)
        })
    }

    fn part(&mut self) -> Result<Option<Part>> {
        let columns = self.schema.fields().len();
        let mut builders: Vec<StringBuilder> = (0..columns).map(|_| StringBuilder::new()).collect();
        let (mut lines, mut text, mut bytes) = (Vec::new(), 0, 0);
        let mut record = csv::ByteRecord::new();
        while lines.len() < ROWS_OF_TEXT && text < BYTES_OF_A_PART {
            if !self.read(&mut record)? {
                self.is_done = true;
                break;
            }
            let offset = record.position().map_or(0, csv::Position::byte) + self.mark;
            let line = self.starts.borrow_mut().line_of(offset);
            bytes = offset;
            if is_blank(&record) {
                continue;
            }
            if record.len() != columns {
                let (cells, of) = (record.len(), if columns == 1 { "column" } else { "columns" });
                let message = format!("line {line} has {cells} cells, but the header names {columns} {of}");
                return Err(Error::new(ErrorCode::UnreadableLine, message)
                    .hint("put a cell that contains a separator into quotes"));
            }
            for ((builder, cell), field) in builders.iter_mut().zip(&record).zip(self.schema.fields()) {
                let cell = std::str::from_utf8(cell).map_err(|_| {
                    let message = format!("line {line} column `{}`: it is no UTF-8 text", field.name());
                    Error::new(ErrorCode::UnreadableLine, message).hint("save the file as CSV in UTF-8")
                })?;
                builder.append_value(cell);
            }
            text += record.as_slice().len();
            lines.push(line);
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let arrays = builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), arrays);
        let batch = batch.map_err(|error| not_columns(&self.name, &error.to_string()))?;
        Ok(Some(Part { batch, places: Places::Lines(lines), bytes }))
    }
}

impl Iterator for Cells {
    type Item = Result<Part>;

    fn next(&mut self) -> Option<Result<Part>> {
        if self.is_done {
            return None;
        }
        let part = self.part();
        self.is_done |= !matches!(part, Ok(Some(_)));
        part.transpose()
    }
}
