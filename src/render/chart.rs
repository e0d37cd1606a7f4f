//! Drawings: a measure over the notional or over valid time, for a terminal and as SVG. Rows become pictures,
//! pictures become text; figures stay exact until a picture is scaled to columns or pixels.

mod scale;
mod picture;
mod times;
mod labels;
mod curves;
mod timeline;
mod shades;
mod areas;
mod drawing;
mod trace;
mod terminal;
mod areas_terminal;
mod elements;
mod plane;
mod areas_svg;
mod svg;

#[cfg(feature = "server")]
pub use elements::Sheet;
#[cfg(feature = "server")]
pub use svg::STYLE;

use drawing::Drawing;

use crate::query::rows::Row;
use crate::query::rows::segments::SegmentRow;
use crate::query::rows::timeline::{TierPeriodRow, TimelineRow};
use crate::render::style::OutputStyle;

/// Rows of drawings as text for a terminal.
pub fn text(rows: &[Row], style: OutputStyle) -> String {
    let drawings = drawings(rows, style).into_iter();
    let texts = drawings.map(|drawing| match &drawing {
        Drawing::Curves(picture) => terminal::text(picture, style),
        Drawing::Areas(areas) => areas_terminal::text(areas, style),
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// Rows of drawings as one SVG document.
pub fn svg(rows: &[Row]) -> String {
    svg::document(&drawings(rows, OutputStyle::PLAIN))
}

/// Rows of one drawing as an element of a page, without captions and without [`STYLE`]; empty where there is nothing to
/// draw.
#[cfg(feature = "server")]
pub fn part(rows: &[Row], sheet: Sheet) -> String {
    drawings(rows, OutputStyle::PLAIN).first().map_or(String::new(), |drawing| svg::part(drawing, sheet))
}

fn drawings(rows: &[Row], style: OutputStyle) -> Vec<Drawing> {
    let segments: Vec<&SegmentRow> =
        rows.iter().filter_map(|row| if let Row::Segment(row) = row { Some(&**row) } else { None }).collect();
    let steps: Vec<&TimelineRow> = rows
        .iter()
        .filter_map(|row| if let Row::Timeline(row) = row { Some(&**row) } else { None })
        .collect();
    let tables: Vec<&TierPeriodRow> = rows
        .iter()
        .filter_map(|row| if let Row::TierPeriod(row) = row { Some(&**row) } else { None })
        .collect();
    let over_notionals = drawn_together(&segments).into_iter().filter_map(curves::picture);
    let over_time = steps
        .chunk_by(|a, b| (&a.step.subject, a.step.at) == (&b.step.subject, b.step.at))
        .filter_map(|rows| timeline::picture(rows, style));
    let whole = tables
        .chunk_by(|a, b| a.version.subject == b.version.subject)
        .filter_map(|rows| areas::picture(rows, style));
    over_notionals.chain(over_time).map(Drawing::Curves).chain(whole.map(Drawing::Areas)).collect()
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
