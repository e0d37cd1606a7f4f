//! What changed: every step from one version to the next, decided exactly, and picked by what it does.

use crate::decimal::{self, Decimal};
use crate::liquidation::Side;
use crate::query::eval::certainty::{Reach, certainty_over};
use crate::query::eval::evaluate::evaluate;
use crate::query::eval::stored::StoredRules;
use crate::query::eval::versions::{certain_until, effect_of, summary};
use crate::query::plan::at::Argument;
use crate::query::plan::conditions::{Moves, Size};
use crate::query::plan::over_time::{By, SubjectsPlan};
use crate::query::rows::Status;
use crate::query::rows::over_time::ChangeRow;
use crate::query::syntax::measure::Measure;
use crate::rule::{PlacedRule, RuleKind};
use crate::rulebook::history::{Folded, History};
use crate::statement::{Program, Subject, TxId};
use crate::time::{TimeSpan, Timestamp};
use std::cmp::Reverse;
use std::sync::Arc;
use std::vec;

/// The changes of all subjects in the order of the time that they are picked by, or of their sizes. What is kept
/// is that order and the versions; a row is made when it is its turn.
#[derive(Debug)]
pub struct Changes {
    /// The subjects with changes, each with its versions.
    histories: Vec<(Subject, Arc<Folded>)>,
    /// The places of the subject and of the version of each change that is left.
    order: vec::IntoIter<(usize, usize)>,
}

impl Changes {
    /// The changes that a plan asks for.
    pub(super) fn of(plan: &SubjectsPlan, stored: &StoredRules) -> Changes {
        let mut histories: Vec<(Subject, Arc<Folded>)> = Vec::new();
        let mut found: Vec<(Reverse<Decimal>, Timestamp, usize, usize)> = Vec::new();
        for timeline in plan.subjects.iter().filter_map(|subject| stored.rulebook.timeline(subject)) {
            let history = stored.rulebook.history(timeline, plan.knowledge());
            let place = histories.len();
            let known = found.len();
            found.extend(picked(plan, &history).map(|version| {
                let size = if plan.largest_first { size(&history, version) } else { Decimal::ZERO };
                (Reverse(size), timestamp(&history, version, plan.by), place, version)
            }));
            if found.len() > known {
                histories.push((timeline.subject().clone(), history.folded()));
            }
        }
        // The subjects of a plan are in order.
        found.sort_unstable();
        let order: Vec<(usize, usize)> =
            found.into_iter().map(|(_, _, place, version)| (place, version)).collect();
        Changes { histories, order: order.into_iter() }
    }

    /// The next change; `None` after the last one.
    pub(super) fn next(&mut self, plan: &SubjectsPlan, stored: &StoredRules) -> Option<ChangeRow> {
        loop {
            let (place, version) = self.order.next()?;
            let (subject, folded) = &self.histories[place];
            let history = History::of(stored.rulebook.timeline(subject)?, folded.clone());
            let row = change_row(plan, &history, version, stored);
            if fits(plan, &row, &history, version) {
                return Some(row);
            }
        }
    }
}

/// The changes of one subject in the range of a plan, in order of valid time.
pub(super) fn changes_of(
    plan: &SubjectsPlan,
    history: &History,
    stored: &StoredRules,
) -> impl Iterator<Item = ChangeRow> {
    let rows = picked(plan, history).map(|version| (version, change_row(plan, history, version, stored)));
    rows.filter(|(version, row)| fits(plan, row, history, *version)).map(|(_, row)| row)
}

/// The versions of a subject that are changes in the range of a plan.
fn picked(plan: &SubjectsPlan, history: &History) -> impl Iterator<Item = usize> {
    let is_inside = |version: usize| plan.range.contains(timestamp(history, version, plan.by));
    (0..history.versions().len())
        .filter(move |version| is_inside(*version) && wanted(plan, history, *version))
}

/// The largest rise or fall of what a position pays or a collateral is worth; 0 where there is nothing to
/// compare.
fn size(history: &History, version: usize) -> Decimal {
    let effect = effect_of(history, version);
    let moves = effect.iter().flat_map(|effect| [effect.largest_rise, effect.largest_fall]);
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
            let program = history.timeline().subject().program();
            let at = at.map(|at| at.on(program));
            let before = version.checked_sub(1).and_then(|v| history.rule(v));
            before.zip(history.rule(version)).is_some_and(|(before, after)| {
                let values = (value(before, *measure, at), value(after, *measure, at));
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
        // A long position that nothing liquidates has a price below all, and one at an unknown price cannot move.
        (Status::NoLimit, None) if is_long(at) => Some(Value::Of(Decimal::ZERO)),
        (Status::AboveLimit, _) if measure == Measure::LiquidationPrice => None,
        (Status::Value | Status::NoLimit, None) => Some(Value::Unbounded),
        (Status::AboveLimit, _)
            if matches!(measure, Measure::MaxLeverage | Measure::MaxPosition | Measure::Room) =>
        {
            Some(Value::Of(Decimal::ZERO))
        }
        (Status::AboveLimit, _) => Some(Value::Unbounded),
        _ => None,
    }
}

fn is_long(at: Option<Argument>) -> bool {
    matches!(at, Some(Argument::Isolated(position)) if position.side() == Side::Long)
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
