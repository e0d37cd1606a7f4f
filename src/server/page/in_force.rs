//! The table in force: how certain it is, where it comes from, and its tiers.

use super::super::asked::Asked;
use super::super::problem::Problem;
use super::ask::Question;
use super::html::{Html, link, name, tag, text, time};
use super::links::source;
use super::parts::{Cell, Record, certainty, facts, nothing, section as part, table};
use crate::query::rows::{
    Certainty, Context, MeasureRow, Row, SourceRef, TierKind, TierRow, TierView, Warning,
};
use crate::render::card;
use crate::render::figures;
use crate::rule::Reading;
use crate::statement::{Program, Subject};
use crate::time::ValidTime;

/// The section, and the row whose answer can be cited.
///
/// # Errors
/// The database is damaged.
pub fn section(asked: &Asked, subject: &Subject) -> Result<(Html, Option<Row>), Problem> {
    let rows = match subject.program() {
        Program::Token => Vec::new(),
        Program::Pm => Question::about("ratio of", subject).rows(asked)?,
        _ => Question::about("tiers of", subject).rows(asked)?,
    };
    let body = match rows.as_slice() {
        [Row::Measure(row)] => flat(asked, row),
        [Row::Tier(_), ..] => tiers(asked, subject, &rows),
        _ => {
            nothing("It has no rules of its own: what is stated of a token counts for each of its contracts.")
        }
    };
    Ok((part("in-force", "In force", body), rows.into_iter().next()))
}

/// A ratio that is the same for every amount.
fn flat(asked: &Asked, row: &MeasureRow) -> Html {
    let answer = card::answer(row.status, row.value, row.measure, &row.unit);
    let value = ("ratio", tag("strong", answer));
    let because = row.message.as_deref().map_or(Html::default(), nothing);
    because
        .and(facts([value].into_iter().chain(provenance(asked, &row.context, row.certainty.as_ref()))))
        .and(warnings(&row.warnings))
}

fn tiers(asked: &Asked, subject: &Subject, rows: &[Row]) -> Html {
    let rows: Vec<&TierRow> =
        rows.iter().filter_map(|row| if let Row::Tier(row) = row { Some(&**row) } else { None }).collect();
    let Some(first) = rows.first() else { return Html::default() };
    let provenance = facts(provenance(asked, &first.context, first.certainty.as_ref()));
    let Some(last) = rows.last().and_then(|row| row.tier.as_ref()) else {
        let words = format!(
            "{}: {}",
            first.status.name().replace('_', " "),
            first.message.clone().unwrap_or_default()
        );
        return nothing(&words).and(provenance);
    };
    let unit = &first.unit;
    let position = figures::position(subject);
    let summary = match last.cap {
        Some(cap) => format!("{} tiers, up to {}", rows.len(), figures::grouped(cap)),
        None => format!("{} tiers, without a limit", rows.len()),
    };
    let caption = format!("Tiers of {}: {summary}; {position} in {unit}", subject.name());
    let has_contracts = subject.program().has_contracts();
    let titles = titles(has_contracts);
    let record = |row: &&TierRow| row.tier.as_ref().map(record);
    let mut seen: Vec<Warning> = rows.iter().flat_map(|row| row.warnings.clone()).collect();
    seen.dedup();
    provenance.and(table(&caption, titles, rows.iter().filter_map(record))).and(warnings(&seen))
}

fn record(tier: &TierView) -> Record {
    let repaired = if tier.reading == Reading::Repaired { "repaired" } else { "" };
    Record { class: repaired, cells: cells(tier) }
}

/// The titles of the columns of tiers.
pub fn titles(has_contracts: bool) -> &'static [&'static str] {
    match has_contracts {
        true => &["tier", "#over", "#up to", "#rate", "#leverage", "#amount"],
        false => &["tier", "#over", "#up to", "#ratio"],
    }
}

/// The cells of a tier.
fn cells(tier: &TierView) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Head(text(tier.number.to_string())),
        Cell::figure(figures::grouped(tier.floor)),
        Cell::figure(tier.cap.map_or("no limit".to_string(), figures::grouped)),
        Cell::figure(figures::percent(tier.rate)),
    ];
    if let TierKind::Contract { min_leverage, max_leverage, maintenance_amount } = tier.kind {
        cells.push(Cell::figure(card::leverages(min_leverage, max_leverage)));
        cells.push(Cell::figure(maintenance_amount.map_or("unknown".to_string(), figures::grouped)));
    }
    cells
}

/// Since when, how certain, and from where.
fn provenance(asked: &Asked, context: &Context, certain: Option<&Certainty>) -> Vec<(&'static str, Html)> {
    let since = context.in_force_since.map(|at| text("since ").and(time(&at.to_string())));
    let seen = context.seen_since.map(|at| {
        let after = context
            .changed_after
            .map_or(Html::default(), |after| text(", changed after ").and(time(&after.to_string())));
        text("since ").and(time(&at.to_string())).and(after)
    });
    let confirmed = context.last_confirmed_at.map(|at| confirmed(at, context));
    let next = context.next_change_at.map(|at| text("announced for ").and(time(&at.to_string())));
    let lines = [
        ("in force", since),
        ("seen", seen),
        ("certainty", certain.map(certainty)),
        ("last confirmed", confirmed),
        ("next change", next),
        ("source", context.source.as_ref().map(|it| cited(asked, it))),
        ("class", context.class.as_ref().map(|class| name(class.subject.name()))),
    ];
    lines.into_iter().filter_map(|(label, line)| Some((label, line?))).collect()
}

/// When it was confirmed last, and how many tables are unchanged after that time.
fn confirmed(at: ValidTime, context: &Context) -> Html {
    if context.in_force_since == Some(at) {
        return text(context.holds.map_or("not yet".to_string(), |percent| {
            format!("not yet; about {percent} % of announced changes are in force by then")
        }));
    }
    let holds = context.holds.filter(|_| at <= context.basis.valid_at);
    let holds = holds.map(|percent| format!("; about {percent} % of tables are unchanged by then"));
    time(&at.to_string()).and(text(holds.unwrap_or_default()))
}

/// A source, with a link to the words that an answer rests on.
pub fn cited(asked: &Asked, of: &SourceRef) -> Html {
    let document = &of.recorded.source;
    link(&source(asked, document.id.as_str(), &[of.span]), name(&document.file))
        .and(text(", published "))
        .and(time(&document.published_at.to_string()))
}

/// What should be known besides.
fn warnings(warnings: &[Warning]) -> Html {
    let item =
        |warning: &Warning| tag("li", [text(format!("{} ", warning.message)), tag("code", warning.code)]);
    match warnings.is_empty() {
        true => Html::default(),
        false => super::html::classed("ul", "warnings", warnings.iter().map(item).collect::<Html>()),
    }
}
