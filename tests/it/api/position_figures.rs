//! The figures of a position, each with what it rests on and why it is absent.

use tierbook::positions::{Account, Figures, MarginMode, Position, Side};
use tierbook::{At, Decimal, Snapshot, Status};

use super::{number, seeded, time, with_tables};

/// BTCUSDT, whose second tier is printed with another floor than the cap before it; and
/// BTCUSD_PERP, in BTC.
fn rules() -> (tempfile::TempDir, Snapshot) {
    let usdm = r#"[{"symbol":"BTCUSDT","brackets":[
        {"bracket":1,"initialLeverage":100,"notionalCap":50000,"notionalFloor":0,"maintMarginRatio":0.01,"cum":0},
        {"bracket":2,"initialLeverage":50,"notionalCap":500000,"notionalFloor":50001,"maintMarginRatio":0.02,"cum":500},
        {"bracket":3,"initialLeverage":10,"notionalCap":1000000,"notionalFloor":500000,"maintMarginRatio":0.05,"cum":15500}]}]"#;
    let coinm = r#"[{"symbol":"BTCUSD_PERP","brackets":[
        {"bracket":1,"initialLeverage":100,"qtyCap":5,"qtyFloor":0,"maintMarginRatio":0.01,"cum":0}]}]"#;
    let (folder, database) = with_tables(&[("usdm.json", usdm), ("coinm.json", coinm)]);
    let rules = database.snapshot().unwrap();
    (folder, rules)
}

fn at() -> At {
    At::valid(time("2026-01-02T00:00Z"))
}

/// Of several positions, in their order.
fn figures(rules: &Snapshot, positions: Vec<Position>) -> Vec<Figures> {
    figures_at(rules, positions, at())
}

fn figures_at(rules: &Snapshot, positions: Vec<Position>, at: At) -> Vec<Figures> {
    let account = Account { positions, ..Account::default() };
    let mut rows = rules.positions(&account, at).unwrap().positions;
    rows.sort_by_key(|row| row.position);
    rows.into_iter().map(|row| row.now).collect()
}

fn of_notional(symbol: &str, notional: &str) -> Position {
    Position { notional: Some(number(notional)), ..Position::of(symbol, Side::Long) }
}

fn with_leverage(notional: &str, leverage: u32) -> Position {
    Position { leverage: Some(leverage), ..of_notional("BTCUSDT", notional) }
}

/// An isolated position of a quantity that was entered at 50,000, at that price.
fn isolated(symbol: &str, side: Side, quantity: &str, margin: &str) -> Position {
    Position {
        quantity: Some(number(quantity)),
        entry_price: Some(number("50000")),
        mark_price: Some(number("50000")),
        margin_mode: Some(MarginMode::Isolated),
        isolated_margin: Some(number(margin)),
        ..Position::of(symbol, side)
    }
}

/// Why a figure is absent.
fn why<'a>(figures: &'a Figures, measure: &str) -> (&'a str, &'a str) {
    let found: Vec<_> = figures.absent.iter().filter(|it| it.measure == measure).collect();
    let [absent] = found[..] else { panic!("{measure}: {figures:?}") };
    (absent.status, absent.message.as_str())
}

#[test]
fn figures_rest_on_what_the_answer_about_the_contract_rests_on() {
    let (_folder, rules) = rules();
    let now = figures(&rules, vec![of_notional("BTCUSDT", "60000")]).remove(0);
    let answer = rules.contract("BTCUSDT").unwrap().mmr(number("60000"), at());
    let context = answer.context().unwrap();
    assert_eq!(now.certainty.as_ref(), answer.certainty());
    assert_eq!(now.source.as_ref(), answer.source());
    assert_eq!((now.holds, answer.holds().is_some()), (answer.holds(), true));
    assert_eq!(now.in_force_since, context.in_force_since);
    assert_eq!(now.last_confirmed_at, context.last_confirmed_at);
    assert_eq!(now.limit, Some(number("1000000")));
    // The printed floor of tier 2 is not the cap of tier 1.
    let codes: Vec<_> = now.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["repaired_floor"], "{:?}", now.warnings);

    let (_folder, database) = seeded();
    let rules = database.snapshot().unwrap();
    let at = At::valid(time("2026-02-07T00:00Z"));
    let announced = figures_at(&rules, vec![of_notional("ACTUSDT", "60000")], at).remove(0);
    let effective_at = time("2026-02-06T06:30Z");
    assert_eq!(announced.in_force_since.map(|at| at.0), Some(effective_at));
    assert_eq!(announced.last_confirmed_at.map(|at| at.0), Some(effective_at));
}

