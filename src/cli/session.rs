//! Asking: text in, printed answers and an exit code out; shared by `query` and the prompt.

use std::path::{Path, PathBuf};

use super::answers::Answers;
use super::console::Console;
use super::environment::NamedBy;
use super::saved_sets;
use super::status::ExitStatus;
use tierbook::language::{
    Alias, Parameters, Pins, Statement, StatementKind, Word, parse_with, with_parameters,
};
use tierbook::positions::PositionsFile;
use tierbook::render::{Format, diagnostic};
use tierbook::text::{counted, terminal};
use tierbook::{At, Database, Error, ErrorCode, Row, Timestamp};

/// Where answers come from, how they are shown and where they go.
#[derive(Clone)]
pub struct Session<'a> {
    /// Where answers and messages go.
    pub console: &'a Console<'a>,
    /// The database that is asked.
    pub database: Database,
    /// What named the folder of the database.
    pub named_by: NamedBy,
    /// The configuration, and what named it; `None` for a user without a home folder.
    pub config_file: Option<(PathBuf, NamedBy)>,
    /// The form of the answers.
    pub format: Format,
    /// The aliases of the user.
    pub aliases: Vec<Alias>,
    /// The values of the parameters of statements.
    pub parameters: Parameters,
    /// The user's folder, for the history of the prompt.
    pub data_folder: Option<PathBuf>,
}

