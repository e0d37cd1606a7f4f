//! The one home of the calls that change journal, head file and image on the disk, and that make the file of the lock.
//! What is in the index changes through sled, and what is in the lock is never read.
//!
//! Each function is one change, by calls of `std` alone. In the store's own tests, `disk/faults.rs` comes before each: it
//! records the call, so that a power cut after any of them can be simulated, or makes it fail.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

#[cfg(test)]
pub mod faults;
#[cfg(test)]
use self::faults::What;

/// A file that is open for writing.
pub(super) struct DiskFile {
    #[cfg(test)]
    path: std::path::PathBuf,
    file: File,
}

impl DiskFile {
    /// Makes an empty file, also where there is one already.
    ///
    /// # Errors
    /// The disk refuses; so for all of this file.
    pub fn create(path: &Path) -> io::Result<DiskFile> {
        #[cfg(test)]
        faults::before(path, What::Create)?;
        Ok(DiskFile {
            #[cfg(test)]
            path: path.to_path_buf(),
            file: created_anew(path)?,
        })
    }

    /// Opens a file that is there.
    ///
    /// # Errors
    /// As all of this file.
    pub fn open(path: &Path) -> io::Result<DiskFile> {
        #[cfg(test)]
        faults::before(path, What::Open)?;
        Ok(DiskFile {
            #[cfg(test)]
            path: path.to_path_buf(),
            file: opened(path, OpenOptions::new().write(true))?,
        })
    }

    /// How long it is.
    ///
    /// # Errors
    /// As all of this file.
    pub fn bytes(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Writes all these bytes at `offset`. After an error some of them may be there.
    ///
    /// # Errors
    /// As all of this file.
    pub fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        #[cfg(test)]
        faults::before_write(&self.path, bytes, offset, |half| self.file.write_all_at(half, offset))?;
        self.file.write_all_at(bytes, offset)
    }

    /// Cuts it off at `length`.
    ///
    /// # Errors
    /// As all of this file.
    pub fn set_len(&self, length: u64) -> io::Result<()> {
        #[cfg(test)]
        faults::before(&self.path, What::SetLength(length))?;
        self.file.set_len(length)
    }

    /// Waits until its content is on the disk.
    ///
    /// # Errors
    /// As all of this file.
    pub fn sync_data(&self) -> io::Result<()> {
        #[cfg(test)]
        faults::before(&self.path, What::Sync)?;
        self.file.sync_data()
    }

    /// Waits until its content and what the system knows of it are on the disk.
    ///
    /// # Errors
    /// As all of this file.
    pub fn sync_all(&self) -> io::Result<()> {
        #[cfg(test)]
        faults::before(&self.path, What::Sync)?;
        self.file.sync_all()
    }
}

/// Opens a file to be locked, and makes it where it is missing.
///
/// # Errors
/// As all of this file.
pub(super) fn lock_file(path: &Path) -> io::Result<File> {
    #[cfg(test)]
    faults::before(path, What::Open)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    loop {
        match opened(path, &options) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened,
        }
        match options.clone().create_new(true).open(path) {
            // Another process made it meanwhile.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made,
        }
    }
}

/// Opens a file to be read. What is no file is refused: a pipe waits for its other end, and a device may never end.
///
/// # Errors
/// As all of this file.
pub(super) fn open_to_read(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(no_file());
    }
    File::open(path)
}

/// Opens a file to be changed. A link is not followed: in a folder that somebody else made, it can lead to any file.
fn opened(path: &Path, options: &OpenOptions) -> io::Result<File> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(no_file());
    }
    let file = options.open(path)?;
    let (here, open) = (fs::symlink_metadata(path)?, file.metadata()?);
    if (here.dev(), here.ino()) == (open.dev(), open.ino()) { Ok(file) } else { Err(no_file()) }
}

/// Makes an empty file, in the place of one that may be there: were that a link, what it leads to stays as it is.
fn created_anew(path: &Path) -> io::Result<File> {
    let create = || OpenOptions::new().write(true).create_new(true).open(path);
    match create() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            create()
        }
        created => created,
    }
}

fn no_file() -> io::Error {
    io::Error::other("it is not a file")
}

/// As [`create_folder`], of a folder in a database, which is no link to another one.
///
/// # Errors
/// As all of this file.
pub(super) fn create_own_folder(path: &Path) -> io::Result<()> {
    create_folder(path)?;
    match fs::symlink_metadata(path)?.is_dir() {
        true => Ok(()),
        false => Err(io::Error::other("it is not a folder")),
    }
}

/// Makes a folder and those above it that are missing. All are on the disk when this returns.
///
/// # Errors
/// As all of this file.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
    for folder in missing.into_iter().rev() {
        #[cfg(test)]
        faults::before(folder, What::CreateFolder)?;
        // Another process may have made it in the meantime.
        fs::create_dir_all(folder)?;
        match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent)?,
            _ => sync_folder(Path::new("."))?,
        }
    }
    Ok(())
}

/// A file with these bytes that has no name, and is gone once it is closed. It is no part of a database.
///
/// # Errors
/// The disk refuses.
pub(super) fn unnamed_file(folder: &Path, bytes: &[u8]) -> io::Result<File> {
    // Others may write to this folder: nobody is to know the name before, nor to open the file by it.
    let path = folder.join(format!("tierbook-{:016x}", RandomState::new().hash_one(())));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    fs::remove_file(&path)?;
    file.write_all_at(bytes, 0)?;
    Ok(file)
}

/// Gives a file another name, in place of the file that has it. It is on the disk after [`sync_folder`].
///
/// # Errors
/// As all of this file.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(from, What::Rename(to.to_path_buf()))?;
    fs::rename(from, to)
}

/// Gives a file another name besides its own. It is on the disk after [`sync_folder`].
///
/// # Errors
/// As all of this file.
pub(super) fn link(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(from, What::Link(to.to_path_buf()))?;
    fs::hard_link(from, to)
}

/// Copies a file to a place where there is none. It is on the disk when this returns, but for its name.
///
/// # Errors
/// As all of this file.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let (mut from, to) = (File::open(from)?, DiskFile::create(to)?);
    let (mut part, mut at) = (vec![0; 1 << 16], 0);
    loop {
        let count = from.read(&mut part)?;
        if count == 0 {
            return to.sync_all();
        }
        to.write_at(&part[..count], at)?;
        at += count as u64;
    }
}

/// Waits until the names in a folder are on the disk.
///
/// # Errors
/// As all of this file.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(folder, What::SyncFolder)?;
    File::open(folder)?.sync_all()
}

/// Waits until the content of a file that another process may have written is on the disk.
///
/// # Errors
/// As all of this file.
pub(super) fn sync_file(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(path, What::Sync)?;
    File::open(path)?.sync_data()
}

/// Removes a file.
///
/// # Errors
/// As all of this file.
pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(path, What::Remove)?;
    fs::remove_file(path)
}

/// Removes a folder and all that is in it.
///
/// # Errors
/// As all of this file.
pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(path, What::Remove)?;
    fs::remove_dir_all(path)
}

/// Removes a folder in which there is nothing.
///
/// # Errors
/// As all of this file; or there is something.
pub(super) fn remove_empty_folder(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::before(path, What::Remove)?;
    fs::remove_dir(path)
}
