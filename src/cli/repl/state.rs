//! What a session at the prompt keeps from line to line: clauses that are set, the form of answers, the last
//! answer.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::answers::Answers;
use super::super::arguments::{DatabaseCommand, format_name, print_clap};
use super::super::dispatch;
use super::super::session::Session;
use super::super::signals::note_interrupts;
use super::super::status::ExitStatus;
use super::commands::{self, PromptCommand, Setting, Switch};
use super::help;
use super::names::Names;
use super::output::Output;
use tierbook::language::{Pins, Statement, parse};
use tierbook::render::{Format, wrap};
use tierbook::text::terminal;
use tierbook::{Error, ErrorCode, Row, Timestamp};

/// A session at the prompt.
pub struct Prompt<'a> {
    session: Session<'a>,
    pins: Pins,
    timing: bool,
    output: Output<'a>,
    last: Option<(Statement, Vec<Row>)>,
    /// While a command of the program runs, Ctrl-C ends the process, as it does outside.
    in_command: Arc<AtomicBool>,
}

impl<'a> Prompt<'a> {
    /// A new session; `is_terminal` where a person types.
    pub fn new(session: Session<'a>, is_terminal: bool) -> Prompt<'a> {
        let (interrupted, in_command) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        if is_terminal {
            note_interrupts(&interrupted, &in_command);
        }
        let output = Output::new(session.console, is_terminal, interrupted);
        Prompt { session, pins: Pins::default(), timing: false, output, last: None, in_command }
    }

    /// The prompt, with what is set.
    pub fn text(&self) -> String {
        let output = self.output.file().map(|file| {
            let name = file.file_name().unwrap_or(file.as_os_str());
            format!("output {}", name.to_string_lossy())
        });
        let pins = Some(self.pins.words()).filter(|words| !words.is_empty());
        match [pins, output].into_iter().flatten().collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => "tierbook> ".to_string(),
            words => format!("tierbook [{words}]> "),
        }
    }

    /// Reports that another process, or a command of this one, has written to the database.
    pub fn report_new_head(&self) {
        if let Ok(head) = self.session.database.head() {
            let message = format!("note: the database has changed; answers now include tx {}\n", head.tx);
            self.session.console.message(&message);
        }
    }

    /// Answers one line: its exit status, or the end of the session.
    pub fn answer(&mut self, text: &str, names: Option<&Names>) -> ControlFlow<(), ExitStatus> {
        // Blanks and comments ask nothing.
        if parse(text).is_ok_and(|statements| statements.is_empty()) {
            return ControlFlow::Continue(ExitStatus::OK);
        }
        if !commands::is_command(text) {
            return ControlFlow::Continue(self.ask(text));
        }
        let done = match commands::read(text) {
            Ok(PromptCommand::Exit) => return ControlFlow::Break(()),
            Ok(command) => self.run(command, text, names),
            Err(error) => Ok(print_clap(self.session.console, &error)),
        };
        let failed = |error| self.session.report_in(&error, None, Some(text));
        ControlFlow::Continue(done.unwrap_or_else(failed))
    }

    fn run(
        &mut self,
        command: PromptCommand,
        text: &str,
        names: Option<&Names>,
    ) -> Result<ExitStatus, Error> {
        match command {
            PromptCommand::Help { topic } => {
                let topic = topic.join(" ");
                let width = self.session.console.answer_style().width;
                let help = match names {
                    Some(names) => help::help(&topic, names, width),
                    None => help::help(&topic, &Names::of(&self.session.database), width),
                };
                self.output.show(&help);
            }
            PromptCommand::Set { setting: None } => {
                let width = self.session.console.answer_style().width;
                self.output.show(&wrap::lines(&self.settings(), width));
            }
            PromptCommand::Set { setting: Some(setting) } => self.set(setting, text)?,
            PromptCommand::Unset { clause } if clause.is_empty() => self.pins.clear(),
            PromptCommand::Unset { clause } => {
                self.pins.set(commands::clause(text, &clause)?.0, None);
            }
            PromptCommand::Timing { switch } => self.timing = switch == Switch::On,
            PromptCommand::Output { file } => self.output.redirect(file.as_deref())?,
            PromptCommand::Last => match &self.last {
                Some((statement, rows)) => {
                    let mut answers = Answers::of(1, self.session.format, self.output.style());
                    let mut text = String::new();
                    answers.write(rows.iter().cloned(), statement, 0, |part| text += part);
                    self.written(&text)?;
                }
                None => self.session.console.message("there is no last answer: nothing was asked yet\n"),
            },
            PromptCommand::Database(command) => return Ok(self.run_outside_command(&command)),
            PromptCommand::Exit => {}
        }
        Ok(ExitStatus::OK)
    }

