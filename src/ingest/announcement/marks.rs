//! Marks glued to names: whether `NAFET` is a mark and FET, and `FETNA` FET and a mark.

use std::collections::BTreeSet;

use super::cell::Item;
use super::split::Split;
use super::tables::{Block, Body, Table};
use crate::finding::{Code, Finding};
use crate::text::Span;

const MARK: &str = "NA";

/// Parts a mark from the first name of the block behind it, where `NAFET` is a mark and FET: a name printed elsewhere
/// decides, else whether the last row of the block before still lacks its right cell. Reports the names in doubt:
/// that row may lack it because a mark above covers it too, or because there are no marks.
pub fn part(tables: &mut [Table], text: &str, known: &BTreeSet<&str>) -> Vec<Finding> {
    let mut doubts = Vec::new();
    for table in tables {
        let Body::Collateral(blocks) = &mut table.body else { continue };
        if table.header.sides.len() == 2 {
            doubts.extend(blocks.iter_mut().filter_map(|block| part_last_name(block, text, known)));
        }
        for index in 1..blocks.len() {
            let (above, below) = blocks.split_at_mut(index);
            let (Some(above), Some(block)) = (above.last_mut(), below.first_mut()) else { continue };
            let Some(name) = block.names.first_mut().filter(|name| may_hold_mark(name.of(text))) else {
                continue;
            };
            let due = above.items.len() % 2 == 1 && table.header.sides.len() == 2;
            let printed = (known.contains(&name.of(text)[MARK.len()..]), known.contains(name.of(text)));
            let is_mark = match printed {
                (true, false) => true,
                (false, true) => false,
                _ => due,
            };
            if due && printed.0 == printed.1 {
                let message =
                    format!("`{}` can be a name, or a mark for an absent cell and a name", name.of(text));
                doubts.push(Finding::new(Code::AmbiguousSplit, *name, message));
            }
            if is_mark {
                above.items.push(Item::Mark);
                above.span.end = name.start + MARK.len();
                name.start += MARK.len();
                block.span.start = name.start;
            }
        }
    }
    doubts
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
    let doubt = (!known.contains(short)).then(|| doubt(*name, text));
    name.end = name.start + short.len();
    block.items.insert(0, Item::Mark);
    doubt
}

fn doubt(name: Span, text: &str) -> Finding {
    let message = format!("`{}` can be a name, or a name and a mark for an absent cell", name.of(text));
    Finding::new(Code::AmbiguousSplit, name, message)
}

/// Whether the first name of a block may be a mark and a name: `NAFET`.
pub fn may_hold_mark(name: &str) -> bool {
    name.strip_prefix(MARK).is_some_and(|short| short.starts_with(char::is_alphanumeric))
}
