//! How a run of glued digits can be split into bounds and a rate, in every possible way.

use std::collections::BTreeSet;

use super::number::{BoundReading, PercentReading, bounds, percent, repaired};
use crate::decimal::Decimal;

/// What a ratio of 0 % costs, on the scale of `costs`: it was never seen; a lost digit was likelier.
const ZERO_RATIO: u32 = 12;

/// Most decimals of a rate that were ever seen, and what more of them cost.
const RATE_DECIMALS: usize = 3;
const LONG_RATE: u32 = 6;

/// Most digits at the end of a name that may be glued to the digits after it; `BROCCOLI714` has three.
const NAME_DIGITS: usize = 8;

/// The highest number of a schedule that is believed; the highest seen is 11.
const HIGHEST_RANK: u32 = 15;

/// Longest rank, rate and bound that glued digits are split into, in bytes; the longest real bound is
/// `99,999,999,999`.
const RANK_BYTES: usize = 2;
const RATE_BYTES: usize = 6;
const BOUND_BYTES: usize = 22;

/// Most ways to split one run that are kept; real runs have one to three.
const SPLITS: usize = 16;

/// The floor of a tier, its cap with or without its rate, and the rate where it is apart, as printed.
pub type TierTexts<'a> = (&'a str, &'a str, Option<&'a str>);

/// One way to split a run of digits.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct DigitSplit<'a> {
    /// The number of a shared schedule, where one is printed in this row.
    pub rank: Option<u32>,
    /// The lower bound.
    pub floor: BoundReading<'a>,
    /// The upper bound.
    pub cap: BoundReading<'a>,
    /// The rate or ratio.
    pub rate: PercentReading<'a>,
    /// How many digits at the start belong to a name before them.
    pub name_digits: usize,
    /// How unusual it is, all forms together.
    pub cost: u32,
}

/// How unusual a rate is.
fn rate_cost(rate: &PercentReading) -> u32 {
    let decimals = rate.text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let zero = if rate.value.is_zero() { ZERO_RATIO } else { 0 };
    zero + if decimals > RATE_DECIMALS { LONG_RATE } else { 0 }
}

/// The ways to read a tier: its floor, and the cap and rate that may be glued together (`7,5001.00`) or
/// separate. The cheapest ways first.
pub fn tier_splits(texts: TierTexts<'_>) -> Vec<DigitSplit<'_>> {
    splits_by(texts, |text| bounds(text).collect())
}

/// The same ways, and those in which one digit of a bound was lost or added, where that gives a bound that is
/// `known` from elsewhere in the table.
pub fn repaired_splits<'a>(texts: TierTexts<'a>, known: &BTreeSet<Decimal>) -> Vec<DigitSplit<'a>> {
    splits_by(texts, |text| bounds(text).chain(repaired(text, known)).collect())
}

fn splits_by<'a>(
    (floor, cap, separate_rate): TierTexts<'a>,
    bounds: impl Fn(&'a str) -> Vec<BoundReading<'a>>,
) -> Vec<DigitSplit<'a>> {
    let mut splits = Vec::new();
    let floors = bounds(floor);
    let mut add = |cap: &'a str, rate: &'a str| {
        let Some(rate) = percent(rate, false) else { return };
        let rate_cost = rate_cost(&rate);
        for cap in bounds(cap) {
            for &floor in &floors {
                let cost = cap.cost + floor.cost + rate_cost;
                splits.push(DigitSplit { rank: None, floor, cap, rate, name_digits: 0, cost });
            }
        }
    };
    match separate_rate {
        Some(rate) => add(cap, rate),
        None => (1..cap.len()).map(|cut| cap.split_at(cut)).for_each(|(cap, rate)| add(cap, rate)),
    }
    cheapest(splits)
}

/// The ways to read a row of a collateral table from its runs of digits, which are split at every separator
/// that was printed and may be glued otherwise: perhaps digits of a name (where `after_name`), perhaps a
/// rank, then floor, cap and ratio. The cheapest ways first.
pub fn collateral_splits<'a>(runs: &[&'a str], after_name: bool) -> Vec<DigitSplit<'a>> {
    let mut splits = Vec::new();
    let most_name_digits = match runs {
        [first, ..] if after_name => {
            first.bytes().take_while(u8::is_ascii_digit).count().min(first.len() - 1).min(NAME_DIGITS)
        }
        _ => 0,
    };
    for name_digits in 0..=most_name_digits {
        let mut rest: Vec<&'a str> = runs.to_vec();
        if let Some(first) = rest.first_mut() {
            *first = &first[name_digits..];
        }
        let Some((first, later)) = rest.split_first() else { continue };
        for fields in [3, 4] {
            cut_runs(first, later, fields, &mut Vec::new(), &mut |texts| {
                row_of(texts, name_digits, &mut splits);
            });
        }
    }
    cheapest(splits)
}

