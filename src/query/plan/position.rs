//! The clauses of a position: `long 60k entry 0.02 with 5x`.

use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode};
use crate::liquidation::Side;
use crate::query::plan::at::{Argument, read_amount, read_leverage};
use crate::query::plan::isolated::{Isolated, IsolatedMargin};
use crate::query::syntax::ast::{GivenClause, Word};
use crate::query::syntax::language::Clause;
use crate::text::Span;

/// Reads the position that clauses state.
///
/// # Errors
/// The side, the entry price or the margin is missing or given twice, or a number cannot be read. What is missing is shown
/// at `place`, with the statement `example`.
pub(super) fn read_position(
    clauses: &[GivenClause],
    place: Span,
    example: &dyn Fn(&str) -> String,
) -> Result<Isolated, Error> {
    let given = Given { clauses };
    let missing = |code, message: &str, label: &str, clauses: &str| {
        Err(Error::new(code, message).at(place, label).hint(format!("for example: {}", example(clauses))))
    };
    let size =
        given.one_of([Clause::Long, Clause::Short], "a position has one side; ask about each of a hedge")?;
    let Some((clause, size)) = size else {
        let message = "the side and the size of the position are missing";
        return missing(ErrorCode::PositionMissing, message, "long or short, and how much?", ALL);
    };
    let side = if clause == Clause::Long { Side::Long } else { Side::Short };
    let notional = read_number(size, "a notional")?;
    let Some(entry) = given.value(Clause::Entry) else {
        let message = "the entry price is missing";
        return missing(
            ErrorCode::EntryMissing,
            message,
            "opened at which price?",
            &given.with(Clause::Entry),
        );
    };
    let entry_price = read_price(entry)?;
    let twice = "the margin is notional ÷ leverage, or what `margin` states";
    let Some((clause, word)) = given.one_of([Clause::With, Clause::Margin], twice)? else {
        let message = "the leverage or the margin of the position is missing";
        return missing(
            ErrorCode::LeverageMissing,
            message,
            "with which leverage?",
            &given.with(Clause::With),
        );
    };
    let margin = match clause {
        Clause::Margin => IsolatedMargin::Amount(read_number(word, "an amount")?),
        _ => IsolatedMargin::Leverage(read_leverage(word)?.leverage().unwrap_or(1)),
    };
    Ok(Isolated::new(side, notional, entry_price, margin))
}

/// What follows the leverage of a condition or a statement that takes one beside a notional.
///
/// # Errors
/// It is no leverage.
pub(super) fn read_with(amount: Decimal, clauses: &[GivenClause]) -> Result<Argument, Error> {
    let Some(word) = (Given { clauses }).value(Clause::With) else { return Ok(Argument::Amount(amount)) };
    let leverage = read_leverage(word)?.leverage();
    Ok(leverage.map_or(Argument::Amount(amount), |leverage| Argument::AmountWith(amount, leverage)))
}

/// What examples say where a statement says nothing.
const ALL: &str = "long 60k entry 0.02 with 5x";

fn read_price(word: &Word) -> Result<Decimal, Error> {
    let price = read_number(word, "a price")?;
    if price.is_zero() {
        return Err(Error::new(ErrorCode::NotAPrice, "nothing is opened at a price of 0")
            .at(word.span, "not above 0")
            .hint("write the price in the quote currency: entry 0.02"));
    }
    Ok(price)
}

fn read_number(word: &Word, what: &str) -> Result<Decimal, Error> {
    read_amount(word).map_err(|error| match read_leverage(word) {
        Ok(_) => Error::new(ErrorCode::NotANumber, format!("`{}` is a leverage, not {what}", word.text))
            .at(word.span, "expected a number")
            .hint(format!("a leverage comes after `with`: with {}", word.text)),
        Err(_) => error,
    })
}

struct Given<'a> {
    clauses: &'a [GivenClause],
}

impl<'a> Given<'a> {
    fn value(&self, clause: Clause) -> Option<&'a Word> {
        self.clauses.iter().find(|given| given.clause == clause)?.values.first()
    }

    /// The one of two clauses that is given.
    ///
    /// # Errors
    /// Both are.
    fn one_of(&self, clauses: [Clause; 2], why: &str) -> Result<Option<(Clause, &'a Word)>, Error> {
        let [first, other] = clauses.map(|clause| self.value(clause).map(|word| (clause, word)));
        if let (Some((first, one)), Some((other, word))) = (first, other) {
            let message = format!("both `{}` and `{}` are given", first.words(), other.words());
            return Err(Error::new(ErrorCode::ClauseTwice, message)
                .at(one.span.join(word.span), "keep one of them")
                .hint(why));
        }
        Ok(first.or(other))
    }

    /// What is given, with an example of one more clause.
    fn with(&self, missing: Clause) -> String {
        let order = [Clause::Long, Clause::Short, Clause::Entry, Clause::With, Clause::Margin];
        let is_there = |clause: &Clause| *clause == missing || self.value(*clause).is_some();
        let text = |clause: Clause| {
            let value = self.value(clause).map_or(clause.row().example, |word| word.text.as_str());
            format!("{} {value}", clause.words())
        };
        let mut clauses: Vec<String> = order.into_iter().filter(is_there).map(text).collect();
        if self.value(Clause::With).or(self.value(Clause::Margin)).is_none() && missing == Clause::Entry {
            clauses.push(text(Clause::With));
        }
        clauses.join(" ")
    }
}
