//! At which prices a position is liquidated: where the margin balance is no more than the maintenance margin.
//!
//! The balance and the maintenance margin are followed along one variable: the price of a linear contract, and 1 ÷ price of
//! an inverse one, in which profit and notional are linear. Their difference is then linear in each tier, and concave
//! over all, because rates rise with the tiers: the prices that are safe are one interval. Its ends are found exactly, across
//! the bounds of tiers, and rounded only at the end.
//!
//! The source of the formulas is docs/positions.md.

mod number;
pub mod fraction;
pub mod alone;
mod side;

use std::cmp::Ordering;

use crate::decimal::Decimal;
use crate::rule::Tier;
use fraction::{Common, Fraction, Rounded, Rounding};
pub use side::Side;

/// What [`SafePrices::TooLong`] means.
pub const TOO_LONG: &str =
    "the exact price needs too many digits: too many positions have sizes or entry prices of their own";

/// One position among those that are liquidated together: all of one contract that share a margin.
#[derive(Clone, Debug)]
pub struct Leg {
    /// Its side.
    pub side: Side,
    /// Its size: of a linear contract in units of the base, of an inverse one in quote units (contracts × contract size).
    pub quantity: Fraction,
    /// The price at which it was opened, above 0.
    pub entry_price: Fraction,
}

/// What is liquidated together.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// The positions.
    pub legs: &'a [Leg],
    /// Whether profit is in the coin.
    pub is_inverse: bool,
    /// The margin without the profit of the legs: an isolated wallet; of a cross margin the wallet balance, the profit of
    /// the other contracts and, negative, their maintenance margin.
    pub margin: Fraction,
    /// The tiers of the contract.
    pub tiers: &'a [Tier],
}

/// One end of the interval of safe prices.
#[derive(Clone, Debug)]
pub enum End {
    /// At this price the margin balance equals the maintenance margin.
    At(Fraction),
    /// Every price on that side is safe.
    Open,
    /// It lies at a notional above the last cap, for which there is no rule.
    AboveLimit,
}

/// The prices at which nothing is liquidated.
#[derive(Clone, Debug)]
pub enum SafePrices {
    /// Those between two ends.
    Between {
        /// The lower end: where a long position is liquidated.
        lower: End,
        /// The upper end: where a short position is liquidated.
        upper: End,
    },
    /// None: the margin is too small at every price.
    Nowhere,
    /// They are not known: the numbers of the group together have more than [`EXACT_DIGITS`](crate::limits::EXACT_DIGITS) digits.
    TooLong,
}

/// All intervals of prices at which nothing of a group is liquidated.
#[derive(Clone, Debug)]
pub struct SafeIntervals {
    /// Along the variable, in order; `None` where the numbers are too long.
    intervals: Option<Vec<(End, End)>>,
    is_inverse: bool,
    /// Whether it has more units long than short.
    pub net: Ordering,
    /// Whether a leg is above 0.
    pub has_size: bool,
}

/// The prices at which a group is safe: the interval that contains a price, or the first. There is more than one only where
/// the rates of a table do not rise.
pub fn safe_prices(group: &Group, price: Option<&Fraction>) -> SafePrices {
    SafeIntervals::of(group).around(price)
}

impl SafeIntervals {
    /// Those of a group.
    pub fn of(group: &Group) -> SafeIntervals {
        let has_size = group.legs.iter().any(|leg| leg.quantity.sign().is_gt());
        let (net, intervals) = match Excess::of(group) {
            Some(excess) => (excess.net, Some(excess.intervals())),
            None => (Ordering::Equal, None),
        };
        SafeIntervals { intervals, is_inverse: group.is_inverse, net, has_size }
    }

    /// The one that contains a price, or the first.
    pub fn around(&self, price: Option<&Fraction>) -> SafePrices {
        let Some(intervals) = &self.intervals else { return SafePrices::TooLong };
        let variable =
            price.and_then(|price| if self.is_inverse { inverse(price) } else { Some(price.clone()) });
        let has_price =
            |(lower, upper): &&(End, End)| variable.as_ref().is_some_and(|it| contains(lower, upper, it));
        let Some((lower, upper)) = intervals.iter().find(has_price).or(intervals.first()).cloned() else {
            return SafePrices::Nowhere;
        };
        if self.is_inverse {
            // A small 1 ÷ price is a high price.
            SafePrices::Between { lower: upper.inverted(), upper: lower.inverted() }
        } else {
            SafePrices::Between { lower, upper }
        }
    }
}

fn inverse(number: &Fraction) -> Option<Fraction> {
    Fraction::from(Decimal::ONE).over(number)
}

