//! The interactive prompt: the one home of rustyline. Input that is not a terminal is read line by line
//! without it.

mod names;
mod colours;
mod help;
mod commands;
mod editing;
mod output;
mod state;

use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;

use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{CompletionType, Config, Editor};

use super::query;
use super::session::Session;
use super::status::ExitStatus;
use commands::is_whole;
use editing::Editing;
use names::Names;
use state::Prompt;
use tierbook::language::Alias;
use tierbook::render::wrap;
use tierbook::{Error, ErrorCode, limits};

/// Answers what is typed until the end of input. Only piped input gives an exit code other than 0.
pub fn run(session: &Session) -> ExitStatus {
    if session.console.is_interactive { interactive(session) } else { piped(session) }
}

fn interactive(session: &Session) -> ExitStatus {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .history_ignore_space(true)
        .auto_add_history(true)
        .build();
    let mut editor: Editor<Editing, DefaultHistory> = match Editor::with_config(config) {
        Ok(editor) => editor,
        Err(error) => return no_terminal(session, &error),
    };
    let history = history_file(session);
    if let Some(history) = &history {
        // A first session has no history yet, and a session without one is still a session.
        let _ = editor.load_history(history);
    }
    let mut prompt = Prompt::new(session.clone(), true);
    let mut stamp = None;
    loop {
        let now = session.database.stamp();
        if editor.helper().is_none() || now != stamp {
            let names = Names::of(&session.database);
            if editor.helper().is_none() {
                let width = session.console.answer_style().width;
                session.print(&wrap::lines(&greeting(session, &names), width));
            }
            let with_note = |alias: &Alias| {
                let note = if alias.doc.is_empty() { &alias.query } else { &alias.doc };
                (alias.name.clone(), note.clone())
            };
            let aliases = session.aliases.iter().map(with_note).collect();
            let colour = session.console.answer_style().colour;
            editor.set_helper(Some(Editing { names, aliases, colour }));
            if stamp.is_some() {
                prompt.report_new_head();
            }
            stamp = now;
        }
        match editor.readline(&prompt.text()) {
            // The exit code of a session is not that of a question asked in it.
            Ok(line) => {
                if prompt.answer(&line, editor.helper().map(|helper| &helper.names)).is_break() {
                    break;
                }
            }
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                let error = Error::new(ErrorCode::QueryNotText, "what was typed is not UTF-8 text");
                session.report(&error.hint("statements are plain text"));
                continue;
            }
            Err(error) => return no_terminal(session, &error),
        }
        if let Some(history) = &history {
            let _ = editor.append_history(history);
        }
    }
    ExitStatus::OK
}

fn no_terminal(session: &Session, error: &ReadlineError) -> ExitStatus {
    let error = Error::new(ErrorCode::NoTerminal, format!("the terminal cannot be read: {error}"))
        .hint("pipe statements in, or use `tierbook query`");
    session.report(&error)
}

fn greeting(session: &Session, names: &Names) -> String {
    match names.count() {
        0 => match session.database.subjects() {
            Ok(_) => "the database is empty; load announcements with: load PATH\n".to_string(),
            Err(error) => format!("{}\n{}\n", error.message(), error.hints().join("\n")),
        },
        count => format!(
            "{count} contracts and assets; Tab completes, `help` shows what can be asked\n{}",
            session.age_of_newest()
        ),
    }
}

/// The names of the commands of the prompt.
pub fn command_names() -> impl Iterator<Item = &'static str> {
    commands::names()
}

/// Statements from a pipe or file: a line is added to the next until a statement is complete, or the input
/// ends.
fn piped(session: &Session) -> ExitStatus {
    let mut prompt = Prompt::new(session.clone(), false);
    let mut status = ExitStatus::OK;
    let mut text = String::new();
    while let Some(line) = session.console.read_line(limits::QUERY_BYTES).transpose() {
        if line.as_ref().is_ok_and(|bytes| bytes.len() > limits::QUERY_BYTES) {
            status.add(session.report(
                &query::too_long("a line of standard input").hint("put each statement on a line of its own"),
            ));
            text.clear();
            continue;
        }
        let line = line.map(|bytes| String::from_utf8(bytes).ok());
        let Ok(Some(line)) = line else {
            let error = Error::new(ErrorCode::QueryNotText, "standard input is not UTF-8 text");
            status.add(session.report(&error));
            break;
        };
        text.push_str(&line);
        if is_whole(&text) || text.len() > limits::QUERY_BYTES {
            match prompt.answer(&text, None) {
                ControlFlow::Continue(answered) => status.add(answered),
                ControlFlow::Break(()) => return status,
            }
            text.clear();
        } else {
            text.push('\n');
        }
    }
    match prompt.answer(&text, None) {
        ControlFlow::Continue(answered) => status.and(answered),
        ControlFlow::Break(()) => status,
    }
}

fn history_file(session: &Session) -> Option<PathBuf> {
    let folder = session.data_folder.as_ref()?;
    std::fs::create_dir_all(folder).ok()?;
    Some(folder.join("history"))
}
