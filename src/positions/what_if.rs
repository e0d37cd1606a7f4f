//! The same account at other sizes and other prices.

use super::account::{Account, Position};
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::liquidation::fraction::{Fraction, Rounding};

/// Another price.
///
/// ```
/// use tierbook::positions::PriceChange;
/// let change: PriceChange = "BTCUSDT=-20%".parse()?;
/// assert_eq!(change.name, "BTCUSDT");
/// assert!("BTCUSDT=-100%".parse::<PriceChange>().is_err()); // no price is left
/// # Ok::<(), tierbook::Error>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct PriceChange {
    /// The contract or asset, as the account names it; `*` for all.
    pub name: String,
    /// What its price becomes.
    pub to: NewPrice,
}

/// What a price becomes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum NewPrice {
    /// This price.
    Price(Decimal),
    /// So many times the price that it has.
    Times(Decimal),
}

impl std::str::FromStr for PriceChange {
    type Err = Error;

    fn from_str(text: &str) -> Result<PriceChange> {
        let refused = |why: &str| {
            Error::new(ErrorCode::NotANumber, format!("`{text}` is not a price: {why}"))
                .hint("write NAME=PRICE or NAME=CHANGE in per cent: BTCUSDT=60000, BTCUSDT=-20%, '*=-20%'")
        };
        let (name, value) = text.split_once('=').ok_or_else(|| refused("there is no `=`"))?;
        if name.trim().is_empty() {
            return Err(refused("there is no name before `=`"));
        }
        let value = value.trim();
        let to = match value.strip_suffix('%') {
            Some(percent) => {
                let (is_fall, size) = match percent.trim_start().strip_prefix('-') {
                    Some(size) => (true, size),
                    None => (false, percent.trim_start().trim_start_matches('+')),
                };
                let size = crate::decimal::parse(size.trim()).and_then(crate::decimal::hundredth);
                let size = size.ok_or_else(|| refused("the part before `%` is no number"))?;
                let times =
                    if is_fall { Decimal::ONE.checked_sub(size) } else { Decimal::ONE.checked_add(size) };
                NewPrice::Times(
                    times.filter(|it| *it > Decimal::ZERO).ok_or_else(|| refused("no price is left"))?,
                )
            }
            None => {
                let price = crate::query::plan::at::amount(value)?;
                if price.is_zero() {
                    return Err(refused("a price is above 0"));
                }
                NewPrice::Price(price)
            }
        };
        Ok(PriceChange { name: name.trim().to_string(), to })
    }
}

impl PriceChange {
    /// Whether it is about the contract or asset of a name.
    ///
    /// ```
    /// use tierbook::positions::PriceChange;
    /// let change: PriceChange = "*=-20%".parse()?;
    /// assert!(change.is_of("BTCUSDT"));
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn is_of(&self, name: &str) -> bool {
        self.name == "*" || self.name.eq_ignore_ascii_case(name)
    }

    fn of(&self, price: Decimal) -> Result<Decimal> {
        match self.to {
            NewPrice::Price(price) => Ok(price),
            NewPrice::Times(times) => rounded(&Fraction::from(price).times(&times.into()), Rounding::Down),
        }
    }
}

fn rounded(number: &Fraction, to: Rounding) -> Result<Decimal> {
    let rounded = number.round(to).map(|rounded| rounded.value);
    rounded.ok_or_else(|| {
        Error::new(ErrorCode::NotANumber, "a figure of the positions needs more than 28 digits")
    })
}

