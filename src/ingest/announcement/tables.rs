//! Finds the tables of a text: each header with the cells behind it, up to where no cell follows.

use super::cell::{Cell, Item};
use super::flat::{self, FlatRow};
use super::header::{self, Header, Kind};
use super::split;
use crate::ingest::scan;
use crate::limits::DOCUMENT_ROWS;
use crate::text::Span;

/// A table as it stands in the text.
#[derive(Debug)]
pub struct Table<'a> {
    /// Its header.
    pub header: Header,
    /// All of its bytes, header included.
    pub span: Span,
    /// What is in it.
    pub body: Body<'a>,
}

/// The cells of a table.
#[derive(Debug)]
pub enum Body<'a> {
    /// Leverage and margin tiers, in row order.
    Tiers(Vec<Item<'a>>),
    /// Flat ratios, a row each.
    Flat(Vec<FlatRow>),
    /// Tiered collateral, a block for each list of assets.
    Collateral(Vec<Block<'a>>),
}

/// One block of a tiered collateral table.
#[derive(Debug)]
pub struct Block<'a> {
    /// The assets; the last may want digits of the first row (see [`split::Split::name_digits`]).
    pub names: Vec<Span>,
    /// All of its bytes.
    pub span: Span,
    /// Its rows and marks, in row order.
    pub items: Vec<Item<'a>>,
}

/// All tables of the text behind `from`, in order, and the spans of headers that no cell follows. A table stops
/// where it alone has more rows than a document may have.
pub fn find(text: &str, from: usize) -> (Vec<Table<'_>>, Vec<Span>) {
    let (mut tables, mut bare) = (Vec::new(), Vec::new());
    let mut at = from;
    while let Some(header) = header::next(text, at) {
        let start = header.span.end;
        let (body, end) = match header.kind {
            Kind::Tiers => tier_items(text, start),
            Kind::Flat => flat_rows(text, start, header.sides.len()),
            Kind::Collateral => blocks(text, start),
        };
        at = end.max(header.span.end);
        if end == start {
            bare.push(header.span);
        } else {
            tables.push(Table { span: Span::new(header.span.start, end), header, body });
        }
    }
    (tables, bare)
}

fn tier_items(text: &str, start: usize) -> (Body<'_>, usize) {
    let mut items = Vec::new();
    let mut end = start;
    while items.len() <= DOCUMENT_ROWS {
        let at = scan::skip_separators(text, end);
        if let Some(cell) = tier_cell(text, at) {
            end = cell.span.end;
            items.push(Item::Cell(cell));
        } else if let Some(mark) = scan::mark(text, at).filter(|mark| is_no_bullet(text, *mark)) {
            end = mark.end;
            items.push(Item::Mark);
        } else {
            break;
        }
    }
    if items.iter().all(|item| matches!(item, Item::Mark)) {
        return (Body::Tiers(Vec::new()), start);
    }
    (Body::Tiers(one_mark_for_three(items)), end)
}

/// Whether a mark is none of the dashes that lists begin their items with: its line ends or goes on with cells.
fn is_no_bullet(text: &str, mark: Span) -> bool {
    let next = scan::skip(text, mark.end, |c| c == '|' || (scan::is_blank(c) && c != '\n'));
    let ends_line = matches!(scan::char_at(text, next), None | Some('\n'));
    !mark.of(text).starts_with(scan::is_dash)
        || ends_line
        || scan::mark(text, next).is_some()
        || tier_cell(text, next).is_some()
}

/// Leverage, range and rate of one tier.
fn tier_cell(text: &str, at: usize) -> Option<Cell<'_>> {
    let (leverage, lever) = scan::leverage(text, at)?;
    let (floor, cap_at) = scan::range_start(text, scan::skip_separators(text, lever.end))?;
    let cap = scan::number(text, cap_at)?;
    let (rate_apart, end) = match scan::percent(text, cap.end) {
        Some(end) => (None, end),
        None => {
            let rate = scan::number(text, scan::skip_separators(text, cap.end))?;
            (Some(rate), scan::percent(text, rate.end)?)
        }
    };
    let splits = split::tier_splits(floor.of(text), cap.of(text), rate_apart.map(|rate| rate.of(text)));
    Some(Cell { span: Span::new(at, end), leverage: Some(leverage), splits })
}

/// Three marks in a row are the three columns of one absent cell.
fn one_mark_for_three(items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let mut kept: Vec<Item> = Vec::with_capacity(items.len());
    let mut marks = 0;
    for item in items {
        marks = if matches!(item, Item::Mark) { marks + 1 } else { 0 };
        kept.push(item);
        if marks == 3 {
            kept.truncate(kept.len() - 2);
            marks = 0;
        }
    }
    kept
}

