//! The JSON of answers over time: versions, steps, rectangles, differences, changes.

use serde_json::{Value, json};

use super::values::{certainty, number, source_ref, tier, warning};
use crate::decimal;
use crate::query::plan::ask::Axis;
use crate::query::rows::over_time::{
    AffectedAnswer, ChangeRow, DiffRow, DiffSide, DiffTier, DiffValue, PlaneRow, ReportRow, StepRow, Summary,
    VersionRow,
};
use crate::rule::effect::{Change, Effect, Stretch};
use crate::time::TimeSpan;

/// A version of a rule.
pub fn version(row: &VersionRow) -> Value {
    json!({
        "subject": row.subject.to_string(),
        "version": row.number,
        "from": row.from.to_string(),
        "until": text(row.until),
        "statement": row.statement.to_string(),
        "kind": row.kind,
        "rule": row.rule.as_ref().map(summary),
        "rolled_out_at": text(row.rolled_out_at),
        "certain_until": text(row.certain_until),
        "last_confirmed_at": text(row.last_confirmed_at),
        "verdict": row.verdict.map(|verdict| verdict.name()),
        "source": row.source.as_ref().map(source_ref),
        "tx": row.tx.0,
    })
}

/// A stretch with one answer.
pub fn step(row: &StepRow) -> Value {
    let axis = match row.axis {
        Axis::Published => "published",
        Axis::Recorded => "recorded",
        Axis::Valid | Axis::Plane => "valid",
    };
    json!({
        "subject": row.subject.to_string(),
        "measure": row.measure.key(),
        "at": row.at.map(|at| at.to_string()),
        "unit": row.unit,
        "axis": axis,
        "as_of": text(row.valid_at),
        "from": text(row.from),
        "until": text(row.until),
        "status": row.status.name(),
        "value": number(row.value),
        "rolled_out_at": text(row.rolled_out_at),
        "certain_until": text(row.certain_until),
        "warnings": row.warnings.iter().map(warning).collect::<Vec<_>>(),
        "statements": texts(&row.statements),
        "caused_by": texts(&row.caused_by),
        "tx": row.tx.0,
    })
}

/// A rectangle with one answer.
pub fn plane(row: &PlaneRow) -> Value {
    json!({
        "subject": row.subject.to_string(),
        "measure": row.measure.key(),
        "at": row.at.map(|at| at.to_string()),
        "unit": row.unit,
        "valid_from": text(row.valid_from),
        "valid_until": text(row.valid_until),
        "known_from": text(row.known_from),
        "known_until": text(row.known_until),
        "status": row.status.name(),
        "value": number(row.value),
        "tx": row.tx.0,
    })
}

/// Two bases side by side.
pub fn diff(row: &DiffRow) -> Value {
    json!({
        "subject": row.subject.to_string(),
        "before": side(&row.before),
        "after": side(&row.after),
        "tiers": row.tiers.iter().map(diff_tier).collect::<Vec<_>>(),
        "values": row.values.iter().map(diff_value).collect::<Vec<_>>(),
        "effect": row.effect.as_ref().map(effect),
        "tx": row.tx.0,
    })
}

fn side(side: &DiffSide) -> Value {
    json!({
        "as_of": side.basis.valid_at.to_string(),
        "known_at": text(side.basis.known_at),
        "recorded_by": text(side.basis.recorded_by),
        "status": side.status.name(),
        "rule": side.rule.as_ref().map(summary),
        "statement": text(side.statement.as_ref()),
        "in_force_since": text(side.in_force_since),
        "certainty": side.certainty.as_ref().map(certainty),
        "warnings": side.warnings.iter().map(warning).collect::<Vec<_>>(),
    })
}

fn diff_tier(row: &DiffTier) -> Value {
    json!({
        "before": row.before.as_ref().map(tier),
        "after": row.after.as_ref().map(tier),
        "differs_in": row.fields.iter().map(|field| field.name()).collect::<Vec<_>>(),
    })
}

