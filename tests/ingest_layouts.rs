//! The layout of a table does not matter: the real tables, taken apart into cells, read the same with a line for
//! each cell, with tabs and with pipes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use tierbook::ingest::{Draft, DraftClaim};
use tierbook::rule::Rule;
use tierbook::text::Span;

/// The rows of every statement's rule: their spans, and the texts of their cells behind whatever stands first.
fn rows(draft: &Draft) -> BTreeMap<Span, Vec<String>> {
    let mut rows = BTreeMap::new();
    for statement in &draft.statements {
        let (DraftClaim::Change { rule, .. } | DraftClaim::Previous { rule, .. }) = &statement.claim;
        match rule.as_ref() {
            Rule::Tiers(table) => table.printed().iter().for_each(|row| {
                let text = row.span.of(&draft.text);
                let range = text[row.leverage.text.len()..].trim();
                let cut = range.len() - row.mmr.text().len() - 1;
                rows.insert(
                    row.span,
                    vec![row.leverage.text.clone(), range[..cut].to_string(), range[cut..].to_string()],
                );
            }),
            Rule::Flat(flat) => {
                let ratio = Span::new(flat.span.start, flat.span.end + 1);
                rows.insert(ratio, vec![ratio.of(&draft.text).to_string()]);
            }
            Rule::Collateral(table) => table.printed().iter().for_each(|row| {
                let (floor, cap, ratio) =
                    (row.floor.text(), row.cap.text(), format!("{}%", row.ratio.text()));
                let text = row.span.of(&draft.text);
                let rank = &text[..text.len() - floor.len() - cap.len() - ratio.len()];
                let cells = [rank, floor, cap, &ratio].map(str::to_string);
                rows.insert(row.span, cells.into_iter().filter(|cell| !cell.is_empty()).collect());
            }),
        }
    }
    rows
}

/// The text with every cell parted from its neighbours.
fn parted(draft: &Draft, separator: &str) -> String {
    let (mut text, mut at) = (String::new(), 0);
    for (span, cells) in rows(draft) {
        let between = &draft.text[at..span.start];
        let marks = between.len() - between.trim_start_matches('-').len();
        let mark = between.strip_suffix("NA").filter(|before| !before.ends_with(char::is_uppercase));
        let marked = mark.unwrap_or(between);
        text += &between[..marks];
        text += separator;
        text += &marked[marks.min(marked.len())..];
        text += separator;
        text += if marked.len() < between.len() { "NA" } else { "" };
        text += separator;
        text += &cells.join(separator);
        text += separator;
        at = span.end;
    }
    text + &draft.text[at..]
}

#[test]
fn real_tables_read_the_same_with_any_separator_between_their_cells() {
    let Some(shared) = common::shared() else { return };
    for (file, bytes) in common::announcements(&shared) {
        let glued = common::draft(&file, &bytes);
        for separator in ["\n", "\t", " | ", "\n\n"] {
            let apart = parted(&glued, separator);
            let read = common::draft(&file, apart.as_bytes());
            assert_eq!(common::errors(&read), [""; 0], "{file} {separator:?}\n{apart}");
            assert_eq!(common::said(&read), common::said(&glued), "{file} {separator:?}");
        }
    }
}
