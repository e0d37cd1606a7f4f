//! Verification: every hash recomputed, every record of the index compared with what the journal says it must be.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::head::Head;
use super::index::index_error;
use super::index::{FOLDER, Index, Trouble};
use super::journal::{self, Line, Lines, NO_HASH};
use super::layout::describe;
use super::record::{HeadV1, TransactionV1};
use super::rule_record::RuleV1;
use super::scalar::{HashV1, TimestampV1};
use super::{layout, lock};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::statement::{Sha256, TxId};
use crate::time::RecordedTime;

/// What a verification found.
#[derive(Clone, PartialEq, Debug)]
pub struct Verified {
    /// The last transaction whose chain is whole.
    pub head: Head,
    /// How many transactions were verified, the header not counted.
    pub transactions: u64,
    /// How many statements they hold.
    pub statements: u64,
    /// Everything that is wrong, in sentences without a full stop; empty where all is well.
    pub problems: Vec<String>,
    /// What could not be looked at, and what is odd but lost nothing, likewise.
    pub notes: Vec<String>,
}

/// Verifies the database in `dir`: every line of the journal, every record of the index, the hash of every document,
/// and that `head`, kept from earlier, is still in the chain. Mends nothing.
///
/// An index that is missing or behind is no problem, the next open brings it up. One that another process holds for
/// longer than [`limits::LOCK_WAIT_MS`], or that this user may not open, is a note, as is a torn last line.
///
/// # Errors
/// There is no database (`no_database`), or the disk refuses to read the journal (`disk`).
pub fn verify(dir: &Path, head: Option<Sha256>) -> Result<Verified, Error> {
    journal::bytes(dir)?;
    let mut walk = Walk::default();
    let mut notes = Vec::new();
    let index = open_index(dir, &mut walk.problems, &mut notes);
    let index_head = index.as_ref().map(|(_, head)| head);
    let mut lines = Lines::from_start(dir)?;
    let whole = loop {
        match lines.next_line() {
            Ok(Some(line)) => walk.take(dir, &line, index_head),
            Ok(None) if walk.hashes.is_empty() => {
                walk.problems.push("the journal has no first line".to_string());
                break false;
            }
            Ok(None) => break true,
            Err(error) if error.code() == ErrorCode::Disk => return Err(error),
            Err(error) => {
                walk.problems.push(error.message);
                break false;
            }
        }
    };
    if lines.torn_bytes() > 0 {
        let torn = lines.torn_bytes();
        notes.push(format!(
            "{torn} bytes behind the last line were never acknowledged; the next writer cuts them"
        ));
    }
    if let Some(sought) = head
        && !walk.hashes.contains(&sought)
    {
        walk.problems.push(format!("the head {sought} is not in the chain"));
    }
    match index {
        Some((index, head)) if whole => compare(&index, &head, &mut walk),
        Some(_) => walk.problems.push("the index was not compared, because the chain is broken".to_string()),
        None => {}
    }
    let head = Head {
        tx: TxId(walk.hashes.len().saturating_sub(1) as u64),
        hash: walk.hashes.last().copied().unwrap_or(NO_HASH),
        recorded_at: walk.recorded_at.map(|recorded_at| RecordedTime(recorded_at.0)),
    };
    Ok(Verified {
        head,
        transactions: head.tx.0,
        statements: walk.statements,
        problems: walk.problems,
        notes,
    })
}

/// The index and its head, if there is one that can be opened.
fn open_index(dir: &Path, problems: &mut Vec<String>, notes: &mut Vec<String>) -> Option<(Index, HeadV1)> {
    if !dir.join(FOLDER).exists() {
        return None;
    }
    let wait = Duration::from_millis(limits::LOCK_WAIT_MS);
    let opened = lock::patiently(wait, || match Index::open(dir) {
        Err(Trouble::Locked) => None,
        result => Some(result),
    });
    let opened = opened.unwrap_or(Err(Trouble::Locked));
    match opened.and_then(|index| index.head().map(|head| head.map(|head| (index, head)))) {
        Ok(found) => found,
        Err(trouble) => {
            let told = if matches!(trouble, Trouble::Damaged(_)) { problems } else { notes };
            told.push(format!("the index was not compared: {}", index_error(dir, trouble).message));
            None
        }
    }
}

