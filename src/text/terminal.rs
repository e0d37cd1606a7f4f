//! Text on a terminal: nothing of what others wrote is ever taken for a command.

use std::borrow::Cow;

use crate::limits;

/// A text for people, without anything that a terminal acts on or that hides what is written.
///
/// Control characters but the ends of lines and tabs become `�`. Marks that turn the direction of what comes after them,
/// or that have no width, are named, as `[U+202E]`, because with them a name can show other words than it has. With
/// `colours`, the plain colours of this program stay; they end with the text.
///
/// ```
/// use tierbook::text::terminal::plain;
/// assert_eq!(plain("a\u{1b}]0;title\u{7}.txt", false), "a�]0;title�.txt");
/// assert_eq!(plain("ACT\u{202e}TDSU", true), "ACT[U+202E]TDSU");
/// ```
pub fn plain(text: &str, colours: bool) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let (mut shown, mut rest, mut is_coloured) = (String::with_capacity(text.len() + 16), text, false);
    while let Some(c) = rest.chars().next() {
        if let Some(code) = colour(rest).filter(|_| colours) {
            is_coloured = code != RESET;
            shown += code;
            rest = &rest[code.len()..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\r' if rest.starts_with('\n') => shown.push(c),
            c if is_plain(c) => shown.push(c),
            c if c.is_control() || is_line_end(c) => shown.push(char::REPLACEMENT_CHARACTER),
            c => shown += &named(c),
        }
    }
    if is_coloured {
        shown += RESET;
    }
    Cow::Owned(shown)
}

/// As [`plain`], of bytes that come in parts: a character may be split over two of them. What is no UTF-8 becomes `�`.
///
/// ```
/// use tierbook::text::terminal::PlainBytes;
/// let mut bytes = PlainBytes::default();
/// let shown = [b"a\x1b[2J\xe2", &b"\x89"[..], b"\xa4 5\x9b"].map(|part| bytes.plain(part));
/// assert_eq!(shown.concat() + bytes.end(), "a�[2J≤ 5�");
/// ```
#[derive(Default, Debug)]
pub struct PlainBytes {
    /// The start of a character, or an end of a line that may have two characters.
    rest: Vec<u8>,
}

impl PlainBytes {
    /// What is shown of the next bytes.
    ///
    /// ```
    /// assert_eq!(tierbook::text::terminal::PlainBytes::default().plain(b"x\x07"), "x�");
    /// ```
    pub fn plain(&mut self, bytes: &[u8]) -> String {
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(bytes);
        let last = all.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
        let is_begun = |error: std::str::Utf8Error| error.error_len().is_none();
        let split = match std::str::from_utf8(last) {
            Err(error) if is_begun(error) => last.len(),
            _ => usize::from(all.ends_with(b"\r")),
        };
        self.rest = all.split_off(all.len() - split);
        plain(&String::from_utf8_lossy(&all), false).into_owned()
    }

    /// What is shown of a character that never ended.
    ///
    /// ```
    /// let mut bytes = tierbook::text::terminal::PlainBytes::default();
    /// assert_eq!((bytes.plain(b"\xe2").as_str(), bytes.end()), ("", "�"));
    /// ```
    pub fn end(&mut self) -> &'static str {
        if std::mem::take(&mut self.rest).is_empty() { "" } else { "\u{fffd}" }
    }
}

/// As [`plain`], on one line: for the names of files, which may have ends of lines.
///
/// ```
/// use tierbook::text::terminal::one_line;
/// assert_eq!(one_line("a\nb.txt: loaded"), "a�b.txt: loaded");
/// ```
pub fn one_line(text: &str) -> String {
    plain(text, false).replace(['\n', '\r', '\t'], "\u{fffd}")
}

/// What others wrote, as part of a message: on one line, where ends of lines and tabs are blanks. What is after
/// [`limits::MESSAGE_BYTES`] is cut off.
pub(crate) fn message(text: impl Into<String>) -> String {
    let mut text = cut(text.into());
    let ends_line = |c| matches!(c, '\n' | '\r' | '\t') || is_line_end(c);
    if text.contains(ends_line) {
        text = text.replace(ends_line, " ");
    }
    match plain(&text, false) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => cut(shown),
    }
}

