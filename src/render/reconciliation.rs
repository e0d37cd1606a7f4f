//! A reconciliation for people: first what contradicts, figure by figure, then which subjects are equal and
//! which are not stored.

use crate::decimal::Decimal;
use crate::query::rows::Row;
use crate::query::rows::reconciled::{ReconciledOutcome, ReconciledRow};
use crate::render::card;
use crate::render::columns::{Column, drawn};
use crate::render::figures;
use crate::render::style::OutputStyle;
use crate::rule::difference::{AlignedTier, Difference, Field};

/// The rows of one reconciliation, and their counts.
pub fn text(rows: &[Row], style: OutputStyle) -> String {
    let rows: Vec<&ReconciledRow> =
        rows.iter().filter_map(|row| if let Row::Reconciled(row) = row { Some(row) } else { None }).collect();
    let contradictions: Vec<Vec<String>> =
        rows.iter().filter(|row| row.outcome.is_contradiction()).map(|row| record(row)).collect();
    let columns = [
        Column::Name("subject"),
        Column::Name("outcome"),
        Column::Name("stored since"),
        Column::Name("by"),
        Column::Words("stored, and what the file shows"),
    ];
    let mut text = String::new();
    if !contradictions.is_empty() {
        text += &drawn(&columns, contradictions, style);
    }
    for (name, label) in [("rolling_out", "still old"), ("equal", "equal"), ("not_held", "not stored")] {
        let named: Vec<&str> =
            rows.iter().filter(|row| row.outcome.name() == name).map(|row| row.subject.name()).collect();
        if !named.is_empty() {
            text += &card::detail(label, &named.join(", "), style);
        }
    }
    text
}

fn record(row: &ReconciledRow) -> Vec<String> {
    let words = match &row.outcome {
        ReconciledOutcome::Differs(tiers) if tiers.is_empty() => {
            "ended by what is stored; the file shows a rule".to_string()
        }
        ReconciledOutcome::Differs(tiers) => {
            let differing = tiers.iter().filter(|tier| !tier.is_equal());
            differing.map(tier_in_words).collect::<Vec<_>>().join("; ")
        }
        _ => "has a rule by what is stored; the file is complete and lacks it".to_string(),
    };
    vec![
        row.subject.to_string(),
        row.outcome.name().replace('_', " "),
        row.in_force_since.map(|at| at.to_string()).unwrap_or_default(),
        row.held.as_ref().map(std::string::ToString::to_string).unwrap_or_default(),
        words,
    ]
}

fn tier_in_words(tier: &AlignedTier) -> String {
    match (tier.before, tier.after) {
        (Some(stored), None) => format!("tier {stored} is in the database only"),
        (None, Some(seen)) => {
            let figures: Vec<String> = tier
                .differences
                .iter()
                .map(|difference| {
                    format!("{} {}", name(difference.field), figure(difference.field, difference.after))
                })
                .collect();
            format!("tier {seen} is in the file only: {}", figures.join(", "))
        }
        (stored, seen) => {
            let number = match (stored, seen) {
                (Some(stored), Some(seen)) if stored != seen => format!("{stored} (in the file {seen})"),
                (Some(number), _) | (None, Some(number)) => number.to_string(),
                (None, None) => String::new(),
            };
            let figures: Vec<String> = tier.differences.iter().map(difference_in_words).collect();
            format!("tier {number}: {}", figures.join(", "))
        }
    }
}

fn difference_in_words(difference: &Difference) -> String {
    let Difference { field, before, after } = difference;
    let by = difference
        .by()
        .map_or(String::new(), |by| format!(" ({})", figures::signed(by, |by| figure(*field, Some(by)))));
    format!("{} {} stored, {} shown{by}", name(*field), figure(*field, *before), figure(*field, *after))
}

/// A figure of a tier in a word.
pub(super) fn name(field: Field) -> &'static str {
    match field {
        Field::Cap => "cap",
        Field::Mmr => "mmr",
        Field::MaxLeverage => "leverage",
        Field::Ratio => "ratio",
    }
}

/// A figure of a tier as people write it.
pub(super) fn figure(field: Field, value: Option<Decimal>) -> String {
    match (field, value) {
        (Field::Cap, None) => "no limit".to_string(),
        (_, None) => "none".to_string(),
        (Field::Cap, Some(cap)) => figures::grouped(cap),
        (Field::Mmr | Field::Ratio, Some(rate)) => figures::percent(rate),
        (Field::MaxLeverage, Some(leverage)) => format!("{leverage}x"),
    }
}
