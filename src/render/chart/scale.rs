//! Scales: where a figure is on the vertical axis. Only here a drawing rounds.

use crate::decimal::{self, Decimal};

/// From here on a scale is logarithmic: the largest figure is more than ten times the smallest.
const WIDE: i64 = 10;

/// A scale that all figures of a drawing share.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scale {
    /// From 0 to `high`.
    Linear {
        /// The largest figure; above 0.
        high: Decimal,
    },
    /// From a power of ten to another; what is below the lower one is drawn on it.
    Logarithmic {
        /// The lower exponent of ten.
        low: Decimal,
        /// The higher exponent of ten, above the lower one.
        high: Decimal,
    },
}

impl Scale {
    /// The scale that covers all `figures`, which are 0 or more.
    pub fn of(figures: &[Decimal]) -> Scale {
        let positive = || figures.iter().copied().filter(|figure| *figure > Decimal::ZERO);
        let (Some(smallest), Some(largest)) = (positive().min(), positive().max()) else {
            return Scale::Linear { high: Decimal::ONE };
        };
        let linear = Scale::Linear { high: largest };
        if largest / Decimal::from(WIDE) <= smallest {
            return linear;
        }
        // Where a line starts at 0, a tenth of its first figure leaves room to see it rise.
        let from_zero = figures.iter().any(Decimal::is_zero);
        let low =
            decimal::rounded_log10(smallest).map(|low| if from_zero { low - Decimal::ONE } else { low });
        match (low, decimal::rounded_log10(largest)) {
            (Some(low), Some(high)) => Scale::Logarithmic { low, high },
            _ => linear,
        }
    }

    /// How many of `steps` a figure is above the foot of the scale.
    pub fn place(&self, figure: Decimal, steps: u32) -> u32 {
        let share = match *self {
            Scale::Linear { high } => figure / high,
            Scale::Logarithmic { low, high } => match decimal::rounded_log10(figure) {
                Some(exponent) => (exponent - low) / (high - low),
                None => Decimal::ZERO,
            },
        };
        let place = (share.clamp(Decimal::ZERO, Decimal::ONE) * Decimal::from(steps)).round();
        u32::try_from(place).unwrap_or(0).min(steps)
    }

    /// Round figures for the labels of a line, the largest first: quarters, or powers of ten.
    pub fn round_figures(&self, largest: Decimal) -> Vec<Decimal> {
        match *self {
            Scale::Linear { high } => {
                let quarters = (0..4).rev().filter_map(|n| decimal::multiply(high, Decimal::new(25 * n, 2)));
                std::iter::once(largest).chain(quarters).collect()
            }
            Scale::Logarithmic { low, .. } => {
                let powers = std::iter::successors(Some(Decimal::ONE), |power| power.checked_mul(10.into()));
                let powers = powers.take_while(|power| *power < largest);
                let above = |power: &Decimal| decimal::rounded_log10(*power).is_some_and(|log| log >= low);
                let mut figures: Vec<Decimal> = powers.filter(above).collect();
                figures.push(largest);
                figures.reverse();
                figures
            }
        }
    }

    /// `from 0`, or `logarithmic`.
    pub fn name(&self) -> &'static str {
        match self {
            Scale::Linear { .. } => "from 0",
            Scale::Logarithmic { .. } => "logarithmic",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn figures(texts: &[&str]) -> Vec<Decimal> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_scale_is_linear_up_to_a_tenfold_and_logarithmic_beyond() {
        assert_eq!(Scale::of(&figures(&["0.05", "0.5"])), Scale::Linear { high: "0.5".parse().unwrap() });
        assert_eq!(Scale::of(&figures(&["1", "1000"])).name(), "logarithmic");
        assert_eq!(Scale::of(&figures(&["0"])), Scale::Linear { high: Decimal::ONE });
    }

    #[test]
    fn places_keep_the_order_of_figures_and_stay_on_the_scale() {
        for texts in [&["0.01", "0.05", "0.1", "0.5", "1"][..], &["1", "2", "9", "10"], &["0", "5", "700000"]]
        {
            let figures = figures(texts);
            let scale = Scale::of(&figures);
            let places: Vec<u32> = figures.iter().map(|figure| scale.place(*figure, 1000)).collect();
            assert!(places.is_sorted() && places.last() == Some(&1000), "{places:?}");
        }
        let scale = Scale::of(&figures(&["0.01", "0.1", "1"]));
        assert_eq!(scale.place("0.1".parse().unwrap(), 1000), 500);
    }
}
