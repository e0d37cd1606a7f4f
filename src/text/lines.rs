//! The lines of a file as an editor counts them: LF, CRLF and CR end a line, also inside quotes.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

use crate::limits;

/// Where the lines that are not empty start: the offset of the first byte of each, and its number.
///
/// The CSV reader gives the offset at which it began to look for a record; empty lines may follow before the
/// record itself, and a record may have several lines. So the line of a record is that of the first start
/// from there on.
#[derive(Default, Debug)]
pub struct LineStarts {
    starts: VecDeque<(u64, u64)>,
}

impl LineStarts {
    /// The line of the record that the reader began to look for at `offset`; offsets must rise, and each record must be
    /// asked for, but no line that is empty.
    pub fn line_of(&mut self, offset: u64) -> u64 {
        while self.starts.front().is_some_and(|(start, _)| *start < offset) {
            self.starts.pop_front();
        }
        self.starts.pop_front().map_or(0, |(_, line)| line)
    }

    /// How many bytes before `offset` the first line starts that belongs to no record which was asked for.
    fn not_asked(&self, offset: u64) -> u64 {
        self.starts.front().map_or(0, |(start, _)| offset - start)
    }
}

/// What to do about a line that is too long.
pub const SHORT_LINES: &str = "write one row a line: a row has a hundred bytes";

/// A file whose lines are counted and short, as are its records, which have several lines where a cell in quotes has; a
/// longer one is an error, because what is no log must not fill the memory.
pub struct Lines<R> {
    file: R,
    offset: u64,
    line: u64,
    since_line_end: usize,
    /// The first line that is too long.
    too_long: Option<u64>,
    after_return: bool,
    starts: Rc<RefCell<LineStarts>>,
}

impl<R: Read> Lines<R> {
    /// The lines of a file that was just opened, and where they start.
    pub fn of(file: R) -> (Lines<R>, Rc<RefCell<LineStarts>>) {
        let starts = Rc::new(RefCell::new(LineStarts::default()));
        let lines = Lines {
            file,
            offset: 0,
            line: 1,
            since_line_end: 0,
            too_long: None,
            after_return: false,
            starts: starts.clone(),
        };
        (lines, starts)
    }

    fn count(&mut self, byte: u8) {
        match byte {
            b'\n' if self.after_return => {}
            b'\n' | b'\r' => {
                self.line += 1;
                self.since_line_end = 0;
            }
            _ => {
                if self.since_line_end == 0 {
                    self.starts.borrow_mut().starts.push_back((self.offset, self.line));
                }
                self.since_line_end += 1;
                if self.since_line_end > limits::AUDIT_LINE_BYTES {
                    self.too_long.get_or_insert(self.line);
                }
            }
        }
        self.after_return = byte == b'\r';
        self.offset += 1;
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        for byte in buffer.iter().take(count) {
            self.count(*byte);
        }
        if let Some(line) = self.too_long {
            let message = format!("line {line} is longer than {} bytes", limits::AUDIT_LINE_BYTES);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        // Of the record before, the lines after its first are not asked for; and a reader reads ahead.
        let most = 2 * (limits::AUDIT_LINE_BYTES + buffer.len().max(READ_AHEAD)) as u64;
        if self.starts.borrow().not_asked(self.offset) > most {
            return Err(too_long_record());
        }
        Ok(count)
    }
}

/// Most bytes that the readers of records read before they are looked at.
const READ_AHEAD: usize = 1 << 16;

/// The error of a record that is too long.
pub fn too_long_record() -> io::Error {
    let message =
        format!("a record is longer than {} bytes; is a quotation mark missing?", limits::AUDIT_LINE_BYTES);
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many bytes are read of a text whose first record is asked for, and no other.
    fn read_of(text: impl Iterator<Item = u8>) -> (usize, Option<String>) {
        let bytes: Vec<u8> = text.collect();
        let (mut lines, starts) = Lines::of(bytes.as_slice());
        let (mut buffer, mut read) = (vec![0; READ_AHEAD], 0);
        loop {
            match lines.read(&mut buffer) {
                Ok(0) => return (read, None),
                Ok(count) => read += count,
                Err(error) => return (read, Some(error.to_string())),
            }
            starts.borrow_mut().line_of(0);
        }
    }

    #[test]
    fn a_record_of_many_short_lines_is_refused_before_it_fills_the_memory() {
        let most = 2 * (limits::AUDIT_LINE_BYTES + READ_AHEAD);
        let record = b"x,y\n\"".iter().chain(b"a\n".iter().cycle()).copied();
        let (read, error) = read_of(record.take(1 << 20));
        assert!(
            read <= most + READ_AHEAD && error.unwrap_or_default().starts_with("a record is longer"),
            "{read}"
        );
        let blank = b"x,y\n".iter().chain(b"\n".iter().cycle()).copied();
        assert_eq!(read_of(blank.take(1 << 20)), (1 << 20, None), "empty lines are no record");
    }
}
