//! Finding the transactions of a damaged journal: what is whole, and what can be read of the rest.
//!
//! Nothing in the file is believed: where a frame or a line begins is found by its form, also after bytes that are
//! missing, too many or overwritten, and which transaction it is by what it says. Whether that is so, the chain decides.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use memchr::memmem::Finder;

use super::form::{Format, NO_HASH};
use super::format_1;
use super::frames;
use super::header;
use crate::compression;
use crate::limits;
use crate::statement::Sha256;

/// A place where a transaction may be.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Found {
    pub tx: u64,
    /// Of the first byte of its zstd frame, or of its JSON.
    pub(super) start: u64,
    pub(super) end: u64,
    /// The hash that it states, if that can be read.
    pub stated: Option<Sha256>,
    /// The root that it states; only in format 2.
    pub root: Option<Sha256>,
    /// Whether its checksum says that nothing in it was changed. A line has none: it must be read to know.
    pub is_intact: bool,
}

/// How many bytes of the file are looked at at once.
const WINDOW: usize = 1 << 20;

/// Every place in the file where a transaction may be, in the order of the file.
///
/// # Errors
/// The disk refuses.
pub(super) fn scan(format: Format, file: &File, bytes: u64) -> io::Result<Vec<Found>> {
    match format {
        Format::Frames => scan_frames(file, bytes),
        Format::Lines => scan_lines(file, bytes),
    }
}

/// What may still be read of a file to find where its transactions end.
struct Budget(u64);

impl Budget {
    fn of(bytes: u64) -> Budget {
        Budget((bytes * limits::SALVAGE_READINGS).max(limits::SALVAGE_LEAST_BYTES))
    }

