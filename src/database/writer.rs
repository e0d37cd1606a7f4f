//! Recording: documents to load, and corrections of what was loaded.

use crate::database::Database;
use crate::database::corrections::planned::{Planned, planned};
use crate::database::corrections::{Corrected, Correction, Reason};
use crate::database::files::LoadInput;
use crate::database::folder::files_of;
use crate::database::load::{FileOutcome, FileReport, LoadOptions};
use crate::error::Result;
use crate::statement::TxId;
use crate::store;
use crate::time::Timestamp;

/// Records documents and corrections; [`Database::writer`] gives it.
///
/// Each document is one transaction: it is on the disk as a whole or not at all, and it survives a power cut
/// once the method returns. The writer's lock of the database is taken with the first document that is new,
/// and kept until the writer is dropped. Snapshots that were taken before are not affected.
///
/// ```
/// use tierbook::{Database, LoadOptions};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let database = Database::create(folder.path().join("rules.db"))?;
/// let report = database.writer()?.load("seed/binance-2026-02-03.txt", LoadOptions::default())?;
/// assert_eq!(report.loaded(), 1);
/// # Ok(())
/// # }
/// ```
pub struct Writer {
    pub(super) database: Database,
    /// Opened with the first document that is recorded.
    pub(super) store: Option<store::Writer>,
}

/// What loading did.
///
/// ```
/// use tierbook::{LoadOptions, LoadReport};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// let LoadReport { files, notices } = database.writer()?.load("seed", LoadOptions::default())?;
/// assert!(files[0].path.ends_with("binance-2026-02-03.txt"));
/// assert!(notices.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct LoadReport {
    /// What became of each file, in the order of loading.
    pub files: Vec<FileReport>,
    /// What the store reports, such as that the index was rebuilt.
    pub notices: Vec<String>,
}

impl Database {
    /// What records documents and corrections.
    ///
    /// ```
    /// use tierbook::LoadOptions;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let mut writer = database.writer()?; // one writer for many documents
    /// writer.load("seed", LoadOptions::default())?;
    /// writer.retract("ee2413a8367c", "an example")?;
    /// assert_eq!(database.head()?.tx.0, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The database is a replica ([`ErrorCode::Replica`](crate::ErrorCode::Replica)). Another process that writes is found
    /// when the first document is recorded.
    pub fn writer(&self) -> Result<Writer> {
        store::refuse_replica(&self.dir)?;
        Ok(Writer::new(self))
    }
}

impl LoadReport {
    /// How many files were recorded.
    ///
    /// ```
    /// use tierbook::LoadOptions;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let again = database.writer()?.load("seed", LoadOptions::default())?;
    /// assert_eq!((again.files.len(), again.loaded()), (1, 0)); // it is recorded already
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn loaded(&self) -> usize {
        self.files.iter().filter(|file| matches!(file.outcome, FileOutcome::Loaded(..))).count()
    }

    /// The report, or the error of the first file that was refused or could not be read.
    ///
    /// ```
    /// use tierbook::{ErrorCode, LoadInput, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let empty = LoadInput::bytes("empty.txt", "");
    /// let report = database.writer()?.load(empty, LoadOptions::default())?;
    /// let error = report.into_result().unwrap_err();
    /// assert_eq!(error.code(), ErrorCode::DocumentEmpty);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// That of the file. The other files are recorded all the same.
    pub fn into_result(self) -> Result<LoadReport> {
        let error = self.files.iter().find_map(|file| file.outcome.error().cloned());
        error.map_or(Ok(self), Err)
    }
}

impl Writer {
    pub(super) fn new(database: &Database) -> Writer {
        Writer { database: database.clone(), store: None }
    }

    /// Loads a document: a file, a folder of files, or bytes. A bad file stops no other: what became of each
    /// is in the report.
    ///
    /// ```
    /// use tierbook::{FileOutcome, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// // The same bytes are recorded once.
    /// let report = database.writer()?.load("seed/binance-2026-02-03.txt", LoadOptions::default())?;
    /// assert!(matches!(report.files[0].outcome, FileOutcome::AlreadyLoaded(..)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The path cannot be read ([`ErrorKind::Input`](crate::ErrorKind::Input)), another process writes
    /// ([`ErrorKind::Locked`](crate::ErrorKind::Locked)), the database is damaged
    /// ([`ErrorKind::Damaged`](crate::ErrorKind::Damaged)) or the disk refuses
    /// ([`ErrorKind::Io`](crate::ErrorKind::Io)). Files that were recorded before stay recorded.
    pub fn load(&mut self, input: impl Into<LoadInput>, options: LoadOptions) -> Result<LoadReport> {
        let inputs = match input.into() {
            LoadInput::File(path) => {
                let files = files_of(&path)?.into_iter().map(|file| LoadInput::File(file).documents());
                files.collect::<Result<Vec<_>>>()?.concat()
            }
            other => vec![other],
        };
        let mut files = Vec::new();
        self.load_each(&inputs, &options, &mut |report| files.push(report))?;
        Ok(LoadReport { files, notices: self.notices() })
    }

