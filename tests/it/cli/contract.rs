//! The contract of DESIGN section 6, field by field, and the figures that the main job names.

use serde_json::{Value, json};

use super::tool::{Tool, shared};

/// Seeded with the repository's own file, and with the exchange's text where it is at hand.
fn tools() -> Vec<Tool> {
    let exchange = shared("announcements/binance-20260203T060046Z.txt");
    [Some(Tool::seeded()), exchange.map(|file| Tool::holding(&file))].into_iter().flatten().collect()
}

fn check(query: &str, expected: Value) {
    for tool in tools() {
        let row = tool.row(query);
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&row[field], value, "{field} of {query}");
        }
    }
}

#[test]
fn the_customers_question_is_answered_with_every_field() {
    for tool in tools() {
        let mut row = tool.row("mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z");
        let source = row["source"].take();
        assert_eq!(source["published_at"], "2026-02-03T06:00:46Z");
        assert_eq!(source["sha256"].as_str().unwrap().len(), 64);
        assert!(source["sha256"].as_str().unwrap().starts_with(source["id"].as_str().unwrap()));
        assert!(source["span"][0].as_u64() < source["span"][1].as_u64());
        let expected = json!({
            "subject": "binance:usdm:ACTUSDT", "measure": "mmr", "at": "60000", "unit": "fraction",
            "status": "value", "value": "0.1", "message": null,
            "tier": {"number": 2, "floor": "10000", "cap": "60000", "mmr": "0.1", "min_leverage": 5,
                     "max_leverage": 5, "maintenance_amount": "500"},
            "as_of": "2026-02-06T07:00:00Z", "known_at": null, "recorded_by": null, "tx": 1,
            "in_force_since": "2026-02-06T06:30:00Z", "seen_since": null, "changed_after": null,
            "last_confirmed_at": "2026-02-06T06:30:00Z", "holds": "0.9", "next_change_at": null,
            "certainty": {"kind": "rolling_out", "until": "2026-02-06T07:30:00Z", "other": "0.125", "also": []},
            "reading": "as_published", "source": null, "warnings": [],
            "address": "binance:usdm:ACTUSDT/mmr@at=60000;v=2026-02-06T07:00:00Z;tx=1",
        });
        assert_eq!(row, expected);
    }
}

#[test]
fn a_position_on_a_cap_is_below_it() {
    check("mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z", json!({"value": "0.1"}));
    check("mmr of ACTUSDT at 60000.01 as of 2026-02-06T07:00Z", json!({"value": "0.125"}));
    check("tier of ACTUSDT at 0 as of 2026-02-06T07:00Z", json!({"value": "1"}));
    check("tier of ACTUSDT at 10000 as of 2026-02-06T07:00Z", json!({"value": "1"}));
    check("tier of ACTUSDT at 10000.00000001 as of 2026-02-06T07:00Z", json!({"value": "2"}));
}

#[test]
fn a_change_is_in_force_from_its_instant_and_not_before() {
    check("margin of ACTUSDT at 60000 as of 2026-02-06T07:00Z", json!({"value": "5500", "unit": "USDT"}));
    check(
        "margin of ACTUSDT at 60000 as of 2026-02-06T06:29:59Z",
        json!({"value": "5400", "certainty": {"kind": "settled", "also": []}, "next_change_at": "2026-02-06T06:30:00Z"}),
    );
    check("mmr of ACTUSDT at 60000 as of 2026-02-06T06:29:59.999999Z", json!({"value": "0.125"}));
    check("mmr of ACTUSDT at 60000 as of 2026-02-06T06:30:00Z", json!({"value": "0.1"}));
}

#[test]
fn a_roll_out_ends_with_its_window() {
    let other = json!({"kind": "rolling_out", "until": "2026-02-06T07:30:00Z", "other": "0.125", "also": []});
    check("mmr of ACTUSDT at 60000 as of 2026-02-06T07:29:59.999999Z", json!({"certainty": other}));
    check(
        "mmr of ACTUSDT at 60000 as of 2026-02-06T07:30Z",
        json!({"certainty": {"kind": "settled", "also": []}}),
    );
}

