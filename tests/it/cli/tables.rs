//! `export parquet`, `arrow` and `csv`: the history as tables.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tierbook::ErrorCode;
use tierbook::tables::{Selection, Table, batches};

use super::tool::{Ran, Tool};

fn export(tool: &Tool, arguments: &[&str]) -> Ran {
    tool.run([&["export"], arguments].concat())
}

/// The rows of a CSV file, by their columns.
fn rows(text: &str) -> Vec<Vec<(String, String)>> {
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_string).collect::<Vec<_>>());
    let names = lines.next().unwrap();
    lines.map(|cells| names.iter().cloned().zip(cells).collect()).collect()
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    &row.iter().find(|(column, _)| column == name).unwrap().1
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[test]
fn a_folder_gets_all_tables_and_the_same_rows_are_the_same_bytes() {
    let tool = Tool::seeded();
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    for form in ["parquet", "arrow", "csv"] {
        for path in [&one, &other] {
            let ran = export(&tool, &[form, "-o", path.to_str().unwrap(), "--format", "json"]);
            assert_eq!(ran.code, 0, "{}", ran.text());
            let reports: Vec<Value> =
                ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let rows: Vec<(&str, u64)> = reports
                .iter()
                .map(|it| (it["table"].as_str().unwrap(), it["rows"].as_u64().unwrap()))
                .collect();
            assert_eq!(rows[1..], [("statements", 68), ("sources", 1)]);
            assert!(rows[0].0 == "tiers" && rows[0].1 > 200, "{rows:?}");
        }
        for table in ["tiers", "statements", "sources"] {
            let name = format!("{table}.{form}");
            assert_eq!(fs::read(one.join(&name)).unwrap(), fs::read(other.join(&name)).unwrap(), "{name}");
        }
    }
}

#[test]
fn no_table_is_loaded_as_a_document() {
    let tool = Tool::seeded();
    let folder = tempfile::tempdir().unwrap();
    for form in ["parquet", "arrow", "csv"] {
        export(&tool, &[form, "-o", folder.path().to_str().unwrap()]);
        for table in ["tiers", "statements", "sources"] {
            let path = folder.path().join(format!("{table}.{form}"));
            let ran = tool.run(["load", path.to_str().unwrap()]);
            assert!(ran.code == 4 && ran.err.contains("[own_output]"), "{form} {table}: {}", ran.text());
        }
    }
}

#[test]
fn each_row_of_the_tiers_answers_as_the_language_does() {
    let tool = Tool::seeded();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("act.csv");
    let ran = export(&tool, &["csv", "ACTUSDT", "LTC", "-o", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let text = fs::read_to_string(&file).unwrap();
    let all = rows(&text);
    let fits = |row: &&Vec<(String, String)>, subject: &str, time: &str, notional: f64| {
        let (from, to) = (cell(row, "valid_from"), cell(row, "valid_to"));
        let is_in = number(cell(row, "floor")).is_none_or(|floor| notional > floor)
            || (notional == 0.0 && cell(row, "tier") == "1");
        cell(row, "subject") == subject
            && cell(row, "known_to").is_empty()
            && cell(row, "recorded_to").is_empty()
            && (from.is_empty() || from <= time)
            && (to.is_empty() || time < to)
            && is_in
            && number(cell(row, "cap")).is_none_or(|cap| notional <= cap)
    };
    let mut statuses = std::collections::BTreeSet::new();
    for time in
        ["2020-01-01T00:00:00Z", "2026-02-06T06:29:59Z", "2026-02-06T07:00:00Z", "2026-02-06T07:30:00Z"]
    {
        for notional in ["0", "10000", "10001", "60000", "800000", "800001", "9000000"] {
            let found: Vec<_> = all
                .iter()
                .filter(|row| fits(row, "binance:usdm:ACTUSDT", time, notional.parse().unwrap()))
                .collect();
            assert_eq!(found.len(), 1, "{time} {notional}");
            let answer = tool.row(&format!("mmr of ACTUSDT at {notional} as of {time}"));
            assert_eq!(answer["status"], cell(found[0], "status"), "{time} {notional}");
            assert_eq!(answer["value"].as_str().unwrap_or(""), cell(found[0], "mmr"), "{time} {notional}");
            let certainty =
                answer["certainty"]["kind"].as_str().unwrap_or("").replace("unconfirmed", "settled");
            assert!(
                notional == "800001" || certainty == cell(found[0], "certainty"),
                "{time} {notional} {answer}"
            );
            statuses.insert(cell(found[0], "status"));
        }
    }
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), ["above_limit", "unknown", "value"]);
    // A ratio for any amount is one tier.
    let ltc: Vec<_> = all.iter().filter(|row| cell(row, "ratio") == "0.8").collect();
    assert!(!ltc.is_empty() && ltc.iter().all(|row| cell(row, "tier") == "1" && cell(row, "cap").is_empty()));
}

