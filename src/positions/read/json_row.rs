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

/// The fields with those of the reply of the exchange in them that ccxt does not give.
fn with_info(mut fields: Vec<JsonField>) -> Vec<JsonField> {
    let info = fields.iter().find(|field| field.key == "info").and_then(|field| field.value.fields());
    for field in info.into_iter().flatten() {
        let is_missing = || fields.iter().all(|other| plain(&other.key) != plain(&field.key));
        if OF_INFO.contains(&field.key.as_ref()) && is_missing() {
            fields.push(JsonField { key: Cow::Owned(field.key.into_owned()), value: field.value });
        }
    }
    fields
}
