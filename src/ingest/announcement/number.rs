//! What bounds and rates a text of digits, commas and dots can stand for.
//!
//! Digits are never added or dropped: a misprint is read by other meanings of its separators only. Each reading
//! has a cost, which the search of `share` weighs against the laws of the table.

use crate::decimal::{self, Decimal};
use crate::rule::{Number, Rate};

/// Costs of forms, on the scale of the weights in `share`.
const PLAIN_FROM_1000: u32 = 3; // `400000` beside `800,000` happens, but groups are the rule
const TWO_DECIMALS: u32 = 1; // `5,000.00` is the form of some tables
const OTHER_DECIMALS: u32 = 6; // `250.0001` hardly ever means what it says
const MISPRINT: u32 = 10; // `5,00,000`, `100,00`, `250.000`

/// One meaning of a printed bound.
#[derive(Clone, PartialEq, Debug)]
pub struct Bound {
    /// The printed text with this meaning.
    pub number: Number,
    /// Whether separators stand in unusual places.
    pub odd: bool,
    /// How unusual the form is.
    pub cost: u32,
}

/// All meanings of a text of digits, commas and dots; none where it cannot be a number.
pub fn bounds(text: &str) -> Vec<Bound> {
    let groups: Vec<&str> = text.split([',', '.']).collect();
    if groups.iter().any(|group| group.is_empty()) || (groups[0].len() > 1 && groups[0].starts_with('0')) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut add = |digits: &str, odd: bool, cost: u32| {
        if let Some(value) = decimal::parse(digits) {
            found.push(Bound { number: Number::with_text(text, value), odd, cost });
        }
    };
    let grouped = groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
    let dots = text.matches('.').count();
    let whole = text.split('.').next().unwrap_or(text);
    if dots <= 1 {
        let whole_groups = whole.matches(',').count() + 1;
        let proper = groups[1..whole_groups].iter().all(|group| group.len() == 3)
            && (whole_groups == 1 || groups[0].len() <= 3);
        let form = match (whole_groups, proper) {
            (1, _) if whole.len() > 3 => PLAIN_FROM_1000,
            (_, true) => 0,
            (_, false) => MISPRINT,
        };
        let decimals = match groups.get(whole_groups).map(|fraction| fraction.len()) {
            None => 0,
            Some(2) => TWO_DECIMALS,
            Some(_) => OTHER_DECIMALS,
        };
        add(&text.replace(',', ""), !proper || decimals == OTHER_DECIMALS, form + decimals);
    }
    if dots > 1 || (dots == 1 && grouped) {
        add(&text.replace([',', '.'], ""), true, if grouped { MISPRINT } else { 2 * MISPRINT });
    }
    found
}

/// The rate behind a text, if it has the form of one: up to two digits before its dot, no idle zero in front.
/// `ratio` allows 0 and 100.
pub fn rate(text: &str, ratio: bool) -> Option<Rate> {
    let whole = text.split('.').next().unwrap_or(text);
    let idle_zero = whole.len() > 1 && whole.starts_with('0');
    if idle_zero || text.contains(',') || whole.len() > if ratio { 3 } else { 2 } {
        return None;
    }
    Rate::from_percent(text).filter(|rate| ratio || rate.fraction() > Decimal::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_unusual_places_are_read_by_another_meaning_and_say_so() {
        for (text, value, odd) in [
            ("5,000.00", "5000.00", false),
            ("400000", "400000", false),
            ("5,00,000", "500000", true),
            ("100,00", "10000", true),
            ("250.000", "250000", true),
        ] {
            let read = bounds(text).into_iter().map(|bound| (bound.number.value().to_string(), bound.odd));
            assert!(read.collect::<Vec<_>>().contains(&(value.to_string(), odd)), "{text}");
        }
        assert!(bounds("05").is_empty() && bounds("5,,000").is_empty());
    }
}
