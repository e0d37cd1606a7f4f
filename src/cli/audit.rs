//! The command `audit`: a log of decisions against everything held.

use std::path::Path;

use super::progress::Progress;
use super::session::Session;
use super::terminal::{self, Worst};
use tierbook::database::audit::Audit;
use tierbook::limits;
use tierbook::query::eval::audit::Judgement;
use tierbook::query::eval::judged::JudgedRow;
use tierbook::render::{Format, audit as rendered};
use tierbook::time::Timestamp;

/// How many rows are turned into text at a time: what is printed already takes no memory.
const ROWS_AT_A_TIME: usize = 4096;

/// `audit FILE`. Exit code 1 where a figure is not right, 4 where a line cannot be read.
pub fn run(session: &Session, file: &Path) -> Worst {
    let progress = Progress::of_work("auditing");
    let audited = session.database.audit(file, Timestamp::now(), &mut |done, of| progress.reached(done, of));
    drop(progress);
    let audit = match audited {
        Ok(audit) => audit,
        Err(error) => return Worst::of(session.complain(&error, None)),
    };
    match session.format {
        Format::Table => in_words(file, &audit),
        format => machine_rows(&audit, format),
    }
    let mut worst = Worst::of(u8::from(Judgement::ALL.iter().any(|j| !j.is_fine() && audit.count(*j) > 0)));
    for error in &audit.errors {
        worst.note(session.complain(error, None));
    }
    let untold = audit.unreadable - audit.errors.len() as u64;
    if untold > 0 {
        terminal::print_aside(&format!("error: {untold} more lines cannot be read\n"));
    }
    worst
}

fn in_words(file: &Path, audit: &Audit) {
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
    terminal::print(&format!(
        "{}: {} {figures}{colon}{}{unreadable}\n",
        file.display(),
        audit.len(),
        counts.join(", ")
    ));
    let shown: Vec<JudgedRow> = audit.objections().take(limits::AUDIT_SHOWN).collect();
    if shown.is_empty() {
        return;
    }
    terminal::print(&rendered::table(&shown, terminal::stdout_surface()));
    let objections = audit.objections().count();
    if objections > shown.len() {
        let more = objections - shown.len();
        terminal::print(&format!("and {more} more; --format csv or jsonl gives every line\n"));
    }
}

fn machine_rows(audit: &Audit, format: Format) {
    let mut rows = audit.rows();
    let mut first = true;
    loop {
        let part: Vec<JudgedRow> = rows.by_ref().take(ROWS_AT_A_TIME).collect();
        let last = part.len() < ROWS_AT_A_TIME;
        terminal::print(&rendered::part(&part, format, first, last));
        if last {
            return;
        }
        first = false;
    }
}
