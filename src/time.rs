//! The three times, and the one clock.
//!
//! Valid time, publication time and transaction time are three types over the same count of microseconds
//! since 1970-01-01T00:00Z, so that one can never be used for another by mistake.

pub mod worded;
pub mod written;

use std::fmt;

use crate::error::{Error, ErrorCode};

/// A point on the UTC time line, in microseconds since 1970-01-01T00:00Z, from [`Timestamp::FIRST`] to
/// [`Timestamp::LAST`].
/// ```
/// use tierbook::{TimeSpan, Timestamp};
/// # fn main() -> tierbook::Result<()> {
/// let start: Timestamp = "2026-02-06T06:30Z".parse()?;
/// assert_eq!(start.plus(TimeSpan::minutes(60)).to_string(), "2026-02-06T07:30:00Z");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp(i64);

/// A span of time in whole microseconds, never negative.
/// ```
/// use tierbook::TimeSpan;
///
/// assert_eq!(TimeSpan::minutes(90).to_string(), "90 min");
/// assert_eq!(TimeSpan::minutes(60).micros(), 3_600_000_000);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TimeSpan(i64);

const SECOND: i64 = 1_000_000;

/// A day of 24 hours.
pub const DAY: TimeSpan = TimeSpan(86_400 * SECOND);

impl Timestamp {
    /// 1000-01-01T00:00Z: years before it are not written with four digits.
    pub const FIRST: Timestamp = Timestamp(-30_610_224_000 * SECOND);

    /// 9999-12-30T22:00Z: the last that has a year of four digits under every offset.
    pub const LAST: Timestamp = Timestamp(253_402_207_200 * SECOND);

    /// The time of a count of microseconds, or `None` before [`Timestamp::FIRST`] and after
    /// [`Timestamp::LAST`].
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// let start = Timestamp::from_micros(0).unwrap();
    /// assert_eq!(start.to_string(), "1970-01-01T00:00:00Z");
    /// assert_eq!(Timestamp::from_micros(i64::MAX), None);
    /// ```
    pub fn from_micros(micros: i64) -> Option<Timestamp> {
        (Timestamp::FIRST.0..=Timestamp::LAST.0).contains(&micros).then_some(Timestamp(micros))
    }

    /// The count of microseconds since 1970-01-01T00:00Z.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// let second: Timestamp = "1970-01-01T00:00:01Z".parse()?;
    /// assert_eq!(second.micros(), 1_000_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn micros(self) -> i64 {
        self.0
    }

    /// The time on the clock of this machine: the only place where the program reads it.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// assert!(Timestamp::now() > "2020-01-01T00:00Z".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn now() -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_microsecond())
    }

    /// The time `span` later; at most [`Timestamp::LAST`].
    ///
    /// ```
    /// use tierbook::{TimeSpan, Timestamp};
    /// let at: Timestamp = "2026-02-06T06:30Z".parse()?;
    /// assert_eq!(at.plus(TimeSpan::minutes(30)), "2026-02-06T07:00Z".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn plus(self, span: TimeSpan) -> Timestamp {
        Timestamp(self.0.saturating_add(span.0).min(Timestamp::LAST.0))
    }

    /// The time `span` earlier; at least [`Timestamp::FIRST`].
    ///
    /// ```
    /// use tierbook::{TimeSpan, Timestamp};
    /// let at: Timestamp = "2026-02-06T06:30Z".parse()?;
    /// assert_eq!(at.minus(TimeSpan::minutes(30)), "2026-02-06T06:00Z".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn minus(self, span: TimeSpan) -> Timestamp {
        Timestamp(self.0.saturating_sub(span.0).max(Timestamp::FIRST.0))
    }

    /// How long it is from an earlier time to this one; zero where that is later.
    ///
    /// ```
    /// use tierbook::{TimeSpan, Timestamp};
    /// let at: Timestamp = "2026-02-06T06:30Z".parse()?;
    /// assert_eq!(at.plus(TimeSpan::minutes(30)).since(at), TimeSpan::minutes(30));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn since(self, earlier: Timestamp) -> TimeSpan {
        TimeSpan::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// The microsecond before.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// let at: Timestamp = "2026-02-06T06:30Z".parse()?;
    /// assert_eq!(at.just_before().to_string(), "2026-02-06T06:29:59.999999Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn just_before(self) -> Timestamp {
        self.minus(TimeSpan(1))
    }

    /// This time, or the next whole second after it.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// let at: Timestamp = "2026-02-06T06:30:00.25Z".parse()?;
    /// assert_eq!(at.next_second(), "2026-02-06T06:30:01Z".parse()?);
    /// assert_eq!(at.next_second().next_second(), at.next_second());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn next_second(self) -> Timestamp {
        let part = self.0.rem_euclid(1_000_000);
        self.plus(TimeSpan::from_micros(if part == 0 { 0 } else { 1_000_000 - part }))
    }

    /// The start of the UTC day of this time.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// let at: Timestamp = "2026-02-06T06:30Z".parse()?;
    /// assert_eq!(at.start_of_day(), "2026-02-06T00:00Z".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start_of_day(self) -> Timestamp {
        Timestamp(self.0 - self.0.rem_euclid(DAY.0))
    }

    /// Reads RFC 3339 with `Z` or an offset, with or without seconds (`2026-02-06T07:00Z`), as stored records
    /// have it. Queries and announcements allow more: see [`Timestamp::read`].
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// assert!(Timestamp::parse_rfc3339("2026-02-06T07:00Z").is_some());
    /// assert!(Timestamp::parse_rfc3339("yesterday").is_none());
    /// ```
    pub fn parse_rfc3339(text: &str) -> Option<Timestamp> {
        let timestamp: jiff::Timestamp = text.parse().ok()?;
        if timestamp.as_nanosecond() % 1000 != 0 {
            return None;
        }
        Timestamp::from_micros(timestamp.as_microsecond())
    }
}

