//! Making the index and the image anew from the journal, whatever is wrong with them.

use std::path::Path;
use std::time::Duration;

use super::compile::MakeCurves;
use super::errors::removed;
use super::head::Head;
use super::writer::Writer;
use super::{backup, disk, image, journal, layout, lock, recover};
use crate::error::Result;
use crate::limits;

/// What was made anew.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// let database = tierbook::Database::create(folder.path())?;
/// database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// assert_eq!(database.rebuild()?.head, database.head()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rebuilt {
    /// The last transaction of the journal.
    pub head: Head,
    /// What the store reports, in sentences without a full stop.
    pub notices: Vec<String>,
}

/// Reads the journal of `dir` from its first byte, removes the index and the image, and makes both again. Readers read
/// the journal meanwhile.
///
/// # Errors
/// There is no database, its journal is damaged, another process writes (`locked`), or the disk refuses (`disk`). After a
/// damaged journal nothing was removed; after `disk`, the next writer makes what is missing.
pub fn rebuild(dir: &Path, curves: MakeCurves) -> Result<Rebuilt> {
    journal::bytes(dir)?;
    let lock = lock::take(dir, Duration::from_millis(limits::LOCK_WAIT_MS))?;
    backup::checked(dir, journal::open(dir)?)?;
    let (index, image) = (dir.join(layout::FOLDER), dir.join(image::FILE));
    removed(&index, disk::remove_folder(&index))?;
    removed(&image, disk::remove_file(&image))?;
    // The writer takes it again; one that comes between makes the same.
    drop(lock);
    let mut writer = Writer::open_any(dir, Duration::from_millis(limits::LOCK_WAIT_MS), curves)?;
    writer.finish();
    let head = writer.head();
    // That is what was asked for.
    let expected = recover::index_rebuilt(head.tx.0);
    let notices = writer.notices().into_iter().filter(|notice| *notice != expected).collect();
    Ok(Rebuilt { head, notices })
}
