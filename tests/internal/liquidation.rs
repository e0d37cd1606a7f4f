//! Liquidation prices: at the price the margin balance equals the maintenance margin, exactly.

mod naive;

use std::cmp::Ordering;

use proptest::prelude::*;

use crate::decimal::Decimal;
use crate::liquidation::fraction::{Fraction, Rounding};
use crate::liquidation::{
    End, Group, Leg, SafeIntervals, SafePrices, Side, maintenance_margin, price, safe_prices, tier_of,
};
use crate::rule::{Reading, Tier};

fn number(text: &str) -> Fraction {
    text.parse::<Decimal>().unwrap().into()
}

/// Tiers by cap and rate; an empty cap is none.
fn tiers(of: &[(&str, &str)]) -> Vec<Tier> {
    let mut tiers: Vec<Tier> = Vec::new();
    for (place, (cap, rate)) in of.iter().enumerate() {
        let rate: Decimal = rate.parse().unwrap();
        let floor = tiers.last().map_or(Decimal::ZERO, |tier| tier.cap.unwrap());
        let amount = tiers.last().map_or(Decimal::ZERO, |tier| tier.amount + floor * (rate - tier.rate));
        tiers.push(Tier {
            number: place as u32 + 1,
            floor,
            cap: (!cap.is_empty()).then(|| cap.parse().unwrap()),
            rate,
            amount,
            leverage: None,
            reading: Reading::AsPublished,
        });
    }
    tiers
}

fn leg(side: Side, quantity: &str, entry_price: &str) -> Leg {
    Leg { side, quantity: number(quantity), entry_price: number(entry_price) }
}

/// The margin balance of a group less its maintenance margin at a price, term by term; `None` above the last cap.
fn excess(group: &Group, price: &Fraction) -> Option<Fraction> {
    let one = number("1");
    let mut sum = group.margin.clone();
    for leg in group.legs {
        let (rise, notional) = if group.is_inverse {
            let (entry, now) = (one.over(&leg.entry_price)?, one.over(price)?);
            (entry.minus(&now), leg.quantity.times(&now))
        } else {
            (price.minus(&leg.entry_price), leg.quantity.times(price))
        };
        let profit = leg.quantity.times(&rise);
        let profit = if leg.side == Side::Long { profit } else { profit.negative() };
        sum = sum.plus(&profit).minus(&maintenance_margin(tier_of(group.tiers, &notional)?, &notional));
    }
    Some(sum)
}

fn rounded(end: &End, side: Side) -> Option<String> {
    match end {
        End::At(at) => price(at, side).map(|rounded| rounded.value.to_string()),
        End::Open | End::AboveLimit => None,
    }
}

fn ends(group: &Group) -> (Option<String>, Option<String>) {
    match safe_prices(group, None) {
        SafePrices::Between { lower, upper } => (rounded(&lower, Side::Long), rounded(&upper, Side::Short)),
        SafePrices::Nowhere | SafePrices::TooLong => (None, None),
    }
}

#[test]
fn one_tier_gives_the_price_of_the_formula() {
    let tiers = tiers(&[("1000000", "0.1")]);
    // (1000 · 10 − 2000) ÷ (1000 · 0.9), rounded up; (1000 · 10 + 2000) ÷ (1000 · 1.1), rounded down.
    for (side, lower, upper) in
        [(Side::Long, Some("8.888888888888888889"), None), (Side::Short, None, Some("10.909090909090909090"))]
    {
        let legs = [leg(side, "1000", "10")];
        let group = Group { legs: &legs, is_inverse: false, margin: number("2000"), tiers: &tiers };
        let expected = (lower.map(str::to_string), upper.map(|it| it.trim_end_matches('0').to_string()));
        assert_eq!(ends(&group), expected, "{side:?}");
    }
}

#[test]
fn the_tier_is_that_of_the_notional_at_liquidation() {
    let tiers = tiers(&[("5000", "0.01"), ("10000", "0.02"), ("50000", "0.1")]);
    // Long 1,000 at 10 with 6,000: at 10 its notional is in tier 2, at the price in tier 1: 4,000 ÷ 990.
    let legs = [leg(Side::Long, "1000", "10")];
    let group = Group { legs: &legs, is_inverse: false, margin: number("6000"), tiers: &tiers };
    assert_eq!(ends(&group).0.as_deref(), Some("4.040404040404040405"));
    // Short 1,000 at 10 with 6,000: in tier 3, whose maintenance amount is 850: 16,850 ÷ 1,100.
    let legs = [leg(Side::Short, "1000", "10")];
    let group = Group { legs: &legs, is_inverse: false, margin: number("6000"), tiers: &tiers };
    assert_eq!(ends(&group).1.as_deref(), Some("15.318181818181818181"));
}

