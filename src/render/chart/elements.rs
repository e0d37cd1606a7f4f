//! What every part of an SVG document is made with: its measures, and text.

use textwrap::core::display_width;

pub use crate::text::markup::escaped;

/// The width of a document in pixels, the margin around it, and the height of the plane of a drawing.
const WIDTH: u32 = 960;
const MARGIN: u32 = 24;
pub const PLANE: u32 = 300;

/// The distance of two lines of text; about how wide a letter is.
pub const LINE: u32 = 19;
pub const LETTER: u32 = 7;

/// What is drawn on: a document of its own, or a part of a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sheet<'a> {
    /// The width in pixels.
    pub width: u32,
    /// The margin around everything.
    pub margin: u32,
    /// What the names of elements start with, so that each is there once in a page.
    pub id: &'a str,
}

impl Sheet<'_> {
    /// A document of its own.
    pub const DOCUMENT: Sheet<'static> = Sheet { width: WIDTH, margin: MARGIN, id: "chart" };

    /// Where the plane ends to the right.
    pub fn right(self) -> u32 {
        self.width - self.margin
    }
}

/// Text at a place.
pub fn written(x: u32, y: u32, class: &str, anchor: &str, text: &str) -> String {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let anchor = if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
    format!("<text x=\"{x}\" y=\"{y}\"{class}{anchor}>{}</text>\n", escaped(text))
}

/// How wide a text is, about.
pub fn width_of(text: &str) -> u32 {
    display_width(text) as u32 * LETTER
}

/// A length in tenths of a pixel, as pixels.
pub fn tenth(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The lines of a text that fit a width in pixels.
pub fn wrapped(text: &str, width: u32) -> Vec<String> {
    // Times are not broken at their hyphens.
    let options = textwrap::Options::new((width / LETTER) as usize)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}
