//! Transactions of the journal as they are published: in segments, each of which can be read without any other.
//!
//! The frames of the journal refer to earlier ones. Those of a segment are made anew and refer only to others of the
//! same segment; the content and the hash of each transaction stay.

use std::path::Path;

use super::journal::draft::Draft;
use super::journal::{Extent, Format, Line, Lines, NO_HASH, format};
use super::reader::Reader;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::publication::Segment;
use crate::statement::{Sha256, TxId};

/// The transactions of a database from one on, in segments.
pub struct Segments {
    lines: Lines,
    previous: Sha256,
    last: u64,
    /// Most transactions in one of them.
    most: u64,
}

impl Segments {
    /// The transactions of a database from `first` up to `last`, which are recorded.
    ///
    /// # Errors
    /// The journal is of format 1 (`old_format`), or damaged; or there is no such transaction.
    pub fn of(reader: &Reader, first: TxId, last: TxId) -> Result<Segments> {
        let dir = &reader.dir;
        if format(dir)? == Format::Lines {
            return Err(old_format(dir));
        }
        let TxId(first) = first;
        let lines = match first {
            0 => Lines::from_start(dir, Extent::Acknowledged)?,
            _ => {
                let place = reader.record_of(TxId(first))?.line;
                Lines::from(dir, Extent::Acknowledged, first, place.previous.0, place.offset)?
            }
        };
        let previous = if first == 0 { NO_HASH } else { reader.hash_at(TxId(first - 1))? };
        let most = limits::SEGMENT_TRANSACTIONS;
        Ok(Segments { lines: lines.without_unused_bases(), previous, last: last.0, most })
    }

    /// The same with all transactions in one segment, as far as their number goes.
    #[must_use]
    pub fn in_one(mut self) -> Segments {
        self.most = u64::MAX;
        self
    }

    /// The next segment and its bytes; `None` after the last transaction. A segment ends once it has
    /// [`limits::SEGMENT_BYTES`] or [`limits::SEGMENT_TRANSACTIONS`].
    ///
    /// # Errors
    /// A transaction is damaged.
    pub fn next_segment(&mut self) -> Result<Option<(Segment, Vec<u8>)>> {
        let (mut draft, mut bytes, mut first) = (None, Vec::new(), None);
        while let Some(line) = self.next_line()? {
            let draft = draft.get_or_insert_with(|| Draft::part(line.tx, self.previous));
            let first = *first.get_or_insert(line.tx);
            bytes.extend(draft.copy(&line)?);
            let (last, hash) = (line.tx, line.place.hash.0);
            self.previous = hash;
            let is_full = bytes.len() >= limits::SEGMENT_BYTES || last - first + 1 >= self.most;
            if is_full || last >= self.last {
                let (length, sha256) = (bytes.len() as u64, Sha256::of(&[&bytes]));
                return Ok(Some((Segment { first, last, hash, bytes: length, sha256 }, bytes)));
            }
        }
        Ok(None)
    }

    fn next_line(&mut self) -> Result<Option<Line>> {
        match self.lines.next_line()? {
            Some(line) if line.tx <= self.last => Ok(Some(line)),
            _ => Ok(None),
        }
    }
}

impl Reader {
    /// The hash of a transaction, also of the header.
    ///
    /// # Errors
    /// There is no such transaction (`unknown_transaction`), or the database is damaged.
    pub fn hash_at(&self, tx: TxId) -> Result<Sha256> {
        match tx {
            TxId(0) if self.head.tx == 0 => Ok(self.head.line.hash.0),
            TxId(0) => Ok(self.record_of(TxId(1))?.line.previous.0),
            _ => Ok(self.record_of(tx)?.line.hash.0),
        }
    }
}

fn old_format(dir: &Path) -> Error {
    let what = format!("the journal in {} is of format 1, which cannot be published", dir.display());
    Error::new(ErrorCode::OldFormat, what).hint("`tierbook migrate` writes it anew, and keeps the old one")
}
