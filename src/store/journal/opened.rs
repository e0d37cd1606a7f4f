//! Opening the journal: the file that the head file names, both as they were at one moment.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::form::{Format, named};
use crate::error::{Error, ErrorCode};
use crate::statement::Sha256;
use crate::store::acknowledged::{self, Acknowledged};
use crate::store::disk;
use crate::store::errors::{disk_error, journal_missing};
use crate::store::layout;

/// How many bytes before its end tell which journal it is: all of a short one, so that no damage of it is overlooked.
const END_BYTES: u64 = 64 * 1024;

/// How often a reader reads the head file again that does not match the journal: another process may have
/// replaced both in between.
const TRIES: u32 = 5;

/// The journal that the head file names, open, and the head file: both as they were at one moment.
pub(in crate::store) struct Opened {
    pub(super) format: Format,
    pub(super) path: PathBuf,
    pub(super) file: File,
    /// How long the file was then.
    pub bytes: u64,
    /// `None` where there is no head file.
    pub acknowledged: Option<Acknowledged>,
}

/// Opens the journal of `dir`.
///
/// # Errors
/// There is none (`no_database`), or none beside an index (`journal_missing`), it cannot be read (`disk`), or the head
/// file is damaged (`damaged_journal`).
pub(in crate::store) fn open(dir: &Path) -> Result<Opened, Error> {
    let mut tries = 0;
    loop {
        let head = acknowledged::read(dir)?;
        let format = named(dir, head.as_ref())?;
        let path = dir.join(format.file());
        let opened = disk::open_to_read(&path).and_then(|file| {
            let metadata = file.metadata()?;
            let is_file = metadata.is_file();
            is_file.then_some((metadata.len(), file)).ok_or_else(|| io::Error::other("it is not a file"))
        });
        tries += 1;
        let matches = match (&opened, &head) {
            (Ok((bytes, _)), Some(head)) => *bytes >= head.length,
            (Ok(_), None) => true,
            (Err(_), _) => false,
        };
        // What does not match the same head file again is damage, and is reported where it is read.
        if matches || tries == TRIES || acknowledged::read(dir)? == head {
            let (bytes, file) = opened.map_err(|error| missing(dir, &path, error))?;
            return Ok(Opened { format, path, file, bytes, acknowledged: head });
        }
    }
}

/// The error for a journal that cannot be opened.
fn missing(dir: &Path, path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound if has_other_files(dir) => journal_missing(dir),
        io::ErrorKind::NotADirectory => {
            let what = format!("there is no database in {}: it is not a folder", dir.display());
            Error::new(ErrorCode::NoDatabase, what)
                .hint("`--db FOLDER` or TIERBOOK_DB selects another folder")
        }
        io::ErrorKind::NotFound => {
            Error::new(ErrorCode::NoDatabase, format!("there is no database in {}", dir.display()))
                .hint("`tierbook load FILE…` creates one and fills it, `tierbook init` creates an empty one")
                .hint("`--db FOLDER` or TIERBOOK_DB selects another folder")
        }
        _ => disk_error("read", path, error),
    }
}

impl Opened {
    /// The journal in a file, of which so much is acknowledged; it need not be that of a database.
    ///
    /// # Errors
    /// It cannot be read (`disk`).
    pub fn of_file(path: &Path, acknowledged: Acknowledged) -> Result<Opened, Error> {
        let format = named(path, Some(&acknowledged))?;
        let open = || -> io::Result<(File, u64)> {
            let file = disk::open_to_read(path)?;
            let bytes = file.metadata()?.len();
            Ok((file, bytes))
        };
        let (file, bytes) = open().map_err(|error| disk_error("read", path, error))?;
        Ok(Opened { format, path: path.to_path_buf(), file, bytes, acknowledged: Some(acknowledged) })
    }

    /// The same open file again, as it was when it was opened.
    ///
    /// # Errors
    /// The system refuses another handle (`disk`).
    pub fn again(&self) -> Result<Opened, Error> {
        let file = self.file.try_clone().map_err(|error| disk_error("read", &self.path, error))?;
        let (path, acknowledged) = (self.path.clone(), self.acknowledged.clone());
        Ok(Opened { format: self.format, path, file, bytes: self.bytes, acknowledged })
    }

    /// The name of the journal in the folder of a database.
    pub fn file_name(&self) -> &'static str {
        self.format.file()
    }

    /// The open file, to be read from `offset` on.
    ///
    /// # Errors
    /// The system refuses.
    pub fn reader(&self, offset: u64) -> io::Result<&File> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset))?;
        Ok(file)
    }

    /// The hash of the last bytes of the journal before `end`; `None` where it is shorter. Two journals that are equal
    /// there are the same: their last transaction has the hash of all before it.
    ///
    /// # Errors
    /// It cannot be read (`disk`).
    pub fn end_hash(&self, end: u64) -> Result<Option<Sha256>, Error> {
        if self.bytes < end {
            return Ok(None);
        }
        let length = end.min(END_BYTES);
        let mut last = vec![0; length as usize];
        let read = self.file.read_exact_at(&mut last, end - length);
        read.map_err(|error| disk_error("read", &self.path, error))?;
        Ok(Some(Sha256::of(&[&last])))
    }
}

/// Whether `dir` has what belongs to a journal.
pub(in crate::store) fn has_other_files(dir: &Path) -> bool {
    dir.join(layout::FOLDER).exists() || dir.join(acknowledged::FILE).exists()
}