#[test]
fn a_size_that_is_not_known_and_a_contract_without_a_rule_are_why_figures_are_absent() {
    let (_folder, rules) = rules();
    let found = figures(&rules, vec![Position::of("BTCUSDT", Side::Long), of_notional("BTCUSDT", "2000000")]);
    let too_early = At::valid(time("2020-01-01T00:00Z"));
    let before = figures_at(&rules, vec![with_leverage("60000", 5)], too_early).remove(0);
    for measure in ["tier", "mmr", "maintenance_margin", "max_leverage", "room", "room_ratio", "notional"] {
        assert_eq!(why(&found[0], measure), ("missing", "needs quantity or notional"), "{measure}");
    }
    for measure in ["tier", "mmr", "maintenance_margin", "max_leverage", "room", "room_ratio", "margin_ratio"]
    {
        let (status, message) = why(&before, measure);
        assert_eq!((status, message), ("unknown", before.message.as_deref().unwrap()), "{measure}");
        assert_eq!(why(&found[1], measure).0, "above_limit", "{measure}");
    }
    // Where there is no rule, a size would be of no use.
    let neither = figures_at(&rules, vec![Position::of("BTCUSDT", Side::Long)], too_early).remove(0);
    for measure in ["tier", "mmr", "maintenance_margin", "max_leverage", "room", "room_ratio"] {
        assert_eq!(why(&neither, measure).0, "unknown", "{measure}");
    }
    for measure in ["initial_margin", "max_position"] {
        assert_eq!(why(&before, measure).0, "unknown", "{measure}");
    }
    let unknown = figures(&rules, vec![of_notional("NOSUCHUSDT", "60000")]).remove(0);
    assert_eq!(
        (unknown.status, unknown.absent),
        (Status::UnknownSubject, Vec::new()),
        "of no contract nothing is a figure"
    );
}

#[test]
fn leverage_is_allowed_up_to_that_of_the_tier() {
    let (_folder, rules) = rules();
    let positions =
        [("60000", 50), ("60000", 51), ("40000", 100), ("40000", 101), ("60000", 10), ("60000", 11)];
    let found =
        figures(&rules, positions.map(|(notional, leverage)| with_leverage(notional, leverage)).to_vec());
    let margins: Vec<_> = found.iter().map(|it| it.initial_margin.map(|it| it.to_string())).collect();
    let margin = |text: &str| Some(text.to_string());
    assert_eq!(margins[..5], [margin("1200"), None, margin("400"), None, margin("6000")]);
    assert_eq!(why(&found[1], "initial_margin"), ("above_limit", "tier 2 allows at most 50x"));
    assert_eq!(why(&found[3], "initial_margin"), ("above_limit", "tier 1 allows at most 100x"));
    let largest: Vec<_> = found.iter().map(|it| it.max_position.map(|it| it.to_string())).collect();
    let cap = |text: &str| Some(text.to_string());
    assert_eq!(largest, [cap("500000"), cap("50000"), cap("50000"), None, cap("1000000"), cap("500000")]);
    assert_eq!(why(&found[3], "max_position"), ("above_limit", "no tier allows 101x"));
    let without = figures(&rules, vec![of_notional("BTCUSDT", "60000")]).remove(0);
    assert_eq!(why(&without, "initial_margin"), ("missing", "needs leverage"));
    assert_eq!(why(&without, "max_position"), ("missing", "needs leverage"));
}

#[test]
fn a_position_has_the_figures_of_its_tier() {
    let (_folder, rules) = rules();
    let now = figures(&rules, vec![isolated("BTCUSDT", Side::Long, "2", "20000")]).remove(0);
    assert_eq!((now.tier, now.mmr, now.max_leverage), (Some(2), Some(number("0.02")), Some(50)));
    assert_eq!((now.notional, now.maintenance_margin), (Some(number("100000")), Some(number("1500"))));
    assert_eq!((now.room, now.room_ratio), (Some(number("400000")), Some(number("4"))));
    assert_eq!((now.unrealized_profit, now.margin_ratio), (Some(Decimal::ZERO), Some(number("0.075"))));
    // 20,000 + 2·P − 100,000 = 2·P · 0.02 − 500: 79,500 ÷ 1.96.
    assert_eq!(now.liquidation_price, Some(number("40561.224489795918367347")));
    let empty = figures(&rules, vec![of_notional("BTCUSDT", "0")]).remove(0);
    assert_eq!(
        (empty.room, why(&empty, "room_ratio")),
        (Some(number("50000")), ("no_limit", "the size is 0"))
    );
}