fn contains(lower: &End, upper: &End, variable: &Fraction) -> bool {
    let is = |end: &End, beyond: Ordering| match end {
        End::At(at) => variable.compare(at) == beyond,
        End::Open => true,
        End::AboveLimit => beyond == Ordering::Less,
    };
    is(lower, Ordering::Greater) && is(upper, Ordering::Less)
}

impl End {
    fn inverted(self) -> End {
        match self {
            End::At(variable) => inverse(&variable).map_or(End::Open, End::At),
            end => end,
        }
    }
}

/// The balance of a group less its maintenance margin, along the variable: a line that bends where a leg leaves a tier. All is
/// times the common denominator of the numbers of the group, so that sums of many of them stay short.
struct Excess<'a> {
    tiers: &'a [Tier],
    common: Common,
    /// The legs by their size, the largest first.
    sizes: Vec<Size<'a>>,
    /// The balance where the variable is 0.
    constant: Fraction,
    /// What the balance gains for each unit of the variable.
    gain: Fraction,
    net: Ordering,
}

/// Legs of one size, which are in the same tier everywhere.
struct Size<'a> {
    quantity: &'a Fraction,
    count: Decimal,
}

/// The place where the legs of a size leave a tier.
#[derive(Clone, Copy)]
struct Bound {
    tier: u32,
    size: u32,
}

/// A value of the variable, and the excess there.
struct Knot {
    at: Fraction,
    excess: Fraction,
}

/// The excess between two bounds.
struct Line {
    constant: Fraction,
    slope: Fraction,
}

