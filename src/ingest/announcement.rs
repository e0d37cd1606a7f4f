//! Announcements: text whose table cells may be glued together → document → tables → statements with
//! findings.
//!
//! `docs/announcements.md` describes how a text is read.

mod broken;
mod cells;
mod column_assignment;
mod context;
pub(super) mod contract;
mod costs;
mod cover;
pub(super) mod document;
mod effective_time;
mod flat;
mod header;
pub(super) mod header_words;
mod heading;
mod holes;
pub(super) mod lines;
mod losses;
mod marks;
pub(super) mod number;
mod repair;
pub(super) mod rollout;
mod rules;
pub(super) mod sentences;
pub(super) mod split;
mod statements;
mod subjects;
mod suspicious;
pub(super) mod suspicious_times;
mod tables;
pub(super) mod timestamps;
mod transitions;
pub(super) mod unread;
mod without_tables;

pub(super) use document::{Document, End, VENUE, cut};

use super::conflicts;
use super::draft::{Draft, DraftClaim, DraftStatement, Input};
use super::families;
use super::view::markdown;
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::text::Span;
use context::AnnouncementReader;
use cover::Cover;
use header::TableKind;
use lines::TextLine;
use sentences::Sentence;
use tables::PrintedTable;

/// Reads an announcement. Pure: the same input gives the same draft.
///
/// # Errors
/// `document_too_large`, `too_many_rows` (more than
/// [`limits::DOCUMENT_ROWS`] rows or [`limits::DOCUMENT_TABLES`] tables), `too_many_lines` (more than
/// [`limits::DOCUMENT_LINES`] between them, or more to compare than [`limits::COMPARED_SENTENCES`]), `no_table` (nothing in it looks like a
/// table), `front_matter_key`, `front_matter_value`, `front_matter_open`.
pub(super) fn read(input: &Input, text: &str) -> Result<Draft, Error> {
    match markdown::view(text)? {
        None => read_document(input, document::open(text)?),
        Some(page) => {
            let mut draft = read_document(input, document::open(page.view.text())?)?;
            if page.is_cut {
                draft.findings.push(document::cut(draft.text.len()));
            }
            let mut draft = draft.of_source(text, |span| page.view.source(span));
            draft.findings.extend(page.unseen.findings());
            draft.findings.sort_by_key(|finding| (finding.span, finding.code));
            Ok(draft)
        }
    }
}

/// Where the tables of a text are.
pub(super) fn table_spans(text: &str) -> Vec<Span> {
    tables::find(text, 0).0.iter().map(|table| table.span).collect()
}

/// Whether a line is a heading that names contracts.
pub(super) fn is_heading(line: &str) -> bool {
    heading::heading(line, &TextLine::at(line, Span::new(0, line.len()))).is_some()
}

/// Reads the text of a document.
pub(super) fn read_document(input: &Input, document: Document) -> Result<Draft, Error> {
    let text = document.text.as_str();
    let families = families::read(&document);
    let accounted = Cover::of(&families.accounted);
    let (mut tables, mut bare_headers) = tables::find(text, document.body);
    tables.retain(|table| !accounted.contains(table.span));
    bare_headers.retain(|header| !accounted.contains(*header));
    check_size(&tables)?;
    let spans: Vec<Span> = tables.iter().map(|table| table.span).collect();
    let lines = lines::lines_between(text, document.body, &spans);
    if lines.len() > limits::DOCUMENT_LINES {
        let message = format!("{} lines; at most {} are read", lines.len(), limits::DOCUMENT_LINES);
        return Err(Error::new(ErrorCode::TooManyLines, message).hint(document::NOT_SO_LARGE));
    }
    let mut findings = unread::check(text, &lines, &bare_headers, &spans);
    findings.retain(|finding| !accounted.contains(finding.span));
    if tables.is_empty() {
        return without_tables::read(input, document, families, findings, !bare_headers.is_empty());
    }
    let (publication, origin, doubt) = document::publication(&document, input);
    findings.extend(doubt);
    findings.extend(document::truncated(&document, &tables));

    let titled =
        !document.title.is_empty() && lines.first().is_some_and(|line| line.of(text).starts_with('#'));
    // The title names dates and contracts in passing.
    let lines = lines.into_iter().skip(usize::from(titled)).map(|line| TextLine::at(text, line));
    let lines: Vec<TextLine> = lines.collect();
    let headings = heading::headings(text, &lines);
    let sentences = sentences::sentences(text, &lines, &headings);
    check_sentences(&sentences, tables.len())?;
    let tier_tables = tables.iter().filter(|table| table.header.kind == TableKind::Tiers);
    let tier_starts: Vec<usize> = tier_tables.map(|table| table.span.start).collect();
    findings.extend(suspicious_times::suspicious_timestamps(text, &lines));
    findings.extend(suspicious_times::suspicious_rollouts(&sentences));
    let lost = unread::timestamps_without_table(text, &lines, &spans).into_iter();
    let lost = lost.chain(unread::headings_without_table(text, &headings, &tier_starts));
    findings.extend(lost.filter(|finding| !accounted.contains(finding.span)));
    let known_names = subjects::known_names(text, &tables, &headings);
    findings.extend(marks::split_from_names(&mut tables, text, &known_names));
    let mut reader = AnnouncementReader {
        document: &document,
        sentences,
        known_names,
        has_groups: has_groups(text),
        headings,
        marks_repeat: marks::repeat(&tables),
        findings,
        start: single_start(&families.statements),
        statements: families.statements,
        accounted,
        unread_sides: Vec::new(),
        losses: Vec::new(),
    };
    reader.findings.extend(families.findings);
    reader.read_tables(&tables);
    let AnnouncementReader { mut findings, statements, accounted, losses, .. } = reader;
    let contracts = statements.iter().filter(|statement| statement.subject.program().has_contracts());
    let unread = findings.iter().filter(|finding| finding.code.is_loss());
    let lost = unread.flat_map(|finding| finding.subjects.iter().cloned());
    let read = contracts.map(|statement| statement.subject.name().to_string()).chain(lost).collect();
    if !findings.iter().any(|finding| finding.code.refuses()) {
        let last_table = spans.last().map_or(document.body, |table| table.end);
        let lost = unread::contracts_without_table(text, &lines, &read, last_table).into_iter();
        findings.extend(lost.filter(|finding| !accounted.contains(finding.span)));
    }
    findings.extend(conflicts::contradictions(&statements));
    findings.extend(conflicts::ranks(&statements));
    findings.extend(publication.and_then(|(at, _)| conflicts::far_timestamps(&statements, at.0)));
    findings.sort_by_key(|finding| (finding.span, finding.code));
    Ok(Draft {
        title: document.title.clone(),
        publication,
        origin,
        statements,
        losses,
        findings,
        ..Draft::empty(input.bytes, input.file, document.text)
    })
}

