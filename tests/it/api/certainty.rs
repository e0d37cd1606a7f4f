//! How certain an answer is: the cells that it rests on, what makes them doubtful, and each reason once.

use serde_json::Value;
use tierbook::Snapshot;

use super::with_tables;

/// Tables of two contracts and two ratios, each with a row that the reader of the document doubted, as an export has them.
const DOCUMENT: &str = r#"
[source]
published_at = "2026-01-01T00:00:00Z"
precision = "instant"
published_by = "text"
file = "change.txt"
sha256 = "00000000000000000000000000000000000000000000000000000000000000a1"

[[change]]
subject = "binance:usdm:AUSDT"
statement = 1
effective_at = "2026-01-05T00:00:00Z"
rollout = "1 hour"
tiers = [
  { leverage = "21 - 25x", cap = "10,000", mmr = "2%" },
  { leverage = "11 - 20x", cap = "50,000", mmr = "2.5%" },
  { leverage = "6 - 10x", cap = "200,000", mmr = "5%" },
  { leverage = "1 - 5x", cap = "300,000", mmr = "10%" },
]

[[change]]
subject = "binance:usdm:BUSDT"
statement = 2
effective_at = "2026-01-05T00:00:00Z"
tiers = [
  { leverage = "21 - 25x", cap = "10,000", mmr = "2%" },
  { leverage = "1 - 20x", cap = "50,000", mmr = "2.5%" },
]

[[change]]
subject = "binance:pm:C"
statement = 3
effective_at = "2026-01-05T00:00:00Z"
ratio = "60%"

[[change]]
subject = "binance:pm:D"
statement = 4
effective_at = "2026-01-05T00:00:00Z"
ratio = "70%"

[[end]]
subject = "binance:usdm:BUSDT"
statement = 5
effective_at = "2026-03-01T00:00:00Z"

[[end]]
subject = "binance:pm:D"
statement = 6
effective_at = "2026-03-01T00:00:00Z"

[[finding]]
code = "number_form"
message = "A, row 2"
subjects = ["AUSDT"]
statement = 1
row = 2

[[finding]]
code = "number_form"
message = "B, row 2"
subjects = ["BUSDT"]
statement = 2
row = 2

[[finding]]
code = "number_form"
message = "C"
subjects = ["C"]
statement = 3

[[finding]]
code = "contract_not_named"
message = "the end of B"
subjects = ["BUSDT"]
statement = 5
"#;

/// The table of AUSDT, or another one.
fn table(last_cap: &str) -> String {
    format!(
        r#"tiers = [
  {{ leverage = "21 - 25x", cap = "10,000", mmr = "2%" }},
  {{ leverage = "11 - 20x", cap = "50,000", mmr = "2.5%" }},
  {{ leverage = "6 - 10x", cap = "200,000", mmr = "5%" }},
  {{ leverage = "1 - 5x", cap = "{last_cap}", mmr = "10%" }},
]"#
    )
}

/// A document of one statement about AUSDT.
fn about_a(published_at: &str, kind: &str, fields: &str) -> String {
    format!(
        "[source]\npublished_at = \"{published_at}\"\n[[{kind}]]\nsubject = \"binance:usdm:AUSDT\"\n{fields}\n"
    )
}

/// The rules of that document, and of others that are loaded after it.
fn rules(others: &[&str]) -> (tempfile::TempDir, Snapshot) {
    let names: Vec<String> = (0..others.len()).map(|number| format!("{number}.toml")).collect();
    let mut documents = vec![("document.toml", DOCUMENT)];
    documents.extend(names.iter().map(String::as_str).zip(others.iter().copied()));
    let (folder, database) = with_tables(&documents);
    let rules = database.snapshot().unwrap();
    (folder, rules)
}

