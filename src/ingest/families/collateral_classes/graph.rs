//! The graph of a list: each place and what may follow there is a node; a name, the classes of a row and a stretch that
//! cannot be read are edges with costs.

use std::collections::{BTreeMap, BTreeSet};

use super::digits::{self, DIGITS_AT_END};
use crate::text::Span;

/// What a stretch that cannot be read costs, and each name in it.
const SKIP: u32 = 20;
const SKIPPED_NAME: u32 = 5;

/// Most names in such a stretch.
const MOST_SKIPPED: usize = 80;

/// Most characters of a name.
const NAME_CHARS: usize = 16;

/// What a name after another without a comma costs.
pub const NO_COMMA: u32 = 4;

/// A word of a list: what blanks, bars and commas separate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word {
    /// Its bytes.
    pub span: Span,
    /// Whether a comma or an `and` follows, so that the list of names goes on.
    pub comma: bool,
}

/// What may follow at a place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Expected {
    /// A row.
    Row,
    /// A name of a row, whose classes are known where they stand before it.
    Name(Vec<u32>),
    /// The classes of the names before, or, where classes stand before names, another row.
    Classes(Vec<u32>),
}

/// A place, and what may follow.
pub type Node = (usize, Expected);

/// What an edge reads.
#[derive(Clone, PartialEq, Debug)]
pub enum EdgeKind {
    /// A name.
    Name(Span),
    /// The classes of a row.
    Classes(Span, Vec<u32>),
    /// What cannot be read.
    Skip(Span),
}

/// A piece of a way through the list.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Where it starts.
    pub from: Node,
    /// Where it ends.
    pub to: Node,
    /// How unusual it is.
    pub cost: u32,
    /// What it reads.
    pub kind: EdgeKind,
}

/// The graph of a list.
pub struct Graph<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The words of the list.
    pub words: &'a [Word],
    /// Whether names are before their classes.
    pub names_first: bool,
    /// How many classes a row has.
    pub columns: usize,
    /// How often the text contains each name elsewhere.
    pub known: &'a BTreeMap<&'a str, usize>,
}

