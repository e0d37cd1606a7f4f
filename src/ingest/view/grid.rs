//! A table with cells that span rows and columns: what stands in which row and column.

use super::View;
use crate::ingest::scan;
use crate::limits;

/// A table.
#[derive(Default, Debug)]
pub struct Grid {
    /// Its cells in the order of the source.
    pub cells: Vec<Cell>,
    /// Its rows, those without a cell of their own left out.
    pub rows: Vec<Row>,
    /// Whether a cell stands farther right than columns are kept, so that the columns tell nothing.
    pub too_wide: bool,
    /// The row that is being filled; one without cells counts, for cells hang through it.
    open: Option<Row>,
    /// For each column the cell that hangs down into the next row, and into how many rows.
    hanging: Vec<Option<(usize, usize)>>,
}

/// A cell.
#[derive(Debug)]
pub struct Cell {
    /// Its text.
    pub view: View,
    /// What it holds.
    pub kind: Kind,
    /// The last column that it covers.
    pub last_column: usize,
    rows: usize,
}

/// A row.
#[derive(Default, Debug)]
pub struct Row {
    /// The cells that start in it, in order.
    pub cells: std::ops::Range<usize>,
    /// What stands at each column.
    pub slots: Vec<Slot>,
}

/// What stands in a row at a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// No cell.
    Nothing,
    /// A cell that starts here.
    Own(usize),
    /// A cell that starts farther left in this row.
    Left(usize),
    /// A cell that hangs down from a row above.
    Above(usize),
}

/// What a cell holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
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

impl Kind {
    /// Whether a cell holds nothing but the absence of something.
    pub fn is_absent(self) -> bool {
        matches!(self, Kind::Empty | Kind::Mark)
    }

    fn of(text: &str) -> Kind {
        let whole = |end: Option<usize>| end == Some(text.len());
        let number = scan::number(text, 0).map(|number| number.end);
        let leverage = scan::leverage(text, 0).map(|(_, span)| span.end);
        let range = || scan::number(text, scan::range_start(text, 0)?.1).map(|cap| cap.end);
        if text.is_empty() {
            Kind::Empty
        } else if whole(scan::mark(text, 0).map(|mark| mark.end)) {
            Kind::Mark
        } else if whole(number.and_then(|end| scan::percent(text, end))) {
            Kind::Rate
        } else if whole(leverage) || whole(range()) {
            Kind::Tier
        } else if whole(number) {
            Kind::Number
        } else {
            Kind::Words
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
        self.open = Some(Row { cells: first..first, slots: self.hanging.iter().map(above).collect() });
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
        let last_column = (column + columns.max(1) - 1).min(limits::PAGE_COLUMNS);
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
        self.cells.push(Cell { kind: Kind::of(view.text()), view, last_column, rows: rows.max(1) });
    }

    /// Ends the open row, if there is one.
    pub fn end_row(&mut self) {
        let Some(row) = self.open.take() else { return };
        for place in &mut self.hanging {
            *place = place.and_then(|(cell, rows)| (rows > 1).then_some((cell, rows - 1)));
        }
        self.hanging.resize(self.hanging.len().max(row.slots.len()), None);
        for (slot, place) in row.slots.iter().zip(&mut self.hanging) {
            if let Slot::Own(cell) | Slot::Left(cell) = *slot {
                let rows = self.cells[cell].rows;
                *place = (rows > 1).then_some((cell, rows - 1)).or(*place);
            }
        }
        if !row.cells.is_empty() {
            self.rows.push(row);
        }
    }

    /// Ends a group of rows, out of which no cell hangs.
    pub fn end_group(&mut self) {
        self.end_row();
        self.hanging.clear();
    }

    /// What a slot of a row holds; nothing where a cell farther left covers it.
    pub fn kind(&self, slot: Slot) -> Option<Kind> {
        match slot {
            Slot::Own(cell) | Slot::Above(cell) => Some(self.cells[cell].kind),
            Slot::Nothing => Some(Kind::Empty),
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
    fn a_cell_that_spans_rows_hangs_down_and_moves_the_cells_of_the_rows_below() {
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
        assert_eq!(slots[2], [Slot::Own(3)], "no cell hangs out of a group of rows");
    }

    #[test]
    fn a_cell_is_known_by_its_text() {
        for (text, kind) in [
            ("", Kind::Empty),
            ("N/A", Kind::Mark),
            ("---", Kind::Mark),
            ("12.5 %", Kind::Rate),
            ("26 - 50x", Kind::Tier),
            ("0 < Position ≤ 5,000", Kind::Tier),
            ("99,999", Kind::Number),
            ("C98", Kind::Words),
            ("NAORIS", Kind::Words),
        ] {
            assert_eq!(Kind::of(text), kind, "{text}");
        }
    }
}