fn diff_value(value: &DiffValue) -> Value {
    let by = value.before.zip(value.after).and_then(|(before, after)| decimal::subtract(after, before));
    json!({
        "at": decimal::canonical(value.at),
        "before": number(value.before),
        "after": number(value.after),
        "by": number(by),
    })
}

/// A change of a rule.
pub fn change(row: &ChangeRow) -> Value {
    json!({
        "subject": row.subject.to_string(),
        "effective_at": row.effective_at.to_string(),
        "after": text(row.after),
        "kind": row.kind,
        "verdict": row.verdict.map(|verdict| verdict.name()),
        "published_at": row.published_at.to_string(),
        "recorded_at": row.recorded_at.to_string(),
        "notice_seconds": row.notice.map(|notice| notice.micros() / 1_000_000),
        "before": row.before.as_ref().map(summary),
        "after_rule": row.after_rule.as_ref().map(summary),
        "effect": row.effect.as_ref().map(effect),
        "statement": row.statement.to_string(),
        "tx": row.tx.0,
    })
}

/// An answer that a recording would change.
pub fn affected(row: &AffectedAnswer) -> Value {
    json!({
        "subject": row.subject.to_string(),
        "from": row.from.to_string(),
        "until": text(row.until),
        "status_before": row.status_before,
        "status_after": row.status_after,
        "before": row.before.as_ref().map(summary),
        "after": row.after.as_ref().map(summary),
        "effect": row.effect.as_ref().map(effect),
        "statement": text(row.by.as_ref()),
    })
}

/// What a source did; `source` is null for all of them together.
pub fn report(row: &ReportRow) -> Value {
    let seconds = |length: Option<TimeSpan>| length.map(|length| length.micros() / 1_000_000);
    let source = row.source.as_ref().map(|recorded| &recorded.source);
    json!({
        "source": text(source.map(|source| &source.id)),
        "file": source.map(|source| &source.file),
        "published_at": text(source.map(|source| source.published_at)),
        "changes": row.changes,
        "tightened": row.tightened,
        "loosened": row.loosened,
        "mixed": row.mixed,
        "no_effect": row.no_effect,
        "shortest_notice_seconds": seconds(row.shortest_notice),
        "median_notice_seconds": seconds(row.median_notice),
        "longest_notice_seconds": seconds(row.longest_notice),
        "retroactive": row.retroactive,
        "unseen": row.unseen,
        "not_carried_out": row.not_carried_out,
        "carried_out_otherwise": row.carried_out_otherwise,
        "tx": row.tx.0,
    })
}

fn effect(effect: &Effect) -> Value {
    json!({
        "verdict": effect.verdict().name(),
        "value": effect.value().name(),
        "limit": effect.limit().name(),
        "leverage": effect.leverage.name(),
        "limit_before": number(effect.limits.0),
        "limit_after": number(effect.limits.1),
        "largest_rise": effect.largest_rise.map(largest),
        "largest_fall": effect.largest_fall.map(largest),
        "unbounded": effect.unbounded,
        "stretches": effect.stretches.iter().map(stretch).collect::<Vec<_>>(),
    })
}

fn largest(change: Change) -> Value {
    json!({"at": decimal::canonical(change.at), "by": decimal::canonical(change.by)})
}

fn stretch(stretch: &Stretch) -> Value {
    json!({
        "from": decimal::canonical(stretch.from.at),
        "to": number(stretch.to.map(|to| to.at)),
        "exact": stretch.from.exact && stretch.to.is_none_or(|to| to.exact),
        "direction": stretch.direction.name(),
    })
}

fn summary(summary: &Summary) -> Value {
    json!({
        "unit": summary.unit,
        "tiers": summary.tiers,
        "limit": number(summary.limit),
        "max_leverage": summary.max_leverage,
        "first_ratio": number(summary.first_ratio),
    })
}

fn text<T: ToString>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(T::to_string).collect()
}
