//! The three streams of a run: where input comes from, where answers and messages go, and what a terminal can
//! show.

use std::cell::RefCell;
use std::io::{self, BufRead, IsTerminal, Read, Write};

use super::status::ExitStatus;
#[cfg(feature = "columnar")]
use tierbook::evaluation::Form;
use tierbook::render::{OutputStyle, wrap};
use tierbook::text::terminal::{self, PlainBytes};
#[cfg(feature = "columnar")]
use tierbook::{Error, ErrorCode};

/// The streams of a run: those of the process, or buffers in its place.
pub struct Console<'a> {
    stdin: RefCell<&'a mut dyn BufRead>,
    stdout: RefCell<&'a mut dyn Write>,
    stderr: RefCell<&'a mut dyn Write>,
    /// Whether input is typed by a person.
    pub is_interactive: bool,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
}

impl<'a> Console<'a> {
    /// Streams that are no terminals.
    pub fn of_buffers(
        stdin: &'a mut dyn BufRead,
        stdout: &'a mut dyn Write,
        stderr: &'a mut dyn Write,
    ) -> Console<'a> {
        Console {
            stdin: RefCell::new(stdin),
            stdout: RefCell::new(stdout),
            stderr: RefCell::new(stderr),
            is_interactive: false,
            stdout_is_terminal: false,
            stderr_is_terminal: false,
        }
    }

    /// The streams of the process.
    pub fn of_process(
        stdin: &'a mut dyn BufRead,
        stdout: &'a mut io::Stdout,
        stderr: &'a mut io::Stderr,
    ) -> Console<'a> {
        let is_interactive = io::stdin().is_terminal();
        let (stdout_is_terminal, stderr_is_terminal) = (stdout.is_terminal(), stderr.is_terminal());
        let console = Console::of_buffers(stdin, stdout, stderr);
        Console { is_interactive, stdout_is_terminal, stderr_is_terminal, ..console }
    }

    /// How answers are drawn.
    pub fn answer_style(&self) -> OutputStyle {
        style(self.stdout_is_terminal)
    }

    /// How messages are drawn.
    pub fn message_style(&self) -> OutputStyle {
        style(self.stderr_is_terminal)
    }

    /// Whether progress of long work can be shown.
    pub fn shows_progress(&self) -> bool {
        self.stderr_is_terminal
    }

    /// Writes an answer for people to standard output, without anything that a terminal would act on.
    pub fn print(&self, text: &str) {
        self.put(terminal::plain(text, self.answer_style().colour).as_bytes());
    }

    /// Writes an answer for programs to standard output, as it is; on a terminal without anything that it would act on.
    pub fn print_bytes(&self, bytes: &[u8]) {
        if self.stdout_is_terminal {
            let mut shown = PlainBytes::default();
            self.put((shown.plain(bytes) + shown.end()).as_bytes());
        } else {
            self.put(bytes);
        }
    }

    /// Writes to standard output. A reader that went away ends the program quietly, as other tools do; any other
    /// failure, such as a full disk, ends it with exit code 4, because an answer was lost.
    fn put(&self, bytes: &[u8]) {
        if let Err(error) = self.write(bytes) {
            if error.kind() == io::ErrorKind::BrokenPipe {
                std::process::exit(0);
            }
            self.message(&format!("error: the answer cannot be written: {error}\n"));
            std::process::exit(4);
        }
    }

    /// Refuses what is no text where standard output is a terminal.
    ///
    /// # Errors
    /// It is one, and the form is no text (`cannot_write`).
    #[cfg(feature = "columnar")]
    pub fn refuse_on_terminal(&self, form: Form) -> Result<(), Error> {
        if !self.stdout_is_terminal || matches!(form, Form::Csv | Form::JsonLines) {
            return Ok(());
        }
        let message = format!("{} is no text for a terminal", form.name());
        Err(Error::new(ErrorCode::CannotWrite, message).hint("name a file: -o FILE"))
    }

    /// Writes a report of work in progress to standard output. The work continues, whether anybody reads the
    /// report or not; a failure other than a reader that went away gives exit code 4.
    pub(super) fn report(&self, text: &str) -> ExitStatus {
        let shown = if self.stdout_is_terminal { terminal::plain(text, false) } else { text.into() };
        match self.write(shown.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.message(&format!("error: the report cannot be written: {error}\n"));
                ExitStatus::of(4)
            }
            _ => ExitStatus::OK,
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut stdout = self.stdout.borrow_mut();
        stdout.write_all(bytes).and_then(|()| stdout.flush())
    }

    /// Writes to standard error, broken between words on a terminal; where that fails there is nowhere left to
    /// report it.
    pub fn message(&self, text: &str) {
        let style = self.message_style();
        let text = wrap::lines(&terminal::plain(text, style.colour), style.width);
        let _ = self.stderr.borrow_mut().write_all(text.as_bytes());
    }

    /// Reads from standard input.
    pub fn with_input<T>(&self, read: impl FnOnce(&mut dyn BufRead) -> T) -> T {
        read(&mut **self.stdin.borrow_mut())
    }

    /// All of standard input, at most `limit` bytes.
    pub fn read_all(&self, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut stdin = self.stdin.borrow_mut();
        (&mut **stdin).take(limit).read_to_end(&mut bytes).map(|_| bytes)
    }

    /// The next line of standard input without its end; `None` where there is no more. Of a line of more bytes than `most`
    /// those up to one more are kept, and the rest is skipped.
    pub fn read_line(&self, most: usize) -> io::Result<Option<Vec<u8>>> {
        let mut stdin = self.stdin.borrow_mut();
        let mut bytes = Vec::new();
        if (&mut **stdin).take(most as u64 + 1).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        match bytes.pop_if(|byte| *byte == b'\n') {
            None if bytes.len() > most => stdin.skip_until(b'\n').map(|_| Some(bytes)),
            _ => Ok(Some(bytes)),
        }
    }
}

fn style(is_terminal: bool) -> OutputStyle {
    if !is_terminal {
        return OutputStyle::PLAIN;
    }
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0).max(40));
    OutputStyle { colour: !no_colour && !dumb, width }
}

/// Standard output for programs, as a stream: [`Console::print_bytes`] of bytes that come in parts.
#[cfg(feature = "columnar")]
pub struct ConsoleWriter<'a> {
    console: &'a Console<'a>,
    shown: PlainBytes,
}

#[cfg(feature = "columnar")]
impl<'a> ConsoleWriter<'a> {
    pub fn of(console: &'a Console<'a>) -> ConsoleWriter<'a> {
        ConsoleWriter { console, shown: PlainBytes::default() }
    }
}

#[cfg(feature = "columnar")]
impl Drop for ConsoleWriter<'_> {
    fn drop(&mut self) {
        self.console.put(self.shown.end().as_bytes());
    }
}

#[cfg(feature = "columnar")]
impl Write for ConsoleWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.console.stdout_is_terminal {
            true => self.console.put(self.shown.plain(bytes).as_bytes()),
            false => self.console.put(bytes),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
