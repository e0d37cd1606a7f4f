//! Seeds: statements written by hand, in TOML; and exports, which state in the same form what a document
//! elsewhere states.
//!
//! `docs/seeds.md` explains the form. Text → serde structs (`document`) → checked values: the source, then
//! entry by entry statements, complete snapshots and retractions. A text that is not of the form is refused
//! with its first error; what is wrong with values is collected and reported at once.

mod document;
mod figures;
mod findings;
mod problems;
mod retractions;
mod rows;
mod rules;
mod source;
mod statements;
mod subjects;
mod values;

use super::conflicts;
use super::draft::{Draft, DraftStatement, Input};
use crate::error::{Error, ErrorCode};
use crate::finding::{Finding, FindingCode};
use crate::text::Span;
use document::{EntrySpans, SeedFile};
use problems::{Checked, all, both, problem};
use source::Source;

/// Reads one. Pure: the same input gives the same draft.
///
/// # Errors
/// `document_too_large` (above [`crate::limits::SEED_BYTES`]), `seed_syntax` (not TOML), `seed_empty`; of the
/// form `seed_field` (unknown), `seed_missing`, `seed_type`; of the values, the first with its hints and some
/// more as hints: `seed_missing`, `seed_type`, `seed_value`, `seed_rule` (a table that has no reading, two
/// kinds of rule at once, none).
pub(super) fn read(input: &Input, text: &str) -> Result<Draft, Error> {
    let (file, spans) = document::parse(text)?;
    draft(file, &spans, input, text).map_err(|problems| problems::one_error(text, problems))
}

fn draft(file: SeedFile, spans: &EntrySpans, input: &Input, text: &str) -> Checked<Draft> {
    let source = source::read(file.source.as_ref(), input, text)?;
    // A document may state nothing, and its export states the same.
    if spans.is_empty() && !source.is_export() {
        let message = "the seed has no statement";
        return problem(ErrorCode::SeedEmpty, Span::new(0, 0), message, document::FORM);
    }
    let statements = spans.entries([
        ("change", file.change),
        ("observation", file.observation),
        ("observation", file.sighting),
        ("end", file.end),
        ("launch", file.launch),
        ("conversion", file.conversion),
        ("postponed", file.postponed),
    ]);
    let finding_entries = spans.entries([("finding", file.finding)]);
    let read_statements = statements::read(&statements, &source).and_then(|(statements, found)| {
        let findings = findings::read(&finding_entries, &statements, &source)?;
        Ok((statements, [found, findings].concat()))
    });
    let complete_snapshots =
        all(file.listing.iter().map(|table| statements::complete_snapshot(table.get_ref(), &source)));
    let retractions = spans.entries([("retract", file.retract), ("revise", file.revise)]);
    let retractions = all(retractions.iter().map(|entry| retractions::retraction(entry, &source)));
    let postponements = spans.entries([("postpone", file.postpone)]);
    let postponements = all(postponements.iter().map(|entry| retractions::postponement(entry, &source)));
    let ((statements, mut findings), complete_snapshots) = both(read_statements, complete_snapshots)?;
    let (retractions, postponements) = both(retractions, postponements)?;
    let statements: Vec<DraftStatement> = statements.into_iter().map(|placed| placed.statement).collect();
    if !source.is_export() {
        findings.extend(conflicts(&statements, &source));
        findings.sort_by_key(|finding| (finding.span, finding.code));
    }
    let read = Draft::empty(input.bytes, &source.file, text.to_string());
    Ok(Draft {
        is_export: source.stands_for.is_some(),
        sha256: source.stands_for.unwrap_or(read.sha256),
        title: source.title,
        publication: source.publication,
        origin: source.origin,
        statements,
        complete_snapshots,
        retractions: retractions.concat(),
        postponements: postponements.concat(),
        findings,
        ..read
    })
}

/// What is suspicious about the statements compared with each other and with the publication. For the
/// document of an export it was found when that was read.
fn conflicts(statements: &[DraftStatement], source: &Source) -> Vec<Finding> {
    let mut findings = conflicts::contradictions(statements);
    match source.publication {
        Some((at, _)) => findings.extend(conflicts::far_timestamps(statements, at.0)),
        None => {
            let message = "[source] has no `published_at`";
            findings.push(Finding::new(FindingCode::NoPublication, source.header, message));
        }
    }
    findings
}
