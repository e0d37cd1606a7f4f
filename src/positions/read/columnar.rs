//! Positions in Parquet and Arrow.

use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::cell::{Cell, Commas};
use super::reading::{Reading, Row};
use super::shape::Shape;
use super::source::{ROWS, Source};
use super::stream::Stream;
use crate::column_files::cells::Column;
use crate::column_files::{Form, Input, Origin, Part, Places};
use crate::error::Result;

/// A file of columns.
pub struct ColumnarSource {
    input: Input,
    shape: Option<Shape>,
    opened: Option<Opened>,
}

/// A batch of which the first rows are read.
struct Opened {
    part: Part,
    columns: Vec<Option<Column>>,
    next: usize,
}

impl ColumnarSource {
    /// Opens a file.
    ///
    /// # Errors
    /// It cannot be read, or is not of the form.
    pub fn open(path: &Path, form: Form) -> Result<ColumnarSource> {
        Ok(ColumnarSource { input: Origin::File(path.to_path_buf()).open(form)?, shape: None, opened: None })
    }

    /// Reads a stream.
    ///
    /// # Errors
    /// It cannot be read, or is not of the form.
    pub fn of(stream: Stream, form: Form, name: &str) -> Result<ColumnarSource> {
        Ok(ColumnarSource { input: Input::of_columns(stream, form, name)?, shape: None, opened: None })
    }

    /// Reads record batches in memory.
    pub fn of_batches(schema: SchemaRef, batches: Vec<RecordBatch>) -> ColumnarSource {
        let mut first = 1;
        let part = move |batch: RecordBatch| {
            let places = Places::Rows(first);
            first += batch.num_rows() as u64;
            Ok(Part { batch, places, bytes: 0 })
        };
        ColumnarSource {
            input: Input { schema, parts: Box::new(batches.into_iter().map(part)) },
            shape: None,
            opened: None,
        }
    }
}

impl Source for ColumnarSource {
    fn read(&mut self, into: &mut Reading) -> Result<bool> {
        if self.shape.is_none() {
            let names = self.input.schema.fields().iter().map(|field| field.name().clone());
            let shape = Shape::of(names.collect())?;
            into.notes.shape(&shape);
            self.shape = Some(shape);
        }
        let Some(shape) = &self.shape else { return Ok(false) };
        let mut opened = match self.opened.take() {
            Some(opened) => opened,
            None => match self.input.parts.next() {
                Some(part) => Opened::of(part?, shape)?,
                None => return Ok(false),
            },
        };
        opened.take(shape, into);
        if opened.next < opened.part.batch.num_rows() {
            self.opened = Some(opened);
        }
        Ok(!into.is_full())
    }
}

impl Opened {
    fn of(part: Part, shape: &Shape) -> Result<Opened> {
        let schema = part.batch.schema_ref();
        let column = |place: usize| match shape.is_read(place) {
            true => Column::with_flags(part.batch.column(place), schema.field(place)).map(Some),
            false => Ok(None),
        };
        let columns = (0..schema.fields().len()).map(column).collect::<Result<_>>()?;
        Ok(Opened { part, columns, next: 0 })
    }

    /// Takes the next rows.
    fn take(&mut self, shape: &Shape, into: &mut Reading) {
        let end = self.part.batch.num_rows().min(self.next + ROWS);
        while self.next < end && !into.is_full() {
            let row = self.next;
            let cell = |column| Option::map_or(column, Cell::Empty, |column| cell(column, row));
            let cells: Vec<Cell> = self.columns.iter().map(Option::as_ref).map(cell).collect();
            let place = |_| self.part.places.words(row);
            into.take(&Row { shape, cells: &cells, commas: Commas::Group, place: &place });
            self.next += 1;
        }
    }
}

fn cell(column: &Column, row: usize) -> Cell<'_> {
    if column.is_null(row) {
        return Cell::Empty;
    }
    match column {
        Column::Texts { .. } => column.text(row).map_or(Cell::Empty, Cell::Text),
        Column::Times(..) => Cell::Unfit("a time".to_string()),
        _ => column.number(row).map_or_else(|| unread(column, row), Cell::Number),
    }
}

/// A number that no decimal is, as text: not finite, or with more digits than are read.
fn unread(column: &Column, row: usize) -> Cell<'static> {
    match column {
        Column::Floats(array) => Cell::text(array.value(row).to_string()),
        Column::Singles(array) => Cell::text(array.value(row).to_string()),
        _ => Cell::Unfit("a decimal of more than 28 digits".to_string()),
    }
}
