//! Readers beside writers: every answer is that of an acknowledged transaction, and never of an earlier one than was
//! acknowledged before the question. `TIERBOOK_READERS_SECONDS` sets how long; run alone, it measures memory too.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tierbook::language::parse;
use tierbook::{Database, LoadOptions};

use super::tool::{Tool, root, seed};
use crate::fault::Tally;

const QUESTION: &str = "mmr of all at 1k as of 2026-06-01";

/// How long it takes in `cargo test`.
const SECONDS: u64 = 2;

/// How many contracts the documents of a writer have.
const CONTRACTS: usize = 10;

/// How long each part goes on; `None` where nobody asked for a long run.
fn seconds() -> Option<u64> {
    std::env::var("TIERBOOK_READERS_SECONDS").ok().map(|seconds| seconds.parse().unwrap())
}

/// The document `number` of a writer: a table that shows that number as the rate of each of its contracts.
fn document(folder: &Path, writer: usize, number: u64) -> PathBuf {
    let of = |coin: usize| {
        let bracket = json!({"bracket": 1, "initialLeverage": 5, "notionalCap": 100_000, "notionalFloor": 0,
            "maintMarginRatio": format!("0.{number:05}"), "cum": "0"});
        json!({"symbol": format!("W{writer}C{coin}USDT"), "brackets": [bracket]})
    };
    let (day, hour, minute) = (1 + number / 1440, number / 60 % 24, number % 60);
    let path = folder.join(format!("w{writer}-202603{day:02}T{hour:02}{minute:02}00Z.json"));
    fs::write(&path, Value::Array((0..CONTRACTS).map(of).collect()).to_string()).unwrap();
    path
}

/// Up to which document of each writer an answer goes; `None` where it is that of no transaction.
fn numbers(rows: &[Value]) -> Option<[u64; 2]> {
    let mut numbers = [0; 2];
    for (writer, number) in numbers.iter_mut().enumerate() {
        let of =
            |row: &&Value| row["subject"].as_str().is_some_and(|name| name.contains(&format!(":W{writer}C")));
        let values: Vec<u64> = rows
            .iter()
            .filter(of)
            .map(|row| row["value"].as_str().map(|text| (text.parse::<f64>().unwrap() * 1e5).round() as u64))
            .collect::<Option<_>>()?;
        *number = values.first().copied().unwrap_or(0);
        if values.iter().any(|value| value != number) || ![0, CONTRACTS].contains(&values.len()) {
            return None;
        }
    }
    Some(numbers)
}

/// How far the writers are: what each began to record, and what was acknowledged.
#[derive(Default)]
struct Progress {
    begun: [AtomicU64; 2],
    acknowledged: [AtomicU64; 2],
    is_over: AtomicBool,
    /// The longest that a writer took for a document, in milliseconds.
    slowest: [AtomicU64; 2],
}

fn read(numbers: &[AtomicU64; 2]) -> [u64; 2] {
    [0, 1].map(|writer: usize| numbers[writer].load(Ordering::SeqCst))
}

impl Progress {
    /// Records one document after the other.
    fn write(&self, folder: &Path, writer: usize, load: impl Fn(&Path)) {
        for number in 1.. {
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let path = document(folder, writer, number);
            self.begun[writer].store(number, Ordering::SeqCst);
            let start = Instant::now();
            load(&path);
            self.slowest[writer].fetch_max(start.elapsed().as_millis() as u64, Ordering::Relaxed);
            self.acknowledged[writer].store(number, Ordering::SeqCst);
        }
    }

