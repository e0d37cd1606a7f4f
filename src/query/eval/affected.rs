//! Answers that a recording would change: which, for whom, when, known since when, and by how much.

use std::collections::BTreeSet;

use crate::query::eval::versions::summary;
use crate::query::rows::over_time::AffectedAnswer;
use crate::query::rows::{CertaintyKind, Row};
use crate::rule::Rule;
use crate::rule::effect::effect;
use crate::rulebook::history::History;
use crate::rulebook::resolve::{Doubt, Resolved, in_version, sure_until};
use crate::rulebook::{Knowledge, Rulebook, Timeline};
use crate::statement::{StatementId, Subject};
use crate::time::{PublishedTime, Timestamp, ValidTime};

/// What is answered for a time: the rule if there is one, and what makes it uncertain.
#[derive(Clone)]
struct Answered<'a> {
    status: &'static str,
    rule: Option<&'a Rule>,
    /// Each doubt with its times and the rules of the others, so that two are equal only if they say the same.
    doubts: Vec<DoubtKey<'a>>,
    by: Option<StatementId>,
}

/// A doubt: its kind, its times, and the rules of the others.
type DoubtKey<'a> = (CertaintyKind, Vec<ValidTime>, Vec<Option<&'a Rule>>);

/// The periods of valid time in which the answers of these subjects differ, for every time at which they could
/// be known. Whether an answer is confirmed is left out, because that depends on all other sources.
pub fn affected_rows(before: &Rulebook, after: &Rulebook, subjects: &BTreeSet<Subject>) -> Vec<Row> {
    let mut rows: Vec<AffectedAnswer> = Vec::new();
    for subject in subjects {
        let timelines = [before, after].map(|book| book.timeline(subject).map(|timeline| (book, timeline)));
        let learnt: BTreeSet<PublishedTime> =
            timelines.iter().flatten().flat_map(|(book, timeline)| learnt(book, timeline)).collect();
        let mut open: Vec<AffectedAnswer> = Vec::new();
        for known_at in learnt {
            let at = Knowledge { known_at: Some(known_at), recorded_by: None };
            let histories = timelines.map(|known| known.map(|(book, timeline)| book.history(timeline, at)));
            let mut found = differing(subject, histories[0].as_ref(), histories[1].as_ref());
            let mut next: Vec<AffectedAnswer> = Vec::new();
            for row in found.drain(..) {
                match open.iter().position(|other| is_same(other, &row)) {
                    Some(place) => next.push(open.swap_remove(place)),
                    None => next.push(AffectedAnswer { known_from: Some(known_at), ..row }),
                }
            }
            rows.extend(open.drain(..).map(|row| AffectedAnswer { known_until: Some(known_at), ..row }));
            open = next;
        }
        rows.extend(open);
    }
    rows.sort_by(|a, b| {
        let key = |row: &AffectedAnswer| (row.subject.clone(), row.known_until, row.known_from, row.from);
        key(a).cmp(&key(b))
    });
    // First what holds for questions without `known at`.
    rows.sort_by_key(|row| row.known_until.is_some());
    rows.into_iter().map(|row| Row::Affected(Box::new(row))).collect()
}

/// The times at which more became known about a subject.
fn learnt(book: &Rulebook, timeline: &Timeline) -> BTreeSet<PublishedTime> {
    book.recordings_about(timeline).iter().map(|it| it.source.published_at).collect()
}

/// The periods in which two histories give different answers.
fn differing(subject: &Subject, one: Option<&History>, other: Option<&History>) -> Vec<AffectedAnswer> {
    let mut rows: Vec<AffectedAnswer> = Vec::new();
    let starts: BTreeSet<ValidTime> = [one, other].into_iter().flatten().flat_map(boundaries).collect();
    let ends = starts.iter().skip(1).copied().map(Some).chain([None]);
    for (from, until) in starts.iter().copied().zip(ends) {
        let (old, new) = (answered(one, from), answered(other, from));
        if is_equal(&old, &new) {
            continue;
        }
        let row = row(subject, (from, until), &old, &new);
        match rows.last_mut() {
            Some(last) if continues(last, &row) => last.until = row.until,
            _ => rows.push(row),
        }
    }
    rows
}

