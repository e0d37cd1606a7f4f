//! A snapshot: the database as it was at one transaction, for any number of questions from any number of threads.

pub mod read;
pub mod statement_set;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, ErrorCode, Result};
use crate::query::plan::transactions::pinned;
use crate::query::rows::Row;
use crate::query::syntax::ast::Statement;
use crate::query::{Plan, StoredRules, answer, parse, plan};
use crate::statement::{RecordedSource, Subject, TxId};
use crate::store::{self, Head, Reader, Stamp};
use crate::time::{RecordedTime, Timestamp};
use read::{Wanted, not_before, reading};

/// The database as it was at one transaction.
///
/// It never changes: what is recorded later has no effect on it. A clone is a reference to the same snapshot, and any
/// number of threads may ask one at the same time. Between questions no file of the database is open and no lock is
/// taken, so that it may be kept as long as you like.
#[derive(Clone)]
pub struct Snapshot {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    stamp: Option<Stamp>,
    head: Head,
    subjects: Vec<Subject>,
    sources: Vec<RecordedSource>,
    loaded: Mutex<Loaded>,
}

/// How much of the database is in memory. A single question reads what it needs; a second one that needs something else
/// reads everything, so that no more than two questions wait for the store.
enum Loaded {
    Nothing,
    /// The rules of some subjects, with the findings of the sources that state them.
    Some(Arc<StoredRules>),
    /// The rules of all subjects, with the findings of all sources.
    Everything(Arc<StoredRules>),
}

impl Snapshot {
    /// The snapshot of the database in `dir` at its newest transaction, and what the store reports.
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub(crate) fn take(dir: &Path) -> Result<(Snapshot, Vec<String>)> {
        let stamp = store::stamp(dir);
        reading(dir, |reader| Snapshot::of(reader, dir, stamp))
    }

    /// The snapshot of the database in `dir` together with the answer to a first statement, for which the store is
    /// opened only once; and what the store reports.
    ///
    /// # Errors
    /// There is no database, it is damaged, or the statement cannot be answered.
    pub(crate) fn take_and_answer(
        dir: &Path,
        statement: &Statement,
        now: Timestamp,
    ) -> Result<(Snapshot, Vec<Row>, Vec<String>)> {
        let stamp = store::stamp(dir);
        let ((snapshot, rows), notices) = reading(dir, |reader| {
            let snapshot = Snapshot::of(reader, dir, stamp)?;
            let plan = snapshot.plan(statement, now)?;
            let rules = snapshot.read(reader, Wanted::of(&plan, snapshot.subjects()))?;
            Ok((snapshot, answer(&plan, &rules)?))
        })?;
        Ok((snapshot, rows, notices))
    }

    /// `stamp` is older than what is read: what is recorded meanwhile makes the snapshot stale.
    fn of(reader: &Reader, dir: &Path, stamp: Option<Stamp>) -> Result<Snapshot> {
        let head = reader.head();
        let (subjects, sources) = (read::subjects(reader)?, read::sources(reader, head)?);
        let (dir, loaded) = (dir.to_path_buf(), Mutex::new(Loaded::Nothing));
        Ok(Snapshot { inner: Arc::new(Inner { dir, stamp, head, subjects, sources, loaded }) })
    }

    /// Whether nothing was recorded since the snapshot was taken.
    pub(crate) fn is_current(&self) -> bool {
        self.inner.stamp.is_some() && self.inner.stamp == store::stamp(&self.inner.dir)
    }

    /// The newest transaction of the snapshot.
    pub fn head(&self) -> Head {
        self.inner.head
    }

    /// The number of that transaction; 0 where nothing is recorded.
    pub fn tx(&self) -> TxId {
        self.inner.head.tx
    }

    /// Every contract and asset that a statement is about, in order.
    pub fn subjects(&self) -> &[Subject] {
        &self.inner.subjects
    }

    /// Every recorded source, in the order of recording.
    pub fn sources(&self) -> &[RecordedSource] {
        &self.inner.sources
    }

