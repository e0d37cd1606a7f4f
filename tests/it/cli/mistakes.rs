//! The ten mistakes of an operator: each is made, found and undone, and then every answer is that of a database
//! where it never happened.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::tool::{Ran, Tool, seed};

const BASES: [&str; 6] = [
    "as of 2026-02-04",
    "as of 2026-02-06T07:00Z",
    "as of 2026-03-01",
    "as of 2026-02-06T07:00Z known at 2026-02-04",
    "as of 2026-03-01 known at 2026-02-20",
    "as of 2026-03-01 known at 2026-02-01",
];

/// The rows of every table at six bases, without what depends on the recording: transactions, addresses, and
/// where a publication time comes from.
fn answers(tool: &Tool) -> Vec<Value> {
    let mut all = Vec::new();
    for basis in BASES {
        for mut row in tool.rows(&format!("tiers of all {basis}")).0 {
            for field in ["tx", "address"] {
                row.as_object_mut().unwrap().remove(field);
            }
            if let Some(source) = row["source"].as_object_mut() {
                source.remove("tx");
                source.remove("published_by");
            }
            all.push(row);
        }
    }
    assert!(!all.is_empty());
    all
}

/// A database with the announcement and a notice that is like no other, as it should be.
struct Desk {
    tool: Tool,
    expected: Vec<Value>,
}

impl Desk {
    fn new() -> Desk {
        let tool = Tool::seeded();
        let expected = answers(&tool);
        Desk { tool, expected }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.tool.dir().with_file_name(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let ran = self.tool.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.text());
        ran
    }

    /// The mistake must be seen in the answers, and be gone after it was undone by these commands.
    fn undone(&self, commands: &[&[&str]]) {
        assert_ne!(answers(&self.tool), self.expected, "the mistake changes no answer");
        for command in commands {
            self.is_announced(command);
        }
        for (row, expected) in answers(&self.tool).iter().zip(&self.expected) {
            assert_eq!(row, expected);
        }
        assert_eq!(answers(&self.tool).len(), self.expected.len());
        // What is undone twice is done already.
        let last = commands.last().unwrap();
        if last[0] != "load" {
            let tx = self.head();
            let again = self.run(last);
            assert!(again.text().contains("already"), "{}", again.text());
            assert_eq!(self.head(), tx, "nothing is recorded");
        }
    }

    /// A dry run records nothing and counts what changes; the command itself says how it is undone.
    fn is_announced(&self, command: &[&str]) {
        let tx = self.head();
        let dry = self.run(&[command, &["--dry-run"]].concat());
        assert!(dry.text().contains("dry run: nothing is recorded"), "{}", dry.text());
        assert_eq!(self.head(), tx);
        let done = self.run(command);
        if command[0] != "load" {
            assert!(
                done.text().contains(&format!("help: to undo it: tierbook undo {}", tx + 1)),
                "{}",
                done.text()
            );
        }
    }

    fn head(&self) -> u64 {
        self.tool.row("mmr of ACTUSDT at 1 as of 2026-02-07")["tx"].as_u64().unwrap()
    }
}

/// A table of the exchange for one contract.
fn snapshot(symbol: &str, rate: f64) -> String {
    let bracket = json!({"bracket": 1, "initialLeverage": 20, "notionalCap": 5000, "notionalFloor": 0,
        "maintMarginRatio": rate, "cum": 0.0});
    json!([{"symbol": symbol, "brackets": [bracket]}]).to_string()
}

fn text() -> String {
    fs::read_to_string(seed()).unwrap()
}

/// The announcement with one cap of ACTUSDT edited.
fn edited() -> String {
    let printed = "≤ 60,00010.00% 4x50,000 < Position ≤ 100,00012.50% 4x60,000";
    let edited = text().replacen(printed, &printed.replace("60,000", "58,000"), 1);
    assert_ne!(edited, text());
    edited
}

