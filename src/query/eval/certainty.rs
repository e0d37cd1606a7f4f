//! How certain an answer is: what makes its rule uncertain, what makes the reading of its cells doubtful, and
//! how old it is.

use crate::decimal::Decimal;
use crate::finding::{Finding, FindingCode};
use crate::query::eval::stored::StoredRules;
use crate::query::rows::{Certainty, CertaintyKind, OtherValue, Warning};
use crate::query::syntax::measure::Measure;
use crate::rule::{PlacedRule, RuleKind};
use crate::rulebook::Knowledge;
use crate::rulebook::history::History;
use crate::rulebook::holds::Holds;
use crate::rulebook::resolve::{Doubt, InForce, Resolved, in_version};
use crate::statement::Recorded;
use crate::text::Span;
use crate::time::ValidTime;

/// The cells that an answer rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// The tier with this index, and the cap below it.
    Tier(usize),
    /// That tier and all below it.
    UpTo(usize),
    /// The last cap.
    LastCap,
    /// The whole table.
    Table,
}

impl Reach {
    /// What a measure rests on that is answered by the tier with this number.
    pub fn of(measure: Measure, tier: Option<u32>) -> Reach {
        let index = tier.map(|number| number as usize - 1);
        match (measure, index) {
            (Measure::Limit, _) => Reach::LastCap,
            (measure, Some(index)) if measure.depends_on_lower_tiers() => Reach::UpTo(index),
            (Measure::Tiers, _) | (_, None) => Reach::Table,
            (_, Some(index)) => Reach::Tier(index),
        }
    }

    /// The places of those cells.
    pub fn spans(self, statement: &Recorded, rule: &PlacedRule) -> Vec<Span> {
        let rows = rule.printed().len();
        let cap = rule.kind().cell_names().iter().position(|name| *name == "cap");
        let cap_of = |row: usize| cap.and_then(|cap| rule.cells(row).nth(cap));
        match self {
            _ if matches!(rule.kind(), RuleKind::Flat | RuleKind::Class) => vec![statement.statement.span],
            Reach::Tier(index) => {
                let below = index.checked_sub(1).and_then(cap_of);
                rule.row_spans().nth(index).into_iter().chain(below).collect()
            }
            Reach::UpTo(index) => rule.row_spans().take(index + 1).collect(),
            Reach::LastCap => rows.checked_sub(1).and_then(cap_of).into_iter().collect(),
            Reach::Table => rule.row_spans().collect(),
        }
    }
}

/// How probable it is that a rule in force still is, by the curve of its program.
pub(super) fn holds(in_force: &InForce, knowledge: Knowledge, stored: &StoredRules) -> Holds {
    let subject = &in_force.set_by.statement.subject;
    let steps = stored.rulebook.curve_steps(subject, knowledge.recorded_by);
    in_force.age.holds(steps.curve(steps.place(knowledge.known_at)))
}

/// How certain an answer is; `value_under` is the same measure under another rule.
pub(super) fn certainty(
    in_force: &InForce,
    reach: Reach,
    holds: Holds,
    value_under: impl Fn(&PlacedRule) -> Option<Decimal>,
    stored: &StoredRules,
) -> Certainty {
    let mut kinds: Vec<CertaintyKind> = Vec::new();
    let mut certainty = Certainty::default();
    let mut others: Vec<Option<Decimal>> = Vec::new();
    let value_of = |recorded: &Recorded| recorded.statement.claim.rule().and_then(&value_under);
    for doubt in &in_force.doubts {
        let (kind, other) = match doubt {
            Doubt::Contradicted { others } => {
                let other = |by: &&Recorded| OtherValue {
                    value: value_of(by),
                    statement: by.id,
                    file: stored.source_of(by).map(|source| source.source.file.clone()).unwrap_or_default(),
                };
                certainty.others = others.iter().map(other).collect();
                (CertaintyKind::Contradicted, others.first().and_then(|by| value_of(by)))
            }
            Doubt::RollingOut { until, other } => {
                certainty.until = Some(*until);
                (CertaintyKind::RollingOut, other.and_then(&value_under))
            }
            Doubt::UnseenChange { after, by, other } => {
                (certainty.after, certainty.by) = (Some(*after), Some(*by));
                (CertaintyKind::UnseenChange, other.and_then(&value_under))
            }
            Doubt::Converted { by } => {
                certainty.because.push(converted(by));
                (CertaintyKind::Doubtful, None)
            }
            Doubt::AnnouncedTwice { other } => {
                certainty.because.push(announced_twice(other));
                (CertaintyKind::Doubtful, value_of(other))
            }
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
            others.push(other);
        }
    }
    // An observation of the same table confirms how its cells were read.
    if !in_force.is_confirmed {
        certainty.because.extend(doubtful(in_force.set_by, in_force.rule, reach, stored));
    }
    if !certainty.because.is_empty() && !kinds.contains(&CertaintyKind::Doubtful) {
        kinds.push(CertaintyKind::Doubtful);
        others.push(None);
    }
    if !holds.is_fresh && !kinds.contains(&CertaintyKind::UnseenChange) {
        kinds.push(CertaintyKind::Unconfirmed);
    }
    certainty.kind = kinds.first().copied().unwrap_or(CertaintyKind::Settled);
    certainty.also = kinds.into_iter().skip(1).collect();
    certainty.other = others.into_iter().next().flatten();
    certainty
}

