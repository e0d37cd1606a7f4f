//! The columns of a log, and the figures of one line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::decimal::{self, Decimal};
use crate::error::{Error, ErrorCode};
use crate::query::plan::at::{Argument, read_amount, read_leverage};
use crate::query::syntax::ast::Word;
use crate::query::syntax::measure::{Measure, Takes};
use crate::text::{Span, nearest};
use crate::time::Timestamp;

/// A figure of a log, as far as it can be understood without the database.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Entry {
    /// The line, counted from 1.
    pub line: u64,
    /// The name of the subject, as its place in [`super::log::Log::names`].
    pub name: usize,
    /// The time that it was used for.
    pub time: Timestamp,
    /// What was published by then could be known.
    pub known_at: Timestamp,
    /// What it is.
    pub figure: Figure,
    /// Of which notional, amount or leverage.
    pub at: Option<Argument>,
    /// The figure.
    pub value: Decimal,
}

/// What a figure is: a rate is the measure that the subject has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Figure {
    /// `mmr` of a contract, `ratio` of an asset.
    Rate,
    /// This measure.
    Of(Measure),
}

/// A cell of a line: the name of its column, and its text.
pub struct Cell<'a> {
    /// The name as the log writes it.
    pub column: &'a str,
    /// The text, never empty.
    pub text: Cow<'a, str>,
}

/// The cells of one line that mean something.
pub type Cells<'a> = BTreeMap<Role, Cell<'a>>;

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
}

/// The names of the columns, the first of each as the documentation writes it.
const NAMES: [(Role, &[&str]); 9] = [
    (Role::Time, &["time", "timestamp", "datetime", "date", "as_of", "valid_at"]),
    (Role::KnownAt, &["known_at", "decided_at"]),
    (Role::Subject, &["subject", "symbol", "contract", "asset", "instrument"]),
    (Role::Notional, &["notional", "at", "amount", "position_notional"]),
    (Role::With, &["leverage", "with"]),
    (Role::Rate, &["rate", "mmr", "maintenance_margin_rate", "ratio", "collateral_ratio"]),
    (Role::Margin, &["margin", "maintenance_margin"]),
    (Role::Measure, &["measure"]),
    (Role::Value, &["value", "used"]),
];

