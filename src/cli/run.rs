//! A run of the program: arguments to a session, the session to one function a command.

use std::ffi::OsString;
use std::path::PathBuf;

use super::arguments::{Arguments, Command, DatabaseCommand, print_clap, program};
use super::config::{self, Config};
use super::console::Console;
use super::environment::{Environment, NamedBy};
use super::options::{CertificateArguments, QueryArguments};
use super::session::{Session, not_one_drawing};
use super::status::ExitStatus;
use super::{certificate, dispatch, head, load, query, reference, repl};
use tierbook::language::{Parameters, parse};
use tierbook::render::{Format, diagnostic};
use tierbook::text::nearest;
use tierbook::{Database, Error, ErrorCode};

/// Runs the program with its arguments, the name of the program first.
pub fn run<'a>(
    arguments: impl IntoIterator<Item = OsString>,
    console: &'a Console<'a>,
    environment: &Environment,
) -> ExitStatus {
    let arguments = match Arguments::read(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return print_clap(console, &error),
    };
    let Some(command) = &arguments.command else {
        console.message(&format!("{}\n", program().render_help()));
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
    let config_status = report_config(&session, &config, is_aliases(command));
    if config.is_unreadable {
        return config_status;
    }
    let loaded = match arguments.options.load.as_slice() {
        [] => ExitStatus::OK,
        paths => load::load_first(&session, paths),
    };
    let status = config_status.and(loaded).and(run_command(&session, command));
    // The process ends: what a snapshot has in memory need not be freed piece by piece.
    std::mem::forget(session);
    status
}

/// The session that a command runs in, and the configuration with what is wrong in it.
fn session<'a>(
    arguments: &Arguments,
    command: &Command,
    console: &'a Console<'a>,
    environment: &Environment,
) -> Result<(Session<'a>, Config), Error> {
    let (folder, named_by) = match environment.database_folder(arguments.options.db.as_ref()) {
        Err(_) if needs_no_database(command) => (PathBuf::new(), NamedBy::Default),
        folder => folder?,
    };
    let parameters = match command {
        Command::Query(QueryArguments { set, .. })
        | Command::Certificate(CertificateArguments { set, .. }) => Parameters::read(set)?,
        _ => Parameters::default(),
    };
    let config_file = environment.config_file(arguments.options.config.as_ref());
    let config = match &config_file {
        Some((file, named_by)) if takes_aliases(command) => config::read(file, *named_by != NamedBy::Default),
        _ => Config::default(),
    };
    let session = Session {
        console,
        database: Database::at(&folder),
        named_by,
        config_file,
        format: arguments.options.format.unwrap_or(Format::Table),
        aliases: config.aliases.clone(),
        parameters,
        data_folder: environment.data_folder.clone(),
    };
    Ok((session, config))
}

/// Runs one command.
fn run_command(session: &Session, command: &Command) -> ExitStatus {
    match command {
        Command::Query(arguments) => query::run(session, arguments),
        Command::Database(command) => dispatch::run(session, command),
        Command::Repl => repl::run(session),
        Command::Certificate(arguments) => certificate::run(session, arguments),
        #[cfg(feature = "columnar")]
        Command::Eval(arguments) => super::eval::run(session, arguments),
        #[cfg(feature = "server")]
        Command::Serve(arguments) => super::serve::run(session, arguments),
        Command::Init => head::init(session),
        Command::Completions { shell } => reference::completions(session, *shell),
        Command::Man { folder } => reference::manual_pages(session, folder),
        Command::Help { topic } => reference::help(session, topic),
        Command::Other(words) => session.report(&unknown_command(words)),
    }
}

/// Reports what is wrong in the configuration: all of it where it was asked for or nothing can be read, else
/// only that there is something, because it concerns no other statement.
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

fn is_aliases(command: &Command) -> bool {
    matches!(command, Command::Database(DatabaseCommand::Aliases))
}

fn takes_aliases(command: &Command) -> bool {
    is_aliases(command) || matches!(command, Command::Query(_) | Command::Certificate(_) | Command::Repl)
}

fn needs_no_database(command: &Command) -> bool {
    is_aliases(command)
        || matches!(command, Command::Completions { .. } | Command::Man { .. } | Command::Help { .. })
}

/// The error of a word that is no command; where it starts a statement, a query was meant.
fn unknown_command(words: &[String]) -> Error {
    let text = words.join(" ");
    let first = words.first().map_or("", String::as_str);
    let error = Error::new(ErrorCode::UnknownCommand, format!("there is no command `{first}`"));
    let program = program();
    let commands: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
    match nearest(first, commands.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `tierbook {near}`?")),
        None if parse(&text).is_ok() => error.hint(format!("to ask: tierbook query \"{text}\"")),
        None => error.hint(format!("the commands are: {}", commands.join(", "))),
    }
}
