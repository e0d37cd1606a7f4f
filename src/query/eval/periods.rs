//! The periods of a version on the axis of a drawing, cut where its certainty changes.

use crate::decimal::Decimal;
use crate::query::rows::CertaintyKind;
use crate::query::rows::timeline::{StepPeriod, TimeAxis};
use crate::rulebook::history::History;
use crate::rulebook::resolve::sure_until;
use crate::time::ValidTime;
use std::collections::BTreeSet;

/// What makes a version uncertain at a time, and the other values that are possible then.
pub type Uncertain = (Vec<CertaintyKind>, Vec<Decimal>);

/// The periods of a version: it is as certain as an answer just before the end of each, so that what becomes
/// uncertain with age counts from the last confirmation.
pub fn periods_of(
    history: &History,
    version: usize,
    axis: TimeAxis,
    uncertain: impl Fn(ValidTime) -> Uncertain,
) -> Vec<StepPeriod> {
    let this = &history.versions()[version];
    let next = history.versions().get(version + 1).map(|next| next.from);
    let (from, until) = (this.from.max(axis.since), next.map_or(axis.until, |next| next.min(axis.until)));
    let sure = sure_until(history, version);
    let cuts = history.turns(version).into_iter().chain([sure]).chain(axis.as_of.or(axis.today));
    let cuts = cuts.filter(|cut| from < *cut && *cut < until);
    let cuts: BTreeSet<ValidTime> = cuts.chain([from, until]).collect();
    let cuts: Vec<ValidTime> = cuts.into_iter().filter(|cut| *cut <= until).collect();
    let period = |[from, until]: [ValidTime; 2]| {
        let last = ValidTime(until.0.just_before()).max(from);
        let (certainty, others) = uncertain(last);
        StepPeriod { from, until, certainty, others }
    };
    let mut periods: Vec<StepPeriod> = cuts.windows(2).map(|ends| period([ends[0], ends[1]])).collect();
    // An observation that nothing confirms is certain only when it was made.
    let is_observation = history.statement(version).statement.claim.is_observation();
    let unsure = periods.first().is_some_and(|first| !first.is_certain());
    if is_observation && unsure && sure == this.from && from == this.from {
        let certainty = vec![CertaintyKind::Settled];
        periods.insert(0, StepPeriod { from, until: from, certainty, others: Vec::new() });
    }
    periods
}

/// Adds a period, or lets the last one go on where nothing but the time differs.
pub fn join(periods: &mut Vec<StepPeriod>, period: StepPeriod) {
    match periods.last_mut() {
        Some(last) if (&last.certainty, &last.others) == (&period.certainty, &period.others) => {
            last.until = period.until;
        }
        _ => periods.push(period),
    }
}
