//! The sentences between the tables: their times, their topic, and how long a roll-out may take.

use super::contract::contract_kind;
use super::heading::Heading;
use super::lines::TextLine;
use super::rollout::{Rollout, rollout};
use super::timestamps::PrintedTimes;
use crate::ingest::scan;
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

/// A sentence, or the part of one that is on a line.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// Its bytes, without blanks at the ends.
    pub span: Span,
    /// Its own topic, or that of the sentence before where it has none.
    pub topic: Topic,
    /// The times in it.
    pub times: PrintedTimes,
    /// How long a change may take, where it states that.
    pub rollout: Option<Rollout>,
    /// Whether it is nothing but a timestamp.
    pub is_timestamp: bool,
    /// Whether its line is a heading of contracts.
    pub in_heading: bool,
}

/// The sentences of lines that state a time, a roll-out or a kind of contract, in order. One without a topic
/// of its own has that of the sentence before.
pub fn sentences(text: &str, lines: &[TextLine], headings: &[Heading]) -> Vec<Sentence> {
    let mut found: Vec<Sentence> = Vec::new();
    let mut topic = Topic::Neither;
    for line in lines {
        let start = line.span.start;
        let in_heading = headings.binary_search_by_key(&start, |heading| heading.span.start).is_ok();
        for span in split_sentences(text, line.span) {
            let lower = span.of(text).to_ascii_lowercase();
            topic = match topic_of(&lower) {
                Topic::Neither => topic,
                own => own,
            };
            let times = line.times.within(span);
            let rollout = rollout(&lower);
            if times.is_empty() && rollout.is_none() && contract_kind(text, span).is_none() {
                continue;
            }
            let is_timestamp = matches!(&times.timestamps[..], [only] if is_alone(text, span, only.span));
            found.push(Sentence { span, topic, times, rollout, is_timestamp, in_heading });
        }
    }
    found
}

/// Whether a span contains no letters and digits besides `inner`.
fn is_alone(text: &str, span: Span, inner: Span) -> bool {
    let around = [Span::new(span.start, inner.start), Span::new(inner.end, span.end)];
    around.iter().all(|part| !part.of(text).contains(char::is_alphanumeric))
}

/// Splits a line after each full stop that a blank or a capital follows.
pub fn split_sentences(text: &str, line: Span) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = line.start;
    let words = line.of(text);
    let mut before = ' ';
    for (offset, c) in words.char_indices() {
        let next = words[offset + c.len_utf8()..].chars().next();
        let ends = matches!(c, '.' | '。' | '!' | '?')
            && next
                .is_none_or(|next| scan::is_blank(next) || (next.is_uppercase() && !before.is_uppercase()));
        if ends {
            let end = line.start + offset + c.len_utf8();
            found.push(Span::new(start, end));
            start = end;
        }
        before = c;
    }
    found.push(Span::new(start, line.end));
    found.iter().map(|span| span.trim(text, scan::is_blank)).filter(|span| !span.is_empty()).collect()
}

/// The topic of a sentence in small letters. One about collateral is about assets, even where it mentions
/// contracts; only leverage makes it both.
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
