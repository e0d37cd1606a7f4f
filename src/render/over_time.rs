//! Answers over time for people: versions, steps, areas, differences, changes.

mod words;
mod versions;

pub(crate) use versions::{in_words, versions_table};
pub use words::{difference, largest, leverage, limit, signed, verdict};
use words::{leverage_or_ratio, without_rule};

use crate::query::plan::ask::Axis;
use crate::query::rows::over_time::{AffectedAnswer, ChangeRow, ReportRow, RuleSummary, StepRow, VersionRow};
use crate::query::rows::{Certainty, CertaintyKind, Row, Warning};
use crate::render::card;
use crate::render::columns::{Column, drawn};
use crate::render::figures;
use crate::render::style::OutputStyle;
use crate::rule::effect::Verdict;
use crate::time::TimeSpan;

/// Rows of one of these kinds, of one subject where they are versions or steps.
///
/// ```
/// use tierbook::render::{OutputStyle, over_time};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("history of ACTUSDT")?;
/// let text = over_time::block(&rows, OutputStyle::PLAIN);
/// assert!(text.starts_with("history of binance:usdm:ACTUSDT\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn block(rows: &[Row], style: OutputStyle) -> String {
    match rows.first() {
        Some(Row::Version(first)) => {
            let versions: Vec<&VersionRow> = rows
                .iter()
                .filter_map(|row| if let Row::Version(row) = row { Some(&**row) } else { None })
                .collect();
            card::heading(&format!("history of {}", first.subject), style) + &versions_table(&versions, style)
        }
        Some(Row::Step(first)) => {
            let steps: Vec<&StepRow> = rows
                .iter()
                .filter_map(|row| if let Row::Step(row) = row { Some(&**row) } else { None })
                .collect();
            card::heading(&steps_title(first), style) + &steps_table(&steps, style)
        }
        Some(Row::Change(_)) => {
            let changes =
                || rows.iter().filter_map(|row| if let Row::Change(row) = row { Some(&**row) } else { None });
            let records = changes().map(change);
            let columns = [
                Column::Name("effective"),
                Column::Name("subject"),
                Column::Name("effect"),
                Column::Figure(leverage_or_ratio(changes().map(|row| &row.subject))),
                Column::Figure("limit"),
                Column::Words("largest change"),
                Column::Name("published"),
                Column::Name("statement"),
                Column::Words("certainty"),
            ];
            drawn(&columns, records.collect(), style)
        }
        Some(Row::Affected(_)) => {
            let affected_rows = || {
                rows.iter().filter_map(|row| if let Row::Affected(row) = row { Some(&**row) } else { None })
            };
            let records = affected_rows().map(affected);
            let columns = [
                Column::Name("subject"),
                Column::Name("from"),
                Column::Name("until"),
                Column::Name("effect"),
                Column::Figure(leverage_or_ratio(affected_rows().map(|row| &row.subject))),
                Column::Figure("limit"),
                Column::Words("largest change"),
                Column::Words("known"),
            ];
            drawn(&columns, records.collect(), style)
        }
        Some(Row::Report(_)) => {
            let records = rows
                .iter()
                .filter_map(|row| if let Row::Report(row) = row { Some(report(row)) } else { None });
            let columns = [
                Column::Name("published"),
                Column::Name("source"),
                Column::Figure("changes"),
                Column::Figure("tightened"),
                Column::Figure("loosened"),
                Column::Figure("mixed"),
                Column::Figure("none"),
                Column::Name("notice"),
                Column::Figure("retroactive"),
                Column::Figure("not done"),
                Column::Figure("done differently"),
                Column::Figure("unseen"),
            ];
            drawn(&columns, records.collect(), style)
        }
        _ => String::new(),
    }
}

fn report(row: &ReportRow) -> Vec<String> {
    let source = row.source.as_ref().map(|recorded| &recorded.source);
    let notice = match (row.shortest_notice.map(about), row.longest_notice.map(about)) {
        (Some(shortest), Some(longest)) if shortest == longest => shortest,
        (Some(shortest), Some(longest)) => format!("{shortest} to {longest}"),
        _ => String::new(),
    };
    let figures = [row.changes, row.tightened, row.loosened, row.mixed, row.no_effect];
    let failures = [row.retroactive, row.not_carried_out, row.carried_out_otherwise, row.unseen];
    let names = [
        source.map_or("all".to_string(), |source| source.published_at.to_string()),
        source.map_or(String::new(), |source| source.id.to_string()),
    ];
    let text = |figures: &[usize]| figures.iter().map(ToString::to_string).collect::<Vec<_>>();
    names.into_iter().chain(text(&figures)).chain([notice]).chain(text(&failures)).collect()
}

