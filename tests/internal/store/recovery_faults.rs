//! `backup`, `restore`, `rebuild`, `publish` and `pull` while the power is cut after any of their calls, or while any of them fails: what was
//! there, or what was to be there, is there as a whole, and the same again finishes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tierbook::snapshot::records::curves;
use tierbook::store::faults::{EIO, ENOSPC, Failure, during};
use tierbook::store::{self, Reader, Writer};
use tierbook::{Database, Error, JournalOrigin};

use crate::tests::common::fault::Tally;
use crate::tests::store::build::{now, small};
use crate::tests::store::look::{Contents, contents, wait_until_free};
use crate::tests::store::script::{is_long, memory};
use crate::tests::store::simulated_disk::{Files, SimulatedDisk, put, variants};

/// What is done in a folder, and where what it changes is.
struct Command {
    name: &'static str,
    changed: &'static str,
    run: fn(&Path) -> Result<(), Error>,
}

fn backup(root: &Path, to: &str) -> Result<(), Error> {
    store::backup(&root.join("db"), &root.join(to)).map(drop)
}

fn publish(root: &Path, to: &str) -> Result<(), Error> {
    Database::at(&root.join("db")).publish(root.join(to)).map(drop)
}

fn pull(root: &Path, to: &str) -> Result<(), Error> {
    let origin = JournalOrigin::of(&root.join("published").display().to_string(), None)?;
    Database::at(&root.join(to)).pull(&origin, &mut |_| ()).map(drop)
}

const COMMANDS: [Command; 9] = [
    Command { name: "a new backup", changed: "new", run: |root| backup(root, "new") },
    Command { name: "a newer backup", changed: "older", run: |root| backup(root, "older") },
    Command {
        name: "restore over a database",
        changed: "db",
        run: |root| store::restore(&root.join("older"), &root.join("db"), true).map(drop),
    },
    Command {
        name: "restore to a new folder",
        changed: "restored",
        run: |root| store::restore(&root.join("older"), &root.join("restored"), true).map(drop),
    },
    Command {
        name: "rebuild",
        changed: "db",
        run: |root| store::rebuild(&root.join("db"), curves).map(drop),
    },
    Command { name: "a new publication", changed: "public", run: |root| publish(root, "public") },
    Command {
        name: "a newer publication",
        changed: "older-public",
        run: |root| publish(root, "older-public"),
    },
    Command { name: "a new replica", changed: "replica", run: |root| pull(root, "replica") },
    Command { name: "a newer replica", changed: "older-replica", run: |root| pull(root, "older-replica") },
];

/// The commands that work with a journal: that of an older version is not published.
fn commands(all: &Files) -> &'static [Command] {
    if all.contains_key(Path::new("published/head")) { &COMMANDS } else { &COMMANDS[..5] }
}

/// The formats in which this is done: the short form has the newest one.
fn samples() -> Vec<Files> {
    let mut all = vec![sample(store::create)];
    if is_long() {
        all.push(sample(store::create_in_format_1));
    }
    all
}

/// The files of a folder; of the index only its folder, because sled's files are not changed by these calls.
fn files(root: &Path, below: &Path, into: &mut Files) {
    for entry in fs::read_dir(root.join(below)).unwrap().map(Result::unwrap) {
        let path = below.join(entry.file_name());
        if !entry.path().is_dir() {
            into.insert(path, Some(fs::read(entry.path()).unwrap()));
            continue;
        }
        into.insert(path.clone(), None);
        if entry.file_name() != "index" {
            files(root, &path, into);
        }
    }
}

/// A database `db` of four transactions and a backup `older` of three.
fn sample(create: fn(&Path, tierbook::Timestamp) -> Result<(), Error>) -> Files {
    let root = memory();
    let dir = root.path().join("db");
    create(&dir, now()).unwrap();
    let record = |number: u64| {
        Writer::open(&dir, curves).unwrap().commit(now(), |_| small(number)).unwrap();
        wait_until_free(&dir);
    };
    (1..=3).for_each(record);
    backup(root.path(), "older").unwrap();
    // A journal of format 1 cannot be published.
    if publish(root.path(), "published").is_ok() {
        publish(root.path(), "older-public").unwrap();
        pull(root.path(), "older-replica").unwrap();
        wait_until_free(&root.path().join("older-replica"));
    }
    record(4);
    let _ = publish(root.path(), "published");
    let mut all = Files::new();
    files(root.path(), Path::new(""), &mut all);
    all
}

fn at(all: &Files) -> (TempDir, PathBuf) {
    let folder = memory();
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    put(&root, all);
    (folder, root)
}

