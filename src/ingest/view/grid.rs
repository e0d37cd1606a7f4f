//! A table with cells that span rows and columns: which cell is in which row and column.

use super::View;
use crate::ingest::scan;
use crate::limits;

/// A table.
#[derive(Default, Debug)]
pub struct Grid {
    /// Its cells in the order of the source.
    pub cells: Vec<GridCell>,
    /// Its rows, those without a cell of their own left out.
    pub rows: Vec<GridRow>,
    /// Whether a cell is farther right than the last column that is kept, so that columns give no
    /// information.
    pub too_wide: bool,
    /// The row that is being filled; a row without cells counts too, because cells can span it.
    open: Option<GridRow>,
    /// For each column the cell that spans into the next row, and how many rows it still covers.
    spanning: Vec<Option<(usize, usize)>>,
}

/// A cell.
#[derive(Debug)]
pub struct GridCell {
    /// Its text.
    pub view: View,
    /// What it contains.
    pub kind: CellKind,
    /// The last column that it covers.
    pub last_column: usize,
    rows: usize,
}

/// A row.
#[derive(Default, Debug)]
pub struct GridRow {
    /// The cells that start in it, in order.
    pub cells: std::ops::Range<usize>,
    /// What is at each column.
    pub slots: Vec<Slot>,
}

/// What is in a row at a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// No cell.
    Nothing,
    /// A cell that starts here.
    Own(usize),
    /// A cell that starts farther left in this row.
    Left(usize),
    /// A cell that spans down from a row above.
    Above(usize),
}

/// Most rows of a header: the sides, and the columns of each.
const HEADER_ROWS: usize = 2;

/// Most bytes in a cell of a header; a longer one is the content of a page that is laid out with a table.
const HEADER_CELL_BYTES: usize = 200;

/// What a cell contains.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CellKind {
    /// Nothing.
    Empty,
    /// A mark for an absent value.
    Mark,
    /// A percentage.
    Rate,
    /// Leverages, or a range of notionals.
    Tier,
    /// Digits only.
    Number,
    /// Anything else.
    Words,
}

impl CellKind {
    /// Whether a cell is empty or only marks an absent value.
    pub fn is_absent(self) -> bool {
        matches!(self, CellKind::Empty | CellKind::Mark)
    }

    fn of(text: &str) -> CellKind {
        let whole = |end: Option<usize>| end == Some(text.len());
        let number = scan::number(text, 0).map(|number| number.end);
        let leverage = scan::leverage(text, 0).map(|(_, span)| span.end);
        let range = || scan::number(text, scan::range_start(text, 0)?.1).map(|cap| cap.end);
        if text.is_empty() {
            CellKind::Empty
        } else if whole(scan::mark(text, 0).map(|mark| mark.end)) {
            CellKind::Mark
        } else if whole(number.and_then(|end| scan::percent(text, end))) {
            CellKind::Rate
        } else if whole(leverage) || whole(range()) {
            CellKind::Tier
        } else if whole(number) {
            CellKind::Number
        } else {
            CellKind::Words
        }
    }
}

impl Grid {
    /// Begins a row; ends the one before.
    pub fn begin_row(&mut self) {
        self.end_row();
        let first = self.cells.len();
        let above =
            |place: &Option<(usize, usize)>| place.map_or(Slot::Nothing, |(cell, _)| Slot::Above(cell));
        self.open = Some(GridRow { cells: first..first, slots: self.spanning.iter().map(above).collect() });
    }

    /// Adds a cell to the open row, at the next free column.
    pub fn add(&mut self, view: View, rows: usize, columns: usize) {
        if self.open.is_none() {
            self.begin_row();
        }
        let first = self.cells.len();
        let Some(row) = &mut self.open else { return };
        let after_last = row.slots.iter().rposition(|slot| matches!(slot, Slot::Own(_) | Slot::Left(_)));
        let mut column = after_last.map_or(0, |last| last + 1);
        while matches!(row.slots.get(column), Some(Slot::Above(_))) {
            column += 1;
        }
        self.too_wide |= column >= limits::PAGE_COLUMNS;
        let last_column = (column + columns.max(1) - 1).min(limits::PAGE_COLUMNS - 1);
        for place in column..=last_column {
            let slot = if place == column { Slot::Own(first) } else { Slot::Left(first) };
            match row.slots.get_mut(place) {
                Some(taken @ Slot::Nothing) => *taken = slot,
                Some(_) => {}
                None if self.too_wide => {}
                None => row.slots.push(slot),
            }
        }
        row.cells.end = first + 1;
        self.cells.push(GridCell { kind: CellKind::of(view.text()), view, last_column, rows: rows.max(1) });
    }

