//! The exchange's own API: its forms at any basis, and its errors.

use serde_json::{Value, json};
use tierbook::exchange_forms::{Form, Selection, export};
use tierbook::{At, Snapshot};

use super::{Served, brackets, time};

/// Contracts of both programs, observed in one document each.
fn served() -> Served {
    let usdm = brackets(&[
        ("ACTUSDT", "0.02"),
        ("BTCUSDT", "0.004"),
        ("BTCUSDT_261225", "0.01"),
        ("BTCUSDT_270326", "0.01"),
    ]);
    let coinm = brackets(&[("BTCUSD_PERP", "0.004"), ("BTCUSD_261225", "0.01")]);
    Served::with(
        tierbook::server::Options::default(),
        &[("usdm-20260210T000000Z.json", &usdm), ("coinm-20260211T000000Z.json", &coinm)],
    )
}

fn exported(rules: &Snapshot, names: &[&str], at: At) -> String {
    let mut selection = Selection::at(at);
    selection.subjects = names.iter().map(ToString::to_string).collect();
    export(rules, Form::Binance, &selection).unwrap().text()
}

#[test]
fn brackets_are_those_that_are_exported_at_every_basis() {
    let served = served();
    let rules = served.database.snapshot().unwrap();
    let first = rules.sources().unwrap()[0].recorded_at;
    let valid = |text: &str| At::valid(time(text));
    let by = |at: At| (at.recorded_by(first.0), format!("&recordedBy={first}"));
    for (at, basis) in [
        (valid("2026-02-01T00:00Z"), "asOf=2026-02-01".to_string()),
        (valid("2026-02-06T07:00Z"), "asOf=2026-02-06T07:00Z".to_string()),
        (valid("2026-02-12T00:00Z"), "asOf=2026-02-12".to_string()),
        (valid("2026-02-12T00:00Z"), "asOf=1770854400000".to_string()),
        (
            valid("2026-02-12T00:00Z").known_at(time("2026-02-09T00:00Z")),
            "asOf=2026-02-12&knownAt=2026-02-09".to_string(),
        ),
        {
            let (at, by) = by(valid("2026-02-12T00:00Z"));
            (at, format!("asOf=2026-02-12{by}"))
        },
    ] {
        for path in ["/fapi/v1", "/papi/v1/um"] {
            let all = served.get(&format!("{path}/leverageBracket?{basis}"));
            assert_eq!(all.text(), exported(&rules, &[], at), "{basis}");
        }
        let coinm = exported(&rules, &["coinm:*"], at);
        assert_eq!(served.get(&format!("/papi/v1/cm/leverageBracket?{basis}")).text(), coinm, "{basis}");
        let both = coinm.replace("\"qtyFloor\":0,", "\"qtyFloor\":0,\"qtylFloor\":0,");
        assert_eq!(served.get(&format!("/dapi/v2/leverageBracket?{basis}")).text(), both, "{basis}");
        let one = served.get(&format!("/fapi/v1/leverageBracket?symbol=ACTUSDT&{basis}"));
        match one.status {
            200 => assert_eq!(one.text(), exported(&rules, &["ACTUSDT"], at), "{basis}"),
            status => {
                assert_eq!((status, exported(&rules, &["ACTUSDT"], at).as_str()), (400, "[]\n"), "{basis}");
            }
        }
    }
}

#[test]
fn a_path_can_begin_with_the_basis_in_any_order_and_means_the_same_as_parameters() {
    let served = served();
    let of = |target: &str| {
        let response = served.get(target);
        let names = ["x-tierbook-as-of", "x-tierbook-known-at", "x-tierbook-recorded-by", "x-tierbook-tx"];
        let headers = names.map(|name| response.header(name).map(str::to_string));
        (response.status, response.text().to_string(), headers)
    };
    let parameters = of("/fapi/v1/leverageBracket?symbol=ACTUSDT&asOf=2026-02-12&knownAt=2026-02-09");
    assert_eq!(parameters.0, 200);
    for prefix in [
        "/as-of/2026-02-12/known-at/2026-02-09",
        "/known-at/2026-02-09/as-of/2026-02-12T00:00Z",
        "/as-of/2026-02-12T00%3A00%3A00Z/known-at/1770595200000",
    ] {
        assert_eq!(of(&format!("{prefix}/fapi/v1/leverageBracket?symbol=ACTUSDT")), parameters, "{prefix}");
    }
    let names = parameters.2.map(Option::unwrap_or_default);
    assert_eq!(names, ["2026-02-12T00:00:00Z", "2026-02-09T00:00:00Z", "", "3"]);
}

