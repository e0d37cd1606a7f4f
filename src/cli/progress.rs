//! Progress of long work on a terminal: the one home of indicatif. Where standard error is no terminal, nothing is drawn.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts files, or parts of other work.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for so many files; a single one needs none.
    pub fn of(files: usize) -> Progress {
        let bar = if files > 1 { ProgressBar::new(files as u64) } else { ProgressBar::hidden() };
        // The template is fixed, so that it cannot be wrong at run time only; where it were, the plain bar serves.
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} files, {eta} left, {msg}") {
            bar.set_style(style);
        }
        bar.tick();
        Progress { bar }
    }

    /// A bar for work that is told in parts by [`Progress::reached`]; `what` is being done.
    pub fn of_work(what: &str) -> Progress {
        let bar = ProgressBar::new(1);
        // As above: the template is fixed.
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {percent} %, {eta} left, {msg}") {
            bar.set_style(style);
        }
        bar.set_message(what.to_string());
        Progress { bar }
    }

    /// Says how much is done, and of how much.
    pub fn reached(&self, done: u64, of: u64) {
        self.bar.set_length(of);
        self.bar.set_position(done);
    }

    /// Counts one file more, and prints about it above the bar.
    pub fn advance<T>(&self, file: &str, print: impl FnOnce() -> T) -> T {
        self.bar.set_message(format!("last {file}"));
        self.bar.inc(1);
        self.bar.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
