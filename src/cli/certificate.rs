//! The command `certificate`: one answer with the evidence for it.

use std::path::Path;

use serde_json::Value;

use super::options::CertificateArguments;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::language::Statement;
use tierbook::{Error, ErrorCode, Timestamp};

/// `certificate [--out FILE] TEXT`.
pub fn run(session: &Session, arguments: &CertificateArguments) -> ExitStatus {
    let text = arguments.text.join(" ");
    let made = one_statement(session, &text).and_then(|statement| {
        let certificate = session.database.certificate(&statement, Timestamp::now());
        certificate.map_err(|error| session.explained(error, &statement, &text))
    });
    let done = made.and_then(|certificate| {
        let text = format!("{certificate:#}\n");
        match &arguments.out {
            None => session.console.print_bytes(text.as_bytes()),
            Some(file) => {
                std::fs::write(file, text).map_err(|error| {
                    Error::new(ErrorCode::CannotWrite, format!("cannot write {}: {error}", file.display()))
                })?;
                session.print(&format!("{}: written\n", file.display()));
            }
        }
        session.console.message(&handover(session, &certificate, arguments.out.as_deref()));
        Ok(())
    });
    match done {
        Ok(()) => ExitStatus::OK,
        Err(error) => session.report_in(&error, None, error.span().map(|_| text.as_str())),
    }
}

/// What an auditor needs, and how to check it.
fn handover(session: &Session, certificate: &Value, file: Option<&Path>) -> String {
    let file = file.map_or("CERTIFICATE".to_string(), |file| file.display().to_string());
    let journal = session.database.journal();
    let head = &certificate["head"];
    let hash = head["hash"].as_str().unwrap_or_default();
    format!(
        "hand over: {file}\n\
         hand over: {} (the journal, up to tx {} hash {hash})\n\
         hand over: docs/check_certificate.py (the checker, which does not need tierbook)\n\
         to check: python3 check_certificate.py --journal {} {file}\n",
        journal.display(),
        head["tx"],
        journal.file_name().unwrap_or_default().to_string_lossy(),
    )
}

fn one_statement(session: &Session, text: &str) -> Result<Statement, Error> {
    let mut statements = session.read(text)?;
    match (statements.pop(), statements.len()) {
        (Some(statement), 0) => Ok(statement),
        _ => Err(Error::new(ErrorCode::OneStatement, "a certificate is of one statement")
            .hint("tierbook certificate mmr of ACTUSDT at 60000")),
    }
}
