//! The sentences between the tables: their instants, their topic, and how long a roll-out may take.

use super::rollout::{Rollout, rollout};
use super::timestamps::{Found, halves, timestamps};
use crate::ingest::scan;
use crate::statement::Program;
use crate::text::Span;

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
    pub timestamps: Vec<Found>,
    /// Dates without a clock time, and clock times without a date.
    pub halves: Vec<Span>,
    /// How long it says that a change may take.
    pub rollout: Option<Rollout>,
    /// Whether there is nothing besides an instant.
    pub instant_only: bool,
}

/// A line between the tables.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its bytes, without blanks at the ends.
    pub span: Span,
    /// The instants in it.
    pub timestamps: Vec<Found>,
}

impl Line {
    /// The line at a span.
    pub fn at(text: &str, span: Span) -> Line {
        Line { span, timestamps: timestamps(text, span) }
    }
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

/// The lines between the tables.
pub fn lines_between(text: &str, start: usize, tables: &[Span]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = start;
    for table in tables {
        found.extend(lines(text, Span::new(at, table.start)));
        at = table.end;
    }
    found.extend(lines(text, Span::new(at, text.len())));
    found
}

fn trim(text: &str, span: Span) -> Span {
    let words = span.of(text);
    let start = words.len() - words.trim_start_matches(scan::is_blank).len();
    Span::new(span.start + start, span.start + words.trim_end_matches(scan::is_blank).len())
}

/// The sentences of lines that tell an instant, a roll-out or a kind of contract, in order. One without a topic
/// of its own has that of the sentence before.
pub fn sentences(text: &str, lines: &[Line]) -> Vec<Sentence> {
    let mut found: Vec<Sentence> = Vec::new();
    let mut topic = Topic::Neither;
    for line in lines {
        for span in parts(text, line.span) {
            let lower = span.of(text).to_ascii_lowercase();
            topic = match topic_of(&lower) {
                Topic::Neither => topic,
                own => own,
            };
            let inside = |found: &&Found| span.start <= found.span.start && found.span.end <= span.end;
            let timestamps: Vec<Found> = line.timestamps.iter().filter(inside).cloned().collect();
            let rollout = rollout(&lower);
            let halves = halves(text, span, &timestamps);
            let times = !timestamps.is_empty() || !halves.is_empty() || rollout.is_some();
            if !times && marker(text, span).is_none() {
                continue;
            }
            let instant_only = matches!(&timestamps[..], [only] if alone(text, span, only.span));
            found.push(Sentence { span, topic, timestamps, halves, rollout, instant_only });
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

/// The topic of a sentence in small letters. One about collateral is about assets, even where it mentions contracts; only leverage makes it both.
fn topic_of(lower: &str) -> Topic {
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let assets = has(&["collateral", "asset", "portfolio margin", "pm pro"]);
    match (assets, has(&["leverage"]), has(&["perpetual", "contract", "futures"])) {
        (true, true, _) => Topic::Both,
        (true, false, _) => Topic::Assets,
        (false, true, _) | (false, _, true) => Topic::Contracts,
        (false, false, false) => Topic::Neither,
    }
}

/// Words that open the phrase behind the names.
const MARKERS: &[(&str, Option<Program>)] = &[
    ("USDⓈ-M", Some(Program::Usdm)),
    ("USDS-M", Some(Program::Usdm)),
    ("USDT-M", Some(Program::Usdm)),
    ("USDC-M", Some(Program::Usdm)),
    ("USD-M", Some(Program::Usdm)),
    ("COINⓈ-M", Some(Program::Coinm)),
    ("COIN-M", Some(Program::Coinm)),
    ("PERPETUAL", None),
    ("FUTURES", None),
    ("CONTRACT", None),
];

/// Where the first phrase that says the kind of contract starts, its bracket included, and the program it tells.
pub fn marker(text: &str, span: Span) -> Option<(usize, Option<Program>)> {
    let words = span.of(text);
    let starts = words.bytes().enumerate().filter(|(_, byte)| b"UCPFucpf".contains(byte));
    for (at, _) in starts {
        let before = words[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '-') {
            continue;
        }
        let here =
            |word: &str| words.get(at..at + word.len()).is_some_and(|words| words.eq_ignore_ascii_case(word));
        if let Some((_, program)) = MARKERS.iter().find(|(word, _)| here(word)) {
            let bracket = before.filter(|c| matches!(c, '(' | '（')).map_or(0, char::len_utf8);
            return Some((span.start + at - bracket, *program));
        }
    }
    None
}
