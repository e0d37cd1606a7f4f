//! A row as what it states: a position, a closed one, an asset of collateral or the balance of a wallet.

use super::cell::{Cell, Commas};
use super::derived;
use super::fields::Fields;
use super::margin::margin;
use super::notes::Inferred;
use super::roles::Role;
use super::shape::Shape;
use super::side::side;
use crate::decimal::Decimal;
use crate::error::Error;
use crate::liquidation::Side;
use crate::positions::account::{Holding, Position};

/// What a row states.
#[derive(Clone, PartialEq, Debug)]
pub enum Entry {
    /// A position, and what of it is inferred.
    Position(Position, Inferred),
    /// A position of size 0.
    Closed,
    /// An asset that counts as collateral.
    Holding(Holding),
    /// The balance of the wallet of a currency.
    Wallet(String, Decimal),
}

/// Reads a row; `place` is where a column of it is, in words.
///
/// # Errors
/// Cells that cannot be read, or that contradict each other: each with its place.
pub fn entry(
    shape: &Shape,
    cells: &[Cell],
    commas: Commas,
    place: &dyn Fn(Option<usize>) -> String,
) -> std::result::Result<Entry, Vec<Error>> {
    let mut row = Fields::of(shape, cells, commas, place);
    match read(&mut row) {
        Some(entry) if row.errors.is_empty() => Ok(entry),
        _ => Err(row.errors),
    }
}

fn read(row: &mut Fields) -> Option<Entry> {
    match (row.is_there(Role::Symbol), row.is_there(Role::Asset)) {
        (true, true) => {
            row.wrong(Role::Asset, "the row names a contract and an asset", "write them as two rows");
            None
        }
        (true, false) => position(row),
        (false, true) => asset(row),
        (false, false) if is_closed(row) => Some(Entry::Closed),
        (false, false) => {
            let role = if row.shape.place(Role::Symbol).is_some() { Role::Symbol } else { Role::Asset };
            row.wrong(role, "it is empty", "write the name of a contract, or leave the row out");
            None
        }
    }
}

fn position(row: &mut Fields) -> Option<Entry> {
    if is_closed(row) {
        return Some(Entry::Closed);
    }
    let (quantity, notional) = (row.number(Role::Quantity), row.number(Role::Notional));
    if quantity.is_some_and(|it| it.is_zero()) {
        row.wrong(Role::Quantity, "it is 0, but the notional is not", "leave the one out that is not meant");
    }
    let symbol = row.name(Role::Symbol);
    let mut inferred = Inferred::default();
    let side = side(row, quantity, notional, &mut inferred);
    let (margin_mode, isolated_margin) = margin(row, &mut inferred);
    let stated = Position {
        quantity: quantity.map(|it| it.abs()),
        // Tools print a notional of 0 where they have none.
        notional: notional.map(|it| it.abs()).filter(|it| !it.is_zero()),
        entry_price: row.price(Role::EntryPrice),
        mark_price: row.price(Role::MarkPrice),
        leverage: leverage(row, &mut inferred),
        margin_mode,
        isolated_margin,
        wallet_balance: row.number(Role::WalletBalance),
        contract_size: contract_size(row),
        ..Position::of(symbol?, side?)
    };
    let position = with_derived(row, stated, &mut inferred);
    Some(Entry::Position(position, inferred))
}

/// Whether the row is a position of size 0: without a quantity and a notional, of which one is there.
fn is_closed(row: &Fields) -> bool {
    match (row.is_zero(Role::Quantity), row.is_zero(Role::Notional)) {
        (Some(true), None | Some(true)) | (None, Some(true)) => true,
        (Some(_), _) | (None, _) => false,
    }
}

fn asset(row: &mut Fields) -> Option<Entry> {
    let asset = row.name(Role::Asset)?;
    // A program before a colon is written in lower case: pm-pro:BTC.
    let asset = match asset.rsplit_once(':') {
        Some((program, asset)) => format!("{program}:{}", asset.to_uppercase()),
        None => asset.to_uppercase(),
    };
    let amount = row.number(Role::Amount);
    let price = row.price(Role::Price);
    match (amount, row.number(Role::WalletBalance)) {
        (Some(amount), None) => Some(Entry::Holding(Holding { asset, amount, price })),
        (None, Some(balance)) => Some(Entry::Wallet(asset, balance)),
        (Some(_), Some(_)) => {
            let what = "the row has an amount of collateral and the balance of a wallet";
            row.wrong(Role::WalletBalance, what, "write them as two rows");
            None
        }
        (None, None) => {
            let what = "the asset has neither an amount nor a wallet balance";
            row.wrong(Role::Amount, what, "write how much of it counts as collateral in `amount`");
            None
        }
    }
}

/// A leverage; the exchange prints 0 for none.
fn leverage(row: &mut Fields, inferred: &mut Inferred) -> Option<u32> {
    let leverage = row.take(Role::Leverage, |cell| cell.leverage())?;
    if leverage == 0 && row.shape.is_of_exchange() {
        inferred.no_leverage = true;
        return None;
    }
    if leverage == 0 {
        row.wrong(Role::Leverage, "`0` is not a leverage", "write a whole number from 1 on: 5 or 5x");
    }
    Some(leverage)
}

fn contract_size(row: &mut Fields) -> Option<Decimal> {
    let size = row.number(Role::ContractSize)?;
    if size <= Decimal::ZERO {
        row.wrong(Role::ContractSize, "a contract has more than 0 units", "write the units of one contract");
    }
    Some(size)
}

/// The mark price and the leverage that follow from other figures of the exchange.
fn with_derived(row: &mut Fields, stated: Position, inferred: &mut Inferred) -> Position {
    let mut position = stated;
    if position.mark_price.is_none() && row.shape.is_linear() {
        let profit = row.number(Role::UnrealizedProfit);
        let of_notional = position.notional.zip(position.quantity);
        position.mark_price = match of_notional {
            Some((notional, quantity)) => derived::mark_of_notional(notional, quantity),
            None => profit.zip(position.quantity).zip(position.entry_price).and_then(
                |((profit, quantity), entry)| {
                    derived::mark_of_profit(profit, quantity, position.side == Side::Short, entry)
                },
            ),
        };
        inferred.mark_price = position.mark_price.is_some();
    }
    inferred.no_mark_price = position.mark_price.is_none() && row.shape.is_of_account();
    if position.leverage.is_none() {
        let margin = row.number(Role::PositionInitialMargin);
        position.leverage =
            position.notional.zip(margin).and_then(|(notional, margin)| derived::leverage(notional, margin));
        inferred.leverage = position.leverage.is_some();
    }
    position
}
