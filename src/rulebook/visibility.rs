//! Visibility: which statements count at a state of knowledge, and why the others do not.
//!
//! A document may be recorded more than once. Of an announcement the earliest posting counts, or the newest
//! correction; each posting of an observation at another time is an observation of its own. What the operator
//! unloads is gone at every publication time; what the exchange retracts is gone from when it did so.

use crate::limits;
use crate::rulebook::Rulebook;
use crate::statement::Precision;
use crate::statement::{
    Recorded, RecordedRetraction, RecordedSource, RetractionKind, Source, SourceId, TxId,
};
use crate::time::{PublishedTime, RecordedTime};

/// What was public, and what was recorded, at the time of the question; `None` for everything stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
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
    /// Retracted or replaced by this transaction.
    Retracted(TxId),
    /// Recorded by mistake, which this transaction undoes.
    Unloaded(TxId),
    /// This transaction recorded the same document with the publication that it should have had.
    PublicationCorrected(TxId),
    /// This transaction has an earlier posting of the same document.
    PostedEarlier(TxId),
}

/// Whether a statement counts, as far as that decides what is known.
#[cfg(feature = "columnar")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counting {
    /// It counts.
    Yes,
    /// It does not.
    No,
    /// It was retracted or unloaded.
    NoMore,
}

#[cfg(feature = "columnar")]
impl Visibility {
    /// Whether it counts, as far as that decides what is known.
    pub fn counting(&self) -> Counting {
        match self {
            Visibility::Visible => Counting::Yes,
            Visibility::Retracted(_) | Visibility::Unloaded(_) => Counting::NoMore,
            _ => Counting::No,
        }
    }
}

impl Rulebook {
    /// Whether a statement counts at that state of knowledge.
    pub fn visibility(&self, recorded: &Recorded, at: Knowledge) -> Visibility {
        let (source, tx) = (&recorded.id.source, recorded.tx);
        if !at.has_recorded(recorded.recorded_at) {
            return Visibility::NotRecorded;
        }
        match self.counting(source, tx, at) {
            Visibility::Visible => {}
            hidden => return hidden,
        }
        if !at.has_published(recorded.published_at) {
            return Visibility::NotPublished;
        }
        match self.retracted_by(source, Some(recorded.id.ordinal), at, limits::RETRACTION_DEPTH) {
            Some(by) => Visibility::Retracted(by),
            None => Visibility::Visible,
        }
    }

    /// Whether what a transaction recorded of a source counts from its recording and its publication on, because
    /// nothing retracts, corrects or replaces any of it. That is so for almost everything, at any state of knowledge.
    pub(super) fn counts_plainly(&self, source: &SourceId, tx: TxId) -> bool {
        let recordings = self.recordings(source);
        let is_stated = |it: &RecordedSource| it.observes && it.source.precision != Precision::Recorded;
        let is_alone = recordings.len() < 2;
        !self.about.contains_key(source)
            && (is_alone || recordings.iter().any(|it| it.tx == tx && is_stated(it)))
    }

    /// Whether a recording of a source counts among what is recorded, published or not.
    pub fn counting(&self, source: &SourceId, tx: TxId, at: Knowledge) -> Visibility {
        if let Some(by) = self.unloaded_by(source, tx, at) {
            return Visibility::Unloaded(by);
        }
        let recordings = self.recordings(source);
        if recordings.len() < 2 {
            return Visibility::Visible;
        }
        let live: Vec<&RecordedSource> = recordings
            .iter()
            .filter(|other| at.has_recorded(other.recorded_at))
            .filter(|other| other.tx == tx || self.unloaded_by(source, other.tx, at).is_none())
            .collect();
        let Some(this) = live.iter().find(|other| other.tx == tx) else { return Visibility::Visible };
        match correction_of(this, &live, |other| self.corrects(other)) {
            Some(by) => Visibility::PublicationCorrected(by),
            // The newest correction counts, whatever was posted earlier.
            None if !this.observes && self.corrects(this).is_some() => Visibility::Visible,
            None => earlier_posting(this, &live).map_or(Visibility::Visible, Visibility::PostedEarlier),
        }
    }

    /// What a recording corrects: nothing, or what one transaction or all before it recorded.
    #[allow(clippy::option_option)] // No correction, one of everything, and one of a transaction.
    pub fn corrects(&self, recording: &RecordedSource) -> Option<Option<TxId>> {
        self.retractions_about(&recording.source.id).find_map(|it| match it.retraction.kind {
            RetractionKind::Correct(target) if it.tx == recording.tx => Some(target),
            _ => None,
        })
    }

    /// The transaction that unloads what a transaction recorded of a source, and is not unloaded itself.
    pub fn unloaded_by(&self, source: &SourceId, tx: TxId, at: Knowledge) -> Option<TxId> {
        let unloads = |it: &&RecordedRetraction| {
            matches!(it.retraction.kind, RetractionKind::Unload(of) if of.is_none_or(|of| of == tx))
                && it.tx > tx
                && at.has_recorded(it.recorded_at)
        };
        // It is recorded later than what it unloads, so that this ends.
        let found = self.retractions_about(source).filter(unloads);
        found.filter(|it| self.unloaded_by(&it.by, it.tx, at).is_none()).map(|it| it.tx).next()
    }

