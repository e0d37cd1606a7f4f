//! A column of exact decimals from numbers of Python, of both signs and with all their digits.

use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array};
use pyo3::prelude::*;
use tierbook::Error;
use tierbook_arrow_reader::not_columns;

use crate::errors::{Result, raise};
use crate::values;

/// The most digits of a decimal column.
const DIGITS: u8 = 38;

/// Numbers, all with as many digits after the point as the one that has most.
///
/// # Errors
/// One is not finite, or they have more digits together than a column holds.
pub fn decimals(py: Python<'_>, name: &str, cells: &[Option<Bound<'_, PyAny>>]) -> Result<ArrayRef> {
    let mut numbers = Vec::with_capacity(cells.len());
    for (row, cell) in cells.iter().enumerate() {
        numbers.push(match cell {
            None => None,
            Some(cell) => {
                let text = values::number(cell, &format!("row {} of {name}", row + 1))?;
                let number = Number::read(text.to_str()?);
                Some(number.ok_or_else(|| raise(py, &too_long(name, row)))?)
            }
        });
    }
    let scale = numbers.iter().flatten().map(|number| number.scale).max().unwrap_or(0);
    let mut units = Vec::with_capacity(numbers.len());
    for (row, number) in numbers.iter().enumerate() {
        let of_row = number.as_ref().map(|number| number.units_at(scale));
        units.push(of_row.map(|units| units.ok_or_else(|| raise(py, &too_long(name, row)))).transpose()?);
    }
    let column = i8::try_from(scale)
        .ok()
        .and_then(|scale| Decimal128Array::from(units).with_precision_and_scale(DIGITS, scale).ok());
    match column {
        Some(column) => Ok(Arc::new(column)),
        None => Err(raise(py, &too_long(name, 0))),
    }
}

fn too_long(name: &str, row: usize) -> Error {
    let message = format!("row {} of column `{name}` has too many digits for one column", row + 1);
    not_columns(message).hint("give the column as texts")
}

/// A number: so many units of the last of `scale` digits after the point.
struct Number {
    units: i128,
    scale: u32,
}

impl Number {
    /// Reads `-60000`, `0.25`, `6E+4`, `1e-07`, without zeros at the end.
    fn read(text: &str) -> Option<Number> {
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent.parse().ok()?)?;
        let units: i128 = format!("{whole}{fraction}").parse().ok()?;
        match u32::try_from(scale) {
            Ok(scale) => Some(Number { units, scale }),
            Err(_) => {
                let power = 10_i128.checked_pow(u32::try_from(-scale).ok()?)?;
                Some(Number { units: units.checked_mul(power)?, scale: 0 })
            }
        }
    }

    fn units_at(&self, scale: u32) -> Option<i128> {
        let power = 10_i128.checked_pow(scale.checked_sub(self.scale)?)?;
        let units = self.units.checked_mul(power)?;
        (units.unsigned_abs() < 10_u128.pow(DIGITS.into())).then_some(units)
    }
}
