//! Progress of long work on a terminal: the one home of indicatif. Where standard error is no terminal, nothing is drawn.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts files.
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
