//! The one home of the image, `image`: everything that readers need, compiled so that a question reads only what it
//! is about.
//!
//! It is never the truth. It is made from the journal, written beside it under a temporary name and renamed; it may
//! be deleted, or be some transactions old. Every record has a checksum and is read alone: what is damaged is not
//! read, and the journal answers instead.
//!
//! The file is: 16 bytes (`tb image`, the length of the header and its checksum), the header, and the sections. A
//! section begins with one entry of 16 bytes for each of its records (where it is, its length, its checksum), and the
//! records follow one another.

mod entry;
pub(super) mod sources;
pub(super) mod write;

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;

use self::entry::{ENTRY, Entry, checksum};
use super::schema::compact::{
    CompactStatementV1, ImageHeaderV1, ObservedProgramV1, ProgramCurvesV1, SectionV1, TableV1,
};
use super::schema::{
    FindingV1, RecordedCompleteSnapshotV2, RecordedRetractionV1, RecordedSourceV2, RecordedTransactionV1,
};
use super::{codec, convert, disk, journal};
use crate::finding::Finding;
use crate::limits;
use crate::rule::Rule;
use crate::statement::{
    ObservedProgram, ProgramCurves, Recorded, RecordedCompleteSnapshot, RecordedRetraction, RecordedSource,
    Subject, TxId,
};
use crate::time::PublishedTime;

/// The name of the file in the folder of a database.
pub(super) const FILE: &str = "image";

/// Raised whenever the same journal may give another image; a test compares an image with bytes that are kept.
const RULES_VERSION: u32 = 2;

/// That of an image in which a transaction is lost, so that a program that knows no tombstones does not answer from it.
const RULES_VERSION_WITH_LOST: u32 = 3;

const MAGIC: &[u8; 8] = b"tb image";

/// Bytes before the header: the magic, its length and its checksum.
const START: u64 = 16;

/// Most bytes of a header that are read: it has some two hundred.
const HEADER_BYTES: u32 = 4096;

/// The sections, in the order of the file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Section {
    /// The names of all subjects in order, in parts.
    Subjects,
    /// The statements of each subject.
    Timelines,
    /// Each table once.
    Tables,
    /// Each recorded document or command, in the order of recording.
    Sources,
    /// The findings of each of them.
    Findings,
    Retractions,
    CompleteSnapshots,
    /// Each transaction from 1 on.
    Transactions,
    /// The programs that were observed, in one record.
    Programs,
    /// What was observed of each of them.
    Observed,
    /// The curves of each of them.
    Curves,
    /// The places of the recordings of each source, in parts by the first digits of the ids.
    Recordings,
}

pub(super) const SECTIONS: usize = 12;

/// An image that belongs to the journal beside it.
pub(super) struct Image {
    path: PathBuf,
    file: File,
    /// How long the file is.
    length: u64,
    header: ImageHeaderV1,
    subjects: OnceLock<Vec<Subject>>,
    /// All of them, once they are read.
    sources: OnceLock<Vec<RecordedSource>>,
    /// How often one was read by its place.
    read_alone: AtomicUsize,
    tables: Vec<OnceLock<Arc<Rule>>>,
}

/// What is wrong with an image that does not belong to the journal.
const FOREIGN: &str = "was made from another journal, or from a newer state of this one";

/// What is wrong with an image that another version made.
const OTHER_VERSION: &str = "is of another version";

type Result<T> = std::result::Result<T, String>;

impl Image {
    /// The image in the folder of a database of which the journal is damaged, so that nobody knows whether it belongs to it.
    ///
    /// # Errors
    /// It is damaged, or of another version, in words.
    pub fn open_alone(dir: &Path) -> Result<Option<Image>> {
        Image::open_if(dir, |_| Ok(true))
    }

    /// The image in the folder of a database with this journal; `None` where there is none.
    ///
    /// # Errors
    /// It is damaged, of another version, or of another journal, in words.
    pub fn open(dir: &Path, journal: &journal::Opened) -> Result<Option<Image>> {
        Image::open_if(dir, |header| {
            let end = journal.end_hash(header.head.line.end).map_err(|error| error.message)?;
            Ok(end == Some(header.journal_end.0))
        })
    }

    fn open_if(dir: &Path, belongs: impl Fn(&ImageHeaderV1) -> Result<bool>) -> Result<Option<Image>> {
        let path = dir.join(FILE);
        let file = match disk::open_to_read(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        };
        let why = |why: &str| format!("{} {why}", path.display());
        let header = header(&file).map_err(|it| why(&it))?;
        let belongs = belongs(&header)?;
        if ![RULES_VERSION, RULES_VERSION_WITH_LOST].contains(&header.rules_version) {
            return Err(why(OTHER_VERSION));
        }
        let length = file.metadata().map_err(|error| why(&format!("cannot be read: {error}")))?.len();
        let fits = |section: &SectionV1| {
            section.offset.checked_add(ENTRY * u64::from(section.count)).is_some_and(|end| end <= length)
        };
        // Before memory is taken for what it states to have.
        let is_possible = header.head.tx <= limits::JOURNAL_TRANSACTIONS;
        if header.sections.len() != SECTIONS || !header.sections.iter().all(fits) || !is_possible {
            return Err(why("has a damaged header"));
        }
        if !belongs {
            return Err(why(FOREIGN));
        }
        let tables = header.sections[Section::Tables as usize].count;
        let tables = (0..tables).map(|_| OnceLock::new()).collect();
        let (subjects, sources, read_alone) = Default::default();
        Ok(Some(Image { path, file, length, header, subjects, sources, read_alone, tables }))
    }

