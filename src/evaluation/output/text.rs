//! Parts as text: CSV and JSON lines.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowTimestampType, Decimal128Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use serde_json::Value;

use super::cannot_hold;
use crate::column_files::RAW_JSON;
use crate::decimal::{self, Decimal};
use crate::error::Result;

/// The first line of a CSV file.
///
/// # Errors
/// It cannot be written.
pub fn csv_header(schema: &Schema) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(schema.fields().iter().map(|field| field.name()));
    written.map_err(|error| cannot_hold("CSV", &error))?;
    writer.into_inner().map_err(|error| cannot_hold("CSV", &error))
}

/// The lines of a part as CSV: an absent value is an empty cell.
///
/// # Errors
/// A column has a type that text cannot have.
pub fn csv(batch: &RecordBatch) -> Result<Vec<u8>> {
    let arrays = without_zones(batch);
    let columns = columns(batch.schema_ref(), &arrays, "CSV")?;
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::with_capacity(1 << 20));
    let mut cell = String::new();
    for row in 0..batch.num_rows() {
        for column in &columns {
            cell.clear();
            column.write(row, &mut cell);
            let written = match (&column.kind, cell.starts_with('"')) {
                (Kind::Json(_), true) => {
                    let text: String = serde_json::from_str(&cell).unwrap_or_else(|_| cell.clone());
                    writer.write_field(text)
                }
                _ => writer.write_field(&cell),
            };
            written.map_err(|error| cannot_hold("CSV", &error))?;
        }
        writer.write_record(None::<&[u8]>).map_err(|error| cannot_hold("CSV", &error))?;
    }
    writer.into_inner().map_err(|error| cannot_hold("CSV", &error))
}

/// The lines of a part as JSON: decimals are texts, so that no reader makes floats of them.
///
/// # Errors
/// A column has a type that text cannot have.
pub fn json_lines(batch: &RecordBatch) -> Result<Vec<u8>> {
    let arrays = without_zones(batch);
    let columns = columns(batch.schema_ref(), &arrays, "JSON")?;
    let names: Vec<String> = batch
        .schema_ref()
        .fields()
        .iter()
        .map(|field| Value::from(field.name().as_str()).to_string())
        .collect();
    let mut text = String::with_capacity(1 << 20);
    let mut cell = String::new();
    for row in 0..batch.num_rows() {
        for (place, (column, name)) in columns.iter().zip(&names).enumerate() {
            text.push_str(if place == 0 { "{" } else { "," });
            text.push_str(name);
            text.push(':');
            cell.clear();
            column.write(row, &mut cell);
            match &column.kind {
                _ if column.array.is_null(row) => text.push_str("null"),
                Kind::Json(_) | Kind::Number(_) => text.push_str(&cell),
                _ => text.push_str(&Value::from(cell.as_str()).to_string()),
            }
        }
        text.push_str("}\n");
    }
    Ok(text.into_bytes())
}

struct Column<'a> {
    array: &'a dyn Array,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// Texts.
    Text(&'a arrow_array::StringArray),
    /// Values as JSON.
    Json(&'a arrow_array::StringArray),
    /// Decimals with so many digits after the point.
    Decimal(&'a arrow_array::Decimal128Array, u32),
    /// What JSON writes without quotes.
    Number(ArrayFormatter<'a>),
    /// Times of the clock in UTC.
    Utc(ArrayFormatter<'a>),
    /// Anything else.
    Other(ArrayFormatter<'a>),
}

/// The columns, times of a zone as those of the clock in UTC.
fn without_zones(batch: &RecordBatch) -> Vec<ArrayRef> {
    let plain = |array: &ArrayRef| -> ArrayRef {
        let DataType::Timestamp(unit, Some(_)) = array.data_type() else { return array.clone() };
        match unit {
            TimeUnit::Second => in_utc::<TimestampSecondType>(array),
            TimeUnit::Millisecond => in_utc::<TimestampMillisecondType>(array),
            TimeUnit::Microsecond => in_utc::<TimestampMicrosecondType>(array),
            TimeUnit::Nanosecond => in_utc::<TimestampNanosecondType>(array),
        }
    };
    batch.columns().iter().map(plain).collect()
}

fn in_utc<T: ArrowTimestampType>(array: &ArrayRef) -> ArrayRef {
    Arc::new(array.as_primitive::<T>().clone().with_timezone_opt(None::<&str>))
}

fn columns<'a>(schema: &Schema, arrays: &'a [ArrayRef], form: &str) -> Result<Vec<Column<'a>>> {
    let column = |(field, array): (&Arc<Field>, &'a ArrayRef)| {
        let is_json = field.metadata().get(RAW_JSON.0).is_some_and(|value| value == RAW_JSON.1);
        let formatter = || {
            let formatter = ArrayFormatter::try_new(array.as_ref(), &OPTIONS);
            formatter.map_err(|error| cannot_hold(form, &error))
        };
        let kind = match array.data_type() {
            DataType::Utf8 if is_json => Kind::Json(array.as_string()),
            DataType::Utf8 => Kind::Text(array.as_string()),
            DataType::Decimal128(_, scale @ 0..=28) => {
                Kind::Decimal(array.as_primitive::<Decimal128Type>(), scale.unsigned_abs().into())
            }
            kind if kind.is_integer() || kind == &DataType::Boolean => Kind::Number(formatter()?),
            kind if kind.is_floating() && all_finite(array) => Kind::Number(formatter()?),
            DataType::Timestamp(..) if matches!(field.data_type(), DataType::Timestamp(_, Some(_))) => {
                Kind::Utc(formatter()?)
            }
            _ => Kind::Other(formatter()?),
        };
        Ok(Column { array: array.as_ref(), kind })
    };
    schema.fields().iter().zip(arrays).map(column).collect()
}

const OPTIONS: FormatOptions<'static> = FormatOptions::new();

/// JSON has no NaN and no infinity.
fn all_finite(array: &ArrayRef) -> bool {
    let doubles = arrow_cast::cast(array, &DataType::Float64);
    doubles.is_ok_and(|array| {
        array.as_primitive::<arrow_array::types::Float64Type>().iter().flatten().all(f64::is_finite)
    })
}

impl Column<'_> {
    /// Adds the text of a cell; nothing where it is absent.
    fn write(&self, row: usize, cell: &mut String) {
        if self.array.is_null(row) {
            return;
        }
        match &self.kind {
            Kind::Text(array) | Kind::Json(array) => cell.push_str(array.value(row)),
            Kind::Decimal(array, scale) => {
                match Decimal::try_from_i128_with_scale(array.value(row), *scale) {
                    Ok(value) => cell.push_str(&decimal::canonical(value)),
                    Err(_) => cell.push_str(&array.value_as_string(row)),
                }
            }
            Kind::Utc(formatter) => {
                cell.push_str(&formatter.value(row).to_string());
                cell.push('Z');
            }
            Kind::Number(formatter) | Kind::Other(formatter) => {
                cell.push_str(&formatter.value(row).to_string());
            }
        }
    }
}
