//! The rule of an entry: tiers, a flat ratio or tiered collateral; checked against the laws of its kind, and read.

use std::sync::Arc;

use super::fields::{Fields, Value};
use super::figures;
use super::mistakes::Mistakes;
use super::rows::{Row, rows};
use crate::finding::{Code, Finding};
use crate::ingest::laws;
use crate::limits;
use crate::rule::tiers::Unreadable;
use crate::rule::{CollateralTable, FlatRatio, Rule, TierTable};
use crate::statement::Program;
use crate::text::Span;

/// The fields that say a rule.
pub const FIELDS: [&str; 6] = ["tiers", "ratio", "ratio_value", "rank", "collateral", "unit"];

/// A rule with what is odd about its print.
#[derive(Clone, Debug)]
pub struct Said {
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
    mistakes: &mut Mistakes,
) -> Option<Said> {
    let kinds =
        ["tiers", "ratio", "collateral"].into_iter().filter_map(|key| fields.get(key).map(|f| (key, f)));
    let kinds: Vec<(&str, Value)> = kinds.collect();
    let [(kind, value)] = kinds.as_slice() else {
        several(fields, &kinds, mistakes);
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
        mistakes.add(value.span, "seed_rule", message, "");
        return None;
    }
    for (key, goes_with) in [("rank", "collateral"), ("ratio_value", "ratio"), ("unit", "")] {
        let fits = goes_with == *kind || (key == "unit" && *kind != "ratio");
        if let Some(field) = fields.get(key).filter(|_| !fits) {
            field.wrong(&format!("it does not go with `{kind}`"), "leave it out", mistakes);
        }
    }
    match *kind {
        "ratio" => flat(fields, mistakes),
        "tiers" => tiers(fields, value, unit, side, mistakes),
        _ => collateral(fields, value, unit, side, mistakes),
    }
}

fn several(fields: &Fields, kinds: &[(&str, Value)], mistakes: &mut Mistakes) {
    match kinds {
        [] => {
            let message = format!("{} says no rule", fields.name);
            let hint = "write tiers = [ … ] for a contract, ratio = \"30%\" or collateral = [ … ] for an asset; that \
                        there is none, [[end]] says";
            mistakes.add(fields.header, "seed_rule", message, hint);
        }
        [(first, _), .., (last, value)] => {
            let message = format!("{} says two kinds of rule at once, `{first}` and `{last}`", fields.name);
            mistakes.add(value.span, "seed_rule", message, "leave one out, or write an entry for each");
        }
        [_] => {}
    }
}

fn flat(fields: &Fields, mistakes: &mut Mistakes) -> Option<Said> {
    let ratio = figures::rate(fields, "ratio", "ratio_value", mistakes)?;
    let rule = Arc::new(Rule::Flat(FlatRatio { ratio: ratio.value, span: ratio.span }));
    Some(Said { rule, rows: Vec::new(), findings: Vec::new() })
}

fn tiers(
    fields: &Fields,
    list: &Value,
    unit: Option<String>,
    side: &str,
    mistakes: &mut Mistakes,
) -> Option<Said> {
    let rows = rows(list, true, mistakes);
    let unit = unit_of(fields, unit, mistakes)?;
    let rows = rows?;
    let read = TierTable::read(&unit, rows.iter().map(Row::tier).collect()).map(Rule::Tiers);
    said(read, rows, side, list, mistakes)
}

fn collateral(
    fields: &Fields,
    list: &Value,
    unit: Option<String>,
    side: &str,
    mistakes: &mut Mistakes,
) -> Option<Said> {
    let rows = rows(list, false, mistakes);
    let rank = match fields.get("rank") {
        Some(rank) => Some(rank.whole(0, mistakes)?),
        None => None,
    };
    let unit = unit_of(fields, unit, mistakes)?;
    let rows = rows?;
    let printed = rows.iter().map(Row::collateral_tier).collect();
    let read = CollateralTable::read(&unit, rank, printed).map(Rule::Collateral);
    said(read, rows, side, list, mistakes)
}

/// The currency that the entry says, else the one given; where there is none, a mistake is noted.
fn unit_of(fields: &Fields, usual: Option<String>, mistakes: &mut Mistakes) -> Option<String> {
    match fields.get("unit") {
        Some(field) => {
            let unit = field.text(mistakes)?.text.into_owned();
            if unit.trim().is_empty() || unit.len() > limits::SUBJECT_BYTES {
                field.wrong("it is not a currency", "write unit = \"USDT\"", mistakes);
                return None;
            }
            Some(unit)
        }
        None => usual.or_else(|| {
            let hint = "say in which currency the bounds are: unit = \"USDT\"; of contracts that differ in it, write an \
                        entry for each";
            fields.need("unit", hint, mistakes).map(|_| String::new())
        }),
    }
}

/// The rule that was read, with the breaches of its laws; or why it has no safe reading, noted at its row.
fn said(
    read: Result<Rule, Unreadable>,
    rows: Vec<Row>,
    side: &str,
    list: &Value,
    mistakes: &mut Mistakes,
) -> Option<Said> {
    let rule = match read {
        Ok(rule) => Arc::new(rule),
        Err(why) => {
            unreadable(why, &rows, list, mistakes);
            return None;
        }
    };
    let laws_rows: Vec<laws::Row> = rows
        .iter()
        .map(|row| laws::Row {
            leverage: row.leverage.as_ref().map(|leverage| &leverage.value),
            floor: &row.floor.value,
            cap: &row.cap.value,
            rate: &row.rate.value,
            span: row.span,
        })
        .collect();
    let mut findings = laws::check(&laws_rows, side);
    for (index, row) in rows.iter().enumerate() {
        let bounds = [&row.floor, &row.cap].map(|cell| (cell.odd, cell.value.text(), cell.value.value()));
        let rate = (row.rate.odd, row.rate.value.text(), row.rate.value.fraction());
        for (_, text, value) in bounds.into_iter().chain([rate]).filter(|(odd, ..)| *odd) {
            let value = crate::decimal::canonical(value);
            let message = format!("{side}, tier {}: {text} is read as {value}", index + 1);
            findings.push(Finding::new(Code::NumberForm, row.span, message));
        }
    }
    Some(Said { rule, rows: rows.iter().map(|row| row.span).collect(), findings })
}

fn unreadable(why: Unreadable, rows: &[Row], list: &Value, mistakes: &mut Mistakes) {
    let (row, message) = match why {
        Unreadable::Empty => (None, "the table has no tier".to_string()),
        Unreadable::TooLong => (None, format!("the table has more than {} tiers", limits::TABLE_TIERS)),
        Unreadable::CapFalls(row) => {
            (Some(row), format!("the cap of tier {} is below the one before", row + 1))
        }
        Unreadable::TooLarge(row) => {
            (Some(row), format!("the figures of tier {} need more than 28 digits", row + 1))
        }
    };
    let span = row.and_then(|row| rows.get(row)).map_or(list.span, |row| row.span);
    mistakes.add(span, "seed_rule", message, "such a table has no safe reading");
}
