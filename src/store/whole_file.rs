//! Small files that are replaced as a whole: after a crash at any moment, the old one or the new one is there.

use std::io;
use std::path::Path;

use super::disk::{self, DiskFile};
use super::errors::disk_error;
use crate::error::Result;

/// What is added to the name of a file that is not ready.
pub(super) const NEW: &str = ".new";

/// Puts a file of these bytes in the place of the one in `dir` with this name, if there is one. It is on the disk when this
/// returns. `at_once` is done as soon as readers see it, before the disk is waited for.
///
/// # Errors
/// The disk refuses (`disk`): the old file or the new one is there.
pub(super) fn replace(dir: &Path, name: &str, bytes: &[u8], at_once: impl FnOnce()) -> Result<()> {
    let (path, draft) = (dir.join(name), dir.join(format!("{name}{NEW}")));
    let written = || -> io::Result<()> {
        let file = DiskFile::create(&draft)?;
        file.write_at(bytes, 0)?;
        file.sync_all()?;
        disk::rename(&draft, &path)?;
        at_once();
        disk::sync_folder(dir)
    };
    written().map_err(|error| disk_error("write", &path, error))
}
