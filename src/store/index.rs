//! The one home of sled: the index, a map of records that can be rebuilt from the journal at any time.
//!
//! sled 0.34 checks what it reads, but may come up with its newest records gone, may panic while it opens,
//! and reports `flush` as done before the disk has the data. So it is never the truth: its head is compared
//! with the journal at every open, its panics are caught, and its file is synced here. Only one process at a
//! time can open it.
//!
//! All functions fail with `index_busy` where another process has it open, with `damaged_index` where it has
//! to be rebuilt, and with `disk` where the system refuses, so that the index itself may be intact.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::codec;
use super::disk;
use super::errors::disk_error;
use super::journal;
use super::layout::{self, Entry, FOLDER};
use super::schema::HeadV1;
use crate::caught::caught;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;

/// The index, open in this process until it is dropped.
pub(super) struct Index {
    path: PathBuf,
    db: sled::Db,
    /// A second handle on sled's file: `flush` does not sync it.
    file: File,
}

impl Index {
    /// Opens the index in `dir`, or makes an empty one.
    ///
    /// # Errors
    /// As all of this file; nothing is changed but what sled repairs itself.
    pub fn open(dir: &Path) -> Result<Index> {
        Index::open_any(dir)?.of_this_version()
    }

    /// As [`Index::open`], also where it is of another version.
    ///
    /// # Errors
    /// As all of this file.
    pub fn open_any(dir: &Path) -> Result<Index> {
        let path = dir.join(FOLDER);
        check_files(&path, most_bytes(dir))?;
        Index::open_checked(path)
    }

    fn open_checked(path: PathBuf) -> Result<Index> {
        delete_unfinished_snapshots(&path)?;
        let config = sled::Config::new()
            .path(&path)
            .cache_capacity(limits::INDEX_CACHE_BYTES)
            // The journal is the truth, so nothing needs to be written in the background; it also saves a
            // thread.
            .flush_every_ms(None);
        let db = guarded(&path, || config.open())?;
        let file = File::open(path.join("db")).map_err(|error| disk_error("read", &path, error))?;
        Ok(Index { path, db, file })
    }

    /// This index, if it is one of this version, or empty.
    ///
    /// # Errors
    /// As all of this file.
    pub fn of_this_version(self) -> Result<Index> {
        match self.get(layout::FORMAT.0)? {
            Some(format) if format == layout::FORMAT.1 => Ok(self),
            None if self.scan(&[])?.is_empty() => Ok(self),
            _ => Err(damaged(&self.path, "it is not an index of this version")),
        }
    }

    /// Opens a copy of the index in `dir`, which is made in `copy`, so that sled repairs nothing in it; `None` where there
    /// is none.
    ///
    /// # Errors
    /// As all of this file; the index itself stays as it is.
    pub fn open_copy(dir: &Path, copy: &Path) -> Result<Option<Index>> {
        fn copied(from: &Path, to: &Path) -> io::Result<()> {
            fs::create_dir_all(to)?;
            for entry in fs::read_dir(from)? {
                let (entry, to) = (entry?, |name| to.join(name));
                match entry.file_type()?.is_dir() {
                    true => copied(&entry.path(), &to(entry.file_name()))?,
                    false => fs::copy(entry.path(), to(entry.file_name())).map(drop)?,
                }
            }
            Ok(())
        }
        let (path, copy) = (dir.join(FOLDER), copy.join(FOLDER));
        if !path.is_dir() {
            return Ok(None);
        }
        check_files(&path, most_bytes(dir))?;
        copied(&path, &copy).map_err(|error| disk_error("copy", &path, error))?;
        Index::open_checked(copy)?.of_this_version().map(Some)
    }

    /// Whether a version of tierbook made it that is not this one.
    ///
    /// # Errors
    /// As all of this file.
    pub fn is_of_another_version(&self) -> Result<bool> {
        let format = self.get(layout::FORMAT.0)?;
        Ok(format.is_some_and(|format| format.starts_with(layout::FORMAT_NAME) && format != layout::FORMAT.1))
    }

