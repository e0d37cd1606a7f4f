//! The command `verify`: every hash and every record, and on request an earlier head or a certificate.

use std::path::Path;

use serde_json::json;

use super::options::VerifyArguments;
use super::replication::token;
#[cfg(feature = "tls")]
use super::replication::trusting;
use super::salvage::losses;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::render::Format;
use tierbook::text::counted;
use tierbook::{Against, Error, ErrorCode, Head, JournalOrigin, Sha256, Verified};

/// `verify [--head HASH] [--certificate FILE] [--against ORIGIN]`. Exit code 1 where anything is wrong.
pub fn run(session: &Session, arguments: &VerifyArguments) -> ExitStatus {
    if let Some(origin) = &arguments.against {
        return match against(session, arguments, origin) {
            Ok(status) => status,
            Err(error) => session.report(&error),
        };
    }
    let (head, certificate) = (arguments.head.as_deref(), arguments.certificate.as_deref());
    match verified(session, head, certificate) {
        Ok(verified) => {
            show(session, certificate, &verified);
            ExitStatus::of(u8::from(!verified.problems.is_empty()))
        }
        Err(error) => session.report(&error),
    }
}

/// A hash that was noted. The whole line that `head` prints will do.
fn noted(head: Option<&str>) -> Result<Option<Sha256>, Error> {
    let hash = |text: &str| text.to_lowercase().split_whitespace().find_map(Sha256::parse);
    head.map(|text| hash(text).ok_or(text)).transpose().map_err(|text| {
        Error::new(ErrorCode::NotAHash, format!("`{text}` is not a hash"))
            .hint("give the 64 hexadecimal digits that `tierbook head` printed")
    })
}

/// Compares with what is published. The database is checked too, if there is one: what is copied proves nothing by itself.
fn against(session: &Session, arguments: &VerifyArguments, origin: &str) -> Result<ExitStatus, Error> {
    let noted = noted(arguments.head.as_deref())?;
    let origin = JournalOrigin::of(origin, token(arguments.token_file.as_deref())?)?;
    #[cfg(feature = "tls")]
    let origin = trusting(origin, arguments.ca_file.as_deref())?;
    let compared = session.database.verify_against(&origin, noted)?;
    show_compared(session, &origin, &compared);
    if matches!(session.format, Format::Table) {
        session.notices(&compared.notes);
    }
    if compared.own.is_none() {
        return Ok(ExitStatus::OK);
    }
    let verified = session.database.verify(None)?;
    if matches!(session.format, Format::Table) || !verified.problems.is_empty() {
        show(session, None, &verified);
    }
    Ok(ExitStatus::of(u8::from(!verified.problems.is_empty())))
}

fn show_compared(session: &Session, origin: &JournalOrigin, compared: &Against) {
    let Against { tx, hash, segments, bytes, own, found, lost, notes } = compared;
    let place = origin.place();
    session.print(&match session.format {
        Format::Table => {
            let own = match own {
                None => "there is no database here to compare it with\n".to_string(),
                Some(own) if own == tx => format!("the database here is the same: tx {own}\n"),
                Some(own) if own < tx => {
                    format!("the database here is the beginning of it: it ends at tx {own}, {} before\n", tx.0 - own.0)
                }
                Some(own) => format!("it is the beginning of the database here, which goes on to tx {own}\n"),
            };
            let found = found.map_or(String::new(), |found| {
                format!("the head is in the chain: tx {found}; {} published since\n", counted(tx.0 - found.0, "transaction"))
            });
            format!(
                "{place} publishes {} in {}, {bytes} bytes: every hash is correct\n\
                 head     tx {tx} hash {hash}\n{found}{own}{}",
                counted(tx.0, "transaction"),
                counted(*segments, "segment"),
                losses(lost, &[]),
            )
        }
        _ => format!(
            "{}\n",
            json!({"origin": place, "tx": tx.0, "hash": hash.to_string(), "segments": segments, "bytes": bytes,
                   "own_tx": own.map(|tx| tx.0), "found_tx": found.map(|tx| tx.0), "lost": lost, "notes": notes})
        ),
    });
}

fn verified(session: &Session, head: Option<&str>, certificate: Option<&Path>) -> Result<Verified, Error> {
    let wanted = noted(head)?;
    let problems = match certificate {
        Some(file) => session.database.check_certificate(file)?,
        None => Vec::new(),
    };
    let mut verified = session.database.verify(wanted)?;
    verified.problems.extend(problems.into_iter().map(|problem| format!("certificate: {problem}")));
    Ok(verified)
}

fn show(session: &Session, certificate: Option<&Path>, verified: &Verified) {
    let (transactions, statements) = (verified.transactions, verified.statements);
    let text = match session.format {
        Format::Table => {
            let found = verified.found.map_or(String::new(), |found| found_head(verified, found));
            let problems: String =
                verified.problems.iter().map(|problem| format!("problem: {problem}\n")).collect();
            let certified = certificate.filter(|_| problems.is_empty()).map_or(String::new(), |file| {
                format!("{}: the answer and all its evidence are in the journal\n", file.display())
            });
            let counts = format!(
                "verified {} and {}: every hash and every record is correct\n{}",
                counted(transactions, "transaction"),
                counted(statements, "statement"),
                losses(&verified.lost, &verified.without_text),
            );
            format!("{}{found}{certified}{problems}", if problems.is_empty() { &counts } else { "" })
        }
        _ => format!("{}\n", serde_json::to_string(verified).unwrap_or_default()),
    };
    session.print(&text);
    if matches!(session.format, Format::Table) {
        session.notices(&verified.notes);
    }
    if verified.problems.iter().any(|problem| !problem.starts_with("certificate: ")) {
        session.console.message(
            "help: if only the index is damaged, remove its folder: it is rebuilt from the journal\n\
             help: if the journal is damaged, restore it from a copy, or make a new database of what can be read:\n\
             help: tierbook salvage FOLDER; docs/store.md explains each kind of damage\n",
        );
    }
}

/// Where the head that was noted earlier is, and how much came since.
fn found_head(verified: &Verified, found: Head) -> String {
    let recorded = found.recorded_at.map_or(String::new(), |at| format!(", recorded {at}"));
    let since = match verified.later(found) {
        0 => "nothing was recorded since".to_string(),
        1 => "1 transaction was recorded since".to_string(),
        count => format!("{count} transactions were recorded since"),
    };
    format!("the head is in the chain: tx {}{recorded}; {since}\n", found.tx)
}
