//! Retractions, revisions and postponements change the answers that the dry run names, and no other.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::tool::{Tool, seed, shared};

const INSTANTS: [&str; 5] = [
    "2026-02-03T06:00:46Z",
    "2026-02-05T00:00:00Z",
    "2026-02-06T06:30:00Z",
    "2026-02-07T12:00:00Z",
    "2026-03-01T00:00:00Z",
];

/// What every tier of every table answers at several times, without what depends on the recording.
fn answers(tool: &Tool, known_at: &str) -> BTreeSet<(String, String, String)> {
    let mut answers = BTreeSet::new();
    for timestamp in INSTANTS {
        for question in ["tiers of all", "ratio of all on pm"] {
            for row in tool.rows(&format!("{question} as of {timestamp}{known_at}")).0 {
                let values = ["status", "number", "cap", "mmr", "ratio", "max_leverage", "value"]
                    .map(|field| row[field].to_string())
                    .join(" ");
                answers.insert((row["subject"].as_str().unwrap().to_string(), timestamp.to_string(), values));
            }
        }
    }
    answers
}

/// The subjects and times whose answers differ.
fn changed(
    before: &BTreeSet<(String, String, String)>,
    after: &BTreeSet<(String, String, String)>,
) -> BTreeSet<(String, String)> {
    before.symmetric_difference(after).map(|(subject, at, _)| (subject.clone(), at.clone())).collect()
}

