//! The places of the statements of a source in its document, and which of their rows each finding concerns.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;
use crate::statement::Batch;
use crate::text::Span;

/// The places of statements in their document, and which of their rows each finding concerns.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The place of each statement, and the name of its subject.
    place_of: Vec<(usize, String)>,
    places: Vec<Place>,
    /// For each finding the places that it concerns, with the rows, counted from 1.
    pub touches: Vec<Vec<(usize, Vec<usize>)>>,
}

/// One place: it has several statements where a table is of several subjects, or a line has two sides.
#[derive(Clone, Debug)]
struct Place {
    whole: Span,
    rows: Vec<Span>,
    names: BTreeSet<String>,
    /// The subjects that findings about rows of it name.
    touched: BTreeSet<String>,
}

impl Layout {
    /// The layout of a source.
    pub fn of(batch: &Batch) -> Layout {
        let mut places: Vec<Place> = Vec::new();
        let mut known: BTreeMap<(Span, Vec<Span>), usize> = BTreeMap::new();
        let mut place_of = Vec::with_capacity(batch.statements.len());
        for statement in &batch.statements {
            let (whole, rows) = (statement.span, statement.rows());
            let place = *known.entry((whole, rows.clone())).or_insert(places.len());
            if place == places.len() {
                places.push(Place { whole, rows, names: BTreeSet::new(), touched: BTreeSet::new() });
            }
            let name = statement.subject.name().to_string();
            places[place].names.insert(name.clone());
            place_of.push((place, name));
        }
        let touches: Vec<_> = batch.findings.iter().map(|finding| touched_by(finding, &places)).collect();
        for (finding, touched) in batch.findings.iter().zip(&touches) {
            for (place, _) in touched {
                places[*place].touched.extend(finding.subjects.iter().cloned());
            }
        }
        Layout { place_of, places, touches }
    }

    /// The place of a statement, if a finding about a row there names its subject.
    pub fn touched_place(&self, statement: usize) -> Option<usize> {
        let (place, name) = &self.place_of[statement];
        self.places[*place].touched.contains(name).then_some(*place)
    }

    /// How many rows a statement has.
    pub fn rows(&self, statement: usize) -> usize {
        self.places[self.place_of[statement].0].rows.len()
    }
}

/// The places of subjects that a finding names, with the rows that it concerns there.
fn touched_by(finding: &Finding, places: &[Place]) -> Vec<(usize, Vec<usize>)> {
    let rows = |place: &Place| -> Vec<usize> {
        let touched = |(_, row): &(usize, &Span)| finding.touches(**row, place.whole);
        (1..).zip(&place.rows).filter(touched).map(|(number, _)| number).collect()
    };
    let concerned = |place: &Place| finding.subjects.iter().any(|subject| place.names.contains(subject));
    let all = places.iter().map(rows).enumerate();
    all.filter(|(place, rows)| !rows.is_empty() && concerned(&places[*place])).collect()
}
