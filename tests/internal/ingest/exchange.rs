//! Tables of an exchange in JSON: every form, what they have in common, what is found in them, and what is
//! refused.

use proptest::prelude::*;
use tierbook::error::Error;
use tierbook::ingest::{self, Draft, DraftClaim, Input};
use tierbook::limits;
use tierbook::statement::{Precision, Program};
use tierbook::text::line_number;
use tierbook::time::Timestamp;

/// A file with its time in its name.
const STAMPED: &str = "brackets-20260505T060000Z.json";

fn read_as(text: &str, published_at: Option<&str>, complete: Option<bool>) -> Result<Draft, Error> {
    let published_at = published_at.map(|at| Timestamp::parse_rfc3339(at).unwrap());
    ingest::read(&Input { file: STAMPED, bytes: text.as_bytes(), published_at, complete })
}

fn read(text: &str) -> Draft {
    read_as(text, None, None).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

/// The error that a text is refused with.
fn refused(text: &str) -> Error {
    read_as(text, None, None).expect_err(text)
}

/// The messages of findings with their codes.
fn found(draft: &Draft) -> Vec<String> {
    draft.findings.iter().map(|f| format!("{}: {}", f.code.as_str(), f.message)).collect()
}

/// A contract of two tiers, as the API gives it; `with` is put into the second bracket.
fn bracket(symbol: &str, with: &str) -> String {
    format!(
        r#"{{"symbol": "{symbol}", "brackets": [
            {{"bracket": 1, "initialLeverage": 40, "notionalCap": 7000, "notionalFloor": 0, "maintMarginRatio": 0.0125, "cum": 0.0}},
            {{"bracket": 2, "initialLeverage": 8, "notionalCap": 90000, "notionalFloor": 7000, "maintMarginRatio": 0.06, "cum": 332.5{with}}}
        ]}}"#
    )
}

