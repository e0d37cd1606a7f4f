//! What is usual in the tables of the exchange, as it showed them from 2022 to 2026 (41,538 tiers) and
//! announced them since 2025: what differs may be misprinted, and is reported though no invariant is
//! violated. Each function gives why its figure is unusual, or nothing.

use crate::decimal::{self, Decimal};
use crate::rule::{Leverage, Rate};

/// The rates in hundredths of a percent for the usual leverages; other leverages are rare and free.
const RATES: &[(u32, &[i64])] = &[
    (1, &[5000]),
    (2, &[1250, 2500]),
    (3, &[1250, 1500, 1650, 1665, 1667, 1670]),
    (4, &[1000, 1250]),
    (5, &[500, 1000]),
    (10, &[100, 150, 200, 250, 300, 500]),
    (15, &[100, 150, 200, 250, 300, 333]),
    (20, &[100, 150, 200, 250, 300, 400]),
    (25, &[50, 60, 65, 100, 150, 200]),
    (50, &[50, 60, 65, 70, 75, 100, 120, 125, 150]),
    (75, &[40, 50, 60, 65, 100]),
    (100, &[40, 50, 65]),
    (125, &[40, 50]),
    (150, &[40]),
];

/// The highest leverages of tiers, but for those of one tier in six hundred.
const LEVERAGES: [u32; 20] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 75, 100, 125, 150];

/// What all collateral ratios are multiples of.
const RATIO_STEP: Decimal = Decimal::from_parts(25, 0, 0, false, 3);

/// The last cap of every collateral table.
pub const OPEN_END: Decimal = Decimal::from_parts(1_215_752_191, 23, 0, false, 0);

/// The last cap of every class of cross margin, up to which its ratio is 0.
pub const CLASS_END: Decimal = Decimal::from_parts(1_215_752_192, 23, 0, false, 0);

/// The digits of all but one in thirty caps, without the zeros at their end.
const CAPS: [i128; 21] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 18, 25, 35, 45, 75, 125, 175, 375, 625];

/// Whether a cap has digits that the exchange often uses, or is the open end of collateral.
pub fn cap(value: Decimal) -> bool {
    let mut digits = value.normalize().mantissa();
    while digits != 0 && digits % 10 == 0 {
        digits /= 10;
    }
    CAPS.contains(&digits) || value == OPEN_END
}

/// A maintenance margin rate that is not one of those for its leverage.
pub fn rate(leverage: u32, rate: &Rate) -> Option<String> {
    let (_, rates) = RATES.iter().find(|(usual, _)| *usual == leverage)?;
    let used = rates.iter().any(|hundredths| rate.fraction() == Decimal::new(*hundredths, 4));
    (!used).then(|| format!("rate {} % is unusual for {leverage}x", rate.text()))
}

/// A tier whose highest leverage is rare.
pub fn leverage(leverage: &Leverage) -> Option<String> {
    (!LEVERAGES.contains(&leverage.max)).then(|| format!("leverage {} is unusual", leverage.text))
}

/// A collateral ratio that is 0 or no multiple of 2.5 %.
pub fn ratio(ratio: &Rate) -> Option<String> {
    let rest = ratio.fraction().checked_rem(RATIO_STEP).unwrap_or_default();
    (ratio.fraction().is_zero() || !rest.is_zero()).then(|| format!("ratio {} % is unusual", ratio.text()))
}

/// A rate of half of one over its leverage that is printed with one decimal where it has more.
pub fn rounded(leverage: u32, rate: &Rate) -> Option<String> {
    let steps = Decimal::from(leverage.checked_mul(2)?);
    let percent = decimal::multiply(rate.fraction(), Decimal::ONE_HUNDRED)?;
    if percent.scale() > 1 {
        return None;
    }
    let exact = Decimal::ONE_HUNDRED.checked_div(steps)?;
    let (fine, coarse) = (exact.round_dp(2), exact.round_dp(1));
    (percent != fine && percent == coarse).then(|| {
        format!(
            "rate {} % is probably {} % (half of 1/{leverage}), rounded",
            rate.text(),
            decimal::canonical(fine)
        )
    })
}

/// The rates of a whole table whose decimals differ from those of most others; each with the highest leverage
/// of its tier. A usual rate without any decimals (`10%` among `2.50%`) lacks no digit.
pub fn scales<'a>(rates: impl Iterator<Item = (Option<u32>, &'a Rate)> + Clone) -> Option<String> {
    let decimals =
        |rate: &Rate| rate.text().split_once('.').map_or(0, |(_, decimals)| decimals.len()).min(31);
    let mut counts = [0usize; 32];
    rates.clone().for_each(|(_, rate)| counts[decimals(rate)] += 1);
    let most = (0..32).max_by_key(|&scale| (counts[scale], std::cmp::Reverse(scale)))?;
    let is_sure = |leverage: Option<u32>, shown: &Rate| {
        let known = leverage.is_some_and(|leverage| RATES.iter().any(|(usual, _)| *usual == leverage));
        decimals(shown) == 0 && known && leverage.is_none_or(|leverage| rate(leverage, shown).is_none())
    };
    let odd = rates.filter(|(leverage, rate)| decimals(rate) != most && !is_sure(*leverage, rate));
    let mut unusual: Vec<&str> = odd.map(|(_, rate)| rate.text()).collect();
    unusual.sort_unstable();
    unusual.dedup();
    let list: Vec<String> = unusual.iter().map(|text| format!("{text} %")).collect();
    (!list.is_empty()).then(|| format!("{} among rates with {most} decimals", list.join(", ")))
}
