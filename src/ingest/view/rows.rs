//! From the grid of a table to lines of text, in which every absent cell of a side has a mark.
//!
//! A side of a table ends with the column of its rates, so the columns of the rates separate the sides. What
//! a cell that spans rows means depends on the table: a tier or a name is a single one and is in its first
//! row only (below it the side is absent), a flat ratio belongs to each of its rows.

use std::collections::BTreeSet;

use super::View;
use super::grid::{CellKind, Grid, GridRow, Slot};
use crate::ingest::scan;
use crate::text::Span;

/// Fewest empty columns that are a side without a value: a name and a rank are two.
const SIDE_COLUMNS: usize = 3;

/// The rows of a table as lines, cells separated by tabs.
pub fn lines(grid: &Grid) -> View {
    let mut out = View::default();
    let sides = sides(grid);
    let first_data = first_data(grid);
    let flat = is_flat(grid, first_data);
    let table = RowWriter { grid, flat, last_rate: sides.last().map_or(0, |side| side.1) };
    for (index, row) in grid.rows.iter().enumerate() {
        let plain = sides.is_empty() || index < first_data || !table.has_values(row);
        match (plain, flat) {
            (true, _) => table.plain_row(row, first_data < grid.rows.len(), &mut out),
            (false, true) => table.flat_row(row, &mut out),
            (false, false) => table.tier_row(row, &sides, &mut out),
        }
    }
    out
}

/// The first and the last column of each side; none where the columns do not show it.
fn sides(grid: &Grid) -> Vec<(usize, usize)> {
    let first_data = first_data(grid);
    let rates = grid.cells.iter().filter(|cell| cell.kind == CellKind::Rate).map(|cell| cell.last_column);
    let rates: BTreeSet<usize> = rates.collect();
    // A column whose rates are all absent is known by its name.
    let header = grid.rows[..first_data].iter().flat_map(|row| &grid.cells[row.cells.clone()]);
    let named = header
        .filter(|cell| cell.last_column > 0 && names_rate(cell.view.text()))
        .map(|cell| cell.last_column);
    let all: BTreeSet<usize> = rates.iter().copied().chain(named).collect();
    let ends = if all.len() > 2 { &rates } else { &all };
    if grid.too_wide || rates.is_empty() || ends.len() > 2 {
        return Vec::new();
    }
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    let mut sides: Vec<(usize, usize)> = starts.zip(ends.iter().copied()).collect();
    let width = grid.rows.iter().map(|row| row.slots.len()).max().unwrap_or(0);
    let rest = ends.last().map_or(0, |end| end + 1);
    let in_rest =
        |row: &GridRow| row.slots.iter().skip(rest).any(|slot| grid.kind(*slot) == Some(CellKind::Mark));
    if sides.len() == 1 && (width >= rest + SIDE_COLUMNS || grid.rows.iter().any(in_rest)) {
        sides.push((rest, width - 1));
    }
    sides
}

/// The number of the first row with a rate; the rows above it are the header.
fn first_data(grid: &Grid) -> usize {
    let has_rate =
        |row: &GridRow| grid.cells[row.cells.clone()].iter().any(|cell| cell.kind == CellKind::Rate);
    grid.rows.iter().position(has_rate).unwrap_or(grid.rows.len())
}

/// Whether the name of a column is that of rates or ratios.
fn names_rate(words: &str) -> bool {
    let words = words.to_lowercase();
    ["ratio", "rate", "mmr"].iter().any(|word| words.contains(word))
}

/// Whether a table has names and rates only.
fn is_flat(grid: &Grid, first_data: usize) -> bool {
    let bounds =
        |row: &GridRow| row.slots.iter().skip(1).any(|slot| grid.kind(*slot) == Some(CellKind::Number));
    !grid.cells.iter().any(|cell| cell.kind == CellKind::Tier) && !grid.rows[first_data..].iter().any(bounds)
}

/// A table whose rows are written.
struct RowWriter<'a> {
    grid: &'a Grid,
    flat: bool,
    last_rate: usize,
}

