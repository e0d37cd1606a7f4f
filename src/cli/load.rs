//! The commands `load` and `check`: what became of each file, said as soon as it is known.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::arguments::{LoadArguments, ReadingArguments, RecordArguments};
use super::progress::Progress;
use super::session::Session;
use super::terminal::{self, Worst};
use tierbook::database::dry_run::DryRun;
use tierbook::database::editions::Edition;
use tierbook::database::files::{Document, files_of};
use tierbook::database::load::{FileOutcome, FileReport, LoadOptions, Summary, check, load};
use tierbook::error::{Error, ErrorCode};
use tierbook::finding::{Finding, Severity};
use tierbook::render::{self, Format, diagnostic, machine};
use tierbook::text::line_numbers;
use tierbook::time::Timestamp;

/// `load PATH...`.
pub fn run_load(session: &Session, arguments: &RecordArguments) -> Worst {
    let mut worst = Worst::default();
    let options = match options(&arguments.load.reading, Timestamp::now()) {
        Ok(options) => options,
        Err(error) => return Worst::of(session.complain(&error, None)),
    };
    let options = match &arguments.revises {
        None => options,
        Some(id) => match session.database.source(id) {
            Ok(older) => LoadOptions { revises: Some(older), ..options },
            Err(error) => return Worst::of(session.complain(&error, None)),
        },
    };
    let documents = documents(files(session, &arguments.load.paths, &mut worst));
    worst.also(if arguments.dry_run {
        try_out(session, &documents, &options)
    } else {
        record(session, &documents, &options)
    })
}

/// Loads documents and says what became of each.
pub fn record(session: &Session, documents: &[Document], options: &LoadOptions) -> Worst {
    let mut worst = Worst::default();
    let progress = Progress::of(documents.len());
    let mut say = |report: FileReport| {
        let text = reported(&report, session.format, false);
        worst = worst.also(progress.advance(&name(&report), || terminal::report(&text)));
        worst.note(code(&report.outcome, false));
    };
    let loaded = load(&session.database, documents, options, &mut say);
    drop(progress);
    finish(session, loaded, &mut worst);
    worst
}

/// Says what loading documents would change, and changes nothing.
pub fn try_out(session: &Session, documents: &[Document], options: &LoadOptions) -> Worst {
    let mut worst = Worst::default();
    match session.database.dry_run(documents, options, Timestamp::now()) {
        Ok(DryRun { reports, rows }) => {
            for report in &reports {
                terminal::print_aside(&reported(report, Format::Table, false));
                worst.note(code(&report.outcome, false));
            }
            let recordable = reports.iter().any(|report| matches!(report.outcome, FileOutcome::Readable(_)));
            match rows.as_slice() {
                [] if session.format == Format::Table && !recordable => {}
                [] if session.format == Format::Table => terminal::print("no answer would change\n"),
                rows => terminal::print(&render::rows(rows, session.format, terminal::stdout_surface())),
            }
            terminal::print_aside("dry run: nothing is recorded\n");
        }
        Err(error) => worst.note(session.complain(&error, None)),
    }
    worst
}

fn documents(files: Vec<PathBuf>) -> Vec<Document> {
    files.into_iter().map(Document::File).collect()
}

