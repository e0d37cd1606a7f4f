//! A table in whole numbers, for many questions at a time.
//!
//! Caps and notionals count units of 1e-8; rates and amounts keep the digits of their table. What does not fit into 64
//! bits is computed in decimals; both give the same values.

use std::num::NonZeroU16;

use crate::decimal::{Decimal, POWERS, Short};
use crate::rule::{Rule, Tier};
use crate::sorted::{Highs, below, count_of_highs, highs};

/// The decimals of caps and notionals.
pub const DECIMALS: u32 = 8;

/// The most decimals of a rate, and of an amount: with those of a notional a value has at most 18.
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
    #[inline]
    pub fn of_units(units: i64) -> Option<Fixed> {
        const HALF: i64 = POWERS[DECIMALS as usize / 2];
        // Fewer digits leave more room for those of a rate.
        let is_round = units % HALF == 0;
        let (digits, scale) = if is_round { (units / HALF, DECIMALS / 2) } else { (units, DECIMALS) };
        (units >= 0).then_some(Fixed { digits, scale, units })
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

    /// Where a notional is among the tiers of a table.
    #[inline]
    pub fn place(&self, table: Option<FixedTable>, notional: Option<Fixed>) -> PlaceInTiers {
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
    #[inline]
    pub fn rate(self, table: FixedTable) -> Short {
        Short { digits: self.rate, scale: table.rate_scale.into() }
    }

    /// The amount.
    #[inline]
    pub fn amount(self, table: FixedTable) -> Short {
        Short { digits: self.amount, scale: table.amount_scale.into() }
    }

    /// Notional × rate − amount; `None` where 64 bits do not hold it.
    #[inline]
    pub fn value(self, table: FixedTable, notional: Fixed) -> Option<Short> {
        let product_scale = notional.scale + u32::from(table.rate_scale);
        let scale = product_scale.max(table.amount_scale.into());
        let raised = |digits: i64, from: u32| digits.checked_mul(*POWERS.get((scale - from) as usize)?);
        let product = raised(notional.digits.checked_mul(self.rate)?, product_scale)?;
        let digits = product.checked_sub(raised(self.amount, table.amount_scale.into())?)?;
        Some(Short { digits, scale })
    }
}

/// The digits of a number at a scale.
fn digits_at(number: Decimal, scale: u32) -> Option<i64> {
    let number = number.normalize();
    let digits = i64::try_from(number.mantissa()).ok()?;
    digits.checked_mul(*POWERS.get(scale.checked_sub(number.scale())? as usize)?)
}
