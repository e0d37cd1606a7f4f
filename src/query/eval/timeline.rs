//! Drawings over valid time: the steps of a measure, cut where their certainty changes.

use crate::decimal::Decimal;
use crate::query::eval::evaluate::evaluate;
use crate::query::eval::periods::{Uncertain, join, periods_of};
use crate::query::eval::steps::{Walk, walks};
use crate::query::eval::stored::StoredRules;
use crate::query::plan::MeasurePlan;
use crate::query::plan::basis::Range;
use crate::query::rows::Row;
use crate::query::rows::over_time::StepRow;
use crate::query::rows::timeline::{StepPeriod, TimeAxis, TimelineRow};
use crate::rule::PlacedRule;
use crate::rulebook::Timeline;
use crate::rulebook::history::History;
use crate::rulebook::resolve::{Doubt, Resolved, in_version};
use crate::time::{DAY, TimeSpan, Timestamp, ValidTime};
use std::collections::BTreeSet;

/// The steps of a subject at each notional, to be drawn.
pub(super) fn timeline_rows(plan: &MeasurePlan, timeline: &Timeline, stored: &StoredRules) -> Vec<Row> {
    let mut rows = Vec::new();
    for walk in walks(plan, timeline, stored) {
        let history = walk.history();
        let steps = walk.over_valid_time(&history);
        let Some(axis) = axis(&steps, plan.range, plan.basis.valid_at) else { continue };
        rows.extend(steps.into_iter().map(|step| {
            let periods = periods(&walk, &history, &step, axis);
            Row::Timeline(Box::new(TimelineRow { step, periods, axis }))
        }));
    }
    rows
}

/// The axis of a drawing: what the statement says, else from the first step to today, or some way beyond the
/// last step where that is later, because a rule stays in force.
fn axis(steps: &[StepRow], range: Range, today: ValidTime) -> Option<TimeAxis> {
    let since = range.since.or_else(|| steps.iter().find_map(|step| step.from))?;
    let beyond_last = || {
        let last = steps.iter().filter_map(|step| step.from.max(step.until)).fold(since, Ord::max);
        let length = last.since(since).micros().max(DAY.micros());
        if last < today.0 { today.0 } else { last.plus(TimeSpan::from_micros(length / 6)) }
    };
    let until = range.until.unwrap_or_else(beyond_last);
    Some(TimeAxis { since: ValidTime(since), until: ValidTime(until), as_of: None, today: Some(today) })
}

/// The periods of a step inside the axis.
fn periods(walk: &Walk, history: &History, step: &StepRow, axis: TimeAxis) -> Vec<StepPeriod> {
    let (Some(value), Some(from)) = (step.value, step.from) else { return Vec::new() };
    let inside = |at: Timestamp| from <= at && step.until.is_none_or(|until| at < until);
    let versions = (0..history.versions().len()).filter(|place| inside(history.versions()[*place].from.0));
    let mut periods: Vec<StepPeriod> = Vec::new();
    let of_version = |version| periods_of(history, version, axis, |at| uncertain(walk, history, version, at));
    for period in versions.flat_map(of_version) {
        let others = period.others.into_iter().filter(|other| *other != value).collect();
        join(&mut periods, StepPeriod { others, ..period });
    }
    periods
}

/// What makes a version uncertain at a time, and the values under the other rules.
fn uncertain(walk: &Walk, history: &History, version: usize, at: ValidTime) -> Uncertain {
    let certainty = walk.certainty_at(history, version, at);
    let kinds = certainty.map(|certainty| certainty.kinds().collect()).unwrap_or_default();
    (kinds, other_values(walk, history, version, at).into_iter().collect())
}

/// The values under the other rules that may be in force at a time.
fn other_values(walk: &Walk, history: &History, version: usize, at: ValidTime) -> BTreeSet<Decimal> {
    let Resolved::InForce(in_force) = in_version(history, version, at) else { return BTreeSet::new() };
    let rules = in_force.doubts.iter().flat_map(|doubt| match doubt {
        Doubt::Contradicted { others } => {
            others.iter().filter_map(|other| other.statement.claim.rule()).collect()
        }
        Doubt::RollingOut { other, .. } | Doubt::UnseenChange { other, .. } => {
            other.iter().copied().collect::<Vec<_>>()
        }
        Doubt::AnnouncedTwice { other } => other.statement.claim.rule().into_iter().collect(),
        Doubt::Converted { .. } => Vec::new(),
    });
    let value = |rule: &PlacedRule| evaluate(rule, walk.plan.measure, walk.at, walk.plan.as_published).value;
    rules.filter_map(value).collect()
}
