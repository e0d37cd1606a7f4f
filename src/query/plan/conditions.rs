//! The conditions after `where`: which changes are picked.

use std::fmt;

use crate::decimal::{self, Decimal};
use crate::error::{Error, ErrorCode};
use crate::query::plan::at::{Argument, needed, read_amount, read_leverage};
use crate::query::plan::position::{read_position, read_with};
use crate::query::syntax::ast::{Condition, Word};
use crate::query::syntax::measure::{Measure, Takes};
use crate::rule::effect::Verdict;
use crate::text::nearest;

/// A condition on a change.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Moves {
    /// The whole change is this.
    Verdict(Verdict),
    /// A measure moves.
    Measure {
        /// Which.
        measure: Measure,
        /// At which notional or leverage.
        at: Option<Argument>,
        /// Which way; `None` for either.
        up: Option<bool>,
        /// By how much at least.
        by: Option<Size>,
    },
}

/// A least size of a move.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Size {
    /// In the unit of the measure.
    Units(Decimal),
    /// As a fraction of the value before.
    Share(Decimal),
}

const VERDICTS: [(&str, Verdict); 4] = [
    ("tightened", Verdict::Tightened),
    ("loosened", Verdict::Loosened),
    ("mixed", Verdict::Mixed),
    ("no_effect", Verdict::NoEffect),
];

impl fmt::Display for Moves {
    /// The condition as it is written after `where`.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (measure, at, up, by) = match self {
            Moves::Verdict(verdict) => return f.write_str(verdict.name()),
            Moves::Measure { measure, at, up, by } => (measure, at, up, by),
        };
        f.write_str(measure.words())?;
        if let Some(at) = at {
            write!(f, " {}", at.clauses())?;
        }
        f.write_str(match up {
            Some(true) => " up",
            Some(false) => " down",
            None => " changed",
        })?;
        match by {
            Some(Size::Units(units)) => write!(f, " by {}", decimal::canonical(*units)),
            Some(Size::Share(share)) => {
                // It was read from a percentage, so that the product is exact.
                let percent = decimal::multiply(*share, Decimal::ONE_HUNDRED).unwrap_or_default();
                write!(f, " by {}%", decimal::canonical(percent))
            }
            None => Ok(()),
        }
    }
}

/// Reads a condition.
///
/// # Errors
/// A word is no direction or verdict, the amount is missing or not taken, or a size cannot be read.
pub(super) fn read_condition(condition: &Condition) -> Result<Moves, Error> {
    let not_known = |word: &Word, wanted: &[&'static str]| {
        let error =
            Error::new(ErrorCode::UnknownCondition, format!("`{}` is not a condition here", word.text))
                .at(word.span, format!("expected {}", wanted.join(", ")));
        match nearest(&word.text, wanted.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None if let Some(measure) = Measure::with_word(&word.text) => {
                error.hint(format!("the measure is `{}`: where {}", measure.words(), moved(measure)))
            }
            None => error.hint("for example: where margin at 100000 up, limit down"),
        }
    };
    let lower = condition.moves.as_ref().map(|word| word.text.to_lowercase());
    let Some(measure) = condition.measure else {
        let found = VERDICTS.iter().find(|(name, _)| Some(*name) == lower.as_deref());
        return match (found, &condition.moves) {
            (Some((_, verdict)), _) => Ok(Moves::Verdict(*verdict)),
            (None, Some(word)) => Err(not_known(word, &VERDICTS.map(|(name, _)| name))),
            (None, None) => Err(Error::new(ErrorCode::ConditionMissing, "the condition is missing")
                .at(condition.span, "what must move?")
                .hint("for example: where limit down")),
        };
    };
    let up = match (lower.as_deref(), &condition.moves) {
        (Some("up"), _) => Some(true),
        (Some("down"), _) => Some(false),
        (Some("changed") | None, _) => None,
        (Some(_), Some(word)) => return Err(not_known(word, &["up", "down", "changed"])),
        (Some(_), None) => None,
    };
    let at = match (measure.takes(), &condition.at) {
        (Takes::Position, Some(word)) => {
            return Err(Error::new(ErrorCode::AtNotTaken, format!("`{}` takes no `at`", measure.words()))
                .at(word.span, "which side?")
                .hint(format!("where {}", moved(measure))));
        }
        (Takes::Position, None) => {
            let example = |clauses: &str| format!("where {} {clauses} up", measure.words());
            Some(Argument::Isolated(read_position(&condition.clauses, condition.span, &example)?))
        }
        (Takes::Leverage, Some(word)) => Some(read_leverage(word)?),
        (Takes::Amount | Takes::AmountIfTiered, Some(word)) => {
            Some(read_with(read_amount(word)?, &condition.clauses)?)
        }
        (Takes::Nothing, Some(word)) => {
            return Err(Error::new(ErrorCode::AtNotTaken, format!("`{}` takes no `at`", measure.words()))
                .at(word.span, "not expected here")
                .hint(format!("where {} down", measure.words())));
        }
        (Takes::Amount | Takes::Leverage, None) => {
            let (words, needed) = (measure.words(), needed(measure));
            let at = if measure.takes() == Takes::Leverage { "10x" } else { "100000" };
            return Err(Error::new(ErrorCode::AmountMissing, format!("`{words}` needs {needed}"))
                .at(condition.span, format!("{needed} comes after `at`"))
                .hint(format!("where {words} at {at} up")));
        }
        (Takes::AmountIfTiered | Takes::Nothing, None) => None,
    };
    let by = condition.by.as_ref().map(read_size).transpose()?;
    Ok(Moves::Measure { measure, at, up, by })
}

/// A condition on a measure.
fn moved(measure: Measure) -> String {
    let at = match measure.takes() {
        Takes::Amount => " at 60000",
        Takes::Leverage => " at 10x",
        Takes::Position => " long 60k entry 0.02 with 5x",
        Takes::AmountIfTiered | Takes::Nothing => "",
    };
    format!("{}{at} down", measure.words())
}

/// `500` or `10%`.
fn read_size(word: &Word) -> Result<Size, Error> {
    let share = word.text.strip_suffix('%').map(|digits| {
        decimal::parse(digits).and_then(decimal::hundredth).ok_or_else(|| {
            Error::new(ErrorCode::NotANumber, format!("`{}` is not a percentage", word.text))
                .at(word.span, "not a size")
                .hint("write 10%, or an amount like 500")
        })
    });
    match share {
        Some(share) => Ok(Size::Share(share?)),
        None => Ok(Size::Units(read_amount(word)?)),
    }
}
