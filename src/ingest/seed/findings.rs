//! `[[finding]]`: a finding about the document that an export stands for, placed at the rows that it
//! concerns.

use std::num::NonZeroU32;
use std::sync::Arc;

use toml::Spanned;

use super::document::{Entry, FindingTable, span_of};
use super::problems::{Checked, all, both, problem, quoted, wrong};
use super::source::Source;
use super::statements::Placed;
use super::values::one_or_list;
use crate::error::ErrorCode;
use crate::finding::{Finding, FindingCode};
use crate::limits;
use crate::text::{Span, nearest};

/// The findings of an export; a seed by hand has none.
pub fn read(
    entries: &[Entry<FindingTable>],
    statements: &[Placed],
    source: &Source,
) -> Checked<Vec<Finding>> {
    if let Some(entry) = entries.first().filter(|_| !source.is_export()) {
        let message = "[[finding]] is for exports only: findings are made when a seed is read";
        return problem(ErrorCode::SeedValue, entry.header, message, "leave it out");
    }
    let findings = all(entries.iter().map(|entry| finding(entry, statements)))?;
    let names: usize = findings.iter().map(|(_, names)| names.len()).sum();
    if names > limits::SEED_ROWS {
        let message = format!("the findings have more than {} names", limits::SEED_ROWS);
        return problem(ErrorCode::SeedValue, source.header, message, "");
    }
    Ok(findings.into_iter().map(|(finding, names)| Finding { subjects: names.to_vec(), ..finding }).collect())
}

/// One finding, still without its subjects, and these: those that it names, or all of the entry of its first
/// statement.
fn finding(entry: &Entry<FindingTable>, statements: &[Placed]) -> Checked<(Finding, Arc<[String]>)> {
    let table = &entry.table;
    let numbers = one_or_list("statement", table.statement.as_ref(), table.statements.as_ref())?;
    let concerned = all(numbers.iter().map(|number| statement(number, statements)));
    let (code, concerned) = both(code(&table.code), concerned)?;
    let names = match (&table.subjects, concerned.first()) {
        (Some(names), _) => names.clone().into(),
        (None, Some(first)) => first.names.clone(),
        (None, None) => Arc::default(),
    };
    let rows = one_or_list("row", table.row.as_ref(), table.rows.as_ref())?;
    let span = match concerned.first() {
        None => entry.span,
        Some(first) if !rows.is_empty() => joined(all(rows.iter().map(|row| span_of_row(row, first)))?),
        Some(_) => joined(concerned.iter().map(|placed| placed.statement.span)),
    };
    Ok((Finding::new(code, span, &table.message), names))
}

fn joined(spans: impl IntoIterator<Item = Span>) -> Span {
    spans.into_iter().reduce(Span::join).unwrap_or(Span::new(0, 0))
}

fn code(field: &Spanned<String>) -> Checked<FindingCode> {
    let Some(code) = FindingCode::from_name(field.get_ref()) else {
        let names = FindingCode::ALL.iter().map(|code| code.as_str());
        let near = nearest(field.get_ref(), names).map_or(String::new(), |it| format!("did you mean {it}?"));
        let what = format!("there is no finding {}", quoted(field.get_ref()));
        return wrong("code", span_of(field), what, &near);
    };
    Ok(code)
}

fn statement<'s>(number: &Spanned<NonZeroU32>, statements: &'s [Placed]) -> Checked<&'s Placed> {
    match statements.get(number.get_ref().get() as usize - 1) {
        Some(placed) => Ok(placed),
        None => {
            wrong("statement", span_of(number), format!("there is no statement {}", number.get_ref()), "")
        }
    }
}

fn span_of_row(number: &Spanned<NonZeroU32>, placed: &Placed) -> Checked<Span> {
    match placed.rows.get(number.get_ref().get() as usize - 1) {
        Some(span) => Ok(*span),
        None => wrong("row", span_of(number), format!("the statement has {} rows", placed.rows.len()), ""),
    }
}
