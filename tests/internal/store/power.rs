//! The power is cut after every call that changes the disk, and what was not synced is kept, lost, torn or mixed: what
//! was acknowledged is there, and nothing by halves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tierbook::snapshot::records::curves;
use tierbook::store::faults::{Call, EIO, Failure, What, during};
use tierbook::store::{self, Reader, Writer};

use crate::tests::store::build::{now, small};
use crate::tests::store::look::{Contents, contents, wait_until_free};
use crate::tests::store::script::{Script, is_long, memory, steps, versions};
use crate::tests::store::simulated_disk::{BytesThen, Files, NamesThen, SimulatedDisk, put, variants};

/// What is known of a disk after a power cut.
#[derive(Clone, Default)]
struct Known {
    /// The last version that was acknowledged before, and the last that was begun.
    acknowledged: Option<u64>,
    begun: Option<u64>,
    /// The copies of the index that may be there, the newest last.
    indexes: Vec<usize>,
}

/// Every different disk that there may be.
type Disks = BTreeMap<Files, Known>;

/// The script as it was recorded.
struct Recorded {
    root: TempDir,
    calls: Vec<Call>,
    versions: Vec<Contents>,
}

impl Recorded {
    fn new() -> Recorded {
        Recorded::with(None, versions(&memory().path().join("db")))
    }

    fn with(failure: Option<Failure>, versions: Vec<Contents>) -> Recorded {
        let root = memory();
        let mut script = Script::new(&root.path().join("db"));
        let ((), calls, _) = during(failure, || {
            for step in steps() {
                // After a failure the database is opened again.
                while script.step(&step).is_err() {
                    script.close();
                }
                copy(&script.dir.join("index"), &root.path().join(script.acknowledged.to_string()));
            }
        });
        Recorded { root, calls, versions }
    }

    fn copy_of_index(&self, number: usize) -> PathBuf {
        self.root.path().join(number.to_string())
    }

    /// The disks after each prefix of the calls, in each variant.
    fn disks(&self) -> Disks {
        let index = Path::new("db/index");
        let (mut disks, mut disk, mut known) = (Disks::new(), SimulatedDisk::default(), Known::default());
        let mut acknowledgements = 0;
        add(&mut disks, &disk, &known);
        for call in &self.calls {
            disk.call(self.root.path(), call);
            match call.what {
                What::Begun(version) => known.begun = known.begun.max(Some(version)),
                What::Acknowledged(version) => {
                    known.acknowledged = Some(version);
                    acknowledgements += 1;
                    if self.copy_of_index(acknowledgements).exists() {
                        disk.add_folder(index);
                        known.indexes.push(acknowledgements);
                    }
                }
                _ => {}
            }
            if !disk.after((NamesThen::Undone, BytesThen::Lost)).contains_key(index) {
                known.indexes.clear();
            }
            add(&mut disks, &disk, &known);
        }
        disks
    }
}

