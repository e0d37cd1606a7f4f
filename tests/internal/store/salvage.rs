//! Salvage: of a journal that is damaged anywhere, everything that can be read is kept with its number and hash, and
//! what is lost has a tombstone, with which the chain goes on.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tierbook::snapshot::records::curves;
use tierbook::statement::{Batch, Retraction, RetractionKind, Sha256, TxId};
use tierbook::store::{self, SalvageOptions, Salvaged, Writer};
use tierbook::{Error, ErrorCode};

use crate::tests::store::build::{everything, now, place, small};
use crate::tests::store::frames::snapshot;
use crate::tests::store::look::{Contents, read, read_by_journal, wait_until_free};
use crate::tests::store::script::{is_long, memory};

/// What there is besides a damaged journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Beside {
    Everything,
    Image,
    Head,
    Nothing,
}

impl Beside {
    const ALL: [Beside; 4] = [Beside::Everything, Beside::Image, Beside::Head, Beside::Nothing];

    fn names(self) -> &'static [&'static str] {
        match self {
            Beside::Everything => &["index", "image", "head"],
            Beside::Image => &["image", "head"],
            Beside::Head => &["head"],
            Beside::Nothing => &[],
        }
    }
}

/// A database with every kind of statement, snapshots that refer to others, and a correction.
struct Model {
    folder: tempfile::TempDir,
    dir: PathBuf,
    journal: Vec<u8>,
    contents: Contents,
    /// Of every transaction, the header first.
    hashes: Vec<Sha256>,
    /// Where each begins in the journal, and the end of the last.
    starts: Vec<usize>,
}

fn batches() -> Vec<Batch> {
    let order: Vec<usize> = (0..9).collect();
    let correction = Batch {
        retractions: vec![Retraction {
            source: small(2).source.id,
            ordinal: Some(1),
            kind: RetractionKind::Retract,
            reason: "postponed".to_string(),
        }],
        ..small(4)
    };
    let mut batches = vec![everything("every \"kind\"\n龙虾"), small(2), correction];
    batches.extend((0..4).map(|day| snapshot(day, &order)));
    batches.push(small(9));
    batches
}