/// The subjects and times in the rows of a dry run.
fn expected_changes(rows: &[Value]) -> BTreeSet<(String, String)> {
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
    assert_eq!(changed, expected_changes(&rows), "{arguments:?}");
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
fn an_undone_retraction_brings_the_change_back() {
    let tool = Tool::seeded();
    let before = answers(&tool, "");
    assert_eq!(tool.run(["retract", "ee2413a8367c.55", "--reason", "a misprint"]).code, 0);
    assert_ne!(answers(&tool, ""), before);
    assert_eq!(tool.run(["undo", "--reason", "it was no misprint"]).code, 0);
    assert_eq!(answers(&tool, ""), before);
}

#[test]
fn a_postponed_change_comes_later_with_the_same_rule() {
    let tool = Tool::seeded();
    let to = ["--to", "2026-02-08 06:30 (UTC)", "--reason", "two days later"];
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
    assert_eq!((subjects(&changed), &changed), (vec!["binance:pm:LTC"], &expected_changes(&rows)));
    assert_eq!(tool.row("ratio of LTC on pm as of 2026-02-07")["value"], "0.75");
}

#[test]
fn a_correction_of_an_unknown_source_is_refused_and_nothing_is_written() {
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

/// The report of `load` on a file, as JSON.
fn loaded(tool: &Tool, arguments: &[&str]) -> Value {
    let ran = tool.run([&["--format", "json", "load"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.text());
    serde_json::from_str(&ran.out).unwrap()
}

/// The seed with one text replaced by another.
fn edited(tool: &Tool, name: &str, from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(seed()).unwrap();
    let newer = text.replacen(from, to, 1);
    assert_ne!(newer, text, "the text contains {from:?}");
    let file = tool.dir().with_file_name(name);
    std::fs::write(&file, newer).unwrap();
    file.to_str().unwrap().to_string()
}

#[test]
fn what_a_revision_says_otherwise_is_shown_subject_by_subject() {
    let tool = Tool::seeded();
    let file = edited(&tool, "newer.txt", "LTC85%80%", "LTC85%75%");
    let expected = json!([{
        "older": "ee2413a8367c", "file": "binance-2026-02-03.txt", "revised": true,
        "differences": [{
            "subject": "binance:pm:LTC", "how": "changed",
            "older": {"statement": 1, "kind": "change", "valid_at": "2026-02-06T06:00:00Z", "rollout_seconds": 1800},
            "newer": {"statement": 1, "kind": "change", "valid_at": "2026-02-06T06:00:00Z", "rollout_seconds": 1800},
            "differences": [{
                "older_tier": 1, "newer_tier": 1, "field": "ratio", "older": "0.8", "newer": "0.75", "by": "-0.05",
            }],
        }],
    }]);
    assert_eq!(loaded(&tool, &[&file, "--revises", "ee24"])["editions"], expected);
    // It is already loaded, and already revises the older one.
    assert_eq!(loaded(&tool, &[&file, "--revises", "ee24"])["outcome"], "already_loaded");
}

#[test]
fn a_revision_lists_contracts_left_out_and_times_that_moved() {
    let tool = Tool::seeded();
    let file = edited(&tool, "moved.txt", "2026-02-06 06:30", "2026-02-06 08:30");
    let ran = tool.run(["load", &file, "--revises", "ee24"]);
    assert!(ran.err.contains("from 2026-02-06T06:30:00Z → 2026-02-06T08:30:00Z"), "{}", ran.err);
    let file = edited(&tool, "without.txt", "ALPINE15%10%", "");
    let editions = loaded(&tool, &[&file, "--revises", "moved.txt"])["editions"].clone();
    let removed = |row: &&Value| row["how"] == "removed";
    let removed: Vec<Value> =
        editions[0]["differences"].as_array().unwrap().iter().filter(removed).cloned().collect();
    assert_eq!(removed.iter().map(|row| &row["subject"]).collect::<Vec<_>>(), ["binance:pm:ALPINE"; 2]);
    assert!(removed.iter().all(|row| row["newer"].is_null()));
}

#[test]
fn a_document_that_looks_like_a_newer_edition_is_pointed_out_and_revises_nothing() {
    let tool = Tool::seeded();
    let before = answers(&tool, "");
    for (name, from, to) in
        [("figure.txt", "LTC85%80%", "LTC85%75%"), ("instant.txt", "2026-02-06 06:30", "2026-02-06 08:30")]
    {
        let file = edited(&tool, name, from, to);
        let dry = tool.run(["load", &file, "--dry-run"]);
        assert!(
            dry.text().contains(&format!("help: if it is one: tierbook supersede ee2413a8367c --by {file}"))
        );
        let report = loaded(&tool, &[&file]);
        let newer = report["source"].as_str().unwrap();
        assert_eq!(report["editions"][0]["older"], "ee2413a8367c", "{name}");
        assert_eq!(report["editions"][0]["revised"], false);
        assert_eq!(report["findings"][0]["code"], "maybe_revision");
        let (findings, _) = tool.rows(&format!("findings in {newer}"));
        assert_eq!(findings[0]["code"], "maybe_revision");
        // The older edition counts as before: without the newer one nothing has changed.
        assert_eq!(tool.run(["retract", newer, "--reason", "it was loaded in error"]).code, 0);
        assert_eq!(answers(&tool, ""), before, "{name}");
    }
}

#[test]
fn what_repeats_or_touches_the_same_contract_is_no_newer_edition() {
    let tool = Tool::seeded();
    let title = tool.rows("sources").0[0]["title"].clone();
    let other = |name: &str, published_at: &str, effective_at: &str| {
        let seed = format!(
            "[source]\ntitle = {title}\npublished_at = \"{published_at}\"\n[[change]]\n\
             subject = \"binance:usdm:ACTUSDT\"\neffective_at = \"{effective_at}\"\ntiers = [\n\
             {{ leverage = \"1 - 5x\", floor = \"0\", cap = \"7,000\", mmr = \"10%\" }},\n]\n"
        );
        let file = tool.dir().with_file_name(name);
        std::fs::write(&file, seed).unwrap();
        file.to_str().unwrap().to_string()
    };
    let files = [
        edited(&tool, "repost.txt", "2026-02-03T06:00:46Z", "2026-02-03T06:08:00Z"),
        other("next-step.toml", "2026-02-05T09:00:00Z", "2026-02-09T06:30:00Z"),
        // One contract of many, for the same time: that is another announcement which contradicts it.
        other("one-contract.toml", "2026-02-05T10:00:00Z", "2026-02-06T06:30:00Z"),
    ];
    for file in files {
        let report = loaded(&tool, &[&file]);
        assert_eq!((&report["outcome"], &report["editions"]), (&json!("loaded"), &json!([])), "{file}");
    }
    let Some(folder) = shared("announcements") else { return };
    let ran = tool.run(["--format", "json", "load", folder.to_str().unwrap()]);
    let reports: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(reports.len(), 19);
    for report in
        reports.iter().filter(|report| report["outcome"] == "loaded" && report["source"] != "ee2413a8367c")
    {
        let like: Vec<&Value> = report["editions"].as_array().unwrap().iter().map(|it| &it["file"]).collect();
        assert!(
            like.iter().all(|file| **file == "binance-2026-02-03.txt" || **file == "repost.txt"),
            "{report}"
        );
    }
}

#[test]
fn a_loaded_document_does_not_silently_revise_another() {
    let tool = Tool::seeded();
    let file = edited(&tool, "newer.txt", "LTC85%80%", "LTC85%75%");
    assert_eq!(tool.run(["load", &file]).code, 0);
    let journal = tool.journal();
    let ran = tool.run(["load", &file, "--revises", "binance-2026-02-03.txt"]);
    assert!(ran.code == 4 && ran.text().contains("loaded_already"), "{}", ran.text());
    assert_eq!(tool.journal(), journal);
    let hint = ran.text().split("`tierbook ").nth(1).unwrap().split('`').next().unwrap().to_string();
    assert!(hint.starts_with("supersede ee2413a8367c --by "), "{hint}");
    assert_eq!(tool.run(hint.split(' ')).code, 0, "the hint can be run: {hint}");
    let itself = tool.run(["load", &file, "--revises", "newer.txt"]);
    assert!(itself.code == 4 && itself.text().contains("leave `--revises` out"), "{}", itself.text());
}

#[test]
fn a_listing_that_could_end_nothing_says_so() {
    let tool = Tool::empty();
    let snapshot = |name: &str, symbols: &[&str]| {
        let bracket = json!({
            "bracket": 1, "initialLeverage": 5, "notionalCap": 100000, "notionalFloor": 0,
            "maintMarginRatio": 0.1, "cum": 0.0,
        });
        let entry = |symbol: &&str| json!({"symbol": symbol, "brackets": [bracket]});
        let table: Vec<Value> = symbols.iter().map(entry).collect();
        let file = tool.dir().with_file_name(name);
        std::fs::write(&file, json!(table).to_string()).unwrap();
        let ran = tool.run(["load", file.to_str().unwrap(), "--complete"]);
        assert_eq!(ran.code, 0, "{}", ran.text());
    };
    snapshot("brackets-20260207T000000Z.json", &["BTCUSDT"]);
    snapshot("brackets-20260201T000000Z.json", &["BTCUSDT", "ACTUSDT"]);
    let row = tool.row("limit of ACTUSDT as of 2026-02-08 recorded by tx=1");
    assert_eq!(row["status"], "not_known_then");
    assert_eq!(
        row["message"],
        "brackets-20260207T000000Z.json is a complete snapshot without it, and no rule of it was known then"
    );
}

/// The seed as another document, posted two minutes later; its id.
fn twin(tool: &Tool, name: &str) -> String {
    let file = edited(tool, name, "2026-02-03T06:00:46Z", "2026-02-03T06:02:46Z");
    loaded(tool, &[&file])["source"].as_str().unwrap().to_string()
}

/// The report of a correction, and what it prints for people.
fn corrected(tool: &Tool, arguments: &[&str]) -> (Value, String) {
    let ran = tool.run([&["--format", "json"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.text());
    (serde_json::from_str(&ran.out).unwrap(), ran.err)
}

#[test]
fn a_correction_names_what_else_states_the_change_and_retracting_that_too_changes_the_answer() {
    for correction in [
        &["retract", "ee2413a8367c.55", "--reason", "cancelled"][..],
        &["reschedule", "ee2413a8367c.55", "--to", "2026-02-08 06:30 (UTC)", "--reason", "later"],
    ] {
        let tool = Tool::seeded();
        let twin = twin(&tool, "twin.txt");
        let dry = tool.run([correction, &["--dry-run"]].concat());
        let named = format!("still stated by {twin}.55 (twin.txt)");
        let help = format!("tierbook retract {twin}.55 --reason TEXT");
        let (report, words) = corrected(&tool, correction);
        for text in [dry.text(), words, report["message"].to_string()] {
            assert!(text.contains(&named), "{text}");
        }
        assert!(dry.text().contains(&help), "{}", dry.text());
        let other = json!({
            "source": twin, "file": "twin.txt", "statements": [55], "retract": [format!("{twin}.55")],
        });
        assert_eq!(report["still_stated"], json!([other]));
        let value = || tool.row("mmr of ACTUSDT at 60000 as of 2026-02-07")["value"].clone();
        assert_eq!(value(), "0.1", "the other document still announces it");
        // Asked again, what is left is named again.
        let (again, words) = corrected(&tool, correction);
        assert_eq!((&again["outcome"], &again["still_stated"]), (&json!("already_done"), &json!([other])));
        assert!(words.contains(&help) && words.contains("; nothing is recorded"), "{words}");
        let (last, words) = corrected(&tool, &["retract", &format!("{twin}.55"), "--reason", "cancelled"]);
        assert_eq!(last["still_stated"], json!([]), "{words}");
        assert_eq!(value(), "0.125");
    }
}

#[test]
fn of_a_whole_source_the_other_is_named_as_a_whole_where_it_announces_nothing_else() {
    let tool = Tool::seeded();
    let twin = twin(&tool, "twin.txt");
    let file = edited(&tool, "partly.txt", "LTC85%80%", "LTC85%75%");
    let partly = loaded(&tool, &[&file])["source"].as_str().unwrap().to_string();
    let (report, words) = corrected(&tool, &["retract", "ee24", "--reason", "cancelled"]);
    let others = report["still_stated"].as_array().unwrap();
    let of = |id: &str| others.iter().find(|it| it["source"] == id).unwrap();
    assert_eq!((others.len(), of(&twin)["retract"].clone()), (2, json!([twin])));
    let (all, some) = (&of(&twin)["statements"], of(&partly)["statements"].as_array().unwrap());
    assert_eq!((all.as_array().unwrap().len(), some.len()), (34, 33));
    assert!(!some.contains(&json!(1)), "LTC has another ratio there: {some:?}");
    assert!(of(&partly)["retract"].as_array().unwrap().contains(&json!(format!("{partly}.55"))));
    assert!(words.contains(&format!("33 statements of {partly} (partly.txt)")), "{words}");
    for name in others.iter().flat_map(|it| it["retract"].as_array().unwrap()) {
        assert_eq!(tool.run(["retract", name.as_str().unwrap(), "--reason", "cancelled"]).code, 0);
    }
    assert_eq!(tool.row("mmr of ACTUSDT at 60000 as of 2026-02-07")["value"], "0.125");
    assert_eq!(tool.row("ratio of LTC on pm as of 2026-02-07")["value"], "0.75");
}

#[test]
fn what_a_newer_edition_repeats_or_nobody_takes_back_is_not_named() {
    let tool = Tool::seeded();
    let file = edited(&tool, "newer.txt", "LTC85%80%", "LTC85%75%");
    let newer = loaded(&tool, &[&file])["source"].as_str().unwrap().to_string();
    let supersede = ["supersede", "ee24", "--by", &newer];
    assert_eq!(corrected(&tool, &supersede).0["still_stated"], json!([]));
    assert_eq!(tool.run(["undo"]).code, 0);
    // A third document that states the one ratio that the newer edition has otherwise.
    let third = twin(&tool, "third.txt");
    let (report, _) = corrected(&tool, &supersede);
    assert_eq!(report["still_stated"][0]["retract"], json!([format!("{third}.1")]));
    assert_eq!(report["still_stated"].as_array().unwrap().len(), 1);
    // What was recorded by mistake says nothing of the others.
    for mistake in [&["unload", "third.txt", "--reason", "a copy"][..], &["undo"]] {
        assert_eq!(corrected(&tool, mistake).0["still_stated"], json!([]), "{mistake:?}");
    }
}
