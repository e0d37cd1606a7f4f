//! Finds the tables of a text: each header with the cells after it, up to where no cell follows.

use super::cells::{TableCell, TierCell};
use super::flat::{self, FlatRow};
use super::header::{self, Header, TableKind};
use super::holes;
use super::split;
use crate::ingest::scan;
use crate::limits::DOCUMENT_ROWS;
use crate::text::Span;

/// Most cells of a table that are skipped because they cannot be read; a table with more is not understood.
const HOLES: usize = 8;

/// A table as it is printed in the text.
#[derive(Debug)]
pub struct PrintedTable<'a> {
    /// Its header.
    pub header: Header,
    /// All of its bytes, header included.
    pub span: Span,
    /// What is in it.
    pub body: TableBody<'a>,
}

/// The cells of a table.
#[derive(Debug)]
pub enum TableBody<'a> {
    /// Leverage and margin tiers, in row order.
    Tiers(Vec<TableCell<'a>>),
    /// Flat ratios, a row each, and the rows that cannot be read.
    Flat(Vec<FlatRow>, Vec<Span>),
    /// Tiered collateral, a block for each list of assets.
    Collateral(Vec<CollateralBlock<'a>>),
}

impl TableBody<'_> {
    /// How many rows and marks it has.
    pub fn rows(&self) -> usize {
        match self {
            TableBody::Tiers(items) => items.len(),
            TableBody::Flat(rows, _) => rows.len(),
            TableBody::Collateral(blocks) => blocks.iter().map(|block| block.items.len()).sum(),
        }
    }
}

/// One block of a tiered collateral table.
#[derive(Debug)]
pub struct CollateralBlock<'a> {
    /// The assets; digits of the first row may belong to the last (see [`super::split::DigitSplit::name_digits`]).
    pub names: Vec<Span>,
    /// All of its bytes.
    pub span: Span,
    /// Its rows and marks, in row order.
    pub items: Vec<TableCell<'a>>,
}

/// All tables of the text after `from`, in order, and the spans of headers that no cell follows. A table
/// stops where it alone has more rows than a document may have.
pub fn find(text: &str, from: usize) -> (Vec<PrintedTable<'_>>, Vec<Span>) {
    let (mut tables, mut bare) = (Vec::new(), Vec::new());
    let mut at = from;
    while let Some(header) = header::next(text, at) {
        let start = header.span.end;
        let (body, end) = match header.kind {
            TableKind::Tiers => tier_items(text, start),
            TableKind::Flat => flat_rows(text, start, header.sides.len()),
            TableKind::Collateral => blocks(text, start),
        };
        at = end.max(header.span.end);
        if end == start {
            bare.push(header.span);
        } else {
            tables.push(PrintedTable { span: Span::new(header.span.start, end), header, body });
        }
    }
    (tables, bare)
}

fn tier_items(text: &str, start: usize) -> (TableBody<'_>, usize) {
    let mut items = Vec::new();
    let (mut end, mut holes) = (start, 0);
    while items.len() <= DOCUMENT_ROWS {
        let at = scan::skip_separators(text, end);
        if let Some(cell) = tier_cell(text, at) {
            end = cell.span.end;
            items.push(TableCell::Tier(cell));
        } else if let Some(mark) = scan::mark(text, at).filter(|mark| is_no_bullet(text, *mark)) {
            end = mark.end;
            items.push(TableCell::Mark);
        } else if let Some(hole) = holes::hole(text, end, |at| tier_cell(text, at).is_some())
            && holes < HOLES
        {
            (end, holes) = (hole.end, holes + 1);
            items.push(TableCell::Hole(hole));
        } else {
            break;
        }
    }
    if items.iter().all(|item| item.tier().is_none()) {
        return (TableBody::Tiers(Vec::new()), start);
    }
    (TableBody::Tiers(one_mark_for_three(items)), end)
}

/// Whether a mark is none of the dashes that lists begin their items with: its line ends or goes on with
/// cells.
fn is_no_bullet(text: &str, mark: Span) -> bool {
    let next = scan::skip(text, mark.end, |c| c == '|' || (scan::is_blank(c) && c != '\n'));
    let ends_line = matches!(scan::char_at(text, next), None | Some('\n'));
    !mark.of(text).starts_with(scan::is_dash)
        || ends_line
        || scan::mark(text, next).is_some()
        || tier_cell(text, next).is_some()
}

/// Leverage, range and rate of one tier.
fn tier_cell(text: &str, at: usize) -> Option<TierCell<'_>> {
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
    let texts = (floor.of(text), cap.of(text), rate_apart.map(|rate| rate.of(text)));
    let splits = split::tier_splits(texts);
    Some(TierCell { span: Span::new(at, end), leverage: Some(leverage), splits, texts: Some(texts) })
}

