//! The best way to split a list into names and classes, and what is nearly as good.
//!
//! The cheapest way through the graph of the list is taken; an edge of it that a way of nearly the same cost does without
//! is in doubt.

use std::collections::BTreeMap;

use super::digits::{DIGITS_INSIDE, USUAL_START, all_classes, has_digits_inside};
use super::graph::{Edge, EdgeKind, Expected, Graph, Node, Word, costs_from_start, costs_to_end};
use crate::finding::FindingCode;
use crate::text::Span;

/// How much more another way may cost so that the best is in doubt.
const MARGIN: u32 = 2;

/// Most bytes of a list.
const MOST_BYTES: usize = 4000;

/// A row: one asset.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The name.
    pub name: Span,
    /// The classes.
    pub numbers: Span,
    /// The classes from left to right.
    pub classes: Vec<u32>,
    /// Why it may mean something else.
    pub doubts: Vec<(FindingCode, String)>,
}

/// The rows of a list.
#[derive(Clone, PartialEq, Debug)]
pub struct Split {
    /// The rows in the order of their names.
    pub rows: Vec<Row>,
    /// What is in none.
    pub unread: Vec<Span>,
}

/// Splits the words of a list whose rows have `columns` classes, before or after their names. `known` counts the
/// names that the text contains elsewhere; `room` is for how many edges there is room in the graphs of the lists that
/// are left to split.
pub fn split(
    text: &str,
    words: &[Word],
    names_first: bool,
    columns: usize,
    known: &BTreeMap<&str, usize>,
    room: &mut usize,
) -> Option<Split> {
    let (first, last) = (words.first()?, words.last()?);
    if last.span.end - first.span.start > MOST_BYTES {
        return None;
    }
    let graph = Graph { text, words, names_first, columns, known };
    let edges = graph.edges((first.span.start, Expected::Row), room)?;
    let end = |node: &Node| {
        let may_end =
            if names_first { node.1 == Expected::Row } else { matches!(node.1, Expected::Classes(_)) };
        node.0 == last.span.end && may_end
    };
    let forward = costs_from_start(&edges, (first.span.start, Expected::Row));
    let backward = costs_to_end(&edges, end);
    let mut node: Node = (first.span.start, Expected::Row);
    let best = *backward.get(&node)?;
    let near: Vec<&Edge> = edges
        .iter()
        .filter(|edge| {
            let costs = forward.get(&edge.from).zip(backward.get(&edge.to));
            costs.is_some_and(|(before, after)| before + edge.cost + after <= best + MARGIN)
        })
        .collect();
    let mut path: Vec<&Edge> = Vec::new();
    while node.0 < last.span.end {
        let left = *backward.get(&node)?;
        let first = near.partition_point(|edge| edge.from < node);
        let mut next = near[first..].iter().take_while(|edge| edge.from == node);
        let edge = *next.find(|edge| backward.get(&edge.to).is_some_and(|rest| edge.cost + rest == left))?;
        path.push(edge);
        node = edge.to.clone();
    }
    // The edges of one way do not overlap, so that a way over another edge at this place does without this one.
    let rival = |edge: &Edge| {
        let before_end = near.iter().take_while(|other| other.from.0 < edge.to.0);
        let mut overlapping = before_end.filter(|other| other.to.0 > edge.from.0);
        overlapping.find(|other| !std::ptr::eq(**other, edge)).copied()
    };
    Some(rows_of(text, &path, names_first, rival))
}

