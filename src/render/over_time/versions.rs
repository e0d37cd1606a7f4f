//! Versions of a rule for people.

use super::words::{leverage, leverage_or_ratio, limit, verdict, without_rule};
use crate::query::rows::over_time::VersionRow;
use crate::render::card;
use crate::render::columns::{Column, drawn};
use crate::render::style::OutputStyle;

/// The versions of one subject, each with its times.
pub fn versions_table(rows: &[&VersionRow], style: OutputStyle) -> String {
    let columns = [
        Column::Name("from"),
        Column::Name("until"),
        Column::Figure(leverage_or_ratio(rows.iter().map(|row| &row.subject))),
        Column::Figure("limit"),
        Column::Figure("tiers"),
        Column::Name("effect"),
        Column::Name("by"),
        Column::Words("certainty"),
    ];
    drawn(&columns, rows.iter().map(|row| version(row)).collect(), style)
}

fn version(row: &VersionRow) -> Vec<String> {
    vec![
        row.from.to_string(),
        row.until.map(|at| at.to_string()).unwrap_or_default(),
        row.rule.as_ref().map_or_else(|| without_rule(row.kind, "no rule").to_string(), leverage),
        row.rule.as_ref().map_or(String::new(), limit),
        row.rule.as_ref().map_or(String::new(), |rule| rule.tiers.to_string()),
        row.verdict.map(verdict).unwrap_or_default(),
        format!("{} {}", row.kind, row.statement),
        certainty(row),
    ]
}

/// How certain a version is, and when it was seen.
fn certainty(row: &VersionRow) -> String {
    let seen = row.seen_since.and(row.changed_after).map(|after| format!("changed after {after}"));
    let confirmed = row.last_confirmed_at.filter(|at| *at != row.from).map(|at| format!("last seen {at}"));
    let certain = row.certainty.as_ref().map(|certainty| card::certainty_line(certainty, None));
    let certainty: Vec<String> = [certain, seen, confirmed].into_iter().flatten().collect();
    certainty.join("; ")
}

/// A version in one line: `2026-02-06T06:30:00Z: 6 tiers, 10x, limit 800,000, by change ee2413a8367c.4; settled`.
pub fn in_words(row: &VersionRow) -> String {
    let of = match &row.rule {
        Some(rule) => format!("{} tiers, {}, limit {}", rule.tiers, leverage(rule), limit(rule)),
        None => without_rule(row.kind, "no rule").to_string(),
    };
    let certainty = certainty(row);
    let certainty = if certainty.is_empty() { certainty } else { format!("; {certainty}") };
    format!("{}: {of}, by {} {}{certainty}", row.from, row.kind, row.statement)
}