#[test]
fn a_margin_that_is_lost_has_no_ratio_and_one_without_a_mode_is_missing() {
    let (_folder, rules) = rules();
    let lost = isolated("BTCUSDT", Side::Long, "1", "-1");
    let modeless =
        Position { margin_mode: None, isolated_margin: None, ..isolated("BTCUSDT", Side::Long, "1", "1") };
    let marginless = Position { isolated_margin: None, ..isolated("BTCUSDT", Side::Long, "1", "1") };
    let found = figures(&rules, vec![lost, modeless, marginless]);
    assert_eq!(why(&found[0], "margin_ratio"), ("no_limit", "the margin balance is not above 0"));
    assert_eq!(why(&found[1], "margin_ratio"), ("missing", "needs margin_mode"));
    assert_eq!(why(&found[1], "liquidation_price"), ("missing", "needs margin_mode"));
    assert_eq!(why(&found[2], "margin_ratio"), ("missing", "needs isolated_margin"));
    assert_eq!(why(&found[2], "liquidation_price"), ("missing", "needs isolated_margin"));
}

/// Two cross positions of a contract, entered at 50,000 and at that price.
fn hedge(rules: &Snapshot, symbol: &str, [long, short]: [&str; 2], wallet: &str) -> [Figures; 2] {
    let cross = |side, quantity| Position {
        margin_mode: Some(MarginMode::Cross),
        isolated_margin: None,
        wallet_balance: Some(number(wallet)),
        contract_size: symbol.ends_with("PERP").then(|| number("100")),
        ..isolated(symbol, side, quantity, "0")
    };
    let found = figures(rules, vec![cross(Side::Long, long), cross(Side::Short, short)]);
    found.try_into().unwrap()
}

#[test]
fn a_hedge_is_threatened_on_the_side_of_its_surplus_and_an_equal_one_where_its_notional_grows() {
    let (_folder, rules) = rules();
    let price = |[long, short]: [Figures; 2]| {
        assert_eq!(long.liquidation_price, short.liquidation_price);
        long.liquidation_price.map(|price| price.round_dp(2).to_string())
    };
    // 10,000 + 1·(P − 50,000) = (2·P · 0.02 − 500) + P · 0.01, below its entry price.
    assert_eq!(price(hedge(&rules, "BTCUSDT", ["2", "1"], "10000")).as_deref(), Some("41578.95"));
    // 10,000 − 1·(P − 50,000) = P · 0.02 − 500 + (2·P · 0.02 − 500), above it.
    assert_eq!(price(hedge(&rules, "BTCUSDT", ["1", "2"], "10000")).as_deref(), Some("57547.17"));
    // 2,000 is twice the maintenance margin of one: P · 0.02 − 500 = 1,000.
    assert_eq!(price(hedge(&rules, "BTCUSDT", ["1", "1"], "2000")).as_deref(), Some("75000"));
    // In the coin the notional grows as the price falls: 200 contracts of 100 are 20,000 ÷ P · 0.01.
    assert_eq!(price(hedge(&rules, "BTCUSD_PERP", ["100", "100"], "0.01")).as_deref(), Some("20000"));
    // The little surplus is paid for down to a price of 0, but above: 2,500 + 0.01·(P − 50,000) = 2.01·P · 0.02 − 1,000.
    assert_eq!(price(hedge(&rules, "BTCUSDT", ["1.01", "1"], "2500")).as_deref(), Some("99337.75"));
}

#[test]
fn an_equal_hedge_with_margin_enough_outgrows_the_last_cap() {
    let (_folder, rules) = rules();
    for (symbol, quantity, wallet) in [("BTCUSDT", "1", "1000000"), ("BTCUSD_PERP", "100", "1")] {
        for figures in hedge(&rules, symbol, [quantity, quantity], wallet) {
            assert_eq!(why(&figures, "liquidation_price").0, "above_limit", "{symbol}");
        }
    }
}
