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

/// The fields of a row, in their order; none of what is no object.
pub fn fields(row: Value) -> Vec<(String, Value)> {
    let Value::Object(row) = row else { return Vec::new() };
    // Other rows have the id of a source in `source`, or null.
    let is_answer = row.contains_key("certainty");
    let inner = |name: &str, value: &Value| {
        let is_nested = value.is_object() || (value.is_null() && is_answer);
        NESTED.iter().find(|(nested, _)| is_nested && *nested == name).map(|(_, inner)| *inner)
    };
    let mut fields = Vec::with_capacity(row.len());
    for (name, mut value) in row {
        match inner(&name, &value) {
            Some(inner) => fields.extend(inner.iter().map(|part| {
                let inside = value.get_mut(*part).map_or(Value::Null, Value::take);
                (format!("{name}.{part}"), inside)
            })),
            None => fields.push((name, value)),
        }
    }
    fields
}
