//! The layout of the index: the key of each kind of record, and the records that a transaction makes.
//!
//! A key is one letter for its kind, then what the record is looked up by. Numbers in keys are big-endian, so that
//! order of bytes is order of transactions; a subject ends in a zero byte, which no name holds. What a transaction
//! makes follows from its journal line alone: so the index can be built anew, kept in memory, and verified.

use super::codec;
use super::record::{
    HeadV1, LineV1, RecordedCompleteSnapshotV1, RecordedRetractionV1, RecordedSourceV1, RecordedStatementV1,
    RecordedTransactionV1, TransactionV1,
};
use crate::statement::Sha256;

/// The key of the record that says what the index is, and its value.
pub(super) const FORMAT: (&[u8], &[u8]) = (b"0format", b"tierbook index 1");

/// The key of the head.
pub(super) const HEAD: &[u8] = b"0head";

/// Before the name of each subject; the record is empty.
pub(super) const SUBJECTS: &[u8] = b"n";

/// Before each statement: subject, zero, transaction, place in its document.
pub(super) const STATEMENTS: &[u8] = b"s";

/// Before the hash of each rule.
pub(super) const RULES: &[u8] = b"r";

/// Before each source: id, transaction.
pub(super) const SOURCES: &[u8] = b"d";

/// Before the findings of each source: id, transaction.
pub(super) const FINDINGS: &[u8] = b"f";

/// Before each withdrawal: transaction, place in its document.
pub(super) const WITHDRAWALS: &[u8] = b"w";

/// Before each complete listing: transaction, place in its document.
pub(super) const LISTINGS: &[u8] = b"l";

/// Before each transaction: its number.
pub(super) const TRANSACTIONS: &[u8] = b"t";

/// A key and its record.
pub(super) type Record = (Vec<u8>, Vec<u8>);

/// The beginning of the keys of a subject's statements.
pub(super) fn statements_of(subject: &str) -> Vec<u8> {
    [STATEMENTS, subject.as_bytes(), &[0]].concat()
}

/// The beginning of the keys of a source's recordings.
pub(super) fn sources_of(id: &str) -> Vec<u8> {
    [SOURCES, id.as_bytes()].concat()
}

/// The beginning of the keys of a source's findings.
pub(super) fn findings_of(id: &str) -> Vec<u8> {
    [FINDINGS, id.as_bytes()].concat()
}

/// The transaction that a key of findings or of a source ends in.
pub(super) fn transaction_of(key: &[u8]) -> u64 {
    key.last_chunk().map_or(0, |number| u64::from_be_bytes(*number))
}

/// The key of a rule.
pub(super) fn rule(id: &Sha256) -> Vec<u8> {
    [RULES, &id.0].concat()
}

/// The key of a transaction.
pub(super) fn transaction(tx: u64) -> Vec<u8> {
    [TRANSACTIONS, &tx.to_be_bytes()].concat()
}

/// Every record that a transaction makes, the new head last. Rules and subjects may have been there before.
///
/// # Errors
/// A record is longer than [`crate::limits::RECORD_BYTES`], or there are more statements than can be counted.
pub(super) fn records(made_by: &TransactionV1, line: LineV1) -> Result<Vec<Record>, String> {
    let TransactionV1 { tx, recorded_at, .. } = *made_by;
    let source = &made_by.source;
    let at_tx = |prefix: Vec<u8>| [prefix, tx.to_be_bytes().to_vec()].concat();
    let mut records: Vec<Record> = Vec::new();
    for named in &made_by.rules {
        records.push((rule(&named.id.0), codec::encode(&named.rule)?));
    }
    for (index, statement) in made_by.statements.iter().enumerate() {
        let ordinal = ordinal(index)?;
        let recorded = RecordedStatementV1 {
            tx,
            recorded_at,
            published_at: source.published_at,
            source: source.id.clone(),
            ordinal,
            statement: statement.clone(),
        };
        let key = [at_tx(statements_of(&statement.subject)), ordinal.to_be_bytes().to_vec()].concat();
        records.push((key, codec::encode(&recorded)?));
        records.push(([SUBJECTS, statement.subject.as_bytes()].concat(), codec::encode(&())?));
    }
    for (index, withdrawal) in made_by.withdrawals.iter().enumerate() {
        let recorded = RecordedRetractionV1 {
            recorded_at,
            published_at: source.published_at,
            by: source.id.clone(),
            withdrawal: withdrawal.clone(),
        };
        let key = [at_tx(WITHDRAWALS.to_vec()), ordinal(index)?.to_be_bytes().to_vec()].concat();
        records.push((key, codec::encode(&recorded)?));
    }
    for (index, listing) in made_by.listings.iter().enumerate() {
        let recorded = RecordedCompleteSnapshotV1 {
            tx,
            recorded_at,
            published_at: source.published_at,
            source: source.id.clone(),
            listing: listing.clone(),
        };
        let key = [at_tx(LISTINGS.to_vec()), ordinal(index)?.to_be_bytes().to_vec()].concat();
        records.push((key, codec::encode(&recorded)?));
    }
    if !made_by.findings.is_empty() {
        records.push((at_tx(findings_of(&source.id)), codec::encode(&made_by.findings)?));
    }
    let recorded = RecordedSourceV1 { tx, recorded_at, source: source.clone() };
    records.push((at_tx(sources_of(&source.id)), codec::encode(&recorded)?));
    let recorded = RecordedTransactionV1 { tx, recorded_at, source: source.id.clone(), line };
    records.push((transaction(tx), codec::encode(&recorded)?));
    let head = HeadV1 { tx, recorded_at: Some(recorded_at), line };
    records.push((HEAD.to_vec(), codec::encode(&head)?));
    Ok(records)
}

/// The records of an index that holds no transaction: its format, and the head at the journal's first line.
pub(super) fn first_records(header: LineV1) -> Result<Vec<Record>, String> {
    let head = HeadV1 { tx: 0, recorded_at: None, line: header };
    Ok(vec![(FORMAT.0.to_vec(), FORMAT.1.to_vec()), (HEAD.to_vec(), codec::encode(&head)?)])
}

/// The record of a key in words, for messages.
pub(super) fn describe(key: &[u8]) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let number = |bytes: &[u8]| {
        let last =
            bytes.iter().rev().take(8).rev().fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
        format!("transaction {last}")
    };
    let Some((kind, rest)) = key.split_at_checked(1) else { return "a record without a key".to_string() };
    match kind {
        b"0" => format!("the record `{}`", text(rest)),
        SUBJECTS => format!("the subject {}", text(rest)),
        RULES => format!("the rule {}", rest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        TRANSACTIONS => number(rest),
        STATEMENTS => match rest.iter().position(|byte| *byte == 0) {
            Some(end) => format!(
                "a statement about {} of {}",
                text(&rest[..end]),
                number(rest.get(end + 1..end + 9).unwrap_or(&[]))
            ),
            None => format!("the statement `{}`", text(rest)),
        },
        SOURCES => format!("the source {} of {}", text(&rest[..rest.len().min(12)]), number(rest)),
        FINDINGS => format!("the findings of {} in {}", text(&rest[..rest.len().min(12)]), number(rest)),
        LISTINGS => format!("a listing of {}", number(&rest[..rest.len().min(8)])),
        WITHDRAWALS => format!("a withdrawal of {}", number(&rest[..rest.len().min(8)])),
        _ => format!("the record `{}`", text(key)),
    }
}

fn ordinal(index: usize) -> Result<u32, String> {
    u32::try_from(index + 1).map_err(|_| "a document makes more statements than can be counted".to_string())
}
