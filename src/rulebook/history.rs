//! History: the visible statements of one subject, folded into versions that follow one another without gaps.
//!
//! An observation that shows the rule already in force confirms its version and starts none, so that an
//! answer still cites the statement that set the rule. An observation inside the roll-out window of a change
//! that still shows the old rule changes nothing; one that shows the new rule closes the window.

use std::sync::Arc;

use crate::rule::Rule;
use crate::rulebook::{Knowledge, Rulebook, Timeline, Visibility};
use crate::statement::{Claim, Recorded};
use crate::time::ValidTime;

/// A period of valid time with one rule: from `from` until the next version.
#[derive(Clone, PartialEq, Debug)]
pub struct Version {
    /// Where it starts.
    pub from: ValidTime,
    /// The statement that set it, as its place in the timeline.
    pub set_by: usize,
    /// Where the roll-out window of the change that set it closes; `from` where there is no window.
    pub rolled_out_at: ValidTime,
    /// The observations that showed it, as places in the timeline, in order of valid time.
    pub confirmed_by: Vec<usize>,
}

/// The outcome of one statement when the versions were made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StatementOutcome {
    /// It does not count at this state of knowledge.
    Unseen(Visibility),
    /// It set this version.
    Sets(usize),
    /// It is an observation of the rule that this version already had.
    Confirms(usize),
    /// It is an observation inside the roll-out window of this version that still showed the rule before.
    StillOld(usize),
    /// A complete snapshot lacks the subject before any statement about it.
    NothingToEnd,
    /// At the same time this statement (a place in the timeline) takes precedence.
    LosesTo(usize),
}

/// The versions of a subject at one state of knowledge, and the outcome of each of its statements.
#[derive(Clone, PartialEq, Debug)]
pub struct History<'a> {
    timeline: &'a Timeline,
    versions: Vec<Version>,
    outcomes: Vec<StatementOutcome>,
}

impl Rulebook {
    /// The history of a subject at a state of knowledge. O(n²) in the statements of the subject at worst, for
    /// documents recorded with several publications; O(n) otherwise.
    pub fn history<'a>(&self, timeline: &'a Timeline, at: Knowledge) -> History<'a> {
        let visibility = |recorded| match self.visibility(timeline, recorded, at) {
            Visibility::Visible => None,
            hidden => Some(StatementOutcome::Unseen(hidden)),
        };
        let outcomes: Vec<Option<StatementOutcome>> = timeline.statements().iter().map(visibility).collect();
        fold(timeline, outcomes)
    }
}

impl<'a> History<'a> {
    /// The versions in order of valid time; each ends where the next starts, and the last does not end.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The outcome of each statement of the timeline, in its order.
    pub fn outcomes(&self) -> &[StatementOutcome] {
        &self.outcomes
    }

    /// The timeline that was folded.
    pub fn timeline(&self) -> &'a Timeline {
        self.timeline
    }

    /// The place of the version in force at a time; `None` before the first.
    pub fn version_at(&self, valid_at: ValidTime) -> Option<usize> {
        self.versions.partition_point(|version| version.from <= valid_at).checked_sub(1)
    }

    /// The statement that set a version.
    pub fn statement(&self, version: usize) -> &'a Recorded {
        &self.timeline.statements()[self.versions[version].set_by]
    }

    /// The rule of a version; `None` where the subject has none.
    pub fn rule(&self, version: usize) -> Option<&'a Arc<Rule>> {
        self.statement(version).statement.claim.rule()
    }
}

