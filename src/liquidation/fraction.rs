//! Exact fractions, and their way back to a decimal: rounded to a stated side, and saying so.

use std::cmp::Ordering;

use bigdecimal::num_bigint::{BigInt, Sign};
use bigdecimal::{BigDecimal, One, Zero};

use crate::decimal::Decimal;

/// The most decimals of a result of a division.
pub const DECIMALS: u32 = 18;

/// The most digits that a [`Decimal`] is sure to hold.
const DIGITS: u32 = 28;

/// A number as numerator ÷ denominator, both exact and of any length; the denominator is above 0.
#[derive(Clone, Debug)]
pub struct Fraction {
    numerator: BigDecimal,
    denominator: BigDecimal,
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
        Fraction { numerator: big(value), denominator: BigDecimal::one() }
    }
}

fn big(value: Decimal) -> BigDecimal {
    let value = value.normalize();
    BigDecimal::new(BigInt::from(value.mantissa()), i64::from(value.scale()))
}

impl Fraction {
    /// 0.
    pub fn zero() -> Fraction {
        Fraction { numerator: BigDecimal::zero(), denominator: BigDecimal::one() }
    }

    /// The sum.
    #[must_use]
    pub fn plus(&self, other: &Fraction) -> Fraction {
        if self.denominator == other.denominator {
            let numerator = &self.numerator + &other.numerator;
            return Fraction { numerator, denominator: self.denominator.clone() };
        }
        let numerator = &self.numerator * &other.denominator + &other.numerator * &self.denominator;
        Fraction { numerator, denominator: &self.denominator * &other.denominator }
    }

    /// The difference.
    #[must_use]
    pub fn minus(&self, other: &Fraction) -> Fraction {
        self.plus(&other.negative())
    }

    /// The number with the other sign.
    #[must_use]
    pub fn negative(&self) -> Fraction {
        Fraction { numerator: -&self.numerator, denominator: self.denominator.clone() }
    }

    /// The product.
    #[must_use]
    pub fn times(&self, other: &Fraction) -> Fraction {
        Fraction {
            numerator: &self.numerator * &other.numerator,
            denominator: &self.denominator * &other.denominator,
        }
    }

    /// The quotient; `None` for a division by 0.
    pub fn over(&self, other: &Fraction) -> Option<Fraction> {
        let numerator = &self.numerator * &other.denominator;
        let denominator = &self.denominator * &other.numerator;
        match denominator.sign() {
            Sign::Plus => Some(Fraction { numerator, denominator }),
            Sign::Minus => Some(Fraction { numerator: -numerator, denominator: -denominator }),
            Sign::NoSign => None,
        }
    }

    /// Whether it is above, below or equal to 0.
    pub fn sign(&self) -> Ordering {
        match self.numerator.sign() {
            Sign::Plus => Ordering::Greater,
            Sign::NoSign => Ordering::Equal,
            Sign::Minus => Ordering::Less,
        }
    }

    /// How two numbers compare.
    pub fn compare(&self, other: &Fraction) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        (&self.numerator * &other.denominator).cmp(&(&other.numerator * &self.denominator))
    }

    /// The decimal: exact where the number ends within [`DECIMALS`] decimals, else rounded to a side, with fewer decimals
    /// where it has more than 28 digits. `None` where even the whole part has more.
    pub fn round(&self, to: Rounding) -> Option<Rounded> {
        let (numerator, above) = self.numerator.normalized().into_bigint_and_scale();
        let (denominator, below) = self.denominator.normalized().into_bigint_and_scale();
        let at = |decimals: u32| {
            // number = numerator ÷ denominator × 10^(below − above)
            let power = i64::from(decimals) + below - above;
            let raise = BigInt::from(10).pow(u32::try_from(power.unsigned_abs()).ok()?);
            let (up, down) = if power >= 0 {
                (&numerator * raise, denominator.clone())
            } else {
                (numerator.clone(), &denominator * raise)
            };
            let (digits, rest) = (&up / &down, &up % &down);
            let is_rounded = !rest.is_zero();
            // Division cuts towards 0.
            let digits = match (is_rounded, to, self.sign()) {
                (true, Rounding::Up, Ordering::Greater) => digits + 1,
                (true, Rounding::Down, Ordering::Less) => digits - 1,
                _ => digits,
            };
            let digits = i128::try_from(digits).ok().filter(|it| it.unsigned_abs() < 10_u128.pow(DIGITS))?;
            let value = Decimal::try_from_i128_with_scale(digits, decimals).ok()?.normalize();
            Some(Rounded { value, is_rounded })
        };
        (0..=DECIMALS).rev().find_map(at)
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
}
