//! The store: the only module that knows files.
//!
//! A database is a folder with a journal (the truth), an index (made from it), and the writer's lock.
//! `docs/store.md` states what is written when, and what is true after each kind of failure. Where an error
//! comes out of here, nothing was recorded and nothing was answered.

mod errors;
mod disk;
mod mounts;
mod lock;
mod codec;
mod schema;
mod head;
mod tables;
mod convert;
mod layout;
mod index;
mod whole_file;
mod acknowledged;
mod merkle;
mod journal;
mod observed;
mod tail;
mod compact;
mod image;
mod recover;
mod reader;
mod transactions;
mod segments;
mod segment_file;
mod publish;
mod replica;
mod evidence;
mod compile;
mod writer;
mod migrate;
mod backup;
mod restore;
mod rebuild;
mod salvage;
mod verify;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use self::backup::{BackedUp, backup};
pub use self::errors::unknown_transaction;
pub use self::evidence::Evidence;
pub use self::head::Head;
use self::journal::Format;
pub use self::journal::NO_HASH;
pub use self::migrate::{Migrated, has_former_format, migrate};
pub use self::publish::{Published, publish};
pub use self::reader::Reader;
pub use self::rebuild::{Rebuilt, rebuild};
pub use self::replica::{Replica, detach, forked, origin, refuse_replica};
pub use self::restore::{Restored, restore};
pub use self::salvage::{LostTransaction, SalvageOptions, Salvaged, salvage};
pub use self::segment_file::check_segment;
#[cfg(any(test, feature = "server"))]
pub use self::segments::GrowingSegment;
pub use self::verify::{Verified, verify};
pub use self::writer::Writer;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::statement::Sha256;
use crate::time::Timestamp;

/// The file of the journal of the database in `dir`.
pub fn journal_file(dir: &Path) -> PathBuf {
    journal::path(dir)
}

/// Whether there is a database in `dir`, damaged or not.
pub fn exists(dir: &Path) -> bool {
    journal::exists(dir)
}

/// Finds the database in `dir`.
///
/// # Errors
/// There is none (`no_database`), its journal is missing (`journal_missing`), or it cannot be read (`disk`).
pub fn find(dir: &Path) -> Result<(), Error> {
    journal::bytes(dir).map(drop)
}

/// What shows whether anything was recorded since it was taken: how much of the journal is acknowledged, which
/// only grows, and when that was last written.
///
/// ```
/// use tierbook::{LoadOptions, Stamp};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let before: Option<Stamp> = database.stamp();
/// database.writer()?.load("seed/binance-2026-02-03.txt", LoadOptions::default())?;
/// assert_eq!(database.stamp(), before); // the same bytes are recorded once
/// database.writer()?.retract("ee2413a8367c", "an example")?;
/// assert_ne!(database.stamp(), before);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    bytes: u64,
    written_at: Option<std::time::SystemTime>,
}

/// The stamp of the database in `dir`; `None` where there is none.
pub fn stamp(dir: &Path) -> Option<Stamp> {
    let acknowledged = acknowledged::read(dir).ok()?;
    let file = acknowledged.as_ref().map_or_else(|| journal::path(dir), |_| dir.join(acknowledged::FILE));
    let metadata = fs::metadata(file).ok()?;
    let bytes = acknowledged.map_or(metadata.len(), |head| head.length);
    Some(Stamp { bytes, written_at: metadata.modified().ok() })
}

/// The last transaction of the database in `dir` that is acknowledged, and its hash; `None` where there is no head file to
/// look at.
pub fn acknowledged_head(dir: &Path) -> Option<(u64, Sha256)> {
    acknowledged::read(dir).ok()?.map(|head| (head.tx, head.hash))
}

/// Makes an empty database in `dir`, and the folder where it is missing. It is on the disk when this returns.
///
/// # Errors
/// There is one already (`database_exists`), the folder has an index whose journal is missing
/// (`journal_missing`), another process keeps the lock for longer than [`limits::LOCK_WAIT_MS`] (`locked`),
/// or the disk refuses (`disk`). A database that is there is never touched.
pub fn create(dir: &Path, now: Timestamp) -> Result<(), Error> {
    create_in(dir, Format::Frames, now)
}

/// As [`create`], with a journal of format 1, as older versions made it.
///
/// # Errors
/// As [`create`].
#[cfg(test)]
pub fn create_in_format_1(dir: &Path, now: Timestamp) -> Result<(), Error> {
    create_in(dir, Format::Lines, now)
}

/// The hash of each transaction of the journal in `dir`, the header first, and where it begins and ends in the file.
///
/// # Errors
/// It is damaged.
#[cfg(test)]
pub fn places(dir: &Path) -> Result<Vec<(Sha256, u64, u64)>, Error> {
    let mut lines = journal::Lines::from_start(dir, journal::Extent::Acknowledged)?;
    let mut places = Vec::new();
    while let Some(line) = lines.next_line()? {
        places.push((line.place.hash.0, line.place.offset, line.place.end));
    }
    Ok(places)
}

#[cfg(test)]
pub use self::disk::faults;

fn create_in(dir: &Path, format: Format, now: Timestamp) -> Result<(), Error> {
    refuse_existing(dir)?;
    disk::create_folder(dir).map_err(|error| errors::disk_error("create", dir, error))?;
    let _lock = lock::take(dir, Duration::from_millis(limits::LOCK_WAIT_MS))?;
    // Another process may have made one before this one got the lock.
    refuse_existing(dir)?;
    journal::create(dir, format, now)
}

fn refuse_existing(dir: &Path) -> Result<(), Error> {
    let folder = dir.display();
    if journal::exists(dir) {
        let what = format!("there is already a database in {folder}");
        return Err(Error::new(ErrorCode::DatabaseExists, what).hint("`tierbook load FILE…` adds to it"));
    }
    if journal::has_other_files(dir) {
        return Err(errors::journal_missing(dir));
    }
    Ok(())
}
