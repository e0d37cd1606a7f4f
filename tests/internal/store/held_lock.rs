//! A writer that is stopped or killed while it has the lock: the next one names it, or takes over; readers wait for
//! nobody.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tierbook::error::ErrorCode;
use tierbook::snapshot::records::curves;
use tierbook::store::{self, Reader, Writer};

use crate::tests::common::fault::Tally;
use crate::tests::store::build::{now, place, small};
use crate::tests::store::crash::{committing_child, rounds};
use crate::tests::store::look::wait_until_free;

/// How often it is tried; `TIERBOOK_KILLS` names more.
const ROUNDS: u32 = 2;

/// The next transaction that a child acknowledges.
fn next_acknowledged(out: &mut BufReader<ChildStdout>) -> u64 {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "the child ended by itself");
        if let Some((_, head)) = line.split_once("acknowledged ") {
            return head.split(' ').next().unwrap().parse().unwrap();
        }
    }
}

fn signal(child: &Child, name: &str) {
    // The shell's own `kill`: the program is not everywhere.
    let kill = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

/// Stops a writer that has the lock, lets it go on, and kills it while another one waits.
fn stopped_and_killed(dir: &Path, pause: Duration, tally: &mut Tally) {
    let mut child = committing_child(dir);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let acknowledged = next_acknowledged(&mut out);
    std::thread::sleep(pause);
    signal(&child, "STOP");
    let start = Instant::now();
    let refused = Writer::open_within(dir, Duration::from_millis(60), curves).map(drop).unwrap_err();
    let waited = start.elapsed();
    let is_named = refused.message().contains(&format!("process {} is writing", child.id()));
    let is_locked = refused.code() == ErrorCode::Locked && is_named && waited >= Duration::from_millis(60);
    if is_locked {
        tally.refuse();
    } else {
        tally.count(false, true, || format!("{refused:?} after {waited:?}"));
    }
    let seen = Reader::open(dir).unwrap().head().tx.0;
    tally.count(seen < acknowledged, false, || format!("a reader found {seen} of {acknowledged}"));
    signal(&child, "CONT");
    let last = loop {
        let next = next_acknowledged(&mut out);
        if next > seen {
            break next;
        }
    };
    std::thread::scope(|scope| {
        let wait = Duration::from_secs(20);
        let next =
            scope.spawn(move || Writer::open_within(dir, wait, curves).map(|writer| writer.head().tx.0));
        std::thread::sleep(Duration::from_millis(30));
        child.kill().unwrap();
        let found = next.join().unwrap().unwrap();
        tally.count(found < last, false, || format!("the next writer found {found} of {last}"));
    });
    child.wait().unwrap();
    wait_until_free(dir);
}

#[test]
fn a_writer_stopped_or_killed_with_the_lock_is_named_or_followed_by_the_next() {
    let (rounds, mut tally) = (rounds(ROUNDS), Tally::default());
    let (mut folder, mut dir) = place();
    store::create(&dir, now()).unwrap();
    for round in 0..rounds {
        stopped_and_killed(&dir, Duration::from_micros(u64::from(round) * 611 % 20_000), &mut tally);
        let head = Writer::open(&dir, curves).unwrap().commit(now(), |_| small(1)).unwrap();
        assert_eq!(Reader::open(&dir).unwrap().head(), head);
        if round % 20 == 0 {
            wait_until_free(&dir);
            assert_eq!(store::verify(&dir, None, curves).unwrap().problems, [] as [String; 0]);
            (folder, dir) = place();
            store::create(&dir, now()).unwrap();
        }
    }
    drop(folder);
    let done = format!("stopped, let go and killed {rounds} times while another writer waits");
    tally.end("a writer that has the lock stopped or killed", &done);
}

#[test]
fn a_writer_that_comes_again_and_again_does_not_pass_one_that_waits() {
    let (_folder, dir) = place();
    store::create(&dir, now()).unwrap();
    let (is_over, commits) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut passed_by = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                Writer::open(&dir, curves).unwrap().commit(now(), |_| small(1)).unwrap();
                commits.fetch_add(1, Ordering::SeqCst);
            }
        });
        for _ in 0..8 {
            std::thread::sleep(Duration::from_millis(20));
            let before = commits.load(Ordering::SeqCst);
            let writer = Writer::open(&dir, curves).unwrap();
            passed_by.push(commits.load(Ordering::SeqCst) - before);
            drop(writer);
        }
        is_over.store(true, Ordering::Relaxed);
    });
    // It asks for its turn every 20 ms: some may come before that.
    assert!(passed_by.iter().all(|count| *count <= 8), "{passed_by:?}");
}
