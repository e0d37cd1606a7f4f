//! Where answers go: the terminal, by a pager where they are longer than it, or a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::console::Console;
use tierbook::render::OutputStyle;
use tierbook::text::terminal;
use tierbook::{Error, ErrorCode};

/// How many lines are printed between two looks at whether Ctrl-C was pressed.
const LINES_AT_A_TIME: usize = 50;

/// Where answers go.
pub struct Output<'a> {
    console: &'a Console<'a>,
    file: Option<(PathBuf, File)>,
    /// Whether answers longer than the terminal are shown by a pager.
    pub pager: bool,
    interrupted: Arc<AtomicBool>,
}

impl<'a> Output<'a> {
    /// Answers to the terminal; `interrupted` is set when Ctrl-C is pressed.
    pub fn new(console: &'a Console<'a>, pager: bool, interrupted: Arc<AtomicBool>) -> Output<'a> {
        Output { console, file: None, pager, interrupted }
    }

    /// Sends answers to the end of a file, or back to the terminal.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn redirect(&mut self, path: Option<&Path>) -> Result<(), Error> {
        self.file = match path {
            None => None,
            Some(path) => {
                let opened = OpenOptions::new().create(true).append(true).open(path);
                Some((path.to_path_buf(), opened.map_err(|error| cannot_write(path, &error))?))
            }
        };
        Ok(())
    }

    /// The file that answers go to; `None` for the terminal.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_ref().map(|(path, _)| path.as_path())
    }

    /// Forgets an earlier Ctrl-C: what is written from now on is another answer.
    pub fn begin(&self) {
        self.interrupted.store(false, Ordering::Relaxed);
    }

    /// Whether Ctrl-C was pressed since the answer began.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// What the answers are drawn for.
    pub fn style(&self) -> OutputStyle {
        if self.file.is_some() { OutputStyle::PLAIN } else { self.console.answer_style() }
    }

    /// Writes an answer.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, text: &str) -> Result<(), Error> {
        if let Some((path, file)) = &mut self.file {
            return file.write_all(text.as_bytes()).map_err(|error| cannot_write(path, &error));
        }
        self.show(text);
        Ok(())
    }

    /// Writes to the terminal, also while answers go to a file: what is about the session is no answer.
    pub fn show(&self, text: &str) {
        let text = &*terminal::plain(text, self.console.answer_style().colour);
        let rows = terminal_size::terminal_size().map_or(usize::MAX, |(_, height)| usize::from(height.0));
        if self.pager && text.lines().count() >= rows && page(text).is_ok() {
            return;
        }
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for (number, some) in lines.chunks(LINES_AT_A_TIME).enumerate() {
            if self.is_interrupted() {
                let left = lines.len() - number * LINES_AT_A_TIME;
                self.console.message(&format!("interrupted; {left} lines are not shown\n"));
                break;
            }
            self.console.print(&some.concat());
        }
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::new(ErrorCode::CannotWrite, format!("cannot write {}: {error}", path.display())).hint(
        "name a file in a folder that may be written; `output` alone sends answers to the terminal again",
    )
}

/// Shows a text by the user's pager, or by `less`, which ends by itself where the text fits.
fn page(text: &str) -> io::Result<()> {
    let wanted = std::env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
    let wanted = wanted.unwrap_or_else(|| "less".to_string());
    let mut words = wanted.split_whitespace();
    let mut pager = Command::new(words.next().unwrap_or("less"));
    // R: colours; F: no waiting where the text fits; X: the text stays on the screen; S: long lines are not
    // wrapped; Ps: the line at the foot. A line that was meant for the prompt must not make `less` write
    // files or run programs.
    let keys = "RFXSPs q leaves, space goes on, / searches $";
    let mut child =
        pager.args(words).env("LESS", keys).env("LESSSECURE", "1").stdin(Stdio::piped()).spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // A pager that is left before the end has shown what was wanted.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().map(|_| ())
}
