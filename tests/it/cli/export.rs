//! `export`, and seeds that retract or postpone what is stored.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::tool::{Ran, Tool, seed};

/// A folder for files, gone with the value.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn export(tool: &Tool, folder: &Path) -> Ran {
    tool.run([Path::new("export"), folder])
}

fn load(tool: &Tool, path: &Path) -> Ran {
    tool.run([Path::new("load"), path])
}

/// A seed with a source published on 5 February at this minute, and these entries.
fn seed_text(minute: u32, entries: &str) -> String {
    format!("[source]\ntitle = \"T\"\npublished_at = \"2026-02-05T12:{minute:02}Z\"\n{entries}")
}

/// The id of the seed's announcement, and its change of ACTUSDT.
const SOURCE: &str = "ee2413a8367c";
const STATEMENT: u32 = 55;

fn postpone(statement: u32) -> String {
    format!(
        "[[postpone]]\nsource = \"{SOURCE}\"\nstatement = {statement}\neffective_at = \"2026-02-08 06:30 (UTC)\"\n\
         reason = \"maintenance\"\n"
    )
}

#[test]
fn each_source_is_a_file_named_by_its_publication_and_id_and_a_second_export_changes_nothing() {
    let tool = Tool::seeded();
    let folder = folder();
    let files = folder.path().join("new/export");
    let ran = export(&tool, &files);
    let name = format!("20260203T060046Z-{SOURCE}.toml");
    let path = files.join(&name);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, format!("{}: written\n", path.display()).as_str()),
        "{}",
        ran.err
    );
    let names: Vec<String> = fs::read_dir(&files)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, [name]);

    let text = fs::read_to_string(&path).unwrap();
    let again = export(&tool, &files);
    assert_eq!((again.code, again.out.as_str()), (0, format!("{}: unchanged\n", path.display()).as_str()));
    let printed = tool.run(["export", "--source", &SOURCE[..4]]);
    assert_eq!((printed.code, printed.out.as_str()), (0, text.as_str()));

    fs::write(&path, "mine").unwrap();
    let kept = tool.run(["--format", "jsonl", "export", files.to_str().unwrap()]);
    assert_eq!(kept.code, 4);
    assert!(kept.err.contains("exists with other content, and is not overwritten"), "{}", kept.err);
    let row: Value = serde_json::from_str(&kept.out).unwrap();
    assert_eq!((row["outcome"].as_str(), row["source"].as_str()), (Some("kept"), Some(SOURCE)));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn an_export_is_already_loaded_where_it_comes_from_and_whole_elsewhere() {
    let tool = Tool::seeded();
    let folder = folder();
    export(&tool, folder.path());
    let journal = tool.journal();
    let ran = load(&tool, folder.path());
    assert!(
        ran.code == 0 && ran.err.contains(&format!("already loaded as {SOURCE} in tx 1")),
        "{}",
        ran.text()
    );
    assert_eq!(tool.journal(), journal);

    let other = Tool::empty();
    let ran = load(&other, folder.path());
    assert!(ran.code == 0 && ran.err.contains(&format!("loaded as {SOURCE} in tx 1")), "{}", ran.text());
    for query in
        ["mmr of ACTUSDT at 300000 as of 2026-02-07", "mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z"]
    {
        let (here, there) = (tool.row(query), other.row(query));
        for key in ["value", "status", "certainty", "reading", "in_force_since", "warnings", "next_change_at"]
        {
            assert_eq!(here[key], there[key], "{query} {key}");
        }
        for key in ["id", "sha256", "file", "published_at", "precision"] {
            assert_eq!(here["source"][key], there["source"][key], "{query} {key}");
        }
    }
    let quoted = other.run(["query", "explain mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z"]).out;
    assert!(
        quoted.contains("cap = \"60,000\", mmr = \"10.00%"),
        "the words are those of the export: {quoted}"
    );
    let verified = other.run(["verify"]);
    assert_eq!((verified.code, verified.err.as_str()), (0, ""), "{}", verified.text());
    let again = load(&other, &seed());
    assert!(again.err.contains("already loaded"), "the export stands for the announcement: {}", again.err);
}

#[test]
fn a_mistake_of_export_says_what_to_do() {
    let tool = Tool::seeded();
    for (arguments, code, words) in [
        (vec!["export"], 2, "there is no folder to export to"),
        (vec!["export", "x", "--source", "ee"], 2, "cannot be used with"),
        (vec!["export", "--source", "ffff"], 2, "no source `ffff` is stored"),
        (vec!["export", "Cargo.toml"], 4, "cannot write Cargo.toml"),
    ] {
        let ran = tool.run(&arguments);
        assert_eq!(ran.code, code, "{arguments:?} {}", ran.text());
        assert!(ran.err.contains(words), "{arguments:?} {}", ran.err);
    }
    let ran = Tool::empty().run(["export", "--source", "ee"]);
    assert!(ran.code == 4 && ran.err.contains("no_database"), "{}", ran.text());
}

