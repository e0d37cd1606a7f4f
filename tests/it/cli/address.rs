//! Addresses: an answer that is cited is the same for ever.

use serde_json::Value;

use super::tool::Tool;

const CITED: &str = "binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=1";

/// What an address fixes: everything but how it was asked for.
fn fixed(mut row: Value) -> Value {
    for field in ["tx", "recorded_by"] {
        row[field] = Value::Null;
    }
    row
}

#[test]
fn every_answer_bears_the_address_that_gives_it_again() {
    let tool = Tool::seeded();
    for query in [
        "mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z",
        "margin of ACTUSDT at 0.5 as of 2026-02-06T07:00Z known at 2026-02-04",
        "max position of ACTUSDT at 10x as of 2026-02-07",
        "max leverage of ACTUSDT at 1k as of 2026-02-07",
        "limit of ACTUSDT as of 2026-02-07",
        "mmr of ACTUSDT at 300000 as of 2026-02-07 as published",
        "mmr of ACTUSDT at 1 as of 2026-02-01",
        "ratio of STRK on pm as of 2026-02-07",
        "collateral of STRK at 500000 on pm-pro as of 2026-02-07",
        "mmr of ACTUSDT at 900000 as of 2026-02-07",
        "mmr of ACTUSDT at 60000 as of 2026-02-07 known at 2026-02-01",
    ] {
        let row = tool.row(query);
        let again = tool.row(row["address"].as_str().unwrap());
        assert_eq!(fixed(again.clone()), {
            let mut row = fixed(row.clone());
            // Of two subjects of one name the address means one, so that nothing is left out.
            row["warnings"] = again["warnings"].clone();
            row
        });
        assert_eq!(tool.row(again["address"].as_str().unwrap()), again, "{query}");
    }
    let (table, _) = tool.rows("tiers of ACTUSDT as of 2026-02-07");
    let (again, _) = tool.rows(table[0]["address"].as_str().unwrap());
    assert_eq!(
        again.into_iter().map(fixed).collect::<Vec<_>>(),
        table.into_iter().map(fixed).collect::<Vec<_>>()
    );
    assert_eq!(tool.row("mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z")["address"], CITED);
}

#[test]
fn a_cited_answer_stays_as_it_is_after_later_loads_a_retraction_and_a_new_index() {
    let tool = Tool::seeded();
    let cited: Vec<Value> =
        ["mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z", "mmr of ACTUSDT at 60000 as of 2026-02-09"]
            .map(|query| tool.row(query))
            .into();
    let same = |what: &str| {
        for row in &cited {
            assert_eq!(fixed(tool.row(row["address"].as_str().unwrap())), fixed(row.clone()), "{what}");
        }
    };
    same("at once");
    tool.load_other_rule("20260208T000000Z", 0.2);
    assert_eq!(tool.row("mmr of ACTUSDT at 60000 as of 2026-02-09")["value"], "0.2");
    same("after a later load");
    let second = tool.row("mmr of ACTUSDT at 60000 as of 2026-02-09");
    assert!(second["address"].as_str().unwrap().ends_with(";tx=2"), "{second}");
    tool.load_other_rule("20260209T000000Z", 0.3);
    same("after another");
    tool.retract(cited[0]["source"]["id"].as_str().unwrap());
    assert_eq!(tool.row("mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z")["status"], "unknown");
    same("after a retraction");
    std::fs::remove_dir_all(tool.dir().join("index")).unwrap();
    same("with a new index");
    assert_eq!(fixed(tool.row(second["address"].as_str().unwrap()))["value"], "0.2");
}

