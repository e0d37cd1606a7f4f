//! Dry runs: what recording documents would change, shown before anything is written.

use std::borrow::Borrow;

use crate::database::Database;
use crate::database::corrections::planned::{Planned, planned};
use crate::database::corrections::{Corrected, Correction, Reason};
use crate::database::files::LoadInput;
use crate::database::load::{FileReport, LoadOptions};
use crate::database::simulation::Simulation;
use crate::error::Error;
use crate::query::rows::Row;
use crate::snapshot::Snapshot;
use crate::statement::TxId;
use crate::store::Reader;
use crate::time::Timestamp;

/// What recording would do.
///
/// ```
/// use tierbook::{DryRun, FileOutcome, LoadInput, LoadOptions, Timestamp};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// let documents = [LoadInput::from("seed/binance-2026-02-03.txt")];
/// let DryRun { reports, rows } = database.dry_run(&documents, &LoadOptions::default(), Timestamp::now())?;
/// assert!(matches!(reports[0].outcome, FileOutcome::Readable(_)));
/// assert_eq!(rows.len(), 68); // 34 subjects, each before and after its change
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct DryRun {
    /// The outcome of each document.
    pub reports: Vec<FileReport>,
    /// The answers that would change.
    pub rows: Vec<Row>,
}

impl Database {
    /// What loading these documents would do. Nothing is recorded, and writers are not blocked.
    /// ```
    /// use tierbook::Timestamp;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let again = [tierbook::LoadInput::from("seed/binance-2026-02-03.txt")];
    /// let dry_run = database.dry_run(&again, &Default::default(), Timestamp::now())?;
    /// assert!(dry_run.rows.is_empty()); // it is loaded already
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The database is locked or damaged. What is wrong with a document is in its report.
    pub fn dry_run<D: Borrow<LoadInput> + Send>(
        &self,
        documents: impl IntoIterator<Item = D>,
        options: &LoadOptions,
        now: Timestamp,
    ) -> Result<DryRun, Error> {
        let (reports, simulation) = Simulation::of_documents(self, documents, options, now)?;
        Ok(DryRun { reports, rows: simulation.affected() })
    }

    /// A snapshot of the database as it would be if these documents were loaded, and the outcome of each. Nothing is
    /// recorded, and writers are not blocked.
    ///
    /// ```
    /// use tierbook::{At, Timestamp};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// let announcement = [tierbook::LoadInput::from("seed/binance-2026-02-03.txt")];
    /// let (_, rules) = database.snapshot_with(&announcement, &Default::default(), Timestamp::now())?;
    /// let at = At::valid("2026-02-07T00:00Z".parse()?);
    /// assert_eq!(rules.contract("ACTUSDT")?.mmr(60_000.into(), at).value(), Some(&"0.1".parse()?));
    /// assert!(database.snapshot()?.contract("ACTUSDT").is_err()); // nothing is recorded
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The database is locked or damaged. What is wrong with a document is in its report.
    pub fn snapshot_with<D: Borrow<LoadInput> + Send>(
        &self,
        documents: impl IntoIterator<Item = D>,
        options: &LoadOptions,
        now: Timestamp,
    ) -> Result<(Vec<FileReport>, Snapshot), Error> {
        let (reports, simulation) = Simulation::of_documents(self, documents, options, now)?;
        Ok((reports, simulation.snapshot(self)?))
    }

    /// What a correction would do: in words, and the answers that would change. Nothing is recorded.
    ///
    /// ```
    /// use tierbook::{Correction, Timestamp};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let correction = Correction::Retract { what: "ee2413a8367c.55".to_string() };
    /// let (done, rows) = database.dry_run_of(&correction, "an example", Timestamp::now())?;
    /// assert!(done.is_new);
    /// assert_eq!(rows.len(), 1); // one period of one contract would have another answer
    /// assert_eq!(database.head()?.tx.0, 1); // nothing is recorded
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Writer::correct`](crate::Writer::correct).
    pub fn dry_run_of(
        &self,
        correction: &Correction,
        reason: impl Into<Reason>,
        now: Timestamp,
    ) -> Result<(Corrected, Vec<Row>), Error> {
        let reader = Reader::open(self.dir())?;
        match planned(correction, &reason.into(), &reader, now)? {
            (Planned::Done(tx, message), others) => Ok((Corrected::done(tx, &message, others), Vec::new())),
            (Planned::Record(recordable, message), others) => {
                let mut simulation = Simulation::of(Some(&reader), now)?;
                simulation.record(|recorded_at| recordable.batch(recorded_at));
                let tx = TxId(simulation.last.0);
                Ok((Corrected::new(tx, &message, others), simulation.affected()))
            }
        }
    }
}
