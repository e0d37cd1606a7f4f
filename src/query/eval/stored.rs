//! What is stored, as far as one plan needs it.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::rulebook::Rulebook;
use crate::statement::{Recorded, RecordedSource, Sha256, SourceId, TxId};

/// What is stored, as far as a plan needs it: the database fills it, an answer reads it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StoredRules {
    /// The newest transaction; 0 where nothing is recorded.
    pub tx: u64,
    /// The statements of the subjects asked about.
    pub rulebook: Rulebook,
    /// Every source, in order of its transaction.
    pub sources: Vec<RecordedSource>,
    /// The findings of the sources asked about.
    pub findings: BTreeMap<SourceId, Vec<Finding>>,
    /// Hash and document of the transactions to be explained.
    pub documents: BTreeMap<TxId, (Sha256, String)>,
}

impl StoredRules {
    /// The record of the source that a statement comes from.
    pub fn source_of(&self, recorded: &Recorded) -> Option<&RecordedSource> {
        self.sources.iter().find(|source| source.tx == recorded.tx)
    }
}
