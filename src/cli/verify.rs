//! The command `verify`: every hash and every record, and on request a head or a certificate kept from earlier.

use std::path::Path;

use serde_json::json;

use super::session::Session;
use super::terminal::{self, Worst};
use tierbook::error::{Error, ErrorCode};
use tierbook::render::Format;
use tierbook::statement::Sha256;
use tierbook::store::Verified;

/// `verify [--head HASH] [--certificate FILE]`. Exit code 1 where anything is wrong.
pub fn run(session: &Session, head: Option<&str>, certificate: Option<&Path>) -> Worst {
    match verified(session, head, certificate) {
        Ok(verified) => {
            show(session, certificate, &verified);
            Worst::of(u8::from(!verified.problems.is_empty()))
        }
        Err(error) => Worst::of(session.complain(&error, None)),
    }
}

fn verified(session: &Session, head: Option<&str>, certificate: Option<&Path>) -> Result<Verified, Error> {
    let wanted = match head.map(|text| Sha256::parse(&text.to_lowercase()).ok_or(text)).transpose() {
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
        Format::Table if verified.problems.is_empty() => {
            let certified = certificate.map_or(String::new(), |file| {
                format!("{}: the answer and all its evidence are as the journal has them\n", file.display())
            });
            format!(
                "verified {} and {}: every hash and every record is right\n{certified}",
                counted(transactions, "transaction"),
                counted(statements, "statement")
            )
        }
        Format::Table => verified.problems.iter().map(|problem| format!("problem: {problem}\n")).collect(),
        _ => format!(
            "{}\n",
            json!({
                "transactions": transactions,
                "statements": statements,
                "tx": verified.head.tx.0,
                "hash": verified.head.hash.to_string(),
                "problems": verified.problems,
                "notes": verified.notes,
            })
        ),
    };
    terminal::print(&text);
    if verified.problems.iter().any(|problem| !problem.starts_with("certificate: ")) {
        terminal::print_aside(
            "help: where only the index is wrong, remove its folder: it is made anew from the journal\n\
             help: where the journal is wrong, restore it from a copy; docs/store.md says what each damage means\n",
        );
    }
}

/// `1 transaction`, `2 transactions`.
fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
