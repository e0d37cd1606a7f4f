//! The power is cut after every call that changes the disk, and what was not synced is kept, lost, torn or mixed: what
//! was acknowledged is there, and nothing by halves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tierbook::snapshot::records::curves;
use tierbook::store::Writer;
use tierbook::store::faults::{EIO, ENOSPC, Failure, What, during};

use crate::tests::common::fault::Tally;
use crate::tests::store::look::wait_until_free;
use crate::tests::store::power_cut::{Disks, INDEX, Known, Recorded, add, add_variants, check, check_in};
use crate::tests::store::script::{PLACE, is_long, memory};
use crate::tests::store::simulated_disk::{Files, SimulatedDisk, put, variants};

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
    let calls = recorded.real_calls().count();
    let (prefixes, variants) = (calls + 1, variants().len());
    let done = format!("{prefixes} prefixes of {calls} calls in {variants} variants, {opened} disks");
    Tally { kept: opened, ..Tally::default() }.end("power cut while writing and migrating", &done);
}

/// The disks that a writer may find, each once, without an index.
fn to_recover(recorded: &Recorded) -> Disks {
    let mut disks = Disks::new();
    for (mut files, mut known) in recorded.disks() {
        files.remove(Path::new(INDEX));
        known.indexes.clear();
        if known.acknowledged.is_some() {
            add(&mut disks, files, known);
        }
    }
    disks
}

/// A database that a power cut left.
fn left(files: &Files) -> (TempDir, PathBuf) {
    let root = memory();
    put(root.path(), files);
    let dir = root.path().join(PLACE);
    (root, dir)
}

#[test]
fn a_power_cut_while_a_writer_recovers_loses_nothing_either() {
    let recorded = Recorded::new();
    let (disks, mut again) = (to_recover(&recorded), Disks::new());
    for (files, known) in &disks {
        let (root, dir) = left(files);
        let (writer, calls, _) = during(None, || Writer::open(&dir, curves).unwrap());
        drop(writer);
        let mut disk = SimulatedDisk::of(files);
        for call in &calls {
            disk.call(root.path(), call);
            add_variants(&mut again, &disk, known);
        }
    }
    again.retain(|files, _| !disks.contains_key(files));
    let opened = check_all(&recorded, &again, Indexes::OneInTurn);
    let done = format!("after each call of {} recoveries, {opened} disks", disks.len());
    Tally { kept: opened, ..Tally::default() }.end("power cut while a writer recovers", &done);
}

#[test]
fn a_failure_while_a_writer_recovers_loses_nothing_either() {
    let recorded = Recorded::new();
    let (mut failures, mut refused) = (0, 0);
    for (turn, (files, known)) in to_recover(&recorded).iter().enumerate() {
        let (_root, dir) = left(files);
        let (writer, _, calls) = during(None, || Writer::open(&dir, curves).unwrap());
        drop(writer);
        let all = (0..calls).flat_map(|at| [(at, ENOSPC), (at, EIO)]);
        let chosen = all.enumerate().filter(|(place, _)| is_long() || *place == turn % (2 * calls));
        for (_, (at, errno)) in chosen {
            let (root, dir) = left(files);
            let failure = Failure { at, count: usize::MAX, errno };
            let (opened, ..) = during(Some(failure), || Writer::open(&dir, curves).map(drop));
            if let Err(error) = opened {
                assert_eq!(error.code().as_str(), "disk", "{error:?}");
                assert!(!error.hints().is_empty(), "{error:?}");
                refused += 1;
            }
            wait_until_free(&dir);
            check_in(root.path(), known, &recorded.versions);
            failures += 1;
        }
    }
    let tally = Tally { kept: failures - refused, refused, ..Tally::default() };
    tally.end("disk error while a writer recovers", &format!("{failures} failed calls"));
}

#[test]
fn what_a_failed_sync_left_is_on_the_disk_once_it_is_acknowledged() {
    let undisturbed = Recorded::new();
    let mut seen: BTreeSet<_> = undisturbed.disks().into_iter().map(different).collect();
    let (mut failures, mut opened) = (0, 0);
    for (at, _) in undisturbed.real_calls().enumerate().filter(|(_, call)| call.what == What::Sync) {
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
    let tally = Tally { kept: opened, ..Tally::default() };
    tally.end("power cut after a failed sync", &format!("{failures} failed syncs, {opened} disks"));
}

/// What makes a disk another one: its files, and what must be there.
fn different((files, known): (Files, Known)) -> (Files, Option<u64>, Option<u64>) {
    (files, known.acknowledged, known.begun)
}
