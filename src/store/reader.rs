//! Reading, while others read or write: from the image, and from what the journal has after it.
//!
//! A reader takes no lock, writes and syncs nothing, and starts no thread. Where there is no image, or a record of it
//! is damaged, the journal is read instead, and a notice says so. Either way gives the same answers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::errors::unknown_transaction;
use super::head::Head;
use super::image::{self, Image};
use super::journal::{self, KnownFrames};
use super::recover;
use super::schema::{HeadV1, RecordedTransactionV1};
use super::tail::Tail;
use crate::error::Result;
use crate::finding::Finding;
use crate::statement::{
    ObservedProgram, ProgramCurves, Recorded, RecordedCompleteSnapshot, RecordedRetraction, RecordedSource,
    SourceId, Subject, TxId,
};

/// A database open for reading, as it was at one transaction.
pub struct Reader {
    pub(super) dir: PathBuf,
    pub(super) head: HeadV1,
    image: Option<Image>,
    /// What the image has, read from the journal: where there is no image, or it is damaged.
    older: OnceLock<Tail>,
    /// What the image lacks.
    pub(super) tail: Tail,
    notices: Mutex<Vec<String>>,
    /// Frames of the journal that were read.
    pub(super) frames: Mutex<KnownFrames>,
}

impl Reader {
    /// Opens the database in `dir`, as it is acknowledged now.
    ///
    /// # Errors
    /// There is no database (`no_database`, `journal_missing`); its journal is broken after what the image has, or
    /// without an image anywhere (`damaged_journal`), is shorter than the head file says (`short_journal`), is
    /// another one (`foreign_journal`) or of a newer format (`unknown_format`), each naming the transaction; or
    /// it cannot be read (`disk`).
    pub fn open(dir: &Path) -> Result<Reader> {
        let (journal, image) = recover::journal_and_image(dir)?;
        match image {
            Ok(Some(image)) => {
                let (tail, head) = recover::tail(dir, journal, Some(&image.header().head))?;
                Ok(Reader::of(dir, Some(image), tail, head))
            }
            without => {
                let reader = Reader::open_by_journal(dir)?;
                let why = match without {
                    Err(why) => Some(why),
                    Ok(_) if reader.head.tx == 0 => None,
                    Ok(_) => Some(format!("{} is missing", dir.join(image::FILE).display())),
                };
                why.into_iter().for_each(|why| reader.add_notice(instead(&why)));
                Ok(reader)
            }
        }
    }

