//! Migration from format 1 of the journal to format 2. Only `tierbook migrate` does it.
//!
//! The new journal is written beside the old one, read back and compared; then the head file names it. So
//! a crash at any moment leaves the one or the other in force, and a second attempt finishes. The old file is
//! kept under another name. The hashes of the old chain are in the first frame: what was noted before the
//! migration is still found.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::acknowledged::{self, Acknowledged};
use super::disk::{self, DiskFile};
use super::errors::{disk_error, removed};
use super::head::Head;
use super::journal::draft::Draft;
use super::journal::{self, Extent, Format, Lines};
use super::schema::{HeadV1, LineV1};
use super::{image, layout, lock};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::statement::Sha256;

/// What a migration did.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// let database = tierbook::Database::create(folder.path())?;
/// assert!(database.migrate()?.is_none()); // new databases have the newest format
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Migrated {
    /// The journal from now on.
    pub journal: PathBuf,
    /// The journal as it was, under another name; nothing reads it any more.
    pub kept: PathBuf,
    /// How many transactions there are.
    pub transactions: u64,
    /// How many bytes the journal had, and has.
    pub bytes: (u64, u64),
    /// The last transaction with the hash that it has from now on.
    pub head: Head,
    /// The hash that it had; `verify --head` finds both.
    pub former_hash: Sha256,
}

/// Whether the database in `dir` has a journal of format 1.
pub fn has_former_format(dir: &Path) -> bool {
    journal::exists(dir) && matches!(journal::format(dir), Ok(Format::Lines))
}

/// Migrates the database in `dir`; `None` where it has the newest format already.
///
/// # Errors
/// There is no database, another process writes, the journal is broken, or the disk refuses; it is as it was
/// then. `database_exists`: there is another journal of the new format.
pub fn migrate(dir: &Path) -> Result<Option<Migrated>> {
    journal::bytes(dir)?;
    let _lock = lock::take(dir, Duration::from_millis(limits::LOCK_WAIT_MS))?;
    let (old, new) = (dir.join(Format::Lines.file()), dir.join(Format::Frames.file()));
    if journal::format(dir)? == Format::Frames {
        // A migration before may have been stopped after its last step but one.
        if acknowledged::read(dir)?.is_some() && old.exists() {
            keep(dir, &old)?;
        }
        return Ok(None);
    }
    let hashes = former_hashes(dir)?;
    refuse_foreign(&new, &hashes)?;
    let draft = dir.join(format!("{}.new", Format::Frames.file()));
    let head = written(dir, &draft, &hashes)?;
    compared(dir, &draft)?;
    // Both are made from the journal, and know the places of the old one.
    removed(&dir.join(image::FILE), disk::remove_file(&dir.join(image::FILE)))?;
    removed(&dir.join(layout::FOLDER), disk::remove_folder(&dir.join(layout::FOLDER)))?;
    let moved = disk::rename(&draft, &new).and_then(|()| disk::sync_folder(dir));
    moved.map_err(|error| disk_error("write", &new, error))?;
    let bytes = (fs::metadata(&old).map_or(0, |file| file.len()), head.line.end);
    acknowledged::write(dir, &Acknowledged::of(Format::Frames.file(), &head))?;
    let kept = keep(dir, &old)?;
    let former_hash = hashes.last().copied().unwrap_or(journal::NO_HASH);
    let (transactions, head) = (head.tx, Head::of(&head));
    Ok(Some(Migrated { journal: new, kept, transactions, bytes, head, former_hash }))
}

/// The hashes of the old chain, from transaction 0 on; from now on all its whole transactions are acknowledged.
fn former_hashes(dir: &Path) -> Result<Vec<Sha256>> {
    let mut lines = Lines::from_start(dir, Extent::Whole)?;
    let (mut hashes, mut last): (_, Option<(u64, LineV1)>) = (Vec::new(), None);
    while let Some(line) = lines.next_line()? {
        if line.tx == 0 {
            line.check_header(dir)?;
        }
        hashes.push(line.place.hash.0);
        last = Some((line.tx, line.place));
    }
    if let Some((tx, line)) = last {
        journal::sync(dir)?;
        let head = HeadV1 { tx, recorded_at: None, line };
        acknowledged::write(dir, &Acknowledged::of(Format::Lines.file(), &head))?;
    }
    Ok(hashes)
}

/// Refuses to replace a journal that no migration of this one made.
fn refuse_foreign(new: &Path, hashes: &[Sha256]) -> Result<()> {
    if !new.exists() {
        return Ok(());
    }
    let first = Lines::of_draft(new).and_then(|mut lines| lines.next_line());
    match first {
        Ok(Some(line)) if !line.former_hashes().is_empty() && hashes.starts_with(&line.former_hashes()) => {
            Ok(())
        }
        _ => {
            let what = format!("there is another journal in {}", new.display());
            Err(Error::new(ErrorCode::DatabaseExists, what).hint("move it out of the folder, and try again"))
        }
    }
}

