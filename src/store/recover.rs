//! What happens at every open: the journal is checked, the index compared with it and brought up to it.

use std::collections::BTreeMap;
use std::path::Path;

use super::anchor::{self, Anchor};
use super::errors::too_long;
use super::index::{self, FOLDER, Index, Trouble};
use super::journal::{self, Lines};
use super::layout;
use super::record::HeadV1;
use super::records::Records;
use crate::error::{Error, ErrorCode};
use crate::limits;

/// Why a database could not be opened with its index.
pub(super) enum Failure {
    /// Nothing may be answered.
    Error(Error),
    /// The index cannot be used; the journal has not been found wrong.
    Index(Trouble),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Error(error)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::Index(trouble)
    }
}

/// The end of a checked journal.
struct Tail {
    tx: u64,
    torn_bytes: u64,
}

/// An index that is up to date with its journal.
pub(super) struct Opened {
    pub index: Index,
    pub head: HeadV1,
    /// The bytes behind the last whole line of the journal.
    pub torn_bytes: u64,
}

/// Opens the index of `dir` and brings it up to the journal. Writes nothing where it is up to date.
///
/// # Errors
/// The journal is missing, broken, shorter than the index or not the one that the index was made from; or the index
/// cannot be used.
pub(super) fn bring_up(dir: &Path, notices: &mut Vec<String>) -> Result<Opened, Failure> {
    let index = Index::open(dir)?;
    let known = index.head()?;
    let tail = check(dir, known.as_ref())?;
    let behind = tail.tx - known.as_ref().map_or(0, |head| head.tx);
    let head = match &known {
        Some(head) if behind == 0 => head.clone(),
        _ => catch_up(dir, &index, known.as_ref())?,
    };
    match known {
        None if behind > 0 => notices.push(format!("the index was made anew from {behind} transactions")),
        Some(_) if behind > 0 => {
            notices.push(format!("the index was {behind} transactions behind the journal and was brought up"))
        }
        _ => {}
    }
    anchor::write(dir, Anchor::of(&head));
    Ok(Opened { index, head, torn_bytes: tail.torn_bytes })
}

/// As [`bring_up`], but sets a damaged index aside and makes it anew. Only the holder of the writer's lock may call it.
///
/// # Errors
/// As [`bring_up`].
pub(super) fn bring_up_or_rebuild(dir: &Path, notices: &mut Vec<String>) -> Result<Opened, Failure> {
    match bring_up(dir, notices) {
        Err(Failure::Index(Trouble::Damaged(why))) => {
            if let Some(kept) = index::set_aside(dir)? {
                notices.push(format!("the index was damaged ({why}); it is kept as {kept}"));
            }
            bring_up(dir, notices)
        }
        other => other,
    }
}

/// Checks the journal: whole where it is short, else from the line that the index is up to.
fn check(dir: &Path, known: Option<&HeadV1>) -> Result<Tail, Error> {
    let bytes = journal::bytes(dir)?;
    let mut lines = match known {
        Some(head) if bytes > limits::JOURNAL_BYTES_HASHED_AT_OPEN && bytes >= head.line.end => {
            Lines::from(dir, head.tx, head.line.previous.0, head.line.offset)?
        }
        _ => Lines::from_start(dir)?,
    };
    let mut last = None;
    while let Some(line) = lines.next_line()? {
        if line.tx == 0 {
            line.check_header(dir)?;
        }
        if let Some(head) = known
            && head.tx == line.tx
            && head.line != line.place
        {
            return Err(not_the_journal_of_the_index(dir, head.tx));
        }
        last = Some(line.tx);
    }
    match (last, known) {
        (None, _) => Err(no_header(dir)),
        (Some(tx), Some(head)) if tx < head.tx => Err(short(dir, tx, head.tx)),
        (Some(tx), _) => Ok(Tail { tx, torn_bytes: lines.torn_bytes() }),
    }
}

/// Adds to the index what the journal holds behind `known`, one batch a transaction, and brings it to the disk.
fn catch_up(dir: &Path, index: &Index, known: Option<&HeadV1>) -> Result<HeadV1, Failure> {
    journal::sync(dir)?;
    let mut lines = match known {
        Some(head) => Lines::from(dir, head.tx, head.line.previous.0, head.line.offset)?,
        None => Lines::from_start(dir)?,
    };
    let head = replay(dir, &mut lines, known, |records, _| Ok(index.apply(records)?))?;
    index.sync()?;
    Ok(head)
}

/// The records of a short journal, made from the journal alone, checked whole and against the anchor; `None` where the
/// journal is long or there is no anchor.
///
/// # Errors
/// As [`bring_up`].
pub(super) fn short_journal(dir: &Path) -> Result<Option<(Records, HeadV1)>, Error> {
    if journal::bytes(dir)? > limits::JOURNAL_BYTES_READ_WITHOUT_INDEX {
        return Ok(None);
    }
    match anchor::read(dir) {
        Some(anchor) => in_memory_again(dir, Some(anchor)).map(Some),
        None => Ok(None),
    }
}

