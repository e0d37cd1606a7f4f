//! The room: how far a notional is from the cap of its tier.

use serde_json::{Value, json};
use tierbook::{At, Columns, Database, Decimal, Status, language::Measure};

use super::tool::Tool;

const DAY: &str = "as of 2026-02-07";

fn room(tool: &Tool, question: &str) -> Value {
    tool.row(&format!("room of {question} {DAY}"))
}

#[test]
fn the_room_is_the_cap_of_the_tier_less_the_notional_and_0_on_the_cap() {
    let tool = Tool::seeded();
    let row = room(&tool, "ACTUSDT at 55k");
    assert_eq!(
        (&row["measure"], &row["at"], &row["value"], &row["unit"]),
        (&json!("room"), &json!("55000"), &json!("5000"), &json!("USDT"))
    );
    assert_eq!((&row["tier"]["number"], &row["tier"]["cap"]), (&json!(2), &json!("60000")));
    for (notional, tier, value) in
        [("0", 1, "10000"), ("60000", 2, "0"), ("60000.01", 3, "9999.99"), ("799999.5", 6, "0.5")]
    {
        let row = room(&tool, &format!("ACTUSDT at {notional}"));
        assert_eq!((&row["tier"]["number"], &row["value"]), (&json!(tier), &json!(value)), "{notional}");
        let again = tool.row(row["address"].as_str().unwrap());
        assert_eq!((&again["value"], &again["address"]), (&row["value"], &row["address"]));
    }
    let over = room(&tool, "ACTUSDT at 800000.01");
    assert_eq!((&over["status"], &over["value"]), (&json!("above_limit"), &Value::Null));
}

#[test]
fn inside_a_roll_out_the_room_under_the_other_table_is_given_too() {
    let tool = Tool::seeded();
    let row = tool.row("room of ACTUSDT at 55k as of 2026-02-06T07:00Z");
    // The table before had a tier from 50,000 to 100,000.
    assert_eq!((&row["value"], &row["certainty"]["other"]), (&json!("5000"), &json!("45000")));
}

