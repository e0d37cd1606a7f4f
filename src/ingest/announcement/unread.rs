//! What looks like a table but is outside every table that was read: reported, never ignored.

use std::collections::BTreeSet;

use super::contract;
use super::heading::Heading;
use super::lines::TextLine;
use super::timestamps;
use crate::finding::{Finding, FindingCode};
use crate::ingest::scan;
use crate::text::Span;

/// Most findings about unread places in one document; more contain nothing new.
const MOST_FINDINGS: usize = 50;

/// Most bytes of an address of the web that are looked at.
const ADDRESS_BYTES: usize = 300;

/// Most bytes of a range of leverages: `100  -  125`.
const RANGE_BYTES: usize = 14;

/// Longest text quoted in a message, in characters.
const QUOTED: usize = 60;

/// The findings about lines outside tables, and about headers that no cell follows.
pub fn check(text: &str, lines: &[Span], bare_headers: &[Span], tables: &[Span]) -> Vec<Finding> {
    let mut places: Vec<Span> = lines
        .iter()
        .filter_map(|line| {
            let words = line.of(text);
            let glued = tables.binary_search_by_key(&line.start, |table| table.end).is_ok()
                && (words.starts_with(|c: char| c.is_ascii_digit() || scan::is_dash(c))
                    || starts_as_row(words));
            if glued { Some(*line) } else { table_like(text, *line) }
        })
        .collect();
    places.extend(bare_headers.iter().filter(|header| stands_alone(text, **header)));
    places.sort_unstable();
    places
        .into_iter()
        .take(MOST_FINDINGS)
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

/// The findings about contracts that are named where no table was read for them: an error where a timestamp
/// is beside them or no tier table follows, else a warning.
pub fn contracts_without_table(
    text: &str,
    lines: &[TextLine],
    read: &BTreeSet<String>,
    last_table: usize,
) -> Vec<Finding> {
    let found = lines.iter().filter_map(|line| {
        let words = contract::contract_words(text, line.span);
        let unread = words.iter().find(|word| !read.contains(word.of(text)));
        let timed = !line.times.timestamps.is_empty();
        let code = match (unread, timed) {
            (Some(_), false) => FindingCode::UnreadContract,
            (Some(_), true) => FindingCode::UnreadText,
            (None, true) if line.span.start >= last_table => FindingCode::UnreadText,
            (None, _) => return None,
        };
        let word = unread.or(words.first())?;
        let name = word.of(text);
        let message = format!("{name} is named here, but no table of it was read");
        Some(Finding { subjects: vec![name.to_string()], ..Finding::new(code, *word, message) })
    });
    found.take(MOST_FINDINGS).collect()
}

/// The findings about lines that end in a timestamp, and that no table follows before the next such line.
pub fn timestamps_without_table(text: &str, lines: &[TextLine], tables: &[Span]) -> Vec<Finding> {
    let ends_in_timestamp = |line: &&TextLine| {
        let end = line.span.start + line.span.of(text).trim_end_matches([':', '：', ' ', '.']).len();
        line.times.timestamps.last().is_some_and(|last| last.span.end == end)
    };
    let leads: Vec<Span> = lines.iter().filter(ends_in_timestamp).map(|line| line.span).collect();
    let tables: Vec<usize> = tables.iter().map(|table| table.start).collect();
    let message = "no table that can be read follows this line, which ends in a timestamp";
    let lost = (0..leads.len()).filter(|lead| !has_table(&leads, *lead, &tables)).take(MOST_FINDINGS);
    lost.map(|lead| Finding::new(FindingCode::UnreadText, leads[lead], message)).collect()
}

/// The findings about headings of contracts that no tier table follows before the next heading.
pub fn headings_without_table(text: &str, headings: &[Heading], tier_tables: &[usize]) -> Vec<Finding> {
    let spans: Vec<Span> = headings.iter().map(|heading| heading.span).collect();
    let lost = headings.iter().enumerate().filter(|(index, heading)| {
        heading.names.iter().all(|name| contract::is_symbol(name.of(text)))
            && !has_table(&spans, *index, tier_tables)
    });
    lost.take(MOST_FINDINGS)
        .map(|(_, heading)| {
            let names: Vec<&str> = heading.names.iter().map(|name| name.of(text)).collect();
            let message = format!("no table that can be read follows the heading of {}", names.join(", "));
            Finding::new(FindingCode::UnreadText, heading.span, message)
        })
        .collect()
}

/// Whether a table starts between line `index` and the next of `lines`.
fn has_table(lines: &[Span], index: usize, table_starts: &[usize]) -> bool {
    let next = lines.get(index + 1).map_or(usize::MAX, |line| line.start);
    let table = table_starts.get(table_starts.partition_point(|start| *start < lines[index].end));
    table.is_some_and(|start| *start <= next)
}

/// Whether words start with a percentage that is glued to a name, as rows do.
fn starts_as_row(words: &str) -> bool {
    words.split(scan::is_blank).next().is_some_and(|word| word.contains('%'))
}

/// Whether a header takes up whole lines, or has a row glued to it, as no prose does.
fn stands_alone(text: &str, header: Span) -> bool {
    let before = text[..header.start].trim_end_matches([' ', '|', '*', '\t']);
    let after = text[header.end..].trim_start_matches([' ', '|', '*', '\t', '\r']);
    let at_end = after.is_empty() || after.starts_with('\n');
    (before.is_empty() || before.ends_with('\n')) && (at_end || starts_as_row(after))
}

/// The place in a line of something that only tables have.
fn table_like(text: &str, line: Span) -> Option<Span> {
    let words = line.of(text);
    let mut signs = words.match_indices(['%', '<', ',', 'x', 'X', '≤', '≦', '⩽']);
    let found = signs.find(|(at, sign)| is_table_sign(sign, &words[..*at], &words[at + sign.len()..]));
    let Some((at, _)) = found else { return is_cell(text, line).then_some(line) };
    let start = words.ceil_char_boundary(at.saturating_sub(QUOTED / 2));
    Some(Span::new(line.start + start, line.end))
}

/// Whether a sign is one of a cell, by what is before and after it on its line.
fn is_table_sign(sign: &str, before: &str, after: &str) -> bool {
    let after_digit = before.ends_with(|c: char| c.is_ascii_digit());
    let before_cell = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '|' || c == '\t');
    match sign {
        "%" if after_digit => before_cell || ends_as_name(before) || after.starts_with("--"),
        "%" => {
            before.ends_with(|c: char| c.is_ascii_alphabetic() || "%.,".contains(c)) && !is_address(before)
        }
        "<" => {
            let last = before.bytes().rev().take(4).find(|byte| *byte != b' ');
            after.starts_with('=') || last.is_some_and(|byte| byte.is_ascii_digit())
        }
        "," => after_digit && after.bytes().take(4).filter(u8::is_ascii_digit).count() == 4,
        "x" | "X" => before_cell && is_leverage_range(before),
        _ => true,
    }
}

