//! The command `log`: the transactions, and whose tables each of them changed.

use super::options::LogArguments;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::Row;
use tierbook::render::{self, Format};

/// Prints the newest transactions.
pub fn run(session: &Session, arguments: &LogArguments) -> ExitStatus {
    let limit = if arguments.all { usize::MAX } else { arguments.limit };
    match session.database.log(limit) {
        Ok(entries) if entries.is_empty() && session.format == Format::Table => {
            session.console.message("nothing is recorded yet: tierbook load FILE…\n");
            ExitStatus::OK
        }
        Ok(entries) => {
            let rows: Vec<Row> = entries.into_iter().map(|entry| Row::Log(Box::new(entry))).collect();
            session.print(&render::rows(&rows, session.format, session.console.answer_style()));
            ExitStatus::OK
        }
        Err(error) => session.report(&error),
    }
}
