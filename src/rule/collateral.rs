//! Collateral ratios of an asset: one for any amount (portfolio margin), or by tiers of the amount held
//! (portfolio margin pro).
//!
//! The value as collateral is progressive over the tiers: each part of the amount counts at the ratio of the tier
//! it lies in. The exchange does not spell this out; it is inferred from its "quick addition number", which makes
//! the value continuous as the maintenance amount does for margin.

use crate::decimal::{self, Decimal};
use crate::rule::printed::{Number, Rate, Reading};
use crate::rule::tiers::{Unreadable, check_bounds};
use crate::text::Span;

/// One ratio for any amount.
#[derive(Clone, PartialEq, Debug)]
pub struct FlatRatio {
    /// The collateral ratio.
    pub ratio: Rate,
    /// The bytes of the ratio in its source.
    pub span: Span,
}

/// One row of a tiered collateral table as its source prints it.
#[derive(Clone, PartialEq, Debug)]
pub struct PrintedCollateralTier {
    /// The lower bound in USD, not inside the tier.
    pub floor: Number,
    /// The upper bound in USD, inside the tier.
    pub cap: Number,
    /// The collateral ratio.
    pub ratio: Rate,
    /// The bytes of its cells in the source: floor, cap, ratio.
    pub cells: [Span; 3],
}

impl PrintedCollateralTier {
    /// The bytes of the whole row.
    pub fn span(&self) -> Span {
        self.cells.iter().copied().fold(self.cells[0], Span::join)
    }
}

/// One tier of a collateral table as read: `(floor, cap]`, and an amount of 0 in tier 1.
#[derive(Clone, PartialEq, Debug)]
pub struct CollateralTier {
    /// Counted from 1.
    pub number: u32,
    /// The lower bound in USD, not inside the tier.
    pub floor: Decimal,
    /// The upper bound in USD, inside the tier; `None` for no limit.
    pub cap: Option<Decimal>,
    /// The collateral ratio as a fraction.
    pub ratio: Decimal,
    /// The collateral value of the whole amount up to the floor, in USD.
    pub value_below: Decimal,
    /// Whether the floor is the printed one.
    pub reading: Reading,
}

/// A tiered collateral table that can be answered from.
#[derive(Clone, PartialEq, Debug)]
pub struct CollateralTable {
    unit: String,
    rank: Option<u32>,
    printed: Vec<PrintedCollateralTier>,
    tiers: Vec<CollateralTier>,
}

impl CollateralTable {
    /// Reads a printed table in `unit`: caps as printed, floors as the caps before. `rank` is the number of the
    /// shared schedule, where the source names it.
    ///
    /// # Errors
    /// The table is empty or too long, a cap falls, or a value would have to be rounded.
    pub fn read(
        unit: &str,
        rank: Option<u32>,
        printed: Vec<PrintedCollateralTier>,
    ) -> Result<CollateralTable, Unreadable> {
        check_bounds(printed.iter().map(|row| &row.cap), printed.len())?;
        let mut tiers: Vec<CollateralTier> = Vec::with_capacity(printed.len());
        for (index, row) in printed.iter().enumerate() {
            let before = tiers.last();
            let floor = before.and_then(|tier| tier.cap).unwrap_or(Decimal::ZERO);
            let value_below = match before {
                None => Decimal::ZERO,
                Some(tier) => tier.value(floor).ok_or(Unreadable::TooLarge(index))?,
            };
            tiers.push(CollateralTier {
                number: index as u32 + 1,
                floor,
                cap: row.cap.cap(),
                ratio: row.ratio.fraction(),
                value_below,
                reading: if row.floor.value() == floor { Reading::AsPublished } else { Reading::Repaired },
            });
        }
        Ok(CollateralTable { unit: unit.to_string(), rank, printed, tiers })
    }

    /// The currency of bounds and values.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The number of the shared schedule, where the source names it.
    pub fn rank(&self) -> Option<u32> {
        self.rank
    }

    /// The same table with the places of its cells as `place` gives them.
    pub(super) fn with_places(&self, place: &impl Fn(Span) -> Span) -> CollateralTable {
        let mut table = self.clone();
        table.printed.iter_mut().for_each(|row| row.cells = row.cells.map(place));
        table
    }

    /// The rows as printed, in order.
    pub fn printed(&self) -> &[PrintedCollateralTier] {
        &self.printed
    }

    /// The tiers as read, in order; never empty.
    pub fn tiers(&self) -> &[CollateralTier] {
        &self.tiers
    }

    /// The tier that holds an amount of 0 or more; `None` above the last cap.
    pub fn tier_at(&self, amount: Decimal) -> Option<&CollateralTier> {
        let index = self.tiers.partition_point(|tier| tier.cap.is_some_and(|cap| cap < amount));
        self.tiers.get(index)
    }

    /// The last cap; `None` for no limit.
    pub fn limit(&self) -> Option<Decimal> {
        self.tiers.last().and_then(|tier| tier.cap)
    }

    /// Whether both tables give the same answers: equal caps and ratios.
    pub fn same(&self, other: &CollateralTable) -> bool {
        let key = |tier: &CollateralTier| (tier.cap, tier.ratio);
        self.tiers.iter().map(key).eq(other.tiers.iter().map(key))
    }
}

impl CollateralTier {
    /// Collateral value of an amount in this tier: the value below the floor, plus what is above the floor at
    /// this tier's ratio. `None` where it would have to be rounded.
    pub fn value(&self, amount: Decimal) -> Option<Decimal> {
        let above = decimal::subtract(amount, self.floor)?;
        decimal::add(self.value_below, decimal::multiply(above, self.ratio)?)
    }
}
