//! A small model of the invariants of tables, which shares no code with the reader.
#![allow(dead_code)]

use super::printed_forms::{Document, Piece};
use super::tables::{Kind, Row, Table};
use tierbook::rule::{PrintedTier, Rule, RuleKind};

/// The tables of a document.
fn tables(document: &Document) -> impl Iterator<Item = &Table> {
    document
        .pieces
        .iter()
        .filter_map(|piece| if let Piece::Table(table) = piece { Some(table) } else { None })
}

/// Whether the tables of a document violate no invariant where their cells, in the order of text, fill row
/// after row: then without marks nothing shows whether cells are absent.
pub fn is_valid_in_full_rows(document: &Document) -> bool {
    tables(document).all(|table| is_valid(&in_full_rows(table), has_groups(document)))
}

/// The cells of a table, row after row on both sides; a row with names starts anew.
fn in_full_rows(table: &Table) -> Table {
    let mut rows: Vec<Row> = Vec::new();
    for row in &table.rows {
        let mut names = row.names.clone();
        for cells in row.sides.iter().flatten() {
            match rows.last_mut() {
                Some(last) if last.sides[1].is_none() && names.is_none() => {
                    last.sides[1] = Some(cells.clone());
                }
                _ => rows.push(Row { names: names.take(), sides: [Some(cells.clone()), None] }),
            }
        }
    }
    Table { rows, ..table.clone() }
}

/// Whether any bound of a document has groups of three digits; then each of four digits or more must.
pub fn has_groups(document: &Document) -> bool {
    let mut cells =
        tables(document).flat_map(|table| &table.rows).flat_map(|row| row.sides.iter().flatten()).flatten();
    cells.any(|cell| cell.contains(','))
}

/// Whether a table as printed violates no invariant, so that a misprint cannot be distinguished from it.
pub fn is_valid(table: &Table, groups: bool) -> bool {
    (0..2).all(|side| {
        let rows: Vec<&Vec<String>> = table.rows.iter().filter_map(|row| row.sides[side].as_ref()).collect();
        match table.kind {
            Kind::Tiers => tiers_keep_laws(&rows, groups),
            Kind::Flat => rows.iter().all(|cells| ratio(&cells[0]).is_some_and(|ratio| ratio > 0)),
            Kind::Pro => blocks(&table.rows, side).iter().all(|rows| schedule_is_valid(rows, groups)),
        }
    }) && same_decimals(table)
        && no_leap(table)
}

/// A tier of numbers: leverages, bounds in cents, rate in millionths of a percent.
struct Tier {
    low: u64,
    high: u64,
    floor: u64,
    cap: u64,
    rate: u64,
}

fn tier(cells: &[String], groups: bool) -> Option<Tier> {
    let range = cells[0].trim().strip_suffix('x')?;
    let (low, high) = match range.split_once(['-', '–']) {
        Some((low, high)) => (low.trim().parse().ok()?, high.trim().parse().ok()?),
        None => (range.parse().ok()?, range.parse().ok()?),
    };
    let (floor, after) = cells[1].split_once('<')?;
    let (_, cap) = after.split_once('≤')?;
    Some(Tier {
        low,
        high,
        floor: bound(floor.trim(), groups)?,
        cap: bound(cap.trim(), groups)?,
        rate: percent(&cells[2])?,
    })
}

fn tiers_keep_laws(rows: &[&Vec<String>], groups: bool) -> bool {
    let tiers: Option<Vec<Tier>> = rows.iter().map(|cells| tier(cells, groups)).collect();
    let Some(tiers) = tiers else { return false };
    let each = tiers.iter().all(|tier| {
        let below_margin = tier.rate > 0 && tier.rate * tier.high < 100 * 1_000_000;
        tier.low >= 1 && tier.low <= tier.high && tier.floor < tier.cap && below_margin
    });
    let neighbours = tiers.windows(2).all(|pair| {
        pair[0].low == pair[1].high + 1 && pair[0].cap == pair[1].floor && pair[0].rate <= pair[1].rate
    });
    let ends =
        tiers.first().is_none_or(|first| first.floor == 0) && tiers.last().is_none_or(|last| last.low == 1);
    each && neighbours && ends
}

/// The rows of each block of a side.
fn blocks(rows: &[Row], side: usize) -> Vec<Vec<&Vec<String>>> {
    let mut blocks: Vec<Vec<&Vec<String>>> = Vec::new();
    for row in rows {
        if row.names.is_some() {
            blocks.push(Vec::new());
        }
        if let (Some(block), Some(cells)) = (blocks.last_mut(), &row.sides[side]) {
            block.push(cells);
        }
    }
    blocks
}

