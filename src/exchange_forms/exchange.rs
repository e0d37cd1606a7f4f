//! The replies of the exchange, and what ccxt makes of them.

use super::contracts::{Bracket, Table};
use super::python;
use crate::decimal::{Decimal, canonical};

/// The name of a floor that counts the coin, as the documentation of the exchange has it.
const DOCUMENTED_FLOOR: &str = "qtylFloor";

/// A contract in the reply of `leverageBracket`, with the marker; with both names of floors that count the coin, the one
/// that is sent and the one that is documented, where `has_both`.
pub fn contract(table: &Table, marker: &str, has_both: bool) -> String {
    let fields = |row: &Bracket| {
        let mut fields = fields(table, row);
        let floor = fields.iter().position(|(name, _)| has_both && *name == "qtyFloor");
        if let Some(place) = floor {
            fields.insert(place + 1, (DOCUMENTED_FLOOR, fields[place].1.clone()));
        }
        fields
    };
    let brackets: Vec<String> = table.tiers.iter().map(|row| object(&fields(row), "")).collect();
    let symbol = python::text(&native_symbol(table));
    format!("{{\"symbol\":{symbol},\"brackets\":[{}],\"tierbook\":{marker}}}", brackets.join(","))
}

/// The name of a contract in the exchange's API, which ends the names of perpetuals that are margined in the coin with
/// `_PERP`.
fn native_symbol(table: &Table) -> String {
    let subject = &table.subject;
    let is_perpetual = subject.program().is_in_coin() && !subject.name().contains('_');
    format!("{}{}", subject.name(), if is_perpetual { "_PERP" } else { "" })
}

/// The tiers of a contract under its name, as ccxt gives them and Python writes them with an indent of two.
pub fn unified(table: &Table, currency: &str, marker: &str) -> String {
    let [symbol, currency] = [&table.unified, currency].map(python::text);
    let tier = |row: &Bracket| {
        let tier = &row.tier;
        let mut info = fields(table, row);
        info.push(("tierbook", marker.to_string()));
        let leverage = Decimal::from(tier.max_leverage().unwrap_or_default());
        let fields = [
            ("tier", python::float(tier.number.into())),
            ("symbol", symbol.clone()),
            ("currency", currency.clone()),
            ("minNotional", python::float(tier.floor)),
            ("maxNotional", python::float(row.cap)),
            ("maintenanceMarginRate", python::float(tier.rate)),
            ("maxLeverage", python::float(leverage)),
            ("info", object(&info, "      ")),
        ];
        format!("    {}", object(&fields, "    "))
    };
    let tiers: Vec<String> = table.tiers.iter().map(tier).collect();
    format!("  {symbol}: [\n{}\n  ]", tiers.join(",\n"))
}

/// A bracket as the exchange writes it. The bounds of contracts that are margined in the coin count it.
fn fields(table: &Table, row: &Bracket) -> Vec<(&'static str, String)> {
    let tier = &row.tier;
    let [cap, floor] = match table.subject.program().is_in_coin() {
        true => ["qtyCap", "qtyFloor"],
        false => ["notionalCap", "notionalFloor"],
    };
    vec![
        ("bracket", tier.number.to_string()),
        ("initialLeverage", tier.max_leverage().unwrap_or_default().to_string()),
        (cap, canonical(row.cap)),
        (floor, canonical(tier.floor)),
        ("maintMarginRatio", fraction(tier.rate)),
        ("cum", fraction(tier.amount)),
    ]
}

/// A number with at least one decimal.
fn fraction(value: Decimal) -> String {
    let text = canonical(value);
    if text.contains('.') { text } else { text + ".0" }
}

/// An object; on lines of their own after an indent, or on one line without.
pub fn object(fields: &[(&str, String)], indent: &str) -> String {
    if indent.is_empty() {
        let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        return format!("{{{}}}", fields.join(","));
    }
    let fields: Vec<String> =
        fields.iter().map(|(key, value)| format!("{indent}  \"{key}\": {value}")).collect();
    format!("{{\n{}\n{indent}}}", fields.join(",\n"))
}
