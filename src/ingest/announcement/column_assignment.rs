//! Assigns the cells of a table to its two sides, and picks among the ways to split glued digits: one small
//! search for the assignment that violates as few invariants as possible.
//!
//! Cells come in row order: left, right, left, right. A cell may be missing: then a mark is in its place, or
//! a mark above it covers it too, or nothing shows it. The search goes through the cells once and keeps, for
//! each state (last cell of each side, whose turn it is, which marks still cover), the cheapest way there.
//! The costs are those of violated invariants (see `costs`). Where two ways that differ are equally cheap,
//! the result lists where.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::cells::{TableCell, TableLayout, TierCell};
use super::costs;
use super::split::DigitSplit;
use super::transitions::{
    AbsentCells, AssignmentState, closing, placed, placements, repeated, side_before, turns,
};
use crate::decimal::Decimal;

/// Most states that are followed from one cell to the next; real tables have about thirty.
const STATES: usize = 200;

/// States that cost more than the cheapest beside them by more than this are not followed: at first none,
/// because most tables violate no invariant. Where a state that was not followed could be on a way as cheap
/// as the one found, the search begins again with more; four broken chains are never compensated later.
const SLACKS: [u32; 4] = [0, costs::LEVERAGE_GAP + costs::RATE_ORDER, 2 * costs::CHAIN, 4 * costs::CHAIN];

/// The cheapest way to assign the cells to the sides.
#[derive(Clone, Debug)]
pub struct ColumnAssignment<'i, 'a> {
    /// For left and right: the cells of that side in order, each with the split chosen.
    pub sides: [Vec<(&'i TierCell<'a>, &'i DigitSplit<'a>)>; 2],
    /// Cells that an equally cheap way puts on the other side, from the last to the first.
    pub ambiguous_sides: Vec<&'i TierCell<'a>>,
    /// Cells that would be on the other side if a mark were lost, where one mark covers several rows.
    pub sides_if_lost: Vec<&'i TierCell<'a>>,
    /// Cells that an equally cheap way splits otherwise.
    pub ambiguous_splits: Vec<&'i TierCell<'a>>,
    /// The absent cells.
    pub absent: AbsentCells,
    /// Whether a cell that cannot be read is on the side.
    pub holes: [bool; 2],
}

impl ColumnAssignment<'_, '_> {
    /// Whether a tier of one side ends where one of the other does: only there could the ends of the sides be
    /// exchanged.
    fn sides_meet(&self) -> bool {
        let [left, right] = self.sides.each_ref().map(|side| side.iter().map(|(_, split)| split.cap.value));
        let left: BTreeSet<Decimal> = left.collect();
        right.into_iter().any(|cap| left.contains(&cap))
    }
}

/// A state with the cheapest way to it, and (filled in backwards) the cheapest way from it to the end.
struct SearchNode {
    state: AssignmentState,
    cost: u32,
    absent: AbsentCells,
    from: usize,
    to_end: u32,
}

/// A step from a state before an item to a state after it.
struct SearchEdge {
    from: usize,
    to: usize,
    cost: u32,
}

/// The states after each item, each with the cheapest way to it and from it to the end.
struct AssignmentSearch {
    /// All states: first the one before every item.
    nodes: Vec<SearchNode>,
    /// Where the states after each item start, and finally where they end.
    starts: Vec<usize>,
    edges: Vec<SearchEdge>,
    /// The least cost of a way that was not followed to its end.
    dropped: u32,
    /// The places of the states after the item that is placed.
    known: HashMap<AssignmentState, usize>,
}

const FAR: u32 = u32::MAX / 2;

/// Assigns `items`, cells with at least one split each; `None` where there is no cell, or more items than a
/// table can have.
pub fn assign_columns<'i, 'a>(
    items: &'i [TableCell<'a>],
    layout: TableLayout,
) -> Option<ColumnAssignment<'i, 'a>> {
    if items.iter().all(|item| item.tier().is_none()) || items.len() > usize::from(u16::MAX) {
        return None;
    }
    let assigned = cheapest(items, layout, 0)?;
    if assigned.absent.covered == 0 || assigned.absent.unmarked > 0 || !assigned.sides_meet() {
        return Some(assigned);
    }
    let with_a_mark_lost = cheapest(items, layout, costs::ABSENT)?;
    Some(ColumnAssignment { sides_if_lost: with_a_mark_lost.ambiguous_sides, ..assigned })
}

/// The cheapest way to assign the items; another one that costs at most `margin` more counts as equally
/// cheap.
fn cheapest<'i, 'a>(
    items: &'i [TableCell<'a>],
    layout: TableLayout,
    margin: u32,
) -> Option<ColumnAssignment<'i, 'a>> {
    let [tried @ .., last] = SLACKS;
    let search = |slack: u32, all: bool| {
        let mut search = AssignmentSearch::new(items.len());
        for index in 0..items.len() {
            let cheapest = search.place(items, index, layout, slack + margin);
            if !all && cheapest + margin >= search.dropped {
                return None;
            }
        }
        search.look_back(items, layout);
        (all || search.nodes[0].to_end + margin < search.dropped)
            .then(|| search.cheapest_way(items, layout, margin))
    };
    tried.into_iter().find_map(|slack| search(slack, false)).or_else(|| search(last, true))
}

