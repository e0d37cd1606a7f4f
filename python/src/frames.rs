//! Tables of other libraries: anything with the C stream of Arrow, or a dictionary of columns.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema};
use arrow_select::concat::concat;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyMapping};
use tierbook_arrow_reader::{Frame, Pieces, not_columns};

use crate::arrow_stream::{read_array, read_stream};
use crate::errors::{Result, raise, wrong_argument};
use crate::from_python;
use crate::values::{described, text};

/// Reads a table.
///
/// # Errors
/// It is none, its columns are not of one length, or two have one name.
pub fn read(frame: &Bound<'_, PyAny>) -> Result<Frame> {
    let py = frame.py();
    if let Some(pieces) = pieces(frame, "")? {
        return Frame::try_from(pieces).map_err(|error| raise(py, &error));
    }
    let Ok(columns) = frame.cast::<PyMapping>() else {
        let message = format!("`frame` is {}, which is no table", described(frame));
        let hint = match frame.hasattr("collect")? {
            true => "it has not been computed yet; collect it first: frame.collect()",
            false => "give a DataFrame of Polars or pandas, a table of pyarrow, or a dict of columns",
        };
        return Err(wrong_argument(py, &message, hint));
    };
    let (mut fields, mut arrays): (Vec<Field>, Vec<ArrayRef>) = Default::default();
    for item in columns.items()?.iter() {
        let (name, values): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let name = text(&name, "the name of a column")?;
        let array = column(&name, &values)?;
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    if let Some((first, other)) = arrays.first().and_then(|first| {
        arrays.iter().position(|other| other.len() != first.len()).map(|other| (first.len(), other))
    }) {
        let message = format!(
            "column `{}` has {} rows, but `{}` has {first}",
            fields[other].name(),
            arrays[other].len(),
            fields[0].name()
        );
        return Err(wrong_argument(py, &message, "give all columns the same number of rows"));
    }
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(arrays.first().map_or(0, Array::len)));
    let batch = RecordBatch::try_new_with_options(schema.clone(), arrays, &options);
    let batch =
        batch.map_err(|error| raise(py, &not_columns(format!("the columns are no table: {error}"))))?;
    Ok(Frame { schema, batches: vec![batch] })
}

/// What an object gives by one of the two interfaces of Arrow; `None` where it has neither. `name` is that of the column
/// that it is, empty of a whole table.
fn pieces(object: &Bound<'_, PyAny>, name: &str) -> Result<Option<Pieces>> {
    if let Some(stream) = object.getattr_opt("__arrow_c_stream__")? {
        let stream = stream.call0().map_err(|error| not_given(object, name, error))?;
        return read_stream(stream.cast().map_err(|_| no_capsule(object))?).map(Some);
    }
    if let Some(array) = object.getattr_opt("__arrow_c_array__")? {
        let pair = array.call0().map_err(|error| not_given(object, name, error))?;
        let pair = pair.extract::<(Bound<'_, PyCapsule>, Bound<'_, PyCapsule>)>();
        let (schema, array) = pair.map_err(|_| no_capsule(object))?;
        return read_array(&schema, &array).map(Some);
    }
    Ok(None)
}

/// The error of an object whose library cannot give it as columns, in the words of `tierbook/_columns.py`.
fn not_given(object: &Bound<'_, PyAny>, name: &str, error: PyErr) -> PyErr {
    let py = object.py();
    if !error.is_instance_of::<PyException>(py) {
        return error;
    }
    let make =
        || py.import("tierbook._columns")?.getattr("_not_given")?.call1((object, name, error.value(py)));
    make().map_or_else(|error| error, PyErr::from_value)
}

/// The error of an object whose interface gives something else than it must.
fn no_capsule(object: &Bound<'_, PyAny>) -> PyErr {
    let message = format!("{} gives no columns of Arrow", described(object));
    wrong_argument(
        object.py(),
        &message,
        "give a DataFrame of Polars or pandas, a table of pyarrow, or a dict of columns",
    )
}

/// A column of a dictionary.
fn column(name: &str, values: &Bound<'_, PyAny>) -> Result<ArrayRef> {
    let py = values.py();
    match pieces(values, name)? {
        Some(Pieces { arrays, field }) => match arrays.as_slice() {
            [] => Ok(arrow_array::new_empty_array(field.data_type())),
            [one] => Ok(one.clone()),
            several => {
                let several: Vec<&dyn Array> = several.iter().map(AsRef::as_ref).collect();
                concat(&several).map_err(|error| raise(py, &not_columns(format!("column `{name}`: {error}"))))
            }
        },
        None => from_python::column(name, values),
    }
}
