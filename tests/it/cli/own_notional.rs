//! Several subjects in one question, each with its own notional.

use serde_json::Value;

use super::tool::Tool;

/// Name and notional and value of each row, in order.
fn asked(tool: &Tool, question: &str) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let row = |row: &Value| {
        let subject = text(&row["subject"]);
        (subject.rsplit(':').next().unwrap().to_string(), text(&row["at"]), text(&row["value"]))
    };
    tool.rows(question).0.iter().map(row).collect()
}

#[test]
fn each_subject_is_asked_at_the_notionals_that_follow_it() {
    let tool = Tool::seeded();
    let both = asked(&tool, "margin of ACTUSDT at 60k, IPUSDT at 2m as of 2026-02-07");
    let alone = [
        asked(&tool, "margin of ACTUSDT at 60k as of 2026-02-07"),
        asked(&tool, "margin of IPUSDT at 2m as of 2026-02-07"),
    ];
    assert_eq!(both, alone.concat());
    // The names before an `at` take that `at`; one that comes again is asked at both.
    let mixed = asked(
        &tool,
        "max leverage of ACTUSDT, GUAUSDT at 60k, IPUSDT at 2m, 3m, ACTUSDT at 1k as of 2026-02-07",
    );
    let pairs: Vec<(&str, &str)> = mixed.iter().map(|(name, at, _)| (name.as_str(), at.as_str())).collect();
    let expected = [
        ("ACTUSDT", "60000"),
        ("ACTUSDT", "1000"),
        ("GUAUSDT", "60000"),
        ("IPUSDT", "2000000"),
        ("IPUSDT", "3000000"),
    ];
    assert_eq!(pairs, expected);
}

#[test]
fn clauses_and_other_statements_over_a_measure_count_for_all_of_them() {
    let tool = Tool::seeded();
    let (rows, _) =
        tool.rows("margin of ACTUSDT at 60k, IPUSDT at 2m as of 2026-02-06T06:29Z known at 2026-02-05");
    assert!(rows.iter().all(|row| row["known_at"] == "2026-02-05T00:00:00Z"), "{rows:?}");
    assert_eq!((&rows[0]["value"], &rows[1]["value"]), (&"5400".into(), &"154507.5".into()));
    let steps = asked(&tool, "history of mmr of ACTUSDT at 60k, IPUSDT at 2m");
    assert_eq!(steps.iter().filter(|step| step.1 == "2000000").count(), 2);
    let ran = tool.run(["query", "explain mmr of ACTUSDT at 60k, IPUSDT at 2m as of 2026-02-07"]);
    assert!(ran.out.contains("\nmmr of binance:usdm:IPUSDT at 2,000,000: 16.67 %"), "{}", ran.text());
}

#[test]
fn a_name_that_starts_with_digits_and_one_from_a_parameter_can_have_their_own_notional() {
    let tool = Tool::seeded();
    let ran = tool.run(["query", "mmr of ACTUSDT at 60k, 1INCHUSDT at 2m"]);
    assert!(ran.err.contains("no rule of `1INCHUSDT` is stored"), "{}", ran.err);
    let query = ["--format", "jsonl", "query", "mmr of $a at 1k, $b at $n as of 2026-02-07"];
    let bound = ["--set", "a=ACTUSDT", "--set", "b=IPUSDT", "--set", "n=2m"];
    let ran = tool.run(query.into_iter().chain(bound));
    assert!(ran.out.contains("IPUSDT/mmr@at=2000000;"), "{}", ran.text());
}

#[test]
fn the_question_of_a_certificate_asks_each_at_its_own_notional_again() {
    let tool = Tool::seeded();
    let ran = tool.run(["certificate", "margin of ACTUSDT at 60k, IPUSDT at 2m, 3m as of 2026-02-07"]);
    let certificate: Value = serde_json::from_str(&ran.out).expect(&ran.out);
    let query = certificate["query"].as_str().unwrap();
    let expected = "margin of binance:usdm:ACTUSDT at 60000, binance:usdm:IPUSDT at 2000000, 3000000 as of";
    assert!(query.starts_with(expected), "{query}");
    assert_eq!(asked(&tool, query).len(), 3);
}
