//! Positions: what the rules of today and of an announced change make of them.

use tierbook::positions::{Account, Impact, MarginMode, Position, Side};
use tierbook::{At, Decimal};

use super::{number, seeded, time, with_tables};

fn of_notional(symbol: &str, side: Side, notional: u32, leverage: u32) -> Position {
    Position { notional: Some(notional.into()), leverage: Some(leverage), ..Position::of(symbol, side) }
}

fn impact(positions: Vec<Position>, at: &str) -> Impact {
    let (_folder, database) = seeded();
    let account = Account { positions, ..Account::default() };
    database.snapshot().unwrap().impact(&account, At::valid(time(at)).known_at(time(at))).unwrap()
}

#[test]
fn the_announced_change_of_both_positions_is_told() {
    let positions =
        vec![of_notional("ACTUSDT", Side::Long, 60_000, 5), of_notional("IPUSDT", Side::Short, 2_000_000, 5)];
    let impact = impact(positions, "2026-02-05T00:00Z");
    assert!(impact.is_affected());
    // The most urgent first.
    let [ip, act] = &impact.positions[..] else { panic!("{:?}", impact.positions) };
    let margins = |row: &tierbook::positions::PositionRow| {
        (row.now.maintenance_margin.unwrap(), row.then.as_ref().unwrap().maintenance_margin.unwrap())
    };
    assert_eq!((act.symbol.as_str(), margins(act)), ("ACTUSDT", (number("5400"), number("5500"))));
    assert_eq!((ip.symbol.as_str(), margins(ip)), ("IPUSDT", (number("154507.5"), number("235522.5"))));
    assert_eq!(ip.verdicts[0].code, "leverage_not_allowed");
    assert_eq!(
        ip.verdicts[0].message,
        "5x is above the 3x that the new table allows at this size, from 2026-02-06 06:30Z"
    );
}

#[test]
fn a_position_without_an_announced_change_is_not_affected() {
    let impact = impact(vec![of_notional("ACTUSDT", Side::Long, 60_000, 4)], "2026-02-07T00:00Z");
    assert!(!impact.is_affected());
    assert_eq!((impact.positions.len(), impact.positions[0].change_at), (1, None));
}

#[test]
fn an_isolated_position_has_its_own_liquidation_price_and_says_what_is_missing() {
    let isolated = Position {
        quantity: Some(number("3000000")),
        entry_price: Some(number("0.02")),
        mark_price: Some(number("0.02")),
        margin_mode: Some(MarginMode::Isolated),
        isolated_margin: Some(number("12000")),
        leverage: Some(5),
        ..Position::of("ACT/USDT:USDT", Side::Long)
    };
    let impact = impact(vec![isolated, of_notional("ACTUSDT", Side::Long, 60_000, 5)], "2026-02-06T08:00Z");
    let row = &impact.positions[0];
    // 60,000 − 12,000 − 500 = 47,500 is above 48,000's tier 2 (10,000, 60,000]: 47,500 ÷ (3,000,000 × 0.9).
    assert_eq!(row.now.liquidation_price, Some(number("0.017592592592592593")));
    assert_eq!(row.now.rounded, ["liquidation_price", "margin_ratio"]);
    assert_eq!(row.now.initial_margin, Some(number("12000")));
    assert_eq!(row.now.room, Some(Decimal::ZERO));
    let without = &impact.positions[1].now;
    let absent = without.absent.iter().find(|it| it.measure == "liquidation_price").unwrap();
    assert_eq!(
        (absent.status, absent.message.as_str()),
        ("missing", "needs margin_mode, quantity, entry_price")
    );
}

