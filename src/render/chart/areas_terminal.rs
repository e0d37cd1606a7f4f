//! Areas in cells of a terminal: a character and a colour for each shade, what is not certain hatched.

use textwrap::core::display_width;

use super::areas::{Areas, Doubt, MarkedTime};
use super::picture::SPAN;
use super::shades::{CHARACTERS, COLOURS};
use super::terminal::{PIPE_WIDTH, axis, line};
use super::trace::{Inked, column, draw_time};
use crate::decimal::Decimal;
use crate::render::card;
use crate::render::style::OutputStyle;

/// Rows of a drawing.
const ROWS: usize = 16;

/// What a cell is divided into to find what is in its middle.
const PARTS: u32 = 1000;

/// In cells that are not certain.
const HATCH: char = '╱';

/// In cells that nothing confirms.
const DASH: char = '┄';

/// The drawing as lines of text.
pub fn text(areas: &Areas, style: OutputStyle) -> String {
    let mut text = card::heading(&areas.title, style);
    if !areas.drawn.is_empty() {
        text += &plot(areas, style);
        text += &legend(areas, style);
    }
    text + &areas.listing
}

fn plot(areas: &Areas, style: OutputStyle) -> String {
    let label_width = areas.levels.iter().map(|(_, label)| display_width(label)).max().unwrap_or(0);
    let columns = style.width.unwrap_or(PIPE_WIDTH).saturating_sub(label_width + 4).max(8);
    let mut cells: Vec<Vec<Inked>> =
        (0..ROWS).map(|row| (0..columns).map(|column| cell(areas, row, column, columns)).collect()).collect();
    let marked = areas.marked();
    for time in &marked {
        draw_time(time.place, &mut cells);
    }
    let mut labels: Vec<Option<&str>> = vec![None; ROWS];
    for (level, label) in &areas.levels {
        labels[areas.scale.place(*level, ROWS as u32 - 1) as usize].get_or_insert(label);
    }
    let word = |time: &MarkedTime| {
        // The word ends above its line where it would go beyond the edge.
        let start = column(time.place, columns).min(columns.saturating_sub(time.word.len()));
        format!("{}{}\n", " ".repeat(label_width + 4 + start), time.word)
    };
    let mut text: String = marked.iter().map(word).collect();
    let signs = line(&signs(areas, columns), style);
    if !signs.is_empty() {
        text += &format!("{}{signs}\n", " ".repeat(label_width + 4));
    }
    for (row, label) in labels.iter().enumerate().rev() {
        let tick = if label.is_some() { '┤' } else { '│' };
        let label = label.unwrap_or("");
        let pad = " ".repeat(label_width - display_width(label));
        text += &format!("  {pad}{label} {tick}{}\n", line(&cells[row], style));
    }
    text + &axis(&areas.marks, columns, label_width)
}

/// What is in the middle of a cell.
fn cell(areas: &Areas, row: usize, column: usize, columns: usize) -> Inked {
    let across = ((2 * column as u64 + 1) * u64::from(SPAN) / (2 * columns as u64)) as u32;
    let up = row as u32 * PARTS + PARTS / 2;
    let is_across = |[from, until]: [u32; 2]| from <= across && across < until;
    let height = |figure: Option<Decimal>| match figure {
        None => ROWS as u32 * PARTS,
        Some(figure) if figure.is_zero() => 0,
        Some(figure) => areas.scale.place(figure, ROWS as u32 * PARTS),
    };
    let here = areas
        .drawn
        .iter()
        .find(|area| is_across(area.places) && height(Some(area.over)) < up && up <= height(area.up_to))?;
    let doubt = areas.hatches.iter().find(|hatch| is_across(hatch.places)).map(|hatch| hatch.doubt);
    let drawn = match doubt {
        Some(Doubt::Other) if (row + column).is_multiple_of(3) => HATCH,
        Some(Doubt::Unconfirmed) if (2 * row + column).is_multiple_of(5) => DASH,
        _ => CHARACTERS[here.shade],
    };
    Some((drawn, COLOURS[here.shade]))
}

/// The signs of the changes, above the plane.
fn signs(areas: &Areas, columns: usize) -> Vec<Inked> {
    let mut signs: Vec<Inked> = vec![None; columns];
    for change in &areas.changes {
        signs[column(change.place, columns)] = Some((change.sign.character(), "1"));
    }
    signs
}

fn legend(areas: &Areas, style: OutputStyle) -> String {
    let mut text = card::detail("axes", &areas.axes, style);
    let shades = areas
        .shades()
        .into_iter()
        .map(|shade| format!("{} {}", CHARACTERS[shade], areas.scheme.meaning(shade)));
    let shades = card::detail("shades", &shades.collect::<Vec<_>>().join(", "), style);
    text += &shades.chars().map(|c| coloured(c, style)).collect::<String>();
    let signs = areas.signs().into_iter().map(|sign| format!("{} {}", sign.character(), sign.meaning()));
    let signs = signs.collect::<Vec<_>>().join(", ");
    if !signs.is_empty() {
        text += &card::detail("lines", &signs, style);
    }
    for (doubt, sample) in [(Doubt::Other, HATCH), (Doubt::Unconfirmed, DASH)] {
        if let Some(words) = areas.doubt(doubt) {
            text += &card::detail(&std::iter::repeat_n(sample, 3).collect::<String>(), &words, style);
        }
    }
    text
}

/// A character in the colour of the shade that it draws.
fn coloured(c: char, style: OutputStyle) -> String {
    let shade = CHARACTERS.iter().position(|drawn| *drawn == c);
    shade.map_or(c.to_string(), |shade| card::coloured(&c.to_string(), COLOURS[shade], style))
}
