//! The command `reconcile`: what a file shows against what the database answers for its instant.

use super::arguments::ReconcileArguments;
use super::load;
use super::session::Session;
use super::terminal::{self, Worst};
use tierbook::database::reconcile::Reconciliation;
use tierbook::error::Error;
use tierbook::query::rows::Row;
use tierbook::render::{self, Format};
use tierbook::time::Timestamp;

/// `reconcile FILE`. Exit code 1 where the file contradicts what is held.
pub fn run(session: &Session, arguments: &ReconcileArguments) -> Worst {
    match reconciled(session, arguments) {
        Ok(reconciliation) => {
            show(session, arguments, &reconciliation);
            let contradicts = reconciliation.rows.iter().any(|row| row.outcome.is_contradiction());
            Worst::of(u8::from(contradicts))
        }
        Err(error) => Worst::of(session.complain(&error, None)),
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
                format!("; {unchanged} that did not change since {since} are left out")
            }
            _ => String::new(),
        };
        terminal::print(&format!(
            "{}: {} equal, {} differ, {} rolling out, {} not held, {} not in the file{left_out}\n",
            arguments.file.display(),
            count("equal"),
            count("differs"),
            count("rolling_out"),
            count("not_held"),
            count("not_in_file"),
        ));
    }
    let rows: Vec<Row> = reconciliation.rows.iter().cloned().map(Row::Reconciled).collect();
    terminal::print(&render::rows(&rows, session.format, terminal::stdout_surface()));
}
