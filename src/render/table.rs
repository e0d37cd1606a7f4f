//! Several rows as a table: numbers to the right, what they have in common below.

use comfy_table::{CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

use crate::query::rows::{
    FindingRow, MeasureRow, Row, SourceRow, StatementRow, Status, SubjectRow, TierKind, TierRow,
};
use crate::render::surface::Surface;
use crate::render::{card, figures};
use crate::rule::Reading;

/// Rows of one kind as a table.
pub fn block(rows: &[Row], surface: Surface) -> String {
    match rows.first() {
        Some(Row::Measure(_)) => measures(
            &picked(rows, |row| if let Row::Measure(row) = row { Some(&**row) } else { None }),
            surface,
        ),
        Some(Row::Tier(_)) => {
            tiers(&picked(rows, |row| if let Row::Tier(row) = row { Some(&**row) } else { None }), surface)
        }
        Some(Row::Subject(_)) => {
            subjects(&picked(rows, |row| if let Row::Subject(row) = row { Some(row) } else { None }), surface)
        }
        Some(Row::Source(_)) => {
            sources(&picked(rows, |row| if let Row::Source(row) = row { Some(row) } else { None }), surface)
        }
        Some(Row::Statement(_)) => statements(
            &picked(rows, |row| if let Row::Statement(row) = row { Some(&**row) } else { None }),
            surface,
        ),
        Some(Row::Finding(_)) => {
            findings(&picked(rows, |row| if let Row::Finding(row) = row { Some(row) } else { None }), surface)
        }
        Some(Row::Explanation(_)) | None => String::new(),
    }
}

fn picked<'a, T>(rows: &'a [Row], pick: impl Fn(&'a Row) -> Option<&'a T>) -> Vec<&'a T> {
    rows.iter().filter_map(pick).collect()
}

fn measures(rows: &[&MeasureRow], surface: Surface) -> String {
    let records = rows.iter().map(|row| {
        let answer = match (row.value, row.status) {
            (Some(value), _) => figures::value(value, row.measure, &row.unit),
            (None, Status::Value) => "no limit".to_string(),
            (None, status) => status.name().replace('_', " "),
        };
        vec![
            row.context.subject.to_string(),
            row.at.map(figures::at).unwrap_or_default(),
            answer,
            row.tier.as_ref().map(|tier| tier.number.to_string()).unwrap_or_default(),
            row.context.in_force_since.map(|at| at.to_string()).unwrap_or_default(),
            row.certainty
                .as_ref()
                .map(|c| card::certainty_line(c, Some((row.measure, &row.unit))))
                .unwrap_or_default(),
            row.context.source.as_ref().map(|s| s.recorded.source.id.to_string()).unwrap_or_default(),
        ]
    });
    let words = rows.first().map_or("", |row| row.measure.words());
    let header = ["subject", "at", words, "tier", "in force since", "certainty", "source"];
    let mut notes: Vec<String> = Vec::new();
    for row in rows {
        let name = row.context.subject.name();
        let at = row.at.map(|at| format!(" at {}", figures::at(at))).unwrap_or_default();
        notes.extend(row.message.iter().map(|message| format!("  {name}{at}: {message}")));
        notes.extend(row.warnings.iter().map(|w| format!("  {name}{at}: {} ({})", w.message, w.code)));
    }
    notes.dedup();
    drawn(&header, records.collect(), &[1, 2, 3], surface) + &closing(basis_line(&rows[0].context), notes)
}

fn tiers(rows: &[&TierRow], surface: Surface) -> String {
    let first = rows[0];
    let title = format!("tiers of {} in {}\n", first.context.subject, first.unit);
    if let (None, Some(message)) = (&first.tier, &first.message) {
        return format!("{title}{}", closing(basis_line(&first.context), vec![format!("  {message}")]));
    }
    let views = rows.iter().filter_map(|row| row.tier.as_ref());
    let is_contract = views.clone().any(|tier| matches!(tier.kind, TierKind::Contract { .. }));
    let records = views.map(|tier| {
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
    });
    let header: &[&str] = if is_contract {
        &["tier", "over", "up to", "mmr", "leverage", "maintenance amount", "reading"]
    } else {
        &["tier", "over", "up to", "ratio", "reading"]
    };
    let mut notes = card::provenance(&first.context, first.certainty.as_ref(), None);
    notes.extend(
        rows.iter().flat_map(|row| &row.warnings).map(|warning| card::warning_line(warning, surface)),
    );
    let table = drawn(header, records.collect(), &[0, 1, 2, 3, 4, 5], surface);
    format!("{title}{table}{}", closing(format!("  as of {}", first.context.basis.valid_at), notes))
}

fn subjects(rows: &[&SubjectRow], surface: Surface) -> String {
    let records = rows.iter().map(|row| {
        vec![
            row.subject.to_string(),
            row.first_at.to_string(),
            row.last_at.to_string(),
            row.statements.to_string(),
        ]
    });
    drawn(&["subject", "known from", "newest", "statements"], records.collect(), &[3], surface)
}

fn sources(rows: &[&SourceRow], surface: Surface) -> String {
    let records = rows.iter().map(|row| {
        let source = &row.recorded.source;
        vec![
            source.id.to_string(),
            source.published_at.to_string(),
            source.precision.name().to_string(),
            row.recorded.recorded_at.to_string(),
            row.recorded.tx.to_string(),
            row.statements.to_string(),
            row.findings.to_string(),
            source.file.clone(),
        ]
    });
    let header = ["source", "published", "known to the", "recorded", "tx", "statements", "findings", "file"];
    drawn(&header, records.collect(), &[4, 5, 6], surface)
}

fn statements(rows: &[&StatementRow], surface: Surface) -> String {
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
    drawn(&["statement", "subject", "kind", "valid at", "bytes"], records.collect(), &[], surface)
}

fn findings(rows: &[&FindingRow], surface: Surface) -> String {
    let records = rows.iter().map(|row| {
        let finding = &row.finding;
        vec![
            row.source.to_string(),
            finding.code.severity().name().to_string(),
            finding.code.name().to_string(),
            finding.subjects.join(", "),
            finding.message.clone(),
            finding.span.to_string(),
        ]
    });
    drawn(&["source", "severity", "code", "subjects", "finding", "bytes"], records.collect(), &[], surface)
}

fn basis_line(context: &crate::query::rows::Context) -> String {
    let mut line = format!("  as of {}", context.basis.valid_at);
    if let Some(known_at) = context.basis.known_at {
        line += &format!(", known at {known_at}");
    }
    if let Some(recorded_by) = context.basis.recorded_by {
        line += &format!(", recorded by {recorded_by}");
    }
    format!("{line}, tx {}", context.tx)
}

fn closing(basis: String, notes: Vec<String>) -> String {
    let lines: Vec<String> = [basis].into_iter().chain(notes).collect();
    lines.join("\n") + "\n"
}

/// A line below the header and nothing else: dense enough for twelve tiers, and plain enough for a pipe.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::new(' ', ' ', ' '))
    .header_separator(LineStyle::new(' ', '─', '─', ' '))
    .content_lines(ContentLineStyle::new(' ', ' ', ' '));

/// A table with `right` columns aligned to the right; it wraps to the width of a terminal and never in a pipe.
pub fn drawn(header: &[&str], records: Vec<Vec<String>>, right: &[usize], surface: Surface) -> String {
    let mut table = Table::new();
    table.load_style(STYLE).set_header(header.to_vec()).add_rows(records);
    match surface.width {
        Some(width) => {
            table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width.min(u16::MAX.into()) as u16);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt() + "\n"
}