#[test]
fn a_price_on_the_edge_of_a_tier_is_found_from_both_sides() {
    let tiers = tiers(&[("5000", "0.01"), ("50000", "0.1")]);
    // At 5 the notional is 5,000 and the maintenance margin 50: margin − 5,000 = 50.
    let legs = [leg(Side::Long, "1000", "10")];
    let group = |margin| Group { legs: &legs, is_inverse: false, margin: number(margin), tiers: &tiers };
    assert_eq!(ends(&group("5050")).0.as_deref(), Some("5"));
    assert_eq!(ends(&group("5049.1")).0.as_deref(), Some("5.001"));
    assert_eq!(ends(&group("5050.99")).0.as_deref(), Some("4.999"));
}

#[test]
fn a_margin_above_the_whole_value_is_never_liquidated_and_one_beyond_the_limit_is_not_known() {
    let limited = tiers(&[("12000", "0.1")]);
    let legs = [leg(Side::Long, "1000", "10")];
    let safe = Group { legs: &legs, is_inverse: false, margin: number("10000.01"), tiers: &limited };
    assert!(matches!(safe_prices(&safe, None), SafePrices::Between { lower: End::Open, .. }));
    let legs = [leg(Side::Short, "1000", "10")];
    let short = Group { legs: &legs, is_inverse: false, margin: number("5000"), tiers: &limited };
    assert!(matches!(safe_prices(&short, None), SafePrices::Between { upper: End::AboveLimit, .. }));
    let open = tiers(&[("12000", "0.1"), ("", "0.2")]);
    let short = Group { legs: &legs, is_inverse: false, margin: number("5000"), tiers: &open };
    // 15,000 − P = P · 0.2 − 1,200: 16,200 ÷ 1,200.
    assert_eq!(ends(&short).1.as_deref(), Some("13.5"));
    let broke = Group { legs: &legs, is_inverse: false, margin: number("-10000"), tiers: &open };
    assert!(matches!(safe_prices(&broke, None), SafePrices::Nowhere));
}

#[test]
fn an_inverse_position_is_liquidated_in_its_coin() {
    let tiers = tiers(&[("100", "0.01"), ("1000", "0.02")]);
    // 100,000 USD long at 50,000 with 0.5: 0.5 + 2 − 100,000 ÷ P = 1,000 ÷ P: 101,000 ÷ 2.5.
    let legs = [leg(Side::Long, "100000", "50000")];
    let group = Group { legs: &legs, is_inverse: true, margin: number("0.5"), tiers: &tiers };
    assert_eq!(ends(&group).0.as_deref(), Some("40400"));
    // Short: 0.5 − 2 + 100,000 ÷ P = 1,000 ÷ P: 99,000 ÷ 1.5.
    let legs = [leg(Side::Short, "100000", "50000")];
    let group = Group { legs: &legs, is_inverse: true, margin: number("0.5"), tiers: &tiers };
    assert_eq!(ends(&group).1.as_deref(), Some("66000"));
    // With as much coin as it is worth, no price liquidates it.
    let group = Group { legs: &legs, is_inverse: true, margin: number("2.00000001"), tiers: &tiers };
    assert!(matches!(safe_prices(&group, None), SafePrices::Between { upper: End::Open, .. }));
}

prop_compose! {
    fn table()(steps in prop::collection::vec((1_u32..100_000, 1_u32..60), 1..6), is_open in any::<bool>()) -> Vec<Tier> {
        let (mut cap, mut rate) = (0, 0);
        let rows: Vec<(String, String)> = steps.iter().enumerate().map(|(place, (size, more))| {
            (cap, rate) = (cap + size, rate + more);
            let last = is_open && place + 1 == steps.len();
            (if last { String::new() } else { cap.to_string() }, format!("0.{rate:03}"))
        }).collect();
        tiers(&rows.iter().map(|(cap, rate)| (cap.as_str(), rate.as_str())).collect::<Vec<_>>())
    }
}