/// Writes the new journal; it is on the disk when this returns, with this head.
fn written(dir: &Path, path: &Path, hashes: &[Sha256]) -> Result<HeadV1> {
    let fail = |error: io::Error| disk_error("write", path, error);
    let file = DiskFile::create(path).map_err(fail)?;
    let mut lines = Lines::from_start(dir, Extent::Acknowledged)?;
    let mut draft = Draft::of(Format::Frames);
    let mut recorded_at = None;
    while let Some(line) = lines.next_line()? {
        let bytes = if line.tx == 0 {
            draft.first(&line, hashes)
        } else if let Some(lost) = line.lost() {
            recorded_at = Some(lost.recorded_at);
            draft.lose_anew(&lost)
        } else {
            let transaction = line.transaction(dir)?;
            recorded_at = Some(transaction.recorded_at);
            draft.next(&transaction)
        };
        let bytes = bytes.map_err(|why| fail(io::Error::other(why)))?;
        file.write_at(&bytes, draft.last().1.offset).map_err(fail)?;
    }
    file.sync_all().map_err(fail)?;
    let (tx, line) = draft.last();
    Ok(HeadV1 { tx, recorded_at, line })
}

/// Reads the new journal back, and compares each transaction with that of the old one.
fn compared(dir: &Path, draft: &Path) -> Result<()> {
    let (mut old, mut new) = (Lines::from_start(dir, Extent::Acknowledged)?, Lines::of_draft(draft)?);
    loop {
        match (old.next_line()?, new.next_line()?) {
            (None, None) => return Ok(()),
            (Some(old), Some(new)) if old.tx == 0 && new.tx == 0 => new.check_header(dir)?,
            (Some(old), Some(new)) if old.lost().is_some() && old.lost() == new.lost() => {}
            (Some(old), Some(new)) if old.transaction(dir)? == new.transaction(dir)? => {}
            (old, new) => {
                let tx = old.or(new).map_or(0, |line| line.tx);
                let what = format!("transaction {tx} in {} is not the one that was written", draft.display());
                return Err(Error::new(ErrorCode::Disk, what).hint("nothing was changed; check the disk"));
            }
        }
    }
}

/// Gives the old journal another name.
fn keep(dir: &Path, old: &Path) -> Result<PathBuf> {
    let name = |number: u32| match number {
        1 => dir.join(format!("{}.before-migration", Format::Lines.file())),
        _ => dir.join(format!("{}.before-migration-{number}", Format::Lines.file())),
    };
    let kept = (1..u32::MAX).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(1));
    let moved = disk::rename(old, &kept).and_then(|()| disk::sync_folder(dir));
    moved.map_err(|error| disk_error("rename", old, error))?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::records::curves;
    use crate::statement::TxId;
    use crate::store::verify;

    /// A migrated database of an earlier version, whose header states these hashes to be those of before.
    fn stating(hashes: impl Fn(Vec<Sha256>) -> Vec<Sha256>) -> (tempfile::TempDir, Vec<Sha256>) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        let journal = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli/format_1/journal.jsonl");
        let copy = dir.join("journal.jsonl");
        disk::copy(&journal, &copy).unwrap();
        let before = former_hashes(dir).unwrap();
        let head = written(dir, &dir.join("journal.zst"), &hashes(before.clone())).unwrap();
        disk::remove_file(&copy).unwrap();
        acknowledged::write(dir, &Acknowledged::of("journal.zst", &head)).unwrap();
        (folder, before)
    }

    #[test]
    fn a_head_noted_before_a_migration_is_found_by_what_the_transactions_are_and_not_by_what_the_header_states()
     {
        let (folder, before) = stating(|hashes| hashes);
        for (tx, hash) in before.iter().enumerate() {
            let verified = verify(folder.path(), Some(*hash), curves).unwrap();
            assert_eq!(verified.problems, [] as [String; 0]);
            assert_eq!(verified.found.unwrap().tx, TxId(tx as u64));
        }
        let noted = Sha256::of(&[b"of another history"]);
        for place in [0, 1, before.len() - 1] {
            let (folder, _) = stating(|mut hashes| {
                hashes[place] = noted;
                hashes
            });
            let verified = verify(folder.path(), Some(noted), curves).unwrap();
            let what = format!(
                "the head {noted} is not in the chain: its header states it as one of before a migration, but the \
                 transactions do not have it"
            );
            assert_eq!((verified.problems, verified.found), (vec![what], None), "{place}");
            // What came before it is what it was; after it nothing is.
            let found = |tx: usize| verify(folder.path(), Some(before[tx]), curves).unwrap().found.is_some();
            assert!((0..place).all(found) && !(place + 1..before.len()).any(found), "{place}");
        }
    }
}
