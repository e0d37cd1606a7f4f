//! The rows of an answer as a certificate has them: without what cannot be shown from its evidence.
//!
//! How probable it is that a table still holds is estimated from all subjects of a program, so `holds` is left
//! out, and `settled` and `unconfirmed`, which depend on it, are null. Sentences are left out, because a later
//! version may word them otherwise; the codes of warnings stay.

use serde_json::{Map, Value};

use crate::query::rows::Row;

/// The rows, stripped.
pub fn rows(rows: &[Row]) -> Value {
    let mut value = serde_json::to_value(rows).unwrap_or(Value::Null);
    strip(&mut value);
    value
}

fn strip(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(strip),
        Value::Object(fields) => {
            for name in ["holds", "message"] {
                fields.remove(name);
            }
            match fields.get_mut("certainty") {
                Some(Value::Object(certainty)) => strip_kind(certainty),
                Some(Value::Array(kinds)) => kinds.retain(|kind| !depends_on_age(kind)),
                _ => {}
            }
            fields.values_mut().for_each(strip);
        }
        _ => {}
    }
}

/// Leaves out the kinds that depend on the age of the table. They come last in the order of kinds.
fn strip_kind(certainty: &mut Map<String, Value>) {
    if let Some(Value::Array(also)) = certainty.get_mut("also") {
        also.retain(|kind| !depends_on_age(kind));
    }
    if let Some(kind) = certainty.get_mut("kind").filter(|kind| depends_on_age(kind)) {
        *kind = Value::Null;
    }
}

fn depends_on_age(kind: &Value) -> bool {
    kind == "settled" || kind == "unconfirmed"
}
