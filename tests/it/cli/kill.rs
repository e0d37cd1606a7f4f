//! Every command that writes, killed at any moment through the built program: nothing acknowledged is lost, nothing is
//! there in part, and the next command goes on. `TIERBOOK_KILLS` sets how many kills there are in all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::tool::{Ran, Tool, copy_folder, root, seed};
use crate::fault::Tally;

/// How many kills there are in `cargo test`.
const KILLS: usize = 20;

/// How many documents there are in `cargo test`; more than are acknowledged together in the long run.
const DOCUMENTS: usize = 7;
const MANY_DOCUMENTS: usize = 70;

const QUESTIONS: [&str; 3] = [
    "history of mmr of COIN7USDT at 1k",
    "mmr of all at 60k as of 2026-06-01",
    "history of mmr of ACTUSDT at 60000",
];

/// What a database answers.
type Answers = Vec<Vec<Value>>;

fn answers(tool: &Tool) -> Answers {
    QUESTIONS.iter().map(|question| tool.rows(question).0).collect()
}

/// The last transaction of a database; `None` where there is no database.
fn head(tool: &Tool) -> Option<u64> {
    let ran = tool.run(["--format", "json", "head"]);
    (ran.code == 0).then(|| serde_json::from_str::<Value>(&ran.out).unwrap()["tx"].as_u64().unwrap())
}

/// A table of the exchange with many contracts, all with the same rate.
fn table(number: usize) -> Vec<u8> {
    let of = |coin: usize| {
        let bracket = json!({"bracket": 1, "initialLeverage": 5, "notionalCap": 100_000, "notionalFloor": 0,
            "maintMarginRatio": format!("0.{:03}", number + 10), "cum": "0"});
        json!({"symbol": format!("COIN{coin}USDT"), "brackets": [bracket]})
    };
    Value::Array((0..12).map(of).collect()).to_string().into_bytes()
}

/// The documents, in the order in which a folder is loaded.
fn documents(folder: &Path, count: usize) -> Vec<PathBuf> {
    let inbox = folder.join("inbox");
    fs::create_dir(&inbox).unwrap();
    fs::copy(seed(), inbox.join("a.txt")).unwrap();
    let of = |number: usize| {
        let path = inbox.join(format!("table-202603{:02}T{:02}0000Z.json", 1 + number / 24, number % 24));
        fs::write(&path, table(number)).unwrap();
        path
    };
    std::iter::once(inbox.join("a.txt")).chain((1..count).map(of)).collect()
}

/// Whether `verify` found nothing; or only an index that sled left damaged, as it may after a kill, and `rebuild` makes
/// it whole.
fn is_whole(tool: &Tool, verification: &Ran) -> bool {
    let problems = verification.out.lines().filter_map(|line| line.strip_prefix("problem: "));
    let of_index_alone =
        problems.clone().count() > 0 && problems.clone().all(|problem| problem.starts_with("the index"));
    let is_repaired = || tool.run(["rebuild"]).code == 0 && tool.run(["verify"]).code == 0;
    verification.code == 0 || (of_index_alone && is_repaired())
}

/// A database of its own with the content of another.
fn copied(base: &Tool) -> Tool {
    let tool = Tool::empty();
    if base.dir().exists() {
        copy_folder(&base.dir(), &tool.dir());
    }
    tool
}

/// A command that is killed, and what may be found after it.
struct Scenario {
    name: &'static str,
    base: Tool,
    arguments: Vec<String>,
    /// The last transaction and the answers before the command and after each of its steps; `None` where there is no
    /// database.
    states: Vec<(Option<u64>, Answers)>,
    /// Whether its last state is in force once it has written to standard output.
    is_done_at_once: bool,
    /// What else must be so, once the command has written to standard output or not.
    also: fn(&Tool, &Path, bool) -> bool,
    /// When it begins to write.
    begins: Duration,
    /// How long it takes from there.
    takes: Duration,
}

/// What a killed command left and printed.
struct Killed {
    was_running: bool,
    out: String,
    err: String,
}

impl Scenario {
    fn new(
        name: &'static str,
        base: Tool,
        arguments: &[&str],
        states: Vec<(Option<u64>, Answers)>,
    ) -> Scenario {
        Scenario {
            name,
            base,
            arguments: arguments.iter().map(ToString::to_string).collect(),
            states,
            is_done_at_once: false,
            also: |_, _, _| true,
            begins: Duration::ZERO,
            takes: Duration::ZERO,
        }
    }

