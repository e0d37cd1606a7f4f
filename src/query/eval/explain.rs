//! Why an answer is what it is: every statement about the subject, what became of it, and the winner's own
//! words. An asset that has the tiers of its class is answered by two timelines; both are considered, and quoted.

use crate::query::eval::class::{class_in_force, classes_of};
use crate::query::eval::stored::StoredRules;
use crate::query::rows::explanation::{Candidate, Winner};
use crate::query::rows::{Explanation, Row};
use crate::rulebook::history::{History, StatementOutcome};
use crate::rulebook::resolve::Resolved;
use crate::rulebook::{Knowledge, Timeline, Visibility};
use crate::statement::{At, Recorded, Subject};
use crate::text::Span;
use crate::time::ValidTime;

/// What is to be explained about one subject.
pub(super) struct Asked {
    /// The question, printed with everything resolved.
    pub question: String,
    /// `before` or `after`, for a side of a difference.
    pub side: Option<&'static str>,
    /// Its answer.
    pub rows: Vec<Row>,
    /// The subject.
    pub subject: Subject,
    /// The time at which one statement answers; `None` where the question is about all of valid time.
    pub valid_at: Option<ValidTime>,
    /// What was known and recorded.
    pub knowledge: Knowledge,
}

/// The explanation: every statement about the subject, and the words of the one that answers.
pub(super) fn explain(asked: Asked, stored: &StoredRules) -> Row {
    let timeline = stored.rulebook.timeline(&asked.subject);
    let class = timeline.and_then(|timeline| class_in_force(timeline, asked.basis()?, stored));
    let mut all: Vec<Candidate> =
        timeline.map(|timeline| candidates(&asked, timeline, true, stored)).unwrap_or_default();
    for subject in timeline.map(classes_of).unwrap_or_default() {
        let of_class = stored.rulebook.timeline(&subject).into_iter();
        all.extend(of_class.flat_map(|it| candidates(&asked, it, class.as_ref() == Some(&subject), stored)));
    }
    let of_class = class.and_then(|class| stored.rulebook.timeline(&class));
    let explanation = Explanation {
        candidates: all,
        winner: timeline.and_then(|timeline| winner(&asked, timeline, row_span, stored)),
        class_winner: of_class.and_then(|timeline| winner(&asked, timeline, class_row_span, stored)),
        question: asked.question,
        side: asked.side,
        rows: asked.rows,
    };
    Row::Explanation(Box::new(explanation))
}

impl Asked {
    /// The basis at which one statement answers.
    fn basis(&self) -> Option<At> {
        let Knowledge { known_at, recorded_by } = self.knowledge;
        Some(At { valid_at: self.valid_at?, known_at, recorded_by })
    }
}

/// The statements of a timeline and what became of them; of that of another class none answers.
fn candidates(asked: &Asked, timeline: &Timeline, answers: bool, stored: &StoredRules) -> Vec<Candidate> {
    let history = stored.rulebook.history(timeline, asked.knowledge);
    let candidate = |(recorded, outcome): (&Recorded, &StatementOutcome)| {
        let reason = reason(recorded, outcome, stored);
        let (outcome, because) = became(recorded, outcome, &history, asked.valid_at, answers);
        Candidate { recorded: recorded.clone(), outcome, because: because + &reason }
    };
    timeline.statements().iter().zip(history.outcomes()).map(candidate).collect()
}

/// Why it was retracted or unloaded, in the words of whoever did.
fn reason(recorded: &Recorded, outcome: &StatementOutcome, stored: &StoredRules) -> String {
    let by = match outcome {
        StatementOutcome::Unseen(
            Visibility::Retracted(by) | Visibility::Unloaded(by) | Visibility::PublicationCorrected(by),
        ) => *by,
        _ => return String::new(),
    };
    let about = stored.rulebook.retractions_about(&recorded.id.source).find(|it| it.tx == by);
    about.map_or(String::new(), |it| format!(": {}", it.retraction.reason))
}

