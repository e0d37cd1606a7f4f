//! JSON lines in parts: columns of values as they are written.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::{Input, Part, Places, RAW_JSON, ROWS_OF_TEXT};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::row_files::json_lines::{Fields, JsonRows};
use crate::row_files::not_columns;

/// Opens a file of JSON lines. Its columns are the fields of its first part.
///
/// # Errors
/// It cannot be read, is empty, or has a line that is no object, or more columns than [`limits::COLUMNS`].
pub fn open(text: Box<dyn Read>, name: &str) -> Result<Input> {
    let mut objects = Objects {
        lines: JsonRows::of(text, name),
        name: name.to_string(),
        columns: Vec::new(),
        places: HashMap::new(),
        has_columns: false,
    };
    let Some(first) = objects.rows()? else {
        return Err(Error::new(ErrorCode::EmptyLog, format!("{name} is empty"))
            .hint("write an object a line: {\"symbol\": \"ACTUSDT\", \"notional\": 60000, \"time\": \"2026-02-06T07:00Z\"}"));
    };
    objects.has_columns = true;
    let metadata = HashMap::from([(RAW_JSON.0.to_string(), RAW_JSON.1.to_string())]);
    let field = |column: &String| Field::new(column, DataType::Utf8, true).with_metadata(metadata.clone());
    let schema = Arc::new(Schema::new(objects.columns.iter().map(field).collect::<Vec<_>>()));
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
    /// The place of each column.
    places: HashMap<String, usize>,
    /// Whether these are all: the first part is read.
    has_columns: bool,
}

impl Objects {
    /// The next rows with their lines; `None` at the end.
    fn rows(&mut self) -> Result<Option<Vec<(u64, Fields)>>> {
        let (mut rows, mut cells, start) = (Vec::new(), 0, self.lines.bytes);
        while rows.len() < ROWS_OF_TEXT
            && rows.len() * self.columns.len() < limits::JSON_PART_CELLS
            && cells < limits::JSON_PART_CELLS
            && self.lines.bytes - start < limits::JSON_PART_BYTES
        {
            let Some(row) = self.lines.next()? else { break };
            if !self.has_columns {
                self.add_columns(&row.1)?;
            }
            cells += row.1.len();
            rows.push(row);
        }
        Ok((!rows.is_empty()).then_some(rows))
    }

    /// Adds the columns that are not known yet.
    fn add_columns(&mut self, fields: &Fields) -> Result<()> {
        for (column, _) in fields {
            if self.places.contains_key(column) {
                continue;
            }
            if self.columns.len() == limits::COLUMNS {
                let error = not_columns(&self.name, &format!("has more than {} columns", limits::COLUMNS));
                return Err(error.hint("give all lines the same fields"));
            }
            self.places.insert(column.clone(), self.columns.len());
            self.columns.push(column.clone());
        }
        Ok(())
    }

    fn part(&self, schema: &SchemaRef, rows: Vec<(u64, Fields)>) -> Result<Part> {
        let mut builders: Vec<StringBuilder> =
            self.columns.iter().map(|_| StringBuilder::with_capacity(0, 0)).collect();
        let mut lines = Vec::with_capacity(rows.len());
        for (row, (line, fields)) in rows.iter().enumerate() {
            let unreadable =
                |what: String| Error::new(ErrorCode::UnreadableLine, format!("line {line} {what}"));
            for (column, value) in fields {
                let builder = self.places.get(column).and_then(|place| builders.get_mut(*place));
                let builder = builder.ok_or_else(|| {
                    unreadable(format!("has a field `{column}` that no line near the start has"))
                        .hint("give the first line every field; null where it has none")
                })?;
                // A column is as long as the last row that has it: most rows of a file of many columns may have few.
                let Some(missing) = row.checked_sub(builder.len()) else {
                    return Err(unreadable(format!("has the field `{column}` twice")));
                };
                builder.append_nulls(missing);
                builder.append_option(Some(value.get()).filter(|raw| *raw != "null"));
            }
            lines.push(*line);
        }
        let arrays = builders.iter_mut().map(|builder| {
            builder.append_nulls(rows.len() - builder.len());
            Arc::new(builder.finish()) as ArrayRef
        });
        let batch = RecordBatch::try_new(schema.clone(), arrays.collect());
        let batch = batch.map_err(|error| not_columns(&self.name, &error.to_string()))?;
        Ok(Part { batch, places: Places::Lines(lines), bytes: self.lines.bytes })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// How many rows the first part has, and how many columns.
    fn first(text: String) -> (usize, usize) {
        let part = open(Box::new(Cursor::new(text)), "it").unwrap().parts.next().unwrap().unwrap();
        (part.batch.num_rows(), part.batch.num_columns())
    }

    #[test]
    fn a_part_has_so_many_cells_and_no_row_more() {
        let fields: Vec<String> = (0..limits::COLUMNS).map(|place| format!("\"c{place}\":1")).collect();
        let wide = format!("{{{}}}\n", fields.join(","));
        let rows = limits::JSON_PART_CELLS / limits::COLUMNS;
        for (lines, expected) in [(rows - 1, rows - 1), (rows, rows), (rows + 1, rows)] {
            let text = format!("{wide}{}", "{}\n".repeat(lines - 1));
            assert_eq!(first(text), (expected, limits::COLUMNS));
        }
        // Each line with a field of its own.
        let (rows, columns) = first((0..4_000).map(|line| format!("{{\"c{line}\":1}}\n")).collect());
        assert_eq!(rows, columns);
        assert_eq!(rows, (1..limits::COLUMNS).find(|rows| rows * rows >= limits::JSON_PART_CELLS).unwrap());
    }

    #[test]
    fn a_part_ends_after_the_line_that_reaches_its_length() {
        let line = format!("{{\"a\":\"{}\"}}\n", "x".repeat((1 << 16) - 9));
        assert_eq!(line.len(), 1 << 16);
        let rows = limits::JSON_PART_BYTES as usize >> 16;
        assert_eq!(first(line.repeat(rows + 1)), (rows, 1));
    }

    #[test]
    fn a_field_that_a_line_lacks_is_null_and_one_that_it_has_twice_is_refused() {
        let parts = |text: &str| open(Box::new(Cursor::new(text.to_string())), "it").unwrap().parts;
        let part = parts("{\"a\":1}\n{\"b\":2}\n{}\n{\"a\":null}\n").next().unwrap().unwrap();
        let cells = |column: usize| {
            let array = arrow_array::cast::AsArray::as_string::<i32>(part.batch.column(column));
            array.iter().map(|cell| cell.map(str::to_string)).collect::<Vec<_>>()
        };
        assert_eq!(cells(0), [Some("1".to_string()), None, None, None]);
        assert_eq!(cells(1), [None, Some("2".to_string()), None, None]);
        for twice in ["{\"a\":1,\"a\":2}", "{\"a\":null,\"a\":2}", "{\"b\":1,\"a\":2,\"b\":null}"] {
            let error = parts(&format!("{{\"a\":0,\"b\":0}}\n{twice}\n")).next().unwrap().unwrap_err();
            assert!(error.message().starts_with("line 2 has the field `"), "{error}");
        }
    }
}
