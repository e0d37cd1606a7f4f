//! One position alone, in decimals, for many at a time.
//!
//! Along its notional the margin balance less the maintenance margin only rises or only falls, because every rate is below
//! 1: so the tier in which it is 0 is found by halving, and one division gives the price. What has too many digits is
//! left to [`safe_prices`](super::safe_prices), which gives the same price.

use super::fraction::Fraction;
use crate::decimal::{Decimal, add, multiply, subtract};
use crate::rule::Tier;

/// A position. Its notional when it was opened and its margin are in parts of which `parts` make one unit of the currency
/// of the table, so that both are exact.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Alone {
    /// Its notional at the entry price, above 0.
    pub opened: Decimal,
    /// Its margin.
    pub margin: Decimal,
    /// How many of these are one unit of the currency.
    pub parts: Decimal,
    /// The price at which it was opened, above 0.
    pub entry_price: Decimal,
    /// Whether it gains where its notional rises.
    pub gains: bool,
    /// Whether profit is in the coin, so that the notional falls where the price rises.
    pub is_inverse: bool,
}

/// Where a position is liquidated.
#[derive(Clone, Debug)]
pub enum LiquidatedAt {
    /// At this price, with a notional in the tier at this place.
    Price(Fraction, usize),
    /// At none.
    Nowhere,
    /// At a notional above the last cap.
    AboveLimit,
}

impl Alone {
    /// Whether its notional is above the last cap when it is opened; `None` where a figure has too many digits.
    pub fn is_above_limit(&self, tiers: &[Tier]) -> Option<bool> {
        match tiers.last().map(|tier| tier.cap) {
            Some(Some(cap)) => Some(self.opened > multiply(cap, self.parts)?),
            last => Some(last.is_none()),
        }
    }

    /// Where it is liquidated by some tiers; `None` where decimals do not tell.
    pub fn liquidated_at(&self, tiers: &[Tier]) -> Option<LiquidatedAt> {
        if self.margin.is_sign_negative() || tiers.iter().any(|tier| tier.rate >= Decimal::ONE) {
            return None;
        }
        if self.gains && self.margin >= self.opened {
            return Some(LiquidatedAt::Nowhere);
        }
        let (mut first, mut end, mut on_cap) = (0, tiers.len(), None);
        while first < end {
            let middle = usize::midpoint(first, end);
            let tier = tiers.get(middle)?;
            let has_ended = match tier.cap {
                Some(cap) => {
                    let excess = self.excess(tier, cap)?;
                    on_cap = if excess.is_zero() { Some(cap) } else { on_cap };
                    if self.gains { excess <= Decimal::ZERO } else { excess > Decimal::ZERO }
                }
                None => false,
            };
            (first, end) = if has_ended { (middle + 1, end) } else { (first, middle) };
        }
        match tiers.get(first) {
            None => Some(LiquidatedAt::AboveLimit),
            Some(tier) => {
                // A notional on a cap is still in the tier below.
                let below = on_cap.and_then(|cap| tiers.iter().position(|tier| tier.cap == Some(cap)));
                Some(LiquidatedAt::Price(self.price_in(tier)?, below.unwrap_or(first)))
            }
        }
    }

    /// The balance less the maintenance margin of a tier at a notional.
    fn excess(&self, tier: &Tier, notional: Decimal) -> Option<Decimal> {
        let rest = add(multiply(notional, self.slope(tier)?)?, tier.amount)?;
        subtract(multiply(rest, self.parts)?, self.least()?)
    }

    /// What the balance less the maintenance margin of a tier gains with the notional.
    fn slope(&self, tier: &Tier) -> Option<Decimal> {
        subtract(if self.gains { Decimal::ONE } else { Decimal::NEGATIVE_ONE }, tier.rate)
    }

    /// Less what the balance is at a notional of 0.
    fn least(&self) -> Option<Decimal> {
        if self.gains { subtract(self.opened, self.margin) } else { Some(-add(self.opened, self.margin)?) }
    }

    /// The price at which the balance is the maintenance margin of a tier.
    fn price_in(&self, tier: &Tier) -> Option<Fraction> {
        // The notional is `at` ÷ (`slope` · parts).
        let at = subtract(self.least()?, multiply(tier.amount, self.parts)?)?;
        let (above, below) =
            (Fraction::from(at), Fraction::from(self.opened).times(&self.slope(tier)?.into()));
        let ratio = if self.is_inverse { below.over(&above) } else { above.over(&below) };
        Some(ratio?.times(&self.entry_price.into()))
    }
}
