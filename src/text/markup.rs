//! Text inside XML and HTML: nothing of it is ever taken for markup.

use super::terminal::{hides, named};

/// A text as XML and HTML have it, between tags and in quotes.
///
/// Characters that XML cannot contain become `�`. Those that turn the direction of what comes after them,
/// or that have no width, are named, as `[U+202E]`, because with them a name or a document can show other words than it has.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            '\n' | '\t' => escaped.push(c),
            c if hides(c) => escaped += &named(c),
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
            escaped("<我踏马来了> & \"x\" 'y'\u{1b}[1m"),
            "&lt;我踏马来了&gt; &amp; &quot;x&quot; &#39;y&#39;\u{fffd}[1m"
        );
    }

    #[test]
    fn a_mark_that_turns_the_direction_is_named() {
        assert_eq!(escaped("ACT\u{202e}TDSU\u{2069}"), "ACT[U+202E]TDSU[U+2069]");
        assert_eq!(escaped("עברית العربية"), "עברית العربية");
    }
}
