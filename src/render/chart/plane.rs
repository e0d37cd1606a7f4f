//! The plane of a drawing in an SVG document: axes, marks, curves.

use textwrap::core::display_width;

use super::elements::{LETTER, LINE, PLANE, Sheet, escaped, tenth, written};
use super::labels::placed;
use super::picture::{Curve, Pen, Picture, Piece, SPAN, Stroke, risers};
use super::scale::Scale;
use crate::decimal::Decimal;

/// How many straight pieces draw a part of a line on a logarithmic scale.
const PARTS: u32 = 8;

/// The plane whose upper edge is at `top`: its axes, their labels, the curves.
pub fn plane(picture: &Picture, top: u32, sheet: Sheet) -> String {
    let letters = picture.levels.iter().map(|(_, label)| display_width(label)).max().unwrap_or(0) as u32;
    let left = sheet.margin + 8 + letters * LETTER;
    let plane = Plane { left, right: sheet.right(), top, scale: picture.scale };
    let (foot, right) = (top + PLANE, plane.right);
    let mut text = String::new();
    let mut free: Vec<u32> = Vec::new();
    for (level, label) in &picture.levels {
        let (exact, y) = (plane.y(*level), plane.top + PLANE - picture.scale.place(*level, PLANE));
        if free.iter().all(|other| other.abs_diff(y) >= LINE) {
            free.push(y);
            text += &format!("<path class=\"grid\" d=\"M{left} {exact}H{right}\"/>\n");
            text += &written(left - 8, y + 4, "", "end", label);
        }
    }
    text += &format!("<path class=\"axis\" d=\"M{left} {top}V{foot}H{right}\"/>\n");
    let width = right - left;
    let at = |place: u32| (u64::from(place) * u64::from(width) / u64::from(SPAN)) as u32;
    for mark in &picture.marks {
        text += &format!("<path class=\"axis\" d=\"M{} {foot}v5\"/>\n", left + at(mark.place));
    }
    let labels = picture
        .marks
        .iter()
        .map(|mark| (at(mark.place) as usize, display_width(&mark.label) * LETTER as usize));
    let labels: Vec<(usize, usize)> = labels.collect();
    for label in placed(&labels, width as usize, 12) {
        let y = foot + LINE * (label.row as u32 + 1);
        let middle = left + (label.start + labels[label.index].1 / 2) as u32;
        text += &written(middle, y, "", "middle", &picture.marks[label.index].label);
    }
    if let Some(today) = picture.today {
        let x = plane.x(today);
        text += &format!("<path class=\"today\" d=\"M{x} {top}V{foot}\"/>\n");
        let anchor = if today > SPAN / 2 { "end" } else { "start" };
        text += &written(left + at(today), top - 5, "now", anchor, "today");
    }
    text + &picture.curves.iter().map(|curve| plane.curve(curve)).collect::<String>()
}

/// The pixels of places and figures.
struct Plane {
    left: u32,
    right: u32,
    top: u32,
    scale: Scale,
}

impl Plane {
    fn x(&self, place: u32) -> String {
        let tenths = u64::from(place) * u64::from((self.right - self.left) * 10) / u64::from(SPAN);
        tenth(u64::from(self.left) * 10 + tenths)
    }

    fn y(&self, figure: Decimal) -> String {
        tenth(u64::from((self.top + PLANE) * 10 - self.scale.place(figure, PLANE * 10)))
    }

    fn curve(&self, curve: &Curve) -> String {
        let shades = curve.pieces.iter().filter(|piece| !piece.others.is_empty());
        let mut text: String = shades.map(|piece| self.shade(piece)).collect();
        for (place, from, to, pen) in risers(curve) {
            let (x, from, to) = (self.x(place), self.y(from), self.y(to));
            text += &format!("<path class=\"{}\" d=\"M{x} {from}V{to}\"/>\n", class("riser", pen));
        }
        for piece in &curve.pieces {
            let title = format!("<title>{}</title>", escaped(&piece.text));
            let class = class("step", Pen { stroke: curve.stroke, is_certain: piece.is_certain });
            if let (true, Some((place, figure))) = (piece.is_point(), piece.points.first()) {
                let (x, y) = (self.x(*place), self.y(*figure));
                text += &format!("<circle class=\"point\" cx=\"{x}\" cy=\"{y}\" r=\"4\">{title}</circle>\n");
                continue;
            }
            let path = self.path(curve, piece);
            text += &format!("<path class=\"{class}\" d=\"{path}\">{title}</path>\n");
            for other in &piece.others {
                let path = self.across(piece, *other);
                text += &format!("<path class=\"{class}\" d=\"{path}\">{title}</path>\n");
            }
        }
        text
    }

    /// The area of the figures that are possible.
    fn shade(&self, piece: &Piece) -> String {
        let possible = piece.possible();
        let (Some(low), Some(high)) = (possible.first(), possible.last()) else { return String::new() };
        let left = self.x(piece.start().unwrap_or(0));
        let (top, foot) = (self.across(piece, *high), self.y(*low));
        format!("<path class=\"shade\" d=\"{top}V{foot}H{left}Z\"/>\n")
    }

    /// A level line as long as a piece.
    fn across(&self, piece: &Piece, figure: Decimal) -> String {
        let [start, end] = [piece.start(), piece.end()].map(|place| self.x(place.unwrap_or(0)));
        format!("M{start} {}H{end}", self.y(figure))
    }

    /// The points of a piece, and on a logarithmic scale enough between them for a line to be curved.
    fn path(&self, curve: &Curve, piece: &Piece) -> String {
        let mut path = String::new();
        for (number, pair) in piece.points.windows(2).enumerate() {
            let ((from, start), (to, end)) = (pair[0], pair[1]);
            if number == 0 {
                path += &format!("M{} {}", self.x(from), self.y(start));
            }
            let bent = start != end && matches!(self.scale, Scale::Logarithmic { .. });
            for part in (1..PARTS).filter(|_| bent) {
                let place = from + ((u64::from(to - from) * u64::from(part)) / u64::from(PARTS)) as u32;
                if let Some(figure) = curve.figure_at(place) {
                    path += &format!("L{} {}", self.x(place), self.y(figure));
                }
            }
            path += &format!("L{} {}", self.x(to), self.y(end));
        }
        path
    }
}

/// The classes of what a pen draws.
pub fn class(kind: &str, pen: Pen) -> String {
    let class = match pen.stroke {
        Stroke::Broken => format!("{kind} before"),
        Stroke::Heavy => format!("{kind} after"),
        Stroke::Plain => kind.to_string(),
    };
    if pen.is_certain { class } else { class + " unsure" }
}
