//! A segment: some transactions after one another, in a file that never changes.

use super::{SEGMENTS, damaged};
use crate::error::Result;
use crate::limits;
use crate::statement::Sha256;

/// What is known of a segment: which transactions it has, the hash of the last one, and the file itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// The number of its first transaction.
    pub first: u64,
    /// The number of its last transaction.
    pub last: u64,
    /// The hash of the last one, which fixes everything before it.
    pub hash: Sha256,
    /// How long the file is.
    pub bytes: u64,
    /// The hash of the file.
    pub sha256: Sha256,
}

/// The digits of the number in the name of a file: names sort as the transactions do.
const DIGITS: usize = 12;

impl Segment {
    /// Its file in the folder of the segments.
    pub fn file(&self) -> String {
        Segment::file_of(self.first)
    }

    /// The file of the segment that begins with a transaction.
    pub fn file_of(first: u64) -> String {
        format!("{first:0DIGITS$}.zst")
    }

    /// The first transaction of the segment with this name; `None` where it is another file.
    #[cfg(feature = "server")]
    pub fn first_of(file: &str) -> Option<u64> {
        let first = file.strip_suffix(".zst")?.parse().ok()?;
        (Segment::file_of(first) == file).then_some(first)
    }

    /// Whether these are the bytes of its file.
    pub fn is(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.bytes && Sha256::of(&[bytes]) == self.sha256
    }

    /// Refuses a segment that is longer than any that is written, before it is read.
    ///
    /// # Errors
    /// It has more than [`limits::SEGMENT_MOST_BYTES`] (`damaged_publication`).
    pub fn check_length(&self, place: &str) -> Result<()> {
        let (bytes, most) = (self.bytes, limits::SEGMENT_MOST_BYTES);
        if bytes <= most {
            return Ok(());
        }
        let (file, which) = (self.file(), self.transactions());
        let what = format!("{SEGMENTS}/{file} ({which}) has {bytes} bytes, more than the limit of {most}");
        Err(damaged(place, &what))
    }

    /// Its transactions in words: `transaction 3`, `transactions 3 to 7`.
    pub fn transactions(&self) -> String {
        match self.first == self.last {
            true => format!("transaction {}", self.first),
            false => format!("transactions {} to {}", self.first, self.last),
        }
    }

    /// Reads the five words of a line; `None` where they are others.
    pub(super) fn parse(words: &[&str]) -> Option<Segment> {
        let [first, last, hash, bytes, sha256] = words else { return None };
        let (first, last) = (first.parse().ok()?, last.parse().ok()?);
        let (hash, bytes, sha256) = (Sha256::parse(hash)?, bytes.parse().ok()?, Sha256::parse(sha256)?);
        let is_possible = first <= last && last <= limits::JOURNAL_TRANSACTIONS;
        is_possible.then_some(Segment { first, last, hash, bytes, sha256 })
    }

    pub(super) fn text(&self) -> String {
        let Segment { first, last, hash, bytes, sha256 } = self;
        format!("{first} {last} {hash} {bytes} {sha256}")
    }
}
