//! What others wrote, as part of a message: one line that shows what it is.

use crate::limits;

/// A text in one line: line feeds and tabs are blanks, and characters that would act on a terminal or turn the direction
/// of what follows are `�`. What is after [`limits::MESSAGE_BYTES`] is cut off.
pub fn one_line(text: impl Into<String>) -> String {
    let text = cut(text.into());
    match text.contains(acts) {
        true => cut(text.chars().map(shown).collect()),
        false => text,
    }
}

fn cut(mut text: String) -> String {
    if text.len() > limits::MESSAGE_BYTES {
        text.truncate(text.floor_char_boundary(limits::MESSAGE_BYTES));
        text.push('…');
    }
    text
}

fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
}

fn shown(c: char) -> char {
    match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        c if acts(c) => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_several_lines_becomes_one_and_escapes_are_visible() {
        assert_eq!(one_line("`a\tb\r\nc`"), "`a b  c`");
        assert_eq!(one_line("龙".repeat(1000)), "龙".repeat(666) + "…");
        assert_eq!(one_line("\u{1}".repeat(1000)), "\u{fffd}".repeat(666) + "…");
        assert_eq!(one_line("\u{1b}[31mred\u{7f}\u{202e}"), "\u{fffd}[31mred\u{fffd}\u{fffd}");
        assert_eq!(one_line("龙虾 ≤ 5 é \u{feff}"), "龙虾 ≤ 5 é \u{feff}");
    }
}
