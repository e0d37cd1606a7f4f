//! What a draft takes back or puts off, held against what is recorded: it must name something that is held, and a
//! change that is put off is retracted and comes again, later, with its rule.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::error::{Error, ErrorCode};
use crate::finding::{Finding, FindingCode};
use crate::ingest::{Draft, DraftClaim, DraftRetraction, DraftStatement, Postponement};
use crate::rulebook::{Knowledge, Rulebook, Visibility};
use crate::statement::{
    Batch, Claim, Recorded, RecordedSource, Retraction, RetractionKind, SourceId, Statement, StatementId,
};
use crate::store::Reader;
use crate::text::{Span, line_number, nearest};

/// Why a draft cannot be recorded.
pub enum Unsettled {
    /// It names what is not held, or what is no change: nothing is wrong with the database.
    Draft(Error),
    /// The store cannot be read.
    Store(Error),
}

impl From<Error> for Unsettled {
    fn from(error: Error) -> Unsettled {
        Unsettled::Store(error)
    }
}

/// Why a draft cannot be recorded in a database that holds nothing; `None` where it can.
pub fn needs_something_stored(draft: &Draft) -> Option<Error> {
    // An export was settled where it was recorded first, and its sources may come in any order.
    if draft.is_export() {
        return None;
    }
    let first = draft.withdrawals.first().map(|draft| (&draft.withdrawal.source, draft.span));
    let first =
        first.or(draft.postponements.first().map(|postponed| (&postponed.statement.source, postponed.span)));
    first.map(|(source, span)| not_held(draft, source, span, &[]))
}

/// The draft with everything that it takes back found to be held, and with a retraction and a new change in place of each
/// postponement.
///
/// # Errors
/// A source or statement that it names is not held (`not_held`), is put off but no change (`not_a_change`), or is
/// withdrawn already or put off twice (`withdrawn_already`), each with its line; or the store cannot be read.
pub fn settle(draft: Draft, reader: &Reader) -> Result<Draft, Unsettled> {
    if draft.is_export() || (draft.withdrawals.is_empty() && draft.postponements.is_empty()) {
        return Ok(draft);
    }
    let mut held = StoredSources { sources: reader.sources()?, batches: BTreeMap::new(), reader };
    for DraftRetraction { withdrawal, span } in &draft.withdrawals {
        match withdrawal.ordinal {
            None => held.source(&draft, &withdrawal.source, *span).map(|_| ())?,
            Some(ordinal) => {
                let id = StatementId { source: withdrawal.source.clone(), ordinal };
                held.statement(&draft, &id, *span)?;
            }
        }
    }
    put_off(draft, held)
}

