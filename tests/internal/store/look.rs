//! Ways to look at a database, and at its files.

use std::fs;
use std::path::Path;

use tierbook::error::Error;
use tierbook::finding::Finding;
use tierbook::snapshot::records::curves;
use tierbook::statement::{
    ObservedProgram, ProgramCurves, Recorded, RecordedCompleteSnapshot, RecordedRetraction, RecordedSource,
    Sha256, Subject, TxId,
};
use tierbook::store::{self, Head, Reader, Verified, Writer};

/// Everything that a reader can read.
#[derive(Clone, PartialEq, Debug)]
pub struct Contents {
    pub head: Head,
    pub subjects: Vec<Subject>,
    pub statements: Vec<Vec<Recorded>>,
    pub complete_snapshots: Vec<RecordedCompleteSnapshot>,
    pub retractions: Vec<RecordedRetraction>,
    /// Of the sources that retract something, read alone.
    pub recordings: Vec<RecordedSource>,
    pub sources: Vec<RecordedSource>,
    pub findings: Vec<Vec<(TxId, Finding)>>,
    pub observed: Vec<Vec<ObservedProgram>>,
    pub curves: Vec<ProgramCurves>,
    pub transactions: Vec<(Sha256, String)>,
}

/// What is found of each program.
fn programs<T>(find: impl Fn(&str) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    ["usdm", "coinm", "pm", "pm-pro"].iter().map(|program| find(&format!("binance:{program}"))).collect()
}

pub fn contents(reader: &Reader) -> Result<Contents, Error> {
    let subjects = reader.subjects()?;
    // Before all sources are read: after that they are found in memory.
    let recordings = reader.recordings(&reader.retractions()?.iter().map(|it| it.by).collect())?;
    let sources = reader.sources()?;
    Ok(Contents {
        recordings,
        head: reader.head(),
        statements: subjects.iter().map(|subject| reader.statements(subject)).collect::<Result<_, _>>()?,
        subjects,
        complete_snapshots: reader.complete_snapshots()?,
        retractions: reader.retractions()?,
        observed: programs(|program| reader.observed(program))?,
        curves: programs(|program| match reader.curves(program, reader.head().tx)? {
            Some(compiled) => Ok(compiled),
            None => curves(reader, program),
        })?,
        findings: sources
            .iter()
            .map(|recorded| reader.findings(&recorded.source.id, reader.head().tx))
            .collect::<Result<_, _>>()?,
        sources,
        transactions: (1..=reader.head().tx.0)
            .map(|tx| reader.transaction(TxId(tx)))
            .collect::<Result<_, _>>()?,
    })
}

/// What a new reader of `dir` reads.
pub fn read(dir: &Path) -> Contents {
    wait_until_free(dir);
    contents(&Reader::open(dir).unwrap()).unwrap()
}

/// What a reader of `dir` reads by the journal alone.
pub fn read_by_journal(dir: &Path) -> Contents {
    contents(&Reader::open_by_journal(dir).unwrap()).unwrap()
}

/// The index as another program would open it.
pub fn open_index(dir: &Path) -> sled::Db {
    wait_until_free(dir);
    sled::open(dir.join("index")).unwrap()
}

/// Waits until sled's threads have let go of the index: they may outlive the value that was dropped by a
/// moment.
pub fn wait_until_free(dir: &Path) {
    wait_until_unlocked(&dir.join("index/db"));
}

/// Waits until nobody has a lock on a file: a child of another test may have it between its fork and its exec.
pub fn wait_until_unlocked(path: &Path) {
    for _ in 0..1000 {
        match fs::File::open(path) {
            Ok(file) if file.try_lock().is_err() => std::thread::sleep(std::time::Duration::from_millis(2)),
            _ => return,
        }
    }
    panic!("somebody uses {}", path.display());
}

/// The bytes of the journal.
pub fn journal(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("journal.jsonl")).unwrap()
}

/// Puts other bytes in the place of the journal.
pub fn put_journal(dir: &Path, bytes: &[u8]) {
    fs::write(dir.join("journal.jsonl"), bytes).unwrap();
}

/// The error with which readers and writers refuse a database.
pub fn refused(dir: &Path) -> Error {
    wait_until_free(dir);
    let error = Reader::open(dir).map(drop).unwrap_err();
    wait_until_free(dir);
    assert_eq!(Writer::open(dir, curves).map(drop).unwrap_err(), error);
    wait_until_free(dir);
    error
}

/// What a verification says once nobody uses the index.
pub fn verified(dir: &Path) -> Verified {
    wait_until_free(dir);
    store::verify(dir, None, curves).unwrap()
}

/// Opens a reader once nobody uses the index; gives its notices too.
pub fn reopened(dir: &Path) -> (Vec<String>, Contents) {
    wait_until_free(dir);
    let reader = Reader::open(dir).unwrap();
    (reader.notices().clone(), contents(&reader).unwrap())
}

/// The bytes after which each line of a journal ends.
pub fn line_ends(journal: &[u8]) -> Vec<usize> {
    (0..journal.len()).filter(|at| journal[*at] == b'\n').map(|at| at + 1).collect()
}
