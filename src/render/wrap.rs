//! Messages and help on a terminal: lines are broken between words, and a word that is longer than a line is
//! left whole, so that a path can be copied.

use textwrap::core::display_width;

use crate::render::card::wrapping;

/// Longest label, in columns, under whose text the rest of a line is set.
const LABEL_COLUMNS: usize = 20;

/// Each line broken between words where it is wider than the terminal; unchanged without a width.
///
/// ```
/// use tierbook::render::wrap;
/// let text = "note: the index was rebuilt\n";
/// assert_eq!(wrap::lines(text, Some(20)), "note: the index was\n      rebuilt\n");
/// assert_eq!(wrap::lines(text, None), text);
/// ```
pub fn lines(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_string() };
    let line = |line: &str| {
        let (words, end) = line.strip_suffix('\n').map_or((line, ""), |words| (words, "\n"));
        format!("{}{end}", broken(words, width, hanging(words, width)))
    };
    text.split_inclusive('\n').map(line).collect()
}

/// Markdown for a terminal: paragraphs are filled to the width, commands are left whole.
///
/// ```
/// use tierbook::render::wrap;
/// let page = "One paragraph in\ntwo lines.\n\n```console\n$ tierbook query upcoming\n```\n";
/// let narrow = wrap::markdown(page, Some(22));
/// assert_eq!(narrow, "One paragraph in two\nlines.\n\n```console\n$ tierbook query upcoming\n```\n");
/// ```
pub fn markdown(page: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return page.to_string() };
    let (mut text, mut paragraph, mut in_code) = (String::new(), String::new(), false);
    for line in page.lines() {
        in_code ^= line.starts_with("```");
        let is_prose = !in_code && line.starts_with(|c: char| !c.is_whitespace() && !"#|*`$".contains(c));
        // A line may start with words in quotes of code: only a fence starts with three of them.
        if is_prose || (!in_code && line.starts_with('`') && !line.starts_with("```")) {
            paragraph += if paragraph.is_empty() { "" } else { " " };
            paragraph += line;
            continue;
        }
        text += &filled(&std::mem::take(&mut paragraph), width);
        let is_command = line.starts_with("$ ");
        text += &if is_command { line.to_string() } else { broken(line, width, hanging(line, width)) };
        text.push('\n');
    }
    text + &filled(&paragraph, width)
}

fn filled(paragraph: &str, width: usize) -> String {
    if paragraph.is_empty() { String::new() } else { broken(paragraph, width, 0) + "\n" }
}

/// A line broken between words, with an indent for what follows.
pub(super) fn broken(line: &str, width: usize, indent: usize) -> String {
    if display_width(line) <= width {
        return line.to_string();
    }
    textwrap::fill(line, wrapping(width, "", &" ".repeat(indent)).break_words(false))
}

/// Where the rest of a line is set: under the text after its label, else two columns farther right.
fn hanging(line: &str, width: usize) -> usize {
    let lead = line.len() - line.trim_start_matches(' ').len();
    let rest = &line[lead..];
    let spaces = |from: usize| from + rest[from..].len() - rest[from..].trim_start_matches(' ').len();
    let after_colon = rest.split_once(": ").filter(|(label, _)| label.chars().all(char::is_alphabetic));
    let after_blanks = rest.split_once("  ").map(|(label, _)| label.len());
    let label = after_colon.map(|(label, _)| label.len() + 1).or(after_blanks);
    let text = label.filter(|end| *end <= LABEL_COLUMNS).map_or(2, spaces);
    if lead + text <= width / 2 { lead + text } else { lead + 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_under_their_text() {
        for (text, narrow) in [
            ("short\n", "short\n"),
            ("error: a long message here", "error: a long\n       message here"),
            ("  explain mmr of ACTUSDT", "  explain mmr of\n    ACTUSDT"),
            ("load       reads files", "load       reads\n  files"),
            ("one\n\n/a/path/that/is/longer/than/it\n", "one\n\n/a/path/that/is/longer/than/it\n"),
        ] {
            assert_eq!(lines(text, Some(20)), narrow);
        }
        assert_eq!(lines("load       reads files", Some(24)), "load       reads files");
        assert_eq!(
            lines("help       what can be asked", Some(24)),
            "help       what can be\n           asked"
        );
    }

    #[test]
    fn colours_have_no_width() {
        let text = "\u{1b}[1mbold\u{1b}[0m and plain";
        assert_eq!(lines(text, Some(14)), text);
    }
}
