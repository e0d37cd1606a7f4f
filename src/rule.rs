//! A rule: the whole table of one subject, as published and as read.
//!
//! Every rule is a table of tiers: leverage and maintenance margin tiers of a contract, collateral ratios of
//! an asset by amount, or one collateral ratio for any amount, which is a table of a single open tier. A rule
//! keeps what was printed, text beside number, and has the reading that answers are made from. Two rules are
//! *the same* when they give the same answers, whatever digits they were printed with.

pub mod printed;
pub mod tiers;
pub mod difference;
pub mod effect;

pub use printed::{Leverage, Number, PrintedTier, Rate, Reading};
pub use tiers::{LeverageRange, Tier, Unreadable};

use crate::decimal::Decimal;
use crate::text::Span;

/// What a rule is about, and so what its tiers have.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RuleKind {
    /// Leverage and maintenance margin tiers of a contract.
    Contract,
    /// One collateral ratio for any amount of an asset.
    Flat,
    /// Collateral ratios of an asset by amount.
    Collateral,
}

impl RuleKind {
    /// The names of the cells of a printed row in answers, in the order of [`PrintedTier::cells`].
    pub fn cell_names(self) -> &'static [&'static str] {
        match self {
            RuleKind::Contract => &["leverage", "floor", "cap", "mmr"],
            RuleKind::Flat => &["ratio"],
            RuleKind::Collateral => &["floor", "cap", "ratio"],
        }
    }
}

/// The rule of one subject: at least one tier, caps that never fall, amounts computed exactly.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    kind: RuleKind,
    unit: String,
    rank: Option<u32>,
    printed: Vec<PrintedTier>,
    tiers: Vec<Tier>,
}

impl Rule {
    /// Reads the printed table of a contract in quote units of `unit`: caps as printed, floors as the caps
    /// before.
    ///
    /// # Errors
    /// The table is empty or too long, a cap falls, or an amount would have to be rounded.
    pub fn contract(unit: &str, printed: Vec<PrintedTier>) -> Result<Rule, Unreadable> {
        let tiers = tiers::read(&printed)?;
        Ok(Rule { kind: RuleKind::Contract, unit: unit.to_string(), rank: None, printed, tiers })
    }

    /// Reads a printed table of collateral ratios in `unit`, as [`Rule::contract`] does. `rank` is the number
    /// of the shared schedule, where the source names it.
    ///
    /// # Errors
    /// As [`Rule::contract`].
    pub fn collateral(unit: &str, rank: Option<u32>, printed: Vec<PrintedTier>) -> Result<Rule, Unreadable> {
        let tiers = tiers::read(&printed)?;
        Ok(Rule { kind: RuleKind::Collateral, unit: unit.to_string(), rank, printed, tiers })
    }

    /// One collateral ratio for any amount, printed at `place`.
    pub fn flat(ratio: Rate, place: Span) -> Rule {
        let tiers = vec![Tier::open(ratio.fraction())];
        let printed = vec![PrintedTier::open(ratio, place)];
        Rule { kind: RuleKind::Flat, unit: "USD".to_string(), rank: None, printed, tiers }
    }

    /// What the rule is about.
    pub fn kind(&self) -> RuleKind {
        self.kind
    }

    /// The currency in which notionals and amounts of this rule are counted.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The number of the shared schedule of a collateral table, where the source names it.
    pub fn rank(&self) -> Option<u32> {
        self.rank
    }

    /// The rows as printed, in order.
    pub fn printed(&self) -> &[PrintedTier] {
        &self.printed
    }

    /// The tiers as read, in order; never empty.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The tier of a notional or amount of 0 or more: `floor < notional <= cap`, and 0 in the first. `None`
    /// above the last cap.
    pub fn tier_at(&self, notional: Decimal) -> Option<&Tier> {
        let index = self.tiers.partition_point(|tier| tier.cap.is_some_and(|cap| cap < notional));
        self.tiers.get(index)
    }

    /// The last cap; `None` for no limit.
    pub fn limit(&self) -> Option<Decimal> {
        self.tiers.last().and_then(|tier| tier.cap)
    }

    /// The last tier that allows `leverage`, whose cap is the largest notional at it; `None` where none does.
    pub fn last_tier_allowing(&self, leverage: u32) -> Option<&Tier> {
        self.tiers.iter().rev().find(|tier| tier.max_leverage().is_some_and(|max| max >= leverage))
    }

    /// The highest leverage of any tier of a contract.
    pub fn highest_leverage(&self) -> Option<u32> {
        self.tiers.iter().filter_map(Tier::max_leverage).max()
    }

    /// Whether both give the same answer to every question: kinds, caps, rates and highest leverages are
    /// equal as numbers. The printed digits, and a lowest leverage that only one of them states, do not
    /// count.
    pub fn same(&self, other: &Rule) -> bool {
        let key = |tier: &Tier| (tier.cap, tier.rate, tier.max_leverage());
        self.kind == other.kind && self.tiers.iter().map(key).eq(other.tiers.iter().map(key))
    }

    /// The same rule with the places of its cells as `place` gives them: those of the source that a text was
    /// made from.
    pub fn with_places(&self, place: &impl Fn(Span) -> Span) -> Rule {
        let mut rule = self.clone();
        rule.printed.iter_mut().flat_map(|row| &mut row.cells).for_each(|cell| *cell = place(*cell));
        rule
    }
}
