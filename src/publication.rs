//! A published journal: what its head and its index of segments say. docs/replication.md has the form for others.
//!
//! Both are text of which every byte is fixed: there is one way to write each, and the head has the hash of the
//! index, which has the hash of every segment.

mod head;
mod index;
mod segment;

pub use head::PublishedHead;
pub use index::Index;
pub use segment::Segment;

use crate::error::{Error, ErrorCode};

/// The file of the head.
pub const HEAD: &str = "head";

/// The file of the index.
pub const INDEX: &str = "index";

/// The folder of the segments.
pub const SEGMENTS: &str = "segments";

/// The error for a publication that is not as it was written; `place` names its origin.
pub fn damaged(place: &str, what: &str) -> Error {
    Error::new(ErrorCode::DamagedPublication, format!("what {place} publishes is damaged: {what}"))
        .hint("nothing of it was recorded; ask its publisher, or pull from another copy")
}
