//! Publishing: the journal as files that any static server can offer. What is published is never written again.
//!
//! First the new segments are written, each under its own name and only where there is none; then the index, and then
//! the head, which readers look at first. A crash at any moment leaves the old head or the new one in force; the next
//! run goes on.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use super::disk::{self, DiskFile};
use super::errors::disk_error;
use super::journal::Lines;
use super::lock;
use super::reader::Reader;
use super::segments::GrowingSegment;
use super::whole_file::{self, NEW};
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::publication::{self, HEAD, INDEX, Index, PublishedHead, SEGMENTS, Segment};
use crate::statement::{Sha256, TxId};

/// What a publisher did.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// let database = tierbook::Database::create(folder.path().join("db"))?;
/// let published = database.publish(folder.path().join("public"))?;
/// assert_eq!((published.tx.0, published.new_segments), (0, 1)); // the header of the journal alone
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    /// The last transaction that is published now.
    pub tx: TxId,
    /// Its hash.
    pub hash: Sha256,
    /// How many transactions are new there, the header not counted.
    pub new_transactions: u64,
    /// How many segments are new there.
    pub new_segments: u64,
    /// How many segments there are.
    pub segments: u64,
    /// How many bytes all segments have.
    pub bytes: u64,
}

/// Publishes the database of a reader in the folder `to`.
///
/// # Errors
/// `to` has other files (`not_a_publication`); another publisher is at work there (`locked`); what is there is damaged
/// (`damaged_publication`), is the history of another database (`history_forked`) or has more (`history_shortened`); the
/// journal is of format 1 (`old_format`) or damaged; or the disk refuses (`disk`). What was published is as it was then.
pub fn publish(reader: &Reader, to: &Path) -> Result<Published> {
    refuse_other(to)?;
    let segments = to.join(SEGMENTS);
    disk::create_folder(&segments).map_err(|error| disk_error("create", &segments, error))?;
    let _lock = lock::take(to, Duration::ZERO).map_err(|error| busy(error, to))?;
    let mut index = published(reader, to)?;
    let (before, last) = (index.segments().len() as u64, reader.head.tx);
    let first = index.next();
    let most = limits::PUBLISHED_INDEX_BYTES;
    while let Some(segment) = left_over(reader, to, index.next())? {
        add(&mut index, segment, to, most)?;
    }
    while index.next() <= last {
        let mut new = GrowingSegment::new(reader, TxId(index.next()))?;
        new.extend(reader, TxId(last))?;
        let Some(segment) = new.segment() else { break };
        add(&mut index, segment, to, most)?;
        write_new(&segments, &segment, new.bytes())?;
    }
    let Some(head) = index.head() else { return Err(publication::damaged(&name(to), "it has no segment")) };
    if index.segments().len() as u64 > before {
        disk::sync_folder(&segments).map_err(|error| disk_error("write", &segments, error))?;
        whole_file::replace(to, INDEX, index.text().as_bytes(), || ())?;
        whole_file::replace(to, HEAD, head.text().as_bytes(), || ())?;
    }
    Ok(Published {
        tx: TxId(head.tx()),
        hash: head.hash(),
        new_transactions: (head.tx() + 1 - first) - u64::from(first == 0),
        new_segments: index.segments().len() as u64 - before,
        segments: index.segments().len() as u64,
        bytes: index.segments().iter().map(|segment| segment.bytes).sum(),
    })
}

/// Adds a segment to an index of at most so many bytes: nobody reads a longer one.
fn add(index: &mut Index, segment: Segment, to: &Path, most: u64) -> Result<()> {
    index.add(segment);
    let bytes = index.text().len() as u64;
    if bytes <= most {
        return Ok(());
    }
    let what = format!(
        "the index of {} would have {bytes} bytes with {}, more than the limit of {most}",
        name(to),
        segment.transactions()
    );
    Err(Error::new(ErrorCode::TooLarge, what)
        .hint("publish in a new folder: there the same transactions are in fewer segments"))
}

fn name(to: &Path) -> String {
    to.display().to_string()
}

/// Refuses a folder with files of somebody else.
fn refuse_other(to: &Path) -> Result<()> {
    let entries = match fs::read_dir(to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|error| disk_error("read", to, error))?,
    };
    let ours = [HEAD, INDEX, SEGMENTS, lock::FILE];
    for entry in entries {
        let entry = entry.map_err(|error| disk_error("read", to, error))?.file_name();
        let is_draft = entry.to_str().is_some_and(|name| name.ends_with(NEW));
        // Beside a publication, there may be other files: a web server has some.
        if !is_draft && !ours.iter().any(|name| entry == *name) && !to.join(SEGMENTS).exists() {
            let what = format!("{} has other files than a publication: {}", name(to), entry.display());
            return Err(Error::new(ErrorCode::NotAPublication, what)
                .hint("name an empty folder, or a new one; it is made where it is missing"));
        }
    }
    Ok(())
}

fn busy(error: Error, to: &Path) -> Error {
    if error.code() != ErrorCode::Locked {
        return error;
    }
    Error::new(ErrorCode::Locked, format!("another publisher is writing to {}", name(to)))
        .hint("wait until it has finished, and try again: what it published is not published again")
}