    /// Ends the open row, if there is one.
    pub fn end_row(&mut self) {
        let Some(row) = self.open.take() else { return };
        for place in &mut self.spanning {
            *place = place.and_then(|(cell, rows)| (rows > 1).then_some((cell, rows - 1)));
        }
        self.spanning.resize(self.spanning.len().max(row.slots.len()), None);
        for (slot, place) in row.slots.iter().zip(&mut self.spanning) {
            if let Slot::Own(cell) | Slot::Left(cell) = *slot {
                let rows = self.cells[cell].rows;
                *place = (rows > 1).then_some((cell, rows - 1)).or(*place);
            }
        }
        if !row.cells.is_empty() {
            self.rows.push(row);
        }
    }

    /// Ends a group of rows, beyond which no cell spans.
    pub fn end_group(&mut self) {
        self.end_row();
        self.spanning.clear();
    }

    /// Whether there is no row, or only those of a header: two at most, of words alone.
    pub fn is_empty(&self) -> bool {
        let has_words =
            |row: &&GridRow| self.cells[row.cells.clone()].iter().any(|cell| cell.kind != CellKind::Empty);
        let is_short = |cell: &GridCell| cell.view.text().len() <= HEADER_CELL_BYTES;
        let is_of_header = |cell: &GridCell| match cell.kind {
            CellKind::Empty => true,
            CellKind::Words => is_short(cell),
            CellKind::Mark | CellKind::Rate | CellKind::Tier | CellKind::Number => false,
        };
        self.rows.iter().filter(has_words).count() <= HEADER_ROWS && self.cells.iter().all(is_of_header)
    }

    /// What a slot of a row contains; `None` where a cell farther left covers it.
    pub fn kind(&self, slot: Slot) -> Option<CellKind> {
        match slot {
            Slot::Own(cell) | Slot::Above(cell) => Some(self.cells[cell].kind),
            Slot::Nothing => Some(CellKind::Empty),
            Slot::Left(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(words: &str) -> View {
        let mut view = View::default();
        view.push_as(words, crate::text::Span::new(0, 0));
        view
    }

    #[test]
    fn a_cell_that_spans_rows_moves_the_cells_of_the_rows_below() {
        let mut grid = Grid::default();
        grid.add(view("a"), 65_535, 1);
        grid.add(view("b"), 1, 2);
        grid.begin_row();
        grid.begin_row();
        grid.add(view("c"), 1, 1);
        grid.end_row();
        grid.end_group();
        grid.add(view("d"), 1, 1);
        grid.end_row();
        let slots: Vec<&[Slot]> = grid.rows.iter().map(|row| row.slots.as_slice()).collect();
        assert_eq!(slots[0], [Slot::Own(0), Slot::Own(1), Slot::Left(1)]);
        assert_eq!(slots[1], [Slot::Above(0), Slot::Own(2), Slot::Nothing]);
        assert_eq!(slots[2], [Slot::Own(3)], "no cell spans beyond a group of rows");
    }

    #[test]
    fn a_cell_is_known_by_its_text() {
        for (text, kind) in [
            ("", CellKind::Empty),
            ("N/A", CellKind::Mark),
            ("---", CellKind::Mark),
            ("12.5 %", CellKind::Rate),
            ("26 - 50x", CellKind::Tier),
            ("0 < Position ≤ 5,000", CellKind::Tier),
            ("99,999", CellKind::Number),
            ("C98", CellKind::Words),
            ("NAORIS", CellKind::Words),
        ] {
            assert_eq!(CellKind::of(text), kind, "{text}");
        }
    }
}
