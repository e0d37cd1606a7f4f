//! The JSON of what rows are made of: numbers, tiers, sources.

use serde_json::{Value, json};

use crate::decimal::{self, Decimal};
use crate::query::rows::{CertaintyRow, SourceRef, TierKind, TierView, Warning};

/// A tier, without its reading.
pub fn tier(tier: &TierView) -> Value {
    let bounds = json!({
        "number": tier.number,
        "floor": decimal::canonical(tier.floor),
        "cap": number(tier.cap),
    });
    let rest = match &tier.kind {
        TierKind::Contract { min_leverage, max_leverage, maintenance_amount } => json!({
            "mmr": decimal::canonical(tier.rate),
            "min_leverage": min_leverage,
            "max_leverage": max_leverage,
            "maintenance_amount": number(*maintenance_amount),
        }),
        TierKind::Collateral { rank } => json!({"ratio": decimal::canonical(tier.rate), "rank": rank}),
    };
    joined([bounds, rest])
}

/// Where a statement stands.
pub fn source_ref(source: &SourceRef) -> Value {
    let document = &source.recorded.source;
    json!({
        "id": document.id.as_str(),
        "published_at": document.published_at.to_string(),
        "precision": document.precision.name(),
        "sha256": document.sha256.to_string(),
        "file": document.file,
        "tx": source.recorded.tx.0,
        "span": [source.span.start, source.span.end],
        "row_span": source.row_span.map(|span| [span.start, span.end]),
        "cells": cells(source),
    })
}

/// The bytes of the cells of the row that answers, by their names; null where no tier answers.
fn cells(source: &SourceRef) -> Value {
    if source.cells.is_empty() {
        return Value::Null;
    }
    Value::Object(
        source.cells.iter().map(|(name, span)| (name.to_string(), json!([span.start, span.end]))).collect(),
    )
}

/// A decimal as a canonical string; null where there is none.
pub fn number(value: Option<Decimal>) -> Value {
    value.map_or(Value::Null, |value| Value::String(decimal::canonical(value)))
}

/// The fields of several objects in one, in order; what is no object is left out.
pub fn joined<const N: usize>(parts: [Value; N]) -> Value {
    let objects = parts.into_iter().filter_map(|part| match part {
        Value::Object(fields) => Some(fields),
        _ => None,
    });
    Value::Object(objects.flatten().collect())
}

/// How certain an answer is.
pub fn certainty(row: &CertaintyRow) -> Value {
    match row {
        CertaintyRow::Settled => json!({"kind": row.kind()}),
        CertaintyRow::RollingOut { until, other } => {
            json!({"kind": row.kind(), "until": until.to_string(), "other": number(*other)})
        }
        CertaintyRow::UnseenChange { after, by, other } => json!({
            "kind": row.kind(),
            "after": after.to_string(),
            "by": by.to_string(),
            "other": number(*other),
        }),
    }
}

/// A warning with its code.
pub fn warning(warning: &Warning) -> Value {
    json!({"code": warning.code, "message": warning.message})
}
