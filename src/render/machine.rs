//! Answers for programs: the JSON of the contract. Decimals are canonical strings, rates fractions, instants
//! RFC 3339 in UTC; the order of fields is fixed.

mod over_time;
mod values;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::query::rows::reconciled::{Outcome, ReconciledRow, by_how_much};
use crate::query::rows::segments::SegmentRow;
use crate::query::rows::{
    Context, Explanation, FindingRow, MeasureRow, Row, SourceRow, StatementRow, SubjectRow, TierRow,
};
use crate::statement::editions::{Edited, Stated};
use crate::statement::{Claim, Program, Recorded, RecordedSource};
use values::{certainty, joined, number, source_ref, tier, warning};

/// One JSON array of all rows, and a newline.
pub fn array(rows: &[Row]) -> String {
    // Row by row: the values of thousands of rows at once cost more than writing them.
    let mut text = Vec::new();
    let written = serde_json::Serializer::pretty(&mut text).collect_seq(rows.iter().map(row));
    debug_assert!(written.is_ok(), "writing to memory cannot fail");
    text.push(b'\n');
    String::from_utf8_lossy(&text).into_owned()
}

/// One JSON object a line.
pub fn lines(rows: &[Row]) -> String {
    let mut text = Vec::new();
    for each in rows {
        let written = serde_json::to_writer(&mut text, &row(each));
        debug_assert!(written.is_ok(), "writing to memory cannot fail");
        text.push(b'\n');
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// A row is serialised in the shape of the JSON answers.
impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        row(self).serialize(serializer)
    }
}

/// One row as JSON.
pub fn row(row: &Row) -> Value {
    match row {
        Row::Measure(row) => measure(row),
        Row::Tier(row) => tier_row(row),
        Row::Subject(row) => subject(row),
        Row::Source(row) => source_row(row),
        Row::Statement(row) => statement(row),
        Row::Finding(row) => finding(row),
        Row::Explanation(row) => explanation(row),
        Row::Reconciled(row) => reconciled(row),
        Row::Version(row) => over_time::version(row),
        Row::Step(row) | Row::Timeline(row) => over_time::step(row),
        Row::Segment(row) => segment(row),
        Row::Plane(row) => over_time::plane(row),
        Row::Diff(row) => over_time::diff(row),
        Row::Change(row) => over_time::change(row),
        Row::Report(row) => over_time::report(row),
        Row::Blast(row) => over_time::affected(row),
    }
}

fn measure(row: &MeasureRow) -> Value {
    let head = json!({
        "subject": row.context.subject.to_string(),
        "measure": row.measure.key(),
        "at": row.at.map(|at| at.to_string()),
        "unit": row.unit,
        "status": row.status.name(),
        "value": number(row.value),
        "message": row.message,
        "tier": row.tier.as_ref().map(tier),
    });
    let tail = json!({
        "certainty": row.certainty.as_ref().map(certainty),
        "reading": row.reading.map(|reading| reading.name()),
        "source": row.context.source.as_ref().map(source_ref),
        "warnings": row.warnings.iter().map(warning).collect::<Vec<_>>(),
        "address": row.address.to_string(),
    });
    joined([head, context(&row.context), tail])
}

fn tier_row(row: &TierRow) -> Value {
    let head = json!({
        "subject": row.context.subject.to_string(),
        "measure": "tiers",
        "status": row.status.name(),
        "message": row.message,
        "unit": row.unit,
    });
    let tier = row.tier.as_ref().map_or_else(|| no_tier(row.context.subject.program()), tier);
    let tail = json!({
        "reading": row.tier.as_ref().map(|tier| tier.reading.name()),
        "certainty": row.certainty.as_ref().map(certainty),
        "source": row.context.source.as_ref().map(source_ref),
        "warnings": row.warnings.iter().map(warning).collect::<Vec<_>>(),
        "address": row.address.to_string(),
    });
    joined([head, tier, context(&row.context), tail])
}

fn segment(row: &SegmentRow) -> Value {
    let segment = row.segment.as_ref();
    let head = json!({
        "subject": row.context.subject.to_string(),
        "measure": row.measure.key(),
        "side": row.side.map(|side| side.name()),
        "unit": row.unit,
        "bounds_unit": row.bounds_unit,
        "status": row.status.name(),
        "message": row.message,
        "number": segment.and_then(|segment| segment.number),
        "over": number(segment.map(|segment| segment.over)),
        "up_to": number(segment.and_then(|segment| segment.up_to)),
        "value_over": number(segment.and_then(|segment| segment.value_over)),
        "value_up_to": number(segment.and_then(|segment| segment.value_up_to)),
        "rate": number(segment.and_then(|segment| segment.rate)),
    });
    let tail = json!({
        "reading": segment.map(|segment| segment.reading.name()),
        "certainty": row.certainty.as_ref().map(certainty),
        "source": row.context.source.as_ref().map(source_ref),
        "warnings": row.warnings.iter().map(warning).collect::<Vec<_>>(),
        "address": row.address.to_string(),
    });
    joined([head, context(&row.context), tail])
}

/// The fields of a tier, all null, for a subject without a table.
fn no_tier(program: Program) -> Value {
    if program.holds_contracts() {
        json!({
            "number": null, "floor": null, "cap": null, "mmr": null, "min_leverage": null, "max_leverage": null,
            "maintenance_amount": null,
        })
    } else {
        json!({"number": null, "floor": null, "cap": null, "ratio": null, "rank": null})
    }
}