    /// Whether it has these bytes.
    pub fn is(&self, bytes: &[u8]) -> bool {
        std::fs::read(&self.path).is_ok_and(|own| own == bytes)
    }

    /// That it does not belong to the journal, in words.
    pub fn foreign(&self) -> String {
        format!("{} {FOREIGN}", self.path.display())
    }

    /// What is wrong with it, in words.
    pub fn damage(&self, why: &str) -> String {
        format!("{} is damaged: {why}", self.path.display())
    }

    /// Its header.
    pub fn header(&self) -> &ImageHeaderV1 {
        &self.header
    }

    /// All subjects, in order.
    ///
    /// # Errors
    /// The image is damaged, in words; so for all that follow.
    pub fn subjects(&self) -> Result<&[Subject]> {
        if let Some(subjects) = self.subjects.get() {
            return Ok(subjects);
        }
        let parts: Vec<Vec<String>> = self.records(Section::Subjects)?;
        let names = parts.iter().flatten();
        let subjects = names.map(|name| convert::read_subject(name)).collect::<Result<Vec<_>>>()?;
        Ok(self.subjects.get_or_init(|| subjects))
    }

    /// The statements about a subject, in the order of recording; empty for an unknown subject.
    pub fn statements(&self, of: &Subject) -> Result<Vec<Recorded>> {
        let Ok(place) = self.subjects()?.binary_search(of) else { return Ok(Vec::new()) };
        let statements: Vec<CompactStatementV1> = self.record(Section::Timelines, place)?;
        let (source, table) = (|place| self.source(place), |number| self.table(number));
        statements.into_iter().map(|it| it.read(of, &source, &table)).collect()
    }

    /// A table by its number.
    fn table(&self, number: u32) -> Result<Arc<Rule>> {
        let place = self.tables.get(number as usize).ok_or("a table is missing")?;
        if let Some(rule) = place.get() {
            return Ok(rule.clone());
        }
        let TableV1 { rule, cells } = self.record(Section::Tables, number as usize)?;
        let rule = Arc::new(rule.read(&cells)?);
        Ok(place.get_or_init(|| rule).clone())
    }

    /// The findings of each of the sources at some places in a row among the sources.
    pub fn findings(&self, sources: Range<usize>) -> Result<Vec<Vec<Finding>>> {
        let records: Vec<Vec<FindingV1>> = self.run(Section::Findings, sources)?;
        let read = |records: Vec<FindingV1>| records.into_iter().map(FindingV1::read).collect();
        records.into_iter().map(read).collect()
    }

    /// Every retraction.
    pub fn retractions(&self) -> Result<Vec<RecordedRetraction>> {
        let records: Vec<(u64, RecordedRetractionV1)> = self.records(Section::Retractions)?;
        records.into_iter().map(|(tx, record)| record.read(TxId(tx))).collect()
    }

    /// Every complete snapshot.
    pub fn complete_snapshots(&self) -> Result<Vec<RecordedCompleteSnapshot>> {
        let records: Vec<RecordedCompleteSnapshotV2> = self.records(Section::CompleteSnapshots)?;
        records.into_iter().map(RecordedCompleteSnapshotV2::read).collect()
    }

    /// How many transactions it has.
    pub fn transactions(&self) -> u64 {
        self.count(Section::Transactions) as u64
    }

    /// A transaction; the first is at 0.
    pub fn transaction(&self, place: usize) -> Result<RecordedTransactionV1> {
        self.record(Section::Transactions, place)
    }

    /// The source of a transaction; the first is at 0.
    pub fn recorded_source(&self, place: usize) -> Result<RecordedSourceV2> {
        self.record(Section::Sources, place)
    }

    /// Whether a transaction in it is lost.
    pub fn has_lost(&self) -> bool {
        self.header.rules_version == RULES_VERSION_WITH_LOST
    }

    /// The programs that were observed, in order.
    pub fn observed_programs(&self) -> Result<Vec<String>> {
        self.record(Section::Programs, 0)
    }

    /// What was observed of a program, in the order of recording.
    pub fn observed(&self, program: &str) -> Result<Vec<ObservedProgram>> {
        let Some(place) = self.place_of(program)? else { return Ok(Vec::new()) };
        self.record::<ObservedProgramV1>(Section::Observed, place)?.read(&|place| self.source(place))
    }

