//! The families of announcements beside those with tables of tiers or ratios: what they state of contracts and
//! assets in sentences, lists and small tables.
//!
//! Each family has a reader of its own in a file of its name. All of them look at every document, because one
//! text can start one contract and end another; a reader takes only what its own words state.

mod collateral_classes;
mod delisting;
mod last_orders;
mod multi_assets;
mod naming;
mod postponement;
pub mod recognised;
pub mod rules;
mod starts;
pub mod text;
mod token;

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

/// The readers, one a family.
const READERS: [fn(&Document) -> FamilyStatements; 5] =
    [delisting::read, postponement::read, starts::read, collateral_classes::read, multi_assets::read];

/// Reads what a document states outside its tables of tiers and ratios.
pub fn read(document: &Document) -> FamilyStatements {
    let mut all = FamilyStatements::default();
    for read in READERS {
        let FamilyStatements { statements, findings, accounted } = read(document);
        all.statements.extend(statements);
        all.findings.extend(findings);
        all.accounted.extend(accounted);
    }
    all.statements.sort_by_key(|statement| statement.span.start);
    all
}
