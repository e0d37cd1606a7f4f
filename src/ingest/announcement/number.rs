//! What bounds and rates a text of digits, commas and dots can mean.
//!
//! Here no digit is added or dropped: a misprint is read by other meanings of its separators only. Each
//! reading has a cost, which the search of `column_assignment` weighs against the invariants of the table.
//! What else a number with broken groups may be is in `repair`.

use std::collections::BTreeSet;

use super::repair;
use crate::decimal::{self, Decimal};
use crate::limits;
use crate::rule::Rate;

/// Costs of forms, on the scale of `costs`.
const PLAIN_FROM_1000: u32 = 3; // `400000` beside `800,000` happens, but groups are the rule
const TWO_DECIMALS: u32 = 1; // `5,000.00` is the form of some tables
const OTHER_DECIMALS: u32 = 6; // `250.0001` hardly ever means that
const REPAIRED: u32 = 16; // a digit lost or added is rarer than a misprinted separator
const MISPRINT: u32 = 10; // `5,00,000`, `100,00`, `250.000`, `5,,000`

/// One meaning of a printed bound.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BoundReading<'a> {
    /// As printed.
    pub text: &'a str,
    /// What it means.
    pub value: Decimal,
    /// Whether separators are in unusual places.
    pub suspicious: bool,
    /// How unusual the form is.
    pub cost: u32,
}

/// A printed percentage.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PercentReading<'a> {
    /// As printed, without the percent sign.
    pub text: &'a str,
    /// The number of percent, from 0 to 100.
    pub value: Decimal,
}

impl PercentReading<'_> {
    /// The rate that it means.
    pub fn rate(&self) -> Option<Rate> {
        Some(Rate::from_parts(self.text.to_string(), decimal::hundredth(self.value)?))
    }
}

/// How the digits of a text are grouped by commas and dots.
struct Groups {
    /// All digits as one number.
    digits: i128,
    /// The digits before the first separator.
    first: usize,
    /// The groups before the first dot, and whether all but the first of them have three digits.
    whole: (usize, bool),
    /// Whether all groups but the first have three digits, dots or commas between them.
    all_three: bool,
    dots: usize,
    /// Whether two separators follow each other.
    doubled: bool,
    /// The digits after the first dot up to the next separator, and up to the end.
    decimals: (usize, u32),
}

/// `None` where the text is no number, starts with a needless zero, or has more digits than a number may
/// have.
fn groups(text: &str) -> Option<Groups> {
    let mut groups = Groups {
        digits: 0,
        first: 0,
        whole: (0, true),
        all_three: true,
        dots: 0,
        doubled: false,
        decimals: (0, 0),
    };
    let (mut count, mut length) = (0, 0);
    for (at, byte) in text.bytes().chain([b',']).enumerate() {
        if byte.is_ascii_digit() {
            count += 1;
            length += 1;
            groups.digits = groups.digits.checked_mul(10)? + i128::from(byte - b'0');
            groups.decimals.1 += u32::from(groups.dots > 0);
            continue;
        }
        if !matches!(byte, b',' | b'.') {
            return None;
        }
        if length == 0 {
            if at == 0 || at == text.len() || byte == b'.' {
                return None;
            }
            (groups.doubled, groups.whole.1, groups.all_three) = (true, false, false);
            continue;
        }
        if at == length {
            groups.first = length;
        } else {
            groups.all_three &= length == 3;
            groups.whole.1 &= length == 3 || groups.dots > 0;
        }
        match groups.dots {
            0 => groups.whole.0 += 1,
            1 if groups.decimals.0 == 0 => groups.decimals.0 = length,
            _ => {}
        }
        groups.dots += usize::from(byte == b'.');
        length = 0;
    }
    let idle_zero = text.as_bytes()[0] == b'0' && (groups.first > 1 || text.as_bytes().get(1) == Some(&b','));
    (!idle_zero && count <= limits::NUMBER_DIGITS).then_some(groups)
}

