//! The snapshot that requests are answered from. It follows the head of the database: a request that sees that something
//! was recorded has a new one taken by another thread, and is itself answered at once, from the one before.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::database::Database;
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;

/// The part of the time that may be spent with taking snapshots, while documents are loaded one after the other: a quarter.
const REST: u32 = 3;

/// How long a database that cannot be read is left alone.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// A database and the snapshot of it that is used.
pub struct Following {
    shared: Arc<Shared>,
}

struct Shared {
    database: Database,
    current: RwLock<Snapshot>,
    is_taking: AtomicBool,
    /// Before that no other one is taken.
    not_before: Mutex<Instant>,
    /// Why the last one could not be taken.
    problem: Mutex<Option<Error>>,
    taken: AtomicU64,
}

impl Following {
    /// Follows a database, from its newest transaction on.
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn new(database: Database) -> Result<Following> {
        let current = RwLock::new(prepared(&database)?);
        let (is_taking, not_before) = (AtomicBool::new(false), Mutex::new(Instant::now()));
        let (problem, taken) = (Mutex::new(None), AtomicU64::new(1));
        let shared = Shared { database, current, is_taking, not_before, problem, taken };
        Ok(Following { shared: Arc::new(shared) })
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.shared.database
    }

    /// How many snapshots were taken.
    pub fn taken(&self) -> u64 {
        self.shared.taken.load(Ordering::Relaxed)
    }

    /// Why the newest state cannot be read.
    pub fn problem(&self) -> Option<Error> {
        lock(&self.shared.problem).clone()
    }

    /// Looks whether something was recorded, so that the next request need not be the one that sees it first.
    pub fn look(&self) {
        drop(self.snapshot());
    }

    /// The snapshot that is used now. Looking whether it is the newest costs one look at a file.
    pub fn snapshot(&self) -> Snapshot {
        let current = self.shared.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        if !current.is_current() && Instant::now() >= *lock(&self.shared.not_before) {
            self.take();
        }
        current
    }

    /// Takes a new snapshot in a thread of its own, unless one is being taken.
    fn take(&self) {
        if self.shared.is_taking.swap(true, Ordering::AcqRel) {
            return;
        }
        let shared = self.shared.clone();
        let taking = thread::Builder::new().name("follow".to_string()).spawn(move || shared.take());
        if taking.is_err() {
            // There is no thread to be had: the next request tries again.
            self.shared.is_taking.store(false, Ordering::Release);
        }
    }
}

impl Shared {
    fn take(&self) {
        let began = Instant::now();
        let (rest, problem) = match prepared(&self.database) {
            Ok(snapshot) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
                self.taken.fetch_add(1, Ordering::Relaxed);
                (began.elapsed() * REST, None)
            }
            Err(error) => (AFTER_ERROR, Some(error)),
        };
        *lock(&self.problem) = problem;
        *lock(&self.not_before) = Instant::now() + rest;
        self.is_taking.store(false, Ordering::Release);
    }
}

/// The newest snapshot, with everything in memory that questions need, so that no request waits for a file.
fn prepared(database: &Database) -> Result<Snapshot> {
    let snapshot = database.snapshot()?;
    snapshot.rules_of_all(snapshot.subjects())?;
    Ok(snapshot)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
