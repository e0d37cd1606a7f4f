//! What happens at every open: the journal is checked, the index compared with it and updated from it.

use std::path::Path;

use super::acknowledged;
use super::entries::Entries;
use super::errors::too_large;
use super::index::{self, FOLDER, Index};
use super::journal::{self, Extent, Lines};
use super::layout::{self, Entry};
use super::schema::HeadV1;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::text::counted;

/// The end of a checked journal.
struct Tail {
    tx: u64,
    torn_bytes: u64,
}

/// An index that is up to date with its journal.
pub(super) struct Opened {
    pub index: Index,
    pub head: HeadV1,
    /// The bytes after the last whole line of the journal.
    pub torn_bytes: u64,
}

/// Opens the index of `dir` and adds what the journal has and it lacks. Writes nothing where it is up to
/// date.
///
/// # Errors
/// The journal is missing, broken, shorter than the index or not the one that the index was made from; or the
/// index cannot be used.
pub(super) fn update(dir: &Path, extent: Extent, notices: &mut Vec<String>) -> Result<Opened> {
    let index = Index::open(dir)?;
    let known = index.head()?;
    let tail = check(dir, extent, known.as_ref())?;
    let missing = tail.tx - known.as_ref().map_or(0, |head| head.tx);
    let head = match &known {
        Some(head) if missing == 0 => head.clone(),
        _ => catch_up(dir, extent, &index, known.as_ref())?,
    };
    if missing > 0 {
        let count = counted(missing, "transaction");
        let what = match known {
            None => format!("the index was rebuilt from the journal ({count})"),
            Some(_) => format!("the index lacked {count} of the journal and was updated"),
        };
        notices.push(what);
    }
    Ok(Opened { index, head, torn_bytes: tail.torn_bytes })
}

/// As [`update`], but sets a damaged index aside and rebuilds it. Only a process with the writer's lock may
/// call it.
///
/// # Errors
/// As [`update`].
pub(super) fn update_or_rebuild(dir: &Path, notices: &mut Vec<String>) -> Result<Opened> {
    match update(dir, Extent::Whole, notices) {
        Err(error) if error.code() == ErrorCode::DamagedIndex => {
            if let Some(name) = index::set_aside(dir)? {
                let what = format!("{}; it was moved to {name}, which you may delete", error.message());
                notices.push(what);
            }
            update(dir, Extent::Whole, notices)
        }
        result => result,
    }
}

/// Checks the journal: whole where it is short, else from the line of the last transaction in the index.
fn check(dir: &Path, extent: Extent, known: Option<&HeadV1>) -> Result<Tail> {
    let bytes = journal::bytes(dir)?;
    let mut lines = match known {
        Some(head) if bytes > limits::JOURNAL_BYTES_HASHED_AT_OPEN && bytes >= head.line.end => {
            Lines::from(dir, extent, head.tx, head.line.previous.0, head.line.offset)?
        }
        _ => Lines::from_start(dir, extent)?,
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
            return Err(foreign_journal(dir, head.tx));
        }
        last = Some(line.tx);
    }
    match (last, known) {
        (None, _) => Err(no_header(dir)),
        (Some(tx), Some(head)) if tx < head.tx => Err(short(dir, tx, head.tx)),
        (Some(tx), _) => Ok(Tail { tx, torn_bytes: lines.torn_bytes() }),
    }
}

/// Adds to the index what the journal has after `known`, one batch a transaction, and brings it to the disk.
fn catch_up(dir: &Path, extent: Extent, index: &Index, known: Option<&HeadV1>) -> Result<HeadV1> {
    journal::sync(dir)?;
    let mut lines = match known {
        Some(head) => Lines::from(dir, extent, head.tx, head.line.previous.0, head.line.offset)?,
        None => Lines::from_start(dir, extent)?,
    };
    let head = replay(dir, &mut lines, known, |entries, _| index.apply(entries))?;
    index.sync()?;
    Ok(head)
}

