//! The rows of a measure of a subject: one resolution, arithmetic for each notional.

use crate::finding::{Finding, FindingCode, Severity};
use crate::query::eval::certainty::{Reach, certainty, certainty_of_end, holds};
use crate::query::eval::class::of_class;
use crate::query::eval::evaluate::{Outcome, evaluate, tier_views};
use crate::query::eval::no_rule::why_no_rule;
use crate::query::eval::stored::{StoredRules, source_ref, source_warning};
use crate::query::plan::MeasurePlan;
use crate::query::plan::at::Argument;
use crate::query::rows::address::Address;
use crate::query::rows::{
    Certainty, Context, MeasureRow, Row, SourceRef, Status, TierRow, TierView, Warning,
};
use crate::query::syntax::measure::Measure;
use crate::rule::{PlacedRule, Reading};
use crate::rulebook::holds::Holds;
use crate::rulebook::resolve::{Resolved, Since};
use crate::rulebook::{Knowledge, Timeline};
use crate::statement::{At, Recorded, Subject, TxId};
use crate::text::Span;

/// The rows of a measure of one subject: for each notional, or for each tier.
pub(super) fn measure_rows(plan: &MeasurePlan, timeline: &Timeline, stored: &StoredRules) -> Vec<Row> {
    let resolved = stored.rulebook.resolve(timeline, plan.basis);
    if plan.measure == Measure::Tiers {
        return tier_rows(plan, timeline, &resolved, stored);
    }
    let row = |at| Row::Measure(Box::new(measure_row(plan, at, timeline, &resolved, stored)));
    plan.at_of(timeline.subject()).into_iter().map(row).collect()
}

fn measure_row(
    plan: &MeasurePlan,
    at: Option<Argument>,
    timeline: &Timeline,
    resolved: &Resolved,
    stored: &StoredRules,
) -> MeasureRow {
    let holds = holds_of(plan, resolved, stored);
    let row = MeasureRow {
        context: context(plan, timeline, resolved, holds, stored),
        address: address(plan, at, timeline, stored),
        measure: plan.measure,
        at,
        unit: unit(plan.measure, timeline, resolved),
        status: Status::Value,
        value: None,
        message: None,
        tier: None,
        certainty: None,
        reading: None,
        warnings: Vec::new(),
    };
    let in_force = match resolved {
        Resolved::InForce(in_force) => in_force,
        other => {
            let (status, message) = why_no_rule(other, plan, stored);
            let certainty = doubt_of_end(other, stored);
            return MeasureRow { status, message: Some(message), certainty, ..row };
        }
    };
    let class = match of_class(timeline.subject(), in_force, plan, stored) {
        Some(Ok(class)) => Some(class),
        Some(Err((status, message))) => return MeasureRow { status, message: Some(message), ..row },
        None => None,
    };
    let rule = class.as_ref().map_or(in_force.rule, |class| class.tiers.rule);
    let outcome = evaluate(rule, plan.measure, at, plan.as_published);
    let reach = Reach::of(plan.measure, outcome.tier.as_ref().map(|tier| tier.number));
    let value_under = |rule: &PlacedRule| evaluate(rule, plan.measure, at, plan.as_published).value;
    let mut context = row.context;
    context.class = class.as_ref().map(|class| class.reference(stored));
    if let Some(source) = place_of_tiers(&mut context) {
        source.row_span = outcome.span;
        source.cells = outcome.tier.as_ref().map(|tier| tier.cells.clone()).unwrap_or_default();
    }
    let set_by = class.as_ref().map_or(in_force.set_by, |class| class.tiers.set_by);
    let mut warnings = warnings_of(&outcome, set_by, stored);
    let certainty = match &class {
        Some(class) => class.certainty(plan, at, reach, stored),
        None => certainty(in_force, reach, holds, value_under, stored),
    };
    warnings.extend(class.and_then(|class| class.source_warning(&warnings, stored)));
    warnings.extend(left_out(plan, timeline));
    MeasureRow {
        context,
        status: outcome.status,
        value: outcome.value,
        message: outcome.message,
        reading: Some(outcome.tier.as_ref().map_or(Reading::AsPublished, |tier| tier.reading)),
        tier: outcome.tier,
        certainty: Some(certainty),
        warnings,
        ..row
    }
}

