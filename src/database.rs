//! The database: where readers of documents, the store and the query language meet.
//!
//! It opens the store only for as long as one step needs it, so that a long session never keeps another process out.

pub mod audit;
pub mod certificate;
pub mod load;
pub mod reconcile;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::mistake::Mistake;
use crate::query::address::pinned;
use crate::query::ast::Statement;
use crate::query::rows::Row;
use crate::query::{Held, Plan, answer, plan};
use crate::rulebook::Rulebook;
use crate::statement::{Recorded, SourceId, Subject, TxId};
use crate::store::{self, Head, Reader, Verified};
use crate::time::Instant;

/// A database folder, whether it exists yet or not.
#[derive(Clone, Debug)]
pub struct Database {
    dir: PathBuf,
}

impl Database {
    /// The database in a folder. Nothing is opened or created.
    pub fn at(dir: &Path) -> Database {
        Database { dir: dir.to_path_buf() }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Creates an empty database.
    ///
    /// # Errors
    /// There is one already, or the folder cannot be written.
    pub fn init(&self, now: Instant) -> Result<(), Mistake> {
        store::create(&self.dir, now)
    }

    /// The newest transaction and its hash.
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn head(&self) -> Result<Head, Mistake> {
        Ok(Reader::open(&self.dir)?.head())
    }

    /// Recomputes every hash and compares every record of the index with the journal; with a hash noted earlier,
    /// also whether it is still in the chain.
    ///
    /// # Errors
    /// There is no database, or it cannot be read at all.
    pub fn verify(&self, head: Option<crate::statement::Sha256>) -> Result<Verified, Mistake> {
        store::verify(&self.dir, head)
    }

    /// The names of all subjects held, in order; what completion offers.
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn subjects(&self) -> Result<Vec<Subject>, Mistake> {
        Reader::open(&self.dir)?.subjects()
    }

    /// Answers one statement. `now` is the clock reading of this statement. The second part of the answer are notices
    /// of the store, such as that the index was rebuilt.
    ///
    /// # Errors
    /// The statement cannot be planned against what is held; there is no database, or it is damaged.
    pub fn answer(&self, statement: &Statement, now: Instant) -> Result<(Vec<Row>, Vec<String>), Mistake> {
        match self.answer_from(&Reader::open(&self.dir)?, statement, now) {
            // Some damage shows only when a record is read; the journal does not need the index.
            Err(mistake) if mistake.code == "damaged_index" => {
                let reader = Reader::open_by_journal(&self.dir)?;
                let (rows, _) = self.answer_from(&reader, statement, now)?;
                Ok((rows, vec![format!("{}; the journal was read instead", mistake.message)]))
            }
            answered => answered,
        }
    }

    fn answer_from(
        &self,
        reader: &Reader,
        statement: &Statement,
        now: Instant,
    ) -> Result<(Vec<Row>, Vec<String>), Mistake> {
        let (plan, subjects) = planned(reader, statement, now)?;
        let held = held(reader, &plan, &subjects)?;
        Ok((answer(&plan, &held)?, reader.notices().to_vec()))
    }
}

/// The plan of a statement against what is held, and the names of all subjects.
fn planned(reader: &Reader, statement: &Statement, now: Instant) -> Result<(Plan, Vec<Subject>), Mistake> {
    let mut subjects = reader.subjects()?;
    subjects.sort();
    let now = reader.head().recorded_at.map_or(now, |recorded_at| now.max(recorded_at.0));
    let statement = pinned(statement, &|tx| reader.recorded_at(tx))?;
    Ok((plan(&statement, &subjects, now)?, subjects))
}

/// Reads from the store what a plan needs, and no more.
fn held(reader: &Reader, plan: &Plan, subjects: &[Subject]) -> Result<Held, Mistake> {
    let (wanted, whole): (&[Subject], bool) = match (plan.subjects(), plan) {
        (Some(of), _) => (of, false),
        (None, Plan::Findings { of, .. }) if !of.is_empty() => (of, true),
        (None, _) => (subjects, true),
    };
    let explains = matches!(plan, Plan::Explain(_));
    let mut statements: Vec<Recorded> = Vec::new();
    for subject in wanted {
        statements.extend(reader.statements(subject)?);
    }
    let mut held = Held { tx: reader.head().tx.0, sources: reader.sources()?, ..Held::default() };
    let cited: BTreeSet<&SourceId> = statements.iter().map(|recorded| &recorded.id.source).collect();
    for id in held.sources.iter().map(|source| &source.source.id).filter(|id| whole || cited.contains(id)) {
        held.findings.insert(id.clone(), reader.findings(id)?);
    }
    if explains {
        let transactions: BTreeSet<TxId> = statements.iter().map(|recorded| recorded.tx).collect();
        let document = |tx: TxId| Ok((tx, reader.transaction(tx)?));
        held.documents =
            transactions.into_iter().map(document).collect::<Result<BTreeMap<_, _>, Mistake>>()?;
    }
    held.rulebook = Rulebook::new(statements, reader.withdrawals()?, &reader.listings()?);
    Ok(held)
}
