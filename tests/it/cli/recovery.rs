//! `backup`, `restore` and `rebuild` as a user runs them.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::tool::Tool;

const QUESTION: &str = "history of mmr of ACTUSDT at 60000";

fn object(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_is_restored_answers_as_before_and_the_undo_text_goes_back() {
    let tool = Tool::seeded();
    let backup = tool.dir().with_file_name("backup");
    let backup = backup.to_str().unwrap();
    let before = tool.rows(QUESTION).0;
    let made = tool.run(["backup", backup]);
    assert_eq!(made.code, 0, "{}", made.text());
    assert!(made.out.starts_with("backed up 1 new transaction: "), "{}", made.out);
    assert!(made.out.contains(&format!("tierbook restore {backup}\n")), "{}", made.out);
    tool.retract("ee2413a8367c");
    let retracted = tool.rows(QUESTION).0;
    assert_ne!(retracted, before);
    let refused = tool.run(["restore", backup]);
    assert_eq!(refused.code, 4, "{}", refused.text());
    assert!(refused.err.contains("--replace"), "{}", refused.err);
    let restored = tool.run(["restore", backup, "--replace"]);
    assert_eq!(restored.code, 0, "{}", restored.text());
    assert_eq!(tool.rows(QUESTION).0, before);
    assert_eq!(tool.run(["verify"]).code, 0);
    let undo = restored.out.lines().find(|line| line.contains("rm -rf ")).unwrap();
    let shell = std::process::Command::new("sh").arg("-c").arg(undo).status().unwrap();
    assert!(shell.success(), "{undo}");
    assert_eq!(tool.rows(QUESTION).0, retracted);
    assert_eq!(tool.run(["verify"]).code, 0);
}

#[test]
fn machines_read_what_was_done() {
    let tool = Tool::seeded();
    let backup = tool.dir().with_file_name("backup");
    let backup = backup.to_str().unwrap();
    let head = object(&tool.run(["--format", "json", "head"]).out);
    let made = object(&tool.run(["--format", "json", "backup", backup]).out);
    assert_eq!((&made["transactions"], &made["bytes_copied"]), (&Value::from(1), &made["bytes"]));
    let again = object(&tool.run(["--format", "json", "backup", backup]).out);
    assert_eq!((&again["transactions"], &again["bytes_copied"]), (&Value::from(0), &Value::from(0)));
    let restored = object(&tool.run(["--format", "json", "restore", backup, "--replace"]).out);
    assert!(restored["kept"].as_str().unwrap().ends_with("before-restore-1"), "{restored}");
    let rebuilt = object(&tool.run(["--format", "json", "rebuild"]).out);
    for done in [made, again, restored, rebuilt] {
        assert_eq!((&done["tx"], &done["hash"]), (&head["tx"], &head["hash"]));
    }
}

#[test]
fn a_backup_can_be_asked_where_it_is() {
    let tool = Tool::seeded();
    let backup = tool.dir().with_file_name("backup");
    let backup = backup.to_str().unwrap();
    assert_eq!(tool.run(["backup", backup]).code, 0);
    let asked = tool.run(["--db", backup, "query", QUESTION]);
    assert_eq!((asked.code, asked.out), (0, tool.run(["query", QUESTION]).out));
    std::fs::write(tool.dir().join("image"), "no image").unwrap();
    assert_eq!(tool.run(["rebuild"]).code, 0);
    assert_eq!(tool.run(["query", QUESTION]).err, "");
}

/// Runs a command and kills it after a part of the time that it takes; gives whether it was still running.
fn killed(tool: &Tool, arguments: &[&str], whole: Duration, part: (u32, u32)) -> bool {
    let mut child =
        tool.command().args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(whole * part.0 / part.1);
    let was_running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    was_running
}

#[test]
fn commands_killed_at_any_moment_lose_nothing_and_are_finished_by_the_next() {
    let rounds: u32 = std::env::var("TIERBOOK_KILLS").map_or(12, |count| count.parse().unwrap());
    let tool = Tool::seeded();
    let backup = tool.dir().with_file_name("backup");
    let backup = backup.to_str().unwrap();
    let older = tool.rows(QUESTION).0;
    assert_eq!(tool.run(["backup", backup]).code, 0);
    tool.retract("ee2413a8367c");
    let newer = tool.rows(QUESTION).0;
    let second = tool.dir().with_file_name("second");
    let second = second.to_str().unwrap();
    let start = Instant::now();
    assert_eq!(tool.run(["backup", second]).code, 0);
    assert_eq!(tool.run(["restore", second, "--replace"]).code, 0);
    let whole = start.elapsed() / 2;
    let mut were_running = 0;
    for round in 0..rounds {
        let part = (round, rounds);
        // A new backup each time, and one that grows.
        let new = tool.dir().with_file_name(format!("new-{round}"));
        let grows = tool.dir().with_file_name(format!("grows-{round}"));
        std::fs::create_dir(&grows).unwrap();
        for file in ["head", "journal.zst"] {
            std::fs::copy(std::path::Path::new(backup).join(file), grows.join(file)).unwrap();
        }
        for folder in [new.to_str().unwrap(), grows.to_str().unwrap()] {
            were_running += u32::from(killed(&tool, &["backup", folder], whole, part));
            let ran = tool.run(["backup", folder]);
            assert_eq!(ran.code, 0, "round {round}: {}", ran.text());
            assert_eq!(tool.run(["--db", folder, "verify"]).code, 0, "round {round}");
        }
        // From the newer database to the older one, and back.
        tool.run(["restore", second, "--replace"]);
        let first = tool.dir().with_file_name(format!("first-{round}"));
        let first = first.to_str().unwrap();
        let seeded = Tool::seeded();
        assert_eq!(seeded.run(["backup", first]).code, 0);
        were_running += u32::from(killed(&tool, &["restore", first, "--replace"], whole, part));
        let found = tool.rows(QUESTION).0;
        assert!(found == older || found == newer, "round {round}");
        let ran = tool.run(["restore", second, "--replace"]);
        assert_eq!(ran.code, 0, "round {round}: {}", ran.text());
        were_running += u32::from(killed(&tool, &["rebuild"], whole, part));
        assert_eq!(tool.rows(QUESTION).0, newer, "round {round}");
        assert_eq!(tool.run(["rebuild"]).code, 0, "round {round}");
        assert_eq!(tool.run(["verify"]).code, 0, "round {round}");
    }
    assert!(were_running > rounds, "few kills came before the end: {were_running}");
}
