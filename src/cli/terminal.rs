//! What the terminal can show, and writing to it so that a closed pipe is no error.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use tierbook::render::OutputStyle;

/// The surface of standard output.
pub fn stdout_surface() -> OutputStyle {
    style(io::stdout().is_terminal())
}

/// The surface of standard error.
pub fn stderr_surface() -> OutputStyle {
    style(io::stderr().is_terminal())
}

fn style(is_terminal: bool) -> OutputStyle {
    if !is_terminal {
        return OutputStyle::PLAIN;
    }
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0).max(40));
    OutputStyle { colour: !set("NO_COLOR") && !dumb, width }
}

/// Writes to standard output. A reader that went away ends the program quietly, as other tools do; any other failure,
/// such as a full disk, ends it with exit code 4, because an answer was lost.
pub fn print(text: &str) {
    if let Err(error) = written(text) {
        if error.kind() == io::ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        print_aside(&format!("error: the answer cannot be written: {error}\n"));
        std::process::exit(4);
    }
}

/// Writes a report of work under way to standard output. The work goes on, whether anybody reads the report or not; a
/// failure other than a reader that went away is noted as exit code 4.
pub fn report(text: &str) -> Worst {
    match written(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            print_aside(&format!("error: the report cannot be written: {error}\n"));
            Worst::of(4)
        }
        _ => Worst::default(),
    }
}

fn written(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// Writes to standard error; where that fails there is nowhere left to say so.
pub fn print_aside(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// The worst of the exit codes of several steps, in the order 0, 1, 3, 2, 4.
#[derive(Clone, Copy, Debug, Default)]
pub struct Worst(u8);

impl Worst {
    /// The exit code of a single step.
    pub fn of(code: u8) -> Worst {
        Worst(code)
    }

    /// The worse of both.
    pub fn also(mut self, other: Worst) -> Worst {
        self.note(other.0);
        self
    }

    /// Notes the exit code of one step.
    pub fn note(&mut self, code: u8) {
        let rank = |code: u8| match code {
            0 => 0,
            1 => 1,
            3 => 2,
            2 => 3,
            _ => 4,
        };
        if rank(code) > rank(self.0) {
            self.0 = code;
        }
    }

    /// The exit code of the whole.
    pub fn exit_code(self) -> ExitCode {
        ExitCode::from(self.0)
    }
}
