//! A database that is damaged and salvaged, and what must be true of what comes of it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tierbook::snapshot::records::curves;
use tierbook::statement::{Batch, Sha256, TxId};
use tierbook::store::{self, LostTransaction, SalvageOptions, Salvaged, Writer};
use tierbook::{Error, ErrorCode};

use crate::tests::store::build::{correction, everything, now, small};
use crate::tests::store::frames::snapshot;
use crate::tests::store::look::{Contents, read, read_by_journal, wait_until_free};
use crate::tests::store::script::{is_long, memory};

/// What there is besides a damaged journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Beside {
    Everything,
    Image,
    Head,
    Nothing,
}

impl Beside {
    pub const ALL: [Beside; 4] = [Beside::Everything, Beside::Image, Beside::Head, Beside::Nothing];

    pub fn names(self) -> &'static [&'static str] {
        match self {
            Beside::Everything => &["index", "image", "head"],
            Beside::Image => &["image", "head"],
            Beside::Head => &["head"],
            Beside::Nothing => &[],
        }
    }
}

/// A database with every kind of statement, snapshots that refer to others, and a correction.
pub struct Model {
    pub folder: tempfile::TempDir,
    pub dir: PathBuf,
    pub journal: Vec<u8>,
    pub contents: Contents,
    /// Of every transaction, the header first.
    pub hashes: Vec<Sha256>,
    /// Where each begins in the journal, and the end of the last.
    pub starts: Vec<usize>,
    /// How often something that was kept was not what was recorded.
    wrong: Cell<usize>,
}

pub fn batches() -> Vec<Batch> {
    let order: Vec<usize> = (0..9).collect();
    let correction = correction();
    let mut batches = vec![everything("every \"kind\"\n龙虾"), small(2), correction];
    batches.extend((0..4).map(|day| snapshot(day, &order)));
    batches.push(small(9));
    batches
}

pub fn models() -> [Model; 2] {
    [store::create_in_format_1, store::create].map(|create| {
        let folder = memory();
        let dir = folder.path().join("db");
        create(&dir, now()).unwrap();
        let mut writer = Writer::open(&dir, curves).unwrap();
        batches().into_iter().for_each(|batch| assert!(writer.commit(now(), |_| batch).is_ok()));
        drop(writer);
        wait_until_free(&dir);
        model(folder, dir)
    })
}

pub fn model(folder: tempfile::TempDir, dir: PathBuf) -> Model {
    let journal = fs::read(store::journal_file(&dir)).unwrap();
    let contents = read_by_journal(&dir);
    let places = store::places(&dir).unwrap();
    let hashes = places.iter().map(|(hash, ..)| *hash).collect();
    let mut starts: Vec<usize> = places.iter().map(|(_, start, _)| *start as usize).collect();
    starts.push(journal.len());
    Model { folder, dir, journal, contents, hashes, starts, wrong: Cell::new(0) }
}

impl Model {
    /// A copy of the database with another journal.
    pub fn damaged(&self, journal: &[u8], beside: Beside) -> PathBuf {
        let dir = self.folder.path().join("damaged");
        fs::remove_dir_all(&dir).ok();
        fs::create_dir(&dir).unwrap();
        beside.names().iter().for_each(|name| copy(&self.dir.join(name), &dir.join(name)));
        fs::write(dir.join(store::journal_file(&self.dir).file_name().unwrap()), journal).unwrap();
        dir
    }

    /// Salvages it, and checks what came of it.
    pub fn salvage(
        &self,
        journal: &[u8],
        beside: Beside,
        options: &SalvageOptions,
    ) -> Result<Option<Salvaged>, Error> {
        let dir = self.damaged(journal, beside);
        let before = files(&dir);
        let to = self.folder.path().join("salvaged");
        fs::remove_dir_all(&to).ok();
        let result = store::salvage(&dir, &to, options, now());
        assert!(files(&dir) == before, "the damaged database was changed");
        match &result {
            Ok(Some(salvaged)) => self.check(&to, salvaged),
            Ok(None) => assert!(!to.exists()),
            Err(error) => {
                assert!(!error.hints().is_empty(), "{error}");
                assert!(!store::exists(&to));
            }
        }
        result
    }

