//! Backups, their restoration, and what is made from the journal made anew.

use std::path::Path;

use crate::database::Database;
use crate::error::Result;
use crate::snapshot::records::curves;
use crate::store::{self, BackedUp, Rebuilt, Restored, SalvageOptions, Salvaged};
use crate::time::Timestamp;

impl Database {
    /// Copies everything recorded at one moment to the folder `to`, which is made where it is missing. A writer may be at
    /// work meanwhile. Where there is an older backup of this database, only what is new is copied. The whole copy is
    /// read again before it counts. A backup is a database itself: it can be opened and verified.
    ///
    /// ```
    /// use tierbook::Database;
    /// # let folder = tempfile::tempdir()?;
    /// let database = Database::create(folder.path().join("db"))?;
    /// let backup = folder.path().join("backup");
    /// assert_eq!(database.backup(&backup)?.head, Database::open(&backup)?.head()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database; the folder has the backup of another one, or a database in which something is recorded
    /// ([`ErrorCode::DatabaseExists`](crate::ErrorCode::DatabaseExists)), or transactions that this one lacks
    /// ([`ErrorCode::ShortJournal`](crate::ErrorCode::ShortJournal)); one of them is damaged, or the disk refuses. The
    /// older backup is as it was then.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<BackedUp> {
        store::backup(&self.dir, to.as_ref())
    }

    /// Puts the backup in the folder `from` in the place of this database, of which there need not be one yet. One that is
    /// there is replaced only with `replace`, and is kept in a folder inside its own. A crash at any moment leaves the
    /// old one or the new one in force.
    ///
    /// ```
    /// use tierbook::Database;
    /// # let folder = tempfile::tempdir()?;
    /// # let backup = folder.path().join("backup");
    /// # Database::create(folder.path().join("db"))?.backup(&backup)?;
    /// let restored = Database::at(&folder.path().join("other")).restore(&backup, false)?;
    /// assert_eq!(restored.kept, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no backup, or it is damaged; there is a database, and `replace` is false
    /// ([`ErrorCode::DatabaseExists`](crate::ErrorCode::DatabaseExists)); another process writes, or the disk refuses.
    pub fn restore(&self, from: impl AsRef<Path>, replace: bool) -> Result<Restored> {
        let restored = store::restore(from.as_ref(), &self.dir, replace)?;
        // It makes the index and the image again; where that fails now, the next one does.
        let _ = store::Writer::open(&self.dir, curves);
        Ok(restored)
    }

    /// Makes a new database in the folder `to` of everything that can be read of this one, which is damaged and stays as it
    /// is; `None` where nothing is wrong with its journal, so that nothing was made. In the place of a transaction that is
    /// lost, the new one has a tombstone with its number and its hash: every head that was noted before is still in the chain.
    ///
    /// ```
    /// use tierbook::{Database, SalvageOptions};
    /// # let folder = tempfile::tempdir()?;
    /// let database = Database::create(folder.path().join("db"))?;
    /// let to = folder.path().join("salvaged");
    /// assert_eq!(database.salvage(&to, &SalvageOptions::default())?, None); // it is not damaged
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database; there is one in `to` ([`ErrorCode::DatabaseExists`](crate::ErrorCode::DatabaseExists)); a
    /// transaction is lost, and nothing states its hash
    /// ([`ErrorCode::DamagedJournal`](crate::ErrorCode::DamagedJournal), whose hints say what helps); another process
    /// writes to `to`, or the disk refuses. There is no database in `to` then.
    pub fn salvage(&self, to: impl AsRef<Path>, options: &SalvageOptions) -> Result<Option<Salvaged>> {
        let salvaged = store::salvage(&self.dir, to.as_ref(), options, Timestamp::now())?;
        if salvaged.is_some() {
            // It makes the index and the image; where that fails now, the next one does.
            let _ = store::Writer::open(to.as_ref(), curves);
        }
        Ok(salvaged)
    }

    /// Makes the index and the image anew from the journal, which is read from its first byte.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// let database = tierbook::Database::create(folder.path())?;
    /// database.rebuild()?;
    /// assert!(database.verify(None)?.problems.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, its journal is damaged, another process writes, or the disk refuses.
    pub fn rebuild(&self) -> Result<Rebuilt> {
        store::rebuild(&self.dir, curves)
    }
}
