//! A table in whole numbers, for many questions at a time.
//!
//! Caps and notionals count units of 1e-8; rates and amounts keep the digits of their table. A product has up to 38
//! digits, so that nothing is rounded. What does not fit into whole numbers has no such table, and is computed
//! in decimals; both give the same values.

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

/// The tiers of a rule in whole numbers, in one piece of memory: a question touches little of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FixedTable {
    /// The caps of all tiers in units, then their rates, amounts and highest leverages.
    figures: Box<[i64]>,
    tiers: usize,
    rate_scale: u32,
    amount_scale: u32,
}

impl FixedTable {
    /// The table of a rule; `None` where some figure does not fit.
    pub fn of(rule: &Rule) -> Option<FixedTable> {
        let tiers = rule.tiers();
        let scale = |of: fn(&Tier) -> Decimal| tiers.iter().map(|tier| of(tier).normalize().scale()).max();
        let (rate_scale, amount_scale) = (scale(|tier| tier.rate)?, scale(|tier| tier.amount)?);
        if rate_scale.max(amount_scale) > MOST_DECIMALS {
            return None;
        }
        // No notional in units is above the largest number: that is no limit.
        let cap =
            |tier: &Tier| tier.cap.map_or(Some(i64::MAX), |cap| Some(Fixed::of(cap.normalize())?.units));
        let caps = tiers.iter().map(cap);
        let rates = tiers.iter().map(|tier| digits_at(tier.rate, rate_scale));
        let amounts = tiers.iter().map(|tier| digits_at(tier.amount, amount_scale));
        let leverages = tiers.iter().map(|tier| Some(i64::from(tier.max_leverage().unwrap_or(0))));
        let figures: Option<Vec<i64>> = caps.chain(rates).chain(amounts).chain(leverages).collect();
        Some(FixedTable { figures: figures?.into(), tiers: tiers.len(), rate_scale, amount_scale })
    }

    /// The place of the tier that contains a notional; `None` above the last cap.
    pub fn tier_at(&self, notional: Fixed) -> Option<usize> {
        let is_below = |cap: &i64| *cap < notional.units;
        let caps = self.figures.get(..self.tiers)?;
        // Of a few tiers counting the caps below is quicker than halving.
        let below = match caps.len() {
            ..=16 => caps.iter().map(|cap| usize::from(is_below(cap))).sum(),
            _ => caps.partition_point(is_below),
        };
        (below < self.tiers).then_some(below)
    }

    /// The rate of a tier.
    pub fn rate(&self, tier: usize) -> Option<Decimal> {
        decimal::without_zeros(i128::from(*self.figures.get(self.tiers + tier)?), self.rate_scale)
    }

    /// The amount of a tier.
    pub fn amount(&self, tier: usize) -> Option<Decimal> {
        decimal::without_zeros(i128::from(*self.figures.get(2 * self.tiers + tier)?), self.amount_scale)
    }

    /// The highest leverage of a tier; 0 where it has none.
    pub fn leverage(&self, tier: usize) -> u32 {
        self.figures.get(3 * self.tiers + tier).map_or(0, |leverage| *leverage as u32)
    }

    /// Notional × rate − amount of a tier, without trailing zeros; `None` where that is left to decimals, because
    /// there are too many digits.
    pub fn value(&self, tier: usize, notional: Fixed) -> Option<Decimal> {
        let rate = *self.figures.get(self.tiers + tier)?;
        let amount = *self.figures.get(2 * self.tiers + tier)?;
        let product_scale = notional.scale + self.rate_scale;
        let scale = product_scale.max(self.amount_scale);
        let product = raised(i128::from(notional.digits) * i128::from(rate), scale - product_scale)?;
        let amount = raised(i128::from(amount), scale - self.amount_scale)?;
        decimal::without_zeros(product - amount, scale)
    }
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