    /// Asks one question after the other; gives what was counted, and how long each took, in microseconds.
    fn ask(&self, ask: impl Fn() -> Result<Vec<Value>, String>) -> (Tally, Vec<u64>) {
        let (mut tally, mut took, mut before) = (Tally::default(), Vec::new(), [0; 2]);
        while !self.is_over.load(Ordering::Relaxed) {
            let acknowledged = read(&self.acknowledged);
            let start = Instant::now();
            let answer = ask();
            took.push(start.elapsed().as_micros() as u64);
            let begun = read(&self.begun);
            let found = answer.as_ref().ok().and_then(|rows| numbers(rows));
            let Some(found) = found else {
                tally.count(false, true, || format!("{answer:?}"));
                continue;
            };
            let is_lost = (0..2).any(|it| found[it] < acknowledged[it] || found[it] < before[it]);
            let is_wrong = (0..2).any(|it| found[it] > begun[it]);
            let describe =
                || format!("{found:?}: {acknowledged:?} was acknowledged, {before:?} seen, {begun:?} begun");
            tally.count(is_lost, is_wrong, describe);
            before = found;
        }
        (tally, took)
    }
}

/// The answer of the library, through a snapshot taken now.
fn asked(database: &Database) -> Result<Vec<Value>, String> {
    let snapshot = database.snapshot().map_err(|error| format!("{error:?}"))?;
    let rows = snapshot.query(QUESTION).map_err(|error| format!("{error:?}"))?;
    Ok(rows.iter().map(|row| serde_json::to_value(row).unwrap()).collect())
}

/// The answer as the program gets it, from a database opened now.
fn asked_anew(dir: &Path) -> Result<Vec<Value>, String> {
    let statement = parse(QUESTION).unwrap().remove(0);
    let answer = Database::at(dir).answer(&statement, "2026-06-01T00:00Z".parse().unwrap());
    let (rows, _) = answer.map_err(|error| format!("{error:?}"))?;
    Ok(rows.iter().map(|row| serde_json::to_value(row).unwrap()).collect())
}

/// The answer of the built program.
fn asked_by_process(tool: &Tool) -> Result<Vec<Value>, String> {
    let output = tool.command().args(["--format", "jsonl", "query", QUESTION]).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    // A notice would say that the image was missing or damaged.
    if !output.status.success() || !output.stderr.is_empty() {
        return Err(text(&output.stderr));
    }
    Ok(text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// The resident memory of this process in MiB.
fn memory() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4096 / (1024 * 1024)
}

#[test]
fn every_answer_beside_two_writers_is_that_of_an_acknowledged_transaction() {
    let tool = Tool::seeded();
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(tool.dir()).unwrap();
    let progress = Progress::default();
    let mut memory_of = Vec::new();
    let (mut tally, mut took) = (Tally::default(), Vec::new());
    std::thread::scope(|scope| {
        // One writer in this process and one in others; each takes the lock anew for each document.
        scope.spawn(|| {
            progress.write(folder.path(), 0, |path| {
                let loaded =
                    database.writer().and_then(|mut writer| writer.load(path, LoadOptions::default()));
                assert_eq!(loaded.unwrap().loaded(), 1);
            });
        });
        scope.spawn(|| {
            progress.write(folder.path(), 1, |path| {
                let output = tool.command().arg("load").arg(path).output().unwrap();
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            });
        });
        let threads = [(); 3].map(|()| scope.spawn(|| progress.ask(|| asked(&database))));
        let processes = [(); 3].map(|()| scope.spawn(|| progress.ask(|| asked_by_process(&tool))));
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(seconds().unwrap_or(SECONDS)) {
            std::thread::sleep(Duration::from_millis(100));
            memory_of.push(memory());
        }
        progress.is_over.store(true, Ordering::Relaxed);
        for reader in threads.into_iter().chain(processes) {
            let (counted, times) = reader.join().unwrap();
            tally.add(counted);
            took.push(times);
        }
    });
    assert_eq!(tool.run(["verify"]).code, 0);
    let loaded = read(&progress.acknowledged);
    let fewest = took.iter().map(Vec::len).min().unwrap();
    let mut took: Vec<u64> = took.into_iter().flatten().collect();
    took.sort_unstable();
    let (quarter, middle) = (memory_of.len() / 4, took[took.len() / 2]);
    let mean = |part: &[u64]| part.iter().sum::<u64>() / part.len().max(1) as u64;
    let (first, last) = (mean(&memory_of[quarter..2 * quarter]), mean(&memory_of[3 * quarter..]));
    let done = format!(
        "{} questions of 6 readers, none fewer than {fewest}, beside 2 writers ({} and {} documents, the slowest {} and \
         {} ms) for {} s; a question took {middle} us, 99 of 100 at most {} us, the slowest {} us; memory {first} MiB, \
         then {last} MiB",
        took.len(),
        loaded[0],
        loaded[1],
        read(&progress.slowest)[0],
        read(&progress.slowest)[1],
        seconds().unwrap_or(SECONDS),
        took[took.len() * 99 / 100],
        took[took.len() - 1],
    );
    tally.end("readers beside writers", &done);
    let least = seconds().unwrap_or(SECONDS);
    assert!(loaded.iter().all(|count| *count >= least) && fewest as u64 >= least, "somebody starves: {done}");
    // Other tests of this process need memory too: only a long run is alone.
    assert!(seconds().is_none() || last <= first + 32, "memory grows: {done}");
}

/// Asks while `act` runs; every answer must be one of `expected`, every refusal one of `documented`.
fn beside(
    dir: &Path,
    expected: &[Vec<Value>],
    tally: &Mutex<Tally>,
    refusals: &Mutex<Vec<String>>,
    act: impl FnOnce(),
) {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut counted = Tally::default();
                while !is_over.load(Ordering::Relaxed) {
                    match asked_anew(dir) {
                        Ok(rows) => counted.count(false, !expected.contains(&rows), || format!("{rows:?}")),
                        Err(error) => {
                            refusals.lock().unwrap().push(error);
                            counted.refuse();
                        }
                    }
                }
                tally.lock().unwrap().add(counted);
            });
        }
        act();
        is_over.store(true, Ordering::Relaxed);
    });
}

