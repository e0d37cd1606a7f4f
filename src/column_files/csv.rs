//! CSV in parts: columns of text.

use std::io::Read;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use csv::ByteRecord;

use super::{Input, Part, Places, ROWS_OF_TEXT};
use crate::error::Result;
use crate::row_files::csv::CsvRows;
use crate::row_files::not_columns;

/// How many bytes of text a part has at most, but for its last line.
const BYTES_OF_A_PART: usize = 16 << 20;

/// Opens a CSV file.
///
/// # Errors
/// It cannot be read, is empty, or has no header of different names.
pub fn open(text: Box<dyn Read>, name: &str) -> Result<Input> {
    let rows = CsvRows::open(text, name, "symbol,notional,time")?;
    let field = |column: &String| Field::new(column, DataType::Utf8, true);
    let schema = Arc::new(Schema::new(rows.header.iter().map(field).collect::<Vec<_>>()));
    let cells = Cells { rows, name: name.to_string(), schema: schema.clone(), is_done: false };
    Ok(Input { schema, parts: Box::new(cells) })
}

struct Cells {
    rows: CsvRows,
    name: String,
    schema: SchemaRef,
    is_done: bool,
}

impl Cells {
    fn part(&mut self) -> Result<Option<Part>> {
        let columns = self.schema.fields().len();
        let mut builders: Vec<StringBuilder> = (0..columns).map(|_| StringBuilder::new()).collect();
        let (mut lines, mut text, mut bytes) = (Vec::new(), 0, 0);
        let mut record = ByteRecord::new();
        while lines.len() < ROWS_OF_TEXT && text < BYTES_OF_A_PART {
            let Some(place) = self.rows.next(&mut record)? else {
                self.is_done = true;
                break;
            };
            for (column, (builder, cell)) in builders.iter_mut().zip(&record).enumerate() {
                builder.append_value(self.rows.text(cell, place.line, column)?);
            }
            bytes = place.offset;
            text += record.as_slice().len();
            lines.push(place.line);
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let arrays = builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), arrays);
        let batch = batch.map_err(|error| not_columns(&self.name, &error.to_string()))?;
        Ok(Some(Part { batch, places: Places::Lines(lines), bytes }))
    }
}

impl Iterator for Cells {
    type Item = Result<Part>;

    fn next(&mut self) -> Option<Result<Part>> {
        if self.is_done {
            return None;
        }
        let part = self.part();
        self.is_done |= !matches!(part, Ok(Some(_)));
        part.transpose()
    }
}