/// The entries of a short journal, made from the journal alone, checked whole and against the head file; `None`
/// where the journal is long or there is no head file.
///
/// # Errors
/// As [`update`].
pub(super) fn short_journal(dir: &Path) -> Result<Option<(Entries, HeadV1)>> {
    if journal::bytes(dir)? > limits::JOURNAL_BYTES_READ_WITHOUT_INDEX {
        return Ok(None);
    }
    match acknowledged::read(dir)? {
        Some(_) => in_memory_again(dir).map(Some),
        None => Ok(None),
    }
}

/// As [`in_memory`], tried twice: a writer that cuts a torn line and appends another while we read makes it
/// look broken, once.
pub(super) fn in_memory_again(dir: &Path) -> Result<(Entries, HeadV1)> {
    in_memory(dir).or_else(|_| in_memory(dir))
}

/// The entries of `dir` made from the journal alone, and its head.
///
/// # Errors
/// The journal is missing, broken, or not the one of the head file.
fn in_memory(dir: &Path) -> Result<(Entries, HeadV1)> {
    let mut entries = Entries::in_memory(dir);
    let mut lines = Lines::from_start(dir, Extent::Acknowledged)?;
    let head = replay(dir, &mut lines, None, |made, _| entries.add(made))?;
    Ok((entries, head))
}

/// The entries of `dir` made from the journal alone, as they were at transaction `tx`, and the head then;
/// `None` where the journal ends before it.
///
/// # Errors
/// The journal is missing or broken, before or after that transaction.
pub(super) fn in_memory_up_to(dir: &Path, tx: u64) -> Result<Option<(Entries, HeadV1)>> {
    let mut entries = Entries::in_memory(dir);
    let mut reached = None;
    let mut lines = Lines::from_start(dir, Extent::Acknowledged)?;
    replay(dir, &mut lines, None, |made, head| {
        if head.tx <= tx {
            entries.add(made)?;
            reached = Some(head.clone());
        }
        Ok(())
    })?;
    Ok(reached.filter(|head| head.tx == tx).map(|head| (entries, head)))
}

/// Gives the entries of each transaction after `known` to `add`; the first line read is that of `known`.
fn replay(
    dir: &Path,
    lines: &mut Lines,
    known: Option<&HeadV1>,
    mut add: impl FnMut(Vec<Entry>, &HeadV1) -> Result<()>,
) -> Result<HeadV1> {
    let mut head = known.cloned();
    while let Some(line) = lines.next_line()? {
        let (recorded_at, entries) = if line.tx == 0 {
            line.check_header(dir)?;
            (None, layout::first_entries(line.place))
        } else {
            let transaction = line.transaction(dir)?;
            (Some(transaction.recorded_at), layout::entries(&transaction, line.place))
        };
        if head.as_ref().is_some_and(|head| line.tx <= head.tx) {
            continue;
        }
        let reached = HeadV1 { tx: line.tx, recorded_at, line: line.place };
        add(entries.map_err(too_large)?, &reached)?;
        head = Some(reached);
    }
    head.ok_or_else(|| no_header(dir))
}

fn no_header(dir: &Path) -> Error {
    let path = journal::path(dir);
    Error::new(ErrorCode::DamagedJournal, format!("{} has no first line", path.display()))
        .hint("restore the journal from a backup")
}

fn short(dir: &Path, tx: u64, index_tx: u64) -> Error {
    let (missing, path) = (tx + 1, journal::path(dir));
    let what = format!(
        "transaction {missing} is missing from {}: it ends at transaction {tx}, the index at {index_tx}",
        path.display()
    );
    Error::new(ErrorCode::ShortJournal, what)
        .hint("restore the journal from a backup that has this transaction")
        .hint(format!("if you put an older journal there on purpose, delete {}", dir.join(FOLDER).display()))
}

/// The error for a journal that is not the one that the index was made from.
pub(super) fn foreign_journal(dir: &Path, tx: u64) -> Error {
    let path = journal::path(dir);
    let what = format!("transaction {tx} in {} is not the one that the index was made from", path.display());
    Error::new(ErrorCode::ForeignJournal, what)
        .hint("restore the journal from the right backup")
        .hint(format!("if you put this journal there on purpose, delete {}", dir.join(FOLDER).display()))
}
