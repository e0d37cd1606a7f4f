//! Answers as comma-separated values: the fields of the JSON, nested ones under dotted names.

use serde::Serialize;
use serde_json::Value;

/// A header and a record for each row. Where the fields change from one row to the next, an empty line and a
/// new header follow.
pub fn records(rows: &[impl Serialize]) -> String {
    let mut text = Vec::new();
    let mut rows = rows.iter().map(|row| fields(serde_json::to_value(row).unwrap_or_default())).peekable();
    while let Some(first) = rows.next() {
        if !text.is_empty() {
            text.push(b'\n');
        }
        // Writing to memory cannot fail, and every record of a block has the same number of fields.
        let mut writer = csv::Writer::from_writer(&mut text);
        let _ = writer.write_record(first.iter().map(|(name, _)| name));
        let _ = writer.write_record(first.iter().map(|(_, value)| value));
        let same_fields = |row: &Vec<(String, String)>| {
            row.iter().map(|(name, _)| name).eq(first.iter().map(|(name, _)| name))
        };
        while let Some(row) = rows.next_if(same_fields) {
            let _ = writer.write_record(row.iter().map(|(_, value)| value));
        }
        let _ = writer.flush();
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Records, all of the same number of fields, as lines.
pub fn lines(records: &[Vec<&str>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        // As above: writing to memory cannot fail.
        let _ = writer.write_record(record);
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// The fields every row of a kind has, whether filled or not, so that the rows of one question share a
/// header.
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

fn fields(row: Value) -> Vec<(String, String)> {
    let Value::Object(row) = row else { return Vec::new() };
    let mut fields = Vec::with_capacity(row.len());
    for (name, mut value) in row {
        match NESTED
            .iter()
            .find(|(nested, _)| *nested == name)
            .filter(|_| value.is_object() || value.is_null())
        {
            Some((_, inner)) => fields.extend(inner.iter().map(|part| {
                let inside = value.get_mut(*part).map_or(Value::Null, Value::take);
                (format!("{name}.{part}"), text(inside))
            })),
            None => fields.push((name, text(value))),
        }
    }
    fields
}

fn text(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}