    /// The last transaction in the index; `None` where it is empty.
    ///
    /// # Errors
    /// As all of this file; it is damaged where it has records but no head.
    pub fn head(&self) -> Result<Option<HeadV1>> {
        match self.get(layout::HEAD)? {
            Some(bytes) => codec::decode(&bytes).map(Some).map_err(|why| damaged(&self.path, why)),
            None if self.get(layout::FORMAT.0)?.is_none() => Ok(None),
            None => Err(damaged(&self.path, "its head is missing")),
        }
    }

    /// The record of a key.
    ///
    /// # Errors
    /// As all of this file.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.guarded(|| self.db.get(key))?.map(|bytes| bytes.to_vec()))
    }

    /// Every entry whose key begins with `prefix`, in order of keys.
    ///
    /// # Errors
    /// As all of this file, at the first record that cannot be read: sled repeats an error without end.
    pub fn scan(&self, prefix: &[u8]) -> Result<Vec<Entry>> {
        self.guarded(|| {
            let pairs = self.db.scan_prefix(prefix);
            pairs.map(|pair| pair.map(|(key, value)| (key.to_vec(), value.to_vec()))).collect()
        })
    }

    /// Adds the entries of some transactions in order, all or none; of a key that comes again the last counts. They are
    /// on the disk after [`Index::sync`].
    ///
    /// # Errors
    /// As all of this file.
    pub fn apply(&self, entries: Vec<Entry>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut batch = sled::Batch::default();
        for (key, value) in entries {
            // Tables come again and again; writing them again would only make the file grow.
            let repeats = key.starts_with(layout::TABLES);
            if !(repeats && self.guarded(|| self.db.contains_key(&key))?) {
                batch.insert(key, value);
            }
        }
        self.guarded(|| self.db.apply_batch(batch))
    }

    /// Brings everything applied so far to the disk.
    ///
    /// # Errors
    /// As all of this file.
    pub fn sync(&self) -> Result<()> {
        self.guarded(|| self.db.flush())?;
        self.file.sync_data().map_err(|error| disk_error("write", &self.path, error))
    }

    fn guarded<T>(&self, call: impl FnOnce() -> sled::Result<T>) -> Result<T> {
        guarded(&self.path, call)
    }
}

/// Moves the index of `dir` out of the way, to `index.damaged-<n>`; gives the new name, or `None` where there
/// was none.
///
/// # Errors
/// The folder cannot be renamed (`disk`).
pub(super) fn set_aside(dir: &Path) -> Result<Option<String>> {
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
    disk::rename(&path, &dir.join(&name)).map_err(|error| disk_error("rename", &path, error))?;
    Ok(Some(name))
}

/// The error for an index that another process has open.
pub(super) fn busy(dir: &Path) -> Error {
    let path = dir.join(FOLDER);
    Error::new(ErrorCode::IndexBusy, format!("another process is using {}", path.display()))
        .hint("wait until it has finished, and try again")
}

/// The error for an index in the folder `path` that has to be rebuilt.
pub(super) fn damaged(path: &Path, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let why = why.into();
    Error::new(ErrorCode::DamagedIndex, format!("the index in {} is damaged: {why}", path.display()))
        .because(why)
        .hint("delete that folder: the next command rebuilds it from the journal, and nothing is lost")
}

/// How many bytes the index of the database in `dir` may have. What only the length of the journal states, and is not on the
/// disk, does not count.
fn most_bytes(dir: &Path) -> u64 {
    let on_disk = |it: fs::Metadata| it.len().min(it.blocks().saturating_mul(512));
    let journal = fs::metadata(journal::path(dir)).map_or(0, on_disk);
    limits::INDEX_BYTES.saturating_add(journal.saturating_mul(limits::INDEX_BYTES_OF_ONE))
}

