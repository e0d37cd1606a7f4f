//! A measure of one rule at one notional: pure arithmetic, exact or refused.

use crate::decimal::{self, Decimal};
use crate::query::plan::at::At;
use crate::query::rows::{Status, TierKind, TierView, Warning};
use crate::query::syntax::measure::Measure;
use crate::rule::{CollateralTable, CollateralTier, FlatRatio, Number, Reading, Rule, Tier, TierTable};
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

/// The measure of a rule. `at` is what the plan has made sure of: an amount, a leverage, or nothing, as the measure
/// takes. With `as_published`, a question that the printed bounds do not answer is refused, not repaired.
pub fn evaluate(rule: &Rule, measure: Measure, at: Option<At>, as_published: bool) -> Outcome {
    match rule {
        Rule::Tiers(table) => contract(table, measure, at, as_published),
        Rule::Collateral(table) => collateral(table, measure, at, as_published),
        Rule::Flat(flat) => flat_ratio(flat, measure, at),
    }
}

/// The value that [`evaluate`] gives for the repaired reading, without how it comes about: for many figures at a time.
pub fn value(rule: &Rule, measure: Measure, at: Option<At>) -> Option<Decimal> {
    let amount = at.and_then(At::amount).unwrap_or_default();
    match (rule, measure, at) {
        (Rule::Tiers(table), Measure::Limit, _) => table.limit(),
        (Rule::Tiers(table), _, Some(At::Leverage(leverage))) => table.last_tier_allowing(leverage)?.cap,
        (Rule::Tiers(table), _, _) => contract_value(table.tier_at(amount)?, measure, amount),
        (Rule::Collateral(table), Measure::Limit, _) => table.limit(),
        (Rule::Collateral(table), _, _) => collateral_value(table.tier_at(amount)?, measure, amount),
        (Rule::Flat(flat), _, _) => flat_ratio(flat, measure, at).value,
    }
}

/// The tiers of a rule as they answer, each with the warning that its floor is repaired; with `as_published`, with the
/// printed floors, and without amounts that only the repaired reading gives. A flat ratio has none.
pub fn tier_views(rule: &Rule, as_published: bool) -> Vec<(TierView, Option<Warning>)> {
    let (bounds, views): (Vec<Bounds>, Vec<TierView>) = match rule {
        Rule::Tiers(table) => (contract_bounds(table), contract_views(table, as_published)),
        Rule::Collateral(table) => (collateral_bounds(table), collateral_views(table, as_published)),
        Rule::Flat(_) => return Vec::new(),
    };
    let warned = |(index, view): (usize, TierView)| {
        let warning = (view.reading == Reading::Repaired).then(|| repaired_floor(index, &bounds));
        (view, warning)
    };
    views.into_iter().enumerate().map(warned).collect()
}

fn contract(table: &TierTable, measure: Measure, at: Option<At>, as_published: bool) -> Outcome {
    if measure == Measure::Limit {
        return limit(table.limit(), table.unit());
    }
    if let Some(leverage) = at.and_then(At::leverage) {
        return max_position(table, leverage, as_published);
    }
    let notional = at.and_then(At::amount).unwrap_or_default();
    let (bounds, views) = (contract_bounds(table), contract_views(table, as_published));
    let tiers = Tiers { bounds, views, readings: table.tiers().iter().map(|tier| tier.reading).collect() };
    let read = table.tier_at(notional).map(|tier| tier.number as usize - 1);
    tiers.outcome(read, measure, notional, table.unit(), as_published, |index| {
        contract_value(&table.tiers()[index], measure, notional)
    })
}

fn contract_value(tier: &Tier, measure: Measure, notional: Decimal) -> Option<Decimal> {
    match measure {
        Measure::Mmr => Some(tier.mmr),
        Measure::Amount => Some(tier.maintenance_amount),
        Measure::MaxLeverage => Some(Decimal::from(tier.max_leverage)),
        Measure::Tier => Some(Decimal::from(tier.number)),
        _ => tier.margin(notional),
    }
}

