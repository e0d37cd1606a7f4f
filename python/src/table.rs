//! A table in memory: columns of Arrow, for every library that reads those.

use std::io::Cursor;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{RecordBatch, RecordBatchIterator};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, FieldRef, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList};
use tierbook::evaluation::{Batches, Done};
use tierbook_arrow_reader::not_columns;

use crate::arrow_stream;
use crate::errors::{Result, raise};
use crate::{frames, to_python};

/// A table.
#[pyclass(frozen, module = "tierbook._native")]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// How many rows have no value of a measure, how many could not be read, and what should be known.
    done: (u64, u64, Vec<String>),
}

impl Table {
    pub fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Table {
        Table { schema, batches, done: (0, 0, Vec::new()) }
    }

    /// The answers to the rows of a table.
    pub fn of(answered: Batches) -> Table {
        let Done { without_rule, unreadable, notices, .. } = answered.done;
        Table {
            schema: answered.schema,
            batches: answered.batches,
            done: (without_rule, unreadable, notices),
        }
    }
}

fn not_written(py: Python<'_>, error: &ArrowError) -> PyErr {
    raise(py, &not_columns(format!("the table cannot be passed on: {error}")))
}

#[pymethods]
impl Table {
    /// The table of another library, or of a dictionary of columns.
    #[staticmethod]
    fn from_frame(frame: &Bound<'_, PyAny>) -> Result<Table> {
        frames::read(frame).map(|frame| Table::new(frame.schema, frame.batches))
    }

    /// The table from the bytes of an Arrow stream, with what `done` was.
    #[staticmethod]
    fn from_ipc(py: Python<'_>, bytes: &[u8], done: (u64, u64, Vec<String>)) -> Result<Table> {
        let read = || -> std::result::Result<Table, ArrowError> {
            let reader = StreamReader::try_new(Cursor::new(bytes), None)?;
            let schema = reader.schema();
            Ok(Table { schema, batches: reader.collect::<std::result::Result<_, _>>()?, done: done.clone() })
        };
        read().map_err(|error| not_written(py, &error))
    }

    /// The table as the bytes of an Arrow stream.
    fn to_ipc(&self, py: Python<'_>) -> Result<Vec<u8>> {
        let write = || -> std::result::Result<Vec<u8>, ArrowError> {
            let mut writer = StreamWriter::try_new(Vec::new(), &self.schema)?;
            self.batches.iter().try_for_each(|batch| writer.write(batch))?;
            writer.into_inner()
        };
        py.detach(write).map_err(|error| not_written(py, &error))
    }

    /// How many rows have no value of a measure, how many could not be read, and what should be known of it.
    #[getter]
    fn done(&self) -> (u64, u64, Vec<String>) {
        self.done.clone()
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The columns, each with the name of its type.
    fn columns(&self) -> Vec<(String, String)> {
        self.schema
            .fields()
            .iter()
            .map(|field| (field.name().clone(), field.data_type().to_string()))
            .collect()
    }

    /// The column at a place as a list.
    fn column<'py>(&self, py: Python<'py>, place: usize) -> Result<Bound<'py, PyList>> {
        let cells = PyList::empty(py);
        for batch in &self.batches {
            for cell in to_python::column(py, batch.column(place), self.schema.field(place))? {
                cells.append(cell)?;
            }
        }
        Ok(cells)
    }

    /// How many rows have each status, the most frequent first.
    fn status_counts(&self, py: Python<'_>) -> Vec<(String, usize)> {
        // After the columns of the questions, one of which may be called that too.
        let is_status = |field: &FieldRef| field.name().ends_with("status");
        let Some(place) = self.schema.fields().iter().rposition(is_status) else { return Vec::new() };
        py.detach(|| {
            let mut counts: Vec<(String, usize)> = Vec::new();
            let columns = self.batches.iter().filter_map(|batch| batch.column(place).as_string_view_opt());
            for status in columns.flat_map(IntoIterator::into_iter).flatten() {
                match counts.iter_mut().find(|(known, _)| known == status) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((status.to_string(), 1)),
                }
            }
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            counts
        })
    }

    /// The table as a stream in the C data interface of Arrow.
    fn stream<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyCapsule>> {
        let batches = self.batches.clone().into_iter().map(Ok);
        arrow_stream::export(py, Box::new(RecordBatchIterator::new(batches, Arc::clone(&self.schema))))
    }

    /// Some rows as dictionaries, from `start` on, `count` at most.
    fn rows<'py>(&self, py: Python<'py>, start: usize, count: usize) -> Result<Bound<'py, PyList>> {
        let rows = PyList::empty(py);
        let (mut skip, mut left) = (start, count);
        for batch in &self.batches {
            let first = skip.min(batch.num_rows());
            skip -= first;
            let length = left.min(batch.num_rows() - first);
            left -= length;
            if length == 0 {
                continue;
            }
            let part = batch.slice(first, length);
            let mut columns = Vec::new();
            for (field, array) in self.schema.fields().iter().zip(part.columns()) {
                columns.push((field.name(), to_python::column(py, array, field)?));
            }
            for row in 0..length {
                let record = PyDict::new(py);
                for (name, cells) in &columns {
                    record.set_item(name, &cells[row])?;
                }
                rows.append(record)?;
            }
        }
        Ok(rows)
    }
}
