//! Progress of long work on a terminal: the one home of indicatif. Where standard error is no terminal,
//! nothing is drawn.

use indicatif::{ProgressBar, ProgressStyle};

use super::console::Console;
use tierbook::text::terminal::one_line;

/// A bar that counts files, or parts of other work.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for so many files; a single one needs none.
    pub fn of_files(console: &Console, files: usize) -> Progress {
        let length = if files > 1 { Some(files as u64) } else { None };
        Progress::new(console, length, "{bar:32} {pos}/{len} files, {eta} left, {msg}")
    }

    /// A bar for work that is counted by [`Progress::set`]; `what` is being done.
    pub fn of_work(console: &Console, what: &str) -> Progress {
        let progress = Progress::new(console, Some(1), "{bar:32} {percent} %, {eta} left, {msg}");
        progress.bar.set_message(what.to_string());
        progress
    }

    fn new(console: &Console, length: Option<u64>, template: &str) -> Progress {
        let bar = match length {
            Some(length) if console.shows_progress() => ProgressBar::new(length),
            _ => ProgressBar::hidden(),
        };
        // A template that cannot be read leaves the plain bar.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.tick();
        Progress { bar }
    }

    /// Shows how much is done, and of how much.
    pub fn set(&self, done: u64, of: u64) {
        self.bar.set_length(of);
        self.bar.set_position(done);
    }

    /// Counts one file more, and prints about it above the bar.
    pub fn advance<T>(&self, file: &str, print: impl FnOnce() -> T) -> T {
        self.bar.set_message(format!("last {}", one_line(file)));
        self.bar.inc(1);
        self.bar.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
