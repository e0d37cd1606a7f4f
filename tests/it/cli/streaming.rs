//! Answers are written while they are made: neither rows nor text pile up.

use std::cell::Cell;
use std::fmt::Write;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use super::tool::Tool;
use crate::program::answers::Answers;
use tierbook::language::{StatementKind, parse};
use tierbook::render::{self, AnswerWriter, Format, OutputStyle};
use tierbook::{Database, Row, Snapshot};

fn snapshot(tool: &Tool) -> Snapshot {
    Database::open(tool.dir()).unwrap().snapshot().unwrap()
}

/// A question of each row of the language, without what follows a first one of several.
fn examples() -> impl Iterator<Item = &'static str> {
    let examples = StatementKind::ALL.iter().flat_map(|kind| kind.row().examples.iter());
    examples.map(|example| example.split(" | ").next().unwrap())
}

#[test]
fn an_answer_written_row_by_row_is_the_answer_written_whole() {
    let tool = Tool::seeded();
    let rules = snapshot(&tool);
    let mut kinds = 0;
    for example in examples().chain(["tiers of all", "history of all", "mmr of all at 1k, 60k; sources"]) {
        let Ok(rows) = rules.query(example) else { continue };
        kinds += usize::from(!rows.is_empty());
        for format in [Format::Table, Format::Json, Format::Jsonl, Format::Csv] {
            let mut answer = AnswerWriter::of_one(format, OutputStyle::PLAIN);
            answer.begin(1);
            let mut text: String = rows.iter().cloned().map(|row| answer.row(row)).collect();
            text += &answer.end_of_answer();
            text += answer.end();
            assert_eq!(text, render::rows(&rows, format, OutputStyle::PLAIN), "{example}");
        }
    }
    assert!(kinds > 20, "{kinds}");
}

#[test]
fn text_is_printed_long_before_the_last_row_is_made() {
    let tool = Tool::seeded();
    let rules = snapshot(&tool);
    let statement = parse("tiers of all").unwrap().remove(0);
    let all = rules.query("tiers of all").unwrap().len();
    for format in [Format::Json, Format::Jsonl, Format::Csv] {
        let made = Cell::new(0);
        let rows = rules.rows("tiers of all").unwrap().inspect(|_| made.set(made.get() + 1));
        let (mut made_at_first, mut longest) = (None, 0);
        Answers::of(1, format, OutputStyle::PLAIN).write(rows, &statement, 0, |text| {
            made_at_first.get_or_insert(made.get());
            longest = longest.max(text.len());
        });
        assert_eq!(made.get(), all);
        assert!(made_at_first.is_some_and(|made| made <= all / 2), "{made_at_first:?} of {all}");
        assert!(longest < 32 * 1024, "{longest} bytes at once");
    }
}

#[test]
fn rows_are_made_a_subject_or_a_change_at_a_time() {
    let tool = Tool::seeded();
    let rules = snapshot(&tool);
    for query in ["tiers of all", "history of all", "history of mmr of usdm:* at 1k", "changes"] {
        let mut rows = rules.rows(query).unwrap();
        let row = serde_json::to_value(rows.next().unwrap()).unwrap();
        let own = row["subject"].as_str().unwrap().rsplit(':').next().unwrap();
        // What is made and not yet given.
        let made = format!("{rows:?}");
        for other in rules.subjects().iter().map(tierbook::Subject::name).filter(|name| *name != own) {
            assert!(!made.contains(&format!("\"{other}\"")), "{query}: {other} is made with {own}");
        }
        assert_eq!(1 + rows.count(), rules.query(query).unwrap().len(), "{query}");
    }
}

/// Observations of some contracts, each with other tables than the one before.
fn load_changes(tool: &Tool, contracts: usize, observations: usize) {
    let folder = tool.dir().with_file_name("observed");
    std::fs::create_dir(&folder).unwrap();
    for observation in 0..observations {
        let mut text = String::from("[");
        for contract in 0..contracts {
            let comma = if contract == 0 { "" } else { "," };
            let cap = 100_000 + 1_000 * (observation % 50);
            write!(
                text,
                r#"{comma}{{"symbol":"C{contract:03}USDT","brackets":[{{"bracket":1,"initialLeverage":5,
                "notionalCap":{cap},"notionalFloor":0,"maintMarginRatio":0.1,"cum":0.0}}]}}"#
            )
            .unwrap();
        }
        let (month, day) = (1 + observation / 28, 1 + observation % 28);
        let name = format!("leverage-brackets-2025{month:02}{day:02}T000000Z.json");
        std::fs::write(folder.join(name), text + "]").unwrap();
    }
    let ran = tool.run(["load".as_ref(), folder.as_os_str()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
}

/// The most memory that a process had so far, in KiB; `None` where the system does not tell.
fn peak(child: &Child) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// The lines of an answer, and the peak of the memory when the first of them were read. What is left must be more
/// than a pipe takes, so that the process still runs then.
fn lines_and_peak(tool: &Tool, query: &str, first: usize) -> (usize, Option<usize>) {
    let mut command = tool.command();
    let mut child =
        command.args(["--format", "jsonl", "query", query]).stdout(Stdio::piped()).spawn().unwrap();
    let mut answer = BufReader::new(child.stdout.take().unwrap()).lines();
    let read = answer.by_ref().take(first).map(Result::unwrap).count();
    let peak = peak(&child);
    let all = read + answer.map(Result::unwrap).count();
    assert!(child.wait().unwrap().success());
    (all, peak)
}

#[test]
fn memory_does_not_grow_with_the_rows_of_an_answer() {
    let tool = Tool::empty();
    load_changes(&tool, 40, 100);
    let changes = 40 * 99;
    let (all, with_rows) = lines_and_peak(&tool, "changes", changes - changes / 4);
    assert_eq!(all, changes);
    // As much is read for the last of them.
    let (some, with_few) = lines_and_peak(&tool, "changes since 2025-04-08", 1);
    assert!(some < changes / 8, "{some}");
    let (Some(many), Some(few)) = (with_rows, with_few) else {
        eprintln!("the system does not tell how much memory a process needs: it was not compared");
        return;
    };
    assert!(many < few + 2_048, "{many} KiB with {all} rows, {few} KiB with {some}");
}

#[test]
fn a_reader_that_goes_away_ends_a_long_answer_quietly() {
    let tool = Tool::seeded();
    for format in ["json", "jsonl", "csv"] {
        let mut command = tool.command();
        command.args(["--format", format, "query", "tiers of all; history of all; changes"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 16];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]), "{format}");
    }
}

#[test]
fn the_rows_of_an_answer_outlive_the_snapshot_and_go_to_other_threads() {
    let tool = Tool::seeded();
    let rules = snapshot(&tool);
    let wanted = rules.query("changes; tiers of ACTUSDT").unwrap();
    let rows = rules.rows("changes; tiers of ACTUSDT").unwrap();
    drop(rules);
    let made: Vec<Row> = std::thread::spawn(|| rows.collect()).join().unwrap();
    assert_eq!(made, wanted);
}
