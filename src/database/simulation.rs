//! The database as it would be with more recorded: what is stored in memory, and the statements of documents after it.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::convert::Infallible;

use crate::database::Database;
use crate::database::ahead::{Next, in_order};
use crate::database::files::LoadInput;
use crate::database::load::{FileOutcome, FileReport, LoadOptions};
use crate::database::reading::{DocumentReader, Prepared, book, prepared};
use crate::error::Error;
use crate::finding::Finding;
use crate::query::eval::affected::affected_rows;
use crate::query::rows::Row;
use crate::rulebook::{Records, Rulebook};
use crate::snapshot::Snapshot;
use crate::snapshot::records::records;
use crate::statement::{
    Batch, CompleteSnapshot, Recorded, RecordedCompleteSnapshot, RecordedRetraction, RecordedSource,
    RetractionKind, SourceId, StatementId, Subject, TxId,
};
use crate::store::{self, Reader};
use crate::time::{RecordedTime, TimeSpan, Timestamp};

/// The database as it would be: everything stored, and what is to be recorded.
pub struct Simulation {
    before: Records,
    after: Records,
    /// The last transaction that it would have.
    pub last: TxId,
    now: Timestamp,
    affected: BTreeSet<Subject>,
    findings: Vec<(SourceId, TxId, Finding)>,
}

impl Simulation {
    /// Everything stored; the clock is not before what was recorded last.
    pub fn of(reader: Option<&Reader>, now: Timestamp) -> Result<Simulation, Error> {
        let (records, last, now) = match reader {
            None => (Records::default(), TxId(0), now),
            Some(reader) => {
                let head = reader.head();
                let now = head.recorded_at.map_or(now, |recorded_at| now.max(recorded_at.0));
                (records(&reader.subjects()?, reader)?, head.tx, now)
            }
        };
        let (before, after) = (records.clone(), records);
        Ok(Simulation { before, after, last, now, affected: BTreeSet::new(), findings: Vec::new() })
    }

    /// The database after documents, and the outcome of each.
    ///
    /// # Errors
    /// The database is locked or damaged. What is wrong with a document is in its report.
    pub fn of_documents<D: Borrow<LoadInput> + Send>(
        database: &Database,
        documents: impl IntoIterator<Item = D>,
        options: &LoadOptions,
        now: Timestamp,
    ) -> Result<(Vec<FileReport>, Simulation), Error> {
        let reader = if store::exists(database.dir()) { Some(Reader::open(database.dir())?) } else { None };
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
        Ok((reports, simulation))
    }

    /// Adds what a transaction would record.
    pub fn record(&mut self, batch: impl FnOnce(RecordedTime) -> Batch) {
        self.now = self.now.plus(TimeSpan::from_micros(1));
        self.last = TxId(self.last.0 + 1);
        let (recorded_at, tx) = (RecordedTime(self.now), self.last);
        let batch = batch(recorded_at);
        let source = batch.source.id;
        self.findings.extend(batch.findings.iter().map(|finding| (source, tx, finding.clone())));
        add(&mut self.after, batch, recorded_at, tx, &mut self.affected);
    }

    /// A snapshot of what would be stored.
    ///
    /// # Errors
    /// The database is damaged.
    pub fn snapshot(self, database: &Database) -> Result<Snapshot, Error> {
        let base = store::exists(database.dir()).then(|| database.snapshot()).transpose()?;
        Snapshot::with_records(
            base.as_ref(),
            database.dir(),
            (self.last, RecordedTime(self.now)),
            self.after,
            self.findings,
        )
    }

    /// The answers that would change.
    pub fn affected(self) -> Vec<Row> {
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
pub fn concerned(all: &Records, source: &SourceId) -> BTreeSet<Subject> {
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