prop_compose! {
    fn any_leg()(is_long in any::<bool>(), quantity in 1_u32..1_000_000, entry in 1_u32..1_000_000) -> Leg {
        Leg {
            side: if is_long { Side::Long } else { Side::Short },
            quantity: Decimal::new(i64::from(quantity), 3).into(),
            entry_price: Decimal::new(i64::from(entry), 4).into(),
        }
    }
}

/// A number of few digits, so that many are alike, over a denominator.
fn part() -> impl Strategy<Value = Fraction> {
    (1_i64..40, prop_oneof![Just(1_i64), 1_i64..12]).prop_map(|(of, by)| {
        Fraction::from(Decimal::new(of * 25, 2)).over(&Decimal::from(by).into()).unwrap()
    })
}

prop_compose! {
    fn leg_of_few_digits()(is_long in any::<bool>(), quantity in part(), entry_price in part()) -> Leg {
        Leg { side: if is_long { Side::Long } else { Side::Short }, quantity, entry_price }
    }
}

prop_compose! {
    /// Tables whose rates and amounts are any.
    fn wild_table()(steps in prop::collection::vec((1_i64..30, 0_i64..900, -50_i64..50), 1..6), is_open in any::<bool>()) -> Vec<Tier> {
        let mut cap = 0;
        let count = steps.len();
        steps.into_iter().enumerate().map(|(place, (width, rate, amount))| {
            let floor = cap;
            cap += width;
            Tier {
                number: place as u32 + 1,
                floor: floor.into(),
                cap: (!is_open || place + 1 < count).then(|| cap.into()),
                rate: Decimal::new(rate, 3),
                amount: Decimal::new(amount, 1),
                leverage: None,
                reading: Reading::AsPublished,
            }
        }).collect()
    }
}

