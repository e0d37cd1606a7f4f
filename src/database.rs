//! The database: where readers of documents, the store and the query language meet.
//!
//! It opens the store only for as long as one step needs it, so that a long session never keeps another process out.

pub mod files;
mod statement_set;
mod retract;
pub mod editions;
pub mod load;
pub mod dry_run;
pub mod reconcile;
pub mod export;
pub mod audit;
pub mod certificate;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::database::statement_set::StatementSet;
use crate::error::{Error, ErrorCode};
use crate::query::address::pinned;
use crate::query::ast::Statement;
use crate::query::rows::Row;
use crate::query::{Plan, StoredRules, answer, find_source, plan};
use crate::statement::{SourceId, Subject, TxId};
use crate::store::{self, Head, Reader, Stamp, Verified};
use crate::text::Span;
use crate::time::{RecordedTime, Timestamp};

/// A database folder, whether it exists yet or not.
///
/// What was read of the whole database is kept for the next question, as long as nothing is recorded meanwhile.
#[derive(Clone, Debug)]
pub struct Database {
    dir: PathBuf,
    kept: RefCell<Option<Rc<Kept>>>,
}

/// Everything that is held, as it was when the journal bore the stamp.
#[derive(Debug)]
struct Kept {
    stamp: Stamp,
    recorded_at: Option<RecordedTime>,
    subjects: Vec<Subject>,
    held: StoredRules,
}

