//! Arrays of numbers and times of numpy, and of pandas before its version 3, by their bytes.

use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_buffer::{Buffer, NullBuffer, ScalarBuffer};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::{Result, wrong_argument};

/// The column of an array of numbers or times; `None` of anything else.
///
/// # Errors
/// It has several dimensions.
pub fn column(name: &str, values: &Bound<'_, PyAny>) -> Result<Option<ArrayRef>> {
    let Some(values) = plain(values)? else { return Ok(None) };
    let shape: Vec<usize> = values.getattr("shape")?.extract()?;
    if shape.len() != 1 {
        let message = format!("column `{name}` has {} dimensions", shape.len());
        return Err(wrong_argument(values.py(), &message, "give one dimension"));
    }
    let dtype = values.getattr("dtype")?;
    let kind: String = dtype.getattr("kind")?.extract()?;
    let size: usize = dtype.getattr("itemsize")?.extract()?;
    Ok(Some(match (kind.as_str(), size) {
        ("i", 1) => numbers::<Int8Type>(&values, "<i1")?,
        ("i", 2) => numbers::<Int16Type>(&values, "<i2")?,
        ("i", 4) => numbers::<Int32Type>(&values, "<i4")?,
        ("i", 8) => numbers::<Int64Type>(&values, "<i8")?,
        ("u", 1) => numbers::<UInt8Type>(&values, "<u1")?,
        ("u", 2) => numbers::<UInt16Type>(&values, "<u2")?,
        ("u", 4) => numbers::<UInt32Type>(&values, "<u4")?,
        ("u", 8) => numbers::<UInt64Type>(&values, "<u8")?,
        ("f", 2) => numbers::<Float16Type>(&values, "<f2")?,
        ("f", 4) => numbers::<Float32Type>(&values, "<f4")?,
        ("f", 8) => numbers::<Float64Type>(&values, "<f8")?,
        ("M", _) => times(&values, &dtype)?,
        _ => return Ok(None),
    }))
}

/// The array of numpy that a value is or gives. Masked ones are read value by value.
fn plain<'py>(values: &Bound<'py, PyAny>) -> Result<Option<Bound<'py, PyAny>>> {
    let Some(dtype) = values.getattr_opt("dtype")? else { return Ok(None) };
    let module = |object: &Bound<'_, PyAny>| object.get_type().module().map(|name| name.to_string());
    if let Some(convert) = values.getattr_opt("to_numpy")? {
        // A column of pandas: with a zone it gives its times in UTC.
        if dtype.hasattr("tz")? {
            let naive = PyDict::new(values.py());
            naive.set_item("dtype", "datetime64[ns]")?;
            return convert.call((), Some(&naive)).map(Some);
        }
        return if module(&dtype)?.starts_with("numpy") { convert.call0().map(Some) } else { Ok(None) };
    }
    let is_array = module(values)? == "numpy" && !values.hasattr("mask")? && values.hasattr("tobytes")?;
    Ok(is_array.then(|| values.clone()))
}

fn bytes(values: &Bound<'_, PyAny>, dtype: &str) -> Result<Buffer> {
    let bytes = values.call_method1("astype", (dtype,))?.call_method0("tobytes")?;
    Ok(Buffer::from(bytes.cast::<PyBytes>()?.as_bytes()))
}

fn numbers<T: ArrowPrimitiveType>(values: &Bound<'_, PyAny>, dtype: &str) -> Result<ArrayRef> {
    Ok(Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(bytes(values, dtype)?), None)))
}

/// Times, which have no zone and are in UTC.
fn times(values: &Bound<'_, PyAny>, dtype: &Bound<'_, PyAny>) -> Result<ArrayRef> {
    let text: String = dtype.getattr("str")?.extract()?;
    match text.split(['[', ']']).nth(1) {
        Some(unit) if unit.ends_with("us") => times_of::<TimestampMicrosecondType>(values, "us"),
        Some(unit) if unit.ends_with("ms") => times_of::<TimestampMillisecondType>(values, "ms"),
        // Arrow has no shorter unit, and none longer than a second.
        Some(unit) if ["ns", "ps", "fs", "as"].iter().any(|short| unit.ends_with(short)) => {
            times_of::<TimestampNanosecondType>(values, "ns")
        }
        _ => times_of::<TimestampSecondType>(values, "s"),
    }
}

fn times_of<T>(values: &Bound<'_, PyAny>, unit: &str) -> Result<ArrayRef>
where
    T: arrow_array::types::ArrowTimestampType,
{
    let values = values.call_method1("astype", (format!("datetime64[{unit}]"),))?;
    let counts = ScalarBuffer::<i64>::from(bytes(&values, "<i8")?);
    // numpy's `NaT` is the least number.
    let filled: NullBuffer = counts.iter().map(|count| *count != i64::MIN).collect();
    let filled = Some(filled).filter(|filled| filled.null_count() > 0);
    let times: Arc<dyn Array> = Arc::new(PrimitiveArray::<T>::new(counts, filled).with_timezone("UTC"));
    Ok(times)
}