/// The times at which an answer may become another, or become more or less certain.
fn boundaries(history: &History) -> Vec<ValidTime> {
    let of = |version: usize| {
        let unsure = ValidTime(sure_until(history, version).0.plus(crate::time::TimeSpan::from_micros(1)));
        history.turns(version).into_iter().chain([history.versions()[version].from, unsure])
    };
    let mut times: Vec<ValidTime> = (0..history.versions().len()).flat_map(of).collect();
    times.retain(|at| at.0 <= Timestamp::LAST);
    times
}

fn answered<'a>(history: Option<&History<'a>>, at: ValidTime) -> Answered<'a> {
    let nothing = |status, by| Answered { status, rule: None, doubts: Vec::new(), by };
    let Some((history, version)) = history.and_then(|it| Some((it, it.version_at(at)?))) else {
        return nothing("unknown", None);
    };
    match in_version(history, version, at) {
        Resolved::InForce(in_force) => Answered {
            status: "value",
            rule: Some(&**in_force.rule),
            doubts: in_force.doubts.iter().map(doubt).collect(),
            by: Some(in_force.set_by.id),
        },
        Resolved::Launched { by, .. } => nothing("unknown", Some(by.id)),
        _ => nothing("ended", Some(history.statement(version).id)),
    }
}

fn doubt<'a>(doubt: &Doubt<'a>) -> DoubtKey<'a> {
    match doubt {
        Doubt::Contradicted { others } => {
            let rules = others.iter().map(|by| by.statement.claim.rule().map(|rule| &**rule));
            (CertaintyKind::Contradicted, Vec::new(), rules.collect())
        }
        Doubt::RollingOut { until, other } => {
            (CertaintyKind::RollingOut, vec![*until], vec![other.map(|rule| &**rule)])
        }
        Doubt::UnseenChange { after, by, other } => {
            (CertaintyKind::UnseenChange, vec![*after, *by], vec![other.map(|rule| &**rule)])
        }
        Doubt::Converted { by } => (CertaintyKind::Doubtful, vec![by.statement.claim.valid_at()], Vec::new()),
        Doubt::AnnouncedTwice { other } => {
            (CertaintyKind::Doubtful, Vec::new(), vec![other.statement.claim.rule().map(|rule| &**rule)])
        }
    }
}

fn is_equal(one: &Answered, other: &Answered) -> bool {
    let same = |one: Option<&Rule>, other: Option<&Rule>| match (one, other) {
        (Some(one), Some(other)) => one.same(other),
        (one, other) => one.is_none() && other.is_none(),
    };
    one.status == other.status
        && same(one.rule, other.rule)
        && one.doubts.len() == other.doubts.len()
        && one.doubts.iter().zip(&other.doubts).all(|(a, b)| {
            (a.0, &a.1, a.2.len()) == (b.0, &b.1, b.2.len())
                && a.2.iter().zip(&b.2).all(|(a, b)| same(*a, *b))
        })
}

fn row(
    subject: &Subject,
    (from, until): (ValidTime, Option<ValidTime>),
    before: &Answered,
    after: &Answered,
) -> AffectedAnswer {
    let kinds = |answered: &Answered| answered.doubts.iter().map(|doubt| doubt.0).collect();
    AffectedAnswer {
        subject: subject.clone(),
        from,
        until,
        status_before: before.status,
        status_after: after.status,
        before: before.rule.map(summary),
        after: after.rule.map(summary),
        effect: before.rule.zip(after.rule).and_then(|(before, after)| effect(before, after)),
        certainty_before: kinds(before),
        certainty_after: kinds(after),
        known_from: None,
        known_until: None,
        by: after.by,
    }
}

/// Whether two rows say the same but for when it is known.
fn is_same(one: &AffectedAnswer, other: &AffectedAnswer) -> bool {
    (one.from, one.until) == (other.from, other.until) && says_the_same(one, other)
}

fn continues(last: &AffectedAnswer, row: &AffectedAnswer) -> bool {
    last.until == Some(row.from) && says_the_same(last, row)
}

fn says_the_same(one: &AffectedAnswer, other: &AffectedAnswer) -> bool {
    let key = |row: &AffectedAnswer| {
        let AffectedAnswer { status_before, status_after, before, after, effect, .. } = row.clone();
        // Where the rule changes, how certain it is does not part a period.
        let is_same_rule = status_before == status_after && before == after;
        let certainty = is_same_rule.then(|| (row.certainty_before.clone(), row.certainty_after.clone()));
        (status_before, status_after, before, after, effect, certainty)
    };
    one.subject == other.subject && key(one) == key(other)
}