/// Three marks in a row are the three columns of one absent cell.
fn one_mark_for_three(items: Vec<TableCell<'_>>) -> Vec<TableCell<'_>> {
    let mut kept: Vec<TableCell> = Vec::with_capacity(items.len());
    let mut marks = 0;
    for item in items {
        marks = if matches!(item, TableCell::Mark) { marks + 1 } else { 0 };
        kept.push(item);
        if marks == 3 {
            kept.truncate(kept.len() - 2);
            marks = 0;
        }
    }
    kept
}

fn flat_rows(text: &str, start: usize, sides: usize) -> (TableBody<'_>, usize) {
    let (mut rows, mut holes) = (Vec::new(), Vec::new());
    let mut end = start;
    while rows.len() <= DOCUMENT_ROWS {
        if let Some(row) = flat::row_at(text, scan::skip_separators(text, end), sides) {
            end = row.span.end;
            rows.push(row);
        } else if let Some(hole) = holes::hole(text, end, |at| flat::is_sure_row(text, at, sides))
            && holes.len() < HOLES
        {
            end = hole.end;
            holes.push(hole);
        } else {
            break;
        }
    }
    if rows.is_empty() {
        (TableBody::Flat(rows, Vec::new()), start)
    } else {
        (TableBody::Flat(rows, holes), end)
    }
}

fn blocks(text: &str, start: usize) -> (TableBody<'_>, usize) {
    let mut blocks: Vec<CollateralBlock> = Vec::new();
    let (mut end, mut holes) = (start, 0);
    for _ in 0..=DOCUMENT_ROWS {
        let next = block_item(text, end, blocks.is_empty())
            .or_else(|| if blocks.is_empty() || holes == HOLES { None } else { block_hole(text, end) });
        let Some((names, item, item_end)) = next else { break };
        holes += usize::from(matches!(item, TableCell::Hole(_)));
        if let Some(first) = names.first() {
            blocks.push(CollateralBlock { span: Span::new(first.start, item_end), names, items: Vec::new() });
        }
        let Some(block) = blocks.last_mut() else { break };
        block.items.push(item);
        block.span.end = item_end;
        end = item_end;
    }
    for block in &mut blocks {
        block.items = one_mark_for_three(std::mem::take(&mut block.items));
    }
    (TableBody::Collateral(blocks), end)
}

/// Names where a block starts, a mark or a cell of a tier, and where it ends.
type BlockItem<'a> = (Vec<Span>, TableCell<'a>, usize);

/// What follows a cell that ends at `end`; `is_first` where there is none.
fn block_item(text: &str, end: usize, is_first: bool) -> Option<BlockItem<'_>> {
    let at = scan::skip_separators(text, end);
    let mark = if is_first { None } else { scan::mark(text, at).or_else(|| glued_mark(text, at)) };
    let names = if mark.is_none() { names_at(text, at) } else { None };
    let (names, glued) = names.unwrap_or_default();
    let first_cell = scan::skip_separators(text, names.last().map_or(at, |name| name.end));
    match mark.or_else(|| scan::mark(text, first_cell)) {
        Some(mark) if !names.is_empty() || !is_first => Some((names, TableCell::Mark, mark.end)),
        _ => {
            let cell = collateral_cell(text, first_cell, glued)?;
            let end = cell.span.end;
            Some((names, TableCell::Tier(cell), end))
        }
    }
}

/// A cell after `end` that cannot be read, with the names before it. What starts with a digit is no name but
/// a part of the cell.
fn block_hole(text: &str, end: usize) -> Option<BlockItem<'_>> {
    let at = scan::skip_separators(text, end);
    let names = names_at(text, at).map_or(Vec::new(), |(names, _)| names);
    let is_number = |name: &Span| name.of(text).starts_with(|c: char| c.is_ascii_digit());
    let names = if names.first().is_some_and(is_number) { Vec::new() } else { names };
    let after = names.last().map_or(end, |name| name.end);
    let hole = holes::hole(text, after, |at| is_collateral(text, at))?;
    Some((names, TableCell::Hole(hole), hole.end))
}

/// Whether a cell of a collateral table is at a place, or names and the first cell of a block.
fn is_collateral(text: &str, at: usize) -> bool {
    let names = names_at(text, at);
    let (end, glued) =
        names.map_or((at, false), |(names, glued)| (names.last().map_or(at, |n| n.end), glued));
    let cell = scan::skip_separators(text, end);
    (end > at && scan::mark(text, cell).is_some()) || collateral_cell(text, cell, glued).is_some()
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
        let letters = run.of(text).trim_end_matches(|c: char| !c.is_alphabetic());
        if letters.is_empty() {
            return None;
        }
        let letters_end = run.start + letters.len();
        if let Some(next) = next_name(text, run.end) {
            names.push(run);
            at = next;
            continue;
        }
        let separate = scan::skip_separators(text, run.end) > run.end || scan::mark(text, run.end).is_some();
        let glued = letters_end < run.end && !separate;
        names.push(if separate { run } else { Span::new(run.start, letters_end) });
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
fn collateral_cell(text: &str, at: usize, after_name: bool) -> Option<TierCell<'_>> {
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
    Some(TierCell { span: Span::new(at, end), leverage: None, splits, texts: None })
}
