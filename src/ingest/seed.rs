//! Seeds: statements written by hand, in TOML; and exports, which say in the same form what a document said elsewhere.
//!
//! `docs/seeds.md` tells the form. Text → tables with their fields → the source, then entry by entry statements,
//! listings and withdrawals. Every mistake is noted with its line, and reading goes on to find the next.

mod document;
mod fields;
mod figures;
mod findings;
mod mistakes;
mod rows;
mod rules;
mod said;
mod source;
mod statements;
mod subjects;
mod withdrawals;

use super::draft::{Draft, Input};
use crate::mistake::Mistake;
use crate::statement::Sha256;
use document::Kind;
use fields::Fields;
use mistakes::Mistakes;
use said::Said;
use source::Source;

/// Reads one. Pure: the same input gives the same draft.
///
/// # Errors
/// `document_too_large` (above [`crate::limits::SEED_BYTES`]), `seed_syntax` (not TOML), `seed_empty`, and what is
/// wrong with a field, the first with its hints and some more as hints: `seed_field` (unknown), `seed_missing`,
/// `seed_type`, `seed_value`, `seed_rule` (a table that has no reading, two kinds of rule at once, none).
pub(super) fn read(input: &Input, text: &str) -> Result<Draft, Mistake> {
    let tables = document::parse(text)?;
    let mut mistakes = Mistakes::new(text);
    let entries = document::entries(&tables, &mut mistakes);
    let source = source::read(entries.source.as_ref(), input, &mut mistakes);
    let mut said = Said::new(source.is_export());
    for (kind, fields) in &entries.all {
        read_entry(*kind, fields, &source, &mut said, &mut mistakes);
    }
    if entries.all.is_empty() && !mistakes.any() {
        document::says_nothing(&mut mistakes);
    }
    said.order(&mut mistakes);
    // Findings name statements by their numbers, which mean nothing until every statement is read.
    let in_doubt = mistakes.any();
    for (_, fields) in entries.all.iter().filter(|(kind, _)| *kind == Kind::Finding && !in_doubt) {
        findings::read(fields, &mut said, &mut mistakes);
    }
    if let Some(mistake) = mistakes.into_one() {
        return Err(mistake);
    }
    said.look_over(&source);
    let Said { statements, listings, withdrawals, postponements, findings, .. } = said;
    Ok(Draft {
        sha256: source.stands_for.unwrap_or_else(|| Sha256::of(&[input.bytes])),
        file: source.file,
        title: source.title,
        publication: source.publication,
        text: text.to_string(),
        statements,
        listings,
        withdrawals,
        postponements,
        findings,
    })
}

fn read_entry(kind: Kind, fields: &Fields, source: &Source, said: &mut Said, mistakes: &mut Mistakes) {
    match kind {
        Kind::Change | Kind::Sighting | Kind::End => {
            statements::read(kind, fields, source, said, mistakes);
        }
        Kind::Listing => said.listings.extend(statements::listing(fields, source, mistakes)),
        Kind::Retract | Kind::Revise => withdrawals::read(kind, fields, source, said, mistakes),
        Kind::Postpone => withdrawals::postpone(fields, source, said, mistakes),
        Kind::Finding if !source.is_export() => {
            let message = "[[finding]] stands in exports only: what is odd is found anew";
            mistakes.value(fields.header, message, "leave it out");
        }
        Kind::Finding => {}
    }
}
