//! Plans of measures at one basis, and what other plans share with them: subjects, numbers, instants.

use std::fmt;

use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::query::plan::at::{At, read_amount, read_leverage};
use crate::query::plan::names;
use crate::query::syntax::ast::{Ask, Clauses, Word};
use crate::query::syntax::measure::{Measure, Takes};
use crate::statement::{Basis, Program, Subject};
use crate::text::nearest;
use crate::time::{PublishedTime, RecordedTime, Timestamp, ValidTime};

/// A measure of subjects, at notionals, at a basis. Each combination is a row.
#[derive(Clone, PartialEq, Debug)]
pub struct MeasurePlan {
    /// What is asked for.
    pub measure: Measure,
    /// The subjects, each once.
    pub subjects: Vec<Subject>,
    /// What stands behind `at`; empty where nothing does.
    pub at: Vec<At>,
    /// The three instants.
    pub basis: Basis,
    /// Whether broken tables are to be refused rather than repaired.
    pub as_published: bool,
    /// Subjects of the same names that the question cannot mean, because it gives no amount.
    pub left_out: Vec<Subject>,
}

/// The subjects of those names under any program.
pub(super) fn any_of(words: &[Word], held: &[Subject]) -> Result<Vec<Subject>, Error> {
    let mut subjects: Vec<Subject> = Vec::new();
    for word in words {
        subjects.extend(names::meant(word, held)?.into_iter().cloned());
    }
    Ok(subjects)
}

pub(super) fn measure(ask: &Ask, held: &[Subject], now: Timestamp) -> Result<MeasurePlan, Error> {
    let on = ask.clauses.on.as_ref().map(names::read_on).transpose()?;
    let at = read_at(ask)?;
    let mut subjects = names::select(&ask.subjects, ask.measure, on.as_ref(), held)?;
    let mut left_out = Vec::new();
    if ask.measure.takes() == Takes::AmountIfTiered && at.is_empty() {
        (left_out, subjects) = subjects.into_iter().partition(|subject| subject.program() == Program::PmPro);
        if subjects.is_empty() {
            return Err(amount_missing(ask, "the ratio on pm-pro depends on the amount"));
        }
    }
    let rows = subjects.len().saturating_mul(at.len().max(1));
    if rows > limits::ANSWER_ROWS {
        let message = format!("the answer would have {rows} rows; at most {} are given", limits::ANSWER_ROWS);
        return Err(Error::new(ErrorCode::AnswerTooLong, message)
            .hint("ask for fewer subjects or notionals at a time"));
    }
    let basis = read_basis(&ask.clauses, now)?;
    let as_published = ask.clauses.as_published.is_some();
    Ok(MeasurePlan { measure: ask.measure, subjects, at, basis, as_published, left_out })
}

fn read_at(ask: &Ask) -> Result<Vec<At>, Error> {
    let takes = ask.measure.takes();
    match (takes, ask.at.first()) {
        (Takes::Nothing, Some(first)) => {
            let error = Error::new(ErrorCode::AtNotTaken, format!("`{}` takes no `at`", ask.measure.words()))
                .at(first.span, "not expected here")
                .hint(format!("{} of {}", ask.measure.words(), ask.subjects[0].text));
            let is_leverage = first.text.ends_with(['x', 'X']);
            return Err(if is_leverage && ask.measure == Measure::Limit {
                let subject = &ask.subjects[0].text;
                error.hint(format!("at a leverage: max position of {subject} at {}", first.text))
            } else {
                error
            });
        }
        (Takes::Amount, None) if ask.measure == Measure::Collateral => {
            return Err(amount_missing(ask, "of which amount?"));
        }
        (Takes::Amount, None) => return Err(amount_missing(ask, "at which notional?")),
        (Takes::Leverage, None) => {
            return Err(Error::new(ErrorCode::LeverageMissing, "the leverage is missing")
                .at(ask.measure_span, "at which leverage?")
                .hint(format!("max position of {} at 10x", ask.subjects[0].text)));
        }
        _ => {}
    }
    let read = |word: &Word| if takes == Takes::Leverage { read_leverage(word) } else { read_amount(word) };
    ask.at.iter().map(read).collect()
}

