//! From the cells of a table to its rules: shared between the sides, checked against the laws, read.

use std::sync::Arc;

use super::cell::{Cell, Item, Layout};
use super::header::Side;
use super::reader::Reader;
use super::share::{self, Shared};
use super::split::Split;
use super::suspicious::{check_side, report};
use super::tables::{Block, Table};
use super::weight;
use crate::finding::FindingCode;
use crate::ingest::invariants::Row;
use crate::ingest::usual;
use crate::limits;
use crate::rule::{PrintedTier, Rule, Unreadable};
use crate::text::Span;

/// The rules of the sides of a table.
pub type Rules = Vec<(Side, Arc<Rule>)>;

/// The rules of a tier table; findings name `subjects`.
pub fn tier_tables(items: &[Item], table: &Table, reader: &mut Reader, subjects: &[String]) -> Rules {
    let layout = Layout { two_sides: table.header.sides.len() == 2, rank_in_rows: None };
    let first_finding = reader.findings.len();
    let mut rules = Rules::new();
    if let Some(shared) = shared(items, layout, table.span, reader) {
        let text = reader.document.text.as_str();
        let unit = table.header.unit.as_deref().unwrap_or("USDT");
        let printed = [0, 1].map(|side| -> Vec<PrintedTier> {
            shared.tiers(items, side).filter_map(|chosen| printed_tier(chosen, text)).collect()
        });
        if let Some(message) = usual::scales(printed.iter().flatten().map(|row| &row.rate)) {
            reader.error(FindingCode::RateScale, table.span, message);
        }
        for ((index, side), printed) in table.header.sides.iter().enumerate().zip(printed) {
            let rows: Vec<Row> = printed.iter().map(|row| Row::of(row, row.span())).collect();
            check_side(items, &shared, (index, *side), &rows, table.span, reader);
            if !printed.is_empty() {
                rules.extend(rule(*side, Rule::contract(unit, printed), table.span, reader));
            }
        }
        report(items, &shared, table, table.span, reader);
    }
    reader.findings[first_finding..].iter_mut().for_each(|finding| finding.subjects = subjects.to_vec());
    rules
}

/// The rules of a block of tiered collateral, and where the last of its names ends.
pub fn collateral_tables(block: &Block, table: &Table, reader: &mut Reader) -> (usize, Rules) {
    let layout = Layout {
        two_sides: table.header.sides.len() == 2,
        rank_in_rows: Some(table.header.ranks.is_empty()),
    };
    let mut name_end = block.names.last().map_or(block.span.start, |name| name.end);
    let mut items = block.items.clone();
    weigh_names(&mut items, block, reader);
    let Some(shared) = shared(&items, layout, block.span, reader) else { return (name_end, Rules::new()) };
    let unit = table.header.unit.as_deref().unwrap_or("USD");
    let mut rules = Rules::new();
    for (index, side) in table.header.sides.iter().enumerate() {
        let rank = shared.tiers(&items, index).find_map(|(_, split)| split.rank);
        let rank = rank.or(table.header.ranks.get(index).copied());
        if rank.is_none() && !shared.sides[index].is_empty() {
            reader.error(FindingCode::RankMissing, block.span, format!("{}: no rank", side.name()));
        }
        name_end += shared.tiers(&items, index).map(|(_, split)| split.name_digits).sum::<usize>();
        let printed: Vec<PrintedTier> = shared
            .tiers(&items, index)
            .filter_map(|chosen| printed_collateral_tier(chosen, &reader.document.text))
            .collect();
        let rows: Vec<Row> = printed.iter().map(|row| Row::of(row, row.span())).collect();
        check_side(&items, &shared, (index, *side), &rows, block.span, reader);
        if !printed.is_empty() {
            rules.extend(rule(*side, Rule::collateral(unit, rank, printed), block.span, reader));
        }
    }
    report(&items, &shared, table, block.span, reader);
    (name_end, rules)
}

