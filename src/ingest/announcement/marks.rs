//! Marks glued to names: whether `NAFET` is a mark and FET, and `FETNA` FET and a mark.

use std::collections::BTreeSet;

use super::cells::TableCell;
use super::flat::FlatRow;
use super::split::DigitSplit;
use super::tables::{CollateralBlock, PrintedTable, TableBody};
use crate::finding::{Finding, FindingCode};
use crate::text::Span;

const MARK: &str = "NA";

/// What a word in doubt may be.
const MARK_AND_NAME: &str = "a mark for an absent cell and a name";
const NAME_AND_MARK: &str = "a name and a mark for an absent cell";

/// Whether any table has marks for the cells of one side in two rows that follow each other.
pub fn repeat(tables: &[PrintedTable]) -> bool {
    let in_items = |items: &Vec<TableCell>| {
        items.windows(3).any(|three| matches!(three, [TableCell::Mark, TableCell::Tier(_), TableCell::Mark]))
    };
    tables.iter().any(|table| match &table.body {
        TableBody::Tiers(items) => in_items(items),
        TableBody::Collateral(blocks) => blocks.iter().any(|block| in_items(&block.items)),
        TableBody::Flat(..) => false,
    })
}

/// Splits marks from the names that they are glued to, and reports the names in doubt.
pub fn split_from_names(tables: &mut [PrintedTable], text: &str, known: &BTreeSet<&str>) -> Vec<Finding> {
    let mut doubts = Vec::new();
    for table in tables.iter_mut().filter(|table| table.header.sides.len() == 2) {
        match &mut table.body {
            TableBody::Tiers(_) => {}
            TableBody::Flat(rows, _) => {
                doubts.extend((1..rows.len()).filter_map(|index| split_row(rows, index, text, known)));
            }
            TableBody::Collateral(blocks) => {
                doubts.extend(blocks.iter_mut().filter_map(|block| split_last_name(block, text, known)));
                doubts.extend((1..blocks.len()).filter_map(|index| split_block(blocks, index, text, known)));
            }
        }
    }
    doubts
}

/// Splits a mark from the first name of the block after it, where `NAFET` is a mark and FET: a name printed
/// elsewhere decides, else whether the last row of the block before still misses its right cell. The name is
/// in doubt where that row may miss it because a mark above covers it too, or because there are no marks; and
/// where another mark may be lost.
fn split_block(
    blocks: &mut [CollateralBlock],
    index: usize,
    text: &str,
    known: &BTreeSet<&str>,
) -> Option<Finding> {
    let (above, below) = blocks.split_at_mut(index);
    let (above, block) = (above.last_mut()?, below.first_mut()?);
    // Where something separates the name from the row above, it would separate a mark from the name too.
    let is_glued = above.span.end == block.span.start;
    let name = block.names.first_mut().filter(|name| is_glued && may_start_with_mark(name.of(text)))?;
    let whole = *name;
    let due = above.items.len() % 2 == 1;
    let marked = above.items.iter().any(|item| matches!(item, TableCell::Mark));
    let printed = (known.contains(&whole.of(text)[MARK.len()..]), known.contains(whole.of(text)));
    let is_mark = match printed {
        (true, false) => true,
        (false, true) => false,
        _ => due,
    };
    if is_mark {
        name.start += MARK.len();
        block.span.start = name.start;
        above.span.end = name.start;
        above.items.push(TableCell::Mark);
    }
    ((due || marked) && printed.0 == printed.1).then(|| doubt(whole, MARK_AND_NAME, text))
}

/// Gives a mark between two flat rows to the name after it, where `ABC80%NAORIS55%25%` is ABC without a mark
/// and a NAORIS that is printed elsewhere.
fn split_row(rows: &mut [FlatRow], index: usize, text: &str, known: &BTreeSet<&str>) -> Option<Finding> {
    let (above, below) = rows.split_at_mut(index);
    let (above, row) = (above.last_mut()?, below.first_mut()?);
    let name = row.ways.first()?.0;
    let long = Span::new(name.start.checked_sub(MARK.len())?, name.end);
    let glued =
        above.right.is_none() && above.span.end == name.start && may_start_with_mark(text.get(long.range())?);
    if !glued || row.ways.iter().any(|(name, _)| known.contains(name.of(text))) {
        return None;
    }
    if !known.contains(long.of(text)) {
        return Some(doubt(long, MARK_AND_NAME, text));
    }
    above.span.end = long.start;
    above.unmarked = true;
    row.span.start = long.start;
    row.ways.iter_mut().for_each(|(name, _)| name.start = long.start);
    None
}

/// Splits a mark from the last name of a block: `FETNA` is FET and a mark where only one side has a first
/// tier.
fn split_last_name(block: &mut CollateralBlock, text: &str, known: &BTreeSet<&str>) -> Option<Finding> {
    let name = block.names.last_mut()?;
    let first = block.items.first().and_then(TableCell::tier)?;
    if first.span.start > name.end {
        return None;
    }
    let short = name.of(text).strip_suffix(MARK).filter(|short| short.ends_with(char::is_alphanumeric))?;
    let starts_at_zero = |split: &DigitSplit| split.floor.value.is_zero();
    let cells = block.items.iter().filter_map(TableCell::tier);
    let firsts = cells.filter(|cell| cell.splits.iter().any(starts_at_zero));
    if firsts.count() != 1 || known.contains(name.of(text)) {
        return None;
    }
    let doubt = (!known.contains(short)).then(|| doubt(*name, NAME_AND_MARK, text));
    name.end = name.start + short.len();
    block.items.insert(0, TableCell::Mark);
    doubt
}

/// The doubt whether a word is a name, or `parts`.
fn doubt(name: Span, parts: &str, text: &str) -> Finding {
    Finding::new(FindingCode::AmbiguousSplit, name, format!("`{}` can be a name, or {parts}", name.of(text)))
}

/// Whether the first name of a block may be a mark and a name: `NAFET`.
pub fn may_start_with_mark(name: &str) -> bool {
    name.strip_prefix(MARK).is_some_and(|short| short.starts_with(char::is_alphanumeric))
}
