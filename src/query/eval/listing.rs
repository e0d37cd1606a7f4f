//! What is stored, listed: subjects, sources, the statements of a source, findings.

use crate::error::{Error, ErrorCode};
use crate::finding::{Finding, FindingCode};
use crate::limits;
use crate::query::eval::stored::StoredRules;
use crate::query::plan::{StoredPlan, names};
use crate::query::rows::{
    ContradictionRow, FindingRow, Posting, Row, SourceRow, SourceState, StatementRow, SubjectRow,
};
use crate::rulebook::contradictions::{Contradicted, Contradiction};
use crate::rulebook::{Knowledge, Timeline, Visibility};
use crate::statement::{Recorded, RecordedSource, RetractionKind, Subject, TxId};
use crate::text::Span;

/// The subjects whose names match a pattern.
pub(super) fn subject_rows(plan: &StoredPlan, stored: &StoredRules) -> Vec<Row> {
    let matching = plan.argument.as_ref().map_or("*", |(pattern, _)| pattern.as_str());
    let fits = |timeline: &&Timeline| names::matches_pattern(matching, timeline.subject().name());
    stored
        .rulebook
        .timelines()
        .filter(fits)
        .filter_map(|it| subject_row(it, stored))
        .map(Row::Subject)
        .collect()
}

fn subject_row(timeline: &Timeline, stored: &StoredRules) -> Option<SubjectRow> {
    let counts = |recorded: &&Recorded| {
        let visibility = stored.rulebook.visibility(recorded, Knowledge::default());
        !recorded.follows_from_complete_snapshot() && !matches!(visibility, Visibility::Unloaded(_))
    };
    let stated = || timeline.statements().iter().filter(counts);
    let (first, last) = (stated().next()?, stated().next_back()?);
    Some(SubjectRow {
        subject: timeline.subject().clone(),
        first_at: first.statement.claim.valid_at(),
        last_at: last.statement.claim.valid_at(),
        statements: stated().count(),
    })
}

/// Every stored source.
pub(super) fn source_rows(stored: &StoredRules) -> Vec<Row> {
    let contradictions = contradictions(stored);
    let is_first = |it: &&RecordedSource| {
        stored.rulebook.recordings(&it.source.id).first().is_none_or(|first| first.tx == it.tx)
    };
    let documents = stored.sources.iter().filter(|it| !it.source.is_command()).filter(is_first);
    documents.map(|it| Row::Source(source_row(counting(it, stored), &contradictions, stored))).collect()
}

fn source_row(recorded: &RecordedSource, contradictions: &[FindingRow], stored: &StoredRules) -> SourceRow {
    SourceRow {
        recorded: recorded.clone(),
        statements: statements_of(recorded, stored).len(),
        findings: findings_in(recorded, contradictions, stored).len(),
        state: state(recorded, stored),
        postings: postings(recorded, stored),
    }
}

/// Each document once, in the order of its first recording: the recording that counts now.
fn once_each(stored: &StoredRules) -> impl Iterator<Item = &RecordedSource> {
    let is_first = |it: &&RecordedSource| {
        stored.rulebook.recordings(&it.source.id).first().is_none_or(|first| first.tx == it.tx)
    };
    stored.sources.iter().filter(is_first).map(|it| counting(it, stored))
}

/// The recording of a document that counts now, the earliest posting of several; else the last one.
fn counting<'a>(of: &'a RecordedSource, stored: &'a StoredRules) -> &'a RecordedSource {
    let id = &of.source.id;
    let recordings = stored.rulebook.recordings(id);
    let counts = |it: &&RecordedSource| {
        stored.rulebook.counting(id, it.tx, Knowledge::default()) == Visibility::Visible
    };
    let first = recordings.iter().filter(counts).min_by_key(|it| (it.source.published_at, it.tx));
    first.or(recordings.last()).unwrap_or(of)
}