/// The kinds of the uncertainty of each row of an answer, and the reasons for doubt.
fn certainty(rules: &Snapshot, query: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let texts = |list: &Value, field: &str| -> Vec<String> {
        let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |it: &Value| it.get(field).unwrap_or(it).as_str().map(str::to_string);
        list.iter().filter_map(text).collect()
    };
    let rows = rules.query(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.iter()
        .map(|row| {
            let row = serde_json::to_value(row).unwrap();
            let found = &row["certainty"];
            let mut kinds: Vec<String> = found["kind"].as_str().map(str::to_string).into_iter().collect();
            kinds.extend(texts(&found["also"], "kind"));
            (kinds, texts(&found["because"], "message"))
        })
        .collect()
}

/// Asserts what makes the one row of an answer uncertain.
fn assert_certainty(rules: &Snapshot, query: &str, kinds: &[&str], because: &[&str]) {
    let all = certainty(rules, query);
    let [(found, reasons)] = &all[..] else { panic!("{query}: {all:?}") };
    assert_eq!((&found[..], &reasons[..]), (&owned(kinds)[..], &owned(because)[..]), "{query}");
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

#[test]
fn an_answer_is_doubtful_where_a_cell_that_it_rests_on_is() {
    let (_folder, rules) = rules(&[]);
    for (question, because) in [
        ("mmr of AUSDT at 5k", [].as_slice()),
        ("mmr of AUSDT at 20k", &["A, row 2"]),
        // The cap of the second tier is the floor of the third.
        ("mmr of AUSDT at 100k", &["A, row 2"]),
        ("mmr of AUSDT at 250k", &[]),
        ("max leverage of AUSDT at 250k", &[]),
        // Its maintenance amount is made of all tiers below.
        ("margin of AUSDT at 5k", &[]),
        ("margin of AUSDT at 20k", &["A, row 2"]),
        ("margin of AUSDT at 250k", &["A, row 2"]),
        ("limit of AUSDT", &[]),
        ("limit of BUSDT", &["B, row 2"]),
        ("mmr of BUSDT at 5k", &[]),
        ("margin of BUSDT at 5k", &[]),
        ("margin of BUSDT at 20k", &["B, row 2"]),
        ("ratio of C", &["C"]),
        ("ratio of D", &[]),
    ] {
        let kinds: &[&str] = if because.is_empty() { &["unconfirmed"] } else { &["doubtful", "unconfirmed"] };
        assert_certainty(&rules, &format!("{question} as of 2026-02-09"), kinds, because);
    }
    let tiers = certainty(&rules, "tiers of AUSDT as of 2026-02-09");
    assert_eq!(tiers.len(), 4);
    assert!(tiers.iter().all(|(_, because)| because == &["A, row 2"]), "{tiers:?}");
}

#[test]
fn the_end_of_a_contract_is_as_doubtful_as_what_states_it() {
    let (_folder, rules) = rules(&[]);
    assert_certainty(&rules, "limit of BUSDT as of 2026-03-02", &["doubtful"], &["the end of B"]);
    assert_certainty(&rules, "ratio of D as of 2026-03-02", &[], &[]);
}

#[test]
fn a_version_is_as_uncertain_as_at_its_start_and_its_end_together() {
    let seen = about_a("2026-04-01 00:00 (UTC)", "observation", &table("400,000"));
    let (_folder, rules) = rules(&[&seen]);
    // At its start it is rolled out, and before the next one was seen it may have ended.
    let kinds = ["rolling_out", "unseen_change", "unconfirmed"];
    assert_eq!(certainty(&rules, "history of mmr of AUSDT at 5k")[0], (owned(&kinds), vec![]));
    assert_eq!(certainty(&rules, "history of AUSDT")[0].1, ["A, row 2"]);
}

#[test]
fn what_was_seen_confirms_how_a_table_was_read() {
    let seen = about_a("2026-02-08 00:00 (UTC)", "observation", &table("300,000"));
    let (_folder, rules) = rules(&[&seen]);
    assert_certainty(&rules, "mmr of AUSDT at 20k as of 2026-02-09", &["settled"], &[]);
    assert_certainty(
        &rules,
        "mmr of AUSDT at 20k as of 2026-02-09 known at 2026-02-01",
        &["doubtful", "unconfirmed"],
        &["A, row 2"],
    );
}

#[test]
fn an_unseen_change_is_not_unconfirmed_too() {
    let seen = about_a("2026-04-01 00:00 (UTC)", "observation", &table("400,000"));
    let (_folder, rules) = rules(&[&seen]);
    assert_certainty(&rules, "mmr of AUSDT at 5k as of 2026-03-20", &["unseen_change"], &[]);
    assert_certainty(
        &rules,
        "mmr of AUSDT at 20k as of 2026-03-20",
        &["unseen_change", "doubtful"],
        &["A, row 2"],
    );
}

#[test]
fn several_reasons_for_doubt_are_one_kind() {
    let converted =
        about_a("2026-01-08 00:00 (UTC)", "conversion", "effective_at = \"2026-01-09 00:00 (UTC)\"");
    let (_folder, rules) = rules(&[&converted]);
    let all = certainty(&rules, "mmr of AUSDT at 20k as of 2026-02-09");
    let [(kinds, because)] = &all[..] else { panic!("{all:?}") };
    assert_eq!(kinds, &["doubtful", "unconfirmed"]);
    assert!(because[0].contains("announces its conversion") && because[1] == "A, row 2", "{because:?}");
    assert_eq!(because.len(), 2);
}

#[test]
fn what_two_documents_announce_for_one_time_is_doubtful_until_it_is_seen() {
    let fields = format!("effective_at = \"2026-01-05 00:00 (UTC)\"\n{}", table("400,000"));
    let later = about_a("2026-01-02 00:00 (UTC)", "change", &fields);
    let seen = about_a("2026-02-08 00:00 (UTC)", "observation", &table("400,000"));
    let query = "mmr of AUSDT at 5k as of 2026-02-09";
    let (_folder, announced) = rules(&[&later]);
    let all = certainty(&announced, query);
    let [(kinds, because)] = &all[..] else { panic!("{all:?}") };
    assert_eq!(kinds, &["doubtful", "unconfirmed"]);
    let [reason] = &because[..] else { panic!("{because:?}") };
    let expected = " announces another rule for 2026-01-05T00:00:00Z, published 2026-01-01T00:00:00Z";
    assert!(reason.ends_with(expected), "{reason}");
    let (_folder, seen) = rules(&[&later, &seen]);
    assert_certainty(&seen, query, &["settled"], &[]);
}
