//! From the cells of a table to its rules: assigned to the sides, checked against the invariants, read.

use std::sync::Arc;

use super::cells::{TableCell, TableLayout, TierCell};
use super::column_assignment::{self, ColumnAssignment};
use super::context::AnnouncementReader;
use super::costs;
use super::header::{Side, TableKind};
use super::split::DigitSplit;
use super::suspicious::{check_side, report};
use super::tables::{CollateralBlock, PrintedTable};
use crate::finding::FindingCode;
use crate::ingest::usual;
use crate::limits;
use crate::rule::{PrintedTier, Rule};
use crate::text::Span;

/// The rules of the sides of a table.
pub type Rules = Vec<(Side, Arc<Rule>)>;

/// The rules of the sides of a tier table or of a block of a collateral table, which is at `span`, and how
/// many digits at its start belong to a name before it.
pub fn read_sides(
    items: &[TableCell],
    table: &PrintedTable,
    span: Span,
    reader: &mut AnnouncementReader,
) -> (Rules, usize) {
    let header = &table.header;
    let is_collateral = header.kind == TableKind::Collateral;
    let rank_in_rows = is_collateral.then_some(header.ranks.is_empty());
    let layout = TableLayout { two_sides: header.sides.len() == 2, rank_in_rows };
    let Some(assigned) = assign(items, layout, span, reader) else { return (Rules::new(), 0) };
    let text = reader.document.text.as_str();
    let printed = assigned.sides.each_ref().map(|side| -> Vec<PrintedTier> {
        side.iter().filter_map(|(cell, split)| printed_tier(cell, split, text)).collect()
    });
    if !is_collateral && let Some(message) = usual::scales(printed.iter().flatten().map(|row| &row.rate)) {
        reader.error(FindingCode::RateScale, span, message);
    }
    let mut rules = Rules::new();
    for ((index, side), printed) in header.sides.iter().enumerate().zip(printed) {
        check_side(items, &assigned, (index, *side), &printed, span, reader);
        if printed.is_empty() {
            continue;
        }
        let unit = header.unit.as_deref();
        let rule = if is_collateral {
            let rank = assigned.sides[index].iter().find_map(|(_, split)| split.rank);
            let rank = rank.or(header.ranks.get(index).copied());
            if rank.is_none() {
                reader.error(FindingCode::RankMissing, span, format!("{}: no rank", side.name()));
            }
            Rule::collateral(unit.unwrap_or("USD"), rank, printed)
        } else {
            Rule::contract(unit.unwrap_or("USDT"), printed)
        };
        match rule {
            Ok(rule) => rules.push((*side, Arc::new(rule))),
            Err(why) => {
                let message = format!("{}: {why}; this side is not read", side.name());
                reader.error(FindingCode::CapOrder, span, message);
            }
        }
    }
    report(&assigned, table, span, reader);
    let name_digits = assigned.sides.iter().flatten().map(|(_, split)| split.name_digits).sum();
    (rules, name_digits)
}

/// The cells of a block, with the cost of each way to give digits of the first cell to the name before it: a
/// name printed elsewhere is right.
pub fn with_name_costs<'a>(block: &CollateralBlock<'a>, reader: &AnnouncementReader) -> Vec<TableCell<'a>> {
    let text = reader.document.text.as_str();
    let mut items = block.items.clone();
    let (Some(name), Some(TableCell::Tier(cell))) = (block.names.last(), items.first_mut()) else {
        return items;
    };
    let is_known = |split: &DigitSplit| {
        let name = Span::new(name.start, name.end + split.name_digits);
        reader.known_names.contains(name.of(text))
    };
    let any_known = cell.splits.iter().any(is_known);
    for split in &mut cell.splits {
        if !is_known(split) && (any_known || split.name_digits > 0) {
            split.cost += costs::NAME_DIGITS;
        }
    }
    items
}

/// Assigns the cells to the sides; `None` with an error where that is not possible.
fn assign<'i, 'a>(
    items: &'i [TableCell<'a>],
    layout: TableLayout,
    span: Span,
    reader: &mut AnnouncementReader,
) -> Option<ColumnAssignment<'i, 'a>> {
    if let Some(cell) = items.iter().filter_map(TableCell::tier).find(|cell| cell.splits.is_empty()) {
        let digits = cell.span.of(&reader.document.text);
        let message = format!("`{digits}` cannot be split into bounds and a rate between 0 and 100 %");
        reader.error(FindingCode::NotARate, cell.span, message);
        return None;
    }
    if items.len() > 2 * limits::TABLE_TIERS {
        let message = format!("{} cells in one table; at most {}", items.len(), 2 * limits::TABLE_TIERS);
        reader.error(FindingCode::UnreadText, span, message);
        return None;
    }
    let assigned = column_assignment::assign_columns(items, layout);
    if assigned.is_none() {
        reader.error(FindingCode::UnreadText, span, "the table has marks for absent cells only");
    }
    assigned
}

/// The printed texts of a tier, and where they are.
fn printed_tier(cell: &TierCell, split: &DigitSplit, text: &str) -> Option<PrintedTier> {
    let at = cell.span.start;
    let leverage = cell.leverage.as_ref().map(|leverage| Span::new(at, at + leverage.text.len()));
    let [floor, cap, rate] =
        [split.floor.text, split.cap.text, split.rate.text].map(|printed| Span::of_part(text, printed));
    // A percent sign right after the digits of the rate belongs to its cell.
    let sign = text.get(rate.end..).is_some_and(|rest| rest.starts_with('%'));
    let rate = Span::new(rate.start, rate.end + usize::from(sign));
    Some(PrintedTier {
        leverage: cell.leverage.clone(),
        floor: split.floor.number(),
        cap: split.cap.number(),
        rate: split.rate.rate()?,
        cells: leverage.into_iter().chain([floor, cap, rate]).collect(),
    })
}
