//! The one home of the journal: the truth, from which everything else can be rebuilt.
//!
//! It is a chain of transactions, of which each has a hash that fixes everything before it. Transaction 0 is a
//! header. There are two formats: `journal.jsonl` (format 1) has a transaction a line, `journal.zst` (format 2) a
//! zstd frame of JSON lines each, which refer to what is stored already. `docs/store.md` describes both for
//! others and has checkers that know nothing of this program.

mod form;
mod format_1;
mod lost;
mod parts;
mod header;
mod stored;
mod frames;
mod pieces;
mod encode;
mod decode;
mod line;
mod opened;
mod lines;
mod scan;
mod copy;
pub(super) mod salvage;
pub(super) mod draft;
pub(super) mod appender;

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

pub use self::form::NO_HASH;
pub(super) use self::form::{Format, chained, exists, format, path};
pub(super) use self::line::Line;
pub(super) use self::lines::{Extent, Lines};
pub(super) use self::lost::{HashFrom, LostV1};
pub(super) use self::opened::{Opened, has_other_files, open};
pub(super) use self::stored::KnownFrames;
use super::acknowledged::{self, Acknowledged};
use super::disk::{self, DiskFile};
use super::errors::disk_error;
use super::schema::scalars::TimestampV1;
use crate::error::{Error, ErrorCode};
use crate::time::Timestamp;

/// Makes a journal without transactions in `dir`. A crash leaves either none or a whole one.
///
/// # Errors
/// The file cannot be written.
pub(super) fn create(dir: &Path, format: Format, now: Timestamp) -> Result<(), Error> {
    let (path, draft) = (dir.join(format.file()), dir.join(format!("{}.new", format.file())));
    let now = TimestampV1(now);
    let first = match format {
        Format::Lines => format_1::first(now),
        Format::Frames => {
            encode::first(&encode::first_header(now), None).map(|frame| (frame.hash, frame.bytes))
        }
    };
    let (hash, bytes) = first.map_err(|why| disk_error("write", &path, io::Error::other(why)))?;
    let write = || -> io::Result<()> {
        let file = DiskFile::create(&draft)?;
        file.write_at(&bytes, 0)?;
        file.sync_all()?;
        disk::rename(&draft, &path)?;
        disk::sync_folder(dir)?;
        match fs::canonicalize(dir)?.parent() {
            Some(parent) => disk::sync_folder(parent),
            None => Ok(()),
        }
    };
    write().map_err(|error| disk_error("write", &path, error))?;
    let (journal, length) = (format.file().to_string(), bytes.len() as u64);
    acknowledged::write(dir, &Acknowledged { journal, tx: 0, hash, length })
}

/// Makes sure that what a writer wrote, but could not acknowledge, is on the disk: the index must never have more.
///
/// # Errors
/// The disk does not take it.
pub(super) fn sync(dir: &Path) -> Result<(), Error> {
    let path = path(dir);
    let acknowledged = acknowledged::read(dir)?.map(|head| head.length);
    let write = || -> io::Result<()> {
        match acknowledged {
            Some(end) if fs::metadata(&path)?.len() > end => rewrite(&path, end),
            _ => disk::sync_file(&path),
        }
    };
    write().map_err(|error| disk_error("write", &path, error))
}

/// Writes the bytes of a file after `start` again. After a sync that failed the system may take bytes for written that
/// are not, so that the next sync would pass them over.
fn rewrite(path: &Path, start: u64) -> io::Result<()> {
    let (mut old, file) = (File::open(path)?, DiskFile::open(path)?);
    let mut offset = old.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    while old.by_ref().take(REWRITTEN_BYTES).read_to_end(&mut bytes)? > 0 {
        file.write_at(&bytes, offset)?;
        offset += bytes.len() as u64;
        bytes.clear();
    }
    file.sync_all()
}

/// How many bytes are written again at once.
const REWRITTEN_BYTES: u64 = 1 << 20;

/// The error for a transaction whose content is not one.
pub(super) fn unreadable(tx: u64, why: &str) -> Error {
    Error::new(ErrorCode::DamagedJournal, format!("transaction {tx} cannot be read: {why}"))
        .hint("`tierbook verify` checks the whole database")
}

/// How much work it is to read the journal of `dir`, in bytes of format 1: a compressed byte is many.
///
/// # Errors
/// As [`bytes`].
pub(super) fn bytes_to_read(dir: &Path) -> Result<u64, Error> {
    let bytes = bytes(dir)?;
    Ok(match format(dir)? {
        Format::Lines => bytes,
        Format::Frames => bytes.saturating_mul(BYTES_OF_ONE),
    })
}

/// How many bytes of format 1 a byte of format 2 is worth, where a journal is compressed well.
const BYTES_OF_ONE: u64 = 32;

/// How many bytes the journal of `dir` has.
///
/// # Errors
/// As [`open`].
pub(super) fn bytes(dir: &Path) -> Result<u64, Error> {
    Ok(open(dir)?.bytes)
}
