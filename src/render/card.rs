//! One answer as a card: the value first, then where it holds, how certain it is, and where it comes from.

use crate::query::measure::Measure;
use crate::query::rows::{CertaintyRow, Context, MeasureRow, Status, TierKind, TierView, Warning};
use crate::render::figures;
use crate::render::surface::Surface;
use crate::rule::Reading;

/// A measure of one subject at one notional.
pub fn measure(row: &MeasureRow, surface: Surface) -> String {
    let question = match row.at {
        Some(at) => format!("{} of {} at {}", row.measure.words(), row.context.subject, figures::at(at)),
        None => format!("{} of {}", row.measure.words(), row.context.subject),
    };
    let answer = match (row.value, &row.message) {
        (Some(value), _) => figures::value(value, row.measure, &row.unit),
        (None, message) => message.clone().unwrap_or_default(),
    };
    let mut lines = vec![format!("{question}: {}", bold(&answer, surface))];
    if row.status != Status::Value {
        lines.push(detail("status", row.status.name()));
    }
    if let Some(tier) = &row.tier {
        lines.push(detail("tier", &tier_line(tier, &row.context, row.measure, &row.unit)));
    }
    lines.push(detail("as of", &row.context.basis.valid_at.to_string()));
    lines.extend(provenance(&row.context, row.certainty.as_ref(), Some((row.measure, &row.unit))));
    lines.extend(row.warnings.iter().map(|warning| warning_line(warning, surface)));
    lines.join("\n") + "\n"
}

/// The lines that say how certain an answer is and where it comes from; for one
/// measure, with the other value and the bytes of the row; for a whole table, with the bytes of the table.
pub fn provenance(
    context: &Context,
    certainty: Option<&CertaintyRow>,
    measure: Option<(Measure, &str)>,
) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(known_at) = context.basis.known_at {
        lines.push(detail("known at", &known_at.to_string()));
    }
    if let Some(recorded_by) = context.basis.recorded_by {
        lines.push(detail("recorded by", &recorded_by.to_string()));
    }
    if let Some(since) = context.in_force_since {
        lines.push(detail("in force", &format!("since {since}")));
    }
    if let Some(certainty) = certainty {
        lines.push(detail("certainty", &certainty_line(certainty, measure)));
    }
    if let Some(seen_at) =
        context.last_confirmed_at.filter(|_| context.last_confirmed_at != context.in_force_since)
    {
        lines.push(detail("last seen", &seen_at.to_string()));
    }
    if let Some(next) = context.next_change_at {
        lines.push(detail("next change", &next.to_string()));
    }
    if let Some(source) = &context.source {
        let document = &source.recorded.source;
        let span = source.row_span.filter(|_| measure.is_some()).unwrap_or(source.span);
        lines.push(detail(
            "source",
            &format!("{} {}, published {}, bytes {span}", document.id, document.file, document.published_at),
        ));
    }
    lines
}

/// A warning on a line of its own.
pub fn warning_line(warning: &Warning, surface: Surface) -> String {
    coloured(&detail("warning", &format!("{} ({})", warning.message, warning.code)), "33", surface)
}

/// How certain an answer is, in words.
pub fn certainty_line(certainty: &CertaintyRow, measure: Option<(Measure, &str)>) -> String {
    let shown = |other: &Option<crate::decimal::Decimal>| match (other, measure) {
        (Some(other), Some((measure, unit))) => figures::value(*other, measure, unit),
        _ => "no value".to_string(),
    };
    match certainty {
        CertaintyRow::Settled => "settled".to_string(),
        CertaintyRow::RollingOut { until, .. } if measure.is_none() => format!("rolling out until {until}"),
        CertaintyRow::RollingOut { until, other } => {
            format!("rolling out until {until}; before: {}", shown(other))
        }
        CertaintyRow::UnseenChange { after, by, .. } if measure.is_none() => {
            format!("unseen change after {after}, not later than {by}")
        }
        CertaintyRow::UnseenChange { after, by, other } => {
            format!("unseen change after {after}, not later than {by}; then: {}", shown(other))
        }
    }
}

fn tier_line(tier: &TierView, context: &Context, measure: Measure, unit: &str) -> String {
    let unit = if matches!(measure, Measure::Mmr | Measure::Ratio | Measure::MaxLeverage | Measure::Tier) {
        ""
    } else {
        unit
    };
    let cap = tier.cap.map_or("no limit".to_string(), figures::grouped);
    let position = if context.subject.program().holds_contracts() { "notional" } else { "amount" };
    let bounds = format!("{}: {} < {position} ≤ {cap} {unit}", tier.number, figures::grouped(tier.floor));
    let rest = match &tier.kind {
        TierKind::Contract { min_leverage, max_leverage, maintenance_amount } => {
            let amount = maintenance_amount.map_or("unknown".to_string(), figures::grouped);
            format!(
                ", {}, {}, maintenance amount {amount}",
                figures::percent(tier.rate),
                leverages(*min_leverage, *max_leverage)
            )
        }
        TierKind::Collateral { rank: Some(rank) } => {
            format!(", {}, rank {rank}", figures::percent(tier.rate))
        }
        TierKind::Collateral { rank: None } => format!(", {}", figures::percent(tier.rate)),
    };
    let repaired = if tier.reading == Reading::Repaired { ", repaired" } else { "" };
    format!("{}{rest}{repaired}", bounds.trim_end())
}

/// `5x`, or `6-10x`.
pub fn leverages(min: u32, max: u32) -> String {
    if min == max { format!("{max}x") } else { format!("{min}-{max}x") }
}

fn detail(label: &str, text: &str) -> String {
    format!("  {label:<13}{text}")
}

fn bold(text: &str, surface: Surface) -> String {
    coloured(text, "1", surface)
}

fn coloured(text: &str, code: &str, surface: Surface) -> String {
    if surface.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
}
