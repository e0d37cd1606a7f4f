//! Rows as columns of Arrow, for programs that compute with them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema};
use serde::Serialize;
use serde_json::Value;

use super::field_types::{FieldType, field_type};
use super::flat::fields;
use crate::column_types::{AMOUNT, HOLDS, RATE, decimals, time};
use crate::error::{Error, ErrorCode, Result};
use crate::time::Timestamp;

/// Rows as columns: the fields of their JSON, nested ones under dotted names as in CSV (`tier.cap`), with types.
///
/// Decimals are `Decimal128` (rates with 18 digits, 10 of them decimals; `holds` with 3 and 2; everything else with 38
/// and 18), whole numbers `Int64`, instants microseconds in UTC, and what is true or false is Boolean. Everything else
/// is text: names and words, and lists and objects as their JSON. The type of a field does not depend on the values,
/// except that one which some rows have as a list or an object is text.
///
/// Rows of several kinds give all the columns that one of them has, in the order in which they come, with null where a
/// row has none. A name that rows of two kinds use for two things is text then. No row gives no columns.
///
/// ```
/// use arrow_array::cast::AsArray;
/// use arrow_array::types::Decimal128Type;
/// use tierbook::render::record_batch;
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let tiers = record_batch(&rules.query("tiers of ACTUSDT as of 2026-02-07")?)?;
/// assert_eq!(tiers.num_rows(), 6);
/// let rates = tiers.column_by_name("mmr").unwrap().as_primitive::<Decimal128Type>();
/// assert_eq!(rates.value_as_string(1), "0.1000000000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A number has more digits than its column (`too_wide`); nothing is rounded. A value is not of the type of its field, or
/// a row has no fields (`not_columns`): it is no row of an answer then.
pub fn record_batch<R: Serialize>(rows: &[R]) -> Result<RecordBatch> {
    let mut columns = Columns::default();
    for (number, row) in rows.iter().enumerate() {
        let row = serde_json::to_value(row).map_err(|error| not_columns(number, &error.to_string()))?;
        if !row.is_object() {
            return Err(not_columns(number, "it has no fields"));
        }
        columns.add(number, fields(row));
    }
    let arrays =
        columns.list.into_iter().map(|column| column.finish(rows.len())).collect::<Result<Vec<_>>>()?;
    let fields: Vec<Field> =
        arrays.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let arrays = arrays.into_iter().map(|(_, array)| array).collect();
    // Without columns the number of rows is known from nothing else.
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|error| Error::new(ErrorCode::NotColumns, format!("the rows are no columns: {error}")))
}

#[derive(Default)]
struct Columns {
    list: Vec<Column>,
    places: HashMap<String, usize>,
}

struct Column {
    name: String,
    kind: FieldType,
    /// The cells of the first rows; what is missing at the end is null.
    cells: Vec<Value>,
}

impl Columns {
    fn add(&mut self, row: usize, fields: Vec<(String, Value)>) {
        let kinds: Vec<FieldType> =
            fields.iter().map(|(name, value)| cell_type(name, value, &fields)).collect();
        for ((name, value), kind) in fields.into_iter().zip(kinds) {
            let place = *self.places.entry(name).or_insert_with_key(|name| {
                self.list.push(Column { name: name.clone(), kind, cells: Vec::new() });
                self.list.len() - 1
            });
            let column = &mut self.list[place];
            if column.kind != kind {
                column.kind = FieldType::Text;
            }
            column.cells.resize(row, Value::Null);
            column.cells.push(value);
        }
    }
}

/// The type of a cell: that of its field, but for a list or an object, of which only the text is a cell.
fn cell_type(name: &str, value: &Value, row: &[(String, Value)]) -> FieldType {
    if value.is_array() || value.is_object() {
        return FieldType::Text;
    }
    field_type(name, |other| row.iter().any(|(name, _)| name == other))
}

