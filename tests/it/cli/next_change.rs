//! `diff` of a subject without a second time: now against after the next announced change.

use serde_json::json;

use super::tool::Tool;

/// A database with the seed and a change of ACTUSDT that is still to come, whenever the test runs.
fn tool() -> Tool {
    let tool = Tool::seeded();
    let path = tool.dir().with_file_name("notice.toml");
    let notice = r#"
[source]
title = "A notice of a change in the next millennium"
published_at = "2026-02-05 09:00 (UTC)"

[[change]]
subject = "binance:usdm:ACTUSDT"
effective_at = "3026-01-01 00:00 (UTC)"
tiers = [{ leverage = "1 - 5x", floor = "0", cap = "1,000,000", mmr = "10%" }]
"#;
    std::fs::write(&path, notice).unwrap();
    let ran = tool.run(["load", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    tool
}

#[test]
fn a_difference_of_a_subject_alone_is_now_against_its_next_announced_change() {
    let tool = tool();
    let row = tool.row("diff ACTUSDT");
    assert_eq!(
        (&row["before"]["status"], &row["before"]["rule"]["limit"]),
        (&json!("value"), &json!("800000"))
    );
    assert_eq!(row["after"]["as_of"], "3026-01-01T00:00:00Z");
    assert_eq!(row["after"]["rule"]["limit"], "1000000");
    // Both times are in the answer for people.
    let ran = tool.run(["query", "diff ACTUSDT"]);
    assert!(ran.out.contains("  after        as of 3026-01-01T00:00:00Z: by "), "{}", ran.text());
    // It is the next change after `as of`, as far as known at the time asked.
    let next = |question: &str| tool.row(question)["after"]["as_of"].clone();
    assert_eq!(next("diff ACTUSDT as of 2026-02-04"), "2026-02-06T06:30:00Z");
    assert_eq!(next("diff ACTUSDT as of 2026-02-06T06:30Z"), "3026-01-01T00:00:00Z");
    let (rows, code) = tool.rows("diff ACTUSDT as of 2026-02-07 known at 2026-02-04");
    assert_eq!((rows.len(), code), (0, 0));
}

#[test]
fn where_no_change_is_announced_the_answer_says_so_and_what_to_write() {
    let tool = tool();
    let ran = tool.run(["query", "diff IPUSDT"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.starts_with("no change of IPUSDT is announced for later than now"), "{}", ran.text());
    let written = ran.out.lines().filter_map(|line| line.split_once(": ")).map(|(_, query)| query);
    let written: Vec<&str> = written.collect();
    assert_eq!(written.len(), 2, "{}", ran.out);
    for query in written {
        let ran = tool.run(["query", query]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{query}");
    }
    let ran = tool.run(["--format", "json", "query", "diff IPUSDT"]);
    assert_eq!((ran.code, ran.out.trim()), (0, "[]"));
    // Of a pattern only those are shown that will change.
    let (rows, _) = tool.rows("diff *USDT");
    assert_eq!(rows.len(), 1);
}

#[test]
fn it_is_explained_and_certified_with_both_of_its_times() {
    let tool = tool();
    let (rows, _) = tool.rows("explain diff ACTUSDT as of 2026-02-04");
    let questions: Vec<&str> = rows.iter().map(|row| row["question"].as_str().unwrap()).collect();
    assert_eq!(questions.len(), 2);
    assert!(questions[1].ends_with("vs 2026-02-06T06:30:00Z: after"), "{questions:?}");
    let path = tool.dir().with_file_name("certificate.json");
    let ran = tool.run(["certificate", "diff ACTUSDT as of 2026-02-04"]);
    std::fs::write(&path, &ran.out).unwrap();
    let checked = tool.run(["verify", "--certificate", path.to_str().unwrap()]);
    assert_eq!(checked.code, 0, "{}", checked.text());
}
