//! Contracts that start: launches and conversions of pre-market contracts, as a sentence, a list and a table
//! of specifications state them.
//!
//! The sentence decides what happens, because the names of the fields of the table do not. Where the list and
//! the table of a text differ, the list counts, and a finding says so; where the name of a contract differs,
//! nothing is stored of it.

mod claims;
mod clause;
mod columns;
mod entries;
mod launches;
mod quarterly;
mod specification;

use super::FamilyStatements;
use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::document::Document;
use crate::limits;

/// Reads the starts of contracts.
pub fn read(document: &Document) -> FamilyStatements {
    let mut read = FamilyStatements::default();
    let words = document.text.as_str();
    let entries = entries::read(document);
    let (tables, table_too_many) = specification::find(words, document.body);
    if let Some(place) = entries.too_many.or(table_too_many) {
        let message = format!(
            "the text starts more than {} contracts or has more than {} tables of them; none is stored",
            limits::NAMED_CONTRACTS,
            limits::SMALL_TABLES
        );
        read.findings.push(Finding::new(FindingCode::UnreadText, place, message));
        return read;
    }
    let (quarterly, others): (Vec<_>, Vec<_>) =
        tables.into_iter().partition(|table| quarterly::is_quarterly(table, words));
    launches::read(document, &entries, &others, &mut read);
    quarterly::read(document, &entries, &quarterly, &mut read);
    if !read.statements.is_empty() {
        read.accounted.extend(entries.lines);
        read.accounted.extend(others.iter().chain(&quarterly).map(|table| table.span));
    }
    read.statements.sort_by_key(|statement| statement.span);
    read
}
