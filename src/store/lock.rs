//! The writer's lock: one process at a time may change a database. The system frees it when that process
//! ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::disk;
use super::errors::disk_error;
use crate::error::{Error, ErrorCode};

/// The name of the file in the folder of a database; it contains the process id of the last writer.
pub(super) const FILE: &str = "lock";

/// How often a waiting writer tries again.
const TRY_AGAIN: Duration = Duration::from_millis(20);

/// The lock, which is released when it is dropped.
pub(super) struct Lock {
    _file: File,
}

/// Takes the lock of `dir`, waiting up to `wait` for another writer.
///
/// # Errors
/// Another process still has it (`locked`, with its process id), or the file cannot be written.
pub(super) fn take(dir: &Path, wait: Duration) -> Result<Lock, Error> {
    let path = dir.join(FILE);
    let mut file = disk::lock_file(&path).map_err(|error| disk_error("write", &path, error))?;
    let start = Instant::now();
    let turn = turn(dir, wait / 2);
    let taken = patiently(wait.saturating_sub(start.elapsed()), || match file.try_lock() {
        Ok(()) => Some(Ok(())),
        Err(TryLockError::WouldBlock) => None,
        Err(TryLockError::Error(error)) => Some(Err(disk_error("lock", &path, error))),
    });
    drop(turn);
    match taken {
        Some(result) => result?,
        None => return Err(locked_by(&mut file, dir)),
    }
    let write = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())
    };
    write(&mut file).map_err(|error| disk_error("write", &path, error))?;
    Ok(Lock { _file: file })
}

/// Waits for the turn to take the lock: one at a time has it, by a lock of the folder, until it has the lock. So a writer
/// that comes again and again cannot pass one that waits. Where there is no such lock, or who has the turn does not go
/// on, all wait alike.
fn turn(dir: &Path, wait: Duration) -> Option<File> {
    let folder = File::open(dir).ok()?;
    let has_turn = patiently(wait, || match folder.try_lock() {
        Ok(()) => Some(true),
        Err(TryLockError::WouldBlock) => None,
        Err(TryLockError::Error(_)) => Some(false),
    });
    (has_turn == Some(true)).then_some(folder)
}

/// Tries once, and then again and again until `wait` is over; `None` where it never worked.
pub(super) fn patiently<T>(wait: Duration, mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(result) = attempt() {
            return Some(result);
        }
        if start.elapsed() >= wait {
            return None;
        }
        thread::sleep(TRY_AGAIN);
    }
}

fn locked_by(file: &mut File, dir: &Path) -> Error {
    let mut pid = String::new();
    // The other writer may be about to write its id: without one the message is only less helpful.
    let _ = file.take(20).read_to_string(&mut pid);
    let writer = match pid.trim() {
        "" => "another process".to_string(),
        pid => format!("process {pid}"),
    };
    Error::new(ErrorCode::Locked, format!("{writer} is writing to the database in {}", dir.display()))
        .hint("wait until it has finished, and try again; queries work in the meantime")
}
