//! A log of decisions: CSV with a header, or JSON lines, read line by line into figures. A bad line stops no
//! other.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use serde_json::value::RawValue;

use crate::cells::{CellTimes, Role};
use crate::database::audit::figures::{Cell, Cells, Entry, at_line, figures};
use crate::error::{Error, ErrorCode};
use crate::json;
use crate::limits;
use crate::text::lines::{LineStarts, Lines, too_long_record};

/// A log that was read.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The names of subjects, each once.
    pub names: Vec<String>,
    /// The figures, in the order of their lines.
    pub entries: Vec<Entry>,
    /// What is wrong with lines that cannot be read, with the line; [`limits::AUDIT_SHOWN`] of them at most.
    pub errors: Vec<(u64, Error)>,
    /// How many lines cannot be read.
    pub unreadable: u64,
    places: HashMap<String, usize>,
    /// How many figures it may have.
    most: usize,
}

const FORM: &str = "name a CSV file with a header, or a file of JSON lines";

/// Reads a log. `progress` is called with how many bytes are read.
///
/// # Errors
/// The file cannot be read, has no header or lacks a column that every line needs, or is longer than
/// [`limits::AUDIT_LINES`] figures and unreadable lines, or has a line or a record longer than [`limits::AUDIT_LINE_BYTES`]
/// bytes.
pub fn read(path: &Path, times: CellTimes, progress: &mut dyn FnMut(u64)) -> Result<Log, Error> {
    read_at_most(limits::AUDIT_LINES, path, times, progress)
}

/// As [`read`], of a log of at most that many figures.
fn read_at_most(
    most: usize,
    path: &Path,
    times: CellTimes,
    progress: &mut dyn FnMut(u64),
) -> Result<Log, Error> {
    let cannot_read = |error: io::Error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", path.display()))
            .because(error)
            .hint(FORM)
    };
    let file = File::open(path).map_err(cannot_read)?;
    let (lines, starts) = Lines::of(file);
    let mut reader = BufReader::with_capacity(1 << 16, lines);
    let first = reader.fill_buf().map_err(cannot_read)?;
    let first = first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(first);
    let mut log = Log { most, ..Log::default() };
    match first.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => {
            return Err(Error::new(ErrorCode::EmptyLog, format!("{} is empty", path.display()))
                .hint("the first line names the columns: time,subject,notional,rate"));
        }
        Some(b'{') => log.read_json_lines(reader, &starts, times, progress),
        Some(b'[') => {
            let message = format!("{} is one JSON array", path.display());
            return Err(Error::new(ErrorCode::NotALog, message).hint("write one object a line: jq -c '.[]'"));
        }
        Some(_) => log.read_csv(reader, &starts, path, times, progress),
    }
    .map(|()| Log { places: HashMap::new(), ..log })
}

impl Log {
    fn read_csv(
        &mut self,
        reader: impl Read,
        starts: &RefCell<LineStarts>,
        path: &Path,
        times: CellTimes,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(reader);
        let mut record = csv::ByteRecord::new();
        let broken = |error: csv::Error| {
            Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", path.display()))
                .because(error)
                .hint(FORM)
        };
        let mut header: Option<Vec<(Option<Role>, String)>> = None;
        while reader.read_byte_record(&mut record).map_err(broken)? {
            let offset = record.position().map_or(0, csv::Position::byte);
            let line = starts.borrow_mut().line_of(offset);
            if record.as_slice().len() > limits::AUDIT_LINE_BYTES {
                return Err(broken(too_long_record().into()));
            }
            if record.iter().all(|cell| cell.iter().all(u8::is_ascii_whitespace)) {
                continue;
            }
            let Some(columns) = &header else {
                header = Some(columns(&record)?);
                continue;
            };
            let cells = cells_of_record(columns, &record);
            let cells = cells.map_err(|message| at_line(line, &message));
            self.take(line, cells.and_then(|cells| figures(&cells, line, times)))?;
            if line.is_multiple_of(4096) {
                progress(offset);
            }
        }
        Ok(())
    }

    fn read_json_lines(
        &mut self,
        mut reader: impl BufRead,
        starts: &RefCell<LineStarts>,
        times: CellTimes,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        let (mut bytes, mut read) = (Vec::new(), 0);
        loop {
            bytes.clear();
            let offset = read;
            match read_line(&mut reader, &mut bytes) {
                Ok(0) => return Ok(()),
                Ok(count) => read += count as u64,
                Err(error) => {
                    return Err(Error::new(ErrorCode::CannotRead, format!("after byte {read}: {error}"))
                        .because(error)
                        .hint(FORM));
                }
            }
            let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
            if text.iter().all(|byte| matches!(byte, b'\n' | b'\r')) {
                continue;
            }
            let line = starts.borrow_mut().line_of(offset);
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let fields = json::fields_once(text);
            let found = fields.as_ref().map_err(Clone::clone).and_then(cells_of_object);
            let found = found.map_err(|message| at_line(line, &message));
            self.take(line, found.and_then(|cells| figures(&cells, line, times)))?;
            if line.is_multiple_of(4096) {
                progress(read);
            }
        }
    }

    /// Takes the figures of one line, or notes why there are none.
    fn take(&mut self, line: u64, found: Result<Vec<(String, Entry)>, Error>) -> Result<(), Error> {
        match found {
            Ok(found) => {
                for (name, entry) in found {
                    let next = self.names.len();
                    let place = *self.places.entry(name).or_insert_with_key(|name| {
                        self.names.push(name.clone());
                        next
                    });
                    self.entries.push(Entry { name: place, ..entry });
                }
            }
            Err(error) => self.note(line, error),
        }
        if self.entries.len() as u64 + self.unreadable > self.most as u64 {
            let message = format!(
                "the log has more than {} figures and unreadable lines, the most that are audited at once",
                self.most
            );
            return Err(Error::new(ErrorCode::LogTooLong, message).hint("audit it in parts"));
        }
        Ok(())
    }

