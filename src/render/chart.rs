//! Drawings: a measure over the notional or over valid time, for a terminal and as SVG. Rows become pictures,
//! pictures become text; figures stay exact until a picture is scaled to columns or pixels.

mod scale;
mod picture;
mod labels;
mod curves;
mod timeline;
mod terminal;
mod trace;
mod elements;
mod plane;
mod svg;

use picture::Picture;

use crate::query::rows::Row;
use crate::query::rows::segments::SegmentRow;
use crate::query::rows::timeline::TimelineRow;
use crate::render::style::OutputStyle;

/// Rows of drawings as text for a terminal.
pub fn text(rows: &[Row], style: OutputStyle) -> String {
    let texts: Vec<String> =
        pictures(rows, style).iter().map(|picture| terminal::text(picture, style)).collect();
    texts.join("\n")
}

/// Rows of drawings as one SVG document.
pub fn svg(rows: &[Row]) -> String {
    svg::document(&pictures(rows, OutputStyle::PLAIN))
}

fn pictures(rows: &[Row], style: OutputStyle) -> Vec<Picture> {
    let segments: Vec<&SegmentRow> =
        rows.iter().filter_map(|row| if let Row::Segment(row) = row { Some(&**row) } else { None }).collect();
    let steps: Vec<&TimelineRow> = rows
        .iter()
        .filter_map(|row| if let Row::Timeline(row) = row { Some(&**row) } else { None })
        .collect();
    let over_notionals = drawn_together(&segments).into_iter().filter_map(curves::picture);
    let over_time = steps
        .chunk_by(|a, b| (&a.step.subject, a.step.at) == (&b.step.subject, b.step.at))
        .filter_map(|rows| timeline::picture(rows, style));
    over_notionals.chain(over_time).collect()
}

/// The rows of each drawing: two subjects of one currency at one basis share one, other subjects have one of
/// their own.
fn drawn_together<'a, 'b>(rows: &'b [&'a SegmentRow]) -> Vec<&'b [&'a SegmentRow]> {
    let by_subject: Vec<_> = rows.chunk_by(|a, b| a.context.subject == b.context.subject).collect();
    let comparable = |row: &&SegmentRow| {
        row.side.is_none() && rows.first().is_some_and(|first| first.bounds_unit == row.bounds_unit)
    };
    if by_subject.len() == 2 && rows.iter().all(comparable) { vec![rows] } else { by_subject }
}
