//! Cells of files that other tools write: what a column is for by its name, times and amounts.

use crate::decimal::{self, Decimal};
use crate::error::Result;
use crate::query::plan;
use crate::time::Timestamp;
use crate::time::written::Zone;

/// What a column is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// The time that the figure was used for.
    Time,
    /// By when something must have been published to be known; the time, where there is none.
    KnownAt,
    /// The contract or asset.
    Subject,
    /// The notional, amount or leverage.
    Notional,
    /// The leverage of an initial margin.
    With,
    /// A maintenance margin rate or a collateral ratio.
    Rate,
    /// A maintenance margin.
    Margin,
    /// The measure of `value`.
    Measure,
    /// A figure of any measure.
    Value,
    /// Long or short.
    Side,
    /// The size of a position in units or contracts.
    Quantity,
    /// How much one contract is.
    ContractSize,
    /// The price at which a position was opened.
    EntryPrice,
    /// The isolated wallet of a position.
    IsolatedMargin,
    /// Isolated or cross.
    MarginMode,
}

/// What the columns of a log are for.
const OF_LOGS: [Role; 9] = [
    Role::Time,
    Role::KnownAt,
    Role::Subject,
    Role::Notional,
    Role::With,
    Role::Rate,
    Role::Margin,
    Role::Measure,
    Role::Value,
];

/// The names of the columns, the first of each as the documentation writes it.
const NAMES: [(Role, &[&str]); 15] = [
    (Role::Time, &["time", "timestamp", "datetime", "date", "as_of", "valid_at", "ts"]),
    (Role::KnownAt, &["known_at", "decided_at"]),
    (Role::Subject, &["subject", "symbol", "contract", "asset", "instrument", "ticker", "pair"]),
    (Role::Notional, &["notional", "size", "at", "amount", "position_notional", "position_size"]),
    (Role::With, &["leverage", "with"]),
    (Role::Rate, &["rate", "mmr", "maintenance_margin_rate", "ratio", "collateral_ratio"]),
    (Role::Margin, &["margin", "maintenance_margin"]),
    (Role::Measure, &["measure"]),
    (Role::Value, &["value", "used"]),
    (Role::Side, &["side", "position_side", "positionside", "direction"]),
    (Role::Quantity, &["quantity", "qty", "position_amt", "positionamt", "position_qty", "contracts"]),
    (Role::ContractSize, &["contract_size", "contractsize", "multiplier", "contract_multiplier"]),
    (
        Role::EntryPrice,
        &[
            "entry_price",
            "entryprice",
            "entry",
            "avg_entry_price",
            "average_entry_price",
            "avg_price",
            "open_price",
        ],
    ),
    // What the exchange calls `isolatedMargin` has the unrealized profit in it.
    (Role::IsolatedMargin, &["isolated_wallet", "isolatedwallet", "position_margin", "isolated_margin"]),
    (Role::MarginMode, &["margin_mode", "marginmode", "margin_type", "margintype"]),
];

impl Role {
    /// What a column of that name is for, in any case, with blanks or dashes for `_`; `None` for any other
    /// name.
    pub fn of_column(name: &str) -> Option<Role> {
        let is_called = |names: &[&str]| names.iter().any(|alias| Role::is_called(name, alias));
        NAMES.iter().find(|(_, names)| is_called(names)).map(|(role, _)| *role)
    }

    /// Whether a column of that name may be for something else: a size is often a quantity of contracts or coins, and so
    /// is an amount, but of an asset.
    #[cfg(feature = "columnar")]
    pub fn is_a_guess(self, name: &str, is_of_assets: bool) -> bool {
        let sure: &[&str] = match (self, is_of_assets) {
            (Role::Notional, false) => &["notional", "position_notional"],
            (Role::Notional, true) => &["notional", "position_notional", "amount"],
            _ => return false,
        };
        !sure.iter().any(|alias| Role::is_called(name, alias))
    }

    /// As [`Role::of_column`], of a log that is audited: what is only of positions is for nothing there.
    pub fn of_log_column(name: &str) -> Option<Role> {
        Role::of_column(name).filter(|role| OF_LOGS.contains(role))
    }