fn cut(mut text: String) -> String {
    if text.len() > limits::MESSAGE_BYTES {
        text.truncate(text.floor_char_boundary(limits::MESSAGE_BYTES));
        text.push('…');
    }
    text
}

/// A character that hides what is written, as `[U+202E]`.
pub(super) fn named(c: char) -> String {
    format!("[U+{:04X}]", u32::from(c))
}

/// Whether a character turns the direction of what comes after it, or has neither width nor ink.
pub(super) fn hides(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn is_plain(c: char) -> bool {
    matches!(c, '\n' | '\t' | ' '..='~') || (c >= '\u{a0}' && !hides(c) && !is_line_end(c))
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

const RESET: &str = "\u{1b}[0m";

/// Reset, bold, faint, italic, underlined, and letters from red to cyan.
const PLAIN_CODES: [&str; 17] =
    ["0", "1", "2", "3", "4", "31", "32", "33", "34", "35", "36", "91", "92", "93", "94", "95", "96"];

/// The colour that a text begins with: bold, faint, underlined or one of the colours of letters, nothing that hides them.
fn colour(text: &str) -> Option<&str> {
    let codes = text.strip_prefix("\u{1b}[")?;
    let codes = &codes[..codes.find('m')?];
    // Of the 256 colours none that is nearly black or white: letters would be hidden on a page of that colour.
    let of_256 = codes.strip_prefix("38;5;").map(str::parse);
    let is_colour = match of_256 {
        Some(number) => number.is_ok_and(|number: u8| (60..=220).contains(&number)),
        None => codes.split(';').all(|code| PLAIN_CODES.contains(&code)),
    };
    is_colour.then(|| &text[..codes.len() + 3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_acts_on_is_shown_and_nothing_else_changes() {
        for text in ["", "mmr of ACTUSDT: 1 %\n\t│ 我踏马来了 עברית 12.5", "two\r\nlines"] {
            assert_eq!(plain(text, false), text);
        }
        for (text, shown) in [
            ("\u{1b}[2J\u{1b}[31mx", "�[2J�[31mx"),
            ("\u{9b}31mx\u{7f}\u{8}\r", "�31mx���"),
            ("a\u{200b}b\u{feff}\u{2066}", "a[U+200B]b[U+FEFF][U+2066]"),
            ("a\u{2028}b", "a�b"),
        ] {
            assert_eq!(plain(text, false), shown);
        }
    }

    #[test]
    fn a_message_is_on_one_line_and_has_an_end() {
        assert_eq!(message("`a\tb\r\nc`"), "`a b  c`");
        let most = "x".repeat(limits::MESSAGE_BYTES);
        assert_eq!((message(most.as_str()), message(format!("{most}y"))), (most.clone(), format!("{most}…")));
        assert_eq!(message("龙".repeat(1000)), "龙".repeat(666) + "…");
        assert_eq!(message("\u{1}".repeat(1000)), "�".repeat(666) + "…");
        assert_eq!(message("\u{1b}[31mred\u{7f}\u{202e}"), "�[31mred�[U+202E]");
        assert_eq!(message("龙虾 ≤ 5 é"), "龙虾 ≤ 5 é");
    }

    #[test]
    fn own_colours_stay_where_there_are_colours_and_end_with_the_text() {
        assert_eq!(plain("\u{1b}[1;31merror\u{1b}[0m: x", true), "\u{1b}[1;31merror\u{1b}[0m: x");
        assert_eq!(plain("\u{1b}[1;31merror", true), "\u{1b}[1;31merror\u{1b}[0m");
        // Hidden letters, black ones, a title, and what is no colour at all.
        for text in ["\u{1b}[8mx", "\u{1b}[30mx", "\u{1b}]0;tm", "\u{1b}[m", "\u{1b}[", "\u{1b}["] {
            assert_eq!(plain(text, true), text.replace('\u{1b}', "�"));
        }
    }
}
