//! Transactions read back: everything that one recorded, from its line in the journal.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::errors::unknown_transaction;
use super::index::index_error;
use super::journal::Lines;
use super::layout;
use super::record::{FindingV1, LineV1, RecordedRetractionV1, RecordedTransactionV1, TransactionV1};
use super::records::{Records, damaged};
use super::recover;
use super::rule_record::RuleV1;
use super::scalar::HashV1;
use crate::error::{Error, ErrorCode};
use crate::statement::{Batch, RecordedRetraction, Sha256, TxId};

/// What the index has of a transaction; `last` is the newest that there is.
///
/// # Errors
/// There is no such transaction, or 0 (`unknown_transaction`, an error in the question); the index is damaged.
pub(super) fn record_of(
    dir: &Path,
    records: &Records,
    tx: TxId,
    last: u64,
) -> Result<RecordedTransactionV1, Error> {
    let record = records.get(&layout::transaction(tx.0)).map_err(|why| index_error(dir, why))?;
    record.ok_or_else(|| unknown_transaction(tx, TxId(last)))
}

/// Where the line of a transaction stands in the journal, and what it recorded.
///
/// # Errors
/// As [`record_of`]; or that line of the journal is damaged (`damaged_journal`).
pub(super) fn transaction(
    dir: &Path,
    records: &Records,
    tx: TxId,
    last: u64,
) -> Result<(LineV1, TransactionV1), Error> {
    let place = record_of(dir, records, tx, last)?.line;
    let mut lines = Lines::from(dir, tx.0, place.previous.0, place.offset)?;
    match lines.next_line()? {
        Some(line) if line.place == place => Ok((place, line.transaction(dir)?)),
        _ => Err(recover::not_the_journal_of_the_index(dir, tx.0)),
    }
}

/// The batch that a transaction recorded.
///
/// # Errors
/// As [`transaction`], or something in it cannot be read (`damaged_journal`).
pub(super) fn batch(dir: &Path, records: &Records, tx: TxId, last: u64) -> Result<Batch, Error> {
    let (_, recorded) = transaction(dir, records, tx, last)?;
    read(recorded).map_err(|why| {
        Error::new(ErrorCode::DamagedJournal, format!("transaction {tx} cannot be read: {why}"))
            .hint("`tierbook verify` looks at everything")
    })
}

fn read(recorded: TransactionV1) -> Result<Batch, String> {
    let rules: BTreeMap<HashV1, RuleV1> =
        recorded.rules.into_iter().map(|named| (named.id, named.rule)).collect();
    let rule_of = |id: Sha256| {
        rules.get(&HashV1(id)).cloned().map(Arc::new).ok_or_else(|| format!("the rule {id} is missing"))
    };
    let statements = recorded.statements.into_iter().map(|statement| statement.read(&rule_of));
    let listings = recorded.listings.into_iter().map(|listing| listing.read());
    let withdrawals = recorded.withdrawals.into_iter().map(|withdrawal| withdrawal.read());
    let findings = recorded.findings.into_iter().map(FindingV1::read);
    Ok(Batch {
        source: recorded.source.read()?,
        text: recorded.text,
        statements: statements.collect::<Result<_, _>>()?,
        listings: listings.collect::<Result<_, _>>()?,
        withdrawals: withdrawals.collect::<Result<_, _>>()?,
        findings: findings.collect::<Result<_, _>>()?,
    })
}

/// Every withdrawal, in the order of its recording.
///
/// # Errors
/// The index is damaged (`damaged_index`).
pub(super) fn withdrawals(dir: &Path, records: &Records) -> Result<Vec<RecordedRetraction>, Error> {
    let read =
        |(key, record): (Vec<u8>, RecordedRetractionV1)| record.read().map_err(|why| damaged(&key, &why));
    let read_all = || records.scan(layout::WITHDRAWALS)?.into_iter().map(read).collect::<Result<Vec<_>, _>>();
    read_all().map_err(|why| index_error(dir, why))
}