/// What became of a statement, as a stable word and as a sentence.
fn became(
    recorded: &Recorded,
    outcome: &StatementOutcome,
    history: &History,
    valid_at: Option<ValidTime>,
    answers: bool,
) -> (&'static str, String) {
    let answering = valid_at.filter(|_| answers).and_then(|valid_at| history.version_at(valid_at));
    let id = |version: usize| history.statement(version).id.to_string();
    let starts_at = recorded.statement.claim.valid_at();
    match outcome {
        StatementOutcome::Unseen(Visibility::NotRecorded) => {
            ("not_recorded", format!("recorded {}, later than asked", recorded.recorded_at))
        }
        StatementOutcome::Unseen(Visibility::Retracted(by)) => ("withdrawn", format!("retracted by tx {by}")),
        StatementOutcome::Unseen(Visibility::Unloaded(by)) => ("unloaded", format!("unloaded by tx {by}")),
        StatementOutcome::Unseen(Visibility::PublicationCorrected(by)) => {
            ("publication_corrected", format!("tx {by} corrects when it was published"))
        }
        StatementOutcome::Unseen(Visibility::PostedEarlier(by)) => {
            ("posted_earlier", format!("the same document, posted earlier, is recorded by tx {by}"))
        }
        StatementOutcome::Unseen(_) => {
            ("not_published", format!("published {}, later than asked", recorded.published_at))
        }
        StatementOutcome::Sets(version) if answering == Some(*version) => {
            ("answers", format!("the latest statement in force at {}", valid_at.unwrap_or(starts_at)))
        }
        _ if valid_at.is_some_and(|valid_at| starts_at > valid_at) => {
            ("later", format!("starts {starts_at}, after the time asked about"))
        }
        StatementOutcome::Sets(version) => match history.versions().get(version + 1) {
            Some(_) => ("replaced", format!("{} takes over later", id(version + 1))),
            None => ("stands", "no visible statement replaces it".to_string()),
        },
        StatementOutcome::Confirms(version) => ("confirms", format!("shows the rule of {}", id(*version))),
        StatementOutcome::StillOld(version) => {
            ("still_old", format!("shows the old rule inside the roll-out window of {}", id(*version)))
        }
        StatementOutcome::AfterEnd(version) => {
            ("after_end", format!("an observation after the end of {} does not undo it", id(*version)))
        }
        StatementOutcome::NothingToEnd => {
            ("nothing_to_end", "nothing was stored before that it could end".to_string())
        }
        StatementOutcome::InLife(version) => {
            ("in_life", format!("it starts no life, because {} states that it exists", id(*version)))
        }
        StatementOutcome::Converts(version) => {
            ("converts", format!("a conversion keeps the rule of {}, in doubt", id(*version)))
        }
        StatementOutcome::NothingToConvert => {
            ("nothing_to_convert", "no rule was stored before that it could convert".to_string())
        }
        StatementOutcome::PutOff(place) => {
            let by = &history.timeline().statements()[*place];
            ("put_off", format!("{} puts it off", by.id))
        }
        StatementOutcome::NothingToPutOff => {
            ("nothing_to_put_off", "no launch of it was announced before".to_string())
        }
        StatementOutcome::PutsOff => ("puts_off", "it puts the launch off until further notice".to_string()),
        StatementOutcome::LosesTo(place) => {
            let winner = &history.timeline().statements()[*place];
            ("loses_tie", format!("at the same time {} takes precedence", winner.id))
        }
    }
}

fn winner(
    asked: &Asked,
    timeline: &Timeline,
    row_span: impl Fn(&Row) -> Option<Span>,
    stored: &StoredRules,
) -> Option<Winner> {
    let by = match stored.rulebook.resolve(timeline, asked.basis()?) {
        Resolved::InForce(in_force) => in_force.set_by,
        Resolved::Ended { by } | Resolved::Launched { by, .. } => by,
        Resolved::Unknown { .. } | Resolved::NotKnownThen { .. } => return None,
    };
    let (hash, text) = stored.documents.get(&by.tx)?;
    // What is stated of the contracts of a token has findings about the token.
    let name = by.statement.subject.name();
    let findings = stored.found_in(by);
    Some(Winner {
        statement: by.id,
        tx: by.tx,
        hash: *hash,
        span: by.statement.span,
        words: by.statement.span.of(text).to_string(),
        row_words: asked
            .rows
            .iter()
            .filter_map(row_span)
            .map(|span| span.of(text).trim().to_string())
            .collect(),
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

/// The bytes of the row of the class that answers.
fn class_row_span(row: &Row) -> Option<Span> {
    match row {
        Row::Measure(row) => row.context.class.as_ref()?.source.as_ref()?.row_span,
        _ => None,
    }
}
