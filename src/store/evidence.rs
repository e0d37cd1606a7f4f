//! Evidence: what a transaction says, in the words of its line of the journal, and the place of that line in the chain.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::reader::Reader;
use super::record::TransactionV1;
use super::{journal, recover};
use crate::error::Error;
use crate::statement::{Sha256, TxId};

/// A transaction as its line of the journal has it.
#[derive(Clone, PartialEq, Debug)]
pub struct Evidence {
    /// Its number.
    pub tx: TxId,
    /// The hash of the transaction before it.
    pub previous: Sha256,
    /// Its hash.
    pub hash: Sha256,
    /// The SHA-256 of its document.
    pub source: Sha256,
    /// What the document says, in its order, as the journal has it.
    pub statements: Vec<Value>,
    /// The rules that the statements use, by their ids.
    pub rules: BTreeMap<String, Value>,
    /// The complete listings of the document.
    pub listings: Vec<Value>,
    /// What the document takes back.
    pub withdrawals: Vec<Value>,
}

impl Reader {
    /// What a transaction says. Its line is read and checked against its hash.
    ///
    /// # Errors
    /// As [`Reader::transaction`].
    pub fn evidence(&self, tx: TxId) -> Result<Evidence, Error> {
        let (place, transaction) = self.line_of(tx)?;
        Ok(evidence(place.previous.0, place.hash.0, &transaction))
    }

    /// The database in `dir` as it was when transaction `tx` was its last, from its journal alone; `None` where the
    /// journal ends before.
    ///
    /// # Errors
    /// As [`Reader::open_by_journal`]: what comes later must be sound too.
    pub fn open_as_of(dir: &Path, tx: TxId) -> Result<Option<Reader>, Error> {
        journal::bytes(dir)?;
        let found = recover::in_memory_up_to(dir, tx.0)?;
        Ok(found.map(|(records, head)| Reader::of_records(dir, records, head)))
    }
}

fn evidence(previous: Sha256, hash: Sha256, transaction: &TransactionV1) -> Evidence {
    // These types are written to the journal as JSON, so that they can be written here.
    let written = |value: Result<Value, serde_json::Error>| value.unwrap_or(Value::Null);
    Evidence {
        tx: TxId(transaction.tx),
        previous,
        hash,
        source: transaction.source.sha256.0,
        statements: transaction.statements.iter().map(|said| written(serde_json::to_value(said))).collect(),
        rules: transaction
            .rules
            .iter()
            .map(|named| (named.id.0.to_string(), written(serde_json::to_value(&named.rule))))
            .collect(),
        listings: transaction.listings.iter().map(|listed| written(serde_json::to_value(listed))).collect(),
        withdrawals: transaction
            .withdrawals
            .iter()
            .map(|taken| written(serde_json::to_value(taken)))
            .collect(),
    }
}
