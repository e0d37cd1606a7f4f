//! The types of columns, the same wherever columns are made: exact decimals and instants in UTC.

use arrow_array::builder::Decimal128Builder;
use arrow_schema::{DataType, TimeUnit};

use crate::decimal::Decimal;

/// The digits of a number, and how many of them are decimals.
pub type Digits = (u8, u8);

/// Digits and decimals of rates, which are fractions.
pub const RATE: Digits = (18, 10);
/// Digits and decimals of amounts: a rate times a notional never has to be rounded.
pub const AMOUNT: Digits = (38, 18);
/// Digits and decimals of `holds`.
pub const HOLDS: Digits = (3, 2);

/// The type of decimals.
pub fn decimal((digits, decimals): Digits) -> DataType {
    DataType::Decimal128(digits, decimals.cast_signed())
}

/// The type of instants.
pub fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// A builder of decimals.
pub fn decimals(digits: Digits, rows: usize) -> Decimal128Builder {
    Decimal128Builder::with_capacity(rows).with_data_type(decimal(digits))
}

/// A decimal as a whole number of the smallest part that a column has; `None` where it would have to be rounded.
pub fn unscaled(value: Decimal, (digits, decimals): Digits) -> Option<i128> {
    let (mantissa, scale) = (value.mantissa(), value.scale());
    let decimals = u32::from(decimals);
    let whole = match scale <= decimals {
        true => mantissa.checked_mul(10_i128.checked_pow(decimals - scale)?)?,
        false => {
            let power = 10_i128.checked_pow(scale - decimals)?;
            if mantissa % power != 0 {
                return None;
            }
            mantissa / power
        }
    };
    (whole.unsigned_abs() < 10_u128.checked_pow(digits.into())?).then_some(whole)
}
