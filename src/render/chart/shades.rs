//! The shades of areas: classes of rates, leverages and ratios that are the same for every subject, so that two
//! drawings can be compared. The stricter, the darker on light ground, and the denser in a terminal.

use crate::decimal::Decimal;
use crate::query::plan::over_time::Shade;
use crate::query::rows::{TierKind, TierView};
use crate::render::figures;

/// How many shades there are.
pub const SHADES: usize = 8;

/// The characters of the shades in a terminal, so that they can be told apart without colour.
pub const CHARACTERS: [char; SHADES] = ['·', ':', '+', '*', '░', '▒', '▓', '█'];

/// The codes of their colours in a terminal of 256 colours.
pub const COLOURS: [&str; SHADES] =
    ["38;5;151", "38;5;115", "38;5;79", "38;5;74", "38;5;68", "38;5;62", "38;5;99", "38;5;205"];

/// The highest rate of each shade but the last, in thousandths.
const RATES: [i64; SHADES - 1] = [5, 10, 20, 50, 100, 150, 250];

/// The leverage that each shade but the last is above.
const LEVERAGES: [u32; SHADES - 1] = [75, 50, 25, 20, 10, 5, 2];

/// The lowest ratio of each shade but the last, in thousandths.
const RATIOS: [i64; SHADES - 1] = [950, 900, 800, 700, 600, 500, 1];

/// What the shades of a drawing are about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// Maintenance margin rates.
    Rate,
    /// The highest leverages.
    Leverage,
    /// Collateral ratios.
    Ratio,
}

impl Scheme {
    /// What shades the tiers of contracts, or of assets.
    pub fn of(shade: Shade, has_contracts: bool) -> Scheme {
        match (shade, has_contracts) {
            (_, false) => Scheme::Ratio,
            (Shade::Rate, true) => Scheme::Rate,
            (Shade::Leverage, true) => Scheme::Leverage,
        }
    }

    /// What the shades are, in words.
    pub fn words(self) -> &'static str {
        match self {
            Scheme::Rate => "maintenance margin rate",
            Scheme::Leverage => "highest leverage",
            Scheme::Ratio => "collateral ratio",
        }
    }

    /// The shade of a tier, from 0 to below [`SHADES`].
    pub fn shade(self, tier: &TierView) -> usize {
        let rate = |thousandths: i64| Decimal::new(thousandths, 3);
        let last = SHADES - 1;
        match self {
            Scheme::Rate => RATES.iter().position(|most| tier.rate <= rate(*most)).unwrap_or(last),
            Scheme::Ratio => RATIOS.iter().position(|least| tier.rate >= rate(*least)).unwrap_or(last),
            Scheme::Leverage => LEVERAGES.iter().position(|most| leverage(tier) > *most).unwrap_or(last),
        }
    }

    /// What a tier has that gives its shade.
    pub fn label(self, tier: &TierView) -> String {
        match self {
            Scheme::Leverage => format!("{}x", leverage(tier)),
            Scheme::Rate | Scheme::Ratio => figures::percent(tier.rate),
        }
    }

    /// What a shade means.
    pub fn meaning(self, shade: usize) -> String {
        let percent = |thousandths: i64| figures::percent(Decimal::new(thousandths, 3));
        let below = shade.checked_sub(1);
        match self {
            Scheme::Rate => match (RATES.get(shade), below) {
                (Some(most), _) => format!("up to {}", percent(*most)),
                (None, _) => format!("over {}", percent(RATES[SHADES - 2])),
            },
            Scheme::Leverage => match LEVERAGES.get(shade) {
                Some(most) => format!("over {most}x"),
                None => format!("up to {}x", LEVERAGES[SHADES - 2]),
            },
            Scheme::Ratio => match shade {
                0..6 => format!("from {}", percent(RATIOS[shade])),
                6 => format!("below {}", percent(RATIOS[5])),
                _ => percent(0),
            },
        }
    }
}

fn leverage(tier: &TierView) -> u32 {
    match tier.kind {
        TierKind::Contract { max_leverage, .. } => max_leverage,
        TierKind::Collateral { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rule::Reading;
    use crate::text::Span;

    fn tier(rate: &str, max_leverage: u32) -> TierView {
        TierView {
            number: 1,
            floor: Decimal::ZERO,
            cap: None,
            rate: rate.parse().unwrap(),
            kind: TierKind::Contract { min_leverage: 1, max_leverage, maintenance_amount: None },
            reading: Reading::AsPublished,
            cells: Vec::new(),
            span: Span::new(0, 0),
        }
    }

    #[test]
    fn a_bound_belongs_to_the_milder_shade_of_a_rate() {
        let shade = |rate| Scheme::Rate.shade(&tier(rate, 1));
        assert_eq!(["0", "0.005", "0.0051", "0.05", "0.25", "0.2501", "1"].map(shade), [0, 0, 1, 3, 6, 7, 7]);
        assert_eq!(
            [0, 3, 7].map(|shade| Scheme::Rate.meaning(shade)),
            ["up to 0.5 %", "up to 5 %", "over 25 %"]
        );
    }

    #[test]
    fn what_is_stricter_is_never_milder_shaded() {
        let leverages = [150, 125, 100, 75, 50, 25, 20, 10, 5, 4, 3, 2, 1];
        let shades = leverages.map(|most| Scheme::Leverage.shade(&tier("0", most)));
        assert!(shades.is_sorted(), "{shades:?}");
        let ratios =
            ["1", "0.95", "0.9", "0.5", "0.4", "0"].map(|ratio| Scheme::Ratio.shade(&tier(ratio, 1)));
        assert_eq!(ratios, [0, 0, 1, 5, 6, 7]);
    }
}
