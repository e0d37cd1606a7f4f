//! Announcements without any margin rule: exit code 0, a line that says what they are about, and nothing recorded.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::tool::{Tool, shared};

/// An announcement on a day in May.
fn announcement(title: &str, words: &str) -> String {
    format!("# {title}\n\nFellow readers,\n\n{words}\n\nThe Team\n\n2026-05-05\n")
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn removal() -> String {
    let words = "At 2026-05-08 06:00 (UTC), these margin pairs are removed:\n\nCross Margin Pairs: ABC/BTC, DEF/FDUSD";
    announcement("Notice of Removal of Margin Trading Pairs", words)
}

#[test]
fn a_text_about_something_else_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, line) in [
        ("pairs.txt", removal(), "no margin rule in it: a removal of margin pairs"),
        (
            "ticks.txt",
            announcement("Updates on Tick Size", "Old and newABCUSDT0.010.001"),
            "no margin rule in it: a change of tick sizes",
        ),
        (
            "party.txt",
            announcement("Trade and Win", "Trade with up to 125x leverage and share 5,000 USDT."),
            "no margin rule in it\n",
        ),
        (
            "page.html",
            format!(
                "<html><body><h1>Updates on Tick Size</h1><p>{}</p></body></html>",
                removal().replace("\n\n", "</p><p>")
            ),
            "no margin rule in it",
        ),
    ] {
        let tool = Tool::empty();
        let path = file(folder.path(), name, &text);
        for command in ["load", "check"] {
            let ran = tool.run([Path::new(command), &path]);
            assert_eq!(ran.code, 0, "{command} {name}: {}", ran.text());
            assert!(ran.err.contains(line) && ran.out.is_empty(), "{name}: {}", ran.text());
        }
        assert!(!tool.dir().exists(), "{name}");
    }
}

#[test]
fn its_report_row_has_an_outcome_and_a_topic() {
    let (tool, folder) = (Tool::empty(), tempfile::tempdir().unwrap());
    for (title, topic) in
        [("Notice of Removal of Margin Trading Pairs", Some("margin_removal")), ("Trade and Win", None)]
    {
        let path = file(folder.path(), "x.txt", &announcement(title, "More soon."));
        for command in ["load", "check"] {
            let ran = tool.run([Path::new("--format"), Path::new("jsonl"), Path::new(command), &path]);
            let row: Value = serde_json::from_str(&ran.out).unwrap();
            assert_eq!(
                (&row["outcome"], &row["statements"], ran.code),
                (&Value::from("no_rule"), &Value::from(0), 0)
            );
            assert_eq!((row["topic"].as_str(), &row["mistake"]), (topic, &Value::Null), "{title}");
        }
    }
}

#[test]
fn keep_records_it_as_a_source_without_statements_once() {
    let (tool, folder) = (Tool::empty(), tempfile::tempdir().unwrap());
    let path = file(folder.path(), "pairs.txt", &removal());
    let keep = [Path::new("load"), Path::new("--keep"), &path];
    assert!(tool.run(keep).err.contains("0 statements"));
    assert!(tool.run(keep).err.contains("already loaded"));
    assert!(tool.run([Path::new("load"), &path]).err.contains("already loaded"));
    let source = tool.row("sources");
    assert_eq!((&source["statements"], &source["file"]), (&Value::from(0), &Value::from("pairs.txt")));
    assert_eq!(tool.run(["verify"]).code, 0);
    // It is in an export too.
    let export = folder.path().join("export");
    assert_eq!(tool.run([Path::new("export"), &export]).code, 0);
    let copy = Tool::empty();
    assert_eq!(copy.run([Path::new("load"), &export]).code, 0);
    assert_eq!(copy.row("sources")["sha256"], source["sha256"]);
}

#[test]
fn those_of_a_folder_are_counted_by_topic() {
    let (tool, folder) = (Tool::empty(), tempfile::tempdir().unwrap());
    file(folder.path(), "a.txt", &removal());
    file(folder.path(), "b.txt", &announcement("Notice of Removal of Margin Trading Pairs", "More soon."));
    file(folder.path(), "c.txt", &announcement("Updates on Tick Size", "More soon."));
    file(folder.path(), "d.txt", &announcement("Trade and Win", "More soon."));
    let ran = tool.run([Path::new("load"), folder.path()]);
    let line = "4 files without any margin rule, not recorded: a change of tick sizes (1), a removal of margin pairs (2)\n";
    assert!(ran.code == 0 && ran.err.ends_with(line), "{}", ran.err);
}

#[test]
fn the_shared_texts_of_no_rule_exit_with_0_and_write_nothing() {
    let Some(folder) = shared("announcements-more") else { return };
    let index = fs::read_to_string(folder.join("index.csv")).unwrap();
    let negative = index.lines().filter(|line| line.contains(",negative,"));
    let files: Vec<PathBuf> = negative.map(|line| folder.join(line.split(',').next().unwrap())).collect();
    assert_eq!(files.len(), 40);
    let tool = Tool::empty();
    let ran = tool.run([PathBuf::from("load")].iter().chain(&files));
    assert_eq!((ran.code, tool.dir().exists()), (0, false), "{}", ran.err);
}
