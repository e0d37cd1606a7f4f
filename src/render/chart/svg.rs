//! Pictures as one SVG document: text as text, no scripts, readable on light and on dark ground. Every tier
//! or step is a path of its own of the class `step`, with a title that names it.

use textwrap::core::display_width;

use super::labels::placed;
use super::picture::{Curve, Picture, Piece, SPAN, Stroke};
use super::scale::Scale;

/// The width of the document in pixels, the margin around it, and the height of the plane of a drawing.
const WIDTH: u32 = 960;
const MARGIN: u32 = 24;
const PLANE: u32 = 300;

/// The distance of two lines of text; about how wide a letter is; where captions start behind their labels.
const LINE: u32 = 19;
const LETTER: u32 = 7;
const CAPTION: u32 = 140;

/// How many straight pieces draw a part of a line on a logarithmic scale.
const PARTS: u32 = 8;

const STYLE: &str = "\
  .ground{fill:#fff}text{font:12px system-ui,sans-serif;fill:#1f2328}.head{font-size:16px;font-weight:600}
  .label{fill:#59636e}.warning{fill:#9a3412}.axis{stroke:#818b98;fill:none}.grid{stroke:#d1d9e0;fill:none}
  .step,.riser{fill:none;stroke:#0969da;stroke-width:2.5}.riser{stroke-width:1}
  .before{stroke:#b35900;stroke-dasharray:6 4}
  @media (prefers-color-scheme:dark){.ground{fill:#0d1117}text{fill:#e6edf3}.label{fill:#9198a1}.warning{fill:#ffb77c}
  .axis{stroke:#7d8590}.grid{stroke:#30363d}.step,.riser{stroke:#58a6ff}.before{stroke:#f0a35e}}
";

/// The pictures below one another.
pub fn document(pictures: &[Picture]) -> String {
    let mut body = String::new();
    let mut height = 0;
    for picture in pictures {
        let (drawn, drawn_height) = drawing(picture);
        body += &format!("<g transform=\"translate(0 {height})\">\n{drawn}</g>\n");
        height += drawn_height;
    }
    let titles: Vec<&str> = pictures.iter().map(|picture| picture.title.as_str()).collect();
    let text = pictures.iter().flat_map(|picture| &picture.captions);
    let text: Vec<String> = text.map(|caption| format!("{}: {}", caption.label, caption.text)).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>{}</title>\n<desc>{}</desc>\n<style>\n{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\"/>\n{body}</svg>\n",
        escaped(&titles.join("; ")),
        escaped(&text.join("\n")),
    )
}

/// A drawing and its height.
fn drawing(picture: &Picture) -> (String, u32) {
    let mut text = written(MARGIN, MARGIN + 12, "head", "start", &picture.title);
    let mut below = MARGIN + 20;
    if picture.curves.iter().any(|curve| !curve.pieces.is_empty()) {
        text += &plane(picture, below + LINE);
        below += LINE + PLANE + 3 * LINE;
        for line in wrapped(&picture.axes) {
            below += LINE;
            text += &written(MARGIN, below, "label", "start", &line);
        }
    }
    for caption in &picture.captions {
        below += LINE;
        let label = match caption.stroke {
            Some(stroke) => {
                below += LINE / 2;
                let (y, end) = (below - 4, MARGIN + 30);
                text += &format!("<path class=\"{}\" d=\"M{MARGIN} {y}H{end}\"/>\n", class("riser", stroke));
                written(end + 8, below, "", "start", caption.label)
            }
            None => written(MARGIN, below, "label", "start", caption.label),
        };
        text += &label;
        let class = if caption.label == "warning" { "warning" } else { "" };
        for (number, line) in wrapped(&caption.text).iter().enumerate() {
            below += if number > 0 { LINE } else { 0 };
            text += &written(CAPTION, below, class, "start", line);
        }
    }
    (text, below + MARGIN)
}

fn wrapped(text: &str) -> Vec<String> {
    let columns = (WIDTH - CAPTION - MARGIN) / LETTER;
    textwrap::wrap(text, columns as usize).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// The plane whose upper edge is at `top`: its axes, their labels, the curves.
fn plane(picture: &Picture, top: u32) -> String {
    let letters = picture.levels.iter().map(|(_, label)| display_width(label)).max().unwrap_or(0) as u32;
    let plane = Plane { left: MARGIN + 8 + letters * LETTER, top, scale: picture.scale };
    let (left, foot, right) = (plane.left, top + PLANE, WIDTH - MARGIN);
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
    text + &picture.curves.iter().map(|curve| plane.curve(curve)).collect::<String>()
}

/// The pixels of places and figures.
struct Plane {
    left: u32,
    top: u32,
    scale: Scale,
}

impl Plane {
    fn x(&self, place: u32) -> String {
        let tenths = u64::from(place) * u64::from((WIDTH - MARGIN - self.left) * 10) / u64::from(SPAN);
        tenth(u64::from(self.left) * 10 + tenths)
    }

    fn y(&self, figure: crate::decimal::Decimal) -> String {
        tenth(u64::from((self.top + PLANE) * 10 - self.scale.place(figure, PLANE * 10)))
    }

    fn curve(&self, curve: &Curve) -> String {
        let mut text = String::new();
        for pair in curve.pieces.windows(2) {
            if let (Some((end, from)), Some((start, to))) = (pair[0].points.last(), pair[1].points.first())
                && end == start
                && from != to
            {
                let (x, from, to) = (self.x(*end), self.y(*from), self.y(*to));
                text +=
                    &format!("<path class=\"{}\" d=\"M{x} {from}V{to}\"/>\n", class("riser", curve.stroke));
            }
        }
        for piece in &curve.pieces {
            let (class, title) = (class("step", curve.stroke), escaped(&piece.text));
            let path = self.path(curve, piece);
            text += &format!("<path class=\"{class}\" d=\"{path}\"><title>{title}</title></path>\n");
        }
        text
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

/// A length in tenths of a pixel, as pixels.
fn tenth(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn class(kind: &str, stroke: Stroke) -> String {
    match stroke {
        Stroke::Broken => format!("{kind} before"),
        Stroke::Heavy => format!("{kind} after"),
        Stroke::Plain => kind.to_string(),
    }
}

fn written(x: u32, y: u32, class: &str, anchor: &str, text: &str) -> String {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let anchor = if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
    format!("<text x=\"{x}\" y=\"{y}\"{class}{anchor}>{}</text>\n", escaped(text))
}

/// Text as XML has it; what XML cannot contain, such as control characters in the name of a file, becomes
/// `�`.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_any_kind_stays_inside_its_element() {
        assert_eq!(
            escaped("<我踏马来了> & \"x\"\u{1b}[1m"),
            "&lt;我踏马来了&gt; &amp; &quot;x&quot;\u{fffd}[1m"
        );
    }
}
