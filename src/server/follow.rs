//! The snapshot that requests are answered from: it follows the head of the database.

use std::sync::{Mutex, PoisonError};

use crate::database::Database;
use crate::error::Result;
use crate::snapshot::Snapshot;

/// A database and the snapshot of it that is used.
pub struct Following {
    pub database: Database,
    current: Mutex<Snapshot>,
}

impl Following {
    /// Follows a database, from its newest transaction on.
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn new(database: Database) -> Result<Following> {
        let current = Mutex::new(database.snapshot()?);
        Ok(Following { database, current })
    }

    /// The snapshot that is used now.
    pub fn snapshot(&self) -> Snapshot {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(newest) = self.database.snapshot() {
            *current = newest;
        }
        current.clone()
    }
}
