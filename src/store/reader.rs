//! Reading, while others read or write: from the index, or from the journal while another process holds the index.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::head::Head;
use super::index::Trouble;
use super::index::index_error;
use super::record::{
    FindingV1, HeadV1, LineV1, RecordedCompleteSnapshotV1, RecordedStatementV1, TransactionV1,
};
use super::records::{Records, damaged};
use super::recover::{self, Failure, Opened};
use super::rule_record::RuleV1;
use super::{convert, journal, layout, lock, recorded};
use crate::error::Error;
use crate::finding::Finding;
use crate::statement::{
    Batch, Recorded, RecordedCompleteSnapshot, RecordedRetraction, RecordedSource, Sha256, SourceId, Subject,
    TxId,
};
use crate::time::{RecordedTime, Timestamp};

/// A database open for reading, as it was when it was opened. Drop it as soon as what is wanted has been read: while
/// it lives it may hold the index, so that writers wait and other readers take the slower way.
pub struct Reader {
    pub(super) dir: PathBuf,
    pub(super) records: Records,
    pub(super) head: HeadV1,
    pub(super) notices: Vec<String>,
    /// The rules read so far: thousands of statements share them.
    rules: Mutex<HashMap<Sha256, Arc<RuleV1>>>,
}

impl Reader {
    /// Opens the database in `dir`. Waits for nobody, and makes no database.
    ///
    /// A journal of up to [`crate::limits::JOURNAL_BYTES_READ_WITHOUT_INDEX`] bytes is read whole instead of the index,
    /// where the anchor beside the index says how far it must reach; else see [`Reader::open_by_index`].
    ///
    /// # Errors
    /// As [`Reader::open_by_index`].
    pub fn open(dir: &Path) -> Result<Reader, Error> {
        match recover::short_journal(dir)? {
            Some((records, head)) => Ok(Reader::of_records(dir, records, head)),
            None => Reader::open_by_index(dir),
        }
    }

    /// Opens the database in `dir` by its index, whatever the length of the journal.
    ///
    /// An index that is behind is brought up; a damaged one is set aside and made anew if no writer is there, else the
    /// journal serves. A torn last line is passed over and left to the next writer.
    ///
    /// # Errors
    /// There is no database (`no_database`); the journal is broken (`damaged_journal`), lacks transactions that the
    /// index knows (`short_journal`), is another one (`foreign_journal`) or of a newer format (`unknown_format`), each
    /// naming the transaction; or the disk refuses (`disk`).
    pub fn open_by_index(dir: &Path) -> Result<Reader, Error> {
        journal::bytes(dir)?;
        let mut notices = Vec::new();
        let opened = match recover::bring_up(dir, &mut notices) {
            Err(Failure::Index(Trouble::Damaged(why))) => rebuild(dir, why, &mut notices),
            other => other,
        };
        match opened {
            Ok(Opened { index, head, .. }) => {
                let reader = Reader::of_records(dir, Records::Index(index), head);
                Ok(Reader { notices, ..reader })
            }
            Err(Failure::Error(error)) => Err(error),
            Err(Failure::Index(trouble)) => {
                let reader = Reader::open_by_journal(dir)?;
                let why = match trouble {
                    Trouble::Locked => return Ok(reader),
                    Trouble::Refused(why) | Trouble::Damaged(why) => why,
                };
                notices.push(format!("the index cannot be used ({why}); the journal was read instead"));
                Ok(Reader { notices, ..reader })
            }
        }
    }

    /// Opens the database in `dir` by its journal alone, whatever its length: slow, but it needs nothing else.
    ///
    /// # Errors
    /// There is no database, or its journal is broken, as for [`Reader::open_by_index`].
    pub fn open_by_journal(dir: &Path) -> Result<Reader, Error> {
        let (records, head) = recover::in_memory_again(dir, None)?;
        Ok(Reader::of_records(dir, records, head))
    }

    /// A database of these records.
    pub(super) fn of_records(dir: &Path, records: Records, head: HeadV1) -> Reader {
        Reader { dir: dir.to_path_buf(), records, head, notices: Vec::new(), rules: Mutex::default() }
    }

    /// What was mended at opening, or why it is slow, in sentences without a full stop.
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
    pub fn subjects(&self) -> Result<Vec<Subject>, Error> {
        let read = |(key, ()): (Vec<u8>, ())| {
            let name = String::from_utf8_lossy(key.get(layout::SUBJECTS.len()..).unwrap_or(&[])).into_owned();
            convert::read_subject(&name).map_err(|why| damaged(&key, &why))
        };
        self.each(layout::SUBJECTS, read)
    }

