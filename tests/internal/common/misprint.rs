//! One misprint in a random announcement: where it is, and what the table states that is printed with it,
//! where that still violates no invariant.
#![allow(dead_code)]

use super::dice::Dice;
use super::model::{has_groups, is_valid};
use super::printed_forms::{Document, Piece};
use super::tables::Row;

/// What a misprint does to one character.
const WAYS: [&str; 6] = ["lost", "twice", "another digit", "swapped with the next", "a dot", "a comma"];

/// A cell of a table: its place among the pieces, its row, its side and its column.
type Place = (usize, usize, usize, usize);

/// A document with one misprint in a cell of one of its tables, and words for which.
pub struct Misprinted {
    pub document: Document,
    pub words: String,
    /// Whether the tables, as they are printed now, still violate no invariant.
    pub valid: bool,
    /// Whether the document prints bounds in groups of three digits.
    pub in_groups: bool,
}

/// Puts one misprint into a cell of `document`; `None` where it changes nothing that is printed, or makes it
/// the print of another name.
pub fn misprint(document: &Document, dice: &mut Dice) -> Option<Misprinted> {
    let places = places(document);
    let place = *places.get(dice.below(places.len().max(1)))?;
    let mut document = document.clone();
    let (Piece::Table(table), (_, row, side, column)) = (&mut document.pieces[place.0], place) else {
        return None;
    };
    let cell = &mut table.rows[row].sides[side].as_mut()?[column];
    let before = cell.clone();
    *cell = with_misprint(&before, dice)?;
    let words = format!("`{before}` as `{cell}`");
    let changed = *cell != before;
    let Piece::Table(table) = &document.pieces[place.0] else { return None };
    if table.rows.iter().any(lends_its_digits) {
        return None;
    }
    let in_groups = has_groups(&document);
    let valid = is_valid(table, in_groups);
    changed.then_some(Misprinted { document, words, valid, in_groups })
}

/// Whether a row glues a name that ends in digits to a ratio of one digit: `B3` and `5%` are printed as `B`
/// and `35%` are.
fn lends_its_digits(row: &Row) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let name = row.names.as_ref().is_some_and(|name| name.ends_with(digit));
    let first = row.sides[0]
        .as_ref()
        .filter(|cells| cells.len() == 1)
        .and_then(|cells| cells[0].split(['.', '%']).next());
    name && first.is_some_and(|whole| whole.len() < 2)
}

fn places(document: &Document) -> Vec<Place> {
    let mut places = Vec::new();
    for (piece, table) in document.pieces.iter().enumerate() {
        let Piece::Table(table) = table else { continue };
        for (row, cells) in table.rows.iter().enumerate() {
            for (side, cells) in cells.sides.iter().enumerate() {
                places
                    .extend((0..cells.as_ref().map_or(0, Vec::len)).map(|column| (piece, row, side, column)));
            }
        }
    }
    places
}

/// The text with one of its digits, signs between digits, or letters printed wrongly.
fn with_misprint(text: &str, dice: &mut Dice) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    let figures: Vec<usize> = (0..letters.len())
        .filter(|at| letters[*at].is_ascii_digit() || ",.".contains(letters[*at]))
        .collect();
    let at = *figures.get(dice.below(figures.len().max(1)))?;
    match dice.pick(&WAYS) {
        "lost" => drop(letters.remove(at)),
        "twice" => letters.insert(at, letters[at]),
        "another digit" => {
            let digit = letters[at].to_digit(10)?;
            letters[at] = char::from_digit((digit + dice.between(1, 9) as u32) % 10, 10)?;
        }
        "swapped with the next" => {
            let next = *figures.iter().find(|next| **next == at + 1)?;
            letters.swap(at, next);
        }
        "a dot" => letters[at] = if letters[at] == ',' { '.' } else { return None },
        _ => letters[at] = if letters[at] == '.' { ',' } else { return None },
    }
    Some(letters.into_iter().collect())
}
