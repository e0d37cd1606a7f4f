//! Exact decimal numbers: read without rounding, computed without rounding, printed in one canonical way.
//!
//! `rust_decimal` keeps 28 digits and rounds silently beyond them, so every operation here checks that nothing
//! was rounded and gives `None` where something would have been. No float takes part anywhere.

pub use rust_decimal::Decimal;

use crate::limits;

/// Reads digits with at most one dot between digits (`60000`, `0.125`); no sign, exponent, separator or blank.
///
/// `None` for any other text, and for more than [`limits::NUMBER_DIGITS`] digits.
pub fn parse(text: &str) -> Option<Decimal> {
    let digits_only = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (well_formed, digits) = match text.split_once('.') {
        Some((whole, fraction)) => (digits_only(whole) && digits_only(fraction), text.len() - 1),
        None => (digits_only(text), text.len()),
    };
    if !well_formed || digits > limits::NUMBER_DIGITS {
        return None;
    }
    Decimal::from_str_exact(text).ok()
}

/// The number without trailing zeros and without an exponent: `0.10` is `0.1`, `100.00` is `100`.
pub fn canonical(value: Decimal) -> String {
    value.normalize().to_string()
}

/// The exact product, or `None` where 28 digits do not hold it.
pub fn multiply(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let product = a.checked_mul(b)?;
    (product.is_zero() || product.scale() == a.scale() + b.scale()).then(|| product.normalize())
}

/// The exact sum, or `None` where 28 digits do not hold it.
pub fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let sum = a.checked_add(b)?;
    (sum.is_zero() || sum.scale() == a.scale().max(b.scale())).then(|| sum.normalize())
}

/// The exact difference, or `None` where 28 digits do not hold it.
pub fn subtract(a: Decimal, b: Decimal) -> Option<Decimal> {
    add(a, -b)
}

/// The hundredth part, exactly: a rate in percent becomes a fraction.
pub fn hundredth(value: Decimal) -> Option<Decimal> {
    multiply(value, Decimal::new(1, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_digits_with_one_inner_dot_are_a_number() {
        for good in [
            "0",
            "60000",
            "0.125",
            "99999999999",
            "3.330",
            "999999999999999999999999",
            "0.12345678901234567890123",
        ] {
            assert!(parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            ".",
            ".5",
            "3.",
            "1e3",
            "-1",
            "+1",
            "1_000",
            "1,000",
            " 1",
            "1.2.3",
            "½",
            "9999999999999999999999999",
            "0.123456789012345678901234",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_canonical_form_has_no_trailing_zeros() {
        for (printed, canonical_form) in
            [("3.330", "3.33"), ("100.00", "100"), ("0.00", "0"), ("60000", "60000")]
        {
            assert_eq!(parse(printed).map(canonical).as_deref(), Some(canonical_form));
        }
    }

    #[test]
    fn a_result_that_would_be_rounded_is_refused() {
        let long = Decimal::from_i128_with_scale(79_228_162_514_264_337_593_543_950_335, 0);
        assert_eq!(
            multiply(long, Decimal::new(1, 1)),
            Some(Decimal::from_i128_with_scale(79_228_162_514_264_337_593_543_950_335, 1))
        );
        assert_eq!(multiply(long, Decimal::TWO), None);
        assert_eq!(add(long, Decimal::new(1, 1)), None);
        assert_eq!(add(long, Decimal::ONE), None);
        assert_eq!(subtract(Decimal::ONE, Decimal::ONE), Some(Decimal::ZERO));
        assert_eq!(multiply(Decimal::ZERO, long), Some(Decimal::ZERO));
    }
}