/// Turns each postponement into a retraction and a new change, which has its place in the order of the document.
fn put_off(mut draft: Draft, mut held: StoredSources) -> Result<Draft, Unsettled> {
    let postponements = std::mem::take(&mut draft.postponements);
    if postponements.is_empty() {
        return Ok(draft);
    }
    let mut changes: Vec<Recorded> = Vec::with_capacity(postponements.len());
    let mut findings = Carried::new();
    for postponement in &postponements {
        let (recorded, batch) = held.statement(&draft, &postponement.statement, postponement.span)?;
        carry(batch, &recorded.statement, postponement.span, &mut findings);
        changes.push(recorded);
    }
    refuse_withdrawn(&draft, &changes, &postponements, held.reader)?;
    for (recorded, postponement) in changes.into_iter().zip(postponements) {
        draft.statements.push(new_change(&draft, recorded, &postponement)?);
        draft.withdrawals.push(retraction(postponement));
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

/// The sources held, and what was read of them so far.
struct StoredSources<'r> {
    sources: Vec<RecordedSource>,
    batches: BTreeMap<SourceId, Batch>,
    reader: &'r Reader,
}

impl StoredSources<'_> {
    /// The last recording of a source.
    fn source(&self, draft: &Draft, id: &SourceId, span: Span) -> Result<RecordedSource, Unsettled> {
        let last = self.sources.iter().rev().find(|recorded| recorded.source.id == *id);
        last.cloned().ok_or_else(|| Unsettled::Draft(not_held(draft, id, span, &self.sources)))
    }

    /// A statement of a source that is held, and everything that its source says.
    fn statement(
        &mut self,
        draft: &Draft,
        id: &StatementId,
        span: Span,
    ) -> Result<(Recorded, &Batch), Unsettled> {
        let source = self.source(draft, &id.source, span)?;
        if !self.batches.contains_key(&id.source) {
            self.batches.insert(id.source.clone(), self.reader.batch(source.tx)?);
        }
        let batch = &self.batches[&id.source];
        match (id.ordinal as usize).checked_sub(1).and_then(|index| batch.statements.get(index)) {
            Some(statement) => {
                let recorded = Recorded {
                    id: id.clone(),
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
                Err(refused(draft, span, ErrorCode::NotHeld, what)
                    .hint(format!("`tierbook query source {}` numbers them", id.source)))
            }
        }
    }
}

impl Unsettled {
    fn hint(self, hint: String) -> Unsettled {
        match self {
            Unsettled::Draft(error) => Unsettled::Draft(error.hint(hint)),
            store => store,
        }
    }
}

fn refused(draft: &Draft, span: Span, code: ErrorCode, what: String) -> Unsettled {
    Unsettled::Draft(Error::new(code, format!("line {}: {what}", line_number(&draft.text, span.start))))
}

fn not_held(draft: &Draft, id: &SourceId, span: Span, held: &[RecordedSource]) -> Error {
    let line = line_number(&draft.text, span.start);
    let error = Error::new(ErrorCode::NotHeld, format!("line {line}: the source {id} is not held"));
    let ids: BTreeSet<&str> = held.iter().map(|recorded| recorded.source.id.as_str()).collect();
    match nearest(id.as_str(), ids) {
        Some(near) => error.hint(format!("did you mean {near}? `tierbook query sources` lists the ids")),
        None => error.hint("load its document first, then this file again"),
    }
}

/// Refuses to put off a change that does not count any more, which would bring it back, or one change twice.
fn refuse_withdrawn(
    draft: &Draft,
    changes: &[Recorded],
    postponements: &[Postponement],
    reader: &Reader,
) -> Result<(), Unsettled> {
    let rulebook = Rulebook::new(changes.to_vec(), reader.withdrawals()?, &[]);
    let mut seen: BTreeSet<&StatementId> = BTreeSet::new();
    for (recorded, postponement) in changes.iter().zip(postponements) {
        let refuse = |what| refused(draft, postponement.span, ErrorCode::WithdrawnAlready, what);
        if !seen.insert(&recorded.id) {
            return Err(refuse(format!("the statement {} is put off twice", recorded.id)));
        }
        let timeline = rulebook.timeline(&recorded.statement.subject);
        let visibility = timeline.map(|it| rulebook.visibility(it, recorded, Knowledge::default()));
        if let Some(Visibility::Withdrawn(by)) = visibility {
            return Err(refuse(format!("the statement {} is withdrawn already, by {by}", recorded.id))
                .hint(format!("if {by} put it off, its own change is the one to put off now")));
        }
    }
    Ok(())
}

/// The change that comes in place of one that is put off.
fn new_change(
    draft: &Draft,
    recorded: Recorded,
    postponement: &Postponement,
) -> Result<DraftStatement, Unsettled> {
    let (span, id) = (postponement.span, recorded.id);
    let Claim::Change { rollout, rule, .. } = recorded.statement.claim else {
        let kind = recorded.statement.claim.kind();
        let article = if kind == "end" { "an" } else { "a" };
        let what = format!("the statement {id} is {article} {kind}, and only a change can be put off");
        return Err(refused(draft, span, ErrorCode::NotAChange, what)
            .hint(format!("`tierbook query source {}` numbers the changes", id.source)));
    };
    Ok(DraftStatement {
        subject: recorded.statement.subject,
        claim: DraftClaim::Change {
            effective_at: postponement.effective_at,
            rollout: postponement.rollout.unwrap_or(rollout),
            rule: Arc::new(rule.with_places(&|_| span)),
        },
        span,
    })
}

fn retraction(postponement: Postponement) -> DraftRetraction {
    let StatementId { source, ordinal } = postponement.statement;
    let (kind, reason) = (RetractionKind::Retract, postponement.reason);
    DraftRetraction {
        withdrawal: Retraction { source, ordinal: Some(ordinal), kind, reason },
        span: postponement.span,
    }
}

/// What was found odd about the rows of statements that are put off, with the subjects concerned.
type Carried = BTreeMap<(Span, FindingCode, String), BTreeSet<String>>;

/// Carries what was found odd about the rows of a statement to the place where it is said again.
fn carry(batch: &Batch, statement: &Statement, span: Span, into: &mut Carried) {
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
