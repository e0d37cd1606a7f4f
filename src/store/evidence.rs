//! Evidence: the content of a transaction as its line of the journal has it, and the place of that line in
//! the chain.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::reader::Reader;
use super::schema::TransactionV1;
use super::{convert, journal, layout, merkle, recover};
use crate::error::Error;
use crate::statement::{Origin, Sha256, TxId};
use crate::time::RecordedTime;

/// A transaction as its line of the journal has it.
#[derive(Clone, PartialEq, Debug)]
pub struct Evidence {
    /// Its number.
    pub tx: TxId,
    /// The hash of the transaction before it.
    pub previous: Sha256,
    /// Its hash.
    pub hash: Sha256,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The record of its document: id, SHA-256, file, title and publication.
    pub source: Value,
    /// Where its publication time comes from.
    pub published_by: Origin,
    /// Whether it shows what was in force and announces nothing.
    pub observes: bool,
    /// The statements of the document, in its order, as the journal has them.
    pub statements: Vec<Value>,
    /// The rules that the statements use, by their ids.
    pub rules: BTreeMap<String, Value>,
    /// The complete snapshots of the document.
    pub complete_snapshots: Vec<Value>,
    /// The retractions of the document.
    pub retractions: Vec<Value>,
    /// The findings about the document.
    pub findings: Vec<Value>,
    /// What proves each of these without the rest; `None` in format 1.
    pub proofs: Option<Proofs>,
}

/// What proves that something is part of a transaction: the hashes of its leaves. They are the header, then the
/// statements, snapshots, retractions and findings in their order.
#[derive(Clone, PartialEq, Debug)]
pub struct Proofs {
    /// The header, which is the first leaf.
    pub header: Value,
    leaves: Vec<Sha256>,
}

impl Proofs {
    /// The hashes that lead from a leaf to the root.
    pub fn path(&self, place: usize) -> Vec<Sha256> {
        merkle::path(&self.leaves, place)
    }
}

impl Evidence {
    /// The place of a complete snapshot, counted from 0, among the leaves.
    pub fn place_of_snapshot(&self, number: usize) -> usize {
        1 + self.statements.len() + number
    }

    /// The place of a retraction, counted from 0, among the leaves.
    pub fn place_of_retraction(&self, number: usize) -> usize {
        self.place_of_snapshot(self.complete_snapshots.len()) + number
    }

    /// The place of a finding, counted from 0, among the leaves.
    pub fn place_of_finding(&self, number: usize) -> usize {
        self.place_of_retraction(self.retractions.len()) + number
    }
}

impl Reader {
    /// The content of a transaction. Its line is read and checked against its hash.
    ///
    /// # Errors
    /// As [`Reader::transaction`].
    pub fn evidence(&self, tx: TxId) -> Result<Evidence, Error> {
        let line = self.line_at(tx)?;
        let proofs = line.leaves().map(|(header, leaves)| Proofs { header, leaves });
        let evidence = evidence(line.place.previous.0, line.place.hash.0, &line.transaction(&self.dir)?);
        Ok(Evidence { proofs, ..evidence })
    }

    /// The database in `dir` as it was when transaction `tx` was its last, from its journal alone; `None`
    /// where the journal ends before.
    ///
    /// # Errors
    /// As [`Reader::open_by_journal`]: what comes later must be intact too.
    pub fn open_as_of(dir: &Path, tx: TxId) -> Result<Option<Reader>, Error> {
        journal::bytes(dir)?;
        let (tail, head) = recover::tail_up_to(dir, tx.0)?;
        Ok((head.tx == tx.0).then(|| Reader::of(dir, None, tail, head)))
    }
}

fn evidence(previous: Sha256, hash: Sha256, transaction: &TransactionV1) -> Evidence {
    // These types are written to the journal as JSON, so that they can be written here.
    fn written<T: Serialize>(value: &T) -> Value {
        serde_json::to_value(value).unwrap_or(Value::Null)
    }
    let rules = transaction.rules.iter();
    Evidence {
        tx: TxId(transaction.tx),
        previous,
        hash,
        recorded_at: RecordedTime(transaction.recorded_at.0),
        source: written(&transaction.source),
        published_by: convert::read_origin(transaction.published_by.as_deref()).unwrap_or(Origin::NotStored),
        observes: layout::observes(transaction),
        statements: transaction.statements.iter().map(written).collect(),
        rules: rules.map(|named| (named.id.0.to_string(), written(&named.rule))).collect(),
        complete_snapshots: (transaction.complete_snapshots.iter().map(written))
            .chain(transaction.currency_snapshots.iter().map(written))
            .collect(),
        retractions: transaction.retractions.iter().map(written).collect(),
        findings: transaction.findings.iter().map(written).collect(),
        proofs: None,
    }
}
