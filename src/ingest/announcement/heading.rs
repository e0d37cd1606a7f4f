//! Headings and introductions of contract tables: the contracts they name, their program and their
//! timestamps.

use super::contract::{contract_kind, contract_words, fits, is_symbol};
use super::lines::TextLine;
use super::timestamps::PrintedTimestamp;
use crate::ingest::scan;
use crate::limits;
use crate::statement::Program;
use crate::text::Span;

/// A line or a phrase that names contracts.
#[derive(Clone, Debug)]
pub struct Heading {
    /// Its line or sentence.
    pub span: Span,
    /// The names, in order.
    pub names: Vec<Span>,
    /// The program, where the words after the names tell it.
    pub program: Option<Program>,
    /// The timestamps on the line.
    pub timestamps: Vec<PrintedTimestamp>,
}

/// Longest line that is looked at as a heading, in bytes.
const HEADING_BYTES: usize = limits::TABLE_SUBJECTS * (limits::SUBJECT_BYTES + 2);

/// Most kinds of contracts in a sentence that are looked at as the end of a list; real sentences name three.
const MOST_KINDS: usize = 40;

/// The lines that are headings.
pub fn headings(text: &str, lines: &[TextLine]) -> Vec<Heading> {
    let short = lines.iter().filter(|line| line.span.end - line.span.start <= HEADING_BYTES);
    short.filter_map(|line| heading(text, line)).collect()
}

/// The line as a heading: bullets, perhaps a timestamp and a colon, a list of names, perhaps the kind of
/// contract. `None` where anything else is on it.
pub fn heading(text: &str, line: &TextLine) -> Option<Heading> {
    let mut list = strip(text, without_number(text, line.span));
    for found in &line.times.timestamps {
        if found.span.start == list.start {
            list = strip(text, Span::new(found.span.end, list.end));
        } else if found.span.end == list.end {
            list = strip_word(text, Span::new(list.start, found.span.start), &["at", "from", "on"]);
        }
    }
    let kind = contract_kind(text, list);
    let (names, program) = match kind {
        Some((start, program)) => {
            let (list, after) = around_kind(text, list, start);
            if !contract_words(text, after).is_empty() {
                return None;
            }
            (names(text, list)?, program)
        }
        None => (names(text, list)?, None),
    };
    let timestamps = line.times.timestamps.clone();
    let sure = kind.is_some() || !timestamps.is_empty();
    let fit = names.iter().all(|name| if sure { fits(name.of(text)) } else { is_symbol(name.of(text)) });
    fit.then_some(Heading { span: line.span, names, program, timestamps })
}

/// The parts of a line before and after its kind of contract; where nothing is before it, the names are
/// between its first word and its next: `USDⓈ-M A and B Perpetual Contracts`.
fn around_kind(text: &str, line: Span, kind: usize) -> (Span, Span) {
    if kind > line.start {
        return (Span::new(line.start, kind), Span::new(kind, line.end));
    }
    let first = scan::skip(text, kind, |c| !scan::is_blank(c)).min(line.end);
    let second = contract_kind(text, Span::new(first, line.end)).map_or(line.end, |(start, _)| start);
    (Span::new(first, second), Span::new(second, line.end))
}

/// A line without the number of a list item: `1.`, `2)`.
fn without_number(text: &str, line: Span) -> Span {
    let line = strip(text, line);
    let digits = scan::skip(text, line.start, |c| c.is_ascii_digit());
    let after = scan::skip_blanks(text, digits + 1);
    let numbered = digits > line.start && text[digits..].starts_with(['.', ')']) && after > digits + 1;
    if numbered { Span::new(after.min(line.end), line.end) } else { line }
}

/// The list of contracts inside a sentence, without its timestamps: `of A, B and C USDⓈ-M Perpetual
/// Contracts`.
pub fn introduction(text: &str, sentence: Span) -> Option<Heading> {
    let openers = openers(text, sentence);
    let mut at = sentence.start;
    for _ in 0..MOST_KINDS {
        let (end, program) = contract_kind(text, Span::new(at, sentence.end))?;
        let opener = openers.partition_point(|opener| *opener <= end).checked_sub(1);
        let list = opener.map(|opener| Span::new(openers[opener], end));
        let list = list.filter(|list| list.end - list.start <= HEADING_BYTES);
        let list = list.and_then(|list| names(text, list));
        if let Some(names) = list.filter(|names| names.iter().all(|name| fits(name.of(text)))) {
            let all = contract_words(text, Span::new(end, sentence.end)).is_empty();
            return all.then(|| Heading { span: sentence, names, program, timestamps: Vec::new() });
        }
        at = scan::skip(text, end, |c| !c.is_alphanumeric());
        at = scan::skip(text, at, char::is_alphanumeric);
    }
    None
}

/// Where the words of a sentence end that a list of contracts follows.
fn openers(text: &str, sentence: Span) -> Vec<usize> {
    let words = sentence.of(text);
    let opener = |at: usize| {
        let word = [" of ", " for ", " on ", ": "].iter().find(|word| words[at..].starts_with(**word))?;
        Some(sentence.start + at + word.len())
    };
    words.match_indices([' ', ':']).filter_map(|(at, _)| opener(at)).collect()
}

