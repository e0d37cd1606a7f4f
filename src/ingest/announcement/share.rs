//! Shares the cells of a table between its two sides, and picks among the ways to part glued digits: one small
//! search that breaks as few laws as possible.
//!
//! Cells come in row order: left, right, left, right. A cell may be missing: then a mark stands in its place, or
//! a mark above it covers it too, or nothing shows it. The search goes through the cells once and keeps, for each
//! state (last cell of each side, whose turn it is, which marks still cover), the cheapest way there. The costs
//! are the weights of broken laws (see `weight`). Where two ways that differ are equally cheap, the result says so.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::cell::{Cell, Item, Layout};
use super::moves::{Gaps, State, closing, placed, placements, repeated, turns};
use super::split::Split;
use super::weight;
use crate::decimal::Decimal;

/// Most states that are followed from one cell to the next; real tables have about thirty.
const STATES: usize = 200;

/// States that are dearer than the cheapest beside them by more than this are not followed: at first none, because most
/// tables break no law. Where a state that was not followed could be on a way as cheap as the one found, the search
/// begins again with more; four broken chains are never made good later.
const SLACKS: [u32; 4] = [0, weight::LEVERAGE_GAP + weight::RATE_ORDER, 2 * weight::CHAIN, 4 * weight::CHAIN];

/// The cheapest way to share the cells.
#[derive(Clone, Debug)]
pub struct Shared {
    /// For left and right: the items of that side in order, each with the split chosen.
    pub sides: [Vec<(usize, usize)>; 2],
    /// Items that an equally cheap way puts on the other side.
    pub ambiguous_sides: Vec<usize>,
    /// Items that would be on the other side if a mark were lost, where one mark covers several rows.
    pub sides_if_lost: Vec<usize>,
    /// Items that an equally cheap way parts otherwise.
    pub ambiguous_splits: Vec<usize>,
    /// The absent cells.
    pub gaps: Gaps,
}

impl Shared {
    /// The cells of a side in order, each with the split chosen.
    pub fn tiers<'i, 'a>(
        &'i self,
        items: &'i [Item<'a>],
        side: usize,
    ) -> impl Iterator<Item = (&'i Cell<'a>, &'i Split<'a>)> + Clone {
        self.sides[side].iter().filter_map(|&(item, split)| match &items[item] {
            Item::Cell(cell) => Some((cell, &cell.splits[split])),
            Item::Mark => None,
        })
    }

    /// Whether a tier of one side ends where one of the other does: only there could the ends of the sides be exchanged.
    fn sides_meet(&self, items: &[Item]) -> bool {
        let caps = |side| self.tiers(items, side).map(|(_, split)| split.cap.value);
        let left: BTreeSet<Decimal> = caps(0).collect();
        caps(1).any(|cap| left.contains(&cap))
    }
}

/// A state with the cheapest way to it, and (filled from behind) the cheapest way from it to the end.
struct Node {
    state: State,
    cost: u32,
    gaps: Gaps,
    from: usize,
    to_end: u32,
}

/// A step from a state before an item to a state behind it.
struct Edge {
    from: usize,
    to: usize,
    cost: u32,
}

/// The states behind each item, each with the cheapest way to it and from it to the end.
struct Search {
    /// All states: first the one before every item.
    nodes: Vec<Node>,
    /// Where the states behind each item start, and at last where they end.
    starts: Vec<usize>,
    edges: Vec<Edge>,
    /// The least cost of a way that was not followed to its end.
    dropped: u32,
    /// The places of the states behind the item that is placed.
    known: HashMap<State, usize>,
}

const FAR: u32 = u32::MAX / 2;

/// Shares `items`, cells with at least one split each; `None` where there is no cell, or more items than a table can have.
pub fn share(items: &[Item], layout: Layout) -> Option<Shared> {
    let has_cell = items.iter().any(|item| matches!(item, Item::Cell(_)));
    if !has_cell || items.len() > usize::from(u16::MAX) {
        return None;
    }
    let shared = cheapest(items, layout, 0);
    if shared.gaps.covered == 0 || shared.gaps.unmarked > 0 || !shared.sides_meet(items) {
        return Some(shared);
    }
    let with_a_mark_lost = cheapest(items, layout, weight::ABSENT);
    Some(Shared { sides_if_lost: with_a_mark_lost.ambiguous_sides, ..shared })
}