#[test]
fn a_wrong_file_is_unloaded() {
    let desk = Desk::new();
    let file = desk.file("binance-20260210T000000Z.json", &snapshot("ACTUSDT", 0.01));
    desk.run(&["load", &file]);
    desk.undone(&[&["unload", "binance-20260210T000000Z.json", "--reason", "not ours"]]);
}

#[test]
fn an_edited_copy_is_contradicted_until_it_is_unloaded() {
    let desk = Desk::new();
    let loaded = desk.run(&["load", &desk.file("copy.txt", &edited())]);
    for command in ["tierbook supersede ee2413a8367c --by ", "tierbook unload "] {
        assert!(loaded.text().contains(command), "{}", loaded.text());
    }
    let row = desk.tool.row("mmr of ACTUSDT at 60000 as of 2026-02-06T08:00Z");
    assert_eq!(row["certainty"]["kind"], "contradicted", "{row}");
    let values = [&row["value"], &row["certainty"]["other"]];
    assert!(values.contains(&&json!("0.1")) && values.contains(&&json!("0.125")), "{row}");
    desk.undone(&[&["unload", "copy.txt", "--reason", "an edited copy"]]);
}

#[test]
fn a_file_of_another_exchange_is_undone() {
    let desk = Desk::new();
    let file = desk.file("bybit-20260212T000000Z.json", &snapshot("PIPPINUSDT", 0.02));
    desk.run(&["load", &file]);
    desk.undone(&[&["undo", "2"]]);
}

#[test]
fn a_wrong_time_in_a_file_name_is_corrected() {
    let desk = Desk::new();
    // The right time is that of the front matter; this database has no front matter to tell it.
    let bare = desk.file("binance-20260210T000000Z.json", &snapshot("ACTUSDT", 0.01));
    desk.run(&["load", &bare]);
    let expected = answers(&desk.tool);
    let other = Desk::new();
    let wrong = other.file("binance-20260201T000000Z.json", &snapshot("ACTUSDT", 0.01));
    other.run(&["load", &wrong]);
    let desk = Desk { tool: other.tool, expected: named(expected, "binance-20260201T000000Z.json") };
    desk.undone(&[&["correct", "binance-20260201T000000Z.json", "--published-at", "2026-02-10T00:00Z"]]);
}

/// The same rows, cited from a file of another name.
fn named(rows: Vec<Value>, file: &str) -> Vec<Value> {
    let rename = |mut row: Value| {
        if row["source"]["file"].as_str().is_some_and(|name| name.contains("20260210")) {
            row["source"]["file"] = json!(file);
        }
        if let Some(message) = row["message"].as_str() {
            row["message"] = json!(message.replace("binance-20260210T000000Z.json", file));
        }
        row
    };
    rows.into_iter().map(rename).collect()
}

#[test]
fn a_wrong_time_by_option_is_corrected_by_loading_again_with_the_right_one() {
    let desk = Desk::new();
    let expected = answers(&desk.tool);
    let tool = Tool::empty();
    let file = seed().display().to_string();
    assert_eq!(tool.run(["load", &file, "--published-at", "2026-02-05T00:00Z"]).code, 0);
    let desk = Desk { tool, expected };
    let right = ["load", &file, "--published-at", "2026-02-03T06:00:46Z"];
    desk.undone(&[&right]);
    let again = desk.run(&right);
    assert!(again.text().contains("already loaded"), "{}", again.text());
    desk.run(&["undo"]);
    assert_ne!(answers(&desk.tool), desk.expected, "the correction is undone");
}

