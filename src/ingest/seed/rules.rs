//! The rule of an entry: tiers, a flat ratio or tiered collateral; read, and checked against the invariants
//! of its kind.

use toml::Spanned;

use super::document::{Entry, StatementTable, span_of};
use super::figures;
use super::problems::{Checked, all, both, problem, wrong};
use super::rows::{self, Row};
use crate::error::ErrorCode;
use crate::finding::{Finding, FindingCode};
use crate::ingest::invariants;
use crate::limits;
use crate::rule::{PlacedRule, Rule, Unreadable};
use crate::statement::Program;
use crate::text::Span;

/// A rule with what is suspicious about its print.
#[derive(Clone, Debug)]
pub struct ParsedRule {
    pub rule: PlacedRule,
    /// The bytes of each of its rows; none for a flat ratio.
    pub rows: Vec<Span>,
    /// The breaches of invariants, without subjects.
    pub findings: Vec<Finding>,
}

/// Whether an entry contains any rule.
pub fn has_rule(table: &StatementTable) -> bool {
    table.tiers.is_some() || table.ratio.is_some() || table.collateral.is_some() || table.class.is_some()
}

/// The rule of an entry about subjects of `program`, with bounds in `unit` where the entry does not state
/// another.
pub fn read(
    text: &str,
    entry: &Entry<StatementTable>,
    program: Program,
    unit: Option<String>,
) -> Checked<ParsedRule> {
    let table = &entry.table;
    check_kind(entry, program)?;
    if let Some(ratio) = &table.ratio {
        let ratio = figures::rate(text, "ratio", ratio, table.ratio_value.as_ref())?;
        let rule = PlacedRule::from(Rule::flat(ratio.value, ratio.span));
        return Ok(ParsedRule { rule, rows: Vec::new(), findings: Vec::new() });
    }
    if let Some(class) = &table.class {
        let rule = PlacedRule::from(Rule::class(class.get_ref().get()));
        return Ok(ParsedRule { rule, rows: Vec::new(), findings: Vec::new() });
    }
    let unit = unit_of(entry, unit);
    let printed = |rows: &[Row]| rows.iter().map(|row| row.printed.clone()).collect();
    let (read, rows, list) = match (&table.tiers, &table.collateral) {
        (Some(list), _) => {
            let rows = in_turn(list.get_ref(), |row, before| rows::tier(text, row, before));
            let (rows, unit) = both(rows, unit)?;
            (Rule::contract(&unit, printed(&rows)), rows, span_of(list))
        }
        (None, Some(list)) => {
            let rows = in_turn(list.get_ref(), |row, before| rows::collateral(text, row, before));
            let (rows, unit) = both(rows, unit)?;
            let rank = table.rank.as_ref().map(|rank| *rank.get_ref());
            (Rule::collateral(&unit, rank, printed(&rows)), rows, span_of(list))
        }
        (None, None) => return no_rule(entry),
    };
    match read {
        Ok(rule) => Ok(ParsedRule {
            rule: PlacedRule::from(rule),
            findings: findings(&rows, entry.name),
            rows: rows.iter().map(|row| row.span).collect(),
        }),
        Err(why) => unreadable(why, &rows, list),
    }
}

/// Refuses two kinds of rule at once, and one that the program does not have.
fn check_kind(entry: &Entry<StatementTable>, program: Program) -> Checked<()> {
    let table = &entry.table;
    let kinds = [
        ("tiers", table.tiers.as_ref().map(span_of)),
        ("ratio", table.ratio.as_ref().map(span_of)),
        ("collateral", table.collateral.as_ref().map(span_of)),
        ("class", table.class.as_ref().map(span_of)),
    ];
    let mut kinds = kinds.into_iter().filter_map(|(key, span)| Some((key, span?)));
    let Some((kind, span)) = kinds.next() else { return no_rule(entry) };
    if let Some((other, span)) = kinds.next_back() {
        let message = format!("[[{}]] has two rules, `{kind}` and `{other}`", entry.name);
        return problem(ErrorCode::SeedRule, span, message, "leave one out, or write an entry for each");
    }
    let (fits, needs) = match program {
        Program::Token => (false, "of its contracts only ends and postponements can be stated"),
        _ if program.has_contracts() => (kind == "tiers", "a contract has `tiers`"),
        Program::Cross => {
            (kind == "class" || kind == "collateral", "an asset has `class`, a class `collateral`")
        }
        _ => (kind == "ratio" || kind == "collateral", "an asset has `ratio` or `collateral`"),
    };
    if !fits {
        let message = format!("`{kind}` does not go with the program {}: {needs}", program.name());
        return problem(ErrorCode::SeedRule, span, message, "");
    }
    Ok(())
}

fn no_rule<T>(entry: &Entry<StatementTable>) -> Checked<T> {
    let message = format!("[[{}]] has no rule", entry.name);
    let hint = "write tiers = [ … ] for a contract, ratio = \"30%\" or collateral = [ … ] for an asset; \
                write [[end]] where there is no rule";
    problem(ErrorCode::SeedRule, entry.header, message, hint)
}

/// The rows of a table, each read with the one before it, or what is wrong with any of them.
fn in_turn<T>(
    list: &[Spanned<T>],
    read: impl Fn(&Spanned<T>, Option<&Row>) -> Checked<Row>,
) -> Checked<Vec<Row>> {
    let mut before: Option<Row> = None;
    all(list.iter().map(|row| {
        let row = read(row, before.as_ref())?;
        before = Some(row.clone());
        Ok(row)
    }))
}

/// The currency that the entry states, else the usual one of its subjects.
fn unit_of(entry: &Entry<StatementTable>, usual: Option<String>) -> Checked<String> {
    let Some(field) = &entry.table.unit else {
        let hint = "state the currency of the bounds: unit = \"USDT\"; write an entry for each currency";
        let message = format!("[[{}]] needs `unit`", entry.name);
        return usual.map_or_else(|| problem(ErrorCode::SeedMissing, entry.header, message, hint), Ok);
    };
    let unit = field.get_ref();
    if unit.trim().is_empty() || unit.len() > limits::SUBJECT_BYTES {
        let what = format!("it is not a currency, whose name has 1 to {} bytes", limits::SUBJECT_BYTES);
        return wrong("unit", span_of(field), what, "write unit = \"USDT\"");
    }
    Ok(unit.clone())
}

/// The breaches of invariants, and the misprints.
fn findings(rows: &[Row], side: &str) -> Vec<Finding> {
    let checked: Vec<invariants::TierRow> =
        rows.iter().map(|row| invariants::TierRow::of(&row.printed, row.span)).collect();
    let mut findings = invariants::check(&checked, side);
    for (number, row) in (1..).zip(rows) {
        findings.extend(row.misprints.iter().map(|misprint| {
            Finding::new(FindingCode::NumberForm, row.span, format!("{side}, tier {number}: {misprint}"))
        }));
    }
    findings
}

fn unreadable<T>(why: Unreadable, rows: &[Row], list: Span) -> Checked<T> {
    let row = match why {
        Unreadable::Empty | Unreadable::TooLong => None,
        Unreadable::CapFalls(row) | Unreadable::TooLarge(row) => rows.get(row),
    };
    let span = row.map_or(list, |row| row.span);
    problem(ErrorCode::SeedRule, span, why.to_string(), "correct it: such a table cannot be read safely")
}
