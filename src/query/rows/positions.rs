//! Rows about positions: what a table makes of one, now and after a change, and what it does to the account.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::certainty::Certainty;
use super::parts::{SourceRef, Status, Warning};
use super::serialize::{basis, maybe_number, maybe_percent, object, text};
use crate::decimal::Decimal;
use crate::liquidation::Side;
use crate::statement::{At, Subject, TxId};
use crate::time::ValidTime;

/// What the table of a contract makes of a position at one basis. A figure that is `None` is in `absent`, with the reason.
///
/// Amounts are in the currency of the table; decimals are exact, or rounded to the safe side and named in `rounded`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Figures {
    /// Whether there is a table with a tier for this size.
    pub status: Status,
    /// Why there is none.
    pub message: Option<String>,
    /// The currency of the amounts.
    pub unit: String,
    /// The size at the mark price, or as stated.
    #[serde(serialize_with = "maybe_number")]
    pub notional: Option<Decimal>,
    /// The number of the tier that contains it.
    pub tier: Option<u32>,
    /// The maintenance margin rate, as a fraction.
    #[serde(serialize_with = "maybe_number")]
    pub mmr: Option<Decimal>,
    /// notional × rate − maintenance amount.
    #[serde(serialize_with = "maybe_number")]
    pub maintenance_margin: Option<Decimal>,
    /// notional ÷ the leverage that is set.
    #[serde(serialize_with = "maybe_number")]
    pub initial_margin: Option<Decimal>,
    /// The highest leverage that this size allows.
    pub max_leverage: Option<u32>,
    /// The largest notional that allows the leverage that is set.
    #[serde(serialize_with = "maybe_number")]
    pub max_position: Option<Decimal>,
    /// The last cap of the table.
    #[serde(serialize_with = "maybe_number")]
    pub limit: Option<Decimal>,
    /// What the notional may grow by inside its tier.
    #[serde(serialize_with = "maybe_number")]
    pub room: Option<Decimal>,
    /// The same as a fraction of the notional.
    #[serde(serialize_with = "maybe_number")]
    pub room_ratio: Option<Decimal>,
    /// Profit at the mark price, below 0 for a loss.
    #[serde(serialize_with = "maybe_number")]
    pub unrealized_profit: Option<Decimal>,
    /// The price at which the margin balance equals the maintenance margin.
    #[serde(serialize_with = "maybe_number")]
    pub liquidation_price: Option<Decimal>,
    /// maintenance margin ÷ margin balance: the position is liquidated at 1. With cross margin that of the account.
    #[serde(serialize_with = "maybe_number")]
    pub margin_ratio: Option<Decimal>,
    /// Which figures are rounded.
    pub rounded: Vec<&'static str>,
    /// The figures that are `None`, and why.
    pub absent: Vec<Absent>,
    /// How certain the tier is.
    pub certainty: Option<Certainty>,
    /// How probable it is that the exchange applies the table, in per cent.
    #[serde(serialize_with = "maybe_percent")]
    pub holds: Option<u8>,
    /// Since when the table is in force, if a change says so.
    pub in_force_since: Option<ValidTime>,
    /// When it was last confirmed.
    pub last_confirmed_at: Option<ValidTime>,
    /// Which document states the table.
    pub source: Option<SourceRef>,
    /// What else should be known of the table.
    pub warnings: Vec<Warning>,
}

impl Figures {
    /// No figure yet, of a table in a currency.
    pub(crate) fn none(status: Status, message: Option<String>, unit: String) -> Figures {
        Figures {
            status,
            message,
            unit,
            notional: None,
            tier: None,
            mmr: None,
            maintenance_margin: None,
            initial_margin: None,
            max_leverage: None,
            max_position: None,
            limit: None,
            room: None,
            room_ratio: None,
            unrealized_profit: None,
            liquidation_price: None,
            margin_ratio: None,
            rounded: Vec::new(),
            absent: Vec::new(),
            certainty: None,
            holds: None,
            in_force_since: None,
            last_confirmed_at: None,
            source: None,
            warnings: Vec::new(),
        }
    }
}

/// A figure that there is none of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Absent {
    /// Its name.
    pub measure: &'static str,
    /// `missing` where the positions lack what it needs, else the status of the rule or of the figure.
    pub status: &'static str,
    /// Why, in words.
    pub message: String,
}

/// What should be known of a position or an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PositionVerdict {
    /// What kind it is.
    pub code: &'static str,
    /// A sentence that claims no more than the source states.
    pub message: String,
}

/// A position at a basis and, where a change affects its contract, after the change.
#[derive(Clone, PartialEq, Debug)]
pub struct PositionRow {
    /// Its place in the account, counted from 1.
    pub position: usize,
    /// The contract as the account names it.
    pub symbol: String,
    /// The contract; `None` where none of that name is stored.
    pub subject: Option<Subject>,
    /// Its side.
    pub side: Side,
    /// Its quantity.
    pub quantity: Option<Decimal>,
    /// The price at which it was opened.
    pub entry_price: Option<Decimal>,
    /// The price at which the exchange values it.
    pub mark_price: Option<Decimal>,
    /// The leverage that is set.
    pub leverage: Option<u32>,
    /// `isolated` or `cross`.
    pub margin_mode: Option<&'static str>,
    /// The three times of `now`.
    pub basis: At,
    /// The transaction up to which the answer counts.
    pub tx: TxId,
    /// What the rules make of it at the basis.
    pub now: Figures,
    /// When the change takes effect.
    pub change_at: Option<ValidTime>,
    /// What the rules make of it after the change.
    pub then: Option<Figures>,
    /// By how much the maintenance margin rises.
    pub maintenance_change: Option<Decimal>,
    /// Whether the change affects it.
    pub is_affected: bool,
    /// What should be known of it, the most urgent first.
    pub verdicts: Vec<PositionVerdict>,
}

