//! Editions: of which sources held a draft is a newer edition, or may be one, and what it says otherwise.
//!
//! Only the user says that a document revises another. Two texts do not say which of them is the newer one, nor when it
//! became public, so that revising by itself would make answers depend on the order of loading, and would make the newer
//! text known before it was.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::finding::{Finding, FindingCode};
use crate::ingest::{Draft, DraftRetraction};
use crate::rulebook::history::StatementOutcome;
use crate::rulebook::{Knowledge, Rulebook};
use crate::snapshot::statement_set::StatementSet;
use crate::statement::editions::{Announced, Edited, announced, compare, may_be_editions};
use crate::statement::{Batch, Claim, Precision, RecordedSource, RetractionKind, Source, SourceId, Subject};
use crate::store::Reader;
use crate::text::Span;
use crate::time::{RecordedTime, Timestamp};

/// A source held of which a draft is, or may be, a newer edition.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The older edition.
    pub older: Source,
    /// Whether the draft revises it; else it only looks so.
    pub is_revised: bool,
    /// What the draft says otherwise.
    pub differences: Vec<Edited>,
}

/// The sources that a draft revises, and those that it may be a newer edition of, in order of recording.
///
/// # Errors
/// The index or a line of the journal is damaged.
pub fn editions(draft: &Draft, reader: &Reader) -> Result<Vec<Edition>, Error> {
    let whole = |draft: &&DraftRetraction| {
        draft.withdrawal.kind == RetractionKind::Revise && draft.withdrawal.ordinal.is_none()
    };
    let revised: BTreeSet<&SourceId> =
        draft.withdrawals.iter().filter(whole).map(|draft| &draft.withdrawal.source).collect();
    // An export was looked at where it was recorded first.
    if draft.is_export() || (revised.is_empty() && !draft.announces()) {
        return Ok(Vec::new());
    }
    let sources = reader.sources()?;
    // The instant plays no part: observations without one of their own are compared by their rules.
    let newer = draft.clone().batch(RecordedTime(Timestamp::LAST));
    let announces = announced(&newer.statements);
    let alike = alike(&newer, &announces, &sources, reader)?;
    let is_last = |recorded: &&RecordedSource| {
        !sources.iter().any(|other| other.source.id == recorded.source.id && other.tx > recorded.tx)
    };
    let mut editions = Vec::new();
    for recorded in sources.iter().filter(is_last) {
        let id = &recorded.source.id;
        let is_revised = revised.contains(id);
        if !is_revised && !alike.contains(id) {
            continue;
        }
        let older = reader.batch(recorded.tx)?;
        let differences = compare(&older.statements, &newer.statements);
        let looks_like_it = !differences.is_empty()
            && may_be_editions(
                &announced(&older.statements),
                &announces,
                same_publication(&older.source, &newer.source),
            );
        if is_revised || looks_like_it {
            editions.push(Edition { older: older.source, is_revised, differences });
        }
    }
    Ok(editions)
}

/// What is odd about a draft that may be a newer edition, for each that it may be one of.
pub fn findings(editions: &[Edition]) -> impl Iterator<Item = Finding> {
    editions.iter().filter(|edition| !edition.is_revised).map(|edition| {
        let Edition { older, differences, .. } = edition;
        let subjects: BTreeSet<&Subject> = differences.iter().map(|edited| &edited.subject).collect();
        let count = subjects.len();
        let said = if count == 1 { "1 subject is" } else { &format!("{count} subjects are") };
        let message =
            format!("it may be a newer edition of {} ({}): {said} said otherwise", older.id, older.file);
        Finding::new(FindingCode::MaybeRevision, Span::new(0, 0), message)
    })
}

/// The sources that count and announce something for a subject of the newer one's: more than half of what it
/// announces, or under its title and publication. What else they announce is not looked at here.
fn alike(
    newer: &Batch,
    announces: &Announced,
    sources: &[RecordedSource],
    reader: &Reader,
) -> Result<BTreeSet<SourceId>, Error> {
    let subjects: BTreeSet<&Subject> = announces.iter().map(|(subject, _)| subject).collect();
    let counting = counting(&StatementSet::of(subjects, reader)?.rulebook());
    let is_alike = |(id, other): &(SourceId, Announced)| {
        let mut recordings = sources.iter().filter(|recorded| recorded.source.id == *id);
        recordings.any(|recorded| same_publication(&recorded.source, &newer.source))
            || 2 * announces.intersection(other).count() > announces.len()
    };
    Ok(counting.into_iter().filter(is_alike).map(|(id, _)| id).collect())
}

/// Whether two documents bear one title and one publication.
fn same_publication(one: &Source, other: &Source) -> bool {
    !one.title.is_empty()
        && one.title == other.title
        && one.precision != Precision::Recorded
        && (one.published_at, one.precision) == (other.published_at, other.precision)
}

/// What each source announces that is not withdrawn.
fn counting(book: &Rulebook) -> BTreeMap<SourceId, Announced> {
    let mut counting: BTreeMap<SourceId, Announced> = BTreeMap::new();
    for timeline in book.timelines() {
        let history = book.history(timeline, Knowledge::default());
        for (recorded, outcome) in timeline.statements().iter().zip(history.outcomes()) {
            let claim = &recorded.statement.claim;
            if !matches!(claim, Claim::Observation { .. }) && !matches!(outcome, StatementOutcome::Unseen(_))
            {
                let announced = counting.entry(recorded.id.source.clone()).or_default();
                announced.insert((timeline.subject().clone(), claim.valid_at()));
            }
        }
    }
    counting
}
