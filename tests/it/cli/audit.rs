//! `audit`: each judgement, each error of a log, and a log that is long.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::tool::{Ran, Tool};

/// Writes a log beside the database and audits it.
fn audited(tool: &Tool, name: &str, log: &str, format: &str) -> Ran {
    let path: PathBuf = tool.dir().with_file_name(name);
    std::fs::write(&path, log).unwrap();
    tool.run(["--format", format, "audit", path.to_str().unwrap()])
}

fn rows(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// The judgement of one line of a CSV log with these cells, the rate last.
fn judgement(tool: &Tool, time: &str, subject: &str, notional: &str, rate: &str, known_at: &str) -> Value {
    let log = format!("time,subject,notional,rate,known_at\n{time},{subject},{notional},{rate},{known_at}\n");
    let ran = audited(tool, "log.csv", &log, "jsonl");
    let rows = rows(&ran);
    assert_eq!(rows.len(), 1, "{}", ran.text());
    let fine = ["right", "right_as_known"].contains(&rows[0]["judgement"].as_str().unwrap());
    assert_eq!(ran.code, i32::from(!fine), "{}", ran.text());
    rows[0].clone()
}

#[test]
fn each_figure_is_judged_by_its_instant_and_by_what_was_public_then() {
    let tool = Tool::seeded();
    for (time, rate, known_at, expected, difference) in [
        ("2026-02-06T06:29:59.999999Z", "0.125", "", "right", json!("0")),
        ("2026-02-06T06:30:00Z", "10%", "", "right", json!("0")),
        ("2026-02-06T07:29:59.999999Z", "12.5 %", "", "right", json!("0")),
        ("2026-02-06T07:30:00Z", "12.5%", "", "stale", json!("0.025")),
        ("2026-02-06T06:29:59.999999Z", "0.1", "", "look_ahead", json!("-0.025")),
        ("2026-02-07", "0.1", "2026-02-03T06:00:46Z", "right", json!("0")),
        ("2026-02-07", "0.1", "2026-02-03T06:00:45.999999Z", "look_ahead", json!("0")),
        ("2026-02-07", "0.11", "", "wrong", json!("0.01")),
        ("2026-02-07", "-0.1", "", "wrong", json!("-0.2")),
        ("2026-02-03T06:00:45.999999Z", "0.125", "", "unknown", Value::Null),
    ] {
        let row = judgement(&tool, time, "ACTUSDT", "60000", rate, known_at);
        assert_eq!(row["judgement"], expected, "{time} {rate} {known_at}: {row}");
        assert_eq!(row["difference"], difference, "{time} {rate}");
        assert_eq!(row["message"].is_null(), expected == "right", "{row}");
    }
    assert_eq!(judgement(&tool, "2026-02-07", "NOPEUSDT", "1", "0.5", "")["judgement"], "unknown");
}

#[test]
fn a_figure_without_a_rule_has_the_status_that_a_query_gives() {
    let tool = Tool::seeded();
    let end = "[source]\ntitle = \"t\"\npublished_at = 2026-02-20T00:00:00Z\n\
               [[end]]\nsubject = \"usdm:ACTUSDT\"\neffective_at = 2026-03-01T00:00:00Z\n";
    let seed = tool.dir().with_file_name("end.toml");
    std::fs::write(&seed, end).unwrap();
    assert_eq!(tool.run(["load", seed.to_str().unwrap()]).code, 0);
    for (measure, at, time, used, judgement) in [
        ("mmr", "900000", "2026-02-07", "0.5", "above_limit"),
        ("mmr", "800000.01", "2026-02-07", "0.9", "above_limit"),
        ("mmr", "800000.01", "2026-02-07", "0.25", "stale"),
        ("mmr", "800000", "2026-02-07", "0.9", "wrong"),
        ("tier", "900000", "2026-02-07", "9", "above_limit"),
        ("max position", "20x", "2026-02-07", "5", "above_limit"),
        ("mmr", "60000", "2026-03-01", "0.7", "ended"),
        ("mmr", "60000", "2026-03-01", "0.1", "stale"),
        ("mmr", "60000", "2026-02-01", "0.1", "unknown"),
    ] {
        let log = format!("time,subject,at,measure,value\n{time},ACTUSDT,{at},{measure},{used}\n");
        let judged = rows(&audited(&tool, "log.csv", &log, "jsonl")).remove(0);
        let asked = tool.row(&format!("{measure} of ACTUSDT at {at} as of {time}"));
        assert_eq!(judged["judgement"], judgement, "{judged}");
        assert_eq!(judged["status"], asked["status"], "{judged}");
        if judgement == "above_limit" {
            assert_eq!(judged["message"], asked["message"]);
        }
    }
    let log = "time,subject,measure,value\n2026-02-07,pm-pro:STRK,limit,5\n";
    let judged = rows(&audited(&tool, "log.csv", log, "jsonl")).remove(0);
    assert_eq!((&judged["judgement"], &judged["status"]), (&json!("wrong"), &json!("no_limit")), "{judged}");
    let table = audited(&tool, "log.csv", "time,subject,at,rate\n2026-02-07,ACTUSDT,9e5,0.5\n", "table");
    assert!(table.out.contains("1 figure: 1 above limit\n"), "{}", table.out);
    assert!(table.out.contains("900000 USDT is over the last cap, 800000 USDT"), "{}", table.out);
}

#[test]
fn in_a_roll_out_both_rules_are_right_and_it_is_said_which() {
    let tool = Tool::seeded();
    let row = |time: &str, rate: &str| judgement(&tool, time, "usdm:ACTUSDT", "60000", rate, "");
    assert_eq!(row("2026-02-06T07:00Z", "0.1")["by_rule"], "new");
    let old = row("2026-02-06T07:00Z", "0.125");
    assert_eq!(
        (&old["by_rule"], &old["right"], &old["right_before"]),
        (&json!("old"), &json!("0.1"), &json!("0.125"))
    );
    assert_ne!(old["statement"], old["in_force_statement"]);
    assert_eq!(row("2026-02-07", "0.1")["by_rule"], Value::Null);
}

#[test]
fn what_was_right_as_known_stays_so_when_a_later_source_says_otherwise() {
    // Exchange tables are observations: this one was seen, and so published, a day after the change.
    let tool = Tool::seeded();
    tool.load_other_rule("20260208T000000Z", 0.2);
    let row = |time: &str, rate: &str, known: &str| judgement(&tool, time, "ACTUSDT", "60000", rate, known);
    assert_eq!(row("2026-02-09", "0.2", "")["judgement"], "right");
    assert_eq!(row("2026-02-09", "0.1", "")["judgement"], "stale");
    assert_eq!(row("2026-02-09", "0.1", "2026-02-07")["judgement"], "right_as_known");
    assert_eq!(row("2026-02-09", "0.2", "2026-02-07T23:59Z")["judgement"], "look_ahead");
    assert_eq!(row("2026-02-09", "0.125", "2026-02-07")["judgement"], "stale");
    // The change of the announcement is taken back: what it said was right as known, and never held.
    tool.retract("ee2413a8367c");
    assert_eq!(row("2026-02-07", "0.1", "")["judgement"], "right_as_known");
    assert_eq!(row("2026-02-09", "0.2", "")["judgement"], "right");
}

#[test]
fn a_figure_ahead_of_its_time_rests_on_what_was_public_already_rather_than_on_what_came_later() {
    let tool = Tool::seeded();
    tool.load_other_rule("20260210T000000Z", 0.1);
    let row = judgement(&tool, "2026-02-05", "ACTUSDT", "60000", "0.1", "");
    assert_eq!((&row["judgement"], &row["statement"]), (&json!("look_ahead"), &json!("ee2413a8367c.55")));
}

#[test]
fn csv_and_json_lines_with_any_names_of_columns_give_the_same() {
    let tool = Tool::seeded();
    let csv = "\u{feff}Symbol,Timestamp,AT,Maintenance Margin,other\nACTUSDT,2026-02-06T06:29:59Z,\"60,000\",5400,x\n";
    let lines = "\n{\"contract\":\"binance:usdm:ACTUSDT\",\"as-of\":\"2026-02-06 06:29:59Z\",\"notional\":6.0e4,\"measure\":\"margin\",\"value\":5400.0}\n";
    let (csv, lines) = (audited(&tool, "a.csv", csv, "jsonl"), audited(&tool, "a.jsonl", lines, "jsonl"));
    assert_eq!((csv.code, &csv.out), (0, &lines.out), "{}{}", csv.text(), lines.text());
    assert_eq!(rows(&csv)[0]["right"], "5400");
}

#[test]
fn every_measure_of_one_figure_can_be_audited() {
    let tool = Tool::seeded();
    let mut log = "time,subject,notional,measure,value\n".to_string();
    let measures = [
        ("ACTUSDT", "60000", "mmr", "0.1"),
        ("ACTUSDT", "60000", "margin", "5500"),
        ("ACTUSDT", "60000", "initial margin", "12000"),
        ("ACTUSDT", "60k", "amount", "500"),
        ("ACTUSDT", "60000", "max leverage", "5x"),
        ("ACTUSDT", "60000", "tier", "2"),
        ("ACTUSDT", "", "limit", "800000"),
        ("ACTUSDT", "55k", "room", "5000"),
        ("ACTUSDT", "10x", "max_position", "10000"),
        ("STRK", "", "ratio", "30%"),
        ("pm-pro:STRK", "500000", "ratio", "0.7"),
        ("pm-pro:STRK", "500000", "collateral", "430000"),
    ];
    for (subject, at, measure, value) in measures {
        log += &format!("2026-02-07,{subject},{at},{measure},{value}\n");
    }
    let ran = audited(&tool, "log.csv", &log, "table");
    assert!(ran.out.ends_with("12 figures: 12 right\n"), "{}", ran.text());
    assert_eq!(ran.code, 0);
    let judged: Vec<&str> = measures.iter().map(|(_, _, measure, _)| *measure).collect();
    for measure in
        tierbook::language::Measure::ALL.iter().filter(|m| !["tiers", "liquidation_price"].contains(&m.key()))
    {
        assert!(judged.contains(&measure.key()) || judged.contains(&measure.words()), "{}", measure.key());
    }
}

#[test]
fn an_initial_margin_is_judged_with_the_leverage_of_its_line() {
    let tool = Tool::seeded();
    let lines = ["60000,15000,4x", "60000,15000,4", "60000,12000,", "60000,12000,4x"];
    let line = |line: &str| format!("2026-02-07,ACTUSDT,initial_margin,{line}\n");
    let log = "time,subject,measure,notional,value,leverage\n".to_string() + &lines.map(line).concat();
    let ran = audited(&tool, "log.csv", &log, "table");
    assert!(ran.out.contains("4 figures: 3 right, 1 wrong"), "{}", ran.text());
}

#[test]
fn a_line_that_cannot_be_read_is_named_and_stops_no_other() {
    let tool = Tool::seeded();
    let good = "2026-02-07,ACTUSDT,60000,0.1";
    for (line, named) in [
        ("2026-02-07T08:00:00,ACTUSDT,60000,0.1", "line 3 column `time`"),
        ("2026-02-07,,60000,0.1", "line 3 has nothing in column `subject`"),
        ("2026-02-07,ACTUSDT,,0.1", "line 3 has nothing in column `notional`"),
        ("2026-02-07,ACTUSDT,6x,0.1", "line 3 column `notional`"),
        ("2026-02-07,ACTUSDT,--1,0.1", "line 3 column `notional`"),
        ("2026-02-07,ACTUSDT,60000,ten", "line 3 column `rate`"),
        ("2026-02-07,ACTUSDT,60000", "line 3 has nothing in columns `rate`"),
        ("2026-02-07,STRK,60000,0.1", "line 3 column `subject`: `STRK` means"),
    ] {
        let ran = audited(
            &tool,
            "log.csv",
            &format!("time,subject,notional,rate\n{good}\n{line}\n{good}\n"),
            "table",
        );
        assert_eq!(ran.code, 4, "{line}: {}", ran.text());
        assert!(ran.err.contains(named), "{line}: {}", ran.err);
        assert!(ran.out.contains("2 figures: 2 right, 1 unreadable"), "{line}: {}", ran.out);
    }
    let ran = audited(&tool, "log.jsonl", "{\"time\":\"2026-02-07\"\n{\"time\":true}\n", "table");
    assert!(
        ran.err.contains("line 1 is not a JSON object") && ran.err.contains("line 2 `time`"),
        "{}",
        ran.err
    );
}

#[test]
fn a_log_that_cannot_be_read_as_a_whole_is_refused() {
    let tool = Tool::seeded();
    for (log, code) in [
        ("", "empty_log"),
        ("[{}]", "not_a_log"),
        ("time,subject,notional\n", "column_missing"),
        ("when,subject,rate\n", "column_missing"),
        ("time,subject,symbol,rate\n", "column_twice"),
    ] {
        let ran = audited(&tool, "log.csv", log, "table");
        assert!(ran.code == 4 && ran.err.contains(code), "{log}: {}", ran.text());
    }
    let ran = tool.run(["audit", "/nowhere/log.csv"]);
    assert!(ran.code == 4 && ran.err.contains("cannot_read"), "{}", ran.text());
}

#[test]
fn a_long_log_gives_every_line_in_each_form() {
    let tool = Tool::seeded();
    let mut log = "time,subject,notional,rate\n".to_string();
    let count = 10_001;
    for place in 0..count {
        log += &format!("2026-02-{:02}T{:02}:00:00Z,ACTUSDT,{place},0.05\n", 4 + place % 6, place % 24);
    }
    let jsonl = audited(&tool, "log.csv", &log, "jsonl");
    assert_eq!(jsonl.out.lines().count(), count);
    let csv = audited(&tool, "log.csv", &log, "csv");
    assert_eq!(csv.out.lines().count(), count + 1);
    assert_eq!(csv.out.lines().filter(|line| line.starts_with("line,")).count(), 1);
    let json = audited(&tool, "log.csv", &log, "json");
    let parsed: Vec<Value> = serde_json::from_str(&json.out).unwrap();
    assert_eq!(parsed, rows(&jsonl));
    let table = audited(&tool, "log.csv", &log, "table");
    assert!(table.out.contains(" more; --format csv or jsonl gives every line"), "{}", table.out);
}

#[test]
fn a_line_number_is_the_one_that_an_editor_shows() {
    let tool = Tool::seeded();
    let row = "2026-02-07,ACTUSDT,60000,0.1";
    let broken = "2026-02-07,ACTUSDT,60000,x";
    let lines =
        ["time,subject,notional,rate,note", "", row, "", "", &format!("{row},\"two\nlines\""), broken, row];
    for end in ["\n", "\r\n", "\r"] {
        // The quoted line break is one of the log's own, so the broken line is the eighth.
        let log = lines.join("\n").replace('\n', end) + end;
        let ran = audited(&tool, "log.csv", &log, "jsonl");
        let numbers: Vec<Value> = rows(&ran).iter().map(|row| row["line"].clone()).collect();
        assert_eq!(numbers, [3, 6, 9], "{end:?} {}", ran.text());
        assert!(ran.err.contains("line 8 column"), "{end:?} {}", ran.err);
    }
    let object = r#"{"time":"2026-02-07","subject":"ACTUSDT","notional":60000,"rate":0.1}"#;
    for end in ["\n", "\r\n", "\r"] {
        let log = ["", object, "", object, "{broken"].join(end);
        let ran = audited(&tool, "log.jsonl", &log, "jsonl");
        let numbers: Vec<Value> = rows(&ran).iter().map(|row| row["line"].clone()).collect();
        assert_eq!(numbers, [2, 4], "{end:?} {}", ran.text());
        assert!(ran.err.contains("line 5"), "{end:?} {}", ran.err);
    }
}

#[test]
fn a_negative_notional_in_a_log_is_the_size_of_a_short() {
    let tool = Tool::seeded();
    for (notional, rate, expected) in [
        ("-60000", "0.1", "right"),
        ("-60000", "0.125", "stale"),
        ("-1e4", "0.05", "right"),
        ("-0", "0.05", "right"),
    ] {
        let row = judgement(&tool, "2026-02-07", "ACTUSDT", notional, rate, "");
        assert_eq!(row["judgement"], expected, "{notional} {rate}: {row}");
    }
}

#[test]
fn a_time_in_a_log_may_be_a_count_since_1970() {
    let tool = Tool::seeded();
    for time in ["1770422400", "1770422400.0", "1770422400000", "1770422400000000", "1770422400000000000"] {
        let row = judgement(&tool, time, "ACTUSDT", "60000", "0.1", "");
        assert_eq!(
            (&row["time"], &row["judgement"]),
            (&json!("2026-02-07T00:00:00Z"), &json!("right")),
            "{time}"
        );
    }
    for time in ["17704224000", "12345", "17704224.5", "1770422400.x", "-1770422400"] {
        let log = format!("time,subject,notional,rate\n{time},ACTUSDT,60000,0.1\n");
        let ran = audited(&tool, "log.csv", &log, "jsonl");
        assert!(ran.code == 4 && ran.err.contains("line 2 column `time`"), "{time}: {}", ran.text());
    }
}

#[test]
fn times_without_a_zone_are_read_in_the_one_that_the_option_names() {
    let tool = Tool::seeded();
    let log = "time,subject,notional,rate,known_at\n\
        2026-02-06 14:45:00,ACTUSDT,60000,0.1,2026-02-06T06:40:00Z\n\
        2026-02-06T06:45:00Z,ACTUSDT,60000,0.1,2026-02-06 14:40\n\
        1770360300,ACTUSDT,60000,0.1,2026-02-06\n";
    let path = tool.dir().with_file_name("zone.csv");
    std::fs::write(&path, log).unwrap();
    let audit = |zone: &str| {
        tool.run(["--format", "jsonl", "audit", path.to_str().unwrap(), &format!("--zone={zone}")])
    };
    let fields = |ran: &Ran, name: &str| -> Vec<String> {
        rows(ran).iter().map(|row| row[name].as_str().unwrap().to_string()).collect()
    };
    for zone in ["+08:00", "+0800", "UTC+8"] {
        let ran = audit(zone);
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert_eq!(fields(&ran, "time"), ["2026-02-06T06:45:00Z"; 3]);
        let known = ["2026-02-06T06:40:00Z", "2026-02-06T06:40:00Z", "2026-02-05T16:00:00Z"];
        assert_eq!(fields(&ran, "known_at"), known, "a date is the start of the day there");
    }
    for zone in ["UTC", "Z", "+00:00"] {
        let ran = audit(zone);
        assert_eq!(fields(&ran, "time")[0], "2026-02-06T14:45:00Z", "{}", ran.text());
    }
    assert_eq!(fields(&audit("-05:00"), "time")[0], "2026-02-06T19:45:00Z");
    for zone in ["Asia/Shanghai", "CET", "", "+25:00"] {
        let ran = audit(zone);
        assert!(ran.code == 2 && ran.err.contains("not_a_zone"), "{zone}: {}", ran.text());
    }
    let ran = tool.run(["audit", path.to_str().unwrap()]);
    assert!(ran.code == 4 && ran.err.contains("line 2 column `time`"), "{}", ran.text());
    assert!(ran.err.contains("--zone UTC, --zone +08:00"), "{}", ran.err);
    let ran = audited(&tool, "never.csv", "time,subject,notional,rate\nsoon,ACTUSDT,6,0.1\n", "table");
    assert!(!ran.err.contains("--zone"), "it would not help: {}", ran.err);
}