fn name(report: &FileReport) -> String {
    report.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// `check PATH...`.
pub fn run_check(session: &Session, arguments: &LoadArguments) -> Worst {
    let mut worst = Worst::default();
    let options = match options(&arguments.reading, Timestamp::now()) {
        Ok(options) => options,
        Err(error) => return Worst::of(session.complain(&error, None)),
    };
    let files = files(session, &arguments.paths, &mut worst);
    let progress = Progress::of(files.len());
    for file in files {
        let report = check(&file, &options);
        let text = reported(&report, session.format, true);
        progress.advance(&name(&report), || terminal::print(&text));
        worst.note(code(&report.outcome, true));
    }
    worst
}

/// `--load PATH` before another command: only what is new or wrong is said, and not among the answers.
pub fn load_first(session: &Session, paths: &[PathBuf]) -> Worst {
    let mut worst = Worst::default();
    let files = files(session, paths, &mut worst);
    let mut say = |report: FileReport| {
        if !matches!(report.outcome, FileOutcome::AlreadyLoaded(..)) {
            terminal::print_aside(&reported(&report, Format::Table, false));
        }
        worst.note(code(&report.outcome, false));
    };
    let loaded = load(&session.database, &documents(files), &LoadOptions::default(), &mut say);
    finish(session, loaded, &mut worst);
    worst
}

/// The options that arguments ask for.
///
/// # Errors
/// `--published-at` is no instant.
pub fn options(arguments: &ReadingArguments, now: Timestamp) -> Result<LoadOptions, Error> {
    let published_at = arguments.published_at.as_deref().map(|text| timestamp(text, now)).transpose()?;
    let (allow_unread, complete) = (arguments.allow_unread, arguments.completeness());
    Ok(LoadOptions { published_at, allow_unread, complete, revises: None })
}

/// The instant that an argument means.
///
/// # Errors
/// It is none.
pub fn timestamp(text: &str, now: Timestamp) -> Result<Timestamp, Error> {
    Timestamp::read(text, now).map_err(|no| Error::new(ErrorCode::NotAnInstant, no.message).hint(no.hint))
}

fn files(session: &Session, paths: &[PathBuf], worst: &mut Worst) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        match files_of(path) {
            Ok(found) => files.extend(found),
            Err(error) => worst.note(session.complain(&error, None)),
        }
    }
    files
}

fn finish(session: &Session, loaded: Result<Vec<String>, Error>, worst: &mut Worst) {
    match loaded {
        Ok(notices) => session.notices(&notices),
        Err(error) => worst.note(session.complain(&error, None)),
    }
}

fn code(outcome: &FileOutcome, findings_count: bool) -> u8 {
    match outcome {
        FileOutcome::Readable(summary) if findings_count && !summary.findings.is_empty() => 1,
        FileOutcome::Loaded(..) | FileOutcome::Readable(_) | FileOutcome::AlreadyLoaded(..) => 0,
        FileOutcome::Refused(..) | FileOutcome::Unreadable(_) => 4,
    }
}

fn reported(report: &FileReport, format: Format, with_findings: bool) -> String {
    match format {
        Format::Table => in_words(report, with_findings),
        _ => format!("{}\n", as_json(report)),
    }
}

fn in_words(report: &FileReport, with_findings: bool) -> String {
    let path = report.path.display();
    let complaint = |error: &Error| diagnostic::error(error, None, terminal::stdout_surface());
    match &report.outcome {
        FileOutcome::Loaded(summary, tx) => {
            let editions = editions(summary, None);
            format!("{path}: loaded as {} in tx {tx}, {}\n{editions}", summary.source, counted(summary))
        }
        FileOutcome::AlreadyLoaded(source, tx) => format!("{path}: already loaded as {source} in tx {tx}\n"),
        FileOutcome::Readable(summary) => {
            let findings = listed(summary, with_findings);
            format!(
                "{path}: readable, {}\n{findings}{}",
                counted(summary),
                editions(summary, Some(&report.path))
            )
        }
        FileOutcome::Refused(summary, error) => {
            let findings = listed(summary, with_findings);
            format!("{path}: refused, nothing is recorded\n{findings}{}", complaint(error))
        }
        FileOutcome::Unreadable(error) => format!("{path}: not loaded\n{}", complaint(error)),
    }
}

fn counted(summary: &Summary) -> String {
    let published = match summary.publication {
        Some((at, precision)) => format!("published {at} (known to the {})", precision.name()),
        None => "publication unknown".to_string(),
    };
    let count =
        |severity: Severity| summary.findings.iter().filter(|f| f.code.severity() == severity).count();
    let (warnings, notes) = (count(Severity::Warning), count(Severity::Note));
    let (statements, unread) = (several(summary.statements, "statement"), count(Severity::Error));
    let (warnings, notes) = (several(warnings, "warning"), several(notes, "note"));
    format!("{published}: {statements}, {unread} unread, {warnings}, {notes}")
}