#[test]
fn a_day_becomes_a_time_once_that_is_known() {
    let dated =
        text().lines().skip_while(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n") + "\n";
    let right = Tool::empty();
    let file = right.dir().with_file_name("notice.txt");
    fs::write(&file, &dated).unwrap();
    let file = file.display().to_string();
    assert_eq!(right.run(["load", &file, "--published-at", "2026-02-03T06:00:46Z"]).code, 0);
    let expected = answers(&right);
    let tool = Tool::empty();
    assert_eq!(tool.run(["load", &file]).code, 0);
    let row = tool.row("mmr of ACTUSDT at 60000 as of 2026-02-07");
    assert_eq!(row["source"]["precision"], "day", "{row}");
    assert_eq!(row["source"]["published_at"], "2026-02-04T12:00:00Z", "{row}");
    let desk = Desk { tool, expected };
    desk.undone(&[&["correct", "notice.txt", "--published-at", "2026-02-03T06:00:46Z"]]);
}

#[test]
fn an_older_edition_that_was_loaded_after_the_newer_is_superseded() {
    let newer = edited().replace("2026-02-03T06:00:46Z", "2026-02-03T09:00:00Z");
    let right = Tool::seeded();
    let path = right.dir().with_file_name("newer.txt");
    fs::write(&path, &newer).unwrap();
    let newer = path.display().to_string();
    assert_eq!(right.run(["load", &newer, "--revises", "ee2413a8367c"]).code, 0);
    let expected = answers(&right);
    let tool = Tool::empty();
    assert_eq!(tool.run(["load", &newer]).code, 0);
    assert_eq!(tool.run(["load", &seed().display().to_string()]).code, 0);
    let desk = Desk { tool, expected };
    desk.undone(&[&["supersede", "ee2413a8367c", "--by", "newer.txt"]]);
}

#[test]
fn the_retraction_of_a_wrong_source_is_undone() {
    let desk = Desk::new();
    desk.run(&[
        "retract",
        "ee2413a8367c",
        "--reason",
        "the wrong one",
        "--published-at",
        "2026-02-05T00:00Z",
    ]);
    let row = desk.tool.row("mmr of ACTUSDT at 60000 as of 2026-02-07");
    assert_eq!(row["status"], "unknown", "never not_known_then");
    assert!(row["message"].as_str().unwrap().contains("the wrong one"), "{row}");
    desk.undone(&[&["undo", "2"]]);
}

#[test]
fn a_retraction_is_made_once() {
    let desk = Desk::new();
    let retract = ["retract", "ee2413a8367c.55", "--reason", "not carried out"];
    desk.run(&retract);
    let second = desk.run(&retract);
    assert!(second.text().contains("retracted already, by tx 2"), "{}", second.text());
    desk.undone(&[&["undo", "2"]]);
}

#[test]
fn a_partial_snapshot_that_was_taken_as_complete_is_loaded_again_as_partial() {
    let right = Tool::seeded();
    let path = right.dir().with_file_name("binance-20260210T000000Z.json");
    fs::write(&path, snapshot("GUAUSDT", 0.03)).unwrap();
    let file = path.display().to_string();
    assert_eq!(right.run(["load", &file, "--partial"]).code, 0);
    let expected = answers(&right);
    let tool = Tool::seeded();
    assert_eq!(tool.run(["load", &file, "--complete"]).code, 0);
    let desk = Desk { tool, expected };
    let unload = ["unload", "binance-20260210T000000Z.json", "--reason", "it is not complete"];
    desk.undone(&[&unload, &["load", &file, "--partial"]]);
}

#[test]
fn what_later_transactions_name_cannot_be_undone_before_them() {
    let desk = Desk::new();
    desk.run(&["retract", "ee2413a8367c.55", "--reason", "not carried out"]);
    let refused = desk.tool.run(["undo", "1"]);
    assert_eq!(refused.code, 2, "{}", refused.text());
    assert!(refused.text().contains("tx 2"), "{}", refused.text());
    desk.run(&["undo", "2"]);
    desk.run(&["undo", "1"]);
    assert_eq!(desk.tool.rows("tiers of all as of 2026-02-07").0, Vec::<Value>::new());
    // An undo can be undone, and what was unloaded can be loaded again.
    desk.run(&["undo", "4"]);
    assert_eq!(answers(&desk.tool), desk.expected);
}