/// Each table is compared with the sentences above it and with the dates in them.
fn check_sentences(sentences: &[Sentence], tables: usize) -> Result<(), Error> {
    let dates: usize = sentences.iter().map(|sentence| sentence.times.halves.len()).sum();
    let (most, most_dates) = (limits::COMPARED_SENTENCES, limits::COMPARED_DATES);
    if sentences.len() * tables <= most && dates * tables <= most_dates {
        return Ok(());
    }
    let message = format!(
        "{} sentences with {dates} dates, and {tables} tables; at most {most} pairs of a sentence and a table, and \
         {most_dates} of a date and a table, are compared",
        sentences.len()
    );
    Err(Error::new(ErrorCode::TooManyLines, message))
}

/// The launch of a document that launches one contract: tiers without a heading of their own are those of it.
fn single_start(statements: &[DraftStatement]) -> Option<DraftStatement> {
    let is_launch = |statement: &&DraftStatement| matches!(statement.claim, DraftClaim::Launch { .. });
    let mut launches = statements.iter().filter(is_launch);
    launches.next().filter(|_| launches.next().is_none()).cloned()
}

/// Whether any number of a text has a comma before three digits, as in `5,000`.
fn has_groups(text: &str) -> bool {
    text.as_bytes().windows(5).any(|bytes| {
        let digits = [bytes[0], bytes[2], bytes[3], bytes[4]];
        bytes[1] == b',' && digits.iter().all(u8::is_ascii_digit)
    })
}

fn check_size(tables: &[PrintedTable]) -> Result<(), Error> {
    let rows: usize = tables.iter().map(|table| table.body.rows()).sum();
    if rows <= limits::DOCUMENT_ROWS && tables.len() <= limits::DOCUMENT_TABLES {
        return Ok(());
    }
    let (most_rows, most_tables) = (limits::DOCUMENT_ROWS, limits::DOCUMENT_TABLES);
    // A table is read up to one row more than the most, so that the rows of all are not counted.
    let message = match rows > most_rows {
        true => format!("the tables have more than {most_rows} rows, which are the most that are read"),
        false => format!("{} tables; at most {most_tables} are read", tables.len()),
    };
    Err(Error::new(ErrorCode::TooManyRows, message).hint(document::NOT_SO_LARGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_pairs_are_compared_as_the_bounds_say_and_not_one_more() {
        let with = |halves| {
            let times =
                timestamps::PrintedTimes { timestamps: Vec::new(), halves: vec![Span::new(0, 1); halves] };
            let (span, topic) = (Span::new(0, 1), sentences::Topic::Neither);
            [Sentence { span, topic, times, rollout: None, is_timestamp: false, in_heading: false }]
        };
        for (halves, most) in [(0, limits::COMPARED_SENTENCES), (1, limits::COMPARED_DATES)] {
            check_sentences(&with(halves), most).unwrap();
            let refused = check_sentences(&with(halves), most + 1).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::TooManyLines);
            assert!(refused.message().contains(&most.to_string()), "{refused}");
        }
    }
}
