//! `load --git` and `check --git`: every version of a file in a git repository.

use std::path::Path;

use super::load::{dry_run, finish, name, print_report};
use super::progress::Progress;
use super::report::Detail;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::{FileReport, GitHistory, LoadInput, LoadOptions, check};

/// Loads every version of a file of a repository and reports the outcome of each.
pub fn record_history(
    session: &Session,
    repository: &Path,
    path: &Path,
    options: &LoadOptions,
    detail: Detail,
) -> ExitStatus {
    let mut status = ExitStatus::OK;
    let loaded = GitHistory::of(repository, path).and_then(|history| {
        session.notices(history.notices());
        let progress = Progress::of_files(session.console, history.count());
        let mut report = |report: FileReport| {
            status.add(progress.advance(&name(&report), || print_report(session, &report, detail)));
        };
        let mut writer = session.database.writer()?;
        writer.load_stream(history.versions()?, options, &mut report)?;
        Ok(writer.notices())
    });
    status.and(finish(session, loaded))
}

/// Shows what loading the versions of a file would change.
pub fn dry_run_history(
    session: &Session,
    repository: &Path,
    path: &Path,
    options: &LoadOptions,
) -> ExitStatus {
    let mut status = ExitStatus::OK;
    let versions = GitHistory::of(repository, path).and_then(|history| {
        session.notices(history.notices());
        history.versions()
    });
    let readable = |version: Result<LoadInput, Box<FileReport>>| {
        version.map_err(|report| status.add(print_report(session, &report, Detail::Warnings))).ok()
    };
    let shown = match versions {
        Ok(versions) => dry_run(session, versions.filter_map(readable), options),
        Err(error) => session.report(&error),
    };
    status.and(shown)
}

/// Reports what is in each version of a file.
pub fn check_history(session: &Session, repository: &Path, path: &Path, options: &LoadOptions) -> ExitStatus {
    let mut status = ExitStatus::OK;
    let checked = GitHistory::of(repository, path).and_then(|history| {
        session.notices(history.notices());
        let progress = Progress::of_files(session.console, history.count());
        for version in history.versions()? {
            let report = version.map_or_else(|report| *report, |version| check(version, options));
            status.add(progress.advance(&name(&report), || print_report(session, &report, Detail::All)));
        }
        Ok(Vec::new())
    });
    status.and(finish(session, checked))
}
