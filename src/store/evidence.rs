//! Evidence: the content of a transaction as its line of the journal has it, and the place of that line in
//! the chain.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::reader::Reader;
use super::schema::TransactionV1;
use super::{convert, journal, layout, recover};
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
}

impl Reader {
    /// The content of a transaction. Its line is read and checked against its hash.
    ///
    /// # Errors
    /// As [`Reader::transaction`].
    pub fn evidence(&self, tx: TxId) -> Result<Evidence, Error> {
        let (place, transaction) = self.line_of(tx)?;
        Ok(evidence(place.previous.0, place.hash.0, &transaction))
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
    }
}
