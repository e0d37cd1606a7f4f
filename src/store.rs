//! The store: the only module that knows files.
//!
//! A database is a folder with a journal (the truth), an index (made from it), and the writer's lock. `docs/store.md`
//! says what is written when, and what is true after each kind of failure. Every mistake that comes out of here is an
//! input mistake; where one comes out, nothing was recorded and nothing was answered.

mod codec;
mod convert;
mod index;
mod journal;
mod layout;
mod lock;
mod reader;
mod record;
mod records;
mod recover;
mod rule_record;
mod scalar;
mod verify;
mod writer;

use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::time::Duration;

pub use self::reader::Reader;
pub use self::verify::{Verified, verify};
pub use self::writer::Writer;
use crate::mistake::Mistake;
pub use crate::statement::RecordedSource;
use crate::statement::{Sha256, TxId};
use crate::time::{Instant, RecordedTime};

/// The last transaction of a database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Its number; 0 where nothing was recorded yet.
    pub tx: TxId,
    /// Its hash, which fixes everything recorded up to it.
    pub hash: Sha256,
    /// When it was recorded; `None` where nothing was.
    pub recorded_at: Option<RecordedTime>,
}

/// Whether there is a database in `dir`, sound or not.
pub fn exists(dir: &Path) -> bool {
    dir.join(journal::FILE).exists()
}

/// Makes an empty database in `dir`, and the folder where it is missing. It is on the disk when this returns.
///
/// # Errors
/// There is one already (`database_exists`), the folder holds an index whose journal is gone (`journal_missing`), or
/// the disk refuses (`disk`). A database that is there is never touched.
pub fn create(dir: &Path, now: Instant) -> Result<(), Mistake> {
    refuse_existing(dir)?;
    fs::create_dir_all(dir).map_err(|error| disk_mistake("make", dir, &error))?;
    let _lock = lock::take(dir, Duration::ZERO)?;
    // Another process may have made one before the lock was ours.
    refuse_existing(dir)?;
    journal::create(dir, now)
}

fn refuse_existing(dir: &Path) -> Result<(), Mistake> {
    let folder = dir.display();
    if dir.join(journal::FILE).exists() {
        return Err(Mistake::input("database_exists", format!("there is a database in {folder} already")));
    }
    if dir.join(index::FOLDER).exists() {
        let what = format!("{folder} holds the index of a database, but not its journal");
        return Err(Mistake::input("journal_missing", what)
            .hint("put a copy of journal.jsonl back, or take another folder"));
    }
    Ok(())
}

/// The mistake for an action that the disk refuses.
fn disk_mistake(action: &str, path: &Path, error: &dyn Display) -> Mistake {
    Mistake::input("disk", format!("cannot {action} {}: {error}", path.display()))
}

/// The mistake for a transaction that is larger than a record or a line may be.
fn too_long(message: String) -> Mistake {
    Mistake::input("too_large", message).hint("split the document; nothing was recorded")
}

/// The mistake for an index that cannot be used where only it can serve.
fn index_mistake(dir: &Path, trouble: index::Trouble) -> Mistake {
    let path = dir.join(index::FOLDER);
    match trouble {
        index::Trouble::Held => {
            Mistake::input("index_busy", format!("another process holds {}", path.display()))
                .hint("wait until it is done")
        }
        index::Trouble::Refused(why) => disk_mistake("use", &path, &why),
        index::Trouble::Damaged(why) => {
            Mistake::input("damaged_index", format!("{} is damaged: {why}", path.display()))
                .hint("remove that folder: the index is made anew from the journal, and nothing is lost")
        }
    }
}
