//! The invariants of tables, as properties: continuity, refusal beyond what is known, and a plan that plans
//! to itself.
use proptest::prelude::*;
use tierbook::decimal::{self, Decimal};
use tierbook::liquidation::Side;
use tierbook::query::eval::evaluate::{evaluate, value};
use tierbook::query::plan::at::Argument;
use tierbook::query::plan::isolated::{Isolated, IsolatedMargin};
use tierbook::query::syntax::measure::{Measure, Takes};
use tierbook::query::{parse, plan};
use tierbook::render::{OutputStyle, diagnostic};
use tierbook::rule::{Leverage, Number, PlacedRule, PrintedTier, Rate, Reading, Rule};
use tierbook::statement::{Program, Subject};
use tierbook::text::Span;
use tierbook::time::Timestamp;

/// Rising caps, rates and whether the printed floor is broken, for one to twelve tiers.
fn arb_rows() -> impl Strategy<Value = Vec<(Decimal, Decimal, bool)>> {
    proptest::collection::vec((1..5_000_000_i64, 0..3_u32, 1..900_i64, any::<bool>()), 1..12).prop_map(
        |rows| {
            let (mut cap, mut rate) = (Decimal::ZERO, Decimal::ZERO);
            let step = |(width, scale, rise, broken): (i64, u32, i64, bool)| {
                cap += Decimal::new(width, scale);
                rate = (rate + Decimal::new(rise, 2)).min(Decimal::ONE_HUNDRED);
                (cap, rate, broken)
            };
            rows.into_iter().map(step).collect()
        },
    )
}

fn number(value: Decimal) -> Number {
    Number::read(&decimal::canonical(value)).expect("a number")
}

fn printed_floor(rows: &[(Decimal, Decimal, bool)], place: usize) -> Number {
    let before = place.checked_sub(1).map_or(Decimal::ZERO, |before| rows[before].0);
    number(if rows[place].2 { before + Decimal::ONE } else { before })
}

fn table(rows: &[(Decimal, Decimal, bool)]) -> Rule {
    let count = rows.len() as u32;
    let printed = rows.iter().enumerate().map(|(place, (cap, rate, _))| PrintedTier {
        leverage: Some(Leverage { min: None, max: count - place as u32, text: String::new() }),
        floor: printed_floor(rows, place),
        cap: number(*cap),
        rate: Rate::from_percent(&decimal::canonical(*rate)).expect("a rate"),
        cells: vec![Span::new(place, place + 1); 4],
    });
    Rule::contract("USDT", printed.collect()).expect("a readable table")
}

