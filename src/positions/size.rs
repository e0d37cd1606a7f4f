//! The size of a position: its units, its notional and its profit, as exact fractions.

use super::account::Position;
use crate::decimal::Decimal;
use crate::liquidation::fraction::{Fraction, Rounding};
use crate::liquidation::{Leg, Side};

/// What is known of the size of a position. What is `Err` names the columns that it needs.
pub struct Size {
    /// The notional at the mark price, or as stated, in the currency of the table.
    pub notional: Needed,
    /// The profit at the mark price.
    pub profit: Needed,
    /// What moves with the price.
    pub leg: Result<Leg, Vec<&'static str>>,
}

/// A number, or the columns that it needs and that are missing.
pub type Needed = Result<Fraction, Vec<&'static str>>;

impl Size {
    /// Of a position in a linear or an inverse contract.
    pub fn of(position: &Position, is_inverse: bool) -> Size {
        let units = units(position, is_inverse);
        let notional = notional(position, &units, is_inverse);
        let entry = price(position.entry_price, "entry_price");
        let leg = both(&units, &entry).map(|(quantity, entry_price)| Leg {
            side: position.side,
            quantity: quantity.clone(),
            entry_price: entry_price.clone(),
        });
        let mark = price(position.mark_price, "mark_price");
        let profit = match (&leg, &mark) {
            (Ok(leg), Ok(mark)) => Ok(profit(leg, mark, is_inverse)),
            (leg, mark) => Err(missing(leg.as_ref().err(), mark.as_ref().err())),
        };
        Size { notional, profit, leg }
    }
}

fn price(price: Option<Decimal>, column: &'static str) -> Needed {
    price.filter(|price| !price.is_zero()).map(Fraction::from).ok_or_else(|| vec![column])
}

/// The units by the quantity; else by the notional at the mark price, or at the entry price where there is none.
fn units(position: &Position, is_inverse: bool) -> Needed {
    match (position.quantity, position.contract_size, is_inverse) {
        (Some(quantity), Some(size), _) => return Ok(Fraction::from(quantity.abs()).times(&size.into())),
        (Some(quantity), None, false) => return Ok(quantity.abs().into()),
        (Some(_), None, true) | (None, ..) => {}
    }
    let needs = if position.quantity.is_some() { "contract_size" } else { "quantity" };
    let price = position
        .notional_price
        .or(position.mark_price)
        .or(position.entry_price)
        .filter(|price| !price.is_zero());
    match (position.notional, price) {
        (Some(notional), Some(price)) => {
            let (notional, price) = (Fraction::from(notional.abs()), Fraction::from(price));
            let units = if is_inverse { Some(notional.times(&price)) } else { notional.over(&price) };
            units.ok_or_else(|| vec![needs])
        }
        _ => Err(vec![needs]),
    }
}

fn notional(position: &Position, units: &Needed, is_inverse: bool) -> Needed {
    let stated = || position.notional.map(|notional| Fraction::from(notional.abs()));
    let mark = price(position.mark_price, "mark_price");
    // A quantity is exact; what tools print as the notional is mostly rounded.
    match (position.quantity.or(position.notional_price), units, &mark) {
        (Some(_), Ok(units), Ok(mark)) => {
            let notional = if is_inverse { units.over(mark) } else { Some(units.times(mark)) };
            notional.or_else(stated).ok_or_else(|| vec!["mark_price"])
        }
        (Some(_), units, mark) => stated().ok_or_else(|| missing(units.as_ref().err(), mark.as_ref().err())),
        (None, ..) => stated().ok_or_else(|| vec!["quantity or notional"]),
    }
}

/// The profit of a long position: units × (mark − entry); of an inverse one units × (1 ÷ entry − 1 ÷ mark).
fn profit(leg: &Leg, mark: &Fraction, is_inverse: bool) -> Fraction {
    let inverse = |price: &Fraction| Fraction::from(Decimal::ONE).over(price).unwrap_or_else(Fraction::zero);
    let rise = if is_inverse {
        inverse(&leg.entry_price).minus(&inverse(mark))
    } else {
        mark.minus(&leg.entry_price)
    };
    let profit = leg.quantity.times(&rise);
    if leg.side == Side::Long { profit } else { profit.negative() }
}

fn both<'a>(one: &'a Needed, other: &'a Needed) -> Result<(&'a Fraction, &'a Fraction), Vec<&'static str>> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => Err(missing(one.as_ref().err(), other.as_ref().err())),
    }
}

/// A number rounded to a side at 18 decimals, as the sums of an account have it.
pub fn rounded(number: &Needed, to: Rounding) -> Needed {
    let number = number.as_ref().map_err(Clone::clone)?;
    number.round(to).map(|rounded| rounded.value.into()).ok_or_else(|| vec!["a smaller size"])
}

/// The columns that one or the other lacks, each once.
pub fn missing(one: Option<&Vec<&'static str>>, other: Option<&Vec<&'static str>>) -> Vec<&'static str> {
    let mut columns: Vec<&'static str> = Vec::new();
    for column in one.into_iter().chain(other).flatten() {
        if !columns.contains(column) {
            columns.push(column);
        }
    }
    columns
}
