//! The line that is being written, in colours: words of the language, figures, times, names; an error is
//! underlined.

use super::commands;
use tierbook::Span;
use tierbook::language::{keywords, parse};

const KEYWORD: &str = "1";
const FIGURE: &str = "36";
const TIME: &str = "35";
const NAME: &str = "32";
const ERROR: &str = "4;31";
/// Hints, and notes beside names.
const QUIET: &str = "2";

/// The line with escapes for colours; `is_subject` tells whether a name is that of a stored subject.
pub fn coloured(line: &str, is_subject: &dyn Fn(&str) -> bool) -> String {
    let wrong = wrong_part(line);
    let mut text = String::with_capacity(line.len() * 2);
    let mut at = 0;
    for piece in line.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ',' | ';')) {
        let word = piece.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        let is_wrong = wrong.is_some_and(|wrong| wrong.start < at + word.len() && wrong.end > at);
        let style = if is_wrong { ERROR } else { style(word, is_subject) };
        text += &painted(word, style);
        text += &piece[word.len()..];
        at += piece.len();
    }
    text
}

/// A text in a style; the text as it is where either is empty.
fn painted(text: &str, style: &str) -> String {
    if style.is_empty() || text.is_empty() {
        text.to_string()
    } else {
        format!("\u{1b}[{style}m{text}\u{1b}[0m")
    }
}

/// A text that is less prominent.
pub fn quiet(text: &str) -> String {
    painted(text, QUIET)
}

/// The place of an error that more words cannot fix: not at the end of what is written so far.
fn wrong_part(line: &str) -> Option<Span> {
    // The words of the prompt itself are no statements, and none while they are being written.
    let first = commands::first_word(line);
    if commands::names().any(|name| name == first) {
        return None;
    }
    let span = parse(line).err()?.span()?;
    let written = line.trim_end().len();
    // The word that is being written may become another one.
    (span.end < written || (span.end == written && written < line.len()))
        .then_some(span)
        .filter(|s| !s.is_empty())
}

fn style(word: &str, is_subject: &dyn Fn(&str) -> bool) -> &'static str {
    let lower = word.to_lowercase();
    let digits = word.starts_with(|c: char| c.is_ascii_digit());
    if word.starts_with('$') {
        FIGURE
    } else if keywords().chain(commands::names()).chain(commands::settings()).any(|known| known == lower) {
        KEYWORD
    } else if is_subject(word.trim_matches('"')) {
        NAME
    } else if digits && word.contains(['-', ':']) {
        TIME
    } else if digits {
        FIGURE
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        coloured(line, &|name| name == "ACTUSDT").replace('\u{1b}', "")
    }

    #[test]
    fn each_kind_of_word_has_its_colour_and_nothing_is_lost() {
        let line = "mmr of ACTUSDT at 60000  as of 2026-02-06, 龙虾";
        let coloured = shown(line);
        for part in ["[1mmmr[0m", "[32mACTUSDT[0m", "[36m60000[0m", "[35m2026-02-06[0m"] {
            assert!(coloured.contains(part), "{coloured}");
        }
        let mut plain = coloured;
        for escape in ["[1m", "[32m", "[36m", "[35m", "[4;31m", "[0m"] {
            plain = plain.replace(escape, "");
        }
        assert_eq!(plain, line);
    }

    #[test]
    fn an_error_is_underlined_once_it_cannot_be_the_start_of_another_word() {
        assert!(shown("mrr of ACTUSDT").starts_with("[4;31mmrr"));
        assert!(!shown("mrr").contains("[4;31m"), "{}", shown("mrr"));
        assert!(!shown("mmr of ACTUSDT at").contains("[4;31m"));
        assert!(shown("mmr of ACTUSDT ad 5 ").contains("[4;31mad"));
    }
}
