//! What happens at every open: the image is compared with the head file, the rest of the journal is read, and a
//! writer brings the record store up to date.

use std::path::Path;

use super::errors::too_large;
use super::image::Image;
use super::index::{self, Index};
use super::journal::{self, Extent, Lines, NO_HASH};
use super::layout::{self, Entry, FOLDER, KnownTables};
use super::schema::HeadV1;
use super::tail::Tail;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::text::counted;

/// An image, `None` where there is none, or what is wrong with it, in words.
type Found = std::result::Result<Option<Image>, String>;

/// How often a reader looks again at an image that does not match the head file, while a writer replaces both.
const TRIES: u32 = 5;

/// The journal of the database in `dir`, and its image, both of one moment as far as a writer made one then.
///
/// # Errors
/// As [`journal::open`].
pub(super) fn journal_and_image(dir: &Path) -> Result<(journal::Opened, Found)> {
    let mut journal = journal::open(dir)?;
    let mut tries = 0;
    loop {
        let found = image(dir, &journal);
        let is_newest = |image: &Image| {
            journal.acknowledged.as_ref().is_none_or(|head| head.tx == image.header().head.tx)
        };
        tries += 1;
        if tries == TRIES || matches!(&found, Ok(Some(image)) if is_newest(image)) {
            return Ok((journal, found));
        }
        let again = journal::open(dir)?;
        if again.acknowledged == journal.acknowledged {
            return Ok((journal, found));
        }
        journal = again;
    }
}

/// The image beside a journal, if it belongs to what is acknowledged.
fn image(dir: &Path, journal: &journal::Opened) -> Found {
    let Some(image) = Image::open(dir, journal)? else { return Ok(None) };
    let of_image = &image.header().head;
    let belongs = journal.acknowledged.as_ref().is_none_or(|head| match head.tx == of_image.tx {
        true => head.hash == of_image.line.hash.0 && head.length == of_image.line.end,
        false => head.tx > of_image.tx,
    });
    if belongs { Ok(Some(image)) } else { Err(image.foreign()) }
}

/// What the journal of `dir` has after `known` up to what is acknowledged, and its head.
///
/// # Errors
/// The journal is broken there, or not the one of the head file.
pub(super) fn tail(dir: &Path, journal: journal::Opened, known: Option<&HeadV1>) -> Result<(Tail, HeadV1)> {
    let mut tail = Tail::default();
    let (tx, previous, offset) =
        known.map_or((0, NO_HASH, 0), |head| (head.tx + 1, head.line.hash.0, head.line.end));
    let mut lines = Lines::of(journal, Extent::Acknowledged, tx, previous, offset)?.without_unused_bases();
    let head = add_lines(dir, &mut lines, &mut tail, known, u64::MAX)?;
    Ok((tail, head))
}

/// What the journal of `dir` has up to transaction `last`, or up to its end where that comes before, and the head then.
///
/// # Errors
/// As [`tail`]: what comes later must be intact too.
pub(super) fn tail_up_to(dir: &Path, last: u64) -> Result<(Tail, HeadV1)> {
    let mut tail = Tail::default();
    let mut lines = Lines::from_start(dir, Extent::Acknowledged)?;
    let head = add_lines(dir, &mut lines, &mut tail, None, last)?;
    while lines.next_line()?.is_some() {}
    Ok((tail, head))
}

/// Adds lines up to transaction `last` to `tail`; gives the head that it has then.
fn add_lines(
    dir: &Path,
    lines: &mut Lines,
    tail: &mut Tail,
    known: Option<&HeadV1>,
    last: u64,
) -> Result<HeadV1> {
    let mut head = known.cloned();
    while head.as_ref().is_none_or(|head| head.tx < last) {
        let Some(line) = lines.next_line()? else { break };
        let mut recorded_at = None;
        if line.tx == 0 {
            line.check_header(dir)?;
        } else {
            let transaction = line.transaction(dir)?;
            recorded_at = Some(transaction.recorded_at);
            tail.add(line.place, transaction).map_err(|why| journal::unreadable(line.tx, &why))?;
        }
        head = Some(HeadV1 { tx: line.tx, recorded_at, line: line.place });
    }
    head.ok_or_else(|| no_header(dir))
}

