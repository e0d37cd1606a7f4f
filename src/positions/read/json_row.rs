//! The rows of JSON: objects, each with its own keys.

use std::borrow::Cow;

use super::cell::{Cell, Commas};
use super::reading::{Reading, Row};
use super::roles::plain;
use super::shape::Shape;
use crate::json::{JsonField, JsonValue};

/// What ccxt leaves in the reply of the exchange, its `info`.
const OF_INFO: [&str; 2] = ["isolatedWallet", "positionInitialMargin"];

/// Objects that are read one after the other; most have the keys of the one before.
#[derive(Default)]
pub struct JsonObjects {
    shape: Option<Shape>,
}

impl JsonObjects {
    /// Takes an object; `place` is where a field of it is.
    pub fn take(
        &mut self,
        fields: Vec<JsonField>,
        into: &mut Reading,
        place: &dyn Fn(Option<JsonValue>) -> String,
    ) {
        let fields = with_info(fields);
        let names: Vec<&str> = fields.iter().map(|field| field.key.as_ref()).collect();
        if !self.shape.as_ref().is_some_and(|shape| shape.is_of(&names)) {
            match Shape::of(names.iter().map(ToString::to_string).collect()) {
                Ok(shape) => {
                    into.notes.shape(&shape);
                    self.shape = Some(shape);
                }
                Err(error) => return into.note(error.in_row(&place(None))),
            }
        }
        let Some(shape) = &self.shape else { return };
        let cells: Vec<Cell> = fields.iter().map(|field| cell(field.value)).collect();
        let place =
            |column: Option<usize>| place(column.and_then(|it| fields.get(it)).map(|field| field.value));
        into.take(&Row { shape, cells: &cells, commas: Commas::Group, place: &place });
    }
}

/// A value as a cell.
pub fn cell(value: JsonValue<'_>) -> Cell<'_> {
    match value.plain() {
        _ if value.is_null() => Cell::Empty,
        Some(text) => Cell::text(text),
        None => Cell::Unfit(value.named()),
    }
}

/// The fields with those of the reply of the exchange in them that ccxt does not give. Of a key that is there more than once
/// the first counts.
fn with_info(mut fields: Vec<JsonField>) -> Vec<JsonField> {
    let info = fields.iter().find(|field| field.key == "info").and_then(|field| field.value.fields());
    let is_missing = |key: &&str| fields.iter().all(|field| plain(&field.key) != plain(key));
    let mut missing: Vec<&str> = OF_INFO.into_iter().filter(is_missing).collect();
    for field in info.into_iter().flatten() {
        if let Some(place) = missing.iter().position(|key| *key == field.key) {
            let key = Cow::Borrowed(missing.remove(place));
            fields.push(JsonField { key, value: field.value });
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_reply_that_come_again_and_again_take_no_longer() {
        let again = "\"isolatedWallet\":\"7\",".repeat(100_000);
        let others: String = (0..20_000).map(|place| format!("\"a{place}\":1,")).collect();
        let text =
            format!("{{{others}\"info\":{{\"isolatedWallet\":\"5\",{again}\"positionInitialMargin\":1}}}}");
        let value = crate::json::document(&text).unwrap();
        let began = std::time::Instant::now();
        let fields = with_info(value.fields().unwrap());
        assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
        let added: Vec<_> =
            fields[20_001..].iter().map(|field| (field.key.as_ref(), field.value.plain())).collect();
        assert_eq!(
            added,
            [("isolatedWallet", Some("5".into())), ("positionInitialMargin", Some("1".into()))]
        );
    }
}
