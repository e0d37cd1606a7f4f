//! Positions in TOML, written by hand: an unknown key is an error.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Spanned, Value};

use super::cell::{Cell, Commas};
use super::json::wallet;
use super::reading::{Reading, Row};
use super::roles::{known, names};
use super::shape::Shape;
use super::source::Source;
use crate::error::{Error, ErrorCode, Result};
use crate::json::quoted;
use crate::limits;
use crate::text::{line_number, line_numbers, nearest};

/// A document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PositionsToml {
    #[serde(default)]
    positions: Vec<Spanned<Table>>,
    #[serde(default)]
    collateral: Vec<Spanned<Table>>,
    #[serde(default)]
    wallet_balances: BTreeMap<String, Spanned<Value>>,
}

/// A position or an asset.
type Table = BTreeMap<String, Spanned<Value>>;

/// A TOML document.
pub struct TomlSource {
    text: String,
}

impl TomlSource {
    /// One of this text.
    ///
    /// # Errors
    /// It is too long.
    pub fn of(text: String) -> Result<TomlSource> {
        if text.len() > limits::POSITIONS_TOML_BYTES {
            let (bytes, most) = (text.len(), limits::POSITIONS_TOML_BYTES);
            let message = format!("the file has {bytes} bytes of TOML; at most {most} are read");
            return Err(Error::new(ErrorCode::TooLarge, message).hint("write so many positions as CSV"));
        }
        Ok(TomlSource { text })
    }
}

impl Source for TomlSource {
    fn read(&mut self, into: &mut Reading) -> Result<bool> {
        let text = self.text.trim_start_matches('\u{feff}');
        let document: PositionsToml = toml::from_str(text).map_err(|error| not_positions(text, &error))?;
        let line_of = line_numbers(text);
        let line = |at: usize| format!("line {}", line_of(at));
        for table in document.positions.iter().chain(&document.collateral) {
            take(table, text, &line, into);
        }
        for (currency, value) in &document.wallet_balances {
            let read = wallet(currency, &cell(value, text));
            if let Err(error) = read.and_then(|(currency, balance)| into.balance(currency, balance)) {
                let place = format!("{} `{}`", line(value.span().start), quoted(currency));
                into.note(error.in_row(&place));
            }
        }
        Ok(false)
    }
}

fn take(table: &Spanned<Table>, text: &str, line: &dyn Fn(usize) -> String, into: &mut Reading) {
    let fields: Vec<(&String, &Spanned<Value>)> = table.get_ref().iter().collect();
    let place = |column: Option<usize>| {
        line(column.and_then(|it| fields.get(it)).map_or(table.span().start, |(_, value)| value.span().start))
    };
    let shape = match Shape::of(fields.iter().map(|(key, _)| (*key).clone()).collect()) {
        Ok(shape) => shape,
        Err(error) => return into.note(error.in_row(&place(None))),
    };
    for (column, hint) in &shape.unknown {
        let message = format!("unknown key `{}`", quoted(shape.name(*column)));
        let known: Vec<&str> = names().collect();
        let hint = hint.clone().unwrap_or_else(|| format!("known here: {}", known.join(", ")));
        into.note(Error::new(ErrorCode::UnreadableLine, message).hint(hint).in_row(&place(Some(*column))));
    }
    let cells: Vec<Cell> = fields.iter().map(|(_, value)| cell(value, text)).collect();
    into.take(&Row { shape: &shape, cells: &cells, commas: Commas::Group, place: &place });
}

/// A value as a cell: a number as it is written.
fn cell<'a>(value: &'a Spanned<Value>, text: &'a str) -> Cell<'a> {
    match value.get_ref() {
        Value::String(text) => Cell::text(text.as_str()),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => {
            Cell::text(text.get(value.span()).unwrap_or_default())
        }
        Value::Datetime(_) => Cell::Unfit("a time".to_string()),
        Value::Array(_) => Cell::Unfit("a list".to_string()),
        Value::Table(_) => Cell::Unfit("a table".to_string()),
    }
}

fn not_positions(text: &str, error: &toml::de::Error) -> Error {
    const TABLES: [&str; 3] = ["positions", "collateral", "wallet_balances"];
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let message = error.message();
    let name = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    let place = format!("line {}", line_number(text, at));
    if let Some(name) = name {
        let wrong =
            Error::new(ErrorCode::NotColumns, format!("{place}: unknown table or key `{}`", quoted(name)));
        let is_column = known(name).is_some();
        return match nearest(name, TABLES) {
            Some(near) => wrong.hint(format!("did you mean `{near}`?")),
            None if is_column => wrong.hint("write [[positions]] on a line before the columns of a position"),
            None => wrong.hint(format!("known here: {}", TABLES.join(", "))),
        };
    }
    let first = message.lines().next().unwrap_or_default();
    let is_of_form = message.contains("invalid type");
    let what = if is_of_form { "" } else { ", so this is not TOML" };
    Error::new(ErrorCode::NotColumns, format!("{place}: {}{what}", quoted(first)))
        .hint("write [[positions]] before each position, [[collateral]] before each asset, and [wallet_balances] once")
        .because(error.clone())
}
