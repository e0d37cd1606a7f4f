//! Editions: of which stored sources a draft is, or may be, a newer edition, and what it states differently.
//!
//! Only the user can state that a document revises another. Two texts do not tell which of them is the newer
//! one, nor when it became public: an automatic revision would make answers depend on the order of loading,
//! and would make the newer text known before it was published.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::finding::{Finding, FindingCode};
use crate::ingest::{Draft, DraftRetraction};
use crate::rulebook::history::StatementOutcome;
use crate::rulebook::{Knowledge, Rulebook};
use crate::snapshot::records::records_without_other_sources;
use crate::statement::editions::{Announced, Edited, announced, compare, may_be_editions};
use crate::statement::{
    Batch, Precision, Recorded, RecordedSource, RetractionKind, Source, SourceId, Subject, symbol,
};
use crate::store::Reader;
use crate::text::Span;
use crate::time::{RecordedTime, Timestamp, ValidTime};

/// A stored source of which a draft is, or may be, a newer edition.
///
/// ```
/// use tierbook::{FileOutcome, LoadInput, LoadOptions};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let text = std::fs::read_to_string("seed/binance-2026-02-03.txt")?.replace("LTC85%80%", "LTC85%75%");
/// let report = database.writer()?.load(LoadInput::bytes("newer.txt", text), LoadOptions::default())?;
/// let FileOutcome::Loaded(document, _) = &report.files[0].outcome else { panic!() };
/// let edition = &document.editions[0];
/// assert_eq!((edition.older.id.as_str(), edition.is_revised), ("ee2413a8367c", false));
/// assert_eq!(edition.differences[0].subject.name(), "LTC");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Edition {
    /// The older edition.
    pub older: Source,
    /// Whether the draft revises it; else it only looks like a newer edition.
    pub is_revised: bool,
    /// What the draft states differently.
    pub differences: Vec<Edited>,
}

/// The sources that a draft revises, and those that it may be a newer edition of, in order of recording.
///
/// # Errors
/// The index or a line of the journal is damaged.
pub fn editions(draft: &Draft, reader: &Reader) -> Result<Vec<Edition>, Error> {
    let whole = |draft: &&DraftRetraction| {
        draft.retraction.kind == RetractionKind::Revise && draft.retraction.ordinal.is_none()
    };
    let revised: BTreeSet<&SourceId> =
        draft.retractions.iter().filter(whole).map(|draft| &draft.retraction.source).collect();
    // An export was compared where it was recorded first.
    if draft.is_export || (revised.is_empty() && !draft.announces()) {
        return Ok(Vec::new());
    }
    // The time does not matter: observations without one are compared by their rules.
    let newer = draft.clone().batch(RecordedTime(Timestamp::LAST));
    let announces = announced(&newer.statements);
    if revised.is_empty() && !may_be_known(&newer, &announces, reader)? {
        return Ok(Vec::new());
    }
    let records = records_without_other_sources(announces.iter().map(|(subject, _)| subject), reader)?;
    let mut compared = similar_sources(&newer, &announces, &Rulebook::new(records));
    compared.extend(revised.iter().copied());
    let sources = reader.recordings(&compared)?;
    let is_last = |recorded: &&RecordedSource| {
        !sources.iter().any(|other| other.source.id == recorded.source.id && other.tx > recorded.tx)
    };
    let mut editions = Vec::new();
    for recorded in sources.iter().filter(is_last) {
        let is_revised = revised.contains(&recorded.source.id);
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

/// The findings about a draft that may be a newer edition, one for each source that it may be one of.
pub fn findings(editions: &[Edition]) -> impl Iterator<Item = Finding> {
    editions.iter().filter(|edition| !edition.is_revised).map(|edition| {
        let Edition { older, differences, .. } = edition;
        let subjects: BTreeSet<&Subject> = differences.iter().map(|edited| &edited.subject).collect();
        let count = subjects.len();
        let subjects = if count == 1 { "1 subject differs" } else { &format!("{count} subjects differ") };
        let message = format!("it may be a newer edition of {} ({}): {subjects}", older.id, older.file);
        Finding::new(FindingCode::MaybeRevision, Span::new(0, 0), message)
    })
}

/// Whether any source may be an older edition, from the statements about its subjects alone: one that is announced for
/// the same time, or was published at the same. Most drafts have none, and then nothing else is read.
fn may_be_known(newer: &Batch, announces: &Announced, reader: &Reader) -> Result<bool, Error> {
    let times: BTreeSet<ValidTime> = announces.iter().map(|(_, at)| *at).collect();
    let mut subjects: BTreeSet<&Subject> = announces.iter().map(|(subject, _)| subject).collect();
    if !subjects.iter().all(|subject| subject.program().has_contracts()) {
        return Ok(true); // what is stated of a class or of a token is about others too
    }
    let tokens: BTreeSet<Subject> = subjects.iter().flat_map(|subject| symbol::tokens_of(subject)).collect();
    subjects.extend(&tokens);
    let published_at = newer.source.published_at;
    let may_be = |recorded: &Recorded| {
        let claim = &recorded.statement.claim;
        !claim.is_observation()
            && (recorded.published_at == published_at || times.contains(&claim.valid_at()))
    };
    for subject in subjects {
        if reader.states(subject, may_be)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The sources that may be older editions: they announce more than half of what the newer one does, or
/// something of it under the same title and publication. Only announcements that count are compared.
fn similar_sources(newer: &Batch, announces: &Announced, book: &Rulebook) -> BTreeSet<SourceId> {
    let is_same = |recorded: &RecordedSource| same_publication(&recorded.source, &newer.source);
    let is_similar = |(id, other): &(SourceId, Announced)| {
        book.recordings(id).iter().any(is_same) || 2 * announces.intersection(other).count() > announces.len()
    };
    counting(book).into_iter().filter(is_similar).map(|(id, _)| id).collect()
}

/// Whether two documents have the same title and the same publication.
fn same_publication(one: &Source, other: &Source) -> bool {
    !one.title.is_empty()
        && one.title == other.title
        && one.precision != Precision::Recorded
        && (one.published_at, one.precision) == (other.published_at, other.precision)
}

/// What each source announces that is not retracted.
fn counting(book: &Rulebook) -> BTreeMap<SourceId, Announced> {
    let mut counting: BTreeMap<SourceId, Announced> = BTreeMap::new();
    for timeline in book.timelines() {
        let history = book.history(timeline, Knowledge::default());
        for (recorded, outcome) in timeline.statements().iter().zip(history.outcomes()) {
            let claim = &recorded.statement.claim;
            if !claim.is_observation() && !matches!(outcome, StatementOutcome::Unseen(_)) {
                let announced = counting.entry(recorded.id.source).or_default();
                announced.insert((timeline.subject().clone(), claim.valid_at()));
            }
        }
    }
    counting
}
