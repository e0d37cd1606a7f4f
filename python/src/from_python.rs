//! A list of Python values, or an array of numpy, as a column.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{
    ArrayRef, BooleanArray, Decimal128Array, Float32Array, Float64Array, Int64Array, NullArray,
    TimestampMicrosecondArray,
};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};
use tierbook::Decimal;

use crate::errors::{Result, not_columns, raise, wrong_argument};
use crate::values;

/// The most digits of a decimal column.
const DIGITS: u8 = 38;

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
    if values.is_instance_of::<PyString>() || !values.hasattr("__iter__")? {
        let message = format!("column `{name}` is {}, not a list", values.get_type().name()?);
        return Err(wrong_argument(
            py,
            &message,
            "give every column as a list, or as an array of numpy, Polars, pandas or pyarrow",
        ));
    }
    if let Some(dtype) = values.getattr_opt("dtype")? {
        let kind = dtype.getattr_opt("kind")?.map(|kind| kind.to_string()).unwrap_or_default();
        let size: usize = dtype.getattr_opt("itemsize")?.map_or(Ok(0), |size| size.extract())?;
        match (kind.as_str(), size) {
            ("M", _) => return datetime64(values),
            ("f", 4) => {
                let cells: Vec<f64> = values.call_method0("tolist")?.extract()?;
                return Ok(Arc::new(
                    cells.into_iter().map(|cell| Some(cell as f32)).collect::<Float32Array>(),
                ));
            }
            _ => {}
        }
    }
    // An array of numpy gives values of Python this way.
    let values = if values.hasattr("tolist")? { values.call_method0("tolist")? } else { values.clone() };
    let cells: Vec<Option<Bound<'_, PyAny>>> = values
        .try_iter()?
        .map(|cell| cell.map(|cell| Some(cell).filter(|cell| !cell.is_none())))
        .collect::<Result<_>>()?;
    of_cells(name, &cells)
}

/// An array of numpy with times, which have no zone and are in UTC.
fn datetime64(values: &Bound<'_, PyAny>) -> Result<ArrayRef> {
    let micros = values.call_method1("astype", ("datetime64[us]",))?.call_method1("astype", ("int64",))?;
    let micros: Vec<i64> = micros.call_method0("tolist")?.extract()?;
    // numpy's `NaT` is the least number.
    let times = micros.into_iter().map(|micros| Some(micros).filter(|micros| *micros != i64::MIN));
    Ok(Arc::new(times.collect::<TimestampMicrosecondArray>().with_timezone("UTC")))
}

fn of_cells(name: &str, cells: &[Option<Bound<'_, PyAny>>]) -> Result<ArrayRef> {
    let mut found: Option<Kind> = None;
    for (row, cell) in cells.iter().enumerate() {
        let Some(cell) = cell else { continue };
        let kind = kind_of(name, row, cell)?;
        found = Some(match (found, kind) {
            (None, kind) => kind,
            (Some(before), kind) if before == kind => kind,
            // Numbers of several kinds are exact together.
            (Some(Kind::Whole | Kind::Float | Kind::Decimal), Kind::Whole | Kind::Float | Kind::Decimal) => {
                Kind::Decimal
            }
            _ => {
                let message = format!(
                    "column `{name}` has values of several kinds; row {} is {}",
                    row + 1,
                    cell.repr()?
                );
                return Err(wrong_argument(
                    cell.py(),
                    &message,
                    "give a column values of one kind, and None where there is none",
                ));
            }
        });
    }
    match found {
        None => Ok(Arc::new(NullArray::new(cells.len()))),
        Some(Kind::Text) => {
            let mut texts = StringBuilder::new();
            for cell in cells {
                match cell {
                    Some(cell) => texts.append_value(cell.cast::<PyString>()?.to_str()?),
                    None => texts.append_null(),
                }
            }
            Ok(Arc::new(texts.finish()))
        }
        Some(Kind::Truth) => Ok(Arc::new(extracted::<bool>(cells)?.into_iter().collect::<BooleanArray>())),
        Some(Kind::Whole) => match extracted::<i64>(cells) {
            Ok(cells) => Ok(Arc::new(cells.into_iter().collect::<Int64Array>())),
            Err(_) => decimals(name, cells),
        },
        Some(Kind::Float) => Ok(Arc::new(extracted::<f64>(cells)?.into_iter().collect::<Float64Array>())),
        Some(Kind::Decimal) => decimals(name, cells),
        Some(Kind::Time) => {
            let time = |cell: &Option<Bound<'_, PyAny>>| {
                cell.as_ref()
                    .map(|cell| values::time(cell, name).map(tierbook::Timestamp::micros))
                    .transpose()
            };
            let times: Vec<Option<i64>> = cells.iter().map(time).collect::<Result<_>>()?;
            Ok(Arc::new(times.into_iter().collect::<TimestampMicrosecondArray>().with_timezone("UTC")))
        }
    }
}

