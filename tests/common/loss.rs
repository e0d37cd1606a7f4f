//! A loss in a random announcement: letters of a mark for an absent cell, or of a header, that are not printed.
#![allow(dead_code)]

use super::clothes::{Document, Marks};
use super::dice::Dice;

/// Words of headers.
const HEADER_WORDS: [&str; 10] =
    ["Leverage", "Before", "After", "Margin", "Ratio", "Floor", "Cap", "Rank", "Position", "Collateral"];

/// Stands for a mark until it is known which one is damaged.
const PLACE: &str = "\u{1}";

/// Where the first table of an announcement can begin.
const GREETING: usize = 60;

/// The text of a document, with a letter or all of one mark lost, or of one word of a header; and what was lost. `None`
/// where there is nothing to lose, or where the mark stands beside a name, whose letters can be those that are left of it.
pub fn with_loss(document: &Document, marks: Marks, dice: &mut Dice) -> Option<(String, String)> {
    let text = document.text(Marks { word: PLACE, ..marks }, "", "");
    let (word, damaged) = match dice.below(2) {
        0 => (PLACE, part_lost(marks.word, dice)),
        _ => {
            let word = dice.pick(&HEADER_WORDS);
            (word, part_lost(word, dice))
        }
    };
    let places: Vec<usize> = text.match_indices(word).map(|(at, _)| at).filter(|at| *at > GREETING).collect();
    let at = *places.get(dice.below(places.len().max(1)))?;
    let (before, behind) = (&text[..at], &text[at + word.len()..]);
    let in_name = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && c != 'x');
    let next = behind.trim_start_matches(|c: char| c.is_ascii_digit()).chars().next();
    if word == PLACE && (in_name(before.chars().next_back()) || in_name(next)) {
        return None;
    }
    let damaged_text = format!("{before}{damaged}{behind}");
    let printed = if word == PLACE { marks.word } else { word };
    Some((damaged_text.replace(PLACE, marks.word), format!("`{printed}` as `{damaged}`")))
}

/// A word without one of its letters, or without any.
fn part_lost(word: &str, dice: &mut Dice) -> String {
    match dice.below(word.len() + 1) {
        at if at < word.len() => format!("{}{}", &word[..at], &word[at + 1..]),
        _ => String::new(),
    }
}
