//! `impact` and `positions`: what announced changes do to what a user holds, from outside.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;

use super::tool::{Ran, Tool, seed};

const BOTH: &str = "symbol,side,notional,leverage\nACTUSDT,long,60k,5x\nIPUSDT,short,2m,5x\n";

fn rows(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// The positions of a text, asked with options.
fn impact(tool: &Tool, positions: &str, options: &[&str]) -> Ran {
    tool.run_with_input(["--format", "jsonl", "impact", "-"].iter().chain(options), positions.as_bytes())
}

fn margins(row: &Value) -> (&str, &str) {
    let margin = |side: &str| row[side]["maintenance_margin"].as_str().unwrap_or("none");
    (margin("now"), margin("then"))
}

#[test]
fn one_command_shows_both_positions_and_ends_with_5() {
    let tool = Tool::seeded();
    let times = ["--as-of", "2026-02-05", "--known-at", "2026-02-05"];
    let ran = impact(&tool, BOTH, &times);
    assert_eq!(ran.code, 5, "{}", ran.text());
    let rows = rows(&ran);
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0]["symbol"].as_str(), margins(&rows[0])), (Some("IPUSDT"), ("154507.5", "235522.5")));
    assert_eq!((rows[1]["symbol"].as_str(), margins(&rows[1])), (Some("ACTUSDT"), ("5400", "5500")));
    let verdict = &rows[0]["verdicts"][0];
    assert_eq!(verdict["code"], "leverage_not_allowed");
    assert!(verdict["message"].as_str().unwrap().starts_with("5x is above the 3x that the new table allows"));
    assert_eq!(rows[0]["then"]["source"]["id"], "ee2413a8367c");
    assert_eq!(rows[0]["then"]["certainty"]["kind"], "rolling_out");
    let text = tool.run_with_input(["impact", "-"].iter().chain(&times), BOTH.as_bytes());
    for part in ["154,507.5", "235,522.5", "5,400", "5,500", "5x is above the 3x"] {
        assert!(text.out.contains(part), "{part} in {}", text.out);
    }
}