/// A length in days and hours, or hours and minutes, cut.
fn about(length: TimeSpan) -> String {
    let minutes = length.micros() / 60_000_000;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    if days > 0 { format!("{days} d {hours} h") } else { format!("{hours} h {minutes} min") }
}

/// `history of mmr of SUBJECT at N`, or `knowledge of … as of V`.
///
/// ```
/// use tierbook::{Row, render::over_time};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("history of mmr of ACTUSDT at 60k")?;
/// let Some(Row::Step(first)) = rows.first() else { panic!() };
/// assert_eq!(over_time::steps_title(first), "history of mmr of binance:usdm:ACTUSDT at 60,000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn steps_title(first: &StepRow) -> String {
    let word = match first.axis {
        Axis::Published | Axis::Recorded => "knowledge",
        Axis::Valid | Axis::Plane => "history",
    };
    let at = first.at.map(figures::asked).unwrap_or_default();
    let as_of = first.valid_at.map_or(String::new(), |valid_at| format!(" as of {valid_at}"));
    format!("{word} of {} of {}{at}{as_of}", first.measure.words(), first.subject)
}

/// The steps of one subject at one notional, each with its times.
///
/// ```
/// use tierbook::Row;
/// use tierbook::render::{OutputStyle, over_time};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("history of mmr of ACTUSDT at 60k")?;
/// let Some(Row::Step(first)) = rows.first() else { panic!() };
/// assert!(over_time::steps_table(&[first], OutputStyle::PLAIN).contains("12.5 %"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn steps_table(rows: &[&StepRow], style: OutputStyle) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let over_knowledge = matches!(first.axis, Axis::Published | Axis::Recorded);
    let from = match first.axis {
        Axis::Published => "published from",
        Axis::Recorded => "recorded from",
        Axis::Valid | Axis::Plane => "from",
    };
    let columns = [
        Column::Name(from),
        Column::Name("until"),
        Column::Figure(figures::title(first.measure)),
        Column::Words(if over_knowledge { "brought by" } else { "certainty" }),
        Column::Words("statements"),
    ];
    let mut warnings: Vec<Warning> = rows.iter().flat_map(|row| row.warnings.clone()).collect();
    warnings.sort_by_key(|warning| (warning.code, warning.message.clone()));
    warnings.dedup();
    drawn(&columns, rows.iter().map(|row| step(row)).collect(), style) + &card::warnings(&warnings, style)
}

/// How certain a step over valid time is, in words; empty where it is settled.
///
/// ```
/// use tierbook::{Row, render::over_time};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("history of mmr of ACTUSDT at 60k")?;
/// let Some(Row::Step(last)) = rows.last() else { panic!() };
/// assert_eq!(over_time::certainty(last), "rolling out until 2026-02-06T07:30:00Z; also unconfirmed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn certainty(row: &StepRow) -> String {
    let certain = row.certainty.as_ref().map(|certainty| card::certainty_line(certainty, None));
    certain.unwrap_or_default()
}

fn step(row: &StepRow) -> Vec<String> {
    let list = |items: Vec<String>| items.join(", ");
    let words = match row.axis {
        Axis::Published | Axis::Recorded => list(row.caused_by.iter().map(ToString::to_string).collect()),
        Axis::Valid | Axis::Plane => certainty(row),
    };
    vec![
        row.from.map_or("the beginning".to_string(), |at| at.to_string()),
        row.until.map(|at| at.to_string()).unwrap_or_default(),
        card::answer(row.status, row.value, row.measure, &row.unit),
        words,
        list(row.statements.iter().map(ToString::to_string).collect()),
    ]
}

