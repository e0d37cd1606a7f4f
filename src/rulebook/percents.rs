//! The probability that a table still holds in percent, looked up by age: the logarithms of a curve take longer than
//! everything else about a row.

use crate::rulebook::holds::{Age, Curve};
use crate::time::TimeSpan;

/// The percentages of a curve by age, for tables that nothing later confirms or contradicts.
#[derive(Clone, Debug)]
pub(super) struct Percents {
    /// The ages in microseconds from which the percentage is at most 99, 98 and so on.
    below: Vec<i64>,
}

/// So near an age at which the percentage changes, the curve itself decides: floats may round to either side.
const NEAR: i64 = 1_000_000;

impl Percents {
    /// Of a curve.
    pub fn of(curve: &Curve) -> Percents {
        let mut below: Vec<i64> = Vec::new();
        for percent in (0..100).rev() {
            let (mut before, mut from) = (below.last().map_or(-1, |age| age - 1), i64::MAX / 2);
            if by_curve(curve, from, false) > Some(percent) {
                break;
            }
            // A share never rises with age.
            while from - before > 1 {
                let middle = before + (from - before) / 2;
                if by_curve(curve, middle, false) > Some(percent) { before = middle } else { from = middle }
            }
            below.push(from);
        }
        Percents { below }
    }

    /// The percentage of a table of an age, which is in force as announced or was observed.
    #[inline]
    pub fn at(&self, curve: &Curve, age: TimeSpan, is_announced: bool) -> Option<u8> {
        let age = age.micros();
        let passed = self.below.partition_point(|from| *from <= age);
        let is_near = |place: Option<usize>| {
            place.and_then(|place| self.below.get(place)).is_some_and(|from| from.abs_diff(age) < NEAR as u64)
        };
        if age < 0 || is_near(Some(passed)) || is_near(passed.checked_sub(1)) {
            return by_curve(curve, age, is_announced);
        }
        let percent = 100 - passed as u8;
        Some(if is_announced { percent.min(90) } else { percent })
    }
}

fn by_curve(curve: &Curve, age: i64, is_announced: bool) -> Option<u8> {
    let age = TimeSpan::from_micros(age);
    Age::Since { age, is_announced, seen_otherwise: None, after_change: None }.holds(Some(curve)).percent()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Percents, by_curve};
    use crate::rulebook::holds::Curve;
    use crate::time::TimeSpan;

    proptest! {
        #[test]
        fn a_percentage_is_that_of_the_curve(
            steps in prop::collection::vec((0.5_f64..200.0, 0.3_f64..=1.0), 1..10),
            ages in prop::collection::vec(-10_i64..4_000 * 86_400_000_000, 50),
            announced in prop::bool::ANY,
        ) {
            let (mut days, mut share) = (0.0, 1.0);
            let points = steps.into_iter().map(|(apart, kept)| {
                (days, share) = (days + apart, share * kept);
                (days, share)
            });
            let curve = Curve::from_points(points.collect());
            let percents = Percents::of(&curve);
            let around = percents.below.iter().flat_map(|from| [-2_000_000, -1, 0, 1, 2_000_000].map(|by| from + by));
            for age in around.chain(ages) {
                let found = percents.at(&curve, TimeSpan::from_micros(age), announced);
                prop_assert_eq!(found, by_curve(&curve, age, announced), "{}", age);
            }
        }
    }
}
