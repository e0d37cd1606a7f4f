//! A power cut or a failure at any call of a salvage: there is no database in the new folder, or the whole one, the
//! damaged one is as it was, and the next salvage finishes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tierbook::store::faults::{EIO, ENOSPC, Failure, during};
use tierbook::store::{self, Reader, SalvageOptions};

use crate::tests::store::build::now;
use crate::tests::store::look::{Contents, contents, read_by_journal};
use crate::tests::store::salvage_model::{Beside, files, models};
use crate::tests::store::script::{is_long, memory};
use crate::tests::store::simulated_disk::{SimulatedDisk, put, variants};

/// What is in the new folder.
#[derive(PartialEq, Eq, Debug)]
enum There {
    None,
    Whole,
    Wrong,
}

fn found(to: &Path, expected: &Contents) -> There {
    if !store::exists(to) {
        return There::None;
    }
    let stored = Reader::open_by_journal(to).and_then(|reader| contents(&reader));
    if stored.is_ok_and(|stored| stored == *expected) { There::Whole } else { There::Wrong }
}

/// What came of all rounds.
#[derive(Default)]
struct Counts {
    kept: usize,
    none: usize,
    wrong: usize,
    /// Not there where it must be.
    lost: usize,
}

impl Counts {
    /// Counts what is there; where it is nothing, the next salvage makes the whole one.
    fn add(&mut self, to: &Path, expected: &Contents, again: impl FnOnce()) {
        match found(to, expected) {
            There::Whole => self.kept += 1,
            There::Wrong => self.wrong += 1,
            There::None => {
                self.none += 1;
                again();
                self.must_be_there(to, expected);
            }
        }
    }

    fn must_be_there(&mut self, to: &Path, expected: &Contents) {
        self.lost += usize::from(found(to, expected) != There::Whole);
    }

    fn line(&self, fault: &str, done: &str) {
        let Counts { kept, none, wrong, lost } = self;
        println!("fault: {fault} | {done} | lost {lost}, wrong {wrong} | kept {kept}, refused {none}");
        assert_eq!((*lost, *wrong), (0, 0));
    }
}

#[test]
fn a_power_cut_in_a_salvage_leaves_none_or_the_whole_one() {
    let (mut disks, mut counts) = (0, Counts::default());
    for model in &models() {
        let dir = model.damaged(&model.without(&[2]), Beside::Image);
        let root = memory();
        let to = root.path().join("new/salvaged");
        let options = SalvageOptions::default();
        let (salvaged, calls, _) =
            during(None, || store::salvage(&dir, &to, &options, now()).unwrap().unwrap());
        let expected = read_by_journal(&to);
        assert_eq!(expected.head, salvaged.head);
        let (mut disk, mut seen) = (SimulatedDisk::default(), BTreeSet::new());
        for call in &calls {
            disk.call(root.path(), call);
            for variant in variants() {
                let left = disk.after(variant);
                if !seen.insert(left.clone()) {
                    continue;
                }
                let after = memory();
                put(after.path(), &left);
                let to = after.path().join("new/salvaged");
                disks += 1;
                counts.add(&to, &expected, || drop(store::salvage(&dir, &to, &options, now()).unwrap()));
            }
        }
        // After the last call the new one is there, whatever was not synced.
        for variant in variants() {
            let after = memory();
            put(after.path(), &disk.after(variant));
            counts.must_be_there(&after.path().join("new/salvaged"), &expected);
        }
    }
    counts.line("power cut in a salvage", &format!("every call in every variant: {disks} disks"));
}

#[test]
fn a_failure_of_any_call_of_a_salvage_makes_nothing_and_the_next_one_finishes() {
    let (mut runs, mut refused, mut counts) = (0, 0, Counts::default());
    for model in &models() {
        let dir = model.damaged(&model.without(&[2]), Beside::Image);
        let before = files(&dir);
        let (root, options) = (memory(), SalvageOptions::default());
        let to = root.path().join("new/salvaged");
        let (_, _, calls) = during(None, || store::salvage(&dir, &to, &options, now()).unwrap().unwrap());
        let expected = read_by_journal(&to);
        for at in 0..calls {
            let ways = [(ENOSPC, 1), (EIO, usize::MAX), (ENOSPC, usize::MAX), (EIO, 1)];
            let ways = if is_long() { &ways[..] } else { &ways[at % 4..][..1] };
            for &(errno, count) in ways {
                fs::remove_dir_all(root.path().join("new")).unwrap();
                let failure = Failure { at, count, errno };
                let (result, ..) = during(Some(failure), || store::salvage(&dir, &to, &options, now()));
                runs += 1;
                if let Err(error) = result {
                    assert_eq!(error.code().as_str(), "disk", "{error}");
                    assert!(!error.hints().is_empty(), "{error}");
                    refused += 1;
                } else {
                    counts.must_be_there(&to, &expected);
                }
                counts.add(&to, &expected, || drop(store::salvage(&dir, &to, &options, now()).unwrap()));
                assert!(files(&dir) == before, "the damaged database was changed");
            }
        }
    }
    counts.line("failed call in a salvage", &format!("every call: {runs} failures, {refused} refused"));
}