/// What a database has, or a publication, as who pulls it sees it; `None` where there is none.
fn state(dir: &Path) -> Option<Contents> {
    if dir.join("segments").exists() {
        dir.join("head").exists().then_some(())?;
        let folder = memory();
        let origin = JournalOrigin::of(&dir.display().to_string(), None).unwrap();
        Database::at(folder.path()).pull(&origin, &mut |_| ()).unwrap();
        wait_until_free(folder.path());
        return state(folder.path());
    }
    store::exists(dir).then(|| contents(&Reader::open(dir).unwrap()).unwrap())
}

/// Whether anything is wrong with a database but for its image: what is damaged in it is read from the journal, and the
/// next writer makes it again.
fn has_problems(dir: &Path) -> bool {
    let problems = store::verify(dir, None, curves).unwrap().problems;
    problems.iter().any(|problem| !problem.contains("image"))
}

/// A command with what is there before and after it.
struct Case<'c> {
    command: &'c Command,
    before: Option<Contents>,
    after: Option<Contents>,
}

impl Case<'_> {
    /// Checks what is there after a fault, and that the same again finishes.
    fn check(&self, root: &Path, is_done: bool, what: &str, tally: &mut Tally) {
        let dir = root.join(self.command.changed);
        let found = state(&dir);
        if found == self.after {
            tally.kept += 1;
        } else if found == self.before && !is_done {
            tally.refused += 1;
        } else {
            tally.lost.push(format!("{}, {what}: {:?}", self.command.name, found.map(|found| found.head)));
        }
        if let Err(error) = (self.command.run)(root) {
            tally.wrong.push(format!("{}, again, {what}: {error:?}", self.command.name));
        }
        wait_until_free(&dir);
        let is_wrong = || store::exists(&dir) && has_problems(&dir);
        if state(&dir) != self.after || is_wrong() {
            tally.lost.push(format!("{}, again, {what}", self.command.name));
        }
        wait_until_free(&dir);
    }
}

/// Cuts the power after each call of a command; gives the number of disks.
fn cut_the_power(command: &Command, all: &Files, tally: &mut Tally) -> usize {
    let (_folder, root) = at(all);
    let dir = root.join(command.changed);
    let before = state(&dir);
    let (done, calls, _) = during(None, || (command.run)(&root));
    done.unwrap();
    wait_until_free(&dir);
    let case = Case { command, before, after: state(&dir) };
    let mut seen = BTreeSet::new();
    for end in 0..=calls.len() {
        let mut disk = SimulatedDisk::of(all);
        calls[..end].iter().for_each(|call| disk.call(&root, call));
        for variant in variants() {
            let left = disk.after(variant);
            if seen.insert((left.clone(), end == calls.len())) {
                let (_folder, root) = at(&left);
                case.check(&root, end == calls.len(), &format!("{end} calls, {variant:?}"), tally);
            }
        }
    }
    seen.len()
}

/// Makes each call of a command fail; gives the number of runs.
fn fail(command: &Command, all: &Files, tally: &mut Tally) -> usize {
    let (_folder, root) = at(all);
    let dir = root.join(command.changed);
    let before = state(&dir);
    let (done, _, count) = during(None, || (command.run)(&root));
    done.unwrap();
    wait_until_free(&dir);
    let case = Case { command, before, after: state(&dir) };
    let ways = [(EIO, 1), (ENOSPC, usize::MAX), (ENOSPC, 1), (EIO, usize::MAX)];
    let mut runs = 0;
    for at_call in 0..count {
        // The short form tries both errors with each call, one of them lasting.
        let ways = if is_long() { &ways[..] } else { &ways[at_call % 2 * 2..][..2] };
        for &(errno, how_many) in ways {
            runs += 1;
            let (_folder, root) = at(all);
            let what = format!("call {at_call}, error {errno} {how_many} times");
            let failure = Failure { at: at_call, count: how_many, errno };
            let (done, ..) = during(Some(failure), || (command.run)(&root));
            wait_until_free(&root.join(command.changed));
            if let Err(error) = &done {
                assert_eq!(error.code().as_str(), "disk", "{what}: {error:?}");
                assert!(!error.hints().is_empty(), "{what}: {error:?}");
            }
            case.check(&root, done.is_ok(), &what, tally);
        }
    }
    runs
}

#[test]
fn a_power_cut_after_any_call_of_a_command_leaves_the_old_or_the_new_whole() {
    for all in samples() {
        for command in commands(&all) {
            let mut tally = Tally::default();
            let disks = cut_the_power(command, &all, &mut tally);
            tally.end(&format!("power cut during {}", command.name), &format!("{disks} disks"));
        }
    }
}

#[test]
fn a_failure_of_any_call_of_a_command_leaves_the_old_or_the_new_whole() {
    for all in samples() {
        for command in commands(&all) {
            let mut tally = Tally::default();
            let runs = fail(command, &all, &mut tally);
            tally.end(&format!("disk errors during {}", command.name), &format!("{runs} failures"));
        }
    }
}