    /// Runs it on a copy until it has ended by itself, and notes how long that takes.
    fn measure(&mut self, place: &Place) {
        if self.is_watch() {
            // It looks three times at a file before it loads it, and does not end.
            self.begins = Duration::from_secs(1);
            self.takes = Duration::from_millis(400);
            return;
        }
        // The shorter of two: on a busy machine most kills would come after the end otherwise.
        self.takes = Duration::MAX;
        for _ in 0..2 {
            let tool = copied(&self.base);
            place.renew();
            let start = Instant::now();
            let ran = tool.command().args(&self.arguments).output().unwrap();
            self.takes = self.takes.min(start.elapsed());
            assert!(ran.status.success(), "{}: {}", self.name, String::from_utf8_lossy(&ran.stderr));
        }
    }

    fn is_watch(&self) -> bool {
        self.arguments.iter().any(|argument| argument == "--watch")
    }

    /// Kills it after a part of its time.
    fn kill(&self, tool: &Tool, part: f64) -> Killed {
        let mut command = tool.command();
        command.args(&self.arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(self.begins + self.takes.mul_f64(part));
        let was_running = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Killed { was_running, out: text(output.stdout), err: text(output.stderr) }
    }

    /// The state in which a database is; `None` where it is in none of them.
    fn state(&self, tool: &Tool) -> Option<usize> {
        let head = head(tool);
        let found = head.map_or(Answers::new(), |_| answers(tool));
        self.states.iter().position(|(tx, answers)| *tx == head && *answers == found)
    }

    /// The state that what was printed acknowledges.
    fn acknowledged(&self, killed: &Killed) -> usize {
        if self.is_done_at_once && !killed.out.is_empty() {
            return self.states.len() - 1;
        }
        let numbers = killed
            .err
            .lines()
            .filter_map(|line| line.split("tx ").nth(1)?.split([',', ':']).next()?.parse().ok());
        let last: Option<u64> = numbers.max();
        self.states.iter().position(|(tx, _)| last.is_some() && *tx == last).unwrap_or(0)
    }

    /// Kills it twice, lets it end, and counts what is found each time.
    fn round(&self, place: &Place, parts: [f64; 2], tally: &mut Tally) -> usize {
        let tool = copied(&self.base);
        place.renew();
        let (mut before, mut were_running, mut is_done) = (0, 0, false);
        for part in parts {
            let killed = self.kill(&tool, part);
            were_running += usize::from(killed.was_running);
            is_done |= !killed.out.is_empty();
            before = before.max(self.acknowledged(&killed));
            let state = self.state(&tool);
            let verification = tool.run(["verify"]);
            let verified = head(&tool).is_none() || is_whole(&tool, &verification);
            let also = (self.also)(&tool, place.folder.path(), is_done);
            let (is_lost, is_wrong) =
                (state.is_some_and(|state| state < before), state.is_none() || !verified || !also);
            tally.count(is_lost, is_wrong, || {
                format!(
                    "{} at {part}: state {state:?} after {before}, verified {verified}, also {also}\n{}",
                    self.name,
                    verification.text()
                )
            });
            before = state.unwrap_or(before).max(before);
        }
        if self.is_watch() {
            let folder = self.arguments.last().unwrap();
            assert_eq!(tool.run(["load", folder]).code, 0);
        } else if !(self.state(&tool) == Some(self.states.len() - 1) && self.states.len() == 2) {
            let ran = tool.run(&self.arguments);
            assert_eq!(ran.code, 0, "{}: {}", self.name, ran.text());
        }
        assert_eq!(self.state(&tool), Some(self.states.len() - 1), "{} did not go on", self.name);
        assert!((self.also)(&tool, place.folder.path(), true), "{}", self.name);
        assert_eq!(tool.run(["verify"]).code, 0, "{}", self.name);
        were_running
    }
}

/// The documents and backups of all scenarios.
struct Place {
    folder: TempDir,
}

impl Place {
    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_string()
    }

    /// The folders into which backups are made, as they are before: none, and an older one.
    fn renew(&self) {
        for name in ["new", "grows"] {
            drop(fs::remove_dir_all(self.folder.path().join(name)));
        }
        copy_folder(&self.folder.path().join("older"), &self.folder.path().join("grows"));
    }
}

/// Whether a backup in the folder `name` is whole, or, before the command is done, none or the older one.
fn is_backup(tool: &Tool, folder: &Path, name: &str, is_done: bool) -> bool {
    let head_and_code = |db: PathBuf| {
        let db = db.to_str().unwrap();
        let head = tool.run(["--db", db, "--format", "json", "head"]);
        let hash = || serde_json::from_str::<Value>(&head.out).unwrap()["hash"].clone();
        (head.code == 0).then(|| (hash(), tool.run(["--db", db, "verify"]).code))
    };
    match head_and_code(folder.join(name)) {
        Some((hash, code)) => code == 0 && (!is_done || Some((hash, 0)) == head_and_code(tool.dir())),
        None => !is_done && name == "new",
    }
}