impl<'a> Excess<'a> {
    /// `None` where the numbers of a group are too long.
    fn of(group: &Group<'a>) -> Option<Excess<'a>> {
        let value = |leg: &Leg| match group.is_inverse {
            true => leg.quantity.over(&leg.entry_price).map(|value| value.negative()),
            false => Some(leg.quantity.times(&leg.entry_price)),
        };
        let opened: Vec<Fraction> =
            group.legs.iter().map(|leg| value(leg).unwrap_or_else(Fraction::zero)).collect();
        let quantities = group.legs.iter().map(|leg| &leg.quantity);
        let common = Common::of(quantities.chain(&opened).chain([&group.margin]))?;
        let (mut constant, mut net) = (common.times(&group.margin), Fraction::zero());
        for (leg, opened) in group.legs.iter().zip(&opened) {
            constant = constant.minus(&leg.side.signed(&common.times(opened)));
            net = net.plus(&leg.side.signed(&common.times(&leg.quantity)));
        }
        let sizes = sizes(group.legs);
        let sign = net.sign();
        let gain = if group.is_inverse { net.negative() } else { net };
        Some(Excess { tiers: group.tiers, common, sizes, constant, gain, net: sign })
    }

    /// The intervals in which it is above 0, in order.
    fn intervals(&self) -> Vec<(End, End)> {
        let mut line = self.first_line();
        let mut before = Knot { at: Fraction::zero(), excess: self.constant.clone() };
        let mut found = Vec::new();
        // The variable is above 0: what begins to be safe at 0 is so from the start.
        let is_safe_above = before.excess.sign().is_eq() && line.slope.sign().is_gt();
        let mut begun = (before.is_safe() || is_safe_above).then_some(End::Open);
        for bounds in self.bounds().chunk_by(|one, other| self.order(*one, *other).is_eq()) {
            let Some(at) = bounds.first().and_then(|bound| self.cap(*bound).over(self.quantity(*bound)))
            else {
                continue;
            };
            let knot = Knot { excess: line.at(&at), at };
            match (begun.take(), knot.is_safe()) {
                (None, true) => begun = Some(End::At(before.zero_until(&knot))),
                (Some(lower), false) => found.push((lower, End::At(before.zero_until(&knot)))),
                (same, _) => begun = same,
            }
            before = knot;
            // On a cap a leg is still in the tier below.
            bounds.iter().for_each(|bound| self.leave(*bound, &mut line));
        }
        let has_limit = self.tiers.last().is_none_or(|tier| tier.cap.is_some());
        match (begun, has_limit, line.slope.sign()) {
            (Some(lower), true, _) => found.push((lower, End::AboveLimit)),
            (Some(lower), false, Ordering::Less) => found.push((lower, before.zero_beyond(&line.slope))),
            (Some(lower), false, _) => found.push((lower, End::Open)),
            (None, true, Ordering::Greater) => found.push((End::AboveLimit, End::Open)),
            (None, false, Ordering::Greater) => found.push((before.zero_beyond(&line.slope), End::Open)),
            (None, ..) => {}
        }
        found
    }

    /// Every bound, in order, up to the first at which a leg reaches the last cap.
    fn bounds(&self) -> Vec<Bound> {
        let mut all = Vec::new();
        let last = self.tiers.len().saturating_sub(1) as u32;
        let limit = self.tiers.last().and_then(|tier| tier.cap).map(|_| Bound { tier: last, size: 0 });
        for (tier, _) in (0..).zip(self.tiers).filter(|(_, tier)| tier.cap.is_some()) {
            let bounds = (0..).zip(&self.sizes).filter(|(_, size)| size.quantity.sign().is_gt());
            let bounds = bounds.map(|(size, _)| Bound { tier, size });
            // Smaller sizes come to a cap later.
            all.extend(bounds.take_while(|it| limit.is_none_or(|limit| self.order(*it, limit).is_le())));
        }
        // The bounds of each tier are in order, so that only runs are merged.
        all.sort_by(|one, other| self.order(*one, *other));
        all
    }

    /// How the places of two bounds compare: cap ÷ quantity.
    fn order(&self, one: Bound, other: Bound) -> Ordering {
        let (left, right) = (self.cap(one), self.cap(other));
        left.times(self.quantity(other)).compare(&right.times(self.quantity(one)))
    }

    fn cap(&self, bound: Bound) -> Fraction {
        let cap = self.tiers.get(bound.tier as usize).and_then(|tier| tier.cap);
        cap.unwrap_or_default().into()
    }

    fn quantity(&self, bound: Bound) -> &Fraction {
        self.sizes.get(bound.size as usize).map_or(&self.gain, |size| size.quantity)
    }

    /// The line where every leg is in the first tier.
    fn first_line(&self) -> Line {
        let mut line = Line { constant: self.constant.clone(), slope: self.gain.clone() };
        if let Some(tier) = self.tiers.first() {
            self.sizes.iter().for_each(|size| self.bend(size, (tier.rate, tier.amount), &mut line));
        }
        line
    }

    /// Goes on in the next tier; above the last cap the rate stays.
    fn leave(&self, bound: Bound, line: &mut Line) {
        let tier = bound.tier as usize;
        let tiers = (self.tiers.get(tier), self.tiers.get(tier + 1));
        if let ((Some(tier), Some(next)), Some(size)) = (tiers, self.sizes.get(bound.size as usize)) {
            let minus = |it: Decimal, other: Decimal| Fraction::from(it).minus(&other.into());
            let (rate, amount) = (minus(next.rate, tier.rate), minus(next.amount, tier.amount));
            self.bend(size, (rate, amount), line);
        }
    }

    /// Takes off the maintenance margin of the legs of a size, by a rate and an amount.
    fn bend(&self, size: &Size, (rate, amount): (impl Into<Fraction>, impl Into<Fraction>), line: &mut Line) {
        let count = Fraction::from(size.count);
        let (rate, amount) = (rate.into().times(&count), amount.into().times(&count));
        line.slope = line.slope.minus(&self.common.times(size.quantity).times(&rate));
        line.constant = line.constant.plus(&self.common.times(&amount));
    }
}

/// The sizes of legs, the largest first.
fn sizes(legs: &[Leg]) -> Vec<Size<'_>> {
    let mut quantities: Vec<&Fraction> = legs.iter().map(|leg| &leg.quantity).collect();
    quantities.sort_by(|one, other| other.compare(one));
    let same = quantities.chunk_by(|one, other| one.compare(other).is_eq());
    same.filter_map(|same| Some(Size { quantity: same.first()?, count: same.len().into() })).collect()
}

impl Line {
    fn at(&self, variable: &Fraction) -> Fraction {
        self.constant.plus(&self.slope.times(variable))
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

/// The tier that contains a notional; `None` above the last cap.
pub fn tier_of<'a>(tiers: &'a [Tier], notional: &Fraction) -> Option<&'a Tier> {
    tiers.iter().find(|tier| tier.cap.is_none_or(|cap| notional.compare(&cap.into()) != Ordering::Greater))
}

/// The maintenance margin of a notional in its tier: notional · rate − maintenance amount.
pub fn maintenance_margin(tier: &Tier, notional: &Fraction) -> Fraction {
    notional.times(&tier.rate.into()).minus(&tier.amount.into())
}

/// The price of an end for a side, rounded to the safe side: what is liquidated below a price is so at a higher one, and
/// the other way round.
pub fn price(end: &Fraction, side: Side) -> Option<Rounded> {
    end.round(match side {
        Side::Long => Rounding::Up,
        Side::Short => Rounding::Down,
    })
}