impl Database {
    /// The database in a folder. Nothing is opened or created.
    pub fn at(dir: &Path) -> Database {
        Database { dir: dir.to_path_buf(), kept: RefCell::default() }
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
    pub fn init(&self, now: Timestamp) -> Result<(), Error> {
        store::create(&self.dir, now)
    }

    /// The newest transaction and its hash.
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn head(&self) -> Result<Head, Error> {
        Ok(Reader::open(&self.dir)?.head())
    }

    /// Recomputes every hash and compares every record of the index with the journal; with a hash noted earlier,
    /// also whether it is still in the chain.
    ///
    /// # Errors
    /// There is no database, or it cannot be read at all.
    pub fn verify(&self, head: Option<crate::statement::Sha256>) -> Result<Verified, Error> {
        store::verify(&self.dir, head)
    }

    /// The source that an id, the first digits of one, or the name of a file means.
    ///
    /// # Errors
    /// No such source is held, or several; there is no database, or it is damaged.
    pub fn source(&self, id: &str) -> Result<SourceId, Error> {
        let sources = Reader::open(&self.dir)?.sources()?;
        Ok(find_source(id, Span::new(0, 0), &sources)?.source.id.clone())
    }

    /// The names of all subjects held, in order; what completion offers.
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn subjects(&self) -> Result<Vec<Subject>, Error> {
        match self.kept() {
            Some(kept) => Ok(kept.subjects.clone()),
            None => Reader::open(&self.dir)?.subjects(),
        }
    }

    /// Answers one statement. `now` is the clock reading of this statement. The second part of the answer are notices
    /// of the store, such as that the index was rebuilt.
    ///
    /// # Errors
    /// The statement cannot be planned against what is held; there is no database, or it is damaged.
    pub fn answer(&self, statement: &Statement, now: Timestamp) -> Result<(Vec<Row>, Vec<String>), Error> {
        if let Some(kept) = self.kept() {
            let statement = pinned(statement, &|tx| kept.recorded_at(tx))?;
            let plan = plan(&statement, &kept.subjects, after(now, kept.recorded_at))?;
            if !matches!(plan, Plan::Explain(_)) {
                return Ok((answer(&plan, &kept.held)?, Vec::new()));
            }
        }
        // Taken before anything is read: what is recorded meanwhile makes what is kept stale.
        let stamp = store::stamp(&self.dir);
        match self.answer_from(&Reader::open(&self.dir)?, stamp, statement, now) {
            // Some damage shows only when a record is read; the journal does not need the index.
            Err(error) if error.code() == ErrorCode::DamagedIndex => {
                let reader = Reader::open_by_journal(&self.dir)?;
                let (rows, _) = self.answer_from(&reader, None, statement, now)?;
                Ok((rows, vec![format!("{}; the journal was read instead", error.message)]))
            }
            answered => answered,
        }
    }

    /// What was kept, unless something was recorded since.
    fn kept(&self) -> Option<Rc<Kept>> {
        let kept = self.kept.borrow().clone()?;
        (store::stamp(&self.dir) == Some(kept.stamp)).then_some(kept)
    }

    fn answer_from(
        &self,
        reader: &Reader,
        stamp: Option<Stamp>,
        statement: &Statement,
        now: Timestamp,
    ) -> Result<(Vec<Row>, Vec<String>), Error> {
        let recorded_at = reader.head().recorded_at;
        let (plan, subjects) = planned(reader, statement, now)?;
        let held = held(reader, &plan, &subjects)?;
        let rows = answer(&plan, &held)?;
        let all = held.rulebook.timelines().count() == subjects.len();
        if let (true, Some(stamp), false) = (all, stamp, matches!(plan, Plan::Explain(_))) {
            let held = with_findings(held, reader)?;
            *self.kept.borrow_mut() = Some(Rc::new(Kept { stamp, recorded_at, subjects, held }));
        }
        Ok((rows, reader.notices().to_vec()))
    }
}

impl Kept {
    /// As [`Reader::recorded_at`]: each transaction recorded one source.
    fn recorded_at(&self, tx: TxId) -> Result<RecordedTime, Error> {
        if tx.0 == 0 {
            return Ok(RecordedTime(Timestamp::FIRST));
        }
        let recorded = self.held.sources.iter().find(|source| source.tx == tx);
        recorded
            .map(|source| source.recorded_at)
            .ok_or_else(|| store::unknown_transaction(tx, TxId(self.held.tx)))
    }
}

/// The plan of a statement against what is held, and the names of all subjects.
fn planned(reader: &Reader, statement: &Statement, now: Timestamp) -> Result<(Plan, Vec<Subject>), Error> {
    let mut subjects = reader.subjects()?;
    subjects.sort();
    let statement = pinned(statement, &|tx| reader.recorded_at(tx))?;
    Ok((plan(&statement, &subjects, after(now, reader.head().recorded_at))?, subjects))
}

/// The clock, but never before what was recorded last.
fn after(now: Timestamp, recorded_at: Option<RecordedTime>) -> Timestamp {
    recorded_at.map_or(now, |recorded_at| now.max(recorded_at.0))
}

/// What is held with the findings of every source, so that it can answer any question.
fn with_findings(mut held: StoredRules, reader: &Reader) -> Result<StoredRules, Error> {
    for source in &held.sources {
        let id = &source.source.id;
        if !held.findings.contains_key(id) {
            held.findings.insert(id.clone(), reader.findings(id)?);
        }
    }
    Ok(held)
}

/// Reads from the store what a plan needs, and no more.
fn held(reader: &Reader, plan: &Plan, subjects: &[Subject]) -> Result<StoredRules, Error> {
    let (wanted, whole): (&[Subject], bool) = match (plan.subjects(), plan) {
        (Some(of), _) => (of, false),
        (None, Plan::Findings { of, .. }) if !of.is_empty() => (of, true),
        (None, _) => (subjects, true),
    };
    let explains = matches!(plan, Plan::Explain(_));
    let said = StatementSet::of(wanted, reader)?;
    let mut held =
        StoredRules { tx: reader.head().tx.0, sources: reader.sources()?, ..StoredRules::default() };
    let cited: BTreeSet<&SourceId> = said.statements.iter().map(|recorded| &recorded.id.source).collect();
    for id in held.sources.iter().map(|source| &source.source.id).filter(|id| whole || cited.contains(id)) {
        held.findings.insert(id.clone(), reader.findings(id)?);
    }
    if explains {
        let transactions: BTreeSet<TxId> = said.statements.iter().map(|recorded| recorded.tx).collect();
        let document = |tx: TxId| Ok((tx, reader.transaction(tx)?));
        held.documents = transactions.into_iter().map(document).collect::<Result<BTreeMap<_, _>, Error>>()?;
    }
    held.rulebook = said.rulebook();
    Ok(held)
}
