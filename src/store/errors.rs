//! The errors that more than one part of the store can make.

use std::fmt::Display;
use std::path::Path;

use crate::error::{Error, ErrorCode};
use crate::statement::TxId;

/// The error for an action that the disk refuses.
pub(super) fn disk_error(action: &str, path: &Path, error: &dyn Display) -> Error {
    Error::new(ErrorCode::Disk, format!("cannot {action} {}: {error}", path.display())).hint(match action {
        "read" => "see that it is what the name says, and that you may read it",
        _ => "see that the disk has room, that nothing else bears the name, and that you may write there",
    })
}

/// The error for a folder that holds an index without the journal that it was made from.
pub(super) fn journal_missing(dir: &Path) -> Error {
    let what = format!("{} holds the index of a database, but not its journal", dir.display());
    Error::new(ErrorCode::JournalMissing, what)
        .hint("put a copy of journal.jsonl back, or take another folder")
}

/// The error for a transaction that is larger than a record or a line may be.
pub(super) fn too_long(message: String) -> Error {
    Error::new(ErrorCode::TooLarge, message).hint("split the document; nothing was recorded")
}

/// The error of a question about a transaction that is not recorded.
pub fn unknown_transaction(tx: TxId, last: TxId) -> Error {
    Error::new(ErrorCode::UnknownTransaction, format!("there is no transaction {tx}"))
        .hint(format!("the last one is {last}"))
}
