//! Exact fractions, and their way back to a decimal: rounded to a stated side, and saying so.

use std::cmp::Ordering;

use super::number::{Number, Quotient};
use crate::decimal::Decimal;
use crate::limits;

/// The most decimals of a result of a division.
pub const DECIMALS: u32 = 18;

/// The most digits that a [`Decimal`] is sure to hold.
const DIGITS: u32 = 28;

/// A number as numerator ÷ denominator, both exact and of any length; the denominator is above 0.
#[derive(Clone, Debug)]
pub struct Fraction {
    numerator: Number,
    denominator: Number,
}

/// The side to which a number that does not end is rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    /// To the next lower number.
    Down,
    /// To the next higher number.
    Up,
}

/// A number, and whether it had to be rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rounded {
    /// The number.
    pub value: Decimal,
    /// Whether it is not the exact one.
    pub is_rounded: bool,
}

impl From<Decimal> for Fraction {
    fn from(value: Decimal) -> Fraction {
        Fraction { numerator: value.into(), denominator: Number::ONE }
    }
}

impl Fraction {
    /// 0.
    pub fn zero() -> Fraction {
        Fraction { numerator: Number::ZERO, denominator: Number::ONE }
    }

    /// The sum.
    #[must_use]
    pub fn plus(&self, other: &Fraction) -> Fraction {
        if self.denominator.is_written_as(&other.denominator) {
            let numerator = self.numerator.plus(&other.numerator);
            return Fraction { numerator, denominator: self.denominator.clone() };
        }
        let (one, two) = (self.numerator.times(&other.denominator), other.numerator.times(&self.denominator));
        Fraction { numerator: one.plus(&two), denominator: self.denominator.times(&other.denominator) }
    }

    /// The difference.
    #[must_use]
    pub fn minus(&self, other: &Fraction) -> Fraction {
        self.plus(&other.negative())
    }

    /// The number with the other sign.
    #[must_use]
    pub fn negative(&self) -> Fraction {
        Fraction { numerator: self.numerator.negative(), denominator: self.denominator.clone() }
    }

    /// The product.
    #[must_use]
    pub fn times(&self, other: &Fraction) -> Fraction {
        Fraction {
            numerator: self.numerator.times(&other.numerator),
            denominator: self.denominator.times(&other.denominator),
        }
    }

    /// The quotient; `None` for a division by 0.
    pub fn over(&self, other: &Fraction) -> Option<Fraction> {
        let numerator = self.numerator.times(&other.denominator);
        let denominator = self.denominator.times(&other.numerator);
        match denominator.sign() {
            Ordering::Greater => Some(Fraction { numerator, denominator }),
            Ordering::Less => {
                Some(Fraction { numerator: numerator.negative(), denominator: denominator.negative() })
            }
            Ordering::Equal => None,
        }
    }

    /// Whether it is above, below or equal to 0.
    pub fn sign(&self) -> Ordering {
        self.numerator.sign()
    }

    /// How two numbers compare.
    pub fn compare(&self, other: &Fraction) -> Ordering {
        if self.denominator.is_written_as(&other.denominator) {
            return self.numerator.compare(&other.numerator);
        }
        self.numerator.times(&other.denominator).compare(&other.numerator.times(&self.denominator))
    }

    /// The decimal: exact where the number ends within [`DECIMALS`] decimals, else rounded to a side, with fewer decimals
    /// where it has more than 28 digits. `None` where even the whole part has more.
    pub fn round(&self, to: Rounding) -> Option<Rounded> {
        let at = |decimals: u32| {
            // Division cuts towards 0.
            let Quotient { digits, has_rest } = self.numerator.over(&self.denominator, decimals)?;
            let digits = match (has_rest, to, self.sign()) {
                (true, Rounding::Up, Ordering::Greater) => digits.checked_add(1)?,
                (true, Rounding::Down, Ordering::Less) => digits.checked_sub(1)?,
                _ => digits,
            };
            if digits.unsigned_abs() >= 10_u128.pow(DIGITS) {
                return None;
            }
            let value = Decimal::try_from_i128_with_scale(digits, decimals).ok()?.normalize();
            Some(Rounded { value, is_rounded: has_rest })
        };
        (0..=DECIMALS).rev().find_map(at)
    }
}

/// A common denominator of fractions. Sums of multiples of it have short numbers however many are added, where each sum of two
/// fractions would have a longer denominator.
pub struct Common {
    /// The different denominators in order, each with the product of the others.
    parts: Vec<(Number, Number)>,
    product: Number,
}

