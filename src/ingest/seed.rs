//! Seeds: statements written by hand, in TOML; and exports, which say in the same form what a document said elsewhere.
//!
//! `docs/seeds.md` tells the form. Text → tables with their fields → the source, then entry by entry statements,
//! complete snapshots and retractions. Every error is noted with its line, and reading goes on to find the next.

mod document;
mod fields;
mod figures;
mod findings;
mod errors;
mod rows;
mod rules;
mod collected;
mod source;
mod statements;
mod subjects;
mod retractions;

use super::draft::{Draft, Input};
use crate::error::Error;
use crate::statement::Sha256;
use collected::Collected;
use document::Kind;
use errors::ErrorList;
use fields::Fields;
use source::Source;

/// Reads one. Pure: the same input gives the same draft.
///
/// # Errors
/// `document_too_large` (above [`crate::limits::SEED_BYTES`]), `seed_syntax` (not TOML), `seed_empty`, and what is
/// wrong with a field, the first with its hints and some more as hints: `seed_field` (unknown), `seed_missing`,
/// `seed_type`, `seed_value`, `seed_rule` (a table that has no reading, two kinds of rule at once, none).
pub(super) fn read(input: &Input, text: &str) -> Result<Draft, Error> {
    let tables = document::parse(text)?;
    let mut errors = ErrorList::new(text);
    let entries = document::entries(&tables, &mut errors);
    let source = source::read(entries.source.as_ref(), input, &mut errors);
    let mut said = Collected::new(source.is_export());
    for (kind, fields) in &entries.all {
        read_entry(*kind, fields, &source, &mut said, &mut errors);
    }
    // A document may say nothing, and its export says the same.
    if entries.all.is_empty() && !source.is_export() && !errors.any() {
        document::says_nothing(&mut errors);
    }
    said.order(&mut errors);
    // Findings name statements by their numbers, which mean nothing until every statement is read.
    let in_doubt = errors.any();
    for (_, fields) in entries.all.iter().filter(|(kind, _)| *kind == Kind::Finding && !in_doubt) {
        findings::read(fields, &mut said, &mut errors);
    }
    if let Some(error) = errors.into_one() {
        return Err(error);
    }
    said.look_over(&source);
    let Collected { statements, complete_snapshots, retractions, postponements, findings, .. } = said;
    Ok(Draft {
        sha256: source.stands_for.unwrap_or_else(|| Sha256::of(&[input.bytes])),
        file: source.file,
        title: source.title,
        publication: source.publication,
        text: text.to_string(),
        statements,
        complete_snapshots,
        retractions,
        postponements,
        findings,
    })
}

fn read_entry(kind: Kind, fields: &Fields, source: &Source, said: &mut Collected, errors: &mut ErrorList) {
    match kind {
        Kind::Change | Kind::Observation | Kind::End => {
            statements::read(kind, fields, source, said, errors);
        }
        Kind::CompleteSnapshot => {
            said.complete_snapshots.extend(statements::snapshot(fields, source, errors))
        }
        Kind::Retract | Kind::Revise => retractions::read(kind, fields, source, said, errors),
        Kind::Postpone => retractions::postpone(fields, source, said, errors),
        Kind::Finding if !source.is_export() => {
            let message = "[[finding]] stands in exports only: what is odd is found anew";
            errors.value(fields.header, message, "leave it out");
        }
        Kind::Finding => {}
    }
}
