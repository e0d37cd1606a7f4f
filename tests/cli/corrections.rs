//! Retractions, revisions and postponements change the answers that the dry run names, and no other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::tool::{Tool, seed};

const INSTANTS: [&str; 5] = [
    "2026-02-03T06:00:46Z",
    "2026-02-05T00:00:00Z",
    "2026-02-06T06:30:00Z",
    "2026-02-07T12:00:00Z",
    "2026-03-01T00:00:00Z",
];

/// What every tier of every table answers at several instants, without what belongs to the recording.
fn answers(tool: &Tool, known_at: &str) -> BTreeSet<(String, String, String)> {
    let mut answers = BTreeSet::new();
    for instant in INSTANTS {
        for question in ["tiers of all", "ratio of all on pm"] {
            for row in tool.rows(&format!("{question} as of {instant}{known_at}")).0 {
                let told = ["status", "number", "cap", "mmr", "ratio", "max_leverage", "value"]
                    .map(|field| row[field].to_string())
                    .join(" ");
                answers.insert((row["subject"].as_str().unwrap().to_string(), instant.to_string(), told));
            }
        }
    }
    answers
}

/// The subjects and instants whose answers differ.
fn changed(
    before: &BTreeSet<(String, String, String)>,
    after: &BTreeSet<(String, String, String)>,
) -> BTreeSet<(String, String)> {
    before.symmetric_difference(after).map(|(subject, at, _)| (subject.clone(), at.clone())).collect()
}

/// The subjects and instants that the rows of a dry run hold.
fn foretold(rows: &[Value]) -> BTreeSet<(String, String)> {
    let mut foretold = BTreeSet::new();
    for row in rows {
        for at in INSTANTS {
            let inside =
                row["from"].as_str().unwrap() <= at && row["until"].as_str().is_none_or(|until| at < until);
            if inside {
                foretold.insert((row["subject"].as_str().unwrap().to_string(), at.to_string()));
            }
        }
    }
    foretold
}

/// Runs a correction dry, then in earnest, and compares what changed with what was foretold.
fn corrects(tool: &Tool, arguments: &[&str]) -> BTreeSet<(String, String)> {
    let before = answers(tool, "");
    let journal = tool.journal();
    let dry = tool.run([&["--format", "jsonl"], arguments, &["--dry-run"]].concat());
    assert_eq!(dry.code, 0, "{}", dry.text());
    assert_eq!(tool.journal(), journal, "a dry run writes nothing");
    let rows: Vec<Value> = dry.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let done = tool.run(arguments.iter());
    assert_eq!(done.code, 0, "{}", done.text());
    let changed = changed(&before, &answers(tool, ""));
    assert_eq!(changed, foretold(&rows), "{arguments:?}");
    assert!(!changed.is_empty(), "{arguments:?} changes nothing");
    // What was known before the correction is answered as before, apart from what it could not have known.
    assert_eq!(answers(tool, " known at 2026-10-01"), before);
    let first = tool.rows("sources").0[0]["recorded_at"].as_str().unwrap().to_string();
    assert_eq!(answers(tool, &format!(" recorded by {first}")), answers(&Tool::seeded(), ""));
    assert_eq!(tool.run(["verify"]).code, 0);
    changed
}

fn subjects(changed: &BTreeSet<(String, String)>) -> Vec<&str> {
    let mut subjects: Vec<&str> = changed.iter().map(|(subject, _)| subject.as_str()).collect();
    subjects.dedup();
    subjects
}

#[test]
fn a_retracted_change_leaves_the_rule_before_it() {
    let tool = Tool::seeded();
    let changed = corrects(&tool, &["retract", "binance-2026-02-03.txt.55", "--reason", "a misprint"]);
    assert_eq!(subjects(&changed), ["binance:usdm:ACTUSDT"]);
    let row = tool.row("mmr of ACTUSDT at 60000 as of 2026-02-07");
    assert_eq!(row["value"], "0.125");
}

#[test]
fn a_retracted_retraction_brings_the_change_back() {
    let tool = Tool::seeded();
    let before = answers(&tool, "");
    assert_eq!(tool.run(["retract", "ee2413a8367c.55", "--reason", "a misprint"]).code, 0);
    let correction = tool.rows("sources").0[1]["id"].as_str().unwrap().to_string();
    assert_ne!(answers(&tool, ""), before);
    assert_eq!(tool.run(["retract", &correction, "--reason", "it was no misprint"]).code, 0);
    assert_eq!(answers(&tool, ""), before);
}

#[test]
fn a_postponed_change_comes_later_with_the_same_rule() {
    let tool = Tool::seeded();
    let to = ["--to", "2026-02-08 06:30 (UTC)", "--reason", "put off by two days"];
    let changed = corrects(&tool, &[&["postpone", "ee2413a8367c.55"], &to[..]].concat());
    assert_eq!(subjects(&changed), ["binance:usdm:ACTUSDT"]);
    let row = tool.row("mmr of ACTUSDT at 60000 as of 2026-02-09");
    assert_eq!(
        (row["value"].as_str(), row["in_force_since"].as_str()),
        (Some("0.1"), Some("2026-02-08T06:30:00Z"))
    );
}

#[test]
fn a_revision_replaces_what_the_older_edition_says() {
    let tool = Tool::seeded();
    let text = std::fs::read_to_string(seed()).unwrap();
    let newer = text.replacen("LTC85%80%", "LTC85%75%", 1);
    assert_ne!(newer, text, "the row of LTC is printed so");
    let file = tool.dir().with_file_name("newer.txt");
    std::fs::write(&file, newer).unwrap();
    let file = file.to_str().unwrap();
    let before = answers(&tool, "");
    let dry = tool.run(["--format", "jsonl", "load", file, "--revises", "ee24", "--dry-run"]);
    let rows: Vec<Value> = dry.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(tool.run(["load", file, "--revises", "ee24"]).code, 0);
    let changed = changed(&before, &answers(&tool, ""));
    assert_eq!((subjects(&changed), &changed), (vec!["binance:pm:LTC"], &foretold(&rows)));
    assert_eq!(tool.row("ratio of LTC on pm as of 2026-02-07")["value"], "0.75");
}

#[test]
fn a_correction_of_what_is_not_held_is_refused_and_nothing_is_written() {
    let tool = Tool::seeded();
    let journal = tool.journal();
    for (arguments, code) in [
        (vec!["retract", "ffffffffffff", "--reason", "x"], 2),
        (vec!["retract", "ee2413a8367c.9999", "--reason", "x"], 4),
        (vec!["postpone", "ee2413a8367c", "--to", "2026-03-01", "--reason", "x"], 2),
        (vec!["postpone", "ee2413a8367c.56", "--to", "2026-03-01", "--reason", "x"], 4),
        (vec!["postpone", "ee2413a8367c.55", "--to", "soon", "--reason", "x"], 2),
    ] {
        let ran = tool.run(&arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.text());
        assert!(ran.text().contains("help: "), "{arguments:?}: {}", ran.text());
    }
    assert_eq!(tool.journal(), journal);
}
