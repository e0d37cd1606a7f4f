//! The positions of `impact` as they would be: at another size, other prices and other wallets.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::impact_options::ImpactArguments;
use tierbook::positions::{Account, Position, PriceChange};
use tierbook::{Decimal, Error, ErrorCode};

/// What `--scale`, `--price` and `--wallet` make of positions.
pub struct Scenario {
    scale: Option<Decimal>,
    prices: Vec<PriceChange>,
    wallets: Vec<(String, Decimal)>,
    /// Which prices changed one of many positions.
    used: RefCell<BTreeSet<usize>>,
}

impl Scenario {
    /// What the options state.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn of(arguments: &ImpactArguments) -> Result<Scenario, Error> {
        let factor = |text: &String| {
            let digits = text.strip_suffix(['x', 'X']).unwrap_or(text);
            tierbook::language::amount(digits)
                .map_err(|error| error.hint("the factor of --scale is a number: 2x, 0.5x"))
        };
        Ok(Scenario {
            scale: arguments.scale.as_ref().map(factor).transpose()?,
            prices: arguments.price.iter().map(|text| text.parse()).collect::<Result<_, _>>()?,
            wallets: arguments.wallet.iter().map(|text| wallet(text)).collect::<Result<_, _>>()?,
            used: RefCell::default(),
        })
    }

    /// A whole account.
    ///
    /// # Errors
    /// A figure has too many digits, or a price is of nothing that is there.
    pub fn of_account(&self, mut account: Account) -> Result<Account, Error> {
        if let Some(by) = self.scale {
            account = account.scaled(by)?;
        }
        for price in &self.prices {
            account = account.at_price(price)?;
        }
        Ok(self.of_wallets(account))
    }

    /// The wallets of an account.
    pub fn of_wallets(&self, mut account: Account) -> Account {
        account.wallet_balances.extend(self.wallets.iter().cloned());
        account
    }

    /// One position of many: a price of another contract does not change it.
    ///
    /// # Errors
    /// A figure has too many digits.
    pub fn of_position(&self, position: Position) -> Result<Position, Error> {
        if self.scale.is_none() && self.prices.is_empty() {
            return Ok(position);
        }
        let alone = |position| Account { positions: vec![position], ..Account::default() };
        let mut account = alone(position);
        if let Some(by) = self.scale {
            account = account.scaled(by)?;
        }
        for (place, price) in self.prices.iter().enumerate() {
            if price.is_of(&account.positions[0].symbol) {
                self.used.borrow_mut().insert(place);
                account = account.at_price(price)?;
            }
        }
        Ok(account.positions.remove(0))
    }

    /// The prices that changed none of many positions, in words.
    pub fn unused(&self) -> Vec<String> {
        let used = self.used.borrow();
        let unused = self.prices.iter().enumerate().filter(|(place, _)| !used.contains(place));
        unused
            .map(|(_, price)| format!("`--price` changed nothing: no position is in {}", price.name))
            .collect()
    }
}

/// A currency and its balance: `USDT=25000`.
fn wallet(text: &str) -> Result<(String, Decimal), Error> {
    let hint = "write the currency and its balance: --wallet USDT=25000";
    let (name, balance) = text
        .split_once('=')
        .filter(|(name, _)| !name.trim().is_empty())
        .ok_or_else(|| Error::new(ErrorCode::NotANumber, format!("`{text}` is no wallet")).hint(hint))?;
    let balance = tierbook::language::amount(balance.trim()).map_err(|error| error.hint(hint))?;
    Ok((name.trim().to_uppercase(), balance))
}
