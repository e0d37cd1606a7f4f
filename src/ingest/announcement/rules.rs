//! From the cells of a table to its rules: assigned to the sides, checked against the invariants, read.

use super::broken::{self, BrokenNumber};
use super::cells::{TableCell, TableLayout, TierCell};
use super::column_assignment::{ColumnAssignment, assign_columns};
use super::context::AnnouncementReader;
use super::costs;
use super::header::{Header, Side, TableKind};
use super::losses;
use super::split::{DigitSplit, repaired_splits};
use super::suspicious::{self, check_side, report};
use super::tables::{CollateralBlock, PrintedTable};
use crate::decimal::Decimal;
use crate::finding::{Finding, FindingCode};
use crate::ingest::usual;
use crate::limits;
use crate::rule::{Number, PlacedRule, PrintedTier, Rule};
use crate::text::Span;
use std::collections::BTreeSet;

/// The rules of the sides of a table.
pub type Rules = Vec<(Side, PlacedRule)>;

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
    let layout = layout(header);
    let items = &with_holes(items);
    let Some(assigned) = assign(items, layout, span, reader) else { return (Rules::new(), 0) };
    let repaired = with_repairs(items, &assigned);
    let (items, assigned) = match repaired.as_ref().map(|items| (items, assign_columns(items, layout))) {
        Some((items, Some(assigned))) => (items, assigned),
        _ => (items, assigned),
    };
    let has_sign = items.iter().any(|item| item.tier().is_none());
    if !has_sign && header.sides.iter().enumerate().any(|(index, _)| assigned.sides[index].is_empty()) {
        let message = "the table fills one of its two sides, and no mark shows which; neither is stored";
        reader.error(FindingCode::UnreadSide, span, message);
        return (Rules::new(), 0);
    }
    let text = reader.document.text.as_str();
    let caps = assigned.sides.each_ref().map(|side| {
        let whole = side.iter().filter(|(_, split)| !split.cap.suspicious);
        whole.map(|(_, split)| split.cap.value).collect::<BTreeSet<Decimal>>()
    });
    let open_end = is_collateral.then_some(usual::OPEN_END);
    let decided = [0, 1].map(|index| broken::decide(&assigned.sides[index], &caps[1 - index], open_end));
    let printed = [0, 1].map(|index| -> Vec<PrintedTier> {
        let rows = assigned.sides[index].iter().zip(&decided[index].0);
        rows.filter_map(|((cell, split), bounds)| printed_tier(cell, split, *bounds, text)).collect()
    });
    let highest = |row: &PrintedTier| row.leverage.as_ref().map(|leverage| leverage.max);
    let rates = printed.iter().flatten().map(|row| (highest(row), &row.rate));
    if !is_collateral && let Some(message) = usual::scales(rates) {
        reader.error(FindingCode::RateScale, span, message);
    }
    let mut rules = Rules::new();
    for ((index, side), printed) in header.sides.iter().enumerate().zip(printed) {
        let lost = losses_of(items, &assigned, (index, *side), &decided[index].1, reader);
        if !lost.is_empty() {
            let unread = losses::unread_side(items, &assigned, (index, *side), &decided[index].1, header);
            reader.unread_sides.push(unread);
            reader.findings.extend(lost);
            continue;
        }
        check_side(items, &assigned, (index, *side), &printed, span, reader);
        let beside = (&caps[1 - index], &decided[index].1[..]);
        suspicious::check_numbers(&assigned.sides[index], *side, beside, reader);
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
            Ok(rule) => rules.push((*side, PlacedRule::from(rule))),
            Err(why) => {
                let message = format!("{}: {why}; {}", side.name(), losses::side(*side));
                reader.error(FindingCode::CapOrder, span, message);
                reader.unread_sides.push(losses::unread_side(items, &assigned, (index, *side), &[], header));
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

fn layout(header: &Header) -> TableLayout {
    let rank_in_rows = (header.kind == TableKind::Collateral).then_some(header.ranks.is_empty());
    TableLayout { two_sides: header.sides.len() == 2, rank_in_rows }
}

/// The first cell of a block, where it cannot be read.
pub fn first_hole(block: &CollateralBlock) -> Option<Span> {
    match block.items.first()? {
        TableCell::Hole(span) => Some(*span),
        TableCell::Tier(cell) => cell.splits.is_empty().then_some(cell.span),
        TableCell::Mark => None,
    }
}

/// Whether each side of a block that has cells is a whole table.
pub fn is_whole(items: &[TableCell], header: &Header) -> bool {
    let items = with_holes(items);
    let assigned = assign_columns(&items, layout(header));
    assigned.is_some_and(|assigned| {
        assigned.absent.unmarked == 0
            && assigned.sides.iter().all(|rows| rows.is_empty() || losses::is_whole(rows))
    })
}

/// The cells, with a hole in the place of each whose digits cannot be split into bounds and a rate.
fn with_holes<'a>(items: &[TableCell<'a>]) -> Vec<TableCell<'a>> {
    let read = |item: &TableCell<'a>| match item {
        TableCell::Tier(cell) if cell.splits.is_empty() => TableCell::Hole(cell.span),
        item => item.clone(),
    };
    items.iter().map(read).collect()
}

