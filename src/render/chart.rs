//! Drawings: a measure over the notional or over valid time, for a terminal and as SVG. Rows become pictures, pictures
//! become text; figures stay exact until a picture is scaled to columns or pixels.

mod scale;
mod picture;
mod labels;
mod curves;
mod timeline;
mod terminal;
mod svg;

use picture::Picture;

use crate::query::rows::Row;
use crate::render::surface::Surface;

/// Rows of one drawing as text for a terminal.
pub fn text(rows: &[Row], surface: Surface) -> String {
    picture(rows, surface).map_or(String::new(), |picture| terminal::text(&picture, surface))
}

/// Rows of one or more drawings, parted as `same` says, as one SVG document; without a drawing an empty one.
pub fn svg(rows: &[Row], same: impl Fn(&Row, &Row) -> bool) -> String {
    let pictures: Vec<Picture> =
        rows.chunk_by(|a, b| same(a, b)).filter_map(|rows| picture(rows, Surface::PLAIN)).collect();
    svg::document(&pictures)
}

fn picture(rows: &[Row], surface: Surface) -> Option<Picture> {
    match rows.first()? {
        Row::Segment(_) => {
            let segments =
                rows.iter().filter_map(|row| if let Row::Segment(row) = row { Some(&**row) } else { None });
            curves::picture(&segments.collect::<Vec<_>>())
        }
        Row::Timeline(_) => {
            let steps =
                rows.iter().filter_map(|row| if let Row::Timeline(row) = row { Some(&**row) } else { None });
            timeline::picture(&steps.collect::<Vec<_>>(), surface)
        }
        _ => None,
    }
}
