//! Positions: what the rules of today and of an announced change make of them.

use tierbook::positions::{Account, Impact, MarginMode, Position, Side};
use tierbook::{At, Decimal};

use super::{seeded, time};

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

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
