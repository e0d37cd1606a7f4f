//! Indexes that make sled panic, hang or end the process: each is opened in a process of its own, with a limit of time.
//! `TIERBOOK_FAULTS=1` flips every byte of a small index and cuts its files at every length.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use tierbook::snapshot::records::curves;
use tierbook::statement::Batch;
use tierbook::store::{self, Writer};

use crate::tests::common::dice::Dice;
use crate::tests::common::fault::Tally;
use crate::tests::store::build::{database_in_format_2, everything, now, small};
use crate::tests::store::look::wait_until_free;

const FOLDER: &str = "TIERBOOK_HOSTILE_INDEX_FOLDER";
const CASES: &str = "TIERBOOK_HOSTILE_INDEX_CASES";

/// How many transactions the two databases have.
const SMALL: u64 = 3;
const LARGE: u64 = 40;

/// How many cases are by chance.
const SEVERAL: u64 = 1_000;

/// How many cases there are in `cargo test`.
const FEW: usize = 24;

/// How long one case may take: the limit of the store, and time for a busy machine.
const LIMIT: Duration = Duration::from_secs(40);

/// What is done to a file of an index.
#[derive(Clone, Debug)]
enum Damage {
    Flip(usize, u8),
    Cut(usize),
    /// Zeros from here on, 512 bytes.
    Zeros(usize),
    /// The first bytes of this number are there twice.
    Twice(usize),
    /// Several at once, by chance, in a larger index: flips, blocks of zeros and of noise, blocks copied to other places,
    /// files missing, and files of an earlier moment.
    Several(u64),
}

/// Every damage of a database, in an order that depends on its files alone.
fn cases(dir: &Path) -> Vec<(PathBuf, Damage)> {
    let mut files = Vec::new();
    let mut folders = vec![dir.join("index")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let mut cases: Vec<(PathBuf, Damage)> =
        (0..SEVERAL).map(|seed| (PathBuf::from("index"), Damage::Several(seed))).collect();
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let name = path.strip_prefix(dir).unwrap().to_path_buf();
        let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let mut add = |damage| cases.push((name.clone(), damage));
        for at in 0..used {
            [0x01, 0x80, 0xff].into_iter().for_each(|pattern| add(Damage::Flip(at, pattern)));
            add(Damage::Cut(at));
        }
        for at in (0..used).step_by(256) {
            add(Damage::Zeros(at));
            add(Damage::Twice(at));
        }
    }
    cases
}

fn damaged(bytes: &[u8], damage: &Damage) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    match *damage {
        Damage::Several(_) => unreachable!("of several files"),
        Damage::Flip(at, pattern) => bytes[at] ^= pattern,
        Damage::Cut(at) => bytes.truncate(at),
        Damage::Zeros(at) => bytes.iter_mut().skip(at).take(512).for_each(|byte| *byte = 0),
        Damage::Twice(at) => {
            let first = bytes[..at].to_vec();
            bytes.splice(0..0, first);
        }
    }
    bytes
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Damages the files of an index by chance; `older` has those of an earlier moment.
fn damage_by_chance(index: &Path, older: &Path, seed: u64) {
    let mut dice = Dice::seeded(seed);
    let files = |folder: &Path| {
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
        files.sort();
        files
    };
    for _ in 0..=dice.below(4) {
        let files_now = files(index);
        if files_now.is_empty() {
            return;
        }
        let path = &files_now[dice.below(files_now.len())];
        let mut bytes = fs::read(path).unwrap();
        if bytes.is_empty() {
            continue;
        }
        let used = bytes.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1);
        let length = [1, 8, 64, 512, 4096, 65_536][dice.below(6)].min(used);
        let (from, to) = (dice.below(used - length + 1), dice.below(used - length + 1));
        match dice.below(7) {
            0 => bytes[to] ^= 1 << dice.below(8),
            1 => bytes[to..to + length].fill(0),
            2 => bytes[to..to + length].fill_with(|| dice.below(256) as u8),
            3 => bytes.copy_within(from..from + length, to),
            4 => bytes.truncate(to),
            5 => {
                fs::remove_file(path).unwrap();
                continue;
            }
            _ => {
                let from = files(older);
                let from = &from[dice.below(from.len())];
                fs::copy(from, index.join(from.file_name().unwrap())).unwrap();
                continue;
            }
        }
        fs::write(path, bytes).unwrap();
    }
}

