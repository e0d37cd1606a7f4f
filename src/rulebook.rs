//! The rulebook: every loaded statement, by subject, in memory, and which of them are visible at a basis.
//!
//! It does no input or output. `history` folds the visible statements of a subject into versions, `resolve`
//! finds the version that answers for one time.

pub mod history;
pub mod resolve;
pub mod contradictions;
pub mod ranks;

use std::collections::{BTreeMap, BTreeSet};

use crate::statement::{
    Claim, Recorded, RecordedCompleteSnapshot, RecordedRetraction, SourceId, Statement, StatementId, Subject,
};
use crate::text::Span;
use crate::time::{PublishedTime, RecordedTime};

/// All statements about one subject, in order of valid time.
#[derive(Clone, PartialEq, Debug)]
pub struct Timeline {
    subject: Subject,
    statements: Vec<Recorded>,
}

/// The timelines of all loaded subjects, and what was retracted.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rulebook {
    timelines: BTreeMap<Subject, Timeline>,
    retractions: Vec<RecordedRetraction>,
}

/// What was public, and what was recorded, at the time of the question; `None` for everything stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Knowledge {
    /// Only what was published by then counts.
    pub known_at: Option<PublishedTime>,
    /// Only what was recorded by then counts.
    pub recorded_by: Option<RecordedTime>,
}

/// Whether a statement counts at a state of knowledge, or why not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Visibility {
    /// It counts.
    Visible,
    /// Recorded later than the question allows.
    NotRecorded,
    /// Published later than the question allows.
    NotPublished,
    /// Retracted or replaced by this source.
    Retracted(SourceId),
    /// The same document is recorded again with a publication that is nearer to the truth and counts instead.
    PublicationCorrected,
}

impl Rulebook {
    /// A rulebook of these statements; their order does not matter.
    ///
    /// A complete snapshot that lacks a subject is an observation of its absence. It is made here and not
    /// when the snapshot is recorded, because the order in which sources are loaded must not matter.
    pub fn new(
        statements: Vec<Recorded>,
        retractions: Vec<RecordedRetraction>,
        complete_snapshots: &[RecordedCompleteSnapshot],
    ) -> Rulebook {
        let mut timelines: BTreeMap<Subject, Timeline> = BTreeMap::new();
        for recorded in statements {
            let subject = recorded.statement.subject.clone();
            timelines
                .entry(subject.clone())
                .or_insert_with(|| Timeline { subject, statements: Vec::new() })
                .statements
                .push(recorded);
        }
        for timeline in timelines.values_mut() {
            timeline.add_absences(complete_snapshots);
            timeline.statements.sort_by_key(precedence);
        }
        Rulebook { timelines, retractions }
    }

    /// The timeline of a subject; `None` where nothing is loaded about it.
    pub fn timeline(&self, subject: &Subject) -> Option<&Timeline> {
        self.timelines.get(subject)
    }

    /// All timelines, in order of their subjects.
    pub fn timelines(&self) -> impl Iterator<Item = &Timeline> {
        self.timelines.values()
    }

