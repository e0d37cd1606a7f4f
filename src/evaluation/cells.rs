//! The cells of a column, whatever its type: texts, amounts, whole numbers and times.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Float32Type, Float64Type, Int64Type, TimestampMicrosecondType, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, TimeUnit};

use super::input::RAW_JSON;
use crate::cells::{self, CellTimes};
use crate::decimal::{self, Decimal};
use crate::error::{Error, ErrorCode, Result};
use crate::time::Timestamp;

/// A column of one of the types that questions are read from.
pub enum Column {
    /// Texts, as they are, or as JSON values.
    Texts { array: ArrayRef, is_json: bool },
    /// Whole numbers.
    Whole(ArrayRef),
    /// Exact decimals with so many digits after the point.
    Decimals(ArrayRef, u32),
    /// Floats.
    Floats(ArrayRef),
    /// Microseconds since 1970; without a zone where the second is true.
    Times(ArrayRef, bool),
}

impl Column {
    /// The column of a file.
    ///
    /// # Errors
    /// Its type is none that questions can be read from.
    pub fn of(array: &ArrayRef, field: &Field) -> Result<Column> {
        let is_json = field.metadata().get(RAW_JSON.0).is_some_and(|value| value == RAW_JSON.1);
        let texts = |array| Ok(Column::Texts { array, is_json });
        let into = |kind: DataType| cast(array, &kind, field);
        match array.data_type() {
            DataType::Utf8View => texts(array.clone()),
            DataType::Utf8 | DataType::LargeUtf8 => texts(into(DataType::Utf8View)?),
            DataType::Dictionary(_, values) if values.is_string() => texts(into(DataType::Utf8View)?),
            DataType::Dictionary(_, values) => Column::of(&into((**values).clone())?, field),
            kind if kind.is_unsigned_integer() => Ok(Column::Whole(into(DataType::UInt64)?)),
            kind if kind.is_signed_integer() => Ok(Column::Whole(into(DataType::Int64)?)),
            DataType::Float32 | DataType::Float64 => Ok(Column::Floats(array.clone())),
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale)
                if *scale >= 0 =>
            {
                let scale = *scale;
                Ok(Column::Decimals(into(DataType::Decimal128(38, scale))?, scale.unsigned_abs().into()))
            }
            DataType::Timestamp(_, zone) => {
                let kind = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
                Ok(Column::Times(into(kind)?, zone.is_none()))
            }
            DataType::Date32 | DataType::Date64 => {
                Ok(Column::Times(into(DataType::Timestamp(TimeUnit::Microsecond, None))?, true))
            }
            DataType::Null => texts(into(DataType::Utf8View)?),
            other => {
                let message =
                    format!("column `{}` has the type {other}, which no question is in", field.name());
                Err(Error::new(ErrorCode::NotColumns, message).hint("convert it to text, numbers or times"))
            }
        }
    }

    /// Whether it has times without a zone.
    pub fn lacks_zone(&self) -> bool {
        matches!(self, Column::Times(_, true))
    }

    /// The text of a cell, without blanks around it; an error where it is empty or no text.
    pub fn text(&self, row: usize) -> Result<Text<'_>> {
        let Column::Texts { array, is_json } = self else {
            return Err(unreadable(ErrorCode::NotAName, "it is no text", "write a name like ACTUSDT"));
        };
        let raw = if array.is_null(row) { "" } else { array.as_string_view().value(row) };
        let text = match (is_json, raw.as_bytes().first()) {
            (true, Some(b'"')) if raw.contains('\\') => match serde_json::from_str::<String>(raw) {
                Ok(text) => {
                    return if text.trim().is_empty() {
                        Err(empty())
                    } else {
                        Ok(Text::Owned(text.trim().into()))
                    };
                }
                Err(_) => raw,
            },
            (true, Some(b'"')) => &raw[1..raw.len() - 1],
            _ => raw,
        };
        let text = text.trim();
        if text.is_empty() { Err(empty()) } else { Ok(Text::Borrowed(text)) }
    }

    /// An amount; a negative one is the size of a short.
    pub fn amount(&self, row: usize) -> Result<Decimal> {
        self.check_there(row)?;
        let amount = match self {
            Column::Texts { .. } => return cells::amount(&self.text(row)?),
            Column::Whole(array) => Some(Decimal::from(whole(array, row))),
            Column::Decimals(array, scale) => {
                Decimal::try_from_i128_with_scale(array.as_primitive::<Decimal128Type>().value(row), *scale)
                    .ok()
            }
            Column::Floats(array) => exact(float(array, row)),
            Column::Times(..) => None,
        };
        let refuse = || {
            unreadable(ErrorCode::NotANumber, "it is no amount that can be read", "write a number like 60000")
        };
        amount.map(|amount| amount.abs()).ok_or_else(refuse)
    }

    /// A leverage.
    pub fn leverage(&self, row: usize) -> Result<u32> {
        self.check_there(row)?;
        let text = match self {
            Column::Texts { .. } => self.text(row)?.to_string(),
            _ => decimal::canonical(self.amount(row)?),
        };
        let plain = text.trim_end_matches(['x', 'X']);
        let whole = plain.strip_suffix(".0").unwrap_or(plain);
        whole.parse().ok().filter(|leverage| *leverage > 0).ok_or_else(|| {
            unreadable(
                ErrorCode::NotALeverage,
                &format!("`{text}` is not a leverage"),
                "write a whole number: 10",
            )
        })
    }

    /// A time.
    pub fn time(&self, row: usize, times: CellTimes) -> Result<Timestamp> {
        self.check_there(row)?;
        let found = match self {
            Column::Texts { .. } => return cells::time(&self.text(row)?, times),
            Column::Whole(array) => i64::try_from(whole(array, row)).ok().and_then(cells::epoch_of),
            Column::Floats(array) => {
                let text = exact(float(array, row)).map(decimal::canonical);
                return cells::time(&text.unwrap_or_default(), times);
            }
            Column::Decimals(..) => {
                return cells::time(&decimal::canonical(self.amount(row)?), times);
            }
            Column::Times(array, _) => {
                let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
                // Without a zone it is the time of a clock there.
                let micros =
                    times.zone.filter(|_| self.lacks_zone()).map_or(Some(micros), |zone| zone.to_utc(micros));
                micros.and_then(Timestamp::from_micros)
            }
        };
        found.ok_or_else(|| {
            let hint = "times are counts since 1970 in s, ms, µs or ns, or texts like 2026-02-06T07:00Z";
            unreadable(ErrorCode::NotATimestamp, "it is no time that can be read", hint)
        })
    }

    fn check_there(&self, row: usize) -> Result<()> {
        let array = match self {
            Column::Texts { array, .. }
            | Column::Whole(array)
            | Column::Decimals(array, _)
            | Column::Floats(array)
            | Column::Times(array, _) => array,
        };
        if array.is_null(row) { Err(empty()) } else { Ok(()) }
    }
}

