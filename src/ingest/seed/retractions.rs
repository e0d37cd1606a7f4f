//! Statements about statements: `[[retract]]`, `[[revise]]` and `[[postpone]]`.

use toml::Spanned;

use super::document::{Entry, PostponementTable, RetractionTable, span_of};
use super::problems::{Checked, both, problem, quoted, wrong};
use super::source::Source;
use super::values::{one_or_list, rollout, valid_time};
use crate::error::ErrorCode;
use crate::ingest::draft::{DraftRetraction, Postponement};
use crate::statement::{Retraction, RetractionKind, Sha256, SourceId, StatementId};

/// What `[[retract]]` or `[[revise]]` names, each statement or the whole source.
pub fn retraction(entry: &Entry<RetractionTable>, source: &Source) -> Checked<Vec<DraftRetraction>> {
    let table = &entry.table;
    let named = both(source_id(&table.source, source), reason(&table.reason, source));
    let numbers = one_or_list("statement", table.statement.as_ref(), table.statements.as_ref());
    let ((id, reason), numbers) = both(named, numbers)?;
    let by = table.by.as_ref().map(|by| source_id(by, source)).transpose()?;
    let kind = match by {
        _ if entry.name != "revise" => RetractionKind::Retract,
        Some(by) => RetractionKind::Supersede(by),
        None => RetractionKind::Revise,
    };
    let retraction = |ordinal: Option<u32>| DraftRetraction {
        retraction: Retraction { source: id, ordinal, kind: kind.clone(), reason: reason.clone() },
        span: entry.span,
    };
    if numbers.is_empty() {
        return Ok(vec![retraction(None)]);
    }
    Ok(numbers.iter().map(|number| retraction(Some(number.get_ref().get()))).collect())
}

/// The changes that `[[postpone]]` names.
pub fn postponement(entry: &Entry<PostponementTable>, source: &Source) -> Checked<Vec<Postponement>> {
    let table = &entry.table;
    if source.is_export() {
        let hint = "an export has the retraction and the new change that it became";
        return problem(ErrorCode::SeedValue, entry.header, "[[postpone]] is not allowed in an export", hint);
    }
    let named = both(source_id(&table.source, source), reason(&table.reason, source));
    let numbers = one_or_list("statement", table.statement.as_ref(), table.statements.as_ref());
    let times =
        both(valid_time(source.text, "effective_at", &table.effective_at), rollout(table.rollout.as_ref()));
    let (((id, reason), numbers), (effective_at, rollout)) = both(both(named, numbers), times)?;
    if numbers.is_empty() {
        let hint = "name the change: statement = 3; `source ID` numbers the statements of a source";
        return problem(ErrorCode::SeedMissing, entry.header, "[[postpone]] needs `statement`", hint);
    }
    let postponement = |number: &Spanned<std::num::NonZeroU32>| Postponement {
        statement: StatementId { source: id, ordinal: number.get_ref().get() },
        effective_at,
        rollout,
        reason: reason.clone(),
        span: entry.span,
    };
    Ok(numbers.iter().map(postponement).collect())
}

/// The source that is named, by the twelve digits of its id or the 64 of its hash.
fn source_id(field: &Spanned<String>, source: &Source) -> Checked<SourceId> {
    let lower = field.get_ref().trim().to_lowercase();
    let hashed = |hash: Sha256| SourceId::of(&hash);
    match SourceId::parse(&lower).or_else(|| Sha256::parse(&lower).map(hashed)) {
        Some(id) if source.stands_for.map(hashed).as_ref() == Some(&id) => {
            wrong("source", span_of(field), "a source cannot retract itself", "")
        }
        Some(id) => Ok(id),
        None => {
            let what = format!("{} is not the id of a source", quoted(field.get_ref()));
            wrong("source", span_of(field), what, "write its twelve hexadecimal digits; `sources` lists them")
        }
    }
}

/// Why; a person must state it.
fn reason(field: &Spanned<String>, source: &Source) -> Checked<String> {
    if field.get_ref().trim().is_empty() && !source.is_export() {
        return wrong("reason", span_of(field), "it is empty", "write why: reason = \"…\"");
    }
    Ok(field.get_ref().clone())
}
