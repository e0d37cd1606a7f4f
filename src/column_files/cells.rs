//! The cells of a column, whatever its type: texts, amounts, whole numbers and times.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Float32Type, Float64Type, Int64Type, TimestampMicrosecondType, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, Decimal128Array, Float32Array, Float64Array, Int64Array, StringViewArray,
    TimestampMicrosecondArray, UInt64Array,
};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, TimeUnit};

use super::RAW_JSON;
use crate::cells::{self, CellTimes};
use crate::decimal::{self, Decimal};
use crate::error::{Error, ErrorCode, Result};
use crate::time::Timestamp;

/// A column of one of the types that questions are read from.
pub enum Column {
    /// Texts, as they are, or as JSON values.
    Texts { array: StringViewArray, is_json: bool },
    /// Whole numbers.
    Whole(Int64Array),
    /// Whole numbers that are not below zero.
    Unsigned(UInt64Array),
    /// Exact decimals with so many digits after the point.
    Decimals(Decimal128Array, u32),
    /// Floats.
    Floats(Float64Array),
    /// Floats of half the digits.
    Singles(Float32Array),
    /// Microseconds since 1970; without a zone where the second is true.
    Times(TimestampMicrosecondArray, bool),
}

impl Column {
    /// The column of a file.
    ///
    /// # Errors
    /// Its type is none that questions can be read from.
    pub fn of(array: &ArrayRef, field: &Field) -> Result<Column> {
        let is_json = field.metadata().get(RAW_JSON.0).is_some_and(|value| value == RAW_JSON.1);
        let texts = |array: ArrayRef| Ok(Column::Texts { array: array.as_string_view().clone(), is_json });
        let into = |kind: DataType| cast(array, &kind, field);
        match array.data_type() {
            DataType::Utf8View => texts(array.clone()),
            DataType::Utf8 | DataType::LargeUtf8 => texts(into(DataType::Utf8View)?),
            DataType::Dictionary(_, values) if values.is_string() => texts(into(DataType::Utf8View)?),
            DataType::Dictionary(_, values) => Column::of(&into((**values).clone())?, field),
            kind if kind.is_unsigned_integer() => {
                Ok(Column::Unsigned(into(DataType::UInt64)?.as_primitive::<UInt64Type>().clone()))
            }
            kind if kind.is_signed_integer() => {
                Ok(Column::Whole(into(DataType::Int64)?.as_primitive::<Int64Type>().clone()))
            }
            DataType::Float32 => Ok(Column::Singles(array.as_primitive::<Float32Type>().clone())),
            DataType::Float64 => Ok(Column::Floats(array.as_primitive::<Float64Type>().clone())),
            DataType::Decimal128(_, scale) if *scale >= 0 => {
                let decimals = array.as_primitive::<Decimal128Type>().clone();
                Ok(Column::Decimals(decimals, scale.unsigned_abs().into()))
            }
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal256(_, scale)
                if *scale >= 0 =>
            {
                let decimals = into(DataType::Decimal128(38, *scale))?;
                let decimals = decimals.as_primitive::<Decimal128Type>().clone();
                Ok(Column::Decimals(decimals, scale.unsigned_abs().into()))
            }
            DataType::Timestamp(_, zone) => {
                let kind = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
                let times = into(kind)?.as_primitive::<TimestampMicrosecondType>().clone();
                Ok(Column::Times(times, zone.is_none()))
            }
            DataType::Date32 | DataType::Date64 => {
                let times = into(DataType::Timestamp(TimeUnit::Microsecond, None))?;
                Ok(Column::Times(times.as_primitive::<TimestampMicrosecondType>().clone(), true))
            }
            DataType::Null => texts(into(DataType::Utf8View)?),
            other => {
                let message =
                    format!("column `{}` has the type {other}, which is not read here", field.name());
                Err(Error::new(ErrorCode::NotColumns, message).hint("convert it to text, numbers or times"))
            }
        }
    }

