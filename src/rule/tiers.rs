//! Leverage and maintenance margin tiers of a contract: the printed table, its reading, and what follows from it.
//!
//! The law of the exchange's own tables (41,538 tiers over four years, no exception): floor 1 is 0; floor n is
//! cap n-1; maintenance amount n is amount n-1 + floor n · (mmr n − mmr n-1). Where a printed floor breaks it, the
//! caps are taken as right and the floor as the cap before: the *repaired* reading.

use crate::decimal::{self, Decimal};
use crate::limits;
use crate::rule::printed::{Leverage, Number, Rate, Reading};
use crate::text::Span;

/// One row of a table as its source prints it.
#[derive(Clone, PartialEq, Debug)]
pub struct PrintedTier {
    /// The leverages allowed.
    pub leverage: Leverage,
    /// The lower bound, not inside the tier.
    pub floor: Number,
    /// The upper bound, inside the tier.
    pub cap: Number,
    /// The maintenance margin rate.
    pub mmr: Rate,
    /// The bytes of its cells in the source: leverage, floor, cap, rate.
    pub cells: [Span; 4],
}

impl PrintedTier {
    /// The bytes of the whole row.
    pub fn span(&self) -> Span {
        self.cells.iter().copied().fold(self.cells[0], Span::join)
    }
}

/// One tier as read: `(floor, cap]`, and a notional of 0 in tier 1.
#[derive(Clone, PartialEq, Debug)]
pub struct Tier {
    /// Counted from 1.
    pub number: u32,
    /// The lower bound in quote units, not inside the tier.
    pub floor: Decimal,
    /// The upper bound in quote units, inside the tier; `None` for no limit.
    pub cap: Option<Decimal>,
    /// The maintenance margin rate as a fraction.
    pub mmr: Decimal,
    /// The lowest leverage of the tier: as printed, else one more than the highest of the next tier, else 1.
    pub min_leverage: u32,
    /// The highest leverage of the tier.
    pub max_leverage: u32,
    /// What makes the margin continuous over the tiers, in quote units (Binance: `cum`).
    pub maintenance_amount: Decimal,
    /// Whether the floor is the printed one.
    pub reading: Reading,
}

/// A table that can be answered from: at least one tier, caps that never fall, amounts computed exactly.
#[derive(Clone, PartialEq, Debug)]
pub struct TierTable {
    unit: String,
    printed: Vec<PrintedTier>,
    tiers: Vec<Tier>,
}

/// Why a printed table has no safe reading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unreadable {
    /// It has no row.
    Empty,
    /// It has more than [`limits::TABLE_TIERS`] rows.
    TooLong,
    /// The cap of this row (counted from 0) is below the one before it, or that one has no limit.
    CapFalls(usize),
    /// The amounts of this row (counted from 0) need more digits than are computed exactly.
    TooLarge(usize),
}

impl TierTable {
    /// Reads a printed table in quote units of `unit`: caps as printed, floors as the caps before.
    ///
    /// # Errors
    /// The table is empty or too long, a cap falls, or an amount would have to be rounded.
    pub fn read(unit: &str, printed: Vec<PrintedTier>) -> Result<TierTable, Unreadable> {
        check_bounds(printed.iter().map(|row| &row.cap), printed.len())?;
        let mut tiers: Vec<Tier> = Vec::with_capacity(printed.len());
        for (index, row) in printed.iter().enumerate() {
            let before = tiers.last();
            let floor = before.and_then(|tier| tier.cap).unwrap_or(Decimal::ZERO);
            let amount = next_amount(before, floor, row.mmr.fraction()).ok_or(Unreadable::TooLarge(index))?;
            let below = printed.get(index + 1).map_or(0, |next| next.leverage.max);
            tiers.push(Tier {
                number: index as u32 + 1,
                floor,
                cap: row.cap.cap(),
                mmr: row.mmr.fraction(),
                min_leverage: row.leverage.min.unwrap_or((below + 1).min(row.leverage.max)),
                max_leverage: row.leverage.max,
                maintenance_amount: amount,
                reading: if row.floor.value() == floor { Reading::AsPublished } else { Reading::Repaired },
            });
        }
        Ok(TierTable { unit: unit.to_string(), printed, tiers })
    }

    /// The currency of bounds and amounts.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The same table with the places of its cells as `place` gives them.
    pub(super) fn with_places(&self, place: &impl Fn(Span) -> Span) -> TierTable {
        let mut table = self.clone();
        table.printed.iter_mut().for_each(|row| row.cells = row.cells.map(place));
        table
    }

    /// The rows as printed, in order.
    pub fn printed(&self) -> &[PrintedTier] {
        &self.printed
    }

    /// The tiers as read, in order; never empty.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The tier that holds a notional of 0 or more: `floor < notional <= cap`, and 0 in the first. `None` above
    /// the last cap.
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
        self.tiers.iter().rev().find(|tier| tier.max_leverage >= leverage)
    }

    /// The highest leverage of any tier.
    pub fn highest_leverage(&self) -> u32 {
        self.tiers.iter().map(|tier| tier.max_leverage).max().unwrap_or(1)
    }

    /// Whether both tables give the same answers: equal caps, rates and highest leverages.
    pub fn same(&self, other: &TierTable) -> bool {
        let key = |tier: &Tier| (tier.cap, tier.mmr, tier.max_leverage);
        self.tiers.iter().map(key).eq(other.tiers.iter().map(key))
    }
}

impl Tier {
    /// Maintenance margin of a notional in this tier: notional · mmr − maintenance amount, in quote units.
    /// `None` where it would have to be rounded.
    pub fn margin(&self, notional: Decimal) -> Option<Decimal> {
        decimal::subtract(decimal::multiply(notional, self.mmr)?, self.maintenance_amount)
    }
}

/// Checks what every kind of table needs: some rows, not too many, and caps that never fall.
pub(super) fn check_bounds<'a>(
    caps: impl Iterator<Item = &'a Number>,
    rows: usize,
) -> Result<(), Unreadable> {
    if rows == 0 {
        return Err(Unreadable::Empty);
    }
    if rows > limits::TABLE_TIERS {
        return Err(Unreadable::TooLong);
    }
    let caps: Vec<(Option<Decimal>, Decimal)> = caps.map(|cap| (cap.cap(), cap.value())).collect();
    // Behind an open tier there is no room for another.
    match caps.windows(2).position(|pair| pair[1].1 < pair[0].1 || pair[0].0.is_none()) {
        Some(index) => Err(Unreadable::CapFalls(index + 1)),
        None => Ok(()),
    }
}

/// amount n = amount n-1 + floor n · (mmr n − mmr n-1); the first is 0.
fn next_amount(before: Option<&Tier>, floor: Decimal, mmr: Decimal) -> Option<Decimal> {
    match before {
        None => Some(Decimal::ZERO),
        Some(tier) => {
            let step = decimal::multiply(floor, decimal::subtract(mmr, tier.mmr)?)?;
            decimal::add(tier.maintenance_amount, step)
        }
    }
}
