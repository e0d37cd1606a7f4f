//! What every part of an SVG document is made with: its measures, text, and what XML needs.

/// The width of the document in pixels, the margin around it, and the height of the plane of a drawing.
pub const WIDTH: u32 = 960;
pub const MARGIN: u32 = 24;
pub const PLANE: u32 = 300;

/// The distance of two lines of text; about how wide a letter is.
pub const LINE: u32 = 19;
pub const LETTER: u32 = 7;

/// Text at a place.
pub fn written(x: u32, y: u32, class: &str, anchor: &str, text: &str) -> String {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let anchor = if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
    format!("<text x=\"{x}\" y=\"{y}\"{class}{anchor}>{}</text>\n", escaped(text))
}

/// Text as XML has it; what XML cannot contain, such as control characters in the name of a file, becomes
/// `�`.
pub fn escaped(text: &str) -> String {
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
