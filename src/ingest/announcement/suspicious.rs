//! What is suspicious about the cells of a table, and about how they were assigned to its sides.

use std::collections::BTreeSet;

use super::broken::{BrokenNumber, Rows};
use super::cells::{TableCell, TierCell};
use super::column_assignment::ColumnAssignment;
use super::context::AnnouncementReader;
use super::header::Side;
use super::losses;
use super::tables::PrintedTable;
use crate::decimal::Decimal;
use crate::finding::{Finding, FindingCode};
use crate::ingest::invariants::{self, TierRow};
use crate::rule::PrintedTier;
use crate::text::Span;

/// What is suspicious about a side: its invariants, its numbers, its absence.
pub fn check_side(
    items: &[TableCell],
    assigned: &ColumnAssignment,
    (index, side): (usize, Side),
    printed: &[PrintedTier],
    span: Span,
    reader: &mut AnnouncementReader,
) {
    let rows: Vec<TierRow> = printed.iter().map(|row| TierRow::of(row, row.span())).collect();
    reader.findings.extend(invariants::check(&rows, side.name()));
    if rows.is_empty() {
        let marked = items.iter().any(|item| matches!(item, TableCell::Mark));
        if marked {
            reader.error(FindingCode::SideMissing, span, format!("{}: no tier", side.name()));
        }
    }
    for (number, (cell, _)) in assigned.sides[index].iter().enumerate() {
        if let Some(leverage) = cell.leverage.as_ref().filter(|leverage| leverage.text.starts_with('0')) {
            let message = format!(
                "{}, tier {}: leverage {} has a zero too many, or its first digit is another",
                side.name(),
                number + 1,
                leverage.text
            );
            reader.findings.push(Finding::new(FindingCode::NumberForm, cell.span, message));
        }
    }
}

/// What is suspicious about the numbers of a side: those that are broken, and those without groups in a text
/// that has them, where no other figure confirms them. `beside` has the caps of the other side.
pub fn check_numbers(
    rows: &Rows,
    side: Side,
    (beside, broken): (&BTreeSet<Decimal>, &[BrokenNumber]),
    reader: &mut AnnouncementReader,
) {
    reader.findings.extend(broken.iter().map(|number| losses::taken(number, side, rows[number.row].0.span)));
    if !reader.has_groups {
        return;
    }
    for (row, (cell, split)) in rows.iter().enumerate() {
        let cap = split.cap;
        let is_plain = !cap.text.contains([',', '.']) && cap.text.len() > 3;
        let after = rows.get(row + 1).map(|(_, after)| after.floor.value);
        if is_plain && after != Some(cap.value) && !beside.contains(&cap.value) {
            let message = format!(
                "{}, tier {}: cap {} has no commas, as others have, and no other figure confirms it",
                side.name(),
                row + 1,
                cap.text
            );
            reader.findings.push(Finding::new(FindingCode::NumberForm, cell.span, message));
        }
    }
}

/// What is suspicious about the cells of a table, and how they were assigned.
pub fn report(
    assigned: &ColumnAssignment,
    table: &PrintedTable,
    span: Span,
    reader: &mut AnnouncementReader,
) {
    one_sided(table, span, reader);
    let absent = assigned.absent;
    if absent.unmarked > 0 {
        let count = absent.unmarked;
        let message = format!("absent cells without a mark: {count}; sides follow from the chains");
        reader.error(FindingCode::UnmarkedCell, span, message);
    }
    if absent.covered > 0 && (absent.repeated > 0 || reader.marks_repeat) {
        let count = absent.covered;
        let message =
            format!("{count} absent cells have no mark of their own, as others have; one may be lost");
        reader.error(FindingCode::UnmarkedCell, span, message);
    }
    let mut doubt = |code, cells: &[&TierCell], message: &str| {
        for cell in cells {
            reader.error(code, cell.span, format!("`{}` {message}", cell.span.of(&reader.document.text)));
        }
    };
    doubt(FindingCode::AmbiguousSide, &assigned.ambiguous_sides, "fits either side equally well");
    if let [.., first] = assigned.sides_if_lost[..] {
        let count = assigned.sides_if_lost.len();
        let message =
            format!("is the first of {count} cells that fit the other side as well if a mark is lost");
        doubt(FindingCode::AmbiguousSide, &[first], &message);
    }
    let message = "can be split in more than one equally good way";
    doubt(FindingCode::AmbiguousSplit, &assigned.ambiguous_splits, message);
}

/// Notes where the header of a table names one side only: the word for the other may be lost.
pub fn one_sided(table: &PrintedTable, span: Span, reader: &mut AnnouncementReader) {
    if table.header.sides.len() == 1 {
        let side = table.header.sides[0].name();
        reader.error(FindingCode::SideMissing, span, format!("the table shows the {side} side only"));
    }
}
