//! The errors that more than one part of the store can make.

use std::io;
use std::path::Path;

use crate::error::{Error, ErrorCode};
use crate::statement::TxId;

/// The error for an action on a file that the operating system refuses.
pub(super) fn disk_error(action: &str, path: &Path, error: impl Into<io::Error>) -> Error {
    let error = error.into();
    let hint = advice(action, error.kind());
    Error::new(ErrorCode::Disk, format!("cannot {action} {}: {error}", path.display()))
        .because(error)
        .hint(hint)
}

/// What a user can do about an error of the system.
fn advice(action: &str, kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space there, and try again",
        io::ErrorKind::ReadOnlyFilesystem => {
            "the file system is read-only: queries work there, but nothing can be written"
        }
        io::ErrorKind::PermissionDenied if action == "read" => "you may not read it: check who owns it",
        io::ErrorKind::PermissionDenied => "you may not write there: check who owns the folder and its files",
        io::ErrorKind::NotADirectory => "name a folder: there is a file in its place",
        io::ErrorKind::InvalidData if action == "read" => {
            "it is no journal that tierbook wrote: use another copy of it"
        }
        _ if action == "read" => "check that it is a file and that you may read it",
        _ if action == "lock" => "the file system must have locks: use a folder on a local disk",
        _ => "check that the disk has free space and that you may write there",
    }
}

/// The error for a folder that has an index without the journal that it was made from.
pub(super) fn journal_missing(dir: &Path) -> Error {
    let what = format!("{} has other files of a database, but not its journal", dir.display());
    Error::new(ErrorCode::JournalMissing, what)
        .hint("put a copy of the journal back, or use another folder with `--db FOLDER`")
}

/// The error for a transaction that is larger than a record or a line may be.
pub(super) fn too_large(message: String) -> Error {
    Error::new(ErrorCode::TooLarge, message)
        .hint("split the document into smaller files; nothing was recorded")
}

/// The error of a question about a transaction that is not recorded.
pub fn unknown_transaction(tx: TxId, last: TxId) -> Error {
    Error::new(ErrorCode::UnknownTransaction, format!("there is no transaction {tx}"))
        .hint(format!("the last one is {last}"))
}

/// The error for a journal that ends before transaction `tx`, although the head file acknowledges `last`.
pub(super) fn short_of_head(journal: &Path, tx: u64, last: u64) -> Error {
    let (path, before) = (journal.display(), tx.saturating_sub(1));
    let what = format!(
        "transaction {tx} is missing from {path}: it ends at transaction {before}, `head` is at {last}"
    );
    Error::new(ErrorCode::ShortJournal, what)
        .hint("restore the journal from a backup that has this transaction")
        .hint(restored_on_purpose(journal))
}

/// The error for a journal that is not the one that the head file acknowledges.
pub(super) fn foreign_to_head(journal: &Path, tx: u64) -> Error {
    let what = format!("transaction {tx} in {} is not the one in the file `head`", journal.display());
    Error::new(ErrorCode::ForeignJournal, what)
        .hint("restore the journal from the right backup")
        .hint(restored_on_purpose(journal))
}

/// How to go on with a journal of a backup that is not the one of the files beside it.
fn restored_on_purpose(journal: &Path) -> String {
    let dir = journal.parent().unwrap_or(journal);
    let (head, index) = (dir.join("head"), dir.join("index"));
    format!(
        "if you put this journal there on purpose, delete {} and {}: both are made again",
        head.display(),
        index.display()
    )
}

/// The result of removing a file or a folder: what was not there is gone too.
///
/// # Errors
/// The disk refuses.
pub(super) fn removed(path: &Path, removed: io::Result<()>) -> Result<(), Error> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk_error("remove", path, error)),
        _ => Ok(()),
    }
}