impl Session<'_> {
    /// Answers every statement of a text in order and prints as it goes. An error in the syntax of one stops
    /// all, an error in the meaning of one stops none of the others.
    pub fn ask(&self, text: &str) -> ExitStatus {
        self.ask_file(None, text)
    }

    /// As [`Session::ask`], for the text of a file: errors are shown with its name, line and column.
    pub fn ask_file(&self, file: Option<&str>, text: &str) -> ExitStatus {
        let statements = match self.read(text) {
            Err(error) => return self.report_in(&error, file, Some(text)),
            Ok(statements) => statements,
        };
        if statements.is_empty() {
            let error = Error::new(ErrorCode::EmptyQuery, "there is no statement to answer");
            return self.report(&error.hint("ask for example: mmr of ACTUSDT at 60000"));
        }
        if self.format == Format::Svg && statements.len() > 1 {
            return self.report(&not_one_drawing());
        }
        let mut status = ExitStatus::OK;
        let mut answers = Answers::of(statements.len(), self.format, self.console.answer_style());
        for (place, statement) in statements.iter().enumerate() {
            if place > 0 && self.format == Format::Table {
                self.console.print("\n");
            }
            status.add(match self.rows(statement, &Pins::default(), file, text) {
                Ok(rows) => {
                    let status = answers.write(rows, statement, place, |text| self.print(text));
                    let lists = [StatementKind::Subjects, StatementKind::Upcoming].contains(&statement.kind);
                    if lists && self.format == Format::Table {
                        self.console.message(&self.age_of_newest());
                    }
                    status
                }
                Err(status) => status,
            });
        }
        self.print(answers.end());
        status
    }

    /// The statements of a text, with aliases and parameters in their places. Nothing is asked yet.
    ///
    /// # Errors
    /// A statement cannot be read, a parameter in it has no value, or a value is given for a parameter that
    /// is in none.
    pub fn read(&self, text: &str) -> Result<Vec<Statement>, Error> {
        let read = parse_with(text, &self.aliases).and_then(|mut statements| {
            statements.iter_mut().try_for_each(|statement| self.parameters.bind(statement))?;
            self.parameters.refuse_unused(&statements)?;
            Ok(statements)
        });
        read.map_err(|error| self.with_alias(error, text))
    }

    /// The error of a statement with what its words are replaced by: the value of a parameter, the words of
    /// an alias.
    pub fn explained(&self, error: Error, statement: &Statement, text: &str) -> Error {
        self.with_alias(with_parameters(error, statement), text)
    }

    fn with_alias(&self, error: Error, text: &str) -> Error {
        let place = error.span().map_or("", |span| span.of(text)).split_whitespace().next();
        match self.aliases.iter().find(|alias| Some(alias.name.as_str()) == place) {
            Some(alias) => error.hint(format!("the alias `{}` means: {}", alias.name, alias.query)),
            None => error,
        }
    }

    /// How old the newest source is; empty where there is none.
    pub fn age_of_newest(&self) -> String {
        let Ok(snapshot) = self.database.snapshot() else { return String::new() };
        let now = Timestamp::now();
        let Ok(Some(newest)) = snapshot.newest_publication(At::valid(now)) else { return String::new() };
        let days = now.since(newest.0).micros() / 86_400_000_000;
        format!("newest source: published {newest}, {} ago\n", counted(days as u64, "day"))
    }

    /// The rows that answer a statement of a text, each made when it is asked for. The text is that of a file where
    /// one is named; `pins` are those that were applied to the statement.
    ///
    /// # Errors
    /// The exit code of the error, which is printed.
    pub fn rows(
        &self,
        statement: &Statement,
        pins: &Pins,
        file: Option<&str>,
        text: &str,
    ) -> Result<Box<dyn Iterator<Item = Row>>, ExitStatus> {
        if self.format == Format::Svg && !statement.kind.draws() {
            return Err(self.report(&not_one_drawing()));
        }
        let rows = match statement.saved_set() {
            Some(name) => self.impact(name, statement),
            None => self.database.rows_of(statement, Timestamp::now()).map(|(rows, notices)| {
                self.notices(&notices);
                Box::new(rows) as Box<dyn Iterator<Item = Row>>
            }),
        };
        match rows {
            Ok(rows) => Ok(rows),
            Err(error) => {
                let error = pins.blamed(self.explained(error, statement, text), statement);
                Err(self.report_in(&error, file, Some(text)))
            }
        }
    }

    /// What announced changes do to a saved set of positions.
    fn impact(&self, name: &Word, statement: &Statement) -> Result<Box<dyn Iterator<Item = Row>>, Error> {
        let file = saved_sets::find(&self.config_file, &name.text).map_err(|error| {
            let message = format!("there is no saved set `{}`", name.text);
            let not_given = Error::new(ErrorCode::PositionsNotGiven, message)
                .at(name.span, "positions saved under this name");
            let hints = error.hints().iter().filter(|hint| hint.contains("saved set"));
            let not_given = hints.fold(not_given, |not_given, hint| not_given.hint(hint.clone()));
            let is_contract = self.database.snapshot().is_ok_and(|rules| rules.contract(&name.text).is_ok());
            match is_contract {
                true => not_given.hint(format!("it is a contract: diff {0}, or upcoming of {0}", name.text)),
                false => not_given.hint(how_to_give(&name.text)),
            }
        })?;
        let PositionsFile { account, notices } = PositionsFile::open(file, None)?;
        self.notices(&notices);
        let rules = self.database.snapshot()?;
        let impact = rules.impact(&account, rules.basis(statement, Timestamp::now())?)?;
        self.notices(&impact.notices);
        Ok(Box::new(impact.into_rows().into_iter()))
    }

    /// Prints an answer in the form of the session: what is for programs stays as it is.
    pub fn print(&self, text: &str) {
        match self.format {
            Format::Table => self.console.print(text),
            _ => self.console.print_bytes(text.as_bytes()),
        }
    }

    /// As [`Session::print`], of work that goes on whether anybody reads of it or not.
    pub fn report_work(&self, text: &str) -> ExitStatus {
        match self.format {
            Format::Table => self.console.report(&terminal::plain(text, false)),
            _ => self.console.report(text),
        }
    }

    /// Prints an error that is in no text to standard error and gives its exit code.
    pub fn report(&self, error: &Error) -> ExitStatus {
        self.report_in(error, None, None)
    }

    /// Prints an error in a text, which is that of a file where one is named.
    pub fn report_in(&self, error: &Error, file: Option<&str>, text: Option<&str>) -> ExitStatus {
        self.console.message(&diagnostic::error_in(error, file, text, self.console.message_style()));
        ExitStatus::of(error.exit_code())
    }

    /// Prints notices of the store, such as that the index was rebuilt, to standard error.
    pub fn notices(&self, notices: &[String]) {
        notices.iter().for_each(|notice| self.console.message(&format!("note: {notice}\n")));
    }
}

/// What to write where a name is that of no saved set.
fn how_to_give(name: &str) -> String {
    let (is_file, is_name) = (Path::new(name).is_file(), saved_sets::is_name(name));
    match (is_file, is_name) {
        (true, _) => format!("it is a file: tierbook impact {name}"),
        (false, true) => format!("save them: tierbook positions save {name} FILE"),
        (false, false) => "a file is judged by: tierbook impact FILE".to_string(),
    }
}

/// The error of asking for SVG of anything but one drawing.
pub fn not_one_drawing() -> Error {
    Error::new(ErrorCode::NotADrawing, "`--format svg` is for one `chart` statement")
        .hint("tierbook --format svg query chart mmr of ACTUSDT > mmr.svg")
        .hint("the other forms are table, json, jsonl and csv")
}
