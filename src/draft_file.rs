//! Files that are written under another name, so that they appear when they are whole.

use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

/// A new file beside the place of another, and its name until it is whole and renamed. Nobody can tell the name before, and
/// what has it is not opened: in a folder to which others write it may be a link to any file.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// use std::io::Write;
///
/// let path = folder.path().join("tables.json");
/// let (draft, mut file) = tierbook::draft_file::beside(&path)?;
/// file.write_all(b"[]")?;
/// assert!(!path.exists());
/// std::fs::rename(draft, &path)?;
/// assert_eq!(std::fs::read_to_string(&path)?, "[]");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// The system refuses; there is no new file then.
pub fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    // The keys of a hasher are random.
    name.push(format!(".{:016x}.part", RandomState::new().hash_one(())));
    let draft = path.with_file_name(name);
    let file = OpenOptions::new().write(true).create_new(true).open(&draft)?;
    Ok((draft, file))
}
