//! Loading documents: the outcome of each is reported as soon as it is known.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::inputs::{documents, found};
use super::options::ReadingArguments;
use super::progress::Progress;
use super::report::{self, Detail};
use super::session::Session;
use super::status::ExitStatus;
use tierbook::render::Format;
use tierbook::text::counted;
use tierbook::{
    DryRun, Error, FileOutcome, FileReport, LoadInput, LoadOptions, Market, OtherTopic, Row, Subject,
    Timestamp, render,
};

/// Loads documents and reports the outcome of each.
pub fn record(
    session: &Session,
    documents: &[LoadInput],
    options: &LoadOptions,
    detail: Detail,
) -> ExitStatus {
    let mut status = ExitStatus::OK;
    let progress = Progress::of_files(session.console, documents.len());
    let mut without_rule: BTreeMap<&str, u64> = BTreeMap::new();
    let mut report = |report: FileReport| {
        if let FileOutcome::NoRule(_, topic) = &report.outcome {
            *without_rule.entry(topic.map_or("", OtherTopic::words)).or_default() += 1;
        }
        status.add(progress.advance(&name(&report), || print_report(session, &report, detail)));
    };
    let loaded = load(session, documents, options, &mut report);
    drop(progress);
    if documents.len() > 1 {
        session.console.message(&report::without_rule(&without_rule));
    }
    status.and(finish(session, loaded))
}

/// Shows what loading documents would change, and changes nothing.
pub fn dry_run(
    session: &Session,
    documents: impl IntoIterator<Item = impl Borrow<LoadInput> + Send>,
    options: &LoadOptions,
) -> ExitStatus {
    let DryRun { reports, rows } = match session.database.dry_run(documents, options, Timestamp::now()) {
        Ok(dry_run) => dry_run,
        Err(error) => return session.report(&error),
    };
    let mut status = ExitStatus::OK;
    for report in &reports {
        session.console.message(&report::in_words(report, session.console.message_style(), Detail::All));
        status.add(file_status(&report.outcome, false));
    }
    let recordable = reports.iter().any(|report| matches!(report.outcome, FileOutcome::Readable(_)));
    match rows.as_slice() {
        [] if session.format == Format::Table && !recordable => {}
        [] if session.format == Format::Table => session.print("no answer would change\n"),
        rows => {
            session.print(&render::rows(rows, session.format, session.console.answer_style()));
        }
    }
    session.console.message(&count_of(&rows));
    session.console.message("dry run: nothing is recorded\n");
    status
}

/// How many answers would change, and of how many subjects; empty where none would.
pub fn count_of(rows: &[Row]) -> String {
    let subjects: BTreeSet<&Subject> = rows
        .iter()
        .filter_map(|row| if let Row::Affected(row) = row { Some(&row.subject) } else { None })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let (periods, subjects) =
        (counted(rows.len() as u64, "period"), counted(subjects.len() as u64, "subject"));
    format!("{periods} of {subjects} would change\n")
}

/// `--load PATH` before another command: only what is new or wrong is reported.
pub fn load_first(session: &Session, paths: &[PathBuf]) -> ExitStatus {
    let (found, mut status) = found(session, paths, false);
    let files = found.into_iter().flat_map(|(_, found)| found.files);
    let documents: Vec<LoadInput> = files.flat_map(|file| documents(session, file, &mut status)).collect();
    let mut report = |report: FileReport| {
        if !matches!(report.outcome, FileOutcome::AlreadyLoaded(..) | FileOutcome::NoRule(..)) {
            session.console.message(&report::in_words(
                &report,
                session.console.message_style(),
                Detail::Counts,
            ));
        }
        status.add(file_status(&report.outcome, false));
    };
    let loaded = load(session, &documents, &LoadOptions::default(), &mut report);
    status.and(finish(session, loaded))
}

/// Loads documents, and gives what the store reports.
fn load(
    session: &Session,
    documents: &[LoadInput],
    options: &LoadOptions,
    report: &mut dyn FnMut(FileReport),
) -> Result<Vec<String>, Error> {
    let mut writer = session.database.writer()?;
    writer.load_each(documents, options, report)?;
    Ok(writer.notices())
}

/// The options that arguments ask for.
///
/// # Errors
/// `--published-at` is no time, or the venue has no such program.
pub fn options(arguments: &ReadingArguments, now: Timestamp) -> Result<LoadOptions, Error> {
    let published_at = arguments.published_at.as_deref().map(|text| timestamp(text, now)).transpose()?;
    let (allow_unread, strict, complete) =
        (arguments.allow_unread, arguments.strict, arguments.completeness());
    let market = Market::new(arguments.venue.as_deref(), arguments.program.as_deref())?;
    let use_file_time = arguments.use_file_time;
    Ok(LoadOptions {
        published_at,
        allow_unread,
        strict,
        complete,
        market,
        use_file_time,
        keep: false,
        revises: None,
    })
}

/// The time that an argument means.
///
/// # Errors
/// It is no time.
pub fn timestamp(text: &str, now: Timestamp) -> Result<Timestamp, Error> {
    Timestamp::read(text, now)
}

/// The name of the file of a report.
pub fn name(report: &FileReport) -> String {
    report.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Reports one file: in words to standard error, as a row to standard output where a machine form is asked
/// for.
pub fn print_report(session: &Session, report: &FileReport, detail: Detail) -> ExitStatus {
    let console = session.console;
    console.message(&report::in_words(report, console.message_style(), detail));
    let printed = match session.format {
        Format::Table => ExitStatus::OK,
        _ => console.report(&format!("{}\n", serde_json::to_string(report).unwrap_or_default())),
    };
    printed.and(file_status(&report.outcome, detail == Detail::All))
}

/// Prints what the store reports, or the error.
pub fn finish(session: &Session, loaded: Result<Vec<String>, Error>) -> ExitStatus {
    match loaded {
        Ok(notices) => {
            session.notices(&notices);
            ExitStatus::OK
        }
        Err(error) => session.report(&error),
    }
}

fn file_status(outcome: &FileOutcome, findings_count: bool) -> ExitStatus {
    ExitStatus::of(match outcome {
        FileOutcome::Readable(summary) if findings_count && !summary.findings.is_empty() => 1,
        FileOutcome::Loaded(..)
        | FileOutcome::Readable(_)
        | FileOutcome::NoRule(..)
        | FileOutcome::AlreadyLoaded(..) => 0,
        FileOutcome::Refused(..) | FileOutcome::Unreadable(_) => 4,
    })
}