fn models() -> [Model; 2] {
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

fn model(folder: tempfile::TempDir, dir: PathBuf) -> Model {
    let journal = fs::read(store::journal_file(&dir)).unwrap();
    let contents = read_by_journal(&dir);
    let places = store::places(&dir).unwrap();
    let hashes = places.iter().map(|(hash, ..)| *hash).collect();
    let mut starts: Vec<usize> = places.iter().map(|(_, start, _)| *start as usize).collect();
    starts.push(journal.len());
    Model { folder, dir, journal, contents, hashes, starts }
}

impl Model {
    /// A copy of the database with another journal.
    fn damaged(&self, journal: &[u8], beside: Beside) -> PathBuf {
        let dir = self.folder.path().join("damaged");
        fs::remove_dir_all(&dir).ok();
        fs::create_dir(&dir).unwrap();
        beside.names().iter().for_each(|name| copy(&self.dir.join(name), &dir.join(name)));
        fs::write(dir.join(store::journal_file(&self.dir).file_name().unwrap()), journal).unwrap();
        dir
    }

    /// Salvages it, and checks what came of it.
    fn salvage(
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
    fn check(&self, to: &Path, salvaged: &Salvaged) {
        let last = salvaged.head.tx.0;
        let lost: BTreeSet<TxId> = salvaged.lost.iter().map(|it| it.tx).collect();
        let is_kept = |tx: &TxId| tx.0 <= last && !lost.contains(tx);
        for by_image in [false, true] {
            let found = if by_image { read(to) } else { read_by_journal(to) };
            let of_model = kept(&self.contents, &is_kept, &salvaged.without_text);
            assert!(kept(&found, &is_kept, &salvaged.without_text) == of_model, "{salvaged:?}");
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
            assert_eq!((&verified.problems, &verified.notes), (&Vec::new(), &Vec::new()));
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
        assert_eq!((verified.problems, verified.notes), (Vec::new(), Vec::new()));
        assert_eq!(verified.lost, salvaged.lost);
        assert_eq!(read(to), read_by_journal(to));
    }

    fn flipped(&self, at: usize) -> Vec<u8> {
        let mut journal = self.journal.clone();
        journal[at] ^= 1 << (at % 8);
        journal
    }

    /// The journal with the bytes of some transactions overwritten but for a few at both ends.
    fn without(&self, transactions: &[usize]) -> Vec<u8> {
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

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
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
struct Counts {
    rounds: usize,
    /// Transactions that were kept, lost, and refused as a whole.
    kept: usize,
    lost: usize,
    refused: usize,
    /// Kept transactions that are missing without a tombstone, and wrong ones.
    missing: usize,
}

impl Counts {
    fn add(&mut self, model: &Model, result: &Result<Option<Salvaged>, Error>) {
        self.rounds += 1;
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
    fn line(&self, fault: &str, done: &str) {
        assert_eq!(self.missing, 0);
        println!(
            "fault: {fault} | {done}: {} rounds, {} tombstones | lost {}, wrong 0 | kept {}, refused {}",
            self.rounds, self.lost, self.missing, self.kept, self.refused
        );
    }
}

#[test]
fn a_flipped_byte_costs_at_most_the_transaction_that_it_is_in() {
    let mut counts = Counts::default();
    for (format, model) in (1..).zip(&models()) {
        for beside in Beside::ALL {
            let step = if is_long() { 1 } else { model.journal.len() / 12 + 1 };
            for at in (0..model.journal.len()).step_by(step).chain([model.journal.len() - 1]) {
                let result = model.salvage(&model.flipped(at), beside, &SalvageOptions::default());
                counts.add(model, &result);
                let tx = model.starts.iter().filter(|start| **start <= at).count() - 1;
                match result {
                    Ok(Some(salvaged)) => {
                        let has_all = format == 2 && beside.names().contains(&"image");
                        if has_all && tx > 0 {
                            assert!(salvaged.lost.is_empty(), "index and image have all but the text");
                        } else if format == 1 || has_all {
                            assert!(salvaged.lost.iter().all(|it| it.tx.0 == tx as u64), "{salvaged:?}");
                        } else {
                            // Those that refer to it too.
                            assert!(salvaged.lost.iter().all(|it| it.tx.0 >= tx as u64), "{salvaged:?}");
                        }
                    }
                    Ok(None) => panic!("byte {at} of transaction {tx} is not noticed"),
                    Err(error) => {
                        assert!(
                            ![Beside::Everything, Beside::Image].contains(&beside),
                            "{beside:?} {tx} {error}"
                        );
                    }
                }
            }
        }
    }
    counts.line("salvage of a flipped byte", "flips in both formats");
}

/// How many of these transactions are lost, and that nothing else is.
fn lost(salvaged: &Salvaged) -> Vec<u64> {
    salvaged.lost.iter().map(|it| it.tx.0).collect()
}

#[test]
fn transactions_that_are_overwritten_are_lost_alone_and_a_backup_has_them() {
    let mut counts = Counts::default();
    for (format, model) in (1..).zip(&models()) {
        let backup = model.folder.path().join("backup");
        store::backup(&model.dir, &backup).unwrap();
        let last = model.hashes.len() - 1;
        // One of each kind, the first, the last, several in a row, all that others refer to, and the header.
        for gone in [&[1][..], &[last], &[3], &[1, 2, 3], &[4], &[2, 5], &[last - 1, last], &[0]] {
            for beside in Beside::ALL {
                let journal = model.without(gone);
                let result = model.salvage(&journal, beside, &SalvageOptions::default());
                counts.add(model, &result);
                match result {
                    Ok(Some(salvaged)) => {
                        let is_lost = lost(&salvaged);
                        let texts: Vec<u64> = salvaged.without_text.iter().map(|tx| tx.0).collect();
                        let has_all = format == 2 && beside.names().contains(&"image");
                        for tx in gone.iter().map(|tx| *tx as u64) {
                            let of = if has_all && tx > 0 { &texts } else { &is_lost };
                            let is_end = beside == Beside::Nothing && salvaged.head.tx.0 < tx;
                            assert!(of.contains(&tx) || is_end, "{gone:?} {beside:?} {salvaged:?}");
                        }
                        assert!(format == 2 || is_lost.len() <= gone.len(), "{gone:?} {beside:?}");
                    }
                    Ok(None) => panic!("{gone:?} {beside:?}"),
                    Err(error) => {
                        assert!(
                            [Beside::Head, Beside::Nothing].contains(&beside),
                            "{gone:?} {beside:?} {error}"
                        );
                        let named = format!("transaction {} is lost", gone[0]);
                        assert!(error.message().starts_with(&named), "{error}");
                    }
                }
                // With a copy of the journal nothing is lost, and with one in the other format.
                let options = SalvageOptions { with: vec![backup.clone()], ..SalvageOptions::default() };
                let salvaged = model.salvage(&journal, beside, &options).unwrap().unwrap();
                assert_eq!((lost(&salvaged), salvaged.without_text), (vec![], vec![]), "{gone:?} {beside:?}");
                assert_eq!(salvaged.head.hash, model.hashes[last]);
                let healed = fs::read(&salvaged.journal).unwrap();
                assert!(format == 2 || healed.starts_with(&model.journal), "format 1 has only one form");
            }
        }
    }
    counts.line("salvage of overwritten transactions", "one or several of both formats");
}

#[test]
fn bytes_that_are_missing_too_many_or_elsewhere_hide_nothing_else() {
    let mut counts = Counts::default();
    for model in &models() {
        let (whole, at) = (&model.journal, |tx: usize| model.starts[tx]);
        let swapped = [&whole[..at(2)], &whole[at(3)..at(4)], &whole[at(2)..at(3)], &whole[at(4)..]].concat();
        let twice = [&whole[..at(3)], &whole[at(1)..]].concat();
        let middle = (at(2) + at(3)) / 2;
        for (journal, most) in [
            (swapped, 0),
            (twice, 0),
            ([&whole[..middle], &whole[middle + 40..]].concat(), 1),
            ([&whole[..middle], &[b'x'; 300], &whole[middle..]].concat(), 1),
            ([&whole[..at(2)], &[0; 4096], &whole[at(2)..]].concat(), 0),
            ([&whole[..at(2)], &whole[at(4)..]].concat(), 2),
            (whole[..middle].to_vec(), 7),
            (whole[..at(7)].to_vec(), 2),
            (b"nothing of a journal".to_vec(), 9),
        ] {
            let result = model.salvage(&journal, Beside::Everything, &SalvageOptions::default());
            counts.add(model, &result);
            let salvaged = result.unwrap().unwrap();
            assert!(salvaged.lost.len() <= most, "{salvaged:?}");
            assert_eq!(salvaged.head.hash, *model.hashes.last().unwrap());
        }
    }
    counts.line("salvage of moved bytes", "cut, inserted, removed, swapped in both formats");
}

#[test]
fn a_hash_that_the_user_gives_is_used_only_if_the_next_transaction_says_so() {
    for model in &models() {
        let journal = model.without(&[2]);
        let with = |tx: usize, hash: Sha256| SalvageOptions {
            hashes: vec![(TxId(tx as u64), hash)],
            ..SalvageOptions::default()
        };
        let wrong = model.salvage(&journal, Beside::Head, &with(2, model.hashes[1])).unwrap_err();
        assert!(wrong.message().contains("no hash that is stated for it"), "{wrong}");
        let salvaged = model.salvage(&journal, Beside::Head, &with(2, model.hashes[2])).unwrap().unwrap();
        let of = &salvaged.lost[0];
        assert_eq!((of.hash_from, of.is_confirmed, of.recorded_at), ("option", true, None));
        // Two in a row: the first is only stated.
        let journal = model.without(&[2, 3]);
        let both = SalvageOptions {
            hashes: [2, 3].map(|tx| (TxId(tx), model.hashes[tx as usize])).to_vec(),
            ..SalvageOptions::default()
        };
        let salvaged = model.salvage(&journal, Beside::Head, &both).unwrap().unwrap();
        let confirmed: Vec<bool> = salvaged.lost.iter().map(|it| it.is_confirmed).collect();
        assert_eq!(confirmed, [false, true]);
        // Or what comes before is kept alone.
        let before = SalvageOptions { up_to: Some(TxId(1)), ..SalvageOptions::default() };
        let salvaged = model.salvage(&journal, Beside::Head, &before).unwrap().unwrap();
        assert_eq!((salvaged.head.tx, salvaged.head.hash), (TxId(1), model.hashes[1]));
    }
}

#[test]
fn files_of_another_database_are_not_believed() {
    for model in &models() {
        let (folder, other) = place();
        store::create(&other, now()).unwrap();
        let mut writer = Writer::open(&other, curves).unwrap();
        (31..=39).for_each(|number| assert!(writer.commit(now(), |_| small(number)).is_ok()));
        drop(writer);
        wait_until_free(&other);
        let dir = model.damaged(&model.without(&[2]), Beside::Nothing);
        ["index", "image"].iter().for_each(|name| copy(&other.join(name), &dir.join(name)));
        let to = folder.path().join("salvaged");
        let error = store::salvage(&dir, &to, &SalvageOptions::default(), now()).unwrap_err();
        assert!(error.message().starts_with("transaction 2 is lost"), "{error}");
        let options = SalvageOptions { with: vec![other], ..SalvageOptions::default() };
        let error = store::salvage(&dir, &to, &options, now()).unwrap_err();
        assert!(error.message().starts_with("transaction 2 is lost"), "{error}");
        assert!(!store::exists(&to));
    }
}

#[test]
fn a_salvaged_database_can_be_salvaged_again_and_healed_by_a_backup() {
    for model in &models() {
        let backup = model.folder.path().join("backup");
        store::backup(&model.dir, &backup).unwrap();
        let salvaged = model.salvage(&model.without(&[2]), Beside::Image, &SalvageOptions::default());
        drop(salvaged.unwrap().unwrap());
        let first = model.folder.path().join("salvaged");
        let again = model.folder.path().join("again");
        // It has one transaction more now, which the backup has not.
        let options = SalvageOptions { with: vec![backup], ..SalvageOptions::default() };
        let healed = store::salvage(&first, &again, &options, now()).unwrap().unwrap();
        assert_eq!((lost(&healed), healed.without_text, healed.from_backups), (vec![], vec![], 1));
        let of_first = store::verify(&first, None, curves).unwrap();
        assert_eq!(healed.head, of_first.head);
        // Damaged again, its tombstones stay.
        let mut journal = fs::read(store::journal_file(&first)).unwrap();
        let places = store::places(&first).unwrap();
        journal[places[5].1 as usize + 20..places[5].2 as usize - 20].fill(7);
        fs::write(store::journal_file(&first), &journal).unwrap();
        fs::remove_dir_all(&again).unwrap();
        let twice = store::salvage(&first, &again, &SalvageOptions::default(), now()).unwrap().unwrap();
        assert!(of_first.lost.iter().all(|it| twice.lost.contains(it)), "{twice:?}");
        assert_eq!(twice.head, of_first.head);
    }
}

#[test]
fn nothing_is_made_of_a_whole_database_or_over_another_one() {
    for model in &models() {
        let result = model.salvage(&model.journal, Beside::Everything, &SalvageOptions::default());
        assert_eq!(result.unwrap(), None);
        let dir = model.damaged(&model.without(&[2]), Beside::Everything);
        let before = read(&model.dir);
        let error = store::salvage(&dir, &model.dir, &SalvageOptions::default(), now()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DatabaseExists);
        let error = store::salvage(&dir, &dir, &SalvageOptions::default(), now()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DatabaseExists);
        assert_eq!(read(&model.dir), before);
        let none = model.folder.path().join("none");
        let error = store::salvage(&none, &none, &SalvageOptions::default(), now()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::NoDatabase);
    }
}

#[test]
fn a_migrated_database_is_healed_by_the_journal_of_before() {
    let [model, _] = models();
    store::migrate(&model.dir).unwrap().unwrap();
    let model = self::model(model.folder, model.dir);
    for gone in [&[0][..], &[4], &[1, 2], &[0, 1, 2, 3, 4, 5, 6, 7]] {
        let dir = model.damaged(&model.without(gone), Beside::Nothing);
        let kept = "journal.jsonl.before-migration";
        copy(&model.dir.join(kept), &dir.join(kept));
        let to = model.folder.path().join("salvaged");
        fs::remove_dir_all(&to).ok();
        let salvaged = store::salvage(&dir, &to, &SalvageOptions::default(), now()).unwrap().unwrap();
        assert_eq!((lost(&salvaged), salvaged.from_backups > 0 || gone == [0]), (vec![], true));
        model.check(&to, &salvaged);
    }
}