impl AssignmentSearch {
    /// Before the first of so many items.
    fn new(items: usize) -> AssignmentSearch {
        let start = SearchNode {
            state: AssignmentState::START,
            cost: 0,
            absent: AbsentCells::default(),
            from: 0,
            to_end: FAR,
        };
        let (mut nodes, mut starts) = (Vec::with_capacity(2 * items), Vec::with_capacity(items + 2));
        nodes.push(start);
        starts.extend([0, 1]);
        AssignmentSearch {
            nodes,
            starts,
            edges: Vec::with_capacity(2 * items),
            dropped: FAR,
            known: HashMap::new(),
        }
    }

    /// The states after so many items.
    fn layer(&self, items: usize) -> Range<usize> {
        self.starts[items]..self.starts[items + 1]
    }

    /// Adds the states reachable by placing item `index`, with the edges that lead there; gives the cost of
    /// the cheapest.
    fn place(&mut self, items: &[TableCell], index: usize, layout: TableLayout, slack: u32) -> u32 {
        let AssignmentSearch { nodes, starts, edges, dropped, known } = self;
        known.clear();
        let mut order: Vec<usize> = (starts[index]..starts[index + 1]).collect();
        order.sort_by_key(|&node| nodes[node].cost);
        let followed = order.first().map_or(0, |&node| nodes[node].cost + slack);
        let mut cheapest = FAR;
        for (place, from) in order.into_iter().enumerate() {
            let SearchNode { state, cost: so_far, absent: absent_before, .. } = nodes[from];
            if place == STATES || so_far > followed {
                *dropped = (*dropped).min(so_far);
                break;
            }
            for (ready, skip_cost, skipped) in turns(&state, items, index, layout).into_iter().flatten() {
                if so_far + skip_cost > cheapest.saturating_add(slack) {
                    *dropped = (*dropped).min(so_far + skip_cost);
                    continue;
                }
                let absent = absent_before.plus(skipped).plus(repeated(&ready, &items[index]));
                placements(&ready, items, index, layout, &mut |state, place_cost| {
                    let cost = so_far + skip_cost + place_cost;
                    cheapest = cheapest.min(cost);
                    if cost > cheapest + slack {
                        *dropped = (*dropped).min(cost);
                        return;
                    }
                    let to = *known.entry(state).or_insert_with(|| {
                        nodes.push(SearchNode { state, cost: FAR, absent, from, to_end: FAR });
                        nodes.len() - 1
                    });
                    if cost < nodes[to].cost {
                        nodes[to] = SearchNode { state, cost, absent, from, to_end: FAR };
                    }
                    edges.push(SearchEdge { from, to, cost: skip_cost + place_cost });
                });
            }
        }
        starts.push(nodes.len());
        cheapest
    }

    /// Fills in what each state costs up to the end.
    fn look_back(&mut self, items: &[TableCell], layout: TableLayout) {
        for place in self.layer(items.len()) {
            self.nodes[place].to_end = closing(&self.nodes[place].state, items, layout).0;
        }
        for edge in self.edges.iter().rev() {
            let through = edge.cost.saturating_add(self.nodes[edge.to].to_end).min(FAR);
            let node = &mut self.nodes[edge.from];
            node.to_end = node.to_end.min(through);
        }
    }

    /// Follows the cheapest way back from the end, and looks for others as cheap.
    fn cheapest_way<'i, 'a>(
        &self,
        items: &'i [TableCell<'a>],
        layout: TableLayout,
        margin: u32,
    ) -> ColumnAssignment<'i, 'a> {
        let best = self.nodes[0].to_end;
        let is_best = |node: &&SearchNode| node.cost + node.to_end == best;
        let is_good = |node: &&SearchNode| node.cost + node.to_end <= best + margin;
        let end = self.layer(items.len());
        let mut at = end.clone().find(|&place| is_best(&&self.nodes[place])).unwrap_or(end.start);
        let absent = self.nodes[at].absent.plus(closing(&self.nodes[at].state, items, layout).1);
        let mut assigned = ColumnAssignment {
            sides: [Vec::new(), Vec::new()],
            ambiguous_sides: Vec::new(),
            sides_if_lost: Vec::new(),
            ambiguous_splits: Vec::new(),
            absent,
            holes: [false; 2],
        };
        for index in (0..items.len()).rev() {
            let node = &self.nodes[at];
            if matches!(items[index], TableCell::Hole(_)) {
                assigned.holes[side_before(&node.state, layout)] = true;
            }
            if let (Some(cell), Some((side, split))) = (items[index].tier(), placed(&node.state, index)) {
                assigned.sides[side].push((cell, &cell.splits[split]));
                let others = || {
                    let as_good = self.nodes[self.layer(index + 1)].iter().filter(is_good);
                    as_good.filter_map(|other| placed(&other.state, index))
                };
                if others().any(|(other_side, _)| other_side != side) {
                    assigned.ambiguous_sides.push(cell);
                } else if others().any(|(_, other_split)| other_split != split) {
                    assigned.ambiguous_splits.push(cell);
                }
            }
            at = node.from;
        }
        assigned.sides.iter_mut().for_each(|side| side.reverse());
        assigned
    }
}