    /// As [`Column::of`]; a column of true and false is one of these words.
    ///
    /// # Errors
    /// As [`Column::of`].
    pub fn with_flags(array: &ArrayRef, field: &Field) -> Result<Column> {
        match array.data_type() {
            DataType::Boolean => Column::of(&cast(array, &DataType::Utf8View, field)?, field),
            _ => Column::of(array, field),
        }
    }

    /// Whether its type is one of times.
    pub fn has_times(&self) -> bool {
        matches!(self, Column::Times(..))
    }

    /// Whether its type is one of numbers.
    pub fn has_numbers(&self) -> bool {
        !self.has_times() && !matches!(self, Column::Texts { .. })
    }

    /// Whether it has times without a zone.
    pub fn lacks_zone(&self) -> bool {
        matches!(self, Column::Times(_, true))
    }

    /// The view of the text of a cell; `None` where there is none, or it is JSON.
    #[inline]
    pub fn view(&self, row: usize) -> Option<u128> {
        match self {
            Column::Texts { array, is_json: false } if array.is_valid(row) => Some(array.views()[row]),
            _ => None,
        }
    }

    /// Whether a cell has nothing in it.
    pub fn is_empty(&self, row: usize) -> bool {
        match self {
            Column::Texts { array, is_json } if array.is_valid(row) => {
                matches!((is_json, array.value(row).trim()), (_, "") | (true, "\"\"" | "null"))
            }
            _ => self.check_there(row).is_err(),
        }
    }

