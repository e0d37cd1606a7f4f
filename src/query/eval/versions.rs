//! History: the versions of a subject, each with its period, its statement, and how certain it is.

use crate::query::eval::certainty::{Reach, certainty_over, last_time};
use crate::query::eval::stored::{StoredRules, source_ref};
use crate::query::plan::SubjectsPlan;
use crate::query::rows::Row;
use crate::query::rows::over_time::{RuleSummary, VersionRow};
use crate::rule::effect::{Effect, effect};
use crate::rule::{Rule, RuleKind};
use crate::rulebook::Timeline;
use crate::rulebook::history::History;
use crate::rulebook::resolve::{Since, since, sure_until};
use crate::statement::TxId;
use crate::time::ValidTime;

/// The versions of a subject, in order of valid time.
pub(super) fn version_rows(plan: &SubjectsPlan, timeline: &Timeline, stored: &StoredRules) -> Vec<Row> {
    let history = stored.rulebook.history(timeline, plan.knowledge());
    let rows = (0..history.versions().len()).map(|version| version_row(plan, &history, version, stored));
    let inside = |row: &VersionRow| plan.range.meets(Some(row.from.0), row.until.map(|until| until.0));
    rows.filter(inside).map(|row| Row::Version(Box::new(row))).collect()
}

pub(super) fn version_row(
    plan: &SubjectsPlan,
    history: &History,
    version: usize,
    stored: &StoredRules,
) -> VersionRow {
    let this = &history.versions()[version];
    let set_by = history.statement(version);
    let last = last_time(history, version, plan.basis.valid_at);
    let (seen_since, changed_after) = match since(history, version) {
        Since::Announced(_) => (None, None),
        Since::Seen { at, changed_after } => (Some(at), changed_after),
    };
    VersionRow {
        subject: history.timeline().subject().clone(),
        number: version + 1,
        from: this.from,
        until: history.versions().get(version + 1).map(|next| next.from),
        statement: set_by.id,
        kind: set_by.statement.claim.kind(),
        source: source_ref(set_by, stored),
        rule: history.rule(version).map(|rule| summary(rule)),
        rolled_out_at: rolled_out_at(history, version),
        certain_until: certain_until(history, version),
        certainty: certainty_over(
            history,
            version,
            [this.from, last],
            Reach::Table,
            plan.knowledge(),
            stored,
        ),
        last_confirmed_at: last_confirmed_at(history, version),
        seen_since,
        changed_after,
        verdict: effect_of(history, version).map(|effect| effect.verdict()),
        tx: TxId(stored.tx),
    }
}

/// When the roll-out of a version closes; `None` where there is none.
pub(super) fn rolled_out_at(history: &History, version: usize) -> Option<ValidTime> {
    let this = &history.versions()[version];
    (this.rolled_out_at > this.from).then_some(this.rolled_out_at)
}

/// The newest observation that showed the rule of a version; `None` where none did.
pub(super) fn last_confirmed_at(history: &History, version: usize) -> Option<ValidTime> {
    let this = &history.versions()[version];
    let is_observation = history.statement(version).statement.claim.is_observation();
    let is_seen = is_observation || !this.confirmed_by.is_empty();
    is_seen.then(|| sure_until(history, version))
}

/// The last time at which the rule of a version is certain, where an observation and not a change begins the
/// next one.
pub(super) fn certain_until(history: &History, version: usize) -> Option<ValidTime> {
    let next = history.versions().get(version + 1)?;
    let next_seen = history.statement(version + 1).statement.claim.is_observation();
    let last = sure_until(history, version);
    (next_seen && last < next.from).then_some(last)
}

/// What a version does against the one before it; `None` where one of them has no rule.
pub(super) fn effect_of(history: &History, version: usize) -> Option<Effect> {
    let before = version.checked_sub(1).and_then(|before| history.rule(before))?;
    effect(before, history.rule(version)?)
}

/// A rule in a few figures.
pub(super) fn summary(rule: &Rule) -> RuleSummary {
    let first_ratio =
        rule.tiers().first().filter(|_| rule.kind() != RuleKind::Contract).map(|tier| tier.rate);
    RuleSummary {
        unit: rule.unit().to_string(),
        tiers: rule.tiers().len(),
        limit: rule.limit(),
        max_leverage: rule.highest_leverage(),
        first_ratio,
        class: rule.rank().filter(|_| rule.kind() == RuleKind::Class),
    }
}