    /// Every statement about a subject in the order of its recording; empty for an unknown subject.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn statements(&self, of: &Subject) -> Result<Vec<Recorded>, Error> {
        let rules = || self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let rule_of = |id: Sha256| -> Result<Arc<RuleV1>, String> {
            if let Some(rule) = rules().get(&id) {
                return Ok(rule.clone());
            }
            match self.records.get::<RuleV1>(&layout::rule(&id)) {
                Ok(Some(rule)) if rule.id() == Ok(id) => {
                    let rule = Arc::new(rule);
                    rules().insert(id, rule.clone());
                    Ok(rule)
                }
                Ok(Some(_)) => Err(format!("the rule {id} is another one")),
                Ok(None) => Err(format!("the rule {id} is missing")),
                Err(trouble) => Err(index_error(&self.dir, trouble).message),
            }
        };
        self.each(&layout::statements_of(&of.to_string()), |(key, record): (Vec<u8>, RecordedStatementV1)| {
            record.read(&rule_of).map_err(|why| damaged(&key, &why))
        })
    }

    /// Every withdrawal, in the order of its recording.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn withdrawals(&self) -> Result<Vec<RecordedRetraction>, Error> {
        recorded::withdrawals(&self.dir, &self.records)
    }

    /// Every complete listing, in the order of its recording.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn listings(&self) -> Result<Vec<RecordedCompleteSnapshot>, Error> {
        self.each(layout::LISTINGS, |(key, record): (Vec<u8>, RecordedCompleteSnapshotV1)| {
            record.read().map_err(|why| damaged(&key, &why))
        })
    }

    /// Every recording of every source, in the order of recording.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn sources(&self) -> Result<Vec<RecordedSource>, Error> {
        self.records.sources(layout::SOURCES).map_err(|why| index_error(&self.dir, why))
    }

    /// What was found in a source at any of its recordings up to a transaction, each finding once, in the order of
    /// recording; empty for an unknown source.
    ///
    /// # Errors
    /// The index is damaged (`damaged_index`).
    pub fn findings(&self, source: &SourceId, up_to: TxId) -> Result<Vec<Finding>, Error> {
        let prefix = layout::findings_of(source.as_str());
        let recordings = self.each(&prefix, |(key, records): (Vec<u8>, Vec<FindingV1>)| {
            let findings: Result<Vec<Finding>, String> = match layout::transaction_of(&key) {
                tx if tx <= up_to.0 => records.into_iter().map(FindingV1::read).collect(),
                _ => Ok(Vec::new()),
            };
            findings.map_err(|why| damaged(&key, &why))
        })?;
        let mut all: Vec<Finding> = Vec::new();
        for finding in recordings.into_iter().flatten() {
            if !all.contains(&finding) {
                all.push(finding);
            }
        }
        Ok(all)
    }

    /// The hash of a transaction, and the text of the document that it recorded.
    ///
    /// # Errors
    /// There is no such transaction, or 0 (`unknown_transaction`, an error in the question); the index or that line of
    /// the journal is damaged (`damaged_index`, `damaged_journal`).
    pub fn transaction(&self, tx: TxId) -> Result<(Sha256, String), Error> {
        let (place, transaction) = self.line_of(tx)?;
        Ok((place.hash.0, transaction.text))
    }

    /// Everything that a transaction recorded.
    ///
    /// # Errors
    /// As [`Reader::transaction`].
    pub fn batch(&self, tx: TxId) -> Result<Batch, Error> {
        recorded::batch(&self.dir, &self.records, tx, self.head.tx)
    }

    /// A transaction as its line of the journal has it, and where that line stands.
    pub(super) fn line_of(&self, tx: TxId) -> Result<(LineV1, TransactionV1), Error> {
        recorded::transaction(&self.dir, &self.records, tx, self.head.tx)
    }

    /// When a transaction was recorded; transaction 0 recorded nothing, at the beginning of time.
    ///
    /// # Errors
    /// There is no such transaction (`unknown_transaction`, an error in the question), or the index is damaged.
    pub fn recorded_at(&self, tx: TxId) -> Result<RecordedTime, Error> {
        if tx.0 == 0 {
            return Ok(RecordedTime(Timestamp::FIRST));
        }
        let record = recorded::record_of(&self.dir, &self.records, tx, self.head.tx)?;
        Ok(RecordedTime(record.recorded_at.0))
    }

    /// Every record under `prefix`, read.
    fn each<R: serde::de::DeserializeOwned, T>(
        &self,
        prefix: &[u8],
        read: impl FnMut((Vec<u8>, R)) -> Result<T, Trouble>,
    ) -> Result<Vec<T>, Error> {
        let read_all =
            || self.records.scan::<R>(prefix)?.into_iter().map(read).collect::<Result<Vec<T>, Trouble>>();
        read_all().map_err(|why| index_error(&self.dir, why))
    }
}

/// Makes a damaged index anew, unless another process is writing.
fn rebuild(dir: &Path, why: String, notices: &mut Vec<String>) -> Result<Opened, Failure> {
    match lock::take(dir, Duration::ZERO) {
        Ok(_lock) => recover::bring_up_or_rebuild(dir, notices),
        Err(_) => Err(Failure::Index(Trouble::Damaged(why))),
    }
}
