//! What the program prints about itself: help, the language, completions for shells, manual pages.

use std::io;
use std::path::Path;

use clap_complete::Shell;

use super::arguments::{options_page, program, whole_program};
use super::session::Session;
use super::status::ExitStatus;
use tierbook::language::reference;
use tierbook::render::wrap;
use tierbook::text::nearest;
use tierbook::{Error, ErrorCode};

/// `completions SHELL`.
pub fn completions(session: &Session, shell: Shell) -> ExitStatus {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut whole_program(), "tierbook", &mut script);
    session.console.print(&String::from_utf8_lossy(&script));
    ExitStatus::OK
}

/// `man DIR`: a page for the program, and one for each command.
pub fn manual_pages(session: &Session, folder: &Path) -> ExitStatus {
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(whole_program(), folder))
        .and_then(|()| std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>());
    match written {
        Ok(files) => {
            session.console.print(&format!("{}: {} pages\n", folder.display(), files.len()));
            ExitStatus::OK
        }
        Err(error) => {
            let message = format!("cannot write to {}: {error}", folder.display());
            session.report(&Error::new(ErrorCode::CannotWrite, message))
        }
    }
}

/// `help`, `help COMMAND`, `help options` or `help language`.
pub fn help(session: &Session, topic: &[String]) -> ExitStatus {
    let mut program = program();
    program.build();
    let topic: Vec<&str> = topic.iter().map(String::as_str).collect();
    let text = match topic.as_slice() {
        [] => program.render_help().to_string(),
        ["options"] => format!("Options of every command:\n\n{}", options_page().render_help()),
        ["language"] => wrap::markdown(&reference(), session.console.answer_style().width),
        [name, ..] => match program.find_subcommand_mut(name) {
            Some(command) => command.render_help().to_string(),
            None => return session.report(&unknown_topic(name, &program)),
        },
    };
    session.console.print(&text);
    ExitStatus::OK
}

fn unknown_topic(name: &str, program: &clap::Command) -> Error {
    let names = program.get_subcommands().map(clap::Command::get_name);
    let topics: Vec<&str> = ["language", "options"].into_iter().chain(names).collect();
    let error = Error::new(ErrorCode::UnknownTopic, format!("there is no help on `{name}`"));
    match nearest(name, topics.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `tierbook help {near}`?")),
        None => error
            .hint(format!("there is help on: {}", topics.join(", ")))
            .hint("`tierbook help language` explains measures, statements and clauses"),
    }
}
