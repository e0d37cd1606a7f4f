//! The command `verify`: every hash and every record, and on request an earlier head or a certificate.

use std::path::Path;

use super::options::VerifyArguments;
use super::salvage::losses;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::render::Format;
use tierbook::{Error, ErrorCode, Head, Sha256, Verified};

/// `verify [--head HASH] [--certificate FILE]`. Exit code 1 where anything is wrong.
pub fn run(session: &Session, arguments: &VerifyArguments) -> ExitStatus {
    let (head, certificate) = (arguments.head.as_deref(), arguments.certificate.as_deref());
    match verified(session, head, certificate) {
        Ok(verified) => {
            show(session, certificate, &verified);
            ExitStatus::of(u8::from(!verified.problems.is_empty()))
        }
        Err(error) => session.report(&error),
    }
}

fn verified(session: &Session, head: Option<&str>, certificate: Option<&Path>) -> Result<Verified, Error> {
    // The whole line that `head` prints will do.
    let hash = |text: &str| text.to_lowercase().split_whitespace().find_map(Sha256::parse);
    let wanted = match head.map(|text| hash(text).ok_or(text)).transpose() {
        Ok(wanted) => wanted,
        Err(text) => {
            return Err(Error::new(ErrorCode::NotAHash, format!("`{text}` is not a hash"))
                .hint("give the 64 hexadecimal digits that `tierbook head` printed"));
        }
    };
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
    session.console.print(&text);
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

/// `1 transaction`, `2 transactions`.
fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
