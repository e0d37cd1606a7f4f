//! Sides of a table that are not stored because something in them cannot be read: each with what is lost and
//! why.

use super::broken::{BrokenNumber, Rows, list};
use super::cells::TableCell;
use super::column_assignment::ColumnAssignment;
use super::context::UnreadSide;
use super::header::{Header, Side, TableKind};
use crate::decimal::Decimal;
use crate::finding::{Finding, FindingCode};
use crate::ingest::usual::OPEN_END;
use crate::rule::RuleKind;
use crate::statement::LostRow;
use crate::text::Span;

/// What becomes of a row that cannot be read.
pub const ROW: &str = "this row is not stored";

/// Longest text quoted in a message, in characters.
const QUOTED: usize = 60;

/// A place of the text as messages quote it.
pub fn quoted(span: Span, text: &str) -> String {
    let words: Vec<&str> = span.of(text).split_whitespace().collect();
    let words = words.join(" ");
    let short: String = words.chars().take(QUOTED).collect();
    if short.len() < words.len() { format!("{short}…") } else { short }
}

/// What becomes of a side that is not read whole.
pub fn side(name: Side) -> String {
    format!("the {} side is not stored", name.name())
}

/// Why a side cannot be stored because of a number that nothing decides.
pub fn undecided(number: &BrokenNumber, rows: &Rows, name: Side) -> Option<Finding> {
    if number.bound == "floor" {
        return None;
    }
    let (text, values) = (number.text, list(&number.others));
    let tier = number.row + 1;
    if number.taken.is_some() {
        let (cell, split) = rows[number.row];
        let message = format!(
            "{}, tier {tier}: cap `{text}` and rate {} % may be split otherwise, for the rate fits nothing; {}",
            name.name(),
            split.rate.text,
            side(name)
        );
        return (!rate_fits(rows, number.row))
            .then(|| Finding::new(FindingCode::UnreadSide, cell.span, message));
    }
    let message = format!(
        "{}, tier {tier}: cap `{text}` can be {values}, and no other figure decides; {}",
        name.name(),
        side(name)
    );
    Some(Finding::new(FindingCode::UnreadSide, rows[number.row].0.span, message))
}

/// Whether the rate of a row lies between those around it and below the margin.
fn rate_fits(rows: &Rows, row: usize) -> bool {
    let rate = |row: usize| rows.get(row).map(|(_, split)| split.rate.value);
    let Some(this) = rate(row) else { return false };
    let falls = rows[row].0.leverage.is_none();
    let in_order = |low: Decimal, high: Decimal| if falls { low >= high } else { low <= high };
    let below_margin = rows[row].0.leverage.as_ref().is_none_or(|leverage| {
        this.checked_mul(Decimal::from(leverage.max)).is_some_and(|margin| margin < Decimal::ONE_HUNDRED)
    });
    let above = row.checked_sub(1).and_then(rate);
    below_margin
        && above.is_none_or(|above| in_order(above, this))
        && rate(row + 1).is_none_or(|below| in_order(this, below))
}

/// Why a side cannot be stored because of cells that cannot be read: those on this side, and where the side
/// is not whole without them or the sides are in doubt, those on the other.
pub fn holes(
    items: &[TableCell],
    assigned: &ColumnAssignment,
    (index, name): (usize, Side),
    text: &str,
) -> Vec<Finding> {
    let rows = &assigned.sides[index];
    let sure = assigned.ambiguous_sides.is_empty() && assigned.absent.unmarked == 0;
    let other_is_broken = assigned.holes.iter().filter(|hole| **hole).count() == 1 && !assigned.holes[index];
    if other_is_broken && sure && is_whole(rows) {
        return Vec::new();
    }
    let found = items.iter().filter_map(|item| match item {
        TableCell::Hole(span) => Some(*span),
        TableCell::Mark | TableCell::Tier(_) => None,
    });
    found
        .map(|span| {
            let tier = rows.iter().filter(|(cell, _)| cell.span.start < span.start).count() + 1;
            let words = quoted(span, text);
            let message = format!("{}, tier {tier}: `{words}` cannot be read; {}", name.name(), side(name));
            Finding::new(FindingCode::UnreadSide, span, message)
        })
        .collect()
}

