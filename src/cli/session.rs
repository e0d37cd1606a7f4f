//! Asking: text in, printed answers and exit codes out; shared by `query` and the REPL.

use super::terminal::{self, Worst};
use tierbook::database::Database;
use tierbook::error::{Error, ErrorCode};
use tierbook::query::parse_with;
use tierbook::query::rows::{Row, Status};
use tierbook::query::syntax::alias::Alias;
use tierbook::query::syntax::ast::Statement;
use tierbook::query::syntax::parameters::{self, Parameters};
use tierbook::render::{self, Format, OutputStyle, diagnostic};
use tierbook::time::Timestamp;

/// Where answers come from and how they are shown.
#[derive(Clone, Debug)]
pub struct Session {
    /// The database that is asked.
    pub database: Database,
    /// The form of the answers.
    pub format: Format,
    /// The aliases of the user.
    pub aliases: Vec<Alias>,
    /// What the parameters of statements are bound to.
    pub parameters: Parameters,
}

impl Session {
    /// Answers every statement of a text in order and prints as it goes. An error in the syntax of one stops all, a
    /// error in the meaning of one stops none of the others. Returns the exit codes noted.
    pub fn ask(&self, text: &str) -> Worst {
        self.ask_file(None, text)
    }

    /// As [`Session::ask`], for the text of a file: errors are told with its name, line and column.
    pub fn ask_file(&self, file: Option<&str>, text: &str) -> Worst {
        let mut worst = Worst::default();
        match self.read(text) {
            Err(error) => worst.note(self.complain_in(&error, file, Some(text))),
            Ok(statements) if statements.is_empty() => {
                let error = Error::new(ErrorCode::EmptyQuery, "there is no statement to answer")
                    .hint("ask for example: mmr of ACTUSDT at 60000");
                worst.note(self.complain(&error, None));
            }
            Ok(statements) if self.format == Format::Svg && statements.len() > 1 => {
                worst.note(self.complain(&not_one_drawing(), None));
            }
            Ok(statements) => {
                for (place, statement) in statements.iter().enumerate() {
                    if place > 0 && self.format == Format::Table {
                        terminal::print("\n");
                    }
                    worst.note(self.answer(statement, file, text));
                }
            }
        }
        worst
    }

    /// The statements of a text, with aliases and parameters in their places. Nothing is asked yet.
    ///
    /// # Errors
    /// One of them cannot be read, or a parameter is not bound, or a bound one stands in none of them.
    pub fn read(&self, text: &str) -> Result<Vec<Statement>, Error> {
        let read = parse_with(text, &self.aliases).and_then(|mut statements| {
            statements.iter_mut().try_for_each(|statement| self.parameters.bind(statement))?;
            self.parameters.refuse_unused(&statements)?;
            Ok(statements)
        });
        read.map_err(|error| self.with_alias(error, text))
    }

    /// The error of a statement with what it stands behind: the value of a parameter, the words of an alias.
    pub fn explained(&self, error: Error, statement: &Statement, text: &str) -> Error {
        self.with_alias(parameters::named(error, statement), text)
    }

    fn with_alias(&self, error: Error, text: &str) -> Error {
        let place = error.span().map_or("", |span| span.of(text)).split_whitespace().next();
        match self.aliases.iter().find(|alias| Some(alias.name.as_str()) == place) {
            Some(alias) => error.hint(format!("the alias `{}` stands for: {}", alias.name, alias.query)),
            None => error,
        }
    }

    fn answer(&self, statement: &Statement, file: Option<&str>, text: &str) -> u8 {
        match self.rows(statement, file, text) {
            Ok(rows) => {
                terminal::print(&self.drawn(&rows, statement, terminal::stdout_surface()));
                exit_code(&rows)
            }
            Err(code) => code,
        }
    }

    /// The rows that answer a statement of a text, which is that of a file where one is named.
    ///
    /// # Errors
    /// The exit code of the error, which is printed.
    pub fn rows(&self, statement: &Statement, file: Option<&str>, text: &str) -> Result<Vec<Row>, u8> {
        if self.format == Format::Svg && !statement.draws() {
            return Err(self.complain(&not_one_drawing(), None));
        }
        match self.database.answer(statement, Timestamp::now()) {
            Ok((rows, notices)) => {
                self.notices(&notices);
                Ok(rows)
            }
            Err(error) => Err(self.complain_in(&self.explained(error, statement, text), file, Some(text))),
        }
    }

    /// The rows as text in the form of the session, or what to do next where there is none.
    pub fn drawn(&self, rows: &[Row], statement: &Statement, style: OutputStyle) -> String {
        match rows {
            [] if self.format == Format::Table => empty_state(statement).to_string(),
            rows => render::rows(rows, self.format, style),
        }
    }

    /// Prints an error to standard error and gives its exit code.
    pub fn complain(&self, error: &Error, text: Option<&str>) -> u8 {
        self.complain_in(error, None, text)
    }

    /// As [`Session::complain`], for the text of a file.
    pub fn complain_in(&self, error: &Error, file: Option<&str>, text: Option<&str>) -> u8 {
        terminal::print_aside(&diagnostic::error_in(error, file, text, terminal::stderr_surface()));
        error.exit_code()
    }

    /// Prints what the store has to say, such as that the index was rebuilt, to standard error.
    pub fn notices(&self, notices: &[String]) {
        notices.iter().for_each(|notice| terminal::print_aside(&format!("note: {notice}\n")));
    }
}

/// The error of asking for SVG of anything but one drawing.
pub fn not_one_drawing() -> Error {
    Error::new(ErrorCode::NotADrawing, "`--format svg` is for one statement that draws")
        .hint("tierbook --format svg query chart mmr of ACTUSDT > mmr.svg")
        .hint("the other forms are table, json, jsonl and csv")
}

/// What is said where nothing is listed: what to do next.
fn empty_state(statement: &Statement) -> &'static str {
    match statement {
        Statement::Findings { .. } => "no findings\n",
        Statement::Upcoming(_) => {
            "no change that is announced lies ahead; `sources` shows what is held, and how old it is\n"
        }
        Statement::Changes(_) => "no change held fits\n",
        Statement::Sources | Statement::Subjects { matching: None } => {
            "nothing is held yet; load announcements with: tierbook load PATH\n"
        }
        _ => "nothing held fits; `subjects` lists what is held\n",
    }
}

/// 3 for a question about one row that no rule answers, else 0.
pub fn exit_code(rows: &[Row]) -> u8 {
    let answered = match rows {
        [Row::Measure(row)] => row.status == Status::Value,
        [Row::Tier(row)] => row.status == Status::Value,
        [Row::Segment(row)] => row.status == Status::Value,
        [Row::Explanation(explanation)] => return exit_code(&explanation.rows),
        _ => true,
    };
    if answered { 0 } else { 3 }
}
