//! Parts of a text, and whether a place is inside one of them.

use crate::text::Span;

/// Parts of a text that may overlap.
pub struct Cover {
    /// Where each starts, in order, and the furthest end of those that start up to there.
    parts: Vec<(usize, usize)>,
}

impl Cover {
    /// That of some parts.
    pub fn of(parts: &[Span]) -> Cover {
        let mut parts: Vec<(usize, usize)> = parts.iter().map(|part| (part.start, part.end)).collect();
        parts.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut parts {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        Cover { parts }
    }

    /// Whether all of a place is inside one of the parts.
    pub fn contains(&self, place: Span) -> bool {
        let count = self.parts.partition_point(|(start, _)| *start <= place.start);
        self.parts[..count].last().is_some_and(|(_, end)| place.end <= *end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_inside_a_part_that_another_one_overlaps() {
        let cover = Cover::of(&[Span::new(20, 30), Span::new(0, 15), Span::new(2, 4)]);
        for inside in [Span::new(0, 15), Span::new(3, 9), Span::new(20, 20), Span::new(29, 30)] {
            assert!(cover.contains(inside), "{inside}");
        }
        for outside in [Span::new(14, 16), Span::new(14, 21), Span::new(16, 17), Span::new(31, 31)] {
            assert!(!cover.contains(outside), "{outside}");
        }
        assert!(!Cover::of(&[]).contains(Span::new(0, 0)));
    }
}
