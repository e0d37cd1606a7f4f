//! What a seed says, gathered entry by entry.

use std::sync::Arc;

use super::errors::ErrorList;
use super::source::Source;
use crate::finding::{Finding, FindingCode};
use crate::ingest::conflicts;
use crate::ingest::draft::{DraftCompleteSnapshot, DraftRetraction, DraftStatement, Postponement};
use crate::text::Span;

/// Where a statement stands: its entry, each row of its table, and the names of all subjects of the entry.
#[derive(Clone, Debug)]
pub struct Place {
    pub entry: Span,
    pub rows: Arc<[Span]>,
    pub names: Arc<[String]>,
}

/// What was read so far.
#[derive(Clone, Debug)]
pub struct Collected {
    /// The statements; in the order of the document, or, once ordered, of the numbers that an export gives them.
    pub statements: Vec<DraftStatement>,
    /// The place of each.
    pub places: Vec<Place>,
    /// The number of each in an export, and where it stands.
    pub numbers: Vec<(u32, Span)>,
    /// How many rows were read, each counted for every subject of its table; in an export, how many names its findings
    /// have.
    pub rows: usize,
    pub complete_snapshots: Vec<DraftCompleteSnapshot>,
    pub retractions: Vec<DraftRetraction>,
    pub postponements: Vec<Postponement>,
    pub findings: Vec<Finding>,
    export: bool,
}

impl Collected {
    /// Nothing so far.
    pub fn new(export: bool) -> Collected {
        Collected {
            statements: Vec::new(),
            places: Vec::new(),
            numbers: Vec::new(),
            rows: 0,
            complete_snapshots: Vec::new(),
            retractions: Vec::new(),
            postponements: Vec::new(),
            findings: Vec::new(),
            export,
        }
    }

    /// Puts the statements of an export in the order of their numbers, which run from 1 without holes.
    pub fn order(&mut self, errors: &mut ErrorList) {
        // Where a statement could not be read the numbers have holes for that reason.
        if !self.export || self.numbers.len() != self.statements.len() || errors.any() {
            return;
        }
        let mut order: Vec<usize> = (0..self.numbers.len()).collect();
        order.sort_by_key(|&index| self.numbers[index].0);
        for (expected, &index) in (1..).zip(&order) {
            let (number, span) = self.numbers[index];
            if number != expected {
                let what = if number < expected {
                    format!("two statements have the number {number}")
                } else {
                    format!("no statement has the number {expected}")
                };
                errors.value(span, format!("{what}; numbers run from 1 to {}", order.len()), "");
                return;
            }
        }
        self.statements = order.iter().map(|&index| self.statements[index].clone()).collect();
        self.places = order.iter().map(|&index| self.places[index].clone()).collect();
    }

    /// Looks at the statements beside each other and beside the publication. What is odd about the document of an
    /// export was found when that was read.
    pub fn look_over(&mut self, source: &Source) {
        if self.export {
            return;
        }
        if source.publication.is_none() {
            let message = "[source] does not say when it was published";
            self.findings.push(Finding::new(FindingCode::NoPublication, source.header, message));
        }
        self.findings.extend(conflicts::contradictions(&self.statements));
        let published_at = source.publication.map(|(at, _)| at.0);
        self.findings.extend(published_at.and_then(|at| conflicts::far_timestamps(&self.statements, at)));
        self.findings.sort_by_key(|finding| (finding.span, finding.code));
    }
}
