//! The rows of the tiers: each tier of each box of a subject.

use super::chosen::Chosen;
use super::columns::{Cell, Columns};
use crate::compiled::boxes::{Boxes, KnownBox};
use crate::decimal::Decimal;
use crate::error::Result;
use crate::query::rows::{CertaintyKind, Status};
use crate::rule::{RuleKind, Tier};
use crate::statement::{SourceId, Subject};
use crate::time::{PublishedTime, RecordedTime, ValidTime};

/// What a row has besides its box.
#[derive(Default)]
struct Figures<'a> {
    tier: Option<&'a Tier>,
    floor: Option<Decimal>,
    is_contract: bool,
    unit: Option<&'a str>,
    class: Option<&'a str>,
}

/// Adds the rows of a subject.
///
/// # Errors
/// A figure has more digits than its column.
pub fn add(columns: &mut Columns, subject: &Subject, chosen: &Chosen) -> Result<()> {
    let Some(boxes) = Boxes::of(subject, &chosen.stored) else { return Ok(()) };
    let name = subject.to_string();
    for of in boxes.all.iter().filter(|it| is_chosen(it, chosen)) {
        let Some((rule, class)) = boxes.rule(&of.content) else {
            let certainty = boxes.certainty(&of.content, None);
            add_row(columns, (&name, of, &boxes), &Figures::default(), (of.content.status, certainty))?;
            continue;
        };
        let class = class.map(Subject::to_string);
        let is_contract = rule.kind() == RuleKind::Contract;
        let figures =
            Figures { is_contract, unit: Some(rule.unit()), class: class.as_deref(), ..Figures::default() };
        for (place, tier) in rule.tiers().iter().enumerate() {
            // One ratio for any amount rests on all that is stated.
            let place = (rule.kind() != RuleKind::Flat).then_some(place);
            let figures = Figures { tier: Some(tier), floor: Some(tier.floor), ..figures };
            let certainty = boxes.certainty(&of.content, place);
            add_row(columns, (&name, of, &boxes), &figures, (Status::Value, certainty))?;
        }
        if let Some(limit) = rule.limit() {
            let figures = Figures { floor: Some(limit), ..figures };
            let certainty = boxes.certainty(&of.content, None);
            add_row(columns, (&name, of, &boxes), &figures, (Status::AboveLimit, certainty))?;
        }
    }
    Ok(())
}

fn is_chosen(of: &KnownBox, chosen: &Chosen) -> bool {
    chosen.as_of.is_none_or(|at| of.valid.contains(at))
        && chosen.known_at.is_none_or(|at| of.known.contains(at))
        && chosen.recorded_by.is_none_or(|at| of.recorded.contains(at))
}

fn add_row(
    columns: &mut Columns,
    (subject, of, boxes): (&str, &KnownBox, &Boxes),
    figures: &Figures,
    (status, certainty): (Status, Option<CertaintyKind>),
) -> Result<()> {
    let valid = |time: Option<ValidTime>| Cell::Time(time.map(|time| time.0));
    let known = |time: Option<PublishedTime>| Cell::Time(time.map(|time| time.0));
    let recorded = |time: Option<RecordedTime>| Cell::Time(time.map(|time| time.0));
    let Figures { tier, floor, is_contract, unit, class } = figures;
    let rate = |is_of_it: bool| Cell::Number(tier.filter(|_| is_of_it).map(|tier| tier.rate));
    let source = boxes.source(&of.content);
    let cells = [
        Cell::Text(Some(subject)),
        valid(of.valid.from),
        valid(of.valid.to),
        known(of.known.from),
        known(of.known.to),
        recorded(of.recorded.from),
        recorded(of.recorded.to),
        Cell::Count(tier.map(|tier| tier.number)),
        Cell::Number(*floor),
        Cell::Number(tier.and_then(|tier| tier.cap)),
        rate(*is_contract),
        Cell::Count(tier.and_then(Tier::max_leverage)),
        Cell::Number(tier.map(|tier| tier.amount)),
        Cell::Text(Some(status.name())),
        Cell::Text(certainty.map(CertaintyKind::name)),
        valid(of.content.last_confirmed_at),
        Cell::Text(source.as_ref().map(SourceId::as_str)),
        rate(!is_contract),
        Cell::Text(*unit),
        Cell::Text(*class),
    ];
    columns.add(cells, || {
        let place = tier.map_or("above the last tier".to_string(), |tier| format!("tier {}", tier.number));
        let since = of.valid.from.map_or("the first time".to_string(), |from| from.to_string());
        format!("{subject}, {place}, in force from {since}")
    })
}
