//! Contracts that start: launches and conversions of pre-market contracts, as a sentence, a list and a table
//! of specifications state them.
//!
//! The sentence decides what happens, because the names of the fields of the table do not. Where the list and
//! the table of a text differ, the list counts, and a finding says so; where the name of a contract differs,
//! nothing is stored of it.

mod clause;
mod columns;
mod entries;
mod launches;
mod quarterly;
mod specification;

use super::{FamilyStatements, text};
use crate::ingest::announcement::Document;
use crate::ingest::scan;
use crate::text::Span;

/// Reads the starts of contracts.
pub fn read(document: &Document, read: &mut FamilyStatements) {
    let words = document.text.as_str();
    let entries = entries::read(document);
    let tables = specification::find(words, document.body);
    let (quarterly, others): (Vec<_>, Vec<_>) =
        tables.into_iter().partition(|table| quarterly::is_quarterly(table, words));
    let first = read.statements.len();
    launches::read(document, &entries, &others, read);
    quarterly::read(document, &entries, &quarterly, read);
    if read.statements.len() > first {
        read.accounted.extend(entries.lines);
        read.accounted.extend(others.iter().chain(&quarterly).map(|table| table.span));
        read.accounted.extend(other_products(words, &text::body_lines(document)));
    }
    read.statements[first..].sort_by_key(|statement| statement.span);
}

/// The lines about other products, each with the rows of cells right below it.
fn other_products(text: &str, lines: &[Span]) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for line in lines {
        let words = line.of(text);
        let row = words.contains(['\t', '|'])
            && found.last().is_some_and(|last| text[last.end..line.start].matches('\n').count() == 1);
        if has_signed_rates_only(words) || is_about_other_products(words) || (row && !is_about_margin(words))
        {
            found.push(*line);
        }
    }
    found
}

/// Whether every percentage has a sign, as caps of funding do (`+2.00% / -2.00%`), and no rate of a margin.
fn has_signed_rates_only(line: &str) -> bool {
    let mut after_positive = false;
    for (at, _) in line.match_indices('%') {
        let number = line[..at].trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let positive = number.ends_with(['+', '±']);
        let opposite = number
            .strip_suffix(scan::is_dash)
            .is_some_and(|before| after_positive && before.trim_end_matches([' ', '/']).ends_with('%'));
        if !positive && !opposite {
            return false;
        }
        after_positive = positive;
    }
    line.contains('%') && !is_about_margin(line)
}

/// Whether a line is about pairs or loans of spot margin, or about interest on savings, and not about margin
/// rules.
fn is_about_other_products(line: &str) -> bool {
    let words = ["borrowable", " pair on ", " pairs on ", "APR", "APY"];
    words.iter().any(|word| line.contains(word)) && !is_about_margin(line)
}

/// Whether a line has words or signs of tables of tiers or collateral.
fn is_about_margin(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    ["leverage", "tier", "collateral", "maintenance", "position", "<", "≤", "≦", "⩽"]
        .iter()
        .any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::has_signed_rates_only;

    #[test]
    fn caps_of_funding_have_signs() {
        for line in
            ["2025-07-30 12:00 (UTC)+2.00% / -2.00%2025-07-30 16:00 (UTC)+2.00% / -2.00%", "cap: +0.005%"]
        {
            assert!(has_signed_rates_only(line), "{line}");
        }
        for line in ["ABC80%", "ABC-5%10%", "ABC---5%", "+2.00%-2.00%5%", "0 < Position ≤ 5+2%", "2025-07-30"]
        {
            assert!(!has_signed_rates_only(line), "{line}");
        }
    }
}