/// The rows of a path.
fn rows_of<'e>(
    text: &str,
    path: &[&'e Edge],
    names_first: bool,
    rival: impl Fn(&Edge) -> Option<&'e Edge>,
) -> Split {
    let mut split = Split { rows: Vec::new(), unread: Vec::new() };
    let mut classes: Option<(Span, Vec<u32>, Option<String>)> = None;
    let mut open = 0;
    let doubt_of = |edge: &Edge| {
        rival(edge).map(|other| {
            let (taken, other) = (described(text, &edge.kind), described(text, &other.kind));
            format!("{taken} can be split otherwise: {other}")
        })
    };
    for edge in path {
        match &edge.kind {
            EdgeKind::Name(name) => {
                let mut row = Row { name: *name, numbers: *name, classes: Vec::new(), doubts: Vec::new() };
                row.doubts.extend(name_doubt(text, *name, edge.cost));
                row.doubts.extend(doubt_of(edge).map(|why| (FindingCode::AmbiguousSplit, why)));
                if let (false, Some((span, numbers, why))) = (names_first, &classes) {
                    row.numbers = *span;
                    row.classes.clone_from(numbers);
                    row.doubts.extend(why.clone().map(|why| (FindingCode::AmbiguousSplit, why)));
                }
                split.rows.push(row);
            }
            EdgeKind::Classes(span, numbers) => {
                let why = doubt_of(edge);
                if names_first {
                    for row in &mut split.rows[open..] {
                        row.numbers = *span;
                        row.classes.clone_from(numbers);
                        row.doubts.extend(why.clone().map(|why| (FindingCode::AmbiguousSplit, why)));
                    }
                    open = split.rows.len();
                }
                classes = Some((*span, numbers.clone(), why));
            }
            EdgeKind::Skip(span) => split.unread.push(*span),
        }
    }
    split.rows.retain(|row| !row.classes.is_empty());
    split
}

fn described(text: &str, kind: &EdgeKind) -> String {
    match kind {
        EdgeKind::Name(span) => format!("the name {}", span.of(text)),
        EdgeKind::Classes(_, classes) => {
            let list: Vec<String> = classes.iter().map(u32::to_string).collect();
            format!("class {}", list.join(" to "))
        }
        EdgeKind::Skip(span) => format!("`{}` as a misprint", span.of(text)),
    }
}

/// The doubt about digits in a name that other digits are glued to.
fn name_doubt(text: &str, name: Span, cost: u32) -> Option<(FindingCode, String)> {
    let printed = name.of(text);
    match cost {
        0 | USUAL_START => None,
        DIGITS_INSIDE.. => {
            let message = format!("the name {printed} may be split otherwise, and is printed nowhere else");
            Some((FindingCode::AmbiguousSplit, message))
        }
        _ => {
            let message =
                format!("{printed} is printed nowhere else; digits at an end of it may be those of a class");
            Some((FindingCode::DigitsInName, message))
        }
    }
}

/// The names whose last digits could be the classes of names after them, which are lost: `LDO79, DYDX` may be `LDO`
/// and `79A, DYDX`. So may the names after it in its list belong to these classes. Each by the place of its row.
pub fn glued_names(text: &str, split: &Split) -> BTreeMap<usize, String> {
    let mut found = BTreeMap::new();
    let rows = &split.rows;
    let mut list_end = 0;
    for (index, row) in rows.iter().enumerate() {
        if index >= list_end {
            let same_list = rows[index..].iter().take_while(|later| later.numbers == row.numbers);
            list_end = index + same_list.count();
        }
        if found.contains_key(&index) {
            continue; // All names of its list from here on are in doubt already.
        }
        let printed = row.name.of(text);
        let letters = printed.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &printed[letters.len()..];
        let next = rows.get(list_end);
        let in_order = |classes: &Vec<u32>| {
            let rises = |classes: &[u32]| classes.first() < classes.last();
            row.classes < *classes
                && next.is_none_or(|next| *classes < next.classes)
                && rises(classes) == rises(&row.classes)
        };
        let inside = has_digits_inside(printed);
        let whole = all_classes(digits, row.classes.len());
        if inside || (!letters.is_empty() && whole.iter().any(in_order)) {
            let message = format!("the digits of {printed} may be the class of it or of names after it");
            found.extend((index..list_end).map(|place| (place, message.clone())));
        }
    }
    found
}
