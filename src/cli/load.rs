//! The commands `load` and `check`: the outcome of each file is reported as soon as it is known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::options::{LoadArguments, ReadingArguments, RecordArguments};
use super::progress::Progress;
use super::report::{self, Detail};
use super::session::Session;
use super::status::ExitStatus;
use tierbook::render::Format;
use tierbook::text::counted;
use tierbook::{
    DryRun, Error, ErrorCode, FileOutcome, FileReport, FolderFiles, GitHistory, LoadInput, LoadOptions,
    Market, OtherTopic, Row, Subject, Timestamp, check, render,
};

/// `load PATH...`.
pub fn run_load(session: &Session, arguments: &RecordArguments) -> ExitStatus {
    let options = match record_options(session, arguments) {
        Ok(options) => options,
        Err(error) => return session.report(&error),
    };
    let detail = detail(arguments);
    if let Some(repository) = &arguments.git {
        return arguments.load.paths.iter().fold(ExitStatus::OK, |status, path| {
            status.and(record_history(session, repository, path, &options, detail))
        });
    }
    let (documents, status) = inputs(session, &arguments.load);
    status.and(if arguments.dry_run {
        dry_run(session, &documents, &options)
    } else {
        record(session, &documents, &options, detail)
    })
}

/// Loads every version of a file of a repository and reports the outcome of each.
fn record_history(
    session: &Session,
    repository: &Path,
    path: &Path,
    options: &LoadOptions,
    detail: Detail,
) -> ExitStatus {
    let mut status = ExitStatus::OK;
    let loaded = GitHistory::of(repository, path).and_then(|history| {
        let progress = Progress::of_files(session.console, history.count());
        let mut report = |report: FileReport| {
            status.add(progress.advance(&name(&report), || print_report(session, &report, detail)));
        };
        let mut writer = session.database.writer()?;
        writer.load_stream(history.versions()?, options, &mut report)?;
        Ok(writer.notices().to_vec())
    });
    status.and(finish(session, loaded))
}

/// How much is said of each file.
pub fn detail(arguments: &RecordArguments) -> Detail {
    if arguments.quiet { Detail::Counts } else { Detail::Warnings }
}

/// The options of a command that records.
///
/// # Errors
/// Those of [`options`], or there is no such source to revise.
pub fn record_options(session: &Session, arguments: &RecordArguments) -> Result<LoadOptions, Error> {
    let revises = arguments.revises.as_deref().map(|id| session.database.source(id)).transpose()?;
    Ok(LoadOptions { revises, keep: arguments.keep, ..options(&arguments.load.reading, Timestamp::now())? })
}

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
pub fn dry_run(session: &Session, documents: &[LoadInput], options: &LoadOptions) -> ExitStatus {
    let DryRun { reports, rows } = match session.database.dry_run(documents, options, Timestamp::now()) {
        Ok(dry_run) => dry_run,
        Err(error) => return session.report(&error),
    };
    let mut status = ExitStatus::OK;
    for report in &reports {
        session.console.message(&report::in_words(report, session.console.message_style(), Detail::Warnings));
        status.add(file_status(&report.outcome, false));
    }
    let recordable = reports.iter().any(|report| matches!(report.outcome, FileOutcome::Readable(_)));
    match rows.as_slice() {
        [] if session.format == Format::Table && !recordable => {}
        [] if session.format == Format::Table => session.console.print("no answer would change\n"),
        rows => {
            session.console.print(&render::rows(rows, session.format, session.console.answer_style()));
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

/// `check PATH...`.
pub fn run_check(session: &Session, arguments: &LoadArguments) -> ExitStatus {
    let options = match options(&arguments.reading, Timestamp::now()) {
        Ok(options) => options,
        Err(error) => return session.report(&error),
    };
    let (documents, mut status) = inputs(session, arguments);
    let progress = Progress::of_files(session.console, documents.len());
    for document in documents {
        let report = check(document, &options);
        status.add(progress.advance(&name(&report), || print_report(session, &report, Detail::All)));
    }
    status
}

/// `--load PATH` before another command: only what is new or wrong is reported.
pub fn load_first(session: &Session, paths: &[PathBuf]) -> ExitStatus {
    let (found, mut status) = found(session, paths, false);
    let files: Vec<PathBuf> = found.into_iter().flat_map(|(_, found)| found.files).collect();
    let documents = match documents(files) {
        Ok(documents) => documents,
        Err(error) => return session.report(&error),
    };
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
    Ok(writer.notices().to_vec())
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

/// The path that means standard input.
const STANDARD_INPUT: &str = "-";

/// The documents that arguments mean. What is left out of a folder is reported, and so is a path that cannot
/// be read.
fn inputs(session: &Session, arguments: &LoadArguments) -> (Vec<LoadInput>, ExitStatus) {
    let (piped, paths): (Vec<PathBuf>, Vec<PathBuf>) =
        arguments.paths.iter().cloned().partition(|path| path.as_os_str() == STANDARD_INPUT);
    let (found, mut status) = found(session, &paths, arguments.recursive);
    for (folder, found) in &found {
        if let Some(line) = report::skipped(folder, found) {
            session.console.message(&line);
        }
    }
    let mut inputs = Vec::new();
    for file in found.into_iter().flat_map(|(_, found)| found.files) {
        match documents(vec![file]) {
            Ok(found) => inputs.extend(found),
            Err(error) => status.add(session.report(&error)),
        }
    }
    if !piped.is_empty() {
        match standard_input(session) {
            Ok(input) => inputs.push(input),
            Err(error) => status.add(session.report(&error)),
        }
    }
    (inputs, status)
}

fn standard_input(session: &Session) -> Result<LoadInput, Error> {
    if session.console.is_interactive {
        return Err(Error::new(ErrorCode::CannotRead, "standard input is the terminal")
            .hint("pipe a document into it: curl … | tierbook load -"));
    }
    session.console.with_input(|input| LoadInput::of_reader("standard input", input))
}

/// What each path means; one that cannot be read is reported.
fn found<'p>(
    session: &Session,
    paths: &'p [PathBuf],
    recursive: bool,
) -> (Vec<(&'p Path, FolderFiles)>, ExitStatus) {
    let (mut all, mut status) = (Vec::new(), ExitStatus::OK);
    for path in paths {
        match FolderFiles::of(path, recursive) {
            Ok(found) => {
                for error in &found.errors {
                    status.add(session.report(error));
                }
                all.push((path.as_path(), found));
            }
            Err(error) => status.add(session.report(&error)),
        }
    }
    (all, status)
}

/// The documents of some files: those of an archive are documents of their own.
///
/// # Errors
/// An archive cannot be read.
pub fn documents(files: Vec<PathBuf>) -> Result<Vec<LoadInput>, Error> {
    let documents = files.into_iter().map(|file| LoadInput::File(file).documents());
    Ok(documents.collect::<Result<Vec<_>, _>>()?.concat())
}

fn name(report: &FileReport) -> String {
    report.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Reports one file: in words to standard error, as a row to standard output where a machine form is asked
/// for.
fn print_report(session: &Session, report: &FileReport, detail: Detail) -> ExitStatus {
    let console = session.console;
    console.message(&report::in_words(report, console.message_style(), detail));
    let printed = match session.format {
        Format::Table => ExitStatus::OK,
        _ => console.report(&format!("{}\n", report::as_json(report))),
    };
    printed.and(file_status(&report.outcome, detail == Detail::All))
}

fn finish(session: &Session, loaded: Result<Vec<String>, Error>) -> ExitStatus {
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
