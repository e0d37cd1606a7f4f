//! The sentences between the tables: their instants, their topic, and how long a roll-out may take.

use super::{heading, scan};
use crate::text::Span;
use crate::time::{Instant, Length, NotAnInstant};

/// What a sentence is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    /// Leverage and margin of contracts.
    Contracts,
    /// Collateral ratios of assets.
    Assets,
    /// Both.
    Both,
    /// Nothing of it.
    Neither,
}

impl Topic {
    /// Whether the topic takes in the other one.
    pub fn covers(self, wanted: Topic) -> bool {
        self == wanted || self == Topic::Both
    }
}

/// A sentence, or the part of one that stands on a line.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// Its bytes, without blanks at the ends.
    pub span: Span,
    /// Its own topic, or that of the sentence before where it has none.
    pub topic: Topic,
    /// The instants in it.
    pub instants: Vec<Found>,
    /// How long it says that a change may take.
    pub rollout: Option<Length>,
    /// Whether there is nothing besides an instant.
    pub instant_only: bool,
}

/// An instant found in a text.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// Its bytes.
    pub span: Span,
    /// The instant, or why it is none.
    pub instant: Result<Instant, NotAnInstant>,
}

/// The lines of a span, without blanks at their ends; empty ones left out.
pub fn lines(text: &str, span: Span) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut at = span.start;
    for line in span.of(text).split('\n') {
        let trimmed = trim(text, Span::new(at, at + line.len()));
        at += line.len() + 1;
        if !trimmed.is_empty() {
            lines.push(trimmed);
        }
    }
    lines
}

fn trim(text: &str, span: Span) -> Span {
    let words = span.of(text);
    let start = words.len() - words.trim_start_matches(scan::is_blank).len();
    Span::new(span.start + start, span.start + words.trim_end_matches(scan::is_blank).len())
}

/// The sentences of lines that tell an instant, a roll-out or a kind of contract, in order. One without a topic
/// of its own has that of the sentence before.
pub fn sentences(text: &str, lines: &[Span]) -> Vec<Sentence> {
    let mut found: Vec<Sentence> = Vec::new();
    let mut topic = Topic::Neither;
    for &line in lines {
        for span in parts(text, line) {
            topic = match topic_of(span.of(text)) {
                Topic::Neither => topic,
                own => own,
            };
            let instants = instants(text, span);
            let rollout = rollout(span.of(text));
            if instants.is_empty() && rollout.is_none() && heading::marker(text, span).is_none() {
                continue;
            }
            let instant_only = matches!(&instants[..], [only] if alone(text, span, only.span));
            found.push(Sentence { span, topic, instants, rollout, instant_only });
        }
    }
    found
}

/// Whether a span holds no letters and digits besides `inner`.
fn alone(text: &str, span: Span, inner: Span) -> bool {
    let around = [Span::new(span.start, inner.start), Span::new(inner.end, span.end)];
    around.iter().all(|part| !part.of(text).contains(char::is_alphanumeric))
}

/// Parts a line behind each full stop that a blank or a capital follows.
fn parts(text: &str, line: Span) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut start = line.start;
    let words = line.of(text);
    let mut before = ' ';
    for (offset, c) in words.char_indices() {
        let next = words[offset + c.len_utf8()..].chars().next();
        let ends = matches!(c, '.' | '。' | '!' | '?')
            && next
                .is_none_or(|next| scan::is_blank(next) || (next.is_uppercase() && !before.is_uppercase()));
        if ends {
            parts.push(trim(text, Span::new(start, line.start + offset + c.len_utf8())));
            start = line.start + offset + c.len_utf8();
        }
        before = c;
    }
    parts.push(trim(text, Span::new(start, line.end)));
    parts.retain(|part| !part.is_empty());
    parts
}

/// A sentence about collateral is about assets, even where it mentions contracts; only leverage makes it both.
fn topic_of(sentence: &str) -> Topic {
    let lower = sentence.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let assets = has(&["collateral", "asset", "portfolio margin", "pm pro"]);
    match (assets, has(&["leverage"]), has(&["perpetual", "contract", "futures"])) {
        (true, true, _) => Topic::Both,
        (true, false, _) => Topic::Assets,
        (false, true, _) | (false, _, true) => Topic::Contracts,
        (false, false, false) => Topic::Neither,
    }
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

/// `within approximately 30 minutes`: the length, in the first such phrase of a sentence.
pub fn rollout(sentence: &str) -> Option<Length> {
    let lower = sentence.to_lowercase();
    let lower = &lower[lower.find("within")?..];
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let start = words.iter().position(|word| *word == "within")? + 1;
    let hedges = ["approximately", "about", "around", "roughly", "approx"];
    let start = start + usize::from(words.get(start).is_some_and(|word| hedges.contains(word)));
    let names = ["a", "one", "two", "three", "four", "five", "six", "eight", "ten", "twelve"];
    let counts = [1, 1, 2, 3, 4, 5, 6, 8, 10, 12];
    let word = *words.get(start)?;
    let count: u32 = match names.iter().position(|name| *name == word || (word == "an" && *name == "a")) {
        Some(index) => counts[index],
        None => word.parse().ok().filter(|count| *count <= 1000)?,
    };
    let minutes = match words.get(start + 1)?.trim_end_matches('s') {
        "minute" | "min" => 1,
        "hour" | "hr" | "h" => 60,
        "day" => 24 * 60,
        _ => return None,
    };
    Some(Length::minutes(count * minutes))
}
