//! The families of announcements beside those with tables of tiers or ratios: what they state of contracts and
//! assets in sentences, lists and small tables.
//!
//! Each family has a reader of its own in a file of its name. All of them look at every document, because one
//! text can start one contract and end another; a reader takes only what its own words state.

use crate::finding::Finding;
use crate::ingest::announcement::document::Document;
use crate::ingest::draft::DraftStatement;
use crate::text::Span;

/// What the readers of the families found in a document.
#[derive(Default, Debug)]
pub struct FamilyStatements {
    /// What the document states, in the order of the text.
    pub statements: Vec<DraftStatement>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The parts of the text whose figures are read or known to be about something else, so that they are not
    /// reported as unread.
    pub accounted: Vec<Span>,
}

/// Reads what a document states outside its tables of tiers and ratios.
pub fn read(_document: &Document) -> FamilyStatements {
    FamilyStatements::default()
}
