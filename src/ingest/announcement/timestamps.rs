//! Dates with clock times in a text, as announcements print them.

use crate::error::{Error, ErrorCode, Result};
use crate::ingest::scan;
use crate::text::Span;
use crate::time::{DAY, Timestamp};

/// A date with a clock time, as printed.
#[derive(Clone, PartialEq, Debug)]
pub struct PrintedTimestamp {
    /// Its bytes.
    pub span: Span,
    /// The timestamp, or why it is none.
    pub timestamp: Result<Timestamp>,
}

/// Most bytes of digits and signs that are looked at as one date or clock time; the longest real one has 20.
const RUN_BYTES: usize = 40;

/// The times that are printed in a part of a text.
#[derive(Clone, Default, Debug)]
pub struct PrintedTimes {
    /// Every date with a clock time, in either order.
    pub timestamps: Vec<PrintedTimestamp>,
    /// Dates without a clock time, clock times without a date, and what is neither but looks like one
    /// (`2026-02-0606:30`, `0630 (UTC)`): only half of a timestamp.
    pub halves: Vec<Span>,
}

impl PrintedTimes {
    /// Reads the times of a span.
    pub fn read(text: &str, span: Span) -> PrintedTimes {
        let mut times = PrintedTimes::default();
        let mut at = span.start;
        while let Some(start) = (at..span.end).find(|&at| number_starts(text, span, at)) {
            let whole = clocked(text, start).or_else(|| dated(text, start));
            if let Some((end, plain)) = whole.filter(|(end, _)| *end <= span.end) {
                let timestamp = read_timestamp(&plain);
                times.timestamps.push(PrintedTimestamp { span: Span::new(start, end), timestamp });
                at = end;
            } else if let Some(end) = half_end(text, start).filter(|end| *end <= span.end) {
                times.halves.push(Span::new(start, end));
                at = end;
            } else {
                at = start + 1;
            }
        }
        times
    }

    /// The date with a clock time that starts at `at`.
    pub fn at(text: &str, at: usize) -> Option<PrintedTimestamp> {
        let (end, plain) = clocked(text, at).or_else(|| dated(text, at))?;
        Some(PrintedTimestamp { span: Span::new(at, end), timestamp: read_timestamp(&plain) })
    }

