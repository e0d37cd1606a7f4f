//! Tables in the forms of the exchange and of tools: `export binance`, `ccxt`, `freqtrade` and `artifact`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde_json::json;

use super::options::ExportArguments;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::exchange_forms::{Exported, ExportedTable, Form, Selection, export};
use tierbook::language::check_recorded_by;
use tierbook::render::Format;
use tierbook::text::counted;
use tierbook::{At, CertaintyKind, Error, ErrorCode, Timestamp, draft_file};

/// How many contracts a message names.
const NAMED: usize = 10;

/// Writes the tables that are asked for. Exit code 3 where there is none.
///
/// # Errors
/// An argument cannot be read or does not fit the form, or a file cannot be written.
pub fn run(session: &Session, form: Form, arguments: &ExportArguments) -> Result<ExitStatus, Error> {
    let selection = selection(form, arguments)?;
    let rules = session.database.snapshot()?;
    let exported = export(&rules, form, &selection)?;
    let mut status = ExitStatus::OK;
    match arguments.output.as_deref().filter(|path| path.as_os_str() != "-") {
        None => session.console.print_bytes(exported.text().as_bytes()),
        Some(path) if is_folder(form, path) => {
            write_each(path, &exported.tables)?;
            status.add(report(session, path, &exported));
        }
        Some(path) => {
            let path = if path.is_dir() { path.join(usual_name(form)) } else { path.to_path_buf() };
            write(&path, &exported.text())?;
            status.add(report(session, &path, &exported));
        }
    }
    messages(session, &exported, selection.every_change);
    status.add(ExitStatus::of(if exported.tables.is_empty() { 3 } else { 0 }));
    Ok(status)
}

fn selection(form: Form, arguments: &ExportArguments) -> Result<Selection, Error> {
    let refused = |what: &str, hint: String| {
        let message = format!("`export {}` takes no {what}", form.name());
        Err(Error::new(ErrorCode::ClauseNotTaken, message).hint(hint))
    };
    let every_change = arguments.every.is_some();
    match (&arguments.table, &arguments.as_of) {
        (Some(_), _) => {
            return refused("`--table`", "tables are written by: tierbook export csv".to_string());
        }
        (_, Some(_)) if every_change => {
            return refused("`--as-of` with `--every change`", "leave one of them out".to_string());
        }
        _ => {}
    }
    let now = Timestamp::now();
    let time = |text: &Option<String>| text.as_deref().map(|text| Timestamp::read(text, now)).transpose();
    let mut at = At::valid(time(&arguments.as_of)?.unwrap_or(now));
    if let Some(known_at) = time(&arguments.known_at)? {
        at = at.known_at(known_at);
    }
    if let Some(recorded_by) = time(&arguments.recorded_by)? {
        check_recorded_by(recorded_by, now)?;
        at = at.recorded_by(recorded_by);
    }
    let mut selection = Selection::at(at);
    selection.subjects = arguments.subjects.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    selection.every_change = every_change;
    Ok(selection)
}

/// Whether each contract gets a file of its own: artifacts do, where the path does not end as a file does.
fn is_folder(form: Form, path: &Path) -> bool {
    form == Form::Artifact && (path.is_dir() || path.extension().is_none())
}

/// The name of the file in a folder; freqtrade looks for this one.
fn usual_name(form: Form) -> &'static str {
    match form {
        Form::Freqtrade => "binance_leverage_tiers.json",
        Form::Ccxt => "leverage_tiers.json",
        _ => "leverageBracket.json",
    }
}

fn write_each(folder: &Path, tables: &[ExportedTable]) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, error))?;
    tables.iter().try_for_each(|table| write(&folder.join(table.file_name()), &format!("{}\n", table.json)))
}

/// Writes a file that appears when it is whole.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    let (draft, mut file) = draft_file::beside(path).map_err(|error| cannot_write(path, error))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| fs::rename(&draft, path));
    written.map_err(|error| {
        drop(fs::remove_file(&draft));
        cannot_write(path, error)
    })
}

fn cannot_write(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorCode::CannotWrite, format!("cannot write {}: {error}", path.display()))
        .hint("name a file in a folder that exists and has space: -o FILE")
}

fn report(session: &Session, path: &Path, exported: &Exported) -> ExitStatus {
    let (path, tables) = (path.display().to_string(), exported.tables.len());
    session.report_work(&match session.format {
        Format::Table => format!("{path}: {}\n", counted(tables as u64, "table")),
        _ => {
            let without_rule = exported.without_rule.len();
            format!("{}\n", json!({"file": path, "form": exported.form.name(), "tables": tables, "without_rule": without_rule}))
        }
    })
}

/// What a reader of the file does not see in it: which tables are not certain, and what is left out.
fn messages(session: &Session, exported: &Exported, every_change: bool) {
    let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for table in &exported.tables {
        let kind = table.certainty.filter(|kind| is_doubtful(*kind, every_change));
        let names = kind.map(|kind| by_kind.entry(kind.name()).or_default());
        names.into_iter().for_each(|names| names.push(table.subject.name()));
    }
    for (kind, mut names) in by_kind {
        names.dedup();
        session.console.message(&format!("exported, but {kind}: {}\n", listed(&names)));
    }
    let mut by_status: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (subject, status) in &exported.without_rule {
        by_status.entry(status.name()).or_default().push(subject.name());
    }
    for (status, names) in by_status {
        session
            .console
            .message(&format!("left out, because there is no rule ({status}): {}\n", listed(&names)));
    }
    if !exported.without_name.is_empty() {
        let names: Vec<&str> = exported.without_name.iter().map(tierbook::Subject::name).collect();
        session.console.message(&format!("left out, because ccxt has no name for it: {}\n", listed(&names)));
    }
}

/// Whether a table may be another one. Age is no doubt, and of every version each starts with its roll-out and may have
/// been replaced unseen.
fn is_doubtful(kind: CertaintyKind, every_change: bool) -> bool {
    match kind {
        CertaintyKind::Settled | CertaintyKind::Unconfirmed => false,
        CertaintyKind::RollingOut | CertaintyKind::UnseenChange => !every_change,
        _ => true,
    }
}

fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{} contracts: {shown} and {more} more", names.len()),
    }
}
