//! How long a table stays as it is: the estimated probability that the exchange still applies what was stated
//! last.
//!
//! Tables change at any time, and most changes are announced nowhere that tierbook reads. The share of tables
//! that are unchanged d days after an observation is a curve, S. For `binance:usdm` a default was measured on
//! 147 observations of the exchange, 2025 to mid-2026; the pairs of consecutive observations in the database
//! itself are blended in with the weight n/(n + 20,000), n being their number at that age. Other programs have
//! a curve of their own pairs only. An announced change is carried out as announced in nine cases of ten, so
//! that its curve is the smaller of 0.9 and S.

// A probability is an estimate, not an amount: the rounding of a float does not matter to it.
#![allow(clippy::cast_precision_loss)]

use crate::time::TimeSpan;

/// How old the last confirmation of a table is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Age {
    /// The next observation shows the same table.
    ConfirmedLater,
    /// No later observation does.
    Since {
        /// From the last confirmation to the time asked about.
        age: TimeSpan,
        /// Whether only an announced change states the table.
        is_announced: bool,
        /// From the last confirmation to the next observation, which shows another table.
        seen_otherwise: Option<TimeSpan>,
        /// How long ago the announced change took effect everywhere; `None` where no change states it.
        after_change: Option<TimeSpan>,
    },
}

/// How probable it is that a table is still in force, and whether that is enough.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Holds {
    /// The probability; `None` where there is no curve for the program.
    pub probability: Option<f64>,
    /// Whether the answer counts as confirmed: the probability is at least 0.95, or the change is not a day
    /// old.
    pub is_fresh: bool,
}

/// The least probability of a table that counts as confirmed.
const CONFIRMED: f64 = 0.95;

/// How long an announced change counts as fresh.
pub const FRESH: TimeSpan = TimeSpan::from_micros(24 * 3_600 * 1_000_000);

/// The share of announced changes that are carried out as announced.
const CARRIED_OUT: f64 = 0.9;

/// The share of unchanged tables by age in days, as measured for `binance:usdm`.
const DEFAULT: [(f64, f64); 10] = [
    (1.0, 0.99),
    (3.0, 0.97),
    (7.0, 0.93),
    (14.0, 0.87),
    (30.0, 0.74),
    (60.0, 0.61),
    (90.0, 0.51),
    (180.0, 0.30),
    (365.0, 0.19),
    (730.0, 0.076),
];

/// How many pairs weigh as much as the default.
const DEFAULT_WEIGHT: f64 = 20_000.0;

/// The least number of pairs at an age, where there is no default.
const ENOUGH_PAIRS: usize = 1_000;

/// The share of unchanged tables by age, in days.
#[derive(Clone, PartialEq, Debug)]
pub struct Curve {
    points: Vec<(f64, f64)>,
    pieces: Vec<Piece>,
}

/// A curve between two points, straight on a logarithmic scale.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Piece {
    from: f64,
    to: f64,
    /// The logarithms of the shares at both ends.
    log: f64,
    log_then: f64,
    slope: f64,
}

impl Curve {
    /// The share that is unchanged after that time: straight between points on a logarithmic scale, and on at
    /// the rate of the last two points beyond the last one.
    pub fn share(&self, age: TimeSpan) -> f64 {
        let days = days(age);
        let passed = self.pieces.iter().take_while(|piece| days > piece.to).count();
        let Some(piece) = self.pieces.get(passed).or(self.pieces.last()) else { return 1.0 };
        // Beyond the last point it goes on from there.
        let is_beyond = passed == self.pieces.len();
        let (log, from) = if is_beyond { (piece.log_then, piece.to) } else { (piece.log, piece.from) };
        f64::exp(log + piece.slope * (days - from))
    }

    /// The curve through these points.
    pub(super) fn from_points(points: Vec<(f64, f64)>) -> Curve {
        let (mut pieces, mut from, mut log) = (Vec::with_capacity(points.len()), 0.0, f64::ln(1.0));
        for (to, share) in &points {
            let log_then = f64::ln(share.max(1e-6));
            pieces.push(Piece { from, to: *to, log, log_then, slope: (log_then - log) / (to - from) });
            (from, log) = (*to, log_then);
        }
        Curve { points, pieces }
    }

