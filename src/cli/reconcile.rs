//! The command `reconcile`: the rules that a file shows against what the database answers for the time of the
//! file.

use super::load;
use super::options::ReconcileArguments;
use super::session::Session;
use super::status::ExitStatus;
use tierbook::render::Format;
use tierbook::{Error, Reconciliation, Row, Timestamp, render};

/// `reconcile FILE`. Exit code 1 where the file contradicts what is stored.
pub fn run(session: &Session, arguments: &ReconcileArguments) -> ExitStatus {
    match reconciled(session, arguments) {
        Ok(reconciliation) => {
            show(session, arguments, &reconciliation);
            let contradicts = reconciliation.rows.iter().any(|row| row.outcome.is_contradiction());
            ExitStatus::of(u8::from(contradicts))
        }
        Err(error) => session.report(&error),
    }
}

fn reconciled(session: &Session, arguments: &ReconcileArguments) -> Result<Reconciliation, Error> {
    let now = Timestamp::now();
    let options = load::options(&arguments.reading, now)?;
    let since = arguments.since.as_deref().map(|text| load::timestamp(text, now)).transpose()?;
    session.database.reconcile(&arguments.file, &options, since, now)
}

fn show(session: &Session, arguments: &ReconcileArguments, reconciliation: &Reconciliation) {
    let count = |name: &str| reconciliation.rows.iter().filter(|row| row.outcome.name() == name).count();
    if session.format == Format::Table {
        let left_out = match (&arguments.since, reconciliation.unchanged) {
            (Some(since), unchanged) if unchanged > 0 => {
                format!("; {unchanged} unchanged since {since} are not listed")
            }
            _ => String::new(),
        };
        session.print(&format!(
            "{}: {} equal, {} differ, {} rolling out, {} not stored, {} not in the file{left_out}\n",
            arguments.file.display(),
            count("equal"),
            count("differs"),
            count("rolling_out"),
            count("not_held"),
            count("not_in_file"),
        ));
    }
    let rows: Vec<Row> = reconciliation.rows.iter().cloned().map(Row::Reconciled).collect();
    session.print(&render::rows(&rows, session.format, session.console.answer_style()));
}
