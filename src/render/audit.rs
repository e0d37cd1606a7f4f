//! An audit as text: for people what is not right, for programs every figure, part by part.

use serde_json::{Value, json};

use crate::decimal::{self, Decimal};
use crate::query::audit::Used;
use crate::query::judged::{JudgedRow, Said};
use crate::query::measure::Measure;
use crate::render::csv;
use crate::render::figures;
use crate::render::surface::{Format, Surface};
use crate::render::table::{Column, drawn};

/// Figures as a table, with the reason for each judgement.
pub fn table(rows: &[JudgedRow], surface: Surface) -> String {
    let columns = [
        Column::Figure("line"),
        Column::Name("time"),
        Column::Name("subject"),
        Column::Figure("at"),
        Column::Name("measure"),
        Column::Figure("used"),
        Column::Figure("right"),
        Column::Figure("difference"),
        Column::Name("judgement"),
        Column::Words("because"),
    ];
    let records = rows.iter().map(|row| {
        let figure = |value: Option<Decimal>| value.map(|v| shown(v, &row.used)).unwrap_or_default();
        vec![
            row.line.to_string(),
            row.used.valid_at.to_string(),
            row.subject.clone(),
            row.used.at.map(figures::at).unwrap_or_default(),
            row.used.measure.words().to_string(),
            figure(Some(row.used.value)),
            figure(row.right),
            figure(row.difference),
            row.judgement.words().to_string(),
            row.message.clone().unwrap_or_default(),
        ]
    });
    drawn(&columns, records.collect(), surface)
}

fn shown(value: Decimal, used: &Used) -> String {
    match used.measure {
        Measure::Mmr | Measure::Ratio => figures::percent(value),
        _ => figures::grouped(value),
    }
}

/// Some of the rows for programs. The parts, one after the other, are one text: the first opens it, the last closes it.
pub fn part(rows: &[JudgedRow], format: Format, first: bool, last: bool) -> String {
    let objects = rows.iter().map(object);
    match format {
        Format::Csv => csv::objects(&objects.collect::<Vec<_>>(), first),
        Format::Json => {
            let mut text = String::new();
            for (place, object) in objects.enumerate() {
                text += if first && place == 0 { "[\n" } else { ",\n" };
                text += &format!("  {object}");
            }
            match (first && rows.is_empty(), last) {
                (true, _) => "[]\n".to_string(),
                (_, true) => text + "\n]\n",
                _ => text,
            }
        }
        Format::Table | Format::Jsonl => objects.map(|object| format!("{object}\n")).collect(),
    }
}

fn object(row: &JudgedRow) -> Value {
    let used = &row.used;
    let number = |value: Option<Decimal>| value.map(decimal::canonical);
    json!({
        "line": row.line,
        "time": used.valid_at.to_string(),
        "known_at": used.known_at.to_string(),
        "subject": row.subject,
        "measure": used.measure.key(),
        "at": used.at.map(|at| at.to_string()),
        "used": decimal::canonical(used.value),
        "judgement": row.judgement.name(),
        "right": number(row.right),
        "right_before": number(row.right_before),
        "by_rule": row.by_rule,
        "known_then": number(row.known_then),
        "difference": number(row.difference),
        "in_force": said(row.in_force.as_ref()),
        "matched": said(row.matched.as_ref()),
        "message": row.message,
    })
}

fn said(said: Option<&Said>) -> Value {
    let text = |pick: fn(&Said) -> String| said.map(pick);
    json!({
        "statement": text(|said| said.statement.to_string()),
        "from": text(|said| said.from.to_string()),
        "published_at": text(|said| said.published_at.to_string()),
        "tx": said.map(|said| said.tx.0),
    })
}
