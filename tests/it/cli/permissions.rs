//! Files of another user, and a medium that cannot be written: questions are answered where the files can be read, and
//! who wants to write is told why not.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::mounted::{Mounted, is_root};
use super::tool::{Ran, Tool, seed};
use crate::fault::Tally;

const QUESTION: &str = "mmr of ACTUSDT at 60000 as of 2026-02-07";

/// The user who may do little, where the tests run as root.
const NOBODY: u32 = 65_534;

/// A copy of the seed that is another document.
fn document(folder: &Path) -> PathBuf {
    let path = folder.join("other.txt");
    let text = fs::read_to_string(seed()).unwrap().replacen("---\n", "---\ntitle: another\n", 1);
    fs::write(&path, text).unwrap();
    path
}

fn ran(command: &mut Command, arguments: &[&str]) -> Ran {
    let output = command.args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap() }
}

/// Every file of a folder with its bytes; the lock has none that count.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            files.extend(self::files(&entry.path()));
        } else if entry.file_name() != "lock" {
            files.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// Sets the permissions of a path, and of all below it where it is to be `everything`.
fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Makes a folder and all in it the property of a user who may change it.
fn give(path: &Path) {
    if is_root() {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    set_mode(path, if path.is_dir() { 0o755 } else { 0o644 });
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| give(&entry.unwrap().path()));
    }
}

/// A user with a database of the seed, a backup of it and a document.
struct User {
    tool: Tool,
    program: PathBuf,
    document: String,
    backup: String,
    answer: String,
}

impl User {
    fn new() -> User {
        let tool = Tool::seeded();
        let folder = tool.dir().parent().unwrap().to_path_buf();
        let program = folder.join("tierbook");
        // The folder of the build may be closed to others.
        fs::copy(env!("CARGO_BIN_EXE_tierbook"), &program).unwrap();
        let backup = folder.join("backup").to_str().unwrap().to_string();
        assert_eq!(tool.run(["backup", &backup]).code, 0);
        let document = document(&folder).to_str().unwrap().to_string();
        let answer = tool.run(["query", QUESTION]).out;
        give(&folder);
        set_mode(&program, 0o755);
        User { tool, program, document, backup, answer }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.tool.command_of(self.program.to_str().unwrap());
        command.current_dir("/");
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        ran(&mut command, arguments)
    }

    /// The commands that write.
    fn writers(&self) -> [Vec<&str>; 4] {
        let restore = vec!["restore", &self.backup, "--replace"];
        let retract = vec!["retract", "ee2413a8367c", "--reason", "wrong"];
        [vec!["load", &self.document], retract, vec!["rebuild"], restore]
    }

    /// The question is answered as ever.
    fn asks(&self, note: &str, case: &str, tally: &mut Tally) {
        let asked = self.run(&["query", QUESTION]);
        if (asked.code, &asked.out) == (0, &self.answer)
            && asked.err.contains(note)
            && asked.err.is_empty() == note.is_empty()
        {
            tally.kept += 1;
        } else {
            tally.wrong.push(format!("{case}: {} {}", asked.code, asked.text()));
        }
    }

    /// A command is refused by the disk, with a hint.
    fn refuses(&self, arguments: &[&str], hint: &str, case: &str, tally: &mut Tally) {
        let ran = self.run(arguments);
        if ran.code == 4 && ran.err.contains("error[disk]") && ran.err.contains(hint) {
            tally.refused += 1;
        } else {
            tally.wrong.push(format!("{case}: {arguments:?} {} {}", ran.code, ran.text()));
        }
    }
}

const NOT_WRITE: &str = "you may not write there: check who owns the folder and its files";
const NOT_READ: &str = "you may not read it: check who owns it";