/// A database with tables written for a test: BTCUSDT in USDT, BTCUSD_PERP in BTC, and the collateral ratios of BTC and USDT.
fn with_both_kinds() -> (tempfile::TempDir, tierbook::Database) {
    let usdm = r#"[{"symbol":"BTCUSDT","brackets":[
        {"bracket":1,"initialLeverage":125,"notionalCap":50000,"notionalFloor":0,"maintMarginRatio":0.004,"cum":0.0},
        {"bracket":2,"initialLeverage":100,"notionalCap":500000,"notionalFloor":50000,"maintMarginRatio":0.005,"cum":50.0},
        {"bracket":3,"initialLeverage":50,"notionalCap":1000000,"notionalFloor":500000,"maintMarginRatio":0.01,"cum":2550.0}]},
      {"symbol":"ETHUSDT","brackets":[
        {"bracket":1,"initialLeverage":100,"notionalCap":100000,"notionalFloor":0,"maintMarginRatio":0.01,"cum":0.0},
        {"bracket":2,"initialLeverage":20,"notionalCap":1000000,"notionalFloor":100000,"maintMarginRatio":0.025,"cum":1500.0}]}]"#;
    let coinm = r#"[{"symbol":"BTCUSD_PERP","brackets":[
        {"bracket":1,"initialLeverage":125,"qtyCap":5,"qtyFloor":0,"maintMarginRatio":0.004,"cum":0.0},
        {"bracket":2,"initialLeverage":100,"qtyCap":10,"qtyFloor":5,"maintMarginRatio":0.005,"cum":0.005}]}]"#;
    with_tables(&[("usdm.json", usdm), ("coinm.json", coinm)])
}

fn at() -> At {
    At::valid(time("2026-01-02T00:00Z"))
}

fn position(symbol: &str, side: Side, [quantity, entry, mark]: [&str; 3]) -> Position {
    Position {
        quantity: Some(number(quantity)),
        entry_price: Some(number(entry)),
        mark_price: Some(number(mark)),
        ..Position::of(symbol, side)
    }
}

fn cross(wallet_balance: &str, position: Position) -> Position {
    Position {
        margin_mode: Some(MarginMode::Cross),
        wallet_balance: Some(number(wallet_balance)),
        ..position
    }
}

#[test]
fn a_cross_position_is_liquidated_with_the_wallet_and_the_others_at_their_mark_prices() {
    let (_folder, database) = with_both_kinds();
    let positions = vec![
        cross("10000", position("BTCUSDT", Side::Long, ["2", "50000", "49000"])),
        cross("10000", position("ETHUSDT", Side::Short, ["10", "3000", "3100"])),
    ];
    let account = Account { positions, ..Account::default() };
    let impact = database.snapshot().unwrap().positions(&account, at()).unwrap();
    // 10,000 − 1,000 (ETH) − 310 (its maintenance margin) + 2·P − 100,000 = 2·P · 0.005 − 50 at P = 91,260 ÷ 1.99.
    assert_eq!(impact.positions[0].now.liquidation_price, Some(number("45859.296482412060301508")));
    // 10,000 − 2,000 − (98,000 · 0.005 − 50) + 30,000 − 10·P = 10·P · 0.01: 37,560 ÷ 10.1, in tier 1.
    assert_eq!(impact.positions[1].now.liquidation_price, Some(number("3718.811881188118811881")));
    let [account] = &impact.accounts[..] else { panic!("{:?}", impact.accounts) };
    assert_eq!(account.now.maintenance_margin, Some(number("750")));
    assert_eq!(account.now.margin_balance, Some(number("7000")));
    assert_eq!(account.now.margin_ratio, Some(number("0.107142857142857143")));
    assert_eq!(impact.positions[0].now.margin_ratio, account.now.margin_ratio);
}

#[test]
fn one_position_without_a_price_takes_the_liquidation_price_of_the_others_in_its_currency() {
    let (_folder, database) = with_both_kinds();
    let without_mark = Position { mark_price: None, ..position("ETHUSDT", Side::Short, ["10", "3000", "1"]) };
    let positions = vec![
        cross("10000", position("BTCUSDT", Side::Long, ["2", "50000", "49000"])),
        cross("10000", without_mark),
    ];
    let account = Account { positions, ..Account::default() };
    let impact = database.snapshot().unwrap().positions(&account, at()).unwrap();
    let absent = impact.positions[0].now.absent.iter().find(|it| it.measure == "liquidation_price").unwrap();
    assert_eq!((absent.status, absent.message.as_str()), ("missing", "needs mark_price"));
    // Its own price does not need its own mark price.
    assert!(impact.positions[1].now.liquidation_price.is_some());
}

#[test]
fn a_hedge_has_one_liquidation_price_for_both_sides() {
    let (_folder, database) = with_both_kinds();
    let positions = vec![
        cross("20000", position("BTCUSDT", Side::Long, ["3", "50000", "50000"])),
        cross("20000", position("BTCUSDT", Side::Short, ["1", "50000", "50000"])),
    ];
    let account = Account { positions, ..Account::default() };
    let impact = database.snapshot().unwrap().positions(&account, at()).unwrap();
    // 20,000 + 2·(P − 50,000) = (3·P · 0.005 − 50) + P · 0.004: 79,950 ÷ 1.981.
    let price = Some(number("40358.404846037354871278"));
    assert_eq!(impact.positions[0].now.liquidation_price, price);
    assert_eq!(impact.positions[1].now.liquidation_price, price);
}