fn flat_rows(text: &str, start: usize, sides: usize) -> (Body<'_>, usize) {
    let mut rows: Vec<FlatRow> = Vec::new();
    let mut end = start;
    while rows.len() <= DOCUMENT_ROWS {
        let Some(row) = flat::row_at(text, scan::skip_separators(text, end), sides) else { break };
        end = row.span.end;
        rows.push(row);
    }
    (Body::Flat(rows), end)
}

fn blocks(text: &str, start: usize) -> (Body<'_>, usize) {
    let mut blocks: Vec<Block> = Vec::new();
    let mut end = start;
    for _ in 0..=DOCUMENT_ROWS {
        let at = scan::skip_separators(text, end);
        let mark = blocks.last().and_then(|_| scan::mark(text, at).or_else(|| glued_mark(text, at)));
        let (names, glued, behind_names) = match (&mark, names_at(text, at)) {
            (None, Some((names, glued))) => {
                let behind = names.last().map_or(at, |name: &Span| name.end);
                (names, glued, behind)
            }
            _ => (Vec::new(), false, at),
        };
        let first_cell = scan::skip_separators(text, behind_names);
        let (item, item_end) = match mark.or_else(|| scan::mark(text, first_cell)) {
            Some(mark) if !names.is_empty() || !blocks.is_empty() => (Item::Mark, mark.end),
            _ => match collateral_cell(text, first_cell, glued) {
                Some(cell) => {
                    let end = cell.span.end;
                    (Item::Cell(cell), end)
                }
                None => break,
            },
        };
        if !names.is_empty() {
            blocks.push(Block { names, span: Span::new(at, item_end), items: Vec::new() });
        }
        let Some(block) = blocks.last_mut() else { break };
        block.items.push(item);
        block.span.end = item_end;
        end = item_end;
    }
    for block in &mut blocks {
        block.items = one_mark_for_three(std::mem::take(&mut block.items));
    }
    (Body::Collateral(blocks), end)
}

/// A mark that the first name of the next block is glued to: `N/AFET`. For `NAFET` see `marks`.
fn glued_mark(text: &str, at: usize) -> Option<Span> {
    text.get(at..)?.starts_with("N/A").then(|| Span::new(at, at + 3))
}

/// A list of names, and whether digits are glued to the last, which then ends with its last letter here.
fn names_at(text: &str, at: usize) -> Option<(Vec<Span>, bool)> {
    let mut names: Vec<Span> = Vec::new();
    let mut at = at;
    loop {
        let run = scan::name_run(text, at)?;
        let run = before_mark(text, run);
        let last_letter = run.of(text).rfind(char::is_alphabetic)?;
        let email = scan::char_at(text, run.start + last_letter).map_or(1, char::len_utf8);
        let letters_end = run.start + last_letter + email;
        if let Some(next) = next_name(text, run.end) {
            names.push(run);
            at = next;
            continue;
        }
        let apart = scan::skip_separators(text, run.end) > run.end || scan::mark(text, run.end).is_some();
        let glued = letters_end < run.end && !apart;
        names.push(if apart { run } else { Span::new(run.start, letters_end) });
        return Some((names, glued));
    }
}

/// A name without the `N` of a mark `N/A` that is glued to it.
fn before_mark(text: &str, run: Span) -> Span {
    let slash = text[run.end..].starts_with("/A") && run.end - run.start > 1 && run.of(text).ends_with('N');
    if slash { Span::new(run.start, run.end - 1) } else { run }
}

/// The start of the next name of a list, where `,`, `&` or `and` and a word with letters follow.
fn next_name(text: &str, end: usize) -> Option<usize> {
    let at = scan::skip_separators(text, end);
    let rest = text.get(at..)?;
    let sign = [",", "&", "and ", "、"].iter().find(|sign| rest.starts_with(**sign))?;
    let next = scan::skip_blanks(text, at + sign.len());
    let next = if text.get(next..)?.starts_with("and ") { scan::skip_blanks(text, next + 4) } else { next };
    let name = scan::name_run(text, next)?;
    name.of(text).contains(char::is_alphabetic).then_some(next)
}

/// Rank (perhaps), floor, cap and ratio of one tier.
fn collateral_cell(text: &str, at: usize, after_name: bool) -> Option<Cell<'_>> {
    let mut runs: Vec<&str> = Vec::new();
    let mut next = at;
    let end = loop {
        let run = scan::number(text, next)?;
        runs.push(run.of(text));
        if let Some(end) = scan::percent(text, run.end) {
            break end;
        }
        next = scan::skip_separators(text, run.end);
        if next == run.end || runs.len() == 4 {
            return None;
        }
    };
    let splits = split::collateral_splits(&runs, after_name);
    Some(Cell { span: Span::new(at, end), leverage: None, splits })
}