fn scenarios(place: &Place, count: usize) -> Vec<Scenario> {
    let files = documents(place.folder.path(), count);
    let file = |number: usize| files[number].to_str().unwrap();
    let loaded = Tool::empty();
    assert_eq!(loaded.run(["init"]).code, 0);
    let mut states = vec![(None, Answers::new()), (head(&loaded), answers(&loaded))];
    let mut before_last = Tool::empty();
    for path in &files {
        before_last = copied(&loaded);
        assert_eq!(loaded.run(["load", path.to_str().unwrap()]).code, 0);
        states.push((head(&loaded), answers(&loaded)));
    }
    let last = states.last().unwrap().clone();
    let after = |arguments: &[&str]| {
        let tool = copied(&loaded);
        let ran = tool.run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.text());
        (head(&tool), answers(&tool))
    };
    let retract = ["retract", "ee2413a8367c.56", "--reason", "it was wrong"];
    let unload = ["unload", "table-20260301T050000Z.json", "--reason", "the wrong file"];
    let retracted = vec![last.clone(), after(&retract)];
    let unloaded = vec![last.clone(), after(&unload)];
    // An older backup, from which is restored too.
    let older = place.path("older");
    assert_eq!(before_last.run(["backup", &older]).code, 0);
    let restored = vec![last.clone(), states[states.len() - 2].clone()];
    let (new, grows, inbox) = (place.path("new"), place.path("grows"), place.path("inbox"));
    let load = [vec!["load"], files.iter().map(|path| path.to_str().unwrap()).collect()].concat();
    let of_former_format = Tool::empty();
    fs::create_dir(of_former_format.dir()).unwrap();
    let journal = root().join("tests/it/cli/format_1/journal.jsonl");
    fs::copy(journal, of_former_format.dir().join("journal.jsonl")).unwrap();
    let former = vec![(head(&of_former_format), answers(&of_former_format))];
    let keeps = || copied(&loaded);
    let with = |done: bool, also: fn(&Tool, &Path, bool) -> bool, scenario: Scenario| Scenario {
        is_done_at_once: done,
        also,
        ..scenario
    };
    vec![
        Scenario::new("load", Tool::empty(), &load, states.clone()),
        Scenario::new(
            "load and image",
            copied(&before_last),
            &["load", file(count - 1)],
            states[count..].to_vec(),
        ),
        Scenario::new("retract", keeps(), &retract, retracted),
        Scenario::new("unload", keeps(), &unload, unloaded),
        with(
            true,
            |_, _, _| true,
            Scenario::new("restore", keeps(), &["restore", &older, "--replace"], restored),
        ),
        with(
            true,
            |tool, folder, done| is_backup(tool, folder, "new", done),
            Scenario::new("backup", keeps(), &["backup", &new], vec![last.clone()]),
        ),
        with(
            true,
            |tool, folder, done| is_backup(tool, folder, "grows", done),
            Scenario::new("backup again", keeps(), &["backup", &grows], vec![last.clone()]),
        ),
        Scenario::new("rebuild", keeps(), &["rebuild"], vec![last]),
        with(
            true,
            |tool, _, done| {
                !done || tool.journal_file().exists() && !tool.dir().join("journal.jsonl").exists()
            },
            Scenario::new("migrate", of_former_format, &["migrate"], former),
        ),
        Scenario::new("load --watch", Tool::empty(), &["load", "--watch", &inbox], states),
    ]
}

#[test]
fn a_command_killed_at_any_moment_loses_nothing_and_the_next_one_goes_on() {
    let kills: usize = std::env::var("TIERBOOK_KILLS").map_or(KILLS, |count| count.parse().unwrap());
    let place = Place { folder: tempfile::tempdir().unwrap() };
    let count = if kills > KILLS { MANY_DOCUMENTS } else { DOCUMENTS };
    let mut scenarios = scenarios(&place, count);
    scenarios.iter_mut().for_each(|scenario| scenario.measure(&place));
    let (mut tally, mut were_running, mut of) = (Tally::default(), 0, vec![0; scenarios.len()]);
    for round in 0..kills.div_ceil(2) {
        let scenario = &scenarios[round % scenarios.len()];
        of[round % scenarios.len()] += 2;
        // Spread evenly over the time that it takes, whatever the number of rounds.
        let part = |number: usize| f64::from(number as u32 * 618 % 1000) / 1000.0;
        were_running += scenario.round(&place, [part(2 * round), part(2 * round + 1)], &mut tally);
    }
    let each: Vec<String> =
        scenarios.iter().zip(&of).map(|(scenario, count)| format!("{} {count}", scenario.name)).collect();
    let count = 2 * kills.div_ceil(2);
    tally.end(
        "killed at any moment",
        &format!("{count} kills, {were_running} while it ran: {}", each.join(", ")),
    );
    assert!(were_running * 2 > count, "few kills came before the end: {were_running}");
}
