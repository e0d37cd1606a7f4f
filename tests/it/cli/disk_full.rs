//! A disk that is really full, at each size of what is left: what was acknowledged stays, the error says what to do,
//! and once there is space again everything is done.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::mounted::Mounted;
use super::tool::{Ran, Tool, root, seed};
use crate::fault::Tally;

/// How large the disk is.
const BYTES: u64 = 8 << 20;

const PAGE: u64 = 4096;

/// A database on a small disk.
struct Disk {
    mounted: Mounted,
    tool: Tool,
    place: PathBuf,
}

impl Disk {
    fn new() -> Option<Disk> {
        let tool = Tool::empty();
        let place = tool.dir().with_file_name("disk");
        let mounted = Mounted::in_memory(&place, BYTES)?;
        Some(Disk { mounted, tool, place })
    }

    fn path(&self, name: &str) -> String {
        self.place.join(name).to_str().unwrap().to_string()
    }

    /// Runs a command on the database of that name.
    fn run(&self, database: &str, arguments: &[&str]) -> Ran {
        let mut command = self.mounted.command(&self.tool);
        let output = command.args(["--db", &self.path(database)]).args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap() }
    }

    /// The sources of a database, and whether it is whole.
    fn sources(&self, database: &str) -> BTreeSet<String> {
        let ran = self.run(database, &["--format", "csv", "query", "sources"]);
        assert_eq!(ran.code, 0, "{}", ran.text());
        let verified = self.run(database, &["verify"]);
        assert_eq!(verified.code, 0, "{}", verified.text());
        ran.out.lines().skip(1).map(|line| line.split(',').next().unwrap().to_string()).collect()
    }

    /// Leaves no more than so many bytes.
    fn fill(&self, left: u64) {
        let filler = self.mounted.outside(&self.place.join("filler"));
        let step = vec![1; PAGE as usize];
        let file = fs::File::create(&filler).unwrap();
        let mut length = 0;
        while std::os::unix::fs::FileExt::write_all_at(&file, &step, length).is_ok() {
            length += PAGE;
        }
        file.set_len(length.saturating_sub(left)).unwrap();
    }

    fn free(&self) {
        fs::remove_file(self.mounted.outside(&self.place.join("filler"))).unwrap();
    }
}

/// Copies of the seed, each a source of its own, with a text that does not become short.
fn documents(folder: &Path, count: usize) -> Vec<String> {
    let text = fs::read_to_string(seed()).unwrap();
    let document = |number: usize| {
        let path = folder.join(format!("copy-{number}.txt"));
        fs::write(&path, text.replacen("---\n", &format!("---\ntitle: copy {number}\n"), 1)).unwrap();
        path.to_str().unwrap().to_string()
    };
    (0..count).map(document).collect()
}

/// What is left on the disk in each round: a command writes some pages of its own, and sled up to 128 for the index.
fn left() -> Vec<u64> {
    let pages: Vec<u64> = match std::env::var_os("TIERBOOK_FAULTS") {
        Some(_) => (0..12).chain((12..200).step_by(12)).collect(),
        None => vec![0, 4, 70],
    };
    pages.into_iter().map(|pages| pages * PAGE).collect()
}

/// Checks how a command on a full disk ended; gives whether it was done.
fn check(ran: &Ran, case: &str, tally: &mut Tally) -> bool {
    if ran.code == 0 {
        tally.kept += 1;
        return true;
    }
    let is_true = ran.err.contains("free some space there, and try again");
    if ran.code == 4 && ran.err.contains("error[disk]") && is_true {
        tally.refused += 1;
    } else {
        tally.wrong.push(format!("{case}: {} {}", ran.code, ran.text()));
    }
    false
}

#[test]
fn a_load_on_a_full_disk_records_a_document_or_says_that_it_does_not() {
    let Some(disk) = Disk::new() else { return };
    let mut tally = Tally::default();
    let documents = documents(disk.tool.dir().parent().unwrap(), left().len() * 3);
    assert_eq!(disk.run("db", &["load", seed().to_str().unwrap()]).code, 0);
    for (left, three) in left().into_iter().zip(documents.chunks(3)) {
        let before = disk.sources("db");
        disk.fill(left);
        let case = format!("{left} bytes left");
        let load: Vec<&str> = ["load"].into_iter().chain(three.iter().map(String::as_str)).collect();
        let ran = disk.run("db", &load);
        check(&ran, &case, &mut tally);
        let acknowledged = ran.err.matches(": loaded as ").count();
        let asked = disk.run("db", &["query", "sources"]);
        assert_eq!(asked.code, 0, "{case}: reading goes on: {}", asked.text());
        disk.free();
        let after = disk.sources("db");
        if !after.is_superset(&before) || after.len() < before.len() + acknowledged {
            tally.lost.push(case.clone());
        }
        // Whether the rest is recorded now depends on nothing that happened before.
        assert_eq!(disk.run("db", &load).code, 0, "{case}");
        assert_eq!(disk.sources("db").len(), before.len() + 3, "{case}");
    }
    tally.end("disk full while loading", &format!("{} fillings of a disk of {BYTES} bytes", left().len()));
}

