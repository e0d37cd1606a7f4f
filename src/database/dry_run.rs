//! Dry runs: what recording documents would change, shown before anything is written.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::convert::Infallible;

use crate::database::Database;
use crate::database::ahead::{Next, in_order};
use crate::database::corrections::planned::{Planned, planned};
use crate::database::corrections::{Corrected, Correction, Reason};
use crate::database::files::LoadInput;
use crate::database::load::{FileOutcome, FileReport, LoadOptions};
use crate::database::reading::{DocumentReader, Prepared, book, prepared};
use crate::error::Error;
use crate::query::eval::affected::affected_rows;
use crate::query::rows::Row;
use crate::rulebook::{Records, Rulebook};
use crate::snapshot::records::records;
use crate::statement::{
    Batch, CompleteSnapshot, Recorded, RecordedCompleteSnapshot, RecordedRetraction, RecordedSource,
    RetractionKind, SourceId, StatementId, Subject, TxId,
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
        let reader = if store::exists(self.dir()) { Some(Reader::open(self.dir())?) } else { None };
        let mut simulation = Simulation::of(reader.as_ref(), now)?;
        let stored = reader.as_ref().map_or(Ok(Rulebook::default()), book)?;
        let mut reports = Vec::new();
        let reading = DocumentReader::of(options, &stored);
        let read = |document: &D| reading.readable(document.borrow());
        let documents = documents.into_iter().map(Ok::<D, Infallible>);
        in_order(documents, &read, |documents| {
            while let Next::Done(document, draft) = documents.next(None) {
                let outcome = match prepared(draft, reader.as_ref())? {
                    Prepared::Recordable(summary, draft) => {
                        simulation.record(|recorded_at| draft.batch(recorded_at));
                        FileOutcome::Readable(summary)
                    }
                    Prepared::Not(outcome) => outcome,
                };
                reports.push(FileReport { path: document.borrow().path(), outcome });
            }
            Ok::<(), Error>(())
        })?;
        Ok(DryRun { reports, rows: simulation.affected() })
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

/// The database as it would be: everything stored, and what is to be recorded.
struct Simulation {
    before: Records,
    after: Records,
    last: TxId,
    now: Timestamp,
    affected: BTreeSet<Subject>,
}

impl Simulation {
    /// Everything stored; the clock is not before what was recorded last.
    fn of(reader: Option<&Reader>, now: Timestamp) -> Result<Simulation, Error> {
        let (records, last, now) = match reader {
            None => (Records::default(), TxId(0), now),
            Some(reader) => {
                let head = reader.head();
                let now = head.recorded_at.map_or(now, |recorded_at| now.max(recorded_at.0));
                (records(&reader.subjects()?, reader)?, head.tx, now)
            }
        };
        Ok(Simulation { before: records.clone(), after: records, last, now, affected: BTreeSet::new() })
    }

    /// Adds what a transaction would record.
    fn record(&mut self, batch: impl FnOnce(RecordedTime) -> Batch) {
        self.now = self.now.plus(TimeSpan::from_micros(1));
        self.last = TxId(self.last.0 + 1);
        let recorded_at = RecordedTime(self.now);
        add(&mut self.after, batch(recorded_at), recorded_at, self.last, &mut self.affected);
    }

    /// The answers that would change.
    fn affected(self) -> Vec<Row> {
        affected_rows(&Rulebook::new(self.before), &Rulebook::new(self.after), &self.affected)
    }
}

/// Adds what a batch states, and notes the subjects whose answers may change.
fn add(
    all: &mut Records,
    batch: Batch,
    recorded_at: RecordedTime,
    tx: TxId,
    affected: &mut BTreeSet<Subject>,
) {
    let observes = batch.observes();
    let (source, published_at) = (batch.source.id, batch.source.published_at);
    all.sources.push(RecordedSource { source: batch.source, recorded_at, tx, observes });
    for (place, statement) in batch.statements.into_iter().enumerate() {
        affected.insert(statement.subject.clone());
        let id = StatementId { source, ordinal: place as u32 + 1 };
        all.statements.push(vec![Recorded { id, statement, published_at, recorded_at, tx }]);
    }
    for retraction in batch.retractions {
        let by = source;
        all.retractions.push(RecordedRetraction { by, retraction, published_at, recorded_at, tx });
    }
    for snapshot in batch.complete_snapshots {
        all.complete.push(RecordedCompleteSnapshot { source, snapshot, published_at, recorded_at, tx });
    }
    affected.extend(concerned(all, &source));
}

/// The subjects of everything that a source states or is complete for, of what it retracts, unloads or corrects,
/// and of what those sources had retracted.
pub(super) fn concerned(all: &Records, source: &SourceId) -> BTreeSet<Subject> {
    let mut sources: BTreeSet<&SourceId> = BTreeSet::from([source]);
    loop {
        let known = sources.len();
        let named: Vec<&SourceId> = all
            .retractions
            .iter()
            .filter(|it| {
                let newer = matches!(&it.retraction.kind, RetractionKind::Supersede(newer) if sources.contains(newer));
                newer || sources.contains(&it.by)
            })
            .map(|it| &it.retraction.source)
            .collect();
        sources.extend(named);
        if sources.len() == known {
            break;
        }
    }
    let complete: Vec<&CompleteSnapshot> =
        all.complete.iter().filter(|it| sources.contains(&it.source)).map(|it| &it.snapshot).collect();
    let concerned = all.statements.iter().flatten().filter(|recorded| {
        let subject = &recorded.statement.subject;
        sources.contains(&recorded.id.source) || complete.iter().any(|it| it.covers(subject))
    });
    concerned.map(|recorded| recorded.statement.subject.clone()).collect()
}