#[test]
fn a_repaired_tier_answers_with_a_warning_and_as_published_refuses() {
    for tool in tools() {
        let row = tool.row("mmr of ACTUSDT at 300000 as of 2026-02-07");
        assert_eq!((&row["value"], &row["reading"]), (&json!("0.25"), &json!("repaired")));
        assert_eq!(row["tier"]["maintenance_amount"], "25744");
        assert_eq!(row["warnings"][0]["code"], "repaired_floor");
        let (rows, code) = tool.rows("mmr of ACTUSDT at 300000 as of 2026-02-07 as published");
        assert_eq!((rows[0]["value"].is_null(), code), (true, 3));
        assert!(rows[0]["message"].as_str().unwrap().contains("700,000"), "{}", rows[0]["message"]);
    }
    check(
        "mmr of ACTUSDT at 60000 as of 2026-02-07 as published",
        json!({"value": "0.1", "reading": "as_published"}),
    );
    check("margin of ACTUSDT at 60000 as of 2026-02-07 as published", json!({"value": "5500"}));
}

#[test]
fn a_rate_that_is_printed_rounded_answers_with_a_warning() {
    for tool in tools() {
        let row = tool.row("mmr of TSLAUSDT at 200000 as of 2026-02-07");
        assert_eq!((&row["value"], &row["warnings"][0]["code"]), (&json!("0.167"), &json!("rounded_rate")));
        let sound = tool.row("mmr of TSLAUSDT at 600000 as of 2026-02-07");
        assert_eq!((&sound["value"], &sound["warnings"]), (&json!("0.25"), &json!([])));
    }
}

#[test]
fn what_is_not_known_has_its_status_a_message_and_exit_code_3() {
    for tool in tools() {
        for (query, status) in [
            ("mmr of ACTUSDT at 900000 as of 2026-02-07", "above_limit"),
            ("mmr of ACTUSDT at 800000.01 as of 2026-02-07", "above_limit"),
            ("mmr of ACTUSDT at 60000 as of 2026-02-01", "unknown"),
            ("mmr of ACTUSDT at 60000 as of 2026-02-03T06:00:45Z", "unknown"),
            ("mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z known at 2026-02-02", "not_known_then"),
            ("mmr of ACTUSDT at 60000 as of 2026-02-06T07:00Z recorded by 2020-01-01", "not_known_then"),
            ("tiers of ACTUSDT as of 2026-02-01", "unknown"),
            ("max position of ACTUSDT at 20x as of 2026-02-07", "above_limit"),
        ] {
            let (rows, code) = tool.rows(query);
            assert_eq!((rows.len(), code), (1, 3), "{query}");
            assert_eq!(rows[0]["status"], status, "{query}");
            assert!(rows[0]["value"].is_null() && rows[0]["message"].is_string(), "{query}");
        }
        assert_eq!(tool.row("mmr of ACTUSDT at 800000 as of 2026-02-07")["value"], "0.5");
        // Of several rows each says for itself what it does not know.
        assert_eq!(tool.rows("mmr of ACTUSDT at 1, 900000 as of 2026-02-07").1, 0);
    }
}