fn extracted<T: for<'a, 'py> FromPyObject<'a, 'py, Error = PyErr>>(
    cells: &[Option<Bound<'_, PyAny>>],
) -> Result<Vec<Option<T>>> {
    cells.iter().map(|cell| cell.as_ref().map(|cell| cell.extract::<T>()).transpose()).collect()
}

fn kind_of(name: &str, row: usize, cell: &Bound<'_, PyAny>) -> Result<Kind> {
    let kind = cell.get_type().name()?.to_string();
    Ok(match kind.as_str() {
        _ if cell.is_instance_of::<PyString>() => Kind::Text,
        _ if cell.is_instance_of::<PyBool>() => Kind::Truth,
        _ if cell.is_instance_of::<PyInt>() => Kind::Whole,
        _ if cell.is_instance_of::<PyFloat>() => Kind::Float,
        "Decimal" => Kind::Decimal,
        _ if cell.hasattr("utcoffset")? || cell.hasattr("isoformat")? => Kind::Time,
        _ => {
            let message = format!("row {} of column `{name}` is {} ({kind})", row + 1, cell.repr()?);
            return Err(wrong_argument(cell.py(), &message, "give texts, numbers or aware datetimes"));
        }
    })
}

/// Numbers with as many decimals as the one that has most.
fn decimals(name: &str, cells: &[Option<Bound<'_, PyAny>>]) -> Result<ArrayRef> {
    let read =
        |cell: &Option<Bound<'_, PyAny>>| cell.as_ref().map(|cell| values::decimal(cell, name)).transpose();
    let numbers: Vec<Option<Decimal>> = cells.iter().map(read).collect::<Result<_>>()?;
    let scale = numbers.iter().flatten().map(|number| number.normalize().scale()).max().unwrap_or(0);
    let mut units = Vec::with_capacity(numbers.len());
    for (row, number) in numbers.iter().enumerate() {
        let whole = number.map(|number| {
            let number = number.normalize();
            let power = 10_i128.checked_pow(scale - number.scale())?;
            number
                .mantissa()
                .checked_mul(power)
                .filter(|units| units.unsigned_abs() < 10_u128.pow(DIGITS.into()))
        });
        match whole {
            Some(None) => {
                let py = cells.iter().flatten().next().map(Bound::py);
                let error = not_columns(format!(
                    "row {} of column `{name}` has too many digits for one column",
                    row + 1
                ))
                .hint("give the column as texts");
                return Err(py.map_or_else(
                    || pyo3::exceptions::PyValueError::new_err("too many digits"),
                    |py| raise(py, &error),
                ));
            }
            other => units.push(other.flatten()),
        }
    }
    let array = units.into_iter().collect::<Decimal128Array>().with_precision_and_scale(DIGITS, scale as i8);
    array
        .map(|array| Arc::new(array) as ArrayRef)
        .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
}
