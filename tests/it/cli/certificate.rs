//! Certificates: what one says is checked field by field, and nothing in it can be forged.

use serde_json::{Value, json};
use tierbook::Database;

use super::tool::{Tool, root};

const QUERY: &str = "mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z";

fn certificate(tool: &Tool, query: &str) -> Value {
    let ran = tool.run(["certificate", query]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    serde_json::from_str(&ran.out).unwrap()
}

fn problems(tool: &Tool, certificate: &Value) -> Vec<String> {
    Database::at(&tool.dir()).check(certificate).unwrap()
}

/// The database of the forgeries: an announcement, a complete listing without the contract, and a retraction.
fn tool() -> Tool {
    let tool = Tool::seeded();
    tool.load_other_rule("20260208T000000Z", 0.2);
    let second = tool.row("mmr of ACTUSDT at 60000 as of 2026-02-09")["source"]["id"].clone();
    tool.retract(second.as_str().unwrap());
    tool
}

/// The paths of all leaves of a value: every text, number, truth value, null, and empty list.
fn leaves(value: &Value, path: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| leaves(value, &format!("{path}/{name}"), into));
        }
        Value::Array(values) if !values.is_empty() => {
            values
                .iter()
                .enumerate()
                .for_each(|(place, value)| leaves(value, &format!("{path}/{place}"), into));
        }
        _ => into.push(path.to_string()),
    }
}

/// Another value than this one, of the same kind where that is possible.
fn other(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.strip_suffix('0') {
            Some(rest) => json!(format!("{rest}1")),
            None if text.is_empty() => json!("x"),
            None => json!(format!("{}0", &text[..text.len() - text.chars().next_back().unwrap().len_utf8()])),
        },
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        Value::Bool(truth) => json!(!truth),
        _ => json!("forged"),
    }
}

#[test]
fn a_certificate_is_sound_until_a_leaf_of_it_is_changed() {
    let tool = tool();
    let sound = certificate(&tool, QUERY);
    assert_eq!(problems(&tool, &sound), [] as [String; 0]);
    let mut paths = Vec::new();
    leaves(&sound, "", &mut paths);
    assert!(paths.len() > 200, "{}", paths.len());
    for path in &paths {
        let mut forged = sound.clone();
        let leaf = forged.pointer_mut(path).unwrap();
        *leaf = other(leaf);
        assert!(!problems(&tool, &forged).is_empty(), "{path}");
    }
    let kinds: Vec<&Value> =
        sound["evidence"].as_array().unwrap().iter().map(|piece| &piece["kind"]).collect();
    let mut kinds = kinds;
    kinds.dedup();
    assert_eq!(kinds, ["statement", "finding", "withdrawal"]);
    let mut shorter = sound.clone();
    shorter["evidence"].as_array_mut().unwrap().pop();
    assert!(problems(&tool, &shorter)[0].contains("`evidence` has "), "{:?}", problems(&tool, &shorter));
    let mut longer = sound.clone();
    longer["signed"] = json!("by me");
    assert_eq!(problems(&tool, &longer), ["`signed` is not part of it"]);
}

#[test]
fn a_certificate_of_a_difference_is_sound_until_a_leaf_of_either_side_is_changed() {
    let tool = tool();
    let sound = certificate(&tool, "diff ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-09");
    assert_eq!(problems(&tool, &sound), [] as [String; 0]);
    let asked = tool.row("diff ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-09");
    assert_eq!(sound["answer"][0]["effect"], asked["effect"]);
    let answering = |side: &str| {
        let evidence = sound["evidence"].as_array().unwrap().iter();
        let mut answering = evidence.filter(|piece| piece["side"] == side && piece["fate"] == "answers");
        answering.next().unwrap()["statement"].clone()
    };
    assert_eq!(answering("before"), sound["answer"][0]["before"]["statement"]);
    assert_eq!(answering("after"), sound["answer"][0]["after"]["statement"]);
    assert_ne!(answering("before"), answering("after"));
    let mut paths = Vec::new();
    leaves(&sound, "", &mut paths);
    assert!(paths.len() > 400, "{}", paths.len());
    for path in &paths {
        let mut forged = sound.clone();
        let leaf = forged.pointer_mut(path).unwrap();
        *leaf = other(leaf);
        assert!(!problems(&tool, &forged).is_empty(), "{path}");
    }
}

