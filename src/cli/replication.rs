//! The commands `publish`, `pull`, `detach` and `witness`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::progress::Progress;
use super::replication_options::{AskingOptions, PublishArguments, PullArguments, WitnessArguments};
use super::salvage::losses;
use super::session::Session;
use super::signals::told_to_end;
use super::status::ExitStatus;
use tierbook::render::Format;
use tierbook::text::counted;
use tierbook::{Error, ErrorCode, JournalOrigin, Published, Pulled, Timestamp, limits, witness as look};

/// `publish`.
pub fn publish(session: &Session, arguments: &PublishArguments) -> ExitStatus {
    let published = match session.database.publish(&arguments.folder) {
        Ok(published) => published,
        Err(error) => return session.report(&error),
    };
    let Published { tx, hash, new_transactions, new_segments, segments, bytes } = published;
    let folder = arguments.folder.display();
    session.print(&match session.format {
        Format::Table => format!(
            "published {} in {folder}: {}, {} bytes in all\n\
             head     tx {tx} hash {hash}\n\
             others take it with: tierbook --db COPY pull {folder}, or from the address of a server that has the folder\n",
            counted(new_transactions, "new transaction"),
            counted(new_segments, "new segment"),
            bytes,
        ),
        _ => format!(
            "{}\n",
            json!({"folder": arguments.folder, "tx": tx.0, "hash": hash.to_string(), "new_transactions": new_transactions,
                   "new_segments": new_segments, "segments": segments, "bytes": bytes})
        ),
    });
    ExitStatus::OK
}

/// `pull`.
pub fn pull(session: &Session, arguments: &PullArguments) -> ExitStatus {
    let origin = match origin(session, arguments) {
        Ok(origin) => origin,
        Err(error) => return session.report(&error),
    };
    let progress = Progress::of_work(session.console, "pulling");
    let pulled = session.database.pull(&origin, &mut |done| progress.set(done.segments, done.of));
    drop(progress);
    match pulled {
        Ok(pulled) => show(session, &origin, &pulled),
        Err(error) if !arguments.follow || !is_passing(&error) => return session.report(&error),
        Err(error) => drop(session.report(&error)),
    }
    if arguments.follow {
        follow(session, &origin, Duration::from_secs_f64(arguments.every))
    } else {
        ExitStatus::OK
    }
}

/// Pulls what is new, until the process is ended by a signal, or the origin is refused.
fn follow(session: &Session, origin: &JournalOrigin, every: Duration) -> ExitStatus {
    let ended = told_to_end();
    session.console.message(&format!("following {}; end with Ctrl-C\n", origin.place()));
    let mut problem: Option<String> = None;
    while !ended.load(Ordering::Relaxed) {
        let began = Instant::now();
        match session.database.pull_next(origin) {
            Ok(pulled) => {
                if problem.take().is_some() {
                    session.console.message("the origin answers again\n");
                }
                if let Some(pulled) = &pulled {
                    show(session, origin, pulled);
                }
            }
            // Once, not at every look.
            Err(error) if is_passing(&error) => {
                if problem.as_deref() != Some(error.message()) {
                    session.report(&error);
                }
                problem = Some(error.message().to_string());
            }
            Err(error) => return session.report(&error),
        }
        pause(&ended, every.saturating_sub(began.elapsed()));
    }
    ExitStatus::OK
}

/// Whether an error may be gone at the next look.
fn is_passing(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::OriginUnreachable | ErrorCode::Locked)
}

/// Waits, but not when the process is to end.
fn pause(ended: &AtomicBool, rest: Duration) {
    let until = Instant::now() + rest;
    while !ended.load(Ordering::Relaxed) && Instant::now() < until {
        thread::sleep(until.saturating_duration_since(Instant::now()).min(Duration::from_millis(50)));
    }
}

fn show(session: &Session, origin: &JournalOrigin, pulled: &Pulled) {
    let Pulled { tx, hash, new_transactions, bytes, notices } = pulled;
    session.print(&match session.format {
        Format::Table => format!(
            "pulled {} from {}: {} fetched, every hash checked\n\
             head     tx {tx} hash {hash}\n",
            counted(*new_transactions, "new transaction"),
            origin.place(),
            counted(*bytes, "byte"),
        ),
        _ => format!(
            "{}\n",
            json!({"origin": origin.place(), "tx": tx.0, "hash": hash.to_string(), "new_transactions": new_transactions,
                   "bytes": bytes})
        ),
    });
    session.notices(notices);
}

/// The origin that is named, else the one of the last time.
fn origin(session: &Session, arguments: &PullArguments) -> Result<JournalOrigin, Error> {
    let known = match &arguments.origin {
        Some(_) => None,
        None => session.database.origin()?,
    };
    let named = arguments.origin.clone().or(known).ok_or_else(|| {
        let what = format!("{} has no origin to pull from", session.database.dir().display());
        Error::new(ErrorCode::OriginMissing, what)
            .hint("name the folder or the address of a publication: tierbook pull https://example.com/rules")
    })?;
    asked(&named, &arguments.asking)
}