/// Weighs the digits that the first cell may lend to the name before it: a name printed elsewhere is right.
fn weigh_names(items: &mut [Item], block: &Block, reader: &Reader) {
    let text = reader.document.text.as_str();
    let (Some(name), Some(Item::Cell(cell))) = (block.names.last(), items.first_mut()) else { return };
    let known = |split: &Split| {
        let name = Span::new(name.start, name.end + split.name_digits);
        reader.known.contains(name.of(text))
    };
    let any_known = cell.splits.iter().any(known);
    let weigh = |split: &Split| match known(split) {
        false if any_known || split.name_digits > 0 => weight::NAME_DIGITS,
        _ => 0,
    };
    cell.splits.iter_mut().for_each(|split| split.cost += weigh(split));
}

/// Shares the cells; `None` with an error where that is not possible.
fn shared(items: &[Item], layout: Layout, span: Span, reader: &mut Reader) -> Option<Shared> {
    let cells = items.iter().filter_map(|item| if let Item::Cell(cell) = item { Some(cell) } else { None });
    if let Some(cell) = cells.clone().find(|cell| cell.splits.is_empty()) {
        let digits = cell.span.of(&reader.document.text);
        let message = format!("`{digits}` cannot be parted into bounds and a rate between 0 and 100 %");
        reader.error(FindingCode::NotARate, cell.span, message);
        return None;
    }
    if items.len() > 2 * limits::TABLE_TIERS {
        let message = format!("{} cells in one table; at most {}", items.len(), 2 * limits::TABLE_TIERS);
        reader.error(FindingCode::UnreadText, span, message);
        return None;
    }
    let shared = share::share(items, layout);
    if shared.is_none() {
        reader.error(FindingCode::UnreadText, span, "the table has marks for absent cells only");
    }
    shared
}

/// Where the printed texts of a row stand: each is searched behind the one before it, as they were read in that order.
fn cells_of<const N: usize>(row: Span, printed: [&str; N], text: &str) -> [Span; N] {
    let mut at = row.start;
    printed.map(|words| match text.get(at..row.end).and_then(|rest| rest.find(words)) {
        Some(offset) => {
            let end = at + offset + words.len();
            // The percent sign belongs to the cell of its rate.
            let sign = usize::from(text.get(end..row.end).is_some_and(|rest| rest.starts_with('%')));
            let cell = Span::new(at + offset, end + sign);
            at = cell.end;
            cell
        }
        None => row,
    })
}

fn printed_tier((cell, split): (&Cell, &Split), text: &str) -> Option<PrintedTier> {
    let leverage = cell.leverage.clone()?;
    let (floor, cap, rate) = (split.floor.number(), split.cap.number(), split.rate.rate()?);
    let cells = cells_of(cell.span, [&leverage.text, floor.text(), cap.text(), rate.text()], text);
    Some(PrintedTier { leverage: Some(leverage), floor, cap, rate, cells: cells.to_vec() })
}

fn printed_collateral_tier((cell, split): (&Cell, &Split), text: &str) -> Option<PrintedTier> {
    let (floor, cap, rate) = (split.floor.number(), split.cap.number(), split.rate.rate()?);
    // The rank, where one is printed, stands between the name and the floor.
    let rank = split.rank.map_or(String::new(), |rank| rank.to_string());
    let row = Span::new(cell.span.start + split.name_digits, cell.span.end);
    let [_, cells @ ..] = cells_of(row, [&rank, floor.text(), cap.text(), rate.text()], text);
    Some(PrintedTier { leverage: None, floor, cap, rate, cells: cells.to_vec() })
}

/// The rule of a side, or an error why it has no safe reading.
fn rule(
    side: Side,
    read: Result<Rule, Unreadable>,
    span: Span,
    reader: &mut Reader,
) -> Option<(Side, Arc<Rule>)> {
    match read {
        Ok(rule) => Some((side, Arc::new(rule))),
        Err(why) => {
            let message = format!("{}: {why}; this side is not read", side.name());
            reader.error(FindingCode::CapOrder, span, message);
            None
        }
    }
}
