//! The layout of the index: the key of each kind of record, and the entries that a transaction makes.
//!
//! A key is one letter for its kind, then what the record is looked up by. Numbers in keys are big-endian, so
//! that order of bytes is order of transactions; a subject ends in a zero byte, which no name contains. What
//! a transaction makes follows from its journal line alone: so the index can be rebuilt, kept in memory, and
//! verified.

use std::collections::BTreeMap;

use super::codec;
use super::schema::scalars::HashV1;
use super::schema::{
    ClaimV1, CurrencySnapshotV1, HeadV1, LineV1, ObservedTableV2, ObservedV2, RecordedCompleteSnapshotV2,
    RecordedRetractionV1, RecordedSourceV2, RecordedStatementV1, RecordedTransactionV1, TransactionV1,
};
use crate::statement::{Sha256, Subject, symbol};

/// The key of the record that states the format of the index, and its value.
pub(super) const FORMAT: (&[u8], &[u8]) = (b"0format", b"tierbook index 3");

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

/// Before each retraction: transaction, place in its document.
pub(super) const RETRACTIONS: &[u8] = b"w";

/// Before each complete snapshot: transaction, place in its document.
pub(super) const COMPLETE_SNAPSHOTS: &[u8] = b"l";

/// Before each transaction: its number.
pub(super) const TRANSACTIONS: &[u8] = b"t";

/// Before what a transaction observed of a program: program, zero, transaction.
pub(super) const OBSERVED: &[u8] = b"o";

/// A key and its record.
pub(super) type Entry = (Vec<u8>, Vec<u8>);

/// The start of the keys of a subject's statements.
pub(super) fn statements_of(subject: &str) -> Vec<u8> {
    [STATEMENTS, subject.as_bytes(), &[0]].concat()
}

/// The start of the keys of a source's recordings.
pub(super) fn sources_of(id: &str) -> Vec<u8> {
    [SOURCES, id.as_bytes()].concat()
}

/// The start of the keys of what was observed of a program, such as `binance:usdm`.
pub(super) fn observed_of(program: &str) -> Vec<u8> {
    [OBSERVED, program.as_bytes(), &[0]].concat()
}

/// The start of the keys of a source's findings.
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

/// Every entry that a transaction makes, the new head last. Rules and subjects may have been there before.
///
/// # Errors
/// A record is longer than [`crate::limits::RECORD_BYTES`], or there are more statements than can be counted.
pub(super) fn entries(made_by: &TransactionV1, line: LineV1) -> Result<Vec<Entry>, String> {
    let TransactionV1 { tx, recorded_at, .. } = *made_by;
    let source = &made_by.source;
    let at_tx = |prefix: Vec<u8>| [prefix, tx.to_be_bytes().to_vec()].concat();
    let mut entries: Vec<Entry> = Vec::new();
    for named in &made_by.rules {
        entries.push((rule(&named.id.0), codec::encode(&named.rule)?));
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
        entries.push((key, codec::encode(&recorded)?));
        entries.push(([SUBJECTS, statement.subject.as_bytes()].concat(), codec::encode(&())?));
    }
    for (index, retraction) in made_by.retractions.iter().enumerate() {
        let recorded = RecordedRetractionV1 {
            recorded_at,
            published_at: source.published_at,
            by: source.id.clone(),
            retraction: retraction.clone(),
        };
        let key = [at_tx(RETRACTIONS.to_vec()), ordinal(index)?.to_be_bytes().to_vec()].concat();
        entries.push((key, codec::encode(&recorded)?));
    }
    for (index, snapshot) in made_by.all_complete_snapshots().into_iter().enumerate() {
        let recorded = RecordedCompleteSnapshotV2 {
            tx,
            recorded_at,
            published_at: source.published_at,
            source: source.id.clone(),
            snapshot,
        };
        let key = [at_tx(COMPLETE_SNAPSHOTS.to_vec()), ordinal(index)?.to_be_bytes().to_vec()].concat();
        entries.push((key, codec::encode(&recorded)?));
    }
    if !made_by.findings.is_empty() {
        entries.push((at_tx(findings_of(&source.id)), codec::encode(&made_by.findings)?));
    }
    for (program, observed) in observed(made_by) {
        let prefix = observed_of(&program);
        entries.push((at_tx(prefix), codec::encode(&observed)?));
    }
    let (published_by, observes) = (made_by.published_by.clone(), observes(made_by));
    let recorded = RecordedSourceV2 { tx, recorded_at, source: source.clone(), published_by, observes };
    entries.push((at_tx(sources_of(&source.id)), codec::encode(&recorded)?));
    let recorded = RecordedTransactionV1 { tx, recorded_at, source: source.id.clone(), line };
    entries.push((transaction(tx), codec::encode(&recorded)?));
    let head = HeadV1 { tx, recorded_at: Some(recorded_at), line };
    entries.push((HEAD.to_vec(), codec::encode(&head)?));
    Ok(entries)
}

