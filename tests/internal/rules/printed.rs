//! Printed tables as they are read: floors, ranges of leverage, and what is refused.

use tierbook::decimal::Decimal;
use tierbook::limits;
use tierbook::rule::{Leverage, LeverageRange, Number, PrintedTier, Rate, Reading, Rule, Unreadable};
use tierbook::text::Span;

pub(super) fn row(
    floor: &str,
    cap: &str,
    percent: &str,
    leverage: Option<(Option<u32>, u32)>,
) -> PrintedTier {
    PrintedTier {
        leverage: leverage.map(|(min, max)| Leverage { min, max, text: String::new() }),
        floor: Number::read(floor).expect("a number"),
        cap: Number::read(cap).expect("a number"),
        rate: Rate::from_percent(percent).expect("a rate"),
        cells: vec![Span::new(0, 1); 4],
    }
}

fn rising(tiers: usize) -> Vec<PrintedTier> {
    (0..tiers).map(|place| row(&place.to_string(), &(place + 1).to_string(), "1", None)).collect()
}

fn refused(rows: Vec<PrintedTier>) -> String {
    Rule::contract("USDT", rows).unwrap_err().to_string()
}

#[test]
fn a_table_has_a_tier_and_no_more_than_the_limit() {
    assert_eq!(refused(Vec::new()), "the table has no tier");
    assert!(Rule::contract("USDT", rising(limits::TABLE_TIERS)).is_ok());
    let error = refused(rising(limits::TABLE_TIERS + 1));
    assert_eq!(error, format!("the table has more than {} tiers", limits::TABLE_TIERS));
}

#[test]
fn caps_may_stay_but_not_fall_and_nothing_follows_one_without_a_limit() {
    let of = |caps: [&str; 3]| caps.map(|cap| row("0", cap, "1", None)).to_vec();
    assert!(Rule::contract("USDT", of(["10", "10", "20"])).is_ok());
    assert_eq!(Rule::contract("USDT", of(["10", "20", "19"])).unwrap_err(), Unreadable::CapFalls(2));
    assert_eq!(refused(of(["10", "9", "20"])), "the cap of tier 2 is below the cap of the tier before it");
}

#[test]
fn amounts_that_need_more_digits_than_are_exact_are_refused_with_their_tier() {
    let floor = "1234567.12345678901234567";
    let rows = vec![row("0", floor, "1", None), row(floor, floor, "1.2345678901", None)];
    assert_eq!(Rule::contract("USDT", rows.clone()).unwrap_err(), Unreadable::TooLarge(1));
    assert_eq!(refused(rows), "the figures of tier 2 need more than 28 digits");
}

#[test]
fn a_leverage_without_a_least_begins_above_that_of_the_next_tier() {
    let ranges = |rows: Vec<PrintedTier>| -> Vec<(u32, u32)> {
        let rule = Rule::contract("USDT", rows).unwrap();
        rule.tiers()
            .iter()
            .map(|tier| tier.leverage.map(|LeverageRange { min, max }| (min, max)).unwrap())
            .collect()
    };
    let rows = vec![
        row("0", "10", "1", Some((None, 75))),
        row("10", "20", "2", Some((None, 50))),
        row("20", "30", "3", Some((None, 50))),
        row("30", "40", "4", Some((Some(2), 10))),
        row("40", "50", "5", Some((None, 1))),
    ];
    assert_eq!(ranges(rows), [(51, 75), (50, 50), (11, 50), (2, 10), (1, 1)]);
}

#[test]
fn a_floor_is_the_cap_before_whatever_is_printed() {
    let rows = vec![row("0", "10", "1", None), row("11", "20", "2", None), row("20", "30", "2.5", None)];
    let rule = Rule::contract("USDT", rows).unwrap();
    let tiers: Vec<_> =
        rule.tiers().iter().map(|it| (it.number, it.floor, it.cap, it.amount, it.reading)).collect();
    let (as_published, repaired) = (Reading::AsPublished, Reading::Repaired);
    let number = |text: &str| text.parse::<Decimal>().unwrap();
    assert_eq!(
        tiers,
        [
            (1, number("0"), Some(number("10")), number("0"), as_published),
            (2, number("10"), Some(number("20")), number("0.1"), repaired),
            (3, number("20"), Some(number("30")), number("0.2"), as_published),
        ]
    );
    assert_eq!(rule.tiers()[2].value(number("25")), Some(number("0.425")));
}
