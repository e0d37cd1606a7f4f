//! Statements about statements: `[[retract]]`, `[[revise]]` and `[[postpone]]`.

use super::collected::Collected;
use super::document::Kind;
use super::errors::{ErrorList, quoted};
use super::fields::Fields;
use super::source::Source;
use super::statements::{effective_at, numbers_of, rollout};
use crate::ingest::draft::{DraftRetraction, Postponement};
use crate::statement::{Retraction, RetractionKind, Sha256, SourceId, StatementId};
use crate::text::Span;

/// Reads a retraction or a revision.
pub fn read(kind: Kind, fields: &Fields, source: &Source, said: &mut Collected, errors: &mut ErrorList) {
    fields.only(&["source", "statement", "statements", "reason"], errors);
    let withdrawn = withdrawn(fields, source, errors);
    let numbers = optional_numbers(fields, errors);
    let reason = reason(fields, source, errors);
    let (Some(withdrawn), Some(numbers), Some(reason)) = (withdrawn, numbers, reason) else { return };
    let span = fields.span();
    let kind = if kind == Kind::Revise { RetractionKind::Revise } else { RetractionKind::Retract };
    let ordinals = match numbers {
        None => vec![None],
        Some(numbers) => numbers.into_iter().map(|(number, _)| Some(number)).collect(),
    };
    said.retractions.extend(ordinals.into_iter().map(|ordinal| DraftRetraction {
        retraction: Retraction { source: withdrawn.clone(), ordinal, kind, reason: reason.clone() },
        span,
    }));
}

/// Reads a postponement.
pub fn postpone(fields: &Fields, source: &Source, said: &mut Collected, errors: &mut ErrorList) {
    fields.only(&["source", "statement", "statements", "effective_at", "rollout", "reason"], errors);
    if source.is_export() {
        let hint = "an export has the retraction and the new change that it became";
        return errors.value(fields.header, "[[postpone]] does not stand in an export", hint);
    }
    let withdrawn = withdrawn(fields, source, errors);
    let numbers = match fields.get("statement").or(fields.get("statements")) {
        Some(_) => numbers_of(fields, errors),
        None => {
            let hint = "name the change: statement = 3; `source ID` numbers the statements of a source";
            fields.need("statement", hint, errors).map(|_| Vec::new())
        }
    };
    let effective_at = effective_at(fields, errors);
    let rollout = rollout(fields, errors);
    let reason = reason(fields, source, errors);
    let (Some(withdrawn), Some(numbers), Some(effective_at), Some(rollout), Some(reason)) =
        (withdrawn, numbers, effective_at, rollout, reason)
    else {
        return;
    };
    let span = fields.span();
    said.postponements.extend(numbers.into_iter().map(|(ordinal, _)| Postponement {
        statement: StatementId { source: withdrawn.clone(), ordinal },
        effective_at,
        rollout,
        reason: reason.clone(),
        span,
    }));
}

/// The source that is retracted, as the twelve digits of its id or the 64 of its hash.
fn withdrawn(fields: &Fields, source: &Source, errors: &mut ErrorList) -> Option<SourceId> {
    let field = fields.need("source", "write source = \"ee2413a8367c\"; `sources` lists the ids", errors)?;
    let words = field.text(errors)?;
    let lower = words.text.trim().to_lowercase();
    let id = SourceId::parse(&lower).or_else(|| Sha256::parse(&lower).map(|hash| SourceId::of(&hash)));
    match &id {
        None => {
            let what = format!("{} is not the id of a source", quoted(&words.text));
            field.wrong(&what, "write its twelve hexadecimal digits; `sources` lists them", errors);
        }
        Some(id) if source.stands_for.is_some_and(|hash| SourceId::of(&hash) == *id) => {
            field.wrong("a source cannot withdraw itself", "", errors);
            return None;
        }
        Some(_) => {}
    }
    id
}

/// The numbers of the statements retracted, `Some(None)` for all; the outer `None`, and noted, where they are none.
#[allow(clippy::type_complexity)]
fn optional_numbers(fields: &Fields, errors: &mut ErrorList) -> Option<Option<Vec<(u32, Span)>>> {
    match fields.get("statement").or(fields.get("statements")) {
        Some(_) => numbers_of(fields, errors).map(Some),
        None => Some(None),
    }
}

/// Why; by hand it must be said.
fn reason(fields: &Fields, source: &Source, errors: &mut ErrorList) -> Option<String> {
    let field = fields.need("reason", "say why: reason = \"…\"", errors)?;
    let words = field.text(errors)?;
    if words.text.trim().is_empty() && !source.is_export() {
        field.wrong("it is empty", "say why: reason = \"…\"", errors);
        return None;
    }
    Some(words.text.into_owned())
}
