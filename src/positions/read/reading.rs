//! What is gathered of a file while it is read: positions part by part, everything else once.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{Cell, Commas};
use super::notes::Notes;
use super::row::{Entry, entry};
use super::shape::Shape;
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::json::quoted;
use crate::limits;
use crate::positions::account::{Holding, Position};

/// What is read of a file.
#[derive(Default)]
pub struct Reading {
    /// The positions since they were taken last.
    pub positions: Vec<Position>,
    /// The wallet balances by currency.
    pub wallet_balances: BTreeMap<String, Decimal>,
    /// The assets of collateral.
    pub collateral: Vec<Holding>,
    /// What a user should know.
    pub notes: Notes,
    assets: BTreeSet<String>,
    errors: Vec<Error>,
    more_errors: u64,
}

/// A row of a file.
pub struct Row<'a> {
    /// Its columns.
    pub shape: &'a Shape,
    /// Its cells.
    pub cells: &'a [Cell<'a>],
    /// How its numbers are written.
    pub commas: Commas,
    /// Where it, or a column of it, is.
    pub place: &'a dyn Fn(Option<usize>) -> String,
}

impl Reading {
    /// Takes a row.
    pub fn take(&mut self, row: &Row) {
        let at = |error: Error| error.in_row(&(row.place)(None));
        match entry(row.shape, row.cells, row.commas, row.place) {
            Ok(Entry::Position(position, inferred)) => {
                self.positions.push(position);
                self.notes.position(inferred);
            }
            Ok(Entry::Closed) => self.notes.closed(),
            Ok(Entry::Holding(holding)) => {
                if let Err(error) = self.hold(holding) {
                    self.note(at(error));
                }
            }
            Ok(Entry::Wallet(currency, balance)) => {
                if let Err(error) = self.balance(currency, balance) {
                    self.note(at(error));
                }
            }
            Err(errors) => errors.into_iter().for_each(|error| self.note(error)),
        }
    }

    /// Takes an asset of collateral.
    ///
    /// # Errors
    /// It is there already, or there are too many.
    pub fn hold(&mut self, holding: Holding) -> Result<()> {
        if !self.assets.insert(holding.asset.clone()) {
            return Err(twice(&holding.asset, "write one row with the sum of its amounts"));
        }
        check_count(self.collateral.len())?;
        self.collateral.push(holding);
        Ok(())
    }

    /// Takes the balance of a wallet.
    ///
    /// # Errors
    /// The currency has one already, or there are too many.
    pub fn balance(&mut self, currency: String, balance: Decimal) -> Result<()> {
        check_count(self.wallet_balances.len())?;
        match self.wallet_balances.insert(currency.clone(), balance) {
            Some(_) => Err(twice(&currency, "write one wallet balance for each currency")),
            None => Ok(()),
        }
    }

    /// Notes what is wrong.
    pub fn note(&mut self, error: Error) {
        if self.errors.len() < limits::POSITIONS_ERRORS {
            self.errors.push(error);
        } else {
            self.more_errors += 1;
        }
    }

    /// Whether so much is wrong that nothing more is shown.
    pub fn is_full(&self) -> bool {
        self.more_errors > 0
    }

    /// What is wrong as one error: the first, the others as its hints.
    ///
    /// # Errors
    /// Something is wrong.
    pub fn check(&mut self) -> Result<()> {
        let mut errors = std::mem::take(&mut self.errors).into_iter();
        let Some(first) = errors.next() else { return Ok(()) };
        let other = |error: Error| match error.hints().first() {
            Some(hint) => format!("also {} ({hint})", error.message()),
            None => format!("also {}", error.message()),
        };
        let first = errors.map(other).fold(first, Error::hint);
        Err(if self.more_errors > 0 { first.hint("and more; only the first are shown") } else { first })
    }
}

fn twice(asset: &str, hint: &str) -> Error {
    Error::new(ErrorCode::UnreadableLine, format!("`{}` is there twice", quoted(asset))).hint(hint)
}

fn check_count(count: usize) -> Result<()> {
    if count < limits::POSITIONS_ASSETS {
        return Ok(());
    }
    let message = format!("there are more than {} assets", limits::POSITIONS_ASSETS);
    Err(Error::new(ErrorCode::TooLarge, message).hint("no exchange has so many; leave out those of amount 0"))
}