fn written(end: &End) -> String {
    match end {
        End::At(at) => {
            let rounded =
                [Rounding::Down, Rounding::Up].map(|to| at.round(to).map(|it| (it.value, it.is_rounded)));
            format!("{rounded:?}")
        }
        End::Open => "open".to_string(),
        End::AboveLimit => "above the limit".to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The intervals are those of the formula, whatever the tables and however many legs are alike.
    #[test]
    fn the_safe_prices_of_many_legs_are_those_of_the_formula_leg_by_leg(
        tiers in prop_oneof![wild_table(), table()],
        legs in prop::collection::vec(prop_oneof![leg_of_few_digits(), any_leg()], 0..7),
        margin in -2_000_i64..20_000,
        is_inverse in any::<bool>(),
        prices in prop::collection::vec(part(), 3),
    ) {
        let group = Group { legs: &legs, is_inverse, margin: Decimal::new(margin, 2).into(), tiers: &tiers };
        let expected = naive::Excess::of(&group).intervals();
        for price in prices.iter().map(Some).chain([None]) {
            let variable = price.map(|price| if is_inverse { number("1").over(price).unwrap() } else { price.clone() });
            let is_in = |(lower, upper): &&(End, End)| variable.as_ref().is_some_and(|at| {
                let above = match lower { End::At(end) => at.compare(end).is_gt(), End::Open => true, End::AboveLimit => false };
                above && match upper { End::At(end) => at.compare(end).is_lt(), End::Open | End::AboveLimit => true }
            });
            let found = expected.iter().find(is_in).or(expected.first());
            let inverted = |end: &End| match end {
                End::At(at) if is_inverse => number("1").over(at).map_or(End::Open, End::At),
                end => end.clone(),
            };
            match (safe_prices(&group, price), found) {
                (SafePrices::Nowhere, None) => {}
                (SafePrices::Between { lower, upper }, Some((one, other))) => {
                    let (one, other) = if is_inverse { (other, one) } else { (one, other) };
                    prop_assert_eq!(written(&lower), written(&inverted(one)));
                    prop_assert_eq!(written(&upper), written(&inverted(other)));
                }
                (found, expected) => prop_assert!(false, "{:?} {:?}", found, expected),
            }
        }
    }
}

/// With the formula leg by leg 80 legs took seconds.
#[test]
fn twenty_thousand_legs_of_one_contract_have_safe_prices_in_a_moment() {
    let caps: Vec<(String, String)> =
        (1..=20).map(|tier| ((tier * 5000).to_string(), format!("0.{tier:03}"))).collect();
    let tiers = tiers(&caps.iter().map(|(cap, rate)| (cap.as_str(), rate.as_str())).collect::<Vec<_>>());
    let legs: Vec<Leg> = (0..20_000_u32)
        .map(|place| Leg {
            side: if place % 3 == 0 { Side::Short } else { Side::Long },
            quantity: Decimal::new(1_000 + i64::from(place % 500), 0).into(),
            entry_price: Decimal::new(100_000 + i64::from(place), 4).into(),
        })
        .collect();
    let began = std::time::Instant::now();
    let safe = |margin: i64| {
        let group =
            Group { legs: &legs, is_inverse: false, margin: Decimal::from(margin).into(), tiers: &tiers };
        SafeIntervals::of(&group).around(None)
    };
    let SafePrices::Between { lower: End::At(lower), .. } = safe(50_000_000) else { panic!("no interval") };
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    let group = Group { legs: &legs, is_inverse: false, margin: number("50000000"), tiers: &tiers };
    assert!(excess(&group, &lower).unwrap().sign().is_eq());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// At each end the excess is 0; just inside it is above 0, just outside not. Rounded, the price lies inside or on it.
    #[test]
    fn at_the_price_the_balance_is_the_maintenance_margin(
        tiers in table(),
        legs in prop::collection::vec(any_leg(), 1..3),
        margin in -1_000_000_i64..5_000_000,
        is_inverse in any::<bool>(),
    ) {
        let margin: Fraction = Decimal::new(margin, 2).into();
        let group = Group { legs: &legs, is_inverse, margin, tiers: &tiers };
        let SafePrices::Between { lower, upper } = safe_prices(&group, None) else {
            for price in ["0.001", "1", "7", "50", "1000"] {
                if let Some(excess) = excess(&group, &number(price)) {
                    prop_assert_ne!(excess.sign(), Ordering::Greater);
                }
            }
            return Ok(());
        };
        let near = |at: &Fraction, by: &str| at.times(&number(by));
        for (end, inside, outside, side) in
            [(lower, "1.000000001", "0.999999999", Side::Long), (upper, "0.999999999", "1.000000001", Side::Short)]
        {
            let End::At(at) = end else { continue };
            prop_assert_eq!(excess(&group, &at).map(|it| it.sign()), Some(Ordering::Equal));
            if let Some(excess) = excess(&group, &near(&at, outside)) {
                prop_assert_ne!(excess.sign(), Ordering::Greater);
            }
            let rounding = if side == Side::Long { Rounding::Up } else { Rounding::Down };
            let stated: Fraction = at.round(rounding).unwrap().value.into();
            let expected = if side == Side::Long { Ordering::Less } else { Ordering::Greater };
            prop_assert_ne!(stated.compare(&at), expected);
            let _ = inside;
        }
    }

    /// More margin never moves the price nearer, and the same quantity in two legs is the same position.
    #[test]
    fn more_margin_never_brings_the_price_nearer(tiers in table(), leg in any_leg(), margin in 0_i64..1_000_000, is_inverse in any::<bool>()) {
        let end = |margin: i64| {
            let legs = [leg.clone()];
            let group = Group { legs: &legs, is_inverse, margin: Decimal::new(margin, 2).into(), tiers: &tiers };
            match (safe_prices(&group, None), leg.side) {
                (SafePrices::Between { lower: End::At(at), .. }, Side::Long) | (SafePrices::Between { upper: End::At(at), .. }, Side::Short) => Some(at),
                _ => None,
            }
        };
        if let (Some(less), Some(more)) = (end(margin), end(margin + 1)) {
            let nearer = if leg.side == Side::Long { Ordering::Greater } else { Ordering::Less };
            prop_assert_ne!(more.compare(&less), nearer);
        }
        let half = Leg { quantity: leg.quantity.times(&number("0.5")), ..leg.clone() };
        let (whole, halves) = ([leg.clone()], [half.clone(), half]);
        let of = |legs: &[Leg]| {
            // The halves are in a lower tier each: alike only where one tier counts.
            let one = &tiers[..1];
            let one = [Tier { cap: None, ..one[0].clone() }];
            ends(&Group { legs, is_inverse, margin: Decimal::new(margin, 2).into(), tiers: &one })
        };
        prop_assert_eq!(of(&whole), of(&halves));
    }
}
