//! Which columns of a table of specifications are about which contracts.

use std::collections::BTreeMap;

use super::specification::Specification;
use crate::ingest::announcement::contract;
use crate::ingest::scan;
use crate::limits;
use crate::statement::Program;
use crate::time::Timestamp;

/// The currencies in which contracts are settled, which end their names.
const CURRENCIES: &[&str] = &["USDT", "USDC", "USD1", "USD", "U"];

/// What a column states.
#[derive(Clone, PartialEq, Debug)]
pub struct Column {
    /// When the contract starts; `None` where the times of the table cannot be assigned or read.
    pub time: Option<Timestamp>,
    /// The highest leverage; `None` where those of the table cannot be assigned.
    pub leverage: Option<u32>,
    /// Whether it starts some time after the time, and not at it.
    pub after: bool,
}

/// A column of a table, and the contract that it is of.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The name of the contract.
    pub name: String,
    /// The program that the table names.
    pub program: Option<Program>,
    /// What the column states.
    pub column: Column,
}

/// The names of a table without what separates them.
pub fn glued(table: &Specification, text: &str) -> String {
    table.names.of(text).chars().filter(|c| !scan::is_blank(*c) && *c != '|').collect()
}

/// Column `index` of `count`. A single value is that of all columns.
pub fn column(table: &Specification, index: usize, count: usize) -> Column {
    let place = |values: usize| match values {
        1 => Some(0),
        _ if values == count => Some(index),
        _ => None,
    };
    let time = place(table.times.len()).and_then(|place| table.times[place].timestamp.as_ref().ok());
    let leverage = place(table.leverages.len()).map(|place| table.leverages[place]);
    Column { time: time.copied(), leverage, after: table.after }
}

/// The names that a word can stand for: itself, or as a token with each currency.
pub fn candidates(word: &str) -> Vec<String> {
    if contract::is_symbol(word) {
        return vec![word.to_string()];
    }
    CURRENCIES.iter().map(|currency| format!("{}{currency}", word.to_uppercase())).collect()
}

/// Splits glued names into those of `words` and their candidates: the name of each column. `None` where that is not possible; each word is used once.
pub fn assign(glued: &str, words: &[&str]) -> Option<Vec<String>> {
    let candidates: Vec<Vec<String>> = words.iter().map(|word| candidates(word)).collect();
    let mut used = vec![false; words.len()];
    let mut found = Vec::new();
    let mut steps = MOST_STEPS;
    assign_rest(glued, &candidates, &mut used, &mut found, &mut steps).then_some(found)
}

/// Most names that are tried in one table.
const MOST_STEPS: usize = 20_000;

fn assign_rest(
    rest: &str,
    candidates: &[Vec<String>],
    used: &mut [bool],
    found: &mut Vec<String>,
    steps: &mut usize,
) -> bool {
    if rest.is_empty() {
        return !found.is_empty();
    }
    for (word, names) in candidates.iter().enumerate() {
        for name in names {
            *steps = steps.saturating_sub(1);
            if *steps == 0 {
                return false;
            }
            let Some(after) = rest.strip_prefix(name.as_str()).filter(|_| !used[word]) else { continue };
            used[word] = true;
            found.push(name.clone());
            if assign_rest(after, candidates, used, found, steps) {
                return true;
            }
            found.pop();
            used[word] = false;
        }
    }
    false
}

/// Splits glued names into `count` names of contracts, where that is possible in one way only.
pub fn split(glued: &str, count: usize, program: Program) -> Option<Vec<String>> {
    if count > MOST_COLUMNS || glued.len() > count * limits::SUBJECT_BYTES {
        return None;
    }
    let mut ends: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut places = vec![BTreeMap::from([(0, Place { ways: 1, from: 0 })])];
    for taken in 0..count {
        let mut next: BTreeMap<usize, Place> = BTreeMap::new();
        for (start, place) in &places[taken] {
            for end in ends.entry(*start).or_insert_with(|| name_ends(glued, *start, program)) {
                let reached = next.entry(*end).or_insert(Place { ways: 0, from: *start });
                reached.ways = (reached.ways + place.ways).min(2);
            }
        }
        places.push(next);
    }
    places[count].get(&glued.len()).filter(|place| place.ways == 1)?;
    let mut names = Vec::new();
    let mut end = glued.len();
    for reached in places[1..].iter().rev() {
        let start = reached.get(&end)?.from;
        names.push(glued[start..end].to_string());
        end = start;
    }
    names.reverse();
    Some(names)
}

/// Most columns whose names are split without a list that names them.
const MOST_COLUMNS: usize = 12;

/// A place up to which some names are split off.
struct Place {
    /// In how many ways; 2 where there are more.
    ways: usize,
    /// Where the last name starts in the first of them.
    from: usize,
}

/// Where a name that starts at `start` may end.
fn name_ends(glued: &str, start: usize, program: Program) -> Vec<usize> {
    let rest = &glued[start..];
    let rest = &rest[..rest.floor_char_boundary(limits::SUBJECT_BYTES)];
    let currencies = rest.match_indices("USD").filter(|(at, _)| *at > 0).map(|(at, usd)| at + usd.len());
    let ends = currencies.flat_map(|end| [end, end + 1]);
    let is_name = |end: &usize| rest.get(..*end).is_some_and(|name| contract::is_usual(name, program));
    ends.filter(is_name).map(|end| start + end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glued_names_are_split_into_those_of_the_list_in_any_order() {
        assert_eq!(assign("USUSDTUSDCUSDT", &["USDCUSDT", "USUSDT"]).unwrap(), ["USUSDT", "USDCUSDT"]);
        assert_eq!(assign("A2ZUSDT", &["A2Z"]).unwrap(), ["A2ZUSDT"]);
        assert_eq!(assign("XAUTUSDTFUSDC", &["XAUt", "F"]).unwrap(), ["XAUTUSDT", "FUSDC"]);
        assert_eq!(assign("AUSDTBUSDT", &["AUSDT"]), None);
    }

    #[test]
    fn glued_names_without_a_list_are_split_where_one_way_is_possible() {
        let split = |glued, count| split(glued, count, Program::Usdm);
        assert_eq!(split("AAUSDTBBUSDC", 2).unwrap(), ["AAUSDT", "BBUSDC"]);
        assert_eq!(split("USUSDT", 1).unwrap(), ["USUSDT"]);
        assert_eq!(split("AAUSDTBBUSDT", 1), None);
        assert_eq!(split("AUSDTBUSDTBUSDT", 2), None, "the second name would be two");
    }
}
