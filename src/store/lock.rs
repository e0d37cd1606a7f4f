//! The writer's lock: one process at a time may change a database. The system frees it when its holder dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::errors::disk_error;
use crate::error::{Error, ErrorCode};

/// The name of the file in the folder of a database; it holds the process id of the last writer.
pub(super) const FILE: &str = "lock";

/// How often a waiting writer looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The lock, held until it is dropped.
pub(super) struct Lock {
    _held: File,
}

/// Takes the lock of `dir`, waiting up to `wait` for whoever holds it.
///
/// # Errors
/// Another process still holds it (`locked`, with its process id), or the file cannot be written.
pub(super) fn take(dir: &Path, wait: Duration) -> Result<Lock, Error> {
    let path = dir.join(FILE);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|error| disk_error("write", &path, &error))?;
    let taken = patiently(wait, || match file.try_lock() {
        Ok(()) => Some(Ok(())),
        Err(TryLockError::WouldBlock) => None,
        Err(TryLockError::Error(error)) => Some(Err(disk_error("lock", &path, &error))),
    });
    match taken {
        Some(result) => result?,
        None => return Err(held_by(&mut file, dir)),
    }
    let write = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())
    };
    write(&mut file).map_err(|error| disk_error("write", &path, &error))?;
    Ok(Lock { _held: file })
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
        thread::sleep(LOOK_AGAIN);
    }
}

fn held_by(file: &mut File, dir: &Path) -> Error {
    let mut pid = String::new();
    // The holder may be about to write its id: without one the message is only less helpful.
    let _ = file.take(20).read_to_string(&mut pid);
    let holder = match pid.trim() {
        "" => "another process".to_string(),
        pid => format!("process {pid}"),
    };
    Error::new(ErrorCode::Locked, format!("{holder} is writing to the database in {}", dir.display()))
        .hint("wait until it is done; reading is possible meanwhile")
}
