//! Byte spans of a text, counts in words, and the word nearest to a misspelt one.

pub(crate) mod lines;
pub(crate) mod markup;
pub mod terminal;

use std::fmt;
use std::ops::Range;

use crate::limits;

/// A range of bytes in a text: `start` is inside, `end` is not, and `start <= end`.
/// ```
/// use tierbook::Span;
///
/// assert_eq!(Span::new(7, 14).of("mmr of ACTUSDT"), "ACTUSDT");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to `end`; an `end` before `start` gives an empty span at `start`.
    ///
    /// ```
    /// use tierbook::Span;
    /// assert_eq!(Span::new(2, 5).of("a limit"), "lim");
    /// ```
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end: end.max(start) }
    }

    /// The smallest span that contains both.
    ///
    /// ```
    /// use tierbook::Span;
    /// assert_eq!(Span::new(2, 5).join(Span::new(7, 9)), Span::new(2, 9));
    /// ```
    pub fn join(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether no byte is inside.
    ///
    /// ```
    /// use tierbook::Span;
    /// assert!(Span::new(3, 3).is_empty());
    /// ```
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The words of `text` in this span; empty where the span does not lie on characters of `text`.
    ///
    /// ```
    /// use tierbook::Span;
    /// assert_eq!(Span::new(0, 3).of("mmr of ACTUSDT"), "mmr");
    /// ```
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }

    /// The span without the characters at its ends that fulfil `test`.
    ///
    /// ```
    /// use tierbook::Span;
    /// let text = "ask: (ACTUSDT)";
    /// let name = Span::new(5, 14).trim(text, |c| c == '(' || c == ')');
    /// assert_eq!((name, name.of(text)), (Span::new(6, 13), "ACTUSDT"));
    /// ```
    pub fn trim(self, text: &str, test: impl Fn(char) -> bool) -> Span {
        let part = text.get(self.range()).map(|words| words.trim_matches(test));
        part.map_or(self, |part| Span::of_part(text, part))
    }

    /// The span of a part of `text`, from where it is in memory.
    ///
    /// ```
    /// use tierbook::Span;
    /// let text = "mmr of ACTUSDT";
    /// let word = text.split(' ').next_back().unwrap();
    /// assert_eq!(Span::of_part(text, word), Span::new(7, 14));
    /// ```
    pub fn of_part(text: &str, part: &str) -> Span {
        let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        Span::new(start, start + part.len())
    }

    /// Whether all of it is inside `outer`.
    ///
    /// ```
    /// use tierbook::Span;
    /// assert!(Span::new(2, 5).is_within(Span::new(0, 5)));
    /// ```
    pub fn is_within(self, outer: Span) -> bool {
        outer.start <= self.start && self.end <= outer.end
    }

    /// As a range, for slicing and for diagnostics.
    ///
    /// ```
    /// use tierbook::Span;
    /// assert_eq!(&"mmr of ACTUSDT"[Span::new(7, 14).range()], "ACTUSDT");
    /// ```
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// The line of `text` that contains byte `at`, counted from 1.
///
/// ```
/// use tierbook::text::line_number;
/// assert_eq!(line_number("first\nsecond", 8), 2);
/// ```
pub fn line_number(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|&&b| b == b'\n').count()
}

/// As [`line_number`], for many places of one text, which is searched once.
///
/// ```
/// let line_of = tierbook::text::line_numbers("first\nsecond\nthird");
/// assert_eq!([0, 8, 13].map(line_of), [1, 2, 3]);
/// ```
pub fn line_numbers(text: &str) -> impl Fn(usize) -> usize {
    let ends: Vec<usize> = text.match_indices('\n').map(|(end, _)| end).collect();
    move |at| 1 + ends.partition_point(|end| *end < at)
}

/// A count with its noun: `1 row`, `2 rows`.
///
/// ```
/// use tierbook::text::counted;
/// assert_eq!([counted(1, "row"), counted(2, "row")], ["1 row", "2 rows"]);
/// ```
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The candidate nearest to `word`, if one is near enough to be what was meant.
///
/// A word of three letters or more that is the beginning of candidates means the shortest of them: `BTC` is
/// `BTCUSDT`. Near enough is one typo (a letter missing, added, changed, or two swapped) in up to five
/// letters, two in up to nine, three beyond; case does not count. Of equally near ones the first in the order of
/// their letters is taken. To words that are longer than the name of a subject can be nothing is near.
///
/// ```
/// use tierbook::text::nearest;
/// assert_eq!(nearest("ACTUST", ["AAVEUSDT", "ACTUSDT"]), Some("ACTUSDT"));
/// assert_eq!(nearest("gold", ["AAVEUSDT", "ACTUSDT"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > limits::SUBJECT_BYTES {
        return None;
    }
    let wanted = word.to_lowercase();
    let length = wanted.chars().count();
    let typos_allowed = if length <= 5 {
        1
    } else if length <= 9 {
        2
    } else {
        3
    };
    let is_short = |candidate: &&str| candidate.len() <= limits::SUBJECT_BYTES;
    let candidates: Vec<&str> = candidates.into_iter().filter(is_short).collect();
    let begins = |candidate: &&&str| length >= 3 && candidate.to_lowercase().starts_with(&wanted);
    if let Some(whole) = candidates.iter().filter(begins).min_by_key(|candidate| candidate.len()) {
        return Some(whole);
    }
    // So many letters more or less are at least as many typos.
    let may_be_near = |candidate: &&str| {
        let letters = candidate.chars().flat_map(char::to_lowercase).count();
        letters.abs_diff(length) <= typos_allowed
    };
    candidates
        .into_iter()
        .filter(may_be_near)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(typos, _)| *typos <= typos_allowed)
        .min_by(std::cmp::Ord::cmp)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swapped_letter_is_near_and_another_word_is_not() {
        assert_eq!(nearest("ACTUST", ["AAVEUSDT", "ACTUSDT"]), Some("ACTUSDT"));
        assert_eq!(nearest("margni", ["margin", "amount"]), Some("margin"));
        assert_eq!(nearest("LTC", ["STRK", "FET"]), None);
        assert_eq!(nearest("btc", ["BCCUSDT", "BTCUSDT_260327", "BTCUSDT", "BTT"]), Some("BTCUSDT"));
        assert_eq!(nearest("BT", ["BTCUSDT"]), None);
    }

    #[test]
    fn nothing_is_near_to_a_word_that_is_longer_than_a_name_nor_is_such_a_candidate() {
        let most = "A".repeat(limits::SUBJECT_BYTES);
        let longer = format!("{most}A");
        assert_eq!(nearest(&most, [&most[1..], &longer]), Some(&most[1..]));
        assert_eq!(nearest(&longer, [&*longer]), None);
        let start = std::time::Instant::now();
        let all: Vec<String> = (0..1000).map(|number| format!("{number}{}", "B".repeat(10_000))).collect();
        assert_eq!(nearest("BBBB", all.iter().map(String::as_str)), None);
        assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
    }

    #[test]
    fn lines_are_counted_from_one_and_a_line_break_belongs_to_its_line() {
        let numbers = line_numbers("a\nb");
        for (at, line) in [(0, 1), (1, 1), (2, 2), (99, 2)] {
            assert_eq!(line_number("a\nb", at), line);
            assert_eq!(numbers(at), line);
        }
    }
}
