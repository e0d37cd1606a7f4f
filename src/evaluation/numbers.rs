//! Columns of numbers: exact decimals, or the floats nearest to them.

use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, Float64Builder};
use arrow_array::{ArrayRef, Decimal128Array};

use super::fields::Numbers;
use crate::column_types::{Digits, decimals, unscaled};
use crate::decimal::Decimal;

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
pub fn nearest_float(value: Decimal) -> f64 {
    // A quotient of two floats that are exact is rounded once.
    let digits = i64::try_from(value.mantissa()).ok().filter(|digits| digits.unsigned_abs() <= 1 << 53);
    match (digits, EXACT_POWERS.get(value.scale() as usize)) {
        #[allow(clippy::cast_precision_loss, reason = "all digits are within the 53 bits of a float")]
        (Some(digits), Some(power)) => digits as f64 / power,
        // Every text of a decimal is one of a float.
        _ => value.to_string().parse().unwrap_or(f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::nearest_float;
    use crate::decimal::Decimal;

    #[test]
    fn a_float_is_the_one_that_the_text_of_the_decimal_means() {
        let mut digits = 1_u64;
        for round in 0..100_000_u32 {
            digits = digits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let digits = i128::from(digits >> (round % 60)) * if round % 3 == 0 { 1_000_000_007 } else { 1 };
            let value = Decimal::from_i128_with_scale(digits, round % 29);
            let expected: f64 = value.to_string().parse().unwrap();
            assert_eq!(nearest_float(value).to_bits(), expected.to_bits(), "{value}");
            assert_eq!(nearest_float(-value).to_bits(), (-expected).to_bits(), "-{value}");
        }
    }
}
