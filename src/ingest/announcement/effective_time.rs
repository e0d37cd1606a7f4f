//! Finds above a table which contracts it is about, and from when it is effective.

use super::context::AnnouncementReader;
use super::contract;
use super::heading::{self, Heading};
use super::rollout::Rollout;
use super::sentences::{Sentence, Topic};
use super::timestamps::{self, PrintedTimestamp};
use crate::finding::{Finding, FindingCode};
use crate::text::Span;
use crate::time::{TimeSpan, Timestamp, ValidTime};

/// Longest text quoted in a message, in characters.
const QUOTED: usize = 120;

/// The heading of the tier table at `table`: the nearest heading line below `above`; else the nearest list of
/// contracts in a sentence, provided that no other tier table comes between.
///
/// # Errors
/// There is none, or words between it and the table name contracts too: as a finding.
pub fn heading_of(reader: &AnnouncementReader, table: Span, above: usize) -> Result<Heading, Finding> {
    let text = reader.document.text.as_str();
    let Some(heading) = nearest_list(reader, table.start, above) else {
        return Err(Finding::new(
            FindingCode::NoSubject,
            table,
            "no heading above the table names a contract",
        ));
    };
    match contract::contract_words(text, Span::new(heading.span.end, table.start)).first() {
        None => Ok(heading),
        Some(word) => {
            let message =
                format!("{} is named right above the table, in a line that is no heading", word.of(text));
            Err(Finding::new(FindingCode::NoSubject, *word, message))
        }
    }
}

/// The nearest list of contracts between `above` and `start`.
fn nearest_list(reader: &AnnouncementReader, start: usize, above: usize) -> Option<Heading> {
    let text = reader.document.text.as_str();
    let count = reader.headings.partition_point(|heading| heading.span.end <= start);
    if let Some(heading) = reader.headings[..count].last().filter(|heading| heading.span.start >= above) {
        return Some(heading.clone());
    }
    let count = reader.sentences.partition_point(|sentence| sentence.span.end <= start);
    let mut near = reader.sentences[..count].iter().rev().take_while(|sentence| sentence.span.start >= above);
    near.find_map(|sentence| heading::introduction(text, sentence.span))
}

/// From when a table is effective.
#[derive(Clone, Copy, Debug)]
pub struct EffectiveTime {
    /// When the change starts.
    pub effective_at: ValidTime,
    /// How long it may take.
    pub rollout: TimeSpan,
}

impl EffectiveTime {
    /// The time from which a table is effective, and how long its roll-out may take.
    ///
    /// The time is in the table's own heading; else in the nearest sentence above on the same topic that has
    /// one (or that is nothing but a timestamp); else in the nearest heading above. There it must be the only
    /// one.
    ///
    /// # Errors
    /// There is none, it cannot be read, there are several, half of another one (a date, a clock time) is as
    /// near, or the time of the roll-out is not understood: as a finding.
    pub fn of(
        reader: &AnnouncementReader,
        table: Span,
        topic: Topic,
        own: &[PrintedTimestamp],
    ) -> Result<EffectiveTime, Finding> {
        let text = reader.document.text.as_str();
        let count = reader.sentences.partition_point(|sentence| sentence.span.end <= table.start);
        let above = reader.sentences[..count].iter().rev();
        let rollout = rollout_of(above.clone().filter(|sentence| sentence.topic.covers(topic)), text)?;
        let fits = |s: &Sentence| s.topic.covers(topic) || s.topic == Topic::Neither || s.is_timestamp;
        let timed = above.clone().filter(|sentence| !sentence.times.timestamps.is_empty());
        let sentence = || timed.clone().find(|sentence| fits(sentence) && !sentence.in_heading);
        let other_heading = || timed.clone().find(|sentence| sentence.in_heading);
        let chosen = if own.is_empty() { sentence().or_else(other_heading) } else { None };
        let found: &[PrintedTimestamp] = chosen.map_or(own, |sentence| &sentence.times.timestamps);
        let timestamp = only_one(found, table)?;
        let from = found.first().map_or(table.start, |found| found.span.start);
        let near = above.take_while(|s| s.span.end > from).filter(|s| fits(s) || s.in_heading);
        match near.flat_map(|s| &s.times.halves).find(|half| !timestamps::is_day_of(half.of(text), timestamp))
        {
            None => Ok(EffectiveTime { effective_at: ValidTime(timestamp), rollout }),
            Some(half) => {
                let half_time = half.of(text);
                let message = format!("`{half_time}` is half of a timestamp, and contradicts {timestamp}");
                Err(Finding::new(FindingCode::NoTimestamp, *half, message))
            }
        }
    }
}

/// How long the change takes by the first of some sentences that states it; no time where none does.
fn rollout_of<'a>(
    mut sentences: impl Iterator<Item = &'a Sentence>,
    text: &str,
) -> Result<TimeSpan, Finding> {
    match sentences.find_map(|sentence| Some((sentence.span, sentence.rollout?))) {
        None => Ok(TimeSpan::minutes(0)),
        Some((_, Rollout::Takes(time_span))) => Ok(time_span),
        Some((span, Rollout::NotUnderstood)) => {
            let words: String = span.of(text).chars().take(QUOTED).collect();
            let message = format!("how long the change takes is not understood: `{words}`");
            Err(Finding::new(FindingCode::UnreadRollout, span, message))
        }
    }
}

/// The timestamp that all of `found` are.
fn only_one(found: &[PrintedTimestamp], table: Span) -> Result<Timestamp, Finding> {
    let mut timestamps: Vec<Timestamp> = Vec::new();
    for printed in found {
        timestamps.push(printed.timestamp.as_ref().copied().map_err(|error| {
            let message = format!("{}: {}", error.message, error.hints.join("; "));
            Finding::new(FindingCode::NoTimestamp, printed.span, message)
        })?);
    }
    timestamps.sort_unstable();
    timestamps.dedup();
    match timestamps[..] {
        [only] => Ok(only),
        [] => {
            let message = "no effective time found above the table, like `2026-02-06 06:30 (UTC)`";
            Err(Finding::new(FindingCode::NoTimestamp, table, message))
        }
        _ => {
            let list: Vec<String> = timestamps.iter().map(Timestamp::to_string).collect();
            let message = format!("the effective time of the table could be {}", list.join(" or "));
            Err(Finding::new(FindingCode::SeveralTimestamps, found[0].span, message))
        }
    }
}
