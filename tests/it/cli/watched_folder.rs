//! `load --watch`: complete files only, once each, whatever else happens to the folder and the database.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::repository::table;
use super::tool::{Tool, seed};

/// A watch that runs, and the lines that it prints.
struct Watch {
    child: Child,
    lines: Receiver<String>,
    folder: PathBuf,
}

impl Watch {
    fn start(tool: &Tool, options: &[&str]) -> Watch {
        let folder = tool.dir().with_file_name("inbox");
        fs::create_dir_all(folder.join("sub")).unwrap();
        let mut command = tool.command();
        command.arg("load").arg("--watch").args(options).arg(&folder);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        let watch = Watch { child, lines, folder };
        watch.wait_for("waiting for files");
        watch
    }

    /// The lines down to the first that contains some words.
    fn wait_for(&self, words: &str) -> Vec<String> {
        let mut seen = Vec::new();
        while !seen.last().is_some_and(|line: &String| line.contains(words)) {
            let line = self.lines.recv_timeout(Duration::from_mins(1));
            assert!(line.is_ok(), "no line with {words:?} after {seen:?}");
            seen.extend(line);
        }
        seen
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.join(name), bytes).unwrap();
    }

    /// Ends it by a signal; gives its exit code and the rest of its lines.
    fn end(mut self, signal: &str) -> (Option<i32>, Vec<String>) {
        // The shell's own `kill`: the program is not everywhere.
        let kill = format!("kill {signal} {}", self.child.id());
        let ran = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(ran.success());
        let code = self.child.wait().unwrap().code();
        (code, self.lines.iter().collect())
    }
}

#[test]
fn files_that_arrive_are_loaded_once_and_what_is_broken_ends_nothing() {
    let tool = Tool::empty();
    let watch = Watch::start(&tool, &["--recursive"]);
    watch.put("README.md", b"# About this folder");
    watch.put(".part.json", &table("0.9"));
    watch.put("a-20260301T000000Z.json", b"{\"data\": [");
    watch.wait_for("a-20260301T000000Z.json: not loaded");
    // It is mended; another one is renamed into a folder in the folder.
    watch.put("a-20260301T000000Z.json", &table("0.1"));
    watch.wait_for("a-20260301T000000Z.json: loaded as");
    watch.put(".part.json", &table("0.2"));
    fs::rename(watch.folder.join(".part.json"), watch.folder.join("sub/b-20260308T000000Z.json")).unwrap();
    watch.wait_for("b-20260308T000000Z.json: loaded as");
    assert_eq!(tool.row("mmr of ACTUSDT at 1k as of 2026-03-09")["value"], "0.2");
    // Others write while it waits.
    assert_eq!(tool.run(["load", seed().to_str().unwrap()]).code, 0);
    let (code, rest) = watch.end("-TERM");
    assert_eq!(code, Some(0), "{rest:?}");
    assert!(rest.iter().all(|line| !line.contains("loaded")), "once each: {rest:?}");
    assert_eq!(tool.rows("sources").0.len(), 3);
    assert_eq!(tool.run(["verify"]).code, 0);
}

#[test]
fn a_file_that_still_grows_is_not_loaded() {
    let tool = Tool::empty();
    let watch = Watch::start(&tool, &[]);
    let text = table("0.1");
    for end in (1..text.len()).step_by(text.len() / 6) {
        watch.put("a-20260301T000000Z.json", &text[..end]);
        std::thread::sleep(Duration::from_millis(300));
    }
    watch.put("a-20260301T000000Z.json", &text);
    let lines = watch.wait_for("loaded as");
    assert!(lines.iter().all(|line| !line.contains("not loaded")), "{lines:?}");
    assert_eq!(watch.end("-INT").0, Some(0));
}

#[test]
fn a_watch_needs_a_folder() {
    let tool = Tool::empty();
    let ran = tool.run(["load", "--watch", seed().to_str().unwrap()]);
    assert!(ran.code == 4 && ran.err.contains("is not a folder"), "{}", ran.text());
    assert_eq!(tool.run(["load", "--watch", "--dry-run", "seed"]).code, 2);
}
