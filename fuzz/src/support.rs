//! What the targets share: a database, and what is true of every error.

use std::path::PathBuf;

use tempfile::TempDir;
use tierbook::{Database, Error, Snapshot};

/// The journal of a database with the seed of the repository, a TOML seed, and two tables of the exchange of which the second
/// differs in a rate. `fuzz/README.md` says how it is made.
pub const JOURNAL: &[u8] = include_bytes!("../database.zst");

/// A database in a folder that goes away with it.
pub struct Stored {
    pub folder: TempDir,
    pub database: Database,
    pub rules: Snapshot,
}

thread_local! {
    static STORED: Stored = stored();
}

/// The database of [`JOURNAL`], with index and image.
pub fn stored() -> Stored {
    let folder = tempfile::tempdir().unwrap();
    let database = database_of(&folder.path().join("db"), JOURNAL);
    database.rebuild().unwrap();
    let rules = database.snapshot().unwrap();
    Stored { folder, database, rules }
}

/// A database of which there is only the journal, of format 2.
pub fn database_of(dir: &PathBuf, journal: &[u8]) -> Database {
    std::fs::create_dir_all(dir).unwrap();
    std::fs::write(dir.join("journal.zst"), journal).unwrap();
    Database::at(dir)
}

/// Asks one database per thread, which nothing changes.
pub fn with_stored<T>(ask: impl FnOnce(&Stored) -> T) -> T {
    STORED.with(ask)
}

/// What every error has: a message in one line, without control characters, that fits a screen.
pub fn check_error(error: &Error) {
    let message = error.message();
    assert!(!message.is_empty(), "{error:?}");
    for text in error.hints().iter().map(String::as_str).chain([message, error.label()]) {
        assert!(!text.contains(char::is_control), "a control character in {text:?}");
        assert!(text.len() < 4096, "{} bytes in a message: {text:.200}", text.len());
    }
}

/// The first byte, which chooses between the forms of an entrance, and the rest.
pub fn chosen(bytes: &[u8]) -> (u8, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest))
}