    /// Whether so many bytes may be read; they count then.
    fn has(&mut self, bytes: u64) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// The number that a transaction states, or that of the one after the last that was found.
fn number(stated: Option<u64>, all: &[Found]) -> (u64, bool) {
    match stated.filter(|tx| *tx <= limits::JOURNAL_TRANSACTIONS) {
        Some(tx) => (tx, true),
        None => (all.last().map_or(0, |before| before.tx + 1), false),
    }
}

/// Reads a part of the file.
///
/// # Errors
/// The disk refuses.
pub(super) fn part(file: &File, start: u64, end: u64) -> io::Result<Vec<u8>> {
    let length = (end - start).min(limits::JOURNAL_LINE_BYTES as u64);
    let mut bytes = vec![0; length as usize];
    file.read_exact_at(&mut bytes, start)?;
    Ok(bytes)
}

/// Every place where the file has these bytes.
///
/// # Errors
/// The disk refuses, or there are more than [`limits::SALVAGE_STARTS`].
fn places(file: &File, bytes: u64, sought: &[u8]) -> io::Result<Vec<u64>> {
    let finder = Finder::new(sought);
    let (mut all, mut start) = (Vec::new(), 0);
    let mut window = vec![0; WINDOW.min(usize::try_from(bytes).unwrap_or(WINDOW))];
    while start + (sought.len() as u64) <= bytes {
        let end = bytes.min(start + WINDOW as u64);
        let window = &mut window[..(end - start) as usize];
        file.read_exact_at(window, start)?;
        all.extend(finder.find_iter(window).map(|place| start + place as u64));
        if all.len() > limits::SALVAGE_STARTS {
            let most = limits::SALVAGE_STARTS;
            let why = format!("transactions may begin at more than {most} places in it");
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        // What is sought may begin in this window and end in the next one.
        start = end - (sought.len() as u64 - 1);
        if end == bytes {
            break;
        }
    }
    Ok(all)
}

/// The text of a frame: whole, or as much of it as can be read.
///
/// # Errors
/// The disk refuses.
pub(super) fn frame_text(file: &File, found: &Found) -> io::Result<Vec<u8>> {
    let frame = frame(file, found.start, found.end)?;
    let whole = compression::first_frame(&frame, limits::JOURNAL_LINE_BYTES);
    let readable = || compression::readable(&frame, limits::JOURNAL_LINE_BYTES);
    Ok(whole.map_or_else(readable, |(text, _)| text))
}

/// The bytes of a frame; what marks its beginning may have been overwritten.
fn frame(file: &File, start: u64, end: u64) -> io::Result<Vec<u8>> {
    let mut frame = part(file, start, end)?;
    if let Some(first) = frame.get_mut(..compression::MAGIC.len()) {
        first.copy_from_slice(compression::MAGIC);
    }
    Ok(frame)
}

fn scan_frames(file: &File, bytes: u64) -> io::Result<Vec<Found>> {
    let lengths = places(file, bytes, &frames::BEFORE)?;
    let after_length = |at: &u64| at + frames::BEFORE_BYTES as u64;
    let mut starts = places(file, bytes, compression::MAGIC)?;
    starts.extend(lengths.iter().map(after_length).filter(|start| *start < bytes));
    starts.sort_unstable();
    starts.dedup();
    let (mut all, mut reached, mut budget): (Vec<Found>, u64, _) = (Vec::new(), 0, Budget::of(bytes));
    for start in starts {
        if start < reached {
            continue;
        }
        // A frame ends before the length of a later one; where that is damaged too, more is read than needed.
        let end = lengths.get(lengths.partition_point(|at| *at <= start)).copied().unwrap_or(bytes);
        if !budget.has(end - start) {
            continue;
        }
        let read = frame(file, start, end)?;
        let (text, end, is_intact) = match compression::first_frame(&read, limits::JOURNAL_LINE_BYTES) {
            Some((text, length)) => (text, start + length as u64, true),
            None => (compression::readable(&read, limits::JOURNAL_LINE_BYTES), end, false),
        };
        let Some(link) = header::link(&text) else { continue };
        let (tx, is_stated) = number(header::stated_tx(&text), &all);
        let is_intact = is_intact && is_stated;
        let root = Some(link.root.0).filter(|root| *root != NO_HASH);
        all.push(Found { tx, start, end, stated: Some(link.hash.0), root, is_intact });
        if is_intact {
            reached = end;
        }
    }
    Ok(all)
}

fn scan_lines(file: &File, bytes: u64) -> io::Result<Vec<Found>> {
    let mut starts = places(file, bytes, format_1::JSON_START)?;
    for (before, length) in [(format_1::BEFORE_HASH, format_1::ENVELOPE_BYTES), (format_1::BEFORE_JSON, 0)] {
        let length = if length == 0 { before.len() as u64 } else { length };
        starts.extend(places(file, bytes, before)?.into_iter().map(|at| at + length));
    }
    starts.retain(|start| *start < bytes);
    starts.sort_unstable();
    starts.dedup();
    let breaks = places(file, bytes, b"\n")?;
    let (mut all, mut budget): (Vec<Found>, _) = (Vec::new(), Budget::of(bytes));
    for (place, start) in starts.iter().copied().enumerate() {
        let line_end = breaks[breaks.partition_point(|at| *at < start)..].first();
        let before_next =
            starts.get(place + 1).map_or(bytes, |next| next.saturating_sub(format_1::ENVELOPE_BYTES));
        let envelope = part(file, start.saturating_sub(format_1::ENVELOPE_BYTES), start)?;
        let digits = part(file, start, bytes.min(start + format_1::NUMBER_BYTES))?;
        let (tx, _) = number(format_1::stated_tx(&digits), &all);
        let stated = format_1::stated_hash(&envelope);
        // The line break may have been overwritten, or bytes of the JSON may have become one.
        let mut ends: Vec<u64> = line_end.map(|at| at.saturating_sub(1)).into_iter().collect();
        ends.push(before_next.saturating_sub(2));
        ends.push(bytes.saturating_sub(1));
        ends.retain(|end| *end > start && *end - start <= limits::JOURNAL_LINE_BYTES as u64);
        ends.truncate(if place + 1 == starts.len() { 3 } else { 2 });
        ends.dedup();
        ends.retain(|end| budget.has(end - start));
        all.extend(ends.into_iter().map(|end| Found {
            tx,
            start,
            end,
            stated,
            root: None,
            is_intact: false,
        }));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::disk::DiskFile;
    use crate::store::errors::disk_error;

    #[test]
    fn a_file_is_read_so_many_times_and_no_byte_more() {
        let least = limits::SALVAGE_LEAST_BYTES / limits::SALVAGE_READINGS;
        for (bytes, most) in [
            (0, limits::SALVAGE_LEAST_BYTES),
            (least, limits::SALVAGE_LEAST_BYTES),
            (least + 1, limits::SALVAGE_LEAST_BYTES + limits::SALVAGE_READINGS),
        ] {
            let mut budget = Budget::of(bytes);
            assert!(!budget.has(most + 1) && budget.has(most) && !budget.has(1), "{bytes}");
        }
    }

    #[test]
    fn the_most_places_are_found_and_more_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let found = |count: usize| {
            DiskFile::create(&path).unwrap().write_at(&vec![b'\n'; count], 0).unwrap();
            places(&File::open(&path).unwrap(), count as u64, b"\n")
        };
        assert_eq!(found(limits::SALVAGE_STARTS).unwrap().len(), limits::SALVAGE_STARTS);
        let error = found(limits::SALVAGE_STARTS + 1).unwrap_err();
        assert_eq!(error.to_string(), "transactions may begin at more than 16777216 places in it");
        let hints = disk_error("read", &path, error).hints().to_vec();
        assert_eq!(hints, ["it is no journal that tierbook wrote: use another copy of it"]);
    }

    #[test]
    fn a_number_that_no_transaction_has_is_none() {
        let found = Found { tx: 7, start: 0, end: 1, stated: None, root: None, is_intact: false };
        assert_eq!(
            number(Some(limits::JOURNAL_TRANSACTIONS), &[found]),
            (limits::JOURNAL_TRANSACTIONS, true)
        );
        assert_eq!(number(Some(limits::JOURNAL_TRANSACTIONS + 1), &[found]), (8, false));
    }
}
