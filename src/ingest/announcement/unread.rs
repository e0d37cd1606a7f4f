//! What looks like a table but stands outside every table that was read: reported, never passed over.

use std::collections::BTreeSet;

use super::contract;
use super::heading::Place;
use super::prose::Line;
use super::timestamps;
use crate::finding::{Finding, FindingCode};
use crate::ingest::scan;
use crate::text::Span;

/// Most findings about unread places in one document; more say nothing new.
const PLACES: usize = 50;

/// Most bytes of an address of the web that are looked at.
const ADDRESS_BYTES: usize = 300;

/// Longest stretch quoted in a message, in characters.
const QUOTED: usize = 60;

/// The findings about lines outside tables, and about headers that no cell follows.
pub fn check(text: &str, lines: &[Span], bare_headers: &[Span], table_ends: &[usize]) -> Vec<Finding> {
    let mut places: Vec<Span> = lines
        .iter()
        .filter_map(|line| {
            let words = line.of(text);
            let glued = table_ends.binary_search(&line.start).is_ok()
                && (words.starts_with(|c: char| c.is_ascii_digit() || scan::is_dash(c))
                    || starts_as_row(words));
            if glued { Some(*line) } else { table_like(text, *line) }
        })
        .collect();
    places.extend(bare_headers.iter().filter(|header| stands_alone(text, **header)));
    places.sort_unstable();
    places
        .into_iter()
        .take(PLACES)
        .map(|place| {
            let quoted: String = place.of(text).chars().take(QUOTED).collect();
            Finding::new(
                FindingCode::UnreadText,
                place,
                format!("`{quoted}` looks like a table and is not read"),
            )
        })
        .collect()
}

/// The findings about words behind which contracts are named that no table was read for: an error where an instant
/// stands beside them and no tier table follows, else a warning.
pub fn lost_contracts(text: &str, lines: &[Line], read: &BTreeSet<&str>, last_table: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    for line in lines {
        let words = contract::contract_words(text, line.span);
        let unread = words.iter().find(|word| !read.contains(word.of(text)));
        let timed = !words.is_empty() && !line.timestamps.is_empty();
        let code = match (unread, timed) {
            (_, true) if line.span.start >= last_table => FindingCode::UnreadText,
            (Some(_), true) => FindingCode::UnreadText,
            (Some(_), false) => FindingCode::UnreadContract,
            (None, _) => continue,
        };
        let word = unread.unwrap_or(&words[0]);
        let message = format!("{} is named here, and no table that was read says what for", word.of(text));
        findings.push(Finding {
            subjects: vec![word.of(text).to_string()],
            ..Finding::new(code, *word, message)
        });
    }
    findings.truncate(PLACES);
    findings
}

/// The findings about lines that end in an instant, and that no table follows before the next such line.
pub fn lost_instants(text: &str, lines: &[Line], tables: &[Span]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut leads: Vec<Span> = Vec::new();
    for Line { span: line, timestamps: found } in lines {
        let end = line.start + line.of(text).trim_end_matches([':', '：', ' ', '.']).len();
        if found.last().is_some_and(|last| last.span.end == end) {
            leads.push(*line);
        }
    }
    for (index, lead) in leads.iter().enumerate() {
        let next = leads.get(index + 1).map_or(text.len(), |next| next.start);
        let table = tables.get(tables.partition_point(|table| table.start < lead.end));
        if table.is_none_or(|table| table.start > next) {
            let message = "no table that can be read follows this line, which ends in an instant";
            findings.push(Finding::new(FindingCode::UnreadText, *lead, message));
        }
    }
    findings.truncate(PLACES);
    findings
}

/// The findings about headings of contracts that no tier table follows before the next heading.
pub fn lost_headings(text: &str, headings: &[Place], tier_tables: &[usize]) -> Vec<Finding> {
    let next_heading = |index: usize| headings.get(index + 1).map_or(text.len(), |place| place.span.start);
    let lost = headings.iter().enumerate().filter(|(index, place)| {
        let next_table = tier_tables.partition_point(|start| *start < place.span.end);
        let names = &place.heading.names;
        let contracts = names.iter().all(|n| contract::is_symbol(n.of(text)));
        contracts && tier_tables.get(next_table).is_none_or(|start| *start > next_heading(*index))
    });
    lost.take(PLACES)
        .map(|(_, place)| {
            let names: Vec<&str> = place.heading.names.iter().map(|name| name.of(text)).collect();
            let message = format!("no table that can be read follows the heading of {}", names.join(", "));
            Finding::new(FindingCode::UnreadText, place.span, message)
        })
        .collect()
}

/// Whether words start with a percentage that is glued to a name, as rows do.
fn starts_as_row(words: &str) -> bool {
    words.split(scan::is_blank).next().is_some_and(|word| word.contains('%'))
}

/// Whether a header takes up whole lines, or has a row glued to it, as no prose does.
fn stands_alone(text: &str, header: Span) -> bool {
    let before = text[..header.start].trim_end_matches([' ', '|', '*', '\t']);
    let behind = scan::skip(text, header.end, |c| matches!(c, ' ' | '|' | '*' | '\t' | '\r'));
    let at_end = matches!(scan::char_at(text, behind), None | Some('\n'));
    (before.is_empty() || before.ends_with('\n')) && (at_end || starts_as_row(&text[behind..]))
}