/// What is published in `to`; every file of it was checked, and that it is the history of this database.
fn published(reader: &Reader, to: &Path) -> Result<Index> {
    let place = name(to);
    let path = to.join(HEAD);
    let Some(head) = read(&path, limits::PUBLISHED_HEAD_BYTES)? else {
        // What is longer than a head is the file of somebody else, and stays.
        return match path.symlink_metadata() {
            Ok(_) => Err(publication::damaged(
                &place,
                &format!("`{HEAD}` is not the line that a publisher writes"),
            )),
            Err(_) => Ok(Index::default()),
        };
    };
    let head = PublishedHead::read(&place, &head)?;
    head.check_length_of_index(&place)?;
    let index = beginning(&to.join(INDEX), limits::PUBLISHED_INDEX_BYTES)?.unwrap_or_default();
    let index = Index::read(&place, &index, &head)?;
    for segment in index.segments() {
        segment.check_length(&place)?;
        let path = to.join(SEGMENTS).join(segment.file());
        let file = read(&path, segment.bytes)?;
        if !file.is_some_and(|bytes| segment.is(&bytes)) {
            let what = format!("{SEGMENTS}/{} does not have the hash in `{INDEX}`", segment.file());
            return Err(
                publication::damaged(&place, &what).hint("restore this file from a copy of the folder")
            );
        }
        check_history(reader, segment, &place)?;
    }
    Ok(index)
}

/// Checks that the last transaction of a segment is the one of this database.
fn check_history(reader: &Reader, segment: &Segment, place: &str) -> Result<()> {
    let own = reader.head.tx;
    if segment.last > own {
        let what =
            format!("{place} has transactions up to {} and this database only up to {own}", segment.last);
        return Err(Error::new(ErrorCode::HistoryShortened, what)
            .hint(
                "publish the database that it was made from; `tierbook verify --against` says where two part",
            )
            .hint("to publish this one all the same, name another folder"));
    }
    if reader.hash_at(TxId(segment.last))? != segment.hash {
        let what =
            format!("{place} is not the history of this database: they part in {}", segment.transactions());
        return Err(Error::new(ErrorCode::HistoryForked, what)
            .hint(format!("`tierbook verify --against {place}` says at which transaction"))
            .hint("to publish this database, name another folder"));
    }
    Ok(())
}

/// The segment that begins with `first` and that a publisher wrote, but could not put into the index.
fn left_over(reader: &Reader, to: &Path, first: u64) -> Result<Option<Segment>> {
    let (file, path) = (Segment::file_of(first), to.join(SEGMENTS).join(Segment::file_of(first)));
    let most = limits::SEGMENT_MOST_BYTES;
    let Some(bytes) = beginning(&path, most + 1)? else { return Ok(None) };
    let taken = |what: &str| {
        let what = format!("{} exists, but is in no index, and {what}", path.display());
        Error::new(ErrorCode::DamagedPublication, what).hint(
            "another publisher may have written it: nothing is overwritten; move it away, and try again",
        )
    };
    let length = bytes.len() as u64;
    if length > most {
        return Err(taken(&format!("has more than the {most} bytes that a segment may have")));
    }
    let previous = reader.hash_before(TxId(first))?;
    let opened = disk::open_to_read(&path).map_err(|error| disk_error("read", &path, error))?;
    let mut lines = Lines::part(Path::new(&file), opened, length, first, previous);
    let mut last = None;
    while let Some(line) = lines.next_line().map_err(|error| taken(error.message()))? {
        if reader.known_hash(TxId(line.tx))? != Some(line.place.hash.0) {
            return Err(taken(&format!("transaction {} is not the one of this database", line.tx)));
        }
        last = Some((line.tx, line.place.hash.0, line.place.end));
    }
    match last {
        Some((last, hash, end)) if end == length => {
            Ok(Some(Segment { first, last, hash, bytes: length, sha256: Sha256::of(&[&bytes]) }))
        }
        _ => Err(taken("is not whole")),
    }
}

/// Writes a segment under its name, which nothing may have yet.
fn write_new(segments: &Path, segment: &Segment, bytes: &[u8]) -> Result<()> {
    let path = segments.join(segment.file());
    let draft = segments.join(format!("{}{NEW}", segment.file()));
    let write = || -> io::Result<()> {
        let file = DiskFile::create(&draft)?;
        file.write_at(bytes, 0)?;
        file.sync_all()?;
        // Unlike a new name, a link never takes the place of a file.
        disk::link(&draft, &path)?;
        disk::remove_file(&draft)
    };
    write().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let what = format!("another publisher wrote {} meanwhile", path.display());
            Error::new(ErrorCode::Locked, what)
                .hint("let one publisher write to a folder at a time; nothing is overwritten")
        }
        _ => disk_error("write", &path, error),
    })
}

/// The content of a file; `None` where there is none, or more than `most` bytes.
fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>> {
    Ok(beginning(path, most.saturating_add(1))?.filter(|bytes| bytes.len() as u64 <= most))
}

/// The content of a file, cut off at `most` bytes; `None` where there is none.
fn beginning(path: &Path, most: u64) -> Result<Option<Vec<u8>>> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        disk::open_to_read(path)?.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(disk_error("read", path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_the_most_bytes_is_written_and_a_segment_more_is_refused() {
        let segment = |first| {
            let sha256 = Sha256::of(&[b"any"]);
            Segment { first, last: first, hash: sha256, bytes: 7, sha256 }
        };
        let mut index = Index::default();
        [0, 1].into_iter().for_each(|first| index.add(segment(first)));
        let (most, to) = (index.text().len() as u64, Path::new("public"));
        let mut index = Index::default();
        for first in [0, 1] {
            add(&mut index, segment(first), to, most).unwrap();
        }
        let error = add(&mut index, segment(2), to, most).unwrap_err();
        assert_eq!(error.code(), ErrorCode::TooLarge);
        let bytes = index.text().len();
        let what = format!(
            "the index of public would have {bytes} bytes with transaction 2, more than the limit of {most}"
        );
        assert_eq!(error.message(), what);
    }
}