fn context(context: &Context) -> Value {
    json!({
        "as_of": context.basis.valid_at.to_string(),
        "known_at": context.basis.known_at.map(|at| at.to_string()),
        "recorded_by": context.basis.recorded_by.map(|at| at.to_string()),
        "tx": context.tx.0,
        "in_force_since": context.in_force_since.map(|at| at.to_string()),
        "last_confirmed_at": context.last_confirmed_at.map(|at| at.to_string()),
        "next_change_at": context.next_change_at.map(|at| at.to_string()),
    })
}

fn subject(row: &SubjectRow) -> Value {
    json!({
        "subject": row.subject.to_string(),
        "venue": row.subject.venue(),
        "program": row.subject.program().name(),
        "name": row.subject.name(),
        "first_at": row.first_at.to_string(),
        "last_at": row.last_at.to_string(),
        "statements": row.statements,
    })
}

fn recorded_source(recorded: &RecordedSource) -> Value {
    let source = &recorded.source;
    json!({
        "id": source.id.as_str(),
        "file": source.file,
        "title": source.title,
        "published_at": source.published_at.to_string(),
        "precision": source.precision.name(),
        "recorded_at": recorded.recorded_at.to_string(),
        "tx": recorded.tx.0,
        "sha256": source.sha256.to_string(),
    })
}

fn source_row(row: &SourceRow) -> Value {
    joined([recorded_source(&row.recorded), json!({"statements": row.statements, "findings": row.findings})])
}

fn statement(row: &StatementRow) -> Value {
    recorded(&row.recorded)
}

fn recorded(recorded: &Recorded) -> Value {
    let claim = &recorded.statement.claim;
    let rollout_seconds = match claim {
        Claim::Change { rollout, .. } => Some(rollout.micros() / 1_000_000),
        Claim::Observation { .. } | Claim::End { .. } => None,
    };
    json!({
        "statement": recorded.id.to_string(),
        "subject": recorded.statement.subject.to_string(),
        "kind": claim.kind(),
        "valid_at": claim.valid_at().to_string(),
        "rollout_seconds": rollout_seconds,
        "published_at": recorded.published_at.to_string(),
        "recorded_at": recorded.recorded_at.to_string(),
        "tx": recorded.tx.0,
        "has_rule": claim.rule().is_some(),
        "span": [recorded.statement.span.start, recorded.statement.span.end],
    })
}

fn finding(row: &FindingRow) -> Value {
    joined([
        json!({"source": row.source.as_str(), "published_at": row.published_at.to_string()}),
        bare_finding(&row.finding),
        row.contradiction.as_ref().map_or(Value::Null, |contradiction| {
            json!({
                "statement": contradiction.by.to_string(),
                "against": contradiction.against.to_string(),
                "after": contradiction.after.to_string(),
                "until": contradiction.until.to_string(),
            })
        }),
    ])
}

/// A finding without its source.
pub fn bare_finding(finding: &crate::finding::Finding) -> Value {
    json!({
        "code": finding.code.as_str(),
        "severity": finding.code.severity().name(),
        "message": finding.message,
        "span": [finding.span.start, finding.span.end],
        "subjects": finding.subjects,
    })
}

fn reconciled(row: &ReconciledRow) -> Value {
    let (tiers, until) = match &row.outcome {
        Outcome::Differs(tiers) => (tiers.as_slice(), None),
        Outcome::RollingOut(until) => (&[][..], Some(until.to_string())),
        _ => (&[][..], None),
    };
    let differences = tiers.iter().flat_map(|tier| {
        tier.differences.iter().map(|difference| {
            json!({
                "held_tier": tier.before,
                "shown_tier": tier.after,
                "field": difference.field.name(),
                "held": number(difference.before),
                "shown": number(difference.after),
                "by": number(by_how_much(difference)),
            })
        })
    });
    json!({
        "subject": row.subject.to_string(),
        "seen_at": row.seen_at.to_string(),
        "outcome": row.outcome.name(),
        "statement": row.held.as_ref().map(|held| held.to_string()),
        "in_force_since": row.in_force_since.map(|since| since.to_string()),
        "until": until,
        "differences": differences.collect::<Vec<_>>(),
    })
}

/// What a newer edition says otherwise.
pub fn edited(edited: &Edited) -> Value {
    let side = |side: &Option<Stated>| {
        side.map(|stated| {
            json!({
                "statement": stated.ordinal,
                "kind": stated.kind,
                "valid_at": stated.valid_at.to_string(),
                "rollout_seconds": stated.rollout.micros() / 1_000_000,
            })
        })
    };
    let differences = edited.tiers.iter().flat_map(|tier| {
        tier.differences.iter().map(|difference| {
            json!({
                "older_tier": tier.before,
                "newer_tier": tier.after,
                "field": difference.field.name(),
                "older": number(difference.before),
                "newer": number(difference.after),
                "by": number(by_how_much(difference)),
            })
        })
    });
    json!({
        "subject": edited.subject.to_string(),
        "how": edited.how(),
        "older": side(&edited.older),
        "newer": side(&edited.newer),
        "differences": differences.collect::<Vec<_>>(),
    })
}

fn explanation(explanation: &Explanation) -> Value {
    let candidates = explanation.candidates.iter().map(|candidate| {
        joined([
            recorded(&candidate.recorded),
            json!({"fate": candidate.outcome, "because": candidate.because}),
        ])
    });
    json!({
        "question": explanation.question,
        "answer": explanation.rows.iter().map(row).collect::<Vec<_>>(),
        "candidates": candidates.collect::<Vec<_>>(),
        "winner": explanation.winner.as_ref().map(|winner| json!({
            "statement": winner.statement.to_string(),
            "tx": winner.tx.0,
            "hash": winner.hash.to_string(),
            "span": [winner.span.start, winner.span.end],
            "words": winner.words,
            "row_words": winner.row_words,
            "findings": winner.findings.iter().map(bare_finding).collect::<Vec<_>>(),
        })),
    })
}
