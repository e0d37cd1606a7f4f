//! Drawings of whole tables over valid time: each version with its tiers, cut where its certainty changes.

use crate::query::eval::certainty::{Reach, certainty_over};
use crate::query::eval::periods::{join, periods_of};
use crate::query::eval::stored::StoredRules;
use crate::query::eval::versions::version_row;
use crate::query::plan::SubjectsPlan;
use crate::query::plan::over_time::Marks;
use crate::query::rows::Row;
use crate::query::rows::parts::TierView;
use crate::query::rows::timeline::{StepPeriod, TierPeriodRow, TimeAxis};
use crate::rulebook::Timeline;
use crate::rulebook::history::History;
use crate::time::{DAY, TimeSpan, Timestamp, ValidTime};

/// How far before the time of the question a drawing starts.
const YEAR: TimeSpan = TimeSpan::from_micros(365 * 24 * 3_600 * 1_000_000);

/// The part of the axis that shows what an announced change brings.
const BEYOND: i64 = 8;

/// The versions of a subject that meet the axis, in order of valid time.
pub(super) fn tier_period_rows(plan: &SubjectsPlan, timeline: &Timeline, stored: &StoredRules) -> Vec<Row> {
    let history = stored.rulebook.history(timeline, plan.knowledge());
    let Some(axis) = axis(plan, &history) else { return Vec::new() };
    let row = |version: usize| TierPeriodRow {
        version: version_row(plan, &history, version, stored),
        tiers: history.rule(version).map(TierView::all).unwrap_or_default(),
        periods: periods(plan, &history, version, axis, stored),
        basis: plan.basis,
        shade: plan.shade,
        axis,
    };
    let is_inside = |row: &TierPeriodRow| {
        let this = &row.version;
        this.from < axis.until && this.until.is_none_or(|until| axis.since < until)
    };
    let rows = (0..history.versions().len()).map(row).filter(is_inside);
    rows.map(|row| Row::TierPeriod(Box::new(row))).collect()
}

/// The axis of a drawing: what the statement says; else from a year before the question, but not before anything
/// is known, to some way beyond the last announced change that comes after it.
fn axis(plan: &SubjectsPlan, history: &History) -> Option<TimeAxis> {
    let asked = plan.basis.valid_at;
    let first = history.versions().first()?.from.0;
    let since = plan.range.since.unwrap_or_else(|| first.max(asked.0.minus(YEAR)).min(asked.0));
    let beyond = || {
        let is_announced = |version: &usize| {
            let claim = &history.statement(*version).statement.claim;
            !claim.is_observation() && history.versions()[*version].from > asked
        };
        let last = (0..history.versions().len()).rev().find(is_announced);
        let Some(last) = last.map(|version| history.versions()[version].from.0) else {
            return asked.0.max(since.plus(DAY));
        };
        let length = last.since(since).micros().max(DAY.micros());
        last.plus(TimeSpan::from_micros(length / BEYOND))
    };
    let until: Timestamp = plan.range.until.unwrap_or_else(beyond);
    let Marks { as_of, today } = plan.marks;
    Some(TimeAxis { since: ValidTime(since), until: ValidTime(until), as_of, today })
}

/// The periods of a version inside the axis; none where it has no rule.
fn periods(
    plan: &SubjectsPlan,
    history: &History,
    version: usize,
    axis: TimeAxis,
    stored: &StoredRules,
) -> Vec<StepPeriod> {
    if history.rule(version).is_none() {
        return Vec::new();
    }
    let uncertain = |at: ValidTime| {
        let certainty = certainty_over(history, version, [at, at], Reach::Table, plan.knowledge(), stored);
        (certainty.map(|certainty| certainty.kinds().collect()).unwrap_or_default(), Vec::new())
    };
    let mut periods = Vec::new();
    periods_of(history, version, axis, uncertain).into_iter().for_each(|period| join(&mut periods, period));
    periods
}
