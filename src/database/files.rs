//! Documents to load: files, members of archives, versions of a file, or bytes that a program has.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::database::archive;
use crate::database::bounded::{too_large, within_limit};
use crate::error::{Error, ErrorCode};
use crate::ingest;
use crate::limits;
use crate::statement::Origin;
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
        archive: PathBuf,
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
            LoadInput::Member { archive, member } => archive.join(member),
            LoadInput::Bytes { file, .. } | LoadInput::Version { file, .. } => PathBuf::from(file),
        }
    }

    /// When the file was last changed; `None` for bytes that a program has, and where the system does not tell.
    fn changed_at(&self) -> Option<Timestamp> {
        let (LoadInput::File(path) | LoadInput::Member { archive: path, .. }) = self else { return None };
        let changed = fs::metadata(path).ok()?.modified().ok()?;
        let since = changed.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Timestamp::from_micros(i64::try_from(since.as_micros()).ok()?)
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
    /// An archive cannot be read (`cannot_read`, `damaged_archive`), or has too many members (`too_large`) or
    /// none that is a document (`no_announcement`).
    pub fn documents(self) -> Result<Vec<LoadInput>, Error> {
        let archive = match self {
            LoadInput::File(path) if archive::is_archive(&path) => path,
            other => return Ok(vec![other]),
        };
        let mut members = archive::members(&archive)?;
        members.retain(|member| has_document_ending(Path::new(member)));
        if members.is_empty() {
            let message = format!("no document is in {}", archive.display());
            return Err(Error::new(ErrorCode::NoAnnouncement, message)
                .hint("the names of documents end like those of the files of a folder: .txt, .json, …"));
        }
        members.sort_by_cached_key(|member| (ingest::stamp(member), member.clone()));
        let member = |member| LoadInput::Member { archive: archive.clone(), member };
        Ok(members.into_iter().map(member).collect())
    }

    /// Everything that a reader gives, as a document.
    ///
    /// # Errors
    /// It cannot be read (`cannot_read`), or has more bytes than a document may have (`too_large`).
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
        Ok(LoadInput::Bytes { file: name.to_string(), bytes: within_limit(name, read, cannot_read)? })
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
                (format!("{}/{member}", file_name(archive)), archive::member(archive, member)?)
            }
            LoadInput::Bytes { file, bytes } | LoadInput::Version { file, bytes, .. } => {
                (file.clone(), bytes.clone())
            }
        };
        archive::unpacked(name, bytes)
    }

    /// When it was made public where the document does not state it, and where that comes from: the commit of a
    /// version; the time of the file, where that counts.
    pub(super) fn time_outside(&self, use_file_time: bool) -> Option<(Timestamp, Origin)> {
        match self {
            LoadInput::Version { committed_at, .. } => Some((*committed_at, Origin::Commit)),
            _ if use_file_time => Some((self.changed_at()?, Origin::FileTime)),
            _ => None,
        }
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

/// The endings of the files that are read from a folder, in upper or lower case.
pub(super) const EXTENSIONS: [&str; 7] = ["txt", "md", "html", "htm", "eml", "json", "toml"];

/// Whether a file has the ending of a document, compressed or not.
pub(super) fn has_document_ending(path: &Path) -> bool {
    let name = file_name(path);
    let name = archive::uncompressed_name(&name).unwrap_or(&name);
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or("");
    EXTENSIONS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// The name of a file, without folders.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
