//! The price at which an isolated position is liquidated, by one table.

use crate::decimal::Decimal;
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
        /// The notional there.
        notional: Decimal,
        /// The place of the tier of that notional.
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
    let found = (position.opened_with(), position.leg(), position.isolated_margin());
    let (Some(opened), Some(leg), Some(margin)) = found else { return Liquidation::Nothing };
    let tiers = rule.tiers();
    if tier_of(tiers, &opened).is_none() {
        let opened = opened.round(Rounding::Up).map_or(Decimal::MAX, |rounded| rounded.value);
        return Liquidation::OpenedAboveLimit(opened);
    }
    if leg.quantity.sign().is_eq() {
        return Liquidation::Nothing;
    }
    let (entry, quantity) = (leg.entry_price.clone(), leg.quantity.clone());
    let group = Group { legs: &[leg], is_inverse: position.is_inverse(), margin, tiers };
    let SafePrices::Between { lower, upper } = safe_prices(&group, Some(&entry)) else {
        return Liquidation::Always;
    };
    let end = if position.side() == Side::Long { lower } else { upper };
    match end {
        End::At(at) => {
            let notional = if position.is_inverse() { quantity.over(&at) } else { Some(quantity.times(&at)) };
            notional.map_or(Liquidation::Never, |notional| at_price(tiers, &at, &notional, position.side()))
        }
        End::Open => Liquidation::Never,
        End::AboveLimit => Liquidation::AboveLimit,
    }
}

fn at_price(tiers: &[Tier], at: &Fraction, notional: &Fraction, side: Side) -> Liquidation {
    let Some(tier) = tier_of(tiers, notional) else { return Liquidation::AboveLimit };
    let Some(price) = price(at, side) else { return Liquidation::TooLong };
    // Rounded, it may be on the other side of a cap.
    let notional = notional.round(Rounding::Up).map_or(Decimal::MAX, |rounded| rounded.value);
    let notional = tier.cap.map_or(notional, |cap| notional.min(cap));
    Liquidation::At { price, notional, tier: tier.number as usize - 1 }
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
