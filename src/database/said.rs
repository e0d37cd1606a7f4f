//! Everything that is said of subjects: what a rulebook is made of.

use crate::mistake::Mistake;
use crate::rulebook::Rulebook;
use crate::statement::{Recorded, RecordedListing, RecordedWithdrawal, Subject};
use crate::store::Reader;

/// Statements about some subjects, with all withdrawals and complete listings.
#[derive(Clone, Default)]
pub struct Said {
    /// What sources say of the subjects.
    pub statements: Vec<Recorded>,
    /// What takes statements back.
    pub withdrawals: Vec<RecordedWithdrawal>,
    /// What lists every subject of a program.
    pub listings: Vec<RecordedListing>,
}

impl Said {
    /// What is recorded about these subjects.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn of<'a>(subjects: impl IntoIterator<Item = &'a Subject>, reader: &Reader) -> Result<Said, Mistake> {
        let mut statements: Vec<Recorded> = Vec::new();
        for subject in subjects {
            statements.extend(reader.statements(subject)?);
        }
        Ok(Said { statements, withdrawals: reader.withdrawals()?, listings: reader.listings()? })
    }

    /// The rulebook of it.
    pub fn rulebook(self) -> Rulebook {
        Rulebook::new(self.statements, self.withdrawals, &self.listings)
    }
}
