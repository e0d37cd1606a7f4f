//! Everything that is said of subjects: what a rulebook is made of.

use crate::error::Error;
use crate::rulebook::Rulebook;
use crate::statement::{Recorded, RecordedCompleteSnapshot, RecordedRetraction, Subject};
use crate::store::Reader;

/// Statements about some subjects, with all withdrawals and complete listings.
#[derive(Clone, Default)]
pub struct StatementSet {
    /// What sources say of the subjects.
    pub statements: Vec<Recorded>,
    /// What takes statements back.
    pub withdrawals: Vec<RecordedRetraction>,
    /// What lists every subject of a program.
    pub listings: Vec<RecordedCompleteSnapshot>,
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
        Ok(StatementSet { statements, withdrawals: reader.withdrawals()?, listings: reader.listings()? })
    }

    /// The rulebook of it.
    pub fn rulebook(self) -> Rulebook {
        Rulebook::new(self.statements, self.withdrawals, &self.listings)
    }
}