    /// The transaction that retracts a statement of a source, or all of it for `None`.
    ///
    /// `depth` bounds the chain of retractions of retractions, see [`limits::RETRACTION_DEPTH`].
    pub fn retracted_by(
        &self,
        source: &SourceId,
        ordinal: Option<u32>,
        at: Knowledge,
        depth: usize,
    ) -> Option<TxId> {
        let names = |it: &&RecordedRetraction| {
            it.retraction.ordinal.is_none() || (ordinal.is_some() && it.retraction.ordinal == ordinal)
        };
        let mut about = self.retractions_about(source).filter(names);
        about.find(|it| depth > 0 && self.retracts(it, at, depth - 1)).map(|it| it.tx)
    }

    /// Whether a retraction by the exchange counts: it was recorded and published by then, and neither
    /// unloaded nor retracted. A newer edition replaces an older one even after it was replaced itself.
    fn retracts(&self, it: &RecordedRetraction, at: Knowledge, depth: usize) -> bool {
        let recorded =
            || at.has_recorded(it.recorded_at) && self.counting(&it.by, it.tx, at) == Visibility::Visible;
        let published = || recorded() && at.has_published(it.published_at);
        match &it.retraction.kind {
            RetractionKind::Unload(_) | RetractionKind::Correct(_) => false,
            RetractionKind::Retract => published() && self.retracted_by(&it.by, None, at, depth).is_none(),
            RetractionKind::Revise => published() && !self.is_taken_back(&it.by, at, depth),
            RetractionKind::Supersede(newer) => {
                recorded() && !self.is_taken_back(&it.by, at, depth) && self.is_public(newer, at, depth)
            }
        }
    }

    /// Whether a source is recorded and published, and not taken back.
    fn is_public(&self, source: &SourceId, at: Knowledge, depth: usize) -> bool {
        let counts = |recording: &&RecordedSource| {
            at.has_recorded(recording.recorded_at)
                && at.has_published(recording.source.published_at)
                && self.counting(source, recording.tx, at) == Visibility::Visible
        };
        self.recordings(source).iter().any(|recording| counts(&recording))
            && !self.is_taken_back(source, at, depth)
    }

    /// Whether a whole source is retracted, and not only replaced by a newer edition.
    fn is_taken_back(&self, source: &SourceId, at: Knowledge, depth: usize) -> bool {
        let whole = |it: &&RecordedRetraction| {
            it.retraction.kind == RetractionKind::Retract && it.retraction.ordinal.is_none()
        };
        let mut about = self.retractions_about(source).filter(whole);
        depth > 0 && about.any(|it| self.retracts(it, at, depth - 1))
    }
}

/// The transaction whose correction counts in place of `this`.
///
/// Of an announcement the newest correction counts, whatever is recorded after it; of an observation one
/// replaces what it names.
fn correction_of(
    this: &RecordedSource,
    live: &[&RecordedSource],
    #[allow(clippy::option_option)] corrects: impl Fn(&RecordedSource) -> Option<Option<TxId>>,
) -> Option<TxId> {
    let corrections = live.iter().filter_map(|other| Some((other.tx, corrects(other)?)));
    if this.observes {
        let replaces = |(tx, target): &(TxId, Option<TxId>)| {
            *tx > this.tx && target.is_none_or(|target| target == this.tx)
        };
        return corrections.filter(replaces).map(|(tx, _)| tx).next();
    }
    corrections.map(|(tx, _)| tx).max().filter(|newest| *newest != this.tx)
}

/// The transaction whose posting counts in place of `this`: of an announcement an earlier one, of anything one
/// whose time is stated where that of `this` is not.
fn earlier_posting(this: &RecordedSource, live: &[&RecordedSource]) -> Option<TxId> {
    let is_unstated = |recorded: &RecordedSource| recorded.source.precision == Precision::Recorded;
    let order = |recorded: &RecordedSource| {
        let Source { published_at, precision, .. } = recorded.source;
        (Source::publication_order(published_at, precision), recorded.tx)
    };
    let first = live.iter().min_by(|a, b| order(a).cmp(&order(b)))?;
    let replaces = if this.observes { is_unstated(this) && !is_unstated(first) } else { first.tx != this.tx };
    replaces.then_some(first.tx)
}

impl Knowledge {
    /// Whether what was recorded then counts.
    pub fn has_recorded(self, recorded_at: RecordedTime) -> bool {
        self.recorded_by.is_none_or(|limit| recorded_at <= limit)
    }

    /// Whether what was published then counts.
    pub fn has_published(self, published_at: PublishedTime) -> bool {
        self.known_at.is_none_or(|limit| published_at <= limit)
    }

    /// Whether a statement counts of which nothing is retracted, corrected or replaced.
    pub(super) fn plainly(self, recorded: &Recorded) -> Visibility {
        if !self.has_recorded(recorded.recorded_at) {
            Visibility::NotRecorded
        } else if self.has_published(recorded.published_at) {
            Visibility::Visible
        } else {
            Visibility::NotPublished
        }
    }
}
