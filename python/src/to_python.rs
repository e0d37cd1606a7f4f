//! A column as values of Python.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_cast::display::FormatOptions;
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, TimeUnit};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tierbook_arrow_reader::not_columns;

use crate::errors::{Result, raise};
use crate::values::{many_to_decimal, to_datetime, units_to_decimal};

/// What does not fit is an error, not empty.
const LOSSLESS: CastOptions<'static> = CastOptions { safe: false, format_options: FormatOptions::new() };

type Cells<'py> = Vec<Bound<'py, PyAny>>;

/// The cells of a column: `Decimal`, `int`, `float`, `str`, `bool`, aware `datetime`, `None`.
///
/// # Errors
/// The column has a type that none of these is; `to_arrow` has all.
pub fn column<'py>(py: Python<'py>, array: &ArrayRef, field: &Field) -> Result<Cells<'py>> {
    macro_rules! primitive {
        ($kind:ty) => {{
            let array = array.as_primitive::<$kind>();
            cells(py, array, |row| array.value(row).into_bound_py_any(py))
        }};
    }
    match array.data_type() {
        DataType::Null => Ok(vec![py.None().into_bound(py); array.len()]),
        DataType::Boolean => cells(py, array, |row| array.as_boolean().value(row).into_bound_py_any(py)),
        DataType::Int8 => primitive!(Int8Type),
        DataType::Int16 => primitive!(Int16Type),
        DataType::Int32 => primitive!(Int32Type),
        DataType::Int64 => primitive!(Int64Type),
        DataType::UInt8 => primitive!(UInt8Type),
        DataType::UInt16 => primitive!(UInt16Type),
        DataType::UInt32 => primitive!(UInt32Type),
        DataType::UInt64 => primitive!(UInt64Type),
        DataType::Float32 => primitive!(Float32Type),
        DataType::Float64 => primitive!(Float64Type),
        DataType::Utf8 => cells(py, array, |row| array.as_string::<i32>().value(row).into_bound_py_any(py)),
        DataType::Utf8View => cells(py, array, |row| array.as_string_view().value(row).into_bound_py_any(py)),
        DataType::Decimal128(_, scale) => {
            let units = array.as_primitive::<Decimal128Type>();
            cells(py, array, |row| units_to_decimal(py, units.value(row), *scale))
        }
        DataType::Decimal256(_, scale) => {
            let units = array.as_primitive::<Decimal256Type>();
            cells(py, array, |row| many_to_decimal(py, &units.value(row).to_string(), *scale))
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>();
            let time = |row| match zone {
                Some(_) => to_datetime(py, micros.value(row)),
                // A clock time, of which the table does not say where.
                None => without_zone(&to_datetime(py, micros.value(row))?),
            };
            cells(py, array, |row| time(row).map_err(|_| no_value(py, field)))
        }
        DataType::Date32 | DataType::Date64 => {
            let kind = DataType::Timestamp(TimeUnit::Microsecond, None);
            let times = cast_with_options(array, &kind, &LOSSLESS).map_err(|_| no_value(py, field))?;
            let micros = times.as_primitive::<TimestampMicrosecondType>();
            let date = |row| to_datetime(py, micros.value(row))?.call_method0("date");
            cells(py, array, |row| date(row).map_err(|_| no_value(py, field)))
        }
        other => match plainer(other) {
            Some(kind) => {
                let array = cast_with_options(array, &kind, &LOSSLESS).map_err(|_| no_value(py, field))?;
                column(py, &array, field)
            }
            None => Err(no_value(py, field)),
        },
    }
}

/// A time as that of a clock.
fn without_zone<'py>(time: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>> {
    let no_zone = PyDict::new(time.py());
    no_zone.set_item("tzinfo", time.py().None())?;
    time.call_method("replace", (), Some(&no_zone))
}

/// A type that has the same values and is read above.
fn plainer(kind: &DataType) -> Option<DataType> {
    Some(match kind {
        DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Float16 => DataType::Float32,
        DataType::Dictionary(_, values) => (**values).clone(),
        DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) => DataType::Decimal128(38, *scale),
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        _ => return None,
    })
}

fn cells<'py>(
    py: Python<'py>,
    array: &dyn Array,
    value: impl Fn(usize) -> Result<Bound<'py, PyAny>>,
) -> Result<Cells<'py>> {
    let cell = |row| if array.is_null(row) { Ok(py.None().into_bound(py)) } else { value(row) };
    (0..array.len()).map(cell).collect()
}

fn no_value(py: Python<'_>, field: &Field) -> PyErr {
    let message = format!(
        "column `{}` has the type {}, which is no value of Python here",
        field.name(),
        field.data_type()
    );
    raise(py, &not_columns(message).hint("read the table with to_polars, to_pandas or to_arrow"))
}
