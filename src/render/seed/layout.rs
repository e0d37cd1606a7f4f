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
        let index = RowIndex::of(&places);
        let touches: Vec<_> = batch.findings.iter().map(|finding| index.touched_by(finding)).collect();
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

/// The rows of all places by where they start.
struct RowIndex<'a> {
    places: &'a [Place],
    /// The span of a row, its place, and its number there.
    rows: Vec<(Span, usize, usize)>,
    /// The last end of a row up to each one.
    ends: Vec<usize>,
}

impl RowIndex<'_> {
    fn of(places: &[Place]) -> RowIndex<'_> {
        let of_place = |(place, it): (usize, &'_ Place)| {
            let rows: Vec<_> = (1..).zip(&it.rows).map(|(number, row)| (*row, place, number)).collect();
            rows
        };
        let mut rows: Vec<_> = places.iter().enumerate().flat_map(of_place).collect();
        rows.sort_unstable();
        let end = |last: &mut usize, (row, ..): &(Span, usize, usize)| {
            *last = row.end.max(*last);
            Some(*last)
        };
        let ends = rows.iter().scan(0, end).collect();
        RowIndex { places, rows, ends }
    }

    /// The places of subjects that a finding names, with the rows that it concerns there.
    fn touched_by(&self, finding: &Finding) -> Vec<(usize, Vec<usize>)> {
        let last = self.rows.partition_point(|(row, ..)| row.start < finding.span.end);
        let first = self.ends[..last].partition_point(|end| *end <= finding.span.start);
        let mut touched: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (row, place, number) in &self.rows[first..last] {
            let at = &self.places[*place];
            let concerned = || finding.subjects.iter().any(|subject| at.names.contains(subject));
            if finding.touches(*row, at.whole) && (touched.contains_key(place) || concerned()) {
                touched.entry(*place).or_default().push(*number);
            }
        }
        touched.values_mut().for_each(|rows| rows.sort_unstable());
        touched.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::FindingCode;

    /// A place for each of these wholes, with rows of ten bytes.
    fn places(wholes: &[(usize, usize)]) -> Vec<Place> {
        let place = |&(start, end): &(usize, usize)| Place {
            whole: Span::new(start, end),
            rows: (start..end).step_by(10).map(|at| Span::new(at, at + 10)).collect(),
            names: [format!("S{}", start % 3)].into(),
            touched: BTreeSet::new(),
        };
        wholes.iter().map(place).collect()
    }

    fn finding(start: usize, end: usize) -> Finding {
        let subjects = vec!["S0".to_string(), "S2".to_string()];
        Finding { subjects, ..Finding::new(FindingCode::Gap, Span::new(start, end), "") }
    }

    #[test]
    fn a_finding_touches_the_rows_that_it_would_touch_one_by_one() {
        let places = places(&[(0, 50), (20, 40), (60, 70), (60, 90), (0, 100), (90, 90)]);
        let index = RowIndex::of(&places);
        for (start, end) in (0..=100).flat_map(|start| (start..=100).map(move |end| (start, end))) {
            let finding = finding(start, end);
            let rows = |place: &Place| -> Vec<usize> {
                let touched = |(_, row): &(usize, &Span)| finding.touches(**row, place.whole);
                (1..).zip(&place.rows).filter(touched).map(|(number, _)| number).collect()
            };
            let named = |place: usize| finding.subjects.iter().any(|it| places[place].names.contains(it));
            let all = places.iter().map(rows).enumerate();
            let expected: Vec<_> = all.filter(|(place, rows)| !rows.is_empty() && named(*place)).collect();
            assert_eq!(index.touched_by(&finding), expected, "{start}..{end}");
        }
    }

    #[test]
    fn thousands_of_findings_about_thousands_of_places_take_little_time() {
        let wholes: Vec<_> = (0..20_000).map(|place| (place * 30, place * 30 + 30)).collect();
        let places = places(&wholes);
        let began = std::time::Instant::now();
        let index = RowIndex::of(&places);
        let touched = (0..60_000).map(|row| index.touched_by(&finding(row * 10, row * 10 + 9)).len());
        assert_eq!(touched.sum::<usize>(), 60_000);
        assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    }
}