    /// Opens the database by its journal alone.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn open_by_journal(dir: &Path) -> Result<Reader> {
        // A writer that removes an unfinished transaction while we read makes the journal look broken, once.
        let read = || recover::tail(dir, journal::open(dir)?, None);
        let (tail, head) = read().or_else(|_| read())?;
        Ok(Reader::of(dir, None, tail, head))
    }

    pub(super) fn of(dir: &Path, image: Option<Image>, tail: Tail, head: HeadV1) -> Reader {
        let (dir, notices, frames) = (dir.to_path_buf(), Mutex::default(), Mutex::default());
        Reader { dir, head, image, older: OnceLock::new(), tail, notices, frames }
    }

    /// Reads again what is acknowledged.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub(super) fn read_again(&mut self) -> Result<()> {
        let again = Reader::open(&self.dir)?;
        again.notices().into_iter().for_each(|notice| self.add_notice(notice));
        let notices = std::mem::take(&mut self.notices);
        *self = Reader { notices, ..again };
        Ok(())
    }

    /// What happened at opening or while reading, in sentences without a full stop.
    pub fn notices(&self) -> Vec<String> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn forget_notices(&mut self) {
        self.notices = Mutex::default();
    }

    pub(super) fn add_notice(&self, notice: String) {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
    }

    /// The last transaction.
    pub fn head(&self) -> Head {
        Head::of(&self.head)
    }

    /// Whether the image has everything that this reader has.
    pub(super) fn is_image_current(&self) -> bool {
        match &self.image {
            Some(image) => self.older.get().is_none() && image.header().head.tx == self.head.tx,
            None => self.head.tx == 0,
        }
    }

    /// The names of all stored subjects, in order.
    ///
    /// # Errors
    /// The image is damaged and the journal is too; so for all that follow.
    pub fn subjects(&self) -> Result<Vec<Subject>> {
        let mut subjects = self.older(
            |image| Ok(image.subjects()?.to_vec()),
            |older| older.statements.keys().cloned().collect(),
        )?;
        let known = subjects.len();
        let is_new = |subject: &&Subject| subjects[..known].binary_search(subject).is_err();
        let new: Vec<Subject> = self.tail.statements.keys().filter(is_new).cloned().collect();
        subjects.extend(new);
        subjects.sort();
        Ok(subjects)
    }

    /// Every statement about a subject in the order of recording; empty for an unknown subject.
    ///
    /// # Errors
    /// As [`Reader::subjects`].
    pub fn statements(&self, of: &Subject) -> Result<Vec<Recorded>> {
        let in_tail = |tail: &Tail| tail.statements.get(of).cloned().unwrap_or_default();
        let mut statements = self.older(|image| image.statements(of), in_tail)?;
        statements.extend(in_tail(&self.tail));
        Ok(statements)
    }

    /// Whether any statement about a subject is one that is looked for.
    ///
    /// # Errors
    /// As for [`Reader::statements`].
    pub fn states(&self, of: &Subject, is_it: impl Fn(&Recorded) -> bool) -> Result<bool> {
        let in_tail = |tail: &Tail| tail.statements.get(of).is_some_and(|it| it.iter().any(&is_it));
        Ok(in_tail(&self.tail)
            || self.older(|image| Ok(image.statements(of)?.iter().any(&is_it)), in_tail)?)
    }

    /// Every retraction, in the order of recording.
    ///
    /// # Errors
    /// As [`Reader::subjects`].
    pub fn retractions(&self) -> Result<Vec<RecordedRetraction>> {
        let mut retractions = self.older(Image::retractions, |older| older.retractions.clone())?;
        retractions.extend(self.tail.retractions.iter().cloned());
        Ok(retractions)
    }

    /// Every complete snapshot, in the order of recording.
    ///
    /// # Errors
    /// As [`Reader::subjects`].
    pub fn complete_snapshots(&self) -> Result<Vec<RecordedCompleteSnapshot>> {
        let mut snapshots =
            self.older(Image::complete_snapshots, |older| older.complete_snapshots.clone())?;
        snapshots.extend(self.tail.complete_snapshots.iter().cloned());
        Ok(snapshots)
    }

    /// Every recorded document and command, in the order of recording: that of transaction n is the n-th.
    ///
    /// # Errors
    /// As [`Reader::subjects`].
    pub fn sources(&self) -> Result<Vec<RecordedSource>> {
        let mut sources = self.older(|image| Ok(image.sources()?.to_vec()), |older| older.sources.clone())?;
        sources.extend(self.tail.sources.iter().cloned());
        Ok(sources)
    }

    /// The transactions that are lost, in order: an empty source is in the place of each.
    ///
    /// # Errors
    /// As [`Reader::subjects`].
    pub fn lost(&self) -> Result<Vec<RecordedSource>> {
        let in_tail = |tail: &Tail| tail.sources.iter().filter(|it| it.source.is_lost()).cloned().collect();
        let in_image = |image: &Image| match image.has_lost() {
            true => Ok(image.sources()?.iter().filter(|it| it.source.is_lost()).cloned().collect()),
            false => Ok(Vec::new()),
        };
        let mut lost: Vec<RecordedSource> = self.older(in_image, in_tail)?;
        lost.extend(in_tail(&self.tail));
        Ok(lost)
    }

    /// The recordings of some sources, in the order of recording.
    ///
    /// # Errors
    /// As for [`Reader::sources`].
    pub fn recordings(&self, of: &BTreeSet<SourceId>) -> Result<Vec<RecordedSource>> {
        let in_tail = |tail: &Tail| of.iter().flat_map(|id| tail.recordings(id)).cloned().collect();
        let mut sources: Vec<RecordedSource> = self.older(|image| image.recordings(of), in_tail)?;
        sources.extend(in_tail(&self.tail));
        sources.sort_by_key(|recorded| recorded.tx);
        Ok(sources)
    }

    /// The findings of a source with the transactions that recorded them, up to transaction `up_to`.
    ///
    /// # Errors
    /// As [`Reader::subjects`].
    pub fn findings(&self, source: &SourceId, up_to: TxId) -> Result<Vec<(TxId, Finding)>> {
        let recorded = self.recordings(&[*source].into())?;
        let recorded: Vec<TxId> = recorded.iter().map(|it| it.tx).filter(|tx| *tx <= up_to).collect();
        let found = recorded.iter().zip(self.findings_of(&recorded)?);
        Ok(found.flat_map(|(tx, found)| found.into_iter().map(|finding| (*tx, finding))).collect())
    }

    /// The findings that each of some transactions recorded. Of those in a row they are read at once.
    ///
    /// # Errors
    /// As [`Reader::subjects`].
    pub fn findings_of(&self, transactions: &[TxId]) -> Result<Vec<Vec<Finding>>> {
        let places = transactions.iter().map(|tx| self.place(*tx)).collect::<Result<Vec<Place>>>()?;
        let is_next = |one: &Place, next: &Place| matches!((one, next), (Place::Older(one), Place::Older(next)) if one + 1 == *next);
        let found = |of: &Tail, place: usize| of.findings.get(place).cloned().unwrap_or_default();
        let mut all = Vec::new();
        for run in places.chunk_by(is_next) {
            match run.first() {
                Some(Place::Tail(place)) => all.push(found(&self.tail, *place)),
                Some(Place::Older(first)) => {
                    let run = *first..first + run.len();
                    let by_journal = |older: &Tail| run.clone().map(|place| found(older, place)).collect();
                    all.extend(self.older(|image| image.findings(run.clone()), by_journal)?);
                }
                None => {}
            }
        }
        Ok(all)
    }

    /// The programs that were observed.
    ///
    /// # Errors
    /// As [`Reader::subjects`].
    pub(super) fn observed_programs(&self) -> Result<Vec<String>> {
        let mut programs =
            self.older(Image::observed_programs, |older| older.observed.keys().cloned().collect())?;
        programs.extend(self.tail.observed.keys().cloned());
        programs.sort();
        programs.dedup();
        Ok(programs)
    }

    /// What was observed of a program, `venue:program`, in the order of recording.
    ///
    /// # Errors
    /// As [`Reader::subjects`].
    pub fn observed(&self, program: &str) -> Result<Vec<ObservedProgram>> {
        let in_tail = |tail: &Tail| tail.observed.get(program).cloned().unwrap_or_default();
        let mut observed = self.older(|image| image.observed(program), in_tail)?;
        observed.extend(in_tail(&self.tail));
        Ok(observed)
    }

    /// The curves of a program as they are at transaction `tx`, if they are compiled; they can always be made of
    /// what was observed.
    ///
    /// # Errors
    /// As [`Reader::subjects`].
    pub fn curves(&self, program: &str, tx: TxId) -> Result<Option<ProgramCurves>> {
        let is_of = |image: &Image| image.header().head.tx == tx.0;
        self.older(|image| if is_of(image) { image.curves(program) } else { Ok(None) }, |_| None)
    }

    /// When a transaction was recorded, by which source, and its place in the journal.
    ///
    /// # Errors
    /// There is no such transaction (`unknown_transaction`); or as [`Reader::subjects`].
    pub(super) fn record_of(&self, tx: TxId) -> Result<RecordedTransactionV1> {
        let found = |of: &Tail, place: usize| of.transactions.get(place).cloned();
        let record = match self.place(tx)? {
            Place::Tail(place) => found(&self.tail, place),
            Place::Older(place) => {
                self.older(|image| image.transaction(place).map(Some), |older| found(older, place))?
            }
        };
        record.ok_or_else(|| unknown_transaction(tx, TxId(self.head.tx)))
    }

    /// Where the records of a transaction are.
    fn place(&self, tx: TxId) -> Result<Place> {
        let first_of_tail = self.head.tx - self.tail.transactions.len() as u64;
        match tx.0.checked_sub(1) {
            Some(place) if place >= first_of_tail && tx.0 <= self.head.tx => {
                Ok(Place::Tail((place - first_of_tail) as usize))
            }
            Some(place) if place < first_of_tail => Ok(Place::Older(place as usize)),
            _ => Err(unknown_transaction(tx, TxId(self.head.tx))),
        }
    }

    /// What the transactions before the tail have: by the image, or by the journal where the image is damaged.
    fn older<T>(
        &self,
        by_image: impl FnOnce(&Image) -> std::result::Result<T, String>,
        by_journal: impl FnOnce(&Tail) -> T,
    ) -> Result<T> {
        if let Some(older) = self.older.get() {
            return Ok(by_journal(older));
        }
        let Some(image) = &self.image else { return Ok(by_journal(&Tail::default())) };
        match by_image(image) {
            Ok(found) => Ok(found),
            Err(why) => {
                let (older, _) = recover::tail_up_to(&self.dir, image.header().head.tx)?;
                self.add_notice(instead(&why));
                Ok(by_journal(self.older.get_or_init(|| older)))
            }
        }
    }
}

/// Where the records of a transaction are, and their place there.
enum Place {
    Older(usize),
    Tail(usize),
}

fn instead(why: &str) -> String {
    format!(
        "{why}; the journal was read instead, which is slower (the next `tierbook load` makes a new image, or says why \
         not)"
    )
}
