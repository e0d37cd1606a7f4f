//! Columns of numbers: exact decimals, or the floats nearest to them.

use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, Float64Builder};
use arrow_array::{ArrayRef, Decimal128Array};

use super::fields::Numbers;
use crate::column_types::{Digits, decimals, unscaled};
use crate::decimal::{Decimal, POWERS, Short};

/// A column of numbers that is filled row by row.
pub enum NumberBuilder {
    /// Exact decimals of so many digits.
    Exact(Decimal128Builder, Digits),
    /// The floats nearest to them.
    Floats(Float64Builder),
}

impl NumberBuilder {
    /// No numbers yet, with room for so many.
    pub fn new(numbers: Numbers, digits: Digits, rows: usize) -> NumberBuilder {
        match numbers {
            Numbers::Exact => NumberBuilder::Exact(decimals(digits, rows), digits),
            Numbers::Floats => NumberBuilder::Floats(Float64Builder::with_capacity(rows)),
        }
    }

    /// Adds a number; `None` where it has more digits than the column.
    pub fn push(&mut self, number: Option<Decimal>) -> Option<()> {
        match (self, number) {
            (NumberBuilder::Exact(builder, digits), Some(number)) => {
                builder.append_value(unscaled(number, *digits)?);
            }
            (NumberBuilder::Exact(builder, _), None) => builder.append_null(),
            (NumberBuilder::Floats(builder), number) => builder.append_option(number.map(nearest_float)),
        }
        Some(())
    }

    /// Adds a number in 64 bits; `None` where it has more digits than the column.
    #[inline]
    pub fn push_short(&mut self, number: Short) -> Option<()> {
        let Short { digits, scale } = number;
        match self {
            NumberBuilder::Exact(builder, (all, decimals)) => {
                let raised = u32::from(*decimals).checked_sub(scale).and_then(|by| POWERS.get(by as usize));
                let whole = raised.map(|power| i128::from(digits) * i128::from(*power));
                match whole.filter(|whole| whole.unsigned_abs() < TENS[usize::from(*all)]) {
                    Some(whole) => builder.append_value(whole),
                    None => return self.push(Some(number.without_zeros().decimal()?)),
                }
            }
            NumberBuilder::Floats(builder) => builder.append_value(nearest_to_short(number)),
        }
        Some(())
    }

    /// Adds that there is no number.
    #[inline]
    pub fn push_null(&mut self) {
        match self {
            NumberBuilder::Exact(builder, _) => builder.append_null(),
            NumberBuilder::Floats(builder) => builder.append_null(),
        }
    }

    /// The column.
    pub fn finish(self) -> ArrayRef {
        match self {
            NumberBuilder::Exact(mut builder, _) => Arc::<Decimal128Array>::new(builder.finish()),
            NumberBuilder::Floats(mut builder) => Arc::new(builder.finish()),
        }
    }
}

/// The powers of ten that floats have exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// The float that is nearest to a decimal.
fn nearest_float(value: Decimal) -> f64 {
    let quotient = i64::try_from(value.mantissa()).ok().and_then(|digits| quotient(digits, value.scale()));
    // Every text of a decimal is one of a float.
    quotient.unwrap_or_else(|| value.to_string().parse().unwrap_or(f64::NAN))
}

/// The float that is nearest to a number in 64 bits.
#[inline]
fn nearest_to_short(number: Short) -> f64 {
    quotient(number.digits, number.scale).unwrap_or_else(|| {
        let Short { digits, scale } = number.without_zeros();
        quotient(digits, scale).unwrap_or_else(|| format!("{digits}e-{scale}").parse().unwrap_or(f64::NAN))
    })
}

/// Digits divided by a power of ten, if both are floats exactly: then it is rounded once.
#[inline]
fn quotient(digits: i64, scale: u32) -> Option<f64> {
    let power = EXACT_POWERS.get(scale as usize)?;
    #[allow(clippy::cast_precision_loss, reason = "all digits are within the 53 bits of a float")]
    (digits.unsigned_abs() <= 1 << 53).then(|| digits as f64 / power)
}

/// The powers of ten that 128 bits hold.
const TENS: [u128; 39] = {
    let mut powers = [1; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "the same float is expected")]
mod tests {
    use super::{nearest_float, nearest_to_short};
    use crate::decimal::{Decimal, Short};

    #[test]
    fn a_float_is_the_one_that_the_text_of_the_decimal_means() {
        let mut digits = 1_u64;
        for round in 0..100_000_u32 {
            digits = digits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let digits = i128::from(digits >> (round % 60)) * if round % 3 == 0 { 1_000_000_007 } else { 1 };
            let value = Decimal::from_i128_with_scale(digits, round % 29);
            let expected: f64 = value.to_string().parse().unwrap();
            assert_eq!(nearest_float(value).to_bits(), expected.to_bits(), "{value}");
            if let Ok(digits) = i64::try_from(value.mantissa()) {
                let short = Short { digits, scale: value.scale() };
                assert_eq!(nearest_to_short(short).to_bits(), expected.to_bits(), "{value}");
            }
            // A decimal has no zero below zero.
            assert_eq!(nearest_float(-value), -expected, "-{value}");
        }
    }
}