#[test]
fn lists_patterns_history_knowledge_planes_and_drawings_know_the_room() {
    let tool = Tool::seeded();
    assert_eq!(tool.rows(&format!("room of *USDT at 1k, 2k {DAY}")).0.len(), 20);
    let values = |text: &str| {
        let (rows, _) = tool.rows(text);
        rows.into_iter().map(|row| row["value"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!(values("history of room of ACTUSDT at 55k"), ["45000", "5000"]);
    assert_eq!(values("knowledge of room of ACTUSDT at 55k as of 2026-02-07").last(), Some(&json!("5000")));
    assert!(values("plane of room of ACTUSDT at 55k").contains(&json!("45000")));
    // Right above a cap there is the width of the next tier, and at its cap nothing.
    let (drawn, _) = tool.rows(&format!("chart room of ACTUSDT {DAY}"));
    let ends: Vec<_> =
        drawn.iter().take(2).map(|row| [&row["over"], &row["value_over"], &row["value_up_to"]]).collect();
    assert_eq!(
        ends,
        [[&json!("0"), &json!("10000"), &json!("0")], [&json!("10000"), &json!("50000"), &json!("0")]]
    );
    let (changes, _) = tool.rows("changes of ACTUSDT where room at 55k down by 40k");
    assert_eq!(changes.len(), 1);
    assert_eq!(tool.rows("changes of ACTUSDT where room at 55k down by 40001").0.len(), 0);
    // Above the new limit there is no room.
    assert_eq!(tool.rows("changes of ACTUSDT where room at 900k down").0.len(), 1);
    let (explained, _) = tool.rows(&format!("explain room of ACTUSDT at 55k {DAY}"));
    assert!(!explained.is_empty());
}

/// A contract whose last tier has no cap, and one that is counted in its coin.
fn other_tables(tool: &Tool) {
    let tier = |floor: &str, cap: &str| {
        json!({"bracket": 1, "initialLeverage": 20, "notionalFloor": floor, "notionalCap": cap,
            "maintMarginRatio": "0.01", "cum": "0"})
    };
    let coin = json!({"bracket": 1, "initialLeverage": 20, "qtyCap": 100, "qtylFloor": 0, "maintMarginRatio": 0.01, "cum": 0.0});
    let tables = json!([
        {"symbol": "OPENUSDT", "brackets": [tier("0", "5000"), {"bracket": 2, "initialLeverage": 10,
            "notionalFloor": "5000", "notionalCap": "9223372036854775807", "maintMarginRatio": "0.02", "cum": "50"}]},
        {"symbol": "BTCUSD_PERP", "brackets": [coin]},
    ]);
    let path = tool.dir().with_file_name("brackets-20260201T000000Z.json");
    std::fs::write(&path, tables.to_string()).unwrap();
    let ran = tool.run(["load", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
}

#[test]
fn a_last_tier_without_a_cap_has_no_end_and_a_coin_contract_has_its_room_in_the_coin() {
    let tool = Tool::empty();
    other_tables(&tool);
    assert_eq!(room(&tool, "OPENUSDT at 4k")["value"], "1000");
    let open = room(&tool, "OPENUSDT at 6k");
    assert_eq!(
        (&open["status"], &open["value"], &open["tier"]["number"]),
        (&json!("no_limit"), &Value::Null, &json!(2))
    );
    assert!(open["message"].as_str().unwrap().contains("open"), "{open}");
    let coin = room(&tool, "BTCUSD at 40.5");
    assert_eq!((&coin["value"], &coin["unit"]), (&json!("59.5"), &json!("BTC")));
    let drawn = tool.run(["query", &format!("chart room of OPENUSDT {DAY}")]);
    assert_eq!(drawn.code, 0, "{}", drawn.text());
}

#[test]
fn handles_columns_and_files_of_questions_give_the_same_room() {
    let tool = Tool::seeded();
    let rules = Database::open(tool.dir()).unwrap().snapshot().unwrap();
    let (contract, at) =
        (rules.contract("ACTUSDT").unwrap(), At::valid("2026-02-07T00:00Z".parse().unwrap()));
    let notionals: Vec<Decimal> = [0, 55_000, -55_000, 60_000, 900_000].map(Decimal::from).to_vec();
    let of_handle: Vec<_> = notionals
        .iter()
        .map(|notional| {
            let answer = contract.room(*notional, at);
            (answer.status(), answer.value().copied())
        })
        .collect();
    let some = |value: i64| (Status::Value, Some(Decimal::from(value)));
    assert_eq!(of_handle, [some(10_000), some(5_000), some(5_000), some(0), (Status::AboveLimit, None)]);
    let sizes: Vec<Decimal> = notionals.iter().map(Decimal::abs).collect();
    let (handles, times) = (vec![rules.handles(["ACTUSDT"])[0]; 5], vec![at.valid_at.0; 5]);
    let found = rules.evaluate(&Columns::new(Measure::Room, &handles, &sizes, &times)).unwrap();
    let of_columns: Vec<_> = (0..5).map(|row| (found.statuses()[row], found.value(row))).collect();
    assert_eq!(of_columns, of_handle);
    let rows = "symbol,notional,time\nACTUSDT,-55000,2026-02-07\nACTUSDT,900000,2026-02-07\n";
    let file = tool.dir().with_file_name("rows.csv");
    std::fs::write(&file, rows).unwrap();
    let ran = tool.run(["eval", file.to_str().unwrap(), "--measures", "room,tier"]);
    let lines: Vec<&str> = ran.out.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "ACTUSDT,-55000,2026-02-07,5000,2,value,settled,0.9,ee2413a8367c",
            "ACTUSDT,900000,2026-02-07,,,above_limit,settled,0.9,ee2413a8367c"
        ],
        "{}",
        ran.text()
    );
}