/// The files by which disks are distinguished. The short form leaves out drafts, which nothing reads.
fn distinguished(files: &Files) -> Files {
    let is_draft = |path: &Path| path.extension().is_some_and(|end| end == "new");
    let kept = files.iter().filter(|(path, _)| is_long() || !is_draft(path));
    kept.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

/// Adds what may be on a disk now.
fn add(disks: &mut Disks, disk: &SimulatedDisk, known: &Known) {
    for variant in variants() {
        let files = distinguished(&disk.after(variant));
        let mut known = known.clone();
        if !files.contains_key(Path::new("db/index")) {
            known.indexes.clear();
        }
        match disks.get_mut(&files) {
            // The same files: the most that was acknowledged must be there, and no more than the least that was begun.
            Some(before) => {
                before.acknowledged = before.acknowledged.max(known.acknowledged);
                before.begun = before.begun.min(known.begun);
                before.indexes = known.indexes;
            }
            None => {
                disks.insert(files, known);
            }
        }
    }
}

fn copy(from: &Path, to: &Path) {
    let Ok(entries) = fs::read_dir(from) else { return };
    fs::create_dir_all(to).unwrap();
    for entry in entries.map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Opens what was left, as a reader, as a writer and to verify it.
fn check(files: &Files, known: &Known, index: Option<&Path>, versions: &[Contents]) {
    let root = memory();
    put(root.path(), files);
    let dir = root.path().join("db");
    if let Some(index) = index {
        copy(index, &dir.join("index"));
    }
    let (least, most) = (known.acknowledged.unwrap_or(0), known.begun.unwrap_or(0));
    let version = match Reader::open(&dir) {
        Ok(reader) => {
            let stored = contents(&reader).unwrap();
            versions.iter().position(|version| *version == stored).expect("a version")
        }
        Err(error) => {
            assert_eq!(known.acknowledged, None, "{error:?}");
            assert!(!error.hints().is_empty(), "{error:?}");
            return;
        }
    };
    assert!((least..=most).contains(&(version as u64)), "{least} <= {version} <= {most}");
    let mut writer = Writer::open(&dir, curves).unwrap();
    let head = writer.head();
    let found = versions.iter().position(|version| version.head == head).expect("a version");
    assert!((version..=most as usize).contains(&found), "{version} <= {found} <= {most}");
    let next = writer.commit(now(), |_| small(9)).unwrap();
    assert_eq!(next.tx.0, head.tx.0 + 1);
    drop(writer);
    wait_until_free(&dir);
    let verified = store::verify(&dir, Some(head.hash), curves).unwrap();
    assert_eq!((verified.problems, verified.head), (Vec::new(), next));
}

/// Which of the copies of the index a disk is opened with, besides none at all.
enum Indexes {
    /// The long form: each of them.
    All,
    /// The first and the last.
    Ends,
    /// One in turn, or none.
    OneInTurn,
}

/// Checks disks; gives how many were opened.
fn check_all(recorded: &Recorded, disks: &Disks, with: Indexes) -> usize {
    let with = if is_long() { Indexes::All } else { with };
    let mut opened = 0;
    for (turn, (files, known)) in disks.iter().enumerate() {
        let all: Vec<Option<usize>> =
            [None].into_iter().chain(known.indexes.iter().copied().map(Some)).collect();
        let chosen: BTreeSet<Option<usize>> = match with {
            Indexes::All => all.into_iter().collect(),
            Indexes::Ends => [None, all[1.min(all.len() - 1)], all[all.len() - 1]].into(),
            Indexes::OneInTurn => [all[turn % all.len()]].into(),
        };
        for index in chosen {
            let index = index.map(|number| recorded.copy_of_index(number));
            check(files, known, index.as_deref(), &recorded.versions);
            opened += 1;
        }
    }
    opened
}

#[test]
fn a_power_cut_after_any_call_loses_nothing_acknowledged_and_leaves_nothing_by_halves() {
    let recorded = Recorded::new();
    let disks = recorded.disks();
    let opened = check_all(&recorded, &disks, Indexes::Ends);
    let calls = recorded.calls.iter().filter(|call| !call.path.as_os_str().is_empty()).count();
    let (prefixes, variants) = (calls + 1, variants().len());
    eprintln!(
        "{calls} calls, {prefixes} prefixes in {variants} variants: {} disks, {opened} opened; lost: 0",
        disks.len()
    );
}

#[test]
fn a_power_cut_while_a_writer_recovers_loses_nothing_either() {
    let recorded = Recorded::new();
    let (disks, mut again, mut seen) = (recorded.disks(), Disks::new(), BTreeSet::new());
    for (files, known) in &disks {
        let mut files = files.clone();
        files.remove(Path::new("db/index"));
        if known.acknowledged.is_none() || !seen.insert(files.clone()) {
            continue;
        }
        let root = memory();
        put(root.path(), &files);
        let dir = root.path().join("db");
        let (writer, calls, _) = during(None, || Writer::open(&dir, curves).unwrap());
        drop(writer);
        let mut disk = SimulatedDisk::of(&files);
        for call in &calls {
            disk.call(root.path(), call);
            add(&mut again, &disk, known);
        }
    }
    again.retain(|files, _| !disks.contains_key(files));
    let opened = check_all(&recorded, &again, Indexes::OneInTurn);
    eprintln!("{} recoveries: {} more disks, {opened} opened; lost: 0", seen.len(), again.len());
}

#[test]
fn what_a_failed_sync_left_is_on_the_disk_once_it_is_acknowledged() {
    let undisturbed = Recorded::new();
    let mut seen: BTreeSet<_> = undisturbed.disks().into_iter().map(different).collect();
    let calls = undisturbed.calls.iter().filter(|call| !call.path.as_os_str().is_empty());
    let (mut failures, mut opened) = (0, 0);
    for (at, _) in calls.enumerate().filter(|(_, call)| call.what == What::Sync) {
        // With the two after it: what was written cannot be taken back either.
        for count in [1, 3] {
            let recorded =
                Recorded::with(Some(Failure { at, count, errno: EIO }), undisturbed.versions.clone());
            let mut disks = recorded.disks();
            disks.retain(|files, known| seen.insert(different((files.clone(), known.clone()))));
            opened += check_all(&recorded, &disks, Indexes::OneInTurn);
            failures += 1;
        }
    }
    eprintln!("{failures} failed syncs, {opened} more disks opened; lost: 0");
}

/// What makes a disk another one: its files, and what must be there.
fn different((files, known): (Files, Known)) -> (Files, Option<u64>, Option<u64>) {
    (files, known.acknowledged, known.begun)
}
