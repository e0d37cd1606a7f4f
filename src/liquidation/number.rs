//! Exact decimals of any length. Nearly all fit into 128 bits, where arithmetic needs no memory of its own; those that do
//! not go on as [`BigDecimal`], with the same results.

use std::cmp::Ordering;

use bigdecimal::num_bigint::{BigInt, Sign};
use bigdecimal::{BigDecimal, Zero};

use crate::decimal::Decimal;

/// A number: its digits, the last `scale` of which are decimals.
#[derive(Clone, Debug)]
pub enum Number {
    /// In 128 bits.
    Short(i128, u32),
    /// Of any length.
    Long(BigDecimal),
}

/// A quotient cut towards 0.
pub struct Quotient {
    /// Its digits.
    pub digits: i128,
    /// Whether something was cut off.
    pub has_rest: bool,
}

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Number {
        let has_zeros = value.scale() > 0 && value.mantissa() % 10 == 0;
        let value = if has_zeros { value.normalize() } else { value };
        Number::Short(value.mantissa(), value.scale())
    }
}

impl Number {
    /// 0.
    pub const ZERO: Number = Number::Short(0, 0);

    /// 1.
    pub const ONE: Number = Number::Short(1, 0);

    /// The sum.
    pub fn plus(&self, other: &Number) -> Number {
        let short = || {
            let (one, other, scale) = self.aligned(other)?;
            Some(Number::Short(one.checked_add(other)?, scale))
        };
        short().unwrap_or_else(|| Number::Long(self.big() + other.big()))
    }

    /// The number with the other sign.
    pub fn negative(&self) -> Number {
        match self {
            Number::Short(digits, scale) if *digits != i128::MIN => Number::Short(-digits, *scale),
            number => Number::Long(-number.big()),
        }
    }

    /// The product.
    pub fn times(&self, other: &Number) -> Number {
        let (Number::Short(one, above), Number::Short(two, below)) = (self, other) else {
            return Number::Long(self.big() * other.big());
        };
        match one.checked_mul(*two) {
            Some(0) => Number::ZERO,
            Some(digits) => Number::Short(digits, above + below),
            None => Number::Long(self.big() * other.big()),
        }
    }

    /// Whether it is above, below or equal to 0.
    pub fn sign(&self) -> Ordering {
        match self {
            Number::Short(digits, _) => digits.cmp(&0),
            Number::Long(number) => match number.sign() {
                Sign::Plus => Ordering::Greater,
                Sign::NoSign => Ordering::Equal,
                Sign::Minus => Ordering::Less,
            },
        }
    }

    /// How two numbers compare.
    pub fn compare(&self, other: &Number) -> Ordering {
        match self.aligned(other) {
            Some((one, other, _)) => one.cmp(&other),
            None => self.big().cmp(&other.big()),
        }
    }

    /// How many digits it has, without its sign.
    pub fn digits(&self) -> usize {
        match self {
            Number::Short(digits, _) => 1 + digits.unsigned_abs().checked_ilog10().unwrap_or(0) as usize,
            Number::Long(number) => number.digits() as usize,
        }
    }

    /// Whether two are written alike; two that are not may still be equal.
    pub fn is_written_as(&self, other: &Number) -> bool {
        match (self, other) {
            (Number::Short(one, above), Number::Short(other, below)) => (one, above) == (other, below),
            _ => self.compare(other).is_eq(),
        }
    }

    /// The quotient by a number above 0, with so many decimals; `None` where it needs more than 128 bits.
    pub fn over(&self, divisor: &Number, decimals: u32) -> Option<Quotient> {
        self.short_over(divisor, decimals).or_else(|| self.long_over(divisor, decimals))
    }

    fn short_over(&self, divisor: &Number, decimals: u32) -> Option<Quotient> {
        let (Number::Short(dividend, above), Number::Short(divisor, below)) = (self, divisor) else {
            return None;
        };
        // quotient = dividend ÷ divisor × 10^(below − above)
        let Some(power) = (decimals + below).checked_sub(*above) else {
            let divisor = divisor.checked_mul(ten_to(above - decimals - below)?)?;
            return Some(Quotient { digits: dividend / divisor, has_rest: dividend % divisor != 0 });
        };
        let raise = ten_to(power)?;
        // The whole part apart from the rest, so that both have room for the decimals.
        let (whole, rest) =
            ((dividend / divisor).checked_mul(raise)?, (dividend % divisor).checked_mul(raise)?);
        Some(Quotient { digits: whole.checked_add(rest / divisor)?, has_rest: rest % divisor != 0 })
    }

    fn long_over(&self, divisor: &Number, decimals: u32) -> Option<Quotient> {
        let (dividend, above) = self.big().normalized().into_bigint_and_scale();
        let (divisor, below) = divisor.big().normalized().into_bigint_and_scale();
        let power = i64::from(decimals) + below - above;
        let raise = BigInt::from(10).pow(u32::try_from(power.unsigned_abs()).ok()?);
        let (up, down) = if power >= 0 { (dividend * raise, divisor) } else { (dividend, divisor * raise) };
        if down.is_zero() {
            return None;
        }
        let (digits, rest) = (&up / &down, &up % &down);
        Some(Quotient { digits: i128::try_from(digits).ok()?, has_rest: !rest.is_zero() })
    }

    /// The digits of two numbers with as many decimals.
    fn aligned(&self, other: &Number) -> Option<(i128, i128, u32)> {
        let (Number::Short(one, above), Number::Short(other, below)) = (self, other) else { return None };
        match above.cmp(below) {
            Ordering::Equal => Some((*one, *other, *above)),
            Ordering::Less => Some((one.checked_mul(ten_to(below - above)?)?, *other, *below)),
            Ordering::Greater => Some((*one, other.checked_mul(ten_to(above - below)?)?, *above)),
        }
    }

    fn big(&self) -> BigDecimal {
        match self {
            Number::Short(digits, scale) => BigDecimal::new(BigInt::from(*digits), i64::from(*scale)),
            Number::Long(number) => number.clone(),
        }
    }
}

/// A power of ten, if it fits into 128 bits.
fn ten_to(power: u32) -> Option<i128> {
    const POWERS: [i128; 39] = {
        let mut powers = [1; 39];
        let mut place = 1;
        while place < powers.len() {
            powers[place] = powers[place - 1] * 10;
            place += 1;
        }
        powers
    };
    POWERS.get(power as usize).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number() -> impl Strategy<Value = Number> {
        let digits = prop_oneof![any::<i128>(), any::<i64>().prop_map(i128::from), -1000_i128..1000];
        (digits, 0_u32..40).prop_map(|(digits, scale)| Number::Short(digits, scale))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn short_numbers_calculate_as_long_ones_do(one in number(), two in number(), decimals in 0_u32..19) {
            let (long_one, long_two) = (Number::Long(one.big()), Number::Long(two.big()));
            prop_assert!(one.plus(&two).compare(&long_one.plus(&long_two)).is_eq());
            prop_assert!(one.times(&two).compare(&long_one.times(&long_two)).is_eq());
            prop_assert!(one.negative().compare(&long_one.negative()).is_eq());
            prop_assert_eq!(one.compare(&two), long_one.compare(&long_two));
            prop_assert_eq!(one.sign(), long_one.sign());
            if two.sign().is_gt() {
                let shown = |it: Option<Quotient>| it.map(|it| (it.digits, it.has_rest));
                prop_assert_eq!(shown(one.over(&two, decimals)), shown(long_one.over(&long_two, decimals)));
            }
        }
    }
}
