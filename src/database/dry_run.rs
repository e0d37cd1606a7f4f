//! Dry runs: what recording documents would change, shown before anything is written.

use std::collections::BTreeSet;

use crate::database::Database;
use crate::database::files::LoadInput;
use crate::database::load::{FileOutcome, FileReport, LoadOptions, Prepared, prepared};
use crate::error::Error;
use crate::query::eval::affected::affected_rows;
use crate::query::rows::Row;
use crate::rulebook::{Records, Rulebook};
use crate::snapshot::records::records;
use crate::statement::{
    Batch, Recorded, RecordedCompleteSnapshot, RecordedRetraction, SourceId, StatementId, Subject, TxId,
};
use crate::store::{self, Reader};
use crate::time::{RecordedTime, TimeSpan, Timestamp};

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
    /// use tierbook::{Reason, Timestamp};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path())?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// let retraction = database.retraction("ee2413a8367c.55", &Reason::from("an example"))?;
    /// let dry_run = database.dry_run(&[retraction], &Default::default(), Timestamp::now())?;
    /// assert_eq!(dry_run.rows.len(), 1); // one period of one contract would have another answer
    /// assert_eq!(database.head()?.tx.0, 1); // nothing is recorded
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The database is locked or damaged. What is wrong with a document is in its report.
    pub fn dry_run(
        &self,
        documents: &[LoadInput],
        options: &LoadOptions,
        now: Timestamp,
    ) -> Result<DryRun, Error> {
        let reader = if store::exists(self.dir()) { Some(Reader::open(self.dir())?) } else { None };
        let (mut statements, last, now) = everything(reader.as_ref(), now)?;
        let sources = reader.as_ref().map_or(Ok(Vec::new()), Reader::sources)?;
        let before = statements.clone();
        let (mut reports, mut affected) = (Vec::new(), BTreeSet::new());
        for (place, document) in documents.iter().enumerate() {
            let outcome = match prepared(document, options, &sources, reader.as_ref())? {
                Prepared::Recordable(summary, draft) => {
                    let recorded_at = RecordedTime(now.plus(TimeSpan::from_micros(place as i64 + 1)));
                    let tx = TxId(last.0 + place as u64 + 1);
                    add(&mut statements, draft.batch(recorded_at), recorded_at, tx, &mut affected);
                    FileOutcome::Readable(summary)
                }
                Prepared::Not(outcome) => outcome,
            };
            reports.push(FileReport { path: document.path(), outcome });
        }
        let (before, after) = (Rulebook::new(before), Rulebook::new(statements));
        Ok(DryRun { reports, rows: affected_rows(&before, &after, &affected) })
    }
}

/// Everything stored, the last transaction, and the clock, but not before what was recorded last.
fn everything(reader: Option<&Reader>, now: Timestamp) -> Result<(Records, TxId, Timestamp), Error> {
    let Some(reader) = reader else { return Ok((Records::default(), TxId(0), now)) };
    let head = reader.head();
    let now = head.recorded_at.map_or(now, |recorded_at| now.max(recorded_at.0));
    Ok((records(&reader.subjects()?, reader)?, head.tx, now))
}

/// Adds what a batch states, and notes the subjects whose answers may change.
fn add(
    all: &mut Records,
    batch: Batch,
    recorded_at: RecordedTime,
    tx: TxId,
    affected: &mut BTreeSet<Subject>,
) {
    let (source, published_at) = (batch.source.id, batch.source.published_at);
    for (place, statement) in batch.statements.into_iter().enumerate() {
        affected.insert(statement.subject.clone());
        let id = StatementId { source: source.clone(), ordinal: place as u32 + 1 };
        all.statements.push(Recorded { id, statement, published_at, recorded_at, tx });
    }
    for retraction in batch.retractions {
        let by = source.clone();
        all.retractions.push(RecordedRetraction { by, retraction, published_at, recorded_at, tx });
    }
    for snapshot in batch.complete_snapshots {
        let concerned =
            |subject: &Subject| subject.venue() == snapshot.venue && subject.program() == snapshot.program;
        let subjects = all.statements.iter().map(|recorded| recorded.statement.subject.clone());
        affected.extend(subjects.filter(concerned));
        let source = source.clone();
        all.complete.push(RecordedCompleteSnapshot { source, snapshot, published_at, recorded_at, tx });
    }
    add_retracted(all, &source, affected);
}

/// Notes the subjects of everything that a source retracts, and of what those sources had retracted.
fn add_retracted(all: &Records, source: &SourceId, affected: &mut BTreeSet<Subject>) {
    let mut sources: BTreeSet<&SourceId> = BTreeSet::from([source]);
    loop {
        let known = sources.len();
        let retracted: Vec<&SourceId> = all
            .retractions
            .iter()
            .filter(|retraction| sources.contains(&retraction.by))
            .map(|retraction| &retraction.retraction.source)
            .collect();
        sources.extend(retracted);
        if sources.len() == known {
            break;
        }
    }
    let concerned = all.statements.iter().filter(|recorded| sources.contains(&recorded.id.source));
    affected.extend(concerned.map(|recorded| recorded.statement.subject.clone()));
}
