//! What is compared, and what comes out of it.

use crate::query::rows::{AccountRow, PositionRow, Row};
use crate::snapshot::Snapshot;
use crate::statement::At;

/// What an account is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum With {
    /// Each change that is announced.
    Upcoming,
    /// Another basis.
    Basis,
    /// Another basis, and each change that is announced there.
    BasisAndUpcoming,
}

/// What is known, and when.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    /// What is stored.
    pub snapshot: &'a Snapshot,
    /// The three times.
    pub at: At,
}

/// What changes do to an account.
#[derive(Clone, PartialEq, Debug)]
pub struct Impact {
    /// A row for each position and each change of its contract, the most urgent first; one without a change where nothing
    /// is announced.
    pub positions: Vec<PositionRow>,
    /// The sums: at the basis, and after each change.
    pub accounts: Vec<AccountRow>,
    /// What should be known of the answer, a sentence each: that changes are left out of it.
    pub notices: Vec<String>,
}

impl Impact {
    /// Whether a change affects a position or the account.
    pub fn is_affected(&self) -> bool {
        self.positions.iter().any(|row| row.is_affected) || self.accounts.iter().any(|row| row.is_affected)
    }

    /// All rows: those of positions, then those of the account.
    pub fn into_rows(self) -> Vec<Row> {
        let positions = self.positions.into_iter().map(|row| Row::Position(Box::new(row)));
        positions.chain(self.accounts.into_iter().map(|row| Row::Account(Box::new(row)))).collect()
    }
}