    /// Those inside `span`.
    pub fn within(&self, span: Span) -> PrintedTimes {
        let first = self.timestamps.partition_point(|printed| printed.span.start < span.start);
        let timestamps = self.timestamps[first..].iter().take_while(|printed| printed.span.end <= span.end);
        let first = self.halves.partition_point(|half| half.start < span.start);
        let halves = self.halves[first..].iter().take_while(|half| half.end <= span.end);
        PrintedTimes { timestamps: timestamps.cloned().collect(), halves: halves.copied().collect() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.timestamps.is_empty() && self.halves.is_empty()
    }
}

/// Whether a timestamp is printed with one digit for its month, day or hour.
pub fn is_short(printed: &str) -> bool {
    printed.split(|c: char| !c.is_ascii_digit()).take(5).any(|part| part.len() == 1)
}

/// Whether half of a timestamp is a date, and that of `timestamp`.
pub fn is_day_of(half: &str, timestamp: Timestamp) -> bool {
    read_timestamp(&format!("{half} 00:00Z")).is_ok_and(|day| day <= timestamp && timestamp < day.plus(DAY))
}

fn number_starts(text: &str, span: Span, at: usize) -> bool {
    let bytes = text.as_bytes();
    bytes[at].is_ascii_digit() && (at == span.start || !bytes[at - 1].is_ascii_digit())
}

/// Reads an absolute timestamp; no relative word (`now`) comes here, so any timestamp serves to count from.
pub fn read_timestamp(text: &str) -> Result<Timestamp> {
    let absolute = text.starts_with(|c: char| c.is_ascii_digit());
    match Timestamp::from_micros(0).filter(|_| absolute) {
        Some(epoch) => Timestamp::read(text, epoch),
        None => Err(Error::new(ErrorCode::NotATimestamp, format!("`{text}` is not a time"))
            .hint("write 2026-02-06T07:00Z")),
    }
}

/// A date, a clock time and perhaps a zone that start at `at`: their end, and their text in plain form.
fn clocked(text: &str, at: usize) -> Option<(usize, String)> {
    let date = date_end(text, at)?;
    let clock =
        if text[date..].starts_with(['T', 't']) { date + 1 } else { after_words(text, date, &["at"]) };
    let end = clock_end(text, clock).filter(|_| clock > date)?;
    let end = zone_end(text, end);
    Some((end, plain(&text[at..date], &text[clock..end])))
}

/// The same where the clock time comes first: `06:30 (UTC) on 2026-02-06`.
fn dated(text: &str, at: usize) -> Option<(usize, String)> {
    let clock = zone_end(text, clock_end(text, at)?);
    let date = after_words(text, clock, &["on"]);
    let end = date_end(text, date).filter(|_| date > clock)?;
    Some((end, plain(&text[date..end], &text[at..clock])))
}

fn plain(date: &str, clock: &str) -> String {
    format!("{date} {}", clock.replace('（', "(").replace('）', ")"))
}

/// The offset after blanks, a comma and one of some words.
fn after_words(text: &str, at: usize, words: &[&str]) -> usize {
    let comma = at + usize::from(text[at..].starts_with(','));
    let word = scan::skip_blanks(text, comma);
    let found = words.iter().find(|found| text[word..].starts_with(*found) && word > at);
    found.map_or(word, |found| scan::skip_blanks(text, word + found.len()))
}

/// The end of a date, of a clock time, or of digits and signs that look like one.
fn half_end(text: &str, at: usize) -> Option<usize> {
    let signs = |c: char| c.is_ascii_digit() || matches!(c, ':' | '-' | '/');
    let look_alike = || {
        let piece = text[at..run_end(text, at, signs)].trim_end_matches([':', '-', '/']);
        let zone = text[at + piece.len()..].trim_start_matches([' ', '(', '（']);
        let year = piece.split(['-', '/']).next().filter(|year| year.len() == 4);
        let is_date = year.is_some() && piece.matches(['-', '/']).count() == 2;
        // The day of a date may be glued to the hour: `2026-02-0606:30`; `1:100` is a ratio.
        let is_clock = piece.split_once(':').is_some_and(|(hour, rest)| hour.len() > 2 && rest.len() == 2);
        (is_date || is_clock || names_zone(zone)).then_some(at + piece.len())
    };
    date_end(text, at).or_else(|| clock_end(text, at)).or_else(look_alike)
}

/// The end of the ASCII characters from `at` on that fulfil `test`, or of the first [`RUN_BYTES`] of them.
fn run_end(text: &str, at: usize, test: impl Fn(char) -> bool) -> usize {
    let bytes = text.as_bytes().get(at..).unwrap_or_default();
    at + bytes.iter().take(RUN_BYTES).take_while(|byte| byte.is_ascii() && test(char::from(**byte))).count()
}

/// The end of digits and colons that make up a clock time.
fn clock_end(text: &str, at: usize) -> Option<usize> {
    let end = run_end(text, at, |c| c.is_ascii_digit() || c == ':');
    let end = end - usize::from(text[at..end].ends_with(':'));
    let (hour, rest) = text[at..end].split_once(':')?;
    let two = |part: &str| part.len() == 2;
    ((1..=2).contains(&hour.len()) && rest.split(':').take(3).all(two)).then_some(end)
}

/// The end of `YYYY-M-D` at `at`.
pub fn date_end(text: &str, at: usize) -> Option<usize> {
    let digits = |at: usize, most: usize| {
        let count =
            text.as_bytes().get(at..)?.iter().take(most + 1).take_while(|b| b.is_ascii_digit()).count();
        (1..=most).contains(&count).then_some(at + count)
    };
    let year = digits(at, 4).filter(|end| *end == at + 4)?;
    let sign = *text.as_bytes().get(year).filter(|b| matches!(b, b'-' | b'/'))?;
    let month = digits(year + 1, 2)?;
    if text.as_bytes().get(month) != Some(&sign) {
        return None;
    }
    digits(month + 1, 2)
}

/// Whether a text starts with the name of a zone.
fn names_zone(text: &str) -> bool {
    text.get(..3).is_some_and(|word| ["UTC", "GMT"].iter().any(|zone| zone.eq_ignore_ascii_case(word)))
}

/// The end of the zone after a clock time, or of the clock time where there is none.
fn zone_end(text: &str, clock: usize) -> usize {
    let at = scan::skip_blanks(text, clock);
    let rest = &text[at..];
    let shift = |at: usize| run_end(text, at, |c| c.is_ascii_digit() || matches!(c, '+' | '-' | ':'));
    if let Some(inside) = rest.strip_prefix(['(', '（'])
        && names_zone(inside.trim_start())
    {
        let close = rest.char_indices().take(16).find(|(_, c)| matches!(c, ')' | '）'));
        return close.map_or(clock, |(end, c)| at + end + c.len_utf8());
    }
    let end = if names_zone(rest) {
        let after = scan::skip_blanks(text, at + 3);
        if text[after..].starts_with(['+', '-']) { shift(after) } else { at + 3 }
    } else if rest.starts_with(['Z', 'z']) && at == clock {
        at + 1
    } else if rest.starts_with(['+', '-']) && at == clock {
        shift(at)
    } else {
        return clock;
    };
    end - usize::from(text[..end].ends_with(':'))
}