#[test]
fn what_was_recorded_by_a_transaction_can_be_asked_of_any_measure() {
    let tool = Tool::seeded();
    tool.load_other_rule("20260208T000000Z", 0.2);
    let row = |clause: &str| tool.row(&format!("mmr of ACTUSDT at 60000 as of 2026-02-09 {clause}"));
    assert_eq!(row("recorded by tx=2")["value"], "0.2");
    assert_eq!(row("recorded by tx=1")["value"], "0.1");
    assert_eq!(row("recorded by tx=0")["status"], "not_known_then");
    assert_eq!(row("")["value"], "0.2");
}

#[test]
fn an_address_means_the_same_after_a_question_about_everything() {
    let tool = Tool::seeded();
    let (mut rows, code) = tool.rows(&format!("subjects; changes; {CITED}"));
    let mut last = rows.pop().unwrap();
    assert_eq!(last.as_object_mut().unwrap().remove("statement"), Some(3.into()));
    assert_eq!((last, code), (tool.row(CITED), 0));
    let missing = tool.run(["query", &format!("changes; {CITED}2")]);
    assert_eq!(missing.code, 2, "{}", missing.text());
    assert!(missing.err.contains("unknown_transaction"), "{}", missing.err);
    assert!(missing.err.contains("the last one is 1"), "{}", missing.err);
}

#[test]
fn a_semicolon_belongs_to_an_address_only_before_one_of_its_parts() {
    let tool = Tool::seeded();
    for (text, count) in [
        (format!("{CITED};mmr of ACTUSDT at 60000 as of 2026-02-07"), 2),
        (format!("{CITED};{CITED}"), 2),
        (format!("{CITED} ; {CITED};"), 2),
        (format!("limit of ACTUSDT;{CITED};as-published;sources"), 3),
        (format!("explain {CITED}"), 1),
    ] {
        let (rows, code) = tool.rows(&text);
        assert_eq!((rows.len(), code), (count, 0), "{text}");
    }
    assert_eq!(tool.row(&format!("{CITED};as-published"))["address"], format!("{CITED};as-published"));
}

#[test]
fn an_address_that_names_nothing_is_a_mistake_with_its_place() {
    let tool = Tool::seeded();
    for (address, code, hint) in [
        (
            "binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=2",
            "unknown_transaction",
            "the last one is 1",
        ),
        ("binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=one", "not_a_transaction", "tx=1"),
        ("binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z", "address_incomplete", "tx"),
        ("binance:usdm:ACTUSDT/mmr@at=60000;tx=1", "address_incomplete", "v="),
        ("binance:usdm:ACTUSDT/mrm@at=60000;v=2026-02-06T07:00:00Z;tx=1", "unknown_measure", "mmr"),
        ("binance:usdm:ACTUST/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=1", "unknown_subject", "ACTUSDT"),
        ("binance:usdm:ACTUSDT/mmr@v=2026-02-06T07:00:00Z;tx=1", "amount_missing", "at 60000"),
        ("binance:usdm:ACTUSDT/mmr@at=6;w=2026-02-06T07:00:00Z;tx=1", "unknown_part", "an address"),
        ("binance:usdm:ACTUSDT/mmr@at=6;v=2026-02-06;v=2026-02-07;tx=1", "clause_twice", "keep one"),
        ("binance:usdm:ACTUSDT/mmr@at=6;v=soon;tx=1", "not_an_instant", "2026-02-06T07:00Z"),
    ] {
        let ran = tool.run(["query", address]);
        assert_eq!(ran.code, 2, "{address}: {}", ran.text());
        assert!(
            ran.err.contains(&format!("error[{code}]")) && ran.err.contains(hint),
            "{address}: {}",
            ran.err
        );
        assert!(ran.err.contains('^'), "{address}: {}", ran.err);
    }
}

#[test]
fn the_citation_of_a_question_about_now_has_whole_seconds_and_the_same_answer() {
    let tool = Tool::seeded();
    let row = tool.row("mmr of ACTUSDT at 60000");
    let address = row["address"].as_str().unwrap();
    assert!(!address.contains('.'), "{address}");
    assert_eq!(tool.row(address)["value"], row["value"]);
}