#[test]
fn a_certificate_names_the_statements_with_their_places_in_the_chain() {
    let tool = Tool::seeded();
    let certificate = certificate(&tool, QUERY);
    let head = tool.run(["head"]).out;
    let hash = certificate["head"]["hash"].as_str().unwrap();
    assert!(head.starts_with(&format!("db tx 1 hash {hash} recorded 20")), "{head}");
    let outcomes: Vec<&Value> = certificate["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["fate"])
        .filter(|f| !f.is_null())
        .collect();
    assert_eq!(outcomes, ["replaced", "answers"]);
    let winner = &certificate["evidence"][1];
    let recorded = &certificate["transactions"][0];
    assert_eq!((&winner["tx"], &recorded["tx"]), (&json!(1), &json!(1)));
    assert_eq!(recorded["hash"], certificate["head"]["hash"]);
    assert_eq!(recorded["source"]["sha256"], certificate["answer"][0]["source"]["sha256"]);
    assert_eq!(winner["says"]["subject"], "binance:usdm:ACTUSDT");
    assert_eq!(winner["says"]["claim"]["change"]["effective_at"], "2026-02-06T06:30:00Z");
    // Two frames: of the header, and of the transaction, each with its hash first.
    let journal = String::from_utf8(zstd::decode_all(&tool.journal().unwrap()[..]).unwrap()).unwrap();
    let hashes: Vec<Value> = journal.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let hashes: Vec<&Value> =
        hashes.iter().map(|line| &line["hash"]).filter(|hash| !hash.is_null()).collect();
    assert_eq!(hashes, [&recorded["previous"], &recorded["hash"]]);
}

#[test]
fn a_certificate_holds_after_later_loads_and_is_refused_by_another_journal() {
    let tool = tool();
    let path = tool.dir().with_file_name("certificate.json");
    let file = path.to_str().unwrap();
    for query in [
        QUERY,
        "history of ACTUSDT",
        "knowledge of mmr of ACTUSDT at 60000 as of 2026-02-09",
        "plane of margin of ACTUSDT at 60000",
        "tiers of ACTUSDT as of 2026-02-07",
        "diff ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z",
        "diff ACTUSDT, STRK as of 2026-02-09 known at 2026-02-02 vs 2026-02-04",
        "changes of ACTUSDT, *K where loosened, limit down by 5%",
        "changes by published",
        "ratio of STRK on pm as of 2026-02-07",
        "mmr of ACTUSDT, IPUSDT at 1k, 60k",
        "mmr of ACTUSDT at 60000 as of 2026-02-01",
        "binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=1",
    ] {
        let ran = tool.run(["certificate", "--out", file, query]);
        assert_eq!(ran.code, 0, "{query}: {}", ran.text());
        tool.load_other_rule(&format!("202603{:02}T000000Z", query.len() % 28 + 1), 0.3);
        let ran = tool.run(["verify", "--certificate", file]);
        assert_eq!(ran.code, 0, "{query}: {}", ran.text());
        assert!(ran.out.contains("all its evidence are in the journal"), "{}", ran.out);
    }
    let ran = Tool::seeded().run(["verify", "--certificate", file]);
    assert!(ran.code == 1 && ran.out.starts_with("problem: certificate: `head.tx`"), "{}", ran.text());
    tool.run(["certificate", "--out", file, QUERY]);
    let changed = std::fs::read_to_string(file).unwrap().replace("\"0.1\"", "\"0.2\"");
    std::fs::write(file, changed).unwrap();
    let ran = tool.run(["verify", "--certificate", file]);
    assert!(
        ran.code == 1 && ran.out.contains("`answer[0].value` is \"0.2\", the journal gives \"0.1\""),
        "{}",
        ran.text()
    );
}

#[test]
fn what_is_no_certificate_is_refused() {
    let tool = Tool::seeded();
    let page = root().join("README.md");
    let ran = tool.run(["verify", "--certificate", page.to_str().unwrap()]);
    assert!(ran.code == 4 && ran.err.contains("not_a_certificate"), "{}", ran.text());
    let ran = tool.run(["verify", "--certificate", "/nowhere/at/all"]);
    assert_eq!(ran.code, 4, "{}", ran.text());
    assert!(!problems(&tool, &json!({})).is_empty());
    for (query, code) in [
        ("subjects", "not_certifiable"),
        ("upcoming of ACTUSDT", "not_certifiable"),
        ("mmr of ACTUSDT at 1; limit of ACTUSDT", "one_statement"),
        ("mmr of ACTUST at 1", "unknown_subject"),
        ("mmr ACTUSDT", "of_missing"),
    ] {
        let ran = tool.run(["certificate", query]);
        assert!(ran.code == 2 && ran.err.contains(code), "{query}: {}", ran.text());
    }
}
