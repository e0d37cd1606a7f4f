//! The initial margin: notional ÷ leverage, asked as any other measure.

use serde_json::{Value, json};

use super::tool::Tool;

const DAY: &str = "as of 2026-02-07";

fn row(tool: &Tool, question: &str) -> Value {
    tool.row(&format!("initial margin of {question} {DAY}"))
}

#[test]
fn the_initial_margin_is_the_notional_over_the_highest_leverage_or_the_one_given() {
    let tool = Tool::seeded();
    let highest = row(&tool, "ACTUSDT at 60k");
    assert_eq!(
        (&highest["measure"], &highest["value"], &highest["unit"]),
        (&json!("initial_margin"), &json!("12000"), &json!("USDT"))
    );
    assert_eq!((&highest["at"], highest.get("with")), (&json!("60000"), None));
    let given = row(&tool, "ACTUSDT at 60k with 4x");
    assert_eq!(
        (&given["value"], &given["at"], &given["with"]),
        (&json!("15000"), &json!("60000"), &json!("4x"))
    );
    let again = tool.row(given["address"].as_str().unwrap());
    assert_eq!((&again["value"], &again["address"]), (&given["value"], &given["address"]));
}

#[test]
fn a_leverage_above_the_highest_of_the_tier_is_refused_by_name() {
    let tool = Tool::seeded();
    let refused = row(&tool, "ACTUSDT at 60k with 10x");
    assert_eq!((&refused["status"], &refused["value"]), (&json!("above_limit"), &Value::Null));
    let message = refused["message"].as_str().unwrap();
    assert!(
        message.contains("tier 2") && message.contains("at most 5x") && message.contains("10x"),
        "{message}"
    );
    assert_eq!(tool.rows(&format!("initial margin of ACTUSDT at 60k with 10x {DAY}")).1, 3);
    // In the first tier it is allowed, and a position of a list answers whatever becomes of the others.
    let (rows, code) = tool.rows(&format!("initial margin of ACTUSDT at 10k, 60k with 10x {DAY}"));
    assert_eq!((&rows[0]["value"], &rows[1]["status"], code), (&json!("1000"), &json!("above_limit"), 0));
}

#[test]
fn a_quotient_that_does_not_end_is_rounded_up_and_says_so() {
    let tool = Tool::seeded();
    let row = row(&tool, "IPUSDT at 1k"); // 75x
    assert_eq!(row["value"], "13.33333334");
    let warning = &row["warnings"][0];
    assert_eq!(warning["code"], "rounded_up");
    assert_eq!(warning["message"], "1000 ÷ 75 does not end; it is rounded up at the 8th decimal");
    let exact = self::row(&tool, "IPUSDT at 1500");
    assert_eq!((&exact["value"], &exact["warnings"]), (&json!("20"), &json!([])));
}

#[test]
fn lists_patterns_history_knowledge_and_drawings_know_the_measure() {
    let tool = Tool::seeded();
    let (rows, _) = tool.rows(&format!("initial margin of *USDT at 1k, 2k with 2x {DAY}"));
    assert_eq!(rows.len(), 20);
    assert!(rows.iter().all(|row| row["value"] == "500" || row["value"] == "1000"), "{rows:?}");
    let (steps, _) = tool.rows("history of initial margin of ACTUSDT at 60k with 4x");
    assert_eq!((steps.len(), &steps[0]["value"], &steps[0]["with"]), (1, &json!("15000"), &json!("4x")));
    let (steps, _) = tool.rows("history of initial margin of ACTUSDT at 60k");
    let values: Vec<&Value> = steps.iter().map(|step| &step["value"]).collect();
    assert_eq!(values, ["15000", "12000"]);
    let (steps, _) = tool.rows("knowledge of initial margin of ACTUSDT at 60k as of 2026-02-07");
    assert_eq!(steps.last().unwrap()["value"], "12000");
    // The initial margin jumps at a cap: the segment after it starts above the end of the one before.
    let (drawn, _) = tool.rows(&format!("chart initial margin of ACTUSDT {DAY}"));
    assert_eq!((&drawn[0]["value_up_to"], &drawn[1]["value_over"]), (&json!("1000"), &json!("2000")));
    let (changes, _) = tool.rows("changes of ACTUSDT where initial margin at 60k down by 20%");
    assert_eq!(changes.len(), 1);
}

#[test]
fn a_contract_that_is_counted_in_its_coin_has_its_initial_margin_in_the_coin() {
    let tool = Tool::empty();
    let bracket = json!({
        "bracket": 1, "initialLeverage": 20, "qtyCap": 100, "qtylFloor": 0, "maintMarginRatio": 0.01, "cum": 0.0,
    });
    let table = json!([{"symbol": "BTCUSD_PERP", "brackets": [bracket]}]).to_string();
    let path = tool.dir().with_file_name("brackets-20260201T000000Z.json");
    std::fs::write(&path, table).unwrap();
    let ran = tool.run(["load", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let row = row(&tool, "BTCUSD at 10");
    assert_eq!((&row["value"], &row["unit"]), (&json!("0.5"), &json!("BTC")));
}

#[test]
fn only_the_initial_margin_takes_a_leverage_and_asking_for_it_is_never_answered_with_another_margin() {
    let tool = Tool::seeded();
    let ran = tool.run(["query", "margin of ACTUSDT at 60k with 4x"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("initial margin of ACTUSDT at 60000 with 4x"), "{}", ran.err);
    for text in ["initial of ACTUSDT at 60k", "initial margin ACTUSDT at 60k", "initial margin of ACTUSDT"] {
        let ran = tool.run(["query", text]);
        assert!(ran.err.contains("initial margin of"), "{text}: {}", ran.err);
        assert!(!ran.err.replace("initial margin", "").contains("margin of"), "{text}: {}", ran.err);
    }
}
