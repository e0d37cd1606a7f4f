//! Two bases side by side: tier by tier, and what the step from one to the other does to the margin.

use crate::decimal::Decimal;
use crate::query::eval::certainty::{Reach, certainty, holds};
use crate::query::eval::evaluate::{evaluate, tier_views};
use crate::query::eval::stored::StoredRules;
use crate::query::eval::stored::source_warning;
use crate::query::eval::versions::summary;
use crate::query::plan::SubjectsPlan;
use crate::query::plan::at::Argument;
use crate::query::rows::diff::{DiffRow, DiffSide, DiffTier, DiffValue};
use crate::query::rows::{Row, Status};
use crate::query::syntax::measure::Measure;
use crate::rule::difference::align;
use crate::rule::effect::effect;
use crate::rule::{PlacedRule, RuleKind};
use crate::rulebook::resolve::{Resolved, Since};
use crate::rulebook::{Knowledge, Timeline};
use crate::statement::{At, TxId};
use std::collections::BTreeSet;

/// The row of a subject; none where there is nothing to compare with.
pub(super) fn diff_rows(plan: &SubjectsPlan, timeline: &Timeline, stored: &StoredRules) -> Vec<Row> {
    let after = other_basis(plan, timeline, stored);
    let row = after.map(|after| Row::Diff(Box::new(diff_row(plan, after, timeline, stored))));
    row.into_iter().collect()
}

/// The second basis: where none is given, the next announced change; `None` where none is announced.
pub(super) fn other_basis(plan: &SubjectsPlan, timeline: &Timeline, stored: &StoredRules) -> Option<At> {
    if plan.after.is_some() {
        return plan.after;
    }
    let history = stored.rulebook.history(timeline, plan.knowledge());
    let is_announced = |version: &usize| !history.statement(*version).statement.claim.is_observation();
    let mut versions = (0..history.versions().len()).filter(is_announced);
    let later = versions.find(|version| history.versions()[*version].from > plan.basis.valid_at)?;
    Some(At { valid_at: history.versions()[later].from, ..plan.basis })
}

fn diff_row(plan: &SubjectsPlan, after: At, timeline: &Timeline, stored: &StoredRules) -> DiffRow {
    let (before, before_rule) = side(plan.basis, timeline, stored);
    let (after, after_rule) = side(after, timeline, stored);
    let both = before_rule.zip(after_rule);
    DiffRow {
        subject: timeline.subject().clone(),
        before,
        after,
        tiers: both.as_ref().map(|(before, after)| tiers(before, after)).unwrap_or_default(),
        effect: both.as_ref().and_then(|(before, after)| effect(before, after)),
        values: both.as_ref().map(|(before, after)| values(before, after, &plan.at)).unwrap_or_default(),
        tx: TxId(stored.tx),
    }
}

fn side(basis: At, timeline: &Timeline, stored: &StoredRules) -> (DiffSide, Option<PlacedRule>) {
    let nothing = |status| DiffSide {
        basis,
        status,
        rule: None,
        statement: None,
        in_force_since: None,
        seen_since: None,
        certainty: None,
        holds: None,
        warnings: Vec::new(),
    };
    match stored.rulebook.resolve(timeline, basis) {
        Resolved::InForce(in_force) => {
            let repaired = tier_views(in_force.rule, false).into_iter().filter_map(|(_, warning)| warning);
            let probable = holds(&in_force, Knowledge::of(&basis), stored);
            let (announced_since, seen_since) = match in_force.since {
                Since::Announced(at) => (Some(at), None),
                Since::Seen { at, .. } => (None, Some(at)),
            };
            let side = DiffSide {
                rule: Some(summary(in_force.rule)),
                statement: Some(in_force.set_by.id),
                in_force_since: announced_since,
                seen_since,
                certainty: Some(certainty(&in_force, Reach::Table, probable, |_| None, stored)),
                holds: probable.percent(),
                warnings: repaired.chain(source_warning(in_force.set_by, stored)).collect(),
                ..nothing(Status::Value)
            };
            (side, Some(in_force.rule.clone()))
        }
        Resolved::Ended { by } => {
            let since = Some(by.statement.claim.valid_at());
            (DiffSide { statement: Some(by.id), in_force_since: since, ..nothing(Status::Ended) }, None)
        }
        Resolved::Launched { by, .. } => {
            (DiffSide { statement: Some(by.id), ..nothing(Status::Unknown) }, None)
        }
        Resolved::Unknown { .. } => (nothing(Status::Unknown), None),
        Resolved::NotKnownThen { .. } => (nothing(Status::NotKnownThen), None),
    }
}

fn tiers(before: &PlacedRule, after: &PlacedRule) -> Vec<DiffTier> {
    let views =
        |rule: &PlacedRule| tier_views(rule, false).into_iter().map(|(view, _)| view).collect::<Vec<_>>();
    let (one, other) = (views(before), views(after));
    let view = |views: &[crate::query::rows::TierView], number: Option<u32>| {
        number.and_then(|number| views.get(number as usize - 1).cloned())
    };
    let tier = |aligned: crate::rule::difference::AlignedTier| DiffTier {
        before: view(&one, aligned.before),
        after: view(&other, aligned.after),
        fields: aligned.differences.iter().map(|difference| difference.field).collect(),
    };
    align(before, after).into_iter().map(tier).collect()
}

/// The margin or collateral value at every bound of a tier, and at the notionals asked for.
fn values(before: &PlacedRule, after: &PlacedRule, asked: &[Decimal]) -> Vec<DiffValue> {
    let measure = if before.kind() == RuleKind::Contract { Measure::Margin } else { Measure::Collateral };
    let bounds = |rule: &PlacedRule| {
        tier_views(rule, false).into_iter().filter_map(|(view, _)| view.cap).collect::<Vec<_>>()
    };
    let at: BTreeSet<Decimal> =
        bounds(before).into_iter().chain(bounds(after)).chain(asked.iter().copied()).collect();
    let value =
        |rule: &PlacedRule, at: Decimal| evaluate(rule, measure, Some(Argument::Amount(at)), false).value;
    at.into_iter().map(|at| DiffValue { at, before: value(before, at), after: value(after, at) }).collect()
}
