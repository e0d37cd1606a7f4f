//! Drawings as SVG: text as text, no scripts, readable on light and on dark ground. Every tier or step is a path of
//! its own with a title that names it.

use super::areas_svg;
use super::drawing::Drawing;
use super::elements::{LINE, PLANE, Sheet, escaped, wrapped, written};
use super::picture::{Caption, LegendLine, Picture, Sample};
use super::plane::{class, plane};

/// Where captions start behind their labels.
const CAPTION: u32 = 140;

/// How drawings look; in a page it is a part of its style sheet.
pub const STYLE: &str = include_str!("chart.css");

/// The drawings below one another, as a document.
pub fn document(drawings: &[Drawing]) -> String {
    let sheet = Sheet::DOCUMENT;
    let mut body = String::new();
    let mut height = 0;
    for drawing in drawings {
        let (drawn, drawn_height) = whole(drawing, sheet);
        body += &format!("<g transform=\"translate(0 {height})\">\n{drawn}</g>\n");
        height += drawn_height;
    }
    let titles: Vec<&str> = drawings.iter().map(Drawing::title).collect();
    let text = drawings.iter().flat_map(Drawing::captions);
    let text: Vec<String> = text.map(|caption| format!("{}: {}", caption.label, caption.text)).collect();
    let width = sheet.width;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{}</title>\n<desc>{}</desc>\n<style>\n{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n",
        escaped(&titles.join("; ")),
        escaped(&text.join("\n")),
    )
}

/// A drawing without captions, as an element of a page that has the style and a table with the figures.
#[cfg(feature = "server")]
pub fn part(drawing: &Drawing, sheet: Sheet) -> String {
    let (body, height) = pictured(drawing, sheet.margin, sheet);
    let (width, id, height) = (sheet.width, escaped(sheet.id), height + sheet.margin);
    format!(
        "<svg class=\"chart\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-axes\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-axes\">{}</desc>\n{body}</svg>\n",
        escaped(drawing.title()),
        escaped(drawing.axes()),
    )
}

/// A drawing with its title and captions, and its height.
fn whole(drawing: &Drawing, sheet: Sheet) -> (String, u32) {
    let mut text = written(sheet.margin, sheet.margin + 12, "head", "start", drawing.title());
    let (body, mut below) = pictured(drawing, sheet.margin + 20, sheet);
    text += &body;
    for caption in drawing.captions() {
        let (drawn, foot) = captioned(caption, below + LINE, sheet);
        text += &drawn;
        below = foot;
    }
    (text, below + sheet.margin)
}

/// The picture itself with its axes and its legend, from `top` down, and where it ends.
fn pictured(drawing: &Drawing, top: u32, sheet: Sheet) -> (String, u32) {
    match drawing {
        Drawing::Curves(picture) if picture.curves.iter().any(|curve| !curve.pieces.is_empty()) => {
            curves(picture, top, sheet)
        }
        Drawing::Areas(areas) if !areas.shaded.is_empty() => areas_svg::drawn(areas, top, sheet),
        Drawing::Curves(_) | Drawing::Areas(_) => (String::new(), top),
    }
}

fn curves(picture: &Picture, top: u32, sheet: Sheet) -> (String, u32) {
    let mut text = plane(picture, top + LINE, sheet);
    let mut below = top + LINE + PLANE + 3 * LINE;
    for line in wrapped(&picture.axes, sheet.right() - sheet.margin) {
        below += LINE;
        text += &written(sheet.margin, below, "label", "start", &line);
    }
    for line in &picture.legend {
        below += LINE;
        let (drawn, drawn_height) = legend(line, below, sheet);
        text += &drawn;
        below += drawn_height;
    }
    (text, below)
}

/// A caption whose first line is at `y`, and where it ends.
fn captioned(caption: &Caption, mut y: u32, sheet: Sheet) -> (String, u32) {
    let margin = sheet.margin;
    let mut text = match caption.pen {
        Some(pen) => {
            y += LINE / 2;
            let (middle, end) = (y - 4, margin + 30);
            let sample =
                format!("<path class=\"{}\" d=\"M{margin} {middle}H{end}\"/>\n", class("riser", pen));
            sample + &written(end + 8, y, "", "start", caption.label)
        }
        None => written(margin, y, "label", "start", caption.label),
    };
    let class = if caption.label == "warning" { "warning" } else { "" };
    for (number, line) in wrapped(&caption.text, sheet.right() - CAPTION).iter().enumerate() {
        y += if number > 0 { LINE } else { 0 };
        text += &written(CAPTION, y, class, "start", line);
    }
    (text, y)
}

/// A line of the legend, and how much higher than a line it is.
fn legend(line: &LegendLine, y: u32, sheet: Sheet) -> (String, u32) {
    let (middle, margin, end) = (y - 4, sheet.margin, CAPTION - 10);
    let mut text = match line.sample {
        Sample::Dashed(pen) => {
            format!("<path class=\"{}\" d=\"M{margin} {middle}H{end}\"/>\n", class("sample", pen))
        }
        Sample::Shaded => {
            format!("<path class=\"shade\" d=\"M{margin} {}H{end}V{}H{margin}Z\"/>\n", middle - 6, middle + 6)
        }
        Sample::Point => format!("<circle class=\"point\" cx=\"{}\" cy=\"{middle}\" r=\"4\"/>\n", margin + 8),
    };
    let lines = wrapped(&line.text, sheet.right() - CAPTION);
    for (y, line) in (y..).step_by(LINE as usize).zip(&lines) {
        text += &written(CAPTION, y, "", "start", line);
    }
    (text, LINE * (lines.len() as u32).saturating_sub(1))
}
