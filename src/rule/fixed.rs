//! A table in whole numbers, for many questions at a time.
//!
//! Caps and notionals count units of 1e-8; rates and amounts keep the digits of their table. A product has up to 38
//! digits, so that nothing is rounded. What does not fit into whole numbers has no such table, and is computed
//! in decimals; both give the same values.

use std::num::NonZeroU16;

use crate::decimal::{self, Decimal, POWERS};
use crate::rule::{Rule, Tier};

/// The decimals of caps and notionals.
pub const DECIMALS: u32 = 8;

/// The most decimals of a rate, and of an amount: with as many of a notional they stay within 28 digits.
const MOST_DECIMALS: u32 = 10;

/// A number of at most [`DECIMALS`] decimals: its digits, how many of them are decimals, and its units of 1e-8.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fixed {
    digits: i64,
    scale: u32,
    units: i64,
}

impl Fixed {
    /// A number that is not below zero; `None` where it does not fit.
    #[inline]
    pub fn of(number: Decimal) -> Option<Fixed> {
        let digits = i64::try_from(number.mantissa()).ok().filter(|digits| *digits >= 0)?;
        let power = POWERS.get(DECIMALS.checked_sub(number.scale())? as usize)?;
        Some(Fixed { digits, scale: number.scale(), units: digits.checked_mul(*power)? })
    }

    /// A number of units of 1e-8; `None` below zero.
    pub fn of_units(units: i64) -> Option<Fixed> {
        (units >= 0).then_some(Fixed { digits: units, scale: DECIMALS, units })
    }
}

/// Tables in whole numbers, in one piece of memory: a question touches little of it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Figures(Vec<i64>);

/// Where a table is among the figures, so that nothing is between who has this and them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FixedTable {
    start: u32,
    tiers: NonZeroU16,
    rate_scale: u8,
    amount_scale: u8,
}

/// The figures of a tier: its rate, its amount, and its highest leverage, 0 where it has none.
const OF_A_TIER: usize = 3;

impl Figures {
    /// Adds the table of a rule: the caps of all tiers in units, then what else each tier has. `None` where some
    /// figure does not fit; then nothing is added.
    pub fn add(&mut self, rule: &Rule) -> Option<FixedTable> {
        let tiers = rule.tiers();
        let scale = |of: fn(&Tier) -> Decimal| tiers.iter().map(|tier| of(tier).normalize().scale()).max();
        let (rate_scale, amount_scale) = (scale(|tier| tier.rate)?, scale(|tier| tier.amount)?);
        if rate_scale.max(amount_scale) > MOST_DECIMALS {
            return None;
        }
        // No notional in units is above the largest number: that is no limit.
        let cap =
            |tier: &Tier| tier.cap.map_or(Some(i64::MAX), |cap| Some(Fixed::of(cap.normalize())?.units));
        let others = |tier: &Tier| -> [Option<i64>; OF_A_TIER] {
            let leverage = i64::from(tier.max_leverage().unwrap_or(0));
            [digits_at(tier.rate, rate_scale), digits_at(tier.amount, amount_scale), Some(leverage)]
        };
        let added: Option<Vec<i64>> = tiers.iter().map(cap).chain(tiers.iter().flat_map(others)).collect();
        let table = FixedTable {
            start: u32::try_from(self.0.len()).ok()?,
            tiers: NonZeroU16::new(u16::try_from(tiers.len()).ok()?)?,
            rate_scale: rate_scale as u8,
            amount_scale: amount_scale as u8,
        };
        self.0.extend(added?);
        Some(table)
    }

    /// The place of the tier that contains a notional; `None` above the last cap.
    #[inline]
    pub fn tier_at(&self, table: FixedTable, notional: Fixed) -> Option<usize> {
        let is_below = |cap: &i64| *cap < notional.units;
        let (start, tiers) = (table.start as usize, usize::from(table.tiers.get()));
        let caps = self.0.get(start..start + tiers)?;
        // Of a few tiers counting the caps below is quicker than halving.
        let below = match tiers {
            ..=16 => caps.iter().map(|cap| usize::from(is_below(cap))).sum(),
            _ => caps.partition_point(is_below),
        };
        (below < tiers).then_some(below)
    }

    #[inline]
    fn tier(&self, table: FixedTable, tier: usize) -> Option<&[i64; OF_A_TIER]> {
        let start = table.start as usize + usize::from(table.tiers.get()) + OF_A_TIER * tier;
        self.0.get(start..start + OF_A_TIER)?.try_into().ok()
    }

    /// The rate of a tier.
    pub fn rate(&self, table: FixedTable, tier: usize) -> Option<Decimal> {
        let [rate, ..] = self.tier(table, tier)?;
        decimal::without_zeros(i128::from(*rate), table.rate_scale.into())
    }

    /// The amount of a tier.
    pub fn amount(&self, table: FixedTable, tier: usize) -> Option<Decimal> {
        let [_, amount, _] = self.tier(table, tier)?;
        decimal::without_zeros(i128::from(*amount), table.amount_scale.into())
    }

    /// The highest leverage of a tier; 0 where it has none.
    #[inline]
    pub fn leverage(&self, table: FixedTable, tier: usize) -> u32 {
        self.tier(table, tier).map_or(0, |[.., leverage]| *leverage as u32)
    }

    /// Notional × rate − amount of a tier, without trailing zeros; `None` where that is left to decimals, because
    /// there are too many digits.
    #[allow(clippy::inline_always, reason = "a row is some tens of instructions, and a call moves half as many")]
    #[inline(always)]
    pub fn value(&self, table: FixedTable, tier: usize, notional: Fixed) -> Option<Decimal> {
        let [rate, amount, _] = *self.tier(table, tier)?;
        let product_scale = notional.scale + u32::from(table.rate_scale);
        let scale = product_scale.max(table.amount_scale.into());
        let zeros = [scale - product_scale, scale - u32::from(table.amount_scale)];
        match short_difference(notional.digits, rate, amount, zeros) {
            Some(digits) => decimal::short_without_zeros(digits, scale),
            None => {
                let product = raised(i128::from(notional.digits) * i128::from(rate), zeros[0])?;
                decimal::without_zeros(product - raised(i128::from(amount), zeros[1])?, scale)
            }
        }
    }
}

/// `digits × rate − amount`, the product and the amount with so many more zeros; `None` where 64 bits do not hold it.
#[inline]
fn short_difference(digits: i64, rate: i64, amount: i64, zeros: [u32; 2]) -> Option<i64> {
    let [raise, raise_amount] = zeros.map(|zeros| POWERS.get(zeros as usize).copied());
    let product = digits.checked_mul(rate)?.checked_mul(raise?)?;
    product.checked_sub(amount.checked_mul(raise_amount?)?)
}

/// Far less than the 28 digits that a decimal has.
const MOST: i128 = 1 << 90;

/// A number with so many more zeros; `None` where it has too many digits.
fn raised(number: i128, zeros: u32) -> Option<i128> {
    if !(-MOST..=MOST).contains(&number) {
        return None;
    }
    let raised =
        if zeros == 0 { number } else { number.checked_mul(i128::from(*POWERS.get(zeros as usize)?))? };
    (-MOST..=MOST).contains(&raised).then_some(raised)
}

/// The digits of a number at a scale.
fn digits_at(number: Decimal, scale: u32) -> Option<i64> {
    let number = number.normalize();
    i64::try_from(raised(number.mantissa(), scale.checked_sub(number.scale())?)?).ok()
}
