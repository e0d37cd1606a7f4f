//! The three times of a request: of its parameters, or of the front of its path.

use super::exchange_error::ExchangeError;
use super::problem::{Problem, Refusal};
use super::request::Request;
use crate::query::plan::basis::check_recorded_by;
use crate::statement::At;
use crate::store::Head;
use crate::time::{PublishedTime, RecordedTime, TimeSpan, Timestamp, ValidTime};

/// The names of the three times: as a parameter, and in a path.
const NAMES: [(&str, &str); 3] = [("asOf", "as-of"), ("knownAt", "known-at"), ("recordedBy", "recorded-by")];

/// The names of the three times as parameters.
pub fn parameters() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(parameter, _)| *parameter)
}

/// The times that a request fixes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Basis {
    pub as_of: Option<Timestamp>,
    pub known_at: Option<Timestamp>,
    pub recorded_by: Option<Timestamp>,
    /// Whether one of them is written as a relative one, which is another one tomorrow: `yesterday`.
    pub is_relative: bool,
}

impl Basis {
    /// The times that a request fixes, and how many parts of its path do that.
    ///
    /// # Errors
    /// A time cannot be read, is given twice, or is one of recording in the future.
    pub fn read(request: &Request) -> Result<(Basis, usize), Problem> {
        let (mut times, mut is_relative) = ([None; 3], false);
        let later = request.received_at.plus(TimeSpan::minutes(1_000_000));
        let mut read = |place: usize, text: &str| {
            is_relative |= time(text, request.received_at).ok() != time(text, later).ok();
            let invalid = format!("Data sent for parameter '{}' is not valid.", NAMES[place].0);
            let exchange_error = Some(ExchangeError::new(400, -1130, invalid));
            time(text, request.received_at).map_err(|problem| Problem { exchange_error, ..problem })
        };
        let parts = Basis::parts(request);
        for pair in request.path[..parts.min(request.path.len())].chunks(2) {
            let place = NAMES.iter().position(|(_, name)| pair[0] == *name).unwrap_or_default();
            set(&mut times, place, read(place, pair.get(1).map_or("", String::as_str))?)?;
        }
        for (name, text) in &request.query {
            // A form sends its empty fields too.
            let place = NAMES.iter().position(|(known, _)| known == name).filter(|_| !text.is_empty());
            if let Some(place) = place {
                set(&mut times, place, read(place, text)?)?;
            }
        }
        let [as_of, known_at, recorded_by] = times;
        if let Some(recorded_by) = recorded_by {
            check_recorded_by(recorded_by, request.received_at)?;
        }
        Ok((Basis { as_of, known_at, recorded_by, is_relative }, parts))
    }

    /// What an open basis means: the beginning of the second, because the clock of a server that is asked a thousand times in
    /// it need not give a thousand different answers; but not before what is recorded.
    pub fn now(received_at: Timestamp, head: Head) -> Timestamp {
        let second = received_at.micros().div_euclid(1_000_000) * 1_000_000;
        let now = Timestamp::from_micros(second).unwrap_or(received_at);
        head.recorded_at.map_or(now, |recorded_at| now.max(recorded_at.0))
    }

    /// The basis of answers.
    pub fn at(&self, now: Timestamp) -> At {
        At {
            valid_at: ValidTime(self.as_of.unwrap_or(now)),
            known_at: self.known_at.map(PublishedTime),
            recorded_by: self.recorded_by.map(RecordedTime),
        }
    }

    /// The times that are fixed, as clauses of the language.
    pub fn clauses(&self) -> [(&'static str, Option<Timestamp>); 3] {
        [("as of", self.as_of), ("known at", self.known_at), ("recorded by", self.recorded_by)]
    }

    /// How many parts of a path fix times.
    pub fn parts(request: &Request) -> usize {
        let is_name =
            |part: Option<&String>| part.is_some_and(|part| NAMES.iter().any(|(_, name)| part == name));
        (0..).step_by(2).find(|place| !is_name(request.path.get(*place))).unwrap_or_default()
    }

    /// Whether answers never change: all three times are fixed for ever, and nothing can be recorded any more by the last of
    /// them.
    pub fn is_fixed(&self, head: Head) -> bool {
        let is_past = |by: Timestamp| head.recorded_at.is_some_and(|newest| by <= newest.0);
        !self.is_relative
            && self.as_of.is_some()
            && self.known_at.is_some()
            && self.recorded_by.is_some_and(is_past)
    }
}

fn set(times: &mut [Option<Timestamp>; 3], place: usize, time: Timestamp) -> Result<(), Problem> {
    match times[place].replace(time) {
        None => Ok(()),
        Some(_) => {
            let (parameter, part) = NAMES[place];
            let detail = format!("the time `{parameter}` (in a path `{part}`) is given twice");
            Err(Problem::of(Refusal::BadRequest, detail).hint("keep one of them"))
        }
    }
}

/// Reads a time: milliseconds since 1970 as the exchange has them, or any time of the language.
fn time(text: &str, now: Timestamp) -> Result<Timestamp, Problem> {
    let is_number = text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    let millis = text.parse::<i64>().ok().filter(|_| is_number);
    if let Some(time) = millis.and_then(|millis| millis.checked_mul(1000)).and_then(Timestamp::from_micros) {
        return Ok(time);
    }
    Timestamp::read(text, now).map_err(|error| {
        Problem::from(error).hint("milliseconds since 1970 are read too; a `+` in a parameter is written %2B")
    })
}