#[test]
fn files_of_another_user_are_read_where_they_can_be_and_never_changed() {
    let user = User::new();
    let (dir, mut tally) = (user.tool.dir(), Tally::default());
    let before = files(&dir);
    let all: Vec<PathBuf> = before.keys().cloned().chain([dir.join("lock")]).collect();
    // Everything can be read, nothing written.
    if is_root() {
        all.iter().for_each(|path| std::os::unix::fs::chown(path, Some(0), Some(0)).unwrap());
        std::os::unix::fs::chown(&dir, Some(0), Some(0)).unwrap();
    }
    all.iter().for_each(|path| set_mode(path, 0o444));
    set_mode(&dir, 0o555);
    user.asks("", "read-only files", &mut tally);
    let verified = user.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.text());
    assert!(verified.err.contains("note: the index was not compared"), "{}", verified.text());
    let copy = format!("{} 2", user.backup);
    assert_eq!(user.run(&["backup", &copy]).code, 0);
    for command in user.writers() {
        user.refuses(&command, NOT_WRITE, "read-only files", &mut tally);
    }
    // A part cannot be read, or not be written.
    for (part, mode, is_answered, note, hint) in [
        ("image", 0o000, true, "the journal was read instead", None),
        ("head", 0o000, false, "", Some(NOT_READ)),
        ("journal.zst", 0o000, false, "", Some(NOT_READ)),
        ("index", 0o000, true, "", Some(NOT_READ)),
        ("index/db", 0o444, true, "", Some(NOT_WRITE)),
        ("lock", 0o444, true, "", Some(NOT_WRITE)),
        ("journal.zst", 0o444, true, "", Some(NOT_WRITE)),
        // The journal can be written, but not the head file beside it: nothing is acknowledged.
        ("", 0o555, true, "", Some(NOT_WRITE)),
        ("", 0o000, false, "", None),
    ] {
        give(&dir);
        set_mode(&dir.join(part), mode);
        let case = format!("`{part}` {mode:o}");
        match (is_answered, hint) {
            (true, _) => user.asks(note, &case, &mut tally),
            (false, hint) => {
                user.refuses(&["query", QUESTION], hint.unwrap_or(NOT_READ), &case, &mut tally);
            }
        }
        if let Some(hint) = hint {
            let hint = if part.is_empty() && is_answered { "nothing was recorded" } else { hint };
            user.refuses(&["load", &user.document], hint, &case, &mut tally);
        }
        give(&dir);
        // sled writes when it is opened; what counts is as it was.
        for name in ["head", "journal.zst", "image"] {
            assert!(
                fs::read(dir.join(name)).unwrap() == before[&dir.join(name)],
                "{case}: {name} was changed"
            );
        }
    }
    let loaded = user.run(&["load", &user.document]);
    assert_eq!((loaded.code, user.run(&["verify"]).code), (0, 0), "{}", loaded.text());
    tally.end("file permissions", "files of another user, and each file and folder without permission");
}

#[test]
fn a_read_only_medium_is_read_and_writers_are_told() {
    let tool = Tool::seeded();
    let folder = tool.dir().parent().unwrap().to_path_buf();
    let (document, answer) = (document(&folder), tool.run(["query", QUESTION]).out);
    let before = files(&tool.dir());
    let Some(mounted) = Mounted::read_only(&folder) else { return };
    let run = |arguments: &[&str]| ran(&mut mounted.command(&tool), arguments);
    let mut tally = Tally::default();
    let asked = run(&["query", QUESTION]);
    assert_eq!((asked.code, asked.out.as_str(), asked.err.as_str()), (0, answer.as_str(), ""));
    let verified = run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.text());
    assert!(verified.err.contains("note: the index was not compared"), "{}", verified.text());
    tally.kept += 2;
    let backup = folder.join("backup");
    for arguments in [
        &["load", document.to_str().unwrap()][..],
        &["retract", "ee2413a8367c", "--reason", "wrong"],
        &["rebuild"],
        &["backup", backup.to_str().unwrap()],
        &["--db", folder.join("new").to_str().unwrap(), "init"],
    ] {
        let ran = run(arguments);
        let is_true = ran.err.contains("the file system is read-only: queries work there");
        if ran.code == 4 && ran.err.contains("error[disk]") && is_true {
            tally.refused += 1;
        } else {
            tally.wrong.push(format!("{arguments:?}: {} {}", ran.code, ran.text()));
        }
    }
    drop(mounted);
    assert!(files(&tool.dir()) == before, "nothing was changed");
    tally.end("read-only medium", "query, verify, and 5 commands that write, on a read-only mount");
}