impl Graph<'_> {
    /// All edges that can be reached, in the order of their starts; `None` where they are more than `room`, which
    /// they use up.
    pub fn edges(&self, start: Node, room: &mut usize) -> Option<Vec<Edge>> {
        let mut open: BTreeSet<Node> = BTreeSet::from([start]);
        let mut edges = Vec::new();
        while let Some(node) = open.pop_first() {
            let from = edges.len();
            self.edges_at(&node, &mut edges);
            *room = room.checked_sub(edges.len() - from)?;
            open.extend(edges[from..].iter().map(|edge| edge.to.clone()));
        }
        Some(edges)
    }

    fn edges_at(&self, node: &Node, edges: &mut Vec<Edge>) {
        let (at, expected) = node;
        let Some(word) = self.word_at(*at) else { return };
        let names = match expected {
            Expected::Row => self.names_first.then(|| (Vec::new(), 0)),
            Expected::Name(classes) => Some((classes.clone(), 0)),
            // A name after another without a comma.
            Expected::Classes(classes) => {
                (!self.names_first && *at == word.span.start).then(|| (classes.clone(), NO_COMMA))
            }
        };
        if let Some((classes, extra)) = names {
            self.names(node, word, &classes, extra, edges);
        }
        let classes_fit = match expected {
            Expected::Row => !self.names_first,
            Expected::Name(_) => false,
            Expected::Classes(_) => true,
        };
        if classes_fit {
            self.classes(node, *at, Vec::new(), *at, edges);
        }
        let may_skip = match expected {
            Expected::Row => true,
            Expected::Name(_) => false,
            Expected::Classes(_) => !self.names_first,
        };
        if may_skip {
            self.skips(node, *at, edges);
        }
        if let (false, Expected::Name(classes)) = (self.names_first, expected) {
            self.skip_name(node, word, classes, edges);
        }
    }

    /// The word that contains a place, unless it is its end.
    fn word_at(&self, at: usize) -> Option<&Word> {
        let index = self.words.partition_point(|word| word.span.end <= at);
        self.words.get(index).filter(|word| word.span.start <= at)
    }

    /// The place after a piece of a word: within it, or the start of the next word, or the end of the last one.
    fn after(&self, word: &Word, end: usize) -> usize {
        if end < word.span.end {
            return end;
        }
        let next = self.words.partition_point(|other| other.span.start <= word.span.start);
        self.words.get(next).map_or(end, |next| next.span.start)
    }

    fn names(&self, node: &Node, word: &Word, classes: &[u32], extra: u32, edges: &mut Vec<Edge>) {
        let at = node.0;
        let rest = &self.text[at..word.span.end];
        let near = rest.char_indices().take(NAME_CHARS + 1).skip(1);
        let ends = near.filter(|(_, c)| c.is_ascii_digit()).map(|(end, _)| end);
        for end in ends.chain([rest.len()]) {
            let name = Span::new(at, at + end);
            let Some(cost) = self.name_cost(name, word) else { continue };
            let is_listed = name.end == word.span.end && word.comma;
            let expected = if is_listed { Expected::Name } else { Expected::Classes };
            let to = (self.after(word, name.end), expected(classes.to_vec()));
            edges.push(Edge { from: node.clone(), to, cost: cost + extra, kind: EdgeKind::Name(name) });
        }
    }

    /// What a name costs; `None` for what can be none.
    fn name_cost(&self, name: Span, word: &Word) -> Option<u32> {
        let printed = name.of(self.text);
        let fits = |c: char| c.is_ascii_digit() || (c.is_alphabetic() && !c.is_lowercase());
        if printed.chars().nth(NAME_CHARS).is_some() || !printed.chars().all(fits) {
            return None;
        }
        let inner = printed.trim_matches(|c: char| c.is_ascii_digit());
        if inner.is_empty() {
            return None;
        }
        let has_digits = printed.contains(|c: char| c.is_ascii_digit());
        if has_digits && self.known.contains_key(printed) {
            return Some(0);
        }
        let is_apart = |digits: &str, end: usize, edge: usize| digits.is_empty() || end == edge;
        let start_digits =
            &printed[..printed.len() - printed.trim_start_matches(|c: char| c.is_ascii_digit()).len()];
        let end_digits = &printed[printed.trim_end_matches(|c: char| c.is_ascii_digit()).len()..];
        let start = if is_apart(start_digits, name.start, word.span.start) {
            0
        } else {
            digits::start_cost(start_digits)?
        };
        let end = if is_apart(end_digits, name.end, word.span.end) { 0 } else { DIGITS_AT_END };
        Some(start + end + digits::inside_cost(inner)?)
    }

    /// Adds the classes that start at a place, after those that were taken.
    fn classes(&self, node: &Node, at: usize, taken: Vec<u32>, end: usize, edges: &mut Vec<Edge>) {
        if taken.len() == self.columns {
            if digits::fits(&taken) {
                let expected = if self.names_first { Expected::Row } else { Expected::Name(taken.clone()) };
                let kind = EdgeKind::Classes(Span::new(node.0, end), taken);
                edges.push(Edge { from: node.clone(), to: (at, expected), cost: 0, kind });
            }
            return;
        }
        let Some(word) = self.word_at(at) else { return };
        let rest = &self.text[at..word.span.end];
        let count = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        for length in 1..=count {
            let Some(class) = digits::class_of(&rest[..length]) else { continue };
            // No comma is between the classes of a list and its first name.
            let is_apart = at + length == word.span.end && word.comma;
            if self.names_first || !is_apart {
                let next = self.after(word, at + length);
                self.classes(node, next, [&taken[..], &[class]].concat(), at + length, edges);
            }
        }
    }

    /// Adds the stretches from a place that belong to no row: each ends where a row may start.
    fn skips(&self, node: &Node, at: usize, edges: &mut Vec<Edge>) {
        let mut names = 0;
        let first = self.words.partition_point(|word| word.span.end <= at);
        for word in &self.words[first..] {
            let from = at.max(word.span.start);
            let mut before = ' ';
            for (offset, c) in self.text[from..word.span.end].char_indices() {
                let place = from + offset;
                let starts_row = if self.names_first {
                    let begins = |test: fn(&char) -> bool| test(&c) && !test(&before);
                    begins(|c| c.is_alphabetic()) || begins(char::is_ascii_digit)
                } else {
                    c.is_ascii_digit()
                };
                if place > at && starts_row {
                    self.skip(node, place, names, edges);
                }
                names += usize::from(c.is_alphabetic() && !before.is_alphabetic());
                before = c;
            }
            if names > MOST_SKIPPED {
                return;
            }
        }
        let end = self.words.last().map_or(at, |word| word.span.end);
        let expected = if self.names_first { Expected::Row } else { Expected::Classes(Vec::new()) };
        let kind = EdgeKind::Skip(Span::new(at, end));
        edges.push(Edge { from: node.clone(), to: (end, expected), cost: skip_cost(names), kind });
    }

    fn skip(&self, node: &Node, place: usize, names: usize, edges: &mut Vec<Edge>) {
        let before = self.words.partition_point(|word| word.span.end <= place);
        let is_inside = self.words.get(before).is_some_and(|word| word.span.start < place);
        let end = before.checked_sub(1).map(|word| self.words[word].span.end).filter(|_| !is_inside);
        let kind = EdgeKind::Skip(Span::new(node.0, end.unwrap_or(place)));
        let to = (place, Expected::Row);
        edges.push(Edge { from: node.clone(), to, cost: skip_cost(names), kind });
    }

    /// Adds the way around one name of a list that is misprinted; one with digits may have lost the classes of the
    /// names after it.
    fn skip_name(&self, node: &Node, word: &Word, classes: &[u32], edges: &mut Vec<Edge>) {
        let rest = Span::new(node.0, word.span.end);
        if rest.of(self.text).contains(|c: char| c.is_ascii_digit()) {
            return;
        }
        let expected = if word.comma { Expected::Name } else { Expected::Classes };
        let to = (self.after(word, rest.end), expected(classes.to_vec()));
        edges.push(Edge { from: node.clone(), to, cost: skip_cost(1), kind: EdgeKind::Skip(rest) });
    }
}

fn skip_cost(names: usize) -> u32 {
    SKIP + SKIPPED_NAME * u32::try_from(names).unwrap_or(u32::MAX / 100)
}

/// The least cost to each node from the start.
pub fn costs_from_start(edges: &[Edge], start: Node) -> BTreeMap<Node, u32> {
    let mut costs = BTreeMap::from([(start, 0)]);
    for edge in edges {
        let Some(cost) = costs.get(&edge.from).map(|cost| cost + edge.cost) else { continue };
        let known = costs.entry(edge.to.clone()).or_insert(cost);
        *known = (*known).min(cost);
    }
    costs
}

/// The least cost from each node to an end.
pub fn costs_to_end(edges: &[Edge], end: impl Fn(&Node) -> bool) -> BTreeMap<Node, u32> {
    let mut costs: BTreeMap<Node, u32> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| end(&edge.to)) {
        costs.insert(edge.to.clone(), 0);
    }
    for edge in edges.iter().rev() {
        let Some(cost) = costs.get(&edge.to).map(|cost| cost + edge.cost) else { continue };
        let known = costs.entry(edge.from.clone()).or_insert(cost);
        *known = (*known).min(cost);
    }
    costs
}