    /// The curves of a program; `None` where it was not observed.
    pub fn curves(&self, program: &str) -> Result<Option<ProgramCurves>> {
        let Some(place) = self.place_of(program)? else { return Ok(None) };
        let ProgramCurvesV1 { from, curves } = self.record(Section::Curves, place)?;
        Ok(Some(ProgramCurves { from: from.into_iter().map(|time| PublishedTime(time.0)).collect(), curves }))
    }

    fn place_of(&self, program: &str) -> Result<Option<usize>> {
        Ok(self.observed_programs()?.iter().position(|it| it == program))
    }

    fn count(&self, section: Section) -> usize {
        self.header.sections[section as usize].count as usize
    }

    /// A record of a section.
    fn record<R: DeserializeOwned>(&self, section: Section, place: usize) -> Result<R> {
        let SectionV1 { offset, count } = self.header.sections[section as usize];
        if place >= count as usize {
            return Err(self.damaged(section, "a record is missing"));
        }
        let read = || {
            let mut entry = [0; ENTRY as usize];
            self.file.read_exact_at(&mut entry, offset + ENTRY * place as u64).ok()?;
            let entry = Entry::of(&entry);
            let mut bytes = vec![0; entry.bounded_length()?];
            self.file.read_exact_at(&mut bytes, entry.offset).ok()?;
            entry.has(&bytes).then_some(bytes)
        };
        self.decoded(section, read().as_deref())
    }

    /// All records of a section, in their order.
    fn records<R: DeserializeOwned>(&self, section: Section) -> Result<Vec<R>> {
        self.run(section, 0..self.header.sections[section as usize].count as usize)
    }

    /// Some records of a section that follow one another.
    fn run<R: DeserializeOwned>(&self, section: Section, places: Range<usize>) -> Result<Vec<R>> {
        let SectionV1 { offset, count } = self.header.sections[section as usize];
        if places.end > count as usize {
            return Err(self.damaged(section, "a record is missing"));
        }
        let read = || {
            let mut entries = vec![0; (ENTRY as usize).checked_mul(places.len())?];
            self.file.read_exact_at(&mut entries, offset + ENTRY * places.start as u64).ok()?;
            let entries: Vec<Entry> = entries.chunks_exact(ENTRY as usize).map(Entry::of).collect();
            let start = entries.first().map_or(offset, |first| first.offset);
            let lengths = entries.iter().map(Entry::bounded_length).collect::<Option<Vec<usize>>>()?;
            let length = lengths.iter().try_fold(0_u64, |all, one| all.checked_add(*one as u64))?;
            // Before memory is taken for what the entries state.
            let is_there = start.checked_add(length)? <= self.length;
            let mut bytes = vec![0; is_there.then_some(length)? as usize];
            self.file.read_exact_at(&mut bytes, start).ok()?;
            Some((entries, bytes))
        };
        let Some((entries, bytes)) = read() else { return Err(self.damaged(section, "it cannot be read")) };
        let start = entries.first().map_or(offset, |first| first.offset);
        let mut rest = bytes.as_slice();
        let mut record = |entry: &Entry| {
            let follows = entry.offset == start + (bytes.len() - rest.len()) as u64;
            let (record, after) = rest.split_at_checked(entry.length as usize).unwrap_or((&[], &[]));
            rest = after;
            self.decoded(section, Some(record).filter(|record| follows && entry.has(record)))
        };
        entries.iter().map(&mut record).collect()
    }

    fn decoded<R: DeserializeOwned>(&self, section: Section, bytes: Option<&[u8]>) -> Result<R> {
        let bytes = bytes.ok_or_else(|| self.damaged(section, "a checksum does not match"))?;
        codec::decode(bytes).map_err(|why| self.damaged(section, &why))
    }

    fn damaged(&self, section: Section, why: &str) -> String {
        self.damage(&format!("{section:?}: {why}"))
    }
}

/// The header of an image.
///
/// # Errors
/// It is damaged, in words.
fn header(file: &File) -> Result<ImageHeaderV1> {
    let damaged = || "has a damaged header".to_string();
    let mut start = [0; START as usize];
    file.read_exact_at(&mut start, 0).map_err(|_| damaged())?;
    let Entry { length, checksum: expected, .. } = Entry::of(&start);
    if !start.starts_with(MAGIC) || length > HEADER_BYTES {
        return Err(damaged());
    }
    let mut bytes = vec![0; length as usize];
    file.read_exact_at(&mut bytes, START).map_err(|_| damaged())?;
    if checksum(&bytes) != expected {
        return Err(damaged());
    }
    // It has its checksum, and so is what some version wrote.
    codec::decode(&bytes).map_err(|_| OTHER_VERSION.to_string())
}

/// Whether a version of tierbook made the image in `dir` that is not this one.
pub(super) fn is_of_another_version(dir: &Path) -> bool {
    disk::open_to_read(&dir.join(FILE)).is_ok_and(|file| match header(&file) {
        Ok(header) => ![RULES_VERSION, RULES_VERSION_WITH_LOST].contains(&header.rules_version),
        Err(why) => why == OTHER_VERSION,
    })
}