impl std::str::FromStr for Timestamp {
    type Err = Error;

    /// Reads RFC 3339 with `Z` or an offset, with or without seconds.
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// # fn main() -> tierbook::Result<()> {
    /// let time: Timestamp = "2026-02-06T15:00+08:00".parse()?;
    /// assert_eq!(time.to_string(), "2026-02-06T07:00:00Z");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorCode::NotATimestamp`] for any other text, such as a date alone or a time without a zone.
    fn from_str(text: &str) -> Result<Timestamp, Error> {
        Timestamp::parse_rfc3339(text).ok_or_else(|| {
            Error::new(ErrorCode::NotATimestamp, format!("`{text}` is not a time in RFC 3339"))
                .hint("write for example 2026-02-06T07:00Z")
        })
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 with `Z`, seconds always, decimals only where there are any.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

impl TimeSpan {
    /// No time at all.
    pub const ZERO: TimeSpan = TimeSpan(0);

    /// A span in whole minutes.
    ///
    /// ```
    /// use tierbook::{TimeSpan, Timestamp};
    /// let start: Timestamp = "2026-02-06T06:30Z".parse()?;
    /// assert_eq!(start.plus(TimeSpan::minutes(60)), "2026-02-06T07:30Z".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn minutes(count: u32) -> TimeSpan {
        TimeSpan(count as i64 * 60 * SECOND)
    }

    /// A span in microseconds; a negative count gives zero.
    ///
    /// ```
    /// use tierbook::TimeSpan;
    /// assert_eq!(TimeSpan::from_micros(1_800_000_000), TimeSpan::minutes(30));
    /// assert_eq!(TimeSpan::from_micros(-1), TimeSpan::ZERO);
    /// ```
    pub const fn from_micros(micros: i64) -> TimeSpan {
        TimeSpan(if micros < 0 { 0 } else { micros })
    }

    /// The count of microseconds.
    ///
    /// ```
    /// assert_eq!(tierbook::TimeSpan::minutes(1).micros(), 60_000_000);
    /// ```
    pub fn micros(self) -> i64 {
        self.0
    }
}

impl fmt::Display for TimeSpan {
    /// In the largest unit that divides it: `30 min`, `1 h`, `2 d`, else seconds.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let seconds = self.0 / SECOND;
        match seconds {
            s if s > 0 && s % 86_400 == 0 => write!(f, "{} d", s / 86_400),
            s if s > 0 && s % 3_600 == 0 => write!(f, "{} h", s / 3_600),
            s if s > 0 && s % 60 == 0 => write!(f, "{} min", s / 60),
            s => write!(f, "{s} s"),
        }
    }
}

macro_rules! times {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub Timestamp);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

times! {
    /// Valid time: when a rule is in force at the exchange.
    ///
    /// ```
    /// use tierbook::ValidTime;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let changes = rules.changes(..)?;
    /// let act = changes.iter().find(|change| change.subject.name() == "ACTUSDT").unwrap();
    /// assert_eq!(act.effective_at, ValidTime("2026-02-06T06:30Z".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ValidTime;
    /// Publication time: when the exchange made a statement known.
    ///
    /// ```
    /// use tierbook::PublishedTime;
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// let source = &rules.sources()?[0].source;
    /// assert_eq!(source.published_at, PublishedTime("2026-02-03T06:00:46Z".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    PublishedTime;
    /// Transaction time: when this database recorded a statement.
    ///
    /// ```
    /// use tierbook::{RecordedTime, Timestamp};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
    /// # let rules = database.snapshot()?;
    /// assert!(rules.sources()?[0].recorded_at <= RecordedTime(Timestamp::now()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    RecordedTime;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stops_at_its_ends() {
        for (end, printed) in
            [(Timestamp::FIRST, "1000-01-01T00:00:00Z"), (Timestamp::LAST, "9999-12-30T22:00:00Z")]
        {
            assert_eq!(end.to_string(), printed);
            assert_eq!(Timestamp::parse_rfc3339(printed), Some(end));
        }
        assert_eq!(Timestamp::from_micros(Timestamp::FIRST.micros() - 1), None);
        assert_eq!(Timestamp::from_micros(Timestamp::LAST.micros() + 1), None);
        let today = Timestamp(0);
        assert_eq!(today.minus(TimeSpan(i64::MAX)), Timestamp::FIRST);
        assert_eq!(today.plus(TimeSpan(i64::MAX)), Timestamp::LAST);
    }

    #[test]
    fn a_time_span_is_printed_in_its_largest_whole_unit() {
        assert_eq!(TimeSpan::minutes(30).to_string(), "30 min");
        assert_eq!(TimeSpan::minutes(60).to_string(), "1 h");
        assert_eq!(TimeSpan::minutes(90).to_string(), "90 min");
    }
}