fn schedule_is_valid(rows: &[&Vec<String>], groups: bool) -> bool {
    let step = |cells: &Vec<String>| -> Option<[u64; 3]> {
        let [floor, cap, ratio_text] = &cells[cells.len() - 3..] else { return None };
        Some([bound(floor, groups)?, bound(cap, groups)?, ratio(ratio_text)?])
    };
    let steps: Option<Vec<[u64; 3]>> = rows.iter().map(|cells| step(cells)).collect();
    let Some(steps) = steps else { return false };
    let rank = rows.first().filter(|cells| cells.len() == 4).map(|cells| cells[0].parse::<u32>());
    let rank_fits = rank.is_none_or(|rank| rank.is_ok_and(|rank| (1..=15).contains(&rank)));
    let each = steps.iter().all(|[floor, cap, ratio]| floor < cap && *ratio > 0);
    let neighbours = steps.windows(2).all(|pair| pair[0][1] == pair[1][0] && pair[0][2] > pair[1][2]);
    let ends = steps.first().is_none_or(|step| step[0] == 0)
        && steps.last().is_none_or(|step| step[1] == 99_999_999_999 * 100);
    rank_fits && each && neighbours && ends
}

/// A bound in cents: digits with a comma between groups of three, or without where a document has none; two
/// decimals or none.
fn bound(text: &str, in_groups: bool) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "00"));
    let groups: Vec<&str> = whole.split(',').collect();
    let digits = groups.concat();
    let idle_zero =
        groups[0].len() > 1 && groups[0].starts_with('0') || (groups[0] == "0" && groups.len() > 1);
    let short = groups[0].len() <= 3 || (!in_groups && groups.len() == 1);
    let grouped = !groups[0].is_empty() && short && groups[1..].iter().all(|group| group.len() == 3);
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fit = grouped && !idle_zero && decimals.len() == 2 && plain(&digits) && plain(decimals);
    if fit { Some(digits.parse::<u64>().ok()? * 100 + decimals.parse::<u64>().ok()?) } else { None }
}

/// A percentage in millionths of a percent: one or two digits, and up to two decimals.
fn percent(text: &str) -> Option<u64> {
    let text = text.strip_suffix('%')?;
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let plain = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let idle_zero = whole.len() > 1 && whole.starts_with('0');
    if idle_zero || !plain(whole, 3) || !plain(decimals, 2) {
        return None;
    }
    let scale = if decimals.len() == 1 { 100_000 } else { 10_000 };
    Some(whole.parse::<u64>().ok()? * 1_000_000 + decimals.parse::<u64>().ok()? * scale)
}

/// A ratio of collateral, from 0 to 100.
fn ratio(text: &str) -> Option<u64> {
    percent(text).filter(|ratio| *ratio <= 100_000_000)
}

/// Whether the rates of a tier table have all as many decimals, or differ in that among themselves anyway.
fn same_decimals(table: &Table) -> bool {
    if table.kind != Kind::Tiers {
        return true;
    }
    let sides = table.rows.iter().flat_map(|row| row.sides.iter().flatten());
    let mut counts: Vec<usize> = sides
        .map(|cells| cells[2].trim_end_matches('%').split_once('.').map_or(0, |(_, decimals)| decimals.len()))
        .collect();
    counts.sort_unstable();
    // One that differs from all others is seen; where several do, the table has no usual form.
    counts.first() == counts.last() || (counts.len() > 2 && counts[1] != counts[counts.len() - 2])
}

/// Whether no flat ratio goes further than 50 points.
fn no_leap(table: &Table) -> bool {
    table.kind != Kind::Flat
        || table.rows.iter().all(|row| match &row.sides {
            [Some(before), Some(after)] => match (ratio(&before[0]), ratio(&after[0])) {
                (Some(before), Some(after)) => before.abs_diff(after) <= 50_000_000,
                _ => false,
            },
            _ => true,
        })
}

/// Whether a rule, as it was read, violates no invariant that concerns it alone.
pub fn rule_is_valid(rule: &Rule, in_groups: bool) -> bool {
    let cells = |row: &PrintedTier| {
        let (floor, cap, rate) = (row.floor.text(), row.cap.text(), format!("{}%", row.rate.text()));
        match &row.leverage {
            Some(leverage) => vec![leverage.text.clone(), format!("{floor} < Position ≤ {cap}"), rate],
            None => vec![floor.to_string(), cap.to_string(), rate],
        }
    };
    let rows: Vec<Vec<String>> = rule.printed().iter().map(cells).collect();
    let rows: Vec<&Vec<String>> = rows.iter().collect();
    match rule.kind() {
        RuleKind::Flat => ratio(&rows[0][2]).is_some_and(|ratio| ratio > 0),
        RuleKind::Contract => tiers_keep_laws(&rows, in_groups),
        RuleKind::Collateral => schedule_is_valid(&rows, in_groups),
        RuleKind::Class => rule.rank().is_some_and(|class| (1..=10).contains(&class)),
    }
}