/// The margin by its meaning: every part of the notional at the rate of the tier it lies in.
fn margin_by_parts(rows: &[(Decimal, Decimal, bool)], notional: Decimal) -> Decimal {
    let mut floor = Decimal::ZERO;
    let mut margin = Decimal::ZERO;
    for (cap, percent, _) in rows {
        let part = notional.min(*cap) - floor;
        if part > Decimal::ZERO {
            margin += part * percent / Decimal::ONE_HUNDRED;
        }
        floor = *cap;
    }
    margin
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_value_alone_is_the_value_of_the_whole_answer(rows in arb_rows(), amount in 0..60_000_000_i64, scale in 0..4_u32) {
        let rule = table(&rows);
        for measure in Measure::ALL.iter().filter(|measure| measure.applies_to(Program::Usdm)) {
            let at = match measure.takes() {
                Takes::Nothing => None,
                Takes::Leverage => Some(Argument::Leverage(amount as u32 % 14)),
                Takes::Position => {
                    let margin = IsolatedMargin::Leverage(1 + amount as u32 % 14);
                    let side = if amount % 2 == 0 { Side::Long } else { Side::Short };
                    Some(Argument::Isolated(Isolated::new(side, Decimal::new(amount, scale), Decimal::new(31, 1), margin)))
                }
                _ => Some(Argument::Amount(Decimal::new(amount, scale))),
            };
            if *measure != Measure::Tiers {
                prop_assert_eq!(value(&rule, *measure, at), evaluate(&PlacedRule::from(rule.clone()), *measure, at, false).value);
            }
        }
    }

    #[test]
    fn margin_is_the_sum_over_the_parts_and_equal_from_both_sides_of_a_cap(rows in arb_rows(), share in 0..=1000_i64) {
        let table = table(&rows);
        for pair in table.tiers().windows(2) {
            let cap = pair[0].cap.expect("a cap");
            prop_assert_eq!(pair[0].value(cap), pair[1].value(cap));
        }
        let notional = rows[rows.len() - 1].0 * Decimal::new(share, 3);
        let tier = table.tier_at(notional).expect("within the limit");
        prop_assert_eq!(tier.value(notional), Some(margin_by_parts(&rows, notional).normalize()));
    }

    #[test]
    fn a_tier_contains_what_is_over_its_floor_and_up_to_its_cap(rows in arb_rows()) {
        let table = table(&rows);
        let sliver = Decimal::new(1, 9);
        prop_assert_eq!(table.tier_at(Decimal::ZERO).map(|tier| tier.number), Some(1));
        for tier in table.tiers() {
            let cap = tier.cap.expect("a cap");
            prop_assert_eq!(table.tier_at(cap).map(|at| at.number), Some(tier.number));
            prop_assert_eq!(table.tier_at(tier.floor + sliver).map(|at| at.number), Some(tier.number));
            let above = table.tier_at(cap + sliver).map(|at| at.number);
            prop_assert_eq!(above, (tier.number < rows.len() as u32).then_some(tier.number + 1));
        }
    }

    #[test]
    fn a_tier_is_repaired_exactly_where_its_printed_floor_is_not_the_cap_before(rows in arb_rows()) {
        for (tier, (_, _, broken)) in table(&rows).tiers().iter().zip(&rows) {
            prop_assert_eq!(tier.reading == Reading::Repaired, *broken);
        }
    }

    #[test]
    fn the_largest_position_at_a_leverage_is_the_last_that_allows_it(rows in arb_rows(), leverage in 1..14_u32) {
        let table = table(&rows);
        let count = rows.len() as u32;
        let expected = (leverage <= count).then(|| rows[(count - leverage) as usize].0.normalize());
        let tier = table.last_tier_allowing(leverage);
        prop_assert_eq!(tier.and_then(|tier| tier.cap).map(|cap| cap.normalize()), expected);
    }

    #[test]
    fn collateral_counts_every_part_at_its_own_ratio(rows in arb_rows(), share in 0..=1000_i64) {
        let printed = rows.iter().enumerate().map(|(place, (cap, rate, _))| PrintedTier {
            leverage: None,
            floor: printed_floor(&rows, place),
            cap: number(*cap),
            rate: Rate::from_percent(&decimal::canonical(*rate)).expect("a rate"),
            cells: vec![Span::new(place, place + 1); 3],
        });
        let table = Rule::collateral("USD", Some(7), printed.collect()).expect("a readable table");
        let amount = rows[rows.len() - 1].0 * Decimal::new(share, 3);
        let tier = table.tier_at(amount).expect("within the limit");
        prop_assert_eq!(tier.value(amount), Some(margin_by_parts(&rows, amount).normalize()));
    }

    #[test]
    fn caps_that_fall_are_never_read(rows in arb_rows(), place in 0..12_usize) {
        if rows.len() < 2 {
            return Ok(());
        }
        let place = place % (rows.len() - 1);
        let mut printed = table(&rows).printed().to_vec();
        let (lower, higher) = (printed[place].cap.clone(), printed[place + 1].cap.clone());
        printed[place].cap = higher;
        printed[place + 1].cap = lower;
        prop_assert!(Rule::contract("USDT", printed).is_err());
    }

    /// round trip: a plan printed as a query plans to itself, whenever that is.
    #[test]
    fn a_plan_printed_as_text_plans_to_itself(
        measure in proptest::sample::select(&["mmr", "margin", "amount", "max leverage", "tier", "tiers", "limit", "max position", "room", "liquidation"][..]),
        names in proptest::sample::subsequence(vec!["ACTUSDT", "我踏马来了USDT", "0GUSDT", "AT", "usdm:ON", "A*"], 1..4),
        amounts in proptest::collection::vec((0..10_000_000_i64, 0..8_u32), 1..4),
        known in any::<bool>(), recorded in any::<bool>(), published in any::<bool>(),
    ) {
        let stored: Vec<Subject> = ["0GUSDT", "ACTUSDT", "AT", "ON", "我踏马来了USDT"]
            .iter().map(|name| Subject::new("binance", Program::Usdm, name).expect("a subject")).collect();
        let sides = ["long", "short"];
        let at = match measure {
            "tiers" | "limit" => String::new(),
            "max position" => " at 10x, 3x".to_string(),
            "liquidation" => {
                let entry = Decimal::new(amounts[0].0 + 1, amounts[0].1);
                format!(" {} 60k entry {entry} {}", sides[usize::from(known)], ["with 5x", "margin 1.5m"][usize::from(recorded)])
            }
            _ => {
                let amounts = amounts.iter().map(|(digits, scale)| Decimal::new(*digits, *scale).to_string());
                format!(" at {}", amounts.collect::<Vec<_>>().join(", "))
            }
        };
        let known = if known { " known at 2026-02-03T06:00:46Z" } else { "" };
        let recorded = if recorded { " recorded by yesterday" } else { "" };
        let published = if published { " as published" } else { "" };
        let text = format!("{measure} of {}{at}{known}{recorded}{published}", names.join(", "));
        let now = Timestamp::parse_rfc3339("2026-02-06T07:00:00.123456Z").expect("a time");
        let planned = |text: &str, now: Timestamp| {
            plan(&parse(text).expect(text).remove(0), &stored, now).expect(text)
        };
        let first = planned(&text, now);
        let later = Timestamp::parse_rfc3339("2027-01-01T00:00:00Z").expect("a time");
        prop_assert_eq!(planned(&first.to_string(), later), first);
    }

    /// round trip, for drawings: what is omitted after `vs` is printed with the rest.
    #[test]
    fn a_drawing_printed_as_text_plans_to_itself(
        measure in proptest::sample::select(&["mmr", "margin", "amount", "max leverage"][..]),
        names in proptest::sample::subsequence(vec!["ACTUSDT", "我踏马来了USDT", "A*"], 1..3),
        end in proptest::option::of((1..10_000_000_i64, 0..8_u32)),
        valid in proptest::sample::select(&["", " as of yesterday", " as of 2026-02-05 vs 2026-02-07"][..]),
        known in proptest::sample::select(&["", " known at 2026-02-03", " known at 2026-02-03 vs 2026-02-04"][..]),
    ) {
        let stored: Vec<Subject> = ["ACTUSDT", "我踏马来了USDT"]
            .iter().map(|name| Subject::new("binance", Program::Usdm, name).expect("a subject")).collect();
        let end = end.map_or(String::new(), |(digits, scale)| format!(" up to {}", Decimal::new(digits, scale)));
        let text = format!("chart {measure} of {}{end}{valid}{known}", names.join(", "));
        let planned = |text: &str, now: &str| {
            let now = Timestamp::parse_rfc3339(now).expect("a time");
            plan(&parse(text).expect(text).remove(0), &stored, now).expect(text)
        };
        let first = planned(&text, "2026-02-06T07:00:00.123456Z");
        prop_assert_eq!(planned(&first.to_string(), "2027-01-01T00:00:00Z"), first);
    }

    /// No text of any kind makes the parser, the planner or the drawing of an error panic, and every error
    /// has a place inside the text and a hint.
    #[test]
    fn any_text_is_planned_or_refused_at_a_place(
        text in "\\PC{0,80}|(mmr|max position|liquidation|long|short|entry|margin|with|where|ratio|of|at|as of|as published|known at|on|recorded by|explain|chart|history of|up to|vs|findings|source|in|, |;|\"|\u{2000}|ACTUSDT|我|60,00|10x|1.5m|-1|2026-02-06|07:00|Z|2 days ago|in 3 h|\\$n|--|#|\n|act|usdm:|A\\*| ){0,14}",
    ) {
        let stored = [Subject::new("binance", Program::Usdm, "ACTUSDT").expect("a subject")];
        let now = Timestamp::parse_rfc3339("2026-02-06T07:00:00Z").expect("a time");
        let planned = parse(&text).and_then(|statements| {
            statements.iter().map(|statement| plan(statement, &stored, now)).collect::<Result<Vec<_>, _>>()
        });
        if let Err(error) = planned {
            let span = error.span().expect("a place");
            prop_assert!(span.start <= span.end && span.end <= text.len());
            prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            prop_assert!(!error.hints().is_empty());
            prop_assert!(diagnostic::error(&error, Some(&text), OutputStyle::PLAIN).contains(error.code().as_str()));
        }
    }
}
