//! A loss in a random announcement: a sign of a line, or letters of a mark for an absent cell or of a header,
//! that are not printed.
#![allow(dead_code)]

use super::dice::Dice;
use super::printed_forms::{Document, Marks, Piece};

/// Words of headers.
const HEADER_WORDS: [&str; 10] =
    ["Leverage", "Before", "After", "Margin", "Ratio", "Floor", "Cap", "Rank", "Position", "Collateral"];

/// In place of a mark until it is known which one is damaged.
const PLACE: &str = "\u{1}";

/// Where the first table of an announcement can begin.
const GREETING: usize = 60;

/// A text with something lost, and words for what.
pub struct Loss {
    pub text: String,
    pub words: String,
}

/// The text of a document with a loss: of a sign of a line, or of a letter or all of one mark or of one word
/// of a header. `None` where there is nothing to lose.
pub fn with_loss(document: &Document, marks: Marks, dice: &mut Dice) -> Option<Loss> {
    match dice.below(3) {
        0 => without_sign(document, marks, dice),
        1 => without_word(document, PLACE, marks, dice),
        _ => without_word(document, dice.pick(&HEADER_WORDS), marks, dice),
    }
}

/// Without one character of a line that is no letter and no digit.
fn without_sign(document: &Document, marks: Marks, dice: &mut Dice) -> Option<Loss> {
    let mut document = document.clone();
    let mut lines: Vec<&mut String> = document
        .pieces
        .iter_mut()
        .filter_map(|piece| if let Piece::Line(line) = piece { Some(line) } else { None })
        .collect();
    let place = dice.below(lines.len().max(1));
    let line = lines.get_mut(place)?;
    let signs: Vec<usize> =
        line.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(at, _)| at).collect();
    let before = line.clone();
    line.remove(*signs.get(dice.below(signs.len().max(1)))?);
    let words = format!("`{before}` as `{line}`");
    Some(Loss { text: document.text(marks, "", ""), words })
}

/// Without a letter, or all, of a mark (where `word` is its place) or of a word of a header. `None` also
/// where the mark is beside a name, whose letters can be those that are left of it.
fn without_word(document: &Document, word: &str, marks: Marks, dice: &mut Dice) -> Option<Loss> {
    let text = document.text(Marks { word: PLACE, ..marks }, "", "");
    let printed = if word == PLACE { marks.word } else { word };
    let left = part_lost(printed, dice);
    let places: Vec<usize> = text.match_indices(word).map(|(at, _)| at).filter(|at| *at > GREETING).collect();
    let at = *places.get(dice.below(places.len().max(1)))?;
    let (before, after) = (&text[..at], &text[at + word.len()..]);
    if word == PLACE && (ends_in_name(before) || starts_with_name(after)) {
        return None;
    }
    let text = format!("{before}{left}{after}").replace(PLACE, marks.word);
    Some(Loss { text, words: format!("`{printed}` as `{left}`") })
}

fn ends_in_name(text: &str) -> bool {
    text.ends_with(char::is_alphabetic)
}

/// Whether a text starts with a name, perhaps one like `1INCH`, but not with a leverage like `5x`.
fn starts_with_name(text: &str) -> bool {
    text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(|c: char| c.is_alphabetic() && c != 'x')
}

/// A word without one of its letters, or without any.
fn part_lost(word: &str, dice: &mut Dice) -> String {
    match dice.below(word.len() + 1) {
        at if at < word.len() => format!("{}{}", &word[..at], &word[at + 1..]),
        _ => String::new(),
    }
}
