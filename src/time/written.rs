//! Timestamps and time spans as people and announcements write them.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use super::worded;
use crate::error::{Error, ErrorCode, Result};
use crate::time::{DAY, TimeSpan, Timestamp};

/// A zone with a fixed offset from UTC.
///
/// ```
/// use tierbook::{Timestamp, Zone};
/// let zone: Zone = "+08:00".parse()?;
/// let time = Timestamp::read_in("2026-02-06 15:00", Timestamp::now(), Some(zone))?;
/// assert_eq!(time.to_string(), "2026-02-06T07:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Zone(Offset);

#[cfg(feature = "columnar")]
impl Zone {
    /// What the clock of the zone shows, in microseconds, as microseconds since 1970; `None` outside the range.
    pub(crate) fn to_utc(self, clock: i64) -> Option<i64> {
        clock.checked_sub(i64::from(self.0.seconds()) * 1_000_000)
    }
}

impl std::str::FromStr for Zone {
    type Err = Error;

    /// Reads `UTC`, `Z`, `+08:00`, `+0800` or `UTC+8`.
    ///
    /// # Errors
    /// It is none of these; names such as `Asia/Shanghai` are not read.
    fn from_str(text: &str) -> Result<Zone> {
        let read = if text.trim().is_empty() { None } else { read_zone(text.trim()) };
        read.map(Zone).ok_or_else(|| {
            Error::new(ErrorCode::NotAZone, format!("`{text}` is not a zone"))
                .hint("write UTC, or an offset from it: +08:00")
        })
    }
}

impl Timestamp {
    /// Reads a time as people write it; `now` is what relative words count from.
    ///
    /// Accepted: `2026-02-06T07:00Z`, a blank for the `T`, seconds with up to six decimals, an offset
    /// (`+08:00`), `UTC` or `(UTC)` or `(UTC+8)` for the zone, a date alone (its 00:00Z), `now`, `today`,
    /// `yesterday`, `tomorrow`, `2 days ago`, `in 3 hours` (minutes, hours, days, weeks).
    ///
    /// ```
    /// use tierbook::Timestamp;
    /// let now: Timestamp = "2026-02-06T07:00Z".parse()?;
    /// for text in ["2026-02-04", "2026-02-04 08:00 (UTC+8)", "2 days ago"] {
    ///     assert_eq!(Timestamp::read(text, now)?.start_of_day(), "2026-02-04T00:00Z".parse()?);
    /// }
    /// assert!(Timestamp::read("2026-02-04 08:00", now).is_err()); // no zone
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A clock time without a zone, a date that does not exist, a time before [`Timestamp::FIRST`] or after
    /// [`Timestamp::LAST`], and any other text, each with its hint.
    pub fn read(text: &str, now: Timestamp) -> Result<Timestamp> {
        Timestamp::read_in(text, now, None)
    }