/// Folds the statements whose outcome is still open, time by time, into versions.
fn fold(timeline: &Timeline, mut outcomes: Vec<Option<StatementOutcome>>) -> History<'_> {
    let statements = timeline.statements();
    let mut versions: Vec<Version> = Vec::new();
    let mut start = 0;
    while start < statements.len() {
        let timestamp = statements[start].statement.claim.valid_at();
        let end = start + statements[start..].partition_point(|s| s.statement.claim.valid_at() <= timestamp);
        // A complete snapshot ends only what was there before it.
        if versions.is_empty() {
            let implied =
                |i: &usize| outcomes[*i].is_none() && statements[*i].follows_from_complete_snapshot();
            for absence in (start..end).filter(implied).collect::<Vec<_>>() {
                outcomes[absence] = Some(StatementOutcome::NothingToEnd);
            }
        }
        let open: Vec<usize> = (start..end).filter(|&i| outcomes[i].is_none()).collect();
        for (place, outcome) in fold_at(statements, &mut versions, &open) {
            outcomes[place] = Some(outcome);
        }
        start = end;
    }
    // Every statement of a time gets an outcome, so none is left over.
    let outcomes = outcomes.into_iter().flatten().collect();
    History { timeline, versions, outcomes }
}

/// Gives each of the visible statements of one time its outcome. The last in order of precedence wins; an
/// observation beside it shows the same, or loses to it.
fn fold_at(
    statements: &[Recorded],
    versions: &mut Vec<Version>,
    open: &[usize],
) -> Vec<(usize, StatementOutcome)> {
    let Some((&winner, others)) = open.split_last() else { return Vec::new() };
    let is_observation = |place: usize| statements[place].statement.claim.is_observation();
    let confirms =
        if is_observation(winner) { outcome_of_observation(statements, versions, winner) } else { None };
    let outcome = confirms.unwrap_or_else(|| {
        versions.push(version_set_by(statements, winner));
        StatementOutcome::Sets(versions.len() - 1)
    });
    let mut outcomes: Vec<(usize, StatementOutcome)> = Vec::with_capacity(open.len());
    for &place in others {
        let agrees = is_observation(place) && shows(statements, place, winner);
        outcomes.push(match &outcome {
            _ if !agrees => (place, StatementOutcome::LosesTo(winner)),
            StatementOutcome::StillOld(_) => (place, outcome.clone()),
            _ => (place, confirm(statements, versions, place)),
        });
    }
    outcomes.push((winner, outcome));
    outcomes
}

/// The outcome of an observation that starts no version: it shows the rule in force, or the old one in a
/// roll-out.
fn outcome_of_observation(
    statements: &[Recorded],
    versions: &mut [Version],
    place: usize,
) -> Option<StatementOutcome> {
    let current = versions.len().checked_sub(1)?;
    if shows(statements, place, versions[current].set_by) {
        return Some(confirm(statements, versions, place));
    }
    let in_window = statements[place].statement.claim.valid_at() < versions[current].rolled_out_at;
    let shows_old = current > 0 && shows(statements, place, versions[current - 1].set_by);
    (in_window && shows_old).then_some(StatementOutcome::StillOld(current))
}

/// Notes an observation of the rule of the last version, and closes its roll-out window there.
fn confirm(statements: &[Recorded], versions: &mut [Version], place: usize) -> StatementOutcome {
    let number = versions.len() - 1;
    let version = &mut versions[number];
    let seen_at = statements[place].statement.claim.valid_at();
    version.confirmed_by.push(place);
    version.rolled_out_at = version.rolled_out_at.min(seen_at);
    StatementOutcome::Confirms(number)
}

/// Whether the observation at `place` shows the rule that the statement at `claimed` claims.
fn shows(statements: &[Recorded], place: usize, claimed: usize) -> bool {
    statements[place].statement.claim.same_rule(&statements[claimed].statement.claim)
}

fn version_set_by(statements: &[Recorded], place: usize) -> Version {
    let claim = &statements[place].statement.claim;
    let from = claim.valid_at();
    let rolled_out_at = match claim {
        Claim::Change { rollout, .. } => ValidTime(from.0.plus(*rollout)),
        Claim::Observation { .. } | Claim::End { .. } => from,
    };
    Version { from, set_by: place, rolled_out_at, confirmed_by: Vec::new() }
}
