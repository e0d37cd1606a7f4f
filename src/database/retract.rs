//! What a draft retracts or postpones, compared with what is stored: it must name something that is stored. A
//! change that is postponed is retracted, and a new change with its rule takes its place.

use crate::error::{Error, ErrorCode};
use crate::finding::{Finding, FindingCode};
use crate::ingest::{Draft, DraftClaim, DraftRetraction, DraftStatement, Postponement};
use crate::rulebook::{Knowledge, Records, Rulebook, Visibility};
use crate::statement::{
    Batch, Claim, Recorded, RecordedSource, Retraction, RetractionKind, SourceId, Statement, StatementId,
};
use crate::store::Reader;
use crate::text::{Span, line_number, nearest};
use std::collections::{BTreeMap, BTreeSet};

/// Why a draft cannot be recorded in an empty database; `None` where it can.
pub fn needs_something_stored(draft: &Draft) -> Option<Error> {
    // An export was checked where it was recorded first, and its sources may come in any order.
    if draft.is_export {
        return None;
    }
    let first = draft.retractions.first().map(|draft| (&draft.retraction.source, draft.span));
    let first =
        first.or(draft.postponements.first().map(|postponed| (&postponed.statement.source, postponed.span)));
    first.map(|(source, span)| not_stored(draft, source, span, &[]))
}

/// The draft with a retraction and a new change in place of each postponement; everything that it names is
/// stored.
///
/// # Errors
/// A source or statement that it names is not stored (`not_held`), is postponed but no change
/// (`not_a_change`), or is retracted already or postponed twice (`withdrawn_already`), each with its line and
/// of the kind `Input`; or the store cannot be read.
pub fn settle(draft: Draft, reader: &Reader) -> Result<Draft, Error> {
    if draft.is_export || (draft.retractions.is_empty() && draft.postponements.is_empty()) {
        return Ok(draft);
    }
    let mut stored = StoredSources { sources: reader.sources()?, batches: BTreeMap::new(), reader };
    for DraftRetraction { retraction, span } in &draft.retractions {
        match retraction.ordinal {
            None => stored.source(&draft, &retraction.source, *span).map(|_| ())?,
            Some(ordinal) => {
                let id = StatementId { source: retraction.source, ordinal };
                stored.statement(&draft, &id, *span)?;
            }
        }
    }
    postpone(draft, stored)
}

/// Turns each postponement into a retraction and a new change, which has its place in the order of the
/// document.
fn postpone(mut draft: Draft, mut stored: StoredSources) -> Result<Draft, Error> {
    let postponements = std::mem::take(&mut draft.postponements);
    if postponements.is_empty() {
        return Ok(draft);
    }
    let mut changes: Vec<Recorded> = Vec::with_capacity(postponements.len());
    let mut findings = CopiedFindings::new();
    for postponement in &postponements {
        let (recorded, batch) = stored.statement(&draft, &postponement.statement, postponement.span)?;
        copy_findings(batch, &recorded.statement, postponement.span, &mut findings);
        changes.push(recorded);
    }
    refuse_retracted(&draft, &changes, &postponements, stored.reader)?;
    for (recorded, postponement) in changes.into_iter().zip(postponements) {
        draft.statements.push(new_change(&draft, recorded, &postponement)?);
        draft.retractions.push(retraction(postponement));
    }
    draft.statements.sort_by_key(|statement| statement.span.start);
    draft.findings.extend(findings.into_iter().map(|((span, code, message), subjects)| Finding {
        code,
        message,
        span,
        subjects: subjects.into_iter().collect(),
    }));
    Ok(draft)
}

/// The stored sources, and what was read of them so far.
struct StoredSources<'r> {
    sources: Vec<RecordedSource>,
    batches: BTreeMap<SourceId, Batch>,
    reader: &'r Reader,
}

impl StoredSources<'_> {
    /// The last recording of a source.
    fn source(&self, draft: &Draft, id: &SourceId, span: Span) -> Result<RecordedSource, Error> {
        let last = self.sources.iter().rev().find(|recorded| recorded.source.id == *id);
        last.cloned().ok_or_else(|| not_stored(draft, id, span, &self.sources))
    }

    /// A statement of a stored source, and everything that the source states.
    fn statement(
        &mut self,
        draft: &Draft,
        id: &StatementId,
        span: Span,
    ) -> Result<(Recorded, &Batch), Error> {
        let source = self.source(draft, &id.source, span)?;
        if !self.batches.contains_key(&id.source) {
            self.batches.insert(id.source, self.reader.batch(source.tx)?);
        }
        let batch = &self.batches[&id.source];
        match (id.ordinal as usize).checked_sub(1).and_then(|index| batch.statements.get(index)) {
            Some(statement) => {
                let recorded = Recorded {
                    id: *id,
                    statement: statement.clone(),
                    published_at: source.source.published_at,
                    recorded_at: source.recorded_at,
                    tx: source.tx,
                };
                Ok((recorded, batch))
            }
            None => {
                let (number, count) = (id.ordinal, batch.statements.len());
                let what = format!("source {} has {count} statements, no statement {number}", id.source);
                Err(refused(draft, span, ErrorCode::NotStored, what)
                    .hint(format!("`tierbook query source {}` numbers them", id.source)))
            }
        }
    }
}

