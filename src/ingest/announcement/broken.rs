//! Broken numbers: bounds whose separators are in unusual places. Which of the values that such a number may
//! have is right is decided by its neighbours and by the other side of the table.

use std::collections::BTreeSet;

use super::cells::TierCell;
use super::number::{self, candidates};
use super::split::DigitSplit;
use crate::decimal::{self, Decimal};
use crate::ingest::usual;

/// The rows of a side, as the search assigns and splits them.
pub type Rows<'i, 'a> = [(&'i TierCell<'a>, &'i DigitSplit<'a>)];

/// A broken number of a side.
#[derive(Clone, Debug)]
pub struct BrokenNumber<'a> {
    /// The index of its row.
    pub row: usize,
    /// `floor` or `cap`.
    pub bound: &'static str,
    /// As printed.
    pub text: &'a str,
    /// The value taken, and what decides for it; `None` where nothing does.
    pub taken: Option<(Decimal, &'static str)>,
    /// What else it could be; of a number that nothing decides, all that it could be.
    pub others: Vec<Decimal>,
}

/// The bounds of a side, row by row, and its broken numbers. `beside` are the caps of the other side, and
/// `open_end` is the cap that the last row has in all tables of its kind.
pub fn decide<'a>(
    rows: &Rows<'_, 'a>,
    beside: &BTreeSet<Decimal>,
    open_end: Option<Decimal>,
) -> (Vec<(Decimal, Decimal)>, Vec<BrokenNumber<'a>>) {
    let mut bounds: Vec<(Decimal, Decimal)> =
        rows.iter().map(|(_, split)| (split.floor.value, split.cap.value)).collect();
    let mut broken = Vec::new();
    for (row, (_, split)) in rows.iter().enumerate() {
        let below = row.checked_sub(1).map_or(Decimal::ZERO, |before| bounds[before].1);
        if split.floor.suspicious {
            let number = floor(row, split.floor.text, below, row == 0);
            bounds[row].0 = number.taken.map_or(split.floor.value, |(value, _)| value);
            broken.push(number);
        }
        if split.cap.suspicious {
            let number = cap(rows, row, below, beside, open_end);
            bounds[row].1 = number.taken.map_or(split.cap.value, |(value, _)| value);
            broken.push(number);
        }
    }
    (bounds, broken)
}

/// A floor is the cap before it. Where it cannot be, the reading does not depend on it.
fn floor(row: usize, text: &str, below: Decimal, is_first: bool) -> BrokenNumber<'_> {
    let all = candidates(text);
    let why = if is_first { "the first floor is 0" } else { "the cap before it" };
    let taken = all.contains(&below).then_some((below, why));
    BrokenNumber { row, bound: "floor", text, taken, others: as_printed(text, taken) }
}

/// A cap is the floor after it, and lies between the caps around it; the other side often has it too.
fn cap<'a>(
    rows: &Rows<'_, 'a>,
    row: usize,
    below: Decimal,
    beside: &BTreeSet<Decimal>,
    open_end: Option<Decimal>,
) -> BrokenNumber<'a> {
    let text = rows[row].1.cap.text;
    let all = candidates(text);
    let after = &rows[row + 1..];
    let above = after.iter().find(|(_, split)| !split.cap.suspicious).map(|(_, split)| split.cap.value);
    let in_order = |value: &&Decimal| **value > below && above.is_none_or(|above| **value < above);
    let fitting: Vec<Decimal> = all.iter().filter(in_order).copied().collect();
    let usual: Vec<Decimal> = fitting.iter().filter(|value| usual::cap(**value)).copied().collect();
    let floors = after.first().map_or(Vec::new(), |(_, split)| candidates(split.floor.text));
    let among = |values: &[Decimal], known: &dyn Fn(&Decimal) -> bool| -> Vec<Decimal> {
        values.iter().filter(|value| known(value)).copied().collect()
    };
    let evidence = [
        (among(&fitting, &|value| floors.contains(value)), "the floor after it"),
        (among(&usual, &|value| floors.contains(value)), "the floor after it"),
        (
            among(&fitting, &|value| open_end == Some(*value) && after.is_empty()),
            "the open end of all tables",
        ),
        (
            usual.clone(),
            if after.is_empty() {
                "the only usual cap above the one before it"
            } else {
                "the only usual cap between those around it"
            },
        ),
        (among(&usual, &|value| beside.contains(value)), "the other side of the table"),
    ];
    let taken = evidence.into_iter().find_map(|(values, why)| match values[..] {
        [only] => Some((only, why)),
        _ => None,
    });
    let others = match taken {
        Some((value, _)) => {
            let last: &[Decimal] = if after.is_empty() { &usual } else { &[] };
            let mut others = as_printed(text, taken);
            others.extend(
                last.iter()
                    .filter(|other| **other != value && !others.contains(other))
                    .copied()
                    .collect::<Vec<_>>(),
            );
            others
        }
        None if usual.is_empty() => all,
        None => usual,
    };
    BrokenNumber { row, bound: "cap", text, taken, others }
}

/// What the digits of a number mean as printed, where that is not what is taken.
fn as_printed(text: &str, taken: Option<(Decimal, &str)>) -> Vec<Decimal> {
    let values = number::bounds(text).map(|bound| bound.value);
    values.filter(|value| taken.is_none_or(|(taken, _)| taken != *value)).collect()
}

/// Values as a list: `500,000 or 5,000,000`.
pub fn list(values: &[Decimal]) -> String {
    const MOST: usize = 4;
    let mut words: Vec<String> = values.iter().take(MOST).map(|value| decimal::grouped(*value)).collect();
    if values.len() > MOST {
        words.push(format!("one of {} other values", values.len() - MOST));
    }
    words.join(" or ")
}
