//! Where the statements of a source stand in its document, and which of their rows each finding touches.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::statement::Batch;
use crate::text::Span;

/// The places where statements stand in their document, and which of their rows each finding touches.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The place of each statement.
    place_of: Vec<usize>,
    places: Vec<Place>,
    /// For each finding the places that it touches, with the rows, counted from 1.
    pub touches: Vec<Vec<(usize, Vec<usize>)>>,
}

/// One place: several statements stand there where a table is one of several subjects, or a line has two sides.
#[derive(Clone, Debug)]
struct Place {
    whole: Span,
    rows: Vec<Span>,
    touched: bool,
}

impl Layout {
    /// The layout of a source.
    pub fn of(batch: &Batch) -> Layout {
        let mut places: Vec<Place> = Vec::new();
        let mut known: BTreeMap<(Span, Vec<Span>), usize> = BTreeMap::new();
        let place_of = batch.statements.iter().map(|statement| {
            let (whole, rows) = (statement.span, statement.rows());
            *known.entry((whole, rows.clone())).or_insert_with(|| {
                places.push(Place { whole, rows, touched: false });
                places.len() - 1
            })
        });
        let place_of = place_of.collect();
        let touches: Vec<_> = batch.findings.iter().map(|finding| touched_by(finding, &places)).collect();
        for (place, _) in touches.iter().flatten() {
            places[*place].touched = true;
        }
        Layout { place_of, places, touches }
    }

    /// The place of a statement, if a finding touches a row there.
    pub fn touched_place(&self, statement: usize) -> Option<usize> {
        Some(self.place_of[statement]).filter(|place| self.places[*place].touched)
    }

    /// How many rows a statement has.
    pub fn rows(&self, statement: usize) -> usize {
        self.places[self.place_of[statement]].rows.len()
    }
}

fn touched_by(finding: &Finding, places: &[Place]) -> Vec<(usize, Vec<usize>)> {
    if finding.subjects.is_empty() {
        return Vec::new();
    }
    let rows = |place: &Place| -> Vec<usize> {
        let touched = |(_, row): &(usize, &Span)| finding.touches(**row, place.whole);
        (1..).zip(&place.rows).filter(touched).map(|(number, _)| number).collect()
    };
    let all = places.iter().map(rows).enumerate();
    all.filter(|(_, rows)| !rows.is_empty()).collect()
}
