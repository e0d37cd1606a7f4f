//! Numbers for people: separators and percents, every digit kept.

use std::cmp::Ordering;

pub use crate::decimal::grouped;
use crate::decimal::{self, Decimal};
use crate::query::plan::at::Argument;
use crate::query::syntax::measure::Measure;
use crate::statement::Subject;

/// The fraction `0.1667` as `16.67 %`.
pub fn percent(fraction: Decimal) -> String {
    match decimal::multiply(fraction, Decimal::ONE_HUNDRED) {
        Some(percent) => format!("{} %", decimal::canonical(percent)),
        None => decimal::canonical(fraction),
    }
}

/// By how much a figure differs: `+1,351`, `−2.5 %`, `±0`; `shown` is how such figures are written.
pub fn signed(by: Decimal, shown: impl Fn(Decimal) -> String) -> String {
    match by.cmp(&Decimal::ZERO) {
        Ordering::Greater => format!("+{}", shown(by)),
        Ordering::Less => format!("−{}", shown(-by)),
        Ordering::Equal => "±0".to_string(),
    }
}

/// A value of a measure in its unit.
pub fn value(value: Decimal, measure: Measure, unit: &str) -> String {
    match measure {
        Measure::Mmr | Measure::Ratio => percent(value),
        Measure::MaxLeverage => format!("{}x", decimal::canonical(value)),
        Measure::Tier => format!("tier {}", decimal::canonical(value)),
        _ => format!("{} {unit}", grouped(value)),
    }
}

/// What follows the subject of a question: ` at 60,000`, ` long 60,000 entry 0.02 with 5x`.
pub fn asked(argument: Argument) -> String {
    match argument {
        Argument::Isolated(_) => format!(" {}", at(argument)),
        _ => format!(" at {}", at(argument)),
    }
}

/// A notional with separators, a leverage, or a position.
pub fn at(at: Argument) -> String {
    match at {
        Argument::Amount(amount) => grouped(amount),
        Argument::Leverage(leverage) => format!("{leverage}x"),
        Argument::AmountWith(amount, leverage) => format!("{} with {leverage}x", grouped(amount)),
        Argument::Isolated(position) => {
            position.clauses(grouped).map(|(word, value)| format!("{word} {value}")).join(" ")
        }
    }
}

/// A round figure with few letters, as the language reads it: `500k`, `1.5m`, `2b`; any other with separators.
pub fn short(value: Decimal) -> String {
    let units = [("b", 1_000_000_000_u32), ("m", 1_000_000), ("k", 1_000)];
    let part = |(unit, size): (&str, u32)| {
        let share = decimal::canonical(value.checked_div(size.into())?);
        (value >= size.into() && share.len() <= 4).then(|| format!("{share}{unit}"))
    };
    units.into_iter().find_map(part).unwrap_or_else(|| grouped(value))
}

/// What the bounds of a table are about: the notional of a contract, the amount of an asset.
pub fn position(subject: &Subject) -> &'static str {
    if subject.program().has_contracts() { "notional" } else { "amount" }
}

/// A measure as the title of a column: the query word `margin` means the maintenance margin.
pub fn title(measure: Measure) -> &'static str {
    match measure {
        Measure::Margin => "maintenance margin",
        Measure::LiquidationPrice => "liquidation price",
        measure => measure.words(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_is_kept_and_groups_have_three() {
        for (plain, shown) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("1234567.50", "1,234,567.5"),
            ("-25744", "-25,744"),
        ] {
            assert_eq!(grouped(plain.parse().unwrap()), shown);
        }
        assert_eq!(percent("0.1667".parse().unwrap()), "16.67 %");
        assert_eq!(percent("1".parse().unwrap()), "100 %");
        assert_eq!(percent("0.0333".parse().unwrap()), "3.33 %");
    }

    #[test]
    fn short_figures_are_exact_and_read_back() {
        for (plain, shown) in [("500000", "500k"), ("1500000", "1.5m"), ("2000000000", "2b"), ("999", "999")]
        {
            assert_eq!(short(plain.parse().unwrap()), shown);
        }
        assert_eq!(short("1234567".parse().unwrap()), "1,234,567");
    }

    #[test]
    fn a_difference_bears_its_sign() {
        assert_eq!(signed("1351".parse().unwrap(), grouped), "+1,351");
        assert_eq!(signed("-0.025".parse().unwrap(), percent), "−2.5 %");
        assert_eq!(signed("0.00".parse().unwrap(), percent), "±0");
    }
}
