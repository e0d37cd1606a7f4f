//! Statements → entries: what is the same for several subjects is written once.

use std::collections::{BTreeMap, BTreeSet};

use super::figures;
use super::layout::Layout;
use crate::statement::{Statement, Subject};

/// One entry of a seed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `change`, `observation` or `end`.
    pub header: &'static str,
    /// Its fields, but for the subjects.
    pub body: String,
    /// The statements that it makes, by their place in the source.
    pub statements: Vec<usize>,
    /// How many rows its table has; 1 without one, where the statement is its own row.
    pub rows: usize,
    /// Whether it has no table of rows, so that it is its own row.
    pub is_row: bool,
}

/// The statements as entries, in the order of their first ones.
///
/// Those with findings are one entry only where they are at one place of the document, so that a finding
/// about one of them is not taken for one about another. What else is at that place does not count.
pub fn entries(statements: &[Statement], layout: &Layout) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let same = same_bodies(statements);
    let found: BTreeSet<(usize, usize)> = (statements.iter().zip(&same).enumerate())
        .filter_map(|(index, (statement, same))| {
            Some((*same, layout.found_place(index, statement.subject.name())?))
        })
        .collect();
    let mut times: BTreeMap<(usize, Option<usize>, &Subject), usize> = BTreeMap::new();
    let mut places: BTreeMap<(usize, Option<usize>, usize), usize> = BTreeMap::new();
    for (index, statement) in statements.iter().enumerate() {
        let same = same[index];
        let touched = layout.touched_place(index).filter(|place| found.contains(&(same, *place)));
        // One list cannot contain a subject twice.
        let time = times.entry((same, touched, &statement.subject)).or_insert(0);
        *time += 1;
        let place = *places.entry((same, touched, *time)).or_insert(entries.len());
        if place == entries.len() {
            let (header, body) = (figures::header(&statement.claim), figures::body(&statement.claim));
            let is_row = statement.rows() == [statement.span];
            let rows = layout.rows(index);
            entries.push(Entry { header, body, statements: Vec::new(), rows, is_row });
        }
        entries[place].statements.push(index);
    }
    entries
}

/// A number for each statement: the same for those that state the same.
fn same_bodies(statements: &[Statement]) -> Vec<usize> {
    let mut bodies: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let number = |statement: &Statement| {
        let count = bodies.len();
        let body = (figures::header(&statement.claim), figures::body(&statement.claim));
        *bodies.entry(body).or_insert(count)
    };
    statements.iter().map(number).collect()
}