#[test]
fn a_misspelt_subject_is_a_mistake_that_suggests_the_right_one() {
    for tool in tools() {
        let ran = tool.run(["query", "mmr of ACTUST at 1"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("ACTUSDT"), "{}", ran.err);
    }
}

#[test]
fn the_figures_of_the_announcement_come_out_exactly() {
    check("margin of IPUSDT at 2,000,000 as of 2026-02-05", json!({"value": "154507.5"}));
    check("margin of IPUSDT at 2m as of 2026-02-07", json!({"value": "235522.5"}));
    check("max position of ACTUSDT at 10x as of 2026-02-05", json!({"value": "15000", "unit": "USDT"}));
    check("max position of ACTUSDT at 10x as of 2026-02-07", json!({"value": "10000"}));
    check("max position of ACTUSDT at 20x as of 2026-02-05", json!({"value": "5000"}));
    check("limit of ACTUSDT as of 2026-02-05", json!({"value": "5000000", "unit": "USDT"}));
    check("limit of ACTUSDT as of 2026-02-07", json!({"value": "800000"}));
    check(
        "max leverage of ACTUSDT at 60000 as of 2026-02-07",
        json!({"value": "5", "unit": "x", "measure": "max_leverage"}),
    );
    check("amount of ACTUSDT at 60000 as of 2026-02-07", json!({"value": "500", "unit": "USDT"}));
    check("mmr of TSLAUSDT at 5000 as of 2026-02-03T08:59:59Z", json!({"value": "0.1"}));
    check("mmr of TSLAUSDT at 5000 as of 2026-02-03T09:00:00Z", json!({"value": "0.05"}));
}

#[test]
fn collateral_is_flat_on_pm_and_progressive_on_pm_pro() {
    check(
        "ratio of STRK on pm as of 2026-02-06T06:10Z",
        json!({"value": "0.3", "unit": "fraction", "tier": null,
               "certainty": {"kind": "rolling_out", "until": "2026-02-06T06:30:00Z", "other": "0.45", "also": []}}),
    );
    check(
        "collateral of STRK at 500000 on pm-pro as of 2026-02-05",
        json!({"value": "500000", "unit": "USD"}),
    );
    check("collateral of STRK at 500000 on pm-pro as of 2026-02-07", json!({"value": "430000"}));
    check("collateral of STRK at 3,000,000 on pm-pro as of 2026-02-05", json!({"value": "2280000"}));
    check("collateral of STRK at 3m on pm-pro as of 2026-02-07", json!({"value": "1120000"}));
    check("ratio of STRK at 500000 on pm-pro as of 2026-02-07", json!({"value": "0.7"}));
    check("limit of STRK on pm-pro as of 2026-02-07", json!({"status": "no_limit", "value": null}));
    for tool in tools() {
        let (rows, _) = tool.rows("ratio of STRK at 500000 as of 2026-02-07");
        let subjects: Vec<&Value> = rows.iter().map(|row| &row["subject"]).collect();
        assert_eq!(subjects, ["binance:pm:STRK", "binance:pm-pro:STRK"]);
    }
}

#[test]
fn tiers_give_one_row_a_tier() {
    for tool in tools() {
        let (rows, code) = tool.rows("tiers of 我踏马来了USDT as of 2026-02-07");
        assert_eq!((rows.len(), code), (8, 0));
        let figures: Vec<(&str, &str, &str)> = rows
            .iter()
            .map(|row| {
                (row["floor"].as_str().unwrap(), row["cap"].as_str().unwrap(), row["mmr"].as_str().unwrap())
            })
            .collect();
        let expected = [
            ("0", "5000", "0.02"),
            ("5000", "10000", "0.025"),
            ("10000", "20000", "0.05"),
            ("20000", "50000", "0.1"),
            ("50000", "100000", "0.125"),
            ("100000", "250000", "0.1667"),
            ("250000", "2500000", "0.25"),
            ("2500000", "5000000", "0.5"),
        ];
        assert_eq!(figures, expected);
        let first = &rows[0];
        assert_eq!(
            (&first["number"], &first["min_leverage"], &first["max_leverage"]),
            (&json!(1), &json!(21), &json!(25))
        );
        assert_eq!((&first["maintenance_amount"], &first["reading"]), (&json!("0"), &json!("as_published")));
        assert_eq!(first["subject"], "binance:usdm:我踏马来了USDT");
        let (rows, _) = tool.rows("tiers of STRK on pm-pro as of 2026-02-07");
        let ratios: Vec<&str> = rows.iter().map(|row| row["ratio"].as_str().unwrap()).collect();
        assert_eq!(ratios, ["1", "0.8", "0.7", "0.4", "0.2"]);
        assert!(rows[4]["cap"].is_null(), "the last tier is open");
    }
}

#[test]
fn an_answer_asked_again_at_its_echoed_basis_is_the_same() {
    let tool = Tool::seeded();
    let first = tool.row("margin of ACTUSDT at 60000");
    let as_of = first["as_of"].as_str().unwrap();
    let again = tool.row(&format!("margin of ACTUSDT at 60000 as of {as_of}"));
    assert_eq!(first, again);
}

#[test]
fn every_form_carries_the_same_rows() {
    let tool = Tool::seeded();
    let query = "mmr of ACTUSDT, IPUSDT at 1k, 60k as of 2026-02-07";
    let (lines, _) = tool.rows(query);
    let array = tool.run(["--format", "json", "query", query]);
    assert_eq!(serde_json::from_str::<Value>(&array.out).unwrap(), Value::Array(lines.clone()));
    let table = tool.run(["--format", "csv", "query", query]);
    let mut reader = csv::Reader::from_reader(table.out.as_bytes());
    let header = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), lines.len());
    for (record, row) in records.iter().zip(&lines) {
        let field =
            |name: &str| record.get(header.iter().position(|column| column == name).unwrap()).unwrap();
        assert_eq!(field("value"), row["value"]);
        assert_eq!(field("tier.cap"), row["tier"]["cap"]);
        assert_eq!(field("certainty.kind"), row["certainty"]["kind"]);
    }
}
