//! The sums of an account: with their currency, rounded to the safe side, and what they need where there are none.

use super::size::{Needed, missing};
use crate::decimal::Decimal;
use crate::liquidation::fraction::Rounding;
use crate::query::rows::{Absent, AccountFigures};

/// Sums with their currency.
pub struct Summed {
    /// The currency.
    pub unit: String,
    /// `cross` or `portfolio`.
    pub kind: &'static str,
    /// How many positions.
    pub positions: usize,
    /// The sums.
    pub figures: AccountFigures,
}

/// The quotient of two sums of which the second is above 0.
pub fn ratio(of: &Needed, by: &Needed) -> Needed {
    match (of, by) {
        (Ok(of), Ok(by)) if by.sign().is_gt() => of.over(by).ok_or_else(|| vec!["a margin balance above 0"]),
        (Ok(_), Ok(_)) => Err(vec!["a margin balance above 0"]),
        (of, by) => Err(missing(of.as_ref().err(), by.as_ref().err())),
    }
}

impl AccountFigures {
    /// Puts in a sum, or what it needs.
    pub(super) fn put(&mut self, measure: &'static str, number: &Needed, to: Rounding) {
        let absent = |status, message| Absent { measure, status, message };
        let rounded = match number {
            Ok(number) => number.round(to),
            Err(columns) => {
                return self.absent.push(absent("missing", format!("needs {}", columns.join(", "))));
            }
        };
        let Some(rounded) = rounded else {
            return self
                .absent
                .push(absent("unknown", "the exact value needs more than 28 digits".to_string()));
        };
        if rounded.is_rounded {
            self.rounded.push(measure);
        }
        if let Some(field) = self.field(measure) {
            *field = Some(rounded.value);
        }
    }

    fn field(&mut self, measure: &str) -> Option<&mut Option<Decimal>> {
        Some(match measure {
            "notional" => &mut self.notional,
            "maintenance_margin" => &mut self.maintenance_margin,
            "initial_margin" => &mut self.initial_margin,
            "unrealized_profit" => &mut self.unrealized_profit,
            "margin_balance" => &mut self.margin_balance,
            "margin_ratio" => &mut self.margin_ratio,
            "uni_mmr" => &mut self.uni_mmr,
            _ => return None,
        })
    }
}