    /// The retractions of anything in these sources, or of such a retraction.
    pub fn retractions_reaching<'a>(
        &'a self,
        mut sources: BTreeSet<&'a SourceId>,
    ) -> Vec<&'a RecordedRetraction> {
        loop {
            let reaching: Vec<&RecordedRetraction> =
                self.retractions.iter().filter(|w| sources.contains(&w.retraction.source)).collect();
            let known = sources.len();
            sources.extend(reaching.iter().map(|w| &w.by));
            if sources.len() == known {
                return reaching;
            }
        }
    }

    /// Whether a statement of `timeline` counts at that state of knowledge.
    pub fn visibility(&self, timeline: &Timeline, recorded: &Recorded, at: Knowledge) -> Visibility {
        if !at.has_recorded(recorded.recorded_at) {
            return Visibility::NotRecorded;
        }
        if timeline.publication_corrected(recorded, at) {
            return Visibility::PublicationCorrected;
        }
        if !at.has_published(recorded.published_at) {
            return Visibility::NotPublished;
        }
        match self.retracted_by(&recorded.id, at, self.retractions.len()) {
            Some(source) => Visibility::Retracted(source.clone()),
            None => Visibility::Visible,
        }
    }

    /// The source that retracts a statement and is itself visible and not retracted.
    ///
    /// `depth` bounds the chain of retractions of retractions. A chain cannot be circular, because a document
    /// cannot name the hash of a document that names its own; the bound protects even against a forged
    /// journal.
    fn retracted_by(&self, id: &StatementId, at: Knowledge, depth: usize) -> Option<&SourceId> {
        let names = |w: &&RecordedRetraction| {
            w.retraction.source == id.source && w.retraction.ordinal.is_none_or(|o| o == id.ordinal)
        };
        self.retractions
            .iter()
            .filter(names)
            .filter(|w| self.retracts(w, at))
            .find(|w| depth > 0 && !self.source_retracted(&w.by, at, depth - 1))
            .map(|w| &w.by)
    }

    /// Whether a retraction was recorded and published by then, and its source was not recorded again with a
    /// corrected publication.
    fn retracts(&self, retraction: &RecordedRetraction, at: Knowledge) -> bool {
        let corrects = |other: &RecordedRetraction| {
            other.by == retraction.by
                && other.recorded_at > retraction.recorded_at
                && at.has_recorded(other.recorded_at)
        };
        at.has_recorded(retraction.recorded_at)
            && at.has_published(retraction.published_at)
            && !self.retractions.iter().any(corrects)
    }

    /// Whether a whole source is retracted, so that what it retracts counts again.
    fn source_retracted(&self, source: &SourceId, at: Knowledge, depth: usize) -> bool {
        let whole =
            |w: &&RecordedRetraction| w.retraction.source == *source && w.retraction.ordinal.is_none();
        self.retractions
            .iter()
            .filter(whole)
            .filter(|w| self.retracts(w, at))
            .any(|w| depth > 0 && !self.source_retracted(&w.by, at, depth - 1))
    }
}

impl Timeline {
    /// Adds an observation of absence for each complete snapshot of the subject's program whose source has no
    /// statement about it.
    fn add_absences(&mut self, complete_snapshots: &[RecordedCompleteSnapshot]) {
        let subject = &self.subject;
        let concerned = complete_snapshots.iter().filter(|recorded| {
            recorded.snapshot.venue == subject.venue() && recorded.snapshot.program == subject.program()
        });
        let stated: BTreeSet<SourceId> =
            self.statements.iter().map(|recorded| recorded.id.source.clone()).collect();
        let absence = |recorded: &RecordedCompleteSnapshot| Recorded {
            id: StatementId { source: recorded.source.clone(), ordinal: 0 },
            statement: Statement {
                subject: subject.clone(),
                claim: Claim::Observation { seen_at: recorded.snapshot.seen_at, rule: None },
                span: Span::new(0, 0),
            },
            published_at: recorded.published_at,
            recorded_at: recorded.recorded_at,
            tx: recorded.tx,
        };
        let absences: Vec<Recorded> =
            concerned.filter(|recorded| !stated.contains(&recorded.source)).map(absence).collect();
        self.statements.extend(absences);
    }

    /// The subject.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Its statements in order of valid time; those of one time in the order in which later ones win.
    pub fn statements(&self) -> &[Recorded] {
        &self.statements
    }

    /// Whether the same statement of the same document is recorded again later, which is done only to correct
    /// its publication.
    fn publication_corrected(&self, recorded: &Recorded, at: Knowledge) -> bool {
        let corrects = |other: &Recorded| other.id.source == recorded.id.source && other.tx > recorded.tx;
        self.statements.iter().any(|other| corrects(other) && at.has_recorded(other.recorded_at))
    }
}

impl Knowledge {
    fn has_recorded(self, recorded_at: RecordedTime) -> bool {
        self.recorded_by.is_none_or(|limit| recorded_at <= limit)
    }

    fn has_published(self, published_at: PublishedTime) -> bool {
        self.known_at.is_none_or(|limit| published_at <= limit)
    }
}

/// The order of resolution: the latest valid time wins; then a change or an end before an observation, then
/// the later published, then the later recorded, then the later in its document.
fn precedence(recorded: &Recorded) -> impl Ord + use<> {
    let claim = &recorded.statement.claim;
    let is_change = !claim.is_observation();
    (claim.valid_at(), is_change, recorded.published_at, recorded.recorded_at, recorded.id.ordinal)
}