    /// The text of a cell, without blanks around it; an error where it is empty or no text.
    pub fn text(&self, row: usize) -> Result<Text<'_>> {
        let Column::Texts { array, is_json } = self else {
            return Err(unreadable(ErrorCode::NotAName, "it is no text", "write a name like ACTUSDT"));
        };
        let raw = if array.is_null(row) { "" } else { array.value(row) };
        let quoted = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|_| *is_json);
        let text = match quoted {
            Some(quoted) if quoted.contains('\\') => match serde_json::from_str::<String>(raw) {
                Ok(text) => {
                    return if text.trim().is_empty() {
                        Err(empty())
                    } else {
                        Ok(Text::Owned(text.trim().into()))
                    };
                }
                Err(_) => raw,
            },
            Some(quoted) => quoted,
            None => raw,
        };
        let text = text.trim();
        if text.is_empty() { Err(empty()) } else { Ok(Text::Borrowed(text)) }
    }

    /// An amount; a negative one is the size of a short.
    pub fn amount(&self, row: usize) -> Result<Decimal> {
        self.signed_amount(row).map(|amount| amount.abs())
    }

    /// An amount with its sign.
    #[inline]
    pub fn signed_amount(&self, row: usize) -> Result<Decimal> {
        self.check_there(row)?;
        if let Column::Texts { .. } = self {
            return cells::signed_amount(&self.text(row)?);
        }
        let refuse = || {
            unreadable(ErrorCode::NotANumber, "it is no amount that can be read", "write a number like 60000")
        };
        self.number(row).ok_or_else(refuse)
    }

    /// The number in a cell that is there, with its sign; `None` for a text, a time, and what is no exact decimal.
    #[inline]
    pub fn number(&self, row: usize) -> Option<Decimal> {
        match self {
            Column::Whole(array) => Some(Decimal::from(array.value(row))),
            Column::Unsigned(array) => Some(Decimal::from(array.value(row))),
            Column::Decimals(array, scale) => {
                let digits = array.value(row);
                match (i64::try_from(digits), scale) {
                    (Ok(digits), ..=28) => Some(Decimal::new(digits, *scale)),
                    _ => of_units(digits, *scale),
                }
            }
            Column::Floats(array) => {
                let value = array.value(row);
                exact(value).map(|number| if value < 0.0 { -number } else { number })
            }
            Column::Singles(array) => {
                let value = array.value(row);
                exact_single(value).map(|number| if value < 0.0 { -number } else { number })
            }
            Column::Texts { .. } | Column::Times(..) => None,
        }
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
        let of_decimal =
            |value: Option<Decimal>| cells::time(&value.map(decimal::canonical).unwrap_or_default(), times);
        let found = match self {
            Column::Texts { .. } => return cells::time(&self.text(row)?, times),
            Column::Whole(array) => cells::epoch_of(array.value(row)),
            Column::Unsigned(array) => i64::try_from(array.value(row)).ok().and_then(cells::epoch_of),
            Column::Floats(array) => return of_decimal(exact(array.value(row))),
            Column::Singles(array) => return of_decimal(exact_single(array.value(row))),
            Column::Decimals(..) => return of_decimal(Some(self.amount(row)?)),
            Column::Times(array, _) => {
                let micros = array.value(row);
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
        if self.is_null(row) { Err(empty()) } else { Ok(()) }
    }

    /// Whether a cell has no value.
    pub fn is_null(&self, row: usize) -> bool {
        match self {
            Column::Texts { array, .. } => array.is_null(row),
            Column::Whole(array) => array.is_null(row),
            Column::Unsigned(array) => array.is_null(row),
            Column::Decimals(array, _) => array.is_null(row),
            Column::Floats(array) => array.is_null(row),
            Column::Singles(array) => array.is_null(row),
            Column::Times(array, _) => array.is_null(row),
        }
    }
}

/// A text of a cell.
pub type Text<'a> = std::borrow::Cow<'a, str>;

/// The error of a cell without a value.
pub fn empty() -> Error {
    unreadable(ErrorCode::ValueMissing, "it is empty", "fill it in, or leave the row out")
}

fn unreadable(code: ErrorCode, what: &str, hint: &str) -> Error {
    Error::new(code, what).hint(hint)
}

/// So many units of the last of `scale` digits after the point, without zeros at the end where these make it too long.
fn of_units(mut units: i128, mut scale: u32) -> Option<Decimal> {
    loop {
        match Decimal::try_from_i128_with_scale(units, scale) {
            Err(_) if scale > 0 && units % 10 == 0 => (units, scale) = (units / 10, scale - 1),
            found => return found.ok(),
        }
    }
}

/// The shortest decimal that means a float without its sign, as other programs print it.
#[inline]
fn exact(value: f64) -> Option<Decimal> {
    let value = value.abs();
    for (scale, power) in [(0, 1.0), (2, 1e2), (4, 1e4), (8, 1e8)] {
        let units = value * power;
        // With at most 15 digits, one decimal alone means the float.
        if units < 1e15 {
            let digits = (units + 0.5) as i64;
            #[allow(clippy::cast_precision_loss, reason = "15 digits are within the 53 bits of a float")]
            if (digits as f64 / power).to_bits() == value.to_bits() {
                return Some(Decimal::new(digits, scale));
            }
        }
    }
    decimal::parse_scientific(&value.to_string())
}

/// As [`exact`], of half the digits.
fn exact_single(value: f32) -> Option<Decimal> {
    decimal::parse_scientific(&value.abs().to_string())
}

/// A column as another type that has all its values.
fn cast(array: &ArrayRef, kind: &DataType, field: &Field) -> Result<ArrayRef> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, kind, &options).map_err(|error| {
        Error::new(ErrorCode::NotColumns, format!("column `{}` cannot be read: {error}", field.name()))
            .hint("convert it to text, numbers or times")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_at_the_end_are_no_digits_of_a_decimal() {
        let six_thousand = 6 * 10_i128.pow(33);
        assert_eq!(of_units(six_thousand, 30), Some(Decimal::from(6_000)));
        assert_eq!(of_units(0, 38), Some(Decimal::ZERO));
        assert_eq!(of_units(six_thousand + 1, 30), None);
    }
}
