//! A measure of one rule at one notional: pure arithmetic, exact or refused.

use crate::decimal::{self, Decimal};
use crate::query::eval::initial_margin::{initial_margin, not_allowed, rounded_up};
use crate::query::eval::liquidation::{Liquidation, liquidation, notional_at, warnings_of};
use crate::query::plan::at::Argument;
use crate::query::plan::isolated::Isolated;
use crate::query::rows::{Status, TierView, Warning};
use crate::query::syntax::measure::Measure;
use crate::rule::{PlacedRule, PrintedTier, Reading, Rule, RuleKind, Tier};
use crate::text::Span;

/// What a rule answers.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// What became of the question.
    pub status: Status,
    /// The value; absent where there is no limit, or where `status` is not `Value`.
    pub value: Option<Decimal>,
    /// Why there is no value.
    pub message: Option<String>,
    /// The tier that answers.
    pub tier: Option<TierView>,
    /// The bytes of the row that answers.
    pub span: Option<Span>,
    /// What else should be known.
    pub warnings: Vec<Warning>,
}

/// The measure of a rule. `at` is what the plan has made sure of: an amount, a leverage, or nothing, as the
/// measure takes. With `as_published`, a question that the printed bounds do not answer is refused, not
/// repaired.
pub fn evaluate(rule: &PlacedRule, measure: Measure, at: Option<Argument>, as_published: bool) -> Outcome {
    match at {
        // The tiers of an asset's class are another rule.
        _ if rule.kind() == RuleKind::Class => refused("the tiers are those of its class".to_string()),
        _ if measure == Measure::Limit => limit(rule),
        Some(Argument::Leverage(leverage)) => max_position(rule, leverage, as_published),
        Some(Argument::Isolated(position)) => liquidation_price(rule, position, as_published),
        _ if rule.kind() == RuleKind::Flat => {
            let span = rule.row_spans().next();
            Outcome { span, ..with_value(value(rule, measure, at)) }
        }
        _ => of_tier(rule, measure, at, as_published),
    }
}

/// What [`evaluate`] gives for the repaired reading, in numbers alone.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Brief {
    /// What became of the question.
    pub status: Status,
    /// The value.
    pub value: Option<Decimal>,
    /// The place of the tier that answers.
    pub tier: Option<usize>,
}

/// The measure of a rule as [`evaluate`] gives it for the repaired reading, without words and places: for many
/// questions at a time.
pub fn brief(rule: &Rule, measure: Measure, at: Option<Argument>) -> Brief {
    let without = |status| Brief { status, value: None, tier: None };
    let limited_by = |cap| Brief { status: limited(cap), value: cap, tier: None };
    let valued = |value: Option<Decimal>, tier| Brief {
        status: if value.is_some() { Status::Value } else { Status::Unknown },
        value,
        tier,
    };
    match at {
        _ if rule.kind() == RuleKind::Class => without(Status::Unknown),
        _ if measure == Measure::Limit => limited_by(rule.limit()),
        Some(Argument::Leverage(leverage)) => match rule.last_tier_allowing(leverage) {
            Some(tier) => Brief { tier: Some(tier.number as usize - 1), ..limited_by(tier.cap) },
            None => without(Status::AboveLimit),
        },
        Some(Argument::Isolated(position)) => match liquidation(rule, position) {
            Liquidation::At { price, tier } => Brief { tier: Some(tier), ..valued(Some(price.value), None) },
            other => without(other.status()),
        },
        _ if rule.kind() == RuleKind::Flat => valued(value(rule, measure, at), None),
        _ => {
            let amount = at.and_then(Argument::amount).unwrap_or_default();
            let leverage = at.and_then(Argument::leverage);
            let Some(tier) = rule.tier_at(amount) else { return without(Status::AboveLimit) };
            let is_refused =
                |leverage| leverage == 0 || tier.max_leverage().is_some_and(|highest| leverage > highest);
            if leverage.is_some_and(is_refused) {
                return without(Status::AboveLimit);
            }
            let place = Some(tier.number as usize - 1);
            match measure == Measure::Room && tier.cap.is_none() {
                true => Brief { tier: place, ..without(Status::NoLimit) },
                false => valued(tier_value(tier, measure, amount, leverage), place),
            }
        }
    }
}