/// The place in a line where something stands that only tables have.
fn table_like(text: &str, line: Span) -> Option<Span> {
    let bytes = text.as_bytes();
    for at in line.start..line.end {
        let c = bytes[at];
        let next = if at + 1 < line.end { bytes[at + 1] } else { b'\n' };
        let found = match c {
            b'%' if at == line.start => false,
            b'%' if bytes[at - 1].is_ascii_digit() => {
                cell_follows(next)
                    || behind_name(&bytes[line.start..at])
                    || bytes[at + 1..line.end].starts_with(b"--")
            }
            b'%' => {
                let before = bytes[at - 1];
                let cell = before.is_ascii_alphabetic() || matches!(before, b'%' | b'.' | b',');
                cell && !in_address(bytes, at)
            }
            b'<' => next == b'=' || digit_before(bytes, line.start, at),
            b',' => long_group(bytes, at, line.end),
            b'x' | b'X' => cell_follows(next) && leverage_range(text, line.start, at),
            0xE2 => {
                ["≤", "≦", "⩽"].iter().any(|sign| text.get(at..).is_some_and(|rest| rest.starts_with(sign)))
            }
            _ => false,
        };
        if found {
            let mut start = at.saturating_sub(QUOTED / 2).max(line.start);
            while !text.is_char_boundary(start) {
                start += 1;
            }
            return Some(Span::new(start, line.end));
        }
    }
    is_cell(text, line).then_some(line)
}

/// Whether digits, and dots between them, are glued to a letter, a bracket or a mark of dashes before them.
fn behind_name(bytes: &[u8]) -> bool {
    let mut before = bytes.iter().rev().skip_while(|byte| byte.is_ascii_digit() || **byte == b'.');
    match before.next() {
        Some(b'-') => before.next() == Some(&b'-'),
        Some(byte) => byte.is_ascii_alphabetic() || *byte == b')',
        None => false,
    }
}

/// Whether a place is in an address of the web, which has percent signs of its own: `https://…/a%20b`.
fn in_address(bytes: &[u8], at: usize) -> bool {
    let start = bytes[at.saturating_sub(ADDRESS_BYTES)..at].iter().rposition(u8::is_ascii_whitespace);
    let word = &bytes[at.saturating_sub(ADDRESS_BYTES) + start.unwrap_or(0)..at];
    word.windows(3).any(|sign| sign == b"://")
}

/// Whether a byte behind a cell starts another one.
fn cell_follows(next: u8) -> bool {
    next.is_ascii_alphanumeric() || matches!(next, b'|' | b'\t')
}

fn digit_before(bytes: &[u8], start: usize, at: usize) -> bool {
    let before = bytes[start..at].iter().rev().take(4).find(|b| **b != b' ');
    before.is_some_and(u8::is_ascii_digit)
}

/// A comma behind a digit and before four or more.
fn long_group(bytes: &[u8], at: usize, end: usize) -> bool {
    let digits = bytes[at + 1..end].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    digits == 4 && at > 0 && bytes[at - 1].is_ascii_digit()
}

/// Whether an `x` ends a range of leverages.
fn leverage_range(text: &str, start: usize, x: usize) -> bool {
    let mut from = x.saturating_sub(14).max(start);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = &text[from..x];
    let first = before.rfind(scan::is_dash).map(|dash| before[..dash].trim_end());
    let second = before.rsplit(scan::is_dash).next().unwrap_or("").trim();
    let digits = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    digits(second) && first.is_some_and(|first| first.ends_with(|c: char| c.is_ascii_digit()))
}

/// Whether a line is nothing but the digits and signs of cells, and no date or instant.
fn is_cell(text: &str, line: Span) -> bool {
    let words = line.of(text);
    let signs =
        |c: char| c.is_ascii_digit() || scan::is_dash(c) || scan::is_blank(c) || ",.%x|<≤=".contains(c);
    let digit = words.contains(|c: char| c.is_ascii_digit());
    digit
        && words.chars().all(signs)
        && timestamps::date_end(text, line.start).is_none_or(|end| end < line.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unread(text: &str) -> bool {
        !check(text, &crate::ingest::announcement::prose::lines(text, Span::new(0, text.len())), &[], &[])
            .is_empty()
    }

    #[test]
    fn cells_outside_a_table_are_unread() {
        for text in [
            "LTC85%80%",
            "5x0 < Position ≤ 7,500",
            "≤ 5",
            "800,0001,200,000",
            "51 - 75x0",
            "7,500",
            "80%",
            "LTC\t85%\t80%",
            "21-25x",
            "| 5x | 10% |",
            "ABC%80%",
            "ABC80%%",
            "Coin ratio (After)ABCN/A5%",
            "Coin ratio (After)ABC---5%",
            "Coin ratio (After)币安人生5%---",
        ] {
            assert!(unread(text), "{text}");
        }
    }

    #[test]
    fn prose_is_not() {
        for text in [
            "Rates go from 10% to 20%, by 5%-10%, or 1.5 % at 10x.",
            "2026-02-03",
            "within 1,000 days of 2026-02-06 06:30 (UTC)",
            "Leverage levels of over 125x, or of 1-20x, will not be available",
            "under Rule 17.There may be 5,000 more",
            "a < b",
            "see https://www.example.com/en/a%20b",
        ] {
            assert!(!unread(text), "{text}");
        }
    }
}