/// `1 statement`, `2 statements`.
fn several(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// What a document says otherwise than the sources that it revises, or may be a newer edition of, each with what to do.
/// `file` is its path where it is not recorded.
fn editions(summary: &Summary, file: Option<&Path>) -> String {
    let told = |edition: &Edition| {
        let Edition { older, is_revised, differences } = edition;
        let count = |how: &str| differences.iter().filter(|edited| edited.how() == how).count();
        let counts =
            format!("{} changed, {} added, {} removed", count("changed"), count("added"), count("removed"));
        let relation = if *is_revised { "revises" } else { "may be a newer edition of" };
        let hint = match file {
            _ if *is_revised => String::new(),
            Some(file) => {
                format!("help: if it is one: tierbook load {} --revises {}\n", file.display(), older.id)
            }
            None => format!(
                "help: if it is one: tierbook retract {} --reason \"{} is a newer edition\"\n",
                older.id, summary.source
            ),
        };
        let table = match differences.as_slice() {
            [] => String::new(),
            differences => render::editions::text(differences, terminal::stdout_surface()),
        };
        format!("{relation} {} {}: {counts}\n{table}{hint}", older.id, older.file)
    };
    summary.editions.iter().map(told).collect()
}

fn listed(summary: &Summary, with_findings: bool) -> String {
    if !with_findings {
        return String::new();
    }
    let line_of = line_numbers(&summary.text);
    let line = |finding: &Finding| {
        let severity = finding.code.severity().name();
        let place = line_of(finding.span.start);
        format!("  line {place}: {severity}: {} ({})\n", finding.message, finding.code.as_str())
    };
    // What concerns several tables is found for each of them.
    let mut lines: Vec<String> = summary.findings.iter().map(line).collect();
    lines.dedup();
    lines.concat()
}

fn as_json(report: &FileReport) -> Value {
    let (outcome, summary, tx, error) = match &report.outcome {
        FileOutcome::Loaded(summary, tx) => ("loaded", Some(summary), Some(tx.0), None),
        FileOutcome::Readable(summary) => ("readable", Some(summary), None, None),
        FileOutcome::AlreadyLoaded(_, tx) => ("already_loaded", None, Some(tx.0), None),
        FileOutcome::Refused(summary, error) => ("refused", Some(summary), None, Some(error)),
        FileOutcome::Unreadable(error) => ("unreadable", None, None, Some(error)),
    };
    let source = match &report.outcome {
        FileOutcome::AlreadyLoaded(source, _) => Some(source.to_string()),
        _ => summary.map(|summary| summary.source.to_string()),
    };
    json!({
        "file": report.path.display().to_string(),
        "outcome": outcome,
        "source": source,
        "tx": tx,
        "title": summary.map(|summary| summary.title.clone()),
        "published_at": summary.and_then(|s| s.publication).map(|(at, _)| at.to_string()),
        "precision": summary.and_then(|s| s.publication).map(|(_, precision)| precision.name()),
        "statements": summary.map(|summary| summary.statements),
        "unread": summary.map(|s| s.findings.iter().filter(|f| f.code.severity() == Severity::Error).count()),
        "findings": summary.map(|s| s.findings.iter().map(machine::bare_finding).collect::<Vec<_>>()),
        "editions": summary.map(|s| s.editions.iter().map(edition).collect::<Vec<_>>()),
        "mistake": error.map(|m| json!({"code": m.code().as_str(), "message": m.message(), "hints": m.hints()})),
    })
}

fn edition(edition: &Edition) -> Value {
    json!({
        "older": edition.older.id.as_str(),
        "file": edition.older.file,
        "revised": edition.is_revised,
        "differences": edition.differences.iter().map(machine::edited).collect::<Vec<_>>(),
    })
}
