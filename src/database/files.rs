//! Documents to load: files, members of archives, versions of a file, or bytes that a program has.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::database::archive::{Archive, is_archive};
use crate::database::bounded::{too_large, within_limit};
use crate::database::unpack::unpacked;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::time::Timestamp;

/// A document to load: a file, or bytes that a program has.
///
/// ```
/// use tierbook::LoadInput;
///
/// let file = LoadInput::from("announcements/20260203T060046Z.txt");
/// let fetched = LoadInput::bytes("20260203T060046Z.txt", "the text of an announcement");
/// assert_ne!(file, fetched);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LoadInput {
    /// A file, compressed or not; a folder of files, or an archive of them.
    File(PathBuf),
    /// A document in a ZIP archive.
    Member {
        /// The archive.
        archive: Archive,
        /// The name of the document in it.
        member: String,
    },
    /// A version of a file, as its history has it.
    Version {
        /// The file, and what the version is called.
        file: String,
        /// The document.
        bytes: Vec<u8>,
        /// When it was made public, where the document does not state it.
        committed_at: Timestamp,
    },
    /// Bytes, and the name of the file that they count as.
    Bytes {
        /// The name, without folders; a time in it tells when the document was published.
        file: String,
        /// The document.
        bytes: Vec<u8>,
    },
}