/// Runs a command of the built program, which must succeed.
fn ran(tool: &Tool, arguments: &[&str]) {
    let output = tool.command().args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn readers_beside_backup_rebuild_restore_and_migration_get_the_answers_of_before_or_after() {
    let (tally, refusals) = (Mutex::new(Tally::default()), Mutex::new(Vec::new()));
    let tool = Tool::seeded();
    let (older, newer) = (tool.dir().with_file_name("older"), tool.dir().with_file_name("newer"));
    let (older, newer) = (older.to_str().unwrap(), newer.to_str().unwrap());
    ran(&tool, &["backup", older]);
    let first = asked_anew(&tool.dir()).unwrap();
    assert_eq!(tool.run(["load", document(tool.dir().parent().unwrap(), 0, 1).to_str().unwrap()]).code, 0);
    let second = asked_anew(&tool.dir()).unwrap();
    assert_ne!(first, second);
    ran(&tool, &["backup", newer]);
    let start = Instant::now();
    let (mut rounds, both) = (0, [first, second]);
    while rounds == 0 || start.elapsed() < Duration::from_secs(seconds().unwrap_or(1)) {
        rounds += 1;
        let with = |expected: &[Vec<Value>], arguments: &[&str]| {
            beside(&tool.dir(), expected, &tally, &refusals, || ran(&tool, arguments));
        };
        let new = tool.dir().with_file_name("new");
        drop(fs::remove_dir_all(&new));
        with(&both[1..], &["backup", new.to_str().unwrap()]);
        with(&both[1..], &["rebuild"]);
        with(&both, &["restore", older, "--replace"]);
        with(&both, &["restore", newer, "--replace"]);
        let old = Tool::empty();
        fs::create_dir(old.dir()).unwrap();
        let journal = root().join("tests/it/cli/format_1/journal.jsonl");
        fs::copy(journal, old.dir().join("journal.jsonl")).unwrap();
        ran(&old, &["load", seed().to_str().unwrap()]);
        let expected = [asked_anew(&old.dir()).unwrap()];
        beside(&old.dir(), &expected, &tally, &refusals, || ran(&old, &["migrate"]));
    }
    let refusals = refusals.into_inner().unwrap();
    let done = format!("{rounds} times each of backup, rebuild, restore, migrate beside 3 readers");
    tally.into_inner().unwrap().end("readers beside commands that replace files", &done);
    assert_eq!(refusals, [] as [String; 0]);
}
