//! `impact --watch`: loads what arrives in a folder, and reports each position that a change affects, once.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::report::Detail;
use super::session::Session;
use super::status::ExitStatus;
use super::watch;
use tierbook::positions::{Account, Impact};
use tierbook::render::{self, Format, OutputStyle};
use tierbook::{At, Error, ErrorCode, ErrorKind, LoadOptions, Timestamp};

/// What was reported: a position, and when the change takes effect.
type Reported = BTreeSet<(usize, String)>;

/// Watches a folder until a signal ends the process.
pub fn watch(session: &Session, folder: &Path, exec: Option<&str>, account: &Account) -> ExitStatus {
    let mut reported = Reported::new();
    let mut look = |session: &Session| {
        if let Err(error) = report(session, exec, account, &mut reported) {
            session.report(&error);
        }
    };
    look(session);
    let folders: [PathBuf; 1] = [folder.to_path_buf()];
    watch::watch(session, &folders, false, &LoadOptions::default(), Detail::Counts, &mut look)
}

/// Reports what is affected and was not reported before.
fn report(
    session: &Session,
    exec: Option<&str>,
    account: &Account,
    reported: &mut Reported,
) -> Result<(), Error> {
    let snapshot = match session.database.snapshot() {
        // Nothing is loaded yet.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        snapshot => snapshot?,
    };
    let mut impact = snapshot.impact(account, At::valid(Timestamp::now()))?;
    let change = |at: Option<tierbook::ValidTime>| at.map_or(String::new(), |at| at.to_string());
    impact.positions.retain(|row| row.is_affected && reported.insert((row.position, change(row.change_at))));
    impact.accounts.retain(|row| {
        row.is_affected
            && reported.insert((0, format!("{} {} {}", row.kind, row.unit, change(row.change_at))))
    });
    if impact.positions.is_empty() && impact.accounts.is_empty() {
        return Ok(());
    }
    session.notices(&impact.notices);
    match exec {
        Some(command) => run(command, impact),
        None => {
            let rows = impact.into_rows();
            session.print(&render::rows(&rows, session.format, session.console.answer_style()));
            Ok(())
        }
    }
}

/// Runs a command of the shell with the rows as its input, and waits for its end.
fn run(command: &str, impact: Impact) -> Result<(), Error> {
    let failed = |error: std::io::Error| {
        Error::new(ErrorCode::CommandFailed, format!("`{command}` cannot be run: {error}"))
    };
    let mut child =
        Command::new("sh").arg("-c").arg(command).stdin(Stdio::piped()).spawn().map_err(failed)?;
    let rows = render::rows(&impact.into_rows(), Format::Jsonl, OutputStyle::PLAIN);
    if let Some(mut input) = child.stdin.take() {
        // A command that does not read its input closes it.
        let _ = input.write_all(rows.as_bytes());
    }
    let status = child.wait().map_err(failed)?;
    if status.success() {
        return Ok(());
    }
    let message = format!("`{command}` ended with {status}");
    Err(Error::new(ErrorCode::CommandFailed, message)
        .hint("its input is the rows of the affected positions, JSON lines"))
}
