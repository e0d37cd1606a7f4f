//! Safe prices by the formula as it is written, leg by leg at each bound: the number of legs cubed.

use std::cmp::Ordering;

use crate::decimal::Decimal;
use crate::liquidation::fraction::Fraction;
use crate::liquidation::{End, Group, Side, maintenance_margin, tier_of};
use crate::rule::Tier;

fn signed(side: Side, number: &Fraction) -> Fraction {
    if side == Side::Long { number.clone() } else { number.negative() }
}

/// The balance of a group less its maintenance margin, along the variable.
pub struct Excess<'a> {
    group: &'a Group<'a>,
    /// The balance where the variable is 0.
    constant: Fraction,
    /// What the balance gains for each unit of the variable.
    gain: Fraction,
}

/// A value of the variable, and the excess there.
struct Knot {
    at: Fraction,
    excess: Fraction,
}

impl<'a> Excess<'a> {
    pub fn of(group: &'a Group<'a>) -> Excess<'a> {
        let (mut constant, mut gain) = (group.margin.clone(), Fraction::zero());
        for leg in group.legs {
            let opened_at = match group.is_inverse {
                true => leg.quantity.over(&leg.entry_price).map(|value| value.negative()),
                false => Some(leg.quantity.times(&leg.entry_price)),
            };
            constant = constant.minus(&signed(leg.side, &opened_at.unwrap_or_else(Fraction::zero)));
            gain = gain.plus(&signed(leg.side, &leg.quantity));
        }
        Excess { group, constant, gain: if group.is_inverse { gain.negative() } else { gain } }
    }

    /// The intervals in which it is above 0, in order.
    pub fn intervals(&self) -> Vec<(End, End)> {
        let mut before = Knot { at: Fraction::zero(), excess: self.constant.clone() };
        let mut found = Vec::new();
        // The variable is above 0: what begins to be safe at 0 is so from the start.
        let is_safe_above = before.excess.sign().is_eq() && self.slope_above(&before.at).sign().is_gt();
        let mut begun = (before.is_safe() || is_safe_above).then_some(End::Open);
        for at in self.bounds() {
            let knot = Knot { excess: self.at(&at), at };
            match (begun.take(), knot.is_safe()) {
                (None, true) => begun = Some(End::At(before.zero_until(&knot))),
                (Some(lower), false) => found.push((lower, End::At(before.zero_until(&knot)))),
                (same, _) => begun = same,
            }
            before = knot;
        }
        let slope = self.slope_above(&before.at);
        let has_limit = self.group.tiers.last().is_none_or(|tier| tier.cap.is_some());
        match (begun, has_limit, slope.sign()) {
            (Some(lower), true, _) => found.push((lower, End::AboveLimit)),
            (Some(lower), false, Ordering::Less) => found.push((lower, before.zero_beyond(&slope))),
            (Some(lower), false, _) => found.push((lower, End::Open)),
            (None, true, Ordering::Greater) => found.push((End::AboveLimit, End::Open)),
            (None, false, Ordering::Greater) => found.push((before.zero_beyond(&slope), End::Open)),
            (None, ..) => {}
        }
        found
    }

    /// Every value of the variable at which a leg reaches a cap, in order, up to the first at which one reaches the last.
    fn bounds(&self) -> Vec<Fraction> {
        let tiers = self.group.tiers;
        let caps = || tiers.iter().filter_map(|tier| tier.cap).map(Fraction::from);
        let mut all: Vec<Fraction> =
            self.group.legs.iter().flat_map(|leg| caps().filter_map(|cap| cap.over(&leg.quantity))).collect();
        all.sort_by(Fraction::compare);
        let last = caps().next_back().filter(|_| tiers.last().is_some_and(|tier| tier.cap.is_some()));
        let limits = self.group.legs.iter().filter_map(|leg| last.as_ref()?.over(&leg.quantity));
        if let Some(limit) = limits.min_by(Fraction::compare) {
            all.retain(|bound| bound.compare(&limit) != Ordering::Greater);
        }
        all
    }

    /// The excess at a value at which no leg is above the last cap.
    fn at(&self, variable: &Fraction) -> Fraction {
        let balance = self.constant.plus(&self.gain.times(variable));
        self.group.legs.iter().fold(balance, |excess, leg| {
            let notional = leg.quantity.times(variable);
            let tier = tier_of(self.group.tiers, &notional);
            let margin = tier.map(|tier| maintenance_margin(tier, &notional));
            excess.minus(&margin.unwrap_or_else(Fraction::zero))
        })
    }

    /// How it changes right above a value of the variable.
    fn slope_above(&self, variable: &Fraction) -> Fraction {
        let tiers = self.group.tiers;
        self.group.legs.iter().fold(self.gain.clone(), |slope, leg| {
            let notional = leg.quantity.times(variable);
            let is_above =
                |tier: &&Tier| tier.cap.is_none_or(|cap| notional.compare(&cap.into()) == Ordering::Less);
            let rate = tiers.iter().find(is_above).or(tiers.last()).map_or(Decimal::ZERO, |tier| tier.rate);
            slope.minus(&leg.quantity.times(&rate.into()))
        })
    }
}

impl Knot {
    fn is_safe(&self) -> bool {
        self.excess.sign() == Ordering::Greater
    }

    /// Where the excess is 0 from here to another knot, at one of which it is above 0 and at the other not.
    fn zero_until(&self, after: &Knot) -> Fraction {
        let (run, rise) = (after.at.minus(&self.at), after.excess.minus(&self.excess));
        let part = self.excess.negative().over(&rise);
        part.map_or_else(|| self.at.clone(), |part| self.at.plus(&part.times(&run)))
    }

    /// Where the excess is 0 beyond this knot, at a slope that is not 0.
    fn zero_beyond(&self, slope: &Fraction) -> End {
        self.excess.negative().over(slope).map_or(End::Open, |step| End::At(self.at.plus(&step)))
    }
}
