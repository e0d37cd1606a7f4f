//! ZIP archives of documents. Nothing is unpacked to the disk.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::database::bounded::within_limit;
use crate::database::endings::{has_document_ending, is_about_folder, may_be_about_folder};
use crate::database::shared_file::SharedFile;
use crate::database::unpack::damaged;
use crate::error::{Error, ErrorCode};
use crate::ingest;
use crate::limits;

/// The first bytes of an archive.
const ZIP: &[u8] = b"PK\x03\x04";

/// Whether a file is an archive of documents, by its name and its first bytes.
pub fn is_archive(path: &Path) -> bool {
    let is_named = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    let mut first = [0; ZIP.len()];
    is_named && File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == ZIP
}

/// A ZIP archive, opened once for all its members.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("all.zip");
/// # let mut file = zip::ZipWriter::new(std::fs::File::create(&path)?);
/// # for name in ["b.txt", "a.txt", "notes.csv"] {
/// #     file.start_file(name, zip::write::SimpleFileOptions::default())?;
/// # }
/// # file.finish()?;
/// let archive = tierbook::Archive::open(&path)?;
/// assert_eq!((archive.documents().len(), archive.skipped()), (2, &["notes.csv".to_string()][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Archive {
    path: PathBuf,
    /// Each member is read through a clone, so that several threads unpack members at the same time.
    zip: ZipArchive<SharedFile>,
    /// Shared: each member that is loaded has a clone of the archive.
    documents: Arc<[String]>,
    skipped: Arc<[String]>,
}

impl Archive {
    /// Opens an archive and reads its list of members. Those that are hidden, or whose names do not end as those
    /// of documents do, are left out.
    ///
    /// ```
    /// let error = tierbook::Archive::open("seed/binance-2026-02-03.txt".as_ref()).unwrap_err();
    /// assert_eq!(error.code(), tierbook::ErrorCode::DamagedArchive); // it is no archive
    /// ```
    ///
    /// # Errors
    /// It cannot be read (`cannot_read`), is damaged (`damaged_archive`), or has more than
    /// [`limits::ARCHIVE_MEMBERS`](crate::limits::ARCHIVE_MEMBERS) members (`too_large`) or none that is a
    /// document (`no_announcement`).
    pub fn open(path: &Path) -> Result<Archive, Error> {
        let zip = opened(path)?;
        let (mut documents, mut skipped) = (Vec::new(), Vec::new());
        for name in zip.file_names() {
            let name = name.map_err(|error| damaged(&path.display().to_string(), &error.to_string()))?;
            let is_document = name.split('/').all(is_shown) && has_document_ending(&name);
            match () {
                () if name.ends_with('/') => {}
                () if is_document => documents.push(name.into_owned()),
                () => skipped.push(name.into_owned()),
            }
        }
        if documents.is_empty() {
            let message = format!("no document is in {}", path.display());
            return Err(Error::new(ErrorCode::NoAnnouncement, message)
                .hint("the names of documents end like those of the files of a folder: .txt, .json, …"));
        }
        documents.sort_by_cached_key(|name| (ingest::stamp(name), name.clone()));
        let mut archive =
            Archive { path: path.to_path_buf(), zip, documents: Arc::default(), skipped: Arc::default() };
        let mut left = limits::DOCUMENT_BYTES;
        let is_about = |name: &String| {
            let start = if may_be_about_folder(name) { archive.start(name, &mut left) } else { None };
            start.is_some_and(|bytes| is_about_folder(name, &bytes))
        };
        let (about, documents): (Vec<String>, Vec<String>) = documents.into_iter().partition(is_about);
        skipped.extend(about);
        archive.documents = documents.into();
        archive.skipped = skipped.into();
        Ok(archive)
    }

    /// The names of its documents, in the order of the times in their names, then by name.
    ///
    /// ```no_run
    /// let archive = tierbook::Archive::open("snapshots.zip".as_ref())?;
    /// println!("the newest is {:?}", archive.documents().last());
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn documents(&self) -> &[String] {
        &self.documents
    }

    /// The names of its other members.
    ///
    /// ```no_run
    /// let archive = tierbook::Archive::open("snapshots.zip".as_ref())?;
    /// println!("{} other files", archive.skipped().len());
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn skipped(&self) -> &[String] {
        &self.skipped
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The first bytes of a member, one more than Markdown about its folder has; `None` where it cannot be read or where
    /// no more bytes are left for this.
    fn start(&self, name: &str, left: &mut u64) -> Option<Vec<u8>> {
        let (mut zip, mut bytes) = (self.zip.clone(), Vec::new());
        let most = limits::ABOUT_FOLDER_BYTES as u64 + 1;
        let file = if *left < most { None } else { zip.by_name(name).ok() };
        let is_read = file?.take(most).read_to_end(&mut bytes);
        *left -= bytes.len() as u64;
        is_read.is_ok().then_some(bytes)
    }

    /// The bytes of a member.
    ///
    /// # Errors
    /// It is damaged, encrypted or compressed by another method (`damaged_archive`), or too large (`too_large`).
    pub(super) fn read(&self, name: &str) -> Result<Vec<u8>, Error> {
        let place = format!("{name} in {}", self.path.display());
        let mut zip = self.zip.clone();
        let mut file = zip.by_name(name).map_err(|error| damaged(&place, &error.to_string()))?;
        within_limit(&place, &mut file, |error| damaged(&place, &error.to_string()))
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Archive").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Two of one path are one archive.
impl PartialEq for Archive {
    fn eq(&self, other: &Archive) -> bool {
        self.path == other.path
    }
}

impl Eq for Archive {}

/// Whether a part of a name is no hidden file or folder, nor what macOS adds.
fn is_shown(part: &str) -> bool {
    !part.starts_with('.') && part != "__MACOSX"
}

fn opened(path: &Path) -> Result<ZipArchive<SharedFile>, Error> {
    let cannot_read = |error: io::Error| {
        Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", path.display())).because(error)
    };
    let few_enough = |has: u64| match has > limits::ARCHIVE_MEMBERS as u64 {
        false => Ok(()),
        true => {
            let (name, most) = (path.display(), limits::ARCHIVE_MEMBERS);
            Err(Error::new(ErrorCode::TooLarge, format!("{name} has {has} members; at most {most} are read"))
                .hint("unpack it, and load the folder"))
        }
    };
    let file = File::open(path).map_err(cannot_read)?;
    // The list itself is memory: what states that it is too long is not opened.
    few_enough(stated_members(&file).map_err(cannot_read)?)?;
    let zip = ZipArchive::new(SharedFile::of(file)).map_err(|error| match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => cannot_read(error),
        error => damaged(&path.display().to_string(), &error.to_string()),
    })?;
    few_enough(zip.len() as u64)?;
    Ok(zip)
}

/// How many members the record at the end of a large archive (ZIP64) states. 0 where there is none: an archive without
/// it has at most 65,535.
fn stated_members(file: &File) -> io::Result<u64> {
    /// The record, what points to it, the end of the archive, and its longest comment.
    const END: u64 = 56 + 20 + 22 + 65_535;
    let length = file.metadata()?.len();
    let mut end = vec![0; length.min(END) as usize];
    let start = length - end.len() as u64;
    file.read_exact_at(&mut end, start)?;
    let records = end.windows(40).filter(|record| record.starts_with(b"PK\x06\x06"));
    let members = records.filter_map(|record| record.last_chunk()).map(|bytes| u64::from_le_bytes(*bytes));
    Ok(members.max().unwrap_or(0))
}
