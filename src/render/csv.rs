//! Answers as comma-separated values: the fields of the JSON, nested ones under dotted names.

use serde_json::Value;

use crate::query::rows::Row;
use crate::render::machine;

/// A header and a record for each row. Where the fields change from one row to the next, an empty line and a new
/// header follow.
pub fn records(rows: &[Row]) -> String {
    let rows: Vec<Vec<(String, String)>> = rows.iter().map(|row| fields(&machine::row(row))).collect();
    let same_fields = |a: &Vec<(String, String)>, b: &Vec<(String, String)>| {
        a.iter().map(|(name, _)| name).eq(b.iter().map(|(name, _)| name))
    };
    rows.chunk_by(same_fields).map(block).collect::<Vec<_>>().join("\n")
}

/// Records, all of the same number of fields, as lines.
pub fn lines(records: &[Vec<&str>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        // As below: writing to memory cannot fail.
        let _ = writer.write_record(record);
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn block(rows: &[Vec<(String, String)>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header =
        rows.first().into_iter().map(|row| row.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
    let records = rows.iter().map(|row| row.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>());
    for record in header.chain(records) {
        // Writing to memory cannot fail, and every record of a block has the same number of fields.
        let _ = writer.write_record(record);
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// The fields every row of a kind has, whether filled or not, so that the rows of one question share a header.
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
    ("certainty", &["kind", "until", "after", "by", "other"]),
    ("source", &["id", "published_at", "precision", "sha256", "file", "tx", "span", "row_span", "cells"]),
];

fn fields(row: &Value) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (name, value) in row.as_object().into_iter().flatten() {
        match NESTED.iter().find(|(nested, _)| nested == name).filter(|_| !value.is_string()) {
            Some((_, inner)) => {
                fields.extend(inner.iter().map(|part| (format!("{name}.{part}"), text(&value[*part]))))
            }
            None => fields.push((name.clone(), text(value))),
        }
    }
    fields
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