    /// Notes a line that cannot be read.
    pub fn note(&mut self, line: u64, error: Error) {
        self.unreadable += 1;
        if self.errors.len() < limits::AUDIT_SHOWN {
            self.errors.push((line, error));
        }
    }
}

/// Adds the bytes up to the next LF or CR, and that; how many they are. An LF after a CR is a line of its
/// own, and empty.
fn read_line(reader: &mut impl BufRead, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let before = bytes.len();
    loop {
        let buffer = reader.fill_buf()?;
        let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let count = end.map_or(buffer.len(), |end| end + 1);
        bytes.extend_from_slice(&buffer[..count]);
        reader.consume(count);
        if end.is_some() || count == 0 {
            return Ok(bytes.len() - before);
        }
    }
}

/// What each column of a header is for.
fn columns(header: &csv::ByteRecord) -> Result<Vec<(Option<Role>, String)>, Error> {
    let mut columns: Vec<(Option<Role>, String)> = Vec::new();
    for name in header {
        let name = String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_string();
        let role = Role::of_log_column(&name);
        if let Some((_, first)) = columns.iter().find(|(known, _)| role.is_some() && *known == role) {
            let message = format!("the columns `{first}` and `{name}` mean the same");
            return Err(Error::new(ErrorCode::ColumnTwice, message).hint("rename the one that is not meant"));
        }
        columns.push((role, name));
    }
    let has = |role: Role| columns.iter().any(|(known, _)| *known == Some(role));
    let figure = has(Role::Rate) || has(Role::Margin) || has(Role::Value);
    let missing = [(Role::Time, has(Role::Time)), (Role::Subject, has(Role::Subject)), (Role::Rate, figure)];
    match missing.into_iter().find(|(_, there)| !there) {
        None => Ok(columns),
        Some((role, _)) => {
            let named: Vec<&str> = columns.iter().map(|(_, name)| name.as_str()).collect();
            let message =
                format!("line 1 has no column `{}`; its columns are {}", role.name(), named.join(", "));
            Err(Error::new(ErrorCode::ColumnMissing, message)
                .hint(format!("it may be called {}", role.aliases().join(", ")))
                .hint("a log has time, subject, notional, and rate, margin, or measure and value"))
        }
    }
}

fn cells_of_record<'a>(
    columns: &'a [(Option<Role>, String)],
    record: &'a csv::ByteRecord,
) -> Result<Cells<'a>, String> {
    let mut cells = Cells::new();
    for ((role, column), bytes) in columns.iter().zip(record) {
        let Some(role) = role else { continue };
        let text = std::str::from_utf8(bytes).map_err(|_| format!("`{column}` is not UTF-8 text"))?.trim();
        if !text.is_empty() {
            cells.insert(*role, Cell { column, text: Cow::Borrowed(text) });
        }
    }
    Ok(cells)
}

fn cells_of_object<'a>(fields: &'a BTreeMap<Cow<str>, &'a RawValue>) -> Result<Cells<'a>, String> {
    let mut cells = Cells::new();
    for (column, value) in fields {
        let Some(role) = Role::of_log_column(column) else { continue };
        let raw = value.get();
        let text: Cow<str> = match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str::<String>(raw).map_err(|e| format!("`{column}`: {e}"))?.into(),
            Some(b'0'..=b'9' | b'-') => Cow::Borrowed(raw),
            _ if raw == "null" => continue,
            _ => return Err(format!("`{column}` is neither text nor a number")),
        };
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_string()),
        };
        if text.is_empty() {
            continue;
        }
        if let Some(first) = cells.insert(role, Cell { column, text }) {
            return Err(format!("has `{}` and `{column}`, which mean the same", first.column));
        }
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bound of `read` is of a size that takes a minute; its work is done by the same function with another.
    #[test]
    fn a_log_of_the_most_figures_is_read_and_one_more_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let csv =
            |rows: usize| "time,subject,notional,rate\n".to_string() + &"2026-02-07,A,1,0.1\n".repeat(rows);
        let object =
            "{\"time\": \"2026-02-07\", \"subject\": \"A\", \"notional\": 1, \"rate\": 0.1, \"margin\": 3}\n";
        let read = |text: String| {
            std::fs::write(&path, text).unwrap();
            let now = crate::time::Timestamp::FIRST;
            read_at_most(6, &path, CellTimes { now, zone: None }, &mut |_| {})
        };
        // A line of JSON here has two figures.
        for text in [csv(6), object.repeat(3), csv(5) + "x,y,z,0\n"] {
            let log = read(text).unwrap();
            assert_eq!(log.entries.len() as u64 + log.unreadable, 6);
        }
        for text in [csv(7), object.repeat(4), csv(6) + "x,y,z,0\n"] {
            let error = read(text).unwrap_err();
            assert_eq!(error.code(), ErrorCode::LogTooLong);
            assert_eq!(
                error.message(),
                "the log has more than 6 figures and unreadable lines, the most that are audited at once"
            );
            assert_eq!(error.hints(), ["audit it in parts"]);
        }
    }

    #[test]
    fn lines_that_cannot_be_read_count_towards_the_longest_log() {
        let mut log = Log { unreadable: 5, most: 6, ..Log::default() };
        let error = || at_line(1, "has nothing");
        assert!(log.take(1, Err(error())).is_ok());
        let refused = log.take(2, Err(error())).expect_err("one more");
        assert_eq!(refused.code(), ErrorCode::LogTooLong);
    }
}
