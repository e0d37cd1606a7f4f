//! An audit as text: for people what is not right, for programs every figure, part by part.

use serde_json::Value;

use crate::decimal::{self, Decimal};
use crate::query::eval::audit::Used;
use crate::query::eval::judged::{JudgedRow, JudgedStatement};
use crate::query::syntax::measure::Measure;
use crate::render::columns::{Column, drawn};
use crate::render::csv;
use crate::render::figures;
use crate::render::style::{Format, OutputStyle};

/// Figures as a table, with the reason for each judgement.
///
/// ```
/// use tierbook::Timestamp;
/// use tierbook::render::{OutputStyle, audit};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let judged = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
/// let rows: Vec<_> = judged.objections().collect();
/// let text = audit::table(&rows, OutputStyle::PLAIN);
/// assert!(text.contains("12.5 %") && text.contains("look-ahead"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn table(rows: &[JudgedRow], style: OutputStyle) -> String {
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
            row.difference.map(|by| figures::signed(by, |by| shown(by, &row.used))).unwrap_or_default(),
            row.judgement.words().to_string(),
            row.message.clone().unwrap_or_default(),
        ]
    });
    drawn(&columns, records.collect(), style)
}

fn shown(value: Decimal, used: &Used) -> String {
    match used.measure {
        Measure::Mmr | Measure::Ratio => figures::percent(value),
        _ => figures::grouped(value),
    }
}

/// Some of the rows for programs. The parts, one after the other, are one text: the first opens it, the last
/// closes it.
///
/// ```
/// use tierbook::Timestamp;
/// use tierbook::render::{Format, audit};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let judged = database.audit("seed/decisions.csv".as_ref(), Timestamp::now(), &mut |_, _| {})?;
/// let rows: Vec<_> = judged.rows().collect();
/// let (one, other) = rows.split_at(5);
/// let text = audit::part(one, Format::Json, true, false) + &audit::part(other, Format::Json, false, true);
/// assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(&text)?.len(), 8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn part(rows: &[JudgedRow], format: Format, first: bool, last: bool) -> String {
    let rows: Vec<Fields> = rows.iter().map(fields).collect();
    match format {
        Format::Csv => records(&rows, first),
        Format::Json => array(&rows, first, last),
        Format::Table | Format::Jsonl | Format::Svg => rows.iter().map(|row| object(row) + "\n").collect(),
    }
}

/// The fields of a row in their order; an empty text is null. What is a number in JSON is marked by its name.
type Fields = [(&'static str, String); 24];

/// The fields that are numbers in JSON; all others are texts.
const NUMBERS: [&str; 3] = ["line", "tx", "in_force_tx"];

fn fields(row: &JudgedRow) -> Fields {
    let used = &row.used;
    let number = |value: Option<Decimal>| value.map(decimal::canonical).unwrap_or_default();
    let text = |statement: &Option<JudgedStatement>, pick: fn(&JudgedStatement) -> String| {
        statement.as_ref().map(pick).unwrap_or_default()
    };
    [
        ("line", row.line.to_string()),
        ("time", used.valid_at.to_string()),
        ("known_at", used.known_at.to_string()),
        ("subject", row.subject.clone()),
        ("measure", used.measure.key().to_string()),
        ("at", used.at.map(|at| at.to_string()).unwrap_or_default()),
        ("used", decimal::canonical(used.value)),
        ("judgement", row.judgement.name().to_string()),
        ("status", row.status.name().to_string()),
        ("right", number(row.right)),
        ("certainty", row.certainty.map(|kind| kind.name().to_string()).unwrap_or_default()),
        ("right_before", number(row.right_before)),
        ("by_rule", row.by_rule.unwrap_or_default().to_string()),
        ("known_then", number(row.known_then)),
        ("difference", number(row.difference)),
        ("statement", text(&row.matched, |statement| statement.statement.to_string())),
        ("from", text(&row.matched, |statement| statement.from.to_string())),
        ("published_at", text(&row.matched, |statement| statement.published_at.to_string())),
        ("tx", text(&row.matched, |statement| statement.tx.to_string())),
        ("in_force_statement", text(&row.in_force, |statement| statement.statement.to_string())),
        ("in_force_from", text(&row.in_force, |statement| statement.from.to_string())),
        ("in_force_published_at", text(&row.in_force, |statement| statement.published_at.to_string())),
        ("in_force_tx", text(&row.in_force, |statement| statement.tx.to_string())),
        ("message", row.message.clone().unwrap_or_default()),
    ]
}

fn records(rows: &[Fields], header: bool) -> String {
    let names = rows.first().filter(|_| header).map(|row| row.iter().map(|(name, _)| *name).collect());
    let values = rows.iter().map(|row| row.iter().map(|(_, value)| value.as_str()).collect());
    csv::lines(&names.into_iter().chain(values).collect::<Vec<_>>())
}

fn array(rows: &[Fields], first: bool, last: bool) -> String {
    if first && rows.is_empty() {
        return "[]\n".to_string();
    }
    let mut text = String::new();
    for (place, row) in rows.iter().enumerate() {
        text += if first && place == 0 { "[\n  " } else { ",\n  " };
        text += &object(row);
    }
    if last { text + "\n]\n" } else { text }
}

/// One object. It is written out field by field, because a log has a million rows.
fn object(row: &Fields) -> String {
    let mut text = String::with_capacity(512);
    for (place, (name, value)) in row.iter().enumerate() {
        text += if place == 0 { "{\"" } else { ",\"" };
        text += name;
        text += "\":";
        match value.as_str() {
            "" => text += "null",
            number if NUMBERS.contains(name) => text += number,
            plain => text += &Value::from(plain).to_string(),
        }
    }
    text + "}"
}
