//! A journal that is being made from the transactions of another one.

use super::copy::copied;
use super::encode::{self, Frame};
use super::form::{Format, NO_HASH, chained};
use super::format_1;
use super::line::{Content, Line};
use super::lost::LostV1;
use super::parts::FormerV2;
use super::salvage::Kept;
use super::stored::Bases;
use crate::error::Error;
use crate::statement::Sha256;
use crate::store::merkle;
use crate::store::schema::scalars::HashV1;
use crate::store::schema::{HeaderV1, LineV1, TransactionV1};

/// Its end so far.
pub(in crate::store) struct Draft {
    format: Format,
    next_tx: u64,
    last: LineV1,
    bases: Bases,
}

impl Draft {
    /// A journal in this format, of which nothing is made yet.
    pub fn of(format: Format) -> Draft {
        let last = LineV1 { previous: HashV1(NO_HASH), hash: HashV1(NO_HASH), offset: 0, end: 0 };
        Draft { format, next_tx: 0, last, bases: Bases::default() }
    }

    /// A part of a journal in format 2 that begins with transaction `tx`, after one with the hash `previous`, and refers
    /// to nothing before it.
    pub fn part(tx: u64, previous: Sha256) -> Draft {
        let last = LineV1 { previous: HashV1(NO_HASH), hash: HashV1(previous), offset: 0, end: 0 };
        Draft { format: Format::Frames, next_tx: tx, last, bases: Bases::default() }
    }

    /// The bytes of the next transaction, which is that of another journal.
    ///
    /// # Errors
    /// As [`copied`].
    pub fn copy(&mut self, line: &Line) -> Result<Vec<u8>, Error> {
        let frame = copied(line, self.last.hash.0, &self.bases)?;
        Ok(self.add(frame))
    }

    /// The bytes of the first frame: that of the header of the old journal, with the hashes of its transactions.
    ///
    /// # Errors
    /// It is no header, in words.
    pub fn first(&mut self, header: &Line, hashes: &[Sha256]) -> Result<Vec<u8>, String> {
        let Content::Json(json) = &header.content else { return Err("it is no line".to_string()) };
        let created_at = match LostV1::of_checked_json(json, header.place.hash.0) {
            Some(lost) => lost.recorded_at,
            None => serde_json::from_slice::<HeaderV1>(json).map_err(|error| error.to_string())?.created_at,
        };
        let hashes = hashes.iter().copied().map(HashV1).collect();
        let former = FormerV2 { format: format_1::FORMAT.to_string(), hashes };
        let frame = encode::first(&encode::first_header(created_at), Some(former))?;
        Ok(self.add(frame))
    }

    /// The bytes of the next frame.
    ///
    /// # Errors
    /// It is too large, in words.
    pub fn next(&mut self, transaction: &TransactionV1) -> Result<Vec<u8>, String> {
        let frame = encode::frame(self.last.hash.0, transaction, &self.bases)?;
        Ok(self.add(frame))
    }

    /// The bytes of the next transaction, which was read from a damaged journal; it has this hash.
    ///
    /// # Errors
    /// It is too large, or would have another hash, in words.
    pub fn keep(&mut self, kept: &Kept, hash: Sha256) -> Result<Vec<u8>, String> {
        let previous = self.last.hash.0;
        let frame = match kept {
            Kept::Json(json) => {
                let (line_hash, line) = format_1::line_of(previous, json);
                return match line_hash == hash {
                    true => Ok(self.add_line(hash, line)),
                    false => Err("it would have another hash".to_string()),
                };
            }
            Kept::First(header, former, _) => encode::first(header, former.clone())?,
            Kept::Transaction(transaction, _) => encode::frame(previous, transaction, &self.bases)?,
        };
        match frame.hash == hash {
            true => Ok(self.add(frame)),
            false => Err("it would have another hash".to_string()),
        }
    }

    /// The bytes of the next transaction, which is lost and had this hash, and this root, if it is known.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn lose(&mut self, lost: &LostV1, hash: Sha256, root: Option<Sha256>) -> Result<Vec<u8>, String> {
        match self.format {
            Format::Lines => {
                let line = format_1::lost_line(lost, hash)?;
                Ok(self.add_line(hash, line))
            }
            Format::Frames => {
                let frame = encode::lost(lost, root.unwrap_or(NO_HASH), hash, &self.bases)?;
                Ok(self.add(frame))
            }
        }
    }

    /// The bytes of the next frame, for a transaction that was lost in the old journal: its hash in this chain is that of its
    /// tombstone.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn lose_anew(&mut self, lost: &LostV1) -> Result<Vec<u8>, String> {
        let json = serde_json::to_vec(lost).map_err(|error| error.to_string())?;
        let root = merkle::leaf(&[&json]);
        self.lose(lost, chained(self.last.hash.0, root), Some(root))
    }

    fn add(&mut self, frame: Frame) -> Vec<u8> {
        self.bases.advance(self.next_tx, self.last.end, &frame.used, frame.stored);
        self.add_line(frame.hash, frame.bytes)
    }

    fn add_line(&mut self, hash: Sha256, bytes: Vec<u8>) -> Vec<u8> {
        let offset = self.last.end;
        let end = offset + bytes.len() as u64;
        self.last = LineV1 { previous: self.last.hash, hash: HashV1(hash), offset, end };
        self.next_tx += 1;
        bytes
    }

    /// The last transaction, and its place.
    pub fn last(&self) -> (u64, LineV1) {
        (self.next_tx.saturating_sub(1), self.last)
    }
}
