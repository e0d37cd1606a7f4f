//! A list of Python values, or an array of numpy, as a column.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, NullArray, TimestampMicrosecondArray};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use crate::decimal_column::decimals;
use crate::errors::{Result, wrong_argument};
use crate::{numpy, values};

type Cells<'py> = Vec<Option<Bound<'py, PyAny>>>;

/// What the values of a list are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Truth,
    Whole,
    Float,
    Decimal,
    Time,
}

/// The column. `None` is an empty cell.
///
/// # Errors
/// It is no sequence, or its values are of several kinds or of one that no column has.
pub fn column(name: &str, values: &Bound<'_, PyAny>) -> Result<ArrayRef> {
    let py = values.py();
    let is_text = values.is_instance_of::<PyString>() || values.is_instance_of::<pyo3::types::PyBytes>();
    if is_text || !values.hasattr("__iter__")? {
        let message = format!("column `{name}` is {}, not a list", values::described(values));
        let hint = "give every column as a list, or as an array of numpy, Polars, pandas or pyarrow";
        return Err(wrong_argument(py, &message, hint));
    }
    if let Some(array) = numpy::column(name, values)? {
        return Ok(array);
    }
    // An array of numpy or pandas gives values of Python this way.
    let values = if values.hasattr("tolist")? { values.call_method0("tolist")? } else { values.clone() };
    let cells = values.try_iter()?.map(|cell| cell.map(|cell| Some(cell).filter(|cell| !is_missing(cell))));
    of_cells(py, name, &cells.collect::<Result<Cells<'_>>>()?)
}

/// Whether a cell is empty: `None`, or what pandas has for it.
fn is_missing(cell: &Bound<'_, PyAny>) -> bool {
    let is_of_pandas = || {
        let name = cell.get_type().name();
        name.is_ok_and(|name| matches!(name.to_str(), Ok("NAType" | "NaTType")))
    };
    cell.is_none() || is_of_pandas()
}

fn of_cells(py: Python<'_>, name: &str, cells: &Cells<'_>) -> Result<ArrayRef> {
    match kind_of_all(py, name, cells)? {
        None => Ok(Arc::new(NullArray::new(cells.len()))),
        Some(Kind::Text) => {
            let mut texts = StringBuilder::new();
            for (row, cell) in cells.iter().enumerate() {
                match cell {
                    Some(cell) => {
                        let text = cell.cast::<PyString>()?;
                        texts.append_value(match text.to_str() {
                            Ok(text) => text,
                            Err(_) => values::utf8(text, &format!("row {} of {name}", row + 1))?,
                        });
                    }
                    None => texts.append_null(),
                }
            }
            Ok(Arc::new(texts.finish()))
        }
        Some(Kind::Truth) => Ok(Arc::new(BooleanArray::from(extracted::<bool>(cells)?))),
        Some(Kind::Whole) => match extracted::<i64>(cells) {
            Ok(cells) => Ok(Arc::new(Int64Array::from(cells))),
            // Larger ones.
            Err(_) => decimals(py, name, cells),
        },
        Some(Kind::Float) => Ok(Arc::new(Float64Array::from(extracted::<f64>(cells)?))),
        Some(Kind::Decimal) => decimals(py, name, cells),
        Some(Kind::Time) => {
            let mut times = Vec::with_capacity(cells.len());
            for (row, cell) in cells.iter().enumerate() {
                let named = || format!("row {} of {name}", row + 1);
                let time = cell.as_ref().map(|cell| values::time(cell, &named())).transpose()?;
                times.push(time.map(tierbook::Timestamp::micros));
            }
            Ok(Arc::new(TimestampMicrosecondArray::from(times).with_timezone("UTC")))
        }
    }
}

/// What the cells are together; `None` where all are empty.
fn kind_of_all(py: Python<'_>, name: &str, cells: &Cells<'_>) -> Result<Option<Kind>> {
    let mut found: Option<Kind> = None;
    for (row, cell) in cells.iter().enumerate() {
        let Some(cell) = cell else { continue };
        let refuse = |message: &str, hint: &str| {
            let cell = values::described(cell);
            Err(wrong_argument(py, &format!("row {} of column `{name}` is {cell}{message}", row + 1), hint))
        };
        let Some(kind) = kind_of(cell)? else {
            return refuse("", "give texts, numbers or aware datetimes");
        };
        found = Some(match (found, kind) {
            (None, kind) => kind,
            (Some(before), kind) if before == kind => kind,
            // Numbers of several kinds are exact together.
            (Some(Kind::Whole | Kind::Float | Kind::Decimal), Kind::Whole | Kind::Float | Kind::Decimal) => {
                Kind::Decimal
            }
            _ => {
                let hint = "give a column values of one kind, and None where there is none";
                return refuse(", of another kind than those before", hint);
            }
        });
    }
    Ok(found)
}

fn kind_of(cell: &Bound<'_, PyAny>) -> Result<Option<Kind>> {
    Ok(Some(match cell {
        _ if cell.is_instance_of::<PyString>() => Kind::Text,
        _ if cell.is_instance_of::<PyBool>() => Kind::Truth,
        _ if cell.is_instance_of::<PyInt>() => Kind::Whole,
        _ if cell.is_instance_of::<PyFloat>() => Kind::Float,
        _ if values::is_decimal(cell)? => Kind::Decimal,
        _ if values::is_time(cell)? => Kind::Time,
        // A list of numbers of numpy.
        _ if cell.hasattr("dtype")? && cell.hasattr("item")? => {
            return match cell.get_type().name()?.to_str()? {
                name if name.starts_with("bool") => Ok(Some(Kind::Truth)),
                name if name.starts_with("int") || name.starts_with("uint") => Ok(Some(Kind::Whole)),
                // Each by its own shortest text.
                name if name.starts_with("float") => Ok(Some(Kind::Decimal)),
                _ => Ok(None),
            };
        }
        _ => return Ok(None),
    }))
}

fn extracted<T: for<'a, 'py> FromPyObject<'a, 'py, Error = PyErr>>(
    cells: &Cells<'_>,
) -> Result<Vec<Option<T>>> {
    cells.iter().map(|cell| cell.as_ref().map(PyAnyMethods::extract).transpose()).collect()
}
