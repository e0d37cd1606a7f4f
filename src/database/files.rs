//! Documents to load: files, or bytes that a program has.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

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
    /// A file, or a folder of files.
    File(PathBuf),
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
            LoadInput::Bytes { file, .. } => PathBuf::from(file),
        }
    }

    /// When the file was last changed; `None` for bytes that a program has, and where the system does not tell.
    pub(super) fn changed_at(&self) -> Option<Timestamp> {
        let LoadInput::File(path) = self else { return None };
        let changed = fs::metadata(path).ok()?.modified().ok()?;
        let since = changed.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Timestamp::from_micros(i64::try_from(since.as_micros()).ok()?)
    }

    /// The name of its source, and the bytes.
    ///
    /// # Errors
    /// The file is a folder (`is_folder`), too large (`too_large`), or cannot be read (`cannot_read`).
    pub(super) fn contents(&self) -> Result<(String, Vec<u8>), Error> {
        match self {
            LoadInput::File(path) => Ok((file_name(path), bytes_of(path)?)),
            LoadInput::Bytes { file, bytes } => Ok((file.clone(), bytes.clone())),
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
    let too_large = |has: String| {
        let message =
            format!("{} has {has} bytes; at most {} are read", path.display(), limits::DOCUMENT_BYTES);
        Error::new(ErrorCode::TooLarge, message)
            .hint("an announcement has a few thousand bytes: check that this is one")
    };
    if metadata.len() > limits::DOCUMENT_BYTES {
        return Err(too_large(metadata.len().to_string()));
    }
    // The size of a pipe or a device is not known before it is read.
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(cannot_read)?;
    file.take(limits::DOCUMENT_BYTES + 1).read_to_end(&mut bytes).map_err(cannot_read)?;
    if bytes.len() as u64 > limits::DOCUMENT_BYTES {
        return Err(too_large(format!("more than {}", limits::DOCUMENT_BYTES)));
    }
    Ok(bytes)
}

/// The name of a file, without folders.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
