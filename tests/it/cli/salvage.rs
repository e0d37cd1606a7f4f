//! `salvage` as a user runs it: what is lost is said, by the command, by `verify`, and beside every answer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::auditor::script;
use super::tool::{Ran, Tool, seed};

const QUESTION: &str = "mmr of IPUSDT at 60000 as of 2026-02-07";

/// A database of three transactions: a seed that states something of IPUSDT, the announcement, and a retraction.
fn loaded() -> Tool {
    let tool = Tool::empty();
    let first = tool.dir().with_file_name("first.toml");
    let text = "[source]\ntitle = \"first\"\npublished_at = \"2026-02-01 00:00 (UTC)\"\n\n[[observation]]\n\
                subjects = [\"binance:usdm:IPUSDT\", \"binance:usdm:KEPTUSDT\"]\n\
                tiers = [{ leverage = \"1 - 5x\", floor = \"0\", cap = \"900,000\", mmr = \"9%\" }]\n";
    fs::write(&first, text).unwrap();
    for file in [first, seed()] {
        assert_eq!(tool.run([Path::new("load"), &file]).code, 0);
    }
    tool.retract("ee2413a8367c.55");
    tool
}

/// Where each frame of a journal begins, and its end.
fn frames(journal: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    while let Some(before) = journal.get(starts[starts.len() - 1] + 8..starts[starts.len() - 1] + 12) {
        let length = u32::from_le_bytes(before.try_into().unwrap()) as usize;
        starts.push(starts[starts.len() - 1] + 12 + length);
    }
    starts
}

/// Overwrites a transaction in the middle, and removes what else has it.
fn damage(tool: &Tool, tx: usize, removed: &[&str]) {
    let mut journal = tool.journal().unwrap();
    let starts = frames(&journal);
    journal[starts[tx] + 40..starts[tx + 1] - 4].fill(0);
    fs::write(tool.journal_file(), journal).unwrap();
    for name in removed {
        let path = tool.dir().join(name);
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
}

fn hash_of(tool: &Tool) -> String {
    let head: Value = serde_json::from_str(&tool.run(["--format", "json", "head"]).out).unwrap();
    head["hash"].as_str().unwrap().to_string()
}

/// A tool that asks the salvaged database.
struct Salvaged<'a> {
    tool: &'a Tool,
    to: PathBuf,
}

impl Salvaged<'_> {
    fn run(&self, arguments: &[&str]) -> Ran {
        self.tool.run(["--db", self.to.to_str().unwrap()].iter().chain(arguments))
    }
}

#[test]
fn without_a_hash_that_fits_nothing_is_made_and_the_hints_say_what_helps() {
    let tool = loaded();
    let head = hash_of(&tool);
    damage(&tool, 2, &["index"]);
    fs::remove_file(tool.dir().join("image")).unwrap();
    let to = tool.dir().with_file_name("salvaged");
    let refused = tool.run(["salvage", to.to_str().unwrap()]);
    assert_eq!(refused.code, 4, "{}", refused.text());
    for hint in ["transaction 2 is lost", "--with FOLDER", "--hash 2=DIGITS", "--up-to 1"] {
        assert!(refused.err.contains(hint), "{hint}: {}", refused.err);
    }
    assert!(!to.join("journal.zst").exists());
    let wrong = tool.run(["salvage", to.to_str().unwrap(), "--hash", &format!("2={head}")]);
    assert_eq!(wrong.code, 4, "{}", wrong.text());
    assert!(wrong.err.contains("no hash that is stated for it leads to transaction 3"), "{}", wrong.err);
    let bad = tool.run(["salvage", to.to_str().unwrap(), "--hash", "2=abc"]);
    assert!(bad.code == 2 && bad.err.contains("64 hexadecimal digits"), "{}", bad.text());
}