    /// As [`Timestamp::read`], with the zone of a clock time, or of a date alone, that has none itself.
    ///
    /// ```
    /// use tierbook::{Timestamp, Zone};
    /// let now: Timestamp = "2026-02-06T07:00Z".parse()?;
    /// let zone: Zone = "+08:00".parse()?;
    /// assert_eq!(Timestamp::read_in("2026-02-04 08:00", now, Some(zone))?, "2026-02-04T00:00Z".parse()?);
    /// assert!(Timestamp::read_in("2026-02-04 08:00", now, None).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Timestamp::read`]; a clock time without a zone only where none is given.
    pub fn read_in(text: &str, now: Timestamp, zone: Option<Zone>) -> Result<Timestamp> {
        // One word that starts with a digit is none of those below.
        if text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(char::is_whitespace) {
            return read_written(text, zone.map(|zone| zone.0));
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let timestamp = match lower.as_slice() {
            ["now"] => Some(now),
            ["today"] => Some(now.start_of_day()),
            ["yesterday"] => Some(now.start_of_day().minus(DAY)),
            ["tomorrow"] => Some(now.start_of_day().plus(DAY)),
            [count, unit, "ago"] => time_span_of(count, unit).map(|span| now.minus(span)),
            ["in", count, unit] => time_span_of(count, unit).map(|span| now.plus(span)),
            _ => return read_written(&words.join(" "), zone.map(|zone| zone.0)),
        };
        match timestamp {
            Some(Timestamp::FIRST | Timestamp::LAST) => Err(out_of_range(text)),
            Some(timestamp) => Ok(timestamp),
            None => Err(not_a_timestamp(text)),
        }
    }
}

impl TimeSpan {
    /// Reads a span as people write it: `1 hour`, `an hour`, `90 min`, `90s`, `2 d`, `1 week`, `250 µs`;
    /// whole counts only. `None` for any other text.
    ///
    /// ```
    /// use tierbook::TimeSpan;
    /// assert_eq!(TimeSpan::read("an hour"), Some(TimeSpan::minutes(60)));
    /// assert_eq!(TimeSpan::read("90 min"), Some(TimeSpan::minutes(90)));
    /// assert_eq!(TimeSpan::read("soon"), None);
    /// ```
    pub fn read(text: &str) -> Option<TimeSpan> {
        let lower = text.trim().to_lowercase();
        let digits = lower.find(|c: char| !c.is_ascii_digit()).unwrap_or(lower.len());
        let (count, unit) = if digits > 0 { lower.split_at(digits) } else { lower.split_once(' ')? };
        let count: i64 = match count {
            "a" | "an" | "one" => 1,
            digits if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
            _ => return None,
        };
        let micros = match unit.trim() {
            "µs" | "us" | "microsecond" | "microseconds" => 1,
            "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000,
            unit => time_span_of("1", unit)?.micros(),
        };
        count.checked_mul(micros).map(TimeSpan::from_micros)
    }
}

/// `2 days`, `an hour`: the span, for minutes, hours, days and weeks; `None` for other words.
fn time_span_of(count: &str, unit: &str) -> Option<TimeSpan> {
    let count: i64 = match count {
        "a" | "an" | "one" => 1,
        digits => digits.parse().ok().filter(|count| (0..=1_000_000).contains(count))?,
    };
    let seconds = match unit.trim_end_matches('s') {
        "min" | "minute" => 60,
        "h" | "hour" => 3_600,
        "d" | "day" => 86_400,
        "w" | "week" => 7 * 86_400,
        _ => return None,
    };
    Some(TimeSpan::from_micros(count * seconds * 1_000_000))
}

/// Reads a date, or a date, a clock time and a zone; `zone` where none is written.
fn read_written(text: &str, zone: Option<Offset>) -> Result<Timestamp> {
    let (date_text, rest) = text.split_once([' ', 'T', 't']).unwrap_or((text, ""));
    let date = read_date(date_text).ok_or_else(|| not_a_timestamp(text))?;
    if rest.trim().is_empty() {
        let offset = zone.unwrap_or(Offset::UTC);
        return timestamp_of(date.at(0, 0, 0, 0), offset).ok_or_else(|| out_of_range(text));
    }
    let (clock_text, zone_text) = split_zone(rest.trim());
    let clock = read_clock(clock_text).ok_or_else(|| not_a_timestamp(text))?;
    let offset = match zone_text {
        "" => zone.ok_or_else(|| {
            Error::new(ErrorCode::NotATimestamp, format!("`{text}` has a clock time but no zone"))
                .hint(format!("add Z for UTC: {date_text}T{clock_text}Z"))
        })?,
        written => read_zone(written).ok_or_else(|| not_a_timestamp(text))?,
    };
    timestamp_of(date.to_datetime(clock), offset).ok_or_else(|| out_of_range(text))
}

/// A date with a year of four digits and a month and day of one or two, separated by `-` or `/`.
fn read_date(text: &str) -> Option<Date> {
    let mut parts = text.split(['-', '/']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        let plain = digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if plain { part.parse::<i16>().ok() } else { None }
    };
    let (month, day) = (number(month, 1..=2)? as i8, number(day, 1..=2)? as i8);
    Date::new(number(year, 4..=4)?, month, day).ok()
}

/// Splits `06:30 (UTC)` into the clock and the zone, either of which may be empty.
fn split_zone(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

/// `06:30`, `06:30:15` or `06:30:15.123456`.
fn read_clock(text: &str) -> Option<jiff::civil::Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let number = |part: &str| if (1..=2).contains(&part.len()) { part.parse::<i8>().ok() } else { None };
    let (hour, minute, second) = match (parts.next()?, parts.next()?, parts.next(), parts.next()) {
        (hour, minute, None, _) if fraction.is_empty() => (number(hour)?, number(minute)?, 0),
        (hour, minute, Some(second), None) => (number(hour)?, number(minute)?, number(second)?),
        _ => return None,
    };
    if fraction.len() > 6 || (text.contains('.') && fraction.is_empty()) {
        return None;
    }
    let micros: i32 = if fraction.is_empty() { 0 } else { format!("{fraction:0<6}").parse().ok()? };
    jiff::civil::Time::new(hour, minute, second, micros * 1000).ok()
}

/// `Z`, `UTC`, `(UTC)`, `UTC+8`, `(UTC+8)`, `+08:00`, `+0800`.
fn read_zone(text: &str) -> Option<Offset> {
    let bare = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(text).trim();
    if bare.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let upper = bare.to_uppercase();
    let shift = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT")).unwrap_or(&upper).trim();
    if shift.is_empty() {
        return Some(Offset::UTC);
    }
    let sign = if shift.starts_with('+') {
        1
    } else if shift.starts_with('-') {
        -1
    } else {
        return None;
    };
    let digits: String = shift[1..].chars().filter(|c| *c != ':').collect();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse::<i32>().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn timestamp_of(civil: DateTime, offset: Offset) -> Option<Timestamp> {
    Timestamp::from_micros(offset.to_timestamp(civil).ok()?.as_microsecond())
}

fn out_of_range(text: &str) -> Error {
    Error::new(ErrorCode::NotATimestamp, format!("`{text}` is outside the range of times")).hint(format!(
        "times are from {} to {}",
        Timestamp::FIRST,
        Timestamp::LAST
    ))
}

fn not_a_timestamp(text: &str) -> Error {
    let error = Error::new(ErrorCode::NotATimestamp, format!("`{text}` is not a time"));
    if let Some(written) = worded::as_written(text) {
        return error.hint(format!("write {written}"));
    }
    error.hint("write 2026-02-06T07:00Z, 2026-02-06 06:30 (UTC), a date like 2026-02-06, now, or 2 days ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse_rfc3339("2026-11-22T18:44:01.5Z").expect("a literal")
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (written, meant) in [
            ("2026-02-06T07:00Z", "2026-02-06T07:00:00Z"),
            ("2026-02-06 07:00:30.25Z", "2026-02-06T07:00:30.25Z"),
            ("2026-02-06T07:00+08:00", "2026-02-05T23:00:00Z"),
            ("2026-02-06 06:30 (UTC)", "2026-02-06T06:30:00Z"),
            ("2026-02-06 06:30 UTC", "2026-02-06T06:30:00Z"),
            ("2026-02-06 06:30 (UTC+8)", "2026-02-05T22:30:00Z"),
            ("2025-10-7 06:30 (UTC)", "2025-10-07T06:30:00Z"),
            ("2026-02-06", "2026-02-06T00:00:00Z"),
            ("now", "2026-11-22T18:44:01.5Z"),
            ("today", "2026-11-22T00:00:00Z"),
            ("Yesterday", "2026-11-21T00:00:00Z"),
            ("2 days ago", "2026-11-20T18:44:01.5Z"),
            ("in 3 hours", "2026-11-22T21:44:01.5Z"),
        ] {
            assert_eq!(
                Timestamp::read(written, now()).map(|i| i.to_string()),
                Ok(meant.to_string()),
                "{written}"
            );
        }
    }

    #[test]
    fn a_given_zone_counts_where_a_time_has_none() {
        let zone = |text: &str| text.parse::<Zone>();
        let read = |text: &str, zone: Zone| Timestamp::read_in(text, now(), Some(zone)).unwrap().to_string();
        for east in ["+08:00", "+0800", "+8", "UTC+8", "(UTC+08:00)"] {
            let east = zone(east).unwrap();
            assert_eq!(read("2026-02-06 15:00", east), "2026-02-06T07:00:00Z");
            assert_eq!(read("2026-02-06T15:00Z", east), "2026-02-06T15:00:00Z");
            assert_eq!(read("2026-02-06", east), "2026-02-05T16:00:00Z", "the start of the day there");
        }
        for utc in ["UTC", "Z", "utc", "+00:00"] {
            assert_eq!(read("2026-02-06 15:00:01.5", zone(utc).unwrap()), "2026-02-06T15:00:01.5Z");
        }
        for bad in ["", " ", "Asia/Shanghai", "CET", "+15:00", "8", "+08:99"] {
            assert_eq!(zone(bad).unwrap_err().code(), ErrorCode::NotAZone, "{bad}");
        }
    }

    #[test]
    fn what_is_not_a_time_is_refused_with_a_hint() {
        for bad in [
            "2026-02-30",
            "2026-13-01",
            "06:30",
            "2026-02-06T25:00Z",
            "2026-02-06T07Z",
            "soon",
            "",
            "26-02-06",
        ] {
            let refused = Timestamp::read(bad, now()).expect_err(bad);
            assert!(refused.hints()[0].contains("2026-02-06T07:00Z"), "{bad}");
        }
        let unzoned = Timestamp::read("2026-02-06 07:00", now()).expect_err("no zone");
        assert_eq!(unzoned.hints(), ["add Z for UTC: 2026-02-06T07:00Z"]);
    }

    #[test]
    fn time_spans_are_read_as_people_write_them() {
        for (written, micros) in [
            ("1 hour", 3_600_000_000),
            ("an hour", 3_600_000_000),
            ("90 min", 5_400_000_000),
            ("90s", 90_000_000),
            ("2 D", 172_800_000_000),
            ("1 week", 604_800_000_000),
            ("1 µs", 1),
            ("0 minutes", 0),
            ("9223372036854775807 us", i64::MAX),
        ] {
            assert_eq!(TimeSpan::read(written).map(TimeSpan::micros), Some(micros), "{written}");
        }
        for bad in ["", "hour", "1", "1.5 hours", "-1 hour", "1 month", "soon", "9223372036854775808 us"] {
            assert_eq!(TimeSpan::read(bad), None, "{bad}");
        }
        assert_eq!(TimeSpan::read("9223372036855 s"), None, "more microseconds than are counted");
    }

    #[test]
    fn what_is_out_of_range_is_refused_with_its_ends() {
        for far in ["0999-12-31", "9999-12-31", "9999-12-31T23:59:59Z", "999999 weeks ago", "in 999999 weeks"]
        {
            let refused = Timestamp::read(far, now()).expect_err(far);
            assert!(refused.message().contains("outside"), "{far}");
            assert!(refused.hints()[0].contains("9999-12-30T22:00:00Z"), "{far}");
        }
    }
}
