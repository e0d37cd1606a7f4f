//! Everything that sources state about some subjects: what a rulebook is made of.

use crate::error::Error;
use crate::rulebook::Rulebook;
use crate::statement::{Recorded, RecordedCompleteSnapshot, RecordedRetraction, Subject, TxId};
use crate::store::{Head, Reader};

/// Statements about some subjects, with all retractions and complete snapshots.
#[derive(Clone, Default)]
pub struct StatementSet {
    /// The statements about the subjects.
    pub statements: Vec<Recorded>,
    /// Every retraction.
    pub retractions: Vec<RecordedRetraction>,
    /// The snapshots that list every subject of a program.
    pub complete: Vec<RecordedCompleteSnapshot>,
}

impl StatementSet {
    /// What is recorded about these subjects.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn of<'a>(
        subjects: impl IntoIterator<Item = &'a Subject>,
        reader: &Reader,
    ) -> Result<StatementSet, Error> {
        let mut statements: Vec<Recorded> = Vec::new();
        for subject in subjects {
            statements.extend(reader.statements(subject)?);
        }
        Ok(StatementSet {
            statements,
            retractions: reader.retractions()?,
            complete: reader.complete_snapshots()?,
        })
    }

    /// What of it was recorded up to a transaction.
    pub fn up_to(mut self, head: Head) -> StatementSet {
        let is_recorded = |tx: TxId| tx <= head.tx;
        self.statements.retain(|recorded| is_recorded(recorded.tx));
        self.complete.retain(|recorded| is_recorded(recorded.tx));
        // No two transactions are recorded at one time.
        self.retractions.retain(|retraction| Some(retraction.recorded_at) <= head.recorded_at);
        self
    }

    /// The rulebook of it.
    pub fn rulebook(self) -> Rulebook {
        Rulebook::new(self.statements, self.retractions, &self.complete)
    }
}