/// The value that [`evaluate`] gives for the repaired reading, without how it comes about: for many figures
/// at a time.
pub fn value(rule: &Rule, measure: Measure, at: Option<Argument>) -> Option<Decimal> {
    match at {
        _ if measure == Measure::Limit => rule.limit(),
        Some(Argument::Leverage(leverage)) => rule.last_tier_allowing(leverage)?.cap,
        Some(Argument::Isolated(position)) => match liquidation(rule, position) {
            Liquidation::At { price, .. } => Some(price.value),
            _ => None,
        },
        _ => {
            let amount = at.and_then(Argument::amount).unwrap_or_default();
            tier_value(rule.tier_at(amount)?, measure, amount, at.and_then(Argument::leverage))
        }
    }
}

/// The tiers of a rule as they answer, each with the warning that its floor is repaired; with `as_published`,
/// with the printed floors, and without amounts that only the repaired reading gives. A flat ratio has none.
pub fn tier_views(rule: &PlacedRule, as_published: bool) -> Vec<(TierView, Option<Warning>)> {
    if matches!(rule.kind(), RuleKind::Flat | RuleKind::Class) {
        return Vec::new();
    }
    let warned = |index| {
        let view = TierView::of(rule, index, as_published);
        let warning = (view.reading == Reading::Repaired).then(|| repaired_floor(rule, index));
        (view, warning)
    };
    (0..rule.tiers().len()).map(warned).collect()
}

fn limit(rule: &Rule) -> Outcome {
    let cap = rule.limit();
    let message = cap.is_none().then(|| format!("the last tier is open, in {}", rule.unit()));
    let status = limited(cap);
    Outcome { status, value: cap, message, tier: None, span: None, warnings: Vec::new() }
}

fn max_position(rule: &PlacedRule, leverage: u32, as_published: bool) -> Outcome {
    let Some(tier) = rule.last_tier_allowing(leverage) else {
        let highest = rule.highest_leverage().unwrap_or(1);
        return no_value(
            Status::AboveLimit,
            format!("no tier allows {leverage}x: the highest leverage is {highest}x"),
        );
    };
    let view = TierView::of(rule, tier.number as usize - 1, as_published);
    let message = tier.cap.is_none().then(|| format!("the last tier that allows {leverage}x is open"));
    Outcome {
        status: limited(tier.cap),
        value: tier.cap,
        message,
        span: Some(view.span),
        tier: Some(view),
        warnings: Vec::new(),
    }
}

/// Whether a cap limits anything.
fn limited(cap: Option<Decimal>) -> Status {
    if cap.is_some() { Status::Value } else { Status::NoLimit }
}

/// The measure at an amount, in the tier that contains it.
fn of_tier(rule: &PlacedRule, measure: Measure, at: Option<Argument>, as_published: bool) -> Outcome {
    let amount = at.and_then(Argument::amount).unwrap_or_default();
    let leverage = at.and_then(Argument::leverage);
    let Some(repaired) = rule.tier_at(amount).map(|tier| tier.number as usize - 1) else {
        return no_value(Status::AboveLimit, above_limit(rule, amount));
    };
    let found = match tier_that_answers(rule, measure, (amount, repaired), as_published) {
        Ok(found) => found,
        Err(message) => return refused(message),
    };
    let tier = &rule.tiers()[found.index];
    if let Some(message) = leverage.and_then(|leverage| not_allowed(tier, amount, rule.unit(), leverage)) {
        return no_value(Status::AboveLimit, message);
    }
    let mut warnings = found.warnings;
    if measure == Measure::InitialMargin {
        warnings.extend(rounded_up(tier, amount, leverage));
    }
    let outcome = match measure == Measure::Room && tier.cap.is_none() {
        true => no_value(Status::NoLimit, "the last tier is open".to_string()),
        false => with_value(tier_value(tier, measure, amount, leverage)),
    };
    Outcome { span: Some(found.view.span), tier: Some(found.view), warnings, ..outcome }
}

/// The price that liquidates a position, in the tier of its notional at that price.
fn liquidation_price(rule: &PlacedRule, position: Isolated, as_published: bool) -> Outcome {
    let (price, index) = match liquidation(rule, position) {
        Liquidation::At { price, tier } => (price, tier),
        Liquidation::OpenedAboveLimit(notional) => {
            return no_value(Status::AboveLimit, above_limit(rule, notional));
        }
        other => return no_value(other.status(), other.message().to_string()),
    };
    let notional = rule.tiers().get(index).and_then(|tier| notional_at(tier, position, price));
    let place = (notional.unwrap_or_default(), index);
    match tier_that_answers(rule, Measure::LiquidationPrice, place, as_published) {
        Err(message) => refused(message),
        Ok(TierThatAnswers { view, mut warnings, .. }) => {
            warnings.extend(warnings_of(rule, position, price));
            Outcome { span: Some(view.span), tier: Some(view), warnings, ..with_value(Some(price.value)) }
        }
    }
}

