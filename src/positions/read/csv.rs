//! Positions in CSV.

use std::io::Read;

use csv::ByteRecord;

use super::cell::{Cell, Commas};
use super::reading::{Reading, Row};
use super::shape::Shape;
use super::source::{ROWS, Source};
use crate::error::Result;
use crate::row_files::csv::CsvRows;

/// A CSV file.
pub struct CsvSource {
    rows: CsvRows,
    shape: Option<Shape>,
}

impl CsvSource {
    /// Opens one.
    ///
    /// # Errors
    /// It cannot be read, is empty, or has no header of different names.
    pub fn open(text: Box<dyn Read>, name: &str) -> Result<CsvSource> {
        Ok(CsvSource { rows: CsvRows::open(text, name, "symbol,side,quantity,entry_price")?, shape: None })
    }
}

impl Source for CsvSource {
    fn read(&mut self, into: &mut Reading) -> Result<bool> {
        if self.shape.is_none() {
            let shape = Shape::of(self.rows.header.clone())?;
            into.notes.shape(&shape);
            self.shape = Some(shape);
        }
        let Some(shape) = &self.shape else { return Ok(false) };
        let commas = if self.rows.separator == b';' { Commas::Unclear } else { Commas::Group };
        let mut record = ByteRecord::new();
        for _ in 0..ROWS {
            let Some(at) = self.rows.next(&mut record)? else { return Ok(false) };
            let texts = record.iter().enumerate().map(|(column, cell)| self.rows.text(cell, at.line, column));
            let cells: Vec<Cell> = texts.map(|text| text.map(Cell::text)).collect::<Result<_>>()?;
            into.take(&Row { shape, cells: &cells, commas, place: &|_| format!("line {}", at.line) });
            if into.is_full() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