/// Refuses an index with what sled never makes: it would write where a link leads, wait for a pipe, and fill the disk where a
/// file states that it is very long.
fn check_files(path: &Path, most: u64) -> Result<()> {
    let Ok(folder) = fs::symlink_metadata(path) else { return Ok(()) };
    // sled itself reports what is wrong with a file in the place of the folder.
    if folder.is_symlink() {
        return Err(damaged(path, "it is a symbolic link"));
    }
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path());
    let mut bytes: u64 = 0;
    let mut add = |path: &Path, may_be_folder: bool| -> std::result::Result<(), String> {
        let Ok(it) = fs::symlink_metadata(path) else { return Ok(()) };
        let is_expected = it.is_file() || (may_be_folder && it.is_dir());
        if !is_expected {
            return Err(format!("{} is not a file", path.display()));
        }
        bytes = bytes.saturating_add(if it.is_file() { it.len() } else { 0 });
        if bytes > most { Err(format!("it has more than {most} bytes, for a short journal")) } else { Ok(()) }
    };
    // Files, and the folder of large values with its files.
    entries(path)
        .try_for_each(|entry| {
            add(&entry, true)?;
            entries(&entry).try_for_each(|entry| add(&entry, false))
        })
        .map_err(|why| damaged(path, why))
}

/// A snapshot that was being written when its process died keeps sled from opening, and nothing else needs
/// it.
fn delete_unfinished_snapshots(path: &Path) -> Result<()> {
    let unfinished: Vec<PathBuf> = match fs::read_dir(path) {
        Ok(entries) => entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "generating"))
            .collect(),
        // sled itself reports what is wrong with a path that is not a folder.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(());
        }
        Err(error) => return Err(disk_error("read", path, error)),
    };
    if unfinished.is_empty() {
        return Ok(());
    }
    // A process that writes a snapshot has this lock, so that no living process loses one.
    let file = File::open(path.join("db")).map_err(|error| disk_error("read", path, error))?;
    if file.try_lock().is_err() {
        return Err(busy(path.parent().unwrap_or(path)));
    }
    unfinished.iter().try_for_each(fs::remove_file).map_err(|error| disk_error("clean", path, error))
}

/// Calls sled, which panics on some kinds of damage; the panic becomes an error and prints nothing.
fn guarded<T>(path: &Path, call: impl FnOnce() -> sled::Result<T>) -> Result<T> {
    match caught(call) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(of_sled(path, error)),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message");
            Err(damaged(path, format!("sled panicked: {text}")))
        }
    }
}

fn of_sled(path: &Path, error: sled::Error) -> Error {
    let sled::Error::Io(error) = error else { return damaged(path, error) };
    // sled wraps the error of its lock in one of kind `Other`: only its text distinguishes it.
    if error.to_string().contains("could not acquire lock") || error.kind() == io::ErrorKind::WouldBlock {
        return busy(path.parent().unwrap_or(path));
    }
    match error.kind() {
        // These do not come from the disk, but from sled, about bytes that it cannot understand.
        io::ErrorKind::Other
        | io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::AlreadyExists => damaged(path, error),
        _ => disk_error("use", path, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_the_most_bytes_is_opened_and_a_longer_one_is_to_be_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let (dir, index) = (folder.path(), folder.path().join(FOLDER));
        let journal = File::create(dir.join("journal.zst")).unwrap();
        // What is stated and not on the disk.
        journal.set_len(1 << 40).unwrap();
        assert_eq!(most_bytes(dir), limits::INDEX_BYTES);
        fs::write(dir.join("journal.zst"), [7; 4096]).unwrap();
        journal.sync_all().unwrap();
        let most = limits::INDEX_BYTES + 4096 * limits::INDEX_BYTES_OF_ONE;
        assert_eq!(most_bytes(dir), most);
        fs::create_dir_all(index.join("blobs")).unwrap();
        fs::write(index.join("conf"), "1").unwrap();
        let large = File::create(index.join("blobs").join("2")).unwrap();
        large.set_len(most - 1).unwrap();
        check_files(&index, most_bytes(dir)).unwrap();
        large.set_len(most).unwrap();
        let error = check_files(&index, most_bytes(dir)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DamagedIndex);
        let why = format!("it has more than {most} bytes, for a short journal");
        assert!(error.message().ends_with(&why), "{}", error.message());
    }
}
