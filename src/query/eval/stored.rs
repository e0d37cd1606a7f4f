//! What is stored, as far as one plan needs it.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::query::rows::{SourceRef, Warning};
use crate::rulebook::Rulebook;
use crate::statement::{Precision, Recorded, RecordedSource, Sha256, SourceId, TxId};
use crate::time::RecordedTime;

/// What is stored, as far as a plan needs it: the database fills it, an answer reads it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StoredRules {
    /// The newest transaction; 0 where nothing is recorded.
    pub tx: u64,
    /// The statements of the subjects asked about.
    pub rulebook: Rulebook,
    /// The sources asked about, in order of their transactions; every one where the question is about all.
    pub sources: Vec<RecordedSource>,
    /// The newest transaction by the times that the question names, where these are not all sources.
    pub newest_by: BTreeMap<RecordedTime, TxId>,
    /// The findings of the sources asked about, each with the transaction that recorded it.
    pub findings: BTreeMap<SourceId, Vec<(TxId, Finding)>>,
    /// Hash and document of the transactions to be explained.
    pub documents: BTreeMap<TxId, (Sha256, String)>,
}

impl StoredRules {
    /// The record of the source that a statement comes from.
    pub fn source_of(&self, recorded: &Recorded) -> Option<&RecordedSource> {
        let place = self.sources.binary_search_by_key(&recorded.tx, |source| source.tx).ok()?;
        self.sources.get(place)
    }

    /// The place of that record among all sources: transaction n recorded the n-th.
    pub fn place_of(&self, recorded: &Recorded) -> Option<usize> {
        let place = recorded.tx.0.checked_sub(1)?;
        self.source_of(recorded).map(|_| place as usize)
    }

    /// The newest transaction that was recorded by a time; 0 where none was.
    pub fn newest_by(&self, by: RecordedTime) -> TxId {
        let of_sources = || {
            let counting = self.sources.iter().filter(|source| source.recorded_at <= by);
            counting.map(|source| source.tx).max().unwrap_or(TxId(0))
        };
        self.newest_by.get(&by).copied().unwrap_or_else(of_sources)
    }

    /// What was found in the document when a statement was recorded. Another recording of the same document can
    /// be a seed whose rows are at other places.
    pub fn found_in(&self, recorded: &Recorded) -> impl Iterator<Item = &Finding> {
        let of_source = self.findings.get(&recorded.id.source).into_iter().flatten();
        of_source.filter(|(tx, _)| *tx == recorded.tx).map(|(_, finding)| finding)
    }

    /// What was found in a source by any of its recordings, each once.
    pub fn found(&self, source: &SourceId) -> Vec<&Finding> {
        let mut all: Vec<&Finding> = Vec::new();
        for (_, finding) in self.findings.get(source).into_iter().flatten() {
            if !all.contains(&finding) {
                all.push(finding);
            }
        }
        all
    }
}

/// The place of a statement.
pub(super) fn source_ref(recorded: &Recorded, stored: &StoredRules) -> Option<SourceRef> {
    let source = stored.source_of(recorded)?;
    Some(SourceRef {
        recorded: source.clone(),
        span: recorded.statement.span,
        row_span: None,
        cells: Vec::new(),
    })
}

/// A warning where the publication of the source is not known exactly.
pub(super) fn source_warning(set_by: &Recorded, stored: &StoredRules) -> Option<Warning> {
    let source = &stored.source_of(set_by)?.source;
    match source.precision {
        Precision::Exact => None,
        Precision::Day => Some(Warning {
            code: "published_day",
            message: "the source states only a date; it counts as known from 12:00Z of the next day"
                .to_string(),
        }),
        Precision::Recorded => Some(Warning {
            code: "published_unknown",
            message: "the source states no publication time; it counts as published when it was recorded"
                .to_string(),
        }),
    }
}