/// The cells with the ways to split them in which a broken bound has a value that the table has elsewhere;
/// `None` where no invariant is violated, so that nothing needs them.
fn with_repairs<'a>(items: &[TableCell<'a>], assigned: &ColumnAssignment) -> Option<Vec<TableCell<'a>>> {
    let breaks = |pair: &[(&TierCell, &DigitSplit)]| {
        let [(_, before), (_, this)] = pair else { return false };
        this.floor.value != before.cap.value || this.cap.value < before.cap.value
    };
    let is_broken = |split: &DigitSplit| split.floor.suspicious || split.cap.suspicious;
    let mut sides = assigned.sides.iter();
    if !sides.any(|side| side.windows(2).any(breaks) || side.iter().any(|(_, split)| is_broken(split))) {
        return None;
    }
    let bounds = assigned.sides.iter().flatten().flat_map(|(_, split)| [split.floor, split.cap]);
    let known: BTreeSet<Decimal> =
        bounds.filter(|bound| !bound.suspicious).map(|bound| bound.value).collect();
    let mut items = items.to_vec();
    for item in &mut items {
        if let TableCell::Tier(TierCell { splits, texts: Some(texts), .. }) = item {
            *splits = repaired_splits(*texts, &known);
        }
    }
    Some(items)
}

/// Why a side is not stored: cells that cannot be read, numbers that nothing decides, no sign of which side
/// the table fills.
fn losses_of(
    items: &[TableCell],
    assigned: &ColumnAssignment,
    (index, side): (usize, Side),
    broken: &[BrokenNumber],
    reader: &AnnouncementReader,
) -> Vec<Finding> {
    let text = reader.document.text.as_str();
    if assigned.holes.contains(&true) {
        return losses::holes(items, assigned, (index, side), text);
    }
    let rows = &assigned.sides[index];
    broken.iter().filter_map(|number| losses::undecided(number, rows, side)).collect()
}

/// Assigns the cells to the sides; `None` with an error where that is not possible.
fn assign<'i, 'a>(
    items: &'i [TableCell<'a>],
    layout: TableLayout,
    span: Span,
    reader: &mut AnnouncementReader,
) -> Option<ColumnAssignment<'i, 'a>> {
    if items.len() > 2 * limits::TABLE_TIERS {
        let message = format!("{} cells in one table; at most {}", items.len(), 2 * limits::TABLE_TIERS);
        reader.error(FindingCode::UnreadText, span, message);
        return None;
    }
    let assigned = assign_columns(items, layout);
    if assigned.is_none() {
        reader.error(FindingCode::UnreadText, span, "the table has marks for absent cells only");
    }
    assigned
}

/// The printed texts of a tier, and where they are.
fn printed_tier(
    cell: &TierCell,
    split: &DigitSplit,
    bounds: (Decimal, Decimal),
    text: &str,
) -> Option<PrintedTier> {
    let at = cell.span.start;
    let leverage = cell.leverage.as_ref().map(|leverage| Span::new(at, at + leverage.text.len()));
    let [floor, cap, rate] =
        [split.floor.text, split.cap.text, split.rate.text].map(|printed| Span::of_part(text, printed));
    // A percent sign right after the digits of the rate belongs to its cell.
    let sign = text.get(rate.end..).is_some_and(|rest| rest.starts_with('%'));
    let rate = Span::new(rate.start, rate.end + usize::from(sign));
    Some(PrintedTier {
        leverage: cell.leverage.clone(),
        floor: Number::with_text(split.floor.text, bounds.0),
        cap: Number::with_text(split.cap.text, bounds.1),
        rate: split.rate.rate()?,
        cells: leverage.into_iter().chain([floor, cap, rate]).collect(),
    })
}
