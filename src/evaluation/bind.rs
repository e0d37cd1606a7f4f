//! Which columns of a file the questions are in.

use arrow_schema::Schema;

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
        let measures = &evaluation.measures;
        let takes = |takes: Takes| measures.iter().any(|measure| measure.takes() == takes);
        let symbol = columns.required(Role::Subject, evaluation.symbol.as_deref(), "--symbol")?;
        let notional = match takes(Takes::Amount) {
            true => Some(columns.required(Role::Notional, evaluation.notional.as_deref(), "--notional")?),
            false => columns.optional(Role::Notional, evaluation.notional.as_deref())?,
        };
        let leverage = match takes(Takes::Leverage) {
            true => Some(columns.required(Role::With, evaluation.leverage.as_deref(), "--leverage")?),
            false if measures.contains(&Measure::InitialMargin) => {
                columns.optional(Role::With, evaluation.leverage.as_deref())?
            }
            false => None,
        };
        let time = match (evaluation.time.as_deref(), evaluation.as_of.as_deref()) {
            (Some(_), Some(_)) => {
                let message = "both --time and --as-of say when a rule is to be in force";
                return Err(Error::new(ErrorCode::ClauseTwice, message).hint("keep one of them"));
            }
            (None, Some(text)) => columns.moment(evaluation, text)?,
            (name, None) => Moment::Column(columns.required(Role::Time, name, "--time")?),
        };
        let known_at = match evaluation.known_at.as_deref() {
            Some(text) => Some(columns.moment(evaluation, text)?),
            None => columns.optional(Role::KnownAt, None)?.map(Moment::Column),
        };
        Ok(Bound { symbol, notional, time, known_at, leverage })
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
        guessed.into_iter().chain(unbounded).collect()
    }
}

/// The name of a column as the value of an option.
fn argument(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if is_plain { name.to_string() } else { format!("\"{name}\"") }
}

struct FileColumns<'a> {
    schema: &'a Schema,
}

impl FileColumns<'_> {
    fn named(&self, name: &str) -> Result<Option<usize>> {
        let is_it = |place: &usize| self.schema.field(*place).name() == name;
        let mut found = (0..self.schema.fields().len()).filter(is_it);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => {
                Err(Error::new(ErrorCode::ColumnTwice, format!("there are two columns `{name}`"))
                    .hint("rename one of them"))
            }
            (first, _) => Ok(first),
        }
    }

    /// The column of a role: the one named, or else the first that is called as such columns are.
    fn optional(&self, role: Role, name: Option<&str>) -> Result<Option<usize>> {
        if let Some(name) = name {
            return self.named(name)?.map(Some).ok_or_else(|| self.missing(name));
        }
        let is_called =
            |place: &usize, alias: &&&str| Role::is_called(self.schema.field(*place).name(), alias);
        let columns = 0..self.schema.fields().len();
        let place = |alias: &&str| columns.clone().find(|place| is_called(place, &alias));
        Ok(role.aliases().iter().find_map(place))
    }

    fn required(&self, role: Role, name: Option<&str>, option: &str) -> Result<usize> {
        self.optional(role, name)?.ok_or_else(|| {
            let error = self.missing(option.trim_start_matches('-'));
            let error = error
                .hint(format!("name it: {option} COLUMN; it may be called {}", role.aliases().join(", ")));
            match role {
                Role::Time => error.hint("or give one time for all rows: --as-of 2026-02-06T07:00Z"),
                _ => error,
            }
        })
    }

    fn names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn missing(&self, name: &str) -> Error {
        self.without(format!("there is no column `{name}`"), nearest(name, self.names()))
    }

    /// The error of what is none of the columns.
    fn without(&self, what: String, near: Option<&str>) -> Error {
        let message = format!("{what}; the columns are {}", self.names().join(", "));
        let error = Error::new(ErrorCode::ColumnMissing, message);
        match near {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        }
    }

    /// A time, or the column of that name.
    fn moment(&self, evaluation: &Evaluation, text: &str) -> Result<Moment> {
        if let Some(place) = self.named(text)? {
            return Ok(Moment::Column(place));
        }
        let read = Timestamp::read_in(text, evaluation.now, evaluation.zone);
        read.map(Moment::At).map_err(|error| self.no_moment(text, error))
    }

    /// The error of what is neither a time nor a column: a time that cannot be read, or a name that means nothing.
    fn no_moment(&self, text: &str, error: Error) -> Error {
        let near = nearest(text, self.names().into_iter().chain(["now", "today", "yesterday", "tomorrow"]));
        if near.is_none() && text.contains(|c: char| c.is_ascii_digit()) {
            return error.hint(format!("or name the column of times, of {}", self.names().join(", ")));
        }
        self.without(format!("`{text}` is neither a time nor a column"), near)
            .hint("a time for all rows is written 2026-02-06T07:00Z")
    }
}
