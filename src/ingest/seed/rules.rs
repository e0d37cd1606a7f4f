//! The rule of an entry: tiers, a flat ratio or tiered collateral; checked against the laws of its kind, and read.

use std::sync::Arc;

use super::errors::ErrorList;
use super::fields::{Fields, Value};
use super::figures;
use super::rows::{Row, rows};
use crate::error::ErrorCode;
use crate::finding::{Finding, FindingCode};
use crate::ingest::invariants;
use crate::limits;
use crate::rule::{Rule, Unreadable};
use crate::statement::Program;
use crate::text::Span;

/// The fields that say a rule.
pub const FIELDS: [&str; 6] = ["tiers", "ratio", "ratio_value", "rank", "collateral", "unit"];

/// A rule with what is odd about its print.
#[derive(Clone, Debug)]
pub struct ParsedRule {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The bytes of each of its rows; none for a flat ratio.
    pub rows: Vec<Span>,
    /// The breaches of the laws, without subjects.
    pub findings: Vec<Finding>,
}

/// Whether an entry says any rule.
pub fn is_said(fields: &Fields) -> bool {
    ["tiers", "ratio", "collateral"].into_iter().any(|key| fields.get(key).is_some())
}

/// The rule of an entry about subjects of `program`, counted in `unit` where the entry does not say otherwise. `None`,
/// and noted, where it cannot be read.
pub fn read(
    fields: &Fields,
    program: Program,
    unit: Option<String>,
    side: &str,
    errors: &mut ErrorList,
) -> Option<ParsedRule> {
    let kinds =
        ["tiers", "ratio", "collateral"].into_iter().filter_map(|key| fields.get(key).map(|f| (key, f)));
    let kinds: Vec<(&str, Value)> = kinds.collect();
    let [(kind, value)] = kinds.as_slice() else {
        several(fields, &kinds, errors);
        return None;
    };
    if program.holds_contracts() != (*kind == "tiers") {
        let needs = if program.holds_contracts() {
            "a contract has `tiers`"
        } else {
            "an asset has `ratio` or `collateral`"
        };
        let message =
            format!("{}: `{kind}` does not go with the program {}: {needs}", fields.name, program.name());
        errors.add(value.span, ErrorCode::SeedRule, message, "");
        return None;
    }
    for (key, goes_with) in [("rank", "collateral"), ("ratio_value", "ratio"), ("unit", "")] {
        let fits = goes_with == *kind || (key == "unit" && *kind != "ratio");
        if let Some(field) = fields.get(key).filter(|_| !fits) {
            field.wrong(&format!("it does not go with `{kind}`"), "leave it out", errors);
        }
    }
    match *kind {
        "ratio" => flat(fields, errors),
        "tiers" => tiers(fields, value, unit, side, errors),
        _ => collateral(fields, value, unit, side, errors),
    }
}

fn several(fields: &Fields, kinds: &[(&str, Value)], errors: &mut ErrorList) {
    match kinds {
        [] => {
            let message = format!("{} says no rule", fields.name);
            let hint = "write tiers = [ … ] for a contract, ratio = \"30%\" or collateral = [ … ] for an asset; that \
                        there is none, [[end]] says";
            errors.add(fields.header, ErrorCode::SeedRule, message, hint);
        }
        [(first, _), .., (last, value)] => {
            let message = format!("{} says two kinds of rule at once, `{first}` and `{last}`", fields.name);
            errors.add(value.span, ErrorCode::SeedRule, message, "leave one out, or write an entry for each");
        }
        [_] => {}
    }
}

fn flat(fields: &Fields, errors: &mut ErrorList) -> Option<ParsedRule> {
    let ratio = figures::rate(fields, "ratio", "ratio_value", errors)?;
    let rule = Arc::new(Rule::flat(ratio.value, ratio.span));
    Some(ParsedRule { rule, rows: Vec::new(), findings: Vec::new() })
}

fn tiers(
    fields: &Fields,
    list: &Value,
    unit: Option<String>,
    side: &str,
    errors: &mut ErrorList,
) -> Option<ParsedRule> {
    let rows = rows(list, true, errors);
    let unit = unit_of(fields, unit, errors)?;
    let rows = rows?;
    let read = Rule::contract(&unit, rows.iter().map(Row::printed).collect());
    said(read, rows, side, list, errors)
}

fn collateral(
    fields: &Fields,
    list: &Value,
    unit: Option<String>,
    side: &str,
    errors: &mut ErrorList,
) -> Option<ParsedRule> {
    let rows = rows(list, false, errors);
    let rank = match fields.get("rank") {
        Some(rank) => Some(rank.whole(0, errors)?),
        None => None,
    };
    let unit = unit_of(fields, unit, errors)?;
    let rows = rows?;
    let read = Rule::collateral(&unit, rank, rows.iter().map(Row::printed).collect());
    said(read, rows, side, list, errors)
}

/// The currency that the entry says, else the one given; where there is none, an error is noted.
fn unit_of(fields: &Fields, usual: Option<String>, errors: &mut ErrorList) -> Option<String> {
    match fields.get("unit") {
        Some(field) => {
            let unit = field.text(errors)?.text.into_owned();
            if unit.trim().is_empty() || unit.len() > limits::SUBJECT_BYTES {
                field.wrong("it is not a currency", "write unit = \"USDT\"", errors);
                return None;
            }
            Some(unit)
        }
        None => usual.or_else(|| {
            let hint = "say in which currency the bounds are: unit = \"USDT\"; of contracts that differ in it, write an \
                        entry for each";
            fields.need("unit", hint, errors).map(|_| String::new())
        }),
    }
}

/// The rule that was read, with the breaches of its laws; or why it has no safe reading, noted at its row.
fn said(
    read: Result<Rule, Unreadable>,
    rows: Vec<Row>,
    side: &str,
    list: &Value,
    errors: &mut ErrorList,
) -> Option<ParsedRule> {
    let rule = match read {
        Ok(rule) => Arc::new(rule),
        Err(why) => {
            unreadable(why, &rows, list, errors);
            return None;
        }
    };
    let laws_rows: Vec<invariants::TierRow> = rows
        .iter()
        .map(|row| invariants::TierRow {
            leverage: row.leverage.as_ref().map(|leverage| &leverage.value),
            floor: &row.floor.value,
            cap: &row.cap.value,
            rate: &row.rate.value,
            span: row.span,
        })
        .collect();
    let mut findings = invariants::check(&laws_rows, side);
    for (index, row) in rows.iter().enumerate() {
        let bounds = [&row.floor, &row.cap].map(|cell| (cell.odd, cell.value.text(), cell.value.value()));
        let rate = (row.rate.odd, row.rate.value.text(), row.rate.value.fraction());
        for (_, text, value) in bounds.into_iter().chain([rate]).filter(|(odd, ..)| *odd) {
            let value = crate::decimal::canonical(value);
            let message = format!("{side}, tier {}: {text} is read as {value}", index + 1);
            findings.push(Finding::new(FindingCode::NumberForm, row.span, message));
        }
    }
    Some(ParsedRule { rule, rows: rows.iter().map(|row| row.span).collect(), findings })
}

fn unreadable(why: Unreadable, rows: &[Row], list: &Value, errors: &mut ErrorList) {
    let row = match why {
        Unreadable::Empty | Unreadable::TooLong => None,
        Unreadable::CapFalls(row) | Unreadable::TooLarge(row) => rows.get(row),
    };
    let span = row.map_or(list.span, |row| row.span);
    errors.add(span, ErrorCode::SeedRule, why.to_string(), "such a table has no safe reading");
}
