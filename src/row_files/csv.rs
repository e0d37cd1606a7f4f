//! CSV: a header, and cells that stay the text they are.

use std::cell::RefCell;
use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use super::{cannot_read, not_columns};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::text::lines::{LineStarts, Lines, SHORT_LINES, too_long_record};

/// The rows of a CSV file.
pub struct CsvRows {
    /// The names of its columns, each different.
    pub header: Vec<String>,
    /// What separates its cells.
    pub separator: u8,
    reader: csv::Reader<BufReader<Lines<Box<dyn Read>>>>,
    starts: Rc<RefCell<LineStarts>>,
    /// The bytes before the first that the reader sees.
    mark: u64,
    name: String,
}

/// A row of a CSV file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CsvPlace {
    /// The line on which it starts.
    pub line: u64,
    /// The bytes before it.
    pub offset: u64,
}

impl CsvRows {
    /// Opens a CSV file; `header` is an example of a first line. What separates the cells is what the first line has
    /// most of: commas, semicolons or tabs.
    ///
    /// # Errors
    /// It cannot be read, is empty, or has no header of different names.
    pub fn open(text: Box<dyn Read>, name: &str, header: &str) -> Result<CsvRows> {
        let (lines, starts) = Lines::of(text);
        let mut text = BufReader::with_capacity(1 << 16, lines);
        let first = text.fill_buf().map_err(|error| unread(name, error))?;
        let mark: usize = if first.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") {
            return Err(not_columns(name, "is text in UTF-16").hint("save it as CSV in UTF-8"));
        }
        if first.starts_with(b"PK\x03\x04") {
            return Err(
                not_columns(name, "is a workbook or an archive, not text").hint("save it as CSV in UTF-8")
            );
        }
        if first.starts_with(b"PAR1") || first.starts_with(b"ARROW1") {
            return Err(not_columns(name, "is no text").hint("name its form: --from parquet or arrow"));
        }
        let separator = separator(&first[mark..]);
        text.consume(mark);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(text);
        let name = name.to_string();
        let mut rows = CsvRows { header: Vec::new(), separator, reader, starts, mark: mark as u64, name };
        let names = loop {
            let mut record = csv::ByteRecord::new();
            if !rows.read(&mut record)? {
                return Err(Error::new(ErrorCode::EmptyLog, format!("{} is empty", rows.name))
                    .hint(format!("the first line names the columns: {header}")));
            }
            let offset = record.position().map_or(0, csv::Position::byte) + rows.mark;
            rows.starts.borrow_mut().line_of(offset);
            if !is_blank(&record) {
                break record;
            }
        };
        rows.header = columns(&names, &rows.name)?;
        Ok(rows)
    }

    /// Reads the next row that is not blank into `record`; `None` at the end.
    ///
    /// # Errors
    /// It cannot be read, or has more or fewer cells than the header.
    pub fn next(&mut self, record: &mut csv::ByteRecord) -> Result<Option<CsvPlace>> {
        loop {
            if !self.read(record)? {
                return Ok(None);
            }
            let offset = record.position().map_or(0, csv::Position::byte) + self.mark;
            let line = self.starts.borrow_mut().line_of(offset);
            if is_blank(record) {
                continue;
            }
            if record.len() != self.header.len() {
                let (cells, columns) = (record.len(), self.header.len());
                let of = if columns == 1 { "column" } else { "columns" };
                let message = format!("line {line} has {cells} cells, but the header names {columns} {of}");
                return Err(Error::new(ErrorCode::UnreadableLine, message)
                    .hint("put a cell that contains a separator into quotes"));
            }
            return Ok(Some(CsvPlace { line, offset }));
        }
    }

    /// The text of a cell of a row.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub fn text<'a>(&self, cell: &'a [u8], line: u64, column: usize) -> Result<&'a str> {
        std::str::from_utf8(cell).map_err(|_| {
            let name = self.header.get(column).map_or("", String::as_str);
            let message = format!("line {line} column `{name}`: it is no UTF-8 text");
            Error::new(ErrorCode::UnreadableLine, message).hint("save the file as CSV in UTF-8")
        })
    }

    fn read(&mut self, record: &mut csv::ByteRecord) -> Result<bool> {
        let is_read =
            self.reader.read_byte_record(record).map_err(|error| unread(&self.name, system_error(error)))?;
        if record.as_slice().len() > limits::AUDIT_LINE_BYTES {
            return Err(unread(&self.name, too_long_record()));
        }
        Ok(is_read)
    }
}

/// The error below one of the reader; it makes none of its own of bytes.
fn system_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

/// The error of text that cannot be read: the system's, or that a line of it has no end.
fn unread(name: &str, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::InvalidData => {
            Error::new(ErrorCode::UnreadableLine, format!("{name}: {error}")).because(error).hint(SHORT_LINES)
        }
        _ => cannot_read(name, error),
    }
}

fn separator(text: &[u8]) -> u8 {
    let line =
        text.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty()).unwrap_or_default();
    let count = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    // The last of several equal counts is the greatest: the comma, where there is none.
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

fn columns(header: &csv::ByteRecord, name: &str) -> Result<Vec<String>> {
    let (mut columns, mut seen) = (Vec::with_capacity(header.len()), HashSet::new());
    for cell in header {
        let cell =
            std::str::from_utf8(cell).map_err(|_| not_columns(name, "has a header that is no UTF-8 text"))?;
        let column = cell.trim();
        if !seen.insert(column) {
            let message = format!("{name} has two columns `{column}`");
            return Err(Error::new(ErrorCode::ColumnTwice, message).hint("rename one of them"));
        }
        columns.push(column.to_string());
    }
    Ok(columns)
}

fn is_blank(record: &csv::ByteRecord) -> bool {
    record.iter().all(|cell| cell.iter().all(u8::is_ascii_whitespace))
}