/// A text of a cell.
pub type Text<'a> = std::borrow::Cow<'a, str>;

fn empty() -> Error {
    unreadable(ErrorCode::ValueMissing, "it is empty", "fill it in, or leave the row out")
}

fn unreadable(code: ErrorCode, what: &str, hint: &str) -> Error {
    Error::new(code, what).hint(hint)
}

fn whole(array: &ArrayRef, row: usize) -> i128 {
    match array.data_type() {
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
        _ => array.as_primitive::<Int64Type>().value(row).into(),
    }
}

/// The shortest decimal that means a float, as other programs print it.
fn exact(float: Float) -> Option<Decimal> {
    let Float::Double(value) = float else {
        let Float::Single(value) = float else { return None };
        return decimal::parse_scientific(value.abs().to_string().as_str());
    };
    let value = value.abs();
    for (scale, power) in [(0, 1.0), (2, 1e2), (4, 1e4), (8, 1e8)] {
        let units = value * power;
        // With at most 15 digits, one decimal alone means the float.
        if units < 1e15 && units.fract() == 0.0 && (units / power).to_bits() == value.to_bits() {
            return Some(Decimal::new(units as i64, scale));
        }
    }
    decimal::parse_scientific(&value.to_string())
}

enum Float {
    Single(f32),
    Double(f64),
}

fn float(array: &ArrayRef, row: usize) -> Float {
    match array.data_type() {
        DataType::Float32 => Float::Single(array.as_primitive::<Float32Type>().value(row)),
        _ => Float::Double(array.as_primitive::<Float64Type>().value(row)),
    }
}

/// A column as another type that has all its values.
fn cast(array: &ArrayRef, kind: &DataType, field: &Field) -> Result<ArrayRef> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, kind, &options).map_err(|error| {
        Error::new(ErrorCode::NotColumns, format!("column `{}` cannot be read: {error}", field.name()))
            .hint("convert it to text, numbers or times")
    })
}
