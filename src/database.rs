//! The database: where readers of documents, the store and the query language meet.
//!
//! It opens the store only for as long as one step needs it, so that a long session never blocks another
//! process.

mod bounded;
mod versions;
mod unpack;
mod shared_file;
mod endings;
pub mod archive;
pub mod files;
pub mod git;
pub mod folder;
mod retract;
pub mod editions;
pub mod load;
mod json;
mod postings;
pub mod ahead;
pub mod reading;
mod group;
mod recording;
pub mod corrections;
pub mod writer;
pub mod simulation;
pub mod dry_run;
pub mod reconcile;
pub mod export;
mod log;
mod recovery;
pub mod replication;
pub mod against;
pub mod witness;
pub mod audit;
pub mod certificate;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{ErrorCode, Result};
use crate::query::find_source;
use crate::query::rows::Row;
use crate::query::syntax::ast::Statement;
use crate::snapshot::Snapshot;
use crate::snapshot::asked::Rows;
use crate::snapshot::records::curves;
use crate::statement::{Sha256, SourceId, Subject};
use crate::store::{self, Head, Migrated, Reader, Stamp, Verified};
use crate::text::Span;
use crate::time::Timestamp;

/// A database in a folder. The store is open only while something is read or recorded, so that a long program
/// blocks no other process. A clone is a handle on the same database.
///
/// ```
/// use tierbook::{Database, LoadOptions};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let database = Database::open_or_create(folder.path().join("rules.db"))?;
/// database.writer()?.load("seed", LoadOptions::default())?;
/// assert_eq!(database.snapshot()?.subjects().len(), 34);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Database {
    dir: PathBuf,
    /// The newest snapshot, for as long as nothing is recorded; clones of the database share it.
    newest: Arc<Mutex<Option<Snapshot>>>,
}

