//! What changed: every step from one version to the next, decided exactly, and picked by what it does.

use crate::decimal::{self, Decimal};
use crate::query::eval::certainty::{Reach, certainty_over};
use crate::query::eval::evaluate::evaluate;
use crate::query::eval::stored::StoredRules;
use crate::query::eval::versions::{certain_until, effect_of, summary};
use crate::query::plan::at::Argument;
use crate::query::plan::conditions::{Moves, Size};
use crate::query::plan::over_time::{By, SubjectsPlan};
use crate::query::rows::over_time::ChangeRow;
use crate::query::rows::{Row, Status};
use crate::query::syntax::measure::Measure;
use crate::rule::{PlacedRule, RuleKind};
use crate::rulebook::history::History;
use crate::statement::{Program, TxId};
use crate::time::{TimeSpan, Timestamp};

/// The changes of all subjects, in the order of the time that they are picked by.
pub(super) fn change_rows(plan: &SubjectsPlan, stored: &StoredRules) -> Vec<Row> {
    let mut rows: Vec<Box<ChangeRow>> = Vec::new();
    for timeline in plan.subjects.iter().filter_map(|subject| stored.rulebook.timeline(subject)) {
        let history = stored.rulebook.history(timeline, plan.knowledge());
        for version in 0..history.versions().len() {
            if plan.range.contains(timestamp(&history, version, plan.by)) && wanted(plan, &history, version) {
                rows.extend(
                    Some(Box::new(change_row(plan, &history, version, stored)))
                        .filter(|row| fits(plan, row, &history, version)),
                );
            }
        }
    }
    rows.sort_by(|a, b| {
        let at = |row: &ChangeRow| match plan.by {
            By::Effective => row.effective_at.0,
            By::Published => row.published_at.0,
            By::Recorded => row.recorded_at.0,
        };
        (at(a), &a.subject).cmp(&(at(b), &b.subject))
    });
    if plan.largest_first {
        rows.sort_by_key(|row| std::cmp::Reverse(size(row)));
    }
    rows.into_iter().map(Row::Change).collect()
}

/// The largest rise or fall of what a position pays or a collateral is worth; 0 where there is nothing to
/// compare.
fn size(row: &ChangeRow) -> Decimal {
    let moves = row.effect.iter().flat_map(|effect| [effect.largest_rise, effect.largest_fall]);
    moves.flatten().map(|change| change.by.abs()).max().unwrap_or_default()
}

fn timestamp(history: &History, version: usize, by: By) -> Timestamp {
    let set_by = history.statement(version);
    match by {
        By::Effective => history.versions()[version].from.0,
        By::Published => set_by.published_at.0,
        By::Recorded => set_by.recorded_at.0,
    }
}

/// Whether a version is a change at all: the first observation of a subject is only where knowledge of it
/// begins.
fn wanted(plan: &SubjectsPlan, history: &History, version: usize) -> bool {
    let observation = history.statement(version).statement.claim.is_observation();
    !(observation && (version == 0 || plan.announced_only))
}

fn change_row(plan: &SubjectsPlan, history: &History, version: usize, stored: &StoredRules) -> ChangeRow {
    let set_by = history.statement(version);
    let (before, after) = (version.checked_sub(1).and_then(|v| history.rule(v)), history.rule(version));
    let effect = effect_of(history, version);
    let verdict = effect.as_ref().map(crate::rule::effect::Effect::verdict);
    let is_observation = set_by.statement.claim.is_observation();
    let effective_at = history.versions()[version].from;
    let ahead = effective_at.0.micros() - set_by.published_at.0.micros();
    ChangeRow {
        subject: history.timeline().subject().clone(),
        effective_at,
        after: version.checked_sub(1).and_then(|before| certain_until(history, before)),
        kind: set_by.statement.claim.kind(),
        statement: set_by.id,
        published_at: set_by.published_at,
        recorded_at: set_by.recorded_at,
        notice: (!is_observation && ahead >= 0).then(|| TimeSpan::from_micros(ahead)),
        verdict,
        before: before.map(|rule| summary(rule)),
        after_rule: after.map(|rule| summary(rule)),
        effect,
        certainty: certainty_over(
            history,
            version,
            [effective_at, effective_at],
            Reach::Table,
            plan.knowledge(),
            stored,
        ),
        tx: TxId(stored.tx),
    }
}

fn fits(plan: &SubjectsPlan, row: &ChangeRow, history: &History, version: usize) -> bool {
    plan.conditions.iter().all(|condition| match condition {
        Moves::Verdict(verdict) => row.verdict == Some(*verdict),
        Moves::Measure { measure, at, up, by } => {
            let before = version.checked_sub(1).and_then(|v| history.rule(v));
            before.zip(history.rule(version)).is_some_and(|(before, after)| {
                let values = (value(before, *measure, *at), value(after, *measure, *at));
                values.0.zip(values.1).is_some_and(|(before, after)| moves(before, after, *up, *by))
            })
        }
    })
}

/// A value on a line that ends in "no limit".
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
enum Value {
    Of(Decimal),
    Unbounded,
}

/// The value of a measure under a rule; `None` where the rule does not have the measure, or has no exact
/// value.
///
/// Above the last cap no position is allowed: its margin is unbounded, its leverage 0.
fn value(rule: &PlacedRule, measure: Measure, at: Option<Argument>) -> Option<Value> {
    let program = match rule.kind() {
        RuleKind::Contract => Program::Usdm,
        RuleKind::Flat => Program::Pm,
        RuleKind::Collateral | RuleKind::Class => Program::PmPro,
    };
    if !measure.applies_to(program) {
        return None;
    }
    let outcome = evaluate(rule, measure, at, false);
    match (outcome.status, outcome.value) {
        (Status::Value, Some(value)) => Some(Value::Of(value)),
        (Status::Value | Status::NoLimit, None) => Some(Value::Unbounded),
        (Status::AboveLimit, _) if matches!(measure, Measure::MaxLeverage | Measure::MaxPosition) => {
            Some(Value::Of(Decimal::ZERO))
        }
        (Status::AboveLimit, _) => Some(Value::Unbounded),
        _ => None,
    }
}

fn moves(before: Value, after: Value, up: Option<bool>, by: Option<Size>) -> bool {
    let right_way = match up {
        Some(true) => after > before,
        Some(false) => after < before,
        None => after != before,
    };
    right_way
        && match (before, after, by) {
            (Value::Of(before), Value::Of(after), Some(size)) => {
                let least = match size {
                    Size::Units(units) => Some(units),
                    Size::Share(share) => decimal::multiply(before, share),
                };
                least.is_some_and(|least| (after - before).abs() >= least)
            }
            _ => true,
        }
}
