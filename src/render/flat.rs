//! Rows as plain lists of fields: those of the JSON, nested ones under dotted names.

use serde_json::Value;

/// The fields every row of a kind has, whether filled or not, so that the rows of one question have the same.
const NESTED: [(&str, &[&str]); 3] = [
    (
        "tier",
        &[
            "number",
            "floor",
            "cap",
            "mmr",
            "ratio",
            "min_leverage",
            "max_leverage",
            "maintenance_amount",
            "rank",
        ],
    ),
    ("certainty", &["kind", "until", "after", "by", "other", "others", "because", "also"]),
    (
        "source",
        &[
            "id",
            "published_at",
            "precision",
            "published_by",
            "sha256",
            "file",
            "tx",
            "span",
            "row_span",
            "cells",
        ],
    ),
];

/// The figures of a position and of an account, under `now` and under `then`, which may be null.
const FIGURES: [(&str, &[&str]); 2] = [
    (
        "position",
        &[
            "status",
            "message",
            "unit",
            "notional",
            "tier",
            "mmr",
            "maintenance_margin",
            "initial_margin",
            "max_leverage",
            "max_position",
            "limit",
            "room",
            "room_ratio",
            "unrealized_profit",
            "liquidation_price",
            "margin_ratio",
            "rounded",
            "absent",
            "certainty",
            "holds",
            "in_force_since",
            "last_confirmed_at",
            "source",
            "warnings",
        ],
    ),
    (
        "account",
        &[
            "notional",
            "maintenance_margin",
            "initial_margin",
            "unrealized_profit",
            "margin_balance",
            "margin_ratio",
            "uni_mmr",
            "rounded",
            "absent",
        ],
    ),
];

/// The fields of a row, in their order; none of what is no object.
pub fn fields(row: Value) -> Vec<(String, Value)> {
    let Value::Object(row) = row else { return Vec::new() };
    // Other rows have the id of a source in `source`, or null.
    let is_answer = row.contains_key("certainty");
    let figures = FIGURES.iter().find(|(kind, _)| row.get("row").is_some_and(|it| it == kind));
    let inner = |name: &str, value: &Value| -> Option<&[&str]> {
        if let (Some((_, inner)), "now" | "then") = (figures, name) {
            return Some(inner);
        }
        let is_nested = value.is_object() || (value.is_null() && is_answer);
        NESTED.iter().find(|(nested, _)| is_nested && *nested == name).map(|(_, inner)| *inner)
    };
    let mut fields = Vec::with_capacity(row.len());
    for (name, mut value) in row {
        let Some(inner) = inner(&name, &value) else {
            fields.push((name, value));
            continue;
        };
        for part in inner {
            let inside = value.get_mut(*part).map_or(Value::Null, Value::take);
            let nested =
                NESTED.iter().find(|(nested, _)| figures.is_some() && nested == part && *part != "tier");
            match nested {
                Some((_, parts)) => fields.extend(parts.iter().map(|it| {
                    (format!("{name}.{part}.{it}"), inside.get(*it).cloned().unwrap_or(Value::Null))
                })),
                None => fields.push((format!("{name}.{part}"), inside)),
            }
        }
    }
    fields
}