/// All meanings of a text of digits, commas and dots; none where it cannot be a number.
pub fn bounds(text: &str) -> impl Iterator<Item = BoundReading<'_>> + Clone {
    let groups = groups(text);
    let meaning = |digits, scale, suspicious, cost| {
        let value = Decimal::try_from_i128_with_scale(digits, scale).ok()?;
        Some(BoundReading { text, value, suspicious, cost })
    };
    let plain = groups.as_ref().filter(|groups| groups.dots <= 1).and_then(|groups| {
        let (whole_groups, threes) = groups.whole;
        let proper = threes && (whole_groups == 1 || groups.first <= 3);
        let form = match (whole_groups, proper) {
            (1, _) if groups.first > 3 => PLAIN_FROM_1000,
            (_, true) => 0,
            (_, false) => MISPRINT,
        };
        let decimals = match groups.decimals.0 {
            0 => 0,
            2 => TWO_DECIMALS,
            _ => OTHER_DECIMALS,
        };
        let suspicious = !proper || decimals == OTHER_DECIMALS;
        meaning(groups.digits, groups.decimals.1, suspicious, form + decimals)
    });
    let grouped = |groups: &Groups| groups.first <= 3 && groups.all_three;
    let misprint =
        groups.filter(|groups| groups.dots > 1 || (groups.dots == 1 && grouped(groups))).and_then(|groups| {
            meaning(groups.digits, 0, true, if grouped(&groups) { MISPRINT } else { 2 * MISPRINT })
        });
    plain.into_iter().chain(misprint)
}

/// The values that a text may have: its digits as printed, and where its groups are broken, those before a
/// digit was lost or added. In rising order.
pub fn candidates(text: &str) -> Vec<Decimal> {
    let mut values: Vec<Decimal> = bounds(text).map(|bound| bound.value).collect();
    if bounds(text).any(|bound| bound.suspicious) {
        values.extend(repair::repaired(text));
    }
    values.sort_unstable();
    values.dedup();
    values
}

/// The meanings of a text of which one digit was lost or added, that are among `known`.
pub fn repaired<'a>(text: &'a str, known: &BTreeSet<Decimal>) -> Vec<BoundReading<'a>> {
    let is_broken = bounds(text).any(|bound| bound.suspicious);
    let mut values = if is_broken { repair::repaired(text) } else { Vec::new() };
    values.retain(|value| known.contains(value));
    values.dedup();
    let reading = |value| BoundReading { text, value, suspicious: true, cost: REPAIRED };
    values.into_iter().map(reading).collect()
}

/// The percentage that a text means, if it has the form of one: up to two digits before its dot, no leading
/// zero. `ratio` allows 0 and 100.
pub fn percent(text: &str, ratio: bool) -> Option<PercentReading<'_>> {
    let whole = text.bytes().take(4).take_while(|byte| *byte != b'.').count();
    let idle_zero = whole > 1 && text.as_bytes()[0] == b'0';
    if idle_zero || whole > if ratio { 3 } else { 2 } {
        return None;
    }
    let Groups { digits, whole: (1, _), dots: 0..=1, doubled: false, decimals: (length, scale), .. } =
        groups(text)?
    else {
        return None;
    };
    // No percentage has a comma after its dot.
    let hundred = 10_i128.checked_pow(scale)?.checked_mul(100)?;
    if u32::try_from(length) != Ok(scale) || digits > hundred || (digits == 0 && !ratio) {
        return None;
    }
    let value = Decimal::try_from_i128_with_scale(digits, scale).ok()?;
    Some(PercentReading { text, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_unusual_places_are_read_by_another_meaning_and_marked() {
        for (text, value, suspicious) in [
            ("5,000.00", "5000.00", false),
            ("400000", "400000", false),
            ("5,00,000", "500000", true),
            ("100,00", "10000", true),
            ("250.000", "250000", true),
            ("5,,000", "5000", true),
        ] {
            let read = bounds(text).map(|bound| (bound.value.to_string(), bound.suspicious));
            assert!(read.collect::<Vec<_>>().contains(&(value.to_string(), suspicious)), "{text}");
        }
        assert!(["05", "0,000", "5,..", "", ",5", "5.", "5x"].iter().all(|text| bounds(text).count() == 0));
    }
}
