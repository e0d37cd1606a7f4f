//! The files of a folder that may be documents, and what is left out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::database::archive::is_archive;
use crate::database::endings::{EXTENSIONS, has_document_ending, is_about_folder};
use crate::database::files::{LoadInput, file_name};
use crate::error::{Error, ErrorCode};
use crate::ingest;

/// The files that a path means, and what was left out.
///
/// ```
/// use tierbook::FolderFiles;
///
/// let found = FolderFiles::of("seed".as_ref(), false)?;
/// assert_eq!(found.files, [std::path::Path::new("seed/binance-2026-02-03.txt")]);
/// assert_eq!(found.skipped.len(), 3); // seed/account.csv, seed/decisions.csv, seed/positions.csv
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct FolderFiles {
    /// The files to read, in the order of the times in their names, then by path.
    pub files: Vec<PathBuf>,
    /// Files with other endings, Markdown that is about the folder (no rule, no publication time), links to
    /// folders and to files outside, and folders that are not read. Hidden files and folders are not among them.
    pub skipped: Vec<PathBuf>,
    /// Whether a folder that may be read with `recursive` is among the skipped ones.
    pub has_subfolders: bool,
    /// The errors of subfolders that cannot be listed.
    pub errors: Vec<Error>,
}

impl FolderFiles {
    /// The files that a path means: itself, or the files of a folder that may contain rules; with `recursive`
    /// those of its subfolders too. Links to folders are not followed, so that no folder is read twice; nor are links to
    /// files outside, because who sends a folder must not choose which files of its reader are read.
    ///
    /// ```
    /// let found = tierbook::FolderFiles::of("seed".as_ref(), true)?; // with its subfolders
    /// assert!(found.files.iter().any(|file| file.ends_with("binance-2026-02-03.txt")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The path does not exist or cannot be listed (`cannot_read`), or no file of the folder is to be read
    /// (`no_announcement`).
    pub fn of(path: &Path, recursive: bool) -> Result<FolderFiles, Error> {
        FolderFiles::found(path, recursive, may_be_document)
    }

    /// The same by the names of the files alone: none of them is opened, so that the folder can be looked at
    /// often. [`may_be_document`] decides about one of them.
    ///
    /// ```
    /// let found = tierbook::FolderFiles::by_name("seed".as_ref(), false)?;
    /// assert_eq!(found.files, [std::path::Path::new("seed/binance-2026-02-03.txt")]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`FolderFiles::of`].
    pub fn by_name(path: &Path, recursive: bool) -> Result<FolderFiles, Error> {
        FolderFiles::found(path, recursive, has_ending)
    }

    fn found(path: &Path, recursive: bool, is_read: fn(&Path) -> bool) -> Result<FolderFiles, Error> {
        if !fs::metadata(path).map_err(|error| cannot_read(path, error))?.is_dir() {
            return Ok(FolderFiles { files: vec![path.to_path_buf()], ..FolderFiles::default() });
        }
        let mut found = FolderFiles::default();
        let mut folders = vec![path.to_path_buf()];
        let top = fs::canonicalize(path).map_err(|error| cannot_read(path, error))?;
        while let Some(folder) = folders.pop() {
            match found.take(&folder, &top, recursive, is_read) {
                Ok(subfolders) => folders.extend(subfolders),
                Err(error) if folder == path => return Err(cannot_read(path, error)),
                Err(error) => found.errors.push(cannot_read(&folder, error)),
            }
        }
        found.files.sort_by_cached_key(|file| (ingest::stamp(&file_name(file)), file.clone()));
        found.skipped.sort();
        if found.files.is_empty() && found.errors.is_empty() {
            return Err(found.nothing_in(path));
        }
        Ok(found)
    }

    /// Sorts the entries of a folder; gives the folders that are to be read next.
    fn take(
        &mut self,
        folder: &Path,
        top: &Path,
        recursive: bool,
        is_read: fn(&Path) -> bool,
    ) -> io::Result<Vec<PathBuf>> {
        let mut subfolders = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            if file_name(&path).starts_with('.') {
                continue;
            }
            if entry.file_type()?.is_dir() {
                if recursive {
                    subfolders.push(path);
                } else {
                    self.has_subfolders = true;
                    self.skipped.push(path);
                }
            } else if path.is_file() && is_within(entry.file_type()?, &path, top) && is_read(&path) {
                self.files.push(path);
            } else {
                self.skipped.push(path);
            }
        }
        Ok(subfolders)
    }

    /// The error of a folder without a file to read.
    fn nothing_in(&self, path: &Path) -> Error {
        let message = format!("no .{} file in {}", EXTENSIONS.join(", ."), path.display());
        let error = Error::new(ErrorCode::NoAnnouncement, message);
        match self.has_subfolders {
            true => error.hint("`--recursive` reads the folders in it too"),
            false => error.hint("files with other extensions are read if the file itself is named"),
        }
    }
}

/// The files that a path means: itself, or the files of a folder that may contain rules, in the order of the
/// times in their names, then by name. [`FolderFiles::of`] gives what is left out as well.
///
/// ```
/// use tierbook::files_of;
/// let files = files_of("seed".as_ref())?; // without the log of decisions, a .csv file
/// assert_eq!(files, [std::path::Path::new("seed/binance-2026-02-03.txt")]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The path does not exist or cannot be listed, or a folder contains no such file.
pub fn files_of(path: &Path) -> Result<Vec<PathBuf>, Error> {
    FolderFiles::of(path, false).map(|found| found.files)
}

/// Whether a file of a folder may be a document, by its name.
fn has_ending(path: &Path) -> bool {
    is_archive(path) || has_document_ending(&file_name(path))
}

/// Whether a file of a folder is to be read, by its name and, for Markdown, its content.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("README.md");
/// std::fs::write(&path, "# About these files")?;
/// assert!(!tierbook::may_be_document(&path));
/// assert!(tierbook::may_be_document("seed/binance-2026-02-03.txt".as_ref()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn may_be_document(path: &Path) -> bool {
    let is_markdown = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md"));
    let contents = || LoadInput::File(path.to_path_buf()).contents();
    has_ending(path) && !(is_markdown && contents().is_ok_and(|(file, bytes)| is_about_folder(&file, &bytes)))
}

/// Whether a file is no link, or one that stays in the folder.
fn is_within(kind: fs::FileType, path: &Path, top: &Path) -> bool {
    !kind.is_symlink() || fs::canonicalize(path).is_ok_and(|target| target.starts_with(top))
}

fn cannot_read(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorCode::CannotRead, format!("cannot read {}: {error}", path.display()))
        .because(error)
        .hint(format!("name a file, or a folder of .{} files", EXTENSIONS.join(", .")))
}
