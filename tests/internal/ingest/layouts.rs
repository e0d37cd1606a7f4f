//! The layout of a table does not matter: the real tables, taken apart into cells, read the same with a line
//! for each cell, with tabs and with pipes.

use std::collections::BTreeMap;

use tierbook::ingest::Draft;
use tierbook::rule::RuleKind;
use tierbook::text::Span;

/// The rows of every statement's rule: their spans, and the texts of their cells after whatever is first.
fn rows(draft: &Draft) -> BTreeMap<Span, Vec<String>> {
    let mut rows = BTreeMap::new();
    for statement in &draft.statements {
        let rule = statement.claim.rule().unwrap();
        let text = |cell: &Span| cell.of(&draft.text).to_string();
        for (place, row) in rule.printed().iter().enumerate() {
            match (rule.kind(), row.cells.as_slice()) {
                (RuleKind::Contract, [leverage, floor, cap, rate]) => {
                    rows.insert(row.span(), [*leverage, floor.join(*cap), *rate].iter().map(text).collect());
                }
                (RuleKind::Flat, [ratio]) => {
                    let ratio = Span::new(ratio.start, ratio.end + 1);
                    rows.insert(ratio, vec![text(&ratio)]);
                }
                (_, cells) => {
                    // The rank is before the floor of the first row, where the table and not its header has
                    // it.
                    let rank =
                        rule.rank().filter(|_| place == 0).map_or(String::new(), |rank| rank.to_string());
                    let before = &draft.text[..cells[0].start];
                    let rank = if before.ends_with(&rank) { rank } else { String::new() };
                    let span = Span::new(row.span().start - rank.len(), row.span().end);
                    let cells = cells.iter().map(text);
                    rows.insert(
                        span,
                        [rank].into_iter().chain(cells).filter(|cell| !cell.is_empty()).collect(),
                    );
                }
            }
        }
    }
    rows
}

/// The text with every cell separated from its neighbours.
fn separated(draft: &Draft, separator: &str) -> String {
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
    let Some(shared) = crate::tests::common::shared() else { return };
    for (file, bytes) in crate::tests::common::announcements(&shared) {
        let glued = crate::tests::common::draft(&file, &bytes);
        for separator in ["\n", "\t", " | ", "\n\n"] {
            let apart = separated(&glued, separator);
            let read = crate::tests::common::draft(&file, apart.as_bytes());
            assert_eq!(crate::tests::common::errors(&read), [""; 0], "{file} {separator:?}\n{apart}");
            assert_eq!(
                crate::tests::common::statement_lines(&read),
                crate::tests::common::statement_lines(&glued),
                "{file} {separator:?}"
            );
        }
    }
}