    /// Loads a document in place of an older one, of which it is a newer edition: what the older one states
    /// does not count any more, from the publication of the newer one on. `older` is the id of a source, the
    /// first digits of it, or the name of its file.
    ///
    /// ```
    /// use tierbook::{LoadInput, LoadOptions, Row};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("LTC85%80%", "LTC85%75%");
    /// let newer = LoadInput::bytes("newer.txt", text);
    /// database.writer()?.supersede("ee24", newer, LoadOptions::default())?.into_result()?;
    /// let rows = database.snapshot()?.query("ratio of LTC as of 2026-02-07")?;
    /// let Some(Row::Measure(row)) = rows.first() else { panic!() };
    /// assert_eq!(row.value, Some("0.75".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Writer::load`]; or there is no source `older`, or several. Nothing is recorded then.
    pub fn supersede(
        &mut self,
        older: &str,
        newer: impl Into<LoadInput>,
        options: LoadOptions,
    ) -> Result<LoadReport> {
        let revises = Some(self.database.source(older)?);
        self.load(newer, LoadOptions { revises, ..options })
    }

    /// Retracts a source, or one statement of it (`ee2413a8367c.55`): it does not count any more, from now
    /// on. Nothing is deleted: a question with `known_at` or `recorded_by` before still sees it.
    ///
    /// ```
    /// use tierbook::{At, Decimal, Status};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let before = database.snapshot()?;
    /// database.writer()?.retract("ee2413a8367c.55", "the exchange cancelled it")?;
    ///
    /// let at = At::valid("2026-02-06T08:00Z".parse()?);
    /// let mmr = |rules: tierbook::Snapshot| -> tierbook::Result<_> {
    ///     Ok(rules.contract("ACTUSDT")?.mmr(Decimal::from(60_000), at).value().copied())
    /// };
    /// assert_eq!(mmr(before)?, Some("0.1".parse()?));
    /// assert_eq!(mmr(database.snapshot()?)?, Some("0.125".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Writer::load`]; or no such source or statement is stored. Nothing is recorded then.
    pub fn retract(&mut self, what: &str, reason: impl Into<Reason>) -> Result<TxId> {
        let correction = Correction::Retract { what: what.to_string() };
        Ok(self.correct(&correction, reason)?.tx)
    }

    /// Moves an announced change to another time: the statement is retracted and its rule comes into force at
    /// `to`.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let later = "2026-02-10T06:30Z".parse()?;
    /// database.writer()?.reschedule("ee2413a8367c.55", later, "postponed by the exchange")?;
    /// let history = database.snapshot()?.contract("ACTUSDT")?.history();
    /// assert_eq!(history[1].from.to_string(), "2026-02-10T06:30:00Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Writer::load`]; or no such statement is stored, it is no change, or it is retracted already.
    /// Nothing is recorded then.
    pub fn reschedule(&mut self, what: &str, to: Timestamp, reason: impl Into<Reason>) -> Result<TxId> {
        let correction = Correction::Reschedule { what: what.to_string(), to };
        Ok(self.correct(&correction, reason)?.tx)
    }

    /// Records a correction, unless it was done already. [`Database::dry_run_of`] shows what it would change.
    ///
    /// ```
    /// use tierbook::Correction;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let mistake = Correction::Unload { source: "ee24".to_string(), tx: None };
    /// let mut writer = database.writer()?;
    /// assert!(writer.correct(&mistake, "loaded by mistake")?.is_new);
    /// assert!(!writer.correct(&mistake, "again")?.is_new);
    /// writer.correct(&Correction::Undo { tx: None }, "it was no mistake")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Nothing of that name is stored (`unknown_source`, `not_stored`), it cannot be corrected so
    /// (`named_later`, `withdrawn_already`, `not_a_change`), or the database is locked or damaged. Nothing is
    /// recorded then.
    pub fn correct(&mut self, correction: &Correction, reason: impl Into<Reason>) -> Result<Corrected> {
        store::find(self.database.dir())?;
        let now = Timestamp::now();
        let writer = self.opened()?;
        match planned(correction, &reason.into(), writer.reader(), now)? {
            (Planned::Done(tx, message), others) => Ok(Corrected::done(tx, &message, others)),
            (Planned::Record(recordable, message), others) => {
                let head = writer.commit(now, |recorded_at| recordable.batch(recorded_at))?;
                Ok(Corrected::new(head.tx, &message, others))
            }
        }
    }
}
