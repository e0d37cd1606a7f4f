//! The side of a position: by its word, else by the sign of its size.

use super::fields::Fields;
use super::notes::Inferred;
use super::roles::Role;
use crate::decimal::Decimal;
use crate::liquidation::Side;

/// The side by its word; else by the sign of the size.
pub fn side(
    row: &mut Fields,
    quantity: Option<Decimal>,
    notional: Option<Decimal>,
    inferred: &mut Inferred,
) -> Option<Side> {
    let word = row.word(Role::Side);
    let is_negative =
        |number: Option<Decimal>| number.is_some_and(|it| it.is_sign_negative() && !it.is_zero());
    let is_negative = is_negative(quantity) || is_negative(notional);
    match word.as_deref() {
        Some("long" | "buy") if is_negative => {
            let what = "the side is long, but the size is below 0";
            row.wrong(Role::Side, what, "write the size without a sign, or correct the side");
            None
        }
        Some("long" | "buy") => Some(Side::Long),
        Some("short" | "sell") => Some(Side::Short),
        Some("both" | "net") | None if quantity.or(notional).is_none() => {
            // A size that cannot be read is noted already.
            if !row.errors.is_empty() {
                return None;
            }
            row.wrong(Role::Side, "there is neither a side nor a size", "write long or short");
            None
        }
        Some("both" | "net") => Some(if is_negative { Side::Short } else { Side::Long }),
        None if is_negative => Some(Side::Short),
        // Where other rows have a word, a size above 0 may be that of a short.
        None if row.shape.place(Role::Side).is_some() => {
            row.wrong(
                Role::Side,
                "it is empty",
                "write long or short; BOTH where the sign of the size tells it",
            );
            None
        }
        None => {
            inferred.side = !row.shape.is_of_exchange();
            Some(Side::Long)
        }
        Some(_) => {
            row.no_such_word(Role::Side, "no side", "write long or short, buy or sell");
            None
        }
    }
}
