//! A table in whole numbers, for many questions at a time.
//!
//! Caps and notionals count units of 1e-8; rates and amounts keep the digits of their table. A product has up to 38
//! digits, so that nothing is rounded. What does not fit into whole numbers has no such table, and is computed
//! in decimals; both give the same values.

use std::num::NonZeroU16;

use crate::decimal::{self, Decimal, POWERS};
use crate::rule::{Rule, Tier};
use crate::sorted::{Highs, below, count_of_highs, highs};

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

/// The figures of tables in whole numbers, close together: a question touches little of it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Figures {
    tiers: Vec<FixedTier>,
    /// The caps of the tiers in units.
    caps: Vec<i64>,
    /// The high halves of the caps of each table.
    highs: Vec<Highs>,
}

/// A reference to figures, without another one between.
#[derive(Clone, Copy)]
pub struct FiguresRef<'a> {
    tiers: &'a [FixedTier],
    caps: &'a [i64],
    highs: &'a [Highs],
}

/// Where a table is among the figures, so that nothing is between who has this and them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FixedTable {
    first_tier: u32,
    first_high: u32,
    tiers: NonZeroU16,
    rate_scale: u8,
    amount_scale: u8,
}

/// The figures of a tier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FixedTier {
    rate: i64,
    amount: i64,
    /// The highest leverage; 0 where it has none.
    pub leverage: u32,
}

/// Where a notional is among the tiers of a table.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum PlaceInTiers {
    /// In the tier with this index, which has these figures.
    In(u32, FixedTier),
    /// Above the last cap.
    AboveLast,
    /// Decimals decide: the table or the notional is no whole number, or there is no table.
    #[default]
    Open,
}

impl Figures {
    /// Adds the table of a rule; `None` where some figure does not fit, and then nothing is added.
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
        let figures = |tier: &Tier| {
            let (rate, amount) = (digits_at(tier.rate, rate_scale)?, digits_at(tier.amount, amount_scale)?);
            Some(FixedTier { rate, amount, leverage: tier.max_leverage().unwrap_or(0) })
        };
        let caps: Vec<i64> = tiers.iter().map(cap).collect::<Option<_>>()?;
        let added: Vec<FixedTier> = tiers.iter().map(figures).collect::<Option<_>>()?;
        let table = FixedTable {
            first_tier: u32::try_from(self.tiers.len()).ok()?,
            first_high: u32::try_from(self.highs.len()).ok()?,
            tiers: NonZeroU16::new(u16::try_from(tiers.len()).ok()?)?,
            rate_scale: rate_scale as u8,
            amount_scale: amount_scale as u8,
        };
        self.highs.extend(highs(&caps));
        self.caps.extend(caps);
        self.tiers.extend(added);
        Some(table)
    }

    /// A reference.
    #[inline]
    pub fn as_ref(&self) -> FiguresRef<'_> {
        FiguresRef { tiers: &self.tiers, caps: &self.caps, highs: &self.highs }
    }
}

impl FiguresRef<'_> {
    /// Where a notional is among the tiers of a table.
    #[inline]
    pub fn place(self, table: Option<FixedTable>, notional: Option<Fixed>) -> PlaceInTiers {
        let (Some(table), Some(notional)) = (table, notional) else { return PlaceInTiers::Open };
        let (first, first_high) = (table.first_tier as usize, table.first_high as usize);
        let count = usize::from(table.tiers.get());
        let highs = self.highs.get(first_high..first_high + count_of_highs(count));
        let (Some(highs), Some(caps)) = (highs, self.caps.get(first..first + count)) else {
            return PlaceInTiers::Open;
        };
        let below = below(highs, caps, notional.units);
        match self.tiers.get(first + below) {
            Some(tier) if below < count => PlaceInTiers::In(below as u32, *tier),
            _ => PlaceInTiers::AboveLast,
        }
    }
}

impl FixedTier {
    /// The rate.
    pub fn rate(self, table: FixedTable) -> Option<Decimal> {
        decimal::without_zeros(i128::from(self.rate), table.rate_scale.into())
    }

    /// The amount.
    pub fn amount(self, table: FixedTable) -> Option<Decimal> {
        decimal::without_zeros(i128::from(self.amount), table.amount_scale.into())
    }

    /// Notional × rate − amount, without trailing zeros; `None` where that is left to decimals, because there are too
    /// many digits.
    #[allow(
        clippy::inline_always,
        reason = "a row is some tens of instructions, and a call moves half as many"
    )]
    #[inline(always)]
    pub fn value(self, table: FixedTable, notional: Fixed) -> Option<Decimal> {
        let product_scale = notional.scale + u32::from(table.rate_scale);
        let scale = product_scale.max(table.amount_scale.into());
        let zeros = [scale - product_scale, scale - u32::from(table.amount_scale)];
        match short_difference(notional.digits, self.rate, self.amount, zeros) {
            Some(digits) => decimal::short_without_zeros(digits, scale),
            None => {
                let product = raised(i128::from(notional.digits) * i128::from(self.rate), zeros[0])?;
                decimal::without_zeros(product - raised(i128::from(self.amount), zeros[1])?, scale)
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
