//! The price at which an isolated position is liquidated, by one table.

use crate::decimal::Decimal;
use crate::liquidation::alone::LiquidatedAt;
use crate::liquidation::fraction::{Fraction, Rounded, Rounding};
use crate::liquidation::{End, Group, SafePrices, Side, maintenance_margin, price, safe_prices, tier_of};
use crate::query::eval::initial_margin::not_allowed;
use crate::query::plan::isolated::{Isolated, IsolatedMargin};
use crate::query::rows::{Status, Warning};
use crate::rule::{Rule, Tier};

/// What liquidates a position.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Liquidation {
    /// A price.
    At {
        /// That price, on the safe side.
        price: Rounded,
        /// The place of the tier of the notional there.
        tier: usize,
    },
    /// No price does.
    Never,
    /// It has no size, or no entry price.
    Nothing,
    /// Every price does.
    Always,
    /// Its notional is above the last cap already when it is opened.
    OpenedAboveLimit(Decimal),
    /// Its notional would be above the last cap at the price.
    AboveLimit,
    /// A price of too many digits.
    TooLong,
}

impl Liquidation {
    /// What becomes of the question for the price.
    pub(super) fn status(self) -> Status {
        match self {
            Liquidation::At { .. } => Status::Value,
            Liquidation::Never | Liquidation::Nothing => Status::NoLimit,
            Liquidation::OpenedAboveLimit(_) | Liquidation::AboveLimit => Status::AboveLimit,
            Liquidation::Always | Liquidation::TooLong => Status::Unknown,
        }
    }

    /// Why there is no price.
    pub(super) fn message(self) -> &'static str {
        match self {
            Liquidation::At { .. } => "",
            Liquidation::Never => "no price liquidates it: its margin covers every loss",
            Liquidation::Nothing => "a position without size or entry price has no liquidation price",
            Liquidation::Always => "its margin is below the maintenance margin at every price",
            Liquidation::OpenedAboveLimit(_) => "its notional is above the last cap",
            Liquidation::AboveLimit => {
                "at the price that would liquidate it its notional is above the last cap: no rule is known for it"
            }
            Liquidation::TooLong => "the price needs more than 28 digits",
        }
    }
}

/// What liquidates a position under the tiers of a rule.
pub(super) fn liquidation(rule: &Rule, position: Isolated) -> Liquidation {
    alone(rule.tiers(), position).unwrap_or_else(|| in_general(rule.tiers(), position))
}

/// As [`liquidation`], in decimals; `None` where these do not tell.
fn alone(tiers: &[Tier], position: Isolated) -> Option<Liquidation> {
    let alone = position.in_decimals()?;
    if alone.is_above_limit(tiers)? {
        return None;
    }
    Some(match alone.liquidated_at(tiers)? {
        LiquidatedAt::Nowhere => Liquidation::Never,
        LiquidatedAt::AboveLimit => Liquidation::AboveLimit,
        LiquidatedAt::Price(at, tier) => match price(&at, position.side()) {
            Some(price) => Liquidation::At { price, tier },
            None => Liquidation::TooLong,
        },
    })
}

/// As [`liquidation`], in fractions of any length.
fn in_general(tiers: &[Tier], position: Isolated) -> Liquidation {
    let found = (position.opened_with(), position.leg(), position.isolated_margin());
    let (Some(opened), Some(leg), Some(margin)) = found else { return Liquidation::Nothing };
    if tier_of(tiers, &opened).is_none() {
        let opened = opened.round(Rounding::Up).map_or(Decimal::MAX, |rounded| rounded.value);
        return Liquidation::OpenedAboveLimit(opened);
    }
    if leg.quantity.sign().is_eq() {
        return Liquidation::Nothing;
    }
    let (entry, quantity) = (leg.entry_price.clone(), leg.quantity.clone());
    let group = Group { legs: &[leg], is_inverse: position.is_inverse(), margin, tiers };
    let (lower, upper) = match safe_prices(&group, Some(&entry)) {
        SafePrices::Between { lower, upper } => (lower, upper),
        SafePrices::Nowhere => return Liquidation::Always,
        SafePrices::TooLong => return Liquidation::TooLong,
    };
    let end = if position.side() == Side::Long { lower } else { upper };
    match end {
        End::At(at) => {
            let notional = if position.is_inverse() { quantity.over(&at) } else { Some(quantity.times(&at)) };
            let Some(notional) = notional else { return Liquidation::Never };
            let Some(tier) = tier_of(tiers, &notional) else { return Liquidation::AboveLimit };
            let tier = tier.number as usize - 1;
            price(&at, position.side()).map_or(Liquidation::TooLong, |price| Liquidation::At { price, tier })
        }
        End::Open => Liquidation::Never,
        End::AboveLimit => Liquidation::AboveLimit,
    }
}