#[test]
fn one_symbol_is_a_list_too_and_numbers_are_those_of_the_table() {
    let served = served();
    let list = served.json("/fapi/v1/leverageBracket?symbol=ACTUSDT&asOf=2026-02-07");
    assert_eq!(list.as_array().unwrap().len(), 1);
    let first = &list[0]["brackets"][0];
    assert_eq!(first["maintMarginRatio"], 0.05);
    let text = served.get("/fapi/v1/leverageBracket?symbol=BTCUSDT&asOf=2026-02-12");
    assert!(text.text().contains("\"maintMarginRatio\":0.004,\"cum\":0.0}"), "{}", text.text());
    assert_eq!(list[0]["tierbook"]["inferred"], true, "the marker");
}

#[test]
fn coin_margined_brackets_have_both_names_of_the_floor() {
    let served = served();
    let list = served.json("/dapi/v2/leverageBracket?symbol=BTCUSD_PERP&asOf=2026-02-12");
    let bracket = &list[0]["brackets"][0];
    assert_eq!(list[0]["symbol"], "BTCUSD_PERP");
    assert_eq!((&bracket["qtyCap"], &bracket["qtyFloor"]), (&json!(100_000), &json!(0)));
    assert_eq!(bracket["qtylFloor"], bracket["qtyFloor"]);
    assert_eq!(served.json("/dapi/v2/leverageBracket?asOf=2026-02-12").as_array().unwrap().len(), 2);
    // The name without `_PERP` is none of the exchange's.
    assert_eq!(served.get("/dapi/v2/leverageBracket?symbol=BTCUSD&asOf=2026-02-12").status, 400);
}

