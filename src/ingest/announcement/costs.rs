//! What each violated invariant costs in the search of `column_assignment`, and why it costs that much.

use super::cells::{TableLayout, TierCell};
use super::split::DigitSplit;
use crate::decimal::compare;

/// A side starts above 0, or has 0 again later: no table of four years does.
pub const FIRST_FLOOR: u32 = 60;
/// A rank outside the first row of a side, or missing there: the layout knows no other place.
pub const RANK: u32 = 100;
/// A cap falls: such a table has no safe reading.
pub const CAP_FALLS: u32 = 40;
/// A floor is not the cap before: the surest invariant, but one table in twenty misprints it.
pub const CHAIN: u32 = 20;
/// Leverage does not fall: rare, but misprinted at times (`2x` for `1x`).
pub const LEVERAGE_ORDER: u32 = 15;
/// A cell is absent and no mark shows it: expensive, but cheaper than a broken chain, for some texts have no
/// marks.
pub const ABSENT: u32 = 12;
/// The same, but the cell before on that side has the leverages of this row too: one tier beside several.
pub const ABSENT_BESIDE_SEVERAL: u32 = 10;
/// A floor at or above its own cap.
pub const FLOOR_NOT_BELOW_CAP: u32 = 10;
/// A rate runs the wrong way: misprinted at times.
pub const RATE_ORDER: u32 = 8;
/// A cap equals the one before: an empty tier, seen once.
pub const CAP_EQUAL: u32 = 6;
/// Digits given to a name that is not printed elsewhere.
pub const NAME_DIGITS: u32 = 4;
/// Marks on both sides of one row.
pub const EMPTY_ROW: u32 = 3;
/// Leverage leaves some out, or names some twice.
pub const LEVERAGE_GAP: u32 = 2;
/// A rate equals the one before: common in COIN-M tables.
pub const RATE_EQUAL: u32 = 1;
/// A mark covers one more row.
pub const COVERED: u32 = 1;
/// The two cells of a row have no leverage in common: a tie-break only.
pub const BESIDE: u32 = 1;

/// What it costs that `this` follows `before` on one side; `before` is `None` for the first row.
pub fn step(
    before: Option<(&TierCell, &DigitSplit)>,
    cell: &TierCell,
    this: &DigitSplit,
    layout: TableLayout,
) -> u32 {
    let (floor, cap) = (this.floor.value, this.cap.value);
    let mut cost = this.cost;
    let mut add_if = |violated: bool, weight: u32| cost += if violated { weight } else { 0 };
    let first = before.is_none();
    add_if(floor.is_zero() != first, FIRST_FLOOR);
    add_if(compare(floor, cap).is_ge(), FLOOR_NOT_BELOW_CAP);
    if let Some(in_rows) = layout.rank_in_rows {
        add_if(this.rank.is_some() != (in_rows && first), RANK);
    }
    let Some((before_cell, before)) = before else { return cost };
    add_if(compare(floor, before.cap.value).is_ne(), CHAIN);
    let risen = compare(cap, before.cap.value);
    add_if(risen.is_lt(), CAP_FALLS);
    add_if(risen.is_eq(), CAP_EQUAL);
    let rate = compare(this.rate.value, before.rate.value);
    add_if(if layout.rank_in_rows.is_some() { rate.is_gt() } else { rate.is_lt() }, RATE_ORDER);
    add_if(rate.is_eq(), RATE_EQUAL);
    if let (Some(above), Some(leverage)) = (&before_cell.leverage, &cell.leverage) {
        add_if(leverage.max >= above.max, LEVERAGE_ORDER);
        add_if(above.min.is_some_and(|min| min != leverage.max + 1), LEVERAGE_GAP);
    }
    cost
}

/// Whether two cells have a leverage in common.
pub fn overlap(a: &TierCell, b: &TierCell) -> bool {
    match (&a.leverage, &b.leverage) {
        (Some(a), Some(b)) => a.max >= b.min.unwrap_or(b.max) && b.max >= a.min.unwrap_or(a.max),
        _ => true,
    }
}