#[test]
fn a_document_recorded_again_with_a_better_publication_is_exported_once_as_it_counts() {
    let tool = Tool::empty();
    let folder = folder();
    let text = "[source]\ntitle = \"T\"\n[[sighting]]\nsubject = \"pm:LTC\"\nratio = \"80%\"\n";
    let path = file(folder.path(), "undated.toml", text);
    assert_eq!(load(&tool, &path).code, 0);
    let arguments = ["load", "--published-at", "2026-02-04", path.to_str().unwrap()];
    assert!(tool.run(arguments).err.contains("in tx 2"));
    let files = folder.path().join("export");
    let ran = export(&tool, &files);
    assert!(ran.out.contains("20260204T000000Z-") && ran.out.lines().count() == 1, "{}", ran.text());
    let other = Tool::empty();
    assert_eq!(load(&other, &files).code, 0);
    let query = "ratio of LTC as of 2026-02-05 known at 2026-02-04";
    assert_eq!(tool.row(query)["value"], other.row(query)["value"]);
    let found =
        |tool: &Tool| tool.rows("findings").0.iter().map(|row| row["code"].clone()).collect::<Vec<_>>();
    assert_eq!((found(&tool), found(&other)), (vec!["no_publication".into()], vec!["no_publication".into()]));
    let tool = Tool::holding(&path);
    let text = tool.run(["export", "--source", "undated.toml"]).out;
    assert!(text.contains("precision = \"recorded\""), "{text}");
    let other = Tool::holding(&file(folder.path(), "recorded.toml", &text));
    let warning = &other.row("ratio of LTC")["warnings"][0];
    assert_eq!(warning["code"], "published_unknown");
}

#[test]
fn sources_published_at_one_instant_answer_alike_in_every_order_of_loading_and_after_an_export() {
    let folder = folder();
    let said = |ratio: u32| {
        seed_text(
            0,
            &format!("[[change]]\nsubject = \"pm:LTC\"\neffective_at = 2026-02-06\nratio = \"{ratio}%\"\n"),
        )
    };
    let mut answers = BTreeSet::new();
    for ratios in [[10, 20, 30], [30, 20, 10], [20, 30, 10]] {
        let tool = Tool::empty();
        for ratio in ratios {
            assert_eq!(load(&tool, &file(folder.path(), &format!("{ratio}.toml"), &said(ratio))).code, 0);
        }
        let files = folder.path().join(format!("export-{}", ratios[2]));
        let ran = export(&tool, &files);
        assert!(ran.out.contains("20260205T120000Z.000003-"), "{}", ran.text());
        let other = Tool::empty();
        assert_eq!(load(&other, &files).code, 0);
        let query = "ratio of LTC as of 2026-02-07";
        for row in [tool.row(query), other.row(query)] {
            let certainty = &row["certainty"];
            assert_eq!(certainty["kind"], "contradicted", "{row}");
            let others = certainty["others"].as_array().unwrap();
            let values = others.iter().map(|other| &other["value"]).chain([&row["value"]]);
            let values: BTreeSet<String> = values.map(ToString::to_string).collect();
            assert_eq!(values.len(), 3, "all three are named: {row}");
            assert_eq!(certainty["other"], others[0]["value"]);
            answers.insert(row["value"].to_string());
        }
        fs::remove_dir_all(files).unwrap();
    }
    assert_eq!(answers.len(), 1, "one answer, whatever was loaded first: {answers:?}");
}

