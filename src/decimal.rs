//! Exact decimal numbers: read without rounding, computed without rounding, printed in one canonical way.
//!
//! `rust_decimal` keeps 28 digits and rounds silently beyond them, so every operation here checks that
//! nothing was rounded and gives `None` where something would have been. No float takes part anywhere.

pub use rust_decimal::Decimal;

use std::cmp::Ordering;
use std::hint::select_unpredictable;

use crate::limits;

/// Reads digits with at most one dot between digits (`60000`, `0.125`); no sign, exponent, separator or
/// blank.
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

/// Reads a number as JSON and the floats of other programs print it: as [`parse`] does, and with an exponent
/// (`9.2E18`, `1e-2`). The value has the digits that are printed, not those of a float.
pub fn parse_scientific(text: &str) -> Option<Decimal> {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else { return parse(text) };
    let (number, exponent) = (parse(digits)?.normalize(), exponent.parse::<i64>().ok()?);
    let scale = i64::from(number.scale()).checked_sub(exponent)?;
    let value = match u32::try_from(scale) {
        Ok(scale) => Decimal::try_from_i128_with_scale(number.mantissa(), scale).ok()?,
        Err(_) => {
            let power = 10_i128.checked_pow(u32::try_from(-scale).ok()?)?;
            Decimal::try_from_i128_with_scale(number.mantissa().checked_mul(power)?, 0).ok()?
        }
    };
    parse(&value.to_string())
}

/// The number without trailing zeros and without an exponent: `0.10` is `0.1`, `100.00` is `100`.
pub fn canonical(value: Decimal) -> String {
    value.normalize().to_string()
}

/// `1234567.5` as `1,234,567.5`.
pub fn grouped(value: Decimal) -> String {
    let text = canonical(value);
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::from(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{grouped}.{fraction}"),
        None => grouped,
    }
}

/// How two numbers compare; quick where both have as many decimals, as the figures of one table have.
pub fn compare(a: Decimal, b: Decimal) -> Ordering {
    if a.scale() == b.scale() { a.mantissa().cmp(&b.mantissa()) } else { a.cmp(&b) }
}

/// The powers of ten that fit into 64 bits.
pub const POWERS: [i64; 19] = {
    let mut powers = [1; 19];
    let mut place = 1;
    while place < powers.len() {
        powers[place] = powers[place - 1] * 10;
        place += 1;
    }
    powers
};

/// A number of these digits, the last `scale` of which are decimals, without trailing zeros; `None` where it has more
/// than 28 digits.
#[inline]
pub fn without_zeros(digits: i128, scale: u32) -> Option<Decimal> {
    match i64::try_from(digits) {
        // Mostly so, where sums and products follow each other.
        Ok(digits) if scale == 0 || digits % 10 != 0 => Short { digits, scale }.decimal(),
        Ok(digits) => Short { digits, scale }.without_zeros().decimal(),
        Err(_) => Decimal::try_from_i128_with_scale(digits, scale).ok().map(|value| value.normalize()),
    }
}

/// A number in 64 bits: its digits, and how many of them are decimals.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Short {
    /// The digits, with their sign.
    pub digits: i64,
    /// How many of them are decimals.
    pub scale: u32,
}

impl Short {
    /// The same number without trailing zeros.
    #[inline]
    #[must_use]
    pub fn without_zeros(self) -> Short {
        // Each step halves the zeros that can be left.
        let stripped = strip::<10_000_000_000_000_000>((self.digits.unsigned_abs(), self.scale), 16);
        let stripped = strip::<100_000_000>(stripped, 8);
        let stripped = strip::<10_000>(stripped, 4);
        let stripped = strip::<100>(stripped, 2);
        let (number, scale) = strip::<10>(stripped, 1);
        Short { digits: if self.digits < 0 { number.wrapping_neg() } else { number } as i64, scale }
    }

    /// The same number; `None` where it has more decimals than one can have.
    #[inline]
    pub fn decimal(self) -> Option<Decimal> {
        let number = self.digits.unsigned_abs();
        let (low, middle, is_negative) = (number as u32, (number >> 32) as u32, self.digits < 0);
        let is_exact = self.scale <= Decimal::MAX_SCALE;
        is_exact.then(|| Decimal::from_parts(low, middle, 0, is_negative, self.scale))
    }
}

/// Takes `zeros` zeros off a number, if it ends in them. A constant power needs no division, and random digits make
/// no branch that a processor guesses wrongly.
#[inline]
fn strip<const POWER: u64>((number, scale): (u64, u32), zeros: u32) -> (u64, u32) {
    let ends_in_zeros = number % POWER == 0 && scale >= zeros;
    select_unpredictable(ends_in_zeros, (number / POWER, scale.wrapping_sub(zeros)), (number, scale))
}

/// The digits of a number, if a product or a sum of two such is exact in 128 bits and within 28 digits.
fn short(number: Decimal) -> Option<i128> {
    let digits = number.mantissa();
    (digits.unsigned_abs() < 1 << 46).then_some(digits)
}

/// The exact product, or `None` where it needs more than 28 digits.
pub fn multiply(a: Decimal, b: Decimal) -> Option<Decimal> {
    let scale = a.scale() + b.scale();
    if let (Some(one), Some(other), true) = (short(a), short(b), scale <= Decimal::MAX_SCALE) {
        return without_zeros(one * other, scale);
    }
    let (a, b) = (a.normalize(), b.normalize());
    let product = a.checked_mul(b)?;
    (product.is_zero() || product.scale() == a.scale() + b.scale()).then(|| product.normalize())
}