/// A record store that is up to date with its journal.
pub(super) struct Opened {
    pub index: Index,
    pub head: HeadV1,
    /// The bytes after the last whole line of the journal.
    pub torn_bytes: u64,
}

/// The end of a checked journal.
struct Checked {
    tx: u64,
    torn_bytes: u64,
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
    let checked = check(dir, extent, known.as_ref())?;
    let missing = checked.tx - known.as_ref().map_or(0, |head| head.tx);
    let head = match &known {
        Some(head) if missing == 0 => head.clone(),
        _ => catch_up(dir, extent, &index, known.as_ref())?,
    };
    if missing > 0 {
        notices.push(match known {
            None => index_rebuilt(missing),
            Some(_) => {
                let count = counted(missing, "transaction");
                format!("the index lacked {count} of the journal and was updated")
            }
        });
    }
    Ok(Opened { index, head, torn_bytes: checked.torn_bytes })
}

/// The notice that an index was made of all transactions.
pub(super) fn index_rebuilt(transactions: u64) -> String {
    format!("the index was rebuilt from the journal ({})", counted(transactions, "transaction"))
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
fn check(dir: &Path, extent: Extent, known: Option<&HeadV1>) -> Result<Checked> {
    let bytes = journal::bytes(dir)?;
    let is_long = !is_hashed_whole(journal::bytes_to_read(dir)?);
    let mut lines = match known {
        Some(head) if is_long && bytes >= head.line.end => {
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
        (Some(tx), _) => Ok(Checked { tx, torn_bytes: lines.torn_bytes() }),
    }
}

/// Whether a writer hashes all of a journal of so many bytes.
fn is_hashed_whole(bytes: u64) -> bool {
    bytes <= limits::JOURNAL_BYTES_HASHED_AT_OPEN
}

/// Bytes of records that are added to the index at once, but for the last of them.
const BATCH_BYTES: usize = 64 * 1024;

/// Adds to the index what the journal has after `known`, some transactions at a time, and brings it to the disk.
fn catch_up(dir: &Path, extent: Extent, index: &Index, known: Option<&HeadV1>) -> Result<HeadV1> {
    journal::sync(dir)?;
    let mut lines = match known {
        Some(head) => Lines::from(dir, extent, head.tx, head.line.previous.0, head.line.offset)?,
        None => Lines::from_start(dir, extent)?,
    };
    let (mut batch, mut bytes) = (Vec::new(), 0);
    let head = replay(dir, &mut lines, known, |entries, _| {
        bytes += entries.iter().map(|(_, record)| record.len()).sum::<usize>();
        batch.extend(entries);
        if bytes < BATCH_BYTES {
            return Ok(());
        }
        bytes = 0;
        index.apply(std::mem::take(&mut batch))
    })?;
    index.apply(batch)?;
    index.sync()?;
    Ok(head)
}

/// Gives the entries of each transaction after `known` to `add`; the first line read is that of `known`.
fn replay(
    dir: &Path,
    lines: &mut Lines,
    known: Option<&HeadV1>,
    mut add: impl FnMut(Vec<Entry>, &HeadV1) -> Result<()>,
) -> Result<HeadV1> {
    let (mut head, mut tables) = (known.cloned(), KnownTables::default());
    while let Some(line) = lines.next_line()? {
        let (recorded_at, entries) = if line.tx == 0 {
            line.check_header(dir)?;
            (None, layout::first_entries(line.place))
        } else {
            let transaction = line.transaction(dir)?;
            (Some(transaction.recorded_at), layout::entries(&transaction, line.place, &mut tables))
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

/// The error for a journal without a transaction.
pub(super) fn no_header(dir: &Path) -> Error {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_hashed_whole_up_to_a_length_and_not_above() {
        assert!(is_hashed_whole(limits::JOURNAL_BYTES_HASHED_AT_OPEN));
        assert!(!is_hashed_whole(limits::JOURNAL_BYTES_HASHED_AT_OPEN + 1));
    }
}
