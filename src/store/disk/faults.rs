//! What the store's tests put before each call that changes the disk: it is recorded, or fails.
//!
//! A plan belongs to the thread that runs it, so that tests beside one another do not meet.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

/// The disk is full.
pub const ENOSPC: i32 = 28;

/// The device failed.
pub const EIO: i32 = 5;

/// What a call does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A file is opened for writing.
    Open,
    /// An empty file is made, or the one that is there emptied.
    Create,
    /// A folder is made.
    CreateFolder,
    /// Bytes are written.
    Write {
        /// Where the first of them goes.
        offset: u64,
        /// What is written.
        bytes: Vec<u8>,
    },
    /// A file is cut off.
    SetLength(u64),
    /// The content of a file is brought to the disk.
    Sync,
    /// The content of a file could not be brought to the disk, and the system forgets that it has to be.
    FailedSync,
    /// A file gets this name.
    Rename(PathBuf),
    /// A file gets this name too.
    Link(PathBuf),
    /// The names in a folder are brought to the disk.
    SyncFolder,
    /// A file or a folder is removed.
    Remove,
    /// No call: a test begins to record this transaction.
    Begun(u64),
    /// No call: the transactions up to this one are acknowledged.
    Acknowledged(u64),
}

/// A call and the file or folder that it changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// The file or folder.
    pub path: PathBuf,
    /// What happens to it.
    pub what: What,
}

/// Which calls fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The first of them, counted from 0.
    pub at: usize,
    /// How many fail in a row.
    pub count: usize,
    /// The error: [`ENOSPC`], after half of a write was done, or [`EIO`].
    pub errno: i32,
}

#[derive(Default)]
struct Plan {
    calls: Vec<Call>,
    /// How many calls there were, the failed ones too.
    count: usize,
    failure: Option<Failure>,
}

thread_local! {
    static PLAN: RefCell<Option<Plan>> = const { RefCell::new(None) };
}

/// Runs something; gives its result, the calls that were done, and how many were tried.
pub fn during<T>(failure: Option<Failure>, run: impl FnOnce() -> T) -> (T, Vec<Call>, usize) {
    PLAN.set(Some(Plan { failure, ..Plan::default() }));
    let result = run();
    let plan = PLAN.take().unwrap_or_default();
    (result, plan.calls, plan.count)
}

/// Notes where a test is among the calls.
pub fn mark(what: What) {
    done(Path::new(""), what);
}

/// Records what was done.
fn done(path: &Path, what: What) {
    PLAN.with_borrow_mut(|plan| {
        if let Some(plan) = plan {
            plan.calls.push(Call { path: path.to_path_buf(), what });
        }
    });
}

/// Records a call, or makes it fail.
///
/// # Errors
/// The plan is that it fails.
pub(super) fn before(path: &Path, what: What) -> io::Result<()> {
    let fails = PLAN.with_borrow_mut(|plan| {
        let Plan { count: next, failure, .. } = plan.as_mut()?;
        *next += 1;
        let Failure { at, count, errno } = (*failure)?;
        (at + 1..=at.saturating_add(count)).contains(next).then_some(errno)
    });
    match fails {
        None => done(path, what),
        Some(_) if what == What::Sync => done(path, What::FailedSync),
        Some(_) => {}
    }
    fails.map_or(Ok(()), |errno| Err(io::Error::from_raw_os_error(errno)))
}

/// As [`before`], for a write: on a full disk half of it is done.
///
/// # Errors
/// As [`before`].
pub(super) fn before_write(
    path: &Path,
    bytes: &[u8],
    offset: u64,
    write: impl FnOnce(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    before(path, What::Write { offset, bytes: bytes.to_vec() }).or_else(|error| {
        if error.raw_os_error() == Some(ENOSPC) {
            let half = bytes.get(..bytes.len() / 2).unwrap_or(bytes);
            write(half)?;
            done(path, What::Write { offset, bytes: half.to_vec() });
        }
        Err(error)
    })
}
