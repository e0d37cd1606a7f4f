//! Writing: one process at a time, the journal first, then the index, then the acknowledgement.

use std::path::Path;
use std::time::Duration;

use super::compile::{MakeCurves, compile};
use super::errors::too_large;
use super::head::Head;
use super::image;
use super::index;
use super::index::Index;
use super::journal;
use super::journal::appender::Appender;
use super::layout::{self, Entry, KnownTables};
use super::lock::{self, Lock};
use super::mounts;
use super::reader::Reader;
use super::recover::{self, Opened};
use super::replica::refuse_replica;
use super::schema::scalars::TimestampV1;
use super::schema::{HeadV1, TransactionV1};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::statement::{Batch, RecordedSource, Sha256, SourceId};
use crate::text::counted;
use crate::time::{RecordedTime, TimeSpan, Timestamp};

/// How much the clock may go back without a word: as much as clocks are set back to agree.
const CLOCK_TOLERANCE: TimeSpan = TimeSpan::minutes(1);

/// A database open for writing. Keeps the writer's lock and the record store until it is dropped, which brings the
/// image up to date.
pub struct Writer {
    reader: Reader,
    journal: Appender,
    /// The record store; `None` once it failed, until the next open.
    index: Option<Index>,
    /// The entries of transactions that are appended, but not acknowledged yet, in order.
    pending: Vec<(u64, Vec<Entry>)>,
    tables: KnownTables,
    curves: MakeCurves,
    /// The last transaction in the image that this writer made; 0 where it made none.
    image_tx: u64,
    /// The bytes of that image; `None` until one was tried.
    image_bytes: Option<usize>,
    /// The bytes of the documents recorded since.
    bytes_since: usize,
    /// The bytes of the documents recorded since the reader was opened: it has them in memory.
    bytes_kept: usize,
    /// Whether a notice says that the clock is behind.
    is_clock_noted: bool,
    _lock: Lock,
}

impl Writer {
    /// Opens the database in `dir`, waiting up to [`limits::LOCK_WAIT_MS`] for another writer to finish; `curves`
    /// makes what the image has of each program.
    ///
    /// # Errors
    /// As [`Writer::open_within`].
    pub fn open(dir: &Path, curves: MakeCurves) -> Result<Writer, Error> {
        Writer::open_within(dir, Duration::from_millis(limits::LOCK_WAIT_MS), curves)
    }

    /// Opens the database in `dir`, waiting up to `wait` for another writer.
    ///
    /// A torn last line is cut, a record store that lacks transactions is updated, a damaged one is set aside and
    /// rebuilt; the notices state it.
    ///
    /// # Errors
    /// There is no database (`no_database`), or a replica (`replica`); another process writes (`locked`, with its process id) or has the
    /// record store open (`index_busy`); the journal is broken (`damaged_journal`), lacks transactions that the
    /// record store has (`short_journal`), is another one (`foreign_journal`) or of a newer format
    /// (`unknown_format`), each naming the transaction; or the disk refuses (`disk`). The journal is then as
    /// it was.
    pub fn open_within(dir: &Path, wait: Duration, curves: MakeCurves) -> Result<Writer, Error> {
        journal::bytes(dir)?;
        refuse_replica(dir)?;
        Writer::open_any(dir, wait, curves)
    }

    /// Brings index and image of the database in `dir` up to date, also those of a replica; gives what was repaired.
    ///
    /// # Errors
    /// As [`Writer::open_within`], but for `replica`.
    pub fn update(dir: &Path, curves: MakeCurves) -> Result<Vec<String>, Error> {
        let mut writer = Writer::open_any(dir, Duration::from_millis(limits::LOCK_WAIT_MS), curves)?;
        writer.finish();
        Ok(writer.notices())
    }

    pub(super) fn open_any(dir: &Path, wait: Duration, curves: MakeCurves) -> Result<Writer, Error> {
        let lock = lock::take(dir, wait)?;
        let mut notices = Vec::from_iter(mounts::notice(dir));
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
        let mut reader = Reader::open(dir)?;
        // A writer makes the image anew, so that nobody need know that it was missing.
        reader.forget_notices();
        notices.into_iter().for_each(|notice| reader.add_notice(notice));
        Ok(Writer {
            reader,
            journal,
            index: Some(index),
            pending: Vec::new(),
            tables: KnownTables::default(),
            curves,
            image_tx: 0,
            image_bytes: None,
            bytes_since: 0,
            bytes_kept: 0,
            is_clock_noted: false,
            _lock: lock,
        })
    }

    /// What was repaired at opening or went wrong beside a commit, in sentences without a full stop.
    pub fn notices(&self) -> Vec<String> {
        self.reader.notices()
    }

    /// The last transaction, acknowledged or not.
    pub fn head(&self) -> Head {
        self.reader.head()
    }

    /// The recordings of a document with these bytes, in the order in which they were recorded; also those that
    /// are not acknowledged yet.
    ///
    /// # Errors
    /// As [`Reader::sources`].
    pub fn sources_with(&self, sha256: &Sha256) -> Result<Vec<RecordedSource>, Error> {
        let mut sources = self.reader.recordings(&[SourceId::of(sha256)].into())?;
        sources.retain(|recorded| recorded.source.sha256 == *sha256);
        Ok(sources)
    }

