//! What the columns of a positions file are for, by the names that the exchange and tools give them.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a column is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// The contract of a position.
    Symbol,
    /// Long or short.
    Side,
    /// The size in units of the base, or in contracts.
    Quantity,
    /// The size in the currency of the table.
    Notional,
    /// The price at which it was opened.
    EntryPrice,
    /// The price at which the exchange values it.
    MarkPrice,
    /// The leverage that is set.
    Leverage,
    /// Isolated or cross.
    MarginMode,
    /// Whether it is isolated.
    IsIsolated,
    /// The isolated wallet, without unrealized profit.
    IsolatedMargin,
    /// The balance of a wallet, without unrealized profit.
    WalletBalance,
    /// Units in a contract.
    ContractSize,
    /// An asset that counts as collateral, or the currency of a wallet.
    Asset,
    /// How much of an asset.
    Amount,
    /// The price of an asset in USD.
    Price,
    /// The profit at the mark price, from which a missing mark price may follow.
    UnrealizedProfit,
    /// The initial margin of the position alone, from which a missing leverage may follow.
    PositionInitialMargin,
}

impl Role {
    /// How many there are.
    pub const COUNT: usize = NAMES.len();

    /// The name of the column as the documentation writes it.
    pub fn name(self) -> &'static str {
        NAMES.get(self as usize).and_then(|(_, names)| names.first()).copied().unwrap_or_default()
    }
}

/// The names of the columns, the first of each as the documentation writes it.
const NAMES: [(Role, &[&str]); 17] = [
    (Role::Symbol, &["symbol", "contract", "instrument", "ticker", "pair", "market", "inst_id"]),
    (Role::Side, &["side", "position_side", "direction"]),
    (
        Role::Quantity,
        &["quantity", "position_amt", "contracts", "qty", "size", "position_size", "position_qty"],
    ),
    (Role::Notional, &["notional", "notional_value", "position_notional", "position_value"]),
    (
        Role::EntryPrice,
        &["entry_price", "entry", "avg_entry_price", "average_entry_price", "avg_price", "open_price"],
    ),
    (Role::MarkPrice, &["mark_price", "mark"]),
    (Role::Leverage, &["leverage", "lev"]),
    (Role::MarginMode, &["margin_mode", "margin_type"]),
    (Role::IsIsolated, &["isolated", "is_isolated"]),
    (
        Role::IsolatedMargin,
        &["isolated_margin", "isolated_wallet", "position_margin", "isolated_wallet_balance"],
    ),
    (Role::WalletBalance, &["wallet_balance", "cross_wallet_balance"]),
    (Role::ContractSize, &["contract_size", "multiplier", "contract_multiplier"]),
    (Role::Asset, &["asset", "collateral_asset", "coin"]),
    (Role::Amount, &["amount"]),
    (Role::Price, &["price", "price_usd", "usd_price"]),
    (Role::UnrealizedProfit, &["unrealized_profit", "unrealized_pnl", "upnl"]),
    (Role::PositionInitialMargin, &["position_initial_margin"]),
];

/// Pairs of names for one column of which the first counts where a file has both: a reply of the exchange has the
/// isolated wallet beside its margin with the profit, and the cross wallet beside the one with the isolated ones; ccxt
/// wrote the margin mode twice.
pub const PREFERRED: [(&str, &str); 5] = [
    ("isolated_wallet", "position_margin"),
    ("isolated_wallet", "isolated_margin"),
    ("position_margin", "isolated_margin"),
    ("cross_wallet_balance", "wallet_balance"),
    ("margin_mode", "margin_type"),
];

/// Columns of the exchange and of ccxt that no figure needs. They are not named as unknown.
const NOT_NEEDED: &[&str] = &[
    "account_alias",
    "adl",
    "adl_quantile",
    "ask_notional",
    "available_balance",
    "balance",
    "bid_notional",
    "break_even_price",
    "collateral",
    "cross_margin",
    "cross_un_pnl",
    "datetime",
    "hedged",
    "id",
    "info",
    "initial_margin",
    "initial_margin_percentage",
    "is_auto_add_margin",
    "last_price",
    "last_update_timestamp",
    "liquidation_price",
    "maint_margin",
    "maintenance_margin",
    "maintenance_margin_percentage",
    "margin_asset",
    "margin_available",
    "margin_balance",
    "margin_ratio",
    "max_notional",
    "max_notional_value",
    "max_qty",
    "max_withdraw_amount",
    "open_order_initial_margin",
    "percentage",
    "realized_pnl",
    "stop_loss_price",
    "take_profit_price",
    "timestamp",
    "update_time",
];

/// What is known of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// It is the name of such a column.
    Role(Role),
    /// No figure needs it.
    NotNeeded,
}

static KNOWN: LazyLock<HashMap<String, Known>> = LazyLock::new(|| {
    let not_needed = NOT_NEEDED.iter().map(|name| (plain(name), Known::NotNeeded));
    let of_role = |(role, names): &(Role, &'static [&'static str])| {
        let role = *role;
        names.iter().map(move |name| (plain(name), Known::Role(role)))
    };
    not_needed.chain(NAMES.iter().flat_map(of_role)).collect()
});

/// A name without case, blanks, dashes and underscores: `entryPrice`, `entry_price` and `Entry Price` are one.
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// What is known of the name of a column.
pub fn known(name: &str) -> Option<Known> {
    KNOWN.get(&plain(name)).copied()
}

/// Every name of the columns that are read, as the documentation writes it.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().flat_map(|(_, names)| names.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_is_at_its_place_in_the_table_and_no_name_has_two() {
        for (place, (role, names)) in NAMES.iter().enumerate() {
            assert_eq!((*role as usize, role.name()), (place, names[0]));
            assert!(names.iter().all(|name| known(name) == Some(Known::Role(*role))), "{names:?}");
        }
        assert!(NOT_NEEDED.iter().all(|name| known(name) == Some(Known::NotNeeded)));
        assert!(PREFERRED.iter().all(|(one, other)| known(one) == known(other) && one != other));
    }
}