/// Gives `each` way to cut what is left of a run and the runs after it into `fields` texts (perhaps a rank, a
/// floor, a cap, a ratio), at every end of a run.
fn cut_runs<'a>(
    run: &'a str,
    later: &[&'a str],
    fields: usize,
    taken: &mut Vec<&'a str>,
    each: &mut impl FnMut(&[&'a str]),
) {
    let bytes = run.as_bytes();
    if fields <= later.len() || !bytes.first().is_some_and(u8::is_ascii_digit) {
        return;
    }
    let (least, most) = match fields {
        1 => (run.len(), RATE_BYTES),
        2 if later.is_empty() => (run.len().saturating_sub(RATE_BYTES).max(1), BOUND_BYTES),
        2 | 3 => (1, BOUND_BYTES),
        _ => (1, RANK_BYTES),
    };
    let leading_zero = fields > 1 && bytes[0] == b'0' && bytes.get(1).is_some_and(|byte| *byte != b'.');
    let most = if leading_zero { 1 } else { most.min(run.len()) };
    for cut in (least..=most).filter(|cut| bytes[cut - 1].is_ascii_digit()) {
        let (text, rest) = run.split_at(cut);
        taken.push(text);
        match (rest.is_empty(), later.split_first()) {
            (true, None) if fields == 1 => each(taken),
            (true, Some((next, after))) => cut_runs(next, after, fields - 1, taken, each),
            (false, _) if fields > 1 => cut_runs(rest, later, fields - 1, taken, each),
            _ => {}
        }
        taken.pop();
    }
}

/// Adds the splits that texts of a collateral row can mean: `[floor, cap, ratio]` or `[rank, floor, cap,
/// ratio]`.
fn row_of<'a>(texts: &[&'a str], name_digits: usize, splits: &mut Vec<DigitSplit<'a>>) {
    let (rank, floor, cap, ratio) = match texts {
        [floor, cap, ratio] => (None, floor, cap, ratio),
        [rank, floor, cap, ratio] => match rank.parse::<u32>() {
            Ok(rank) if (1..=HIGHEST_RANK).contains(&rank) => (Some(rank), floor, cap, ratio),
            _ => return,
        },
        _ => return,
    };
    let Some(rate) = percent(ratio, true) else { return };
    let rate_cost = rate_cost(&rate);
    for floor in bounds(floor) {
        for cap in bounds(cap) {
            let cost = floor.cost + cap.cost + rate_cost;
            splits.push(DigitSplit { rank, floor, cap, rate, name_digits, cost });
        }
    }
}

/// The cheapest splits, cheapest first.
fn cheapest(mut splits: Vec<DigitSplit<'_>>) -> Vec<DigitSplit<'_>> {
    splits.sort_by_key(|split| split.cost);
    splits.truncate(SPLITS);
    splits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps_and_rates(run: &str) -> Vec<String> {
        tier_splits(("0", run, None))
            .iter()
            .map(|split| format!("{}={}|{}", split.cap.text, split.cap.value, split.rate.text))
            .collect()
    }

    #[test]
    fn groups_of_three_leave_one_way_to_split_cap_and_rate() {
        assert_eq!(caps_and_rates("7,5001.00")[0], "7,500=7500|1.00");
        assert_eq!(caps_and_rates("3,000,00010")[0], "3,000,000=3000000|10");
        assert_eq!(caps_and_rates("5,000.001.00")[0], "5,000.00=5000.00|1.00");
        assert_eq!(caps_and_rates("40010.00"), ["400=400|10.00"]);
    }

    #[test]
    fn small_caps_and_misprints_have_several_readings() {
        assert_eq!(caps_and_rates("1525.00"), ["15=15|25.00", "152=152|5.00"]);
        assert!(caps_and_rates("250.00016.67").contains(&"250.000=250000|16.67".to_string()));
        assert!(caps_and_rates("5,00,00050.00").contains(&"5,00,000=500000|50.00".to_string()));
    }

    #[test]
    fn a_collateral_row_is_split_with_and_without_a_rank() {
        let rows: Vec<String> = collateral_splits(&["70800,000100"], false)
            .iter()
            .map(|s| format!("{:?} {} {} {}", s.rank, s.floor.text, s.cap.text, s.rate.text))
            .collect();
        assert!(rows.contains(&"Some(7) 0 800,000 100".to_string()), "{rows:?}");
        assert!(rows.contains(&"None 70 800,000 100".to_string()), "{rows:?}");
        let plain = collateral_splits(&["400000800,00070"], false);
        assert_eq!(plain[0].floor.text, "400000");
        let apart = collateral_splits(&["7", "0", "800,000", "100"], false);
        assert_eq!((apart[0].rank, apart.len()), (Some(7), 1));
    }
}
