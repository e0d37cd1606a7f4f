//! What an SVG drawing has, read as XML: for the tests of drawings over valid time.

use tierbook::language::parse;
use tierbook::render::{Format, OutputStyle};
use tierbook::{Database, Row, Timestamp, render};

use super::tool::Tool;

/// After anything that a test can have recorded: today is never before the newest transaction.
pub const TODAY: &str = "2099-05-01T00:00Z";

/// A path or a point of a drawing: its classes, its ends to the right in pixels, its heights, its title.
#[derive(Debug)]
pub struct Drawn {
    pub class: String,
    pub from: f64,
    pub to: f64,
    pub heights: Vec<f64>,
    pub title: String,
}

/// ACTUSDT as seen at 5 %, again at 5 %, at 12 %, and once more at 12 %; no change was announced.
pub fn observed() -> Tool {
    let tool = Tool::empty();
    for (stamp, rate) in [("20260101T000000Z", 0.05), ("20260111T000000Z", 0.05), ("20260121T000000Z", 0.12)]
    {
        tool.load_other_rule(stamp, rate);
    }
    tool.load_other_rule("20260131T000000Z", 0.12);
    tool
}

pub fn rows_on(tool: &Tool, query: &str, today: &str) -> Vec<Row> {
    let statement = parse(query).unwrap().remove(0);
    let today: Timestamp = today.parse().unwrap();
    Database::at(&tool.dir()).answer(&statement, today).unwrap().0
}

pub fn svg_on(tool: &Tool, query: &str, today: &str) -> String {
    render::rows(&rows_on(tool, query, today), Format::Svg, OutputStyle::PLAIN)
}

pub fn text_on(tool: &Tool, query: &str, today: &str) -> String {
    let style = OutputStyle { colour: false, width: Some(100) };
    render::rows(&rows_on(tool, query, today), Format::Table, style)
}

/// The numbers after each of these letters in the data of a path of absolute straight lines.
fn numbers(path: &str, letters: &[char], place: usize) -> Vec<f64> {
    let parts = path.split_inclusive(char::is_alphabetic).collect::<Vec<_>>();
    let commands = parts.windows(2).map(|pair| (pair[0].chars().last().unwrap(), pair[1]));
    let of = commands.filter(|(letter, _)| letters.contains(letter));
    of.filter_map(|(letter, text)| {
        let text = text.trim_end_matches(char::is_alphabetic);
        let at = if letter == 'M' || letter == 'L' { place } else { 0 };
        text.split_whitespace().nth(at)?.parse().ok()
    })
    .collect()
}

/// Everything drawn of the classes of curves.
pub fn drawn(svg: &str) -> Vec<Drawn> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let nodes =
        document.descendants().filter(|node| node.has_tag_name("path") || node.has_tag_name("circle"));
    let drawn = nodes.map(|node| {
        let number = |name: &str| node.attribute(name).and_then(|text| text.parse::<f64>().ok());
        let path = node.attribute("d").unwrap_or_default();
        let mut across = numbers(path, &['M', 'L', 'H'], 0);
        let mut heights = numbers(path, &['M', 'L', 'V'], 1);
        heights.extend(numbers(path, &['V'], 0));
        across.extend(number("cx"));
        heights.extend(number("cy"));
        Drawn {
            class: node.attribute("class").unwrap_or_default().to_string(),
            from: across.iter().copied().fold(f64::INFINITY, f64::min),
            to: across.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            heights,
            title: node.children().find_map(|child| child.text()).unwrap_or("").to_string(),
        }
    });
    drawn.collect()
}

pub fn of<'a>(drawn: &'a [Drawn], class: &str) -> Vec<&'a Drawn> {
    drawn.iter().filter(|path| path.class == class).collect()
}

/// The place of a day of the axis between two times, in pixels; the axis has the ends of the grid.
#[allow(clippy::cast_precision_loss)] // A pixel is less exact than either.
pub fn pixel(drawn: &[Drawn], [since, until]: [&str; 2], at: &str) -> f64 {
    let [since, until, at] = [since, until, at].map(|at| at.parse::<Timestamp>().unwrap().micros() as f64);
    let axis = of(drawn, "grid")[0];
    axis.from + (axis.to - axis.from) * (at - since) / (until - since)
}
