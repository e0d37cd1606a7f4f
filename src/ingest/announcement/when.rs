//! Finds above a table whose table it is, and from when it holds.

use super::contract;
use super::heading::{self, Heading};
use super::prose::{Sentence, Topic};
use super::reader::Reader;
use super::rollout::Rollout;
use super::timestamps::{self, Found};
use crate::finding::{Finding, FindingCode};
use crate::text::Span;
use crate::time::{TimeSpan, Timestamp};

/// Longest stretch quoted in a message, in characters.
const QUOTED: usize = 120;

/// The heading of the tier table at `table`: the nearest heading line below `above`; else the nearest list of
/// contracts in a sentence, provided that no other tier table comes between.
///
/// # Errors
/// There is none, or words between it and the table name contracts too: as a finding.
pub fn heading_of(reader: &Reader, table: Span, above: usize) -> Result<Heading, Finding> {
    let text = reader.document.text.as_str();
    let Some((end, heading)) = nearest_list(reader, table.start, above) else {
        return Err(Finding::new(
            FindingCode::NoSubject,
            table,
            "no heading above the table names a contract",
        ));
    };
    match contract::contract_words(text, Span::new(end, table.start)).first() {
        None => Ok(heading),
        Some(word) => {
            let message =
                format!("{} stands right above the table, in words that are no heading", word.of(text));
            Err(Finding::new(FindingCode::NoSubject, *word, message))
        }
    }
}

/// The nearest list of contracts between `above` and `start`, and where its line or sentence ends.
fn nearest_list(reader: &Reader, start: usize, above: usize) -> Option<(usize, Heading)> {
    let text = reader.document.text.as_str();
    let count = reader.headings.partition_point(|place| place.span.end <= start);
    if let Some(place) = reader.headings[..count].last().filter(|place| place.span.start >= above) {
        return Some((place.span.end, place.heading.clone()));
    }
    let count = reader.sentences.partition_point(|sentence| sentence.span.end <= start);
    let near = reader.sentences[..count].iter().rev().take_while(|sentence| sentence.span.start >= above);
    let mut lists = near.filter_map(|sentence| Some((sentence, heading::introduction(text, sentence.span)?)));
    lists.next().map(|(sentence, list)| (sentence.span.end, list))
}

/// The instant from which a table holds, and how long its roll-out may take.
///
/// The instant stands in the table's own heading; else in the nearest sentence above on the same topic that has
/// one (or that is nothing but an instant); else in the nearest heading above. There it must be the only one.
///
/// # Errors
/// There is none, it cannot be read, there are several, half of another one (a date, a clock time) is told as near,
/// or the roll-out is told in words that are not read: as a finding.
pub fn effective(
    reader: &Reader,
    table: Span,
    topic: Topic,
    own: &[Found],
) -> Result<(Timestamp, TimeSpan), Finding> {
    let text = reader.document.text.as_str();
    let count = reader.sentences.partition_point(|sentence| sentence.span.end <= table.start);
    let above = reader.sentences[..count].iter().rev();
    let is_heading = |span: Span| {
        reader.headings.binary_search_by(|place| {
            if place.span.end <= span.start {
                std::cmp::Ordering::Less
            } else if place.span.start >= span.end {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
    };
    let rollout = above.clone().filter(|s| s.topic.covers(topic)).find_map(|s| Some((s.span, s.rollout?)));
    let rollout = match rollout {
        None => TimeSpan::minutes(0),
        Some((_, Rollout::Takes(length))) => length,
        Some((span, Rollout::Unread)) => {
            let words: String = span.of(text).chars().take(QUOTED).collect();
            let message = format!("how long the change takes is told in words that are not read: `{words}`");
            return Err(Finding::new(FindingCode::UnreadRollout, span, message));
        }
    };
    let fits = |s: &Sentence| s.topic.covers(topic) || s.topic == Topic::Neither || s.instant_only;
    let sentence =
        || above.clone().find(|s| fits(s) && !s.timestamps.is_empty() && is_heading(s.span).is_err());
    let other_heading = || above.clone().find(|s| !s.timestamps.is_empty() && is_heading(s.span).is_ok());
    let chosen = if own.is_empty() { sentence().or_else(other_heading) } else { None };
    let found: &[Found] = chosen.map_or(own, |sentence| &sentence.timestamps);
    let timestamp = only_one(found, table)?;
    let from = found.first().map_or(table.start, |found| found.span.start);
    let near = above.take_while(|s| s.span.end > from).filter(|s| fits(s) || is_heading(s.span).is_ok());
    match near.flat_map(|s| &s.halves).find(|half| !timestamps::is_day_of(half.of(text), timestamp)) {
        None => Ok((timestamp, rollout)),
        Some(half) => {
            let message = format!("`{}` is half an instant, and not of {timestamp}", half.of(text));
            Err(Finding::new(FindingCode::NoTimestamp, *half, message))
        }
    }
}

fn only_one(found: &[Found], table: Span) -> Result<Timestamp, Finding> {
    let Some(first) = found.first() else {
        let message = "no instant above the table says from when it holds";
        return Err(Finding::new(FindingCode::NoTimestamp, table, message));
    };
    let mut timestamps: Vec<Timestamp> = Vec::new();
    for place in found {
        match &place.timestamp {
            Ok(timestamp) => timestamps.push(*timestamp),
            Err(error) => {
                let message = format!("{}: {}", error.message, error.hint);
                return Err(Finding::new(FindingCode::NoTimestamp, place.span, message));
            }
        }
    }
    timestamps.sort_unstable();
    timestamps.dedup();
    match timestamps[..] {
        [only] => Ok(only),
        _ => {
            let list: Vec<String> = timestamps.iter().map(Timestamp::to_string).collect();
            let message = format!("{} could be meant for the table", list.join(" or "));
            Err(Finding::new(FindingCode::SeveralTimestamps, first.span, message))
        }
    }
}