fn affected(row: &AffectedAnswer) -> Vec<String> {
    let both = |of: &dyn Fn(&RuleSummary) -> String| {
        step_of(row.before.as_ref().map(of), row.after.as_ref().map(of))
    };
    let kinds = |kinds: &[CertaintyKind]| {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.words()).collect();
        if words.is_empty() { "certain".to_string() } else { words.join(", ") }
    };
    let no_verdict = || without_verdict(row.status_before, row.status_after);
    let effect = match &row.effect {
        Some(effect)
            if effect.verdict() == Verdict::NoEffect && row.certainty_before != row.certainty_after =>
        {
            format!("{} → {}", kinds(&row.certainty_before), kinds(&row.certainty_after))
        }
        Some(effect) => verdict(effect.verdict()),
        None => no_verdict(),
    };
    vec![
        row.subject.to_string(),
        row.from.to_string(),
        row.until.map(|at| at.to_string()).unwrap_or_default(),
        effect,
        both(&leverage),
        both(&limit),
        row.effect.as_ref().map(largest).unwrap_or_default(),
        known(row),
    ]
}

/// For which questions `known at` a time it holds.
fn known(row: &AffectedAnswer) -> String {
    let from = row.known_from.map_or("the beginning".to_string(), |from| from.to_string());
    match row.known_until {
        Some(until) => format!("{from} until {until}"),
        None => format!("from {from}"),
    }
}

/// What a recording changes where there is a rule on one side at most.
fn without_verdict(before: &str, after: &str) -> String {
    match (before, after) {
        ("unknown", "value") => "rule becomes known".to_string(),
        ("ended", "value") => "has a rule again".to_string(),
        (_, "ended") => "ended".to_string(),
        (_, "unknown") => "rule becomes unknown".to_string(),
        (before, after) => format!("{before} → {after}"),
    }
}

/// `20x → 10x`, or the figure alone where it stays.
fn step_of(before: Option<String>, after: Option<String>) -> String {
    match (before, after) {
        (Some(before), Some(after)) if before == after => after,
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (Some(before), None) => format!("{before} → none"),
        (None, Some(after)) => format!("→ {after}"),
        (None, None) => String::new(),
    }
}

fn change(row: &ChangeRow) -> Vec<String> {
    let both = |of: &dyn Fn(&RuleSummary) -> String| {
        step_of(row.before.as_ref().map(of), row.after_rule.as_ref().map(of))
    };
    let unseen = row.after.map_or(String::new(), |_| " (seen)".to_string());
    vec![
        format!("{}{unseen}", row.effective_at),
        row.subject.to_string(),
        match (row.verdict, &row.after_rule) {
            (Some(found), _) => verdict(found),
            (None, Some(rule)) if rule.class.is_some() && row.before.is_some() => "other class".to_string(),
            (None, Some(_)) => "new".to_string(),
            (None, None) => without_rule(row.kind, "ended").to_string(),
        },
        both(&leverage),
        both(&limit),
        row.effect.as_ref().map(largest).unwrap_or_default(),
        row.published_at.to_string(),
        row.statement.to_string(),
        when_effective(row),
    ]
}

/// What makes a change uncertain when it takes effect; how old its answers are then says nothing about it.
fn when_effective(row: &ChangeRow) -> String {
    let age = [CertaintyKind::Settled, CertaintyKind::Unconfirmed];
    let kinds = row.certainty.iter().flat_map(Certainty::kinds).filter(|kind| !age.contains(kind));
    kinds.map(CertaintyKind::words).collect::<Vec<_>>().join(", ")
}

/// What a change does, in one line: `tightened, 20x → 10x, limit 5,000,000 → 800,000`.
///
/// ```
/// use tierbook::{Row, render::over_time::change_in_words};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let rows = rules.query("changes of ACTUSDT")?;
/// let Some(Row::Change(row)) = rows.first() else { panic!() };
/// assert_eq!(change_in_words(row), "tightened, 20x → 10x, limit 5,000,000 → 800,000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn change_in_words(row: &ChangeRow) -> String {
    let mut cells = change(row);
    let mut words = vec![std::mem::take(&mut cells[2]), std::mem::take(&mut cells[3])];
    if !cells[4].is_empty() {
        words.push(format!("limit {}", cells[4]));
    }
    words.retain(|word| !word.is_empty());
    words.join(", ")
}