impl Column {
    fn finish(mut self, rows: usize) -> Result<(String, ArrayRef)> {
        self.cells.resize(rows, Value::Null);
        let array = match self.kind {
            FieldType::Amount => self.decimals(AMOUNT)?,
            FieldType::Rate => self.decimals(RATE)?,
            FieldType::Holds => self.decimals(HOLDS)?,
            FieldType::Whole => {
                let mut column = Int64Builder::with_capacity(rows);
                self.each(whole, |cell| column.append_option(cell))?;
                Arc::new(column.finish())
            }
            FieldType::Time => {
                let mut column = TimestampMicrosecondBuilder::with_capacity(rows).with_data_type(time());
                self.each(instant, |cell| column.append_option(cell))?;
                Arc::new(column.finish())
            }
            FieldType::Flag => {
                let mut column = BooleanBuilder::with_capacity(rows);
                self.each(|cell| cell.as_bool().ok_or(Misfit::OtherType), |cell| column.append_option(cell))?;
                Arc::new(column.finish())
            }
            FieldType::Text => self.texts(),
        };
        Ok((self.name, array))
    }

    fn decimals(&self, digits: (u8, u8)) -> Result<ArrayRef> {
        let mut column = decimals(digits, self.cells.len());
        self.each(|cell| number(cell, digits), |cell| column.append_option(cell))?;
        Ok(Arc::new(column.finish()))
    }

    fn texts(&self) -> ArrayRef {
        let mut column = StringBuilder::new();
        for cell in &self.cells {
            match cell {
                Value::Null => column.append_null(),
                Value::String(text) => column.append_value(text),
                other => column.append_value(other.to_string()),
            }
        }
        Arc::new(column.finish())
    }

    /// Gives every cell to `append`, as `read` reads it; `None` for null.
    fn each<T>(
        &self,
        read: impl Fn(&Value) -> std::result::Result<T, Misfit>,
        mut append: impl FnMut(Option<T>),
    ) -> Result<()> {
        for (row, cell) in self.cells.iter().enumerate() {
            let value = if cell.is_null() { None } else { Some(read(cell)) };
            append(value.transpose().map_err(|misfit| self.error(row, cell, misfit))?);
        }
        Ok(())
    }

    fn error(&self, row: usize, cell: &Value, misfit: Misfit) -> Error {
        let cell = cell.as_str().map_or_else(|| cell.to_string(), str::to_string);
        match misfit {
            Misfit::TooWide => {
                let message = format!(
                    "row {}: `{}` is {cell}, which has more digits than its column",
                    row + 1,
                    self.name
                );
                Error::new(ErrorCode::TooWide, message)
                    .hint("take the rows as JSON, where numbers have any length")
            }
            Misfit::OtherType => {
                let wanted = match self.kind {
                    FieldType::Whole => "a whole number",
                    FieldType::Time => "an instant in RFC 3339",
                    FieldType::Flag => "true or false",
                    _ => "a decimal number",
                };
                not_columns(row, &format!("`{}` is {cell}, not {wanted}", self.name))
            }
        }
    }
}

fn not_columns(row: usize, why: &str) -> Error {
    Error::new(ErrorCode::NotColumns, format!("row {} is no row of an answer: {why}", row + 1))
        .hint("give rows of answers, with the fields of the JSON")
}

/// Why a cell is no value of its column.
enum Misfit {
    TooWide,
    OtherType,
}

fn whole(cell: &Value) -> std::result::Result<i64, Misfit> {
    cell.as_i64().ok_or(if cell.is_u64() { Misfit::TooWide } else { Misfit::OtherType })
}

fn instant(cell: &Value) -> std::result::Result<i64, Misfit> {
    let time = cell.as_str().and_then(Timestamp::parse_rfc3339);
    time.map(Timestamp::micros).ok_or(Misfit::OtherType)
}

/// A decimal as a whole number of the smallest part that its column has.
fn number(cell: &Value, (digits, decimals): (u8, u8)) -> std::result::Result<i128, Misfit> {
    let printed = if cell.is_number() { cell.to_string() } else { String::new() };
    let text = cell.as_str().unwrap_or(&printed);
    let (sign, size) = text.strip_prefix('-').map_or(("", text), |size| ("-", size));
    let (whole, fraction) = size.split_once('.').unwrap_or((size, "0"));
    if [whole, fraction].iter().any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Err(Misfit::OtherType);
    }
    let fraction = fraction.trim_end_matches('0');
    let decimals = usize::from(decimals);
    if fraction.len() > decimals || whole.trim_start_matches('0').len() + decimals > digits.into() {
        return Err(Misfit::TooWide);
    }
    format!("{sign}{whole}{fraction:0<decimals$}").parse().map_err(|_| Misfit::TooWide)
}