impl LoadInput {
    /// Bytes, under the name of a file.
    ///
    /// ```
    /// use tierbook::{LoadInput, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let text = std::fs::read("seed/binance-2026-02-03.txt")?; // or what was fetched
    /// let input = LoadInput::bytes("20260203T060046Z.txt", text);
    /// assert_eq!(database.writer()?.load(input, LoadOptions::default())?.loaded(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bytes(file: impl Into<String>, bytes: impl Into<Vec<u8>>) -> LoadInput {
        LoadInput::Bytes { file: file.into(), bytes: bytes.into() }
    }

    /// The path or the name.
    ///
    /// ```
    /// use tierbook::LoadInput;
    /// assert_eq!(LoadInput::from("seed/a.txt").path(), std::path::Path::new("seed/a.txt"));
    /// assert_eq!(LoadInput::bytes("a.txt", "…").path(), std::path::Path::new("a.txt"));
    /// ```
    pub fn path(&self) -> PathBuf {
        match self {
            LoadInput::File(path) => path.clone(),
            // A name that starts with `/` is one in the archive too.
            LoadInput::Member { archive, member } => format!("{}/{member}", archive.path().display()).into(),
            LoadInput::Bytes { file, .. } | LoadInput::Version { file, .. } => PathBuf::from(file),
        }
    }

    /// What is to be loaded one by one: the documents of an archive, or the input itself.
    ///
    /// ```
    /// use tierbook::LoadInput;
    /// let file = LoadInput::from("seed/binance-2026-02-03.txt");
    /// assert_eq!(file.clone().documents()?, [file]); // no archive
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Archive::open`].
    pub fn documents(self) -> Result<Vec<LoadInput>, Error> {
        match self.archive()? {
            None => Ok(vec![self]),
            Some(archive) => Ok(LoadInput::of_archive(&archive)),
        }
    }

    /// The documents of an archive.
    ///
    /// ```no_run
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let archive = tierbook::Archive::open("snapshots.zip".as_ref())?;
    /// for document in tierbook::LoadInput::of_archive(&archive) {
    ///     database.writer()?.load(document, Default::default())?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_archive(archive: &Archive) -> Vec<LoadInput> {
        let member = |name: &String| LoadInput::Member { archive: archive.clone(), member: name.clone() };
        archive.documents().iter().map(member).collect()
    }

    /// The archive that a file is.
    ///
    /// ```
    /// use tierbook::LoadInput;
    /// assert!(LoadInput::from("seed/binance-2026-02-03.txt").archive()?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Archive::open`].
    pub fn archive(&self) -> Result<Option<Archive>, Error> {
        match self {
            LoadInput::File(path) if is_archive(path) => Archive::open(path).map(Some),
            _ => Ok(None),
        }
    }

    /// How every place in the document that cannot be read is shown.
    pub(super) fn how_to_check(&self) -> String {
        let path = match self {
            LoadInput::File(path) => path,
            LoadInput::Member { archive, .. } => archive.path(),
            LoadInput::Bytes { .. } | LoadInput::Version { .. } => {
                return "`tierbook check` instead of `load` shows every place".to_string();
            }
        };
        format!("`tierbook check {}` shows every place", path.display())
    }

    /// Everything that a reader gives, as a document.
    ///
    /// # Errors
    /// It cannot be read (`cannot_read`), has no byte (`document_empty`), or more than a document may have
    /// (`too_large`).
    ///
    /// ```
    /// let input = tierbook::LoadInput::of_reader("a pipe", &b"the text"[..])?;
    /// assert_eq!(input, tierbook::LoadInput::bytes("a pipe", "the text"));
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn of_reader(name: &str, read: impl Read) -> Result<LoadInput, Error> {
        let cannot_read = |error: std::io::Error| {
            Error::new(ErrorCode::CannotRead, format!("cannot read {name}: {error}")).because(error)
        };
        let bytes = within_limit(name, read, cannot_read)?;
        if bytes.is_empty() {
            return Err(Error::new(ErrorCode::DocumentEmpty, format!("{name} is empty"))
                .hint("the command that should write a document to it wrote nothing"));
        }
        Ok(LoadInput::bytes(name, bytes))
    }

    /// The name of its source, and the bytes, unpacked where they are compressed.
    ///
    /// # Errors
    /// The file is a folder (`is_folder`), too large (`too_large`), or cannot be read (`cannot_read`) or
    /// unpacked (`damaged_archive`).
    pub(super) fn contents(&self) -> Result<(String, Vec<u8>), Error> {
        let (name, bytes) = match self {
            LoadInput::File(path) => (file_name(path), bytes_of(path)?),
            LoadInput::Member { archive, member } => {
                (format!("{}/{member}", file_name(archive.path())), archive.read(member)?)
            }
            LoadInput::Bytes { file, bytes } | LoadInput::Version { file, bytes, .. } => {
                (file.clone(), bytes.clone())
            }
        };
        unpacked(name, bytes)
    }

    /// When it was committed, where it is a version of a file.
    pub(super) fn committed_at(&self) -> Option<Timestamp> {
        match self {
            LoadInput::Version { committed_at, .. } => Some(*committed_at),
            _ => None,
        }
    }

    /// When the file was last changed, where that counts; `None` for bytes that a program has, and where the
    /// system does not tell.
    pub(super) fn changed_at(&self, counts: bool) -> Option<Timestamp> {
        let path = match self {
            LoadInput::File(path) => path,
            LoadInput::Member { archive, .. } => archive.path(),
            LoadInput::Bytes { .. } | LoadInput::Version { .. } => return None,
        };
        let changed = fs::metadata(path).ok().filter(|_| counts)?.modified().ok()?;
        let since = changed.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Timestamp::from_micros(i64::try_from(since.as_micros()).ok()?)
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for LoadInput {
    fn from(path: &P) -> LoadInput {
        LoadInput::File(path.as_ref().to_path_buf())
    }
}

impl From<PathBuf> for LoadInput {
    fn from(path: PathBuf) -> LoadInput {
        LoadInput::File(path)
    }
}

/// The bytes of a file, up to what a document may have.
fn bytes_of(path: &Path) -> Result<Vec<u8>, Error> {
    let cannot_read = |error: std::io::Error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", path.display()))
            .because(error)
            .hint("name a file that exists and may be read")
    };
    let metadata = fs::metadata(path).map_err(cannot_read)?;
    if metadata.is_dir() {
        return Err(Error::new(ErrorCode::IsFolder, format!("{} is a folder", path.display())));
    }
    let name = path.display().to_string();
    if metadata.len() > limits::DOCUMENT_BYTES {
        return Err(too_large(&name, &metadata.len().to_string()));
    }
    // The size of a pipe or a device is not known before it is read.
    within_limit(&name, File::open(path).map_err(cannot_read)?, cannot_read)
}

/// The name of a file, without folders.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