/// A notional in the tier in which a position is liquidated at a price: that of the price, as far as it is in it.
pub(super) fn notional_at(tier: &Tier, position: Isolated, price: Rounded) -> Option<Decimal> {
    let (leg, price) = (position.leg()?, Fraction::from(price.value));
    let notional =
        if position.is_inverse() { leg.quantity.over(&price)? } else { leg.quantity.times(&price) };
    // Rounded, it may be on the other side of a cap.
    let notional = notional.round(Rounding::Up).map_or(Decimal::MAX, |rounded| rounded.value);
    Some(tier.cap.map_or(notional, |cap| notional.min(cap)))
}

/// What should be known of the price of a position.
pub(super) fn warnings_of(rule: &Rule, position: Isolated, price: Rounded) -> Vec<Warning> {
    let opened = position.opened_with();
    let tier = opened.as_ref().and_then(|opened| Some((opened, tier_of(rule.tiers(), opened)?)));
    let leverage = match (tier, position.margin()) {
        (Some((opened, tier)), IsolatedMargin::Leverage(leverage)) => {
            let opened = opened.round(Rounding::Up).map_or(Decimal::MAX, |rounded| rounded.value);
            not_allowed(tier, opened, rule.unit(), leverage)
        }
        _ => None,
    };
    let is_liquidated = tier
        .zip(position.isolated_margin())
        .is_some_and(|((opened, tier), margin)| maintenance_margin(tier, opened).compare(&margin).is_ge());
    let at_once = is_liquidated.then(|| {
        "at the entry price the margin does not exceed the maintenance margin: it is liquidated at once"
            .to_string()
    });
    let side = if position.side() == Side::Long { "up" } else { "down" };
    let rounded = price
        .is_rounded
        .then(|| format!("the price does not end; it is rounded {side}, which is the safe side"));
    let found = [("leverage_not_allowed", leverage), ("liquidated_at_entry", at_once), ("rounded", rounded)];
    found.into_iter().filter_map(|(code, message)| Some(Warning { code, message: message? })).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rule::{Number, PrintedTier, Rate};
    use crate::statement::Program;
    use crate::text::Span;

    /// Tiers with these widths, whose rates rise by thousandths.
    fn tiers(steps: &[(u32, u32)], is_open: bool) -> Vec<Tier> {
        let (mut cap, mut rate) = (Decimal::ZERO, 0);
        let printed = steps.iter().enumerate().map(|(place, (width, more))| {
            (cap, rate) = (cap + Decimal::new(i64::from(*width), 1), rate + i64::from(*more));
            let is_last = is_open && place + 1 == steps.len();
            PrintedTier {
                leverage: None,
                floor: Number::with_text("", Decimal::ZERO),
                cap: if is_last { Number::no_limit("") } else { Number::with_text("", cap) },
                rate: Rate::from_fraction(Decimal::new(rate, 3)).expect("a rate"),
                cells: vec![Span::new(0, 1)],
            }
        });
        Rule::collateral("USDT", None, printed.collect()).expect("a table").tiers().to_vec()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn decimals_and_fractions_find_the_same_price(
            steps in prop::collection::vec((1_u32..100_000, 1_u32..60), 1..8),
            (is_open, is_long, is_inverse, is_in_units) in any::<(bool, bool, bool, bool)>(),
            size in 0_i64..10_000_000, entry in 1_i64..1_000_000, leverage in 1_u32..50,
            amount in prop::option::of(-1_000_i64..10_000_000), on_cap in prop::option::of(0_usize..8),
        ) {
            let tiers = tiers(&steps, is_open);
            let side = if is_long { Side::Long } else { Side::Short };
            let (size, entry) = (Decimal::new(size, 2), Decimal::new(entry, 4));
            // The margin with which a notional on a cap is the one at which a position is liquidated.
            let on_cap = on_cap.and_then(|place| {
                let tier = tiers.get(place)?;
                let (cap, maintenance) = (tier.cap?, tier.value(tier.cap?)?);
                let loss = if is_long == is_inverse { cap - size } else { size - cap };
                Some(loss + maintenance).filter(|margin| *margin > Decimal::ZERO && !is_in_units)
            });
            let amount = on_cap.or(amount.map(|amount| Decimal::new(amount, 3)));
            let margin = amount.map_or(IsolatedMargin::Leverage(leverage), IsolatedMargin::Amount);
            let position = match is_in_units {
                true => Isolated::of_units(side, size, entry, margin),
                false => Isolated::new(side, size, entry, margin),
            };
            let position = position.on(if is_inverse { Program::Coinm } else { Program::Usdm });
            if let Some(found) = alone(&tiers, position) {
                prop_assert_eq!(found, in_general(&tiers, position), "{:?}", position);
            } else {
                let is_left = matches!(in_general(&tiers, position), Liquidation::Nothing | Liquidation::OpenedAboveLimit(_));
                prop_assert!(is_left || amount.is_some_and(|amount| amount < Decimal::ZERO), "{:?}", position);
            }
        }
    }
}
