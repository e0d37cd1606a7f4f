//! Transactions read back: everything that one recorded, from its line in the journal.

use super::journal::{self, Extent, Lines};
use super::reader::Reader;
use super::recover;
use super::schema::{LineV1, TransactionV1};
use crate::error::Result;
use crate::statement::{Batch, Sha256, TxId};
use crate::time::{RecordedTime, Timestamp};

impl Reader {
    /// The hash of a transaction, and the text of the document that it recorded.
    ///
    /// # Errors
    /// There is no such transaction, or 0 (`unknown_transaction`, an error in the question); the index or
    /// that line of the journal is damaged (`damaged_index`, `damaged_journal`).
    pub fn transaction(&self, tx: TxId) -> Result<(Sha256, String)> {
        let (place, transaction) = self.line_of(tx)?;
        Ok((place.hash.0, transaction.text))
    }

    /// Everything that a transaction recorded.
    ///
    /// # Errors
    /// As [`Reader::transaction`].
    pub fn batch(&self, tx: TxId) -> Result<Batch> {
        let (_, transaction) = self.line_of(tx)?;
        transaction.read().map_err(|why| journal::unreadable(tx.0, &why))
    }

    /// When a transaction was recorded; transaction 0 recorded nothing, at the beginning of time.
    ///
    /// # Errors
    /// There is no such transaction (`unknown_transaction`, an error in the question), or the index is
    /// damaged.
    pub fn recorded_at(&self, tx: TxId) -> Result<RecordedTime> {
        match tx {
            TxId(0) => Ok(RecordedTime(Timestamp::FIRST)),
            _ => Ok(RecordedTime(self.record_of(tx)?.recorded_at.0)),
        }
    }

    /// A transaction as its line of the journal has it, and the place of that line.
    ///
    /// # Errors
    /// As [`Reader::transaction`].
    pub(super) fn line_of(&self, tx: TxId) -> Result<(LineV1, TransactionV1)> {
        let (dir, place) = (&self.dir, self.record_of(tx)?.line);
        // A writer's own may not be acknowledged yet.
        let mut lines = Lines::from(dir, Extent::Whole, tx.0, place.previous.0, place.offset)?;
        match lines.next_line()? {
            Some(line) if line.place == place => Ok((place, line.transaction(dir)?)),
            _ => Err(recover::foreign_journal(dir, tx.0)),
        }
    }
}