fn collateral(table: &CollateralTable, measure: Measure, at: Option<At>, as_published: bool) -> Outcome {
    if measure == Measure::Limit {
        return limit(table.limit(), table.unit());
    }
    let amount = at.and_then(At::amount).unwrap_or_default();
    let (bounds, views) = (collateral_bounds(table), collateral_views(table, as_published));
    let tiers = Tiers { bounds, views, readings: table.tiers().iter().map(|tier| tier.reading).collect() };
    let read = table.tier_at(amount).map(|tier| tier.number as usize - 1);
    tiers.outcome(read, measure, amount, table.unit(), as_published, |index| {
        collateral_value(&table.tiers()[index], measure, amount)
    })
}

fn collateral_value(tier: &CollateralTier, measure: Measure, amount: Decimal) -> Option<Decimal> {
    match measure {
        Measure::Ratio => Some(tier.ratio),
        Measure::Tier => Some(Decimal::from(tier.number)),
        _ => tier.value(amount),
    }
}

fn flat_ratio(flat: &FlatRatio, measure: Measure, at: Option<At>) -> Outcome {
    let ratio = flat.ratio.fraction();
    let value = match (measure, at.and_then(At::amount)) {
        (Measure::Collateral, Some(amount)) => decimal::multiply(amount, ratio),
        _ => Some(ratio),
    };
    Outcome { tier: None, span: Some(flat.span), ..with_value(value) }
}

fn limit(cap: Option<Decimal>, unit: &str) -> Outcome {
    let message = cap.is_none().then(|| format!("the last tier is open, in {unit}"));
    Outcome { status: Status::Value, value: cap, message, tier: None, span: None, warnings: Vec::new() }
}

fn max_position(table: &TierTable, leverage: u32, as_published: bool) -> Outcome {
    let Some(tier) = table.last_tier_allowing(leverage) else {
        let highest = table.highest_leverage();
        return no_value(
            Status::AboveLimit,
            format!("no tier allows {leverage}x: the highest leverage is {highest}x"),
        );
    };
    let view = contract_view(table, tier.number as usize - 1, as_published);
    let message = tier.cap.is_none().then(|| format!("the last tier that allows {leverage}x is open"));
    Outcome {
        status: Status::Value,
        value: tier.cap,
        message,
        span: Some(view.span),
        tier: Some(view),
        warnings: Vec::new(),
    }
}

/// Floor and cap as printed.
type Bounds<'a> = (&'a Number, &'a Number);

/// The tiers of a table of either kind, as far as finding the one that answers goes.
struct Tiers<'a> {
    bounds: Vec<Bounds<'a>>,
    views: Vec<TierView>,
    readings: Vec<Reading>,
}

impl Tiers<'_> {
    /// The outcome for an amount that the repaired reading puts into the tier at place `read`; `value_of` computes
    /// the measure of the tier at a place.
    fn outcome(
        mut self,
        read: Option<usize>,
        measure: Measure,
        amount: Decimal,
        unit: &str,
        as_published: bool,
        value_of: impl Fn(usize) -> Option<Decimal>,
    ) -> Outcome {
        let Some(read) = read else {
            let last = self.bounds.last().map_or(String::new(), |(_, cap)| decimal::canonical(cap.value()));
            let amount = decimal::canonical(amount);
            let message =
                format!("{amount} {unit} is over the last cap, {last} {unit}: no rule is known for it");
            return no_value(Status::AboveLimit, message);
        };
        let index = match self.as_published(amount, read) {
            Ok(index) if as_published => index,
            Err(message) if as_published => return refused(message),
            _ => read,
        };
        let broken = self.readings[..=index].iter().position(|reading| *reading == Reading::Repaired);
        let broken = broken.filter(|_| measure.depends_on_lower_tiers());
        if let (true, Some(broken)) = (as_published, broken) {
            return refused(format!(
                "as published there is no {}: it depends on the floor of tier {}, which breaks the chain",
                measure.words(),
                broken + 1
            ));
        }
        let view = self.views.swap_remove(index);
        let warnings = match (view.reading, broken) {
            (Reading::Repaired, _) => vec![repaired_floor(index, &self.bounds)],
            (Reading::AsPublished, Some(broken)) => vec![Warning {
                code: "repaired_below",
                message: format!("the floor of tier {}, which this depends on, is repaired", broken + 1),
            }],
            (Reading::AsPublished, None) => Vec::new(),
        };
        Outcome { span: Some(view.span), tier: Some(view), warnings, ..with_value(value_of(index)) }
    }

    /// The place of the one tier that holds `amount` as printed, or why there is none; `read` is its place in the
    /// repaired reading.
    fn as_published(&self, amount: Decimal, read: usize) -> Result<usize, String> {
        let holds = |(floor, cap): &Bounds| {
            let above = amount > floor.value() || (amount.is_zero() && floor.value().is_zero());
            above && cap.cap().is_none_or(|cap| amount <= cap)
        };
        let holding: Vec<usize> =
            (0..self.bounds.len()).filter(|&index| holds(&self.bounds[index])).collect();
        let count = match holding.as_slice() {
            [index] => return Ok(*index),
            [] => "no tier holds".to_string(),
            several => format!("{} tiers hold", several.len()),
        };
        let (floor, cap) = self.bounds[read];
        let (amount, floor, cap) = (decimal::canonical(amount), floor.text(), cap.text());
        Err(format!(
            "{count} {amount} as published: tier {} is printed as {floor} < Position ≤ {cap}",
            read + 1
        ))
    }
}