/// As [`in_memory`], tried twice: a writer that cuts a torn line and appends another while we read makes it look broken,
/// once.
pub(super) fn in_memory_again(dir: &Path, anchor: Option<Anchor>) -> Result<(Records, HeadV1), Error> {
    in_memory(dir, anchor).or_else(|_| in_memory(dir, anchor))
}

/// The records of `dir` made from the journal alone, and its head.
///
/// # Errors
/// The journal is missing, broken, or does not hold the transaction of the anchor.
fn in_memory(dir: &Path, anchor: Option<Anchor>) -> Result<(Records, HeadV1), Error> {
    let mut records = Records::Memory(BTreeMap::new());
    let mut held = anchor.is_none();
    let add = |made: Vec<layout::Record>, head: &HeadV1| {
        if let Some(anchor) = anchor.filter(|anchor| anchor.tx == head.tx) {
            if Anchor::of(head) != anchor {
                return Err(Failure::Error(not_the_journal_of_the_index(dir, head.tx)));
            }
            held = true;
        }
        Ok(records.add(made)?)
    };
    match replay(dir, &mut Lines::from_start(dir)?, None, add) {
        Ok(head) if held => Ok((records, head)),
        Ok(head) => Err(short(dir, head.tx, anchor.map_or(0, |anchor| anchor.tx))),
        Err(Failure::Error(error)) => Err(error),
        Err(Failure::Index(trouble)) => Err(index::index_error(dir, trouble)),
    }
}

/// The records of `dir` made from the journal alone, as they were at transaction `tx`, and the head then; `None` where the
/// journal ends before it.
///
/// # Errors
/// The journal is missing or broken, before or behind that transaction.
pub(super) fn in_memory_up_to(dir: &Path, tx: u64) -> Result<Option<(Records, HeadV1)>, Error> {
    let mut records = Records::Memory(BTreeMap::new());
    let mut reached = None;
    let add = |made: Vec<layout::Record>, head: &HeadV1| {
        if head.tx <= tx {
            records.add(made)?;
            reached = Some(head.clone());
        }
        Ok(())
    };
    match replay(dir, &mut Lines::from_start(dir)?, None, add) {
        Ok(_) => Ok(reached.filter(|head| head.tx == tx).map(|head| (records, head))),
        Err(Failure::Error(error)) => Err(error),
        Err(Failure::Index(trouble)) => Err(index::index_error(dir, trouble)),
    }
}

/// Gives the records of each transaction behind `known` to `add`; the first line read is that of `known`.
fn replay(
    dir: &Path,
    lines: &mut Lines,
    known: Option<&HeadV1>,
    mut add: impl FnMut(Vec<layout::Record>, &HeadV1) -> Result<(), Failure>,
) -> Result<HeadV1, Failure> {
    let mut head = known.cloned();
    while let Some(line) = lines.next_line()? {
        let (recorded_at, records) = if line.tx == 0 {
            line.check_header(dir)?;
            (None, layout::first_records(line.place))
        } else {
            let transaction = line.transaction(dir)?;
            (Some(transaction.recorded_at), layout::records(&transaction, line.place))
        };
        if head.as_ref().is_some_and(|head| line.tx <= head.tx) {
            continue;
        }
        let reached = HeadV1 { tx: line.tx, recorded_at, line: line.place };
        add(records.map_err(too_long)?, &reached)?;
        head = Some(reached);
    }
    Ok(head.ok_or_else(|| no_header(dir))?)
}

fn no_header(dir: &Path) -> Error {
    Error::new(ErrorCode::DamagedJournal, format!("{} has no first line", dir.join(journal::FILE).display()))
        .hint("restore the journal from a copy")
}

fn short(dir: &Path, tx: u64, index_tx: u64) -> Error {
    let missing = tx + 1;
    Error::new(
        ErrorCode::ShortJournal,
        format!(
            "transaction {missing} is missing from {}: it ends at transaction {tx}, the index knows {index_tx}",
            dir.join(journal::FILE).display()
        ),
    )
    .hint("restore the journal from a copy that holds it")
    .hint(format!("if an older journal was put back on purpose, remove {}", dir.join(FOLDER).display()))
}

pub(super) fn not_the_journal_of_the_index(dir: &Path, tx: u64) -> Error {
    Error::new(
        ErrorCode::ForeignJournal,
        format!(
            "transaction {tx} in {} is not the one that the index knows",
            dir.join(journal::FILE).display()
        ),
    )
    .hint("restore the journal from the right copy")
    .hint(format!("if this journal was put here on purpose, remove {}", dir.join(FOLDER).display()))
}