impl Role {
    /// What a column of that name is for, in any case, with blanks or dashes for `_`; `None` for any other
    /// name.
    pub fn of_column(name: &str) -> Option<Role> {
        let same = |alias: &&&str| {
            alias.len() == name.len()
                && alias.bytes().zip(name.bytes()).all(|(wanted, byte)| {
                    let byte = if matches!(byte, b' ' | b'-') { b'_' } else { byte.to_ascii_lowercase() };
                    wanted == byte
                })
        };
        NAMES.iter().find(|(_, names)| names.iter().any(|alias| same(&alias))).map(|(role, _)| *role)
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

/// The error of a line that cannot be read.
pub fn at_line(line: u64, message: &str) -> Error {
    Error::new(ErrorCode::UnreadableLine, format!("line {line} {message}"))
}

/// The figures of one line, each with the name of its subject: one for each of `rate`, `margin` and `value`
/// that is there.
///
/// # Errors
/// A cell of the line is missing or cannot be read; the error names line and column.
pub fn figures(cells: &Cells, line: u64, now: Timestamp) -> Result<Vec<(String, Entry)>, Error> {
    let needed = |role: Role| {
        cells.get(&role).ok_or_else(|| at_line(line, &format!("has nothing in column `{}`", role.name())))
    };
    let timestamp = |cell: &Cell| {
        let quick = Timestamp::parse_rfc3339(&cell.text).or_else(|| epoch(&cell.text));
        quick.map_or_else(|| Timestamp::read(&cell.text, now), Ok).map_err(|mut error| {
            error.code = ErrorCode::UnreadableLine;
            error.message = format!("line {line} column `{}`: {}", cell.column, error.message);
            error
        })
    };
    let time = timestamp(needed(Role::Time)?)?;
    let known_at = cells.get(&Role::KnownAt).map(timestamp).transpose()?.unwrap_or(time);
    let name = needed(Role::Subject)?.text.to_string();
    let mut found: Vec<(Figure, &Cell)> = Vec::new();
    found.extend(cells.get(&Role::Rate).map(|cell| (Figure::Rate, cell)));
    found.extend(cells.get(&Role::Margin).map(|cell| (Figure::Of(Measure::Margin), cell)));
    match (cells.get(&Role::Value), cells.get(&Role::Measure)) {
        (Some(value), Some(measure)) => found.push((Figure::Of(measure_of(measure, line)?), value)),
        (Some(value), None) => {
            let message = format!("column `{}` has a figure, but column `measure` is empty", value.column);
            return Err(at_line(line, &message).hint("write mmr, margin, ratio or another measure there"));
        }
        (None, _) => {}
    }
    if found.is_empty() {
        let message = "has nothing in columns `rate`, `margin` and `value`";
        return Err(at_line(line, message).hint("each line needs a figure that was used"));
    }
    let entry = |(figure, cell): (Figure, &Cell)| {
        let at = cells.get(&Role::Notional).map(|at| read_at(figure, at, line)).transpose()?.flatten();
        let at = at.map(|at| with_leverage(figure, at, cells, line)).transpose()?;
        let value = read_value(figure, cell, line)?;
        Ok((name.clone(), Entry { line, name: 0, time, known_at, figure, at, value }))
    };
    found.into_iter().map(entry).collect()
}

/// A count since 1970 in seconds, milliseconds, microseconds or nanoseconds, known by its number of digits:
/// those of the years 1973 to 2286 have 9 or 10, 12 or 13, 15 or 16, 18 or 19.
fn epoch(text: &str) -> Option<Timestamp> {
    let count = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i64>().ok())??;
    Timestamp::from_micros(match text.len() {
        9 | 10 => count * 1_000_000,
        12 | 13 => count * 1_000,
        15 | 16 => count,
        18 | 19 => count / 1_000,
        _ => return None,
    })
}

fn measure_of(cell: &Cell, line: u64) -> Result<Measure, Error> {
    let plain = cell.text.to_lowercase().replace([' ', '-'], "_");
    let judged = || Measure::ALL.iter().copied().filter(|measure| *measure != Measure::Tiers);
    judged().find(|measure| measure.key() == plain).ok_or_else(|| {
        let message = format!("column `{}`: `{}` is not a measure of one figure", cell.column, cell.text);
        let keys: Vec<&str> = judged().map(Measure::key).collect();
        match nearest(&plain, keys.iter().copied()) {
            Some(near) => at_line(line, &message).hint(format!("did you mean `{near}`?")),
            None => at_line(line, &message).hint(format!("the measures are: {}", keys.join(", "))),
        }
    })
}

fn read_at(figure: Figure, cell: &Cell, line: u64) -> Result<Option<Argument>, Error> {
    let takes = match figure {
        Figure::Rate => Takes::Amount,
        Figure::Of(measure) => measure.takes(),
    };
    // A negative notional is the size of a short; a leverage has no sign.
    let size = cell.text.strip_prefix('-').filter(|_| takes == Takes::Amount).unwrap_or(&cell.text);
    let word = || Word::new(size.to_string(), Span::new(0, 0));
    let read = match (takes, decimal::parse_scientific(size)) {
        (Takes::Nothing, _) => return Ok(None),
        (Takes::Leverage, _) => read_leverage(&word()),
        (_, Some(amount)) => Ok(Argument::Amount(amount)),
        (_, None) => read_amount(&word()),
    };
    read.map(Some).map_err(|error| unreadable(cell, line, error))
}

/// The notional of an initial margin with the leverage of the line, where it has one.
fn with_leverage(figure: Figure, at: Argument, cells: &Cells, line: u64) -> Result<Argument, Error> {
    let takes_with = matches!(figure, Figure::Of(measure) if measure.takes_with());
    let (Some(cell), Some(amount), true) = (cells.get(&Role::With), at.amount(), takes_with) else {
        return Ok(at);
    };
    let leverage = read_leverage(&Word::new(cell.text.as_ref(), Span::new(0, 0)))
        .map_err(|error| unreadable(cell, line, error))?;
    Ok(leverage.leverage().map_or(at, |leverage| Argument::AmountWith(amount, leverage)))
}

/// Reads `0.125`, `12.5%`, `5,500`, `10x`; the sign of a figure that cannot be right is kept too.
fn read_value(figure: Figure, cell: &Cell, line: u64) -> Result<Decimal, Error> {
    let (sign, plain) = match cell.text.strip_prefix('-') {
        Some(rest) => (-Decimal::ONE, rest),
        None => (Decimal::ONE, &*cell.text),
    };
    let is_rate = matches!(figure, Figure::Rate | Figure::Of(Measure::Mmr | Measure::Ratio));
    let value = match (plain.strip_suffix('%'), plain.strip_suffix(['x', 'X'])) {
        (Some(percent), _) if is_rate => {
            decimal::parse_scientific(percent.trim_end()).and_then(decimal::hundredth)
        }
        (_, Some(times)) if figure == Figure::Of(Measure::MaxLeverage) => decimal::parse(times),
        _ => decimal::parse_scientific(plain),
    };
    let word = || Word::new(plain, Span::new(0, 0));
    match value {
        Some(value) => Ok(value * sign),
        None if is_rate => {
            let message = format!("column `{}`: `{}` is not a rate", cell.column, cell.text);
            Err(at_line(line, &message).hint("write a fraction or a percentage: 0.125 or 12.5%"))
        }
        None => read_amount(&word())
            .map(|at| at.amount().unwrap_or_default() * sign)
            .map_err(|error| unreadable(cell, line, error)),
    }
}

fn unreadable(cell: &Cell, line: u64, error: Error) -> Error {
    let named = at_line(line, &format!("column `{}`: {}", cell.column, error.message));
    error.hints.into_iter().take(1).fold(named, crate::error::Error::hint)
}