/// The exact sum, or `None` where it needs more than 28 digits.
pub fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    if let (Some(one), Some(other)) = (short(a), short(b)) {
        let scale = a.scale().max(b.scale());
        // Ten to the twelfth is 40 bits.
        if let [raise @ 0..=12, raise_other @ 0..=12] = [a, b].map(|number| (scale - number.scale()) as usize)
        {
            let sum = one * i128::from(POWERS[raise]) + other * i128::from(POWERS[raise_other]);
            return without_zeros(sum, scale);
        }
    }
    let (a, b) = (a.normalize(), b.normalize());
    let sum = a.checked_add(b)?;
    (sum.is_zero() || sum.scale() == a.scale().max(b.scale())).then(|| sum.normalize())
}

/// The exact difference, or `None` where it needs more than 28 digits.
pub fn subtract(a: Decimal, b: Decimal) -> Option<Decimal> {
    add(a, -b)
}

/// The quotient, rounded up at `decimals` where it does not end or has more than 28 digits; and whether it is
/// exact. `None` for a division by 0, and where even the rounded quotient has too many digits.
pub fn divide_up(a: Decimal, by: u32, decimals: u32) -> Option<(Decimal, bool)> {
    let (a, by) = (a.normalize(), Decimal::from(by));
    let quotient = a.checked_div(by)?;
    if multiply(quotient, by) == Some(a) {
        return Some((quotient.normalize(), true));
    }
    // The quotient may itself be rounded, so that what is cut off is compared with the number divided.
    let cut = quotient.trunc_with_scale(decimals);
    let up = if multiply(cut, by)? < a { add(cut, Decimal::new(1, decimals))? } else { cut };
    Some((up.normalize(), false))
}

/// The exponent of ten that gives a number above 0, rounded: to place a figure on a drawing, never to answer
/// with.
pub fn rounded_log10(value: Decimal) -> Option<Decimal> {
    use rust_decimal::MathematicalOps;
    if value > Decimal::ZERO { value.checked_log10() } else { None }
}

/// As much of a number as `part` is of `whole`, rounded: for drawings too.
pub fn rounded_part(number: Decimal, part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_div(whole)?.checked_mul(number)
}

/// The hundredth part, exactly: a rate in percent becomes a fraction.
pub fn hundredth(value: Decimal) -> Option<Decimal> {
    let value = value.normalize();
    Some(Decimal::try_from_i128_with_scale(value.mantissa(), value.scale() + 2).ok()?.normalize())
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
    fn an_exponent_moves_the_dot_and_nothing_else() {
        for (printed, plain) in [
            ("9.223372036854776E18", "9223372036854776000"),
            ("1e-2", "0.01"),
            ("5.0e+3", "5000"),
            ("0E9", "0"),
            ("1E23", "100000000000000000000000"),
            ("1e-23", "0.00000000000000000000001"),
            ("5000.0", "5000.0"),
        ] {
            assert_eq!(parse_scientific(printed), parse(plain), "{printed}");
            assert!(parse(plain).is_some(), "{plain}");
        }
        for bad in
            ["1e", "e5", "1e5e5", "1e1.5", "-1e5", "1E24", "1e-24", "1e99999999999", "1e-99999999999", "1 e5"]
        {
            assert!(parse_scientific(bad).is_none(), "{bad}");
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

    /// The quick way for short numbers and the general one are the same: what is exact, and how it is printed.
    #[test]
    fn short_numbers_are_computed_as_long_ones_are() {
        let numbers =
            ["0", "1", "-1", "0.1", "-0.0001", "70368744177663", "70368744177664", "0.000000000001"];
        let scaled =
            [Decimal::new(1, 28), Decimal::new(70_368_744_177_663, 28), Decimal::new(500, 3), -Decimal::ZERO];
        let numbers: Vec<Decimal> = numbers.iter().map(|it| it.parse().unwrap()).chain(scaled).collect();
        for (a, b) in numbers.iter().flat_map(|a| numbers.iter().map(move |b| (*a, *b))) {
            let (one, other) = (a.normalize(), b.normalize());
            let product =
                one.checked_mul(other).filter(|it| it.is_zero() || it.scale() == one.scale() + other.scale());
            let sum = one
                .checked_add(other)
                .filter(|it| it.is_zero() || it.scale() == one.scale().max(other.scale()));
            let text = |number: Option<Decimal>| number.map(|it| it.normalize().to_string());
            assert_eq!(multiply(a, b).map(|it| it.to_string()), text(product), "{a} * {b}");
            assert_eq!(add(a, b).map(|it| it.to_string()), text(sum), "{a} + {b}");
        }
    }

    #[test]
    fn a_quotient_is_exact_or_the_next_figure_above_it() {
        for (a, by, quotient) in [
            ("60000", 4, ("15000", true)),
            ("0.00000001", 8, ("0.00000000125", true)),
            ("60000", 7, ("8571.42857143", false)),
            ("100", 3, ("33.33333334", false)),
            ("0.00000001", 3, ("0.00000001", false)),
            ("0", 75, ("0", true)),
            ("30000000000000000001", 3, ("10000000000000000000.33333334", false)),
            ("70000000000000000000.00000001", 7, ("10000000000000000000.00000001", false)),
        ] {
            let expected = (parse(quotient.0).or(quotient.0.parse().ok()), Some(quotient.1));
            let found = divide_up(parse(a).or(a.parse().ok()).unwrap(), by, 8);
            assert_eq!((found.map(|q| q.0), found.map(|q| q.1)), expected, "{a} / {by}");
        }
        assert_eq!(divide_up(Decimal::ONE, 0, 8), None);
        assert_eq!(divide_up("999999999999999999999998".parse().unwrap(), 7, 8), None);
    }
}
