//! Several rows as a table: figures to the right, what they have in common below.

use crate::query::rows::{
    Context, FindingRow, LogRow, MeasureRow, Row, SourceRow, StatementRow, SubjectRow, TierKind, TierRow,
    TierView,
};
use crate::render::card::{self, Measured};
use crate::render::columns::Column::{self, Figure, Name, Words};
use crate::render::columns::drawn;
use crate::render::figures;
use crate::render::style::OutputStyle;
use crate::rule::Reading;
use crate::statement::{At, Precision, Source, Subject, TxId};

/// Rows of one kind as a table.
pub fn block(rows: &[Row], style: OutputStyle) -> String {
    match rows.first() {
        Some(Row::Measure(_)) => measures(
            &picked(rows, |row| if let Row::Measure(row) = row { Some(&**row) } else { None }),
            style,
        ),
        Some(Row::Tier(_)) => {
            tiers(&picked(rows, |row| if let Row::Tier(row) = row { Some(&**row) } else { None }), style)
        }
        Some(Row::Subject(_)) => {
            subjects(&picked(rows, |row| if let Row::Subject(row) = row { Some(row) } else { None }), style)
        }
        Some(Row::Source(_)) => {
            sources(&picked(rows, |row| if let Row::Source(row) = row { Some(row) } else { None }), style)
        }
        Some(Row::Statement(_)) => statements(
            &picked(rows, |row| if let Row::Statement(row) = row { Some(&**row) } else { None }),
            style,
        ),
        Some(Row::Finding(_)) => {
            findings(&picked(rows, |row| if let Row::Finding(row) = row { Some(row) } else { None }), style)
        }
        Some(Row::Log(_)) => {
            log(&picked(rows, |row| if let Row::Log(row) = row { Some(&**row) } else { None }), style)
        }
        // These are drawn elsewhere.
        Some(_) | None => String::new(),
    }
}

fn picked<'a, T>(rows: &'a [Row], pick: impl Fn(&'a Row) -> Option<&'a T>) -> Vec<&'a T> {
    rows.iter().filter_map(pick).collect()
}

fn measures(rows: &[&MeasureRow], style: OutputStyle) -> String {
    let words = rows.first().map_or("", |row| figures::title(row.measure));
    let columns = [
        Name("subject"),
        Figure("at"),
        Figure(words),
        Figure("tier"),
        Name("since"),
        Words("certainty"),
        Name("source"),
    ];
    let table = drawn(&columns, rows.iter().map(|row| measure(row)).collect(), style);
    let mut notes: Vec<String> = Vec::new();
    for row in rows {
        let at = row.at.map(figures::asked).unwrap_or_default();
        let about = format!("{}{at}", row.context.subject.name());
        notes.extend(row.message.iter().map(|message| format!("{about}: {message}")));
        notes.extend(
            row.warnings.iter().map(|warning| format!("{about}: {} ({})", warning.message, warning.code)),
        );
    }
    notes.dedup();
    let notes: String = notes.iter().map(|note| card::detail("note", note, style)).collect();
    format!("{table}{}{notes}", basis(&rows[0].context, style))
}

fn measure(row: &MeasureRow) -> Vec<String> {
    let answer = card::answer(row.status, row.value, row.measure, &row.unit);
    let measured = Measured { measure: row.measure, unit: &row.unit, value: row.value };
    vec![
        row.context.subject.to_string(),
        row.at.map(figures::at).unwrap_or_default(),
        answer,
        row.tier.as_ref().map(|tier| tier.number.to_string()).unwrap_or_default(),
        since(&row.context),
        row.certainty.as_ref().map(|c| card::certainty_line(c, Some(measured))).unwrap_or_default(),
        row.context.source.as_ref().map(|s| s.recorded.source.id.to_string()).unwrap_or_default(),
    ]
}

/// Since when a rule is in force, or was seen.
fn since(context: &Context) -> String {
    match (context.in_force_since, context.seen_since) {
        (Some(at), _) => at.to_string(),
        (None, Some(at)) => format!("seen {at}"),
        (None, None) => String::new(),
    }
}

fn tiers(rows: &[&TierRow], style: OutputStyle) -> String {
    let first = rows[0];
    let title = card::heading(&format!("tiers of {} in {}", first.context.subject, first.unit), style);
    if let (None, Some(message)) = (&first.tier, &first.message) {
        let because = card::detail(first.status.name(), message, style);
        return format!("{title}{because}{}", card::provenance(&first.context, None, None, style));
    }
    let views = rows.iter().filter_map(|row| row.tier.as_ref());
    let is_contract = views.clone().any(|tier| matches!(tier.kind, TierKind::Contract { .. }));
    let columns: &[Column] = if is_contract {
        &[
            Figure("tier"),
            Figure("over"),
            Figure("up to"),
            Figure("mmr"),
            Figure("leverage"),
            Figure("maintenance amount"),
            Name("reading"),
        ]
    } else {
        &[Figure("tier"), Figure("over"), Figure("up to"), Figure("ratio"), Name("reading")]
    };
    let table = drawn(columns, views.map(tier).collect(), style);
    let provenance = card::provenance(&first.context, first.certainty.as_ref(), None, style);
    let mut warnings: Vec<_> = rows.iter().flat_map(|row| row.warnings.clone()).collect();
    warnings.dedup();
    let cite = card::detail("cite", &first.address.to_string(), style);
    format!("{title}{table}{provenance}{cite}{}", card::warnings(&warnings, style))
}