/// What became of a source, by which transaction and why.
fn state(recorded: &RecordedSource, stored: &StoredRules) -> SourceState {
    let (id, book, now) = (&recorded.source.id, &stored.rulebook, Knowledge::default());
    let because = |tx: TxId| {
        let about = book.retractions_about(id).find(|it| it.tx == tx);
        about.map(|it| (&it.retraction, &it.by))
    };
    if let Visibility::Unloaded(tx) = book.counting(id, recorded.tx, now) {
        let reason = because(tx).map_or(String::new(), |(it, _)| it.reason.clone());
        return SourceState { name: "unloaded", tx: Some(tx), newer: None, reason };
    }
    let Some(tx) = book.retracted_by(id, None, now, limits::RETRACTION_DEPTH) else {
        let name = if recorded.source.is_lost() { "lost" } else { "loaded" };
        return SourceState { name, tx: None, newer: None, reason: String::new() };
    };
    let (name, newer, reason) = match because(tx) {
        Some((it, by)) => match &it.kind {
            RetractionKind::Revise => ("superseded", Some(*by), it.reason.clone()),
            RetractionKind::Supersede(newer) => ("superseded", Some(*newer), it.reason.clone()),
            _ => ("retracted", None, it.reason.clone()),
        },
        None => ("retracted", None, String::new()),
    };
    SourceState { name, tx: Some(tx), newer, reason }
}

/// Every recording of a document, and whether it counts.
fn postings(of: &RecordedSource, stored: &StoredRules) -> Vec<Posting> {
    let id = &of.source.id;
    let posting = |it: &RecordedSource| Posting {
        published_at: it.source.published_at,
        published_by: it.source.origin,
        recorded_at: it.recorded_at,
        tx: it.tx,
        counts: stored.rulebook.counting(id, it.tx, Knowledge::default()) == Visibility::Visible,
    };
    stored.rulebook.recordings(id).iter().map(posting).collect()
}

fn statements_of<'a>(source: &RecordedSource, stored: &'a StoredRules) -> Vec<&'a Recorded> {
    let stated = stored.rulebook.stated();
    let mut statements: Vec<&Recorded> = stated.filter(|recorded| recorded.tx == source.tx).collect();
    statements.sort_by_key(|recorded| recorded.id.ordinal);
    statements
}

/// One source and its statements.
pub(super) fn source(plan: &StoredPlan, stored: &StoredRules) -> Result<Vec<Row>, Error> {
    let (id, span) = plan.argument.as_ref().map_or(("", Span::new(0, 0)), |(id, span)| (id.as_str(), *span));
    let found = find_source(id, span, &stored.sources)?;
    let statements = statements_of(found, stored).into_iter();
    let statements =
        statements.map(|recorded| Row::Statement(Box::new(StatementRow { recorded: recorded.clone() })));
    Ok([Row::Source(source_row(found, &contradictions(stored), stored))]
        .into_iter()
        .chain(statements)
        .collect())
}

/// The last recording of the source with that id, or the first digits of it, or the name of its file; `span`
/// is where it is named in the question.
///
/// # Errors
/// There is none (`unknown_source`), or more than one (`ambiguous_source`).
pub fn find_source<'a>(
    id: &str,
    span: Span,
    sources: &'a [RecordedSource],
) -> Result<&'a RecordedSource, Error> {
    let digits = id.to_lowercase();
    let fits = |recorded: &&RecordedSource| {
        recorded.source.id.as_str().starts_with(&digits) || recorded.source.file == id
    };
    let mut found: Vec<&RecordedSource> = sources.iter().filter(fits).collect();
    // Of a document recorded again the last record counts.
    found.sort_by_key(|recorded| (&recorded.source.id, std::cmp::Reverse(recorded.tx)));
    found.dedup_by_key(|recorded| &recorded.source.id);
    match found.as_slice() {
        [source] => Ok(source),
        [] => Err(Error::new(ErrorCode::UnknownSource, format!("no source `{id}` is stored"))
            .at(span, "not the id of a source")
            .hint("the query `sources` lists the ids; the first few digits are enough")),
        several => Err(Error::new(
            ErrorCode::AmbiguousSource,
            format!("{} sources start with `{id}`", several.len()),
        )
        .at(span, "more digits are needed")
        .hint("the query `sources` lists the ids")),
    }
}

