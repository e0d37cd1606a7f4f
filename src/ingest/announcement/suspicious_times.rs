//! What is odd about the instants and lengths of a text: digits of them may be lost or swapped.

use super::prose::{Line, Sentence};
use super::rollout::Rollout;
use super::timestamps;
use crate::finding::{Finding, FindingCode};
use crate::text::Span;
use crate::time::{TimeSpan, Timestamp};

/// Most findings of each kind in one document; more say nothing new.
const PLACES: usize = 50;

/// Changes come at full and half hours; a quarter is believed too.
const QUARTER: TimeSpan = TimeSpan::minutes(15);

/// Roll-outs take 30 minutes, 1 hour or 4 hours; each length up to that in half hours is believed.
const HALF_HOUR: TimeSpan = TimeSpan::minutes(30);
const LONGEST_ROLLOUT: TimeSpan = TimeSpan::minutes(4 * 60);

/// The findings about instants that are printed with too few digits, or lie at no quarter of an hour.
pub fn suspicious_timestamps(text: &str, lines: &[Line]) -> Vec<Finding> {
    let odd = |printed: &str, timestamp: Option<Timestamp>| {
        if timestamps::is_short(printed) {
            Some("may lack a digit")
        } else {
            let between = timestamp.is_some_and(|at| at.micros().rem_euclid(QUARTER.micros()) != 0);
            between.then_some("is at no quarter of an hour; digits may be changed or swapped")
        }
    };
    let found = lines.iter().flat_map(|line| &line.timestamps).filter_map(|found| {
        let printed = found.span.of(text);
        let why = odd(printed, found.timestamp.as_ref().ok().copied())?;
        Some(Finding::new(FindingCode::TimestampForm, found.span, format!("`{printed}` {why}")))
    });
    found.take(PLACES).collect()
}

/// The findings about roll-outs of a length that none ever had.
pub fn suspicious_rollouts(sentences: &[Sentence]) -> Vec<Finding> {
    let is_usual = |length: TimeSpan| length <= LONGEST_ROLLOUT && length.micros() % HALF_HOUR.micros() == 0;
    let odd = |sentence: &Sentence| match sentence.rollout {
        Some(Rollout::Takes(length)) if !is_usual(length) => Some(finding(sentence.span, length)),
        _ => None,
    };
    sentences.iter().filter_map(odd).take(PLACES).collect()
}

fn finding(span: Span, length: TimeSpan) -> Finding {
    let message = format!("a change takes {length}; digits may be lost, doubled or changed");
    Finding::new(FindingCode::UnusualRollout, span, message)
}