/// The source that has the tiers: that of the class, where an asset has the tiers of one.
fn place_of_tiers(context: &mut Context) -> Option<&mut SourceRef> {
    match &mut context.class {
        Some(class) => class.source.as_mut(),
        None => context.source.as_mut(),
    }
}

fn doubt_of_end(resolved: &Resolved, stored: &StoredRules) -> Option<Certainty> {
    match resolved {
        Resolved::Ended { by } => certainty_of_end(by, stored),
        _ => None,
    }
}

fn tier_rows(plan: &MeasurePlan, timeline: &Timeline, resolved: &Resolved, stored: &StoredRules) -> Vec<Row> {
    let holds = holds_of(plan, resolved, stored);
    let context = context(plan, timeline, resolved, holds, stored);
    let unit = unit(Measure::Limit, timeline, resolved);
    let without_tiers = |(status, message): (Status, String)| {
        let row = TierRow {
            context: context.clone(),
            address: address(plan, None, timeline, stored),
            status,
            message: Some(message),
            unit: unit.clone(),
            tier: None,
            certainty: doubt_of_end(resolved, stored),
            warnings: Vec::new(),
        };
        vec![Row::Tier(Box::new(row))]
    };
    let Resolved::InForce(in_force) = resolved else {
        return without_tiers(why_no_rule(resolved, plan, stored));
    };
    let class = match of_class(timeline.subject(), in_force, plan, stored) {
        Some(Ok(class)) => Some(class),
        Some(Err(why)) => return without_tiers(why),
        None => None,
    };
    let certain = match &class {
        Some(class) => class.certainty(plan, None, Reach::Table, stored),
        None => certainty(in_force, Reach::Table, holds, |_| None, stored),
    };
    let row = |(tier, warning): (TierView, Option<Warning>)| {
        let mut context = context.clone();
        context.class = class.as_ref().map(|class| class.reference(stored));
        if let Some(source) = place_of_tiers(&mut context) {
            source.row_span = Some(tier.span);
            source.cells.clone_from(&tier.cells);
        }
        let set_by = class.as_ref().map_or(in_force.set_by, |class| class.tiers.set_by);
        let mut warnings: Vec<Warning> = warning.into_iter().chain(source_warning(set_by, stored)).collect();
        warnings.extend(class.as_ref().and_then(|class| class.source_warning(&warnings, stored)));
        Row::Tier(Box::new(TierRow {
            context,
            address: address(plan, None, timeline, stored),
            status: Status::Value,
            message: None,
            unit: unit.clone(),
            tier: Some(tier),
            certainty: Some(certain.clone()),
            warnings,
        }))
    };
    let rule = class.as_ref().map_or(in_force.rule, |class| class.tiers.rule);
    tier_views(rule, plan.as_published).into_iter().map(row).collect()
}

/// How probable it is that the rule in force still is; no probability where none is.
pub(super) fn holds_of(plan: &MeasurePlan, resolved: &Resolved, stored: &StoredRules) -> Holds {
    match resolved {
        Resolved::InForce(in_force) => holds(in_force, Knowledge::of(&plan.basis), stored),
        _ => Holds { probability: None, is_fresh: false },
    }
}

pub(super) fn context(
    plan: &MeasurePlan,
    timeline: &Timeline,
    resolved: &Resolved,
    holds: Holds,
    stored: &StoredRules,
) -> Context {
    let mut context = Context {
        subject: timeline.subject().clone(),
        basis: plan.basis,
        tx: TxId(stored.tx),
        in_force_since: None,
        seen_since: None,
        changed_after: None,
        last_confirmed_at: None,
        holds: holds.percent(),
        next_change_at: None,
        source: None,
        class: None,
    };
    let valid_at = |recorded: &Recorded| recorded.statement.claim.valid_at();
    match resolved {
        Resolved::InForce(in_force) => {
            match in_force.since {
                Since::Announced(at) => context.in_force_since = Some(at),
                Since::Seen { at, changed_after } => {
                    (context.seen_since, context.changed_after) = (Some(at), changed_after);
                }
            }
            context.last_confirmed_at = Some(in_force.last_confirmed_at);
            context.next_change_at = in_force.next_change.map(valid_at);
            context.source = source_ref(in_force.set_by, stored);
        }
        Resolved::Ended { by } | Resolved::Launched { by, .. } => context.source = source_ref(by, stored),
        Resolved::Unknown { .. } | Resolved::NotKnownThen { .. } => {}
    }
    context
}

