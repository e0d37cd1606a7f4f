//! The commands that put right what was recorded: unload, retract, supersede, reschedule, correct, undo.

use std::path::Path;

use serde_json::{Value, json};

use super::load;
use super::options::{
    CorrectArguments, PostponeArguments, ReasonArguments, RetractArguments, SupersedeArguments,
    UndoArguments, UnloadArguments,
};
use super::report::Detail;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::render::{self, Format};
use tierbook::{
    Corrected, Correction, Error, LoadInput, LoadOptions, Reason, Result, Row, StillStated, Timestamp, TxId,
};

/// Takes back what nobody published.
pub fn unload(session: &Session, arguments: &UnloadArguments) -> ExitStatus {
    let (source, tx) = (arguments.source.clone(), arguments.tx.map(TxId));
    let correction = Correction::Unload { source, tx };
    run(session, &correction, Reason::new(&arguments.why.reason), arguments.why.dry_run)
}

/// Records that the exchange took something back.
pub fn retract(session: &Session, arguments: &RetractArguments) -> ExitStatus {
    let correction = Correction::Retract { what: arguments.what.clone() };
    match reason(&arguments.reason) {
        Ok(reason) => run(session, &correction, reason, arguments.reason.dry_run),
        Err(error) => session.report(&error),
    }
}

/// Records that a newer edition, stored or to be loaded, replaces an older one.
pub fn supersede(session: &Session, arguments: &SupersedeArguments) -> ExitStatus {
    let path = Path::new(&arguments.by);
    if session.database.source(&arguments.by).is_err() && path.is_file() {
        return match session.database.source(&arguments.older) {
            Ok(older) => {
                let options = LoadOptions { revises: Some(older), ..LoadOptions::default() };
                let input = [LoadInput::File(path.to_path_buf())];
                if arguments.dry_run {
                    load::dry_run(session, &input, &options)
                } else {
                    load::record(session, &input, &options, Detail::Warnings)
                }
            }
            Err(error) => session.report(&error),
        };
    }
    let correction = Correction::Supersede { older: arguments.older.clone(), newer: arguments.by.clone() };
    run(session, &correction, Reason::new(&arguments.reason), arguments.dry_run)
}

/// Records that the exchange moved a change.
pub fn reschedule(session: &Session, arguments: &PostponeArguments) -> ExitStatus {
    let read = || {
        let to = load::timestamp(&arguments.to, Timestamp::now())?;
        Ok::<_, Error>((
            Correction::Reschedule { what: arguments.what.clone(), to },
            reason(&arguments.reason)?,
        ))
    };
    match read() {
        Ok((correction, reason)) => run(session, &correction, reason, arguments.reason.dry_run),
        Err(error) => session.report(&error),
    }
}

/// Puts a publication time right.
pub fn correct(session: &Session, arguments: &CorrectArguments) -> ExitStatus {
    let published_at = match load::timestamp(&arguments.published_at, Timestamp::now()) {
        Ok(published_at) => published_at,
        Err(error) => return session.report(&error),
    };
    let (source, tx) = (arguments.source.clone(), arguments.tx.map(TxId));
    let correction = Correction::Correct { source, published_at, tx };
    run(session, &correction, Reason::new(&arguments.reason), arguments.dry_run)
}

/// Undoes a transaction.
pub fn undo(session: &Session, arguments: &UndoArguments) -> ExitStatus {
    let correction = Correction::Undo { tx: arguments.tx.map(TxId) };
    run(session, &correction, Reason::new(&arguments.reason), arguments.dry_run)
}

fn reason(arguments: &ReasonArguments) -> Result<Reason> {
    let reason = Reason::new(arguments.reason.as_str());
    match &arguments.published_at {
        Some(text) => Ok(reason.published_at(load::timestamp(text, Timestamp::now())?)),
        None => Ok(reason),
    }
}

fn run(session: &Session, correction: &Correction, reason: Reason, dry_run: bool) -> ExitStatus {
    if dry_run {
        return match session.database.dry_run_of(correction, reason, Timestamp::now()) {
            Ok((corrected, rows)) => print_dry_run(session, &corrected, &rows),
            Err(error) => session.report(&error),
        };
    }
    match session.database.writer().and_then(|mut writer| writer.correct(correction, reason)) {
        Ok(corrected) => print_done(session, &corrected),
        Err(error) => session.report(&error),
    }
}

fn print_done(session: &Session, corrected: &Corrected) -> ExitStatus {
    let Corrected { tx, is_new, message, undo, still_stated } = corrected;
    let words = if *is_new {
        format!("tx {tx}: {message}\nhelp: to undo it: {undo}\n")
    } else {
        format!("{message}; nothing is recorded\n")
    };
    session.console.message(&words);
    session.console.message(&others_too(still_stated));
    if session.format == Format::Table {
        return ExitStatus::OK;
    }
    let outcome = if *is_new { "recorded" } else { "already_done" };
    let others: Vec<Value> = still_stated
        .iter()
        .map(|it| {
            let (id, names) = (it.source.as_str(), it.names());
            json!({"source": id, "file": it.file, "statements": it.statements, "retract": names})
        })
        .collect();
    let report =
        json!({"outcome": outcome, "tx": tx.0, "message": message, "undo": undo, "still_stated": others});
    session.report_work(&format!("{report}\n"))
}

/// How many of the commands that take back the same from others are written out.
const OTHERS_NAMED: usize = 3;

/// The commands that take back what other sources still state.
fn others_too(still_stated: &[StillStated]) -> String {
    let names: Vec<String> = still_stated.iter().flat_map(StillStated::names).collect();
    let commands = names.iter().take(OTHERS_NAMED);
    let mut lines: String = commands
        .map(|name| format!("help: to take that back too: tierbook retract {name} --reason TEXT\n"))
        .collect();
    if let Some(rest) = names.get(OTHERS_NAMED..).filter(|rest| !rest.is_empty()) {
        lines += &format!("help: and {} more: {}\n", rest.len(), rest.join(", "));
    }
    lines
}

fn print_dry_run(session: &Session, corrected: &Corrected, rows: &[Row]) -> ExitStatus {
    session.console.message(&format!("{}\n", corrected.message));
    session.console.message(&others_too(&corrected.still_stated));
    if rows.is_empty() && session.format == Format::Table {
        session.print("no answer would change\n");
    } else {
        session.print(&render::rows(rows, session.format, session.console.answer_style()));
    }
    session.console.message(&load::count_of(rows));
    session.console.message("dry run: nothing is recorded\n");
    ExitStatus::OK
}