    /// What is recorded, for reading; also what is not acknowledged yet.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Records a batch as the next transaction. It is recorded at `now`, or one microsecond after the
    /// transaction before it where the clock stopped or went back (by more than a minute: with a notice); `batch` gets
    /// that time.
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
        let recorded_at = self.next_timestamp(now)?;
        let tx = self.reader.head.tx + 1;
        let transaction = TransactionV1::of(tx, recorded_at, batch(recorded_at)).map_err(too_large)?;
        let encoded = self.journal.encode(&transaction)?;
        let entries = layout::entries(&transaction, encoded.place, &mut self.tables).map_err(too_large)?;
        let bytes = transaction.text.len();
        let line = match self.journal.append(encoded) {
            Ok(line) => line,
            Err(error) => return Err(self.forget(error)),
        };
        if let Err(why) = self.reader.tail.add(line, transaction) {
            self.journal.forget();
            return Err(self.forget(journal::unreadable(tx, &why)));
        }
        self.pending.push((tx, entries));
        self.bytes_since += bytes;
        self.bytes_kept += bytes;
        self.reader.head = HeadV1 { tx, recorded_at: Some(TimestampV1(recorded_at.0)), line };
        Ok(self.head())
    }

    /// Acknowledges everything appended: it survives a power cut once this returns, and every reader sees it, in the
    /// image too where one is due. If the index then fails, see [`Writer::commit`].
    ///
    /// # Errors
    /// The disk refuses (`disk`): everything since the last acknowledgement is gone.
    pub fn acknowledge(&mut self) -> Result<Head, Error> {
        if self.pending.is_empty() {
            return Ok(self.head());
        }
        // Made before, so that no reader has to read the journal meanwhile.
        let is_drafted = self.is_image_due() && self.draft_image();
        let mut put = Ok(());
        let at_once = || {
            if is_drafted {
                put = image::write::put(&self.reader.dir);
            }
        };
        if let Err(error) = self.journal.acknowledge(at_once) {
            return Err(self.forget(error));
        }
        let pending = std::mem::take(&mut self.pending);
        let first = pending.first().map_or(0, |(tx, _)| *tx);
        // All at once: sled writes its log for each batch, and only the last head counts.
        let entries = pending.into_iter().flat_map(|(_, entries)| entries).collect();
        let applied = self.index.as_ref().map(|index| index.apply(entries));
        if let Some(Err(Error { message: why, .. })) = applied {
            self.reader.add_notice(format!(
                "what is recorded from transaction {first} on is not in the index: {why}"
            ));
            self.index = None;
        }
        if is_drafted {
            // What is in memory stays there: it is faster to search, and to compile again.
            self.note_image(put);
        }
        Ok(self.head())
    }

    /// Brings the record store to the disk and the image up to date, once for all that was recorded since. What is
    /// recorded does not depend on either: where one fails, a notice says so.
    pub fn finish(&mut self) {
        if let Some(Err(error)) = self.index.as_ref().map(Index::sync) {
            self.reader.add_notice(error.message);
        }
        if !self.pending.is_empty() || self.reader.is_image_current() {
            return;
        }
        if self.image_tx != self.reader.head.tx && self.draft_image() {
            self.note_image(image::write::put(&self.reader.dir));
        }
        // What is recorded next is another run.
        self.image_bytes = None;
        if self.image_tx == self.reader.head.tx && self.bytes_kept > limits::KEPT_BYTES {
            self.bytes_kept = 0;
            if let Err(error) = self.reader.read_again() {
                self.reader.add_notice(error.message);
            }
        }
    }

    /// Whether to make an image before what is pending is acknowledged. To make one takes about twice as long as to
    /// record as many bytes of documents, so that a long run makes few of a large one. The first one is due in any case:
    /// of most writers it is the only one.
    fn is_image_due(&self) -> bool {
        self.image_bytes.is_none_or(|image| self.bytes_since >= image)
    }

    /// Writes an image of everything recorded; gives whether it is there to be put in force.
    fn draft_image(&mut self) -> bool {
        let made = compile(&self.reader.dir, &self.reader, self.curves);
        // After a failure, only the end of the run tries again.
        (self.image_bytes, self.bytes_since) = (Some(made.as_ref().copied().unwrap_or(usize::MAX)), 0);
        made.map_err(|error| self.add_image_notice(&error)).is_ok()
    }

    /// Notes whether the image has everything recorded.
    fn note_image(&mut self, put: Result<(), Error>) {
        match put {
            Ok(()) => self.image_tx = self.reader.head.tx,
            Err(error) => self.add_image_notice(&error),
        }
    }

    fn add_image_notice(&self, error: &Error) {
        self.reader.add_notice(format!("the image was not made: {}", error.message));
    }

    /// Forgets what is not acknowledged, because of an error.
    fn forget(&mut self, error: Error) -> Error {
        self.pending.clear();
        match self.reader.read_again() {
            Ok(()) => error,
            Err(again) => again,
        }
    }

    /// `now`, but after everything recorded before; a notice says where the clock is so much behind that it is wrong, or
    /// was.
    fn next_timestamp(&mut self, now: Timestamp) -> Result<RecordedTime, Error> {
        let Some(TimestampV1(last)) = self.reader.head.recorded_at else { return Ok(RecordedTime(now)) };
        if !self.is_clock_noted && last.since(now) > CLOCK_TOLERANCE {
            self.is_clock_noted = true;
            self.reader.add_notice(format!(
                "the clock is at {now}, but the last transaction was recorded at {last}: what is recorded now gets a time \
                 right after it"
            ));
        }
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
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.finish();
    }
}
