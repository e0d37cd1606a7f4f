//! A journal of format 2 that is being made from one of format 1.

use super::encode::{self, Frame};
use super::form::NO_HASH;
use super::format_1;
use super::line::{Content, Line};
use super::parts::FormerV2;
use super::stored::Bases;
use crate::statement::Sha256;
use crate::store::schema::scalars::HashV1;
use crate::store::schema::{HeaderV1, LineV1, TransactionV1};

/// Its end so far.
pub(in crate::store) struct Draft {
    next_tx: u64,
    last: LineV1,
    bases: Bases,
}

impl Default for Draft {
    fn default() -> Draft {
        let last = LineV1 { previous: HashV1(NO_HASH), hash: HashV1(NO_HASH), offset: 0, end: 0 };
        Draft { next_tx: 0, last, bases: Bases::default() }
    }
}

impl Draft {
    /// The bytes of the first frame: that of the header of the old journal, with the hashes of its transactions.
    ///
    /// # Errors
    /// It is no header, in words.
    pub fn first(&mut self, header: &Line, hashes: &[Sha256]) -> Result<Vec<u8>, String> {
        let Content::Json(json) = &header.content else { return Err("it is no line".to_string()) };
        let header: HeaderV1 = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let hashes = hashes.iter().copied().map(HashV1).collect();
        let former = FormerV2 { format: format_1::FORMAT.to_string(), hashes };
        let frame = encode::first(&encode::first_header(header.created_at), Some(former))?;
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

    fn add(&mut self, frame: Frame) -> Vec<u8> {
        let (tx, offset) = (self.next_tx, self.last.end);
        let end = offset + frame.bytes.len() as u64;
        self.bases.advance(tx, offset, &frame.used, frame.stored);
        self.last = LineV1 { previous: self.last.hash, hash: HashV1(frame.hash), offset, end };
        self.next_tx += 1;
        frame.bytes
    }

    /// The last transaction, and its place.
    pub fn last(&self) -> (u64, LineV1) {
        (self.next_tx.saturating_sub(1), self.last)
    }
}
