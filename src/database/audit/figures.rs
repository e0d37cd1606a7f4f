//! The columns of a log, and the figures of one line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::cells::{self, CellTimes, Role};
use crate::decimal::{self, Decimal};
use crate::error::{Error, ErrorCode};
use crate::limits;
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

/// The error of a line that cannot be read.
pub fn at_line(line: u64, message: &str) -> Error {
    Error::new(ErrorCode::UnreadableLine, format!("line {line} {message}"))
}

/// The figures of one line, each with the name of its subject: one for each of `rate`, `margin` and `value`
/// that is there.
///
/// # Errors
/// A cell of the line is missing or cannot be read; the error names line and column.
pub fn figures(cells: &Cells, line: u64, times: CellTimes) -> Result<Vec<(String, Entry)>, Error> {
    let needed = |role: Role| {
        cells.get(&role).ok_or_else(|| at_line(line, &format!("has nothing in column `{}`", role.name())))
    };
    let timestamp = |cell: &Cell| {
        cells::time(&cell.text, times).map_err(|mut error| {
            error.code = ErrorCode::UnreadableLine;
            error.message = format!("line {line} column `{}`: {}", cell.column, error.message);
            error
        })
    };
    let time = timestamp(needed(Role::Time)?)?;
    let known_at = cells.get(&Role::KnownAt).map(timestamp).transpose()?.unwrap_or(time);
    let subject = needed(Role::Subject)?;
    if subject.text.len() > limits::SUBJECT_BYTES {
        let (has, most) = (subject.text.len(), limits::SUBJECT_BYTES);
        let message = format!("column `{}`: a name of {has} bytes; at most {most} are read", subject.column);
        return Err(at_line(line, &message));
    }
    let name = subject.text.to_string();
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

fn measure_of(cell: &Cell, line: u64) -> Result<Measure, Error> {
    let plain = cell.text.to_lowercase().replace([' ', '-'], "_");
    // A line has no entry price and no margin.
    let is_judged = |it: &Measure| *it != Measure::Tiers && it.takes() != Takes::Position;
    let judged = || Measure::ALL.iter().copied().filter(is_judged);
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
    // A leverage has no sign.
    let read = match takes {
        Takes::Nothing | Takes::Position => return Ok(None),
        Takes::Leverage => read_leverage(&Word::new(cell.text.as_ref(), Span::new(0, 0))),
        Takes::Amount | Takes::AmountIfTiered => cells::amount(&cell.text).map(Argument::Amount),
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
        None => {
            read_amount(&word()).map(|amount| amount * sign).map_err(|error| unreadable(cell, line, error))
        }
    }
}

fn unreadable(cell: &Cell, line: u64, error: Error) -> Error {
    let named = at_line(line, &format!("column `{}`: {}", cell.column, error.message));
    error.hints.into_iter().take(1).fold(named, crate::error::Error::hint)
}
