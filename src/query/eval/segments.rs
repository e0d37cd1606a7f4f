//! Drawings over the notional: the measure over each tier of the rule in force, exact at both ends of the
//! tier.

use crate::decimal::{self, Decimal};
use crate::query::eval::certainty::{Reach, certainty, holds};
use crate::query::eval::evaluate::{Outcome, evaluate};
use crate::query::eval::initial_margin::initial_margin;
use crate::query::eval::measures::{address, context, holds_of, unit, warnings_of};
use crate::query::eval::no_rule::why_no_rule;
use crate::query::eval::stored::StoredRules;
use crate::query::plan::MeasurePlan;
use crate::query::plan::at::Argument;
use crate::query::rows::segments::{Segment, SegmentRow, Side};
use crate::query::rows::{Row, Status};
use crate::query::syntax::measure::Measure;
use crate::rule::{PlacedRule, RuleKind, Tier};
use crate::rulebook::resolve::Resolved;
use crate::rulebook::{Knowledge, Timeline};

/// The segments of a subject, those before in front of those after.
pub(super) fn segment_rows(plan: &MeasurePlan, timeline: &Timeline, stored: &StoredRules) -> Vec<Row> {
    let sides = match plan.after {
        None => vec![(None, plan.basis)],
        Some(after) => vec![(Some(Side::Before), plan.basis), (Some(Side::After), after)],
    };
    let mut rows = Vec::new();
    for (side, basis) in &sides {
        let ask = MeasurePlan { basis: *basis, ..plan.clone() };
        rows.extend(side_rows(&ask, *side, plan.up_to, timeline, stored));
    }
    rows.into_iter().map(|row| Row::Segment(Box::new(row))).collect()
}

fn side_rows(
    ask: &MeasurePlan,
    side: Option<Side>,
    end: Option<Decimal>,
    timeline: &Timeline,
    stored: &StoredRules,
) -> Vec<SegmentRow> {
    let resolved = stored.rulebook.resolve(timeline, ask.basis);
    let flat = matches!(&resolved, Resolved::InForce(in_force) if in_force.rule.kind() == RuleKind::Flat);
    let cited = if flat { Measure::Ratio } else { Measure::Tiers };
    let row = SegmentRow {
        context: context(ask, timeline, &resolved, holds_of(ask, &resolved, stored), stored),
        address: address(&MeasurePlan { measure: cited, ..ask.clone() }, None, timeline, stored),
        measure: ask.measure,
        side,
        unit: unit(ask.measure, timeline, &resolved),
        bounds_unit: unit(Measure::Limit, timeline, &resolved),
        status: Status::Value,
        message: None,
        segment: None,
        certainty: None,
        warnings: Vec::new(),
    };
    let Resolved::InForce(in_force) = &resolved else {
        let (status, message) = why_no_rule(&resolved, ask, stored);
        return vec![SegmentRow { status, message: Some(message), ..row }];
    };
    let holds = holds(in_force, Knowledge::of(&ask.basis), stored);
    let certain = certainty(in_force, Reach::Table, holds, |_| None, stored);
    let drawn = |(segment, outcome): (Segment, Outcome)| {
        let mut context = row.context.clone();
        if let Some(source) = &mut context.source {
            source.row_span = outcome.span;
            source.cells = outcome.tier.as_ref().map(|tier| tier.cells.clone()).unwrap_or_default();
        }
        SegmentRow {
            warnings: warnings_of(&outcome, in_force.set_by, stored),
            context,
            certainty: Some(certain.clone()),
            segment: Some(segment),
            ..row.clone()
        }
    };
    segments(in_force.rule, ask.measure, end).into_iter().map(drawn).collect()
}

/// The segments of a rule up to `end`, each with what the measure answers inside it. A tier that contains no
/// notional, because its cap is the cap before it, has none.
fn segments(rule: &PlacedRule, measure: Measure, end: Option<Decimal>) -> Vec<(Segment, Outcome)> {
    let at = |notional: Decimal| evaluate(rule, measure, Some(Argument::Amount(notional)), false);
    let number = |tier: &Tier| (rule.kind() != RuleKind::Flat).then_some(tier.number);
    let is_line = measure.is_line();
    // The initial margin and the room jump at a cap, which is still in the tier below.
    let start = |tier: &Tier| match measure {
        Measure::InitialMargin => initial_margin(tier, tier.floor, None).map(|(value, _)| value),
        Measure::Room => decimal::subtract(tier.cap?, tier.floor),
        _ => at(tier.floor).value,
    };
    let inside = rule
        .tiers()
        .iter()
        .filter(|tier| tier.cap.is_none_or(|cap| tier.floor < cap) && end.is_none_or(|end| tier.floor < end));
    let segment = |tier: &Tier| {
        let over = tier.floor;
        let up_to = tier.cap.into_iter().chain(end).min();
        let last = up_to.or_else(|| decimal::add(over, Decimal::ONE));
        let outcome = at(last.unwrap_or(over));
        let (value_over, value_up_to) = match (is_line, up_to) {
            (true, None) => (start(tier), None),
            (true, Some(_)) => (start(tier), outcome.value),
            (false, _) => (outcome.value, outcome.value),
        };
        let (number, rate) = (number(tier), Some(tier.rate));
        (Segment { number, over, up_to, value_over, value_up_to, rate, reading: tier.reading }, outcome)
    };
    inside.map(segment).collect()
}
