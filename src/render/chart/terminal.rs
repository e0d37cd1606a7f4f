//! A picture in the characters that draw boxes: a row for each height, a column for each place.

use textwrap::core::display_width;

use super::labels::placed;
use super::picture::{Curve, Picture, SPAN, Stroke};
use crate::render::card;
use crate::render::style::OutputStyle;

/// The width of a drawing that goes into a pipe.
const PIPE_WIDTH: usize = 100;

/// Rows of a drawing: enough to tell levels apart, few enough to fit into a terminal with the captions.
const ROWS: usize = 16;

/// The characters of a stroke: across, upright, and the corners ┘ ┌ ┐ └.
fn characters(stroke: Stroke) -> [char; 6] {
    match stroke {
        Stroke::Plain => ['─', '│', '╯', '╭', '╮', '╰'],
        Stroke::Broken => ['╌', '╎', '┘', '┌', '┐', '└'],
        Stroke::Heavy => ['━', '┃', '┛', '┏', '┓', '┗'],
    }
}

/// The colour of a stroke, besides its shape.
fn colour(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Plain => "36",
        Stroke::Broken => "33",
        Stroke::Heavy => "36",
    }
}

/// The picture as lines of text.
pub fn text(picture: &Picture, style: OutputStyle) -> String {
    let mut text = card::heading(&picture.title, style);
    if picture.curves.iter().any(|curve| !curve.pieces.is_empty()) {
        text += &plot(picture, style);
    }
    for caption in &picture.captions {
        // What the list below has is not repeated.
        if picture.listing.is_empty() {
            text += &captioned(caption.stroke, caption.label, &caption.text, style);
        }
    }
    text + &picture.listing
}

fn captioned(stroke: Option<Stroke>, label: &str, text: &str, style: OutputStyle) -> String {
    let Some(stroke) = stroke else {
        let line = card::detail(label, text, style);
        let colour = if label == "warning" { Some("33") } else { None };
        return colour
            .map_or(line.clone(), |code| card::coloured(line.trim_end_matches('\n'), code, style) + "\n");
    };
    let sample: String = std::iter::repeat_n(characters(stroke)[0], 3).collect();
    let label = format!("{label} {sample}");
    let line = card::detail(&label, text, style);
    line.replacen(&sample, &card::coloured(&sample, colour(stroke), style), 1)
}

fn plot(picture: &Picture, style: OutputStyle) -> String {
    let label_width = picture.levels.iter().map(|(_, label)| display_width(label)).max().unwrap_or(0);
    let whole = style.width.unwrap_or(PIPE_WIDTH);
    let columns = whole.saturating_sub(label_width + 4).max(8);
    let rows = if picture.stepped { (2 * picture.levels.len() + 1).clamp(5, ROWS) } else { ROWS };
    let mut cells: Vec<Vec<Option<(char, Stroke)>>> = vec![vec![None; columns]; rows];
    for curve in &picture.curves {
        trace(curve, picture, &mut cells);
    }
    let mut labels: Vec<Option<&str>> = vec![None; rows];
    for (level, label) in &picture.levels {
        labels[picture.scale.place(*level, rows as u32 - 1) as usize].get_or_insert(label);
    }
    let mut text = String::new();
    for (row, label) in labels.iter().enumerate().rev() {
        let tick = if label.is_some() { '┤' } else { '│' };
        let label = label.unwrap_or("");
        let pad = " ".repeat(label_width - display_width(label));
        text += &format!("  {pad}{label} {tick}{}\n", line(&cells[row], style));
    }
    text += &axis(picture, columns, label_width);
    let narrow =
        picture.marks.windows(2).any(|pair| column(pair[0].place, columns) == column(pair[1].place, columns));
    let axes = if narrow {
        format!("{}; some intervals are narrower than a column and cannot be seen here", picture.axes)
    } else {
        picture.axes.clone()
    };
    text + &card::detail("axes", &axes, style)
}

/// The column that ends at a place; a place inside a column belongs to it.
fn column(place: u32, columns: usize) -> usize {
    (place as usize * columns).div_ceil(SPAN as usize).saturating_sub(1)
}

/// Draws a curve from column to column: across at its height, and upright where the height changes.
fn trace(curve: &Curve, picture: &Picture, cells: &mut [Vec<Option<(char, Stroke)>>]) {
    let [across, upright, left_up, right_up, left_down, right_down] = characters(curve.stroke);
    let columns = cells.first().map_or(0, Vec::len);
    let steps = cells.len() as u32 - 1;
    let heights = (1..=columns).map(|end| {
        let place = (end as u64 * u64::from(SPAN) / columns as u64) as u32;
        curve.figure_at(place).map(|figure| picture.scale.place(figure, steps) as usize)
    });
    let mut before: Option<usize> = None;
    for (column, height) in heights.enumerate() {
        let mut put = |row: usize, drawn: char| cells[row][column] = Some((drawn, curve.stroke));
        match (before, height) {
            (Some(from), Some(to)) if from != to => {
                let (leaves, arrives) = if from < to { (left_up, right_up) } else { (left_down, right_down) };
                (from.min(to) + 1..from.max(to)).for_each(|row| put(row, upright));
                put(from, leaves);
                put(to, arrives);
            }
            (_, Some(to)) => put(to, across),
            (_, None) => {}
        }
        before = height;
    }
}

/// A row of cells, each run of one stroke in its colour.
fn line(cells: &[Option<(char, Stroke)>], style: OutputStyle) -> String {
    let run = |cells: &[Option<(char, Stroke)>]| {
        let drawn: String = cells.iter().map(|cell| cell.map_or(' ', |(drawn, _)| drawn)).collect();
        match cells.first().copied().flatten() {
            Some((_, stroke)) => card::coloured(&drawn, colour(stroke), style),
            None => drawn,
        }
    };
    let end = cells.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    cells[..end]
        .chunk_by(|a, b| a.map(|(_, stroke)| stroke) == b.map(|(_, stroke)| stroke))
        .map(run)
        .collect()
}

/// The axis to the right, with its marks and those of their labels that fit.
fn axis(picture: &Picture, columns: usize, label_width: usize) -> String {
    let pad = " ".repeat(label_width + 3);
    let marks: Vec<usize> = picture
        .marks
        .iter()
        .map(|mark| (mark.place > 0).then(|| column(mark.place, columns)))
        .map(|column| column.map_or(0, |column| column + 1))
        .collect();
    let ticks: String = (1..=columns).map(|column| if marks.contains(&column) { '┴' } else { '─' }).collect();
    let mut text = format!("{pad}└{ticks}\n");
    let labels: Vec<(usize, usize)> =
        marks.iter().zip(&picture.marks).map(|(at, mark)| (*at, display_width(&mark.label))).collect();
    // The labels may start a little left of the axis, where nothing else is.
    let placed = placed(&labels, columns + 1, 2);
    for row in 0..2 {
        let mut here: Vec<_> = placed.iter().filter(|label| label.row == row).collect();
        here.sort_by_key(|label| label.start);
        let mut written = String::new();
        for label in here {
            let gap = label.start.saturating_sub(display_width(&written));
            written += &" ".repeat(gap);
            written += &picture.marks[label.index].label;
        }
        if !written.is_empty() {
            text += &format!("{pad}{written}\n");
        }
    }
    text
}
