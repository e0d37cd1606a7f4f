//! Transactions of the journal as they are published: in segments, each of which can be read without any other.
//!
//! The frames of the journal refer to earlier ones. Those of a segment are made anew and refer only to others of the
//! same segment; the content and the hash of each transaction stay.

use std::path::Path;

use super::errors::unknown_transaction;
use super::head::Head;
use super::journal::draft::Draft;
use super::journal::{Extent, Format, Lines, NO_HASH, format};
use super::reader::Reader;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::publication::Segment;
use crate::statement::{Sha256, TxId};

/// A segment that grows with the journal, until it is full: it is never written anew.
pub struct GrowingSegment {
    first: u64,
    /// The number of the last transaction, and its hash; before the first one, what it follows.
    end: (Option<u64>, Sha256),
    draft: Draft,
    bytes: Vec<u8>,
    /// The bytes and the transactions with which it is full.
    full: (usize, u64),
}

impl GrowingSegment {
    /// The segment that will begin with transaction `first`; it is empty.
    ///
    /// # Errors
    /// The journal is of format 1 (`old_format`), or damaged; or there is no transaction before `first`.
    pub fn new(reader: &Reader, first: TxId) -> Result<GrowingSegment> {
        if format(&reader.dir)? == Format::Lines {
            return Err(old_format(&reader.dir));
        }
        let TxId(first) = first;
        let previous = reader.hash_before(TxId(first))?;
        let full = (limits::SEGMENT_BYTES, limits::SEGMENT_TRANSACTIONS);
        Ok(GrowingSegment {
            first,
            end: (None, previous),
            draft: Draft::part(first, previous),
            bytes: Vec::new(),
            full,
        })
    }

    /// Adds the transactions up to `last`, or until it is full: until it has [`limits::SEGMENT_BYTES`] or
    /// [`limits::SEGMENT_TRANSACTIONS`].
    ///
    /// # Errors
    /// A transaction is damaged; or there is none with the number `last`.
    pub fn extend(&mut self, reader: &Reader, last: TxId) -> Result<()> {
        let next = self.end.0.map_or(self.first, |last| last + 1);
        if next > last.0 || self.is_full() {
            return Ok(());
        }
        let mut lines = match next {
            0 => Lines::from_start(&reader.dir, Extent::Acknowledged)?,
            _ => {
                let place = reader.record_of(TxId(next))?.line;
                Lines::from(&reader.dir, Extent::Acknowledged, next, place.previous.0, place.offset)?
            }
        }
        .without_unused_bases();
        while !self.is_full() && self.end.0 != Some(last.0) {
            let line =
                lines.next_line()?.ok_or_else(|| unknown_transaction(last, Head::of(&reader.head).tx))?;
            self.bytes.extend(self.draft.copy(&line)?);
            self.end = (Some(line.tx), line.place.hash.0);
        }
        Ok(())
    }

    /// Whether the next transaction begins another one.
    pub fn is_full(&self) -> bool {
        let transactions = self.end.0.map_or(0, |last| last - self.first + 1);
        self.bytes.len() >= self.full.0 || transactions >= self.full.1
    }

    /// The bytes and the transactions with which it is full.
    #[cfg(test)]
    pub fn full(&self) -> (usize, u64) {
        self.full
    }

    /// The same, full with so many bytes or transactions.
    #[cfg(test)]
    pub fn full_with(self, bytes: usize, transactions: u64) -> GrowingSegment {
        GrowingSegment { full: (bytes, transactions), ..self }
    }

    /// The last transaction in it and its hash; `None` while it is empty.
    #[cfg(feature = "server")]
    pub fn last(&self) -> Option<(TxId, Sha256)> {
        let (last, hash) = self.end;
        Some((TxId(last?), hash))
    }

    /// What it is now, with the hash of its bytes; `None` while it is empty.
    pub fn segment(&self) -> Option<Segment> {
        let (last, hash) = self.end;
        let (bytes, sha256) = (self.bytes.len() as u64, Sha256::of(&[&self.bytes]));
        Some(Segment { first: self.first, last: last?, hash, bytes, sha256 })
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Reader {
    /// The hash that transaction `tx` follows: zeros for the header, as the chain begins with them.
    ///
    /// # Errors
    /// As [`Reader::hash_at`], for the transaction before it.
    pub fn hash_before(&self, tx: TxId) -> Result<Sha256> {
        tx.0.checked_sub(1).map_or(Ok(NO_HASH), |before| self.hash_at(TxId(before)))
    }

    /// The hash of a transaction; `None` where the database ends before it.
    ///
    /// # Errors
    /// The database is damaged.
    pub fn known_hash(&self, tx: TxId) -> Result<Option<Sha256>> {
        if tx.0 <= self.head.tx { self.hash_at(tx).map(Some) } else { Ok(None) }
    }

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
