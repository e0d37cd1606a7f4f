//! How much of a snapshot is in memory.

use std::sync::Arc;

use super::wanted::Wanted;
use crate::query::StoredRules;

/// How much of the database is in memory. A single question reads what it needs; a second one that needs
/// something else reads everything, so that no more than two questions wait for the store.
pub enum Loaded {
    /// Nothing yet.
    Nothing,
    /// The rules of some subjects, with the findings of the sources that state them.
    Some {
        /// The rules.
        rules: Arc<StoredRules>,
        /// Whether all observations of their programs are in memory.
        observed: bool,
    },
    /// The rules of all subjects, with the findings of all sources.
    Everything(Arc<StoredRules>),
}

impl Loaded {
    /// The rules in memory, where they contain all that is wanted.
    pub fn rules(&self, wanted: Wanted) -> Option<Arc<StoredRules>> {
        match self {
            Loaded::Everything(rules) => Some(rules.clone()),
            Loaded::Some { rules, observed } if !wanted.all_sources && (*observed || !wanted.observed) => {
                let is_loaded = |subject| rules.rulebook.timeline(subject).is_some();
                let is_known = |by| rules.newest_by.contains_key(by);
                let all = wanted.subjects.iter().all(is_loaded)
                    && wanted.recorded_by.iter().flatten().all(is_known);
                all.then(|| rules.clone())
            }
            _ => None,
        }
    }
}