#[test]
fn backups_and_restorations_on_a_full_disk_are_done_or_leave_what_was_there() {
    let Some(disk) = Disk::new() else { return };
    let mut tally = Tally::default();
    let documents = documents(disk.tool.dir().parent().unwrap(), 4);
    let load = |file: &str| assert_eq!(disk.run("db", &["load", file]).code, 0);
    load(&documents[0]);
    assert_eq!(disk.run("db", &["backup", &disk.path("first")]).code, 0);
    documents[1..].iter().for_each(|file| load(file));
    assert_eq!(disk.run("db", &["backup", &disk.path("last")]).code, 0);
    let (older, newer) = (disk.sources("first"), disk.sources("db"));
    for left in left() {
        let case = format!("{left} bytes left");
        let outside = |name: &str| disk.mounted.outside(&disk.place.join(name));
        // A new backup, and one that grows.
        fs::create_dir(outside("grows")).unwrap();
        for file in ["head", "journal.zst"] {
            fs::copy(outside("first").join(file), outside("grows").join(file)).unwrap();
        }
        disk.fill(left);
        let grown = check(&disk.run("db", &["backup", &disk.path("grows")]), &case, &mut tally);
        disk.free();
        if disk.sources("grows") != if grown { newer.clone() } else { older.clone() } {
            tally.lost.push(format!("backup, {case}"));
        }
        disk.fill(left);
        let made = check(&disk.run("db", &["backup", &disk.path("new")]), &case, &mut tally);
        disk.free();
        assert_eq!(disk.run("db", &["backup", &disk.path("new")]).code, 0, "{case}");
        assert_eq!(disk.sources("new"), newer, "{case}, {made}");
        // The older backup in the place of the newer database, and back.
        for (backup, stored) in [("first", &older), ("last", &newer)] {
            let before = disk.sources("db");
            disk.fill(left);
            let restore = ["restore", &disk.path(backup), "--replace"];
            let ran = disk.run("db", &restore);
            let restored = check(&ran, &case, &mut tally);
            disk.free();
            let now = disk.sources("db");
            let may_be_done = restored || ran.err.contains("the same command with `--replace` finishes");
            if now != *stored && (restored || now != before) || now == *stored && !may_be_done {
                tally.lost.push(format!("restore, {case}: {}", ran.text()));
            }
            assert_eq!(disk.run("db", &restore).code, 0, "{case}");
            assert_eq!(disk.sources("db"), *stored, "{case}");
        }
        for entry in fs::read_dir(outside("db")).unwrap().map(Result::unwrap) {
            if entry.file_name().to_str().unwrap().starts_with("before-restore-") {
                fs::remove_dir_all(entry.path()).unwrap();
            }
        }
        ["grows", "new"].iter().for_each(|name| fs::remove_dir_all(outside(name)).unwrap());
    }
    tally.end(
        "disk full while backing up and restoring",
        &format!("{} fillings of a disk of {BYTES} bytes", left().len()),
    );
}

#[test]
fn migrations_and_rebuilds_on_a_full_disk_are_done_or_leave_what_was_there() {
    let Some(disk) = Disk::new() else { return };
    let mut tally = Tally::default();
    let outside = |name: &str| disk.mounted.outside(&disk.place.join(name));
    for left in left() {
        let case = format!("{left} bytes left");
        fs::create_dir(outside("db")).unwrap();
        let journal = root().join("tests/it/cli/format_1/journal.jsonl");
        fs::copy(journal, outside("db/journal.jsonl")).unwrap();
        let before = disk.sources("db");
        // Each of them is done twice: with no space, and then with space.
        for command in ["rebuild", "migrate", "rebuild"] {
            disk.fill(left);
            check(&disk.run("db", &[command]), &format!("{command}, {case}"), &mut tally);
            let asked = disk.run("db", &["query", "sources"]);
            assert_eq!(asked.code, 0, "{command}, {case}: reading goes on: {}", asked.text());
            disk.free();
            if disk.sources("db") != before {
                tally.lost.push(format!("{command}, {case}"));
            }
            assert_eq!(disk.run("db", &[command]).code, 0, "{command}, {case}");
            assert_eq!(disk.sources("db"), before, "{command}, {case}");
        }
        fs::remove_dir_all(outside("db")).unwrap();
    }
    tally.end(
        "disk full while migrating and rebuilding",
        &format!("{} fillings of a disk of {BYTES} bytes", left().len()),
    );
}
