//! Marks glued to names: whether `NAFET` is a mark and FET, and `FETNA` FET and a mark.

use std::collections::BTreeSet;

use super::cell::Item;
use super::flat::FlatRow;
use super::split::Split;
use super::tables::{Block, Body, Table};
use crate::finding::{Finding, FindingCode};
use crate::text::Span;

const MARK: &str = "NA";

/// What a word in doubt may be.
const MARK_AND_NAME: &str = "a mark for an absent cell and a name";
const NAME_AND_MARK: &str = "a name and a mark for an absent cell";

/// Whether any table has marks for the cells of one side in two rows that follow each other.
pub fn repeat(tables: &[Table]) -> bool {
    let in_items = |items: &Vec<Item>| {
        items.windows(3).any(|three| matches!(three, [Item::Mark, Item::Cell(_), Item::Mark]))
    };
    tables.iter().any(|table| match &table.body {
        Body::Tiers(items) => in_items(items),
        Body::Collateral(blocks) => blocks.iter().any(|block| in_items(&block.items)),
        Body::Flat(_) => false,
    })
}

/// Parts marks from the names that they are glued to, and reports the names in doubt.
pub fn part(tables: &mut [Table], text: &str, known: &BTreeSet<&str>) -> Vec<Finding> {
    let mut doubts = Vec::new();
    for table in tables.iter_mut().filter(|table| table.header.sides.len() == 2) {
        match &mut table.body {
            Body::Tiers(_) => {}
            Body::Flat(rows) => {
                doubts.extend((1..rows.len()).filter_map(|index| part_row(rows, index, text, known)));
            }
            Body::Collateral(blocks) => {
                doubts.extend(blocks.iter_mut().filter_map(|block| part_last_name(block, text, known)));
                doubts.extend((1..blocks.len()).filter_map(|index| part_block(blocks, index, text, known)));
            }
        }
    }
    doubts
}

/// Parts a mark from the first name of the block behind it, where `NAFET` is a mark and FET: a name printed elsewhere
/// decides, else whether the last row of the block before still lacks its right cell. The name is in doubt where that row
/// may lack it because a mark above covers it too, or because there are no marks; and where another mark may be lost.
fn part_block(blocks: &mut [Block], index: usize, text: &str, known: &BTreeSet<&str>) -> Option<Finding> {
    let (above, below) = blocks.split_at_mut(index);
    let (above, block) = (above.last_mut()?, below.first_mut()?);
    let name = block.names.first_mut().filter(|name| may_hold_mark(name.of(text)))?;
    let whole = *name;
    let due = above.items.len() % 2 == 1;
    let marked = above.items.iter().any(|item| matches!(item, Item::Mark));
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
        above.items.push(Item::Mark);
    }
    ((due || marked) && printed.0 == printed.1).then(|| doubt(whole, MARK_AND_NAME, text))
}

/// Gives a mark that stands between two flat rows to the name behind it, where `ABC80%NAORIS55%25%` is ABC without a mark
/// and a NAORIS that is printed elsewhere.
fn part_row(rows: &mut [FlatRow], index: usize, text: &str, known: &BTreeSet<&str>) -> Option<Finding> {
    let (above, below) = rows.split_at_mut(index);
    let (above, row) = (above.last_mut()?, below.first_mut()?);
    let name = row.ways.first()?.0;
    let long = Span::new(name.start.checked_sub(MARK.len())?, name.end);
    let glued =
        above.right.is_none() && above.span.end == name.start && may_hold_mark(text.get(long.range())?);
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

/// Parts a mark from the last name of a block: `FETNA` is FET and a mark where only one side has a first tier.
fn part_last_name(block: &mut Block, text: &str, known: &BTreeSet<&str>) -> Option<Finding> {
    let name = block.names.last_mut()?;
    let short = name.of(text).strip_suffix(MARK).filter(|short| short.ends_with(char::is_alphanumeric))?;
    let starts_at_zero = |split: &Split| split.floor.value.is_zero();
    let is_first = |item: &&Item| matches!(item, Item::Cell(cell) if cell.splits.iter().any(starts_at_zero));
    let firsts = block.items.iter().filter(is_first);
    if firsts.count() != 1 || matches!(block.items.first(), Some(Item::Mark)) || known.contains(name.of(text))
    {
        return None;
    }
    let doubt = (!known.contains(short)).then(|| doubt(*name, NAME_AND_MARK, text));
    name.end = name.start + short.len();
    block.items.insert(0, Item::Mark);
    doubt
}

/// The doubt whether a word is a name, or `parts`.
fn doubt(name: Span, parts: &str, text: &str) -> Finding {
    Finding::new(FindingCode::AmbiguousSplit, name, format!("`{}` can be a name, or {parts}", name.of(text)))
}

/// Whether the first name of a block may be a mark and a name: `NAFET`.
pub fn may_hold_mark(name: &str) -> bool {
    name.strip_prefix(MARK).is_some_and(|short| short.starts_with(char::is_alphanumeric))
}
