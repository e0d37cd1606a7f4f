//! Finds above a table whose table it is, and from when it holds.

use super::heading::{self, Heading};
use super::instants::Found;
use super::prose::Topic;
use super::reader::Reader;
use crate::finding::{Code, Finding};
use crate::text::Span;
use crate::time::{Instant, Length};

/// The heading of the tier table at `start`: the nearest heading line below `above`; else the nearest list of
/// contracts in a sentence, provided that no other tier table comes between.
pub fn heading_of(reader: &Reader, start: usize, above: usize) -> Option<Heading> {
    let count = reader.headings.partition_point(|place| place.span.end <= start);
    if let Some(place) = reader.headings[..count].last().filter(|place| place.span.start >= above) {
        return Some(place.heading.clone());
    }
    let text = reader.document.text.as_str();
    let count = reader.sentences.partition_point(|sentence| sentence.span.end <= start);
    let near = reader.sentences[..count].iter().rev().take_while(|sentence| sentence.span.start >= above);
    let mut lists = near.filter_map(|sentence| heading::introduction(text, sentence.span));
    lists.next().map(|list| Heading { instants: Vec::new(), ..list })
}

/// The instant from which a table holds, and how long its roll-out may take.
///
/// The instant stands in the table's own heading; else in the nearest sentence above on the same topic that has
/// one (or that is nothing but an instant); else in the nearest heading above. There it must be the only one.
///
/// # Errors
/// There is none, it cannot be read, or there are several: as a finding.
pub fn effective(
    reader: &Reader,
    table: Span,
    topic: Topic,
    own: &[Found],
) -> Result<(Instant, Length), Finding> {
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
    let rollout = above
        .clone()
        .filter(|sentence| sentence.topic.covers(topic))
        .find_map(|sentence| sentence.rollout)
        .unwrap_or(Length::minutes(0));
    let sentence = || {
        above.clone().find(|sentence| {
            let fits =
                sentence.topic.covers(topic) || sentence.topic == Topic::Neither || sentence.instant_only;
            fits && !sentence.instants.is_empty() && is_heading(sentence.span).is_err()
        })
    };
    let other_heading = || above.clone().find(|s| !s.instants.is_empty() && is_heading(s.span).is_ok());
    let found: &[Found] = match own {
        [] => sentence().or_else(other_heading).map_or(&[], |sentence| &sentence.instants),
        own => own,
    };
    Ok((only_one(found, table)?, rollout))
}

fn only_one(found: &[Found], table: Span) -> Result<Instant, Finding> {
    let Some(first) = found.first() else {
        let message = "no instant above the table says from when it holds";
        return Err(Finding::new(Code::NoInstant, table, message));
    };
    let mut instants: Vec<Instant> = Vec::new();
    for place in found {
        match &place.instant {
            Ok(instant) => instants.push(*instant),
            Err(error) => {
                let message = format!("{}: {}", error.message, error.hint);
                return Err(Finding::new(Code::NoInstant, place.span, message));
            }
        }
    }
    instants.sort_unstable();
    instants.dedup();
    match instants[..] {
        [only] => Ok(only),
        _ => {
            let list: Vec<String> = instants.iter().map(Instant::to_string).collect();
            let message = format!("{} could be meant for the table", list.join(" or "));
            Err(Finding::new(Code::SeveralInstants, first.span, message))
        }
    }
}
