//! What the next announced change does: the figures of both tables side by side, and the margin and the leverage over size
//! before and after.

use super::super::asked::Asked;
use super::super::problem::Problem;
use super::ask::Question;
use super::drawing::figure;
use super::html::{Html, classed, tag, text, time};
use super::in_force::titles;
use super::parts::{Cell, Record, nothing, section as part, table};
use crate::decimal;
use crate::query::rows::diff::{DiffRow, DiffTier, DiffValue};
use crate::query::rows::{CertaintyKind, Row, TierKind, TierView};
use crate::render::figures;
use crate::render::over_time::{signed, verdict};
use crate::statement::{Program, Subject};

/// The section.
///
/// # Errors
/// The database is damaged.
pub fn section(asked: &Asked, subject: &Subject) -> Result<Html, Problem> {
    if matches!(subject.program(), Program::Token | Program::Cross) {
        return Ok(Html::default());
    }
    let rows = Question::about("diff", subject).rows(asked)?;
    let diff = rows.into_iter().find_map(|row| if let Row::Diff(row) = row { Some(*row) } else { None });
    let next = diff.as_ref().filter(|diff| diff.after.basis.valid_at > diff.before.basis.valid_at);
    let announced = next.filter(|diff| diff.after.statement != diff.before.statement);
    let measures = match subject.program().has_contracts() {
        true => [("margin", "margin of"), ("leverage", "max leverage of")],
        false => [("value", "collateral of"), ("ratio", "ratio of")],
    };
    let mut body = announced.map_or_else(
        || nothing("No change after this time is announced. The drawings show the table in force."),
        |diff| tables(diff, subject),
    );
    let drawn = measures.map(|(id, words)| drawing(asked, subject, id, words, announced));
    let mut drawings = Html::default();
    for drawn in drawn {
        drawings = drawings.and(drawn?);
    }
    body = body.and(classed("div", "pair", drawings));
    let heading = if announced.is_some() { "The next change" } else { "Over size" };
    Ok(part("next", heading, body))
}

/// A measure over size: now, and after the change that is announced.
fn drawing(
    asked: &Asked,
    subject: &Subject,
    id: &'static str,
    words: &str,
    announced: Option<&DiffRow>,
) -> Result<Html, Problem> {
    let now = asked.at.valid_at.to_string();
    let mut question = Question::about(&format!("chart {words}"), subject).with("as of", "asof", &now);
    if let Some(diff) = announced {
        question = question.with("vs", "then", &diff.after.basis.valid_at.to_string());
    }
    let rows = question.rows(asked)?;
    if !rows.iter().any(|row| matches!(row, Row::Segment(row) if row.segment.is_some())) {
        return Ok(Html::default());
    }
    let what = match id {
        "margin" => "Maintenance margin over the notional",
        "leverage" => "Highest leverage over the notional",
        "value" => "Value as collateral over the amount",
        _ => "Ratio over the amount",
    };
    let keys = announced.map_or(Html::default(), |diff| {
        let then = time(&diff.after.basis.valid_at.to_string());
        let key = |class: &str| classed("span", &format!("key {class}"), "");
        text(": ").and(key("before")).and(text(" now, ")).and(key("after")).and(text(" from ")).and(then)
    });
    let dashes = if rows.iter().any(is_unsure) { text("; dashes: not certain") } else { Html::default() };
    let caption = text(what).and(keys).and(dashes).and(text(". "));
    Ok(figure(asked, id, &rows, &question, [560, 380], caption))
}

fn is_unsure(row: &Row) -> bool {
    let Row::Segment(row) = row else { return false };
    row.certainty.as_ref().is_some_and(|certainty| certainty.kind != CertaintyKind::Settled)
}

fn tables(diff: &DiffRow, subject: &Subject) -> Html {
    let at = diff.after.basis.valid_at.to_string();
    let words = diff.effect.as_ref().map_or("changes".to_string(), |effect| verdict(effect.verdict()));
    let lead = tag("p", [classed("strong", "verdict", words), text(" at "), time(&at)]);
    let position = figures::position(subject);
    let has_contracts = subject.program().has_contracts();
    let unit = diff.before.rule.as_ref().or(diff.after.rule.as_ref()).map_or("", |rule| rule.unit.as_str());
    let tiers = match diff.tiers.is_empty() {
        true => nothing("One of the two times has no table."),
        false => {
            let caption = format!("Tiers of {} now and from then on; {position} in {unit}", subject.name());
            table(&caption, titles(has_contracts), diff.tiers.iter().map(tier))
        }
    };
    let values = match diff.values.is_empty() {
        true => Html::default(),
        false => table(
            &match has_contracts {
                true => format!("Maintenance margin of a position of each size, in {unit}"),
                false => format!("Value as collateral of each amount, in {unit}"),
            },
            &["at", "#now", "#then", "#difference"],
            diff.values.iter().map(value),
        ),
    };
    lead.and(tiers).and(values)
}

/// A tier on both sides: what differs has the figure before, an arrow and the one after.
fn tier(tier: &DiffTier) -> Record {
    let class = match (&tier.before, &tier.after) {
        (None, Some(_)) => "new",
        (Some(_), None) => "gone",
        _ if tier.fields.is_empty() => "",
        _ => "differs",
    };
    let sides = [tier.before.as_ref(), tier.after.as_ref()];
    let number = sides.iter().flatten().next_back().map_or(String::new(), |tier| tier.number.to_string());
    let both = |of: &dyn Fn(&TierView) -> String| {
        let [before, after] = sides.map(|side| side.map(of));
        match (before, after) {
            (Some(before), Some(after)) if before != after => {
                Cell::Figure(tag("del", before).and(text(" → ")).and(tag("ins", after)))
            }
            (before, after) => Cell::figure(after.or(before).unwrap_or_default()),
        }
    };
    let mut cells = vec![
        Cell::Head(text(number)),
        both(&|tier| figures::grouped(tier.floor)),
        both(&|tier| tier.cap.map_or("no limit".to_string(), figures::grouped)),
        both(&|tier| figures::percent(tier.rate)),
    ];
    let is_contract = |tier: &&TierView| matches!(tier.kind, TierKind::Contract { .. });
    if sides.into_iter().flatten().any(|tier| is_contract(&tier)) {
        cells.push(both(&|tier| match tier.kind {
            TierKind::Contract { max_leverage, .. } => format!("{max_leverage}x"),
            TierKind::Collateral { .. } => String::new(),
        }));
        cells.push(both(&|tier| match tier.kind {
            TierKind::Contract { maintenance_amount, .. } => {
                maintenance_amount.map_or("unknown".to_string(), figures::grouped)
            }
            TierKind::Collateral { .. } => String::new(),
        }));
    }
    Record { class, cells }
}

fn value(value: &DiffValue) -> Record {
    let shown = |value: Option<decimal::Decimal>| value.map_or("not allowed".to_string(), figures::grouped);
    let by = value.before.zip(value.after).and_then(|(before, after)| decimal::subtract(after, before));
    Record::from(vec![
        Cell::Head(text(figures::grouped(value.at))),
        Cell::figure(shown(value.before)),
        Cell::figure(shown(value.after)),
        Cell::figure(by.map_or(String::new(), signed)),
    ])
}
