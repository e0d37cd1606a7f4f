//! Answers that a recording would change: which, for whom, when, and by how much.

use std::collections::BTreeSet;

use crate::query::eval::versions::summary;
use crate::query::rows::Row;
use crate::query::rows::over_time::AffectedAnswer;
use crate::rule::Rule;
use crate::rule::effect::effect;
use crate::rulebook::history::History;
use crate::rulebook::{Knowledge, Rulebook};
use crate::statement::{StatementId, Subject};
use crate::time::ValidTime;

/// What is stated for a time: nothing, that there is no rule, or a rule.
#[derive(Clone, Copy)]
enum RuleAt<'a> {
    Nothing,
    NoRule,
    Rule(&'a Rule),
}

/// The periods of valid time in which the answers of two rulebooks differ, for each of these subjects, when
/// everything that each contains counts.
pub fn affected_rows(before: &Rulebook, after: &Rulebook, subjects: &BTreeSet<Subject>) -> Vec<Row> {
    let mut rows: Vec<AffectedAnswer> = Vec::new();
    for subject in subjects {
        let history = |book| history_of(book, subject);
        let (one, other) = (history(before), history(after));
        let starts = |history: &Option<History>| -> Vec<ValidTime> {
            history.iter().flat_map(|history| history.versions().iter().map(|version| version.from)).collect()
        };
        let starts: BTreeSet<ValidTime> = starts(&one).into_iter().chain(starts(&other)).collect();
        let ends = starts.iter().skip(1).copied().map(Some).chain([None]);
        for (from, until) in starts.iter().copied().zip(ends) {
            let (old, new) = (rule_at(one.as_ref(), from), rule_at(other.as_ref(), from));
            if same(old, new) {
                continue;
            }
            let row = row(subject, (from, until), (old, new), stated_by(other.as_ref(), from));
            match rows.last_mut() {
                Some(last) if continues(last, &row) => last.until = row.until,
                _ => rows.push(row),
            }
        }
    }
    rows.into_iter().map(|row| Row::Affected(Box::new(row))).collect()
}

fn history_of<'a>(book: &'a Rulebook, subject: &Subject) -> Option<History<'a>> {
    book.timeline(subject).map(|timeline| book.history(timeline, Knowledge::default()))
}

fn rule_at<'a>(history: Option<&History<'a>>, at: ValidTime) -> RuleAt<'a> {
    match history.and_then(|history| history.version_at(at).map(|version| history.rule(version))) {
        None => RuleAt::Nothing,
        Some(None) => RuleAt::NoRule,
        Some(Some(rule)) => RuleAt::Rule(rule),
    }
}

fn stated_by(history: Option<&History>, at: ValidTime) -> Option<StatementId> {
    let history = history?;
    history.version_at(at).map(|version| history.statement(version).id.clone())
}

fn same(one: RuleAt, other: RuleAt) -> bool {
    match (one, other) {
        (RuleAt::Nothing, RuleAt::Nothing) | (RuleAt::NoRule, RuleAt::NoRule) => true,
        (RuleAt::Rule(one), RuleAt::Rule(other)) => one.same(other),
        _ => false,
    }
}

fn row(
    subject: &Subject,
    (from, until): (ValidTime, Option<ValidTime>),
    (before, after): (RuleAt, RuleAt),
    by: Option<StatementId>,
) -> AffectedAnswer {
    let rule = |at: RuleAt| if let RuleAt::Rule(rule) = at { Some(summary(rule)) } else { None };
    let word = |at: RuleAt| match at {
        RuleAt::Nothing => "unknown",
        RuleAt::NoRule => "ended",
        RuleAt::Rule(_) => "value",
    };
    let effect = match (before, after) {
        (RuleAt::Rule(before), RuleAt::Rule(after)) => effect(before, after),
        _ => None,
    };
    AffectedAnswer {
        subject: subject.clone(),
        from,
        until,
        status_before: word(before),
        status_after: word(after),
        before: rule(before),
        after: rule(after),
        effect,
        by,
    }
}

/// Whether a row goes on where the last one ends, with the same change of the answer.
fn continues(last: &AffectedAnswer, row: &AffectedAnswer) -> bool {
    last.subject == row.subject
        && last.until == Some(row.from)
        && (&last.before, &last.after, &last.effect, last.status_before, last.status_after)
            == (&row.before, &row.after, &row.effect, row.status_before, row.status_after)
}