/// What can be read of a side, for the person who completes it.
pub fn unread_side(
    items: &[TableCell],
    assigned: &ColumnAssignment,
    (index, side): (usize, Side),
    broken: &[BrokenNumber],
    header: &Header,
) -> UnreadSide {
    let rows = &assigned.sides[index];
    let holes = items.iter().filter_map(|item| match item {
        TableCell::Hole(span) => Some(*span),
        TableCell::Mark | TableCell::Tier(_) => None,
    });
    let is_open = |row: usize| {
        broken.iter().any(|number| number.row == row && number.bound == "cap" && number.taken.is_none())
    };
    let mut placed: Vec<(Span, LostRow)> = rows
        .iter()
        .enumerate()
        .map(|(row, (cell, split))| {
            let is_open = is_open(row);
            let is_glued = cell.texts.is_none_or(|(_, _, rate)| rate.is_none());
            let cap = if is_open { "?" } else { split.cap.text };
            let rate = if is_open && is_glued { "?" } else { split.rate.text };
            let leverage = cell.leverage.as_ref().map(|leverage| leverage.text.clone());
            let [floor, cap, rate] = [split.floor.text, cap, rate].map(str::to_string);
            (cell.span, LostRow { leverage, floor, cap, rate })
        })
        .collect();
    let is_collateral = header.kind == TableKind::Collateral;
    let unknown = || "?".to_string();
    if assigned.holes[index] || !assigned.holes.contains(&true) {
        placed.extend(holes.map(|span| {
            let leverage = (!is_collateral).then(unknown);
            (span, LostRow { leverage, floor: unknown(), cap: unknown(), rate: unknown() })
        }));
    }
    placed.sort_by_key(|(span, _)| span.start);
    let unread = placed.iter().find(|(_, row)| row.cap == "?").or(placed.last());
    let span = unread.map_or(header.span, |(span, _)| *span);
    let rank = rows.iter().find_map(|(_, split)| split.rank).or(header.ranks.get(index).copied());
    let kind = if is_collateral { RuleKind::Collateral } else { RuleKind::Contract };
    let rows = placed.into_iter().map(|(_, row)| row).collect();
    UnreadSide { side, kind, rank, rows, span }
}

/// Whether a side is a whole table: from 0, without a gap in its bounds or leverages, to its end.
pub fn is_whole(rows: &Rows) -> bool {
    let chained = rows.windows(2).all(|pair| {
        let [(above, before), (cell, this)] = pair else { return false };
        let leverages = match (&above.leverage, &cell.leverage) {
            (Some(above), Some(leverage)) => above.min == Some(leverage.max + 1),
            _ => true,
        };
        leverages && this.floor.value == before.cap.value && before.cap.value < this.cap.value
    });
    let starts = rows.first().is_some_and(|(_, split)| split.floor.value == Decimal::ZERO);
    let ends = rows.last().is_some_and(|(cell, split)| match &cell.leverage {
        Some(leverage) => leverage.min == Some(1),
        None => split.cap.value == OPEN_END,
    });
    starts && chained && ends
}

/// The warning that a broken number was read.
pub fn taken(number: &BrokenNumber, name: Side, span: Span) -> Finding {
    let BrokenNumber { row, bound, text, .. } = number;
    let tier = row + 1;
    let others = list(&number.others);
    let message = match number.taken {
        Some((value, why)) => {
            let taken = list(&[value]);
            let else_it =
                if others.is_empty() { String::new() } else { format!("; it could also be {others}") };
            format!("{}, tier {tier}: {bound} `{text}` is taken as {taken}, {why}{else_it}", name.name())
        }
        None => format!(
            "{}, tier {tier}: {bound} `{text}` cannot be the cap before it; the cap is used",
            name.name()
        ),
    };
    Finding::new(FindingCode::NumberForm, span, message)
}
