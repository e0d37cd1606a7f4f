//! The tail: what transactions of the journal record, read into memory. A reader has those that the image lacks.

use std::collections::{BTreeMap, HashMap};

use super::convert;
use super::layout::observes;
use super::observed::observed;
use super::schema::{FindingV1, LineV1, RecordedRetractionV1, RecordedTransactionV1, TransactionV1};
use super::tables::Tables;
use crate::finding::Finding;
use crate::statement::{
    ObservedProgram, Recorded, RecordedCompleteSnapshot, RecordedRetraction, RecordedSource, SourceId,
    StatementId, Subject, TxId,
};
use crate::time::{PublishedTime, RecordedTime};

/// What some transactions in a row record, in their order.
#[derive(Default)]
pub(super) struct Tail {
    pub statements: BTreeMap<Subject, Vec<Recorded>>,
    pub sources: Vec<RecordedSource>,
    pub findings: Vec<Vec<Finding>>,
    pub retractions: Vec<RecordedRetraction>,
    pub complete_snapshots: Vec<RecordedCompleteSnapshot>,
    pub observed: BTreeMap<String, Vec<ObservedProgram>>,
    pub transactions: Vec<RecordedTransactionV1>,
    tables: Tables,
    /// The places of sources by their ids.
    by_id: HashMap<SourceId, Vec<usize>>,
}

impl Tail {
    /// Adds a transaction; `line` is its place in the journal.
    ///
    /// # Errors
    /// Something in it cannot be read, in words; the tail must not be used then.
    pub fn add(&mut self, line: LineV1, transaction: TransactionV1) -> Result<(), String> {
        let (tx, recorded_at) = (TxId(transaction.tx), RecordedTime(transaction.recorded_at.0));
        let id = convert::read_source_id(&transaction.source.id)?;
        let observes = observes(&transaction);
        let complete_snapshots = transaction.all_complete_snapshots();
        for (program, observed) in observed(&transaction, id) {
            self.observed.entry(program).or_default().push(observed);
        }
        let TransactionV1 { source, rules, statements, retractions, findings, published_by, .. } =
            transaction;
        let published_at = PublishedTime(source.published_at.0);
        for snapshot in complete_snapshots {
            let (source, snapshot) = (id, snapshot.read()?);
            let recorded = RecordedCompleteSnapshot { source, snapshot, published_at, recorded_at, tx };
            self.complete_snapshots.push(recorded);
        }
        for retraction in retractions {
            let (recorded_at, published_at) = (transaction.recorded_at, source.published_at);
            let by = source.id.clone();
            self.retractions
                .push(RecordedRetractionV1 { recorded_at, published_at, by, retraction }.read(tx)?);
        }
        rules.into_iter().for_each(|named| self.tables.add(named.id.0, named.rule));
        for (ordinal, statement) in (1_u32..).zip(statements) {
            let mut statement = statement.read(&mut self.tables)?;
            // All statements about a subject share its name.
            if let Some((known, _)) = self.statements.get_key_value(&statement.subject) {
                statement.subject = known.clone();
            }
            let of_subject = self.statements.entry(statement.subject.clone()).or_default();
            let id = StatementId { source: id, ordinal };
            of_subject.push(Recorded { id, statement, published_at, recorded_at, tx });
        }
        let findings = findings.into_iter().map(FindingV1::read);
        self.findings.push(findings.collect::<Result<_, _>>()?);
        self.transactions.push(RecordedTransactionV1 {
            tx: tx.0,
            recorded_at: transaction.recorded_at,
            source: source.id.clone(),
            line,
        });
        let source = source.read(published_by.as_deref())?;
        self.by_id.entry(id).or_default().push(self.sources.len());
        self.sources.push(RecordedSource { source, recorded_at, tx, observes });
        Ok(())
    }

    /// The recordings of a source, in order.
    pub fn recordings(&self, of: &SourceId) -> impl Iterator<Item = &RecordedSource> {
        self.by_id.get(of).into_iter().flatten().filter_map(|place| self.sources.get(*place))
    }
}
