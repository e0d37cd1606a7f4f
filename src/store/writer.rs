//! Writing: one process at a time, the journal first, then the index, then the acknowledgement.

use std::path::Path;
use std::time::Duration;

use super::anchor::{self, Anchor};
use super::entries::Entries;
use super::errors::too_large;
use super::head::Head;
use super::index;
use super::journal;
use super::journal::appender::Appender;
use super::layout;
use super::lock::{self, Lock};
use super::reader::Reader;
use super::recover::{self, Opened};
use super::schema::scalars::TimestampV1;
use super::schema::{HeadV1, TransactionV1};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::statement::{Batch, RecordedSource, Sha256, SourceId};
use crate::text::counted;
use crate::time::{RecordedTime, TimeSpan, Timestamp};

/// A database open for writing. Keeps the writer's lock and the index until it is dropped.
pub struct Writer {
    reader: Reader,
    journal: Appender,
    /// Why the index lacks a transaction of the journal, where it does.
    stale: Option<String>,
    _lock: Lock,
}

impl Writer {
    /// Opens the database in `dir`, waiting up to [`limits::LOCK_WAIT_MS`] for another writer or a reader to
    /// finish.
    ///
    /// # Errors
    /// As [`Writer::open_within`].
    pub fn open(dir: &Path) -> Result<Writer, Error> {
        Writer::open_within(dir, Duration::from_millis(limits::LOCK_WAIT_MS))
    }

    /// Opens the database in `dir`, waiting up to `wait` for another writer, and as long for a reader.
    ///
    /// A torn last line is cut, an index that lacks transactions is updated, a damaged one is set aside and
    /// rebuilt; the notices state it.
    ///
    /// # Errors
    /// There is no database (`no_database`); another process writes (`locked`, with its process id) or reads
    /// all the time (`index_busy`); the journal is broken (`damaged_journal`), lacks transactions that the
    /// index has (`short_journal`), is another one (`foreign_journal`) or of a newer format
    /// (`unknown_format`), each naming the transaction; or the disk refuses (`disk`). The journal is then as
    /// it was.
    pub fn open_within(dir: &Path, wait: Duration) -> Result<Writer, Error> {
        journal::bytes(dir)?;
        let lock = lock::take(dir, wait)?;
        let mut notices = Vec::new();
        let opened = lock::patiently(wait, || match recover::update_or_rebuild(dir, &mut notices) {
            Err(error) if error.code() == ErrorCode::IndexBusy => None,
            result => Some(result),
        });
        let Opened { index, head, torn_bytes } = opened.unwrap_or_else(|| Err(index::busy(dir)))?;
        let journal = Appender::open(dir, head.line.end)?;
        if torn_bytes > 0 {
            notices.push(format!(
                "the end of the journal, {} of a transaction that was never confirmed, was removed",
                counted(torn_bytes, "byte")
            ));
        }
        let mut reader = Reader::of(Entries::in_index(dir, index), head);
        reader.notices = notices;
        Ok(Writer { reader, journal, stale: None, _lock: lock })
    }

    /// What was repaired at opening or went wrong beside a commit, in sentences without a full stop.
    pub fn notices(&self) -> &[String] {
        self.reader.notices()
    }

    /// The last transaction.
    pub fn head(&self) -> Head {
        self.reader.head()
    }

    /// The recordings of a document with these bytes, in the order in which they were recorded.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`) or lacks a transaction (see [`Writer::commit`]).
    pub fn sources_with(&self, sha256: &Sha256) -> Result<Vec<RecordedSource>, Error> {
        let reader = self.reader()?;
        let prefix = layout::sources_of(SourceId::of(sha256).as_str());
        let mut sources = reader.sources_at(&prefix)?;
        sources.retain(|recorded| recorded.source.sha256 == *sha256);
        Ok(sources)
    }

    /// What is recorded, for reading.
    ///
    /// # Errors
    /// The index lacks a transaction (see [`Writer::commit`]).
    pub fn reader(&self) -> Result<&Reader, Error> {
        self.check_current()?;
        Ok(&self.reader)
    }

    /// Records a batch as the next transaction. It is recorded at `now`, or one microsecond after the
    /// transaction before it where the clock stopped or went back; `batch` gets that time.
    ///
    /// Once this returns, the transaction survives a power cut. If the index then fails, the transaction is
    /// recorded all the same, a notice says so, and this writer does nothing more; the next open updates the
    /// index.
    ///
    /// # Errors
    /// The batch is larger than a line or a record may be (`too_large`), the disk refuses (`disk`), or the
    /// index lacks a transaction after an earlier failure (`damaged_index`). Nothing was recorded then.
    pub fn commit(
        &mut self,
        now: Timestamp,
        batch: impl FnOnce(RecordedTime) -> Batch,
    ) -> Result<Head, Error> {
        self.check_current()?;
        let recorded_at = self.next_timestamp(now)?;
        let reader = &mut self.reader;
        let tx = reader.head.tx + 1;
        let transaction = TransactionV1::of(tx, recorded_at, batch(recorded_at)).map_err(too_large)?;
        let (place, line) = self.journal.line(reader.head.line.hash.0, &transaction)?;
        let entries = layout::entries(&transaction, place).map_err(too_large)?;
        self.journal.append(&line)?;
        reader.head = HeadV1 { tx, recorded_at: Some(TimestampV1(recorded_at.0)), line: place };
        match reader.entries.add(entries) {
            Ok(()) => anchor::write(&reader.entries.dir, Anchor::of(&reader.head)),
            Err(Error { message: why, .. }) => {
                reader.notices.push(format!("transaction {tx} is recorded, but not in the index: {why}"));
                self.stale = Some(why);
            }
        }
        Ok(self.head())
    }

    /// `now`, but after everything recorded before.
    fn next_timestamp(&self, now: Timestamp) -> Result<RecordedTime, Error> {
        let Some(TimestampV1(last)) = self.reader.head.recorded_at else { return Ok(RecordedTime(now)) };
        let next = now.max(last.plus(TimeSpan::from_micros(1)));
        if next > last {
            Ok(RecordedTime(next))
        } else {
            Err(Error::new(
                ErrorCode::EndOfTime,
                "the last transaction was recorded at the end of the year 9999",
            ))
        }
    }

    fn check_current(&self) -> Result<(), Error> {
        match &self.stale {
            None => Ok(()),
            Some(why) => {
                Err(Error::new(ErrorCode::DamagedIndex, format!("the index lacks a transaction: {why}"))
                    .hint(
                        "open the database again: what was recorded is safe, and the index is updated then",
                    ))
            }
        }
    }
}
