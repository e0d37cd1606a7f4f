//! The forms in which people have tables, through the command line: what is read, what is left out and what is
//! refused.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::tool::{Ran, Tool, shared};

/// Writes a file beside the database and loads it.
fn load(tool: &Tool, name: &str, text: &str, options: &[&str]) -> Ran {
    let path = tool.dir().with_file_name(name);
    std::fs::write(&path, text).unwrap();
    tool.run(["load"].iter().chain(options).copied().chain([path.to_str().unwrap()]))
}

const AT: [&str; 2] = ["--published-at", "2026-03-01T00:00:00Z"];

/// A database with one file, which is read whole or in part.
fn holding(text: &str) -> (Tool, Ran) {
    let tool = Tool::empty();
    let ran = load(&tool, "file.json", text, &AT);
    assert_eq!(ran.code, 0, "{}\n{text}", ran.text());
    (tool, ran)
}

/// The value of a query that has one row, as of the time of the file.
fn value(tool: &Tool, query: &str) -> Value {
    tool.row(&format!("{query} as of 2026-03-01T00:00:00Z"))["value"].take()
}

/// Two tiers of ccxt, the second up to `cap`, which is JSON or a comment for none.
fn unified(symbol: &str, cap: &str) -> String {
    let tier = |number: u32, floor: u32, cap: &str, rate: &str, leverage: u32| {
        format!(
            r#"{{"tier": {number}.0, "symbol": "{symbol}", "minNotional": {floor}.0{cap}, "maintenanceMarginRate": {rate}, "maxLeverage": {leverage}.0, "info": {{}}}}"#
        )
    };
    let caps = [r#", "maxNotional": 8000.0"#.to_string(), cap.to_string()];
    format!("[{}, {}]", tier(1, 0, &caps[0], "0.01", 50), tier(2, 8000, &caps[1], "0.02", 25))
}

/// A contract of the exchange's API; `with` is put beside its brackets.
fn native(symbol: &str, with: &str) -> String {
    format!(
        r#"{{"symbol": "{symbol}", {with}"brackets": [{{"bracket": 1, "initialLeverage": 50, "notionalCap": 8000, "notionalFloor": 0, "maintMarginRatio": 0.01, "cum": 0.0}}]}}"#
    )
}

#[test]
fn every_shared_case_loads_and_answers_as_it_says() {
    let Some(cases) = shared("cases/cases.jsonl") else { return };
    let text = std::fs::read_to_string(&cases).unwrap();
    let strings = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_string()).collect()
    };
    for case in text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let tool = Tool::empty();
        let file: PathBuf = cases.with_file_name(case["file"].as_str().unwrap());
        let arguments = ["load".to_string()].into_iter().chain(strings(&case["load"]));
        let ran = tool.run(arguments.chain([file.display().to_string()]));
        assert_eq!(json!(ran.code), case["exit"], "{case}: {}", ran.text());
        for ask in case["asks"].as_array().unwrap() {
            let query = ask["query"].as_str().unwrap();
            match ask.get("value") {
                Some(value) => {
                    let (rows, code) = tool.rows(query);
                    assert!(code == 0 && !rows.is_empty(), "{query}: {code}");
                    assert!(rows.iter().all(|row| row["value"] == *value), "{query}: {rows:?}");
                }
                None => {
                    let code = json!(tool.run(["query", query]).code);
                    assert!(ask["exit"].as_array().unwrap().contains(&code), "{query}: {code}");
                }
            }
        }
    }
}

