//! What an account has: positions, wallet balances, and the collateral of a portfolio margin.

use std::collections::BTreeMap;

use crate::decimal::Decimal;
use crate::liquidation::Side;

/// What an account holds. Nothing of it is stored in a database.
///
/// ```
/// use tierbook::positions::{Account, Position, Side};
/// let position = Position { notional: Some(60_000.into()), leverage: Some(5), ..Position::of("ACTUSDT", Side::Long) };
/// let account = Account { positions: vec![position], ..Account::default() };
/// assert_eq!(account.positions[0].symbol, "ACTUSDT");
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Account {
    /// The positions. Two of one contract, a long and a short one, are a hedge.
    pub positions: Vec<Position>,
    /// The wallet balances by currency, without unrealized profit: the margin of the cross positions in that currency.
    pub wallet_balances: BTreeMap<String, Decimal>,
    /// The assets of a portfolio margin.
    pub collateral: Vec<Holding>,
}

/// A position. What is `None` removes the figures that need it, and they say so.
#[derive(Clone, PartialEq, Debug)]
pub struct Position {
    /// The contract, by any name that tools use.
    pub symbol: String,
    /// Long or short.
    pub side: Side,
    /// The size: units of the base, or contracts where a contract size is given or the contract is inverse.
    pub quantity: Option<Decimal>,
    /// The size in the currency of the table, without sign; it counts where there is no quantity with a mark price.
    pub notional: Option<Decimal>,
    /// The price at which the notional is stated, where it is another than the mark price.
    pub notional_price: Option<Decimal>,
    /// The price at which it was opened.
    pub entry_price: Option<Decimal>,
    /// The price at which the exchange values it.
    pub mark_price: Option<Decimal>,
    /// The leverage that is set.
    pub leverage: Option<u32>,
    /// Which margin it has; `None` for what [`Position::mode`] concludes.
    pub margin_mode: Option<MarginMode>,
    /// The isolated wallet, without unrealized profit.
    pub isolated_margin: Option<Decimal>,
    /// The balance of the wallet that all cross positions in its currency share, without unrealized profit.
    pub wallet_balance: Option<Decimal>,
    /// Units of the base in one contract; of an inverse contract the quote units in one.
    pub contract_size: Option<Decimal>,
}

/// Whose margin a position has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarginMode {
    /// Its own.
    Isolated,
    /// That of all cross positions in its currency.
    Cross,
}

impl MarginMode {
    /// The name in files and answers.
    ///
    /// ```
    /// assert_eq!(tierbook::positions::MarginMode::Cross.name(), "cross");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            MarginMode::Isolated => "isolated",
            MarginMode::Cross => "cross",
        }
    }
}

/// An asset that counts as collateral.
#[derive(Clone, PartialEq, Debug)]
pub struct Holding {
    /// The asset.
    pub asset: String,
    /// How much of it, without unrealized profit.
    pub amount: Decimal,
    /// Its price in USD.
    pub price: Option<Decimal>,
}

impl Position {
    /// A position of which only contract and side are known.
    ///
    /// ```
    /// use tierbook::positions::{Position, Side};
    /// assert_eq!(Position::of("ACTUSDT", Side::Short).quantity, None);
    /// ```
    pub fn of(symbol: impl Into<String>, side: Side) -> Position {
        Position {
            symbol: symbol.into(),
            side,
            quantity: None,
            notional: None,
            notional_price: None,
            entry_price: None,
            mark_price: None,
            leverage: None,
            margin_mode: None,
            isolated_margin: None,
            wallet_balance: None,
            contract_size: None,
        }
    }

    /// Whose margin it has: as stated; else its own where an isolated margin is stated, and that of all where a wallet
    /// balance is.
    ///
    /// ```
    /// use tierbook::positions::{MarginMode, Position, Side};
    /// let position = Position { isolated_margin: Some(100.into()), ..Position::of("ACTUSDT", Side::Long) };
    /// assert_eq!(position.mode(), Some(MarginMode::Isolated));
    /// ```
    pub fn mode(&self) -> Option<MarginMode> {
        let concluded = match (self.isolated_margin, self.wallet_balance) {
            (Some(_), None) => Some(MarginMode::Isolated),
            (None, Some(_)) => Some(MarginMode::Cross),
            _ => None,
        };
        self.margin_mode.or(concluded)
    }
}
