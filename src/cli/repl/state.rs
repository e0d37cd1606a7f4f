//! What a session at the prompt keeps from line to line: pinned times, the form of answers, the last answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;
use signal_hook::consts::SIGINT;
use signal_hook::flag;

use super::super::arguments::{Arguments, Command as ProgramCommand, print_clap};
use super::super::session::{Session, status_of};
use super::super::status::ExitStatus;
use super::Run;
use super::commands::{self, Command};
use super::help;
use super::names::Names;
use super::output::Output;
use tierbook::error::Error;
use tierbook::query::rows::Row;
use tierbook::query::syntax::ast::Statement;
use tierbook::query::{Pins, parse};
use tierbook::render::Format;
use tierbook::time::Timestamp;

/// Exit code of a process that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// A session at the prompt.
pub struct Prompt<'a> {
    session: Session<'a>,
    run: Run,
    pins: Pins,
    timing: bool,
    output: Output<'a>,
    last: Option<(Statement, Vec<Row>)>,
    /// While a command of the program runs, Ctrl-C ends the process, as it does outside.
    in_command: Arc<AtomicBool>,
}

/// What comes after a line.
pub enum Next {
    /// The next line; with the exit codes noted.
    Goes(ExitStatus),
    /// Nothing: the session ends.
    Ends,
}

impl<'a> Prompt<'a> {
    /// A fresh session; `is_terminal` where a person sits at it.
    pub fn new(session: Session<'a>, run: Run, is_terminal: bool) -> Prompt<'a> {
        let (interrupted, in_command) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        if is_terminal {
            // Where signals cannot be caught, Ctrl-C ends the process, and nothing is lost by that either.
            let _ = flag::register_conditional_shutdown(SIGINT, INTERRUPTED, in_command.clone());
            let _ = flag::register(SIGINT, interrupted.clone());
        }
        let output = Output::new(session.console, is_terminal, interrupted);
        Prompt { session, run, pins: Pins::default(), timing: false, output, last: None, in_command }
    }

    /// The prompt, with what is pinned.
    pub fn text(&self) -> String {
        match self.pins.words() {
            none if none.is_empty() => "tierbook> ".to_string(),
            words => format!("tierbook [{words}]> "),
        }
    }

    /// Says where the database stands now, where another process or this one has written to it.
    pub fn told_of_changes(&self, again: bool) {
        if let (true, Ok(head)) = (again, self.session.database.head()) {
            self.session
                .console
                .message(&format!("note: the database has changed; answers are from tx {} on\n", head.tx));
        }
    }

    /// Answers one line.
    pub fn answer(&mut self, text: &str, names: Option<&Names>) -> Next {
        // Blanks and comments ask nothing.
        if parse(text).is_ok_and(|statements| statements.is_empty()) {
            return Next::Goes(ExitStatus::OK);
        }
        let done = match commands::read(text) {
            Some(Ok(Command::Exit)) => return Next::Ends,
            Some(Ok(command)) => self.obey(command, names),
            Some(Err(error)) => Err(error),
            None => return Next::Goes(self.ask(text)),
        };
        Next::Goes(done.unwrap_or_else(|error| self.session.report_in(&error, None, Some(text))))
    }

    fn obey(&mut self, command: Command, names: Option<&Names>) -> Result<ExitStatus, Error> {
        match command {
            Command::Help(topic) => {
                let help = match names {
                    Some(names) => help::help(&topic, names),
                    None => help::help(&topic, &Names::of(&self.session.database)),
                };
                self.output.write(&help)?;
            }
            Command::Show => {
                let pinned = match self.pins.words() {
                    none if none.is_empty() => "nothing is pinned".to_string(),
                    words => words,
                };
                let format = commands::format_name(self.session.format);
                let switch = |on| if on { "on" } else { "off" };
                let (timing, pager) = (switch(self.timing), switch(self.output.pager));
                self.output.write(&format!("{pinned}; format {format}, timing {timing}, pager {pager}\n"))?;
            }
            Command::Pin(clause, value) => self.pins.pin(clause, &value, Timestamp::now())?,
            Command::Unset(None) => self.pins.clear(),
            Command::Unset(Some(clause)) => drop(self.pins.set(clause, None)),
            Command::Format(format) => self.session.format = format,
            Command::Timing(on) => self.timing = on,
            Command::Pager(on) => self.output.pager = on,
            Command::Output(path) => self.output.redirect(path.as_deref())?,
            Command::Last => match &self.last {
                Some((statement, rows)) => {
                    let drawn = self.session.drawn(rows, statement, self.output.style());
                    self.output.write(&drawn)?;
                }
                None => self.session.console.message("nothing was asked yet\n"),
            },
            Command::Program(words) => return Ok(self.program(&words)),
            Command::Exit => {}
        }
        Ok(ExitStatus::OK)
    }

    /// Runs a command of the program with what this session has set.
    fn program(&mut self, words: &[String]) -> ExitStatus {
        let words = std::iter::once("tierbook".to_string()).chain(words.iter().cloned());
        match Arguments::try_parse_from(words) {
            Ok(Arguments { command: Some(command), .. }) if !matches!(command, ProgramCommand::Repl) => {
                self.in_command.store(true, Ordering::Relaxed);
                let status = (self.run)(&self.session, &command);
                self.in_command.store(false, Ordering::Relaxed);
                status
            }
            Ok(_) => ExitStatus::OK,
            Err(error) => print_clap(self.session.console, &error),
        }
    }

    /// Answers statements with what is pinned.
    fn ask(&mut self, text: &str) -> ExitStatus {
        let statements = match self.session.read(text) {
            Ok(statements) if !statements.is_empty() => statements,
            _ => return self.session.ask(text),
        };
        let mut status = ExitStatus::OK;
        self.output.begin();
        for (place, statement) in statements.into_iter().enumerate() {
            if self.output.is_interrupted() {
                break;
            }
            if place > 0 && self.session.format == Format::Table {
                status = status.and(self.write("\n"));
            }
            status = status.and(self.ask_one(statement, text));
        }
        status
    }

    fn ask_one(&mut self, statement: Statement, text: &str) -> ExitStatus {
        let started = std::time::Instant::now();
        let pinned = self.pins.apply(statement.clone());
        let rows = match self.session.rows(&pinned, None, text) {
            Ok(rows) => rows,
            Err(status) => return status,
        };
        let answered = started.elapsed();
        if pinned != statement && self.session.format == Format::Table {
            let words = format!("pinned: {}\n", self.pins.words());
            self.write(&words);
        }
        let drawn = self.session.drawn(&rows, &pinned, self.output.style());
        let status = status_of(&rows).and(self.write(&drawn));
        if self.timing {
            let all = started.elapsed();
            let count = if rows.len() == 1 { "1 row".to_string() } else { format!("{} rows", rows.len()) };
            self.session
                .console
                .message(&format!("{count}, answered in {answered:.1?}, {all:.1?} with printing\n"));
        }
        self.last = Some((pinned, rows));
        status
    }

    fn write(&mut self, text: &str) -> ExitStatus {
        match self.output.write(text) {
            Ok(()) => ExitStatus::OK,
            Err(error) => self.session.report(&error),
        }
    }
}