    fn set(&mut self, setting: Setting, text: &str) -> Result<(), Error> {
        match setting {
            Setting::Format { format } => self.session.format = format,
            Setting::Timing { switch } => self.timing = switch == Switch::On,
            Setting::Pager { switch } => self.output.pager = switch == Switch::On,
            Setting::Clause(words) => {
                let (clause, value) = commands::clause(text, &words)?;
                if value.text.is_empty() {
                    let error = Error::new(ErrorCode::ValueMissing, format!("`set {clause}` has no value"));
                    return Err(error.at(value.span, "expected a value").hint("`help set` shows examples"));
                }
                self.pins.pin(clause, &value, Timestamp::now())?;
            }
        }
        Ok(())
    }

    fn settings(&self) -> String {
        let pins = match self.pins.words() {
            none if none.is_empty() => "no clause is set".to_string(),
            words => words,
        };
        let switch = |on| if on { "on" } else { "off" };
        let (timing, pager) = (switch(self.timing), switch(self.output.pager));
        let format = format_name(self.session.format);
        let output = self.output.file().map_or("the terminal".into(), |file| file.display().to_string());
        format!("{pins}; format {format}, timing {timing}, pager {pager}, output to {output}\n")
    }

    /// Runs a command of the program with what this session has set.
    fn run_outside_command(&self, command: &DatabaseCommand) -> ExitStatus {
        self.in_command.store(true, Ordering::Relaxed);
        let status = dispatch::run(&self.session, command);
        self.in_command.store(false, Ordering::Relaxed);
        status
    }

    /// Answers statements with the clauses that are set.
    fn ask(&mut self, text: &str) -> ExitStatus {
        let statements = match self.session.read(text) {
            Ok(statements) if !statements.is_empty() => statements,
            _ => return self.session.ask(text),
        };
        let mut status = ExitStatus::OK;
        self.output.begin();
        let mut answers = Answers::of(statements.len(), self.session.format, self.output.style());
        for (place, statement) in statements.into_iter().enumerate() {
            if self.output.is_interrupted() {
                break;
            }
            if place > 0 && self.session.format == Format::Table {
                status.add(self.write("\n"));
            }
            status.add(self.ask_one(statement, place, text, &mut answers));
        }
        status.and(self.write(answers.end()))
    }

    fn ask_one(
        &mut self,
        statement: Statement,
        place: usize,
        text: &str,
        answers: &mut Answers,
    ) -> ExitStatus {
        let started = std::time::Instant::now();
        let pinned = self.pins.apply(statement.clone());
        let rows = match self.session.rows(&pinned, &self.pins, None, text) {
            Ok(rows) => rows.collect::<Vec<_>>(),
            Err(status) => return status,
        };
        let answered = started.elapsed();
        if pinned != statement && self.session.format == Format::Table {
            let words = format!("pinned: {}\n", self.pins.words());
            self.write(&words);
        }
        // A pager shows an answer whole, and `last` shows it again.
        let mut drawn = String::new();
        let status = answers.write(rows.iter().cloned(), &pinned, place, |part| drawn += part);
        let status = status.and(self.write(&drawn));
        if self.timing {
            let all = started.elapsed();
            let count = if rows.len() == 1 { "1 row".to_string() } else { format!("{} rows", rows.len()) };
            let message = format!("{count}, answered in {answered:.1?}, {all:.1?} with printing\n");
            self.session.console.message(&message);
        }
        self.last = Some((pinned, rows));
        status
    }

    /// Writes an answer: in a file too, one for people has nothing that a terminal would act on.
    fn written(&mut self, text: &str) -> Result<(), Error> {
        match self.session.format {
            Format::Table => self.output.write(&terminal::plain(text, self.output.style().colour)),
            _ => self.output.write(text),
        }
    }

    fn write(&mut self, text: &str) -> ExitStatus {
        match self.written(text) {
            Ok(()) => ExitStatus::OK,
            Err(error) => self.session.report(&error),
        }
    }
}
