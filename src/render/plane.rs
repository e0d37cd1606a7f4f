//! The plane of an answer as a picture: valid time to the right, knowledge downwards, a letter for each
//! answer; a capital letter where it is contradicted, doubtful or may have changed unseen.

use std::collections::BTreeSet;

use crate::query::rows::over_time::PlaneRow;
use crate::query::rows::{CertaintyKind, Row, Status};
use crate::render::card::{self, answer};
use crate::render::columns::{Column, drawn};
use crate::render::style::OutputStyle;
use crate::time::{PublishedTime, ValidTime};

/// The picture of the areas of one subject, and below it what its letters and columns mean.
pub fn picture(rows: &[Row], style: OutputStyle) -> String {
    let rows: Vec<&PlaneRow> =
        rows.iter().filter_map(|row| if let Row::Plane(row) = row { Some(&**row) } else { None }).collect();
    let valid: BTreeSet<Option<ValidTime>> = rows.iter().map(|row| row.valid_from).collect();
    let known: BTreeSet<Option<PublishedTime>> = rows.iter().map(|row| row.known_from).collect();
    let mut answers: Vec<String> = Vec::new();
    let mut text = String::from("  known from            valid →\n");
    for known_from in &known {
        let name = known_from.map_or("the beginning".to_string(), |at| at.to_string());
        text += &format!("  {name:<22}");
        for valid_from in &valid {
            let found = rows.iter().find(|row| holds(row, *valid_from, *known_from));
            text.push(found.map_or(' ', |row| letter(row, &mut answers)));
        }
        text.push('\n');
    }
    let columns: Vec<String> = valid.iter().flatten().map(ToString::to_string).collect();
    let below = |text: String| match style.width {
        Some(width) => textwrap::fill(&text, card::wrapping(width, "  ", "    ")) + "\n",
        None => format!("  {text}\n"),
    };
    text += &below(format!("columns: the beginning, {}", columns.join(", ")));
    let meanings = answers.iter().zip('a'..).map(|(answer, letter)| format!("{letter} {answer}"));
    let meanings: Vec<String> = [". unknown", "- not known then", "x ended", "^ above limit"]
        .into_iter()
        .filter(|meaning| {
            text.lines()
                .skip(1)
                .take(known.len())
                .any(|line| line.get(24..).unwrap_or("").contains(&meaning[..1]))
        })
        .map(str::to_string)
        .chain(meanings)
        .collect();
    text += &below(format!("letters: {}", meanings.join(", ")));
    let marked: BTreeSet<CertaintyKind> = rows.iter().flat_map(|row| marks(row)).collect();
    if !marked.is_empty() {
        let words: Vec<&str> = marked.into_iter().map(CertaintyKind::words).collect();
        text += &below(format!("capital letters: somewhere in the area {}", words.join(" or ")));
    }
    text + &listed(&rows, style)
}

fn holds(row: &PlaneRow, valid_from: Option<ValidTime>, known_from: Option<PublishedTime>) -> bool {
    row.valid_from <= valid_from
        && row.valid_until.is_none_or(|until| valid_from.is_none_or(|at| at < until))
        && row.known_from <= known_from
        && row.known_until.is_none_or(|until| known_from.is_none_or(|at| at < until))
}

/// The letter of an answer: the same for equal values, `*`, or `#` for a capital, where the
/// alphabet ends.
fn letter(row: &PlaneRow, answers: &mut Vec<String>) -> char {
    match row.status {
        Status::Unknown => '.',
        Status::NotKnownThen | Status::UnknownSubject => '-',
        Status::Ended => 'x',
        Status::AboveLimit => '^',
        Status::Value | Status::NoLimit => {
            let text = answer(row.status, row.value, row.measure, &row.unit);
            let place = answers.iter().position(|answer| *answer == text).unwrap_or_else(|| {
                answers.push(text);
                answers.len() - 1
            });
            // `x` is taken.
            let letter = ('a'..='w').nth(place).unwrap_or('*');
            match (marks(row).next().is_some(), letter) {
                (true, '*') => '#',
                (true, letter) => letter.to_ascii_uppercase(),
                (false, letter) => letter,
            }
        }
    }
}

/// What marks an area, in order. A roll-out is a change that was announced, and age alone marks nothing.
fn marks(row: &PlaneRow) -> impl Iterator<Item = CertaintyKind> + '_ {
    use CertaintyKind::{Contradicted, Doubtful, UnseenChange};
    let is_mark = |kind: &CertaintyKind| matches!(kind, Contradicted | UnseenChange | Doubtful);
    row.certainty.iter().copied().filter(is_mark)
}

fn listed(rows: &[&PlaneRow], style: OutputStyle) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let columns = [
        Column::Name("known from"),
        Column::Name("known until"),
        Column::Name("valid from"),
        Column::Name("valid until"),
        Column::Figure(super::figures::title(first.measure)),
        Column::Words("certainty"),
    ];
    let records = rows.iter().map(|row| {
        vec![
            row.known_from.map_or("the beginning".to_string(), |at| at.to_string()),
            row.known_until.map_or(String::new(), |at| at.to_string()),
            row.valid_from.map_or("the beginning".to_string(), |at| at.to_string()),
            row.valid_until.map_or(String::new(), |at| at.to_string()),
            answer(row.status, row.value, row.measure, &row.unit),
            row.certainty.iter().map(|kind| kind.words()).collect::<Vec<_>>().join(", "),
        ]
    });
    drawn(&columns, records.collect(), style)
}