/// The kind of a doubt.
pub fn kind_of(doubt: &Doubt) -> CertaintyKind {
    match doubt {
        Doubt::Contradicted { .. } => CertaintyKind::Contradicted,
        Doubt::RollingOut { .. } => CertaintyKind::RollingOut,
        Doubt::UnseenChange { .. } => CertaintyKind::UnseenChange,
        Doubt::Converted { .. } | Doubt::AnnouncedTwice { .. } => CertaintyKind::Doubtful,
    }
}

/// How certain a version is over a period: whatever makes an answer uncertain at one of these times; `None`
/// where it has no rule.
pub(super) fn certainty_over(
    history: &History,
    version: usize,
    times: [ValidTime; 2],
    reach: Reach,
    knowledge: Knowledge,
    stored: &StoredRules,
) -> Option<Certainty> {
    let [first, last] = times;
    let times = std::iter::once(first).chain((last != first).then_some(last));
    let mut found = times.filter_map(|at| match in_version(history, version, at) {
        Resolved::InForce(in_force) => {
            let holds = holds(&in_force, knowledge, stored);
            Some(certainty(&in_force, reach, holds, |_| None, stored))
        }
        _ => None,
    });
    let mut first = found.next()?;
    found.for_each(|other| first.add(other));
    Some(first)
}

/// The last time of a version: just before the next one, else the time of the question where that is later
/// than its start.
pub(super) fn last_time(history: &History, version: usize, asked: ValidTime) -> ValidTime {
    let from = history.versions()[version].from;
    let next = history.versions().get(version + 1);
    next.map_or(asked, |next| ValidTime(next.from.0.just_before())).max(from)
}

/// What makes the reading of these cells doubtful.
pub fn doubtful(set_by: &Recorded, rule: &PlacedRule, reach: Reach, stored: &StoredRules) -> Vec<Warning> {
    if stored.found_in(set_by).next().is_none() {
        return Vec::new();
    }
    found_at(&reach.spans(set_by, rule), set_by, stored)
}

/// The findings that make a part of what is stated doubtful.
pub fn doubting<'a>(set_by: &'a Recorded, stored: &'a StoredRules) -> impl Iterator<Item = &'a Finding> {
    let name = set_by.statement.subject.name();
    let is_about_it = move |finding: &&Finding| finding.subjects.iter().any(|subject| subject == name);
    stored.found_in(set_by).filter(|finding| finding.code.makes_doubtful()).filter(is_about_it)
}

/// What makes it doubtful that a subject has ended; `None` where nothing does.
pub fn certainty_of_end(by: &Recorded, stored: &StoredRules) -> Option<Certainty> {
    let because = found_at(&[by.statement.span], by, stored);
    let certainty = Certainty { kind: CertaintyKind::Doubtful, because, ..Certainty::default() };
    (!certainty.because.is_empty()).then_some(certainty)
}

/// The findings that make what is stated at some places doubtful.
fn found_at(spans: &[Span], set_by: &Recorded, stored: &StoredRules) -> Vec<Warning> {
    let whole = set_by.statement.span;
    let found = doubting(set_by, stored).filter(|it| spans.iter().any(|span| it.touches(*span, whole)));
    let mut warnings: Vec<Warning> = found
        .map(|finding| Warning { code: finding.code.as_str(), message: finding.message.clone() })
        .collect();
    warnings.dedup();
    warnings
}

fn converted(by: &Recorded) -> Warning {
    let message = format!(
        "{} announces its conversion for {}, and no table of it is known after that",
        by.id,
        by.statement.claim.valid_at()
    );
    Warning { code: FindingCode::Converted.as_str(), message }
}

fn announced_twice(other: &Recorded) -> Warning {
    let message = format!(
        "{} announces another rule for {}, published {}",
        other.id,
        other.statement.claim.valid_at(),
        other.published_at
    );
    Warning { code: FindingCode::AnnouncedTwice.as_str(), message }
}