#[test]
fn nothing_announced_is_stated_with_the_age_of_the_newest_source_and_ends_with_0() {
    let tool = Tool::seeded();
    let ran = impact(&tool, BOTH, &["--as-of", "2026-02-07"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(
        ran.err.contains("no announced change of these contracts takes effect after 2026-02-07"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("the newest source was published 2026-02-03T06:00:46Z, 3 days before"),
        "{}",
        ran.err
    );
    assert_eq!(rows(&ran)[0]["then"], Value::Null);
}

#[test]
fn what_is_not_known_yet_has_no_effect() {
    let tool = Tool::seeded();
    let ran = impact(&tool, BOTH, &["--as-of", "2026-02-05", "--known-at", "2026-02-02"]);
    assert_eq!(ran.code, 0);
    assert!(rows(&ran).iter().all(|row| row["now"]["status"] == "not_known_then" && row["then"].is_null()));
}

#[test]
fn a_file_that_is_not_loaded_is_compared_and_not_recorded() {
    let tool = Tool::empty();
    assert_eq!(tool.run(["init"]).code, 0);
    let file = seed();
    let ran = impact(&tool, BOTH, &["--as-of", "2026-02-05", "--if", file.to_str().unwrap()]);
    assert_eq!(ran.code, 5, "{}", ran.text());
    let changes: Vec<Value> = rows(&ran).iter().map(|row| row["change_at"].clone()).collect();
    assert!(
        changes.contains(&"2026-02-06T06:30:00Z".into()) && changes.contains(&"2026-02-05T00:00:00Z".into())
    );
    assert_eq!(tool.run(["--format", "json", "query", "subjects"]).out.trim(), "[]");
    let wrong = impact(&tool, BOTH, &["--if", "Cargo.toml"]);
    assert_eq!(wrong.code, 4, "{}", wrong.text());
}

#[test]
fn with_a_known_time_the_file_counts_from_its_publication() {
    let tool = Tool::empty();
    assert_eq!(tool.run(["init"]).code, 0);
    let file = seed();
    let options = ["--as-of", "2026-02-05", "--known-at", "2026-02-01", "--if", file.to_str().unwrap()];
    let ran = impact(&tool, BOTH, &options);
    assert!(rows(&ran).iter().any(|row| margins(row).1 == "5500"), "{}", ran.text());
}

#[test]
fn two_bases_are_compared_without_anything_between() {
    let tool = Tool::seeded();
    let ran = impact(&tool, BOTH, &["--as-of", "2026-02-05", "--vs", "2026-02-07"]);
    let rows = rows(&ran);
    assert_eq!((ran.code, rows.len()), (5, 2));
    assert!(rows.iter().all(|row| row["change_at"] == "2026-02-07T00:00:00Z"));
    let same = impact(&tool, BOTH, &["--as-of", "2026-02-07", "--vs", "2026-02-08"]);
    assert_eq!(same.code, 0, "{}", same.text());
}

#[test]
fn sizes_and_prices_can_be_others() {
    let tool = Tool::seeded();
    let priced = "symbol,side,quantity,mark_price,leverage\nACTUSDT,long,3000000,0.02,5\n";
    let of = |options: &[&str]| {
        let ran = impact(&tool, priced, options);
        rows(&ran)[0]["now"]["notional"].as_str().unwrap_or(&ran.err).to_string()
    };
    assert_eq!(of(&[]), "60000");
    assert_eq!(of(&["--scale", "2x"]), "120000");
    assert_eq!(of(&["--price", "ACTUSDT=-20%"]), "48000");
    assert_eq!(of(&["--price", "*=0.01", "--scale", "0.5"]), "15000");
    for (option, value, part) in [
        ("--price", "ACTUSD=-20%", "did you mean ACTUSDT?"),
        ("--price", "ACTUSDT", "there is no `=`"),
        ("--price", "ACTUSDT=-100%", "no price is left"),
        ("--scale", "twice", "2x, 0.5x"),
        ("--sizes", "1m..10k", "the smaller first"),
    ] {
        let ran = impact(&tool, priced, &[option, value]);
        assert!([2, 3].contains(&ran.code) && ran.err.contains(part), "{value}: {}", ran.text());
    }
}

#[test]
fn a_range_of_sizes_marks_the_bounds_of_tiers() {
    let tool = Tool::seeded();
    let ran = impact(&tool, BOTH, &["--as-of", "2026-02-07", "--sizes", "10k..1m"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let rows = rows(&ran);
    let at = |size: &str| rows.iter().find(|row| row["size"] == size && row["side"] == "long").unwrap();
    assert_eq!(
        (&at("60000")["is_cap"], at("60000")["maintenance_margin"].as_str()),
        (&true.into(), Some("5500"))
    );
    // 1 − 47,500 ÷ (60,000 × 0.9), down.
    assert_eq!(at("60000")["liquidation_distance"], "0.12037037037037037");
    assert_eq!(at("1000000")["status"], "above_limit");
}

#[test]
fn a_saved_set_is_kept_beside_the_configuration_and_used_by_its_name() {
    let tool = Tool::seeded();
    let save = |name: &str| tool.run_with_input(["positions", "save", name, "-"], BOTH.as_bytes());
    assert_eq!(
        tool.run(["positions", "list"]).err,
        "no positions are saved; save some: tierbook positions save NAME FILE\n"
    );
    assert_eq!(save("mine").code, 0);
    assert!(save("../mine").err.contains("use letters, digits, - and _"));
    assert!(tool.run(["positions", "list"]).out.starts_with("mine\t"));
    assert_eq!(tool.run(["positions", "show", "mine"]).out, BOTH);
    let ran = tool.run(["--format", "jsonl", "impact", "mine", "--as-of", "2026-02-05"]);
    assert_eq!((ran.code, rows(&ran).len()), (5, 2), "{}", ran.text());
    assert!(tool.run(["impact", "mien"]).err.contains("did you mean the saved set mine?"));
    assert_eq!(tool.run(["positions", "remove", "mine"]).code, 0);
    assert_eq!(tool.run(["impact", "mine"]).code, 4);
}

#[test]
fn a_position_of_a_contract_that_is_not_stored_says_so_and_stops_no_other() {
    let tool = Tool::seeded();
    let ran = impact(
        &tool,
        "symbol,side,notional\nACTUSDTT,long,60k\nACTUSDT,long,60k\n",
        &["--as-of", "2026-02-05"],
    );
    let rows = rows(&ran);
    let unknown = rows.iter().find(|row| row["symbol"] == "ACTUSDTT").unwrap();
    assert_eq!(unknown["now"]["status"], "unknown_subject");
    assert!(unknown["now"]["message"].as_str().unwrap().contains("ACTUSDT"), "{unknown}");
    assert_eq!((ran.code, rows.len()), (5, 2));
}

#[test]
fn many_positions_are_judged_part_by_part_with_the_same_rows() {
    let tool = Tool::seeded();
    // Contracts that are not stored are judged quickly.
    let unknown = "NOSUCHUSDT,long,1,1\n".repeat(100_000);
    let many = format!("{BOTH}{unknown}ACTUSDT,long,60k,5x\n");
    let ran = impact(&tool, &many, &["--as-of", "2026-02-05"]);
    assert_eq!(ran.code, 5);
    assert!(ran.err.contains("the rows are in the order of the file"), "{}", ran.err);
    let few = impact(&tool, BOTH, &["--as-of", "2026-02-05"]);
    let few = rows(&few);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 100_003);
    for (place, like) in [(0, 1), (1, 0), (100_002, 1)] {
        let mut row: Value = serde_json::from_str(lines[place]).unwrap();
        assert_eq!(row["position"], place + 1);
        row["position"] = few[like]["position"].clone();
        assert_eq!(row, few[like]);
    }
    assert_eq!(impact(&tool, &many, &["--sizes", "1..2"]).code, 4);
}

#[test]
fn a_watch_reports_each_change_and_position_once_and_runs_a_command() {
    let tool = Tool::seeded();
    let folder = tool.dir().with_file_name("inbox");
    fs::create_dir_all(&folder).unwrap();
    let (positions, told) = (folder.with_file_name("mine.csv"), folder.with_file_name("told.jsonl"));
    fs::write(&positions, BOTH).unwrap();
    let mut command = tool.command();
    command.args(["impact", positions.to_str().unwrap(), "--watch", folder.to_str().unwrap()]);
    command.args(["--exec", &format!("cat >> {}", told.display())]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let errors = BufReader::new(child.stderr.take().unwrap());
    let (send, lines) = channel();
    std::thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
    let wait_for = |words: &str| {
        while !lines.recv_timeout(Duration::from_mins(1)).unwrap().contains(words) {}
    };
    wait_for("waiting for files");
    let announce = |name: &str, title: &str| {
        let text = format!(
            "[source]\ntitle = \"{title}\"\npublished_at = \"2026-02-08 09:00 (UTC)\"\n\n[[change]]\nsubject = \"binance:usdm:ACTUSDT\"\n\
             effective_at = \"2099-01-01 06:30 (UTC)\"\ntiers = [{{ leverage = \"1 - 3x\", floor = \"0\", cap = \"800,000\", mmr = \"20%\" }}]\n"
        );
        fs::write(folder.join(name), text).unwrap();
    };
    announce("one.toml", "A change");
    wait_for("one.toml: loaded");
    announce("two.toml", "The same change again");
    wait_for("two.toml: loaded");
    std::thread::sleep(Duration::from_millis(500));
    let kill = format!("kill {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let rows = fs::read_to_string(&told).unwrap();
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(
        (rows[0]["symbol"].as_str(), rows[0]["then"]["max_leverage"].as_u64()),
        (Some("ACTUSDT"), Some(3))
    );
}

/// A seed in which a contract changes each minute of a day.
fn changes_each_minute(count: usize) -> String {
    let change = |minute: usize| {
        format!(
            "[[change]]\nsubject = \"binance:usdm:NEWUSDT\"\neffective_at = 2026-03-01T{:02}:{:02}:00Z\ntiers = [{{ \
             leverage = \"1 - 5x\", floor = \"0\", cap = \"100,000\", mmr = \"{}%\" }}]\n",
            minute / 60,
            minute % 60,
            1 + minute % 5
        )
    };
    let changes: String = (0..count).map(change).collect();
    format!("[source]\npublished_at = \"2026-02-05 09:00 (UTC)\"\n{changes}")
}

#[test]
fn the_first_table_of_a_contract_is_a_change_and_what_is_left_out_is_noted() {
    let tool = Tool::empty();
    let file = tool.dir().with_file_name("many.toml");
    let most = tierbook::limits::IMPACT_CHANGES;
    fs::write(&file, changes_each_minute(most + 1)).unwrap();
    assert_eq!(tool.run(["load", file.to_str().unwrap()]).code, 0);
    let position = "symbol,side,notional\nNEWUSDT,long,60k\n";
    let ran = impact(&tool, position, &["--as-of", "2026-02-28"]);
    let all = rows(&ran);
    assert_eq!((ran.code, all.len()), (5, most), "{}", ran.err);
    assert_eq!((&all[0]["now"]["status"], &all[0]["then"]["status"]), (&"unknown".into(), &"value".into()));
    let note = "note: only the first 1000 changes of binance:usdm:NEWUSDT are in the answer; ask again as of \
                2026-03-01T16:39:00Z for those after it\n";
    assert!(ran.err.contains(note), "{}", ran.err);
    assert_eq!(all[most - 1]["then"]["warnings"][0]["code"], "more_changes");
    let rest = impact(&tool, position, &["--as-of", "2026-03-01T16:39:00Z"]);
    assert_eq!((rest.code, rows(&rest).len(), rest.err.as_str()), (5, 1, ""));
}

#[test]
fn an_option_that_would_have_no_effect_is_refused_or_noted() {
    let tool = Tool::seeded();
    for option in ["--scale=2x", "--price=*=1"] {
        let ran = impact(&tool, BOTH, &["--sizes", "10k..1m", option]);
        assert_eq!(ran.code, 2, "{}", ran.text());
        assert!(ran.err.contains("cannot be used with"), "{}", ran.err);
    }
    let many = format!("{BOTH}{}", "NOSUCHUSDT,long,1,1\n".repeat(100_000));
    let ran = impact(&tool, &many, &["--as-of", "2026-02-05", "--price", "ACTUSD=1"]);
    assert!(ran.err.contains("note: `--price` changed nothing: no position is in ACTUSD"), "{}", ran.err);
}

#[test]
fn many_positions_have_the_notes_and_the_wallets_of_their_file() {
    let tool = Tool::seeded();
    let unknown = "NOSUCHUSDT,long,1,,,1,,\n".repeat(100_001);
    let header = "symbol,side,quantity,entry_price,mark_price,entyr,asset,wallet_balance\n";
    let rest = "IPUSDT,short,1000,2,2,1,,5000\nNOSUCHUSDT,long,0,,,1,,\n";
    let ran = impact(&tool, &format!("{header}{unknown}{rest}"), &["--as-of", "2026-02-07"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in
        ["column `entyr` is not read", "1 closed position of size 0 is left out", "0 positions affected"]
    {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let account: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    assert_eq!((&account["row"], &account["now"]["margin_balance"]), (&"account".into(), &"5000".into()));
}