/// The cheapest way to share items; another one that is dearer by at most `margin` counts as equally cheap.
fn cheapest(items: &[Item], layout: Layout, margin: u32) -> Shared {
    let [tried @ .., last] = SLACKS;
    for slack in tried {
        let mut search = Search::new(items.len());
        let through = (0..items.len())
            .all(|index| search.place(items, index, layout, slack + margin) + margin < search.dropped);
        if through {
            search.look_back(items, layout);
            if search.nodes[0].to_end + margin < search.dropped {
                return search.cheapest_way(items, layout, margin);
            }
        }
    }
    let mut search = Search::new(items.len());
    for index in 0..items.len() {
        search.place(items, index, layout, last + margin);
    }
    search.look_back(items, layout);
    search.cheapest_way(items, layout, margin)
}

impl Search {
    /// Before the first of so many items.
    fn new(items: usize) -> Search {
        let start = Node { state: State::START, cost: 0, gaps: Gaps::default(), from: 0, to_end: FAR };
        let (mut nodes, mut starts) = (Vec::with_capacity(2 * items), Vec::with_capacity(items + 2));
        nodes.push(start);
        starts.extend([0, 1]);
        Search { nodes, starts, edges: Vec::with_capacity(2 * items), dropped: FAR, known: HashMap::new() }
    }

    /// The states behind so many items.
    fn layer(&self, items: usize) -> Range<usize> {
        self.starts[items]..self.starts[items + 1]
    }

    /// Adds the states reachable by placing item `index`, with the edges that lead there; gives the cost of the
    /// cheapest.
    fn place(&mut self, items: &[Item], index: usize, layout: Layout, slack: u32) -> u32 {
        let Search { nodes, starts, edges, dropped, known } = self;
        known.clear();
        let mut order: Vec<usize> = (starts[index]..starts[index + 1]).collect();
        order.sort_by_key(|&node| nodes[node].cost);
        let followed = order.first().map_or(0, |&node| nodes[node].cost + slack);
        let mut cheapest = FAR;
        for (place, from) in order.into_iter().enumerate() {
            let Node { state, cost: so_far, gaps: gaps_before, .. } = nodes[from];
            if place == STATES || so_far > followed {
                *dropped = (*dropped).min(so_far);
                break;
            }
            for (ready, skip_cost, skipped) in turns(&state, items, index, layout).into_iter().flatten() {
                if so_far + skip_cost > cheapest.saturating_add(slack) {
                    *dropped = (*dropped).min(so_far + skip_cost);
                    continue;
                }
                let gaps = gaps_before.plus(skipped).plus(repeated(&ready, &items[index]));
                placements(&ready, items, index, layout, &mut |state, place_cost| {
                    let cost = so_far + skip_cost + place_cost;
                    cheapest = cheapest.min(cost);
                    if cost > cheapest + slack {
                        *dropped = (*dropped).min(cost);
                        return;
                    }
                    let to = *known.entry(state).or_insert_with(|| {
                        nodes.push(Node { state, cost: FAR, gaps, from, to_end: FAR });
                        nodes.len() - 1
                    });
                    if cost < nodes[to].cost {
                        nodes[to] = Node { state, cost, gaps, from, to_end: FAR };
                    }
                    edges.push(Edge { from, to, cost: skip_cost + place_cost });
                });
            }
        }
        starts.push(nodes.len());
        cheapest
    }

    /// Fills in what each state costs up to the end.
    fn look_back(&mut self, items: &[Item], layout: Layout) {
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
    fn cheapest_way(&self, items: &[Item], layout: Layout, margin: u32) -> Shared {
        let best = self.nodes[0].to_end;
        let is_best = |node: &&Node| node.cost + node.to_end == best;
        let is_good = |node: &&Node| node.cost + node.to_end <= best + margin;
        let end = self.layer(items.len());
        let mut at = end.clone().find(|&place| is_best(&&self.nodes[place])).unwrap_or(end.start);
        let gaps = self.nodes[at].gaps.plus(closing(&self.nodes[at].state, items, layout).1);
        let mut shared = Shared {
            sides: [Vec::new(), Vec::new()],
            ambiguous_sides: Vec::new(),
            sides_if_lost: Vec::new(),
            ambiguous_splits: Vec::new(),
            gaps,
        };
        for index in (0..items.len()).rev() {
            let node = &self.nodes[at];
            if let (Item::Cell(_), Some((side, split))) = (&items[index], placed(&node.state, index)) {
                shared.sides[side].push((index, split));
                let others = || {
                    let as_good = self.nodes[self.layer(index + 1)].iter().filter(is_good);
                    as_good.filter_map(|other| placed(&other.state, index))
                };
                if others().any(|(other_side, _)| other_side != side) {
                    shared.ambiguous_sides.push(index);
                } else if others().any(|(_, other_split)| other_split != split) {
                    shared.ambiguous_splits.push(index);
                }
            }
            at = node.from;
        }
        shared.sides.iter_mut().for_each(|side| side.reverse());
        shared
    }
}