#[test]
fn of_what_index_or_image_have_only_the_text_is_lost() {
    let tool = loaded();
    let head = hash_of(&tool);
    let [certificate, of_lost] = ["before.json", "lost.json"].map(|name| tool.dir().with_file_name(name));
    for (query, file) in [("mmr of KEPTUSDT at 60000 as of 2026-02-02", &certificate), (QUESTION, &of_lost)] {
        let ran = tool.run(["certificate", query, "--out", file.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.text());
    }
    // The image has all of it but the text.
    let journal = tool.journal().unwrap();
    damage(&tool, 2, &["index"]);
    let to = tool.dir().with_file_name("salvaged");
    let ran = tool.run(["salvage", to.to_str().unwrap()]);
    assert_eq!(ran.code, 1, "{}", ran.text());
    assert!(
        ran.out.contains("lost: the text of the document of tx 2, and nothing else of it"),
        "{}",
        ran.out
    );
    let salvaged = Salvaged { tool: &tool, to: to.clone() };
    assert_eq!(salvaged.run(&["--format", "jsonl", "query", QUESTION]).err, "");
    for file in [&certificate, &of_lost] {
        let ran = salvaged.run(&["verify", "--head", &head, "--certificate", file.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.text());
        if let Some(output) = script(&[Path::new("--journal"), &to.join("journal.zst"), file]) {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
    }
    let exported = salvaged.run(&["export", "--source", "ee24"]);
    assert_eq!((exported.code, exported.out), (0, tool_of(&journal).run(["export", "--source", "ee24"]).out));
    let explained = salvaged.run(&["query", &format!("explain {QUESTION}")]);
    assert_eq!(explained.code, 0, "{}", explained.text());
}

#[test]
fn what_is_lost_is_said_and_can_be_loaded_again() {
    let tool = loaded();
    let (head, before) = (hash_of(&tool), tool.rows(QUESTION).0);
    let [certificate, of_lost] = ["before.json", "lost.json"].map(|name| tool.dir().with_file_name(name));
    for (query, file) in [("mmr of KEPTUSDT at 60000 as of 2026-02-02", &certificate), (QUESTION, &of_lost)] {
        let ran = tool.run(["certificate", query, "--out", file.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.text());
    }
    let journal = tool.journal().unwrap();
    // Without index and image it is lost: its hash by an option.
    let lost_hash = transaction_hash(&journal, 2);
    damage(&tool, 2, &["index", "image"]);
    let to = tool.dir().with_file_name("tombstone");
    let ran =
        tool.run(["--format", "json", "salvage", to.to_str().unwrap(), "--hash", &format!("2={lost_hash}")]);
    assert_eq!(ran.code, 1, "{}", ran.text());
    let done: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&done["transactions"], &done["hash"]), (&json!(2), &json!(head)));
    let lost = &done["lost"][0];
    assert_eq!(
        (&lost["tx"], &lost["hash"], &lost["confirmed"]),
        (&json!(2), &json!(lost_hash), &json!(true))
    );
    let salvaged = Salvaged { tool: &tool, to: to.clone() };
    let asked = salvaged.run(&["query", QUESTION]);
    assert!(
        asked.err.contains("note: transaction 2 is lost: what was stated there is missing"),
        "{}",
        asked.text()
    );
    let earlier = salvaged.run(&["query", &format!("{QUESTION} recorded by tx 1")]);
    assert!(!earlier.err.contains("is lost"), "{}", earlier.err);
    let log = salvaged.run(&["log"]);
    assert!(log.code == 0 && log.out.contains("lost: nothing is known of it"), "{}", log.text());
    let sources = salvaged.run(&["--format", "jsonl", "query", "sources"]);
    assert!(sources.out.lines().any(|row| row.contains("\"state\":\"lost\"")), "{}", sources.out);
    let verified = salvaged.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.text());
    assert!(verified.out.contains(
        "lost: tx 2, nothing is known of its source; its hash (by option) was confirmed by the chain when it was salvaged"
    ));
    // Its hash follows from nothing that is left: what came before is not fixed by a later one.
    let verified = salvaged.run(&["verify", "--head", &head]);
    assert_eq!(verified.code, 0, "{}", verified.text());
    assert!(
        verified.err.contains("note: transaction 2 is lost, and nothing shows what it followed"),
        "{}",
        verified.err
    );
    for (file, code) in [(&certificate, 0), (&of_lost, 1)] {
        let ran = salvaged.run(&["verify", "--certificate", file.to_str().unwrap()]);
        assert_eq!(ran.code, code, "{}", ran.text());
        assert_eq!(ran.out.contains("it rests on transaction 2, which is lost"), code == 1, "{}", ran.out);
    }
    // Its root is lost too: a new one of what came before has no proof, but is accepted with the journal.
    let new = tool.dir().with_file_name("new.json");
    let made = salvaged.run(&["certificate", "mmr of KEPTUSDT at 60000", "--out", new.to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.text());
    assert_eq!(salvaged.run(&["verify", "--certificate", new.to_str().unwrap()]).code, 0);
    if let Some(output) = script(&[Path::new("--journal"), &to.join("journal.zst"), &new]) {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    if let Some(output) = script(&[Path::new("--journal"), &to.join("journal.zst"), &certificate]) {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    // The proof of a certificate stands without the journal.
    if let Some(output) = script(&[of_lost.as_path()]) {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(salvaged.run(&["undo", "2"]).code, 4, "{}", salvaged.run(&["undo", "2"]).text());
    let again = salvaged.run(&["load", seed().to_str().unwrap()]);
    assert_eq!(again.code, 0, "{}", again.text());
    let after: Vec<Value> = salvaged
        .run(&["--format", "jsonl", "query", QUESTION])
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(after[0]["value"], before[0]["value"]);
    let backup = tool.dir().with_file_name("backup");
    let export = tool.dir().with_file_name("export");
    for words in [
        &["certificate", QUESTION][..],
        &["backup", backup.to_str().unwrap()],
        &["restore", backup.to_str().unwrap(), "--replace"],
        &["rebuild"],
        &["export", export.to_str().unwrap()],
        &["verify"],
    ] {
        let ran = salvaged.run(words);
        assert_eq!(ran.code, 0, "{words:?}: {}", ran.text());
    }
}

/// The hash that a frame of a whole journal states.
fn transaction_hash(journal: &[u8], tx: usize) -> String {
    let starts = frames(journal);
    let text = zstd::decode_all(&journal[starts[tx] + 12..starts[tx + 1]]).unwrap();
    String::from_utf8_lossy(&text[9..73]).into_owned()
}

/// Another tool with this journal.
fn tool_of(journal: &[u8]) -> Tool {
    let tool = Tool::empty();
    fs::create_dir_all(tool.dir()).unwrap();
    fs::write(tool.journal_file(), journal).unwrap();
    tool
}

#[test]
fn nothing_is_written_where_nothing_is_wrong() {
    let tool = Tool::seeded();
    let to = tool.dir().with_file_name("salvaged");
    let ran = tool.run(["salvage", to.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(ran.out.contains("nothing was written") && !to.exists(), "{}", ran.out);
    let ran = tool.run(["--format", "json", "salvage", to.to_str().unwrap()]);
    assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap(), json!({ "salvaged": false }));
}

#[test]
fn a_salvage_killed_at_any_moment_leaves_none_or_the_whole_one() {
    let rounds: u32 = std::env::var("TIERBOOK_KILLS").map_or(4, |count| count.parse().unwrap());
    let tool = loaded();
    let head = hash_of(&tool);
    damage(&tool, 2, &[]);
    let start = Instant::now();
    let first = tool.dir().with_file_name("first-one");
    let run = |to: &Path| {
        tool.command().arg("salvage").arg(to).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    assert_eq!(run(&first).wait().unwrap().code(), Some(1));
    let whole = start.elapsed();
    let (mut there, mut none, mut lost, mut wrong) = (0, 0, 0, 0);
    for round in 0..rounds {
        let to = tool.dir().with_file_name(format!("killed-{round}"));
        let mut child = run(&to);
        std::thread::sleep(whole.max(Duration::from_millis(2)) * (round + 1) / rounds);
        child.kill().unwrap();
        child.wait().unwrap();
        if to.join("journal.zst").exists() {
            there += 1;
        } else {
            none += 1;
            assert_eq!(run(&to).wait().unwrap().code(), Some(1));
        }
        let salvaged = Salvaged { tool: &tool, to };
        let verified = salvaged.run(&["--format", "json", "verify", "--head", &head]);
        let found: Value = serde_json::from_str(&verified.out).unwrap();
        lost += u32::from(found["tx"] != 3);
        wrong += u32::from(verified.code != 0 || found["hash"] != head.as_str());
    }
    println!(
        "fault: salvage killed | {rounds} kills | lost {lost}, wrong {wrong} | kept {there}, refused {none}"
    );
    assert_eq!((lost, wrong), (0, 0));
}