/// The entries of an index without transactions: its format, and the head at the journal's first line.
pub(super) fn first_entries(header: LineV1) -> Result<Vec<Entry>, String> {
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
        COMPLETE_SNAPSHOTS => format!("a complete snapshot of {}", number(&rest[..rest.len().min(8)])),
        OBSERVED => format!("what {} observed", number(rest)),
        RETRACTIONS => format!("a retraction of {}", number(&rest[..rest.len().min(8)])),
        _ => format!("the record `{}`", text(key)),
    }
}

/// Whether a transaction shows what was in force and announces nothing.
pub(super) fn observes(made_by: &TransactionV1) -> bool {
    let observation = |claim: &ClaimV1| matches!(claim, ClaimV1::Observation { .. });
    !made_by.statements.is_empty() && made_by.statements.iter().all(|statement| observation(&statement.claim))
}

/// What a transaction observed, by venue and program; nothing where it announces something.
fn observed(made_by: &TransactionV1) -> BTreeMap<String, ObservedV2> {
    let mut all: BTreeMap<String, ObservedV2> = BTreeMap::new();
    if !observes(made_by) {
        return all;
    }
    let rules: BTreeMap<&HashV1, u64> =
        made_by.rules.iter().map(|named| (&named.id, named.rule.fingerprint())).collect();
    let snapshots = made_by.all_complete_snapshots();
    for statement in &made_by.statements {
        let ClaimV1::Observation { seen_at, rule } = &statement.claim else { continue };
        let Some((program, _)) = statement.subject.rsplit_once(':') else { continue };
        let observed =
            all.entry(program.to_string()).or_insert_with(|| nothing_of(program, made_by, &snapshots));
        let subject = Subject::parse(&statement.subject);
        observed.tables.push(ObservedTableV2 {
            seen_at: *seen_at,
            subject: short(&statement.subject),
            currency: subject.as_ref().and_then(symbol::settlement).map_or(0, short),
            table: rule.as_ref().and_then(|placed| rules.get(&placed.id)).copied(),
        });
    }
    all
}

/// What a transaction observed of a program, without the tables yet.
fn nothing_of(program: &str, made_by: &TransactionV1, snapshots: &[CurrencySnapshotV1]) -> ObservedV2 {
    let of_it = |it: &&CurrencySnapshotV1| program.split_once(':') == Some((&it.venue, &it.program));
    let of_it: Vec<&CurrencySnapshotV1> = snapshots.iter().filter(of_it).collect();
    let currencies = of_it.iter().flat_map(|it| it.currencies.iter().flatten());
    let except = of_it.iter().flat_map(|it| &it.except);
    ObservedV2 {
        tx: made_by.tx,
        source: made_by.source.id.clone(),
        is_complete: of_it.iter().any(|it| it.currencies.is_none()),
        currencies: currencies.map(|currency| short(currency)).collect(),
        except: except.map(|name| short(&format!("{program}:{name}"))).collect(),
        tables: Vec::new(),
    }
}

/// The number that stands for a name.
fn short(name: &str) -> u64 {
    Sha256::of(&[name.as_bytes()]).short()
}

fn ordinal(index: usize) -> Result<u32, String> {
    u32::try_from(index + 1).map_err(|_| "a document has more statements than can be counted".to_string())
}