fn tier(tier: &TierView) -> Vec<String> {
    let mut record = vec![
        tier.number.to_string(),
        figures::grouped(tier.floor),
        tier.cap.map_or("no limit".to_string(), figures::grouped),
        figures::percent(tier.rate),
    ];
    if let TierKind::Contract { min_leverage, max_leverage, maintenance_amount } = &tier.kind {
        record.push(card::leverages(*min_leverage, *max_leverage));
        record.push(maintenance_amount.map_or("unknown".to_string(), figures::grouped));
    }
    record.push(if tier.reading == Reading::Repaired { "repaired" } else { "" }.to_string());
    record
}

fn subjects(rows: &[&SubjectRow], style: OutputStyle) -> String {
    let records = rows.iter().map(|row| {
        vec![
            row.subject.to_string(),
            row.first_at.to_string(),
            row.last_at.to_string(),
            row.statements.to_string(),
        ]
    });
    let columns = [Name("subject"), Name("known from"), Name("newest"), Figure("statements")];
    drawn(&columns, records.collect(), style)
}

fn sources(rows: &[&SourceRow], style: OutputStyle) -> String {
    let records = rows.iter().map(|row| {
        let source = &row.recorded.source;
        vec![
            source.id.to_string(),
            source.published_at.to_string(),
            published_by(source),
            row.recorded.recorded_at.to_string(),
            row.recorded.tx.to_string(),
            row.statements.to_string(),
            row.findings.to_string(),
            state(row),
            source.file.clone(),
        ]
    });
    let columns = [
        Name("source"),
        Name("published"),
        Words("published by"),
        Name("recorded"),
        Figure("tx"),
        Figure("statements"),
        Figure("findings"),
        Words("state"),
        Words("file"),
    ];
    drawn(&columns, records.collect(), style)
}

/// Where the publication time comes from, and that only the day is known.
fn published_by(source: &Source) -> String {
    match source.precision {
        Precision::Day => format!("the day, {}", source.origin.words()),
        _ => source.origin.words().to_string(),
    }
}

/// What became of a source, and how often it was posted.
fn state(row: &SourceRow) -> String {
    let state = &row.state;
    let by = state.tx.map_or(String::new(), |tx| format!(" by tx {tx}"));
    let newer = state.newer.as_ref().map_or(String::new(), |newer| format!(" ({newer})"));
    let posted = match row.postings.len() {
        0 | 1 => String::new(),
        count => format!(", posted {count} times"),
    };
    let reason = if state.reason.is_empty() { String::new() } else { format!(": {}", state.reason) };
    format!("{}{by}{newer}{posted}{reason}", state.name)
}

/// How many changed subjects are named.
const NAMED: usize = 3;

fn log(rows: &[&LogRow], style: OutputStyle) -> String {
    let records = rows.iter().map(|row| {
        let source = &row.recorded.source;
        let names: Vec<&str> = row.changed.iter().take(NAMED).map(Subject::name).collect();
        let more = row.changed.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = if source.is_command() || source.is_lost() {
            source.title.clone()
        } else {
            let published = format!("published {} {}", source.published_at, source.origin.words());
            format!("{} {} {}, {}", row.action, source.id, source.file, published.trim_end())
        };
        let undone = row.undone_by.map_or(String::new(), |by| format!(" (undone by tx {by})"));
        vec![
            row.recorded.tx.to_string(),
            row.recorded.recorded_at.to_string(),
            format!("{what}{undone}"),
            row.changed.len().to_string(),
            format!("{}{more}", names.join(", ")),
        ]
    });
    let columns = [Figure("tx"), Name("recorded"), Words("what"), Figure("tables changed"), Words("of")];
    drawn(&columns, records.collect(), style)
}

fn statements(rows: &[&StatementRow], style: OutputStyle) -> String {
    let records = rows.iter().map(|row| {
        let (recorded, claim) = (&row.recorded, &row.recorded.statement.claim);
        vec![
            recorded.id.to_string(),
            recorded.statement.subject.to_string(),
            claim.kind().to_string(),
            claim.valid_at().to_string(),
            recorded.statement.span.to_string(),
        ]
    });
    let columns = [Name("statement"), Name("subject"), Name("kind"), Name("valid at"), Name("bytes")];
    drawn(&columns, records.collect(), style)
}

/// Findings by source, as sentences rather than columns: they are long.
fn findings(rows: &[&FindingRow], style: OutputStyle) -> String {
    let group = |group: &[&FindingRow]| {
        let first = group[0];
        let lines = group.iter().map(|row| {
            let (finding, about) = (&row.finding, row.finding.subjects.join(", "));
            let about = if about.is_empty() { about } else { format!("{about}: ") };
            let text =
                format!("{about}{} ({}, bytes {})", finding.message, finding.code.as_str(), finding.span);
            card::detail(finding.code.severity().name(), &text, style)
        });
        let heading = format!("{}, published {}", first.source, first.published_at);
        card::heading(&heading, style) + &lines.collect::<String>()
    };
    rows.chunk_by(|a, b| a.source == b.source).map(group).collect()
}

/// The times of the question and the newest transaction, once for all rows.
fn basis(context: &Context, style: OutputStyle) -> String {
    card::detail("as of", &basis_text(&context.basis, context.tx), style)
}

/// The times of a question and the newest transaction.
pub fn basis_text(basis: &At, tx: TxId) -> String {
    let mut text = basis.valid_at.to_string();
    if let Some(known_at) = basis.known_at {
        text += &format!(", known at {known_at}");
    }
    if let Some(recorded_by) = basis.recorded_by {
        text += &format!(", recorded by {recorded_by}");
    }
    format!("{text}, tx {tx}")
}
