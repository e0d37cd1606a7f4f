//! What a measure is asked at: the notionals, amounts and leverages after `at` and `with`, for all subjects or
//! for each its own.

use crate::error::{Error, ErrorCode};
use crate::query::plan::at::{Argument, needed, read_amount, read_leverage};
use crate::query::plan::names::{self, On};
use crate::query::plan::position::{read_position, read_with};
use crate::query::syntax::ast::{OwnAt, Statement, Word};
use crate::query::syntax::language::{Clause, StatementKind};
use crate::query::syntax::measure::{Measure, Takes};
use crate::query::syntax::typos::WITH_TAKEN;
use crate::statement::subject::CLASS;
use crate::statement::{Program, Subject};
use crate::text::Span;
use crate::time::worded::looks_like_time;

/// The measures that are functions of the notional or amount.
pub const DRAWN: [Measure; 8] = [
    Measure::Mmr,
    Measure::Margin,
    Measure::InitialMargin,
    Measure::Amount,
    Measure::MaxLeverage,
    Measure::Room,
    Measure::Ratio,
    Measure::Collateral,
];

/// A measure as it is written.
pub(super) struct Asked<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// Its measure.
    pub measure: Measure,
    /// Where the measure is written.
    pub place: Span,
}

impl Asked<'_> {
    fn subject(&self) -> &str {
        self.statement.subjects.first().map_or("ACTUSDT", |word| word.text.as_str())
    }

    /// Refuses a measure that the statement cannot be asked of.
    pub(super) fn check_measure(&self) -> Result<(), Error> {
        let (words, name) = (self.measure.words(), self.subject());
        if self.statement.kind == StatementKind::Chart && !DRAWN.contains(&self.measure) {
            let message = format!("`{words}` cannot be drawn over the notional");
            return Err(Error::new(ErrorCode::NotDrawable, message)
                .at(self.place, "no value for each notional")
                .hint("of a contract: chart mmr of ACTUSDT, or chart max leverage of ACTUSDT")
                .hint("of an asset: chart ratio of LTC")
                .hint(format!("the whole table over time: chart tiers of {name}")));
        }
        if self.statement.kind.takes(Clause::Since) && self.measure == Measure::Tiers {
            let message = "`tiers` is a whole table, not a value over time";
            return Err(Error::new(ErrorCode::TiersOverTime, message).at(self.place, "a table").hint(
                format!(
                    "history of {name} gives the versions of the table, and chart tiers of {name} draws them"
                ),
            ));
        }
        Ok(())
    }

    /// Refuses to follow an asset over time whose class and whose tiers change on their own.
    pub(super) fn check_classes(&self, subjects: &[Subject]) -> Result<(), Error> {
        let is_followed = self.statement.kind != StatementKind::Measure;
        if is_followed { reject_two_timelines(subjects, self.place) } else { Ok(()) }
    }

    /// What comes after `at`.
    pub(super) fn read_at(&self) -> Result<Vec<Argument>, Error> {
        let (measure, takes) = (self.measure, self.measure.takes());
        if takes == Takes::Position {
            let example = |clauses: &str| format!("{} of {} {clauses}", measure.words(), self.subject());
            let position = read_position(&self.statement.clauses, self.place, &example)?;
            return Ok(vec![Argument::Isolated(position)]);
        }
        let values = self.statement.values(Clause::At);
        match (takes, values.first()) {
            (Takes::Nothing, Some(first)) => return Err(self.at_not_taken(first)),
            (Takes::Amount, None) if measure == Measure::Collateral => {
                return Err(self.amount_missing("of which amount?"));
            }
            (Takes::Amount, None) => return Err(self.amount_missing("at which notional?")),
            (Takes::Leverage, None) => {
                return Err(Error::new(ErrorCode::LeverageMissing, "the leverage is missing")
                    .at(self.place, "at which leverage?")
                    .hint(format!("max position of {} at 10x", self.subject())));
            }
            _ => {}
        }
        self.read_values(values)
    }

    /// Reads what each subject is asked at, where some have an `at` of their own; adds those to `subjects`,
    /// which are asked `at`.
    pub(super) fn read_own_at(
        &self,
        subjects: &mut Vec<Subject>,
        at: &[Argument],
        on: Option<&On>,
        stored: &[Subject],
    ) -> Result<Vec<(Subject, Vec<Argument>)>, Error> {
        let own = self.statement.given(Clause::At).map_or(&[][..], |given| given.own.as_slice());
        if own.is_empty() {
            return Ok(Vec::new());
        }
        let asked = |subject: Subject| (subject, at.to_vec());
        let mut all: Vec<_> = std::mem::take(subjects).into_iter().map(asked).collect();
        for OwnAt { subjects, values } in own {
            let at = self.read_values(values)?;
            for subject in names::select(subjects, self.measure, on, stored)? {
                match all.iter_mut().find(|(of, _)| *of == subject) {
                    Some((_, before)) => before.extend(&at),
                    None => all.push((subject, at.clone())),
                }
            }
        }
        subjects.extend(all.iter().map(|(subject, _)| subject.clone()));
        Ok(all)
    }

    fn read_values(&self, values: &[Word]) -> Result<Vec<Argument>, Error> {
        let takes = self.measure.takes();
        self.check_with()?;
        let read = |word| match takes {
            Takes::Leverage => read_leverage(word),
            _ => read_with(read_amount(word)?, &self.statement.clauses),
        };
        // A name at the end of the list has no `at`, or belongs before it.
        let is_name =
            |word: &Word| !word.text.starts_with(|c: char| c.is_ascii_digit() || "-+.$".contains(c));
        let hinted = |(place, word)| {
            read(word).map_err(|error| match place {
                1.. if is_name(word) => error.hint(self.own_at_hint(word)),
                _ => error,
            })
        };
        values.iter().enumerate().map(hinted).collect()
    }

    fn own_at_hint(&self, name: &Word) -> String {
        let (words, subject, name) = (self.measure.words(), self.subject(), &name.text);
        let at = self.statement.value(Clause::At).map_or("60000", |at| at.text.as_str());
        format!(
            "a name: {words} of {subject}, {name} at {at}; or with its own: {words} of {subject} at {at}, {name} at …"
        )
    }

    /// Refuses a leverage that the measure does not take, which an address can have.
    fn check_with(&self) -> Result<(), Error> {
        let Some(given) = self.statement.given(Clause::With).filter(|_| !self.measure.takes_with()) else {
            return Ok(());
        };
        let (words, subject) = (self.measure.words(), self.subject());
        let at = self.statement.value(Clause::At).map_or("60000", |at| at.text.as_str());
        let leverage = given.values.first().map_or("4x", |word| word.text.as_str());
        Err(Error::new(ErrorCode::ClauseNotTaken, format!("`{words}` takes no `with`"))
            .at(given.span, WITH_TAKEN)
            .hint(format!("initial margin of {subject} at {at} with {leverage}")))
    }

    fn at_not_taken(&self, first: &Word) -> Error {
        let (words, subject) = (self.measure.words(), self.subject());
        let error = Error::new(ErrorCode::AtNotTaken, format!("`{words}` takes no `at`"))
            .at(first.span, "not expected here")
            .hint(format!("{words} of {subject}"));
        if looks_like_time(&first.text) {
            error.hint(format!("a time comes after `as of`: {words} of {subject} as of {}", first.text))
        } else if first.text.ends_with(['x', 'X']) && self.measure == Measure::Limit {
            error.hint(format!("at a leverage: max position of {subject} at {}", first.text))
        } else {
            error
        }
    }

    /// The error where a measure of one notional is asked without one.
    pub(super) fn amount_missing(&self, label: &str) -> Error {
        let (words, subject) = (self.measure.words(), self.subject());
        let error = Error::new(ErrorCode::AmountMissing, format!("`{words}` needs {}", needed(self.measure)))
            .at(self.place, label)
            .hint(format!("{words} of {subject} at 60000"));
        if self.measure == Measure::Ratio || self.measure == Measure::Mmr {
            error.hint(format!("tiers of {subject} gives the whole table"))
        } else {
            error
        }
    }
}

/// Refuses assets whose class and whose tiers change on their own.
///
/// # Errors
/// One of the subjects is such an asset.
pub(super) fn reject_two_timelines(subjects: &[Subject], place: Span) -> Result<(), Error> {
    let of_class = |it: &&Subject| it.program() == Program::Cross && !it.name().starts_with(CLASS);
    let Some(asset) = subjects.iter().find(of_class) else { return Ok(()) };
    let message = format!("{} has the tiers of its class, and both change", asset.name());
    Err(Error::new(ErrorCode::TwoTimelines, message)
        .at(place, "two timelines")
        .hint(format!("history of {} on cross gives its classes", asset.name()))
        .hint("history of class-7 on cross gives the tiers of a class"))
}