#[test]
fn times_leave_out_what_does_not_contain_them() {
    let tool = Tool::seeded();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("act.csv");
    let path = file.to_str().unwrap();
    let count = |more: &[&str]| {
        let ran = export(&tool, &[&["csv", "ACTUSDT", "-o", path], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.text());
        rows(&fs::read_to_string(&file).unwrap()).len()
    };
    let known = ["--as-of", "2026-02-07", "--known-at", "2026-02-07"];
    assert_eq!(count(&known), 7, "six tiers and what is above them");
    assert_eq!(count(&["--as-of", "2026-02-07", "--known-at", "2026-01-01"]), 1, "not known then");
    assert_eq!(count(&["--recorded-by", "2020-01-01"]), 0);
    assert_eq!(count(&["--table", "statements"]), 2);
    assert_eq!(count(&["--table", "statements", "--known-at", "2026-01-01"]), 0);
}

#[test]
fn what_is_no_form_is_refused_and_a_folder_still_gets_the_sources() {
    let tool = Tool::seeded();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    for (arguments, code, expected) in [
        (vec!["parket".to_string()], "form_missing", "did you mean `parquet`?"),
        (vec!["seeds".to_string()], "form_missing", "tierbook export sources seeds"),
        (vec!["csv".to_string(), "NOSUCHUSDT".to_string()], "unknown_subject", "NOSUCHUSDT"),
        (vec!["csv".to_string(), "--as-of".to_string(), "soon".to_string()], "not_an_instant", "soon"),
        (
            ["csv", "--recorded-by", "2999-01-01", "-o", &path("new")].map(str::to_string).to_vec(),
            "recorded_in_future",
            "leave it out",
        ),
        (vec!["csv".to_string(), "-o".to_string(), path("t.parquet")], "form_missing", "export parquet"),
        (vec!["sources".to_string()], "no_folder", "export parquet"),
        (vec!["sources".to_string(), path("a"), path("b")], "clause_not_taken", "one folder"),
    ] {
        let ran = tool.run([&["export".to_string()], &arguments[..]].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.text());
        assert!(ran.err.contains(&format!("[{code}]")) && ran.err.contains(expected), "{}", ran.err);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written");
    let loaded = |folder: &str| {
        let copy = Tool::holding(Path::new(folder));
        copy.rows("sources").0.len()
    };
    for arguments in [vec![path("old")], vec!["sources".to_string(), path("new")]] {
        let ran = tool.run([&["export".to_string()], &arguments[..]].concat());
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert_eq!(loaded(arguments.last().unwrap()), 1);
    }
    let one = |arguments: &[&str]| export(&tool, arguments).out;
    let printed = one(&["sources", "--source", "ee24"]);
    assert!(printed.starts_with("# Written by") && printed == one(&["--source", "ee24"]));
}

#[test]
fn no_table_has_what_will_be_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let database = tierbook::Database::create(folder.path()).unwrap();
    let rules = database.snapshot().unwrap();
    for table in Table::ALL {
        let rows = |recorded_by: &str| {
            let mut selection = Selection::default();
            selection.recorded_by = Some(recorded_by.parse().unwrap());
            batches(&rules, table, &selection, &|_, _| {}, &mut |_| Ok(())).map_err(|error| error.code())
        };
        assert_eq!(rows("2999-01-01T00:00Z"), Err(ErrorCode::RecordedInFuture));
        assert_eq!(rows("2020-01-01T00:00Z"), Ok(()));
    }
}
