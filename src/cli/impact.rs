//! The command `impact`: what announced changes do to positions.

use std::path::PathBuf;

use super::impact_options::ImpactArguments;
use super::impact_parts::{self, Positions};
use super::impact_scenario::Scenario;
use super::impact_watch;
use super::load;
use super::report::Detail;
use super::saved_positions;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::positions::{self, Account, Impact};
use tierbook::render;
use tierbook::{
    At, Error, ErrorCode, FileOutcome, FileReport, LoadInput, LoadOptions, PublishedTime, Row, Snapshot,
    Timestamp, limits,
};

/// `impact FILE`. Exit code 5 where a change affects a position, 0 where none does.
pub fn run(session: &Session, arguments: &ImpactArguments) -> ExitStatus {
    match answered(session, arguments) {
        Ok(status) => status,
        Err(error) => session.report(&error),
    }
}

fn answered(session: &Session, arguments: &ImpactArguments) -> Result<ExitStatus, Error> {
    let scenario = Scenario::of(arguments)?;
    let account = match impact_parts::read(session, saved_positions::parts(session, &arguments.file)?)? {
        Positions::Account(account) => scenario.of_account(account)?,
        Positions::Parts(first, parts) => {
            refuse_in_parts(arguments)?;
            let snapshot = session.database.snapshot()?;
            let at = basis(arguments, Timestamp::now())?;
            let is_affected = impact_parts::run(session, &snapshot, (first, parts), at, &scenario)?;
            session.notices(&scenario.unused());
            return Ok(status(is_affected));
        }
    };
    if let Some(folder) = &arguments.watch {
        return Ok(impact_watch::watch(session, folder, arguments.exec.as_deref(), &account));
    }
    if let Some(range) = &arguments.sizes {
        let rows = sizes(session, arguments, &account, range)?;
        session.print(&render::rows(&rows, session.format, session.console.answer_style()));
        return Ok(ExitStatus::OK);
    }
    let (impact, nothing) = judged(session, arguments, &account)?;
    Ok(show(session, impact, &nothing))
}

/// Prints what changes do, and gives the exit code.
pub fn show(session: &Session, impact: Impact, nothing: &str) -> ExitStatus {
    let status = status(impact.is_affected());
    let is_empty = impact.positions.is_empty();
    session.notices(&impact.notices);
    session.print(&render::rows(&impact.into_rows(), session.format, session.console.answer_style()));
    session.console.message(if is_empty { "there is no open position in the file\n" } else { nothing });
    status
}

fn status(is_affected: bool) -> ExitStatus {
    if is_affected { ExitStatus::AFFECTED } else { ExitStatus::OK }
}

/// Refuses what needs all positions at once.
fn refuse_in_parts(arguments: &ImpactArguments) -> Result<(), Error> {
    let options = [
        ("--watch", arguments.watch.is_some()),
        ("--sizes", arguments.sizes.is_some()),
        ("--if", !arguments.with.is_empty()),
        ("--vs", arguments.vs.is_some()),
        ("--vs-known-at", arguments.vs_known_at.is_some()),
    ];
    let Some((option, _)) = options.iter().find(|(_, is_given)| *is_given) else { return Ok(()) };
    let message = format!("{option} takes at most {} positions", limits::POSITIONS);
    Err(Error::new(ErrorCode::TooManyPositions, message).hint("give it the positions of one account"))
}

/// Each position at sizes from a range.
fn sizes(
    session: &Session,
    arguments: &ImpactArguments,
    account: &Account,
    range: &str,
) -> Result<Vec<Row>, Error> {
    let at = basis(arguments, Timestamp::now())?;
    Ok(positions::into_rows(session.database.snapshot()?.sizes(account, at, range.parse()?)?))
}

