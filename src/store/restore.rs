//! Restoring a backup: its journal becomes that of a database.
//!
//! Where there is a database, it is kept in a folder inside its own. A crash at any moment leaves the old journal
//! or the new one in force, whole: a second attempt finishes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::acknowledged::{self, Acknowledged};
use super::backup::{acknowledged_in, drafted, in_copy_of};
use super::disk;
use super::errors::{disk_error, removed};
use super::head::Head;
use super::journal::{self, Format};
use super::{image, layout, lock, replica};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;

/// What a restoration did.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.backup(folder.path().join("backup"))?;
/// let restored = database.restore(folder.path().join("backup"), true)?;
/// assert_eq!(restored.head, database.head()?);
/// assert!(restored.kept.is_some()); // there was a database
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    /// The journal from now on.
    pub journal: PathBuf,
    /// The last transaction in it.
    pub head: Head,
    /// How many bytes it has.
    pub bytes: u64,
    /// The folder with the database that was there before; `None` where there was none.
    pub kept: Option<PathBuf>,
}

/// What to say where not everything could be done.
const AGAIN: &str =
    "what was there or the backup is in force, whole; the same command with `--replace` finishes";

/// Makes the database in `dir` from the backup in `from`; with `replace` also where there is one, which is kept.
///
/// # Errors
/// There is no backup (`no_database`), or it is damaged; there is a database, or some of its files, and `replace` is
/// false, or `from` is the same folder (`database_exists`); another process writes (`locked`), or the disk refuses
/// (`disk`).
pub fn restore(from: &Path, dir: &Path, replace: bool) -> Result<Restored> {
    let backup = journal::open(from).map_err(|error| no_backup(from, error))?;
    refuse_existing(from, dir, replace)?;
    disk::create_folder(dir).map_err(|error| disk_error("create", dir, error))?;
    let _lock = lock::take(dir, Duration::from_millis(limits::LOCK_WAIT_MS))?;
    refuse_existing(from, dir, replace)?;
    let acknowledged = acknowledged_in(from, &backup)?;
    let path = dir.join(&acknowledged.journal);
    let drafted = drafted(&backup, &acknowledged, &path);
    let (draft, head) = drafted.map_err(|error| in_copy_of(from, &backup, error))?;
    let replaced = || -> Result<Option<PathBuf>> {
        let kept = if is_used(dir) { Some(keep(dir)?) } else { None };
        put(dir, &draft, &path, &acknowledged)?;
        Ok(kept)
    };
    let kept = replaced().map_err(|error| error.hint(AGAIN))?;
    Ok(Restored { journal: path, head, bytes: acknowledged.length, kept })
}

/// The error for a folder from which nothing can be restored.
fn no_backup(from: &Path, error: Error) -> Error {
    match error.code() {
        ErrorCode::NoDatabase => {
            Error::new(ErrorCode::NoDatabase, format!("there is no backup in {}", from.display()))
                .hint("name the folder that `tierbook backup FOLDER` wrote, or one with a copy of a journal")
        }
        ErrorCode::JournalMissing => {
            let what = format!("the backup in {} has no journal", from.display());
            Error::new(ErrorCode::JournalMissing, what).hint("name the folder of another backup")
        }
        _ => error,
    }
}

/// Whether `dir` has a database, or a part of one.
fn is_used(dir: &Path) -> bool {
    journal::exists(dir) || journal::has_other_files(dir)
}

fn refuse_existing(from: &Path, dir: &Path, replace: bool) -> Result<()> {
    let same = |folder: &Path| fs::canonicalize(folder).ok();
    if same(dir).is_some() && same(from) == same(dir) {
        let what = format!("{} is the database itself, not a backup of it", from.display());
        return Err(Error::new(ErrorCode::DatabaseExists, what).hint("name the folder of the backup"));
    }
    if !is_used(dir) || replace {
        return Ok(());
    }
    let what = format!("there is already a database in {}", dir.display());
    Err(Error::new(ErrorCode::DatabaseExists, what)
        .hint("`--replace` keeps it in a folder inside, and puts the backup in its place")
        .hint("`--db FOLDER` restores to another folder"))
}

/// Keeps the database under another name. The head file goes first from its place: the journal alone is a whole
/// database, until the new one takes its place.
fn keep(dir: &Path) -> Result<PathBuf> {
    let name = |number: u32| dir.join(format!("before-restore-{number}"));
    let kept = (1..u32::MAX).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(1));
    let move_all = || -> io::Result<()> {
        disk::create_folder(&kept)?;
        for journal in Format::ALL.map(Format::file) {
            ignore_missing(link_or_copy(&dir.join(journal), &kept.join(journal)))?;
        }
        ignore_missing(link_or_copy(&dir.join(acknowledged::FILE), &kept.join(acknowledged::FILE)))?;
        disk::sync_folder(&kept)?;
        for made in [image::FILE, layout::FOLDER] {
            ignore_missing(disk::rename(&dir.join(made), &kept.join(made)))?;
        }
        disk::sync_folder(dir)
    };
    move_all().map_err(|error| disk_error("write", &kept, error))?;
    Ok(kept)
}

/// Puts a journal in force, and nothing else.
fn put(dir: &Path, draft: &Path, path: &Path, acknowledged: &Acknowledged) -> Result<()> {
    let moved = || -> io::Result<()> {
        // Of the journal before: without one, all of a journal counts, of two the one in the newest format.
        ignore_missing(disk::remove_file(&dir.join(acknowledged::FILE)))?;
        disk::sync_folder(dir)?;
        disk::rename(draft, path)?;
        disk::sync_folder(dir)
    };
    moved().map_err(|error| disk_error("write", path, error))?;
    acknowledged::write(dir, acknowledged)?;
    // It is a database of its own, also in the place of a replica.
    removed(&dir.join(replica::MARK), replica::unmark(dir))?;
    for other in Format::ALL.map(Format::file).into_iter().filter(|file| *file != acknowledged.journal) {
        let other = dir.join(other);
        removed(&other, disk::remove_file(&other))?;
    }
    Ok(())
}

/// Gives a file another name, or a copy where the file system has one name a file (FAT, some network file systems).
fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    let refused = [io::ErrorKind::PermissionDenied, io::ErrorKind::Unsupported, io::ErrorKind::TooManyLinks];
    match disk::link(from, to) {
        Err(error) if refused.contains(&error.kind()) => disk::copy(from, to),
        linked => linked,
    }
}

fn ignore_missing(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
