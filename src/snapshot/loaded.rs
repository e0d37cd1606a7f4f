//! How much of a snapshot is in memory.

use std::sync::Arc;

use super::wanted::Wanted;
use crate::query::StoredRules;

/// Subjects are read alone until one in so many was; then it takes less time to read everything at once.
const READ_ALONE: usize = 16;

/// Most questions that are read alone: each also reads the names of all subjects.
const PARTS: usize = 8;

/// How much of the database is in memory. The first question reads what it needs, and so do a few that follow as long
/// as little was read in all; then everything is read, so that no more questions wait for the store.
pub enum Loaded {
    /// The rules of some subjects, with the findings of the sources that state them, in parts that were read for one
    /// question each.
    Some(Vec<Part>),
    /// The rules of all subjects, with the findings of all sources.
    Everything(Arc<StoredRules>),
}

/// What was read for one question.
pub struct Part {
    rules: Arc<StoredRules>,
    subjects: usize,
    /// Whether all observations of their programs are in memory.
    observed: bool,
}

impl Loaded {
    /// The rules in memory, where they contain all that is wanted.
    pub fn rules(&self, wanted: Wanted) -> Option<Arc<StoredRules>> {
        match self {
            Loaded::Everything(rules) => Some(rules.clone()),
            Loaded::Some(_) if wanted.all_sources => None,
            Loaded::Some(parts) => parts.iter().find(|part| part.has(wanted)).map(|part| part.rules.clone()),
        }
    }

    /// Whether what is wanted, and is not in memory, is read alone; `all` is the number of all subjects.
    pub fn reads_alone(&self, wanted: Wanted, all: usize) -> bool {
        let Loaded::Some(parts) = self else { return false };
        let read: usize = parts.iter().map(|part| part.subjects).sum();
        let most = if parts.is_empty() { all.saturating_sub(1) } else { all / READ_ALONE };
        !wanted.all_sources && parts.len() < PARTS && read + wanted.subjects.len() <= most
    }

    /// Keeps what was read alone.
    pub fn add(&mut self, rules: Arc<StoredRules>, wanted: Wanted) {
        let part = Part { rules, subjects: wanted.subjects.len(), observed: wanted.observed };
        match self {
            Loaded::Some(parts) => parts.push(part),
            Loaded::Everything(_) => {}
        }
    }
}

impl Part {
    fn has(&self, wanted: Wanted) -> bool {
        let is_loaded = |subject| self.rules.rulebook.timeline(subject).is_some();
        let is_known = |by| self.rules.newest_by.contains_key(by);
        (self.observed || !wanted.observed)
            && wanted.subjects.iter().all(is_loaded)
            && wanted.recorded_by.iter().flatten().all(is_known)
    }
}
