//! Writing: one process at a time, the journal first, then the index, then the acknowledgement.

use std::path::Path;
use std::time::Duration;

use super::anchor::{self, Anchor};
use super::errors::too_long;
use super::head::Head;
use super::index::Trouble;
use super::index::index_error;
use super::journal;
use super::journal::appender::Appender;
use super::layout;
use super::lock::{self, Lock};
use super::reader::Reader;
use super::record::{HeadV1, TransactionV1};
use super::records::Records;
use super::recover::{self, Failure, Opened};
use super::scalar::TimestampV1;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::statement::{Batch, RecordedSource, Sha256, SourceId};
use crate::time::{RecordedTime, TimeSpan, Timestamp};

/// A database open for writing. Holds the writer's lock and the index until it is dropped.
pub struct Writer {
    reader: Reader,
    journal: Appender,
    /// Why the index is behind the journal, where it is.
    behind: Option<String>,
    _lock: Lock,
}

impl Writer {
    /// Opens the database in `dir`, waiting up to [`limits::LOCK_WAIT_MS`] for another writer or a reader to be done.
    ///
    /// # Errors
    /// As [`Writer::open_within`].
    pub fn open(dir: &Path) -> Result<Writer, Error> {
        Writer::open_within(dir, Duration::from_millis(limits::LOCK_WAIT_MS))
    }

    /// Opens the database in `dir`, waiting up to `wait` for another writer, and as long for a reader.
    ///
    /// A torn last line is cut, an index that is behind is brought up, a damaged one is set aside and made anew; the
    /// notices say so.
    ///
    /// # Errors
    /// There is no database (`no_database`); another process writes (`locked`, with its process id) or reads all the
    /// time (`index_busy`); the journal is broken (`damaged_journal`), lacks transactions that the index knows
    /// (`short_journal`), is another one (`foreign_journal`) or of a newer format (`unknown_format`), each naming the
    /// transaction; or the disk refuses (`disk`). The journal is then as it was.
    pub fn open_within(dir: &Path, wait: Duration) -> Result<Writer, Error> {
        journal::bytes(dir)?;
        let lock = lock::take(dir, wait)?;
        let mut notices = Vec::new();
        let opened = lock::patiently(wait, || match recover::bring_up_or_rebuild(dir, &mut notices) {
            Err(Failure::Index(Trouble::Locked)) => None,
            result => Some(result),
        });
        let Opened { index, head, torn_bytes } = match opened {
            None => return Err(index_error(dir, Trouble::Locked)),
            Some(Err(Failure::Index(trouble))) => return Err(index_error(dir, trouble)),
            Some(Err(Failure::Error(error))) => return Err(error),
            Some(Ok(opened)) => opened,
        };
        let journal = Appender::open(dir, head.line.end)?;
        if torn_bytes > 0 {
            notices.push(format!(
                "{torn_bytes} bytes of a transaction that was never acknowledged were cut from the journal"
            ));
        }
        let mut reader = Reader::of_records(dir, Records::Index(index), head);
        reader.notices = notices;
        Ok(Writer { reader, journal, behind: None, _lock: lock })
    }

    /// What was mended at opening or went wrong beside a commit, in sentences without a full stop.
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
    /// The index is damaged (`damaged_index`) or behind (see [`Writer::commit`]).
    pub fn sources_with(&self, sha256: &Sha256) -> Result<Vec<RecordedSource>, Error> {
        let reader = self.reader()?;
        let prefix = layout::sources_of(SourceId::of(sha256).as_str());
        let mut sources = reader.records.sources(&prefix).map_err(|why| index_error(&reader.dir, why))?;
        sources.retain(|recorded| recorded.source.sha256 == *sha256);
        Ok(sources)
    }

    /// What is recorded, for reading.
    ///
    /// # Errors
    /// The index is behind (see [`Writer::commit`]).
    pub fn reader(&self) -> Result<&Reader, Error> {
        self.check_not_behind()?;
        Ok(&self.reader)
    }

    /// Records a batch as the next transaction. It is recorded at `now`, or one microsecond after the transaction
    /// before it where the clock stands or went back; `batch` is told when.
    ///
    /// Once this returns, the transaction survives a power cut. If the index then fails, the transaction is recorded
    /// all the same, a notice says so, and this writer does nothing more; the next open mends the index.
    ///
    /// # Errors
    /// The batch is larger than a line or a record may be (`too_large`), the disk refuses (`disk`), or the index is
    /// behind after an earlier failure (`damaged_index`). Nothing was recorded then.
    pub fn commit(
        &mut self,
        now: Timestamp,
        batch: impl FnOnce(RecordedTime) -> Batch,
    ) -> Result<Head, Error> {
        self.check_not_behind()?;
        let recorded_at = self.next_timestamp(now)?;
        let reader = &mut self.reader;
        let tx = reader.head.tx + 1;
        let transaction = TransactionV1::of(tx, recorded_at, batch(recorded_at)).map_err(too_long)?;
        let (place, line) = self.journal.line(reader.head.line.hash.0, &transaction)?;
        let records = layout::records(&transaction, place).map_err(too_long)?;
        self.journal.append(&line)?;
        reader.head = HeadV1 { tx, recorded_at: Some(TimestampV1(recorded_at.0)), line: place };
        match reader.records.add(records) {
            Ok(()) => anchor::write(&reader.dir, Anchor::of(&reader.head)),
            Err(trouble) => {
                let why = index_error(&reader.dir, trouble).message;
                reader.notices.push(format!("transaction {tx} is recorded, but the index is behind: {why}"));
                self.behind = Some(why);
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

    fn check_not_behind(&self) -> Result<(), Error> {
        match &self.behind {
            None => Ok(()),
            Some(why) => {
                Err(Error::new(ErrorCode::DamagedIndex, format!("the index is behind the journal: {why}"))
                    .hint("open the database again: what was recorded is safe, and the index is brought up"))
            }
        }
    }
}