/// The findings of subjects, or of a source, or all, in the order of their sources: what the reader of each
/// source found in it, and what it contradicts of everything stored.
pub(super) fn findings(plan: &StoredPlan, stored: &StoredRules) -> Result<Vec<Row>, Error> {
    let source = plan.argument.as_ref();
    let only = source.map(|(id, span)| find_source(id, *span, &stored.sources)).transpose()?;
    let names: Vec<&str> = plan.subjects.iter().map(Subject::name).collect();
    let concerns = |finding: &Finding| {
        names.is_empty() || finding.subjects.iter().any(|subject| names.contains(&subject.as_str()))
    };
    let contradictions = contradictions(stored);
    let is_unloaded = |it: &RecordedSource| {
        let counts = stored.rulebook.counting(&it.source.id, it.tx, Knowledge::default());
        matches!(counts, Visibility::Unloaded(_))
    };
    let wanted = |it: &&RecordedSource| match only {
        Some(only) => only.source.id == it.source.id,
        None => !is_unloaded(it),
    };
    let mut rows = Vec::new();
    for recorded in once_each(stored).filter(wanted) {
        let found = findings_in(recorded, &contradictions, stored).into_iter();
        rows.extend(found.filter(|row| concerns(&row.finding)).map(Row::Finding));
    }
    Ok(rows)
}

/// What the reader of a source found in it, and what it contradicts.
fn findings_in(
    recorded: &RecordedSource,
    contradictions: &[FindingRow],
    stored: &StoredRules,
) -> Vec<FindingRow> {
    let row = |finding: &Finding| FindingRow {
        source: recorded.source.id,
        tx: recorded.tx,
        published_at: recorded.source.published_at,
        finding: finding.clone(),
        contradiction: None,
    };
    let read = stored.found(&recorded.source.id).into_iter().map(row);
    read.chain(contradictions.iter().filter(|row| row.source == recorded.source.id).cloned()).collect()
}

/// Every contradiction between the stored sources.
fn contradictions(stored: &StoredRules) -> Vec<FindingRow> {
    let of = |timeline: &Timeline| -> Vec<FindingRow> {
        let history = stored.rulebook.history(timeline, Knowledge::default());
        history.contradictions().iter().map(contradiction_row).collect()
    };
    let ranks = stored.rulebook.rank_changes();
    stored.rulebook.timelines().flat_map(of).chain(ranks.iter().map(contradiction_row)).collect()
}

fn contradiction_row(found: &Contradicted) -> FindingRow {
    let Contradicted { how, by, against, after, until } = found;
    let name = by.statement.subject.name();
    let kind = against.statement.claim.kind();
    let (code, message) = match how {
        Contradiction::UnseenChange => (
            FindingCode::UnseenChange,
            format!(
                "{name} has another rule at {until}; it came after {after}, when {} was in force",
                against.id
            ),
        ),
        Contradiction::UnseenEnd => (
            FindingCode::UnseenEnd,
            format!("{name} is seen to have no rule at {until}; it had one at {after} by {}", against.id),
        ),
        Contradiction::NotCarriedOut => (
            FindingCode::NotCarriedOut,
            format!(
                "{name} is seen at {until} with the rule from before the {kind} of {after}, {}",
                against.id
            ),
        ),
        Contradiction::CarriedOutOtherwise => (
            FindingCode::CarriedOutOtherwise,
            format!(
                "{name} is seen at {until} with another rule than the {kind} of {after} gives it, {}",
                against.id
            ),
        ),
        Contradiction::AnnouncedTwice => (
            FindingCode::AnnouncedTwice,
            format!("{name} is given another rule for {until} by {}, which counts", against.id),
        ),
        Contradiction::RankDiffers(rank) => (
            FindingCode::RankDiffers,
            format!(
                "rank {rank} of {name} has another table than rank {rank} of {}, {}",
                against.statement.subject.name(),
                against.id
            ),
        ),
        Contradiction::SeenTwice => (
            FindingCode::SeenTwice,
            format!("{name} is shown with another rule at {until} by {}, which counts", against.id),
        ),
    };
    let finding =
        Finding { subjects: vec![name.to_string()], ..Finding::new(code, by.statement.span, message) };
    FindingRow {
        source: by.id.source,
        tx: by.tx,
        published_at: by.published_at,
        finding,
        contradiction: Some(ContradictionRow {
            by: by.id,
            against: against.id,
            after: *after,
            until: *until,
        }),
    }
}