impl Database {
    /// Opens the database in a folder. Creates nothing.
    ///
    /// ```
    /// use tierbook::{Database, ErrorKind};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let folder = tempfile::tempdir()?;
    /// let error = Database::open(folder.path()).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::NotFound);
    ///
    /// Database::create(folder.path())?;
    /// let rules = Database::open(folder.path())?.snapshot()?;
    /// assert_eq!(rules.tx().0, 0); // nothing is recorded yet
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound): there is no database in the folder. Whether it is
    /// damaged shows when it is read.
    pub fn open(dir: impl AsRef<Path>) -> Result<Database> {
        let dir = dir.as_ref();
        store::find(dir)?;
        Ok(Database::at(dir))
    }

    /// Creates an empty database, and its folder where that is missing. It is on the disk when this returns.
    ///
    /// ```
    /// use tierbook::{Database, ErrorCode};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let folder = tempfile::tempdir()?;
    /// let dir = folder.path().join("rules.db");
    /// Database::create(&dir)?;
    /// assert_eq!(Database::create(&dir).unwrap_err().code(), ErrorCode::DatabaseExists);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// There is a database already ([`ErrorCode::DatabaseExists`](crate::ErrorCode::DatabaseExists)); it is
    /// left as it is. Another process is creating it ([`ErrorKind::Locked`](crate::ErrorKind::Locked)), or
    /// the folder cannot be written ([`ErrorKind::Io`](crate::ErrorKind::Io)).
    pub fn create(dir: impl AsRef<Path>) -> Result<Database> {
        store::create(dir.as_ref(), Timestamp::now())?;
        Ok(Database::at(dir.as_ref()))
    }

    /// Opens the database in a folder, or creates an empty one where there is none.
    ///
    /// ```
    /// use tierbook::Database;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let folder = tempfile::tempdir()?;
    /// let first = Database::open_or_create(folder.path())?;
    /// let again = Database::open_or_create(folder.path())?;
    /// assert_eq!(first.head()?, again.head()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`Database::create`], but for a database that is there already.
    pub fn open_or_create(dir: impl AsRef<Path>) -> Result<Database> {
        match Database::create(dir.as_ref()) {
            Err(error) if error.code() == ErrorCode::DatabaseExists => Ok(Database::at(dir.as_ref())),
            created => created,
        }
    }

    /// The database in a folder, whether there is one yet or not: the first document that is loaded creates
    /// it. Opens and creates nothing.
    ///
    /// ```
    /// use tierbook::{Database, ErrorKind, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// let database = Database::at(&folder.path().join("rules.db"));
    /// assert_eq!(database.snapshot().unwrap_err().kind(), ErrorKind::NotFound);
    /// database.writer()?.load("seed/binance-2026-02-03.txt", LoadOptions::default())?;
    /// assert_eq!(database.head()?.tx.0, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at(dir: &Path) -> Database {
        Database { dir: dir.to_path_buf(), newest: Arc::default() }
    }

    /// The folder.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert_eq!(database.dir(), folder.path());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What tells whether anything was recorded since it was taken; `None` where there is no database.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let before = database.stamp();
    /// database.writer()?.retract("ee2413a8367c", "an example")?;
    /// assert_ne!(database.stamp(), before); // whatever was computed before may have changed
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stamp(&self) -> Option<Stamp> {
        store::stamp(&self.dir)
    }

    /// The newest transaction and its hash.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let head = database.head()?; // note it elsewhere: `verify` finds it in the chain of hashes
    /// assert_eq!(head.tx.0, 1);
    /// assert!(database.verify(Some(head.hash))?.problems.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn head(&self) -> Result<Head> {
        Ok(Reader::open(&self.dir)?.head())
    }

    /// The file of the journal: a copy of it is a backup, and what an auditor needs.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// let database = tierbook::Database::create(folder.path())?;
    /// assert!(database.journal().is_file());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn journal(&self) -> PathBuf {
        store::journal_file(&self.dir)
    }

    /// Recomputes every hash and compares every record of the index with the journal; with a hash noted
    /// earlier, also whether it is still in the chain.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert!(database.verify(None)?.problems.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, or it cannot be read at all.
    pub fn verify(&self, head: Option<Sha256>) -> Result<Verified> {
        store::verify(&self.dir, head, curves)
    }

    /// Whether the journal has a format that [`Database::migrate`] makes smaller.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// let database = tierbook::Database::create(folder.path())?;
    /// assert!(!database.can_migrate()); // it was made by this version
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn can_migrate(&self) -> bool {
        store::has_former_format(&self.dir)
    }

    /// Writes the journal of an older version anew, in the format of this one. Nothing else does that. The old
    /// file is kept under another name; heads and certificates of before stay valid. A crash at any moment
    /// leaves the old journal or the new one in force, and calling this again finishes. `None`: the journal
    /// has the newest format already.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// let database = tierbook::Database::create(folder.path())?;
    /// assert_eq!(database.migrate()?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, another process writes, its journal is broken, or the disk refuses; the database
    /// is as it was then.
    pub fn migrate(&self) -> Result<Option<Migrated>> {
        let migrated = store::migrate(&self.dir)?;
        if migrated.is_some() {
            // It makes the index and the image again; where that fails now, the next one does.
            let _ = store::Writer::open(&self.dir, curves);
        }
        Ok(migrated)
    }

    /// The source that an id, the first digits of one, or the name of a file means.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// assert_eq!(database.source("ee24")?.as_str(), "ee2413a8367c");
    /// assert_eq!(database.source("binance-2026-02-03.txt")?.as_str(), "ee2413a8367c");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// No such source is stored, or several; there is no database, or it is damaged.
    pub fn source(&self, id: &str) -> Result<SourceId> {
        Ok(find_source(id, Span::new(0, 0), self.snapshot()?.sources()?)?.source.id)
    }

    /// The names of all stored subjects, in order; what completion offers.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert!(database.subjects()?.len() > 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn subjects(&self) -> Result<Vec<Subject>> {
        Ok(self.snapshot()?.subjects().to_vec())
    }

    /// The newest snapshot. While nothing is recorded it is one and the same.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let before = database.snapshot()?;
    /// database.writer()?.retract("ee2413a8367c", "an example")?;
    /// let after = database.snapshot()?;
    /// assert_eq!((before.tx().0, after.tx().0), (1, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn snapshot(&self) -> Result<Snapshot> {
        let mut newest = self.newest();
        if let Some(snapshot) = newest.as_ref().filter(|snapshot| snapshot.is_current()) {
            return Ok(snapshot.clone());
        }
        let (snapshot, _) = Snapshot::take(&self.dir)?;
        *newest = Some(snapshot.clone());
        Ok(snapshot)
    }

    /// Answers one statement from the newest snapshot. `now` is the clock reading of this statement. The
    /// second part of the answer is what the store reports, such as that the index was rebuilt.
    ///
    /// ```
    /// use tierbook::{Timestamp, language::parse};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let statement = parse("mmr of ACTUSDT at 1k, 60k as of 2026-02-07")?.remove(0);
    /// let (rows, notices) = database.answer(&statement, Timestamp::now())?;
    /// assert_eq!((rows.len(), notices.len()), (2, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The statement cannot be planned against what is stored; there is no database, or it is damaged.
    pub fn answer(&self, statement: &Statement, now: Timestamp) -> Result<(Vec<Row>, Vec<String>)> {
        let (rows, notices) = self.rows_of(statement, now)?;
        Ok((rows.collect(), notices))
    }

    /// As [`Database::answer`], row by row: each is made when it is asked for.
    ///
    /// ```
    /// use tierbook::{Timestamp, language::parse};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let statement = parse("changes since 2026-02-06T06:30Z")?.remove(0);
    /// let (rows, _) = database.rows_of(&statement, Timestamp::now())?;
    /// assert_eq!(rows.count(), 9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Database::answer`], before the first row.
    pub fn rows_of(&self, statement: &Statement, now: Timestamp) -> Result<(Rows, Vec<String>)> {
        let newest = self.newest().clone().filter(Snapshot::is_current);
        if let Some(snapshot) = newest {
            return snapshot.rows_with_notices(statement, now);
        }
        let (snapshot, rows, notices) = Snapshot::take_and_answer(&self.dir, statement, now)?;
        *self.newest() = Some(snapshot);
        Ok((rows, notices))
    }

    fn newest(&self) -> MutexGuard<'_, Option<Snapshot>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
