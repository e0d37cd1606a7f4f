//! What a change of rules does, against values computed at many places.
use proptest::prelude::*;
use tierbook::decimal::Decimal;
use tierbook::rule::effect::{Direction, Effect, Verdict, effect};
use tierbook::rule::{Leverage, Number, PrintedTier, Rate, Rule};
use tierbook::text::Span;

type Row = (u32, u64, u32);

/// A table of leverage, cap, and rate in hundredths of a percent.
fn table(rows: &[Row]) -> Rule {
    let printed = rows.iter().map(|(leverage, cap, rate)| PrintedTier {
        leverage: Some(Leverage { min: None, max: *leverage, text: format!("{leverage}x") }),
        floor: Number::read("0").unwrap(),
        cap: Number::read(&cap.to_string()).unwrap(),
        rate: Rate::from_percent(&Decimal::new(i64::from(*rate), 2).to_string()).unwrap(),
        cells: vec![Span::new(0, 0); 4],
    });
    Rule::contract("USDT", printed.collect()).unwrap()
}

fn arb_table() -> impl Strategy<Value = Vec<Row>> {
    (1usize..7).prop_flat_map(|tiers| {
        let open = any::<bool>();
        (prop::collection::vec((1u64..9, 1u32..900), tiers), open).prop_map(|(steps, open)| {
            let (mut cap, mut rate, mut rows) = (0, 0, Vec::new());
            for (place, (width, rise)) in steps.iter().enumerate() {
                cap += width * 500;
                rate += rise;
                rows.push((60 - 9 * place as u32, cap, rate));
            }
            if open {
                rows.last_mut().unwrap().1 = 99_999_999_999;
            }
            rows
        })
    })
}

fn margin(table: &Rule, at: Decimal) -> Option<Decimal> {
    table.tier_at(at).map(|tier| tier.value(at).unwrap())
}

fn direction_at(effect: &Effect, at: Decimal) -> Direction {
    let inside = |s: &&tierbook::rule::effect::Interval| s.from.at < at && s.to.is_none_or(|to| at <= to.at);
    effect.intervals.iter().find(inside).expect("no hole").direction
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_interval_has_the_direction_in_which_the_margin_moves(before in arb_table(), after in arb_table()) {
        let (before, after) = (table(&before), table(&after));
        let effect = effect(&before, &after).unwrap();
        let (mut rise, mut fall) = (Decimal::ZERO, Decimal::ZERO);
        for at in (1..=400u64).map(|step| Decimal::from(step * 125)) {
            let (Some(one), Some(other)) = (margin(&before, at), margin(&after, at)) else { continue };
            let by = other - one;
            (rise, fall) = (rise.max(by), fall.min(by));
            // At the very end of an interval the difference may just have come back to nothing.
            let found = direction_at(&effect, at);
            match found {
                Direction::Up => prop_assert!(by >= Decimal::ZERO, "{at}: {by}"),
                Direction::Down => prop_assert!(by <= Decimal::ZERO, "{at}: {by}"),
                _ => prop_assert_eq!(by, Decimal::ZERO),
            }
            if by > Decimal::ZERO { prop_assert_eq!(found, Direction::Up) }
            if by < Decimal::ZERO { prop_assert_eq!(found, Direction::Down) }
        }
        if !effect.unbounded {
            prop_assert_eq!(effect.largest_rise.map_or(Decimal::ZERO, |c| c.by), rise);
            prop_assert_eq!(effect.largest_fall.map_or(Decimal::ZERO, |c| c.by), fall);
        }
        let common = [before.limit(), after.limit()].into_iter().flatten().min();
        prop_assert_eq!(effect.intervals.last().unwrap().to.map(|to| to.at), common);
        prop_assert!(effect.intervals.windows(2).all(|pair| pair[0].to == Some(pair[1].from)));
    }

    #[test]
    fn turning_a_change_round_turns_its_verdict_round(before in arb_table(), after in arb_table()) {
        let (before, after) = (table(&before), table(&after));
        let there = effect(&before, &after).unwrap().verdict();
        let back = effect(&after, &before).unwrap().verdict();
        prop_assert_eq!(back, match there {
            Verdict::Tightened => Verdict::Loosened,
            Verdict::Loosened => Verdict::Tightened,
            same => same,
        });
        prop_assert_eq!(effect(&before, &before).unwrap().verdict(), Verdict::NoEffect);
    }
}

#[test]
fn lines_that_cross_between_the_bounds_part_the_axis_where_they_cross() {
    let (before, after) = (table(&[(10, 3000, 100)]), table(&[(10, 1000, 50), (5, 3000, 200)]));
    let effect = effect(&before, &after).unwrap();
    // 1 % of n, against 0.5 % up to 1000 and then 2 %: both give 15 at 1500.
    let found: Vec<_> =
        effect.intervals.iter().map(|s| (s.to.unwrap().at.to_string(), s.direction)).collect();
    assert_eq!(found, [("1500".to_string(), Direction::Down), ("3000".to_string(), Direction::Up)]);
    assert_eq!(effect.verdict(), Verdict::Mixed);
    assert_eq!(effect.largest_fall.map(|c| (c.at, c.by)), Some((1000.into(), (-5).into())));
    assert_eq!(effect.largest_rise.map(|c| (c.at, c.by)), Some((3000.into(), 15.into())));
}

#[test]
fn leverage_decides_only_where_margin_and_limit_stay() {
    let one = table(&[(20, 1000, 100), (1, 2000, 5000)]);
    let lower = table(&[(10, 1000, 100), (1, 2000, 5000)]);
    assert_eq!(effect(&one, &lower).unwrap().verdict(), Verdict::Tightened);
    let lower_with_less_margin = table(&[(10, 1000, 90), (1, 2000, 5000)]);
    assert_eq!(effect(&one, &lower_with_less_margin).unwrap().verdict(), Verdict::Loosened);
}

#[test]
fn a_position_beyond_the_last_cap_is_stricter_than_any_margin() {
    let (one, less) = (table(&[(1, 2000, 100)]), table(&[(1, 1999, 100)]));
    assert_eq!(effect(&one, &less).unwrap().verdict(), Verdict::Tightened);
    let open = table(&[(1, 99_999_999_999, 100)]);
    assert_eq!(effect(&one, &open).unwrap().verdict(), Verdict::Loosened);
    let steeper = table(&[(1, 99_999_999_999, 101)]);
    let effect = effect(&open, &steeper).unwrap();
    assert!(effect.unbounded && effect.verdict() == Verdict::Tightened);
}