#[test]
fn a_postponed_change_is_retracted_and_comes_later_with_its_rule_and_its_warnings() {
    let tool = Tool::seeded();
    let folder = folder();
    let before = tool.row("mmr of ACTUSDT at 300000 as of 2026-02-09");
    let path = file(folder.path(), "postponed.toml", &seed_text(0, &postpone(STATEMENT)));
    let ran = tool.run([Path::new("check"), &path]);
    assert!(ran.code == 0 && ran.err.contains("1 statement,"), "{}", ran.text());
    let ran = load(&tool, &path);
    assert!(ran.code == 0 && ran.err.contains("1 statement,"), "{}", ran.text());

    let row = tool.row("mmr of ACTUSDT at 300000 as of 2026-02-09");
    assert_eq!(row["in_force_since"], "2026-02-08T06:30:00Z");
    assert_eq!((&row["value"], &row["reading"]), (&before["value"], &before["reading"]));
    let codes = |row: &Value| -> Vec<String> {
        row["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["code"].as_str().unwrap().to_string())
            .collect()
    };
    assert_eq!(codes(&row)[0], codes(&before)[0]);
    let rolling = tool.row("mmr of ACTUSDT at 60000 as of 2026-02-08T07:00Z");
    assert_eq!(rolling["certainty"]["until"], "2026-02-08T07:30:00Z", "the roll-out takes as long as before");
    assert_eq!(
        tool.row("mmr of ACTUSDT at 60000 as of 2026-02-07")["value"],
        "0.125",
        "the old rule holds on"
    );
    let known = tool.row("mmr of ACTUSDT at 60000 as of 2026-02-07 known at 2026-02-04");
    assert_eq!(known["value"], "0.1", "until it was known, the change stood");

    let again = file(folder.path(), "again.toml", &seed_text(1, &postpone(STATEMENT)));
    let ran = load(&tool, &again);
    assert!(
        ran.code == 4 && ran.err.contains("line 4: the statement ee2413a8367c.55 is already retracted by"),
        "{}",
        ran.err
    );
    let twice = file(folder.path(), "twice.toml", &seed_text(2, &(postpone(51) + &postpone(51))));
    assert!(load(&tool, &twice).err.contains("line 9: the statement ee2413a8367c.51 is postponed twice"));
    let verified = tool.run(["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.text());
}

#[test]
fn what_is_not_stored_cannot_be_retracted_and_the_error_names_its_line() {
    let tool = Tool::seeded();
    let journal = tool.journal();
    let folder = folder();
    let retract = |source: &str, statement: &str| {
        format!("[[retract]]\nsource = \"{source}\"\n{statement}reason = \"wrong\"\n")
    };
    for (entries, words, hint) in [
        (
            retract("0123456789ab", ""),
            "line 4: the source 0123456789ab is not stored",
            "load its document first",
        ),
        (
            retract("ee2413a8367d", ""),
            "line 4: the source ee2413a8367d is not stored",
            "did you mean ee2413a8367c?",
        ),
        (
            retract(SOURCE, "statement = 69\n"),
            "line 4: source ee2413a8367c has 68 statements, no statement 69",
            "numbers them",
        ),
        (postpone(69), "line 4: source ee2413a8367c has 68 statements, no statement 69", "numbers them"),
        (
            postpone(STATEMENT + 1),
            "line 4: the statement ee2413a8367c.56 is an observation, and only a change can be postponed",
            "numbers the changes",
        ),
    ] {
        let path = file(folder.path(), "seed.toml", &seed_text(0, &entries));
        let ran = load(&tool, &path);
        assert_eq!(ran.code, 4, "{}", ran.text());
        assert!(ran.err.contains(words) && ran.err.contains(hint), "{}", ran.err);
        assert_eq!(tool.run([Path::new("check"), &path]).code, 0, "check looks into no database");
        assert_eq!(tool.journal(), journal);
    }
    let path = file(folder.path(), "seed.toml", &seed_text(0, &retract(SOURCE, "")));
    let empty = Tool::empty();
    assert_eq!(load(&empty, &path).code, 4);
    assert!(empty.journal().is_none(), "no database is made for what is refused");
    assert_eq!(load(&tool, &path).code, 0);
    let row = tool.row("mmr of ACTUSDT at 60000 as of 2026-02-07");
    assert_eq!((&row["status"], &row["value"]), (&Value::from("unknown"), &Value::Null));
}

#[test]
fn what_is_loaded_together_may_stand_in_any_order() {
    let folder = folder();
    fs::copy(seed(), folder.path().join("b.txt")).unwrap();
    file(folder.path(), "a.toml", &seed_text(0, &postpone(STATEMENT)));
    let tool = Tool::empty();
    let ran = load(&tool, folder.path());
    assert_eq!(ran.code, 0, "{}", ran.text());
    let loaded: Vec<&str> = ran.err.lines().filter(|line| line.contains(": loaded as")).collect();
    assert!(loaded.last().unwrap().contains("a.toml"), "{}", ran.err);

    let files = folder.path().join("export");
    export(&tool, &files);
    let retraction = fs::read_dir(&files).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    assert!(retraction.to_str().unwrap().contains("20260205T120000Z"));
    let other = Tool::empty();
    assert_eq!(load(&other, &retraction).code, 0, "an export was settled where it comes from");
    assert_eq!(load(&other, &files).code, 0);
    for valid_at in ["2026-02-07", "2026-02-08T07:00Z", "2026-02-10"] {
        let query = format!("mmr of ACTUSDT at 60000 as of {valid_at}");
        assert_eq!(tool.row(&query)["value"], other.row(&query)["value"], "{query}");
    }
}

#[test]
fn what_was_allowed_to_stay_unread_needs_no_leave_again() {
    let folder = folder();
    let text = fs::read_to_string(seed()).unwrap().replacen("\n---\n", "\n---\n\nmore 12,0005\n\n", 1);
    let path = file(folder.path(), "unread.txt", &text);
    let tool = Tool::empty();
    let ran = tool.run([Path::new("load"), Path::new("--allow-unread"), &path]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(load(&Tool::empty(), &path).code, 4, "the text needs leave");
    let files = folder.path().join("export");
    export(&tool, &files);
    let other = Tool::empty();
    assert_eq!(load(&other, &files).code, 0);
    assert_eq!(tool.rows("findings").0.len(), other.rows("findings").0.len());
}
