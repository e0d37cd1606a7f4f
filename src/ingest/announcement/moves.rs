//! The moves of the search in `share`: from a state before a cell to those behind it, and what each costs.

use std::hash::{Hash, Hasher};

use super::cell::{Item, Layout};
use super::weight::{self, overlap, step};

/// How far the sharing has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct State {
    /// The last cell of each side.
    last: [Option<Placed>; 2],
    /// Whether a mark above still covers a side.
    covered: [bool; 2],
    /// The side whose cell is due.
    turn: u8,
    left: Left,
}

impl State {
    /// Before any cell.
    pub const START: State = State { last: [None; 2], covered: [false; 2], turn: 0, left: Left::Nothing };
}

impl Hash for State {
    /// States with the same last cells are few; the search asks for thousands of hashes.
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let place = |placed: &Placed| (u32::from(placed.item) << 16) | u32::from(placed.split);
        let [left, right] = self.last.each_ref().map(|last| last.as_ref().map_or(u32::MAX, place));
        hasher.write_u64((u64::from(left) << 32) | u64::from(right));
    }
}

/// A cell on a side, parted in one of its ways.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Placed {
    item: u16,
    split: u16,
}

/// What stands on the left of the row whose right cell is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Left {
    Nothing,
    Mark,
    Cell,
}

/// The absent cells on a way through the items.
#[derive(Clone, Copy, Default, Debug)]
pub struct Gaps {
    /// No mark shows them.
    pub unmarked: u32,
    /// A mark above covers them too.
    pub covered: u32,
    /// They bear a mark, though one above could cover them.
    pub repeated: u32,
}

impl Gaps {
    /// These and others.
    pub fn plus(self, more: Gaps) -> Gaps {
        Gaps {
            unmarked: self.unmarked + more.unmarked,
            covered: self.covered + more.covered,
            repeated: self.repeated + more.repeated,
        }
    }
}

/// The states in which item `index` can be placed: as it is, or after leaving out one or two cells; with the cost
/// and the gaps of that.
pub fn turns(state: &State, items: &[Item], index: usize, layout: Layout) -> [Option<(State, u32, Gaps)>; 3] {
    let as_it_is = (*state, 0, Gaps::default());
    let mut ways = [Some(as_it_is), None, None];
    if !layout.two_sides {
        return ways;
    }
    let mut skipped = as_it_is;
    for way in &mut ways[1..] {
        let side = usize::from(skipped.0.turn);
        let beside = match (side, skipped.0.left) {
            (0, _) => Some(index),
            (_, Left::Cell) => skipped.0.last[0].map(|placed| usize::from(placed.item)),
            (_, Left::Mark) => None,
            (_, Left::Nothing) => break,
        };
        let (cost, gap) = leave_out(&skipped.0, side, beside, items);
        skipped.1 += cost;
        skipped.2 = skipped.2.plus(gap);
        skipped.0.turn = 1 - skipped.0.turn;
        skipped.0.left = Left::Nothing;
        *way = Some(skipped);
    }
    ways
}

/// What it costs that a side has no cell beside item `beside`, and the gap that it is.
fn leave_out(state: &State, side: usize, beside: Option<usize>, items: &[Item]) -> (u32, Gaps) {
    if state.covered[side] {
        return (weight::COVERED, Gaps { covered: 1, ..Gaps::default() });
    }
    let leverage = |item: usize| match &items[item] {
        Item::Cell(cell) => cell.leverage.as_ref(),
        Item::Mark => None,
    };
    let last = state.last[side].map(|placed| usize::from(placed.item));
    let several = match (last.and_then(leverage), beside.and_then(leverage)) {
        (Some(one), Some(row)) => one.max > row.max && one.min <= row.min,
        _ => false,
    };
    let cost = if several { weight::ABSENT_BESIDE_SEVERAL } else { weight::ABSENT };
    (cost, Gaps { unmarked: 1, ..Gaps::default() })
}

/// The gap that item `index` shows where it is due, if it is a mark that one above makes needless.
pub fn repeated(ready: &State, item: &Item) -> Gaps {
    let again = matches!(item, Item::Mark) && ready.covered[usize::from(ready.turn)];
    Gaps { repeated: u32::from(again), ..Gaps::default() }
}

/// Gives `each` of the states after item `index` is placed where it is due, with its cost.
pub fn placements(
    ready: &State,
    items: &[Item],
    index: usize,
    layout: Layout,
    each: &mut impl FnMut(State, u32),
) {
    let side = usize::from(ready.turn);
    let mut after = *ready;
    after.turn = if layout.two_sides { 1 - ready.turn } else { 0 };
    let cell = match &items[index] {
        Item::Mark => {
            after.covered[side] = true;
            after.left = if side == 0 { Left::Mark } else { Left::Nothing };
            let empty = side == 1 && ready.left == Left::Mark;
            return each(after, if empty { weight::EMPTY_ROW } else { 0 });
        }
        Item::Cell(cell) => cell,
    };
    after.covered[side] = false;
    after.left = if side == 0 { Left::Cell } else { Left::Nothing };
    let beside = match (side, ready.left, ready.last[0].map(|placed| &items[usize::from(placed.item)])) {
        (1, Left::Cell, Some(Item::Cell(left))) if !overlap(left, cell) => weight::BESIDE,
        _ => 0,
    };
    let before = ready.last[side].and_then(|placed| match &items[usize::from(placed.item)] {
        Item::Cell(cell) => Some((cell, &cell.splits[usize::from(placed.split)])),
        Item::Mark => None,
    });
    for (split, this) in (0u16..).zip(&cell.splits) {
        let mut state = after;
        state.last[side] = u16::try_from(index).ok().map(|item| Placed { item, split });
        each(state, beside + step(before, cell, this, layout));
    }
}

/// What it costs to end in a state, and the gap that this leaves.
pub fn closing(state: &State, items: &[Item], layout: Layout) -> (u32, Gaps) {
    // A row of nothing but one mark says nothing: it may be a line of dashes behind the table.
    if !layout.two_sides || state.turn == 0 || state.left == Left::Mark {
        return (0, Gaps::default());
    }
    let left = state.last[0].filter(|_| state.left == Left::Cell).map(|placed| usize::from(placed.item));
    leave_out(state, 1, left, items)
}

/// The side and the split of item `index` in a state right behind it.
pub fn placed(state: &State, index: usize) -> Option<(usize, usize)> {
    let is_here = |placed: &Placed| usize::from(placed.item) == index;
    (0..2).find_map(|side| state.last[side].filter(is_here).map(|placed| (side, usize::from(placed.split))))
}
