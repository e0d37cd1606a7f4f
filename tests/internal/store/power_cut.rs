//! The disks that there may be when the power is cut while the script runs, and what must be true of each.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tierbook::snapshot::records::curves;
use tierbook::store::faults::{Call, Failure, What, during};
use tierbook::store::{self, Reader, Writer};

use crate::tests::store::build::{now, small};
use crate::tests::store::look::{Contents, contents, wait_until_free};
use crate::tests::store::script::{PLACE, Script, is_long, memory, steps, versions};
use crate::tests::store::simulated_disk::{BytesThen, Files, NamesThen, SimulatedDisk, put, variants};

/// The folder of the index.
pub const INDEX: &str = "new/db/index";

/// What is known of a disk after a power cut.
#[derive(Clone, Default)]
pub struct Known {
    /// The last version that was acknowledged before, and the last that was begun.
    pub acknowledged: Option<u64>,
    pub begun: Option<u64>,
    /// The copies of the index that may be there, the newest last.
    pub indexes: Vec<usize>,
}

/// Every different disk that there may be.
pub type Disks = BTreeMap<Files, Known>;

/// The script as it was recorded.
pub struct Recorded {
    root: TempDir,
    pub calls: Vec<Call>,
    pub versions: Vec<Contents>,
}

impl Recorded {
    pub fn new() -> Recorded {
        Recorded::with(None, versions(&memory().path().join(PLACE)))
    }

    pub fn with(failure: Option<Failure>, versions: Vec<Contents>) -> Recorded {
        let root = memory();
        let mut script = Script::new(&root.path().join(PLACE));
        let ((), calls, _) = during(failure, || {
            for step in steps() {
                // After a failure the database is opened again.
                let mut failed = 0;
                while let Err(error) = script.step(&step) {
                    failed += 1;
                    assert!(failed < 5, "{error:?}");
                    script.close();
                }
                copy(&script.dir.join("index"), &root.path().join(script.acknowledged.to_string()));
            }
        });
        Recorded { root, calls, versions }
    }

    /// The calls without the marks among them.
    pub fn real_calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| !call.path.as_os_str().is_empty())
    }

    pub fn copy_of_index(&self, number: usize) -> PathBuf {
        self.root.path().join(number.to_string())
    }

    /// The disks after each prefix of the calls, in each variant; after a failed sync, those from there on.
    pub fn disks(&self) -> Disks {
        let index = Path::new(INDEX);
        let (mut disks, mut disk, mut known) = (Disks::new(), SimulatedDisk::default(), Known::default());
        let mut acknowledgements = 0;
        add_variants(&mut disks, &disk, &known);
        let from = self.calls.iter().position(|call| call.what == What::FailedSync).unwrap_or(0);
        for (at, call) in self.calls.iter().enumerate() {
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
            if at >= from && !matches!(call.what, What::Open | What::Begun(_)) {
                add_variants(&mut disks, &disk, &known);
            }
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
pub fn add_variants(disks: &mut Disks, disk: &SimulatedDisk, known: &Known) {
    for variant in variants() {
        let files = distinguished(&disk.after(variant));
        let mut known = known.clone();
        if !files.contains_key(Path::new(INDEX)) {
            known.indexes.clear();
        }
        add(disks, files, known);
    }
}

/// Adds a disk. Where it is there already, the most that was acknowledged must be there, and no more than the least that
/// was begun.
pub fn add(disks: &mut Disks, files: Files, known: Known) {
    match disks.get_mut(&files) {
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
pub fn check(files: &Files, known: &Known, index: Option<&Path>, versions: &[Contents]) {
    let root = memory();
    put(root.path(), files);
    if let Some(index) = index {
        copy(index, &root.path().join(INDEX));
    }
    check_in(root.path(), known, versions);
}

/// As [`check`], for the files in `root`.
pub fn check_in(root: &Path, known: &Known, versions: &[Contents]) {
    let dir = root.join(PLACE);
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
    let mut verified = store::verify(&dir, Some(head.hash), curves).unwrap();
    // A stopped migration leaves the old journal beside the new one, until it is ended.
    verified.notes.retain(|note| !note.starts_with("nothing reads "));
    assert_eq!((verified.problems, verified.notes, verified.head), (Vec::new(), Vec::new(), next));
}
