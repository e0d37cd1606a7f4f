//! A process that commits is killed at random moments, over and over; nothing acknowledged may be missing.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use tierbook::snapshot::records::curves;
use tierbook::statement::{Batch, TxId};
use tierbook::store::{self, Reader, Writer};

use crate::tests::common::fault::Tally;
use crate::tests::store::build::{change, everything, now, place, small, tiers};
use crate::tests::store::look::{contents, wait_until_free};

/// How often a process is killed; `TIERBOOK_KILLS` names more.
const ROUNDS: u32 = 15;
const FOLDER: &str = "TIERBOOK_CRASH_TEST_FOLDER";
const STATEMENTS: usize = 8;

/// A batch of a few kilobytes, so that a kill can meet the middle of a write.
fn batch(number: u64) -> Batch {
    let mut batch = small(number);
    batch.text = format!("announcement {number}\n").repeat(400);
    batch.statements = (0..STATEMENTS)
        .map(|at| change(&format!("binance:usdm:COIN{at}USDT"), "2026-02-06T06:30:00Z", tiers(at)))
        .collect();
    batch.retractions = everything("x").retractions;
    batch
}

/// Not a test of its own: the process that is killed.
#[test]
#[ignore = "run by the crash test, in a process of its own"]
fn child_that_commits_until_it_is_killed() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let mut writer = Writer::open(Path::new(&dir), curves).unwrap();
    let mut out = std::io::stdout();
    loop {
        let head = writer.commit(now(), |_| batch(0)).unwrap();
        // One write, so that the parent sees whole acknowledgements or a last one without its line end.
        out.write_all(format!("acknowledged {} {}\n", head.tx, head.hash).as_bytes()).unwrap();
        out.flush().unwrap();
        // The kill may meet the writing of the image.
        if head.tx.0.is_multiple_of(3) {
            writer.finish();
        }
    }
}

/// How many rounds there are: `usual`, or those of `TIERBOOK_KILLS`.
pub fn rounds(usual: u32) -> u32 {
    std::env::var("TIERBOOK_KILLS").map_or(usual, |count| count.parse().unwrap())
}

