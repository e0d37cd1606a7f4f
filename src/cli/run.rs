//! One function a command: the plain path from arguments to exit code.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use serde_json::json;

use super::arguments::{Arguments, Command, QueryArguments, config_file, database_dir};
use super::config::{self, Config};
use super::session::{Session, not_one_drawing};
use super::terminal::{self, Worst};
use super::{audit, certificate, export, load, reconcile, reference, repl, retract, verify};
use tierbook::database::Database;
use tierbook::error::{Error, ErrorCode};
use tierbook::limits;
use tierbook::query::parse;
use tierbook::query::syntax::parameters::Parameters;
use tierbook::render::{Format, aliases, diagnostic};
use tierbook::text::nearest;
use tierbook::time::Timestamp;

/// Runs the command of this process and gives its exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Some(command) = arguments.command else {
        terminal::print_aside(&format!("{}\n", Arguments::command().render_help()));
        return ExitCode::from(2);
    };
    let dir = match (database_dir(arguments.db.as_ref()), needs_no_database(&command)) {
        (Ok(dir), _) => dir,
        (Err(_), true) => PathBuf::new(),
        (Err(error), false) => return complain(&error),
    };
    let parameters = match &command {
        Command::Query(QueryArguments { set, .. }) | Command::Certificate { set, .. } => {
            Parameters::read(set)
        }
        _ => Ok(Parameters::default()),
    };
    let parameters = match parameters {
        Ok(parameters) => parameters,
        Err(error) => return complain(&error),
    };
    let config = match config_file(arguments.config.as_ref()) {
        Some((file, named)) if takes_aliases(&command) => config::read(&file, named),
        _ => Config::default(),
    };
    let session = Session {
        database: Database::at(&dir),
        format: arguments.format.map_or(Format::Table, Format::from),
        aliases: config.aliases.clone(),
        parameters,
    };
    if session.format == Format::Svg && !matches!(command, Command::Query(_) | Command::Repl) {
        return Worst::of(session.complain(&not_one_drawing(), None)).exit_code();
    }
    let wrong_config = tell_config(&session, &config, matches!(command, Command::Aliases));
    if config.is_unreadable {
        return wrong_config.exit_code();
    }
    let mut worst = wrong_config;
    if !arguments.load.is_empty() {
        worst = worst.also(load::load_first(&session, &arguments.load));
    }
    worst.also(run(&session, command)).exit_code()
}

/// Runs one command.
fn run(session: &Session, command: Command) -> Worst {
    match command {
        Command::Load(arguments) => load::run_load(session, &arguments),
        Command::Check(arguments) => load::run_check(session, &arguments),
        Command::Query(arguments) => query(session, &arguments),
        Command::Retract(arguments) => retract::retract(session, &arguments),
        Command::Postpone(arguments) => retract::postpone(session, &arguments),
        Command::Reconcile(arguments) => reconcile::run(session, &arguments),
        Command::Audit { file } => audit::run(session, &file),
        Command::Repl => repl::run(session, &run),
        Command::Export(arguments) => export::run(session, &arguments),
        Command::Verify { head, certificate } => {
            verify::run(session, head.as_deref(), certificate.as_deref())
        }
        Command::Certificate { out, text, .. } => certificate::run(session, out.as_deref(), &text),
        Command::Head => head(session),
        Command::Init => init(session),
        Command::Aliases => {
            terminal::print(&aliases::text(&session.aliases, session.format, terminal::stdout_surface()));
            Worst::default()
        }
        Command::Completions { shell } => reference::completions(shell),
        Command::Man { folder } => reference::manual_pages(session, &folder),
        Command::Help { topic } => reference::help(session, &topic),
        Command::Other(words) => Worst::of(session.complain(&unknown_command(&words), None)),
    }
}

