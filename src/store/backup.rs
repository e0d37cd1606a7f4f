//! Backups: a folder with a copy of the journal, as it was acknowledged at one moment, and of its head file.
//!
//! A backup is a database itself: it can be asked and verified where it is. It is made without the lock of the
//! database that is copied, so that a writer may be at work. A newer backup in the same folder adds what is new;
//! what was there counts until all of it was read again, and the head file replaced.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::acknowledged::{self, Acknowledged};
use super::disk::{self, DiskFile};
use super::errors::{disk_error, foreign_to_head};
use super::head::Head;
use super::journal::{self, Extent, Lines, NO_HASH, Opened};
use super::schema::HeadV1;
use super::{layout, lock};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;

/// What a backup did.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// let database = tierbook::Database::create(folder.path().join("db"))?;
/// let first = database.backup(folder.path().join("backup"))?;
/// assert_eq!((first.transactions, first.copied), (0, first.bytes));
/// database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let second = database.backup(folder.path().join("backup"))?;
/// assert_eq!((second.transactions, second.copied), (1, second.bytes - first.bytes));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackedUp {
    /// The journal in the backup.
    pub journal: PathBuf,
    /// The last transaction in it.
    pub head: Head,
    /// How many transactions were not in the backup before; the header is not counted.
    pub transactions: u64,
    /// How many bytes of the journal were copied.
    pub copied: u64,
    /// How many bytes it has now.
    pub bytes: u64,
}

/// Copies what is acknowledged in `dir` to the backup in `to`, and reads it there again from the first byte.
///
/// # Errors
/// There is no database; `to` has another journal or is a database in use (`database_exists`), or has transactions
/// that the database lacks (`short_journal`); the journal or the backup is damaged (`damaged_journal`); another process
/// writes to `to` (`locked`), or the disk refuses (`disk`). What was in `to` is as it was then.
pub fn backup(dir: &Path, to: &Path) -> Result<BackedUp> {
    let journal = journal::open(dir)?;
    let acknowledged = acknowledged_in(dir, &journal)?;
    refuse_in_use(dir, to)?;
    disk::create_folder(to).map_err(|error| disk_error("create", to, error))?;
    let _lock = lock::take(to, Duration::from_millis(limits::LOCK_WAIT_MS))?;
    refuse_in_use(dir, to)?;
    let before = if journal::exists(to) { Some(older(dir, &journal, &acknowledged, to)?) } else { None };
    let start = before.as_ref().map_or(0, |before| before.length);
    let path = to.join(&acknowledged.journal);
    let head = match before {
        Some(_) => added(&journal, &acknowledged, &path, start),
        None => copied(&journal, &acknowledged, &path),
    }
    .map_err(|error| in_copy_of(dir, &journal, error))?;
    acknowledged::write(to, &acknowledged)?;
    let transactions = acknowledged.tx - before.map_or(0, |before| before.tx);
    let (copied, bytes) = (acknowledged.length - start, acknowledged.length);
    Ok(BackedUp { journal: path, head, transactions, copied, bytes })
}

/// How much of an open journal is acknowledged; every whole transaction where there is no head file.
///
/// # Errors
/// There is no head file, and the journal is damaged; or it is shorter than its head file says.
pub(super) fn acknowledged_in(dir: &Path, journal: &Opened) -> Result<Acknowledged> {
    match &journal.acknowledged {
        Some(head) if journal.bytes >= head.length => Ok(head.clone()),
        // Where there is one, it is what names the transaction that is missing.
        _ => {
            let head = checked(dir, journal.again()?)?;
            Ok(Acknowledged::of(journal.file_name(), &head))
        }
    }
}

/// The error for a copy that is not whole. Where what was copied is not either, that is what is named.
pub(super) fn in_copy_of(dir: &Path, journal: &Opened, error: Error) -> Error {
    if error.code() == ErrorCode::Disk {
        return error;
    }
    let of_original = journal.again().and_then(|journal| checked(dir, journal)).err();
    let verify = format!("`tierbook --db {} verify` checks what was copied", dir.display());
    of_original.unwrap_or(error).hint(verify)
}

/// Refuses the database itself, and another one in which somebody records.
fn refuse_in_use(dir: &Path, to: &Path) -> Result<()> {
    let is_same = fs::canonicalize(to).is_ok_and(|to| fs::canonicalize(dir).is_ok_and(|dir| dir == to));
    if !is_same && !to.join(layout::FOLDER).exists() {
        return Ok(());
    }
    let what = format!("{} is a database that is written to, not a backup", to.display());
    Err(Error::new(ErrorCode::DatabaseExists, what)
        .hint("name another folder; it is made where it is missing"))
}

