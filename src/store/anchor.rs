//! The anchor: the head of the index once more, as a small text file beside sled's own.
//!
//! Opening sled costs seven threads and several milliseconds. A journal that is short is read faster whole;
//! the anchor then tells how far it must reach and with which hash, so that a journal cut by whole lines, or
//! another one, is refused without opening sled. It is written after the index and belongs to its folder;
//! where it is missing, sled is opened.

use std::fs;
use std::io;
use std::path::Path;

use super::index;
use super::schema::HeadV1;
use crate::statement::Sha256;

/// The name of the file in the folder of the index.
const FILE: &str = "tierbook.head";

/// How far the index was when the anchor was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Anchor {
    pub tx: u64,
    pub hash: Sha256,
}

impl Anchor {
    pub fn of(head: &HeadV1) -> Anchor {
        Anchor { tx: head.tx, hash: head.line.hash.0 }
    }
}

/// The anchor of the database in `dir`; `None` where there is none that can be read.
pub(super) fn read(dir: &Path) -> Option<Anchor> {
    let text = fs::read_to_string(dir.join(index::FOLDER).join(FILE)).ok()?;
    let (tx, hash) = text.strip_suffix('\n')?.split_once(' ')?;
    Some(Anchor { tx: tx.parse().ok()?, hash: Sha256::parse(hash)? })
}

/// Writes the anchor, unless it is there already. Where that fails the old one is removed, so that sled is
/// opened; an anchor that is older than the index would only be less strict, never wrong.
pub(super) fn write(dir: &Path, anchor: Anchor) {
    if read(dir) == Some(anchor) {
        return;
    }
    let path = dir.join(index::FOLDER).join(FILE);
    let draft = path.with_extension("new");
    let written = || -> io::Result<()> {
        fs::write(&draft, format!("{} {}\n", anchor.tx, anchor.hash))?;
        fs::rename(&draft, &path)
    };
    if written().is_err() {
        // In a folder that cannot be written neither file can be there.
        let _ = fs::remove_file(&path);
    }
}