/// Draws the error of a command that cannot start, and gives its exit code.
fn complain(error: &Error) -> ExitCode {
    terminal::print_aside(&diagnostic::error(error, None, terminal::stderr_surface()));
    ExitCode::from(error.exit_code())
}

/// Tells what is wrong in the configuration: all of it where it was asked for or nothing can be read, else that there is
/// something, because it concerns no other statement.
fn tell_config(session: &Session, config: &Config, in_full: bool) -> Worst {
    let mut worst = Worst::default();
    if !in_full && !config.is_unreadable {
        session.notices(&config.in_short().into_iter().collect::<Vec<_>>());
        return worst;
    }
    for error in &config.errors {
        worst.note(session.complain_in(error, Some(&config.file), Some(&config.text)));
    }
    worst
}

fn takes_aliases(command: &Command) -> bool {
    matches!(command, Command::Query(_) | Command::Certificate { .. } | Command::Repl | Command::Aliases)
}

fn needs_no_database(command: &Command) -> bool {
    matches!(
        command,
        Command::Aliases | Command::Completions { .. } | Command::Man { .. } | Command::Help { .. }
    )
}

/// The error of a word that is no command; where it starts a statement, a query was meant.
fn unknown_command(words: &[String]) -> Error {
    let text = words.join(" ");
    let first = words.first().map_or("", String::as_str);
    let error = Error::new(ErrorCode::UnknownCommand, format!("there is no command `{first}`"));
    let arguments = Arguments::command();
    let commands: Vec<&str> = arguments.get_subcommands().map(clap::Command::get_name).collect();
    match nearest(first, commands.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `tierbook {near}`?")),
        None if parse(&text).is_ok() => error.hint(format!("to ask: tierbook query \"{text}\"")),
        None => error.hint(format!("the commands are: {}", commands.join(", "))),
    }
}

fn query(session: &Session, arguments: &QueryArguments) -> Worst {
    let from_stdin = match (&arguments.file, arguments.text.as_slice()) {
        (Some(file), _) => file.as_os_str() == "-",
        (None, [word]) => word == "-",
        _ => false,
    };
    let file = arguments.file.as_ref().map(|file| match from_stdin {
        true => "standard input".to_string(),
        false => file.display().to_string(),
    });
    let text = match &arguments.file {
        _ if from_stdin => read_stdin(),
        Some(file) => read_script(file),
        None => Ok(arguments.text.join(" ")),
    };
    match text {
        Ok(text) => session.ask_file(file.as_deref(), &text),
        Err(error) => Worst::of(session.complain(&error, None)),
    }
}

/// The text of a file of statements, up to what a query may have.
fn read_script(file: &Path) -> Result<String, Error> {
    let name = file.display();
    let read = File::open(file).and_then(read_bounded);
    let bytes = read.map_err(|error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {name}: {error}"))
            .hint("name a file of statements, or `-` for standard input")
    })?;
    as_text(bytes, &name.to_string())
}

/// All of standard input, up to what a query may have.
fn read_stdin() -> Result<String, Error> {
    let bytes = read_bounded(std::io::stdin().lock()).map_err(|error| {
        Error::new(ErrorCode::CannotReadStdin, format!("standard input cannot be read: {error}"))
    })?;
    as_text(bytes, "standard input")
}

fn read_bounded(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limits::QUERY_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn as_text(bytes: Vec<u8>, name: &str) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
        Error::new(ErrorCode::QueryNotText, format!("{name} is not UTF-8 text, from line {line} on"))
            .hint("statements are plain text")
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
        Err(error) => Worst::of(session.complain(&error, None)),
    }
}

fn init(session: &Session) -> Worst {
    match session.database.init(Timestamp::now()) {
        Ok(()) => {
            let dir = session.database.dir().display();
            terminal::print(&format!(
                "created an empty database in {dir}; load announcements with: tierbook load PATH\n"
            ));
            Worst::default()
        }
        Err(error) => Worst::of(session.complain(&error, None)),
    }
}
