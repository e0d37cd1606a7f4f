//! Dates with clock times in a text, as announcements print them.

use crate::ingest::scan;
use crate::text::Span;
use crate::time::{DAY, NotATimestamp, Timestamp};

/// An instant found in a text.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// Its bytes.
    pub span: Span,
    /// The instant, or why it is none.
    pub timestamp: Result<Timestamp, NotATimestamp>,
}

/// Every date with a clock time in a span, in either order.
pub fn timestamps(text: &str, span: Span) -> Vec<Found> {
    let mut found = Vec::new();
    // Without a colon there is no clock time, and most lines have none.
    if !span.of(text).contains(':') {
        return found;
    }
    let mut at = span.start;
    while at < span.end {
        let clocked =
            number_starts(text, span, at).then(|| clocked(text, at).or_else(|| dated(text, at))).flatten();
        match clocked.filter(|(end, _)| *end <= span.end) {
            Some((end, timestamp)) => {
                found.push(Found { span: Span::new(at, end), timestamp: read_timestamp(&timestamp) });
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// Dates without a clock time, clock times without a date, and what is neither but looks like one (`2026-02-0606:30`,
/// `0630 (UTC)`): they tell only half of an instant.
pub fn halves(text: &str, span: Span, whole: &[Found]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = span.start;
    while let Some(start) = (at..span.end).find(|&at| number_starts(text, span, at)) {
        let inside = whole.iter().find(|whole| whole.span.start <= start && start < whole.span.end);
        let half = half_end(text, start).filter(|end| *end <= span.end);
        at = match (inside, half) {
            (Some(whole), _) => whole.span.end,
            (None, Some(end)) => {
                found.push(Span::new(start, end));
                end
            }
            (None, None) => start + 1,
        };
    }
    found
}

/// Whether an instant is printed with one digit for its month, day or hour.
pub fn is_short(printed: &str) -> bool {
    printed.split(|c: char| !c.is_ascii_digit()).take(5).any(|part| part.len() == 1)
}

/// Whether half an instant is a date, and that of `instant`.
pub fn is_day_of(half: &str, timestamp: Timestamp) -> bool {
    read_timestamp(&format!("{half} 00:00Z")).is_ok_and(|day| day <= timestamp && timestamp < day.plus(DAY))
}

fn number_starts(text: &str, span: Span, at: usize) -> bool {
    let bytes = text.as_bytes();
    bytes[at].is_ascii_digit() && (at == span.start || !bytes[at - 1].is_ascii_digit())
}

/// Reads an absolute instant; no relative word (`now`) comes here, so any instant serves to count from.
pub fn read_timestamp(text: &str) -> Result<Timestamp, NotATimestamp> {
    let absolute = text.starts_with(|c: char| c.is_ascii_digit());
    match Timestamp::from_micros(0).filter(|_| absolute) {
        Some(epoch) => Timestamp::read(text, epoch),
        None => Err(NotATimestamp {
            message: format!("`{text}` is not an instant"),
            hint: "write 2026-02-06T07:00Z".to_string(),
        }),
    }
}

/// A date, a clock time and perhaps a zone that start at `at`: their end, and their text in plain form.
fn clocked(text: &str, at: usize) -> Option<(usize, String)> {
    let date = date_end(text, at)?;
    let clock =
        if text[date..].starts_with(['T', 't']) { date + 1 } else { behind_words(text, date, &["at"]) };
    let end = clock_end(text, clock).filter(|_| clock > date)?;
    let end = zone_end(text, end);
    Some((end, plain(&text[at..date], &text[clock..end])))
}

/// The same where the clock time comes first: `06:30 (UTC) on 2026-02-06`.
fn dated(text: &str, at: usize) -> Option<(usize, String)> {
    let clock = zone_end(text, clock_end(text, at)?);
    let date = behind_words(text, clock, &["on"]);
    let end = date_end(text, date).filter(|_| date > clock)?;
    Some((end, plain(&text[date..end], &text[at..clock])))
}

fn plain(date: &str, clock: &str) -> String {
    format!("{date} {}", clock.replace('（', "(").replace('）', ")"))
}

/// The offset behind blanks, a comma and one of some words.
fn behind_words(text: &str, at: usize, words: &[&str]) -> usize {
    let comma = at + usize::from(text[at..].starts_with(','));
    let word = scan::skip_blanks(text, comma);
    let found = words.iter().find(|found| text[word..].starts_with(*found) && word > at);
    found.map_or(word, |found| scan::skip_blanks(text, word + found.len()))
}

/// The end of a date, of a clock time, or of digits and signs that look like one.
fn half_end(text: &str, at: usize) -> Option<usize> {
    let signs = |c: char| c.is_ascii_digit() || matches!(c, ':' | '-' | '/');
    let odd = || {
        let piece = text[at..scan::skip(text, at, signs)].trim_end_matches([':', '-', '/']);
        let zone = text[at + piece.len()..].trim_start_matches([' ', '(', '（']);
        let year = piece.split(['-', '/']).next().filter(|year| year.len() == 4);
        let is_date = year.is_some() && piece.matches(['-', '/']).count() == 2;
        // The day of a date may be glued to the hour: `2026-02-0606:30`; `1:100` is a ratio.
        let is_clock = piece.split_once(':').is_some_and(|(hour, rest)| hour.len() > 2 && rest.len() == 2);
        (is_date || is_clock || names_zone(zone)).then_some(at + piece.len())
    };
    date_end(text, at).or_else(|| clock_end(text, at)).or_else(odd)
}

/// The end of digits and colons that make up a clock time.
fn clock_end(text: &str, at: usize) -> Option<usize> {
    let end = scan::skip(text, at, |c| c.is_ascii_digit() || c == ':');
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

/// The end of the zone behind a clock time, or of the clock time where there is none.
fn zone_end(text: &str, clock: usize) -> usize {
    let at = scan::skip_blanks(text, clock);
    let rest = &text[at..];
    let shift = |at: usize| scan::skip(text, at, |c| c.is_ascii_digit() || matches!(c, '+' | '-' | ':'));
    if let Some(inside) = rest.strip_prefix(['(', '（'])
        && names_zone(inside.trim_start())
    {
        let close = rest.char_indices().take(16).find(|(_, c)| matches!(c, ')' | '）'));
        return close.map_or(clock, |(end, c)| at + end + c.len_utf8());
    }
    let end = if names_zone(rest) {
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
