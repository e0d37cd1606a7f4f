//! Launches, postponements, conversions, ends of tokens and classes of assets, as a user meets them.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::auditor::{Dice, certificate, forge, script, write};
use super::tool::{Tool, shared};

/// Contracts that start, end and are converted; an asset whose class changes. Each file is a document.
const DOCUMENTS: [(&str, &str); 15] = [
    (
        "launches.toml",
        "[source]\npublished_at = \"2026-03-01 06:00 (UTC)\"
[[launch]]\nsubjects = [\"usdm:NEWUSDT\", \"usdm:LATEUSDT\", \"usdm:NEVERUSDT\", \"usdm:OLDUSDT\"]
effective_at = \"2026-03-03 10:00 (UTC)\"\nmax_leverage = 50\n",
    ),
    (
        "pre-market.toml",
        "[source]\npublished_at = \"2026-03-01 07:00 (UTC)\"
[[launch]]\nsubject = \"usdm:PREUSDT\"\neffective_at = \"2026-03-02 10:00 (UTC)\"\nmax_leverage = 5
[[change]]\nsubject = \"usdm:PREUSDT\"\neffective_at = \"2026-03-02 10:00 (UTC)\"
tiers = [{ leverage = \"5x\", cap = \"5,000\", mmr = \"10%\" }, { leverage = \"1 - 4x\", cap = \"10,000\", mmr = \"12.5%\" }]\n",
    ),
    (
        "postponed.toml",
        "[source]\npublished_at = \"2026-03-02 06:00 (UTC)\"
[[postponed]]\nsubject = \"usdm:LATEUSDT\"\nfrom = \"2026-03-03 12:00 (UTC)\"\nto = \"2026-03-05 10:00 (UTC)\"
[[postponed]]\nsubject = \"token:NEVER\"\nfrom = \"2026-03-03 12:00 (UTC)\"\n",
    ),
    (
        "converted.toml",
        "[source]\npublished_at = \"2026-03-08 06:00 (UTC)\"
[[conversion]]\nsubjects = [\"usdm:PREUSDT\", \"usdm:NEWUSDT\"]\neffective_at = \"2026-03-08 10:00 (UTC)\"\nrollout = \"3 hours\"\n",
    ),
    ("new-seen.toml", "[source]\npublished_at = \"2026-03-04 00:00 (UTC)\"\n[[observation]]\nsubject = \"usdm:NEWUSDT\"\n{50}"),
    ("pre-seen.toml", "[source]\npublished_at = \"2026-03-10 00:00 (UTC)\"\n[[observation]]\nsubject = \"usdm:PREUSDT\"\n{75}"),
    ("old-seen.toml", "[source]\npublished_at = \"2026-01-01 00:00 (UTC)\"\n[[observation]]\nsubjects = [\"usdm:OLDUSDT\", \"usdm:GONEUSDT\"]\n{20}[[observation]]\nsubject = \"usdm:GONEUSDC\"\n{20}[[observation]]\nsubject = \"coinm:GONEUSD\"\n{20}"),
    (
        "old-ends.toml",
        "[source]\npublished_at = \"2026-01-31 00:00 (UTC)\"
[[end]]\nsubjects = [\"usdm:OLDUSDT\", \"usdm:GONEUSDC\"]\neffective_at = \"2026-02-02 09:00 (UTC)\"\n",
    ),
    ("frozen.toml", "[source]\npublished_at = \"2026-02-10 00:00 (UTC)\"\n[[observation]]\nsubject = \"usdm:OLDUSDT\"\n{20}[[observation]]\nsubject = \"usdm:GONEUSDC\"\n{20}"),
    ("frozen-later.toml", "[source]\npublished_at = \"2026-03-20 00:00 (UTC)\"\n[[observation]]\nsubject = \"usdm:GONEUSDC\"\n{20}[[observation]]\nsubject = \"usdm:GONEUSDT\"\n{20}"),
    (
        // As an export has it, because only a reader finds that no contract is named.
        "token-ends.toml",
        "[source]\npublished_at = \"2026-03-05T00:00:00Z\"\nprecision = \"instant\"\npublished_by = \"text\"\nfile = \"gone.txt\"
sha256 = \"00000000000000000000000000000000000000000000000000000000000000a1\"
[[end]]\nsubject = \"token:GONE\"\nstatement = 1\neffective_at = \"2026-03-12T09:00:00Z\"
[[finding]]\ncode = \"contract_not_named\"\nmessage = \"the contracts of GONE are not named\"\nsubjects = [\"GONE\"]\nstatement = 1\n",
    ),
    (
        "classes.toml",
        "[source]\npublished_at = \"2026-03-01 05:00 (UTC)\"
[[change]]\nsubject = \"cross:ENA\"\neffective_at = \"2026-03-06 06:00 (UTC)\"\nrollout = \"30 minutes\"\nclass = 7
[[observation]]\nsubject = \"cross:ENA\"\nclass = 6
[[observation]]\nsubject = \"cross:class-6\"\ncollateral = [{ cap = \"800,000\", ratio = \"100%\" }, { cap = \"1,200,000\", ratio = \"95%\" }]
[[observation]]\nsubject = \"cross:class-7\"\ncollateral = [{ cap = \"200,000\", ratio = \"100%\" }, { cap = \"600,000\", ratio = \"90%\" }]\n",
    ),
    (
        "class-changes.toml",
        "[source]\npublished_at = \"2026-03-09\"
[[change]]\nsubject = \"cross:class-7\"\neffective_at = \"2026-03-15 06:00 (UTC)\"\nrollout = \"1 hour\"
collateral = [{ cap = \"200,000\", ratio = \"100%\" }, { cap = \"600,000\", ratio = \"80%\" }]\n",
    ),
    (
        "class-without-tiers.toml",
        "[source]\npublished_at = \"2026-03-09 06:00 (UTC)\"
[[change]]\nsubjects = [\"cross:ENA\", \"cross:OP\"]\neffective_at = \"2026-03-20 06:00 (UTC)\"\nclass = 9\n",
    ),
    (
        "class-9.toml",
        "[source]\npublished_at = \"2026-03-25 06:00 (UTC)\"
[[observation]]\nsubject = \"cross:class-9\"\nseen_at = \"2026-03-21 00:00 (UTC)\"\ncollateral = [{ cap = \"600,000\", ratio = \"50%\" }]\n",
    ),
];

/// The database of these documents, loaded in an order that is not that of their publications.
fn database() -> Tool {
    let tool = Tool::empty();
    let folder = tool.dir().with_file_name("lives");
    std::fs::create_dir(&folder).unwrap();
    let tiers = |leverage: &str| {
        format!("tiers = [{{ leverage = \"1 - {leverage}x\", cap = \"{leverage},000\", mmr = \"1%\" }}]\n")
    };
    for (name, text) in DOCUMENTS.iter().rev() {
        let text = ["20", "50", "75"]
            .iter()
            .fold(text.to_string(), |text, most| text.replace(&format!("{{{most}}}"), &tiers(most)));
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        let ran = tool.run(["load", path.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.text());
    }
    tool
}

/// Questions of every status and certainty that these statements cause.
fn questions() -> Vec<String> {
    let mut questions = Vec::new();
    for (question, days) in [
        (
            "mmr of NEWUSDT at 1k",
            ["2026-03-02", "2026-03-03T12:00Z", "2026-03-09", "2026-03-03T12:00Z known at 2026-02-01"],
        ),
        (
            "limit of LATEUSDT",
            ["2026-03-04", "2026-03-06", "2026-03-04 known at 2026-03-01T12:00Z", "2026-03-01"],
        ),
        (
            "mmr of NEVERUSDT at 1k",
            ["2026-03-04", "2026-03-09", "2026-03-04 known at 2026-03-01T12:00Z", "2026-04-01"],
        ),
        ("tiers of PREUSDT", ["2026-03-02T10:00Z", "2026-03-08T11:00Z", "2026-03-09", "2026-03-11"]),
        (
            "max leverage of PREUSDT at 7k",
            ["2026-03-02T10:00Z", "2026-03-08T11:00Z", "2026-03-09", "2026-03-11"],
        ),
        ("mmr of OLDUSDT at 1k", ["2026-02-01", "2026-02-11", "2026-03-03T10:00Z", "2026-03-03"]),
        (
            "tiers of GONEUSDT, GONEUSDC, GONEUSD",
            ["2026-02-01", "2026-03-12T09:00Z", "2026-03-21", "2026-03-13 known at 2026-03-04"],
        ),
        (
            "margin of GONEUSDT, GONEUSDC at 5",
            ["2026-02-01", "2026-03-12T09:00Z", "2026-03-21", "2026-03-13 known at 2026-03-04"],
        ),
        (
            "ratio of ENA at 500000 on cross",
            ["2026-03-01T05:00Z", "2026-03-06T06:10Z", "2026-03-12", "2026-03-15T06:10Z"],
        ),
        (
            "collateral of ENA at 500000 on cross",
            ["2026-03-06T06:10Z", "2026-03-20T12:00Z", "2026-03-22", "2026-03-22 known at 2026-03-20"],
        ),
        ("tiers of ENA on cross", ["2026-03-06T06:10Z", "2026-03-16", "2026-03-21", "2026-02-01"]),
        (
            "limit of ENA, class-7 on cross",
            ["2026-03-06T06:10Z", "2026-03-16", "2026-03-21", "2026-03-16 as published"],
        ),
        (
            "ratio of OP at 700000 on cross",
            ["2026-03-21", "2026-03-22", "2026-03-20T06:00Z", "2026-03-22 known at 2026-03-10"],
        ),
    ] {
        questions.extend(days.map(|day| format!("{question} as of {day}")));
    }
    questions
}

fn message(tool: &Tool, question: &str) -> String {
    let row = tool.row(question);
    assert_eq!(row["value"], Value::Null, "{question}: {row}");
    format!("{}: {}", row["status"].as_str().unwrap(), row["message"].as_str().unwrap())
}

#[test]
fn the_message_of_each_unknown_says_what_is_stated() {
    let tool = database();
    for (question, expected) in [
        (
            "mmr of NEWUSDT at 1k as of 2026-03-02",
            "unknown: nothing is known before a launch at 2026-03-03T10:00:00Z (launches.toml)",
        ),
        (
            "mmr of NEWUSDT at 1k as of 2026-03-03T10:00Z",
            "unknown: launched at 2026-03-03T10:00:00Z with at most 50x, by launches.toml; no table of it is known yet",
        ),
        (
            "mmr of LATEUSDT at 1k as of 2026-03-04 known at 2026-03-01T12:00Z",
            "unknown: launched at 2026-03-03T10:00:00Z with at most 50x, by launches.toml; no table of it is known yet",
        ),
        (
            "mmr of LATEUSDT at 1k as of 2026-03-04",
            "unknown: nothing is known before a launch put off at 2026-03-05T10:00:00Z (postponed.toml)",
        ),
        (
            "mmr of LATEUSDT at 1k as of 2026-03-06",
            "unknown: launched at 2026-03-05T10:00:00Z with at most 50x, by postponed.toml; no table of it is known yet",
        ),
        (
            "mmr of NEVERUSDT at 1k as of 2026-03-06",
            "unknown: its launch is put off until further notice, by postponed.toml",
        ),
        (
            "mmr of OLDUSDT at 1k as of 2026-02-11",
            "ended: no rule since 2026-02-02T09:00:00Z, by old-ends.toml",
        ),
        (
            "mmr of GONEUSDT at 5 as of 2026-03-21",
            "ended: no rule since 2026-03-12T09:00:00Z, by gone.txt, which ends the contracts of GONE",
        ),
        (
            "mmr of GONEUSDC at 5 as of 2026-03-21",
            "ended: no rule since 2026-02-02T09:00:00Z, by old-ends.toml",
        ),
        (
            "ratio of OP at 1 on cross as of 2026-03-20T12:00Z",
            "unknown: OP is in class-9, whose tiers are not known: nothing is known before an observation at 2026-03-21T00:00:00Z (class-9.toml)",
        ),
        (
            "ratio of OP at 1 on cross as of 2026-03-22 known at 2026-03-10",
            "not_known_then: OP is in class-9, whose tiers are not known: published 2026-03-25T06:00:00Z (class-9.toml)",
        ),
    ] {
        assert_eq!(message(&tool, question), expected, "{question}");
    }
}

#[test]
fn a_life_starts_by_a_launch_and_a_launch_hides_no_table() {
    let tool = database();
    // The observation of 2026-02-10 shows a frozen table; the launch of 2026-03-03 starts another life.
    assert_eq!(tool.row("mmr of OLDUSDT at 1k as of 2026-02-11")["status"], "ended");
    assert_eq!(tool.row("mmr of OLDUSDT at 1k as of 2026-03-04")["status"], "unknown");
    // The tiers of the same document answer from the time of the launch on.
    let row = tool.row("max leverage of PREUSDT at 7k as of 2026-03-02T10:00Z");
    assert_eq!((&row["value"], &row["in_force_since"]), (&"4".into(), &"2026-03-02T10:00:00Z".into()));
    let versions = tool.rows("history of PREUSDT").0;
    assert_eq!(versions.len(), 2, "{versions:?}");
}

#[test]
fn a_conversion_makes_answers_doubtful_until_a_table_is_seen() {
    let tool = database();
    for (day, kinds) in [
        ("2026-03-08T09:00Z", ["unseen_change"].as_slice()),
        ("2026-03-08T10:00Z", &["unseen_change", "doubtful"]),
        ("2026-03-11", &[]),
    ] {
        let certainty = &tool.row(&format!("limit of PREUSDT as of {day}"))["certainty"];
        let all: Vec<&str> = std::iter::once(&certainty["kind"])
            .chain(certainty["also"].as_array().unwrap())
            .filter_map(Value::as_str)
            .filter(|kind| !["settled", "unconfirmed"].contains(kind))
            .collect();
        assert_eq!(all, kinds, "{day}: {certainty}");
    }
    let because = &tool.row("limit of PREUSDT as of 2026-03-09")["certainty"]["because"][0];
    assert_eq!(because["code"], "converted");
}

#[test]
fn an_end_of_the_contracts_of_a_token_is_doubtful_and_ends_those_that_live() {
    let tool = database();
    for contract in ["GONEUSDT", "GONEUSD"] {
        let row = tool.row(&format!("limit of {contract} as of 2026-03-21"));
        assert_eq!(row["status"], "ended", "{contract}");
        assert_eq!(row["certainty"]["because"][0]["code"], "contract_not_named", "{contract}: {row}");
    }
    let row = tool.row("limit of GONEUSDC as of 2026-03-21");
    assert_eq!((&row["status"], &row["certainty"]), (&"ended".into(), &Value::Null));
    let explained = tool.rows("explain limit of GONEUSDC as of 2026-03-21").0;
    assert_eq!(fates(&explained), ["replaced", "answers", "after_end", "nothing_to_end", "after_end"]);
}

/// What became of each statement that was considered.
fn fates(explained: &[Value]) -> Vec<&str> {
    explained[0]["candidates"].as_array().unwrap().iter().map(|it| it["fate"].as_str().unwrap()).collect()
}

#[test]
fn explain_says_what_became_of_launches_conversions_and_postponements() {
    let tool = database();
    for (question, expected) in [
        ("limit of LATEUSDT as of 2026-03-06", ["put_off", "answers"].as_slice()),
        ("limit of NEVERUSDT as of 2026-03-06", &["put_off", "puts_off"]),
        ("limit of PREUSDT as of 2026-03-11", &["in_life", "replaced", "converts", "answers"]),
        ("limit of NEWUSDT as of 2026-03-03T12:00Z", &["answers", "later", "later"]),
        ("limit of OLDUSDT as of 2026-03-04", &["replaced", "replaced", "after_end", "answers"]),
    ] {
        assert_eq!(fates(&tool.rows(&format!("explain {question}")).0), expected, "{question}");
    }
}

#[test]
fn an_asset_is_answered_by_its_class_and_both_timelines_are_cited() {
    let tool = database();
    let row = tool.row("ratio of ENA at 500000 on cross as of 2026-03-06T06:10Z");
    assert_eq!((&row["value"], &row["class"]["subject"]), (&"0.9".into(), &"binance:cross:class-7".into()));
    let certainty = &row["certainty"];
    assert_eq!(
        (&certainty["kind"], &certainty["other"], &certainty["also"]),
        (&"rolling_out".into(), &"1".into(), &Value::Array(vec!["doubtful".into(), "unconfirmed".into()]))
    );
    assert_eq!(row["source"]["file"], "classes.toml");
    let row = tool.row("ratio of ENA at 500000 on cross as of 2026-03-15T06:10Z");
    assert_eq!(
        (&row["value"], &row["certainty"]["other"], &row["certainty"]["kind"]),
        (&"0.8".into(), &"0.9".into(), &"rolling_out".into())
    );
    assert_eq!(row["class"]["source"]["file"], "class-changes.toml");
    let codes: Vec<&Value> = row["warnings"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
    assert_eq!(codes, ["open_end", "published_day"]);
    let explained = &tool.rows("explain ratio of ENA at 500000 on cross as of 2026-03-16").0[0];
    let quoted = |winner: &str| explained[winner]["row_words"].clone();
    assert_eq!(quoted("winner"), Value::Array(Vec::new()));
    assert_eq!(quoted("class_winner")[0], "{ cap = \"600,000\", ratio = \"80%\" }");
    let subjects: BTreeSet<&str> = explained["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["subject"].as_str().unwrap())
        .collect();
    assert_eq!(
        subjects.into_iter().collect::<Vec<_>>(),
        ["binance:cross:ENA", "binance:cross:class-6", "binance:cross:class-7", "binance:cross:class-9"]
    );
    let answering = |it: &&Value| it["fate"] == "answers";
    assert_eq!(explained["candidates"].as_array().unwrap().iter().filter(answering).count(), 2);
    let text = tool.run(["query", "explain ratio of ENA at 500000 on cross as of 2026-03-16"]).out;
    assert_eq!(text.matches("in the words of the source").count(), 2, "{text}");
    let (_, code) = tool.rows("history of ratio of ENA at 500000 on cross");
    assert_eq!(code, 2, "an asset is not followed through two timelines");
    let classes = tool.rows("history of ENA on cross").0;
    assert_eq!(
        classes.iter().map(|row| row["rule"]["class"].as_u64()).collect::<Vec<_>>(),
        [Some(6), Some(7), Some(9)]
    );
}

#[test]
fn statements_are_listed_with_their_kinds_and_times() {
    let tool = database();
    let listed = |source: &str| -> Vec<String> {
        let rows = tool.rows(&format!("source {source}")).0;
        let field = |row: &Value, name: &str| match &row[name] {
            Value::Null => String::new(),
            Value::String(text) => format!(" {name} {text}"),
            other => format!(" {name} {other}"),
        };
        let fields = ["kind", "valid_at", "max_leverage", "class", "postponed_from", "postponed_to"];
        let statements = rows.iter().filter(|row| !row["kind"].is_null());
        statements.map(|row| fields.map(|name| field(row, name)).concat()).collect()
    };
    assert_eq!(listed("launches.toml")[0], " kind launch valid_at 2026-03-03T10:00:00Z max_leverage 50");
    assert_eq!(
        listed("postponed.toml"),
        [
            " kind postponed valid_at 2026-03-05T10:00:00Z postponed_from 2026-03-03T12:00:00Z postponed_to 2026-03-05T10:00:00Z",
            " kind postponed valid_at 2026-03-03T12:00:00Z postponed_from 2026-03-03T12:00:00Z",
        ]
    );
    assert_eq!(listed("converted.toml")[0], " kind conversion valid_at 2026-03-08T10:00:00Z");
    assert_eq!(listed("class-without-tiers.toml")[0], " kind change valid_at 2026-03-20T06:00:00Z class 9");
    assert_eq!(listed("gone.txt"), [" kind end valid_at 2026-03-12T09:00:00Z"]);
    assert_eq!(listed("new-seen.toml"), [" kind observation valid_at 2026-03-04T00:00:00Z max_leverage 50"]);
}

#[test]
fn subjects_changes_and_history_show_lives() {
    let tool = database();
    let subjects = tool.rows("subjects").0;
    let names: Vec<&str> = subjects.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"NEVERUSDT") && names.contains(&"class-7"), "{names:?}");
    assert!(!names.contains(&"GONE"), "a token has no rule: {names:?}");
    let changes = |question: &str| -> Vec<String> {
        let rows = tool.rows(question).0;
        rows.iter()
            .map(|row| format!("{} {}", row["effective_at"].as_str().unwrap(), row["kind"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(changes("changes of OLDUSDT"), ["2026-02-02T09:00:00Z end", "2026-03-03T10:00:00Z launch"]);
    assert_eq!(changes("changes of GONEUSDT"), ["2026-03-12T09:00:00Z end"]);
    let kinds = |question: &str| -> Vec<String> {
        let rows = tool.rows(question).0;
        rows.iter().map(|row| row["kind"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!(kinds("history of OLDUSDT"), ["observation", "end", "launch"]);
    assert_eq!(kinds("history of LATEUSDT"), ["postponed"]);
    assert_eq!(kinds("history of NEVERUSDT"), [""; 0]);
}

#[test]
fn the_script_recomputes_answers_about_lives_and_refuses_forgeries() {
    let tool = database();
    let certificates: Vec<Value> = questions().iter().map(|question| certificate(&tool, question)).collect();
    let fates: BTreeSet<&str> = certificates
        .iter()
        .flat_map(|certificate| certificate["evidence"].as_array().unwrap())
        .filter_map(|piece| piece["fate"].as_str())
        .collect();
    for word in ["in_life", "put_off", "puts_off", "converts", "nothing_to_end", "after_end"] {
        assert!(fates.contains(word), "no certificate has `{word}`: {fates:?}");
    }
    let file = tool.dir().with_file_name("sound.jsonl");
    let journal = tool.journal_file();
    write(&file, &certificates);
    let with_journal: [&Path; 3] = [Path::new("--journal"), &journal, &file];
    for arguments in [&with_journal[..], &[&file]] {
        let Some(output) = script(arguments) else { return };
        let text = String::from_utf8_lossy(&output.stdout);
        let rejected: Vec<&str> = text.lines().filter(|line| line.contains(": REJECTED")).collect();
        assert_eq!(rejected, [""; 0]);
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(tool.run(["verify", "--certificate", file.to_str().unwrap()]).code, 0);
    let (mut dice, mut forged) = (Dice(15), Vec::new());
    while forged.len() < 1_000 {
        let forgery = forge(&certificates, &mut dice);
        if !certificates.contains(&forgery) {
            forged.push(forgery);
        }
    }
    write(&file, &forged);
    let output = script(&with_journal).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.matches(": REJECTED: ").count(), forged.len());
    let ran = tool.run(["verify", "--certificate", file.to_str().unwrap()]);
    let number =
        |line: &str| Some(line.strip_prefix("problem: certificate: number ")?.split(':').next()?.to_string());
    let refused: BTreeSet<String> = ran.out.lines().filter_map(number).collect();
    assert_eq!(refused.len(), forged.len(), "{}", ran.err);
}

/// What the exchange announced of some contracts that its tables went on showing; one of them was launched again.
const ENDS: &str = "[source]\npublished_at = \"2025-08-29 11:00 (UTC)\"
[[end]]\nsubject = \"usdm:LEVERUSDT\"\neffective_at = \"2025-09-03 09:00 (UTC)\"
[[end]]\nsubjects = [\"usdm:SXPUSDT\", \"usdm:MILKUSDT\"]\neffective_at = \"2025-12-05 09:00 (UTC)\"
[[end]]\nsubjects = [\"usdm:OBOLUSDT\", \"usdm:TOKENUSDT\"]\neffective_at = \"2025-12-05 09:30 (UTC)\"
[[end]]\nsubject = \"usdm:AIAUSDT\"\neffective_at = \"2025-12-11 12:15 (UTC)\"
[[launch]]\nsubject = \"usdm:AIAUSDT\"\neffective_at = \"2026-01-16 14:00 (UTC)\"\n";

#[test]
fn ends_stay_ends_after_all_shared_snapshots_and_a_launch_starts_another_life() {
    let Some(snapshots) = shared("exchange/snapshots") else { return };
    let tool = Tool::empty();
    let ends = tool.dir().with_file_name("ends.toml");
    std::fs::write(&ends, ENDS).unwrap();
    for path in [&ends, &snapshots] {
        let ran = tool.run(["load".as_ref(), path.as_os_str()]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let statuses = |contracts: &str, day: &str| -> Vec<String> {
        let rows = tool.rows(&format!("limit of {contracts} as of {day}")).0;
        rows.iter().map(|row| row["status"].as_str().unwrap().to_string()).collect()
    };
    for day in ["2025-12-20", "2026-02-07", "2026-03-01", "2026-10-01"] {
        let ended = statuses("LEVERUSDT, SXPUSDT, MILKUSDT, OBOLUSDT, TOKENUSDT", day);
        assert_eq!(ended, ["ended"; 5], "{day}");
    }
    let again =
        ["2025-12-11", "2025-12-20", "2026-01-20", "2026-02-01"].map(|day| statuses("AIAUSDT", day).concat());
    assert_eq!(again, ["value", "ended", "unknown", "value"]);
}

#[test]
fn a_launch_names_its_contract() {
    let tool = Tool::empty();
    let path = tool.dir().with_file_name("token.toml");
    let launch = "[[launch]]\nsubject = \"token:NEW\"\neffective_at = \"2026-03-03 10:00 (UTC)\"\n";
    std::fs::write(&path, format!("[source]\npublished_at = 2026-03-01T00:00:00Z\n{launch}")).unwrap();
    let ran = tool.run(["load".as_ref(), path.as_os_str()]);
    assert!(ran.code == 4 && ran.err.contains("[[launch]] is of a contract"), "{}", ran.text());
}
