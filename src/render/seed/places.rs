//! The places of the findings of a source in its seed: at the rows that they concern, so that the same
//! answers warn.

use std::collections::{BTreeMap, BTreeSet};

use super::entries::Entry;
use super::layout::Layout;
use crate::finding::Finding;
use crate::statement::{Batch, Statement};
use crate::text::Span;

/// A finding with its place in the seed: statements by their numbers, the entry of the first, and the first
/// and last row of the only one. Without a number it concerns no statement.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    pub finding: &'a Finding,
    pub statements: Vec<u32>,
    pub entry: Option<&'a Entry>,
    pub rows: Option<(usize, usize)>,
}

/// The findings in their order, each at its place; one that concerns rows far from each other has a place for
/// each.
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
    /// The entries at each place that findings concern.
    entries_at: BTreeMap<usize, BTreeSet<usize>>,
    /// The entries that name a subject.
    entries_of: BTreeMap<&'a str, BTreeSet<usize>>,
    /// The statements with a span, each with its entry.
    spans: BTreeMap<Span, Vec<(usize, usize)>>,
}

/// Rows of an entry that a finding concerns, counted from 1.
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
                finder.spans.entry(statement.span).or_default().push((index, number));
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
            let (entry, number) = self.about_whole(finding, &names).unzip();
            return vec![Placed { finding, statements: number.into_iter().collect(), entry, rows: None }];
        }
        if self.reach_from_first_to_last(&runs, &names) {
            let statements = runs.iter().filter_map(|run| self.number_in(run.entry, &names)).collect();
            let entry = runs.first().map(|run| &self.entries[run.entry]);
            return vec![Placed { finding, statements, entry, rows: None }];
        }
        runs.iter().flat_map(|run| self.of_run(finding, run, &names)).collect()
    }

    /// The number of the first statement of an entry that is about one of some names.
    fn number_in(&self, entry: usize, names: &BTreeSet<&str>) -> Option<u32> {
        let named = |index: &&usize| names.contains(self.statements[**index].subject.name());
        self.entries[entry].statements.iter().find(named).map(|index| *index as u32 + 1)
    }

    /// Whether runs are of several entries, each whole, and what is between them is about other subjects:
    /// then one place covers all.
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

    /// The runs of neighbouring rows of one entry.
    fn of_run(&self, finding: &'a Finding, run: &Run, names: &BTreeSet<&str>) -> Vec<Placed<'a>> {
        let statements: Vec<u32> = self.number_in(run.entry, names).into_iter().collect();
        let entry = &self.entries[run.entry];
        let runs = run.rows.chunk_by(|a, b| a + 1 == *b).filter_map(|rows| {
            let rows = rows.first().copied().zip(rows.last().copied())?;
            let rows = (!entry.is_row).then_some(rows);
            Some(Placed { finding, statements: statements.clone(), entry: Some(entry), rows })
        });
        runs.collect()
    }

    /// The entry that a finding is about as a whole, and its first statement; the finding concerns none of
    /// its rows.
    fn about_whole(&self, finding: &Finding, names: &BTreeSet<&str>) -> Option<(&'a Entry, u32)> {
        let about = |(index, entry): &&(usize, usize)| {
            let named = names.contains(self.statements[*index].subject.name());
            names.is_empty() || (named && !self.entries[*entry].is_row)
        };
        let (_, number) = self.spans.get(&finding.span)?.iter().find(about)?;
        let entry = &self.entries[*number];
        let first = entry.statements.first().map(|index| *index as u32 + 1);
        Some((entry, self.number_in(*number, names).or(first)?))
    }
}
