//! The index of a publication: a line a segment, from the first transaction on.

use super::head::PublishedHead;
use super::segment::Segment;
use super::{INDEX, damaged};
use crate::error::Result;
use crate::statement::Sha256;

/// The segments of a publication, in order and without a hole.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Index {
    segments: Vec<Segment>,
    text: String,
}

impl Index {
    /// The segments, the first one first.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The first transaction after these segments.
    pub fn next(&self) -> u64 {
        self.segments.last().map_or(0, |segment| segment.last + 1)
    }

    /// The text, a line a segment.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds the next segment.
    pub fn add(&mut self, segment: Segment) {
        self.text += &format!("{}\n", segment.text());
        self.segments.push(segment);
    }

    /// The head of a publication with these segments; `None` where there is none.
    pub fn head(&self) -> Option<PublishedHead> {
        let index_sha256 = Sha256::of(&[self.text.as_bytes()]);
        let index_bytes = self.text.len() as u64;
        Some(PublishedHead { index_bytes, index_sha256, last: *self.segments.last()? })
    }

    /// Reads what `place` gave as its index, as far as it belongs to `head`.
    ///
    /// # Errors
    /// It is not the index of that head (`damaged_publication`).
    pub fn read(place: &str, bytes: &[u8], head: &PublishedHead) -> Result<Index> {
        let wrong = |what: String| damaged(place, &what);
        let of_head = usize::try_from(head.index_bytes).ok().and_then(|length| bytes.get(..length));
        let Some(bytes) = of_head else {
            let (there, wanted) = (bytes.len(), head.index_bytes);
            return Err(wrong(format!("`{INDEX}` has {there} bytes, but its head states {wanted}")));
        };
        if Sha256::of(&[bytes]) != head.index_sha256 {
            return Err(wrong(format!("`{INDEX}` does not have the hash that its head states")));
        }
        let mut index = Index::default();
        for (number, line) in std::str::from_utf8(bytes).unwrap_or_default().lines().enumerate() {
            let words: Vec<&str> = line.split(' ').collect();
            let next = index.next();
            match Segment::parse(&words) {
                Some(segment) if segment.first == next => index.add(segment),
                _ => return Err(wrong(format!("line {} of `{INDEX}` is not the next segment", number + 1))),
            }
        }
        let is_it = index.text.as_bytes() == bytes && index.segments.last() == Some(&head.last);
        is_it
            .then_some(index)
            .ok_or_else(|| wrong(format!("`{INDEX}` does not end with the segment of its head")))
    }

    /// The segment with a transaction; `None` where the index ends before.
    pub fn segment_of(&self, tx: u64) -> Option<&Segment> {
        let place = self.segments.partition_point(|segment| segment.last < tx);
        self.segments.get(place)
    }

    /// The hash of the last transaction before a segment, as the index states it.
    pub fn hash_before(&self, segment: &Segment) -> Option<Sha256> {
        self.segment_of(segment.first.checked_sub(1)?).map(|before| before.hash)
    }
}
