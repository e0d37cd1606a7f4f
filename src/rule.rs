//! A rule: the whole table of one subject, as published and as read.
//!
//! A rule keeps what was printed, text beside number, and carries the reading that answers are made from. Two
//! rules are *the same* when they give the same answers, whatever digits they were printed with.

pub mod printed;
pub mod tiers;
pub mod collateral;
pub mod difference;
pub mod effect;

pub use collateral::{CollateralTable, CollateralTier, FlatRatio, PrintedCollateralTier};
pub use printed::{Leverage, Number, Rate, Reading};
pub use tiers::{PrintedTier, Tier, TierTable};

use crate::text::Span;

/// The rule of one subject.
#[derive(Clone, PartialEq, Debug)]
pub enum Rule {
    /// Leverage and maintenance margin tiers of a contract.
    Tiers(TierTable),
    /// One collateral ratio for any amount of an asset.
    Flat(FlatRatio),
    /// Collateral ratios of an asset by amount.
    Collateral(CollateralTable),
}

impl Rule {
    /// Whether both give the same answer to every question: bounds, rates and highest leverages are equal as
    /// numbers. The printed digits, and a lowest leverage that only one of them states, do not count.
    pub fn same(&self, other: &Rule) -> bool {
        match (self, other) {
            (Rule::Tiers(a), Rule::Tiers(b)) => a.same(b),
            (Rule::Flat(a), Rule::Flat(b)) => a.ratio.fraction() == b.ratio.fraction(),
            (Rule::Collateral(a), Rule::Collateral(b)) => a.same(b),
            _ => false,
        }
    }

    /// The same rule with the places of its cells as `place` gives them: those of the source that a text was made of.
    pub fn with_places(&self, place: &impl Fn(Span) -> Span) -> Rule {
        match self {
            Rule::Tiers(table) => Rule::Tiers(table.with_places(place)),
            Rule::Flat(flat) => Rule::Flat(FlatRatio { ratio: flat.ratio.clone(), span: place(flat.span) }),
            Rule::Collateral(table) => Rule::Collateral(table.with_places(place)),
        }
    }

    /// The currency in which notionals and amounts of this rule are counted.
    pub fn unit(&self) -> &str {
        match self {
            Rule::Tiers(table) => table.unit(),
            Rule::Collateral(table) => table.unit(),
            Rule::Flat(_) => "USD",
        }
    }
}