    /// Its points: ages in days, and shares.
    pub(super) fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// From the counts of pairs of observations of a program.
    pub(super) fn of(counts: &Counts, has_default: bool) -> Option<Curve> {
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut last = 1.0_f64;
        for (&(at, usual), own) in DEFAULT.iter().zip(counts.0) {
            let count = own.pairs;
            let measured = || {
                let unchanged = own.unchanged as f64 / count as f64;
                let mean = own.days / count as f64;
                unchanged.powf(at / mean)
            };
            let weight = count as f64 / (count as f64 + DEFAULT_WEIGHT);
            let share = match (has_default, count) {
                (true, 0) => usual,
                (true, _) => weight * measured() + (1.0 - weight) * usual,
                (false, _) if count >= ENOUGH_PAIRS => measured(),
                (false, _) => continue,
            };
            // A share cannot grow with age; what does so is chance.
            last = last.min(share);
            points.push((at, last));
        }
        (!points.is_empty()).then(|| Curve::from_points(points))
    }
}

/// The pairs of consecutive observations of one subject, by the age in [`DEFAULT`] that theirs is nearest to.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub(super) struct Counts([Count; DEFAULT.len()]);

/// The pairs near one age.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
struct Count {
    pairs: usize,
    unchanged: usize,
    /// The sum of their ages.
    days: f64,
}

impl Counts {
    /// Counts a pair that far apart.
    pub fn add(&mut self, apart: TimeSpan, is_unchanged: bool) {
        let days = days(apart);
        let count = &mut self.0[nearest_age(days)];
        count.pairs += 1;
        count.unchanged += usize::from(is_unchanged);
        count.days += days;
    }
}

/// The place in [`DEFAULT`] of the age that is nearest, on a logarithmic scale: the bound between two ages is
/// the root of their product.
fn nearest_age(days: f64) -> usize {
    DEFAULT.windows(2).take_while(|ages| days * days > ages[0].0 * ages[1].0).count()
}

fn days(span: TimeSpan) -> f64 {
    span.micros() as f64 / 86_400e6
}

impl Age {
    /// The estimate from a curve, by the cases of DESIGN 4.
    pub fn holds(self, curve: Option<&Curve>) -> Holds {
        let Age::Since { age, is_announced, seen_otherwise, after_change } = self else {
            return Holds { probability: Some(1.0), is_fresh: true };
        };
        let share = |curve: &Curve, age| {
            if is_announced { curve.share(age).min(CARRIED_OUT) } else { curve.share(age) }
        };
        let probability = curve.map(|curve| match seen_otherwise {
            None => share(curve, age),
            Some(next) => {
                let changed_by_then = share(curve, next);
                (share(curve, age) - changed_by_then) / (1.0 - changed_by_then).max(1e-6)
            }
        });
        let is_fresh = probability.is_some_and(|probability| probability >= CONFIRMED)
            || (seen_otherwise.is_none() && after_change.is_some_and(|after| after <= FRESH));
        Holds { probability, is_fresh }
    }
}

/// The greatest age of an observed table, confirmed by nothing later, that counts as confirmed by a curve; `None`
/// where none does.
pub(super) fn settled_for(curve: Option<&Curve>) -> Option<TimeSpan> {
    let is_settled = |micros: i64| {
        let age = TimeSpan::from_micros(micros);
        let age = Age::Since { age, is_announced: false, seen_otherwise: None, after_change: None };
        age.holds(curve).is_fresh
    };
    if !is_settled(0) {
        return None;
    }
    // A share never rises with age.
    let (mut settled, mut unsettled) = (0, i64::MAX / 2);
    if is_settled(unsettled) {
        return Some(TimeSpan::from_micros(i64::MAX));
    }
    while unsettled - settled > 1 {
        let middle = settled + (unsettled - settled) / 2;
        if is_settled(middle) { settled = middle } else { unsettled = middle }
    }
    Some(TimeSpan::from_micros(settled))
}

impl Holds {
    /// The probability in two digits, as it is printed.
    pub fn percent(self) -> Option<u8> {
        self.probability.map(|probability| (probability.clamp(0.0, 1.0) * 100.0).round() as u8)
    }
}