/// The basis that the options name.
fn basis(arguments: &ImpactArguments, now: Timestamp) -> Result<At, Error> {
    let time = |text: &Option<String>| text.as_deref().map(|text| load::timestamp(text, now)).transpose();
    let mut at = At::valid(time(&arguments.as_of)?.unwrap_or(now));
    if let Some(known_at) = time(&arguments.known_at)? {
        at = at.known_at(known_at);
    }
    if let Some(recorded_by) = time(&arguments.recorded_by)? {
        tierbook::language::check_recorded_by(recorded_by, now)?;
        at = at.recorded_by(recorded_by);
    }
    Ok(at)
}

/// What the changes do, and a line where none is announced.
fn judged(
    session: &Session,
    arguments: &ImpactArguments,
    account: &Account,
) -> Result<(Impact, String), Error> {
    let now = Timestamp::now();
    let time = |text: &Option<String>| text.as_deref().map(|text| load::timestamp(text, now)).transpose();
    let at = basis(arguments, now)?;
    let snapshot = session.database.snapshot()?;
    if !arguments.with.is_empty() {
        let (other, then) = with_documents(session, &arguments.with, at, now)?;
        return Ok((snapshot.impact_if(account, at, &other, then)?, String::new()));
    }
    if arguments.vs.is_some() || arguments.vs_known_at.is_some() {
        let mut then = at;
        if let Some(valid_at) = time(&arguments.vs)? {
            then = At { known_at: at.known_at, recorded_by: at.recorded_by, ..At::valid(valid_at) };
        }
        if let Some(known_at) = time(&arguments.vs_known_at)? {
            then = then.known_at(known_at);
        }
        return Ok((snapshot.impact_against(account, at, &snapshot, then)?, String::new()));
    }
    let impact = snapshot.impact(account, at)?;
    let is_quiet = impact.positions.iter().all(|row| row.then.is_none())
        && impact.accounts.iter().all(|row| row.then.is_none());
    let nothing = if is_quiet { nothing_announced(&snapshot, at)? } else { String::new() };
    Ok((impact, nothing))
}

/// That nothing is announced, and how old the newest source is.
fn nothing_announced(snapshot: &Snapshot, at: At) -> Result<String, Error> {
    let newest = match snapshot.newest_publication(at)? {
        Some(newest) => {
            let days = at.valid_at.0.since(newest.0).micros() / 86_400_000_000;
            let age = tierbook::text::counted(u64::try_from(days).unwrap_or(0), "day");
            format!("the newest source was published {newest}, {age} before")
        }
        None => "no source is loaded: tierbook load DIR".to_string(),
    };
    Ok(format!("no announced change of these contracts takes effect after {}; {newest}\n", at.valid_at))
}

/// The database with documents that are not loaded, and the basis there.
fn with_documents(
    session: &Session,
    files: &[PathBuf],
    at: At,
    now: Timestamp,
) -> Result<(Snapshot, At), Error> {
    let inputs: Vec<LoadInput> = files.iter().map(|file| LoadInput::from(file.as_path())).collect();
    let (reports, snapshot) = session.database.snapshot_with(&inputs, &LoadOptions::default(), now)?;
    let mut known_at = at.known_at;
    for report in &reports {
        refuse_unreadable(session, report)?;
        // What a document states is known once it is published.
        if let FileOutcome::Readable(summary) = &report.outcome {
            let published_at =
                summary.publication.map_or(PublishedTime(now), |(published_at, _)| published_at);
            known_at = known_at.map(|known_at| known_at.max(published_at));
        }
    }
    Ok((snapshot, At { known_at, ..at }))
}

/// Reports what is in a document, and refuses one that states nothing.
fn refuse_unreadable(session: &Session, report: &FileReport) -> Result<(), Error> {
    let console = session.console;
    console.message(&super::report::in_words(report, console.message_style(), Detail::Counts));
    match report.outcome {
        FileOutcome::Readable(_) | FileOutcome::AlreadyLoaded(..) | FileOutcome::NoRule(..) => Ok(()),
        _ => {
            let message = format!("{} cannot be compared with", load::name(report));
            Err(Error::new(ErrorCode::CannotRead, message).hint("tierbook check shows what is wrong in it"))
        }
    }
}
