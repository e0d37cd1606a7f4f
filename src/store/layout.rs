//! The layout of the writer's record store: one block a transaction, and each table once.
//!
//! A key is one letter for its kind, then a number in big-endian order or a hash. What a transaction makes follows
//! from its line of the journal alone: so the store can be made again, and verified.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;
use std::sync::Arc;

use super::codec;
use super::schema::compact::{BlockV1, CompactStatementV1, PlacedTableV1, TableV1};
use super::schema::rules::RuleV1;
use super::schema::scalars::{HashV1, SpanV1};
use super::schema::{ClaimV1, HeadV1, LineV1, RecordedSourceV2, TransactionV1};
use super::tables::Tables;
use crate::rule::PlacedRule;
use crate::statement::Sha256;

/// The name of the folder of the store in the folder of a database.
pub(super) const FOLDER: &str = "index";

/// How the value of the format begins in every version.
pub(super) const FORMAT_NAME: &[u8] = b"tierbook index ";

/// The format of the store, and its value.
pub(super) const FORMAT: (&[u8], &[u8]) = (b"0format", b"tierbook index 4");

/// What the store is up to.
pub(super) const HEAD: &[u8] = b"0head";

/// A table by the hash of its record.
pub(super) const TABLES: &[u8] = b"r";

/// A transaction by its number.
pub(super) const TRANSACTIONS: &[u8] = b"t";

/// A key and its record.
pub(super) type Entry = (Vec<u8>, Vec<u8>);

/// The tables of transactions that entries were made of before, so that one that comes again is neither read nor made
/// again.
#[derive(Default)]
pub(super) struct KnownTables {
    read: Tables,
    /// The hashes and the records of tables by the addresses of the rules, which `read` keeps.
    made: HashMap<usize, (HashV1, Vec<u8>)>,
}

/// The entries that a transaction makes; `line` is its place in the journal. What is known is no part of what they are.
///
/// # Errors
/// A record is too large, or something in it cannot be read.
pub(super) fn entries(
    made_by: &TransactionV1,
    line: LineV1,
    known: &mut KnownTables,
) -> Result<Vec<Entry>, String> {
    let TransactionV1 { tx, recorded_at, .. } = *made_by;
    let KnownTables { read, made } = known;
    for named in &made_by.rules {
        if !read.knows(&named.id.0) {
            read.add(named.id.0, named.rule.clone());
        }
    }
    let (ids, entries, numbers) = Default::default();
    let mut made = MadeTables { ids, entries, numbers, made };
    let mut statements = Vec::with_capacity(made_by.statements.len());
    for (ordinal, statement) in (1_u32..).zip(&made_by.statements) {
        let subject = statement.subject.clone();
        let statement = statement.clone().read(read)?;
        let source = u32::try_from(tx).map_err(|_| "there are too many transactions".to_string())?;
        let compact = CompactStatementV1::of(&statement, source, ordinal, &mut |rule| made.number(rule))?;
        statements.push((subject, compact));
    }
    let block = BlockV1 {
        line,
        source: RecordedSourceV2 {
            tx,
            recorded_at,
            source: made_by.source.clone(),
            published_by: made_by.published_by.clone(),
            observes: observes(made_by),
        },
        tables: made.ids,
        statements,
        complete_snapshots: made_by.all_complete_snapshots(),
        retractions: made_by.retractions.clone(),
        findings: made_by.findings.clone(),
    };
    let head = HeadV1 { tx, recorded_at: Some(recorded_at), line };
    let mut entries = made.entries;
    entries.push(([TRANSACTIONS, &tx.to_be_bytes()].concat(), codec::encode(&block)?));
    entries.push((HEAD.to_vec(), codec::encode(&head)?));
    Ok(entries)
}

/// The tables that a transaction uses, in the order of first use.
struct MadeTables<'k> {
    ids: Vec<HashV1>,
    entries: Vec<Entry>,
    /// By the addresses of the rules.
    numbers: HashMap<usize, u32>,
    made: &'k mut HashMap<usize, (HashV1, Vec<u8>)>,
}

impl MadeTables<'_> {
    fn number(&mut self, placed: &PlacedRule) -> Result<PlacedTableV1, String> {
        let (address, offset) = (Arc::as_ptr(placed.shared()).addr(), placed.offset() as u64);
        if let Some(table) = self.numbers.get(&address) {
            return Ok(PlacedTableV1 { table: *table, offset });
        }
        let (id, record) = match self.made.entry(address) {
            Place::Occupied(made) => made.get().clone(),
            Place::Vacant(place) => {
                let record = codec::encode(&TableV1::of(placed)?)?;
                place.insert((HashV1(Sha256::of(&[&record])), record)).clone()
            }
        };
        let table = self.ids.len() as u32;
        self.ids.push(id);
        self.entries.push(([TABLES, &id.0.0].concat(), record));
        self.numbers.insert(address, table);
        Ok(PlacedTableV1 { table, offset })
    }
}

impl TableV1 {
    /// The disk form of a shared rule.
    ///
    /// # Errors
    /// As [`RuleV1::of`].
    pub fn of(placed: &PlacedRule) -> Result<TableV1, String> {
        let cells =
            placed.printed().iter().map(|row| row.cells.iter().map(|cell| SpanV1::of(*cell)).collect());
        Ok(TableV1 { cells: cells.collect(), rule: RuleV1::of(placed)? })
    }
}

/// The entries of a store of which nothing is recorded yet; `header` is the place of transaction 0.
///
/// # Errors
/// Never: the record is small.
pub(super) fn first_entries(header: LineV1) -> Result<Vec<Entry>, String> {
    let head = HeadV1 { tx: 0, recorded_at: None, line: header };
    Ok(vec![(FORMAT.0.to_vec(), FORMAT.1.to_vec()), (HEAD.to_vec(), codec::encode(&head)?)])
}

/// The record of a key in words.
pub(super) fn describe(key: &[u8]) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match key.split_at_checked(1) {
        Some((b"0", rest)) => format!("the record `{}`", text(rest)),
        Some((TABLES, rest)) => {
            format!("the table {}", rest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
        Some((TRANSACTIONS, rest)) => {
            format!("transaction {}", rest.iter().fold(0u64, |number, byte| (number << 8) | u64::from(*byte)))
        }
        _ => format!("the record `{}`", text(key)),
    }
}

/// Whether a transaction shows what was in force and announces nothing.
pub(super) fn observes(made_by: &TransactionV1) -> bool {
    let observation = |claim: &ClaimV1| matches!(claim, ClaimV1::Observation { .. });
    !made_by.statements.is_empty() && made_by.statements.iter().all(|statement| observation(&statement.claim))
}