impl Account {
    /// The same account with positions so many times as large: quantities and notionals. Margins, wallets, collateral and
    /// entry prices stay as they are.
    ///
    /// ```
    /// use tierbook::positions::{Account, Position, Side};
    /// let position = Position { notional: Some(60_000.into()), ..Position::of("ACTUSDT", Side::Long) };
    /// let account = Account { positions: vec![position], ..Account::default() };
    /// assert_eq!(account.scaled(2.into())?.positions[0].notional, Some(120_000.into()));
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    ///
    /// # Errors
    /// A size would need more than 28 digits.
    pub fn scaled(&self, by: Decimal) -> Result<Account> {
        let times = |size: Option<Decimal>| -> Result<Option<Decimal>> {
            size.map(|size| rounded(&Fraction::from(size).times(&by.into()), Rounding::Up)).transpose()
        };
        let scaled = |position: &Position| -> Result<Position> {
            let (quantity, notional) = (times(position.quantity)?, times(position.notional)?);
            Ok(Position { quantity, notional, ..position.clone() })
        };
        let positions = self.positions.iter().map(scaled).collect::<Result<_>>()?;
        Ok(Account { positions, ..self.clone() })
    }

    /// The same account at another mark price of a contract, or price of an asset. A notional moves with
    /// the price from the mark price at which it is stated.
    ///
    /// ```
    /// use tierbook::positions::{Account, Position, Side};
    /// let position = Position { mark_price: Some("0.02".parse()?), ..Position::of("ACTUSDT", Side::Long) };
    /// let account = Account { positions: vec![position], ..Account::default() };
    /// let fallen = account.at_price(&"ACTUSDT=-20%".parse()?)?;
    /// assert_eq!(fallen.positions[0].mark_price, Some("0.016".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Nothing of that name is in the account, it has no price that could change, or a figure would need more than 28
    /// digits.
    pub fn at_price(&self, change: &PriceChange) -> Result<Account> {
        let mut account = self.clone();
        account.reprice(change)?;
        Ok(account)
    }

    /// As [`Account::at_price`], of this account itself; after an error some of its prices may be changed.
    ///
    /// # Errors
    /// As for [`Account::at_price`].
    pub(crate) fn reprice(&mut self, change: &PriceChange) -> Result<()> {
        let mut is_found = false;
        for position in self.positions.iter_mut().filter(|it| change.is_of(&it.symbol)) {
            is_found = true;
            reprice(position, change)?;
        }
        for holding in self.collateral.iter_mut().filter(|it| change.is_of(&it.asset)) {
            is_found = true;
            holding.price = match (holding.price, change.to) {
                (Some(price), _) => Some(change.of(price)?),
                (None, NewPrice::Price(price)) => Some(price),
                (None, NewPrice::Times(_)) => return Err(without_price(&holding.asset)),
            };
        }
        if is_found {
            return Ok(());
        }
        let names = self.positions.iter().map(|it| it.symbol.as_str());
        let names = names.chain(self.collateral.iter().map(|it| it.asset.as_str()));
        let message = format!("there is no position or asset `{}`", change.name);
        let near =
            crate::text::nearest(&change.name, names.clone()).map(|near| format!("did you mean {near}?"));
        let hint =
            near.unwrap_or_else(|| format!("there are: {}", names.take(10).collect::<Vec<_>>().join(", ")));
        Err(Error::new(ErrorCode::UnknownSubject, message).hint(hint))
    }
}

fn reprice(position: &mut Position, change: &PriceChange) -> Result<()> {
    let before = position.mark_price.filter(|price| !price.is_zero());
    if before.is_none() && position.quantity.is_none() {
        let message = format!("the size of {} cannot follow a price", position.symbol);
        return Err(Error::new(ErrorCode::NotANumber, message)
            .hint("state the quantity of the position, or the mark price of its notional"));
    }
    position.mark_price = Some(match (before, change.to) {
        (Some(price), _) => change.of(price)?,
        (None, NewPrice::Price(price)) => price,
        (None, NewPrice::Times(_)) => return Err(without_price(&position.symbol)),
    });
    if position.notional.is_some() && position.notional_price.is_none() {
        position.notional_price = before;
    }
    Ok(())
}

fn without_price(name: &str) -> Error {
    Error::new(ErrorCode::NotANumber, format!("{name} has no price that could change by a percentage"))
        .hint(format!("state the price: {name}=60000"))
}