/// The origin that a text names, to be asked in this way.
fn asked(named: &str, asking: &AskingOptions) -> Result<JournalOrigin, Error> {
    let origin = JournalOrigin::of(named, token(asking.token_file.as_deref())?)?;
    #[cfg(feature = "tls")]
    let origin = trusting(origin, asking.ca_file.as_deref())?;
    Ok(origin.within(Duration::from_secs_f64(asking.timeout)))
}

/// An origin that trusts the authorities in a file, if there is one.
#[cfg(feature = "tls")]
pub fn trusting(origin: JournalOrigin, file: Option<&Path>) -> Result<JournalOrigin, Error> {
    let Some(file) = file else { return Ok(origin) };
    let wrong = |why: &str| {
        Error::new(ErrorCode::CannotRead, format!("cannot take certificates from {}: {why}", file.display()))
            .hint("name a file in PEM: it has a line `-----BEGIN CERTIFICATE-----`")
    };
    let pem = small_file(file).map_err(|why| wrong(&why.to_string()))?;
    origin.trusting(pem.as_bytes()).map_err(|error| wrong(error.message()))
}

/// The text of a file of a few lines; it may be a pipe or a device, of which no more is read than such a file has.
pub fn small_file(file: &Path) -> io::Result<String> {
    let (most, mut bytes) = (limits::TOKEN_FILE_BYTES, Vec::new());
    File::open(file)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it has more than {most} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is no text in UTF-8"))
}

/// The token in the first line of a file.
pub fn token(file: Option<&Path>) -> Result<Option<String>, Error> {
    let Some(file) = file else { return Ok(None) };
    let wrong = |why: String| {
        Error::new(ErrorCode::CannotRead, format!("cannot take a token from {}: {why}", file.display()))
            .hint("name a file with the token in its first line")
    };
    let text = small_file(file).map_err(|error| wrong(error.to_string()))?;
    let token = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    match token {
        Some(token) if token.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Some(token.to_string())),
        _ => Err(wrong("it has no line with a token".to_string())),
    }
}

/// `detach`.
pub fn detach(session: &Session) -> ExitStatus {
    let origin = match session.database.detach() {
        Ok(origin) => origin,
        Err(error) => return session.report(&error),
    };
    let folder = session.database.dir().display();
    session.print(&match (session.format, &origin) {
        (Format::Table, Some(origin)) => format!(
            "the database in {folder} is its own now, and no replica of {origin} any more\n\
             to follow {origin} again: tierbook --db NEW_FOLDER pull {origin}\n"
        ),
        (Format::Table, None) => format!("the database in {folder} is no replica: nothing is changed\n"),
        _ => format!("{}\n", json!({"origin": origin})),
    });
    ExitStatus::OK
}

/// `witness`.
pub fn witness(session: &Session, arguments: &WitnessArguments) -> ExitStatus {
    let origin = match asked(&arguments.origin, &arguments.asking) {
        Ok(origin) => origin,
        Err(error) => return session.report(&error),
    };
    let ended = arguments.follow.then(told_to_end);
    let mut status = ExitStatus::OK;
    let mut reported: Option<String> = None;
    loop {
        match look(&origin, &arguments.log, Timestamp::now()) {
            Ok(seen) => {
                let is_news = ended.is_none() || seen.before != Some(seen.tx) || reported.is_some();
                if is_news {
                    show_head(session, &arguments.log, &seen);
                }
                reported = None;
            }
            Err(error) if ended.is_none() => return session.report(&error),
            // A head that is refused stays in the log: the witness goes on, and says so at the end.
            Err(error) => {
                if reported.as_deref() != Some(error.message()) {
                    let reported = session.report(&error);
                    if !is_passing(&error) {
                        status.add(reported);
                    }
                }
                reported = Some(error.message().to_string());
            }
        }
        match &ended {
            Some(ended) if !ended.load(Ordering::Relaxed) => {
                pause(ended, Duration::from_secs_f64(arguments.every));
            }
            _ => return status,
        }
    }
}

fn show_head(session: &Session, log: &Path, seen: &tierbook::Witnessed) {
    let (tx, hash) = (seen.tx, seen.hash);
    session.print(&match session.format {
        Format::Table => {
            let since = match seen.before {
                None => "the first one that is seen".to_string(),
                Some(before) if before == tx => "the same as before".to_string(),
                Some(before) => format!("it goes on from tx {before}, which was seen before"),
            };
            format!("tx {tx} hash {hash}: {since}; kept in {}\n{}", log.display(), losses(&seen.lost, &[]))
        }
        _ => format!(
            "{}\n",
            json!({"tx": tx.0, "hash": hash.to_string(), "before": seen.before.map(|tx| tx.0), "lost": seen.lost})
        ),
    });
}
