//! The database: where readers of documents, the store and the query language meet.
//!
//! It opens the store only for as long as one step needs it, so that a long session never blocks another process.

pub mod files;
mod retract;
pub mod editions;
pub mod load;
pub mod dry_run;
pub mod reconcile;
pub mod export;
pub mod audit;
pub mod certificate;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Result;
use crate::query::find_source;
use crate::query::rows::Row;
use crate::query::syntax::ast::Statement;
use crate::snapshot::Snapshot;
use crate::statement::{Sha256, SourceId, Subject};
use crate::store::{self, Head, Reader, Stamp, Verified};
use crate::text::Span;
use crate::time::Timestamp;

/// A database folder, whether it exists yet or not. The store is open only while something is read or recorded.
#[derive(Clone, Debug)]
pub struct Database {
    dir: PathBuf,
    /// The newest snapshot, for as long as nothing is recorded; clones of the database share it.
    newest: Arc<Mutex<Option<Snapshot>>>,
}

impl Database {
    /// The database in a folder. Nothing is opened or created.
    pub fn at(dir: &Path) -> Database {
        Database { dir: dir.to_path_buf(), newest: Arc::default() }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What tells whether anything was recorded since it was taken; `None` where there is no database.
    pub fn stamp(&self) -> Option<Stamp> {
        store::stamp(&self.dir)
    }

    /// Creates an empty database.
    ///
    /// # Errors
    /// There is one already, or the folder cannot be written.
    pub fn init(&self, now: Timestamp) -> Result<()> {
        store::create(&self.dir, now)
    }

    /// The newest transaction and its hash.
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn head(&self) -> Result<Head> {
        Ok(Reader::open(&self.dir)?.head())
    }

    /// Recomputes every hash and compares every record of the index with the journal; with a hash noted earlier,
    /// also whether it is still in the chain.
    ///
    /// # Errors
    /// There is no database, or it cannot be read at all.
    pub fn verify(&self, head: Option<Sha256>) -> Result<Verified> {
        store::verify(&self.dir, head)
    }

    /// The source that an id, the first digits of one, or the name of a file means.
    ///
    /// # Errors
    /// No such source is stored, or several; there is no database, or it is damaged.
    pub fn source(&self, id: &str) -> Result<SourceId> {
        Ok(find_source(id, Span::new(0, 0), self.snapshot()?.sources())?.source.id.clone())
    }

    /// The names of all stored subjects, in order; what completion offers.
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn subjects(&self) -> Result<Vec<Subject>> {
        Ok(self.snapshot()?.subjects().to_vec())
    }

    /// The newest snapshot. While nothing is recorded it is one and the same.
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

    /// Answers one statement from the newest snapshot. `now` is the clock reading of this statement. The second part of
    /// the answer is what the store reports, such as that the index was rebuilt.
    ///
    /// # Errors
    /// The statement cannot be planned against what is stored; there is no database, or it is damaged.
    pub fn answer(&self, statement: &Statement, now: Timestamp) -> Result<(Vec<Row>, Vec<String>)> {
        let newest = self.newest().clone().filter(Snapshot::is_current);
        if let Some(snapshot) = newest {
            return Ok((snapshot.answer(statement, now)?, Vec::new()));
        }
        let (snapshot, rows, notices) = Snapshot::take_and_answer(&self.dir, statement, now)?;
        *self.newest() = Some(snapshot);
        Ok((rows, notices))
    }

    fn newest(&self) -> MutexGuard<'_, Option<Snapshot>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
