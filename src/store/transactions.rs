//! Transactions read back: everything that one recorded, from its line in the journal.

use std::sync::PoisonError;

use super::journal::{self, Extent, Format, Line, Lines};
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

    /// The newest transaction that was recorded by a time; 0 where none was.
    ///
    /// # Errors
    /// As [`Reader::recorded_at`].
    pub fn newest_by(&self, by: RecordedTime) -> Result<TxId> {
        // Each is recorded after the one before it.
        let (mut newest, mut after) = (0, self.head().tx.0 + 1);
        while after - newest > 1 {
            let middle = newest.midpoint(after);
            match self.recorded_at(TxId(middle))? <= by {
                true => newest = middle,
                false => after = middle,
            }
        }
        Ok(TxId(newest))
    }

    /// A transaction as its line of the journal has it, and the place of that line.
    ///
    /// # Errors
    /// As [`Reader::transaction`].
    pub(super) fn line_of(&self, tx: TxId) -> Result<(LineV1, TransactionV1)> {
        let line = self.line_at(tx)?;
        Ok((line.place, line.transaction(&self.dir)?))
    }

    /// The line of a transaction.
    ///
    /// # Errors
    /// As [`Reader::transaction`].
    pub(super) fn line_at(&self, tx: TxId) -> Result<Line> {
        let (dir, place) = (&self.dir, self.record_of(tx)?.line);
        // A writer's own may not be acknowledged yet.
        let lines = Lines::from(dir, Extent::Whole, tx.0, place.previous.0, place.offset)?;
        // Frames refer to others, and who asks for one transaction often asks for the next.
        let frames = || self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = lines.knowing(std::mem::take(&mut frames()));
        let found = lines.next_line()?;
        *frames() = lines.into_known();
        match found {
            Some(line) if line.place == place => Ok(line),
            _ => Err(recover::foreign_journal(dir, tx.0)),
        }
    }

    /// Whether this is the root of a transaction of a journal in format 2: its hash follows from it.
    ///
    /// # Errors
    /// As [`Reader::transaction`].
    pub fn is_root(&self, tx: TxId, root: Sha256) -> Result<bool> {
        let place = self.record_of(tx)?.line;
        Ok(journal::chained(place.previous.0, root) == place.hash.0)
    }

    /// The roots of the transactions from `tx` up to the head, each checked against the chain; zeros for that of a lost one,
    /// if it is not known; empty where the
    /// journal has none, because it is of format 1.
    ///
    /// # Errors
    /// As [`Reader::transaction`].
    pub fn roots(&self, tx: TxId) -> Result<Vec<Sha256>> {
        let place = self.record_of(tx)?.line;
        let mut lines = Lines::from(&self.dir, Extent::Acknowledged, tx.0, place.previous.0, place.offset)?;
        let mut roots = Vec::new();
        while roots.len() as u64 + tx.0 <= self.head.tx {
            let Some(root) = lines.next_root()? else { break };
            roots.push(root);
        }
        Ok(roots)
    }

    /// Whether the journal has a root for each transaction.
    ///
    /// # Errors
    /// The head file is damaged.
    pub fn has_roots(&self) -> Result<bool> {
        Ok(journal::format(&self.dir)? == Format::Frames)
    }

    /// The hashes that the transactions had before a migration, from 0 on; empty where there was none.
    ///
    /// # Errors
    /// The first transaction of the journal is damaged.
    pub fn former_hashes(&self) -> Result<Vec<Sha256>> {
        let first = Lines::from_start(&self.dir, Extent::Acknowledged)?.next_line()?;
        Ok(first.map_or_else(Vec::new, |line| line.former_hashes()))
    }
}
