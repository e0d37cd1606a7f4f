//! A picture in the characters that draw boxes: a row for each height, a column for each place.

use textwrap::core::display_width;

use super::labels::placed;
use super::picture::{LegendLine, Mark, Pen, Picture, Piece, Sample};
use super::trace::{Inked, POINT, SHADE, characters, colour, column, draw_curve, draw_time};
use crate::render::card;
use crate::render::style::OutputStyle;

/// The width of a drawing that goes into a pipe.
pub const PIPE_WIDTH: usize = 100;

/// Rows of a drawing: enough to tell levels apart, few enough to fit into a terminal with the captions.
const ROWS: usize = 16;

/// The picture as lines of text.
pub fn text(picture: &Picture, style: OutputStyle) -> String {
    let mut text = card::heading(&picture.title, style);
    if picture.curves.iter().any(|curve| !curve.pieces.is_empty()) {
        text += &plot(picture, style);
        text += &picture.legend.iter().map(|line| legend(line, style)).collect::<String>();
    }
    for caption in &picture.captions {
        // What the list below has is not repeated.
        if picture.listing.is_empty() {
            text += &captioned(caption.pen, caption.label, &caption.text, style);
        }
    }
    text + &picture.listing
}

fn captioned(pen: Option<Pen>, label: &str, text: &str, style: OutputStyle) -> String {
    let Some(pen) = pen else {
        let line = card::detail(label, text, style);
        let colour = if label == "warning" { Some("33") } else { None };
        return colour
            .map_or(line.clone(), |code| card::coloured(line.trim_end_matches('\n'), code, style) + "\n");
    };
    let sample: String = std::iter::repeat_n(characters(pen)[0], 3).collect();
    let line = card::detail(&format!("{label} {sample}"), text, style);
    line.replacen(&sample, &card::coloured(&sample, colour(pen.stroke), style), 1)
}

fn legend(line: &LegendLine, style: OutputStyle) -> String {
    let sample: String = match line.sample {
        Sample::Dashed(pen) => std::iter::repeat_n(characters(pen)[0], 3).collect(),
        Sample::Shaded => std::iter::repeat_n(SHADE, 3).collect(),
        Sample::Point => POINT.to_string(),
    };
    card::detail(&sample, &line.text, style)
}

fn plot(picture: &Picture, style: OutputStyle) -> String {
    let label_width = picture.levels.iter().map(|(_, label)| display_width(label)).max().unwrap_or(0);
    let whole = style.width.unwrap_or(PIPE_WIDTH);
    let columns = whole.saturating_sub(label_width + 4).max(8);
    let rows = rows(picture);
    let mut cells: Vec<Vec<Inked>> = vec![vec![None; columns]; rows];
    if let Some(today) = picture.today {
        draw_time(today, &mut cells);
    }
    for curve in &picture.curves {
        draw_curve(curve, picture, &mut cells);
    }
    let mut labels: Vec<Option<&str>> = vec![None; rows];
    for (level, label) in &picture.levels {
        labels[picture.scale.place(*level, rows as u32 - 1) as usize].get_or_insert(label);
    }
    let mut text = picture.today.map_or(String::new(), |today| {
        // The word ends above its line where it would go beyond the edge.
        let start = column(today, columns).min(columns.saturating_sub("today".len()));
        format!("{}today\n", " ".repeat(label_width + 4 + start))
    });
    for (row, label) in labels.iter().enumerate().rev() {
        let tick = if label.is_some() { '┤' } else { '│' };
        let label = label.unwrap_or("");
        let pad = " ".repeat(label_width - display_width(label));
        text += &format!("  {pad}{label} {tick}{}\n", line(&cells[row], style));
    }
    text += &axis(&picture.marks, columns, label_width);
    let narrow =
        picture.marks.windows(2).any(|pair| column(pair[0].place, columns) == column(pair[1].place, columns));
    let axes = if narrow {
        format!("{}; some intervals are narrower than a column and cannot be seen here", picture.axes)
    } else {
        picture.axes.clone()
    };
    text + &card::detail("axes", &axes, style)
}

/// How many rows a drawing has: those of steps fewer, but enough for a shade between figures that are
/// possible.
fn rows(picture: &Picture) -> usize {
    if !picture.stepped {
        return ROWS;
    }
    let fewest = (2 * picture.levels.len() + 1).clamp(5, ROWS);
    let pieces = || picture.curves.iter().flat_map(|curve| &curve.pieces);
    let has_room = |rows: &usize| {
        let place = |figure| picture.scale.place(figure, *rows as u32 - 1);
        let room =
            |piece: &Piece| piece.possible().windows(2).all(|pair| place(pair[0]) + 1 < place(pair[1]));
        pieces().all(room)
    };
    (fewest..=ROWS).find(has_room).unwrap_or(ROWS)
}

/// A row of cells, each run of one colour in it.
pub fn line(cells: &[Inked], style: OutputStyle) -> String {
    let run = |cells: &[Inked]| {
        let drawn: String = cells.iter().map(|cell| cell.map_or(' ', |(drawn, _)| drawn)).collect();
        match cells.first().copied().flatten() {
            Some((_, colour)) => card::coloured(&drawn, colour, style),
            None => drawn,
        }
    };
    let end = cells.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    cells[..end]
        .chunk_by(|a, b| a.map(|(_, colour)| colour) == b.map(|(_, colour)| colour))
        .map(run)
        .collect()
}

/// The axis to the right, with its marks and those of their labels that fit.
pub fn axis(axis: &[Mark], columns: usize, label_width: usize) -> String {
    let pad = " ".repeat(label_width + 3);
    let marks: Vec<usize> = axis
        .iter()
        .map(|mark| (mark.place > 0).then(|| column(mark.place, columns)))
        .map(|column| column.map_or(0, |column| column + 1))
        .collect();
    let ticks: String = (1..=columns).map(|column| if marks.contains(&column) { '┴' } else { '─' }).collect();
    let mut text = format!("{pad}└{ticks}\n");
    let labels: Vec<(usize, usize)> =
        marks.iter().zip(axis).map(|(at, mark)| (*at, display_width(&mark.label))).collect();
    // The labels may start a little left of the axis, where nothing else is.
    let placed = placed(&labels, columns + 1, 2);
    for row in 0..2 {
        let mut here: Vec<_> = placed.iter().filter(|label| label.row == row).collect();
        here.sort_by_key(|label| label.start);
        let mut written = String::new();
        for label in here {
            let gap = label.start.saturating_sub(display_width(&written));
            written += &" ".repeat(gap);
            written += &axis[label.index].label;
        }
        if !written.is_empty() {
            text += &format!("{pad}{written}\n");
        }
    }
    text
}