    /// Whether a column has that name, in any case, with blanks or dashes for `_`.
    pub fn is_called(name: &str, alias: &str) -> bool {
        alias.len() == name.len()
            && alias.bytes().zip(name.bytes()).all(|(wanted, byte)| {
                let byte = if matches!(byte, b' ' | b'-') { b'_' } else { byte.to_ascii_lowercase() };
                wanted == byte
            })
    }

    /// The name of the column.
    pub fn name(self) -> &'static str {
        self.aliases().first().copied().unwrap_or_default()
    }

    /// Every name that the column may have.
    pub fn aliases(self) -> &'static [&'static str] {
        NAMES.iter().find(|(role, _)| *role == self).map_or(&[], |(_, names)| names)
    }
}

/// How the times of a file are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CellTimes {
    /// What relative times count from.
    pub now: Timestamp,
    /// The zone of the times that have none.
    pub zone: Option<Zone>,
}

/// Reads a time: RFC 3339, a count since 1970, or as people write it.
///
/// # Errors
/// It is none, or has a clock time but no zone.
pub fn time(text: &str, times: CellTimes) -> Result<Timestamp> {
    if let Some(time) = Timestamp::parse_rfc3339(text).or_else(|| epoch(text)) {
        return Ok(time);
    }
    Timestamp::read_in(text, times.now, times.zone).map_err(|error| {
        // Without a zone, the option alone would make a time of it.
        let in_utc = times.zone.is_none().then(|| "UTC".parse().ok()).flatten();
        if in_utc.is_some() && Timestamp::read_in(text, times.now, in_utc).is_ok() {
            return error.hint("or name the zone of all times that have none: --zone UTC, --zone +08:00");
        }
        // The days of Excel from 1954 to 2119.
        if decimal::parse(text).is_some_and(|days| (20_000.into()..80_000.into()).contains(&days)) {
            return error
                .hint("a number of days, as Excel counts them? Format the column as text: 2026-02-06 07:00");
        }
        error
    })
}

/// A count since 1970 in seconds, milliseconds, microseconds or nanoseconds, known by its number of digits:
/// those of the years 1973 to 2286 have 9 or 10, 12 or 13, 15 or 16, 18 or 19. Digits after a point are a fraction
/// of that unit.
fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count = whole.parse().ok()?;
    let (unit, digits) = match whole.len() {
        9 | 10 => (1_000_000, 6),
        12 | 13 => (1_000, 3),
        _ => return epoch_of(count).filter(|_| fraction.bytes().all(|byte| byte == b'0')),
    };
    let kept = fraction.get(..digits).unwrap_or(fraction);
    let micros: i64 = if kept.is_empty() { 0 } else { format!("{kept:0<digits$}").parse().ok()? };
    Timestamp::from_micros(count * unit + micros)
}

/// As [`epoch`], of a whole number.
pub fn epoch_of(count: i64) -> Option<Timestamp> {
    Timestamp::from_micros(match count {
        100_000_000..10_000_000_000 => count * 1_000_000,
        100_000_000_000..10_000_000_000_000 => count * 1_000,
        100_000_000_000_000..10_000_000_000_000_000 => count,
        100_000_000_000_000_000.. => count / 1_000,
        _ => return None,
    })
}

/// Reads an amount as programs and people write it: `60000`, `6E4`, `60,000.50`, `60k`. A negative one is the size of
/// a short, and its rules are those of the same size.
///
/// # Errors
/// It is none.
pub fn amount(text: &str) -> Result<Decimal> {
    signed_amount(text).map(|amount| amount.abs())
}

/// As [`amount`], with its sign.
///
/// # Errors
/// It is none.
pub fn signed_amount(text: &str) -> Result<Decimal> {
    let (size, is_negative) = text.strip_prefix('-').map_or((text, false), |size| (size, true));
    let amount = decimal::parse_scientific(size).map_or_else(|| plan::at::amount(size), Ok)?;
    Ok(if is_negative { -amount } else { amount })
}
