//! Aliases of the user: called, listed, and wrong.

use std::path::PathBuf;

use super::tool::{Ran, Tool};

const GOOD: &str = r#"
[alias.act]
query = "mmr of ACTUSDT at 60000"
doc = "what I hold"

[alias.size]
query = '''
margin of ACTUSDT  # mine
at $n'''

[alias.why-act]
query = "explain mmr of ACTUSDT at 60000"

[alias.held]
query = "sources"
"#;

fn config(tool: &Tool, text: &str) -> PathBuf {
    let folder = tool.dir().with_file_name(".config").join("tierbook");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
    folder.join("config.toml")
}

fn same(tool: &Tool, called: &[&str], meant: &str) {
    let ran = tool.run([&["--format", "jsonl", "query"], called].concat());
    let wanted = tool.run(["--format", "jsonl", "query", meant]);
    assert_eq!(ran.err, "", "{called:?}");
    assert_eq!((ran.out, ran.code), (wanted.out, wanted.code), "{called:?}");
}

fn refused(ran: Ran, words: &[&str]) {
    assert_eq!(ran.code, 2, "{}", ran.text());
    for word in words {
        assert!(ran.err.contains(word), "`{word}` is not in:\n{}", ran.err);
    }
}

#[test]
fn an_alias_is_a_statement_and_takes_more_clauses() {
    let tool = Tool::seeded();
    config(&tool, GOOD);
    same(&tool, &["act as of 2026-02-07"], "mmr of ACTUSDT at 60000 as of 2026-02-07");
    same(
        &tool,
        &["act known at 2026-02-04 as published as of 2026-02-07 on usdm"],
        "mmr of ACTUSDT at 60000 as of 2026-02-07 known at 2026-02-04 as published on usdm",
    );
    same(&tool, &["explain act as of 2026-02-07"], "explain mmr of ACTUSDT at 60000 as of 2026-02-07");
    same(&tool, &["why-act as of 2026-02-07"], "explain mmr of ACTUSDT at 60000 as of 2026-02-07");
    same(&tool, &["size as of 2026-02-07", "--set", "n=60k"], "margin of ACTUSDT at 60000 as of 2026-02-07");
    same(&tool, &["act as of $t", "--set", "t=2026-02-07"], "mmr of ACTUSDT at 60000 as of 2026-02-07");
    same(&tool, &["held; act as of 2026-02-07"], "sources; mmr of ACTUSDT at 60000 as of 2026-02-07");
    let certificate = tool.run(["certificate", "act", "as", "of", "2026-02-07"]);
    assert!(certificate.code == 0 && certificate.out.contains("mmr of binance:usdm:ACTUSDT at 60000"));
    let input = b"act as of 2026-02-07\naliases\nset known at 2026-02-01\nact as of 2026-02-07\n";
    let prompt = tool.run_with_input(["--format", "jsonl", "repl"], input);
    let lines: Vec<&str> = prompt.out.lines().collect();
    assert_eq!(lines.len(), 1 + 4 + 1, "{}", prompt.text());
    assert!(lines[0].contains("\"value\":\"0.1\"") && lines[1].contains("what I hold"), "{}", prompt.out);
    assert!(lines[5].contains("not_known_then"), "a pin holds for an alias too: {}", prompt.out);
}

#[test]
fn a_mistake_in_a_call_stands_in_the_call_and_says_what_the_alias_stands_for() {
    let tool = Tool::seeded();
    config(&tool, GOOD);
    let said = "the alias `act` means: mmr of ACTUSDT at 60000";
    refused(tool.run(["query", "act at 5"]), &["`at` is given twice", said]);
    refused(tool.run(["query", "act on pm"]), &["1 | act on pm", "no rule of `ACTUSDT` on pm"]);
    refused(tool.run(["query", "act since 2026-02-01"]), &["since"]);
    refused(tool.run(["query", "held as of now"]), &["`sources` does not take `as of`"]);
    refused(tool.run(["query", "acd"]), &["did you mean `act`?"]);
    refused(tool.run(["query", "ACT"]), &["no statement starts with `ACT`"]);
    refused(tool.run(["query", "size --set", "--set", "n=5z"]), &["`$n` is bound to `5z`", "1 | size"]);
    refused(tool.run(["query", "size"]), &["`$n` is not bound", "the alias `size` means"]);
}

#[test]
fn the_aliases_are_listed_in_every_form_in_the_order_of_the_file() {
    let tool = Tool::empty();
    config(&tool, GOOD);
    let table = tool.run(["aliases"]);
    assert!(table.code == 0 && table.out.contains("what I hold"), "{}", table.text());
    let lines = tool.run(["--format", "jsonl", "aliases"]).out;
    let names: Vec<String> = lines
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].as_str().unwrap().to_string()
        })
        .collect();
    assert_eq!(names, ["act", "size", "why-act", "held"]);
    let all: Vec<serde_json::Value> =
        serde_json::from_str(&tool.run(["--format", "json", "aliases"]).out).unwrap();
    assert_eq!(all.len(), 4);
    assert_eq!(tool.run(["--format", "csv", "aliases"]).out.lines().next(), Some("name,query,doc,readable"));
    assert_eq!(Tool::empty().run(["aliases"]).out, "no alias is defined\n");
}

