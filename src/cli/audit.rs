//! The command `audit`: a log of decisions against everything stored.

use std::path::Path;

use super::options::AuditArguments;
use super::progress::Progress;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::audit::{Audit, JudgedRow, Judgement};
use tierbook::render::{Format, audit as rendered};
use tierbook::{Timestamp, limits};

/// How many rows are turned into text at a time: what is printed already takes no memory.
const ROWS_AT_A_TIME: usize = 4096;

/// `audit FILE`. Exit code 1 where a figure is not right, 4 where a line cannot be read.
pub fn run(session: &Session, arguments: &AuditArguments) -> ExitStatus {
    let file = arguments.file.as_path();
    let zone = match arguments.zone.as_deref().map(str::parse).transpose() {
        Ok(zone) => zone,
        Err(error) => return session.report(&error),
    };
    let progress = Progress::of_work(session.console, "auditing");
    let mut report = |done, of| progress.set(done, of);
    let audited = session.database.audit_in(file, Timestamp::now(), zone, &mut report);
    drop(progress);
    let audit = match audited {
        Ok(audit) => audit,
        Err(error) => return session.report(&error),
    };
    match session.format {
        Format::Table => print_summary(session, file, &audit),
        format => print_rows(session, &audit, format),
    }
    let mut status =
        ExitStatus::of(u8::from(Judgement::ALL.iter().any(|j| !j.is_fine() && audit.count(*j) > 0)));
    for error in &audit.errors {
        status.add(session.report(error));
    }
    let unlisted = audit.unreadable - audit.errors.len() as u64;
    if unlisted > 0 {
        session.console.message(&format!("error: {unlisted} more lines cannot be read\n"));
    }
    status
}

fn print_summary(session: &Session, file: &Path, audit: &Audit) {
    let counts: Vec<String> = Judgement::ALL
        .iter()
        .map(|judgement| (audit.count(*judgement), judgement.words()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    let unreadable =
        if audit.unreadable > 0 { format!(", {} unreadable", audit.unreadable) } else { String::new() };
    let figures = if audit.len() == 1 { "figure" } else { "figures" };
    let colon = if counts.is_empty() { "" } else { ": " };
    session.print(&format!(
        "{}: {} {figures}{colon}{}{unreadable}\n",
        file.display(),
        audit.len(),
        counts.join(", ")
    ));
    let shown: Vec<JudgedRow> = audit.objections().take(limits::AUDIT_SHOWN).collect();
    if shown.is_empty() {
        return;
    }
    session.print(&rendered::table(&shown, session.console.answer_style()));
    let objections = audit.objections().count();
    if objections > shown.len() {
        let more = objections - shown.len();
        session.print(&format!("and {more} more; --format csv or jsonl gives every line\n"));
    }
}

fn print_rows(session: &Session, audit: &Audit, format: Format) {
    let mut rows = audit.rows();
    let mut first = true;
    loop {
        let part: Vec<JudgedRow> = rows.by_ref().take(ROWS_AT_A_TIME).collect();
        let last = part.len() < ROWS_AT_A_TIME;
        session.console.print_bytes(rendered::part(&part, format, first, last).as_bytes());
        if last {
            return;
        }
        first = false;
    }
}
