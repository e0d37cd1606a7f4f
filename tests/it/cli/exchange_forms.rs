//! `export binance`, `ccxt`, `freqtrade` and `artifact`: what the exchange and its tools write, from what is stored.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::tool::{Ran, Tool, root, shared};

const FORMS: [&str; 4] = ["binance", "ccxt", "freqtrade", "artifact"];

fn export(tool: &Tool, arguments: &[&str]) -> Ran {
    tool.run([&["export"], arguments].concat())
}

fn exported(tool: &Tool, arguments: &[&str]) -> Value {
    let ran = export(tool, arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.text());
    serde_json::from_str(&ran.out).unwrap()
}

/// A value without the marker, which must be there.
fn without_marker(value: &Value) -> Value {
    let mut value = value.clone();
    let marker = value.as_object_mut().unwrap().shift_remove("tierbook").unwrap();
    assert_eq!(marker["inferred"], true);
    value
}

fn number(value: &Value) -> f64 {
    value.as_str().map_or_else(|| value.as_f64().unwrap(), |text| text.parse().unwrap())
}

#[test]
fn each_form_has_the_exact_text_of_its_program() {
    let tool = Tool::seeded();
    let at = ["ACTUSDT", "--as-of", "2026-02-06T08:00Z"];
    let marker = r#"{"inferred": true, "as_of": "2026-02-06T08:00:00Z", "tx": 1}"#;
    let text = |form: &str| export(&tool, &[&[form], &at[..]].concat()).out;
    let binance = text("binance");
    assert!(
        binance.starts_with(
            "[\n{\"symbol\":\"ACTUSDT\",\"brackets\":[{\"bracket\":1,\"initialLeverage\":10,\"notionalCap\":10000,\
             \"notionalFloor\":0,\"maintMarginRatio\":0.05,\"cum\":0.0},"
        ),
        "{binance}"
    );
    assert!(binance.ends_with(&format!("}}],\"tierbook\":{marker}}}\n]\n")), "{binance}");
    let tier = format!(
        r#"{{
  "ACT/USDT:USDT": [
    {{
      "tier": 1.0,
      "symbol": "ACT/USDT:USDT",
      "currency": "USDT",
      "minNotional": 0.0,
      "maxNotional": 10000.0,
      "maintenanceMarginRate": 0.05,
      "maxLeverage": 10.0,
      "info": {{
        "bracket": 1,
        "initialLeverage": 10,
        "notionalCap": 10000,
        "notionalFloor": 0,
        "maintMarginRatio": 0.05,
        "cum": 0.0,
        "tierbook": {marker}
      }}
    }},
    {{
      "tier": 2.0,
"#
    );
    assert!(text("ccxt").starts_with(&tier), "{}", text("ccxt"));
    assert_eq!(text("freqtrade"), text("ccxt"));
    // The hash is that of Python: hashlib.sha256(json.dumps(brackets, sort_keys=True, separators=(",", ":")).encode()).
    let artifact = text("artifact");
    assert!(
        artifact.starts_with(
            "[\n{\"schema_version\":1,\"symbol\":\"ACT/USDT:USDT\",\"provenance_timestamp\":\"2026-02-03T06:00:46Z\",\
             \"brackets\":[{\"bracket_tier\":1,\"cumulative_maintenance_amount\":0.0,\"maintenance_rate\":0.05,\
             \"notional_cap\":10000.0},"
        ),
        "{artifact}"
    );
    assert!(artifact.contains("\"content_hash\":\"f505e80ea96c83e9\""), "{artifact}");
}

/// The tiers of a table as the language has them: cap, rate, leverage, amount.
fn asked(tool: &Tool, contract: &str, basis: &str) -> Vec<[f64; 4]> {
    let (rows, _) = tool.rows(&format!("tiers of {contract} {basis}"));
    let tiers = rows.iter().filter(|row| row["cap"].is_string());
    let keys = ["cap", "mmr", "max_leverage", "maintenance_amount"];
    tiers.map(|row| keys.map(|key| number(&row[key]))).collect()
}

#[test]
fn every_form_has_the_tables_of_the_language_at_every_basis() {
    let tool = Tool::seeded();
    tool.load_other_rule("20260210T000000Z", 0.02);
    let first = tool.rows("sources").0[0]["recorded_at"].as_str().unwrap().to_string();
    for (as_of, known_at, recorded_by, count) in [
        ("2026-02-01", None, None, 0),
        ("2026-02-04", None, None, 10),
        ("2026-02-06T07:00Z", None, None, 10),
        ("2026-02-07", None, None, 10),
        ("2026-02-07", Some("2026-02-01"), None, 0),
        ("2026-02-12", Some("2026-02-09"), None, 10),
        ("2026-02-12", None, None, 10),
        ("2026-02-12", None, Some(first.as_str()), 10),
    ] {
        let mut basis = known_at.map_or(String::new(), |at| format!("known at {at}"));
        basis += &recorded_by.map_or(String::new(), |at| format!(" recorded by {at}"));
        let options = known_at.map_or(Vec::new(), |at| vec!["--known-at", at]);
        let options = [options, recorded_by.map_or(Vec::new(), |at| vec!["--recorded-by", at])].concat();
        let text = |form: &'static str| export(&tool, &[&[form, "--as-of", as_of], &options[..]].concat());
        let read = |form: &'static str| serde_json::from_str::<Value>(&text(form).out).unwrap();
        let (binance, ccxt, artifact) = (read("binance"), read("ccxt"), read("artifact"));
        let (contracts, _) = tool.rows("subjects");
        let mut tables = 0;
        for name in contracts.iter().filter(|row| row["subject"].as_str().unwrap().contains(":usdm:")) {
            let name = name["subject"].as_str().unwrap().rsplit(':').next().unwrap();
            let expected = asked(&tool, name, &format!("as of {as_of} {basis}"));
            let of_list = |list: &Value, key: &str, name: &str| {
                list.as_array().unwrap().iter().find(|it| it[key] == name).cloned().unwrap_or(json!({}))
            };
            let unified = format!("{0}/USDT:USDT", name.strip_suffix("USDT").unwrap());
            let rows = |list: &Value, keys: [&str; 4]| -> Vec<[f64; 4]> {
                let rows = list.as_array().cloned().unwrap_or_default();
                rows.iter().map(|row| keys.map(|key| row.pointer(key).map_or(f64::NAN, number))).collect()
            };
            let native = ["/notionalCap", "/maintMarginRatio", "/initialLeverage", "/cum"];
            assert_eq!(rows(&of_list(&binance, "symbol", name)["brackets"], native), expected);
            let keys = ["/maxNotional", "/maintenanceMarginRate", "/maxLeverage", "/info/cum"];
            assert_eq!(rows(&ccxt[&unified], keys), expected);
            let brackets = of_list(&artifact, "symbol", &unified)["brackets"].clone();
            let keys =
                ["/notional_cap", "/maintenance_rate", "/bracket_tier", "/cumulative_maintenance_amount"];
            let numbered =
                expected.iter().zip(1_u32..).map(|(row, tier)| [row[0], row[1], tier.into(), row[3]]);
            assert_eq!(rows(&brackets, keys), numbered.collect::<Vec<_>>());
            tables += usize::from(!expected.is_empty());
        }
        assert_eq!((ccxt.as_object().unwrap().len(), tables), (count, count), "{as_of} {basis}");
        assert_eq!(text("ccxt").code, if count == 0 { 3 } else { 0 });
    }
}

#[test]
fn an_export_at_the_time_of_an_observation_is_the_observation_byte_by_byte() {
    let Some(file) = shared("exchange/snapshots/binance-usdm-20260226T041310Z.json") else { return };
    let observed = fs::read_to_string(&file).unwrap();
    let tool = Tool::holding(&file);
    let at = ["--as-of", "2026-02-26T04:13:10Z"];
    let ran = export(&tool, &[&["freqtrade"], &at[..]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let mut text = String::new();
    for line in ran.out.lines() {
        match line.trim_start().starts_with("\"tierbook\"") {
            true => assert_eq!(text.pop(), Some(',')),
            false => text.extend(["\n", line]),
        }
    }
    assert!(text.trim_start() == observed.trim_end(), "they differ");

    let observed: Value = serde_json::from_str(&observed).unwrap();
    let reply = exported(&tool, &[&["binance"], &at[..]].concat());
    let tables: Vec<&Value> = observed.as_object().unwrap().values().collect();
    assert_eq!(reply.as_array().unwrap().len(), tables.len());
    for (contract, table) in reply.as_array().unwrap().iter().zip(tables) {
        let info: Vec<&Value> = table.as_array().unwrap().iter().map(|tier| &tier["info"]).collect();
        let contract = without_marker(contract);
        assert_eq!(contract["brackets"], json!(info), "{}", contract["symbol"]);
        assert_eq!(contract.as_object().unwrap().len(), 2);
    }
}

#[test]
fn contracts_margined_in_the_coin_have_the_form_of_their_own_reply() {
    let tool = Tool::empty();
    let reply = r#"[
        {"symbol":"BTCUSD_PERP","brackets":[
            {"bracket":1,"initialLeverage":125,"qtyCap":5,"qtyFloor":0,"maintMarginRatio":0.004,"cum":0.0},
            {"bracket":2,"initialLeverage":100,"qtyCap":10,"qtyFloor":5,"maintMarginRatio":0.005,"cum":0.005}]},
        {"symbol":"BTCUSD_260327","brackets":[
            {"bracket":1,"initialLeverage":50,"qtyCap":5,"qtyFloor":0,"maintMarginRatio":0.02,"cum":0.0}]}]"#;
    let file = tool.dir().with_file_name("reply-20260201T000000Z.json");
    fs::write(&file, reply).unwrap();
    let usdm = r#"{"BTC/USDT:USDT": [{"minNotional": 0, "maxNotional": 2000000, "maintenanceMarginRate": 0.005, "maxLeverage": 100}]}"#;
    let other = tool.dir().with_file_name("usdm-20260201T000001Z.json");
    fs::write(&other, usdm).unwrap();
    for file in [&file, &other] {
        let ran = tool.run(["load", file.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.text());
    }
    let at = ["--as-of", "2026-02-02"];
    let back = exported(&tool, &[&["binance", "coinm:*"], &at[..]].concat());
    let back: Vec<Value> = back.as_array().unwrap().iter().map(without_marker).collect();
    assert_eq!(json!(back), serde_json::from_str::<Value>(reply).unwrap());
    let all = exported(&tool, &[&["ccxt"], &at[..]].concat());
    let names: Vec<&String> = all.as_object().unwrap().keys().collect();
    assert_eq!(names, ["BTC/USD:BTC", "BTC/USD:BTC-260327", "BTC/USDT:USDT"]);
    assert_eq!(
        (&all["BTC/USD:BTC"][0]["currency"], &all["BTC/USD:BTC"][0]["maxNotional"]),
        (&json!("USD"), &json!(5.0))
    );

    for (arguments, words) in [
        (["binance", "*"], "the exchange has a reply for usdm and another for coinm"),
        (["freqtrade", "BTC/USD:BTC"], "the bounds of binance:coinm:BTCUSD count the coin"),
        (["artifact", "BTCUSD_PERP"], "the bounds of binance:coinm:BTCUSD count the coin"),
    ] {
        let ran = export(&tool, &[&arguments, &at[..]].concat());
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains(words), "{}", ran.text());
    }
}

#[test]
fn other_exchanges_are_written_apart_and_an_open_end_as_it_is_printed() {
    let tool = Tool::seeded();
    let tiers = r#"{"BTC/USDT:USDT": [{"minNotional": 0, "maxNotional": 9223372036854775807, "maintenanceMarginRate": 0.005, "maxLeverage": 100}]}"#;
    let file = tool.dir().with_file_name("tiers-20260301T000000Z.json");
    fs::write(&file, tiers).unwrap();
    assert_eq!(tool.run(["load", "--venue", "bybit", file.to_str().unwrap()]).code, 0);
    let at = ["--as-of", "2026-03-02"];
    let ccxt = exported(&tool, &[&["ccxt", "bybit:linear:BTCUSDT"], &at[..]].concat());
    assert_eq!(ccxt["BTC/USDT:USDT"][0]["info"]["notionalCap"], json!(i64::MAX));
    let text = export(&tool, &[&["artifact", "bybit:linear:BTCUSDT"], &at[..]].concat()).out;
    assert!(text.contains("\"notional_cap\":9.223372036854776e+18}"), "{text}");
    assert_eq!(exported(&tool, &[&["ccxt"], &at[..]].concat()).as_object().unwrap().len(), 10);
    for (arguments, words) in [
        (vec!["ccxt", "all"], "`ccxt` has the contracts of one exchange, and these are of two"),
        (vec!["binance", "bybit:linear:BTCUSDT"], "bybit:linear:BTCUSDT is no contract of Binance"),
        (vec!["binance", "LTC"], "binance:pm:LTC is no contract"),
    ] {
        let ran = export(&tool, &arguments);
        assert!(ran.code == 2 && ran.err.contains(words), "{}", ran.text());
    }
}

#[test]
fn artifacts_are_a_file_for_each_contract_or_version_and_the_checker_accepts_them() {
    let tool = Tool::seeded();
    let folder = tempfile::tempdir().unwrap();
    let (now, every) = (folder.path().join("now"), folder.path().join("every"));
    let ran = export(&tool, &["artifact", "--as-of", "2026-02-06T07:00Z", "-o", now.to_str().unwrap()]);
    assert_eq!(ran.out, format!("{}: 10 tables\n", now.display()));
    assert!(ran.err.starts_with("exported, but rolling_out: "), "{}", ran.err);
    let names = |folder: &Path| {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert!(
        names(&now).len() == 10 && names(&now).contains(&"ACTUSDT.json".to_string()),
        "{:?}",
        names(&now)
    );

    let ran = export(&tool, &["artifact", "ACTUSDT", "--every", "change", "-o", every.to_str().unwrap()]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(names(&every), ["ACTUSDT-20260203T060046Z.json", "ACTUSDT-20260206T063000Z.json"]);
    let versions: Vec<Value> = names(&every)
        .iter()
        .map(|name| serde_json::from_str(&fs::read_to_string(every.join(name)).unwrap()).unwrap())
        .collect();
    assert_eq!(versions[0]["valid_to"], versions[1]["valid_from"]);
    assert_eq!(
        (&versions[1]["valid_from"], &versions[1]["valid_to"]),
        (&json!("2026-02-06T06:30:00Z"), &Value::Null)
    );
    assert_eq!(versions[0]["tierbook"]["as_of"], versions[0]["valid_from"]);
    let list = exported(&tool, &["artifact", "ACTUSDT", "--every", "change"]);
    assert_eq!(list, json!(versions));
    // What was not known then has no version.
    let early = ["artifact", "ACTUSDT", "--every", "change", "--known-at", "2026-02-01"];
    assert_eq!(export(&tool, &early).code, 3);

    let checked =
        Command::new("python3").arg(root().join("docs/check_artifact.py")).args([&now, &every]).output();
    match checked {
        Ok(checked) => assert_eq!(String::from_utf8_lossy(&checked.stdout), "12 accepted, 0 rejected\n"),
        Err(_) => eprintln!("python3 is not on this machine: check_artifact.py was not tried"),
    }
}

#[test]
fn the_script_that_checks_artifacts_refuses_what_is_no_number_and_no_artifact_in_one_line() {
    let tool = Tool::seeded();
    let path = tool.dir().with_file_name("one.json");
    let ran = export(&tool, &["artifact", "ACTUSDT", "--as-of", "2026-02-07"]);
    let good: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let good = good.get(0).unwrap_or(&good).to_string();
    let with = |key: &str, value: &str| {
        let at = good.find(&format!("\"{key}\":")).unwrap() + key.len() + 3;
        let end = at + good[at..].find([',', '}']).unwrap();
        format!("{}{value}{}", &good[..at], &good[end..])
    };
    let amount = "cumulative_maintenance_amount";
    for (text, accepted, words) in [
        (good.clone(), true, "1 accepted, 0 rejected"),
        (with(amount, "NaN"), false, "NaN is no number of JSON"),
        (with(amount, "-Infinity"), false, "-Infinity is no number of JSON"),
        (with(amount, "1e999"), false, "ACT/USDT:USDT: bracket 1 has a value that is no finite number"),
        (with("notional_cap", "true"), false, "ACT/USDT:USDT: bracket 1 has other keys or types"),
        (with("bracket_tier", "[1]"), false, "ACT/USDT:USDT: bracket 1 has other keys or types"),
        (with("symbol", "[1]"), false, "without a symbol: these keys have other types: ['symbol']"),
        (with("provenance_timestamp", "\"soon\""), false, "ACT/USDT:USDT: the provenance is no time"),
        ("[1]".to_string(), false, "without a symbol: it is no object"),
        ("null".to_string(), false, "without a symbol: it is no object"),
        ("{".to_string(), false, "it cannot be read: "),
        ("[".repeat(100_000), false, "it cannot be read: "),
    ] {
        std::fs::write(&path, &text).unwrap();
        let Ok(ran) = Command::new("python3").arg(root().join("docs/check_artifact.py")).arg(&path).output()
        else {
            return eprintln!("python3 is not on this machine: check_artifact.py was not tried");
        };
        let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(out.contains(words) && err.is_empty(), "{text:.200}: {out}{err}");
        assert_eq!(ran.status.success(), accepted, "{text:.200}");
        assert_eq!(out.lines().count(), if accepted { 1 } else { 2 }, "{out}");
    }
}

#[test]
fn what_cannot_be_exported_is_left_out_and_said() {
    let tool = Tool::seeded();
    let ran = export(&tool, &["ccxt", "--as-of", "2026-01-01"]);
    assert_eq!((ran.out.as_str(), ran.code), ("{}\n", 3));
    assert!(ran.err.starts_with("left out, because there is no rule (unknown): "), "{}", ran.err);
    for (arguments, code, words) in [
        (vec!["ccxt", "ACTUST"], 2, "did you mean `ACTUSDT`?"),
        (vec!["ccxt", "--every", "change"], 2, "[clause_not_taken]"),
        (vec!["csv", "--every", "change"], 2, "[clause_not_taken]"),
        (vec!["artifact", "--every", "change", "--as-of", "2026-02-07"], 2, "[clause_not_taken]"),
        (vec!["binance", "--table", "tiers"], 2, "[clause_not_taken]"),
        (vec!["binance", "--recorded-by", "2999-01-01"], 2, "[recorded_in_future]"),
        (vec!["binance", "--as-of", "2026-02-06 07:00"], 2, "Z"),
        (vec!["binanse"], 2, "did you mean `binance`?"),
        (vec!["binance", "-o", "/nowhere/at/all.json"], 4, "[cannot_write]"),
    ] {
        let ran = export(&tool, &arguments);
        assert!(
            ran.code == code && ran.out.is_empty() && ran.err.contains(words),
            "{arguments:?}: {}",
            ran.text()
        );
    }
}

#[test]
fn a_file_is_reported_and_never_loaded_again() {
    let tool = Tool::seeded();
    let folder = tempfile::tempdir().unwrap();
    for form in FORMS {
        let path = folder.path().join(format!("{form}.json"));
        let path = path.to_str().unwrap();
        let ran = export(&tool, &[form, "--as-of", "2026-02-07", "-o", path, "--format", "json"]);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report, json!({"file": path, "form": form, "tables": 10, "without_rule": 0}));
        let ran = tool.run(["load", path]);
        assert!(ran.code == 4 && ran.err.contains("[own_output]"), "{}", ran.text());
    }
    let ran = export(&tool, &["freqtrade", "--as-of", "2026-02-07", "-o", folder.path().to_str().unwrap()]);
    assert!(ran.out.ends_with("/binance_leverage_tiers.json: 10 tables\n"), "{}", ran.text());
}