/// Names separated by commas, `&` and `and`; `None` where a name is empty or contains a blank, as where one
/// of them is lost.
fn names(text: &str, list: Span) -> Option<Vec<Span>> {
    let mut found = Vec::new();
    let words = list.of(text).trim_end_matches(scan::is_blank);
    let is_open = [" and", " AND", ",", "，", "、", "&"].iter().any(|sign| words.ends_with(sign));
    let list = strip(text, list);
    let before = &text[text[..list.start].rfind('\n').map_or(0, |at| at + 1)..list.start];
    let comma = before.trim_end_matches(scan::is_blank).strip_suffix([',', '，']);
    let opens = |before: &str| before.is_empty() || before.ends_with([':', '：', '•', '-', '*']);
    if is_open || comma.is_some_and(|before| opens(before.trim_end_matches(scan::is_blank))) {
        return None;
    }
    let words = list.of(text);
    let mut start = list.start;
    let cuts = words.char_indices().filter_map(|(at, c)| {
        let length = match c {
            ',' | '，' | '、' | ';' | '；' | '&' => c.len_utf8(),
            ' ' => [" / ", " and ", " AND "].iter().find(|sign| words[at..].starts_with(**sign))?.len(),
            _ => return None,
        };
        Some((list.start + at, list.start + at + length))
    });
    for (end, next) in cuts.chain([(list.end, list.end)]) {
        let name = strip(text, Span::new(start, end));
        start = next;
        let word = ["and ", "the "].iter().find(|word| name.of(text).starts_with(**word));
        let bare = Span::new(name.start + word.map_or(0, |word| word.len()), name.end);
        let name = strip(text, bare);
        // Nothing is between the two signs of `, and` and `, &`; between two commas a name is lost.
        let is_pair = end < list.end && !text[end..].starts_with([',', '，', '、']);
        if name.is_empty() && !found.is_empty() && is_pair {
            continue;
        }
        if name.is_empty() || name.of(text).contains(scan::is_blank) {
            return None;
        }
        found.push(name);
    }
    (!found.is_empty()).then_some(found)
}

/// A span without bullets, blanks, colons and dashes at its ends.
fn strip(text: &str, span: Span) -> Span {
    span.trim(text, |c| scan::is_blank(c) || scan::is_dash(c) || "；;•●·*+#:：◦▪.,".contains(c))
}

/// The same without one of the words at its end.
fn strip_word(text: &str, span: Span, last: &[&str]) -> Span {
    let span = strip(text, span);
    match last.iter().find(|word| span.of(text).ends_with(&format!(" {word}"))) {
        Some(word) => strip(text, Span::new(span.start, span.end - word.len())),
        None => span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Vec<&str>, Option<Program>, usize)> {
        let heading = heading(line, &TextLine::at(line, Span::new(0, line.len())))?;
        let names = heading.names.iter().map(|name| name.of(line)).collect();
        Some((names, heading.program, heading.timestamps.len()))
    }

    #[test]
    fn headings_come_with_bullets_timestamps_colons_lists_and_kinds_of_contract_or_without() {
        let usdm = Some(Program::Usdm);
        for (line, names, program, timestamps) in [
            ("• BTCUSDT USDⓈ-M Perpetual Contract", vec!["BTCUSDT"], usdm, 0),
            ("•  2026-02-06 06:30 (UTC):   4USDT  (USDⓈ-M Perpetual Contract)", vec!["4USDT"], usdm, 1),
            ("2025-10-16 06:30 (UTC)  COAIUSDT (USD-M Perpetual Contract)", vec!["COAIUSDT"], usdm, 1),
            ("A, B,C, and D (Coin-M Perpetual Contracts)", vec!["A", "B", "C", "D"], Some(Program::Coinm), 0),
            (
                "SOLUSD & XRPUSD (COINⓈ-M Perpetual Contract)",
                vec!["SOLUSD", "XRPUSD"],
                Some(Program::Coinm),
                0,
            ),
            ("币安人生USDT and A2ZUSDT", vec!["币安人生USDT", "A2ZUSDT"], None, 0),
            ("ACTUSDT (USDT-M) - 2026-02-06 06:30 UTC", vec!["ACTUSDT"], usdm, 1),
        ] {
            assert_eq!(read(line), Some((names, program, timestamps)), "{line}");
        }
    }

    #[test]
    fn sentences_and_dates_are_no_headings() {
        for line in [
            "Please note:",
            "Updates to Leverage & Margin Tiers:",
            "2026-02-03",
            "THANKS",
            "Binance Team",
            "Leverage and Margin of USDⓈ-M Futures Contracts",
            "AUSDT, BUSDT and (USD-M Perpetual Contract)",
            "AUSDT, BUSDT, (USD-M Perpetual Contract)",
            ", AUSDT and BUSDT (USD-M Perpetual Contract)",
            "AUSDT,, BUSDT (USD-M Perpetual Contract)",
            "AUSDT & (USD-M Perpetual Contract)",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn an_introduction_lists_its_contracts_before_their_kind() {
        let text =
            "Leverage changes for the tiers of QQQUSDT, SPYUSDT and EWJUSDT USDⓈ-M Perpetual Contracts at";
        let intro = introduction(text, Span::new(0, text.len())).expect("a list");
        assert_eq!(
            intro.names.iter().map(|n| n.of(text)).collect::<Vec<_>>(),
            ["QQQUSDT", "SPYUSDT", "EWJUSDT"]
        );
        let vague = "tiers of some USD-M Perpetual Contracts change below";
        assert!(introduction(vague, Span::new(0, vague.len())).is_none());
    }
}