#[test]
fn an_inverse_position_has_its_margin_in_the_coin() {
    let (_folder, database) = with_both_kinds();
    let inverse = Position {
        margin_mode: Some(MarginMode::Isolated),
        isolated_margin: Some(number("0.2")),
        contract_size: Some(number("100")),
        leverage: Some(10),
        ..position("BTC/USD:BTC", Side::Long, ["1000", "50000", "40000"])
    };
    let account = Account { positions: vec![inverse], ..Account::default() };
    let now = database.snapshot().unwrap().positions(&account, at()).unwrap().positions.remove(0).now;
    assert_eq!((now.unit.as_str(), now.notional, now.tier), ("BTC", Some(number("2.5")), Some(1)));
    assert_eq!(now.maintenance_margin, Some(number("0.01")));
    assert_eq!(now.unrealized_profit, Some(number("-0.5")));
    // 0.2 + 100,000 · (1 ÷ 50,000 − 1 ÷ P) = 400 ÷ P: 100,400 ÷ 2.2.
    assert_eq!(now.liquidation_price, Some(number("45636.363636363636363637")));
}

#[test]
fn a_size_of_zero_a_wrong_wallet_and_an_unknown_contract_have_no_price() {
    let (_folder, database) = with_both_kinds();
    let positions = vec![
        cross("20000", position("BTCUSDT", Side::Long, ["0", "50000", "50000"])),
        cross("30000", position("ETHUSDT", Side::Long, ["1", "3000", "3000"])),
        position("NOSUCHUSDT", Side::Long, ["1", "1", "1"]),
    ];
    let account = Account { positions, ..Account::default() };
    let impact = database.snapshot().unwrap().positions(&account, at()).unwrap();
    let why = |place: usize| {
        let absent = impact.positions[place].now.absent.iter().find(|it| it.measure == "liquidation_price");
        absent.map(|it| (it.status, it.message.as_str()))
    };
    assert_eq!(why(0), Some(("missing", "needs one wallet_balance for all")));
    assert_eq!(why(1), Some(("missing", "needs one wallet_balance for all")));
    assert_eq!(impact.positions[0].now.maintenance_margin, Some(Decimal::ZERO));
    assert_eq!(impact.positions[2].now.status, tierbook::Status::UnknownSubject);
    assert_eq!(
        impact.positions[2].now.message.as_deref(),
        Some("no rule of `NOSUCHUSDT` is stored; `subjects` lists what is stored")
    );
}

#[test]
fn the_portfolio_margin_counts_collateral_at_its_progressive_ratios() {
    let (_folder, database) = seeded();
    let holding = |asset: &str, amount: &str, price: &str| tierbook::positions::Holding {
        asset: asset.to_string(),
        amount: number(amount),
        price: Some(number(price)),
    };
    let account = Account {
        positions: vec![position("ACTUSDT", Side::Long, ["3000000", "0.02", "0.02"])],
        collateral: vec![holding("pm-pro:STRK", "500000", "0.1"), holding("USDT", "0", "1")],
        ..Account::default()
    };
    let at = At::valid(time("2026-02-07T00:00Z"));
    let impact = database.snapshot().unwrap().positions(&account, at).unwrap();
    let [row] = &impact.accounts[..] else { panic!("{:?}", impact.accounts) };
    // 430,000 of 500,000 STRK count (the worked example of the language), at 0.1; the maintenance margin is 5,500.
    assert_eq!((row.kind, row.unit.as_str()), ("portfolio", "USD"));
    assert_eq!(row.now.margin_balance, Some(number("43000")));
    assert_eq!(row.now.maintenance_margin, Some(number("5500")));
    assert_eq!(row.now.uni_mmr, Some(number("7.818181818181818181")));
}

