//! What a selection means in a snapshot, and everything that is stored about it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Selection, Table};
use crate::error::Result;
use crate::query::StoredRules;
use crate::query::plan::basis::check_recorded_by;
use crate::snapshot::Snapshot;
use crate::snapshot::wanted::Wanted;
use crate::statement::Subject;
use crate::time::{PublishedTime, RecordedTime, Timestamp, ValidTime};

/// What was chosen of a snapshot.
pub struct Chosen {
    /// The subjects, in order.
    pub subjects: Vec<Subject>,
    /// Whether these are all.
    pub is_all: bool,
    /// What is stored about them; for a table of what is stated, about all.
    pub stored: Arc<StoredRules>,
    /// Only what is in force then.
    pub as_of: Option<ValidTime>,
    /// Only what was known then.
    pub known_at: Option<PublishedTime>,
    /// Only what was recorded by then.
    pub recorded_by: Option<RecordedTime>,
}

impl Chosen {
    /// What a selection means for a table.
    ///
    /// # Errors
    /// A name means no subject, `recorded_by` is in the future, or the database cannot be read.
    pub fn of(rules: &Snapshot, table: Table, selection: &Selection) -> Result<Chosen> {
        if let Some(recorded_by) = selection.recorded_by {
            check_recorded_by(recorded_by, Timestamp::now())?;
        }
        let subjects: BTreeSet<Subject> = rules.named(&selection.subjects)?.into_iter().collect();
        let subjects: Vec<Subject> = subjects.into_iter().collect();
        let is_all = selection.subjects.is_empty();
        let stored = match table {
            Table::Tiers if !is_all => rules.rules(Wanted::rules(&subjects))?,
            _ => rules.everything()?,
        };
        Ok(Chosen {
            subjects,
            is_all,
            stored,
            as_of: selection.as_of.map(ValidTime),
            known_at: selection.known_at.map(PublishedTime),
            recorded_by: selection.recorded_by.map(RecordedTime),
        })
    }
}