impl Common {
    /// That of some fractions; `None` where it may have more than [`limits::EXACT_DIGITS`] digits.
    pub fn of<'a>(fractions: impl Iterator<Item = &'a Fraction>) -> Option<Common> {
        let mut denominators: Vec<&Number> = fractions.map(|fraction| &fraction.denominator).collect();
        denominators.sort_by(|one, other| one.compare(other));
        denominators.dedup_by(|one, other| one.compare(other).is_eq());
        let mut digits = 0;
        let mut is_short = |denominator: &&Number| {
            digits += denominator.digits();
            digits <= limits::EXACT_DIGITS
        };
        if !denominators.iter().all(&mut is_short) {
            return None;
        }
        let mut product = Number::ONE;
        let mut parts = Vec::with_capacity(denominators.len());
        for denominator in denominators {
            parts.push((denominator.clone(), product.clone()));
            product = product.times(denominator);
        }
        let mut after = Number::ONE;
        for (denominator, others) in parts.iter_mut().rev() {
            *others = others.times(&after);
            after = after.times(denominator);
        }
        Some(Common { parts, product })
    }

    /// A fraction times the common denominator.
    pub fn times(&self, fraction: &Fraction) -> Fraction {
        let Fraction { numerator, denominator } = fraction;
        let found = self.parts.binary_search_by(|(one, _)| one.compare(denominator));
        match found.ok().and_then(|place| self.parts.get(place)) {
            Some((_, others)) => Fraction { numerator: numerator.times(others), denominator: Number::ONE },
            None => Fraction { numerator: numerator.times(&self.product), denominator: denominator.clone() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fraction(of: &str, by: &str) -> Fraction {
        Fraction::from(of.parse::<Decimal>().unwrap())
            .over(&Fraction::from(by.parse::<Decimal>().unwrap()))
            .unwrap()
    }

    #[test]
    fn a_number_that_ends_is_exact_and_one_that_does_not_is_rounded_to_the_stated_side() {
        for (of, by, down, up) in [
            ("60000", "4", "15000", "15000"),
            ("1", "3", "0.333333333333333333", "0.333333333333333334"),
            ("-1", "3", "-0.333333333333333334", "-0.333333333333333333"),
            ("0", "-7", "0", "0"),
            ("1", "-8", "-0.125", "-0.125"),
            ("20000000000000000", "3", "6666666666666666.666666666666", "6666666666666666.666666666667"),
        ] {
            for (to, expected) in [(Rounding::Down, down), (Rounding::Up, up)] {
                let rounded = fraction(of, by).round(to).unwrap();
                assert_eq!(rounded.value.to_string(), expected, "{of} / {by}");
                assert_eq!(rounded.is_rounded, down != up, "{of} / {by}");
            }
        }
        let long = Fraction::from(Decimal::MAX);
        assert_eq!(long.times(&long).round(Rounding::Down), None);
    }

    #[test]
    fn fractions_compare_and_add_as_their_numbers_do() {
        let (third, half) = (fraction("1", "3"), fraction("-2", "-4"));
        assert_eq!(third.compare(&half), Ordering::Less);
        assert_eq!(third.plus(&half).compare(&fraction("5", "6")), Ordering::Equal);
        assert_eq!(third.minus(&third).sign(), Ordering::Equal);
        assert!(third.over(&Fraction::zero()).is_none());
    }
    #[test]
    fn a_common_denominator_has_so_many_digits_and_no_more() {
        let half = limits::EXACT_DIGITS / 2;
        let tens = |digits: usize| {
            let ten = Fraction::from(Decimal::TEN);
            let one = Fraction::from(Decimal::ONE);
            (1..digits).fold(one, |power, _| power.times(&ten))
        };
        let by = |denominator: &Fraction| Fraction::from(Decimal::ONE).over(denominator).unwrap();
        let (one, longer) = (by(&tens(half)), by(&tens(half + 1)));
        let other = by(&tens(half).plus(&Decimal::ONE.into()));
        assert!(Common::of([&one, &other, &one].into_iter()).is_some());
        assert!(Common::of([&longer, &other].into_iter()).is_none());
        let common = Common::of([&one, &other].into_iter()).unwrap();
        let sum = common.times(&one).plus(&common.times(&other));
        assert!(sum.compare(&common.times(&one.plus(&other))).is_eq());
    }
}
