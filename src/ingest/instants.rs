//! Dates with clock times in a text, as announcements print them.

use super::scan;
use crate::text::Span;
use crate::time::{Instant, NotAnInstant};

/// An instant found in a text.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// Its bytes.
    pub span: Span,
    /// The instant, or why it is none.
    pub instant: Result<Instant, NotAnInstant>,
}

/// Every date with a clock time in a span.
pub fn instants(text: &str, span: Span) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = span.start;
    let bytes = text.as_bytes();
    while at < span.end {
        let inside_word = at > span.start && bytes[at - 1].is_ascii_digit();
        match clocked(text, at).filter(|end| !inside_word && bytes[at].is_ascii_digit() && *end <= span.end) {
            Some(end) => {
                let span = Span::new(at, end);
                found.push(Found { span, instant: read_instant(span.of(text)) });
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// Reads an absolute instant; no relative word (`now`) comes here, so any instant serves to count from.
pub fn read_instant(text: &str) -> Result<Instant, NotAnInstant> {
    let absolute = text.starts_with(|c: char| c.is_ascii_digit());
    match Instant::from_micros(0).filter(|_| absolute) {
        Some(epoch) => Instant::read(text, epoch),
        None => Err(NotAnInstant {
            message: format!("`{text}` is not an instant"),
            hint: "write 2026-02-06T07:00Z".to_string(),
        }),
    }
}

/// The end of a date, a clock time and perhaps a zone that start at `at`.
fn clocked(text: &str, at: usize) -> Option<usize> {
    let date = date_end(text, at)?;
    let clock = if text[date..].starts_with(['T', 't']) { date + 1 } else { scan::skip_blanks(text, date) };
    let end = scan::skip(text, clock, |c| c.is_ascii_digit() || c == ':');
    let two_parts = text[clock..end].contains(':') && clock > date;
    let end = end - usize::from(text[clock..end].ends_with(':'));
    two_parts.then(|| zone_end(text, end))
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

/// The end of the zone behind a clock time, or of the clock time where there is none.
fn zone_end(text: &str, clock: usize) -> usize {
    let at = scan::skip_blanks(text, clock);
    let rest = &text[at..];
    let named =
        |rest: &str| rest.get(..3).is_some_and(|w| ["UTC", "GMT"].contains(&w.to_uppercase().as_str()));
    let shift = |at: usize| scan::skip(text, at, |c| c.is_ascii_digit() || matches!(c, '+' | '-' | ':'));
    if rest.starts_with('(') && named(rest[1..].trim_start()) {
        return rest.find(')').filter(|end| *end < 16).map_or(clock, |end| at + end + 1);
    }
    let end = if named(rest) {
        let behind = scan::skip_blanks(text, at + 3);
        if text[behind..].starts_with(['+', '-']) { shift(behind) } else { at + 3 }
    } else if rest.starts_with(['Z', 'z']) && at == clock {
        at + 1
    } else if rest.starts_with(['+', '-']) && at == clock {
        shift(at)
    } else {
        return clock;
    };
    end - usize::from(text[..end].ends_with(':'))
}
