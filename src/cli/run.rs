//! A run of the program: arguments to a session, the session to one function a command.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, Parser};

use super::arguments::{Arguments, Command, QueryArguments, print_clap};
use super::config::{self, Config};
use super::console::Console;
use super::environment::Environment;
use super::session::{Session, not_one_drawing};
use super::status::ExitStatus;
use super::{audit, certificate, export, head, load, query, reconcile, reference, repl, retract, verify};
use tierbook::database::Database;
use tierbook::error::{Error, ErrorCode};
use tierbook::query::parse;
use tierbook::query::syntax::parameters::Parameters;
use tierbook::render::{Format, aliases, diagnostic};
use tierbook::text::nearest;

/// Runs the program with its arguments, the name of the program first.
pub fn run<'a>(
    arguments: impl IntoIterator<Item = OsString>,
    console: &'a Console<'a>,
    environment: &Environment,
) -> ExitStatus {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return print_clap(console, &error),
    };
    let Some(command) = &arguments.command else {
        console.message(&format!("{}\n", Arguments::command().render_help()));
        return ExitStatus::of(2);
    };
    let (session, config) = match session(&arguments, command, console, environment) {
        Ok(opened) => opened,
        Err(error) => {
            console.message(&diagnostic::error(&error, None, console.message_style()));
            return ExitStatus::of(error.exit_code());
        }
    };
    if session.format == Format::Svg && !matches!(command, Command::Query(_) | Command::Repl) {
        return session.report(&not_one_drawing());
    }
    let config_status = report_config(&session, &config, matches!(command, Command::Aliases));
    if config.is_unreadable {
        return config_status;
    }
    let loaded = match arguments.load.as_slice() {
        [] => ExitStatus::OK,
        paths => load::load_first(&session, paths),
    };
    config_status.and(loaded).and(run_command(&session, command))
}

/// The session that a command runs in, and the configuration with what is wrong in it.
fn session<'a>(
    arguments: &Arguments,
    command: &Command,
    console: &'a Console<'a>,
    environment: &Environment,
) -> Result<(Session<'a>, Config), Error> {
    let folder = match environment.database_folder(arguments.db.as_ref()) {
        Err(_) if needs_no_database(command) => PathBuf::new(),
        folder => folder?,
    };
    let parameters = match command {
        Command::Query(QueryArguments { set, .. }) | Command::Certificate { set, .. } => {
            Parameters::read(set)?
        }
        _ => Parameters::default(),
    };
    let config = match environment.config_file(arguments.config.as_ref()) {
        Some((file, named)) if takes_aliases(command) => config::read(&file, named),
        _ => Config::default(),
    };
    let session = Session {
        console,
        database: Database::at(&folder),
        format: arguments.format.map_or(Format::Table, Format::from),
        aliases: config.aliases.clone(),
        parameters,
        data_folder: environment.data_folder.clone(),
    };
    Ok((session, config))
}

/// Runs one command.
pub fn run_command(session: &Session, command: &Command) -> ExitStatus {
    match command {
        Command::Load(arguments) => load::run_load(session, arguments),
        Command::Check(arguments) => load::run_check(session, arguments),
        Command::Query(arguments) => query::run(session, arguments),
        Command::Retract(arguments) => retract::retract(session, arguments),
        Command::Postpone(arguments) => retract::postpone(session, arguments),
        Command::Reconcile(arguments) => reconcile::run(session, arguments),
        Command::Audit { file } => audit::run(session, file),
        Command::Repl => repl::run(session, run_command),
        Command::Export(arguments) => export::run(session, arguments),
        Command::Verify { head, certificate } => {
            verify::run(session, head.as_deref(), certificate.as_deref())
        }
        Command::Certificate { out, text, .. } => certificate::run(session, out.as_deref(), text),
        Command::Head => head::run(session),
        Command::Init => head::init(session),
        Command::Aliases => {
            let style = session.console.answer_style();
            session.console.print(&aliases::text(&session.aliases, session.format, style));
            ExitStatus::OK
        }
        Command::Completions { shell } => reference::completions(session, *shell),
        Command::Man { folder } => reference::manual_pages(session, folder),
        Command::Help { topic } => reference::help(session, topic),
        Command::Other(words) => session.report(&unknown_command(words)),
    }
}

/// Reports what is wrong in the configuration: all of it where it was asked for or nothing can be read, else only that
/// there is something, because it concerns no other statement.
fn report_config(session: &Session, config: &Config, in_full: bool) -> ExitStatus {
    if !in_full && !config.is_unreadable {
        session.notices(&config.in_short().into_iter().collect::<Vec<_>>());
        return ExitStatus::OK;
    }
    let mut status = ExitStatus::OK;
    for error in &config.errors {
        status.add(session.report_in(error, Some(&config.file), Some(&config.text)));
    }
    status
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
