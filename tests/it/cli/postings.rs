//! The same document again: a repost of an announcement, an observation at another time, a copy with other line
//! ends.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::tool::{Ran, Tool, seed};

fn load(tool: &Tool, name: &str, bytes: &[u8], options: &[&str]) -> Ran {
    let path = tool.dir().with_file_name(name);
    fs::write(&path, bytes).unwrap();
    let ran = tool.run([&["load"], options, &[path.to_str().unwrap()]].concat());
    assert_eq!(ran.code, 0, "{}", ran.text());
    ran
}

/// The announcement without its front matter, so that the file name tells when it was published.
fn bare() -> String {
    fs::read_to_string(seed()).unwrap().splitn(3, "---\n").nth(2).unwrap().to_string()
}

fn table(rate: f64) -> Vec<u8> {
    let bracket = json!({"bracket": 1, "initialLeverage": 5, "notionalCap": 100_000, "notionalFloor": 0,
        "maintMarginRatio": rate, "cum": 0.0});
    json!([{"symbol": "ACTUSDT", "brackets": [bracket]}]).to_string().into_bytes()
}

const QUESTION: &str = "mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z";

#[test]
fn a_repost_changes_no_answer_and_is_listed() {
    let tool = Tool::empty();
    load(&tool, "binance-20260203T060046Z.txt", bare().as_bytes(), &[]);
    let without_tx = |mut row: Value| {
        row.as_object_mut().unwrap().retain(|field, _| field != "tx" && field != "address");
        row
    };
    let before = without_tx(tool.row(QUESTION));
    load(&tool, "binance-20260204T060046Z.txt", bare().as_bytes(), &[]);
    assert_eq!(without_tx(tool.row(QUESTION)), before);
    let (sources, _) = tool.rows("sources");
    assert_eq!(sources.len(), 1, "one document");
    let postings = sources[0]["postings"].as_array().unwrap();
    let listed: Vec<(&str, bool)> = postings
        .iter()
        .map(|posting| (posting["published_at"].as_str().unwrap(), posting["counts"].as_bool().unwrap()))
        .collect();
    assert_eq!(listed, [("2026-02-03T06:00:46Z", true), ("2026-02-04T06:00:46Z", false)]);
    assert_eq!(postings[0]["published_by"], "file_name");
    // An earlier posting that is found later counts from then on.
    load(&tool, "binance-20260203T050000Z.txt", bare().as_bytes(), &[]);
    assert_eq!(tool.row(QUESTION)["source"]["published_at"], "2026-02-03T05:00:00Z");
}

#[test]
fn the_same_table_a_week_later_confirms_it_for_that_week() {
    let tool = Tool::empty();
    load(&tool, "binance-20260201T000000Z.json", &table(0.1), &[]);
    let question = "mmr of ACTUSDT at 1k as of 2026-02-07";
    let row = tool.row(question);
    assert_eq!(
        (&row["last_confirmed_at"], &row["certainty"]["kind"]),
        (&json!("2026-02-01T00:00:00Z"), &json!("unconfirmed"))
    );
    load(&tool, "binance-20260208T000000Z.json", &table(0.1), &[]);
    let row = tool.row(question);
    assert_eq!((&row["holds"], &row["certainty"]["kind"]), (&json!("1"), &json!("settled")));
    assert_eq!(row["last_confirmed_at"], "2026-02-08T00:00:00Z");
    assert_eq!(row["seen_since"], "2026-02-01T00:00:00Z");
    // The same time again, or none, adds nothing.
    for name in ["binance-20260208T000000Z.json", "copy.json"] {
        let again = load(&tool, name, &table(0.1), &[]);
        assert!(again.err.contains("already loaded"), "{}", again.err);
    }
    // One of the two can be taken back.
    assert_eq!(tool.run(["undo", "2"]).code, 0);
    assert_eq!(tool.row(question)["last_confirmed_at"], "2026-02-01T00:00:00Z");
}