/// The same in the exchange's API, in text for numbers, on its site, in ccxt with and without `info`, and in
/// the old ccxt.
fn everywhere() -> Vec<String> {
    let native = bracket("ABCUSDT", "");
    let texts = native
        .replace(": 40,", r#": "40","#)
        .replace(": 8,", r#": "8","#)
        .replace("0.0125", r#""0.0125""#)
        .replace("0.06", r#""0.06""#)
        .replace("7000", r#""7000""#)
        .replace("90000", r#""90000""#)
        .replace("332.5", r#""332.50""#);
    let site = r#"{"symbol":"ABCUSDT","notionalLimit":90000,"riskBrackets":[
        {"bracketSeq":1,"bracketNotionalFloor":0,"bracketNotionalCap":7000,"bracketMaintenanceMarginRate":0.0125,
         "cumFastMaintenanceAmount":0,"minOpenPosLeverage":9,"maxOpenPosLeverage":40},
        {"bracketSeq":2,"bracketNotionalFloor":7000,"bracketNotionalCap":90000,"bracketMaintenanceMarginRate":0.06,
         "cumFastMaintenanceAmount":332.5,"minOpenPosLeverage":1,"maxOpenPosLeverage":8}]}"#;
    let info = |number: u32| {
        let (lever, cap, floor, rate, cum) =
            if number == 1 { (40, 7000, 0, "0.0125", "0.0") } else { (8, 90000, 7000, "0.06", "332.5") };
        format!(
            r#""info": {{"bracket": "{number}", "initialLeverage": "{lever}", "notionalCap": "{cap}", "notionalFloor": "{floor}", "maintMarginRatio": "{rate}", "cum": "{cum}"}}"#
        )
    };
    let tier = |head: &str, number: u32, floor: &str, cap: &str, rate: &str| {
        let (from, to, ratio, lever) = if number == 1 {
            ("0.0", "7000.0", "0.0125", "40.0")
        } else {
            ("7000.0", "9.0E4", "6e-2", "8.0")
        };
        format!(
            r#"{{{head}"tier": {number}.0, "{floor}": {from}, "{cap}": {to}, "{rate}": {ratio}, "maxLeverage": {lever}"#
        )
    };
    let new = |number| {
        tier(
            r#""symbol": "ABC/USDT:USDT", "currency": "USDT", "#,
            number,
            "minNotional",
            "maxNotional",
            "maintenanceMarginRate",
        )
    };
    let old = |number| tier("", number, "notionalFloor", "notionalCap", "maintenanceMarginRatio");
    let pair = |one: &str, two: &str| format!("[{one}}}, {two}}}]");
    vec![
        format!("[{native}]"),
        native.clone(),
        format!("[{texts}]"),
        native.replace("notional", "min").replace("minCap", "maxNotional").replace("minFloor", "minNotional"),
        format!("[{site}]"),
        format!(r#"{{"brackets": [{site}]}}"#),
        format!(
            r#"{{"code":"000000","message":null,"messageDetail":null,"data":{{"brackets":[{site}]}},"success":true}}"#
        ),
        format!(
            r#"{{"ABC/USDT:USDT": {}}}"#,
            pair(&format!("{}, {}", new(1), info(1)), &format!("{}, {}", new(2), info(2)))
        ),
        format!(r#"{{"ABC/USDT:USDT": {}}}"#, pair(&new(1), &new(2))),
        format!(
            r#"{{"ABC/USDT": {}}}"#,
            pair(&format!("{}, {}", old(1), info(1)), &format!("{}, {}", old(2), info(2)))
        ),
        format!(
            r#"{{"ABCUSDT": {}}}"#,
            pair(&format!("{}, \"info\": {{}}", old(1)), &format!("{}, \"info\": null", old(2)))
        ),
        pair(&new(1), &new(2)),
        pair(&new(2), &new(1)),
    ]
}

#[test]
fn one_table_says_the_same_in_every_form_and_spelling() {
    let first = read(&everywhere()[0]);
    for text in everywhere() {
        let draft = read(&text);
        assert_eq!(found(&draft), [""; 0], "{text}");
        let [statement] = draft.statements.as_slice() else { panic!("{text}") };
        assert_eq!(statement.subject.to_string(), "binance:usdm:ABCUSDT");
        let (DraftClaim::Observation { seen_at: None, rule: Some(rule) }, Some(same)) =
            (&statement.claim, first.statements[0].claim.rule())
        else {
            panic!("{:?}", statement.claim)
        };
        assert!(rule.same(same) && rule.unit() == "USDT", "{}", crate::tests::common::show_rule(rule));
        let min = rule.printed().iter().map(|row| row.leverage.as_ref().unwrap().min).collect::<Vec<_>>();
        let (stated, words) =
            if text.contains("minOpen") { ([Some(9), Some(1)], "9 - 40x") } else { ([None; 2], "40x") };
        assert_eq!(
            (min.as_slice(), rule.printed()[0].leverage.as_ref().unwrap().text.as_str()),
            (&stated[..], words),
            "{text}"
        );
        assert_eq!(rule.printed()[0].rate.text(), "1.25");
        assert_eq!(rule.tiers()[1].amount.to_string(), "332.5");
        assert_eq!(
            draft.publication.map(|(at, precision)| (at.to_string(), precision)),
            Some(("2026-05-05T06:00:00Z".to_string(), Precision::Exact))
        );
    }
}

#[test]
fn every_cell_is_quoted_by_its_span_and_every_contract_by_that_of_its_statement() {
    for text in everywhere() {
        let text = format!("\u{feff}\n{text}");
        let draft = read(&text);
        let statement = &draft.statements[0];
        let words = statement.span.of(&draft.text);
        assert!(words.contains("ABC") && words.ends_with(['}', ']']), "{words}");
        let table = statement.claim.rule().expect("tiers");
        for row in table.printed() {
            let cells: Vec<&str> = row.cells.iter().map(|cell| cell.of(&draft.text)).collect();
            let [leverage, floor, cap, rate] = cells[..] else { panic!("{cells:?}") };
            assert_eq!((floor, cap), (row.floor.text(), row.cap.text()), "{text}");
            assert_eq!(
                leverage.trim_end_matches(".0"),
                row.leverage.as_ref().unwrap().max.to_string(),
                "{text}"
            );
            let printed = tierbook::decimal::parse_scientific(rate).expect(rate);
            assert_eq!(printed, row.rate.fraction(), "{text}");
            assert!(statement.span.start <= row.span().start && row.span().end <= statement.span.end);
        }
    }
}

#[test]
fn contracts_margined_in_the_coin_are_counted_in_it() {
    let text =
        bracket("BNBUSD_PERP", "").replace("notionalCap", "qtyCap").replace("notionalFloor", "qtylFloor");
    let day = text.replace("BNBUSD_PERP", "BNBUSD_261225").replace("qtylFloor", "qtyFloor");
    let pair = text.replace("BNBUSD_PERP", "BNBUSD").replace("symbol", "pair");
    let ccxt = r#"{"BNB/USD:BNB": [{"tier": 1, "currency": "USD", "minNotional": 0, "maxNotional": 7000,
        "maintenanceMarginRate": 0.0125, "maxLeverage": 40, "info": {"bracket": 1, "qtylFloor": 0, "qtyCap": 7000}}]}"#;
    for (text, name) in [
        (&text, "BNBUSD"),
        (&format!("[{day}]"), "BNBUSD_261225"),
        (&pair, "BNBUSD"),
        (&ccxt.to_string(), "BNBUSD"),
        (&ccxt.replace(r#", "info": {"bracket": 1, "qtylFloor": 0, "qtyCap": 7000}"#, ""), "BNBUSD"),
    ] {
        let draft = read(text);
        assert_eq!(found(&draft), [""; 0], "{text}");
        assert_eq!(draft.statements[0].subject.to_string(), format!("binance:coinm:{name}"));
        assert_eq!(draft.statements[0].claim.rule().map(|rule| rule.unit()), Some("BNB"));
    }
}

#[test]
fn collateral_of_portfolio_margin_is_flat_and_of_pro_goes_by_tiers() {
    let draft =
        read(r#"[{"asset": "ABC", "collateralRate": "0.9500"}, {"asset": "U", "collateralRate": 0}]"#);
    assert_eq!(found(&draft), [""; 0]);
    assert_eq!(
        crate::tests::common::statement_lines(&draft),
        ["binance:pm:ABC seen at publication: 95.00=0.9500", "binance:pm:U seen at publication: 0=0",]
    );
    let tiered = |cum: &str| {
        read(&format!(
            r#"[{{"asset": "ABC", "collateralInfo": [
                {{"tierFloor": "0.0000", "tierCap": "3000", "collateralRate": "1.0000", "cum": "0.0000"}},
                {{"tierFloor": "3000", "tierCap": "99999999999", "collateralRate": "0.8", "cum": "{cum}"}}]}}]"#
        ))
    };
    let draft = tiered("600.00");
    assert_eq!(found(&draft), [""; 0]);
    assert_eq!(
        crate::tests::common::statement_lines(&draft),
        ["binance:pm-pro:ABC seen at publication: USD rank None 0.0000=0.0000 3000=3000 100.00; 3000=3000 \
         99999999999=99999999999 80"]
    );
    assert_eq!(found(&tiered("0")), ["amount_differs: ABC, tier 2: amount 0 is printed, 600 is computed"]);
}

#[test]
fn no_digit_of_a_number_is_lost_or_added() {
    let text =
        bracket("ABCUSDT", "").replace("7000", "7000.100000000001").replace("0.0125", "0.0100000000009");
    let draft = read(&text);
    let table = draft.statements[0].claim.rule().expect("tiers");
    assert_eq!(table.tiers()[0].cap.unwrap().to_string(), "7000.100000000001");
    assert_eq!(table.tiers()[0].rate.to_string(), "0.0100000000009");
    assert_eq!(table.printed()[0].rate.text(), "1.00000000009");
    let most = format!("0.{}", "123".repeat(limits::NUMBER_DIGITS).get(1..limits::NUMBER_DIGITS).unwrap());
    let draft = read(&format!(r#"[{{"asset": "ABC", "collateralRate": {most}}}]"#));
    let flat = draft.statements[0].claim.rule().expect("flat");
    assert_eq!(flat.tiers()[0].rate.to_string(), most);
    // One digit more than is kept exactly is not rounded but refused.
    let long = "1".repeat(limits::NUMBER_DIGITS + 1);
    let draft = read(&bracket("ABCUSDT", "").replace("90000", &long));
    assert_eq!(
        found(&draft),
        [format!(
            "unread_text: ABCUSDT, tier 2: `notionalCap` is `{long}`, not a number of 0 or more with up to 24 digits"
        )]
    );
    assert!(draft.has_unread() && draft.statements.is_empty());
}

#[test]
fn the_largest_integer_and_its_float_both_stand_for_no_limit_and_nothing_follows_it() {
    let limit = |cap: &str| {
        let draft = read(&bracket("ABCUSDT", "").replace("90000", cap));
        let table = draft.statements[0].claim.rule().expect("tiers");
        table.limit().map(|limit| limit.to_string())
    };
    for cap in ["9223372036854775807", "9.223372036854776E18", "9223372036854776000.0", "99999999999"] {
        assert_eq!(limit(cap), None, "{cap}");
    }
    assert_eq!(limit("99999999998"), Some("99999999998".to_string()));
    let ccxt = everywhere().swap_remove(7);
    let both =
        ccxt.replace("9.0E4", "9.223372036854776E+18").replace(r#""90000""#, r#""9223372036854775807""#);
    assert_eq!(found(&read(&both)), [""; 0]);
    let open = bracket("ABCUSDT", "").replace("7000", "99999999999").replace("90000", "99999999999");
    assert_eq!(
        found(&read(&open)),
        ["cap_order: ABCUSDT, tier 1: it has no limit, but another tier follows"]
    );
}

#[test]
fn brackets_that_are_multiplied_for_one_account_are_refused() {
    for (coefficient, refused) in [
        ("1", false),
        ("1.0", false),
        (r#""1.00""#, false),
        ("10e-1", false),
        ("null", false),
        ("1.5", true),
        (r#""4.0""#, true),
        ("0", true),
        ("true", true),
        (r#""""#, true),
        ("[1]", true),
        ("1.0000001", true),
    ] {
        let text = bracket("ABCUSDT", "")
            .replace(r#""brackets""#, &format!(r#""notionalCoef": {coefficient}, "brackets""#));
        let draft = read(&format!("[{text}, {}]", bracket("XYZUSDT", "")));
        let codes = crate::tests::common::codes(&draft);
        assert_eq!(codes, if refused { vec!["account_brackets"] } else { vec![] }, "{coefficient}");
        assert_eq!(draft.statements.len(), if refused { 1 } else { 2 });
        assert!(!refused || found(&draft)[0].contains("those of one account"));
    }
}

#[test]
fn what_a_contract_lacks_is_named_with_its_line_its_tier_and_its_key() {
    let good = bracket("ABCUSDT", "");
    for (from, to, finding) in [
        (
            r#", "notionalCap": 90000"#,
            "",
            "unread_text: ABCUSDT, tier 2: `notionalCap` or `maxNotional` or `qtyCap` is missing",
        ),
        (
            "90000",
            "null",
            "unread_text: ABCUSDT, tier 2: `notionalCap` or `maxNotional` or `qtyCap` is missing",
        ),
        (
            "90000",
            "true",
            "unread_text: ABCUSDT, tier 2: `notionalCap` is `true`, not a number of 0 or more with up to 24 digits",
        ),
        (
            "90000",
            "{}",
            "unread_text: ABCUSDT, tier 2: `notionalCap` is an object, not a number of 0 or more with up to 24 digits",
        ),
        (
            "90000",
            "-1",
            "unread_text: ABCUSDT, tier 2: `notionalCap` is `-1`, not a number of 0 or more with up to 24 digits",
        ),
        (
            "90000",
            r#""9o""#,
            "unread_text: ABCUSDT, tier 2: `notionalCap` is `\"9o\"`, not a number of 0 or more with up to 24 digits",
        ),
        (
            "90000",
            "90000, \"notionalCap\": 90000",
            "unread_text: ABCUSDT, tier 2: key `notionalCap` occurs twice",
        ),
        (
            "90000",
            "90000, \"qtyCap\": 90000",
            "unread_text: ABCUSDT, tier 2: `qtyCap` and `notionalCap` have the same meaning; only one of them is allowed",
        ),
        (
            "0.06",
            "1.06",
            "not_a_rate: ABCUSDT, tier 2: `maintMarginRatio` is 1.06, not a fraction between 0 and 1",
        ),
        (
            "0.06",
            "0.0",
            "not_a_rate: ABCUSDT, tier 2: `maintMarginRatio` is 0.0, not a fraction between 0 and 1",
        ),
        (
            ": 8,",
            ": 8.5,",
            "unread_text: ABCUSDT, tier 2: `initialLeverage` is 8.5, not a whole number from 1",
        ),
        (": 8,", ": 0,", "unread_text: ABCUSDT, tier 2: `initialLeverage` is 0, not a whole number from 1"),
        (": 2,", ": 2.5,", "unread_text: ABCUSDT, tier 2: `bracket` is 2.5, not a whole number"),
        ("90000", "6999", "cap_order: ABCUSDT: the cap of tier 2 is below the cap of the tier before it"),
    ] {
        let text = format!("[{},\n{}]", bracket("XYZUSDT", ""), good.replacen(from, to, 1));
        let draft = read(&text);
        assert_eq!(found(&draft).first().map(String::as_str), Some(finding), "{text}");
        let line = line_number(&text, draft.findings[0].span.start);
        assert_eq!(line, if finding.starts_with("cap_order") { 5 } else { 7 }, "{finding}");
        assert_eq!(draft.findings[0].subjects, ["ABCUSDT"]);
        assert_eq!(draft.statements.len(), 1, "the other contract is read");
        assert!(draft.has_unread());
    }
    for (contract, finding) in [
        (r#"{"brackets": []}"#, "unread_text: a contract: `symbol` is missing"),
        (r#"{"symbol": 5, "brackets": []}"#, "unread_text: a contract: `symbol` is `5`, not a text"),
        (r#"{"symbol": "ABCUSDT"}"#, "unread_text: ABCUSDT: `brackets` is missing"),
        (r#"{"symbol": "ABCUSDT", "brackets": []}"#, "unread_text: ABCUSDT: the table has no tier"),
        (
            r#"{"symbol": "ABCUSDT", "brackets": {}}"#,
            "unread_text: ABCUSDT: `brackets` is an object, not a list",
        ),
        (r#"{"symbol": "ABCUSDT", "brackets": [7]}"#, "unread_text: ABCUSDT, tier 1: `7` is not an object"),
        (
            r#"{"symbol": "ABCUSDT", "symbol": "X", "brackets": []}"#,
            "unread_text: a contract: key `symbol` occurs twice",
        ),
        ("[]", "unread_text: a contract: a list is not an object"),
        (
            &good.replace("ABCUSDT", "ABC"),
            "no_subject: ABC: this is not the name of a contract margined in a currency, as its bounds are",
        ),
        (
            &good.replace("ABCUSDT", "ABCUSD_PERP"),
            "no_subject: ABCUSD: this is not the name of a contract margined in a currency, as its bounds are",
        ),
        (
            &good.replace("notionalCap", "qtyCap"),
            "no_subject: ABCUSDT: this is not the name of a contract margined in the coin, as its bounds are",
        ),
        (&good.replace("ABCUSDT", "A BUSDT"), "no_subject: A BUSDT: this is not a valid name"),
        (
            &good.replacen("notionalCap", "qtyCap", 1),
            "unread_text: ABCUSDT: bounds count the coin in one tier and a currency in another",
        ),
    ] {
        let draft = read(&format!("[{}, {contract}]", bracket("XYZUSDT", "")));
        assert_eq!(found(&draft), [finding]);
        assert_eq!(draft.statements.len(), 1);
    }
}

#[test]
fn a_table_of_too_many_tiers_is_left_out_and_one_of_the_most_is_read() {
    let rows = |count: usize| {
        let row = |n: usize| {
            format!(r#"{{"tierFloor": {}, "tierCap": {n}, "collateralRate": 0.{:03}}}"#, n - 1, 999 - n)
        };
        let rows: Vec<String> = (1..=count).map(row).collect();
        read(&format!(r#"[{{"asset": "ABC", "collateralInfo": [{}]}}]"#, rows.join(",")))
    };
    assert_eq!(found(&rows(limits::TABLE_TIERS)), [""; 0]);
    assert_eq!(
        found(&rows(limits::TABLE_TIERS + 1)),
        ["unread_text: ABC: the table has more than 200 tiers"]
    );
}

#[test]
fn each_breach_of_a_law_of_the_exchanges_own_tables_has_its_finding() {
    let good = bracket("ABCUSDT", "");
    for (from, to, codes) in [
        ("90000", "90000", vec![]),
        (r#""notionalFloor": 0"#, r#""notionalFloor": 1"#, vec!["gap"]),
        (r#""notionalFloor": 7000"#, r#""notionalFloor": 7001"#, vec!["gap"]),
        (r#""notionalFloor": 7000"#, r#""notionalFloor": 6999"#, vec!["overlap"]),
        (": 90000", ": 7000", vec!["floor_not_below_cap", "zero_width_tier"]),
        ("0.06", "0.0124", vec!["rate_order", "amount_differs"]),
        (": 8,", ": 40,", vec!["leverage_order"]),
        (": 8,", ": 39,", vec![]),
        ("332.5", "332.6", vec!["amount_differs"]),
        (r#", "cum": 332.5"#, "", vec![]),
        // What is unusual at an announcement is the norm here, for it is the exchange's own.
        ("0.06", "0.1249, \"cum\": null, \"x\": 1", vec!["unread_key", "amount_differs"]),
    ] {
        let draft = read(&good.replacen(from, to, 1));
        assert_eq!(crate::tests::common::codes(&draft), codes, "{from} {to}");
        assert_eq!(draft.statements.len(), 1, "the table is read all the same");
    }
    let draft = read(&good.replace("332.5", "0.1"));
    assert_eq!(found(&draft), ["amount_differs: ABCUSDT, tier 2: amount 0.1 is printed, 332.5 is computed"]);
    assert_eq!(draft.findings[0].span.of(&draft.text), "0.1");
    let site = everywhere().swap_remove(4);
    assert_eq!(
        crate::tests::common::codes(&read(
            &site.replace(r#""minOpenPosLeverage":9"#, r#""minOpenPosLeverage":10"#)
        )),
        ["leverage_gap"]
    );
    let none = site.replace(r#""minOpenPosLeverage":9"#, r#""minOpenPosLeverage":41"#);
    assert_eq!(
        found(&read(&none)),
        ["unread_text: ABCUSDT, tier 1: the lowest leverage, 41, is above the highest, 40"]
    );
}

#[test]
fn tiers_are_put_in_the_order_of_their_numbers_and_odd_numbers_are_reported() {
    let good = bracket("ABCUSDT", "");
    let (first, second) = (r#""bracket": 1"#, r#""bracket": 2"#);
    let numbered = |one: &str, two: &str| read(&good.replace(second, two).replacen(first, one, 1));
    // Printed in another order than numbered: `everywhere` has one such table, which gives no finding.
    assert_eq!(
        found(&numbered(r#""bracket": 1"#, r#""bracket": 3"#)),
        ["tier_numbers: ABCUSDT: the tiers are numbered 1, 3"]
    );
    assert_eq!(
        found(&numbered(r#""bracket": 1"#, r#""bracket": 1"#)),
        ["tier_numbers: ABCUSDT: the tiers are numbered 1, 1"]
    );
    assert_eq!(
        found(&numbered(r#""bracket": 1"#, r#""bracket": null"#)),
        ["tier_numbers: ABCUSDT: the tiers are numbered 1"]
    );
    assert_eq!(found(&numbered(r#""bracket": null"#, r#""bracket": null"#)), [""; 0]);
    // Numbers against the floors leave no safe reading.
    assert_eq!(crate::tests::common::codes(&numbered(r#""bracket": 2"#, r#""bracket": 1"#)), ["cap_order"]);
}

#[test]
fn the_exchanges_own_figures_are_taken_where_a_tool_says_otherwise() {
    let ccxt = everywhere().swap_remove(7);
    for (from, to, message) in [
        (
            r#""maxNotional": 9.0E4"#,
            r#""maxNotional": 90001"#,
            "`maxNotional` is 90001, but `notionalCap` in `info` is 90000",
        ),
        (
            r#""maintenanceMarginRate": 6e-2"#,
            r#""maintenanceMarginRate": 0.07"#,
            "`maintenanceMarginRate` is 0.07, but `maintMarginRatio` in `info` is 0.06",
        ),
        (
            r#""maxLeverage": 8.0"#,
            r#""maxLeverage": 9"#,
            "`maxLeverage` is 9, but `initialLeverage` in `info` is 8",
        ),
        (
            r#""minNotional": 7000.0"#,
            r#""minNotional": 1"#,
            "`minNotional` is 1, but `notionalFloor` in `info` is 7000",
        ),
    ] {
        let draft = read(&ccxt.replacen(from, to, 1));
        assert_eq!(found(&draft), [format!("unified_differs: ABCUSDT, tier 2: {message}")]);
        assert!(
            draft.statements[0].claim.rule().unwrap().same(read(&ccxt).statements[0].claim.rule().unwrap())
        );
    }
    let draft = read(&ccxt.replacen(r#""bracket": "1", "initialLeverage": "40", "notionalCap": "7000", "notionalFloor": "0", "maintMarginRatio": "0.0125", "cum": "0.0""#, r#""riskLimitValue": "7000""#, 1));
    assert!(found(&draft)[0].contains("the table is another exchange's"), "{:?}", found(&draft));
    for (from, to) in [
        (r#""symbol": "ABC/USDT:USDT""#, r#""symbol": "XYZ/USDT:USDT""#),
        (r#""currency": "USDT""#, r#""currency": "USDC""#),
    ] {
        let draft = read(&ccxt.replacen(from, to, 1));
        assert!(found(&draft)[0].starts_with("no_subject: ABCUSDT, tier 1: `"), "{:?}", found(&draft));
        assert!(draft.statements.is_empty());
    }
}

#[test]
fn a_key_that_is_not_known_is_reported_once_and_known_idle_ones_never() {
    let text = format!(
        "[{},{}]",
        bracket("ABCUSDT", r#", "news": {"a": 1}"#),
        bracket("XYZUSDT", r#", "news": 2, "more": 3"#)
    );
    let draft = read(&text);
    assert_eq!(
        found(&draft),
        ["unread_key: key `news` is unknown and ignored", "unread_key: key `more` is unknown and ignored",]
    );
    assert!(!draft.has_unread() && draft.statements.len() == 2);
    let around = everywhere().swap_remove(6).replace(r#""data":{"#, r#""extra": 1, "data":{"inner": 2, "#);
    assert_eq!(crate::tests::common::codes(&read(&around)), ["unread_key"; 2]);
    let many: String = (0..2 * limits::UNREAD_KEYS).map(|n| format!(r#", "k{n}": 0"#)).collect();
    let found = found(&read(&bracket("ABCUSDT", &many)));
    let last = format!(
        "unread_key: more than {} keys are unknown and ignored; the rest is not named",
        limits::UNREAD_KEYS
    );
    assert_eq!((found.len(), found.last()), (limits::UNREAD_KEYS + 1, Some(&last)));
    let most: String = (0..limits::UNREAD_KEYS).map(|n| format!(r#", "k{n}": 0"#)).collect();
    assert!(!self::found(&read(&bracket("ABCUSDT", &most))).contains(&last));
}

#[test]
fn one_subject_twice_is_always_reported_and_different_tables_are_both_kept() {
    let (good, other) = (bracket("ABCUSDT", ""), bracket("ABCUSDT", "").replace("90000", "80000"));
    let draft = read(&format!("[{good},{good}]"));
    assert_eq!(
        found(&draft),
        ["duplicate_subject: binance:usdm:ABCUSDT occurs twice, with equal tables; one is kept"]
    );
    assert_eq!(draft.statements.len(), 1);
    let draft = read(&format!("[{good},{other}]"));
    assert_eq!(
        found(&draft),
        [
            "same_instant: two different seen tables of binance:usdm:ABCUSDT for the publication; both are kept"
        ]
    );
    assert_eq!((draft.statements.len(), draft.has_unread()), (2, false));
    let ccxt = everywhere().swap_remove(8);
    let list = &ccxt[ccxt.find('[').unwrap()..=ccxt.rfind(']').unwrap()]
        .replace(r#""symbol": "ABC/USDT:USDT", "#, "");
    for other in ["ABC/USDT:USDT", "ABC/USDT", "ABCUSDT"] {
        let twice = |second: &str| read(&format!(r#"{{"ABC/USDT:USDT": {list}, "{other}": {second}}}"#));
        assert_eq!(crate::tests::common::codes(&twice(list)), ["duplicate_subject"], "{other}");
        assert_eq!(
            crate::tests::common::codes(&twice(&list.replace("9.0E4", "9.1E4"))),
            ["same_instant"],
            "{other}"
        );
    }
    assert_eq!(
        refused(r#"{"data": {"brackets": []}, "data": {"brackets": []}}"#).code().as_str(),
        "duplicate_key"
    );
}

#[test]
fn the_instant_is_the_users_else_the_documents_else_that_of_its_name() {
    let contract = |symbol: &str, updated: &str| {
        let site = everywhere().swap_remove(4);
        let site = site.trim_matches(['[', ']']).to_string() + "]}";
        site.replace("ABCUSDT", symbol)
            .replace(r#""notionalLimit":90000"#, &format!(r#""updateTime":{updated}"#))
            .replace("]}]}", "]}")
    };
    let times = |text: &str, given: Option<&str>| {
        let draft = read_as(text, given, None).unwrap();
        let seen = draft.statements.iter().map(|statement| match &statement.claim {
            DraftClaim::Observation { seen_at, .. } => {
                seen_at.map_or("publication".to_string(), |at| at.to_string())
            }
            _ => panic!("a sighting"),
        });
        (
            draft.publication.unwrap().0.to_string(),
            seen.collect::<Vec<_>>(),
            crate::tests::common::codes(&draft),
        )
    };
    let (early, late) = ("2026-05-01T00:00:00Z", "2026-05-02T00:00:00.001Z");
    let both =
        format!("[{},{}]", contract("ABCUSDT", "1777680000001"), contract("XYZUSDT", "\"1777593600000\""));
    assert_eq!(times(&both, None), (late.to_string(), vec![late.to_string(), early.to_string()], vec![]));
    let given = "2026-06-01T00:00:00Z";
    assert_eq!(times(&both, Some(given)), (given.to_string(), vec!["publication".to_string(); 2], vec![]));
    let none = format!("[{}]", contract("ABCUSDT", "null"));
    assert_eq!(
        times(&none, None),
        ("2026-05-05T06:00:00Z".to_string(), vec!["publication".to_string()], vec![])
    );
    for bad in ["1777680000", "0", "1483228799999", "\"soon\"", "1777680000.5", "99999999999999999"] {
        let draft = read(&format!("[{}]", contract("ABCUSDT", bad)));
        assert!(found(&draft)[0].contains("not a time in milliseconds"), "{bad}: {:?}", found(&draft));
    }
    for (head, timestamp) in [
        (r#""serverTime": 1777593600000"#, early),
        (r#""time": "1777593600000""#, early),
        (r#""observed_at": "2026-05-01T02:00:00+02:00""#, early),
        (r#""time": null"#, "2026-05-05T06:00:00Z"),
    ] {
        for text in [
            format!(r#"{{{head}, "brackets": {none}}}"#),
            everywhere()[8].replacen('{', &format!("{{{head}, "), 1),
        ] {
            assert_eq!(times(&text, None).0, timestamp, "{text}");
        }
    }
    for head in [
        r#""time": 1777593600"#,
        r#""time": 1777593600000, "serverTime": 1777593600001"#,
        r#""observed_at": "2026-05-01""#,
    ] {
        assert_eq!(times(&format!(r#"{{{head}, "brackets": {none}}}"#), None).2, ["unread_text"], "{head}");
    }
    let nameless =
        ingest::read(&Input { file: "x.json", bytes: none.as_bytes(), published_at: None, complete: None })
            .unwrap();
    assert_eq!(
        (nameless.publication, crate::tests::common::codes(&nameless)),
        (None, vec!["no_publication"])
    );
}

#[test]
fn a_document_lists_a_program_when_it_names_many_of_it_or_when_the_user_says_so() {
    let least = limits::COMPLETE_SNAPSHOT_SUBJECTS;
    let contracts = |count: usize| (0..count).map(|n| bracket(&format!("A{n}USDT"), "")).collect::<Vec<_>>();
    let programs = |text: &str, complete| {
        let listed = read_as(text, None, complete).unwrap().complete_snapshots;
        assert!(listed.iter().all(|snapshot| snapshot.venue == "binance" && snapshot.seen_at.is_none()));
        listed.into_iter().map(|snapshot| snapshot.program).collect::<Vec<_>>()
    };
    let list = |contracts: &[String]| format!("[{}]", contracts.join(","));
    for (count, complete, listed) in [
        (least - 1, None, vec![]),
        (least, None, vec![Program::Usdm]),
        (least, Some(false), vec![]),
        (1, Some(true), vec![Program::Usdm]),
        (1, None, vec![]),
    ] {
        assert_eq!(programs(&list(&contracts(count)), complete), listed, "{count} {complete:?}");
    }
    // A contract named twice counts once, and an answer about the one symbol asked for lists nothing.
    let mut twice = contracts(least - 1);
    twice.push(twice[0].clone());
    assert_eq!(programs(&list(&twice), None), []);
    assert_eq!(programs(&contracts(1)[0], Some(true)), []);
    let mut broken = contracts(least);
    broken.push(r#"{"symbol": "XUSDT"}"#.to_string());
    assert_eq!(programs(&list(&broken), None), []);
    // The user may say that a document is complete of which something stays unread: what it names has not
    // ended, and where it is not known what it names nothing has.
    let listed = read_as(&list(&broken), None, Some(true)).unwrap().complete_snapshots;
    assert_eq!((listed.len(), listed[0].currencies.clone()), (1, None));
    assert_eq!(listed[0].except, ["XUSDT".to_string()].into());
    broken.push(r#"{"brackets": []}"#.to_string());
    assert_eq!(programs(&list(&broken), Some(true)), []);
    let coins =
        contracts(least).into_iter().map(|text| text.replace("USDT", "USD_PERP").replace("notional", "qty"));
    let both: Vec<String> = contracts(1).into_iter().chain(coins).collect();
    assert_eq!(programs(&list(&both), None), [Program::Coinm]);
    assert_eq!(programs(&list(&both), Some(true)), [Program::Usdm, Program::Coinm]);
}

#[test]
fn a_document_is_complete_of_the_currencies_of_which_it_names_many_contracts() {
    let least = limits::COMPLETE_SNAPSHOT_SUBJECTS;
    let contracts = |count: usize, quote: &str| -> Vec<String> {
        (0..count).map(|n| bracket(&format!("AAA{n}{quote}"), "")).collect()
    };
    let listed = |all: &[Vec<String>], complete| {
        let text = format!("[{}]", all.concat().join(","));
        let listed = read_as(&text, None, complete).unwrap().complete_snapshots;
        listed.into_iter().map(|it| (it.program, it.currencies)).collect::<Vec<_>>()
    };
    let of = |names: &[&str]| Some(names.iter().map(|name| (*name).to_string()).collect());
    let (usdt, usdc) = (contracts(least, "USDT"), contracts(least - 1, "USDC"));
    assert_eq!(listed(&[usdt.clone(), usdc.clone()], None), [(Program::Usdm, of(&["USDT"]))]);
    assert_eq!(listed(&[usdt.clone(), usdc.clone()], Some(true)), [(Program::Usdm, None)]);
    assert_eq!(listed(&[usdt.clone(), usdc.clone()], Some(false)), []);
    let (more, dated) = (contracts(least, "USDC"), contracts(least, "USD1_261225"));
    assert_eq!(
        listed(&[usdt, more, dated, contracts(1, "BTC")], None),
        [(Program::Usdm, of(&["USD1", "USDC", "USDT"]))]
    );
    // None of them has enough alone.
    assert_eq!(listed(&[usdc, contracts(least - 1, "USDT")], None), []);
    let coins: Vec<String> = contracts(least, "USD_PERP");
    let coins: Vec<String> = coins.into_iter().map(|text| text.replace("notional", "qty")).collect();
    assert_eq!(listed(&[coins], None), [(Program::Coinm, of(&["coin"]))]);
    let asset = |n: usize| format!(r#"{{"asset": "A{n}", "collateralRate": 1}}"#);
    let assets: Vec<String> = (0..least).map(asset).collect();
    assert_eq!(listed(std::slice::from_ref(&assets), None), [(Program::Pm, None)]);
    assert_eq!(listed(&[assets[1..].to_vec()], None), []);
}

#[test]
fn more_subjects_than_the_most_are_refused() {
    let assets = |count: usize| {
        let one = |n: usize| format!(r#"{{"asset": "A{n}", "collateralRate": 1}}"#);
        format!("[{}]", (0..count).map(one).collect::<Vec<_>>().join(","))
    };
    assert_eq!(read(&assets(limits::SNAPSHOT_SUBJECTS)).statements.len(), limits::SNAPSHOT_SUBJECTS);
    assert_eq!(refused(&assets(limits::SNAPSHOT_SUBJECTS + 1)).code().as_str(), "too_many_subjects");
}

#[test]
fn what_is_no_json_is_refused_at_its_line_and_column() {
    let sample = "[\n{\n\"symbol\": \"ABCUSDT\", // the contract\n\"brackets\": []}]";
    for (text, place, hint) in [
        (sample, "line 3, column 22: ", "samples from documentation contain comments"),
        ("[\n{\"symbol\": \"ABCUSDT\",\n}]", "line 3, column 1: ", "extra commas"),
        ("[{\"symbol\": \"ABCUSDT\", \"brackets\": [", "line 1, column 36: ", "the text ends too early"),
        ("{\"symbol\": \"ABCUSDT\"}\nOR\n{}", "line 2, column 1: ", "save the reply"),
        ("{symbol: 1}", "line 1, column 2: ", "save the reply"),
        ("[01]", "line 1, column 3: ", "save the reply"),
    ] {
        let error = refused(text);
        assert_eq!((error.code().as_str(), error.exit_code()), ("not_json", 4));
        assert!(error.message().starts_with(place), "{}: {text}", error.message());
        assert!(error.hints()[0].contains(hint), "{:?}: {text}", error.hints());
    }
}

#[test]
fn replies_that_are_known_but_contain_no_such_table_are_refused_by_name() {
    for (text, code, words) in [
        (
            r#"{"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}"#,
            "error_reply",
            "Invalid API-key, IP, or permissions for action. (code -2015)",
        ),
        (
            r#"{"code":"100001","message":"illegal","messageDetail":null,"data":null,"success":false}"#,
            "error_reply",
            "illegal (code 100001)",
        ),
        (r#"{"success":false}"#, "error_reply", "no message"),
        (
            r#"{"retCode": 10001, "retMsg": "params error", "result": {}}"#,
            "error_reply",
            "params error (code 10001)",
        ),
        (
            r#"{"retCode": 0, "retMsg": "OK", "result": {"list": [{"id": 1, "symbol": "ABCUSD", "riskLimitValue": "9"}]}}"#,
            "unsupported_form",
            "risk limits of Bybit",
        ),
        (
            r#"[{"collaterals": [{"minUsdValue": "0", "discountRate": "1"}], "assetNames": ["ABC"]}]"#,
            "unsupported_form",
            "collateral ratios of cross margin",
        ),
        (
            r#"[{"assetNames": ["ABC"], "rank": 1, "brackets": [{"leverage": 9, "maxDebt": 5}]}]"#,
            "unsupported_form",
            "liability brackets of cross margin",
        ),
        (r#"{"code":"000000","data":null,"success":true}"#, "no_rule", "contains no rule"),
        (r#"{"code":"000000","data":{"brackets":[]}}"#, "no_rule", "contains no rule"),
        ("[]", "no_rule", "contains no rule"),
        ("{}", "no_rule", "contains no rule"),
        (r#"{"ABC/USDT:USDT": []}"#, "no_rule", "contains no rule"),
        (r#"{"a": 1}"#, "unknown_form", "in no format that tierbook reads"),
        (r#"{"ABC/USDT:USDT": [{"tier": 1}]}"#, "unknown_form", "in no format that tierbook reads"),
        (
            r#"[{"tier": 1, "maxNotional": 5, "maxLeverage": 2}]"#,
            "unknown_form",
            "in no format that tierbook reads",
        ),
        ("[1, null, \"x\"]", "unknown_form", "in no format that tierbook reads"),
        ("{\"\\ud800\": []}", "unknown_form", "in no format that tierbook reads"),
    ] {
        let error = refused(text);
        assert_eq!((error.code().as_str(), error.exit_code()), (code, 4), "{text}");
        assert!(error.message().contains(words), "{}", error.message());
        assert!(!error.hints().is_empty(), "{text}");
        assert!(!code.contains("form") || error.hints()[0].contains("leverageBracket"), "{text}");
    }
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(refused(&deep).code().as_str(), "unknown_form");
}

#[test]
fn every_example_of_the_page_on_forms_reads_without_a_finding() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/exchange-tables.md")).unwrap();
    let examples: Vec<&str> =
        page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 5, "{} examples", examples.len());
    for example in examples {
        let draft = read(example);
        assert!(!draft.statements.is_empty() && draft.findings.is_empty(), "{:?}\n{example}", draft.findings);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_and_mutated_json_never_panics_and_every_finding_has_its_place(
        which in 0usize..13,
        cuts in prop::collection::vec((0usize..2000, 0usize..2000), 0..5),
        words in prop::collection::vec(
            (0usize..2000, prop_oneof!["[\\[\\]{}\":,0-9eE.+-]{1,3}", Just("\"\\ud800\"".to_string()), Just("null".to_string()), Just("币".to_string())]), 0..4),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut text: Vec<char> = everywhere().swap_remove(which).chars().collect();
        for (a, b) in cuts {
            let length = text.len();
            text.swap(a % length, b % length);
        }
        for (at, word) in words {
            let at = at % text.len();
            text.splice(at..at, word.chars());
        }
        let text: String = text.into_iter().collect();
        for bytes in [text.as_bytes(), &[text.as_bytes(), &noise[..]].concat(), &[b"[", &noise[..]].concat()] {
            if let Ok(draft) = ingest::read(&Input { file: STAMPED, bytes, published_at: None, complete: None }) {
                let spans = draft.findings.iter().map(|f| f.span).chain(draft.statements.iter().map(|s| s.span));
                for span in spans {
                    prop_assert!(draft.text.get(span.range()).is_some(), "{span} {text}");
                }
                prop_assert!(!draft.statements.is_empty() || draft.has_unread(), "{text}");
            }
        }
    }

    #[test]
    fn numbers_and_texts_of_numbers_are_the_same(whole in 1u64..99_999_999, part in 0u32..1000, shift in 0i32..6) {
        let plain = format!("{whole}.{part:03}");
        let digits = format!("{whole}{part:03}");
        for other in [format!("\"{plain}\""), format!("{digits}e-3"), format!("\"{plain}e0\""), format!("{digits}{}E-{}", "0".repeat(shift as usize), 3 + shift)] {
            let table = |cap: &str| read(&bracket("ABCUSDT", "").replace("7000", "0.5").replace("90000", cap));
            let (a, b) = (table(&plain), table(&other));
            prop_assert!(a.statements[0].claim.rule().unwrap().same(b.statements[0].claim.rule().unwrap()), "{other}");
        }
    }
}