/// What the backup in `to` has, if the journal begins with it.
fn older(dir: &Path, journal: &Opened, acknowledged: &Acknowledged, to: &Path) -> Result<Acknowledged> {
    let there = journal::open(to)?;
    let before = acknowledged_in(to, &there)?;
    let ends = (journal.end_hash(before.length)?, there.end_hash(before.length)?);
    let is_same = before.journal == acknowledged.journal && ends.0.is_some() && ends.0 == ends.1;
    if is_same && before.length <= acknowledged.length {
        return Ok(before);
    }
    // A damaged one may look like another one.
    checked(to, there)?;
    checked(dir, journal.again()?)?;
    let folder = to.display();
    if before.journal == acknowledged.journal && before.tx > acknowledged.tx {
        let what = format!(
            "the backup in {folder} ends at transaction {}, the database at {}: one of them lacks transactions, or they \
             are two databases",
            before.tx, acknowledged.tx
        );
        return Err(Error::new(ErrorCode::ShortJournal, what)
            .hint(format!("`tierbook --db {folder} log` shows what the backup has"))
            .hint("to keep both, name another folder"));
    }
    let what = format!("{folder} has another journal than this database");
    Err(Error::new(ErrorCode::DatabaseExists, what)
        .hint("name another folder; after `tierbook migrate`, a backup begins in a new folder too"))
}

/// Adds to the backup in the file `path`, which is whole up to `start`, what the journal has after it.
fn added(journal: &Opened, acknowledged: &Acknowledged, path: &Path, start: u64) -> Result<Head> {
    let write = || -> io::Result<()> {
        let file = DiskFile::open(path)?;
        // The rest of a backup that was stopped.
        file.set_len(start)?;
        copy(journal, start, acknowledged.length, &file)?;
        file.sync_all()
    };
    let added = write().map_err(|error| disk_error("write", path, error));
    added.and_then(|()| read_back(path, acknowledged)).inspect_err(|_| {
        // Nothing after the old head file counts: where this fails too, the next backup does it.
        let _ = DiskFile::open(path).and_then(|file| file.set_len(start));
    })
}

/// Copies a journal to the file `path`, which is there only once it was read back.
///
/// # Errors
/// The disk refuses, or the copy is damaged.
fn copied(journal: &Opened, acknowledged: &Acknowledged, path: &Path) -> Result<Head> {
    let (draft, head) = drafted(journal, acknowledged, path)?;
    let moved = disk::rename(&draft, path).and_then(|()| match path.parent() {
        Some(folder) => disk::sync_folder(folder),
        None => Ok(()),
    });
    moved.map_err(|error| disk_error("write", path, error))?;
    Ok(head)
}

/// Copies a journal beside the file `path`, and reads it back; gives the name of the copy, and its head.
///
/// # Errors
/// The disk refuses, or the copy is damaged: there is none then.
pub(super) fn drafted(journal: &Opened, acknowledged: &Acknowledged, path: &Path) -> Result<(PathBuf, Head)> {
    let draft = path.with_file_name(format!("{}.new", acknowledged.journal));
    let write = || -> io::Result<()> {
        let file = DiskFile::create(&draft)?;
        copy(journal, 0, acknowledged.length, &file)?;
        file.sync_all()
    };
    let written = write().map_err(|error| disk_error("write", &draft, error));
    let head = written.and_then(|()| read_back(&draft, acknowledged)).inspect_err(|_| {
        let _ = disk::remove_file(&draft);
    })?;
    Ok((draft, head))
}

/// Copies the bytes of a journal from `start` up to `end` to the same place.
fn copy(journal: &Opened, start: u64, end: u64, to: &DiskFile) -> io::Result<()> {
    let (mut from, mut at) = (journal.reader(start)?, start);
    let mut part = vec![0; 1 << 16];
    while at < end {
        let length = part.len().min((end - at) as usize);
        from.read_exact(&mut part[..length])?;
        to.write_at(&part[..length], at)?;
        at += length as u64;
    }
    Ok(())
}

/// Reads the copy in the file `path`: its chain, and each transaction.
///
/// # Errors
/// It is damaged, or another journal.
pub(super) fn read_back(path: &Path, acknowledged: &Acknowledged) -> Result<Head> {
    let copy = Opened::of_file(path, acknowledged.clone())?;
    let head = checked(path.parent().unwrap_or(path), copy)?;
    let is_it = head.tx == acknowledged.tx && head.line.hash.0 == acknowledged.hash;
    if is_it { Ok(Head::of(&head)) } else { Err(foreign_to_head(path, acknowledged.tx)) }
}

/// Reads a journal from its first transaction to its last one.
///
/// # Errors
/// It is damaged, or of a newer format.
pub(super) fn checked(dir: &Path, journal: Opened) -> Result<HeadV1> {
    let mut lines = Lines::of(journal, Extent::Acknowledged, 0, NO_HASH, 0)?;
    let mut head = None;
    while let Some(line) = lines.next_line()? {
        let recorded_at = match line.tx {
            0 => line.check_header(dir).map(|()| None)?,
            _ => Some(line.transaction(dir)?.recorded_at),
        };
        head = Some(HeadV1 { tx: line.tx, recorded_at, line: line.place });
    }
    head.ok_or_else(|| super::recover::no_header(dir))
}
