//! Rows of answers: as JSON, as text for people, as a drawing, as columns. Each is made when it is asked for.

use pyo3::prelude::*;
use serde_json::Value;
use tierbook::Row;
use tierbook::audit::JudgedRow;
use tierbook::render::{self, Format, OutputStyle};
use tierbook_arrow_reader::not_columns;

use crate::errors::{Result, raise};
use crate::table::Table;

/// The answer to a query, or what an audit judged.
#[pyclass(frozen, module = "tierbook._native")]
pub struct Rows(Kind);

enum Kind {
    Answered(Vec<Row>),
    Judged(Vec<JudgedRow>),
    /// Rows that were pickled.
    Stored {
        values: Vec<Value>,
        text: String,
        svg: Option<String>,
    },
}

impl Rows {
    /// The rows of an answer.
    pub fn of(rows: Vec<Row>) -> Rows {
        Rows(Kind::Answered(rows))
    }

    /// The figures of a log.
    pub fn of_judged(rows: Vec<JudgedRow>) -> Rows {
        Rows(Kind::Judged(rows))
    }
}

#[pymethods]
impl Rows {
    /// Rows as they were: from their JSON, their text and their drawing.
    #[new]
    fn new(py: Python<'_>, json: &str, text: String, svg: Option<String>) -> Result<Rows> {
        Ok(Rows(Kind::Stored { values: values(py, json)?, text, svg }))
    }

    fn __len__(&self) -> usize {
        match &self.0 {
            Kind::Answered(rows) => rows.len(),
            Kind::Judged(rows) => rows.len(),
            Kind::Stored { values, .. } => values.len(),
        }
    }

    /// The rows as a JSON array.
    fn json(&self, py: Python<'_>) -> String {
        py.detach(|| match &self.0 {
            Kind::Answered(rows) => serde_json::to_string(rows).unwrap_or_default(),
            Kind::Judged(rows) => render::audit::part(rows, Format::Json, true, true),
            Kind::Stored { values, .. } => serde_json::to_string(values).unwrap_or_default(),
        })
    }

    /// The text for people, as the command prints it.
    #[getter]
    fn text(&self, py: Python<'_>) -> String {
        py.detach(|| match &self.0 {
            Kind::Answered(rows) => render::rows(rows, Format::Table, OutputStyle::PLAIN),
            Kind::Judged(rows) => render::audit::table(rows, OutputStyle::PLAIN),
            Kind::Stored { text, .. } => text.clone(),
        })
    }

    /// The drawing, of statements that draw.
    #[getter]
    fn svg(&self) -> Option<String> {
        match &self.0 {
            Kind::Answered(rows) => {
                let is_drawing = rows.iter().any(|row| matches!(row, Row::Segment(_) | Row::Timeline(_)));
                is_drawing.then(|| render::rows(rows, Format::Svg, OutputStyle::PLAIN))
            }
            Kind::Judged(_) => None,
            Kind::Stored { svg, .. } => svg.clone(),
        }
    }

    /// The rows as columns.
    fn table(&self, py: Python<'_>) -> Result<Table> {
        let batch = match &self.0 {
            Kind::Answered(rows) => py.detach(|| render::record_batch(rows)),
            Kind::Judged(_) => render::record_batch(&values(py, &self.json(py))?),
            Kind::Stored { values, .. } => py.detach(|| render::record_batch(values)),
        };
        let batch = batch.map_err(|error| raise(py, &error))?;
        Ok(Table::new(batch.schema(), vec![batch]))
    }
}

fn values(py: Python<'_>, json: &str) -> Result<Vec<Value>> {
    serde_json::from_str(json)
        .map_err(|error| raise(py, &not_columns(format!("the rows cannot be read: {error}"))))
}
