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

    /// Reads what `place` gave as its index, as far as it belongs to `head`. What comes after that is of a newer head.
    ///
    /// # Errors
    /// It is not the index of that head (`damaged_publication`).
    pub fn read(place: &str, bytes: &[u8], head: &PublishedHead) -> Result<Index> {
        let wrong = |what: String| damaged(place, &what);
        let of_head =
            usize::try_from(head.index_bytes).ok().and_then(|length| bytes.split_at_checked(length));
        let Some((bytes, newer)) = of_head else {
            let (there, wanted) = (bytes.len(), head.index_bytes);
            return Err(wrong(format!("`{INDEX}` has {there} bytes, but its head states {wanted}")));
        };
        if Sha256::of(&[bytes]) != head.index_sha256 {
            return Err(wrong(format!("`{INDEX}` does not have the hash that its head states")));
        }
        let mut index = Index::default();
        index
            .add_lines(bytes)
            .map_err(|line| wrong(format!("line {line} of `{INDEX}` is not the next segment")))?;
        if index.segments.last() != Some(&head.last) {
            return Err(wrong(format!("`{INDEX}` does not end with the segment of its head")));
        }
        index.clone().add_lines(newer).map_err(|line| {
            wrong(format!("line {line} of `{INDEX}`, after those of its head, is not the next segment"))
        })?;
        Ok(index)
    }

    /// Adds the segments of whole lines.
    ///
    /// # Errors
    /// The number of the first line that is not the next segment.
    fn add_lines(&mut self, bytes: &[u8]) -> std::result::Result<(), usize> {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let number = self.segments.len() + 1;
            let words: Vec<&str> =
                std::str::from_utf8(line).unwrap_or_default().trim_end_matches('\n').split(' ').collect();
            let segment =
                Segment::parse(&words).filter(|segment| segment.first == self.next()).ok_or(number)?;
            if format!("{}\n", segment.text()).as_bytes() != line {
                return Err(number);
            }
            self.add(segment);
        }
        Ok(())
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
