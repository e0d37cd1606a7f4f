//! The liquidation price of an isolated position, asked as any other measure.

use serde_json::{Value, json};
use tierbook::positions::Side;
use tierbook::rows::{Isolated, IsolatedMargin};
use tierbook::{At, Contract, Database, Decimal, Snapshot, Status};

use super::tool::Tool;

const DAY: &str = "as of 2026-02-07";

fn row(tool: &Tool, position: &str) -> Value {
    tool.row(&format!("liquidation of {position} {DAY}"))
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A database with a contract of three tiers whose prices end, and one that is counted in its coin.
fn round_tables() -> Tool {
    let tool = Tool::empty();
    let tier = |bracket: u32, [floor, cap, rate, cum]: [&str; 4], leverage: u32| {
        json!({"bracket": bracket, "initialLeverage": leverage, "notionalFloor": floor, "notionalCap": cap,
            "maintMarginRatio": rate, "cum": cum})
    };
    let in_coin = |bracket: u32, floor: u32, cap: u32, rate: &str, cum: &str| {
        json!({"bracket": bracket, "initialLeverage": 20, "qtylFloor": floor, "qtyCap": cap,
            "maintMarginRatio": rate, "cum": cum})
    };
    let tables = json!([
        {"symbol": "ROUNDUSDT", "brackets": [
            tier(1, ["0", "5000", "0.01", "0"], 20),
            tier(2, ["5000", "10000", "0.02", "50"], 10),
            tier(3, ["10000", "50000", "0.1", "850"], 5),
        ]},
        {"symbol": "OPENUSDT", "brackets": [tier(1, ["0", "9223372036854775807", "0.2", "0"], 4)]},
        {"symbol": "BTCUSD_PERP", "brackets": [in_coin(1, 0, 100, "0.01", "0"), in_coin(2, 100, 1000, "0.02", "1")]},
    ]);
    let path = tool.dir().with_file_name("brackets-20260201T000000Z.json");
    std::fs::write(&path, tables.to_string()).unwrap();
    let ran = tool.run(["load", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    tool
}

#[test]
fn the_tier_is_that_of_the_notional_at_the_price() {
    let tool = round_tables();
    // 1,000 units at 8. Long with 3,050: at 5 it has lost 3,000, and 1 % of 5,000 is left: on the cap of tier 1.
    // Long with 800: (8,000 − 800 − 50) ÷ (1,000 · 0.98). Short with 6,000: (8,000 + 6,000 + 850) ÷ (1,000 · 1.1).
    for (position, value, tier) in [
        ("long 8k entry 8 margin 3050", "5", 1),
        ("long 8k entry 8 margin 3100.1", "4.949393939393939394", 1),
        ("long 8k entry 8 with 10x", "7.295918367346938776", 2),
        ("long 8k entry 8 margin 0", "8.112244897959183674", 2),
        ("short 8k entry 8 margin 6000", "13.5", 3),
        ("short 8k entry 8 margin 2150", "10", 2),
    ] {
        let row = row(&tool, &format!("ROUNDUSDT {position}"));
        assert_eq!((&row["value"], &row["tier"]["number"]), (&json!(value), &json!(tier)), "{position}");
    }
}

#[test]
fn a_row_has_the_whole_position_and_its_address_gives_it_again() {
    let tool = Tool::seeded();
    let with = row(&tool, "ACTUSDT long 60k entry 0.02 with 5x");
    // (60,000 − 12,000 − 500) ÷ (3,000,000 · 0.9), rounded up.
    assert_eq!(
        [
            &with["measure"],
            &with["at"],
            &with["side"],
            &with["entry"],
            &with["with"],
            &with["value"],
            &with["unit"]
        ],
        [
            &json!("liquidation_price"),
            &json!("60000"),
            &json!("long"),
            &json!("0.02"),
            &json!("5x"),
            &json!("0.017592592592592593"),
            &json!("USDT")
        ]
    );
    assert_eq!((with.get("margin"), &with["warnings"][0]["code"]), (None, &json!("rounded")));
    let margin = row(&tool, "ACTUSDT short 60k entry 0.02 margin 12k");
    assert_eq!(
        (&margin["side"], &margin["margin"], margin.get("with")),
        (&json!("short"), &json!("12000"), None)
    );
    for row in [with, margin] {
        let again = tool.row(row["address"].as_str().unwrap());
        for field in ["value", "address", "side", "entry", "with", "margin", "tier"] {
            assert_eq!(again[field], row[field], "{field}");
        }
    }
}

#[test]
fn a_leverage_is_the_margin_of_the_notional_divided_by_it_exactly() {
    let tool = Tool::seeded();
    // 10,000 ÷ 3 does not end; the price is that of the fraction: (30,000 − 10,000) ÷ (3 · 500,000 · 0.95).
    let third = row(&tool, "ACTUSDT long 10k entry 0.02 with 3x");
    assert_eq!(third["value"], "0.014035087719298246");
    let also = row(&tool, "ACTUSDT long 10k entry 0.02 margin 3333.33333334");
    assert_ne!(third["value"], also["value"]);
}

#[test]
fn inside_a_roll_out_the_price_under_the_other_table_is_given_too() {
    let tool = Tool::seeded();
    let row = tool.row("liquidation of ACTUSDT short 60k entry 0.02 with 5x as of 2026-02-06T07:00Z");
    // Tier 3 of the new table, 12.5 % less 2,000; tier 4 of the old one, 12.5 % less 2,100.
    assert_eq!(
        (&row["value"], &row["certainty"]["other"]),
        (&json!("0.021925925925925925"), &json!("0.021955555555555555"))
    );
}

#[test]
fn a_leverage_that_is_not_allowed_gives_the_price_and_says_so() {
    let tool = Tool::seeded();
    let codes = |row: &Value| -> Vec<String> {
        let warnings = row["warnings"].as_array().unwrap();
        warnings.iter().map(|it| it["code"].as_str().unwrap().to_string()).collect()
    };
    // Tier 2 allows 5x, and asks for 5,500 at the entry price: 7,500 are more, 3,000 are not.
    let over = row(&tool, "ACTUSDT long 60k entry 0.02 with 8x");
    assert_eq!(
        (&over["status"], codes(&over)),
        (&json!("value"), vec!["leverage_not_allowed".into(), "rounded".into()])
    );
    let at_once = row(&tool, "ACTUSDT long 60k entry 0.02 with 20x");
    assert_eq!(codes(&at_once), ["leverage_not_allowed", "liquidated_at_entry", "rounded"]);
    assert!(number(at_once["value"].as_str().unwrap()) > number("0.02"), "{at_once}");
    // What is said is that of the notional at the entry price.
    let allowed = row(&tool, "ACTUSDT short 60k entry 0.02 with 5x");
    assert_eq!((codes(&allowed), &allowed["tier"]["max_leverage"]), (vec!["rounded".to_string()], &json!(4)));
    assert!(
        codes(&row(&tool, "ACTUSDT long 60k entry 0.02 margin 3k"))
            .contains(&"liquidated_at_entry".to_string())
    );
}

#[test]
fn where_no_price_liquidates_or_no_rule_says_so_there_is_none() {
    let tool = round_tables();
    for (position, status, message) in [
        ("ROUNDUSDT long 8k entry 8 with 1x", "no_limit", "no price"),
        ("ROUNDUSDT long 8k entry 8 margin 9k", "no_limit", "no price"),
        ("ROUNDUSDT long 0 entry 8 with 5x", "no_limit", "without size"),
        ("BTCUSD short 2 entry 50000 with 1x", "no_limit", "no price"),
        ("ROUNDUSDT short 40k entry 8 margin 40k", "above_limit", "at the price that would liquidate it"),
        ("ROUNDUSDT short 50000.01 entry 8 with 5x", "above_limit", "over the last cap"),
        ("NOUSDT long 8k entry 8 with 5x", "", ""),
    ] {
        if status.is_empty() {
            assert_eq!(tool.rows(&format!("liquidation of {position}")).1, 2);
            continue;
        }
        let row = row(&tool, position);
        assert_eq!((&row["status"], &row["value"]), (&json!(status), &Value::Null), "{position}");
        assert!(row["message"].as_str().unwrap().contains(message), "{row}");
    }
    // A short position of an open table has a price at any size: (8,000,000 + 4,000,000) ÷ (1,000,000 · 1.2).
    assert_eq!(row(&tool, "OPENUSDT short 8m entry 8 margin 4m")["value"], "10");
}

#[test]
fn a_contract_that_is_counted_in_its_coin_has_notional_and_margin_in_the_coin_and_the_price_in_usd() {
    let tool = round_tables();
    // 100,000 USD at 50,000 are 2 BTC: 0.5 + 2 − 100,000 ÷ P = 1,000 ÷ P; short: 0.5 − 2 + 100,000 ÷ P = 1,000 ÷ P.
    let long = row(&tool, "BTCUSD long 2 entry 50000 margin 0.5");
    assert_eq!((&long["value"], &long["unit"]), (&json!("40400"), &json!("USD")));
    assert_eq!(row(&tool, "BTCUSD long 2 entry 50k with 4x")["value"], "40400");
    assert_eq!(row(&tool, "BTCUSD short 2 entry 50k margin 0.5")["value"], "66000");
    // Across a cap: 90 BTC at 50,000 are 4,500,000 USD, 112.5 BTC at 40,000: in tier 2.
    // 27 + 90 − 4,500,000 ÷ P = 90,000 ÷ P − 1.
    let long = row(&tool, "BTCUSD long 90 entry 50k margin 27");
    assert_eq!((&long["value"], &long["tier"]["number"]), (&json!("38898.305084745762711865"), &json!(2)));
}

#[test]
fn lists_patterns_history_knowledge_planes_and_conditions_know_the_measure() {
    let tool = Tool::seeded();
    assert_eq!(tool.rows(&format!("liquidation price of *USDT long 1k entry 2 with 2x {DAY}")).0.len(), 10);
    let values = |text: &str| {
        let (rows, _) = tool.rows(text);
        rows.into_iter().map(|row| row["value"].clone()).collect::<Vec<Value>>()
    };
    let position = "of ACTUSDT short 60k entry 0.02 with 5x";
    let (before, after) = (json!("0.021955555555555555"), json!("0.021925925925925925"));
    assert_eq!(values(&format!("history of liquidation {position}")), [before.clone(), after.clone()]);
    let (steps, _) = tool.rows(&format!("history of liquidation {position}"));
    assert_eq!(
        (&steps[0]["side"], &steps[0]["entry"], &steps[0]["with"]),
        (&json!("short"), &json!("0.02"), &json!("5x"))
    );
    assert_eq!(values(&format!("knowledge of liquidation {position} as of 2026-02-07")).last(), Some(&after));
    assert!(values(&format!("plane of liquidation {position}")).contains(&before));
    let drawn = tool.run(["query", &format!("chart history of liquidation {position} until 2026-03-01")]);
    assert!(drawn.code == 0 && drawn.out.contains("0.021955555555555555"), "{}", drawn.text());
    for (condition, count) in [
        ("liquidation short 60k entry 0.02 with 5x down by 0.00002", 1),
        ("liquidation short 60k entry 0.02 with 5x down by 0.00003", 0),
        ("liquidation short 60k entry 0.02 with 5x up", 0),
        ("liquidation long 60k entry 0.02 margin 12k up by 0.1%, limit down", 1),
        // No price liquidates it before and after.
        ("liquidation long 60k entry 0.02 with 1x changed", 0),
        // Above the new limit nothing is known.
        ("liquidation long 900k entry 0.02 with 2x changed", 0),
        // 5x was not allowed at this size before.
        ("initial margin at 60k with 5x down", 1),
        ("initial margin at 60k with 4x changed", 0),
    ] {
        let (rows, _) = tool.rows(&format!("changes of ACTUSDT where {condition}"));
        assert_eq!(rows.len(), count, "{condition}");
    }
}

#[test]
fn an_answer_that_depends_on_a_floor_that_is_printed_wrongly_says_so_and_as_published_there_is_none() {
    let tool = Tool::seeded();
    // The floor of tier 5 is printed as 700,000, which is the cap before it no more than the 250,000 that it must be.
    let repaired = row(&tool, "ACTUSDT short 240k entry 0.02 margin 100k");
    assert_eq!(
        (&repaired["tier"]["number"], &repaired["warnings"][0]["code"]),
        (&json!(5), &json!("repaired_floor"))
    );
    let refused = row(&tool, "ACTUSDT short 240k entry 0.02 margin 100k as published");
    assert_eq!((&refused["status"], &refused["value"]), (&json!("unknown"), &Value::Null), "{refused}");
    assert_eq!(row(&tool, "ACTUSDT short 60k entry 0.02 with 5x as published")["status"], "value");
}

/// The balance of a position at a price less the maintenance margin that the table asks for there, from the parts.
fn excess(
    contract: &Contract,
    (side, units, entry, margin): (Side, Decimal, Decimal, Decimal),
    price: Decimal,
    at: At,
) -> Decimal {
    let rise = if side == Side::Long { price - entry } else { entry - price };
    margin + units * rise - contract.margin(units * price, at).into_result().unwrap()
}

#[test]
fn at_the_price_the_margin_balance_is_the_maintenance_margin_of_the_table() {
    let tool = Tool::seeded();
    let rules: Snapshot = Database::open(tool.dir()).unwrap().snapshot().unwrap();
    let at = At::valid("2026-02-07T00:00:00Z".parse().unwrap());
    let (mut state, mut found) = (20_u64, 0);
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    for name in ["ACTUSDT", "IPUSDT", "MAVIAUSDT", "TSLAUSDT"] {
        let contract = rules.contract(name).unwrap();
        for _ in 0..300 {
            let side = if below(2) == 0 { Side::Long } else { Side::Short };
            let units = Decimal::from(1 + below(3_000_000));
            let entry = Decimal::new(1 + below(100_000) as i64, 5);
            let leverage = 1 + below(30) as u32;
            let notional = units * entry;
            let position = Isolated::new(side, notional, entry, IsolatedMargin::Leverage(leverage));
            let answer = contract.liquidation_price(position, at);
            let Some(price) = answer.value().copied() else {
                assert_ne!(answer.status(), Status::Value);
                continue;
            };
            let own = (side, units, entry, notional / Decimal::from(leverage));
            let (left, sliver) = (excess(&contract, own, price, at), Decimal::new(1, 10));
            // The price has at most 18 decimals, of up to 3,000,000 units.
            assert!(left.abs() < sliver, "{name} {position}: {price} leaves {left}");
            let farther = if side == Side::Long { price - sliver } else { price + sliver };
            if contract.margin(units * farther, at).status() == Status::Value && farther > Decimal::ZERO {
                assert!(excess(&contract, own, farther, at) < Decimal::ZERO, "{name} {position}");
            }
            found += 1;
        }
    }
    assert!(found > 500, "{found}");
}
