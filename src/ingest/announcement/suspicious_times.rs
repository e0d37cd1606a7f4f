//! What is suspicious about the times of a text: digits of them may be lost or swapped.

use std::collections::BTreeMap;

use super::lines::TextLine;
use super::rollout::Rollout;
use super::sentences::{self, Sentence};
use super::timestamps::{self, PrintedTimestamp};
use crate::finding::{Finding, FindingCode};
use crate::text::Span;
use crate::time::{TimeSpan, Timestamp};

/// Most findings of each kind in one document; more contain nothing new.
const MOST_FINDINGS: usize = 50;

/// Changes come at full and half hours; a quarter is usual enough.
const QUARTER: TimeSpan = TimeSpan::minutes(15);

/// Roll-outs take 30 minutes, 1 hour or 4 hours; every half hour up to that is usual enough.
const HALF_HOUR: TimeSpan = TimeSpan::minutes(30);
const LONGEST_ROLLOUT: TimeSpan = TimeSpan::minutes(4 * 60);

/// The findings about timestamps that are printed with too few digits, or are at no quarter of an hour and
/// printed only once.
pub fn suspicious_timestamps(text: &str, lines: &[TextLine]) -> Vec<Finding> {
    let printed = || lines.iter().flat_map(|line| &line.times.timestamps);
    let times = printed().filter_map(|printed| printed.timestamp.as_ref().ok().copied());
    let mut counts: BTreeMap<Timestamp, usize> = BTreeMap::new();
    times.for_each(|at| *counts.entry(at).or_default() += 1);
    let why = |printed: &PrintedTimestamp| {
        if timestamps::is_short(printed.span.of(text)) {
            return Some("may lack a digit");
        }
        let at = printed.timestamp.as_ref().ok()?;
        let once = counts.get(at) == Some(&1);
        (once && at.micros().rem_euclid(QUARTER.micros()) != 0)
            .then_some("is at no quarter of an hour; digits may be changed or swapped")
    };
    let found = printed().filter_map(|printed| {
        let message = format!("`{}` {}", printed.span.of(text), why(printed)?);
        Some(Finding::new(FindingCode::TimestampForm, printed.span, message))
    });
    found.take(MOST_FINDINGS).collect()
}

/// The findings about the timestamps and roll-outs of lines.
pub fn in_lines(text: &str, spans: &[Span]) -> Vec<Finding> {
    let lines: Vec<TextLine> = spans.iter().map(|line| TextLine::at(text, *line)).collect();
    let mut found = suspicious_timestamps(text, &lines);
    found.extend(suspicious_rollouts(&sentences::sentences(text, &lines, &[])));
    found
}

/// The findings about roll-outs of a time span that none ever had.
pub fn suspicious_rollouts(sentences: &[Sentence]) -> Vec<Finding> {
    let found = sentences.iter().filter_map(|sentence| {
        let Some(Rollout::Takes(time)) = sentence.rollout else { return None };
        let is_usual = time <= LONGEST_ROLLOUT && time.micros() % HALF_HOUR.micros() == 0;
        let message = format!("a roll-out of {time} is unusual; digits may be lost, doubled or changed");
        (!is_usual).then(|| Finding::new(FindingCode::UnusualRollout, sentence.span, message))
    });
    found.take(MOST_FINDINGS).collect()
}
