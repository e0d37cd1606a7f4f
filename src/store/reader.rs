//! Reading, while others read or write: from the index, or from the journal while another process uses the
//! index.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::entries::Entries;
use super::head::Head;
use super::journal::{self, Extent};
use super::recover::{self, Opened};
use super::schema::rules::RuleV1;
use super::schema::{
    FindingV1, HeadV1, ObservedV2, RecordedCompleteSnapshotV2, RecordedRetractionV1, RecordedSourceV2,
    RecordedStatementV1,
};
use super::tables::Tables;
use super::{convert, layout, lock};
use crate::error::{ErrorCode, Result};
use crate::finding::Finding;
use crate::statement::{
    ObservedProgram, Recorded, RecordedCompleteSnapshot, RecordedRetraction, RecordedSource, Sha256,
    SourceId, Subject, TxId,
};

/// A database open for reading, as it was when it was opened. Drop it as soon as what is wanted has been
/// read: while it lives it may keep the index open, so that writers wait and other readers take the slower
/// way.
pub struct Reader {
    pub(super) entries: Entries,
    pub(super) head: HeadV1,
    pub(super) notices: Vec<String>,
    /// The rules read so far: thousands of statements share them.
    tables: Mutex<Tables>,
}

impl Reader {
    /// Opens the database in `dir`. Never waits, and never makes a database.
    ///
    /// A journal of up to [`crate::limits::JOURNAL_BYTES_READ_WITHOUT_INDEX`] bytes is read whole instead of
    /// the index, where the head file tells how far it must reach; else see
    /// [`Reader::open_by_index`].
    ///
    /// # Errors
    /// As [`Reader::open_by_index`].
    pub fn open(dir: &Path) -> Result<Reader> {
        match recover::short_journal(dir)? {
            Some((entries, head)) => Ok(Reader::of(entries, head)),
            None => Reader::open_by_index(dir),
        }
    }

    /// Opens the database in `dir` by its index, whatever the size of the journal.
    ///
    /// An index that lacks transactions is updated; a damaged one is set aside and rebuilt if no writer is
    /// there, else the journal is read. A torn last line is ignored and left to the next writer.
    ///
    /// # Errors
    /// There is no database (`no_database`); the journal is broken (`damaged_journal`), lacks transactions
    /// that the index has (`short_journal`), is another one (`foreign_journal`) or of a newer format
    /// (`unknown_format`), each naming the transaction; or the disk refuses (`disk`).
    pub fn open_by_index(dir: &Path) -> Result<Reader> {
        journal::bytes(dir)?;
        let mut notices = Vec::new();
        let opened = match recover::update(dir, Extent::Acknowledged, &mut notices) {
            // Only a process with the writer's lock may rebuild it; another one that has it is writing now.
            Err(error) if error.code() == ErrorCode::DamagedIndex => match lock::take(dir, Duration::ZERO) {
                Ok(_lock) => recover::update_or_rebuild(dir, &mut notices),
                Err(_) => Err(error),
            },
            result => result,
        };
        match opened {
            Ok(Opened { index, head, .. }) => {
                Ok(Reader { notices, ..Reader::of(Entries::in_index(dir, index), head) })
            }
            Err(error) => match error.code() {
                ErrorCode::IndexBusy => Reader::open_by_journal(dir),
                ErrorCode::DamagedIndex | ErrorCode::Disk => {
                    let reader = Reader::open_by_journal(dir)?;
                    notices
                        .push(format!("{}; the journal was read instead, which is slower", error.message()));
                    Ok(Reader { notices, ..reader })
                }
                _ => Err(error),
            },
        }
    }

    /// Opens the database in `dir` by its journal alone, whatever its size: slow, but it needs nothing else.
    ///
    /// # Errors
    /// There is no database, or its journal is broken, as for [`Reader::open_by_index`].
    pub fn open_by_journal(dir: &Path) -> Result<Reader> {
        let (entries, head) = recover::in_memory_again(dir)?;
        Ok(Reader::of(entries, head))
    }

