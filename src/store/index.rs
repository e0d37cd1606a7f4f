//! The one home of sled: the index, a map of records that can be made anew from the journal at any time.
//!
//! sled 0.34 checks what it reads, but may come up with its newest records gone, may panic while it opens, and takes
//! `flush` for done before the disk has it. So it is never the truth: its head is compared with the journal at every
//! open, its panics are caught, and its file is synced here. One process at a time can hold it.

use std::cell::Cell;
use std::fs::{self, File};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Once;

use super::codec;
use super::errors::disk_error;
use super::layout::{self, Record};
use super::record::HeadV1;
use crate::error::{Error, ErrorCode};
use crate::limits;

/// The name of the folder in the folder of a database.
pub(super) const FOLDER: &str = "index";

/// Why the index cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    /// Another process holds it.
    Locked,
    /// The disk or its permissions do not allow it; the index itself may be whole.
    Refused(String),
    /// It holds what it should not; it has to be made anew.
    Damaged(String),
}

/// The index, held by this process until it is dropped.
pub(super) struct Index {
    db: sled::Db,
    /// A second handle on sled's file: `flush` does not sync it.
    file: File,
}

impl Index {
    /// Opens the index in `dir`, or makes an empty one.
    ///
    /// # Errors
    /// [`Trouble`]; nothing is changed but what sled mends itself.
    pub fn open(dir: &Path) -> Result<Index, Trouble> {
        let path = dir.join(FOLDER);
        delete_unfinished_snapshots(&path)?;
        let config = sled::Config::new()
            .path(&path)
            .cache_capacity(limits::INDEX_CACHE_BYTES)
            // The journal is the truth, so nothing needs to be written behind our back; it also saves a thread.
            .flush_every_ms(None);
        let db = guarded(|| config.open())?;
        let file = File::open(path.join("db")).map_err(refused)?;
        let index = Index { db, file };
        match index.get(layout::FORMAT.0)? {
            Some(format) if format == layout::FORMAT.1 => Ok(index),
            None if index.scan(&[])?.is_empty() => Ok(index),
            _ => Err(Trouble::Damaged("it is not an index of this version".to_string())),
        }
    }

    /// What the index is up to; `None` where it is empty.
    ///
    /// # Errors
    /// [`Trouble::Damaged`] where it holds records but no head.
    pub fn head(&self) -> Result<Option<HeadV1>, Trouble> {
        match self.get(layout::HEAD)? {
            Some(bytes) => codec::decode(&bytes).map(Some).map_err(Trouble::Damaged),
            None if self.get(layout::FORMAT.0)?.is_none() => Ok(None),
            None => Err(Trouble::Damaged("its head is missing".to_string())),
        }
    }

    /// The record of a key.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Trouble> {
        Ok(guarded(|| self.db.get(key))?.map(|bytes| bytes.to_vec()))
    }

    /// Every record whose key begins with `prefix`, in order of keys.
    ///
    /// # Errors
    /// [`Trouble`], at the first record that cannot be read: sled repeats an error without end.
    pub fn scan(&self, prefix: &[u8]) -> Result<Vec<Record>, Trouble> {
        guarded(|| {
            let pairs = self.db.scan_prefix(prefix);
            pairs.map(|pair| pair.map(|(key, value)| (key.to_vec(), value.to_vec()))).collect()
        })
    }

    /// Adds the records of one transaction, all or none. They are on the disk after [`Index::sync`].
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn apply(&self, records: Vec<Record>) -> Result<(), Trouble> {
        let mut batch = sled::Batch::default();
        for (key, value) in records {
            // Rules and subjects come again and again; writing them again would only make the file grow.
            let repeats = key.starts_with(layout::RULES) || key.starts_with(layout::SUBJECTS);
            if !(repeats && guarded(|| self.db.contains_key(&key))?) {
                batch.insert(key, value);
            }
        }
        guarded(|| self.db.apply_batch(batch))
    }

    /// Brings everything applied so far to the disk.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn sync(&self) -> Result<(), Trouble> {
        guarded(|| self.db.flush())?;
        self.file.sync_data().map_err(refused)
    }
}

/// Moves the index of `dir` out of the way, to `index.damaged-<n>`; gives the new name, or `None` where there was none.
///
/// # Errors
/// [`Trouble::Refused`].
pub(super) fn set_aside(dir: &Path) -> Result<Option<String>, Trouble> {
    let path = dir.join(FOLDER);
    if !path.exists() {
        return Ok(None);
    }
    let mut number = 1;
    let mut name = format!("{FOLDER}.damaged-{number}");
    while dir.join(&name).exists() {
        number += 1;
        name = format!("{FOLDER}.damaged-{number}");
    }
    fs::rename(&path, dir.join(&name)).map_err(refused)?;
    Ok(Some(name))
}

/// A snapshot that was being written when its process died keeps sled from opening, and nothing else needs it.
fn delete_unfinished_snapshots(path: &Path) -> Result<(), Trouble> {
    let unfinished: Vec<PathBuf> = match fs::read_dir(path) {
        Ok(entries) => entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "generating"))
            .collect(),
        // sled itself will say what is wrong with a folder that is none.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(());
        }
        Err(error) => return Err(refused(error)),
    };
    if unfinished.is_empty() {
        return Ok(());
    }
    // Whoever writes a snapshot holds this lock, so that no living process loses one.
    let file = File::open(path.join("db")).map_err(refused)?;
    if file.try_lock().is_err() {
        return Err(Trouble::Locked);
    }
    unfinished.iter().try_for_each(fs::remove_file).map_err(refused)
}

thread_local! {
    static IN_SLED: Cell<bool> = const { Cell::new(false) };
}

/// Calls sled, which panics on some kinds of damage; the panic becomes [`Trouble::Damaged`] and prints nothing.
fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, Trouble> {
    static QUIET_HOOK: Once = Once::new();
    QUIET_HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IN_SLED.get() {
                usual(info);
            }
        }));
    });
    IN_SLED.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    IN_SLED.set(false);
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(trouble(error)),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message");
            Err(Trouble::Damaged(format!("sled panicked: {text}")))
        }
    }
}

fn trouble(error: sled::Error) -> Trouble {
    match error {
        // sled wraps the lock's error in one of kind `Other`: only its text tells.
        sled::Error::Io(error) if error.to_string().contains("could not acquire lock") => Trouble::Locked,
        sled::Error::Io(error) if error.kind() == io::ErrorKind::WouldBlock => Trouble::Locked,
        sled::Error::Io(error) => match error.kind() {
            // What is not said by the disk is said by sled about bytes that it cannot make sense of.
            io::ErrorKind::Other
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::AlreadyExists => Trouble::Damaged(error.to_string()),
            _ => refused(error),
        },
        other => Trouble::Damaged(other.to_string()),
    }
}

fn refused(error: io::Error) -> Trouble {
    Trouble::Refused(error.to_string())
}

/// The error for an index that cannot be used where only it can serve.
pub(super) fn index_error(dir: &Path, trouble: Trouble) -> Error {
    let path = dir.join(FOLDER);
    match trouble {
        Trouble::Locked => {
            Error::new(ErrorCode::IndexBusy, format!("another process holds {}", path.display()))
                .hint("wait until it is done")
        }
        Trouble::Refused(why) => disk_error("use", &path, &why),
        Trouble::Damaged(why) => {
            Error::new(ErrorCode::DamagedIndex, format!("{} is damaged: {why}", path.display()))
                .hint("remove that folder: the index is made anew from the journal, and nothing is lost")
        }
    }
}
