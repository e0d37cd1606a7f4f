//! Announcements: text whose table cells may be glued together → document → tables → statements with findings.
//!
//! `docs/announcements.md` tells how a text is read.

mod cell;
mod claims;
mod contract;
mod document;
mod flat;
mod header;
mod heading;
pub(super) mod timestamps;
mod marks;
mod moves;
mod number;
mod suspicious_times;
mod suspicious;
mod prose;
mod reader;
mod rollout;
mod rules;
mod share;
mod split;
mod subjects;
mod tables;
mod unread;
mod weight;
mod when;
mod words;

pub(super) use document::{Document, End, VENUE, cut};

use super::conflicts;
use super::draft::{Draft, Input};
use super::view::markdown;
use crate::error::{Error, ErrorCode};
use crate::finding::Severity;
use crate::limits;
use crate::statement::Sha256;
use crate::text::{Span, line_number};
use prose::Line;

/// Reads an announcement. Pure: the same input gives the same draft.
///
/// # Errors
/// `document_too_large`, `too_many_rows` (more than
/// [`limits::DOCUMENT_ROWS`] rows or [`limits::DOCUMENT_TABLES`] tables), `too_many_lines` (more than
/// [`limits::DOCUMENT_LINES`] between them), `no_table` (nothing in it looks like a
/// table), `front_matter_key`, `front_matter_value`, `front_matter_open`.
pub(super) fn read(input: &Input, text: &str) -> Result<Draft, Error> {
    match markdown::view(text)? {
        None => read_document(input, document::open(text)?),
        Some((view, is_cut)) => {
            let mut draft = read_document(input, document::open(view.text())?)?;
            if is_cut {
                draft.findings.push(document::cut(draft.text.len()));
            }
            Ok(draft.of_source(text, |span| view.source(span)))
        }
    }
}

/// Where the tables of a text stand.
pub(super) fn table_spans(text: &str) -> Vec<Span> {
    tables::find(text, 0).0.iter().map(|table| table.span).collect()
}

/// Whether a line is a heading that names contracts.
pub(super) fn is_heading(line: &str) -> bool {
    heading::heading(line, &Line::at(line, Span::new(0, line.len()))).is_some()
}

/// Reads the text of a document.
pub(super) fn read_document(input: &Input, document: Document) -> Result<Draft, Error> {
    let text = document.text.as_str();
    let (mut tables, bare_headers) = tables::find(text, document.body);
    check_size(&tables)?;
    let spans: Vec<Span> = tables.iter().map(|table| table.span).collect();
    let lines = prose::lines_between(text, document.body, &spans);
    if lines.len() > limits::DOCUMENT_LINES {
        let message = format!("{} lines; at most {} are read", lines.len(), limits::DOCUMENT_LINES);
        return Err(Error::new(ErrorCode::TooManyLines, message));
    }
    let ends: Vec<usize> = spans.iter().map(|span| span.end).collect();
    let mut findings = unread::check(text, &lines, &bare_headers, &ends);
    // What looks like a table, but has neither a header of ours nor a range of positions, is about something else.
    let ours =
        !tables.is_empty() || !bare_headers.is_empty() || text.contains(['≤', '≦']) || text.contains("<=");
    if !ours || (tables.is_empty() && findings.is_empty()) {
        let message = "no rule found: nothing in the document looks like a table of margin rules";
        let error = Error::new(ErrorCode::NoTable, message)
            .hint("announcements with leverage tiers or collateral ratios are read");
        return Err(match findings.first() {
            Some(other) => {
                let line = line_number(text, other.span.start);
                error.hint(format!("line {line} looks like a table of something else"))
            }
            None => error,
        });
    }
    let publication = document::publication(&document, input, &mut findings);
    findings.extend(document::truncated(&document, &tables));

    let prose_lines: Vec<Line> =
        without_title(text, &document, lines).into_iter().map(|line| Line::at(text, line)).collect();
    let headings = heading::headings(text, &prose_lines);
    let last_table = tables.last().map_or(document.body, |table| table.span.end);
    let tiers = tables.iter().filter(|table| table.header.kind == header::Kind::Tiers);
    let tier_starts: Vec<usize> = tiers.map(|table| table.span.start).collect();
    findings.extend(suspicious_times::suspicious_timestamps(text, &prose_lines));
    findings.extend(unread::lost_instants(text, &prose_lines, &spans));
    findings.extend(unread::lost_headings(text, &headings, &tier_starts));
    let sentences = prose::sentences(text, &prose_lines);
    findings.extend(suspicious_times::suspicious_rollouts(&sentences));
    let known = subjects::known_names(text, &tables, &headings);
    findings.extend(marks::part(&mut tables, text, &known));
    let mut reader = reader::Reader {
        document: &document,
        sentences,
        known,
        has_groups: has_groups(text),
        headings,
        marks_repeat: marks::repeat(&tables),
        findings,
        statements: Vec::new(),
    };
    let mut above = document.body;
    for table in &tables {
        reader.read(table, above);
        if table.header.kind == header::Kind::Tiers {
            above = table.span.end;
        }
    }
    let reader::Reader { mut findings, statements, .. } = reader;
    let contracts = statements.iter().filter(|statement| statement.subject.program().holds_contracts());
    let read = contracts.map(|statement| statement.subject.name()).collect();
    if !findings.iter().any(|finding| finding.code.severity() == Severity::Error) {
        findings.extend(unread::lost_contracts(text, &prose_lines, &read, last_table));
    }
    findings.extend(conflicts::contradictions(&statements));
    findings.extend(conflicts::ranks(&statements));
    findings.extend(publication.and_then(|(at, _)| conflicts::far_timestamps(&statements, at.0)));
    findings.sort_by_key(|finding| (finding.span, finding.code));
    Ok(Draft {
        sha256: Sha256::of(&[input.bytes]),
        file: input.file.to_string(),
        title: document.title.clone(),
        publication,
        statements,
        listings: Vec::new(),
        withdrawals: Vec::new(),
        postponements: Vec::new(),
        findings,
        text: document.text,
    })
}

/// Whether any number of a text has a comma before three digits, as in `5,000`.
fn has_groups(text: &str) -> bool {
    text.as_bytes().windows(5).any(|bytes| {
        let digits = [bytes[0], bytes[2], bytes[3], bytes[4]];
        bytes[1] == b',' && digits.iter().all(u8::is_ascii_digit)
    })
}

fn check_size(tables: &[tables::Table]) -> Result<(), Error> {
    let rows: usize = tables
        .iter()
        .map(|table| match &table.body {
            tables::Body::Tiers(items) => items.len(),
            tables::Body::Flat(rows) => rows.len(),
            tables::Body::Collateral(blocks) => blocks.iter().map(|block| block.items.len()).sum(),
        })
        .sum();
    if rows <= limits::DOCUMENT_ROWS && tables.len() <= limits::DOCUMENT_TABLES {
        return Ok(());
    }
    let (most_rows, most_tables) = (limits::DOCUMENT_ROWS, limits::DOCUMENT_TABLES);
    let message =
        format!("{rows} rows in {} tables; at most {most_rows} in {most_tables} are read", tables.len());
    Err(Error::new(ErrorCode::TooManyRows, message))
}

/// The lines without the title, which names dates and contracts in passing.
fn without_title(text: &str, document: &document::Document, mut lines: Vec<Span>) -> Vec<Span> {
    let first = lines.first().map(|line| line.of(text).starts_with('#'));
    if first == Some(true) && !document.title.is_empty() {
        lines.remove(0);
    }
    lines
}