    /// Whether the salvaged database has what the model has, but for what is lost, and works.
    pub fn check(&self, to: &Path, salvaged: &Salvaged) {
        let last = salvaged.head.tx.0;
        let lost: BTreeSet<TxId> = salvaged.lost.iter().map(|it| it.tx).collect();
        let is_kept = |tx: &TxId| tx.0 <= last && !lost.contains(tx);
        for by_image in [false, true] {
            let found = if by_image { read(to) } else { read_by_journal(to) };
            let of_model = kept(&self.contents, &is_kept, &salvaged.without_text);
            let is_right = kept(&found, &is_kept, &salvaged.without_text) == of_model;
            self.wrong.set(self.wrong.get() + usize::from(!is_right));
            let none = kept(&found, &|tx: &TxId| !is_kept(tx), &[]);
            assert!(none.statements.iter().all(Vec::is_empty) && none.retractions.is_empty());
            assert_eq!((found.sources.len() as u64, found.head.hash), (last, self.hashes[last as usize]));
            for (tx, (hash, _)) in (1..).zip(&found.transactions) {
                assert_eq!(*hash, self.hashes[tx]);
            }
            if !by_image {
                drop(Writer::open(to, curves).unwrap());
            }
        }
        // A lost one, and in the long form every other.
        let sought: Vec<u64> = match (is_long(), salvaged.lost.first()) {
            (true, _) => (0..=last).collect(),
            (false, lost) => vec![lost.map_or(last / 2, |lost| lost.tx.0)],
        };
        for tx in sought {
            wait_until_free(to);
            let verified = store::verify(to, Some(self.hashes[tx as usize]), curves).unwrap();
            assert_eq!(verified.problems, [] as [String; 0]);
            // A hash fixes nothing before a lost transaction of which the root is lost too.
            let is_gap = |lost: &LostTransaction| !lost.is_linked && (1..=tx).contains(&lost.tx.0);
            assert_eq!(
                verified.notes.len(),
                usize::from(salvaged.lost.iter().any(is_gap)),
                "{:?}",
                verified.notes
            );
            assert_eq!((&verified.lost, &verified.without_text), (&salvaged.lost, &salvaged.without_text));
            let found = verified.found.map(|found| found.tx);
            // Of the header nobody notes the hash.
            assert!(found == Some(TxId(tx)) || tx == 0, "{found:?}");
        }
        for lost in &salvaged.lost {
            assert_eq!(lost.hash, self.hashes[lost.tx.0 as usize], "{lost:?}");
        }
        // It takes new transactions, also one with the document of a lost one.
        let again = lost.iter().next().map_or(small(77), |tx| batches()[(tx.0.max(1) - 1) as usize].clone());
        let mut writer = Writer::open(to, curves).unwrap();
        assert_eq!(writer.commit(now(), |_| again).unwrap().tx, TxId(last + 1));
        drop(writer);
        wait_until_free(to);
        let verified = store::verify(to, Some(self.hashes[last as usize]), curves).unwrap();
        assert_eq!(verified.problems, [] as [String; 0]);
        assert_eq!(verified.lost, salvaged.lost);
        assert_eq!(read(to), read_by_journal(to));
    }

    pub fn flipped(&self, at: usize) -> Vec<u8> {
        let mut journal = self.journal.clone();
        journal[at] ^= 1 << (at % 8);
        journal
    }

    /// The journal with the bytes of some transactions overwritten but for a few at both ends.
    pub fn without(&self, transactions: &[usize]) -> Vec<u8> {
        let mut journal = self.journal.clone();
        for tx in transactions {
            let (start, end) = (self.starts[*tx], self.starts[tx + 1]);
            journal[start + 3..end - 2].fill(0);
        }
        journal
    }
}

/// What some transactions have.
fn kept(of: &Contents, is_kept: &dyn Fn(&TxId) -> bool, without_text: &[TxId]) -> Contents {
    let mut kept = of.clone();
    kept.statements.iter_mut().for_each(|of| of.retain(|it| is_kept(&it.tx)));
    kept.statements.retain(|of| !of.is_empty());
    kept.subjects.clear();
    kept.complete_snapshots.retain(|it| is_kept(&it.tx));
    kept.retractions.retain(|it| is_kept(&it.tx));
    kept.recordings.retain(|it| is_kept(&it.tx));
    kept.sources.retain(|it| is_kept(&it.tx));
    kept.findings.iter_mut().for_each(|of| of.retain(|(tx, _)| is_kept(tx)));
    kept.findings.retain(|of| !of.is_empty());
    kept.observed.iter_mut().for_each(|of| of.retain(|it| is_kept(&it.tx)));
    // They are of all observations.
    kept.curves.clear();
    kept.head.tx = TxId(0);
    kept.head.hash = Sha256([0; 32]);
    kept.head.recorded_at = None;
    let texts = (1..).map(TxId).zip(kept.transactions).filter(|(tx, _)| is_kept(tx));
    kept.transactions = texts
        .map(|(tx, (hash, text))| (hash, if without_text.contains(&tx) { String::new() } else { text }))
        .collect();
    kept
}

pub fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

pub fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        match entry.path().is_dir() {
            true => all.extend(files(&entry.path())),
            false => all.push((entry.path(), fs::read(entry.path()).unwrap())),
        }
    }
    all.sort();
    all
}

/// Counts of one kind of damage.
#[derive(Default, Debug)]
pub struct Counts {
    rounds: usize,
    /// Transactions that were kept, lost, and refused as a whole.
    kept: usize,
    lost: usize,
    refused: usize,
    /// Ends that are missing and not reported.
    missing: usize,
    /// Databases in which something that was kept is wrong.
    wrong: usize,
}

impl Counts {
    pub fn add(&mut self, model: &Model, result: &Result<Option<Salvaged>, Error>) {
        self.rounds += 1;
        self.wrong += model.wrong.take();
        match result {
            Ok(None) => self.kept += 1,
            Ok(Some(salvaged)) => {
                self.kept += 1;
                self.lost += salvaged.lost.len();
                let ends_before = salvaged.head.tx != model.contents.head.tx;
                self.missing += usize::from(ends_before && salvaged.notices.is_empty());
            }
            Err(error) => {
                assert_eq!(error.code(), ErrorCode::DamagedJournal, "{error}");
                self.refused += 1;
            }
        }
    }

    /// The line that `.ci/faults` collects.
    pub fn line(&self, fault: &str, done: &str) {
        println!(
            "fault: {fault} | {done}: {} rounds, {} tombstones | lost {}, wrong {} | kept {}, refused {}",
            self.rounds, self.lost, self.missing, self.wrong, self.kept, self.refused
        );
        assert_eq!((self.missing, self.wrong), (0, 0));
    }
}
