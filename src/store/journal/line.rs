//! A transaction of the journal that has its hash, in either format.

use std::path::{Path, PathBuf};

use super::decode::Decoded;
use super::form::{Format, NO_HASH};
use super::format_1;
use super::header::Header;
use super::lost::LostV1;
use super::parts;
use super::stored::{Base, Bases};
use crate::error::{Error, ErrorCode};
use crate::statement::Sha256;
use crate::store::schema::{HeaderV1, LineV1, TransactionV1};

/// A whole transaction whose hash has been checked: its number, its place and its content.
pub(in crate::store) struct Line {
    pub tx: u64,
    pub place: LineV1,
    pub(super) content: Content,
}

/// What is in a line or a frame.
pub(super) enum Content {
    Json(Vec<u8>),
    Frame(Box<Decoded>),
}

impl Line {
    fn path(&self, dir: &Path) -> PathBuf {
        let format = match self.content {
            Content::Json(_) => Format::Lines,
            Content::Frame(_) => Format::Frames,
        };
        dir.join(format.file())
    }

    /// The transaction, complete: what it refers to is in it. Not for the header.
    ///
    /// # Errors
    /// It is of a kind that this program does not know (`unknown_format`), or its document does not have its
    /// hash (`damaged_journal`).
    pub fn transaction(&self, dir: &Path) -> Result<TransactionV1, Error> {
        let path = self.path(dir);
        match &self.content {
            Content::Json(json) => {
                if let Some(lost) = LostV1::of_checked_json(json, self.place.hash.0) {
                    return Ok(lost.transaction(self.place.hash.0));
                }
                format_1::transaction(json).map_err(|why| unknown(&path, self.tx, self.place.offset, &why))
            }
            Content::Frame(decoded) => {
                decoded.transaction().map_err(|why| damaged(&path, self.tx, self.place.offset, &why))
            }
        }
    }

    /// Checks that this is the header of a journal that this program knows.
    ///
    /// # Errors
    /// It is not, or of a newer format.
    pub fn check_header(&self, dir: &Path) -> Result<(), Error> {
        let path = self.path(dir);
        let (header, known) = match &self.content {
            _ if self.lost().is_some() => return Ok(()),
            Content::Json(json) => match serde_json::from_slice::<HeaderV1>(json) {
                Ok(header) => (header, format_1::FORMAT),
                Err(error) => {
                    let what = format!("the first line is not a header: {error}");
                    return Err(damaged(&path, 0, 0, &what).because(error));
                }
            },
            Content::Frame(decoded) => match &decoded.content.header {
                Header::First(header, _) => (header.clone(), parts::FORMAT),
                _ => return Err(damaged(&path, 0, 0, "the first frame is not a header")),
            },
        };
        if header.format == known {
            return Ok(());
        }
        let what = format!(
            "{} has the format `{}`, but this program knows only `{known}`",
            path.display(),
            header.format
        );
        Err(Error::new(ErrorCode::UnknownFormat, what)
            .hint("use the version of tierbook that wrote it, or a newer one"))
    }

    /// The hashes that the transactions had in the format before a migration, from 0 on; only in the header.
    pub fn former_hashes(&self) -> Vec<Sha256> {
        match &self.content {
            Content::Frame(decoded) => match &decoded.content.header {
                Header::First(_, Some(former)) => former.hashes.iter().map(|hash| hash.0).collect(),
                _ => Vec::new(),
            },
            Content::Json(_) => Vec::new(),
        }
    }

    /// The hash that it had in the format before a migration, after one with the hash `previous`; of the header where no
    /// transaction is given. `None` where it cannot be written in that format.
    pub fn former_hash(&self, previous: Sha256, transaction: Option<&TransactionV1>) -> Option<Sha256> {
        let json = match (transaction, &self.content) {
            (Some(transaction), _) => serde_json::to_vec(transaction).ok()?,
            (None, Content::Frame(decoded)) => match &decoded.content.header {
                Header::First(header, _) => {
                    let header = HeaderV1 { format: format_1::FORMAT.to_string(), ..header.clone() };
                    serde_json::to_vec(&header).ok()?
                }
                _ => return None,
            },
            (None, Content::Json(_)) => return None,
        };
        Some(format_1::line_of(previous, &json).0)
    }

    /// The tombstone, if the transaction is lost.
    pub fn lost(&self) -> Option<LostV1> {
        match &self.content {
            Content::Json(json) => LostV1::of_checked_json(json, self.place.hash.0),
            Content::Frame(decoded) => match &decoded.content.header {
                Header::Lost(lost) => Some((**lost).clone()),
                _ => None,
            },
        }
    }

    /// Whether the hash of a lost one follows from the one before: its root is known.
    pub fn is_linked(&self) -> bool {
        match &self.content {
            Content::Json(_) => false,
            Content::Frame(decoded) => decoded.content.link.root.0 != NO_HASH,
        }
    }

    /// The header and the hashes of the leaves of the transaction; `None` in format 1.
    pub fn leaves(&self) -> Option<(serde_json::Value, Vec<Sha256>)> {
        let Content::Frame(decoded) = &self.content else { return None };
        let Header::Document(header) = &decoded.content.header else { return None };
        Some((serde_json::to_value(header).ok()?, decoded.leaves().ok()?))
    }

    /// What the next frame may refer to; nothing in format 1.
    pub(super) fn next_bases(&self) -> Bases {
        let Content::Frame(decoded) = &self.content else { return Bases::default() };
        let (link, stored) = (&decoded.content.link, &decoded.content.stored);
        let bases = link.bases.iter().zip(decoded.bases());
        let list = bases.map(|(place, stored)| Base { place: *place, stored: stored.clone() });
        let mut bases = Bases::of(list.collect());
        bases.advance(self.tx, self.place.offset, &decoded.used(), stored.clone());
        bases
    }
}

/// The error for a transaction that is damaged.
pub(super) fn damaged(path: &Path, tx: u64, offset: u64, what: &str) -> Error {
    let line = if is_lines(path) { format!("line {}, ", tx + 1) } else { String::new() };
    Error::new(
        ErrorCode::DamagedJournal,
        format!("transaction {tx} in {} ({line}byte {offset}) is damaged: {what}", path.display()),
    )
    .hint("restore the journal from a backup; nothing is answered from a damaged journal")
    .hint("`tierbook salvage FOLDER` makes a new database of everything that can be read")
    .hint("docs/store.md explains each kind of damage")
}

/// The error for a transaction that has its hash, but of a kind that this program does not know.
pub(super) fn unknown(path: &Path, tx: u64, offset: u64, what: &str) -> Error {
    Error::new(
        ErrorCode::UnknownFormat,
        format!(
            "transaction {tx} in {} (byte {offset}) is of a kind that this program does not know: {what}",
            path.display()
        ),
    )
    .hint("use the version of tierbook that wrote it, or a newer one")
}

fn is_lines(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == Format::Lines.file())
}