fn above_limit(rule: &Rule, amount: Decimal) -> String {
    let last = rule.printed().last().map_or(String::new(), |row| decimal::canonical(row.cap.value()));
    let (amount, unit) = (decimal::canonical(amount), rule.unit());
    format!("{amount} {unit} is over the last cap, {last} {unit}: no rule is known for it")
}

/// The tier that answers, and what should be known of its bounds.
struct TierThatAnswers {
    index: usize,
    view: TierView,
    warnings: Vec<Warning>,
}

/// The tier of an amount whose place is `repaired` in the repaired reading.
///
/// # Errors
/// As published there is no answer: why.
fn tier_that_answers(
    rule: &PlacedRule,
    measure: Measure,
    (amount, repaired): (Decimal, usize),
    as_published: bool,
) -> Result<TierThatAnswers, String> {
    let index = if as_published { published_tier(rule, amount, repaired)? } else { repaired };
    let broken = rule.tiers()[..=index].iter().position(|tier| tier.reading == Reading::Repaired);
    let broken = broken.filter(|_| measure.depends_on_lower_tiers());
    if let (true, Some(broken)) = (as_published, broken) {
        return Err(format!(
            "as published there is no {}: it depends on the floor of tier {}, which breaks the chain",
            measure.words(),
            broken + 1
        ));
    }
    let view = TierView::of(rule, index, as_published);
    let warnings = match (view.reading, broken) {
        (Reading::Repaired, _) => vec![repaired_floor(rule, index)],
        (Reading::AsPublished, Some(broken)) => vec![Warning {
            code: "repaired_below",
            message: format!("the floor of tier {}, which this depends on, is repaired", broken + 1),
        }],
        (Reading::AsPublished, None) => Vec::new(),
    };
    Ok(TierThatAnswers { index, view, warnings })
}

fn tier_value(tier: &Tier, measure: Measure, amount: Decimal, leverage: Option<u32>) -> Option<Decimal> {
    match measure {
        Measure::InitialMargin => initial_margin(tier, amount, leverage).map(|(value, _)| value),
        Measure::Mmr | Measure::Ratio => Some(tier.rate),
        Measure::Amount => Some(tier.amount),
        Measure::MaxLeverage => tier.max_leverage().map(Decimal::from),
        Measure::Tier => Some(Decimal::from(tier.number)),
        Measure::Room => decimal::subtract(tier.cap?, amount),
        Measure::LiquidationPrice => None,
        _ => tier.value(amount),
    }
}

/// The place of the one tier that contains `amount` as printed, or why there is none; `repaired` is its place
/// in the repaired reading.
fn published_tier(rule: &Rule, amount: Decimal, repaired: usize) -> Result<usize, String> {
    let contains = |row: &PrintedTier| {
        let floor = row.floor.value();
        let above = amount > floor || (amount.is_zero() && floor.is_zero());
        above && row.cap.cap().is_none_or(|cap| amount <= cap)
    };
    let rows = rule.printed();
    let containing: Vec<usize> = (0..rows.len()).filter(|&index| contains(&rows[index])).collect();
    let count = match containing.as_slice() {
        [index] => return Ok(*index),
        [] => "no tier contains".to_string(),
        several => format!("{} tiers contain", several.len()),
    };
    let (floor, cap) = (rows[repaired].floor.text(), rows[repaired].cap.text());
    let amount = decimal::canonical(amount);
    let number = repaired + 1;
    Err(format!("{count} {amount} as published: tier {number} is printed as {floor} < Position ≤ {cap}"))
}

/// The warning of a tier whose floor is not the printed one, in the figures as printed.
fn repaired_floor(rule: &Rule, index: usize) -> Warning {
    let rows = rule.printed();
    let printed = rows[index].floor.text();
    let used = index.checked_sub(1).map_or("0", |before| rows[before].cap.text());
    let message =
        format!("tier {} is printed with floor {printed}; the cap before it, {used}, is used", index + 1);
    Warning { code: "repaired_floor", message }
}

/// A value, or the refusal to round one.
fn with_value(value: Option<Decimal>) -> Outcome {
    match value {
        Some(_) => Outcome {
            status: Status::Value,
            value,
            message: None,
            tier: None,
            span: None,
            warnings: Vec::new(),
        },
        None => refused("the exact value needs more than 28 digits".to_string()),
    }
}

fn refused(message: String) -> Outcome {
    no_value(Status::Unknown, message)
}

fn no_value(status: Status, message: String) -> Outcome {
    Outcome { status, value: None, message: Some(message), tier: None, span: None, warnings: Vec::new() }
}
