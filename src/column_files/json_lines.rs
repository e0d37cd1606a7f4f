//! JSON lines in parts: columns of values as they are written.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use serde_json::value::RawValue;

use super::{Input, Part, Places, RAW_JSON, ROWS_OF_TEXT};
use crate::error::{Error, ErrorCode, Result};
use crate::row_files::json_lines::{Fields, JsonRows};
use crate::row_files::not_columns;

/// Opens a file of JSON lines. Its columns are the fields of its first part.
///
/// # Errors
/// It cannot be read, is empty, or has a line that is no object.
pub fn open(text: Box<dyn Read>, name: &str) -> Result<Input> {
    let mut objects =
        Objects { lines: JsonRows::of(text, name), name: name.to_string(), columns: Vec::new() };
    let Some(first) = objects.rows()? else {
        return Err(Error::new(ErrorCode::EmptyLog, format!("{name} is empty"))
            .hint("write an object a line: {\"symbol\": \"ACTUSDT\", \"notional\": 60000, \"time\": \"2026-02-06T07:00Z\"}"));
    };
    let mut known: HashSet<&str> = HashSet::new();
    let mut columns = Vec::new();
    for (_, row) in &first {
        for (column, _) in row {
            if known.insert(column) {
                columns.push(column.clone());
            }
        }
    }
    let metadata = HashMap::from([(RAW_JSON.0.to_string(), RAW_JSON.1.to_string())]);
    let field = |column: &String| Field::new(column, DataType::Utf8, true).with_metadata(metadata.clone());
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
    objects.columns = columns;
    let first = objects.part(&schema, first);
    let of_rest = schema.clone();
    let rest = std::iter::from_fn(move || match objects.rows() {
        Ok(rows) => Some(objects.part(&of_rest, rows?)),
        Err(error) => Some(Err(error)),
    });
    // After an error nothing more is read.
    let mut failed = false;
    let parts = std::iter::once(first)
        .chain(rest)
        .take_while(move |part| !std::mem::replace(&mut failed, part.is_err()));
    Ok(Input { schema, parts: Box::new(parts) })
}

struct Objects {
    lines: JsonRows,
    name: String,
    columns: Vec<String>,
}

impl Objects {
    /// The next rows with their lines; `None` at the end.
    fn rows(&mut self) -> Result<Option<Vec<(u64, Fields)>>> {
        let mut rows = Vec::new();
        while rows.len() < ROWS_OF_TEXT {
            match self.lines.next()? {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok((!rows.is_empty()).then_some(rows))
    }

    fn part(&self, schema: &SchemaRef, rows: Vec<(u64, Fields)>) -> Result<Part> {
        let places: HashMap<&str, usize> =
            self.columns.iter().enumerate().map(|(place, column)| (column.as_str(), place)).collect();
        let mut builders: Vec<StringBuilder> = self.columns.iter().map(|_| StringBuilder::new()).collect();
        let mut lines = Vec::with_capacity(rows.len());
        let mut cells: Vec<Option<&RawValue>> = Vec::new();
        for (line, fields) in &rows {
            cells.clear();
            cells.resize(self.columns.len(), None);
            let unreadable =
                |what: String| Error::new(ErrorCode::UnreadableLine, format!("line {line} {what}"));
            for (column, value) in fields {
                let place = places.get(column.as_str()).ok_or_else(|| {
                    unreadable(format!("has a field `{column}` that no line near the start has"))
                        .hint("give the first line every field; null where it has none")
                })?;
                if cells[*place].replace(value).is_some() {
                    return Err(unreadable(format!("has the field `{column}` twice")));
                }
            }
            for (builder, cell) in builders.iter_mut().zip(&cells) {
                builder.append_option(cell.map(RawValue::get).filter(|raw| *raw != "null"));
            }
            lines.push(*line);
        }
        let arrays = builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let batch = RecordBatch::try_new(schema.clone(), arrays);
        let batch = batch.map_err(|error| not_columns(&self.name, &error.to_string()))?;
        Ok(Part { batch, places: Places::Lines(lines), bytes: self.lines.bytes })
    }
}
