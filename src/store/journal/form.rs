//! The two formats of the journal, and which one a database has.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::statement::Sha256;
use crate::store::acknowledged::{self, Acknowledged};

/// The previous hash of the first transaction.
pub const NO_HASH: Sha256 = Sha256([0; 32]);

/// The form of a journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::store) enum Format {
    /// Format 1: lines of JSON.
    Lines,
    /// Format 2: compressed frames.
    Frames,
}

impl Format {
    /// The newest first: where there are two files and no head file, it was made from the other one.
    pub const ALL: [Format; 2] = [Format::Frames, Format::Lines];

    /// The name of the file in the folder of a database.
    pub fn file(self) -> &'static str {
        match self {
            Format::Lines => "journal.jsonl",
            Format::Frames => "journal.zst",
        }
    }
}

/// The journal of the database in `dir`: the one that the head file names, else the one that is there.
///
/// # Errors
/// The head file is damaged, or cannot be read.
pub(in crate::store) fn format(dir: &Path) -> Result<Format, Error> {
    named(dir, acknowledged::read(dir)?.as_ref())
}

pub(super) fn named(dir: &Path, head: Option<&Acknowledged>) -> Result<Format, Error> {
    match head {
        Some(head) => {
            let format = Format::ALL.into_iter().find(|format| format.file() == head.journal);
            format.ok_or_else(|| {
                acknowledged::damaged(dir, &format!("it names the journal `{}`", head.journal))
            })
        }
        None => {
            let there = |format: &Format| fs::symlink_metadata(dir.join(format.file())).is_ok();
            // Format 2 is what a new one would have.
            Ok(Format::ALL.into_iter().find(there).unwrap_or(Format::Frames))
        }
    }
}

/// The file of the journal of the database in `dir`, whatever is wrong with it.
pub(in crate::store) fn path(dir: &Path) -> PathBuf {
    let known = format(dir).or_else(|_| named(dir, None));
    dir.join(known.unwrap_or(Format::Frames).file())
}

/// Whether `dir` has a journal, damaged or not.
pub(in crate::store) fn exists(dir: &Path) -> bool {
    Format::ALL.iter().any(|format| fs::symlink_metadata(dir.join(format.file())).is_ok())
}

/// The next hash of the chain of format 2.
pub(in crate::store) fn chained(previous: Sha256, root: Sha256) -> Sha256 {
    Sha256::of(&[&previous.0, &root.0])
}