#[test]
fn a_contract_that_cannot_be_read_costs_only_itself_and_is_named() {
    let broken = native("ETHUSDT", "").replace("8000", r#""n/a""#);
    let personal = native("SOLUSDT", r#""notionalCoef": 1.5, "#);
    let (tool, ran) = holding(&format!("[{}, {broken}, {personal}]", native("BTCUSDT", "")));
    for words in [
        "1 statement, 2 unread",
        "ETHUSDT, tier 1: `notionalCap` is",
        "SOLUSDT: `notionalCoef` is `1.5`",
        "from an account with `notionalCoef` 1",
        "not stored: ETHUSDT, SOLUSDT",
        "help: correct the file",
    ] {
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
    assert_eq!(value(&tool, "mmr of BTCUSDT at 5000"), "0.01");
    for absent in ["ETHUSDT", "SOLUSDT"] {
        assert_eq!(tool.run(["query", &format!("tiers of {absent}")]).code, 2);
    }
    let nothing = Tool::empty();
    let ran = load(&nothing, "file.json", &format!("[{broken}]"), &AT);
    assert!(ran.code == 4 && nothing.journal().is_none(), "{}", ran.text());
}

#[test]
fn absence_ends_only_contracts_of_the_currencies_that_a_file_lists() {
    let list = |names: &[String]| {
        let entries: Vec<String> = names.iter().map(|name| native(name, "")).collect();
        format!("[{}]", entries.join(","))
    };
    let many = |quote: &str| (0..50).map(|n| format!("AAA{n}{quote}")).collect::<Vec<String>>();
    let old = ["OLDUSDT", "OLDUSDC", "OLDBTC"].map(str::to_string);
    let first = [many("USDT"), many("USDC"), old.to_vec()].concat();
    let broken =
        format!("[{}, {}", native("OLDUSDT", "").replace("8000", "\"?\""), &list(&many("USDT"))[1..]);
    for (second, options, ended) in [
        (list(&many("USDT")), vec![], vec!["OLDUSDT"]),
        (list(&[many("USDT"), many("USDC")].concat()), vec![], vec!["OLDUSDT", "OLDUSDC"]),
        (list(&many("USDT")[1..]), vec![], vec![]),
        (list(&many("USDT")), vec!["--partial"], vec![]),
        (list(&many("USDT")), vec!["--complete"], vec!["OLDUSDT", "OLDUSDC", "OLDBTC"]),
        (broken.clone(), vec![], vec![]),
        (broken, vec!["--complete"], vec!["OLDUSDC", "OLDBTC"]),
    ] {
        let tool = Tool::empty();
        assert_eq!(load(&tool, "a-20260301T000000Z.json", &list(&first), &[]).code, 0);
        let ran = load(&tool, "b-20260302T000000Z.json", &second, &options);
        assert_eq!(ran.code, 0, "{}", ran.text());
        let copy = tool.dir().with_file_name("export");
        assert_eq!(tool.run(["export", copy.to_str().unwrap()]).code, 0);
        let again = Tool::empty();
        assert_eq!(again.run(["load", copy.to_str().unwrap()]).code, 0);
        for name in &old {
            let query = format!("limit of {name} as of 2026-03-03");
            let status = if ended.contains(&name.as_str()) { "ended" } else { "value" };
            assert_eq!(tool.row(&query)["status"], status, "{name} {options:?}");
            assert_eq!(again.row(&query)["status"], status, "{name} {options:?}, exported");
        }
    }
}

#[test]
fn a_last_tier_without_a_cap_has_no_limit_and_another_one_is_left_out() {
    for cap in ["null", "\"inf\"", "\"Infinity\"", "Infinity"] {
        let (tool, _) = holding(&unified("BTC/USDT:USDT", &format!(r#", "maxNotional": {cap}"#)));
        assert_eq!(value(&tool, "mmr of BTCUSDT at 900000000"), "0.02", "{cap}");
        let limit = tool.row("limit of BTCUSDT as of 2026-03-01T00:00:00Z");
        assert_eq!(limit["status"], "no_limit", "{cap}");
        let copy = tool.dir().with_file_name("export");
        assert_eq!(tool.run(["export", copy.to_str().unwrap()]).code, 0);
        let again = Tool::empty();
        assert_eq!(again.run(["load", copy.to_str().unwrap()]).code, 0);
        assert_eq!(value(&again, "mmr of BTCUSDT at 900000000"), "0.02", "{cap}");
    }
    let (tool, _) = holding(&unified("BTC/USDT:USDT", ""));
    assert_eq!(value(&tool, "mmr of BTCUSDT at 900000000"), "0.02");
    // An unknown key may be the cap.
    let strange = unified("BTC/USDT:USDT", r#", "max_notional": 9000"#);
    let first_open = unified("BTC/USDT:USDT", r#", "maxNotional": 90000"#).replacen("8000.0", "null", 1);
    for text in [strange, first_open] {
        let ran = load(&Tool::empty(), "file.json", &text, &AT);
        assert!(ran.code == 4 && ran.err.contains("BTCUSDT, tier"), "{}", ran.text());
    }
}

#[test]
fn figures_are_read_as_tools_and_spreadsheets_spell_them() {
    let text = unified("BTC/USDT:USDT", r#", "maxNotional": "400,000""#)
        .replace("0.01", r#""1.0 %""#)
        .replace("0.02", r#""2%""#)
        .replace("50.0", r#""50x""#);
    let (tool, _) = holding(&text);
    assert_eq!(value(&tool, "mmr of BTCUSDT at 5000"), "0.01");
    assert_eq!(value(&tool, "max leverage of BTCUSDT at 5000"), "50");
    assert_eq!(value(&tool, "limit of BTCUSDT"), "400000");
    let mixed = text.replace(r#""2%""#, "0.5");
    let ran = load(&Tool::empty(), "file.json", &mixed, &AT);
    assert!(ran.code == 4 && ran.err.contains("percent sign"), "{}", ran.text());
}

#[test]
fn tables_are_found_inside_the_objects_of_a_tool_with_the_time_that_they_name() {
    let tiers = unified("BTC/USDT:USDT", r#", "maxNotional": 90000"#);
    for text in [
        format!(r#"{{"updated": "2026-03-01T00:00:00+00:00", "data": {{"BTC/USDT:USDT": {tiers}}}}}"#),
        format!(r#"{{"updated_at": "2026-03-01 00:00:00+00:00", "tiers": {tiers}}}"#),
        format!(r#"{{"timestamp": 1772323200, "leverageTiers": {{"BTC/USDT:USDT": {tiers}}}}}"#),
        format!(
            r#"{{"timestamp": 1772323200000, "cache": {{"datetime": "2026-03-01T00:00:00Z", "x": {tiers}}}}}"#
        ),
        format!(r#"{{"fetchedAt": 1772323200.0, "result": {{"BTC/USDT:USDT": {tiers}}}}}"#),
    ] {
        let tool = Tool::empty();
        let ran = load(&tool, "file.json", &text, &[]);
        assert!(
            ran.code == 0 && ran.err.contains("published 2026-03-01T00:00:00Z"),
            "{}\n{text}",
            ran.text()
        );
        assert_eq!(value(&tool, "mmr of BTCUSDT at 9000"), "0.02");
    }
    // A day is no time, a clock without a zone neither, and two times are one too many.
    for head in [
        r#""updated": "2026-03-01""#,
        r#""updated": "2026-03-01T00:00:00""#,
        r#""updated": "yesterday""#,
        r#""updated": 1772323200, "timestamp": 1772323201"#,
    ] {
        let text = format!(r#"{{{head}, "data": {{"BTC/USDT:USDT": {tiers}}}}}"#);
        let tool = Tool::empty();
        let ran = load(&tool, "file.json", &text, &[]);
        assert!(ran.code == 4 && tool.journal().is_none(), "{}", ran.text());
        assert_eq!(load(&tool, "file.json", &text, &AT).code, 0, "{head}");
    }
    let two = format!(r#"{{"a": {{"BTC/USDT:USDT": {tiers}}}, "b": {{"BTC/USDT:USDT": {tiers}}}}}"#);
    let ran = load(&Tool::empty(), "file.json", &two, &AT);
    assert!(ran.code == 4 && ran.err.contains("two keys"), "{}", ran.text());
}

#[test]
fn a_contract_is_asked_for_by_the_names_of_tools_quoted_or_not() {
    let text = format!(
        r#"{{"BTC/USDT:USDT": {}, "BTC/USD:BTC": {}, "BTC/USDT:USDT-260626": {}}}"#,
        unified("BTC/USDT:USDT", r#", "maxNotional": 90000"#),
        unified("BTC/USD:BTC", r#", "maxNotional": 90001"#),
        unified("BTC/USDT:USDT-260626", r#", "maxNotional": 90002"#),
    );
    let (tool, _) = holding(&text);
    for (names, limit) in [
        (vec!["BTC/USDT:USDT", "BTC/USDT", "usdm:BTC/USDT:USDT", "binance:usdm:BTC/USDT:USDT"], "90000"),
        (vec!["BTC/USD:BTC", "BTCUSD_PERP", "coinm:BTC/USD:BTC", "coinm:BTCUSD_PERP"], "90001"),
        (vec!["BTC/USDT:USDT-260626", "BTCUSDT_260626"], "90002"),
    ] {
        for name in names {
            assert_eq!(value(&tool, &format!("limit of {name}")), limit, "{name}");
            assert_eq!(value(&tool, &format!("limit of \"{name}\"")), limit, "{name}");
        }
    }
    for amount in ["1e4", "1E4", "10_000", "10,000", "10k", "1.0e4"] {
        assert_eq!(value(&tool, &format!("mmr of BTC/USDT:USDT at {amount}")), "0.02", "{amount}");
    }
    assert_eq!(tool.rows("mmr of BTC/USDT:USDT, BTC/USD:BTC at 1e4, 2k as of 2026-03-01").0.len(), 4);
    let ran = tool.run(["query", "mmr of BTX/USDT:USDT at 1"]);
    assert!(ran.code == 2 && ran.err.contains("did you mean `BTCUSDT`"), "{}", ran.err);
}

#[test]
fn a_log_that_names_contracts_as_tools_do_is_audited() {
    let (tool, _) = holding(&map(&[("BTC/USDT:USDT", 90001), ("BTC/USD:BTC", 90002)]));
    let log = tool.dir().with_file_name("log.csv");
    let lines = "time,subject,notional,rate\n2026-03-01T00:00:00Z,BTC/USDT:USDT,9000,0.02\n\
                 2026-03-01T00:00:00Z,BTC/USD:BTC,9000,0.01\n";
    std::fs::write(&log, lines).unwrap();
    let ran = tool.run(["--format", "jsonl", "audit", log.to_str().unwrap()]);
    let subjects: Vec<&str> = ran.out.lines().filter(|line| line.contains("coinm:BTCUSD")).collect();
    assert!(ran.code == 1 && subjects.len() == 1, "{}", ran.text());
}

#[test]
fn what_python_prints_is_refused_with_the_way_to_save_json() {
    for text in [
        "{'BTC/USDT:USDT': [{'tier': 1.0, 'maxNotional': None}]}",
        "[{\"symbol\": \"BTCUSDT\", \"isolated\": True}]",
        "OrderedDict([('BTC/USDT:USDT', [])])",
    ] {
        let tool = Tool::empty();
        let ran = load(&tool, "file.json", text, &AT);
        assert!(ran.code == 4 && tool.journal().is_none(), "{}", ran.text());
        assert!(ran.err.contains("[python_text]") && ran.err.contains("json.dump("), "{}", ran.err);
    }
}

#[test]
fn what_tierbook_wrote_in_the_form_of_others_is_refused_and_nothing_is_written() {
    let marker = r#""tierbook": {"inferred": true, "as_of": "2026-03-01T00:00:00Z", "tx": 7}"#;
    let ours = native("BTCUSDT", &format!("{marker}, "));
    let tiers = unified("BTC/USDT:USDT", "");
    for (name, text) in [
        ("a.json", format!("[{ours}]")),
        ("b.json", format!("[{}, {ours}]", native("ETHUSDT", ""))),
        (
            "c.json",
            format!(
                r#"{{"BTC/USDT:USDT": {}}}"#,
                tiers.replace(r#""info": {}"#, &format!(r#""info": {{{marker}}}"#))
            ),
        ),
        ("d.json", format!(r#"{{{marker}, "BTC/USDT:USDT": {tiers}}}"#)),
        ("e.csv", "# tierbook: inferred as of 2026-03-01T00:00:00Z\nsymbol,tier\n".to_string()),
    ] {
        let tool = Tool::seeded();
        let before = tool.journal();
        for command in ["load", "check"] {
            let path = tool.dir().with_file_name(name);
            std::fs::write(&path, &text).unwrap();
            let ran = tool.run([command, "--allow-unread", path.to_str().unwrap()]);
            assert_eq!(ran.code, 4, "{}", ran.text());
            assert!(ran.err.contains("[own_output]") && ran.err.contains("tierbook export"), "{}", ran.err);
        }
        assert_eq!(tool.journal(), before);
        assert_eq!(tool.rows("sources").0.len(), 1);
    }
    // Its name as a value is no marker, and neither is what `export` writes.
    holding(&format!(r#"{{"saved_by": "tierbook", "data": {{"BTC/USDT:USDT": {tiers}}}}}"#));
}

/// A map of tables with a cap that tells them apart.
fn map(caps: &[(&str, u32)]) -> String {
    let table = |(symbol, cap): &(&str, u32)| {
        format!(r#""{symbol}": {}"#, unified(symbol, &format!(r#", "maxNotional": {cap}"#)))
    };
    format!("{{{}}}", caps.iter().map(table).collect::<Vec<_>>().join(", "))
}

#[test]
fn several_exchanges_live_in_one_database() {
    let tool = Tool::empty();
    let load = |name: &str, text: &str, options: &[&str]| {
        let ran = load(&tool, name, text, &[&AT, options].concat());
        assert_eq!(ran.code, 0, "{}", ran.text());
    };
    load("binance.json", &map(&[("BTC/USDT:USDT", 90001), ("BTC/USD:BTC", 90002)]), &[]);
    let bybit = [("BTC/USDT:USDT", 90011), ("BTC/USD:BTC", 90012), ("BTC/USDT:USDT-260626", 90013)];
    load("bybit.json", &map(&bybit), &["--venue", "Bybit"]);
    let okx = map(&[("BTC/USDT:USDT", 90021), ("BTC/USD:USD", 90022)]);
    // Its own reply, which is in another form, is not looked at.
    load(
        "okx.json",
        &okx.replace(r#""info": {}"#, r#""info": {"mmr": "0.4"}"#),
        &["--venue", "okx", "--program", "linear"],
    );
    for (query, limits) in [
        ("BTCUSDT", vec!["90001", "90011", "90021"]),
        ("BTC/USDT:USDT", vec!["90001", "90011", "90021"]),
        ("BTCUSDT on usdm", vec!["90001"]),
        ("BTCUSDT on binance:usdm", vec!["90001"]),
        ("BTCUSDT on linear", vec!["90011", "90021"]),
        ("BTCUSDT on bybit:linear", vec!["90011"]),
        ("bybit:linear:BTCUSDT", vec!["90011"]),
        ("bybit:linear:BTC/USDT:USDT", vec!["90011"]),
        ("linear:BTC/USDT:USDT on okx:linear", vec!["90021"]),
        ("BTC/USD:BTC", vec!["90002", "90012"]),
        ("BTC/USD:BTC on inverse", vec!["90012"]),
        ("BTCUSDT_260626", vec!["90013"]),
        ("BTCUSD on okx:linear", vec!["90022"]),
    ] {
        let (rows, code) = tool.rows(&format!("limit of {query} as of 2026-03-01"));
        let found: Vec<&str> = rows.iter().map(|row| row["value"].as_str().unwrap()).collect();
        assert_eq!((found, code), (limits, 0), "{query}");
    }
    let row = tool.row("limit of BTCUSD on bybit:inverse as of 2026-03-01");
    assert_eq!((&row["subject"], &row["unit"]), (&json!("bybit:inverse:BTCUSD"), &json!("BTC")));
    let ran = tool.run(["query", "limit of BTCUSDT on bybit:usdm"]);
    assert!(ran.code == 2 && ran.err.contains("bybit:linear"), "{}", ran.err);
    let ran = tool.run(["query", "limit of BTCUSDT on linaer"]);
    assert!(ran.code == 2 && ran.err.contains("did you mean `linear`"), "{}", ran.err);
    // One exchange's list ends nothing of another's.
    let many: Vec<String> = (0..50).map(|n| format!("AAA{n}/USDT:USDT")).collect();
    let many: Vec<(&str, u32)> = many.iter().map(|name| (name.as_str(), 90099)).collect();
    let ran = tool.run(["--help"]);
    assert_eq!(ran.code, 0);
    let path = tool.dir().with_file_name("later-20260305T000000Z.json");
    std::fs::write(&path, map(&many)).unwrap();
    assert_eq!(tool.run(["load", "--venue", "bybit", path.to_str().unwrap()]).code, 0);
    for (subject, status) in [
        ("bybit:linear:BTCUSDT", "ended"),
        ("bybit:inverse:BTCUSD", "value"),
        ("okx:linear:BTCUSDT", "value"),
        ("binance:usdm:BTCUSDT", "value"),
    ] {
        assert_eq!(tool.row(&format!("limit of {subject} as of 2026-03-06"))["status"], status, "{subject}");
    }
}

#[test]
fn a_venue_or_program_that_does_not_fit_is_refused_and_nothing_is_written() {
    let tiers = map(&[("BTC/USDT:USDT", 90001)]);
    let seed = super::tool::seed();
    let seed = std::fs::read_to_string(seed).unwrap();
    for (name, text, options, code, words) in [
        (
            "a.json",
            tiers.as_str(),
            vec!["--venue", "bybit", "--program", "usdm"],
            2,
            "its programs are linear and inverse",
        ),
        ("a.json", &tiers, vec!["--program", "linear"], 2, "--venue bybit"),
        ("a.json", &tiers, vec!["--program", "pm"], 2, "its programs are usdm and coinm"),
        ("a.json", &tiers, vec!["--venue", "by bit"], 2, "[not_a_venue]"),
        ("a.json", &tiers, vec!["--venue", "bybit", "--program", "inverse"], 4, "`--program` says inverse"),
        ("a.json", &native("BTCUSDT", ""), vec!["--venue", "bybit"], 4, "[other_venue]"),
        ("a.txt", &seed, vec!["--venue", "bybit", "--program", "linear"], 4, "[program_not_taken]"),
        ("a.toml", "[source]\ntitle = \"x\"\n", vec!["--program", "usdm"], 4, "[program_not_taken]"),
        ("a.json", &format!(r#"{{"exchange": "bybit", "data": {tiers}}}"#), vec![], 4, "`--venue bybit`"),
        (
            "a.json",
            &tiers.replace(r#""info": {}"#, r#""info": {"riskLimitValue": "1"}"#),
            vec![],
            4,
            "`--venue` names",
        ),
    ] {
        let tool = Tool::empty();
        let ran = load(&tool, name, text, &[&AT[..], &options].concat());
        assert_eq!(ran.code, code, "{options:?}: {}", ran.text());
        assert!(ran.err.contains(words) && tool.journal().is_none(), "{options:?}: {}", ran.err);
    }
    for name in ["bybit", "Bybit"] {
        let said = format!(r#"{{"exchange": "{name}", "data": {tiers}}}"#);
        assert_eq!(load(&Tool::empty(), "a.json", &said, &[&AT[..], &["--venue", "bybit"]].concat()).code, 0);
    }
    for name in ["binanceusdm", "Binance Futures"] {
        let said = format!(r#"{{"exchange": "{name}", "data": {tiers}}}"#);
        assert_eq!(load(&Tool::empty(), "a.json", &said, &AT).code, 0);
    }
}

#[test]
fn the_time_of_a_file_counts_only_where_the_user_says_so() {
    let tiers = map(&[("BTC/USDT:USDT", 90001)]);
    let seconds: u64 = "1772323200".parse().unwrap();
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    let touched = |tool: &Tool, name: &str, text: &str| {
        let path = tool.dir().with_file_name(name);
        std::fs::write(&path, text).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        path.display().to_string()
    };
    let tool = Tool::empty();
    let path = touched(&tool, "tiers.json", &tiers);
    let ran = tool.run(["check", &path]);
    assert!(
        ran.err.contains("publication time unknown") && ran.err.contains("no_publication"),
        "{}",
        ran.err
    );
    for command in ["check", "load", "load"] {
        let ran = tool.run([command, "--use-file-time", &path]);
        assert_eq!(ran.code, 0, "{}", ran.text());
    }
    let (sources, _) = tool.rows("sources");
    assert_eq!(sources.len(), 1, "the same time twice is one observation");
    assert_eq!(sources[0]["published_at"], "2026-03-01T00:00:00Z");
    assert_eq!(sources[0]["published_by"], "file_time");
    assert_eq!(value(&tool, "limit of BTCUSDT"), "90001");
    // Whatever else dates a file comes first.
    let named = touched(&tool, "tiers-20260401T000000Z.json", &format!("{tiers}\n"));
    assert_eq!(tool.run(["load", "--use-file-time", &named]).code, 0);
    assert_eq!(tool.rows("sources").0[1]["published_by"], "file_name");
}