/// A process that commits until it is killed, and prints what is acknowledged.
pub fn committing_child(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "tests::store::crash::child_that_commits_until_it_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a child commit until `after` its first acknowledgement, or its start, kills it, and gives what it
/// acknowledged.
fn kill_a_committing_child(dir: &Path, acknowledged_first: bool, after: Duration) -> BTreeMap<u64, String> {
    let mut child = committing_child(dir);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut output = String::new();
    while acknowledged_first && !output.contains("acknowledged") {
        assert!(out.read_line(&mut output).unwrap() > 0, "the child ended by itself: {output}");
    }
    std::thread::sleep(after);
    child.kill().unwrap();
    out.read_to_string(&mut output).unwrap();
    child.wait().unwrap();
    let whole_lines = output.rsplit_once('\n').map_or("", |(lines, _)| lines);
    whole_lines
        .lines()
        .filter_map(|line| line.split_once("acknowledged ")?.1.split_once(' '))
        .map(|(tx, hash)| (tx.parse().unwrap(), hash.to_string()))
        .collect()
}

#[test]
fn a_kill_at_any_moment_loses_nothing_acknowledged_and_leaves_nothing_by_halves() {
    let (rounds, mut tally) = (rounds(ROUNDS), Tally::default());
    // Each check reads everything: a new database in between keeps it short.
    for first in (0..rounds).step_by(ROUNDS as usize) {
        kills_of_one_database(ROUNDS.min(rounds - first), &mut tally);
    }
    tally.end("a process killed that commits and makes images in a loop", &format!("{rounds} kills"));
}

fn kills_of_one_database(rounds: u32, tally: &mut Tally) {
    let (_folder, dir) = place();
    store::create(&dir, now()).unwrap();
    let mut acknowledged = BTreeMap::new();
    // A transaction that is whole, but no reader sees: the next child acknowledges it, and then one of its own.
    let mut was_left = false;
    for round in 0..rounds {
        let random = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_micros();
        let after = Duration::from_millis(u64::from(random % 100));
        acknowledged.extend(kill_a_committing_child(&dir, round % 3 > 0, after));
        let last = acknowledged.keys().last().copied().unwrap_or(0);
        if round % 2 == 0 {
            // The writer is the first to see what the child left, else the reader.
            let writer = Writer::open(&dir, curves).unwrap();
            let recorded = writer.sources_with(&batch(0).source.sha256).unwrap();
            assert_eq!(recorded.len() as u64, writer.head().tx.0);
        }
        wait_until_free(&dir);
        let reader = Reader::open(&dir).unwrap();
        let stored = contents(&reader).unwrap();
        drop(reader);
        let head = stored.head.tx.0;
        let most = last + 1 + u64::from(was_left);
        tally.count(head < last, head > most, || format!("acknowledged up to {last}, found up to {head}"));
        was_left = has_more_than_its_head(&dir);
        for (tx, hash) in &acknowledged {
            assert_eq!(&stored.transactions[*tx as usize - 1].0.to_string(), hash);
        }
        // Lines that were never acknowledged but are whole now count from here on.
        acknowledged
            .extend(stored.transactions.iter().zip(1..).map(|((hash, _), tx)| (tx, hash.to_string())));
        let whole = batch(0);
        assert!(stored.transactions.iter().all(|(_, text)| *text == whole.text));
        assert_eq!(stored.statements.iter().map(Vec::len).sum::<usize>(), STATEMENTS * head as usize);
        assert_eq!(stored.retractions.len(), whole.retractions.len() * head as usize);
        assert_eq!(
            stored.sources.iter().map(|source| source.tx).collect::<Vec<_>>(),
            (1..=head).map(TxId).collect::<Vec<_>>()
        );
        wait_until_free(&dir);
        assert_eq!(store::verify(&dir, None, curves).unwrap().problems, [] as [String; 0]);
    }
    assert!(acknowledged.len() > rounds as usize, "the children got to commit: {}", acknowledged.len());
}

/// Whether the journal goes on after what the head file acknowledges.
fn has_more_than_its_head(dir: &Path) -> bool {
    let head = std::fs::read_to_string(dir.join("head")).unwrap();
    let length: u64 = head.trim_end().rsplit(' ').next().unwrap().parse().unwrap();
    std::fs::metadata(store::journal_file(dir)).unwrap().len() > length
}

/// A text that compression makes hardly shorter.
fn noise(length: usize) -> String {
    let mut state = 1u64;
    let next = |()| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b' ' + ((state >> 33) % 95) as u8)
    };
    std::iter::repeat_n((), length).map(next).collect()
}

/// Not a test of its own: the process that may write no file beyond 6 MB.
#[test]
#[ignore = "run by the test of the full disk, in a process of its own"]
fn child_whose_disk_is_full() {
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let dir = Path::new(&dir);
    let mut writer = Writer::open(dir, curves).unwrap();
    let large = |number: u64| Batch { text: noise(1_600_000), ..small(number) };
    let size = || std::fs::metadata(store::journal_file(dir)).unwrap().len();
    let error = loop {
        let (head, before) = (writer.head(), size());
        match writer.commit(now(), |_| large(head.tx.0)) {
            Ok(next) => assert_eq!(next.tx.0, head.tx.0 + 1),
            Err(error) => {
                assert_eq!((writer.head(), size()), (head, before));
                break error;
            }
        }
    };
    assert_eq!(error.code().as_str(), "disk");
    assert!(error.hints()[0].contains("the disk has free space"), "{error:?}");
    assert_eq!(error.hints().last().map(String::as_str), Some("nothing was recorded"));
    writer.commit(now(), |_| small(1)).unwrap();
}

#[test]
fn a_full_disk_is_reported_and_the_journal_is_as_it_was() {
    let (_folder, dir) = place();
    store::create(&dir, now()).unwrap();
    // The limit simulates a full disk: the write that passes it is done in part and fails. It counts
    // kilobytes.
    let output = Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 6000; exec \"$@\"", "limited"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "tests::store::crash::child_whose_disk_is_full", "--ignored"])
        .env(FOLDER, &dir)
        .output();
    let Ok(output) = output else { return eprintln!("no bash on this machine: not tried") };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let head = Writer::open(&dir, curves).unwrap().head();
    assert_eq!(head.tx, TxId(5), "four large ones and a small one");
    wait_until_free(&dir);
    assert_eq!(store::verify(&dir, Some(head.hash), curves).unwrap().problems, [] as [String; 0]);
}