/// Whether a letter, a bracket or a mark of dashes is before the digits, and the dots between them, at the
/// end.
fn ends_as_name(before: &str) -> bool {
    let name = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    name.ends_with("--") || name.ends_with(|c: char| c.is_ascii_alphabetic() || c == ')')
}

/// Whether the last word is an address of the web, which has percent signs of its own: `https://…/a%20b`.
fn is_address(before: &str) -> bool {
    let near = &before[before.ceil_char_boundary(before.len().saturating_sub(ADDRESS_BYTES))..];
    near.rsplit(|c: char| c.is_ascii_whitespace()).next().is_some_and(|word| word.contains("://"))
}

/// Whether the end is a range of leverages without its `x`.
fn is_leverage_range(before: &str) -> bool {
    let near = &before[before.ceil_char_boundary(before.len().saturating_sub(RANGE_BYTES))..];
    let Some((first, second)) = near.rsplit_once(scan::is_dash) else { return false };
    let second = second.trim();
    let is_count = !second.is_empty() && second.bytes().all(|b| b.is_ascii_digit());
    is_count && first.trim_end().ends_with(|c: char| c.is_ascii_digit())
}

/// Whether a line is nothing but the digits and signs of cells, and no date or timestamp.
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
        let lines: Vec<Span> =
            crate::ingest::announcement::lines::lines(text, Span::new(0, text.len())).collect();
        !check(text, &lines, &[], &[]).is_empty()
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
