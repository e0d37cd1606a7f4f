//! One function a command: the plain path from arguments to exit code.

use std::io::Read;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use serde_json::json;

use crate::cli::arguments::{Arguments, Command, database_dir};
use crate::cli::session::{Session, not_one_drawing};
use crate::cli::terminal::{self, Worst};
use crate::cli::{audit, certificate, export, load, reconcile, repl, verify, withdraw};
use crate::database::Database;
use crate::limits;
use crate::mistake::Mistake;
use crate::query::parse;
use crate::render::{Format, diagnostic};
use crate::text::nearest;
use crate::time::Instant;

/// Runs the command of this process and gives its exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Some(command) = arguments.command else {
        terminal::print_aside(&format!("{}\n", Arguments::command().render_help()));
        return ExitCode::from(2);
    };
    let session = match database_dir(arguments.db.as_ref()) {
        Ok(dir) => Session {
            database: Database::at(&dir),
            format: arguments.format.map_or(Format::Table, Format::from),
        },
        Err(mistake) => {
            terminal::print_aside(&diagnostic::mistake(&mistake, None, terminal::stderr_surface()));
            return ExitCode::from(mistake.exit_code());
        }
    };
    if session.format == Format::Svg && !matches!(command, Command::Query { .. } | Command::Repl) {
        return Worst::of(session.complain(&not_one_drawing(), None)).exit_code();
    }
    let mut worst = Worst::default();
    if !arguments.load.is_empty() {
        worst = load::load_first(&session, &arguments.load);
    }
    worst.also(run(&session, command)).exit_code()
}

/// Runs one command.
fn run(session: &Session, command: Command) -> Worst {
    match command {
        Command::Load(arguments) => load::run_load(session, &arguments),
        Command::Check(arguments) => load::run_check(session, &arguments),
        Command::Query { text } => query(session, &text),
        Command::Retract(arguments) => withdraw::retract(session, &arguments),
        Command::Postpone(arguments) => withdraw::postpone(session, &arguments),
        Command::Reconcile(arguments) => reconcile::run(session, &arguments),
        Command::Audit { file } => audit::run(session, &file),
        Command::Repl => repl::run(session, &run),
        Command::Export(arguments) => export::run(session, &arguments),
        Command::Verify { head, certificate } => {
            verify::run(session, head.as_deref(), certificate.as_deref())
        }
        Command::Certificate { out, text } => certificate::run(session, out.as_deref(), &text),
        Command::Head => head(session),
        Command::Init => init(session),
        Command::Other(words) => Worst::of(session.complain(&unknown_command(&words), None)),
    }
}

/// The mistake of a word that is no command; where it starts a statement, a query was meant.
fn unknown_command(words: &[String]) -> Mistake {
    let text = words.join(" ");
    let first = words.first().map_or("", String::as_str);
    let mistake = Mistake::question("unknown_command", format!("there is no command `{first}`"));
    let commands = [
        "load",
        "query",
        "retract",
        "postpone",
        "check",
        "reconcile",
        "audit",
        "certificate",
        "repl",
        "export",
        "verify",
        "head",
        "init",
        "help",
    ];
    match nearest(first, commands) {
        Some(near) => mistake.hint(format!("did you mean `tierbook {near}`?")),
        None if parse(&text).is_ok() => mistake.hint(format!("to ask: tierbook query \"{text}\"")),
        None => mistake.hint(format!("the commands are: {}", commands.join(", "))),
    }
}

fn query(session: &Session, words: &[String]) -> Worst {
    let text = match words {
        [dash] if dash == "-" => read_stdin(),
        words => Ok(words.join(" ")),
    };
    match text {
        Ok(text) => session.ask(&text),
        Err(mistake) => Worst::of(session.complain(&mistake, None)),
    }
}

/// All of standard input, up to what a query may have.
fn read_stdin() -> Result<String, Mistake> {
    let mut bytes = Vec::new();
    let limit = limits::QUERY_BYTES as u64 + 1;
    std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(|error| {
        Mistake::question("cannot_read_stdin", format!("standard input cannot be read: {error}"))
    })?;
    String::from_utf8(bytes).map_err(|_| {
        Mistake::question("not_text", "standard input is not UTF-8 text").hint("statements are plain text")
    })
}

fn head(session: &Session) -> Worst {
    match session.database.head() {
        Ok(head) => {
            let text = match session.format {
                Format::Table => format!("tx {} {}\n", head.tx, head.hash),
                _ => {
                    let recorded_at = head.recorded_at.map(|at| at.to_string());
                    format!(
                        "{}\n",
                        json!({"tx": head.tx.0, "hash": head.hash.to_string(), "recorded_at": recorded_at})
                    )
                }
            };
            terminal::print(&text);
            Worst::default()
        }
        Err(mistake) => Worst::of(session.complain(&mistake, None)),
    }
}

fn init(session: &Session) -> Worst {
    match session.database.init(Instant::now()) {
        Ok(()) => {
            let dir = session.database.dir().display();
            terminal::print(&format!(
                "created an empty database in {dir}; load announcements with: tierbook load PATH\n"
            ));
            Worst::default()
        }
        Err(mistake) => Worst::of(session.complain(&mistake, None)),
    }
}
