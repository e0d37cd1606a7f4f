//! Pictures as one SVG document: text as text, no scripts, readable on light and on dark ground. Every tier
//! or step is a path of its own of the class `step`, with a title that names it.

use super::elements::{LETTER, LINE, MARGIN, PLANE, WIDTH, escaped, written};
use super::picture::{LegendLine, Picture, Sample};
use super::plane::{class, plane};

/// Where captions start behind their labels.
const CAPTION: u32 = 140;

const STYLE: &str = "\
  .ground{fill:#fff}text{font:12px system-ui,sans-serif;fill:#1f2328}.head{font-size:16px;font-weight:600}
  .label{fill:#59636e}.warning{fill:#9a3412}.axis{stroke:#818b98;fill:none}.grid{stroke:#d1d9e0;fill:none}
  .step,.riser,.sample{fill:none;stroke:#0969da;stroke-width:2.5}.riser{stroke-width:1}
  .before{stroke:#b35900;stroke-dasharray:6 4}.unsure{stroke-dasharray:5 4}
  .before.unsure{stroke-dasharray:2 4}.after.unsure{stroke-dasharray:12 4}
  .shade{fill:#0969da;fill-opacity:.15;stroke:#0969da;stroke-opacity:.3}.point{fill:#0969da}.today{stroke:#cf222e;fill:none}.now{fill:#cf222e}
  @media (prefers-color-scheme:dark){.ground{fill:#0d1117}text{fill:#e6edf3}.label{fill:#9198a1}.warning{fill:#ffb77c}
  .axis{stroke:#7d8590}.grid{stroke:#30363d}.step,.riser,.sample{stroke:#58a6ff}.before{stroke:#f0a35e}
  .shade,.point{fill:#58a6ff}.shade{stroke:#58a6ff}.today{stroke:#ff7b72}.now{fill:#ff7b72}}
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
        for line in &picture.legend {
            below += LINE;
            let (drawn, drawn_height) = legend(line, below);
            text += &drawn;
            below += drawn_height;
        }
    }
    for caption in &picture.captions {
        below += LINE;
        let label = match caption.pen {
            Some(pen) => {
                below += LINE / 2;
                let (y, end) = (below - 4, MARGIN + 30);
                text += &format!("<path class=\"{}\" d=\"M{MARGIN} {y}H{end}\"/>\n", class("riser", pen));
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

/// A line of the legend, and how much higher than a line it is.
fn legend(line: &LegendLine, y: u32) -> (String, u32) {
    let (middle, end) = (y - 4, CAPTION - 10);
    let mut text = match line.sample {
        Sample::Dashed(pen) => {
            format!("<path class=\"{}\" d=\"M{MARGIN} {middle}H{end}\"/>\n", class("sample", pen))
        }
        Sample::Shaded => {
            format!("<path class=\"shade\" d=\"M{MARGIN} {}H{end}V{}H{MARGIN}Z\"/>\n", middle - 6, middle + 6)
        }
        Sample::Point => format!("<circle class=\"point\" cx=\"{}\" cy=\"{middle}\" r=\"4\"/>\n", MARGIN + 8),
    };
    let lines = wrapped(&line.text);
    for (y, line) in (y..).step_by(LINE as usize).zip(&lines) {
        text += &written(CAPTION, y, "", "start", line);
    }
    (text, LINE * (lines.len() as u32).saturating_sub(1))
}

fn wrapped(text: &str) -> Vec<String> {
    let columns = (WIDTH - CAPTION - MARGIN) / LETTER;
    // Times are not broken at their hyphens.
    let options =
        textwrap::Options::new(columns as usize).word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}
