//! Figures that follow from others in a reply of the exchange, where they follow exactly.

use crate::decimal::{self, Decimal};

/// How many decimals the exchange prints of prices and amounts.
const DECIMALS: u32 = 8;

/// The mark price of a position in quote units: its notional divided by its quantity.
///
/// `None` where figures of [`DECIMALS`] decimals do not determine it. Of a whole quantity they do: its product with a price
/// of so many decimals was not rounded, so that the quotient is the price.
pub fn mark_of_notional(notional: Decimal, quantity: Decimal) -> Option<Decimal> {
    exact_quotient(notional.abs(), quantity.abs()).filter(|mark| !mark.is_zero())
}

/// The mark price by the profit: the entry price and the signed profit of each unit.
///
/// `None` as for [`mark_of_notional`].
pub fn mark_of_profit(profit: Decimal, quantity: Decimal, is_short: bool, entry: Decimal) -> Option<Decimal> {
    let of_unit = exact_quotient(profit.abs(), quantity.abs())?;
    let rises = profit.is_sign_negative() == is_short;
    let mark = if rises { decimal::add(entry, of_unit) } else { decimal::subtract(entry, of_unit) }?;
    (mark > Decimal::ZERO && mark.normalize().scale() <= DECIMALS).then_some(mark)
}

fn exact_quotient(of: Decimal, quantity: Decimal) -> Option<Decimal> {
    let quantity = quantity.normalize();
    if quantity.is_zero() || quantity.scale() > 0 {
        return None;
    }
    let quotient = of.checked_div(quantity)?.normalize();
    (quotient.scale() <= DECIMALS && decimal::multiply(quotient, quantity) == Some(of.normalize()))
        .then_some(quotient)
}

/// The leverage by which the notional is divided to give the initial margin of the position alone; `None` where the two
/// figures do not determine it.
///
/// The exchange rounds the margin at [`DECIMALS`] decimals, and before it one divided by the leverage.
pub fn leverage(notional: Decimal, initial_margin: Decimal) -> Option<u32> {
    let (notional, margin) = (notional.abs(), initial_margin.abs());
    let quotient = notional.checked_div(margin)?.round();
    let leverage = u32::try_from(quotient.normalize().mantissa()).ok()?;
    let leverage = Some(leverage).filter(|it| *it > 0 && quotient == Decimal::from(*it))?;
    let off = |leverage: u32| {
        let whole = margin.checked_mul(leverage.into())?;
        Some(whole.checked_sub(notional)?.abs())
    };
    // As far off as both roundings can bring it.
    let unit = Decimal::new(1, DECIMALS);
    let may_be_off =
        |leverage: u32| unit.checked_mul(notional.checked_add(Decimal::TWO)?)?.checked_mul(leverage.into());
    let is_possible = |leverage: u32| Some(off(leverage)? <= may_be_off(leverage)?);
    let is_only = !is_possible(leverage + 1)? && (leverage == 1 || !is_possible(leverage - 1)?);
    (is_possible(leverage)? && is_only).then_some(leverage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn the_mark_price_follows_from_figures_that_were_not_rounded() {
        assert_eq!(mark_of_notional(number("12.31427700"), number("30")), Some(number("0.4104759")));
        assert_eq!(mark_of_notional(number("-12.31427700"), number("-30")), Some(number("0.4104759")));
        // 0.001 × 21123.05052574 is printed as 21.12305052.
        assert_eq!(mark_of_notional(number("21.12305052"), number("0.001")), None);
        assert_eq!(mark_of_notional(number("10"), number("3")), None);
        assert_eq!(mark_of_notional(number("10"), Decimal::ZERO), None);
        let of_profit = |profit: &str, is_short| {
            mark_of_profit(number(profit), number("5"), is_short, number("2.3483")).map(|it| it.to_string())
        };
        assert_eq!(of_profit("0.2365", false).as_deref(), Some("2.3956"));
        assert_eq!(of_profit("-0.2365", true).as_deref(), Some("2.3956"));
        assert_eq!(of_profit("0.2365", true).as_deref(), Some("2.301"));
        assert_eq!(of_profit("12", true), None);
    }

    #[test]
    fn the_leverage_follows_from_the_initial_margin() {
        for (notional, margin, expected) in [
            ("12.31427700", "0.61571385", Some(20)),
            ("11.978", "2.3956", Some(5)),
            // 1 ÷ 3 is rounded up at 8 decimals before it is multiplied.
            ("1000000", "333333.34", Some(3)),
            ("1000000", "333333.33333333", Some(3)),
            ("-1992.46079250", "99.62303962", Some(20)),
            ("100", "15", None),
            ("0.0000001", "0.00000002", None),
            ("0.00001", "0", None),
            ("5", "50", None),
        ] {
            assert_eq!(leverage(number(notional), number(margin)), expected, "{notional} {margin}");
        }
    }
}