fn refused(draft: &Draft, span: Span, code: ErrorCode, what: String) -> Error {
    Error::new(code, format!("line {}: {what}", line_number(&draft.text, span.start)))
}

fn not_stored(draft: &Draft, id: &SourceId, span: Span, stored: &[RecordedSource]) -> Error {
    let line = line_number(&draft.text, span.start);
    let error = Error::new(ErrorCode::NotStored, format!("line {line}: the source {id} is not stored"));
    let ids: BTreeSet<&str> = stored.iter().map(|recorded| recorded.source.id.as_str()).collect();
    match nearest(id.as_str(), ids) {
        Some(near) => error.hint(format!("did you mean {near}? `tierbook query sources` lists the ids")),
        None => error.hint("load its document first, then this file again"),
    }
}

/// Refuses to postpone a retracted change, which would bring it back, or one change twice.
fn refuse_retracted(
    draft: &Draft,
    changes: &[Recorded],
    postponements: &[Postponement],
    reader: &Reader,
) -> Result<(), Error> {
    let records = Records {
        statements: vec![changes.to_vec()],
        retractions: reader.retractions()?,
        sources: reader.sources()?,
        ..Records::default()
    };
    let rulebook = Rulebook::new(records);
    let mut seen: BTreeSet<&StatementId> = BTreeSet::new();
    for (recorded, postponement) in changes.iter().zip(postponements) {
        let refuse = |what| refused(draft, postponement.span, ErrorCode::RetractedAlready, what);
        if !seen.insert(&recorded.id) {
            return Err(refuse(format!("the statement {} is postponed twice", recorded.id)));
        }
        if let Visibility::Retracted(by) = rulebook.visibility(recorded, Knowledge::default()) {
            return Err(refuse(format!("the statement {} is already retracted by tx {by}", recorded.id))
                .hint(format!("if tx {by} postponed it, postpone the change of that transaction instead")));
        }
    }
    Ok(())
}

/// The change that takes the place of one that is postponed.
fn new_change(
    draft: &Draft,
    recorded: Recorded,
    postponement: &Postponement,
) -> Result<DraftStatement, Error> {
    let (span, id) = (postponement.span, recorded.id);
    let Claim::Change { rollout, rule, .. } = recorded.statement.claim else {
        let kind = recorded.statement.claim.in_words();
        let what = format!("the statement {id} is {kind}, and only a change can be postponed");
        return Err(refused(draft, span, ErrorCode::NotAChange, what)
            .hint(format!("`tierbook query source {}` numbers the changes", id.source)));
    };
    Ok(DraftStatement {
        subject: recorded.statement.subject,
        claim: DraftClaim::Change {
            effective_at: postponement.effective_at,
            rollout: postponement.rollout.unwrap_or(rollout),
            rule: rule.with_places(&|_| span),
        },
        span,
    })
}

fn retraction(postponement: Postponement) -> DraftRetraction {
    let StatementId { source, ordinal } = postponement.statement;
    let (kind, reason) = (RetractionKind::Retract, postponement.reason);
    DraftRetraction {
        retraction: Retraction { source, ordinal: Some(ordinal), kind, reason },
        span: postponement.span,
    }
}

/// The findings about the rows of statements that are postponed, with the subjects concerned.
type CopiedFindings = BTreeMap<(Span, FindingCode, String), BTreeSet<String>>;

/// Copies the findings about the rows of a statement to the place where it is stated again.
fn copy_findings(batch: &Batch, statement: &Statement, span: Span, into: &mut CopiedFindings) {
    let rows = statement.rows();
    let name = statement.subject.name();
    for finding in
        batch.findings.iter().filter(|finding| finding.subjects.iter().any(|subject| subject == name))
    {
        if rows.iter().any(|row| finding.touches(*row, statement.span)) {
            into.entry((span, finding.code, finding.message.clone())).or_default().insert(name.to_string());
        }
    }
}
