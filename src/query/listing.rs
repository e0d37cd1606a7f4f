//! What is held, listed: subjects, sources, the statements of a source, findings.

use crate::finding::Finding;
use crate::mistake::Mistake;
use crate::query::held::Held;
use crate::query::names;
use crate::query::rows::{FindingRow, Row, SourceRow, StatementRow, SubjectRow};
use crate::rulebook::Timeline;
use crate::statement::{Recorded, RecordedSource, Subject};
use crate::text::Span;

/// The subjects whose names match a pattern.
pub(super) fn subject_rows(matching: &str, held: &Held) -> Vec<Row> {
    let fits = |timeline: &&Timeline| names::matches_pattern(matching, timeline.subject().name());
    held.rulebook.timelines().filter(fits).filter_map(subject_row).map(Row::Subject).collect()
}

fn subject_row(timeline: &Timeline) -> Option<SubjectRow> {
    let (first, last) = (timeline.statements().first()?, timeline.statements().last()?);
    Some(SubjectRow {
        subject: timeline.subject().clone(),
        first_at: first.statement.claim.valid_at(),
        last_at: last.statement.claim.valid_at(),
        statements: timeline.statements().len(),
    })
}

/// Every source held.
pub(super) fn source_rows(held: &Held) -> Vec<Row> {
    held.sources.iter().map(|source| Row::Source(source_row(source, held))).collect()
}

fn source_row(recorded: &RecordedSource, held: &Held) -> SourceRow {
    SourceRow {
        recorded: recorded.clone(),
        statements: statements_of(recorded, held).len(),
        findings: held.findings.get(&recorded.source.id).map_or(0, Vec::len),
    }
}

fn statements_of<'a>(source: &RecordedSource, held: &'a Held) -> Vec<&'a Recorded> {
    let all = held.rulebook.timelines().flat_map(Timeline::statements);
    let mut statements: Vec<&Recorded> = all.filter(|recorded| recorded.tx == source.tx).collect();
    statements.sort_by_key(|recorded| recorded.id.ordinal);
    statements
}

/// One source and its statements.
pub(super) fn source(id: &str, span: Span, held: &Held) -> Result<Vec<Row>, Mistake> {
    let found = find_source(id, span, held)?;
    let statements = statements_of(found, held).into_iter();
    let statements =
        statements.map(|recorded| Row::Statement(Box::new(StatementRow { recorded: recorded.clone() })));
    Ok([Row::Source(source_row(found, held))].into_iter().chain(statements).collect())
}

fn find_source<'a>(id: &str, span: Span, held: &'a Held) -> Result<&'a RecordedSource, Mistake> {
    let fits =
        |source: &&RecordedSource| source.source.id.as_str().starts_with(id) || source.source.file == id;
    let mut found: Vec<&RecordedSource> = held.sources.iter().filter(fits).collect();
    found.dedup_by_key(|source| &source.source.id);
    match found.as_slice() {
        [source] => Ok(source),
        [] => Err(Mistake::question("unknown_source", format!("no source `{id}` is held"))
            .at(span, "not the id of a source")
            .hint("`sources` lists the ids; the first few digits are enough")),
        several => {
            Err(Mistake::question("ambiguous_source", format!("{} sources start with `{id}`", several.len()))
                .at(span, "more digits are needed")
                .hint("`sources` lists the ids"))
        }
    }
}

/// The findings of subjects, or of a source, or all.
pub(super) fn findings(
    of: &[Subject],
    source: Option<&(String, Span)>,
    held: &Held,
) -> Result<Vec<Row>, Mistake> {
    let only = source.map(|(id, span)| find_source(id, *span, held)).transpose()?;
    let names: Vec<&str> = of.iter().map(Subject::name).collect();
    let concerns = |finding: &Finding| {
        names.is_empty() || finding.subjects.iter().any(|subject| names.contains(&subject.as_str()))
    };
    let mut rows = Vec::new();
    for recorded in &held.sources {
        if only.is_some_and(|only| only.tx != recorded.tx) {
            continue;
        }
        let found = held.findings.get(&recorded.source.id).into_iter().flatten();
        rows.extend(found.filter(|finding| concerns(finding)).map(|finding| {
            let (source, published_at) = (recorded.source.id.clone(), recorded.source.published_at);
            Row::Finding(FindingRow { source, published_at, finding: finding.clone() })
        }));
    }
    Ok(rows)
}
