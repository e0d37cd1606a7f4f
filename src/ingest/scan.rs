//! Small scanners over a text: each looks at a byte offset and gives what is there and where it ends.
//!
//! Cells may be glued together or separated by blanks, tabs, newlines and `|`; all of these are separators
//! and mean nothing else, so a table on one line, with a line for each row, or with a line for each cell
//! reads the same.

use crate::rule::Leverage;
use crate::text::Span;

/// Most bytes in one run of digits and separators that is looked at; the longest real one has 40.
const RUN_BYTES: usize = 80;

/// The character at `at`.
pub fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..).and_then(|rest| rest.chars().next())
}

/// Whether a character is a blank of any width, or of none.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

/// Whether a character is a dash in any of the forms that copies of a text end up with.
pub fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '−' | '‐' | '‑')
}

/// The offset after all characters from `at` on that fulfil `test`.
pub fn skip(text: &str, at: usize, test: impl Fn(char) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or("");
    at + rest.find(|c| !test(c)).unwrap_or(rest.len())
}

/// The offset after the blanks of one line.
pub fn skip_blanks(text: &str, at: usize) -> usize {
    skip(text, at, |c| is_blank(c) && !matches!(c, '\n' | '\r' | '\t'))
}

/// The offset after everything that may be between two cells.
pub fn skip_separators(text: &str, at: usize) -> usize {
    skip(text, at, |c| is_blank(c) || c == '|')
}

/// A run of digits, commas and dots that starts and ends with a digit.
pub fn number(text: &str, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    if !bytes.get(at)?.is_ascii_digit() {
        return None;
    }
    let length = bytes[at..]
        .iter()
        .take(RUN_BYTES + 1)
        .take_while(|b| b.is_ascii_digit() || matches!(b, b',' | b'.'))
        .count();
    let run = bytes[at..at + length].iter().rposition(u8::is_ascii_digit)? + 1;
    (run <= RUN_BYTES).then(|| Span::new(at, at + run))
}

/// The offset after a percent sign, with blanks before it or not.
pub fn percent(text: &str, at: usize) -> Option<usize> {
    sign(text, skip_blanks(text, at), &["%", "％"])
}

/// A mark for an absent cell: `NA`, `N/A`, `n.a.`, `---`, a lone dash. A longer row of dashes is one mark.
/// `NA` is a mark only where no letter follows.
pub fn mark(text: &str, at: usize) -> Option<Span> {
    let rest = text.get(at..)?;
    for word in ["N/A", "n/a", "N.A.", "n.a.", "NA", "na"] {
        if rest.starts_with(word) {
            let end = at + word.len();
            let word_ends = !char_at(text, end).is_some_and(char::is_alphabetic)
                || text.get(end..).is_some_and(|next| next.starts_with(word));
            return word_ends.then(|| Span::new(at, end));
        }
    }
    let end = skip(text, at, is_dash);
    (end > at).then(|| Span::new(at, end))
}

/// One leverage cell: `51 - 75x`, `5x`, with any dash and any blanks.
pub fn leverage(text: &str, at: usize) -> Option<(Leverage, Span)> {
    let (first, mut next) = small_count(text, at)?;
    let mut last = first;
    let first_x = times(text, next);
    let dash = skip_blanks(text, first_x.unwrap_or(next));
    let after_dash = skip_blanks(text, skip(text, dash, is_dash));
    match small_count(text, after_dash).filter(|_| skip(text, dash, is_dash) > dash) {
        Some((count, end)) => (last, next) = (count, times(text, end)?),
        None => next = first_x?,
    }
    let span = Span::new(at, next);
    let fit = first >= 1 && first <= last;
    fit.then(|| (Leverage { min: Some(first), max: last, text: span.of(text).to_string() }, span))
}

/// The offset after an `x`, with blanks before it or not.
fn times(text: &str, at: usize) -> Option<usize> {
    sign(text, skip_blanks(text, at), &["x", "X", "×"])
}

/// Up to four digits.
fn small_count(text: &str, at: usize) -> Option<(u32, usize)> {
    let end = at + text.as_bytes().get(at..)?.iter().take(5).take_while(|b| b.is_ascii_digit()).count();
    if end - at > 4 { None } else { Some((text.get(at..end)?.parse().ok()?, end)) }
}

/// `0 < Position ≤`: the span of the floor, and the offset where the cap must be.
pub fn range_start(text: &str, at: usize) -> Option<(Span, usize)> {
    let floor = number(text, at)?;
    let up_to = ["≤", "<=", "=<", "≦", "⩽"];
    let below = ["≤", "<=", "=<", "≦", "⩽", "<", "＜"];
    let mut next = sign(text, skip_blanks(text, floor.end), &below)?;
    for _ in 0..4 {
        let word = skip_blanks(text, next);
        let end = skip(text, word, char::is_alphabetic);
        if end == word {
            break;
        }
        next = end;
    }
    let cap = sign(text, skip_blanks(text, next), &up_to)?;
    Some((floor, skip_blanks(text, cap)))
}

/// The offset after the one of `signs` that is at `at`.
fn sign(text: &str, at: usize, signs: &[&str]) -> Option<usize> {
    let rest = text.get(at..)?;
    signs.iter().find(|sign| rest.starts_with(**sign)).map(|sign| at + sign.len())
}

/// A word of letters, digits and `_`, as names of assets are made of.
pub fn name_run(text: &str, at: usize) -> Option<Span> {
    let end = skip(text, at, |c| c.is_alphanumeric() || c == '_');
    (end > at).then(|| Span::new(at, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leverage_cell_is_read_with_any_dash_and_any_blanks() {
        for (text, min, max) in
            [("51 - 75x0 <", 51, 75), ("5x", 5, 5), ("2–4 x", 2, 4), ("6-10X", 6, 10), ("2x - 4x", 2, 4)]
        {
            let (read, _) = leverage(text, 0).expect(text);
            assert_eq!((read.min, read.max), (Some(min), max), "{text}");
        }
        for text in ["75 - 51x", "0x", "2026-02-06 06:30", "12345x", "5 - x", "5,000x"] {
            assert!(leverage(text, 0).is_none(), "{text}");
        }
    }

    #[test]
    fn a_range_needs_both_signs_and_takes_any_blanks() {
        for text in ["0 < Position ≤ 5", "0<Position<=5", "0  <Position  ≤  5", "0 ≤ Notional Value ≤ 5"]
        {
            let (floor, cap) = range_start(text, 0).expect(text);
            assert_eq!((floor.of(text), &text[cap..]), ("0", "5"), "{text}");
        }
        assert!(range_start("0 < Position", 0).is_none());
        assert!(range_start("0 - 5", 0).is_none());
    }
}