    /// A database of these entries.
    pub(super) fn of(entries: Entries, head: HeadV1) -> Reader {
        Reader { entries, head, notices: Vec::new(), tables: Mutex::default() }
    }

    /// What was repaired at opening, or why it is slow, in sentences without a full stop.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The last transaction.
    pub fn head(&self) -> Head {
        Head::of(&self.head)
    }

    /// Every subject that a statement is about, in order of their names' bytes.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn subjects(&self) -> Result<Vec<Subject>> {
        self.entries.read_all(layout::SUBJECTS, |key, ()| {
            let name = key.get(layout::SUBJECTS.len()..).unwrap_or(&[]);
            convert::read_subject(&String::from_utf8_lossy(name))
        })
    }

    /// Every statement about a subject in the order of recording; empty for an unknown subject.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn statements(&self, of: &Subject) -> Result<Vec<Recorded>> {
        let prefix = layout::statements_of(&of.to_string());
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        self.entries.read_all(&prefix, |_, record: RecordedStatementV1| {
            if let Some(placed) = record.statement.claim.rule().filter(|placed| !tables.has(&placed.id.0)) {
                tables.add(placed.id.0, self.rule(placed.id.0)?);
            }
            record.read(&mut tables)
        })
    }

    fn rule(&self, id: Sha256) -> std::result::Result<RuleV1, String> {
        match self.entries.get::<RuleV1>(&layout::rule(&id)) {
            Ok(Some(rule)) if rule.id() == Ok(id) => Ok(rule),
            Ok(Some(_)) => Err(format!("the rule {id} is another one")),
            Ok(None) => Err(format!("the rule {id} is missing")),
            Err(error) => Err(error.message),
        }
    }

    /// Every retraction, in the order of recording.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn retractions(&self) -> Result<Vec<RecordedRetraction>> {
        self.entries.read_all(layout::RETRACTIONS, |key, record: RecordedRetractionV1| {
            let before_ordinal = key.get(..key.len().saturating_sub(4)).unwrap_or(&[]);
            record.read(TxId(layout::transaction_of(before_ordinal)))
        })
    }

    /// What was observed of a program, such as `binance:usdm`, in the order of recording.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn observed(&self, program: &str) -> Result<Vec<ObservedProgram>> {
        self.entries.read_all(&layout::observed_of(program), |_, record: ObservedV2| record.read())
    }

    /// Every complete snapshot, in the order of recording.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn complete_snapshots(&self) -> Result<Vec<RecordedCompleteSnapshot>> {
        let read = |_: &[u8], record: RecordedCompleteSnapshotV2| record.read();
        self.entries.read_all(layout::COMPLETE_SNAPSHOTS, read)
    }

    /// Every recording of every source, in the order of recording.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn sources(&self) -> Result<Vec<RecordedSource>> {
        self.sources_at(layout::SOURCES)
    }

    /// The recordings of sources whose keys begin with `prefix`, in the order of recording.
    pub(super) fn sources_at(&self, prefix: &[u8]) -> Result<Vec<RecordedSource>> {
        let mut sources = self.entries.read_all(prefix, |_, record: RecordedSourceV2| record.read())?;
        sources.sort_by_key(|recorded| recorded.tx);
        Ok(sources)
    }

    /// What was found in a source at any of its recordings up to a transaction, in the order of recording;
    /// empty for an unknown source.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn findings(&self, source: &SourceId, up_to: TxId) -> Result<Vec<(TxId, Finding)>> {
        let prefix = layout::findings_of(source.as_str());
        let recordings = self.entries.read_all(&prefix, |key, records: Vec<FindingV1>| {
            let tx = TxId(layout::transaction_of(key));
            records
                .into_iter()
                .filter(|_| tx <= up_to)
                .map(|record| Ok((tx, FindingV1::read(record)?)))
                .collect::<std::result::Result<Vec<_>, _>>()
        })?;
        Ok(recordings.into_iter().flatten().collect())
    }
}