#[test]
fn what_is_wrong_in_the_configuration_is_told_with_its_place_and_stops_no_other_question() {
    let tool = Tool::seeded();
    for (text, place, words) in [
        ("[alias.a]\nquery = \"mmr of\"\n", ":2:16", &["the subject is missing"][..]),
        ("[alias.a]\nquery = \"mrr of ACTUSDT\"\n", ":2:10", &["did you mean `mmr`?"]),
        ("[alias.a]\nquery = \"sources\"\ndocs = \"x\"\n", ":3:1", &["did you mean `doc`?"]),
        ("[alias.a]\nquery = 5\n", ":2:9", &["expected text in quotes"]),
        ("[alias.a]\ndoc = \"x\"\n", ":1:8", &["has no query"]),
        ("[alias]\na = \"sources\"\n", ":2:5", &["[alias.a]"]),
        ("[alias.MMR]\nquery = \"sources\"\n", ":1:8", &["a word of the language"]),
        ("[alias.max]\nquery = \"sources\"\n", ":1:8", &["a word of the language"]),
        ("[alias.as]\nquery = \"sources\"\n", ":1:8", &["a word of the language"]),
        ("[alias.help]\nquery = \"sources\"\n", ":1:8", &["a word of the language"]),
        ("[alias.\"a b\"]\nquery = \"sources\"\n", ":1:8", &["cannot be the name"]),
        ("[alias.a]\nquery = \"sources; sources\"\n", ":2:10", &["one statement, not of 2"]),
        ("[alias.a]\nquery = \"\"\n", ":2:9", &["one statement, not of 0"]),
        ("[alias.a]\nquery = \"b\"\n[alias.b]\nquery = \"sources\"\n", ":2:10", &["not of another alias"]),
        ("[alias.a]\nquery = \"explain a\"\n", ":2:18", &["not of another alias"]),
        ("colour = true\n", ":1:1", &["known here: alias"]),
        ("alias = 5\n", ":1:9", &["expected a table"]),
    ] {
        config(&tool, text);
        let listed = tool.run(["aliases"]);
        refused(listed, &[words, &[&format!("config.toml{place}")]].concat());
        let asked = tool.run(["query", "limit of ACTUSDT as of 2026-02-07"]);
        assert!(asked.code == 0 && asked.out.contains("800,000"), "{text}: {}", asked.text());
        assert!(
            asked.err.contains("config.toml:") && asked.err.lines().count() == 1,
            "{text}: {}",
            asked.err
        );
    }
    config(&tool, "[alias.bad]\nquery = \"mmr of\"\n");
    refused(tool.run(["query", "bad"]), &["the statement of the alias `bad` cannot be read", "1 | bad"]);
}

#[test]
fn only_a_configuration_that_cannot_be_read_at_all_stops_a_question() {
    let tool = Tool::seeded();
    let path = config(&tool, "[alias.a]\nquery = \"sources\n");
    let broken = tool.run(["query", "sources"]);
    assert!(broken.code == 4 && broken.err.contains("config.toml:2:"), "{}", broken.text());
    assert_eq!(tool.run(["head"]).code, 0, "what takes no alias does not read it");
    std::fs::write(&path, b"\xff").unwrap();
    assert_eq!(tool.run(["query", "sources"]).code, 4);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(tool.run(["query", "sources"]).code, 0, "absent is fine");
    assert_eq!(
        tool.run(["query", "sources", "--config", "absent.toml"]).code,
        4,
        "but not where it was named"
    );
}

#[test]
fn the_option_goes_before_the_variable_and_that_before_the_usual_place() {
    let tool = Tool::seeded();
    let write = |name: &str, query: &str| {
        let path = tool.dir().with_file_name(name);
        std::fs::write(&path, format!("[alias.a]\nquery = \"{query}\"\n")).unwrap();
        path
    };
    config(&tool, "[alias.a]\nquery = \"limit of ACTUSDT\"\n");
    let (variable, option) = (write("v.toml", "limit of IPUSDT"), write("o.toml", "sources"));
    let shown = |variable: Option<&PathBuf>, arguments: &[&str]| {
        let mut command = tool.command();
        variable.map(|path| command.env("TIERBOOK_CONFIG", path));
        String::from_utf8(
            command.args(["--format", "csv", "aliases"]).args(arguments).output().unwrap().stdout,
        )
        .unwrap()
    };
    assert!(shown(None, &[]).contains("limit of ACTUSDT"));
    assert!(shown(Some(&variable), &[]).contains("limit of IPUSDT"));
    assert!(shown(Some(&variable), &["--config", option.to_str().unwrap()]).contains("sources"));
    assert!(shown(Some(&PathBuf::new()), &[]).contains("limit of ACTUSDT"), "an empty variable is none");
}
