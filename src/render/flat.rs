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
        match inner(&name, &value) {
            Some(inner) => fields.extend(inner.iter().map(|part| {
                let inside = value.get_mut(*part).map_or(Value::Null, Value::take);
                (format!("{name}.{part}"), if figures.is_some() { in_short(part, inside) } else { inside })
            })),
            None if figures.is_some() => {
                let value = in_short(&name, value);
                fields.push((name, value));
            }
            None => fields.push((name, value)),
        }
    }
    fields
}

/// What has one cell in a row of a position: of a certainty its kind, of a source its id, of lists their words.
fn in_short(name: &str, value: Value) -> Value {
    let words = |list: &Value, of: fn(&Value) -> Option<String>| {
        let words: Vec<String> = list.as_array().into_iter().flatten().filter_map(of).collect();
        if words.is_empty() { Value::Null } else { Value::from(words.join("; ")) }
    };
    let text = |value: &Value, part: &str| value.get(part).and_then(Value::as_str).map(str::to_string);
    match name {
        "certainty" => text(&value, "kind").map_or(Value::Null, Value::from),
        "source" => text(&value, "id").map_or(Value::Null, Value::from),
        "verdicts" | "warnings" => words(&value, |it| it.get("message")?.as_str().map(str::to_string)),
        "rounded" => words(&value, |it| it.as_str().map(str::to_string)),
        "absent" => words(&value, |it| {
            let part = |name| it.get(name).and_then(Value::as_str).unwrap_or_default();
            Some(format!("{}: {}", part("measure"), part("message")))
        }),
        _ => value,
    }
}
