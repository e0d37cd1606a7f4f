//! Which columns of a file the questions are in.

use arrow_schema::Schema;

use super::file_columns::FileColumns;
use super::positions::PositionColumns;
use super::{Evaluation, notices};
use crate::cells::Role;
use crate::error::{Error, ErrorCode, Result};
use crate::query::syntax::measure::{Measure, Takes};
use crate::text::nearest;
use crate::time::Timestamp;

/// The columns of the questions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bound {
    /// The names of contracts or assets.
    pub symbol: usize,
    /// The notionals or amounts; `None` where no measure needs one.
    pub notional: Option<usize>,
    /// When a rule is to be in force.
    pub time: Moment,
    /// By when it is to have been published; `None` for any time.
    pub known_at: Option<Moment>,
    /// The leverages, for the measures that take one.
    pub leverage: Option<usize>,
    /// The positions, for the measures of one.
    pub position: Option<PositionColumns>,
}

/// A time of each row, or of all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// In this column.
    Column(usize),
    /// This one.
    At(Timestamp),
}

impl Bound {
    /// The columns of a file that an evaluation asks about.
    ///
    /// # Errors
    /// One that it needs is missing or not unique; or a time cannot be read.
    pub fn of(evaluation: &Evaluation, schema: &Schema) -> Result<Bound> {
        let columns = FileColumns { schema };
        for name in named(evaluation).into_iter().filter_map(|(_, name, _)| name) {
            columns.named(name)?.ok_or_else(|| columns.missing(name))?;
        }
        let measures = &evaluation.measures;
        let takes = |takes: Takes| measures.iter().any(|measure| measure.takes() == takes);
        let symbol = columns.required(Role::Subject, evaluation.symbol.as_deref(), "--symbol")?;
        let position = match takes(Takes::Position) {
            true => Some(PositionColumns::of(evaluation, &columns)?),
            false => None,
        };
        let notional = match takes(Takes::Amount) || position.is_some_and(|it| it.quantity.is_none()) {
            true => Some(columns.required(Role::Notional, evaluation.notional.as_deref(), "--notional")?),
            false => columns.optional(Role::Notional, evaluation.notional.as_deref())?,
        };
        let leverage = match takes(Takes::Leverage) {
            true => Some(columns.required(Role::With, evaluation.leverage.as_deref(), "--leverage")?),
            false if measures.iter().copied().any(Measure::takes_with) => {
                columns.optional(Role::With, evaluation.leverage.as_deref())?
            }
            false => None,
        };
        let time = match (evaluation.time.as_deref(), evaluation.as_of.as_deref()) {
            (Some(_), Some(_)) => {
                let message = "both --time and --as-of say when a rule is to be in force";
                return Err(Error::new(ErrorCode::ClauseTwice, message).hint("keep one of them"));
            }
            (None, Some(text)) => moment(&columns, evaluation, text)?,
            (name, None) => Moment::Column(columns.required(Role::Time, name, "--time")?),
        };
        let known_at = match evaluation.known_at.as_deref() {
            Some(text) => Some(moment(&columns, evaluation, text)?),
            None => columns.optional(Role::KnownAt, None)?.map(Moment::Column),
        };
        if position.is_some_and(|it| it.isolated_margin.is_none()) && leverage.is_none() {
            let hint = "or the leverage, by which the margin is notional ÷ leverage: --leverage COLUMN";
            let missing = columns.required(Role::IsolatedMargin, None, "--isolated-margin");
            return Err(missing.map_or_else(|error| error.hint(hint), |_| columns.missing("leverage")));
        }
        Ok(Bound { symbol, notional, time, known_at, leverage, position })
    }

    /// What should be known of how the columns were chosen.
    pub fn notices(&self, evaluation: &Evaluation, schema: &Schema) -> Vec<String> {
        let name = |place: usize| schema.field(place).name().as_str();
        let measures = &evaluation.measures;
        let takes_amount = |it: &Measure| matches!(it.takes(), Takes::Amount | Takes::AmountIfTiered);
        let is_guessed = evaluation.notional.is_none() && measures.iter().any(takes_amount);
        let is_of_assets = !measures.iter().all(|measure| measure.is_of(true));
        let guessed = self.notional.filter(|_| is_guessed).map(name);
        let guessed = guessed.filter(|name| Role::Notional.is_a_guess(name, is_of_assets)).map(|name| {
            let sure = format!("--notional {}", argument(name));
            notices::guessed_notional(name, is_of_assets, (&sure, "--notional COLUMN"))
        });
        let unbounded = match (self.time, self.known_at) {
            (Moment::Column(place), None) => {
                let known = format!("--known-at {}", argument(name(place)));
                Some(notices::unbounded(&known, "--known-at now"))
            }
            _ => None,
        };
        let is_unused = |is_for: fn(Measure) -> bool| !measures.iter().copied().any(is_for);
        let unused = named(evaluation).into_iter().filter_map(|(option, name, is_for)| {
            name.filter(|_| is_unused(is_for)).map(|name| notices::unused(option, &argument(name)))
        });
        guessed.into_iter().chain(unbounded).chain(unused).collect()
    }
}

/// An option that names a column, the name, and whether a measure has a use for it.
type Named<'a> = (&'static str, Option<&'a str>, fn(Measure) -> bool);

/// The options that name columns which only some measures need.
fn named(evaluation: &Evaluation) -> [Named<'_>; 7] {
    let is_of_position = |measure: Measure| measure.takes() == Takes::Position;
    let takes_amount =
        |measure: Measure| matches!(measure.takes(), Takes::Amount | Takes::AmountIfTiered | Takes::Position);
    let takes_leverage = |measure: Measure| measure.takes() == Takes::Leverage || measure.takes_with();
    [
        ("--notional", evaluation.notional.as_deref(), takes_amount),
        ("--leverage", evaluation.leverage.as_deref(), takes_leverage),
        ("--side", evaluation.side.as_deref(), is_of_position),
        ("--quantity", evaluation.quantity.as_deref(), is_of_position),
        ("--contract-size", evaluation.contract_size.as_deref(), is_of_position),
        ("--entry-price", evaluation.entry_price.as_deref(), is_of_position),
        ("--isolated-margin", evaluation.isolated_margin.as_deref(), is_of_position),
    ]
}

/// The name of a column as the value of an option.
fn argument(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if is_plain { name.to_string() } else { format!("\"{name}\"") }
}

/// A time, or the column of that name.
fn moment(columns: &FileColumns, evaluation: &Evaluation, text: &str) -> Result<Moment> {
    if let Some(place) = columns.named(text)? {
        return Ok(Moment::Column(place));
    }
    let read = Timestamp::read_in(text, evaluation.now, evaluation.zone);
    read.map(Moment::At).map_err(|error| no_moment(columns, text, error))
}

/// The error of what is neither a time nor a column: a time that cannot be read, or a name that means nothing.
fn no_moment(columns: &FileColumns, text: &str, error: Error) -> Error {
    let near = nearest(text, columns.names().into_iter().chain(["now", "today", "yesterday", "tomorrow"]));
    if near.is_none() && text.contains(|c: char| c.is_ascii_digit()) {
        return error.hint(format!("or name the column of times, of {}", columns.names().join(", ")));
    }
    columns
        .without(format!("`{text}` is neither a time nor a column"), near)
        .hint("a time for all rows is written 2026-02-06T07:00Z")
}