/// The warning of a tier whose floor is not the printed one, in the figures as printed.
fn repaired_floor(index: usize, bounds: &[Bounds]) -> Warning {
    let printed = bounds[index].0.text();
    let used = index.checked_sub(1).map_or("0", |before| bounds[before].1.text());
    let message =
        format!("tier {} is printed with floor {printed}; the cap before it, {used}, is used", index + 1);
    Warning { code: "repaired_floor", message }
}

fn contract_bounds(table: &TierTable) -> Vec<Bounds<'_>> {
    table.printed().iter().map(|row| (&row.floor, &row.cap)).collect()
}

fn collateral_bounds(table: &CollateralTable) -> Vec<Bounds<'_>> {
    table.printed().iter().map(|row| (&row.floor, &row.cap)).collect()
}

fn contract_views(table: &TierTable, as_published: bool) -> Vec<TierView> {
    (0..table.tiers().len()).map(|index| contract_view(table, index, as_published)).collect()
}

fn collateral_views(table: &CollateralTable, as_published: bool) -> Vec<TierView> {
    (0..table.tiers().len()).map(|index| collateral_view(table, index, as_published)).collect()
}

fn contract_view(table: &TierTable, index: usize, as_published: bool) -> TierView {
    let (tier, printed): (&Tier, _) = (&table.tiers()[index], &table.printed()[index]);
    let sound = table.tiers()[..=index].iter().all(|tier| tier.reading == Reading::AsPublished);
    TierView {
        number: tier.number,
        floor: if as_published { printed.floor.value() } else { tier.floor },
        cap: tier.cap,
        rate: tier.mmr,
        kind: TierKind::Contract {
            min_leverage: tier.min_leverage,
            max_leverage: tier.max_leverage,
            maintenance_amount: (sound || !as_published).then_some(tier.maintenance_amount),
        },
        reading: if as_published { Reading::AsPublished } else { tier.reading },
        cells: ["leverage", "floor", "cap", "mmr"].into_iter().zip(printed.cells).collect(),
        span: printed.span(),
    }
}

fn collateral_view(table: &CollateralTable, index: usize, as_published: bool) -> TierView {
    let (tier, printed) = (&table.tiers()[index], &table.printed()[index]);
    TierView {
        number: tier.number,
        floor: if as_published { printed.floor.value() } else { tier.floor },
        cap: tier.cap,
        rate: tier.ratio,
        kind: TierKind::Collateral { rank: table.rank() },
        reading: if as_published { Reading::AsPublished } else { tier.reading },
        cells: ["floor", "cap", "ratio"].into_iter().zip(printed.cells).collect(),
        span: printed.span(),
    }
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
