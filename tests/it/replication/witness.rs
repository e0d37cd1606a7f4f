//! A witness keeps what it saw, and says when a head is no successor.

use std::fs;

use serde_json::Value;
use tierbook::{Database, ErrorCode, SalvageOptions, Timestamp, TxId, witness};

use super::{Published, origin, table};
use crate::cli::tool::Tool;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn each_head_is_kept_once_with_the_time_when_it_was_seen() {
    let published = Published::with(2);
    let log = published.beside("heads.jsonl");
    let seen = witness(&published.origin(), &log, at("2026-03-01T00:00:00Z")).unwrap();
    assert_eq!((seen.tx.0, seen.before), (3, None));
    assert_eq!(witness(&published.origin(), &log, at("2026-03-02T00:00:00Z")).unwrap().before, Some(TxId(3)));
    table(&published.database, 5);
    published.publish();
    let seen = witness(&published.origin(), &log, at("2026-03-03T00:00:00Z")).unwrap();
    assert_eq!((seen.tx.0, seen.before), (4, Some(TxId(3))));
    let text = fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let times: Vec<&str> = lines.iter().map(|line| line["seen_at"].as_str().unwrap()).collect();
    assert_eq!(times, ["2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z"]);
    assert_eq!(lines[1]["hash"], published.database.head().unwrap().hash.to_string());
}

#[test]
fn a_head_that_is_no_successor_is_reported_and_kept_and_the_right_one_is_accepted_later() {
    let published = Published::with(4);
    let log = published.beside("heads.jsonl");
    witness(&published.origin(), &log, at("2026-03-01T00:00:00Z")).unwrap();
    let other = published.replica("other");
    let options = SalvageOptions { up_to: Some(TxId(3)), ..SalvageOptions::default() };
    published.database.salvage(other.dir(), &options).unwrap().unwrap();
    other.publish(published.beside("short")).unwrap();
    let error = witness(&origin(&published.beside("short")), &log, at("2026-03-02T00:00:00Z")).unwrap_err();
    assert_eq!(error.code(), ErrorCode::HistoryShortened, "{error}");
    for number in 40..46 {
        table(&other, number);
    }
    other.publish(published.beside("short")).unwrap();
    let forked = origin(&published.beside("short"));
    for _ in 0..2 {
        let error = witness(&forked, &log, at("2026-03-03T00:00:00Z")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::HistoryForked, "{error}");
        assert!(error.message().contains("part at transaction 5"), "{error}");
    }
    let text = fs::read_to_string(&log).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert_eq!(text.matches("\"refused\"").count(), 2, "{text}");
    // What was seen first is what counts.
    assert_eq!(witness(&published.origin(), &log, at("2026-03-04T00:00:00Z")).unwrap().before, Some(TxId(5)));
}

#[test]
fn a_file_of_something_else_is_not_written_to() {
    let published = Published::with(0);
    let log = published.beside("notes.txt");
    for text in ["my notes\n", "{\"tx\":1}\n", "\u{0}"] {
        fs::write(&log, text).unwrap();
        let error = witness(&published.origin(), &log, at("2026-03-01T00:00:00Z")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::CannotRead, "{error}");
        assert_eq!(fs::read_to_string(&log).unwrap(), text);
    }
    let seen = |hash: &str| {
        format!("{{\"seen_at\":\"2026-03-01T00:00:00Z\",\"origin\":\"x\",\"tx\":0,\"hash\":\"{hash}\"}}\n")
    };
    fs::write(&log, seen(&"0".repeat(64)) + &seen("no hash")).unwrap();
    let error = witness(&published.origin(), &log, at("2026-03-01T00:00:00Z")).unwrap_err();
    assert!(error.message().contains("notes.txt, line 2, "), "{error}");
}

#[test]
fn the_command_needs_no_database_and_exits_with_4_at_another_history() {
    let published = Published::with(1);
    let tool = Tool::empty();
    let (public, log) =
        (published.public().display().to_string(), published.beside("log").display().to_string());
    let ran = tool.run(["witness", &public, "--log", &log]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(ran.out.contains("the first one that is seen"), "{}", ran.out);
    let another = Published::with(2);
    let ran = tool.run(["witness", &another.public().display().to_string(), "--log", &log]);
    assert_eq!(ran.code, 4, "{}", ran.text());
    assert!(ran.err.contains("error[history_forked]"), "{}", ran.err);
    assert!(!tool.dir().exists());
    let _ = Database::at(&tool.dir());
}
