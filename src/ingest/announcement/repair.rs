//! The values that a bound with broken groups may have had before one digit was lost or added.

use crate::decimal::{self, Decimal};
use crate::limits;

/// The values of a text whose groups are whole but for one that lacks a digit, or has one too many.
pub fn repaired(text: &str) -> Vec<Decimal> {
    let groups: Vec<&str> = text.split([',', '.']).collect();
    let is_whole = |(place, group): (usize, &&str)| group.len() == 3 || (place == 0 && group.len() < 3);
    let mut broken = (0..groups.len()).filter(|&place| !is_whole((place, &groups[place])));
    let (Some(place), None) = (broken.next(), broken.next()) else { return Vec::new() };
    if groups.len() < 2 || text.len() > limits::NUMBER_DIGITS {
        return Vec::new();
    }
    let group = groups[place];
    let with = |group: String| {
        let digits: String =
            groups.iter().enumerate().map(|(at, other)| if at == place { &group } else { *other }).collect();
        if digits.starts_with('0') { None } else { decimal::parse(&digits) }
    };
    match group.len() {
        2 => (0..=2)
            .flat_map(|at| (0..10).map(move |digit| (at, digit)))
            .filter_map(|(at, digit)| with(format!("{}{digit}{}", &group[..at], &group[at..])))
            .collect(),
        4 => (0..4).filter_map(|at| with(format!("{}{}", &group[..at], &group[at + 1..]))).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, value: u32) -> bool {
        repaired(text).contains(&Decimal::from(value))
    }

    #[test]
    fn a_broken_group_lost_or_gained_one_digit() {
        assert!(has("100,00", 100_000) && !has("100,00", 1_000_000));
        assert!(has("5,00,000", 5_000_000) && has("1000,000", 100_000) && has("10,0000", 10_000));
    }

    #[test]
    fn numbers_with_whole_groups_and_with_two_broken_ones_are_not_repaired() {
        for text in ["5,000", "400000", "0", "12", "1,00,00"] {
            assert!(repaired(text).is_empty(), "{text}");
        }
    }
}
