//! The transitions of the search in `column_assignment`: from a state before a cell to those after it, with
//! their costs.

use std::hash::{Hash, Hasher};

use super::cells::{TableCell, TableLayout};
use super::costs::{self, overlap, step};

/// How far the assignment is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AssignmentState {
    /// The last cell of each side.
    last: [Option<AssignedCell>; 2],
    /// Whether a mark above still covers a side.
    covered: [bool; 2],
    /// The side whose cell is due.
    turn: u8,
    left: LeftCell,
}

impl AssignmentState {
    /// Before any cell.
    pub const START: AssignmentState =
        AssignmentState { last: [None; 2], covered: [false; 2], turn: 0, left: LeftCell::Nothing };
}

impl Hash for AssignmentState {
    /// States with the same last cells are few; the search asks for thousands of hashes.
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let place = |placed: &AssignedCell| (u32::from(placed.item) << 16) | u32::from(placed.split);
        let [left, right] = self.last.each_ref().map(|last| last.as_ref().map_or(u32::MAX, place));
        hasher.write_u64((u64::from(left) << 32) | u64::from(right));
    }
}

/// A cell on a side, split in one of its ways.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct AssignedCell {
    item: u16,
    split: u16,
}

/// What is on the left of the row whose right cell is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum LeftCell {
    Nothing,
    Mark,
    Tier,
}

/// The absent cells on a way through the items.
#[derive(Clone, Copy, Default, Debug)]
pub struct AbsentCells {
    /// No mark shows them.
    pub unmarked: u32,
    /// A mark above covers them too.
    pub covered: u32,
    /// They have a mark, though one above could cover them.
    pub repeated: u32,
}

impl AbsentCells {
    /// These and others.
    pub fn plus(self, more: AbsentCells) -> AbsentCells {
        AbsentCells {
            unmarked: self.unmarked + more.unmarked,
            covered: self.covered + more.covered,
            repeated: self.repeated + more.repeated,
        }
    }
}

/// The states in which item `index` can be placed: as it is, or after leaving out one or two cells; with the
/// cost and the absent cells of that.
pub fn turns(
    state: &AssignmentState,
    items: &[TableCell],
    index: usize,
    layout: TableLayout,
) -> [Option<(AssignmentState, u32, AbsentCells)>; 3] {
    let as_it_is = (*state, 0, AbsentCells::default());
    let mut ways = [Some(as_it_is), None, None];
    if !layout.two_sides {
        return ways;
    }
    let mut skipped = as_it_is;
    for way in &mut ways[1..] {
        let side = usize::from(skipped.0.turn);
        let beside = match (side, skipped.0.left) {
            (0, _) => Some(index),
            (_, LeftCell::Tier) => skipped.0.last[0].map(|placed| usize::from(placed.item)),
            (_, LeftCell::Mark) => None,
            (_, LeftCell::Nothing) => break,
        };
        let (cost, gap) = leave_out(&skipped.0, side, beside, items);
        skipped.1 += cost;
        skipped.2 = skipped.2.plus(gap);
        skipped.0.turn = 1 - skipped.0.turn;
        skipped.0.left = LeftCell::Nothing;
        *way = Some(skipped);
    }
    ways
}

/// What it costs that a side has no cell beside item `beside`, and the absent cell that it is.
fn leave_out(
    state: &AssignmentState,
    side: usize,
    beside: Option<usize>,
    items: &[TableCell],
) -> (u32, AbsentCells) {
    if state.covered[side] {
        return (costs::COVERED, AbsentCells { covered: 1, ..AbsentCells::default() });
    }
    let leverage = |item: usize| items[item].tier().and_then(|cell| cell.leverage.as_ref());
    let last = state.last[side].map(|placed| usize::from(placed.item));
    let several = match (last.and_then(leverage), beside.and_then(leverage)) {
        (Some(one), Some(row)) => one.max > row.max && one.min <= row.min,
        _ => false,
    };
    let cost = if several { costs::ABSENT_BESIDE_SEVERAL } else { costs::ABSENT };
    (cost, AbsentCells { unmarked: 1, ..AbsentCells::default() })
}

/// The absent cell that item `index` shows where it is due, if it is a mark that one above makes needless.
pub fn repeated(ready: &AssignmentState, item: &TableCell) -> AbsentCells {
    let again = matches!(item, TableCell::Mark) && ready.covered[usize::from(ready.turn)];
    AbsentCells { repeated: u32::from(again), ..AbsentCells::default() }
}

/// Gives `each` of the states after item `index` is placed where it is due, with its cost.
pub fn placements(
    ready: &AssignmentState,
    items: &[TableCell],
    index: usize,
    layout: TableLayout,
    each: &mut impl FnMut(AssignmentState, u32),
) {
    let side = usize::from(ready.turn);
    let mut after = *ready;
    after.turn = if layout.two_sides { 1 - ready.turn } else { 0 };
    let cell = match &items[index] {
        TableCell::Mark => {
            after.covered[side] = true;
            after.left = if side == 0 { LeftCell::Mark } else { LeftCell::Nothing };
            let empty = side == 1 && ready.left == LeftCell::Mark;
            return each(after, if empty { costs::EMPTY_ROW } else { 0 });
        }
        TableCell::Hole(_) => {
            after.covered[side] = false;
            after.left = if side == 0 { LeftCell::Tier } else { LeftCell::Nothing };
            return each(after, 0);
        }
        TableCell::Tier(cell) => cell,
    };
    after.covered[side] = false;
    after.left = if side == 0 { LeftCell::Tier } else { LeftCell::Nothing };
    let beside = match (side, ready.left, ready.last[0].map(|placed| &items[usize::from(placed.item)])) {
        (1, LeftCell::Tier, Some(TableCell::Tier(left))) if !overlap(left, cell) => costs::BESIDE,
        _ => 0,
    };
    let before = ready.last[side].and_then(|placed| match &items[usize::from(placed.item)] {
        TableCell::Tier(cell) => Some((cell, &cell.splits[usize::from(placed.split)])),
        TableCell::Mark | TableCell::Hole(_) => None,
    });
    for (split, this) in (0u16..).zip(&cell.splits) {
        let mut state = after;
        state.last[side] = u16::try_from(index).ok().map(|item| AssignedCell { item, split });
        each(state, beside + step(before, cell, this, layout));
    }
}

/// What it costs to end in a state, and the gap that this leaves.
pub fn closing(state: &AssignmentState, items: &[TableCell], layout: TableLayout) -> (u32, AbsentCells) {
    // A row of nothing but one mark means nothing: it may be a line of dashes after the table.
    if !layout.two_sides || state.turn == 0 || state.left == LeftCell::Mark {
        return (0, AbsentCells::default());
    }
    let left = state.last[0].filter(|_| state.left == LeftCell::Tier).map(|placed| usize::from(placed.item));
    leave_out(state, 1, left, items)
}

/// The side that the item right before a state was placed on.
pub fn side_before(state: &AssignmentState, layout: TableLayout) -> usize {
    if layout.two_sides { usize::from(1 - state.turn) } else { 0 }
}

/// The side and the split of item `index` in a state right after it.
pub fn placed(state: &AssignmentState, index: usize) -> Option<(usize, usize)> {
    let is_here = |placed: &AssignedCell| usize::from(placed.item) == index;
    (0..2).find_map(|side| state.last[side].filter(is_here).map(|placed| (side, usize::from(placed.split))))
}
