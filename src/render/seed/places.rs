//! Where the findings of a source go in its seed: to the rows that they touch, so that the same answers warn.

use std::collections::{BTreeMap, BTreeSet};

use super::entries::Entry;
use super::layout::Layout;
use crate::finding::Finding;
use crate::rule::Rule;
use crate::statement::{Batch, Statement};
use crate::text::Span;

/// A finding with its place in the seed: statements by their numbers, and the first and last row of the only one. Without
/// a number it concerns no statement.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    pub finding: &'a Finding,
    pub statements: Vec<u32>,
    pub rows: Option<(usize, usize)>,
}

/// The findings in their order, each at its place; one that touches rows far from each other stands there for each.
pub fn placed<'a>(batch: &'a Batch, layout: &Layout, entries: &'a [Entry]) -> Vec<Placed<'a>> {
    let finder = Finder::of(batch, layout, entries);
    batch
        .findings
        .iter()
        .zip(&layout.touches)
        .flat_map(|(finding, touches)| finder.placed(finding, touches))
        .collect()
}

/// What is looked up while findings are placed.
struct Finder<'a> {
    statements: &'a [Statement],
    entries: &'a [Entry],
    /// The entries that stand at a place that findings touch.
    entries_at: BTreeMap<usize, BTreeSet<usize>>,
    /// The entries that name a subject.
    entries_of: BTreeMap<&'a str, BTreeSet<usize>>,
    /// The statements with a span.
    spans: BTreeMap<Span, Vec<usize>>,
}

/// Rows of an entry that a finding touches, counted from 1.
struct Run<'r> {
    entry: usize,
    rows: &'r [usize],
}

impl<'a> Finder<'a> {
    fn of(batch: &'a Batch, layout: &Layout, entries: &'a [Entry]) -> Finder<'a> {
        let statements = batch.statements.as_slice();
        let mut finder = Finder {
            statements,
            entries,
            entries_at: BTreeMap::new(),
            entries_of: BTreeMap::new(),
            spans: BTreeMap::new(),
        };
        for (number, entry) in entries.iter().enumerate() {
            for &index in &entry.statements {
                let statement = &statements[index];
                finder.entries_of.entry(statement.subject.name()).or_default().insert(number);
                finder.spans.entry(statement.span).or_default().push(index);
                if let Some(place) = layout.touched_place(index) {
                    finder.entries_at.entry(place).or_default().insert(number);
                }
            }
        }
        finder
    }

    fn placed(&self, finding: &'a Finding, touches: &[(usize, Vec<usize>)]) -> Vec<Placed<'a>> {
        let names: BTreeSet<&str> = finding.subjects.iter().map(String::as_str).collect();
        let mut runs: Vec<Run> = Vec::new();
        for (place, rows) in touches {
            let entries = self.entries_at.get(place).into_iter().flatten();
            let named = entries.filter(|entry| self.number_in(**entry, &names).is_some());
            runs.extend(named.map(|&entry| Run { entry, rows }));
        }
        runs.sort_by_key(|run| run.entry);
        if runs.is_empty() {
            let statements = self.about_whole(finding, &names).into_iter().collect();
            return vec![Placed { finding, statements, rows: None }];
        }
        if self.reach_from_first_to_last(&runs, &names) {
            let statements = runs.iter().filter_map(|run| self.number_in(run.entry, &names)).collect();
            return vec![Placed { finding, statements, rows: None }];
        }
        runs.iter().flat_map(|run| self.of_run(finding, run, &names)).collect()
    }

    /// The number of the first statement of an entry that is about one of some names.
    fn number_in(&self, entry: usize, names: &BTreeSet<&str>) -> Option<u32> {
        let named = |index: &&usize| names.contains(self.statements[**index].subject.name());
        self.entries[entry].statements.iter().find(named).map(|index| *index as u32 + 1)
    }

    /// Whether runs are of several entries, each whole, and what stands between them is about other subjects: then one
    /// place reaches over all.
    fn reach_from_first_to_last(&self, runs: &[Run], names: &BTreeSet<&str>) -> bool {
        let ([first, .., last], true) =
            (runs, runs.iter().all(|run| run.rows.len() == self.entries[run.entry].rows))
        else {
            return false;
        };
        let reached: BTreeSet<usize> = runs.iter().map(|run| run.entry).collect();
        let mut between = names
            .iter()
            .filter_map(|name| self.entries_of.get(name))
            .flat_map(|entries| entries.range(first.entry..=last.entry));
        between.all(|entry| reached.contains(entry))
    }

    /// The stretches of neighbouring rows of one entry.
    fn of_run(&self, finding: &'a Finding, run: &Run, names: &BTreeSet<&str>) -> Vec<Placed<'a>> {
        let statements: Vec<u32> = self.number_in(run.entry, names).into_iter().collect();
        let is_flat = self.entries[run.entry].is_flat;
        let stretches = run.rows.chunk_by(|a, b| a + 1 == *b).filter_map(|rows| {
            let rows = rows.first().copied().zip(rows.last().copied())?;
            Some(Placed { finding, statements: statements.clone(), rows: (!is_flat).then_some(rows) })
        });
        stretches.collect()
    }

    /// The statement that a finding is about as a whole, which touches none of its rows.
    fn about_whole(&self, finding: &Finding, names: &BTreeSet<&str>) -> Option<u32> {
        let about = |index: &&usize| {
            let statement = &self.statements[**index];
            let flat = matches!(statement.claim.rule().map(|rule| rule.as_ref()), Some(Rule::Flat(_)));
            names.is_empty() || (!flat && names.contains(statement.subject.name()))
        };
        self.spans.get(&finding.span)?.iter().find(about).map(|index| *index as u32 + 1)
    }
}
