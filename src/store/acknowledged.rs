//! The one home of the head file, `head`: how much of the journal is acknowledged.
//!
//! It is one line, `tierbook head 1: <file> tx <number> hash <64 digits> length <bytes>`, replaced as a whole after
//! the journal was synced and before anything is reported as recorded. Readers take the named file up to that
//! length and nothing after it. Where there is no head file (a copy of a journal alone, or a database of an
//! older version), every whole transaction of the journal counts.

use std::io::{self, Read};
use std::path::Path;

use super::disk;
use super::errors::disk_error;
use super::schema::HeadV1;
use super::whole_file;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::statement::Sha256;

/// The name of the file in the folder of a database.
pub(super) const FILE: &str = "head";

/// No head file is as long.
const MOST_BYTES: u64 = 1024;

const BEFORE: &str = "tierbook head 1: ";

/// How much of a journal is acknowledged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Acknowledged {
    /// The name of the journal's file.
    pub journal: String,
    /// The last transaction.
    pub tx: u64,
    /// Its hash.
    pub hash: Sha256,
    /// Where it ends in the file.
    pub length: u64,
}

impl Acknowledged {
    /// The journal in the file `journal` up to a transaction.
    pub fn of(journal: &str, head: &HeadV1) -> Acknowledged {
        let (hash, length) = (head.line.hash.0, head.line.end);
        Acknowledged { journal: journal.to_string(), tx: head.tx, hash, length }
    }

    fn parse(text: &str) -> Option<Acknowledged> {
        let words: Vec<&str> = text.strip_suffix('\n')?.strip_prefix(BEFORE)?.split(' ').collect();
        let [journal, "tx", tx, "hash", hash, "length", length] = words[..] else { return None };
        let (tx, length) = (tx.parse().ok()?, length.parse().ok()?);
        let parsed = Acknowledged { journal: journal.to_string(), tx, hash: Sha256::parse(hash)?, length };
        // Only the form that is written: no sign, no zeros before a number.
        (tx <= limits::JOURNAL_TRANSACTIONS && parsed.text() == text).then_some(parsed)
    }

    fn text(&self) -> String {
        let Acknowledged { journal, tx, hash, length } = self;
        format!("{BEFORE}{journal} tx {tx} hash {hash} length {length}\n")
    }
}

/// The head file of `dir`; `None` where there is none.
///
/// # Errors
/// It cannot be read (`disk`), is not a head file (`damaged_journal`), or of a newer form (`unknown_format`).
pub(super) fn read(dir: &Path) -> Result<Option<Acknowledged>> {
    let path = dir.join(FILE);
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        disk::open_to_read(&path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) => match std::str::from_utf8(&bytes).ok().and_then(Acknowledged::parse) {
            Some(head) => Ok(Some(head)),
            None => Err(unknown(dir, &bytes).unwrap_or_else(|| damaged(dir, "it is no head file"))),
        },
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(disk_error("read", &path, error)),
    }
}

/// The error for a head file of a newer form; `None` where it is something else.
fn unknown(dir: &Path, bytes: &[u8]) -> Option<Error> {
    let (form, _) = std::str::from_utf8(bytes).ok()?.split_once(": ")?;
    let number: u32 = form.strip_prefix("tierbook head ")?.parse().ok()?;
    (number > 1).then(|| {
        let path = dir.join(FILE);
        let what = format!(
            "{} has the form `{form}`, but this program knows only `tierbook head 1`",
            path.display()
        );
        Error::new(ErrorCode::UnknownFormat, what)
            .hint("use the version of tierbook that wrote it, or a newer one")
    })
}

/// The error for a head file that is not what was written.
pub(super) fn damaged(dir: &Path, why: &str) -> Error {
    let path = dir.join(FILE);
    Error::new(ErrorCode::DamagedJournal, format!("{} is damaged: {why}", path.display()))
        .hint("restore it with its journal from a backup")
        .hint("or delete it: every whole transaction of the journal counts then")
}

/// Replaces the head file of `dir`. It is on the disk when this returns; after an error the old one or the new
/// one is there.
///
/// # Errors
/// The disk refuses (`disk`).
pub(super) fn write(dir: &Path, head: &Acknowledged) -> Result<()> {
    write_with(dir, head, || ())
}

/// As [`write`]; `at_once` is done as soon as readers see the new head, before the disk is waited for.
///
/// # Errors
/// The disk refuses (`disk`).
pub(super) fn write_with(dir: &Path, head: &Acknowledged, at_once: impl FnOnce()) -> Result<()> {
    whole_file::replace(dir, FILE, head.text().as_bytes(), at_once)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_the_highest_number_of_a_transaction_and_not_one_more() {
        let head = |tx| Acknowledged {
            journal: "journal.zst".to_string(),
            tx,
            hash: Sha256::of(&[b"a"]),
            length: 9,
        };
        let read = |tx| Acknowledged::parse(&head(tx).text()).map(|head| head.tx);
        assert_eq!(read(limits::JOURNAL_TRANSACTIONS), Some(limits::JOURNAL_TRANSACTIONS));
        assert_eq!(read(limits::JOURNAL_TRANSACTIONS + 1), None);
    }
}
