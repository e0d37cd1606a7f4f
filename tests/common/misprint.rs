//! One misprint in a random announcement: where it stands, and what the table says that is printed with it, where that
//! still keeps every law.
#![allow(dead_code)]

use super::clothes::{Document, Piece};
use super::dice::Dice;
use super::tables::{Kind, Row, Table};
use tierbook::rule::{PrintedCollateralTier, PrintedTier, Rule};

/// What a misprint does to one character.
const WAYS: [&str; 6] = ["lost", "twice", "another digit", "swapped with the next", "a dot", "a comma"];

/// A cell of a table: its place among the pieces, its row, its side and its column.
type Place = (usize, usize, usize, usize);

/// A document with one misprint in a cell of one of its tables, and words that tell which.
pub struct Misprinted {
    pub document: Document,
    pub words: String,
    /// Whether the tables, as they are printed now, still keep every law.
    pub lawful: bool,
    /// Whether the document prints bounds in groups of three digits.
    pub in_groups: bool,
}

/// Puts one misprint into a cell of `document`; `None` where it changes nothing that is printed, or makes it the print of
/// another name.
pub fn misprint(document: &Document, dice: &mut Dice) -> Option<Misprinted> {
    let places = places(document);
    let place = *places.get(dice.below(places.len().max(1)))?;
    let mut document = document.clone();
    let (Piece::Table(table), (_, row, side, column)) = (&mut document.pieces[place.0], place) else {
        return None;
    };
    let cell = &mut table.rows[row].sides[side].as_mut()?[column];
    let before = cell.clone();
    *cell = with_misprint(&before, dice)?;
    let words = format!("`{before}` as `{cell}`");
    let changed = *cell != before;
    let Piece::Table(table) = &document.pieces[place.0] else { return None };
    if table.rows.iter().any(lends_its_digits) {
        return None;
    }
    let in_groups = has_groups(&document);
    let lawful = keeps_laws(table, in_groups);
    changed.then_some(Misprinted { document, words, lawful, in_groups })
}

/// Whether a row glues a name that ends in digits to a ratio of one digit: `B3` and `5%` are printed as `B` and `35%` are.
fn lends_its_digits(row: &Row) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let name = row.names.as_ref().is_some_and(|name| name.ends_with(digit));
    let first = row.sides[0]
        .as_ref()
        .filter(|cells| cells.len() == 1)
        .and_then(|cells| cells[0].split(['.', '%']).next());
    name && first.is_some_and(|whole| whole.len() < 2)
}

fn places(document: &Document) -> Vec<Place> {
    let mut places = Vec::new();
    for (piece, table) in document.pieces.iter().enumerate() {
        let Piece::Table(table) = table else { continue };
        for (row, cells) in table.rows.iter().enumerate() {
            for (side, cells) in cells.sides.iter().enumerate() {
                places
                    .extend((0..cells.as_ref().map_or(0, Vec::len)).map(|column| (piece, row, side, column)));
            }
        }
    }
    places
}

/// The text with one of its digits, signs between digits, or letters printed wrongly.
fn with_misprint(text: &str, dice: &mut Dice) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    let figures: Vec<usize> = (0..letters.len())
        .filter(|at| letters[*at].is_ascii_digit() || ",.".contains(letters[*at]))
        .collect();
    let at = *figures.get(dice.below(figures.len().max(1)))?;
    match dice.pick(&WAYS) {
        "lost" => drop(letters.remove(at)),
        "twice" => letters.insert(at, letters[at]),
        "another digit" => {
            let digit = letters[at].to_digit(10)?;
            letters[at] = char::from_digit((digit + dice.between(1, 9) as u32) % 10, 10)?;
        }
        "swapped with the next" => {
            let next = *figures.iter().find(|next| **next == at + 1)?;
            letters.swap(at, next);
        }
        "a dot" => letters[at] = if letters[at] == ',' { '.' } else { return None },
        _ => letters[at] = if letters[at] == '.' { ',' } else { return None },
    }
    Some(letters.into_iter().collect())
}

/// Whether any bound of a document has groups of three digits; then each of four digits or more must.
fn has_groups(document: &Document) -> bool {
    let tables = document
        .pieces
        .iter()
        .filter_map(|piece| if let Piece::Table(table) = piece { Some(table) } else { None });
    let mut cells = tables.flat_map(|table| &table.rows).flat_map(|row| row.sides.iter().flatten()).flatten();
    cells.any(|cell| cell.contains(','))
}

/// Whether a table as printed keeps every law, so that nobody can tell a misprint from it.
pub fn keeps_laws(table: &Table, groups: bool) -> bool {
    (0..2).all(|side| {
        let rows: Vec<&Vec<String>> = table.rows.iter().filter_map(|row| row.sides[side].as_ref()).collect();
        match table.kind {
            Kind::Tiers => tiers_keep_laws(&rows, groups),
            Kind::Flat => rows.iter().all(|cells| ratio(&cells[0]).is_some_and(|ratio| ratio > 0)),
            Kind::Pro => blocks(&table.rows, side).iter().all(|rows| schedule_keeps_laws(rows, groups)),
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
    let (floor, behind) = cells[1].split_once('<')?;
    let (_, cap) = behind.split_once('≤')?;
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

fn schedule_keeps_laws(rows: &[&Vec<String>], groups: bool) -> bool {
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

/// A bound in cents: digits with a comma between groups of three, or without where a document has none; two decimals or
/// none.
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

/// Whether a rule, as it was read, keeps every law that concerns it alone.
pub fn rule_keeps_laws(rule: &Rule, in_groups: bool) -> bool {
    match rule {
        Rule::Flat(flat) => ratio(&format!("{}%", flat.ratio.text())).is_some_and(|ratio| ratio > 0),
        Rule::Tiers(table) => {
            let cells = |row: &PrintedTier| {
                let range = format!("{} < Position ≤ {}", row.floor.text(), row.cap.text());
                vec![row.leverage.text.clone(), range, format!("{}%", row.mmr.text())]
            };
            let rows: Vec<Vec<String>> = table.printed().iter().map(cells).collect();
            tiers_keep_laws(&rows.iter().collect::<Vec<_>>(), in_groups)
        }
        Rule::Collateral(table) => {
            let cells = |row: &PrintedCollateralTier| {
                vec![
                    row.floor.text().to_string(),
                    row.cap.text().to_string(),
                    format!("{}%", row.ratio.text()),
                ]
            };
            let rows: Vec<Vec<String>> = table.printed().iter().map(cells).collect();
            schedule_keeps_laws(&rows.iter().collect::<Vec<_>>(), in_groups)
        }
    }
}