#[test]
fn a_correction_of_one_of_two_postings_names_it() {
    let tool = Tool::empty();
    load(&tool, "binance-20260201T000000Z.json", &table(0.1), &[]);
    load(&tool, "binance-20260208T000000Z.json", &table(0.1), &[]);
    let source = "binance-20260208T000000Z.json";
    let refused = tool.run(["correct", source, "--published-at", "2026-02-09T00:00Z"]);
    assert!(refused.code == 2 && refused.err.contains("--tx"), "{}", refused.err);
    assert_eq!(tool.run(["correct", source, "--published-at", "2026-02-09T00:00Z", "--tx", "2"]).code, 0);
    let row = tool.row("mmr of ACTUSDT at 1k as of 2026-02-10");
    assert_eq!(row["last_confirmed_at"], "2026-02-09T00:00:00Z");
}

#[test]
fn copies_with_another_line_end_or_a_byte_order_mark_are_the_same_text() {
    let text = fs::read_to_string(seed()).unwrap();
    let windows = text.replace('\n', "\r\n");
    let copies = [windows.clone(), format!("\u{feff}{text}"), format!("\u{feff}{windows}")];
    for first in [&text, &windows] {
        let tool = Tool::empty();
        load(&tool, "first.txt", first.as_bytes(), &[]);
        for (number, copy) in copies.iter().chain([&text]).enumerate() {
            let again = load(&tool, &format!("copy-{number}.txt"), copy.as_bytes(), &[]);
            assert!(again.err.contains("already loaded"), "{number}: {}", again.err);
        }
        assert_eq!(tool.rows("sources").0.len(), 1);
    }
}

#[test]
fn what_is_loaded_after_it_was_unloaded_is_recorded_again() {
    let tool = Tool::seeded();
    assert_eq!(tool.run(["unload", "ee24", "--reason", "a mistake"]).code, 0);
    let row = tool.row(QUESTION);
    assert_eq!(row["status"], "unknown");
    assert!(row["message"].as_str().unwrap().contains("a mistake"), "{row}");
    let early = tool.row(&format!("{QUESTION} recorded by tx=1"));
    assert_eq!(early["value"], "0.1", "what was recorded then is still there");
    let again = tool.run([Path::new("load"), &seed()]);
    assert!(again.err.contains("loaded as ee2413a8367c in tx 3"), "{}", again.err);
    assert_eq!(tool.row(QUESTION)["value"], "0.1");
}

#[test]
fn an_open_last_tier_has_no_limit() {
    let tool = Tool::seeded();
    let row = tool.row("limit of STRK on pm-pro as of 2026-02-07");
    assert_eq!((&row["status"], &row["value"]), (&json!("no_limit"), &Value::Null));
    assert_eq!(tool.run(["query", "limit of STRK on pm-pro as of 2026-02-07"]).code, 0);
}

#[test]
fn every_field_of_an_answer_is_in_every_form_for_programs() {
    let tool = Tool::seeded();
    let text = fs::read_to_string(seed()).unwrap();
    load(&tool, "copy.txt", text.replacen("LTC85%80%", "LTC85%75%", 1).as_bytes(), &[]);
    let question = "ratio of LTC on pm as of 2026-02-06T06:10Z";
    let row = tool.row(question);
    assert_eq!(row["certainty"]["also"], json!(["rolling_out"]), "{row}");
    let csv = tool.run(["--format", "csv", "query", question]).out;
    let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    for (name, value) in row.as_object().unwrap() {
        let inner = value.as_object().filter(|_| name != "tier");
        let names = inner
            .map_or(vec![name.clone()], |inner| inner.keys().map(|part| format!("{name}.{part}")).collect());
        for name in names.into_iter().filter(|name| name != "tier") {
            assert!(header.contains(&name.as_str()), "{name} is not in {header:?}");
        }
    }
    let plane = tool.run(["--format", "csv", "query", "plane of ratio of LTC"]).out;
    assert!(plane.contains("contradicted"), "{plane}");
}