    /// Answers the statements of a text, in order.
    ///
    /// # Errors
    /// A statement cannot be read or planned; its span is a place in `text`. Or the database is damaged. Nothing is changed.
    pub fn query(&self, text: &str) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for statement in parse(text)? {
            rows.extend(self.answer(&statement, Timestamp::now())?);
        }
        Ok(rows)
    }

    /// Answers one statement that was read. `now` is what an omitted `as of` and relative times mean.
    ///
    /// # Errors
    /// As for [`Snapshot::query`].
    pub fn answer(&self, statement: &Statement, now: Timestamp) -> Result<Vec<Row>> {
        let plan = self.plan(statement, now)?;
        answer(&plan, &*self.rules(Wanted::of(&plan, self.subjects()))?)
    }

    fn plan(&self, statement: &Statement, now: Timestamp) -> Result<Plan> {
        let statement = pinned(statement, &|tx| self.recorded_at(tx))?;
        plan(&statement, self.subjects(), not_before(now, self.head().recorded_at))
    }

    /// When a transaction was recorded: each recorded one source.
    fn recorded_at(&self, tx: TxId) -> Result<RecordedTime> {
        if tx.0 == 0 {
            return Ok(RecordedTime(Timestamp::FIRST));
        }
        let recorded = self.sources().iter().find(|source| source.tx == tx);
        recorded.map(|source| source.recorded_at).ok_or_else(|| store::unknown_transaction(tx, self.tx()))
    }

    /// The rules that are wanted, from memory where they are there, else from the store.
    pub(crate) fn rules(&self, wanted: Wanted) -> Result<Arc<StoredRules>> {
        if let (Some(rules), false) = (self.loaded().rules(wanted), wanted.documents) {
            return Ok(rules);
        }
        Ok(reading(&self.inner.dir, |reader| self.read(reader, wanted))?.0)
    }

    /// Reads what is wanted, and keeps it for the next question.
    fn read(&self, reader: &Reader, wanted: Wanted) -> Result<Arc<StoredRules>> {
        self.check_same_database(reader)?;
        if wanted.documents {
            return Ok(Arc::new(read::rules(reader, wanted, self.head())?));
        }
        // Other threads wait here, so that nothing is read twice.
        let mut loaded = self.loaded();
        if let Some(rules) = loaded.rules(wanted) {
            return Ok(rules);
        }
        let everything = Wanted { subjects: self.subjects(), all_findings: true, documents: false };
        let first = matches!(*loaded, Loaded::Nothing) && wanted.subjects.len() < self.subjects().len();
        if first && !wanted.all_findings {
            let rules = Arc::new(read::rules(reader, wanted, self.head())?);
            *loaded = Loaded::Some(rules.clone());
            return Ok(rules);
        }
        let rules = Arc::new(read::rules(reader, everything, self.head())?);
        *loaded = Loaded::Everything(rules.clone());
        Ok(rules)
    }

    fn loaded(&self) -> MutexGuard<'_, Loaded> {
        self.inner.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses a database that does not contain the transaction of this snapshot.
    fn check_same_database(&self, reader: &Reader) -> Result<()> {
        let Head { tx, recorded_at, .. } = self.head();
        let is_same = tx.0 == 0 || (reader.head().tx >= tx && Some(reader.recorded_at(tx)?) == recorded_at);
        if is_same {
            return Ok(());
        }
        let message = format!("the database in {} is not the one of this snapshot", self.inner.dir.display());
        Err(Error::new(ErrorCode::ForeignJournal, message).hint("take a new snapshot"))
    }
}

impl Loaded {
    /// The rules in memory, where they contain all that is wanted.
    fn rules(&self, wanted: Wanted) -> Option<Arc<StoredRules>> {
        match self {
            Loaded::Everything(rules) => Some(rules.clone()),
            Loaded::Some(rules) if !wanted.all_findings => {
                let is_loaded = |subject| rules.rulebook.timeline(subject).is_some();
                wanted.subjects.iter().all(is_loaded).then(|| rules.clone())
            }
            _ => None,
        }
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Snapshot").field("dir", &self.inner.dir).field("tx", &self.tx()).finish()
    }
}
