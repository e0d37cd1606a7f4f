//! Rows of answers: as JSON, as text for people, as a drawing, as columns.

use pyo3::prelude::*;
use serde_json::Value;
use tierbook::Row;
use tierbook::render::{self, Format, OutputStyle};

use crate::errors::{Result, not_columns, raise};
use crate::table::Table;

/// The answer to a query.
#[pyclass(frozen, module = "tierbook._native")]
pub struct Rows {
    values: Vec<Value>,
    text: String,
    svg: Option<String>,
}

impl Rows {
    /// The rows of an answer.
    pub fn of(rows: Vec<Row>) -> Rows {
        let is_drawing = rows.iter().any(|row| matches!(row, Row::Segment(_) | Row::Timeline(_)));
        Rows {
            values: rows.iter().map(|row| serde_json::to_value(row).unwrap_or_default()).collect(),
            text: render::rows(&rows, Format::Table, OutputStyle::PLAIN),
            svg: is_drawing.then(|| render::rows(&rows, Format::Svg, OutputStyle::PLAIN)),
        }
    }

    /// Rows that are data alone.
    pub fn of_values(values: Vec<Value>, text: String) -> Rows {
        Rows { values, text, svg: None }
    }
}

#[pymethods]
impl Rows {
    /// Rows as they were: from their JSON, their text and their drawing.
    #[new]
    fn new(py: Python<'_>, json: &str, text: String, svg: Option<String>) -> Result<Rows> {
        let values = serde_json::from_str(json)
            .map_err(|error| raise(py, &not_columns(format!("the rows cannot be read: {error}"))))?;
        Ok(Rows { values, text, svg })
    }

    fn __len__(&self) -> usize {
        self.values.len()
    }

    /// The rows as a JSON array.
    fn json(&self) -> String {
        serde_json::to_string(&self.values).unwrap_or_default()
    }

    /// The text for people, as the command prints it.
    #[getter]
    fn text(&self) -> &str {
        &self.text
    }

    /// The drawing, of statements that draw.
    #[getter]
    fn svg(&self) -> Option<&str> {
        self.svg.as_deref()
    }

    /// The rows as columns.
    fn table(&self, py: Python<'_>) -> Result<Table> {
        let batch = py.detach(|| render::record_batch(&self.values));
        let batch = batch.map_err(|error| raise(py, &error))?;
        Ok(Table::new(batch.schema(), vec![batch]))
    }
}
