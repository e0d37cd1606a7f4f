//! Why an answer is what it is: every statement about the subject, what became of it, and the winner's own words.

use crate::query::held::Held;
use crate::query::measures::measure_rows;
use crate::query::plan::MeasurePlan;
use crate::query::rows::{Candidate, Explanation, Row, Winner};
use crate::rulebook::history::{Fate, History};
use crate::rulebook::resolve::Resolved;
use crate::rulebook::{Knowledge, Timeline, Visibility};
use crate::statement::{Recorded, Subject};
use crate::text::Span;
use crate::time::ValidTime;

/// The explanation of a measure of one subject.
pub(super) fn explain(plan: &MeasurePlan, subject: &Subject, held: &Held) -> Row {
    let plan = MeasurePlan { subjects: vec![subject.clone()], ..plan.clone() };
    let timeline = held.rulebook.timeline(subject);
    let rows = measure_rows(&plan, held);
    let explanation = Explanation {
        question: plan.to_string(),
        candidates: timeline.map(|timeline| candidates(&plan, timeline, held)).unwrap_or_default(),
        winner: timeline.and_then(|timeline| winner(&plan, timeline, &rows, held)),
        rows,
    };
    Row::Explanation(Box::new(explanation))
}

fn candidates(plan: &MeasurePlan, timeline: &Timeline, held: &Held) -> Vec<Candidate> {
    let at = Knowledge { known_at: plan.basis.known_at, recorded_by: plan.basis.recorded_by };
    let history = held.rulebook.history(timeline, at);
    let answering = history.version_at(plan.basis.valid_at);
    let candidate = |(recorded, fate): (&Recorded, &Fate)| {
        let (fate, because) = became(recorded, fate, &history, answering, plan.basis.valid_at);
        Candidate { recorded: recorded.clone(), fate, because }
    };
    timeline.statements().iter().zip(history.fates()).map(candidate).collect()
}

/// What became of a statement, as a stable word and as a sentence.
fn became(
    recorded: &Recorded,
    fate: &Fate,
    history: &History,
    answering: Option<usize>,
    valid_at: ValidTime,
) -> (&'static str, String) {
    let id = |version: usize| history.statement(version).id.to_string();
    let starts_at = recorded.statement.claim.valid_at();
    match fate {
        Fate::Unseen(Visibility::NotRecorded) => {
            ("not_recorded", format!("recorded {}, later than asked", recorded.recorded_at))
        }
        Fate::Unseen(Visibility::Withdrawn(by)) => ("withdrawn", format!("withdrawn by {by}")),
        Fate::Unseen(Visibility::PublicationCorrected) => (
            "publication_corrected",
            "the same document is recorded again with a better publication".to_string(),
        ),
        Fate::Unseen(_) => {
            ("not_published", format!("published {}, later than asked", recorded.published_at))
        }
        Fate::Sets(version) if answering == Some(*version) => {
            ("answers", format!("the latest statement in force at {valid_at}"))
        }
        _ if starts_at > valid_at => ("later", format!("starts {starts_at}, after {valid_at}")),
        Fate::Sets(version) => {
            let next = history.versions().get(version + 1).map_or(String::new(), |_| id(version + 1));
            ("replaced", format!("{next} takes over later"))
        }
        Fate::Confirms(version) => ("confirms", format!("shows the rule of {}", id(*version))),
        Fate::StillOld(version) => {
            ("still_old", format!("shows the old rule inside the roll-out window of {}", id(*version)))
        }
        Fate::NothingToEnd => ("nothing_to_end", "nothing was held before that it could end".to_string()),
        Fate::LosesTo(place) => {
            let winner = &history.timeline().statements()[*place];
            ("loses_tie", format!("at the same instant {} takes precedence", winner.id))
        }
    }
}

fn winner(plan: &MeasurePlan, timeline: &Timeline, rows: &[Row], held: &Held) -> Option<Winner> {
    let by = match held.rulebook.resolve(timeline, plan.basis) {
        Resolved::InForce(in_force) => in_force.set_by,
        Resolved::Ended { by } => by,
        Resolved::Unknown { .. } | Resolved::NotKnownThen { .. } => return None,
    };
    let (hash, text) = held.documents.get(&by.tx)?;
    let name = timeline.subject().name();
    let findings = held.findings.get(&by.id.source).into_iter().flatten();
    Some(Winner {
        statement: by.id.clone(),
        tx: by.tx,
        hash: *hash,
        span: by.statement.span,
        words: by.statement.span.of(text).to_string(),
        row_words: rows.iter().filter_map(row_span).map(|span| span.of(text).trim().to_string()).collect(),
        findings: findings.filter(|finding| finding.subjects.iter().any(|s| s == name)).cloned().collect(),
    })
}

/// The bytes of the row that answers, for an answer about a single notional.
fn row_span(row: &Row) -> Option<Span> {
    match row {
        Row::Measure(row) => row.context.source.as_ref()?.row_span,
        _ => None,
    }
}