/// The worked example of the exchange's FAQ on liquidation prices, with the tiers of that time.
#[test]
fn the_worked_example_of_the_exchange_gives_its_prices() {
    let tiers = r#"[{"symbol":"BTCUSDT","brackets":[
        {"bracket":1,"initialLeverage":125,"notionalCap":50000,"notionalFloor":0,"maintMarginRatio":0.004,"cum":0},
        {"bracket":2,"initialLeverage":100,"notionalCap":250000,"notionalFloor":50000,"maintMarginRatio":0.005,"cum":50},
        {"bracket":3,"initialLeverage":50,"notionalCap":1000000,"notionalFloor":250000,"maintMarginRatio":0.01,"cum":1300},
        {"bracket":4,"initialLeverage":20,"notionalCap":10000000,"notionalFloor":1000000,"maintMarginRatio":0.025,"cum":16300}]},
      {"symbol":"ETHUSDT","brackets":[
        {"bracket":1,"initialLeverage":100,"notionalCap":10000,"notionalFloor":0,"maintMarginRatio":0.005,"cum":0},
        {"bracket":2,"initialLeverage":75,"notionalCap":100000,"notionalFloor":10000,"maintMarginRatio":0.0065,"cum":15},
        {"bracket":3,"initialLeverage":50,"notionalCap":500000,"notionalFloor":100000,"maintMarginRatio":0.01,"cum":365},
        {"bracket":4,"initialLeverage":25,"notionalCap":1000000,"notionalFloor":500000,"maintMarginRatio":0.02,"cum":5365},
        {"bracket":5,"initialLeverage":10,"notionalCap":2000000,"notionalFloor":1000000,"maintMarginRatio":0.05,"cum":35365},
        {"bracket":6,"initialLeverage":5,"notionalCap":5000000,"notionalFloor":2000000,"maintMarginRatio":0.1,"cum":135365}]}]"#;
    let (_folder, database) = with_tables(&[("tiers.json", tiers)]);
    let wallet = "1535443.01";
    let account = Account {
        positions: vec![
            cross(wallet, position("ETHUSDT", Side::Long, ["3683.979", "1456.84", "1335.18"])),
            cross(wallet, position("BTCUSDT", Side::Long, ["109.488", "32481.98", "31967.27"])),
        ],
        ..Account::default()
    };
    let impact = database.snapshot().unwrap().positions(&account, at()).unwrap();
    let prices: Vec<String> = impact
        .positions
        .iter()
        .map(|row| row.now.liquidation_price.unwrap().round_dp(2).to_string())
        .collect();
    assert_eq!(prices, ["1153.26", "26316.89"]);
}

#[test]
fn where_there_is_no_liquidation_price_or_room_the_status_is_that_of_the_language() {
    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let at = At::valid(time("2026-02-07T00:00Z"));
    let status = |question: &str| {
        let row = rules.query(&format!("{question} as of 2026-02-07")).unwrap().remove(0);
        serde_json::to_value(&row).unwrap()["status"].as_str().unwrap().to_string()
    };
    let mut found = Vec::new();
    for (side, notional, margin) in [
        (Side::Long, 60_000, 12_000),
        (Side::Long, 60_000, 60_000),
        (Side::Short, 790_000, 790_000),
        (Side::Long, 900_000, 1_000),
        // A wallet that is below 0 by more than the position is worth.
        (Side::Short, 60_000, -70_000),
    ] {
        let position = Position {
            quantity: Some(Decimal::from(notional) / number("0.02")),
            entry_price: Some(number("0.02")),
            mark_price: Some(number("0.02")),
            isolated_margin: Some(margin.into()),
            ..Position::of("ACTUSDT", side)
        };
        let account = Account { positions: vec![position], ..Account::default() };
        let now = rules.positions(&account, at).unwrap().positions.remove(0).now;
        let of = |measure: &str| {
            now.absent.iter().find(|it| it.measure == measure).map_or("value", |it| it.status).to_string()
        };
        let name = side.name();
        // The language takes no margin below 0; a file of `eval` does.
        let asked = match margin {
            0.. => status(&format!("liquidation of ACTUSDT {name} {notional} entry 0.02 margin {margin}")),
            _ => "unknown".to_string(),
        };
        assert_eq!(of("liquidation_price"), asked, "{name} {notional} with {margin}");
        assert_eq!(of("room"), status(&format!("room of ACTUSDT at {notional}")), "{notional}");
        found.push(asked);
    }
    assert_eq!(found, ["value", "no_limit", "above_limit", "above_limit", "unknown"]);
}
