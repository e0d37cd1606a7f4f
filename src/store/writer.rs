//! Writing: one process at a time, the journal first, then the index, then the acknowledgement.

use std::path::Path;
use std::time::Duration;

use super::codec;
use super::entries::Entries;
use super::errors::too_large;
use super::head::Head;
use super::index;
use super::journal;
use super::journal::appender::Appender;
use super::layout::{self, Entry};
use super::lock::{self, Lock};
use super::reader::Reader;
use super::recover::{self, Opened};
use super::schema::scalars::TimestampV1;
use super::schema::{HeadV1, RecordedSourceV2, TransactionV1};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::statement::{Batch, RecordedSource, Sha256, SourceId};
use crate::text::counted;
use crate::time::{RecordedTime, TimeSpan, Timestamp};

/// A database open for writing. Keeps the writer's lock and the index until it is dropped.
pub struct Writer {
    reader: Reader,
    journal: Appender,
    /// The entries of transactions that are appended, but not acknowledged yet.
    pending: Vec<(u64, Vec<Entry>)>,
    /// The last transaction appended; that of the reader is acknowledged.
    last: HeadV1,
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
        let journal = Appender::open(dir, &head)?;
        if torn_bytes > 0 {
            notices.push(format!(
                "the end of the journal, {} of a transaction that was never confirmed, was removed",
                counted(torn_bytes, "byte")
            ));
        }
        let last = head.clone();
        let mut reader = Reader::of(Entries::in_index(dir, index), head);
        reader.notices = notices;
        Ok(Writer { reader, journal, pending: Vec::new(), last, stale: None, _lock: lock })
    }

    /// What was repaired at opening or went wrong beside a commit, in sentences without a full stop.
    pub fn notices(&self) -> &[String] {
        self.reader.notices()
    }

    /// The last transaction, acknowledged or not.
    pub fn head(&self) -> Head {
        Head::of(&self.last)
    }

    /// The recordings of a document with these bytes, in the order in which they were recorded; also those that
    /// are not acknowledged yet.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`) or lacks a transaction (see [`Writer::commit`]).
    pub fn sources_with(&self, sha256: &Sha256) -> Result<Vec<RecordedSource>, Error> {
        let reader = self.reader()?;
        let prefix = layout::sources_of(SourceId::of(sha256).as_str());
        let mut sources = reader.sources_at(&prefix)?;
        let appended = self.pending.iter().flat_map(|(_, entries)| entries);
        for (_, record) in appended.filter(|(key, _)| key.starts_with(&prefix)) {
            let record = codec::decode::<RecordedSourceV2>(record).and_then(RecordedSourceV2::read);
            sources.push(record.map_err(|why| Error::new(ErrorCode::DamagedIndex, why))?);
        }
        sources.retain(|recorded| recorded.source.sha256 == *sha256);
        Ok(sources)
    }

    /// What is acknowledged, for reading.
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
    /// Once this returns, the transaction survives a power cut, and so does what was appended before. If the
    /// index then fails, the transaction is recorded all the same, a notice says so, and this writer does
    /// nothing more; the next open updates the index.
    ///
    /// # Errors
    /// The batch is larger than a line or a record may be (`too_large`), the disk refuses (`disk`), or the
    /// index lacks a transaction after an earlier failure (`damaged_index`). Nothing was recorded then.
    pub fn commit(
        &mut self,
        now: Timestamp,
        batch: impl FnOnce(RecordedTime) -> Batch,
    ) -> Result<Head, Error> {
        self.append(now, batch)?;
        self.acknowledge()
    }

    /// As [`Writer::commit`], but the transaction is not acknowledged yet: no other process sees it, it is not
    /// in [`Writer::reader`], and a power cut may lose it, until [`Writer::acknowledge`]. So many small
    /// documents can be recorded with one sync.
    ///
    /// # Errors
    /// As [`Writer::commit`]; after `disk`, everything since the last acknowledgement is gone.
    pub fn append(
        &mut self,
        now: Timestamp,
        batch: impl FnOnce(RecordedTime) -> Batch,
    ) -> Result<Head, Error> {
        self.check_current()?;
        let recorded_at = self.next_timestamp(now)?;
        let tx = self.last.tx + 1;
        let transaction = TransactionV1::of(tx, recorded_at, batch(recorded_at)).map_err(too_large)?;
        let encoded = self.journal.encode(&transaction)?;
        let entries = layout::entries(&transaction, encoded.place).map_err(too_large)?;
        let appended = self.journal.append(encoded);
        let line = appended.inspect_err(|_| self.forget())?;
        self.pending.push((tx, entries));
        self.last = HeadV1 { tx, recorded_at: Some(TimestampV1(recorded_at.0)), line };
        Ok(self.head())
    }

    /// Acknowledges everything appended: it survives a power cut once this returns, and every reader sees it.
    /// If the index then fails, see [`Writer::commit`].
    ///
    /// # Errors
    /// The disk refuses (`disk`): everything since the last acknowledgement is gone.
    pub fn acknowledge(&mut self) -> Result<Head, Error> {
        if self.pending.is_empty() {
            return Ok(self.head());
        }
        let acknowledged = self.journal.acknowledge();
        acknowledged.inspect_err(|_| self.forget())?;
        self.reader.head = self.last.clone();
        for (tx, entries) in std::mem::take(&mut self.pending) {
            if self.stale.is_some() {
                break;
            }
            if let Err(Error { message: why, .. }) = self.reader.entries.add(entries) {
                let notice = format!("transaction {tx} is recorded, but not in the index: {why}");
                self.reader.notices.push(notice);
                self.stale = Some(why);
            }
        }
        Ok(self.head())
    }

    /// Goes back to what was acknowledged, as the journal did.
    fn forget(&mut self) {
        self.pending.clear();
        self.last = self.reader.head.clone();
    }

    /// `now`, but after everything recorded before.
    fn next_timestamp(&self, now: Timestamp) -> Result<RecordedTime, Error> {
        let Some(TimestampV1(last)) = self.last.recorded_at else { return Ok(RecordedTime(now)) };
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