/// The account's sums in one currency, or those of a portfolio margin, at a basis and after a change.
#[derive(Clone, PartialEq, Debug)]
pub struct AccountRow {
    /// The currency of the amounts; `USD` for a portfolio margin.
    pub unit: String,
    /// `cross` (all cross positions in this currency) or `portfolio`.
    pub kind: &'static str,
    /// How many positions are summed up.
    pub positions: usize,
    /// The three times of `now`.
    pub basis: At,
    /// The transaction up to which the answer counts.
    pub tx: TxId,
    /// The sums at the basis.
    pub now: AccountFigures,
    /// When the change takes effect.
    pub change_at: Option<ValidTime>,
    /// The sums after the change.
    pub then: Option<AccountFigures>,
    /// Whether the change affects it.
    pub is_affected: bool,
    /// What should be known of it.
    pub verdicts: Vec<PositionVerdict>,
}

/// The sums of an account at one basis.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct AccountFigures {
    /// The notionals, without regard to the side.
    #[serde(serialize_with = "maybe_number")]
    pub notional: Option<Decimal>,
    /// The maintenance margins.
    #[serde(serialize_with = "maybe_number")]
    pub maintenance_margin: Option<Decimal>,
    /// The initial margins at the leverages that are set.
    #[serde(serialize_with = "maybe_number")]
    pub initial_margin: Option<Decimal>,
    /// The profits at the mark prices.
    #[serde(serialize_with = "maybe_number")]
    pub unrealized_profit: Option<Decimal>,
    /// The wallet balance and the profits; of a portfolio margin the collateral at its ratios.
    #[serde(serialize_with = "maybe_number")]
    pub margin_balance: Option<Decimal>,
    /// maintenance margin ÷ margin balance.
    #[serde(serialize_with = "maybe_number")]
    pub margin_ratio: Option<Decimal>,
    /// Of a portfolio margin: collateral at its ratios ÷ maintenance margin.
    #[serde(serialize_with = "maybe_number")]
    pub uni_mmr: Option<Decimal>,
    /// Which figures are rounded.
    pub rounded: Vec<&'static str>,
    /// The figures that are `None`, and why.
    pub absent: Vec<Absent>,
}

/// A position of another size, opened at the mark price with the initial margin of its leverage.
#[derive(Clone, PartialEq, Debug)]
pub struct SizeRow {
    /// The place of the position in the account, counted from 1.
    pub position: usize,
    /// The contract.
    pub subject: Subject,
    /// The side.
    pub side: Side,
    /// The three times.
    pub basis: At,
    /// The transaction up to which the answer counts.
    pub tx: TxId,
    /// The currency of the amounts.
    pub unit: String,
    /// The notional.
    pub size: Decimal,
    /// Whether there is a tier for it.
    pub status: Status,
    /// Why there is none.
    pub message: Option<String>,
    /// The number of the tier that contains it.
    pub tier: Option<u32>,
    /// Whether it is the cap of a tier.
    pub is_cap: bool,
    /// The maintenance margin rate, as a fraction.
    pub mmr: Option<Decimal>,
    /// The highest leverage that the size allows.
    pub max_leverage: Option<u32>,
    /// The leverage of the initial margin.
    pub leverage: Option<u32>,
    /// notional × rate − maintenance amount.
    pub maintenance_margin: Option<Decimal>,
    /// notional ÷ leverage.
    pub initial_margin: Option<Decimal>,
    /// By what part of the price the market has to move against it until it is liquidated.
    pub liquidation_distance: Option<Decimal>,
    /// Which figures are rounded.
    pub rounded: Vec<&'static str>,
    /// The figures that are `None`, and why.
    pub absent: Vec<Absent>,
    /// How certain the tier is.
    pub certainty: Option<Certainty>,
    /// Which document states the table.
    pub source: Option<SourceRef>,
}

object!(SizeRow, |row|
    "row": "size",
    "position": row.position,
    "subject": row.subject,
    "side": row.side.name(),
    ..|map: &mut S::SerializeMap| basis(&row.basis, map),
    "tx": row.tx,
    "unit": row.unit,
    "size": text(Some(row.size)),
    "status": row.status,
    "message": row.message,
    "tier": row.tier,
    "is_cap": row.is_cap,
    "mmr": text(row.mmr),
    "max_leverage": row.max_leverage,
    "leverage": row.leverage,
    "maintenance_margin": text(row.maintenance_margin),
    "initial_margin": text(row.initial_margin),
    "liquidation_distance": text(row.liquidation_distance),
    "rounded": row.rounded,
    "absent": row.absent,
    "certainty": row.certainty,
    "source": row.source,
);

object!(PositionRow, |row|
    "row": "position",
    "position": row.position,
    "symbol": row.symbol,
    "subject": row.subject,
    "side": row.side.name(),
    "quantity": text(row.quantity),
    "entry_price": text(row.entry_price),
    "mark_price": text(row.mark_price),
    "leverage": row.leverage,
    "margin_mode": row.margin_mode,
    ..|map: &mut S::SerializeMap| basis(&row.basis, map),
    "tx": row.tx,
    "now": row.now,
    "change_at": row.change_at,
    "then": row.then,
    "maintenance_change": text(row.maintenance_change),
    "affected": row.is_affected,
    "verdicts": row.verdicts,
);

object!(AccountRow, |row|
    "row": "account",
    "unit": row.unit,
    "kind": row.kind,
    "positions": row.positions,
    ..|map: &mut S::SerializeMap| basis(&row.basis, map),
    "tx": row.tx,
    "now": row.now,
    "change_at": row.change_at,
    "then": row.then,
    "affected": row.is_affected,
    "verdicts": row.verdicts,
);
