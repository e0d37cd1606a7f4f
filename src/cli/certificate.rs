//! The command `certificate`: one answer with the evidence for it.

use super::options::CertificateArguments;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::language::Statement;
use tierbook::{Error, ErrorCode, Timestamp};

/// `certificate [--out FILE] TEXT`.
pub fn run(session: &Session, arguments: &CertificateArguments) -> ExitStatus {
    let text = arguments.text.join(" ");
    let made = one_statement(session, &text)
        .and_then(|statement| {
            let certificate = session.database.certificate(&statement, Timestamp::now());
            certificate.map_err(|error| session.explained(error, &statement, &text))
        })
        .map(|certificate| format!("{certificate:#}\n"));
    let done = made.and_then(|certificate| match &arguments.out {
        None => {
            session.console.print(&certificate);
            Ok(())
        }
        Some(file) => {
            std::fs::write(file, certificate).map_err(|error| {
                Error::new(ErrorCode::CannotWrite, format!("cannot write {}: {error}", file.display()))
            })?;
            session
                .console
                .print(&format!("{}: written; check it with verify --certificate\n", file.display()));
            Ok(())
        }
    });
    match done {
        Ok(()) => ExitStatus::OK,
        Err(error) => session.report_in(&error, None, error.span().map(|_| text.as_str())),
    }
}

fn one_statement(session: &Session, text: &str) -> Result<Statement, Error> {
    let mut statements = session.read(text)?;
    match (statements.pop(), statements.len()) {
        (Some(statement), 0) => Ok(statement),
        _ => Err(Error::new(ErrorCode::OneStatement, "a certificate is of one statement")
            .hint("tierbook certificate mmr of ACTUSDT at 60000")),
    }
}
