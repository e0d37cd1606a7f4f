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

use std::cmp::Ordering;

use crate::decimal::Decimal;
use crate::rule::Tier;
use fraction::{Fraction, Rounded, Rounding};

/// The side of a position.
///
/// ```
/// assert_eq!(tierbook::positions::Side::from_name("SHORT"), Some(tierbook::positions::Side::Short));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Side {
    /// It gains when the price rises.
    Long,
    /// It gains when the price falls.
    Short,
}

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
}

impl Side {
    /// The name in files, statements and answers.
    ///
    /// ```
    /// assert_eq!(tierbook::positions::Side::Long.name(), "long");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Side::Long => "long",
            Side::Short => "short",
        }
    }

    /// The side of a name, in any case: `long` or `buy`, `short` or `sell`.
    ///
    /// ```
    /// assert_eq!(tierbook::positions::Side::from_name("Buy"), Some(tierbook::positions::Side::Long));
    /// assert_eq!(tierbook::positions::Side::from_name("both"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Side> {
        match name.trim().to_ascii_lowercase().as_str() {
            "long" | "buy" => Some(Side::Long),
            "short" | "sell" => Some(Side::Short),
            _ => None,
        }
    }

    /// A number with the sign of the side.
    fn signed(self, number: &Fraction) -> Fraction {
        match self {
            Side::Long => number.clone(),
            Side::Short => number.negative(),
        }
    }
}

/// The prices at which a group is safe: the interval that contains a price, or the first. There is more than one only where
/// the rates of a table do not rise.
pub fn safe_prices(group: &Group, price: Option<&Fraction>) -> SafePrices {
    let intervals = Excess::of(group).intervals();
    let variable =
        price.and_then(|price| if group.is_inverse { inverse(price) } else { Some(price.clone()) });
    let has_price =
        |(lower, upper): &&(End, End)| variable.as_ref().is_some_and(|it| contains(lower, upper, it));
    let Some((lower, upper)) = intervals.iter().find(has_price).or(intervals.first()).cloned() else {
        return SafePrices::Nowhere;
    };
    if group.is_inverse {
        // A small 1 ÷ price is a high price.
        SafePrices::Between { lower: upper.inverted(), upper: lower.inverted() }
    } else {
        SafePrices::Between { lower, upper }
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

/// The balance of a group less its maintenance margin, along the variable.
struct Excess<'a> {
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
    fn of(group: &'a Group<'a>) -> Excess<'a> {
        let (mut constant, mut gain) = (group.margin.clone(), Fraction::zero());
        for leg in group.legs {
            let opened_at = match group.is_inverse {
                true => leg.quantity.over(&leg.entry_price).map(|value| value.negative()),
                false => Some(leg.quantity.times(&leg.entry_price)),
            };
            constant = constant.minus(&leg.side.signed(&opened_at.unwrap_or_else(Fraction::zero)));
            gain = gain.plus(&leg.side.signed(&leg.quantity));
        }
        Excess { group, constant, gain: if group.is_inverse { gain.negative() } else { gain } }
    }

    /// The intervals in which it is above 0, in order.
    fn intervals(&self) -> Vec<(End, End)> {
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