#[test]
fn a_symbol_without_a_rule_gets_the_error_of_the_exchange_and_is_in_no_list() {
    let served = served();
    for (target, status) in [
        ("/fapi/v1/leverageBracket?symbol=NOSUCHUSDT", "unknown_subject"),
        ("/fapi/v1/leverageBracket?symbol=LTC", "unknown_subject"),
        ("/fapi/v1/leverageBracket?symbol=ACTUSDT&asOf=2020-01-01", "unknown"),
        ("/fapi/v1/leverageBracket?symbol=BTCUSDT&asOf=2026-02-12&knownAt=2026-02-04", "not_known_then"),
        ("/dapi/v2/leverageBracket?symbol=ACTUSDT", "unknown_subject"),
    ] {
        let response = served.get(target);
        assert_eq!((response.status, response.text()), (400, r#"{"code":-1121,"msg":"Invalid symbol."}"#));
        assert_eq!(response.header("x-tierbook-status"), Some(status), "{target}");
    }
    assert_eq!(served.json("/fapi/v1/leverageBracket?asOf=2020-01-01"), json!([]));
}

#[test]
fn wrong_parameters_get_the_errors_of_the_exchange() {
    let served = served();
    for (target, status, code) in [
        ("/fapi/v1/leverageBracket?symbol=ACTUSDT&asOf=soon", 400, -1130),
        ("/as-of/soon/fapi/v1/leverageBracket", 400, -1130),
        ("/as-of/2026-02-07/fapi/v1/leverageBracket?asOf=2026-02-08", 400, -1102),
        ("/fapi/v1/leverageBracket?symbol=", 400, -1105),
        ("/fapi/v1/leverageBracket?recordedBy=2999-01-01", 400, -1130),
        ("/fapi/v1/account", 404, -5000),
    ] {
        let response = served.get(target);
        let error: Value = serde_json::from_str(response.text()).unwrap();
        assert_eq!((response.status, &error["code"]), (status, &json!(code)), "{target}: {error}");
        assert!(error["msg"].as_str().unwrap().ends_with('.'), "{target}: {error}");
        assert_eq!(error.as_object().unwrap().len(), 2, "only code and msg: {error}");
    }
    let error = served.get("/fapi/v1/leverageBracket?asOf=soon");
    assert_eq!(error.text(), r#"{"code":-1130,"msg":"Data sent for parameter 'asOf' is not valid."}"#);
}

#[test]
fn what_signs_a_request_changes_nothing() {
    let served = served();
    let plain = served.get("/fapi/v1/leverageBracket?symbol=ACTUSDT&asOf=2026-02-07");
    let signed = served.get(
        "/fapi/v1/leverageBracket?symbol=ACTUSDT&timestamp=1&recvWindow=5000&signature=00ff&asOf=2026-02-07",
    );
    assert_eq!(signed.text(), plain.text());
}

#[test]
fn doubtful_tables_are_named_in_a_header() {
    let served = Served::seeded();
    let during = served.get("/fapi/v1/leverageBracket?asOf=2026-02-06T07:00Z");
    let doubtful = during.header("x-tierbook-doubtful").unwrap();
    assert!(doubtful.contains("ACTUSDT=rolling_out"), "{doubtful}");
    assert!(doubtful.is_ascii() && doubtful.len() < 4096);
    let after = served.get("/fapi/v1/leverageBracket?symbol=ACTUSDT&asOf=2026-02-06T08:00Z");
    assert_eq!(after.header("x-tierbook-doubtful"), None);
    assert_eq!(after.header("x-tierbook-inferred"), Some("true"));
}

#[test]
fn information_has_what_follows_from_names_and_rules() {
    let served = served();
    let info = served.json("/fapi/v1/exchangeInfo?asOf=2026-02-12");
    let symbols = info["symbols"].as_array().unwrap();
    let of = |name: &str| symbols.iter().find(|it| it["symbol"] == name).unwrap();
    assert_eq!(
        of("BTCUSDT"),
        &json!({"symbol": "BTCUSDT", "pair": "BTCUSDT", "contractType": "PERPETUAL", "deliveryDate": 4_133_404_800_000_u64,
                "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT", "marginAsset": "USDT"})
    );
    let next = of("BTCUSDT_270326");
    assert_eq!((&next["pair"], &next["contractType"]), (&json!("BTCUSDT"), &json!("NEXT_QUARTER")));
    let current = of("BTCUSDT_261225");
    assert_eq!(current["contractType"], "CURRENT_QUARTER");
    // 25 December 2026, 08:00 UTC.
    assert_eq!(current["deliveryDate"], 1_798_185_600_000_u64);
    let listed = served.json("/fapi/v1/leverageBracket?asOf=2026-02-12").as_array().unwrap().len();
    assert_eq!(symbols.len(), listed);
    let later = served.json("/fapi/v1/exchangeInfo?asOf=2027-01-01");
    let later = later["symbols"].as_array().unwrap();
    let status = |name: &str| later.iter().find(|it| it["symbol"] == name).map(|it| it["status"].clone());
    assert_eq!(status("BTCUSDT_261225"), Some(json!("DELIVERED")));
}

#[test]
fn the_time_is_that_of_the_clock_whatever_the_basis() {
    let served = Served::seeded();
    let request =
        tierbook::server::Request::get("/as-of/2020-01-01/fapi/v1/time").at(time("2026-11-29T08:00:00.5Z"));
    assert_eq!(served.server.answer(&request).text(), r#"{"serverTime":1795939200500}"#);
    assert_eq!(served.get("/fapi/v1/ping").text(), "{}");
}

#[test]
fn collateral_has_the_form_of_portfolio_margin_pro() {
    let served = Served::seeded();
    let list = served.json("/sapi/v2/portfolio/collateralRate?asOf=2026-02-07");
    let strk = list.as_array().unwrap().iter().find(|it| it["asset"] == "STRK").unwrap();
    let second = json!({"tierFloor": "200000.0000", "tierCap": "400000.0000", "collateralRate": "0.8000", "cum": "40000.0000"});
    assert_eq!(strk["collateralInfo"][1], second);
    assert_eq!(strk["tierbook"]["inferred"], true);
    // The value is the amount times the rate and the sum, as the language has it.
    let rows = served.json("/v1/query?q=collateral+of+STRK+at+300000+on+pm-pro+as+of+2026-02-07");
    assert_eq!(rows[0]["value"], "280000");
}

#[test]
fn what_the_server_gives_is_not_loaded_as_an_observation() {
    let served = served();
    for target in ["/fapi/v1/leverageBracket", "/fapi/v1/exchangeInfo", "/sapi/v2/portfolio/collateralRate"] {
        let text = served.get(&format!("{target}?asOf=2026-02-12")).text().to_string();
        let input = tierbook::LoadInput::bytes("reply-20260213T000000Z.json", text);
        let mut writer = served.database.writer().unwrap();
        let report = writer.load(input, tierbook::LoadOptions::default()).unwrap();
        assert_eq!(report.loaded(), 0, "{target}");
    }
}