fn amount_missing(ask: &Ask, label: &str) -> Error {
    let (measure, subject) = (ask.measure.words(), &ask.subjects[0].text);
    let error = Error::new(ErrorCode::AmountMissing, format!("`{measure}` needs an amount"))
        .at(ask.measure_span, label)
        .hint(format!("{measure} of {subject} at 60000"));
    if ask.measure == Measure::Ratio || ask.measure == Measure::Mmr {
        error.hint(format!("tiers of {subject} gives the whole table"))
    } else {
        error
    }
}

pub(in crate::query) fn read_basis(clauses: &Clauses, now: Timestamp) -> Result<Basis, Error> {
    let read = |word: &Option<Word>| word.as_ref().map(|word| read_timestamp(word, now)).transpose();
    let recorded_by = read(&clauses.recorded_by)?;
    if let (Some(timestamp), Some(word)) = (recorded_by, &clauses.recorded_by)
        && timestamp > now
    {
        return Err(Error::new(ErrorCode::RecordedInFuture, "`recorded by` lies in the future")
            .at(word.span, "later than now")
            .hint(
                "what will be recorded until then is not known, so the answer could change; leave it out",
            ));
    }
    Ok(Basis {
        valid_at: ValidTime(read(&clauses.as_of)?.unwrap_or(now)),
        known_at: read(&clauses.known_at)?.map(PublishedTime),
        recorded_by: recorded_by.map(RecordedTime),
    })
}

/// The basis behind `vs`: what has no second instant stays as it is. `None` without any `vs`.
pub(super) fn read_other_basis(clauses: &Clauses, now: Timestamp) -> Result<Option<Basis>, Error> {
    let others = [&clauses.as_of_other, &clauses.known_at_other, &clauses.recorded_by_other];
    if others.iter().all(|word| word.is_none()) {
        return Ok(None);
    }
    let later = Clauses {
        as_of: clauses.as_of_other.clone().or(clauses.as_of.clone()),
        known_at: clauses.known_at_other.clone().or(clauses.known_at.clone()),
        recorded_by: clauses.recorded_by_other.clone().or(clauses.recorded_by.clone()),
        ..Clauses::default()
    };
    read_basis(&later, now).map(Some)
}

pub(super) fn read_timestamp(word: &Word, now: Timestamp) -> Result<Timestamp, Error> {
    Timestamp::read(&word.text, now).map_err(|no| {
        let error = Error::new(ErrorCode::NotAnInstant, no.message).at(word.span, "not an instant");
        match nearest(&word.text, ["now", "today", "yesterday", "tomorrow"]) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(no.hint),
        }
    })
}

/// ` as of V known at K recorded by R`, as far as given.
pub(super) fn write_basis(f: &mut fmt::Formatter, basis: Basis) -> fmt::Result {
    write!(f, " as of {}", basis.valid_at)?;
    if let Some(known_at) = basis.known_at {
        write!(f, " known at {known_at}")?;
    }
    match basis.recorded_by {
        Some(recorded_by) => write!(f, " recorded by {recorded_by}"),
        None => Ok(()),
    }
}

impl fmt::Display for MeasurePlan {
    /// The plan as a query that plans to itself: full subject names, canonical numbers, resolved instants.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let list = |items: Vec<String>| items.join(", ");
        write!(f, "{} of ", self.measure.words())?;
        f.write_str(&list(self.subjects.iter().map(Subject::to_string).collect()))?;
        if !self.at.is_empty() {
            write!(f, " at {}", list(self.at.iter().map(At::to_string).collect()))?;
        }
        write_basis(f, self.basis)?;
        if self.as_published { f.write_str(" as published") } else { Ok(()) }
    }
}