/// What has been gathered from the journal so far.
#[derive(Default)]
struct Walk {
    /// Of every line, the header first.
    hashes: Vec<Sha256>,
    recorded_at: Option<TimestampV1>,
    statements: u64,
    /// What the index must hold up to its own head.
    expected: BTreeMap<Vec<u8>, Vec<u8>>,
    problems: Vec<String>,
}

impl Walk {
    /// Verifies what is in a line whose hash is right, and notes what the index must hold because of it.
    fn take(&mut self, dir: &Path, line: &Line, index_head: Option<&HeadV1>) {
        self.hashes.push(line.place.hash.0);
        let records = if line.tx == 0 {
            line.check_header(dir).map_err(|error| error.message).map(|()| layout::first_records(line.place))
        } else {
            line.transaction(dir).map_err(|error| error.message).map(|transaction| {
                self.check(&transaction);
                layout::records(&transaction, line.place)
            })
        };
        match records.and_then(|records| records) {
            Ok(records) if index_head.is_some_and(|head| line.tx <= head.tx) => self.expected.extend(records),
            Ok(_) => {}
            Err(why) => self.problems.push(why),
        }
    }

    /// Verifies one transaction: its time, its document, and that everything in it can be read.
    fn check(&mut self, transaction: &TransactionV1) {
        let tx = transaction.tx;
        if self.recorded_at.is_some_and(|before| before >= transaction.recorded_at) {
            self.problems.push(format!("transaction {tx} is not recorded after the one before it"));
        }
        self.recorded_at = Some(transaction.recorded_at);
        self.statements += transaction.statements.len() as u64;
        let text_hash = Sha256::of(&[transaction.text.as_bytes()]);
        if transaction.text_is_document && text_hash != transaction.source.sha256.0 {
            self.problems
                .push(format!("the document of transaction {tx} does not have the hash of its source"));
        }
        if let Err(why) = check_readable(transaction) {
            self.problems.push(format!("transaction {tx} cannot be read: {why}"));
        }
    }
}

/// Compares every record of the index with what it must be, both ways.
fn compare(index: &Index, head: &HeadV1, walk: &mut Walk) {
    let last = walk.hashes.len().saturating_sub(1) as u64;
    if head.tx > last {
        let problem =
            format!("transaction {} is missing: the index knows {}, the journal ends", last + 1, head.tx);
        walk.problems.push(problem);
        return;
    }
    let records = match index.scan(&[]) {
        Ok(records) => records,
        Err(Trouble::Locked) => {
            return walk.problems.push("the index is held by another process".to_string());
        }
        Err(Trouble::Refused(why) | Trouble::Damaged(why)) => {
            return walk.problems.push(format!("the index cannot be read to its end: {why}"));
        }
    };
    for (key, value) in records {
        match walk.expected.remove(&key) {
            Some(expected) if expected == value => {}
            Some(_) => {
                walk.problems.push(format!("the index holds {} otherwise than the journal", describe(&key)))
            }
            None => walk.problems.push(format!("the index holds {}, the journal does not", describe(&key))),
        }
    }
    for key in walk.expected.keys() {
        walk.problems.push(format!("the index lacks {}", describe(key)));
    }
}

/// Checks that everything in a transaction can be read back.
///
/// # Errors
/// The first that cannot, in words.
fn check_readable(transaction: &TransactionV1) -> Result<(), String> {
    let rules: BTreeMap<HashV1, &RuleV1> =
        transaction.rules.iter().map(|named| (named.id, &named.rule)).collect();
    let rule_of = |id: Sha256| {
        rules
            .get(&HashV1(id))
            .map(|rule| Arc::new((*rule).clone()))
            .ok_or_else(|| format!("the rule {id} is missing"))
    };
    for named in &transaction.rules {
        if named.rule.id()? != named.id.0 {
            return Err(format!("the rule {} does not have that hash", named.id.0));
        }
    }
    transaction.source.clone().read()?;
    for statement in transaction.statements.clone() {
        statement.read(&rule_of)?;
    }
    for listing in transaction.listings.clone() {
        listing.read()?;
    }
    for withdrawal in transaction.withdrawals.clone() {
        withdrawal.read()?;
    }
    for finding in transaction.findings.clone() {
        finding.read()?;
    }
    Ok(())
}