/// The name of an answer: what was recorded by the newest transaction that counts.
pub(super) fn address(
    plan: &MeasurePlan,
    at: Option<Argument>,
    timeline: &Timeline,
    stored: &StoredRules,
) -> Address {
    let At { valid_at, known_at, recorded_by } = plan.basis;
    let tx = match recorded_by {
        None => TxId(stored.tx),
        Some(by) => stored.newest_by(by),
    };
    let (subject, measure) = (timeline.subject().clone(), plan.measure);
    Address { subject, measure, at, valid_at, known_at, tx, as_published: plan.as_published }
}

/// What should be known of an answer: of its tier, of the row as printed, of the source.
pub(super) fn warnings_of(outcome: &Outcome, set_by: &Recorded, stored: &StoredRules) -> Vec<Warning> {
    // A flat ratio has no tier: the whole row of the asset answers.
    let row_span = outcome.span.map(|span| if outcome.tier.is_some() { span } else { set_by.statement.span });
    let unexpected = unexpected_print(set_by, row_span, stored);
    outcome.warnings.iter().cloned().chain(unexpected).chain(source_warning(set_by, stored)).collect()
}

/// The warnings found about the row that answers, save those that the repaired floor already tells.
fn unexpected_print(set_by: &Recorded, row: Option<Span>, stored: &StoredRules) -> Vec<Warning> {
    let Some(row) = row else { return Vec::new() };
    let covered = [FindingCode::Gap, FindingCode::Overlap, FindingCode::FloorNotBelowCap];
    let name = set_by.statement.subject.name();
    let whole = set_by.statement.span;
    let about_row = |finding: &&Finding| {
        finding.touches(row, whole)
            && finding.code.severity() == Severity::Warning
            && !covered.contains(&finding.code)
            && finding.subjects.iter().any(|subject| subject == name)
    };
    let findings = stored.found_in(set_by).filter(about_row);
    findings
        .map(|finding| Warning { code: finding.code.as_str(), message: finding.message.clone() })
        .collect()
}

/// A warning where the same name has a ratio that depends on the amount, which was not given.
fn left_out(plan: &MeasurePlan, timeline: &Timeline) -> Option<Warning> {
    let same_name = |subject: &&Subject| subject.name() == timeline.subject().name();
    let other = plan.left_out.iter().find(same_name)?;
    let message = format!("{other} is stored too: its ratio depends on the amount, ask `at` one");
    Some(Warning { code: "also_by_amount", message })
}

/// The unit of a measure; a currency is taken from the rule in force, else from any stored rule of the
/// subject.
pub(super) fn unit(measure: Measure, timeline: &Timeline, resolved: &Resolved) -> String {
    match (fixed_unit(measure, timeline.subject()), resolved) {
        (None, Resolved::InForce(in_force)) => in_force.rule.unit().to_string(),
        _ => unit_of(measure, timeline),
    }
}

/// The unit of a measure over all rules of a subject; a currency is taken from the first of them.
pub(super) fn unit_of(measure: Measure, timeline: &Timeline) -> String {
    let any_rule = || timeline.statements().iter().find_map(|recorded| recorded.statement.claim.rule());
    let currency = || any_rule().map_or(String::new(), |rule| rule.unit().to_string());
    fixed_unit(measure, timeline.subject()).map_or_else(currency, str::to_string)
}

/// The unit of a measure that is no amount in the currency of the table.
fn fixed_unit(measure: Measure, subject: &Subject) -> Option<&'static str> {
    match measure {
        // A price is in the quote currency, which is `USD` for every contract that is margined in its coin.
        Measure::LiquidationPrice if subject.program().is_in_coin() => Some("USD"),
        Measure::Mmr | Measure::Ratio => Some("fraction"),
        Measure::MaxLeverage => Some("x"),
        Measure::Tier => Some("tier"),
        _ => None,
    }
}
