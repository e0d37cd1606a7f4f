//! The commands `load` and `check`: files and folders, standard input, the history of a file, or a folder in
//! which files arrive.

use std::path::PathBuf;

use super::history::{check_history, dry_run_history, record_history};
use super::inputs::inputs;
use super::load::{dry_run, name, options, print_report, record};
use super::migrate::mention;
use super::options::{LoadArguments, RecordArguments};
use super::progress::Progress;
use super::report::Detail;
use super::session::Session;
use super::status::ExitStatus;
use super::watch::watch;
use tierbook::{Error, LoadOptions, Timestamp};

/// `load PATH...`.
pub fn load(session: &Session, arguments: &RecordArguments) -> ExitStatus {
    let status = loaded(session, arguments);
    mention(session);
    status
}

fn loaded(session: &Session, arguments: &RecordArguments) -> ExitStatus {
    let options = match record_options(session, arguments) {
        Ok(options) => options,
        Err(error) => return session.report(&error),
    };
    let detail = if arguments.quiet { Detail::Counts } else { Detail::Warnings };
    let LoadArguments { paths, recursive, .. } = &arguments.load;
    if let Some(repository) = &arguments.load.git {
        let record = |path: &PathBuf| match arguments.dry_run {
            true => dry_run_history(session, repository, path, &options),
            false => record_history(session, repository, path, &options, detail),
        };
        return paths.iter().map(record).fold(ExitStatus::OK, ExitStatus::and);
    }
    if arguments.watch {
        return watch(session, paths, *recursive, &options, detail, &mut |_| {});
    }
    let (documents, status) = inputs(session, &arguments.load);
    status.and(if arguments.dry_run {
        dry_run(session, &documents, &options)
    } else {
        record(session, &documents, &options, detail)
    })
}

fn record_options(session: &Session, arguments: &RecordArguments) -> Result<LoadOptions, Error> {
    let revises = arguments.revises.as_deref().map(|id| session.database.source(id)).transpose()?;
    Ok(LoadOptions { revises, keep: arguments.keep, ..options(&arguments.load.reading, Timestamp::now())? })
}

/// `check PATH...`.
pub fn check(session: &Session, arguments: &LoadArguments) -> ExitStatus {
    let options = match options(&arguments.reading, Timestamp::now()) {
        Ok(options) => options,
        Err(error) => return session.report(&error),
    };
    if let Some(repository) = &arguments.git {
        let checked = |path: &PathBuf| check_history(session, repository, path, &options);
        return arguments.paths.iter().map(checked).fold(ExitStatus::OK, ExitStatus::and);
    }
    let (documents, mut status) = inputs(session, arguments);
    let progress = Progress::of_files(session.console, documents.len());
    tierbook::check_each(&documents, &options, &mut |report| {
        status.add(progress.advance(&name(&report), || print_report(session, &report, Detail::All)));
    });
    status
}
