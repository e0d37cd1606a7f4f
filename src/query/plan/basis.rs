//! The times of a statement: what it is asked for, and what was known and recorded then.

use crate::error::{Error, ErrorCode};
use crate::query::syntax::ast::{Statement, Word};
use crate::query::syntax::language::Clause;
use crate::statement::At;
use crate::text::nearest;
use crate::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

/// A half-open range: from `since` on, before `until`; `None` for no bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Range {
    /// The first time inside.
    pub since: Option<Timestamp>,
    /// The first time after it.
    pub until: Option<Timestamp>,
}

impl Range {
    /// Whether a time is inside.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Whether a period from `from` on, before `until`, overlaps the range; `None` for no bound.
    pub fn meets(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> bool {
        let starts_before_end = from.is_none_or(|from| self.until.is_none_or(|end| from < end));
        let ends_after_start = until.is_none_or(|until| self.since.is_none_or(|start| start < until));
        starts_before_end && ends_after_start
    }
}

/// Reads `as of`, `known at` and `recorded by`.
///
/// # Errors
/// A time cannot be read, or `recorded by` is in the future.
pub(crate) fn read_basis(statement: &Statement, now: Timestamp) -> Result<At, Error> {
    basis_of([Clause::AsOf, Clause::KnownAt, Clause::RecordedBy].map(|clause| statement.value(clause)), now)
}

/// The basis after `vs`: what has no second time stays as it is. `None` without any `vs`.
///
/// # Errors
/// As for [`read_basis`].
pub(super) fn read_other_basis(statement: &Statement, now: Timestamp) -> Result<Option<At>, Error> {
    let clauses = [Clause::AsOf, Clause::KnownAt, Clause::RecordedBy];
    if clauses.iter().all(|clause| statement.other(*clause).is_none()) {
        return Ok(None);
    }
    basis_of(clauses.map(|clause| statement.other(clause).or(statement.value(clause))), now).map(Some)
}

fn basis_of([as_of, known_at, recorded_by]: [Option<&Word>; 3], now: Timestamp) -> Result<At, Error> {
    let read = |word: Option<&Word>| word.map(|word| read_timestamp(word, now)).transpose();
    let recorded_at = read(recorded_by)?;
    if let (Some(at), Some(word)) = (recorded_at, recorded_by) {
        reject_future(at, word, now)?;
    }
    Ok(At {
        valid_at: ValidTime(read(as_of)?.unwrap_or(now)),
        known_at: read(known_at)?.map(PublishedTime),
        recorded_by: recorded_at.map(RecordedTime),
    })
}

/// Refuses a time of `recorded by` later than `now`.
///
/// # Errors
/// It is later.
pub(super) fn reject_future(at: Timestamp, word: &Word, now: Timestamp) -> Result<(), Error> {
    check_recorded_by(at, now).map_err(|error| error.at(word.span, "later than now"))
}

/// Checks that a time of `recorded by` is not later than `now`: what will be recorded until then is unknown, so that an
/// answer could change.
///
/// ```
/// use tierbook::language::check_recorded_by;
/// let (day, next) = ("2026-02-06T00:00Z".parse()?, "2026-02-07T00:00Z".parse()?);
/// assert!(check_recorded_by(day, next).is_ok() && check_recorded_by(day, day).is_ok());
/// assert_eq!(check_recorded_by(next, day).unwrap_err().code().as_str(), "recorded_in_future");
/// # Ok::<(), tierbook::Error>(())
/// ```
///
/// # Errors
/// It is later (`recorded_in_future`).
pub fn check_recorded_by(recorded_by: Timestamp, now: Timestamp) -> Result<(), Error> {
    if recorded_by <= now {
        return Ok(());
    }
    Err(Error::new(ErrorCode::RecordedInFuture, "`recorded by` is in the future")
        .hint("what will be recorded until then is unknown, so the answer could change; leave it out"))
}

/// Reads `since` and `until`.
///
/// # Errors
/// A time cannot be read, or nothing is between the two.
pub(super) fn read_range(statement: &Statement, now: Timestamp) -> Result<Range, Error> {
    let read = |clause| statement.value(clause).map(|word| read_timestamp(word, now)).transpose();
    let range = Range { since: read(Clause::Since)?, until: read(Clause::Until)? };
    match (range.since, range.until, statement.value(Clause::Until)) {
        (Some(since), Some(until), Some(word)) if until <= since => {
            let message = format!("`until {until}` is not after `since {since}`");
            Err(Error::new(ErrorCode::EmptyRange, message)
                .at(word.span, "not after `since`")
                .hint("`since` is inside the range, `until` is not"))
        }
        _ => Ok(range),
    }
}

/// Reads `within`.
///
/// # Errors
/// It is not a time span.
pub(super) fn read_span(word: &Word) -> Result<TimeSpan, Error> {
    TimeSpan::read(&word.text).ok_or_else(|| {
        Error::new(ErrorCode::NotATimeSpan, format!("`{}` is not a time span", word.text))
            .at(word.span, "expected a count and a unit")
            .hint("write 72h, 3 days or 2 weeks")
    })
}

/// Reads a timestamp as people write it.
///
/// # Errors
/// It is not a timestamp.
pub(super) fn read_timestamp(word: &Word, now: Timestamp) -> Result<Timestamp, Error> {
    Timestamp::read(&word.text, now).map_err(|mut error| {
        if let Some(near) = nearest(&word.text, ["now", "today", "yesterday", "tomorrow"]) {
            error.hints = vec![format!("did you mean `{near}`?")];
        }
        error.at(word.span, "not a time")
    })
}