impl RowWriter<'_> {
    /// Whether a row has a rate, its own or one that spans rows, or a mark for one.
    fn has_values(&self, row: &GridRow) -> bool {
        let kinds = || row.slots.iter().filter_map(|slot| self.grid.kind(*slot));
        kinds().any(|kind| matches!(kind, CellKind::Rate | CellKind::Mark))
    }

    fn has_own(&self, row: &GridRow, (first, last): (usize, usize)) -> bool {
        let slots = row.slots.iter().take(last + 1).skip(first);
        slots
            .into_iter()
            .any(|slot| matches!(slot, Slot::Own(cell) if !self.grid.cells[*cell].kind.is_absent()))
    }

    /// A row of names of columns, or of a table that has no rates: its cells in order, each on a line of its
    /// own where one has several lines.
    fn plain_row(&self, row: &GridRow, joins_lines: bool, out: &mut View) {
        let cells = self.grid.cells[row.cells.clone()].iter().filter(|cell| cell.kind != CellKind::Empty);
        let long = !joins_lines && cells.clone().any(|cell| cell.view.text().contains('\n'));
        let mut written = false;
        for cell in cells {
            if written {
                add(out, if long { "\n" } else { "\t" });
            }
            if joins_lines {
                joined(&cell.view, false, out);
            } else {
                out.append_all(&cell.view);
            }
            written = true;
        }
        if written {
            add(out, "\n");
        }
    }

    /// A name with its ratios: those that span rows are written again.
    fn flat_row(&self, row: &GridRow, out: &mut View) {
        if !self.has_own(row, (0, row.slots.len())) {
            return;
        }
        for column in 0..row.slots.len().max(self.last_rate + 1) {
            match slot(row, column) {
                Slot::Left(_) => {}
                Slot::Above(cell)
                    if !matches!(self.kind(cell), CellKind::Rate | CellKind::Mark | CellKind::Empty) => {}
                Slot::Own(cell) if self.kind(cell) != CellKind::Empty => self.cell(cell, out),
                Slot::Above(cell) if self.kind(cell) != CellKind::Empty => self.cell(cell, out),
                _ if (1..=self.last_rate).contains(&column) => self.absent(None, out),
                _ => {}
            }
        }
        add(out, "\n");
    }

    /// The tiers of both sides: a side without a cell of its own gets a mark.
    fn tier_row(&self, row: &GridRow, sides: &[(usize, usize)], out: &mut View) {
        if !self.has_own(row, (0, row.slots.len())) {
            return;
        }
        for &(first, last) in sides {
            match self.has_own(row, (first, last)) {
                true => self.side(row, (first, last), out),
                false => self.absent(self.mark_in(row, (first, last)), out),
            }
        }
        let rest = sides.last().map_or(0, |side| side.1 + 1);
        let own = row
            .slots
            .iter()
            .skip(rest)
            .filter_map(|slot| if let Slot::Own(cell) = slot { Some(*cell) } else { None });
        own.filter(|cell| self.kind(*cell) != CellKind::Empty).for_each(|cell| self.cell(cell, out));
        add(out, "\n");
    }

    /// The cells of a side that has some: a rate that spans rows belongs to this tier too, a name does not.
    /// Absent columns have one mark, where a mark is printed or they are as many as a tier has.
    fn side(&self, row: &GridRow, (first, last): (usize, usize), out: &mut View) {
        let mut column = first;
        while column <= last {
            let absent = (column..=last).take_while(|at| self.is_absent(slot(row, *at))).count();
            if absent > 0 {
                let mark = self.mark_in(row, (column, column + absent - 1));
                if mark.is_some() || absent >= SIDE_COLUMNS {
                    self.absent(mark, out);
                }
                column += absent;
                continue;
            }
            match slot(row, column) {
                Slot::Own(cell) => self.cell(cell, out),
                Slot::Above(cell)
                    if matches!(self.kind(cell), CellKind::Rate | CellKind::Tier)
                        && self.grid.cells[cell].last_column == column =>
                {
                    self.cell(cell, out);
                }
                _ => {}
            }
            column += 1;
        }
    }

    fn kind(&self, cell: usize) -> CellKind {
        self.grid.cells[cell].kind
    }

    fn is_absent(&self, slot: Slot) -> bool {
        match slot {
            Slot::Nothing => true,
            Slot::Own(cell) | Slot::Above(cell) | Slot::Left(cell) => self.kind(cell).is_absent(),
        }
    }

    /// The first mark among some columns.
    fn mark_in(&self, row: &GridRow, (first, last): (usize, usize)) -> Option<usize> {
        (first..=last).find_map(|column| match slot(row, column) {
            Slot::Own(cell) | Slot::Above(cell) => {
                Some(cell).filter(|cell| self.kind(*cell) == CellKind::Mark)
            }
            Slot::Nothing | Slot::Left(_) => None,
        })
    }

    /// A mark for an absent value: the printed one, if there is one.
    fn absent(&self, mark: Option<usize>, out: &mut View) {
        match mark {
            Some(cell) => self.cell(cell, out),
            None => add(out, "NA\t"),
        }
    }

    fn cell(&self, cell: usize, out: &mut View) {
        joined(&self.grid.cells[cell].view, !self.flat, out);
        add(out, "\t");
    }
}

/// Adds text that is not in the source.
fn add(out: &mut View, words: &str) {
    out.push_as(words, Span::new(out.last(), out.last()));
}

/// Adds the lines of a cell as one; names on lines of their own are separated by commas.
fn joined(cell: &View, may_contain_names: bool, out: &mut View) {
    let mut at = 0;
    for line in cell.text().split_inclusive('\n') {
        let words = line.trim_end_matches('\n');
        out.append(cell, Span::new(at, at + words.len()));
        at += line.len();
        if words.len() < line.len() {
            let next = cell.text()[at..].lines().next().unwrap_or("");
            let separator = |c: char| c == ',' || scan::is_blank(c);
            let last = words.rsplit(separator).next().unwrap_or("");
            let first = next.split(separator).next().unwrap_or("");
            let names = may_contain_names && is_name(last) && is_name(first);
            add(out, if names { ", " } else { " " });
        }
    }
}

/// Whether a word can only be the name of an asset.
fn is_name(word: &str) -> bool {
    word.contains(char::is_alphabetic) && word.chars().all(|c| c.is_alphanumeric() && !c.is_lowercase())
}

fn slot(row: &GridRow, column: usize) -> Slot {
    row.slots.get(column).copied().unwrap_or(Slot::Nothing)
}
