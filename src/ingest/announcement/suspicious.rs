//! What is odd about the cells of a table, and about how they were shared between its sides.

use super::cell::Item;
use super::header::Side;
use super::reader::Reader;
use super::share::Shared;
use super::tables::Table;
use crate::finding::{Finding, FindingCode};
use crate::ingest::invariants::{self, Row};
use crate::text::Span;

/// What is odd about a side: its laws, its numbers, its absence.
pub fn check_side(
    items: &[Item],
    shared: &Shared,
    (index, side): (usize, Side),
    rows: &[Row],
    span: Span,
    reader: &mut Reader,
) {
    reader.findings.extend(invariants::check(rows, side.name()));
    if rows.is_empty() {
        let marked = items.iter().any(|item| matches!(item, Item::Mark));
        let code = if marked { FindingCode::SideMissing } else { FindingCode::UnreadText };
        let why = if marked { "" } else { ", and no mark tells which side is empty" };
        reader.error(code, span, format!("{}: no tier{why}", side.name()));
    }
    for (number, (cell, split)) in shared.tiers(items, index).enumerate() {
        if let Some(leverage) = cell.leverage.as_ref().filter(|leverage| leverage.text.starts_with('0')) {
            let message = format!("{}, tier {}: leverage {}", side.name(), number + 1, leverage.text);
            reader.findings.push(Finding::new(FindingCode::NumberForm, cell.span, message));
        }
        for bound in [&split.floor, &split.cap] {
            let whole = bound.text.split('.').next().unwrap_or(bound.text);
            let bare = reader.has_groups && !whole.contains(',') && whole.len() > 3;
            if bound.odd || bare {
                let (text, value) = (bound.text, crate::decimal::canonical(bound.value));
                let message = format!("{}, tier {}: {text} is read as {value}", side.name(), number + 1);
                reader.findings.push(Finding::new(FindingCode::NumberForm, cell.span, message));
            }
        }
    }
}

/// What is odd about the cells of a table, and how they were shared.
pub fn report(items: &[Item], shared: &Shared, table: &Table, span: Span, reader: &mut Reader) {
    one_sided(table, span, reader);
    let gaps = shared.gaps;
    if gaps.unmarked > 0 {
        let message = format!("absent cells without a mark: {}; sides follow from the chains", gaps.unmarked);
        reader.error(FindingCode::UnmarkedCell, span, message);
    }
    if gaps.covered > 0 && (gaps.repeated > 0 || reader.marks_repeat) {
        let message = format!(
            "absent cells without a mark of their own, as others have: {}; one may be lost",
            gaps.covered
        );
        reader.error(FindingCode::UnmarkedCell, span, message);
    }
    let mut doubts = |code, doubtful: &[usize], message: &str| {
        for item in doubtful {
            if let Item::Cell(cell) = &items[*item] {
                reader.error(code, cell.span, format!("`{}` {message}", cell.span.of(&reader.document.text)));
            }
        }
    };
    doubts(FindingCode::AmbiguousSide, &shared.ambiguous_sides, "fits either side equally well");
    if let [.., first] = shared.sides_if_lost[..] {
        let count = shared.sides_if_lost.len();
        let message =
            format!("is the first of {count} cells that fit the other side as well if a mark is lost");
        doubts(FindingCode::AmbiguousSide, &[first], &message);
    }
    doubts(
        FindingCode::AmbiguousSplit,
        &shared.ambiguous_splits,
        "can be parted in more than one equally good way",
    );
}

/// Notes where the header of a table names one side only: the word for the other may be lost.
pub fn one_sided(table: &Table, span: Span, reader: &mut Reader) {
    if table.header.sides.len() == 1 {
        reader.error(
            FindingCode::SideMissing,
            span,
            format!("the table shows the {} side only", table.header.sides[0].name()),
        );
    }
}
