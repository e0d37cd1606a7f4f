//! Reading a segment that somebody else made: every frame, its place in the chain, and that it is the segment that the
//! index names.

use std::fs::File;
use std::path::Path;

use super::disk;
use super::errors::disk_error;
use super::journal::{Line, Lines};
use super::salvage::LostTransaction;
use crate::error::{Error, ErrorCode, Result};
use crate::publication::{self, SEGMENTS, Segment};
use crate::statement::{Sha256, TxId};

/// Reads the transactions of a segment that `place` publishes, of which the first one follows one with the hash
/// `previous`; `each` gets them in order.
///
/// # Errors
/// The segment is not the one that the index names (`damaged_publication`), or the first error of `each`.
pub(super) fn each_line(
    place: &str,
    segment: &Segment,
    file: File,
    previous: Sha256,
    mut each: impl FnMut(&Line) -> Result<()>,
) -> Result<()> {
    let name = format!("{SEGMENTS}/{}", segment.file());
    let path = Path::new(&name);
    let mut lines = Lines::part(path, file, segment.bytes, segment.first, previous);
    let mut end = (segment.first.wrapping_sub(1), previous, 0);
    while let Some(line) = lines.next_line().map_err(|error| in_publication(place, &error))? {
        if line.tx == 0 {
            line.check_header(Path::new(SEGMENTS)).map_err(|error| in_publication(place, &error))?;
        }
        end = (line.tx, line.place.hash.0, line.place.end);
        each(&line)?;
    }
    if end == (segment.last, segment.hash, segment.bytes) {
        return Ok(());
    }
    let what = format!("{name} does not have {} alone, with the hash in the index", segment.transactions());
    Err(publication::damaged(place, &what))
}

/// Checks a segment that `place` publishes, as [`each_line`] does, and that each transaction can be read; `each` gets
/// their numbers and hashes, and what is known of those that are lost.
///
/// # Errors
/// As [`each_line`]; or the system refuses a file in its folder for such (`disk`).
pub fn check_segment(
    place: &str,
    segment: &Segment,
    bytes: &[u8],
    previous: Sha256,
    mut each: impl FnMut(TxId, Sha256, Option<LostTransaction>) -> Result<()>,
) -> Result<()> {
    let folder = std::env::temp_dir();
    let file = disk::unnamed_file(&folder, bytes).map_err(|error| disk_error("write", &folder, error))?;
    each_line(place, segment, file, previous, |line| {
        if line.tx > 0 {
            let transaction = line.transaction(Path::new(SEGMENTS));
            let readable = transaction.and_then(|transaction| {
                transaction.read().map_err(|why| super::journal::unreadable(line.tx, &why))
            });
            readable.map_err(|error| in_publication(place, &error))?;
        }
        each(TxId(line.tx), line.place.hash.0, LostTransaction::of_line(line))
    })
}

/// An error of a file that somebody else publishes: what to do about one of a database does not help.
pub(super) fn in_publication(place: &str, error: &Error) -> Error {
    match error.code() {
        ErrorCode::UnknownFormat => Error::new(ErrorCode::UnknownFormat, error.message())
            .hint("use the version of tierbook that published it, or a newer one"),
        _ => publication::damaged(place, error.message()),
    }
}