/// Not a test of its own: the process in which sled may do what it does.
#[test]
#[ignore = "run by the test of hostile indexes, in a process of its own"]
fn child_that_opens_hostile_indexes() {
    let (Some(dir), Ok(numbers)) = (std::env::var_os(FOLDER), std::env::var(CASES)) else { return };
    let dir = PathBuf::from(dir);
    let cases = cases(&dir);
    let mut out = std::io::stdout();
    for number in numbers.split(' ').map(|number| number.parse::<usize>().unwrap()) {
        let (name, damage) = &cases[number];
        let copy = dir.with_file_name("copy");
        if copy.exists() {
            fs::remove_dir_all(&copy).unwrap();
        }
        let last = if let Damage::Several(seed) = damage {
            copy_folder(&dir.with_file_name("large"), &copy);
            damage_by_chance(&copy.join("index"), &dir.with_file_name("older"), *seed);
            LARGE
        } else {
            copy_folder(&dir, &copy);
            fs::write(copy.join(name), damaged(&fs::read(dir.join(name)).unwrap(), damage)).unwrap();
            SMALL
        };
        let result = opened(&copy, last);
        out.write_all(format!("case {number}: {result}\n").as_bytes()).unwrap();
        out.flush().unwrap();
    }
}

/// `right`, or what is wrong, once the database was verified, written to and verified again.
fn opened(dir: &Path, last: u64) -> String {
    let verified = || store::verify(dir, None, curves).map(|found| found.problems).unwrap_or_default();
    let first = verified();
    // What is damaged is named, if it is found at all.
    if first.iter().any(|problem| !problem.contains("index")) {
        return format!("wrong: {first:?}");
    }
    wait_until_free(dir);
    let mut writer = match Writer::open(dir, curves) {
        Ok(writer) => writer,
        Err(error) => return format!("wrong: {error:?}"),
    };
    let sources = writer.reader().sources().map_or(0, |sources| sources.len() as u64);
    if (writer.head().tx.0, sources) != (last, last) {
        return format!("lost: {:?}", writer.head());
    }
    if let Err(error) = writer.commit(now(), |_| small(last + 1)) {
        return format!("wrong: {error:?}");
    }
    drop(writer);
    wait_until_free(dir);
    let is_set_aside = dir.join("index.damaged-1").exists();
    match verified() {
        problems if problems.is_empty() => format!("right{}", if is_set_aside { ", made again" } else { "" }),
        problems => format!("wrong: {problems:?}"),
    }
}

/// A child that opens some cases, and its lines.
fn start(dir: &Path, numbers: &[usize]) -> (Child, Receiver<String>) {
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::store::hostile_index::child_that_opens_hostile_indexes"])
        .args(["--ignored", "--nocapture"])
        .env(FOLDER, dir)
        .env(CASES, numbers.join(" "))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = channel();
    std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
    (child, lines)
}

/// Makes a larger database beside `dir`, by many writers, and keeps the index of an earlier moment.
fn make_large(dir: &Path) {
    let (large, older) = (dir.with_file_name("large"), dir.with_file_name("older"));
    store::create(&large, now()).unwrap();
    for first in (1..=LARGE).step_by(5) {
        let mut writer = Writer::open(&large, curves).unwrap();
        for number in first..first + 5 {
            let text = format!("announcement {number}\n").repeat(300);
            writer.commit(now(), |_| Batch { text, ..everything(&number.to_string()) }).unwrap();
        }
        drop(writer);
        wait_until_free(&large);
        if first == 21 {
            copy_folder(&large.join("index"), &older);
        }
    }
}

#[test]
fn a_hostile_index_ends_no_process_hangs_for_no_longer_than_stated_and_is_made_again() {
    let (_folder, dir) = database_in_format_2(SMALL);
    wait_until_free(&dir);
    make_large(&dir);
    let cases = cases(&dir);
    let step = if std::env::var_os("TIERBOOK_FAULTS").is_some() { 1 } else { cases.len() / FEW };
    let all: Vec<usize> = (0..cases.len()).step_by(step).collect();
    let (mut left, mut tally, mut made_again) = (&all[..], Tally::default(), 0);
    while !left.is_empty() {
        // An environment has a limit.
        let (mut child, lines) = start(&dir, &left[..left.len().min(5000)]);
        loop {
            let line = lines.recv_timeout(LIMIT);
            if let Ok(line) = &line
                && let Some((_, result)) = line.split_once(": ").filter(|(case, _)| case.contains("case "))
            {
                made_again += usize::from(result.ends_with("made again"));
                let (is_lost, is_right) = (result.starts_with("lost"), result.starts_with("right"));
                tally.count(is_lost, !is_right, || format!("{:?}: {result}", cases[left[0]]));
                left = &left[1..];
            }
            let why = match line {
                Ok(_) => continue,
                Err(RecvTimeoutError::Timeout) => "it hangs",
                Err(RecvTimeoutError::Disconnected) if child.wait().unwrap().success() => break,
                Err(RecvTimeoutError::Disconnected) => "it ended the process",
            };
            drop(child.kill());
            child.wait().unwrap();
            tally.count(false, true, || format!("{:?}: {why}", cases[left[0]]));
            left = &left[1..];
            break;
        }
    }
    let done =
        format!("{} of {} flips and cuts of an index, {made_again} made again", all.len(), cases.len());
    tally.end("sled panics, hangs or aborts", &done);
}
