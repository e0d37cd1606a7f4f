//! Plans of the statements that look over time: which subjects, between which instants, at what state of knowledge.

use std::fmt;

use super::ask::{MeasurePlan, any_of, measure, read_basis, read_other_basis, read_timestamp};
use super::conditions::{Moves, read_condition};
use crate::decimal::{self, Decimal};
use crate::error::{Error, ErrorCode};
use crate::query::plan::at::read_amount;
use crate::query::plan::names;
use crate::query::syntax::ast::{Ask, Clauses, Scope, Word};
use crate::query::syntax::measure::Measure;
use crate::rulebook::Knowledge;
use crate::statement::{Basis, Subject};
use crate::text::{Span, nearest};
use crate::time::{PublishedTime, TimeSpan, Timestamp};

/// A half-open range: from `since` on, before `until`; `None` for no bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Range {
    /// The first instant inside.
    pub since: Option<Timestamp>,
    /// The first instant behind.
    pub until: Option<Timestamp>,
}

impl Range {
    /// Whether an instant is inside.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Whether a period from `from` on, before `until`, shares an instant with the range; `None` for no bound.
    pub fn meets(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> bool {
        let starts_before_end = from.is_none_or(|from| self.until.is_none_or(|end| from < end));
        let ends_after_start = until.is_none_or(|until| self.since.is_none_or(|start| start < until));
        starts_before_end && ends_after_start
    }
}

/// The versions of subjects.
#[derive(Clone, PartialEq, Debug)]
pub struct HistoryPlan {
    /// The subjects, each once.
    pub subjects: Vec<Subject>,
    /// Which versions.
    pub range: Range,
    /// What was known and recorded.
    pub knowledge: Knowledge,
}

/// A measure over valid time, over what was known, or over both.
#[derive(Clone, PartialEq, Debug)]
pub struct StepsPlan {
    /// The measure; its valid instant counts for `knowledge` only.
    pub ask: MeasurePlan,
    /// Which part of the axis that is walked.
    pub range: Range,
    /// What is walked over.
    pub axis: Axis,
}

/// What an answer is followed along.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Axis {
    /// When rules are in force.
    Valid,
    /// When sources were published.
    Published,
    /// When sources were recorded.
    Recorded,
    /// When rules are in force, and when sources were published.
    Plane,
}

/// Two bases side by side.
#[derive(Clone, PartialEq, Debug)]
pub struct DiffPlan {
    /// The subjects, each once.
    pub subjects: Vec<Subject>,
    /// Notionals to compare besides the bounds of the tiers.
    pub at: Vec<Decimal>,
    /// Before.
    pub before: Basis,
    /// After.
    pub after: Basis,
}

/// What changed.
#[derive(Clone, PartialEq, Debug)]
pub struct ChangesPlan {
    /// The subjects, each once.
    pub subjects: Vec<Subject>,
    /// Which changes.
    pub range: Range,
    /// The time that the range and the order count in.
    pub by: By,
    /// Whether those that change the most come first, whenever they come.
    pub largest_first: bool,
    /// All of which must hold.
    pub conditions: Vec<Moves>,
    /// What was known and recorded.
    pub knowledge: Knowledge,
    /// Whether observations that show an unseen change are left out, because they cannot lie ahead.
    pub announced_only: bool,
}

/// The time by which changes are picked and ordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// When they take effect.
    Effective,
    /// When they were published.
    Published,
    /// When they were recorded.
    Recorded,
}

impl By {
    /// `effective`, `published` or `recorded`.
    pub fn name(self) -> &'static str {
        match self {
            By::Effective => "effective",
            By::Published => "published",
            By::Recorded => "recorded",
        }
    }
}

/// Plans `history of SUBJECTS`.
pub(super) fn history(scope: &Scope, held: &[Subject], now: Timestamp) -> Result<HistoryPlan, Error> {
    let subjects = subjects(scope, held)?;
    let clauses = &scope.clauses;
    Ok(HistoryPlan { subjects, range: range(clauses, now)?, knowledge: knowledge(clauses, now)? })
}

/// Plans `history`, `knowledge` or `plane` of a measure.
pub(super) fn steps(ask: &Ask, axis: Axis, held: &[Subject], now: Timestamp) -> Result<StepsPlan, Error> {
    if ask.measure == Measure::Tiers {
        let error = Error::new(ErrorCode::TiersOverTime, "`tiers` is a whole table, not a value over time");
        return Err(error
            .at(ask.measure_span, "a table")
            .hint(format!("history of {} gives the versions of the table", ask.subjects[0].text)));
    }
    let axis = match (axis, &ask.clauses.by) {
        (Axis::Published, Some(word)) => match read_by(word, &["published", "recorded"])? {
            By::Recorded => Axis::Recorded,
            _ => Axis::Published,
        },
        (axis, _) => axis,
    };
    Ok(StepsPlan { range: range(&ask.clauses, now)?, ask: measure(ask, held, now)?, axis })
}

/// Plans `diff`.
pub(super) fn diff(scope: &Scope, held: &[Subject], now: Timestamp) -> Result<DiffPlan, Error> {
    let subjects = subjects(scope, held)?;
    let clauses = &scope.clauses;
    let before = read_basis(clauses, now)?;
    let Some(after) = read_other_basis(clauses, now)? else {
        let name = &scope.subjects[0].text;
        if scope.subjects.len() > 1 && scope.clauses.as_of.is_none() {
            let names: Vec<&str> = scope.subjects.iter().map(|word| word.text.as_str()).collect();
            let at = scope.at.first().map_or("60000", |at| at.text.as_str());
            return Err(Error::new(ErrorCode::VsMissing, "`diff` compares two instants, not two subjects")
                .at(Span::new(scope.span.end, scope.span.end), "write `as of` and two instants")
                .hint(format!("to compare subjects: mmr of {} at {at}", names.join(", ")))
                .hint(format!("diff {name} as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z")));
        }
        return Err(Error::new(ErrorCode::VsMissing, "`diff` compares two instants")
            .at(Span::new(scope.span.end, scope.span.end), "write `vs` and the other one")
            .hint(format!("diff {name} as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z"))
            .hint(format!("diff {name} as of 2026-02-07 known at 2026-02-03 vs 2026-02-04")));
    };
    let amounts = scope.at.iter().map(|word| Ok(read_amount(word)?.amount().unwrap_or_default()));
    Ok(DiffPlan { subjects, at: amounts.collect::<Result<_, Error>>()?, before, after })
}

/// Plans `changes`.
pub(super) fn changes(scope: &Scope, held: &[Subject], now: Timestamp) -> Result<ChangesPlan, Error> {
    let clauses = &scope.clauses;
    let largest_first = clauses.by.as_ref().is_some_and(|word| word.text.eq_ignore_ascii_case("size"));
    let known = ["effective", "published", "recorded", "size"];
    let by = clauses.by.as_ref().filter(|_| !largest_first);
    let by = by.map(|word| read_by(word, &known)).transpose()?;
    Ok(ChangesPlan {
        largest_first,
        subjects: subjects(scope, held)?,
        range: range(clauses, now)?,
        by: by.unwrap_or(By::Effective),
        conditions: clauses.conditions.iter().map(read_condition).collect::<Result<_, _>>()?,
        knowledge: knowledge(clauses, now)?,
        announced_only: false,
    })
}

/// Plans `upcoming`: the announced changes that take effect from `as of` on, as known then; from now on,
/// as known now, where it is left out.
pub(super) fn upcoming(scope: &Scope, held: &[Subject], now: Timestamp) -> Result<ChangesPlan, Error> {
    let within = scope.clauses.within.as_ref().map(|word| {
        TimeSpan::read(&word.text).ok_or_else(|| {
            Error::new(ErrorCode::NotALength, format!("`{}` is not a length of time", word.text))
                .at(word.span, "expected a count and a unit")
                .hint("write 72h, 3 days or 2 weeks")
        })
    });
    let as_of = scope.clauses.as_of.as_ref().map(|word| read_timestamp(word, now)).transpose()?;
    let from = as_of.unwrap_or(now);
    let until = within.transpose()?.map(|length| from.plus(length));
    let mut plan = changes(scope, held, now)?;
    // What lay ahead of an earlier day is what was announced by then.
    let known_at = plan.knowledge.known_at.or(as_of.map(PublishedTime));
    plan.knowledge = Knowledge { known_at, ..plan.knowledge };
    Ok(ChangesPlan { range: Range { since: Some(from), until }, announced_only: true, ..plan })
}

fn subjects(scope: &Scope, held: &[Subject]) -> Result<Vec<Subject>, Error> {
    let on = scope.clauses.on.as_ref().map(names::read_on).transpose()?;
    let matched = if scope.subjects.is_empty() { held.to_vec() } else { any_of(&scope.subjects, held)? };
    let mut subjects: Vec<Subject> = Vec::new();
    for subject in matched {
        if on.as_ref().is_none_or(|on| on.allows(&subject)) {
            subjects.push(subject);
        }
    }
    subjects.sort();
    subjects.dedup();
    match (&scope.clauses.on, subjects.is_empty() && !scope.subjects.is_empty()) {
        (Some(word), true) => {
            let message = format!("`{}` is not held on {}", scope.subjects[0].text, word.text);
            Err(Error::new(ErrorCode::NotOnProgram, message)
                .at(word.span, "not held there")
                .hint("leave `on` out"))
        }
        _ => Ok(subjects),
    }
}

fn range(clauses: &Clauses, now: Timestamp) -> Result<Range, Error> {
    let read = |word: &Option<Word>| word.as_ref().map(|word| read_timestamp(word, now)).transpose();
    let range = Range { since: read(&clauses.since)?, until: read(&clauses.until)? };
    match (range.since, range.until, &clauses.until) {
        (Some(since), Some(until), Some(word)) if until <= since => {
            let message = format!("`until {until}` is not after `since {since}`");
            Err(Error::new(ErrorCode::EmptyRange, message)
                .at(word.span, "nothing lies between")
                .hint("`since` is inside the range, `until` is not"))
        }
        _ => Ok(range),
    }
}

fn knowledge(clauses: &Clauses, now: Timestamp) -> Result<Knowledge, Error> {
    let basis = read_basis(clauses, now)?;
    Ok(Knowledge { known_at: basis.known_at, recorded_by: basis.recorded_by })
}

fn read_by(word: &Word, allowed: &[&str]) -> Result<By, Error> {
    let text = word.text.to_lowercase();
    match text.as_str() {
        "effective" if allowed.contains(&"effective") => Ok(By::Effective),
        "published" => Ok(By::Published),
        "recorded" => Ok(By::Recorded),
        _ => {
            let error = Error::new(ErrorCode::UnknownTime, format!("`by {}` is not known here", word.text))
                .at(word.span, format!("expected {}", allowed.join(", ")));
            Err(match nearest(&text, allowed.iter().copied()) {
                Some(near) => error.hint(format!("did you mean `by {near}`?")),
                None => error.hint(format!("write `by {}`", allowed[0])),
            })
        }
    }
}

/// ` known at K recorded by R`, as far as given.
fn write_knowledge(f: &mut fmt::Formatter, knowledge: Knowledge) -> fmt::Result {
    if let Some(known_at) = knowledge.known_at {
        write!(f, " known at {known_at}")?;
    }
    match knowledge.recorded_by {
        Some(recorded_by) => write!(f, " recorded by {recorded_by}"),
        None => Ok(()),
    }
}

/// ` as of A vs B known at K1 vs K2 recorded by R1 vs R2`, as far as given.
pub(super) fn write_bases(f: &mut fmt::Formatter, before: Basis, after: Basis) -> fmt::Result {
    write!(f, " as of {} vs {}", before.valid_at, after.valid_at)?;
    if let (Some(before), Some(after)) = (before.known_at, after.known_at) {
        write!(f, " known at {before} vs {after}")?;
    }
    match (before.recorded_by, after.recorded_by) {
        (Some(before), Some(after)) => write!(f, " recorded by {before} vs {after}"),
        _ => Ok(()),
    }
}

fn write_range(f: &mut fmt::Formatter, range: Range) -> fmt::Result {
    if let Some(since) = range.since {
        write!(f, " since {since}")?;
    }
    match range.until {
        Some(until) => write!(f, " until {until}"),
        None => Ok(()),
    }
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for HistoryPlan {
    /// The plan as a query that plans to itself.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "history of {}", list(&self.subjects))?;
        write_range(f, self.range)?;
        write_knowledge(f, self.knowledge)
    }
}

impl fmt::Display for StepsPlan {
    /// The plan as a query that plans to itself.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let ask = &self.ask;
        let word = match self.axis {
            Axis::Valid => "history",
            Axis::Published | Axis::Recorded => "knowledge",
            Axis::Plane => "plane",
        };
        write!(f, "{word} of {} of {}", ask.measure.words(), list(&ask.subjects))?;
        if !ask.at.is_empty() {
            write!(f, " at {}", list(&ask.at))?;
        }
        if matches!(self.axis, Axis::Published | Axis::Recorded) {
            write!(f, " as of {}", ask.basis.valid_at)?;
        }
        if self.axis == Axis::Recorded {
            f.write_str(" by recorded")?;
        }
        write_range(f, self.range)?;
        write_knowledge(f, Knowledge { known_at: ask.basis.known_at, recorded_by: ask.basis.recorded_by })?;
        if ask.as_published { f.write_str(" as published") } else { Ok(()) }
    }
}

impl fmt::Display for DiffPlan {
    /// The plan as a query that plans to itself.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "diff {}", list(&self.subjects))?;
        if !self.at.is_empty() {
            write!(
                f,
                " at {}",
                self.at.iter().map(|at| decimal::canonical(*at)).collect::<Vec<_>>().join(", ")
            )?;
        }
        write_bases(f, self.before, self.after)
    }
}

impl fmt::Display for ChangesPlan {
    /// The plan as a query that plans to itself, but for `announced_only`.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "changes of {}", list(&self.subjects))?;
        write_range(f, self.range)?;
        write!(f, " by {}", if self.largest_first { "size" } else { self.by.name() })?;
        if !self.conditions.is_empty() {
            write!(f, " where {}", list(&self.conditions))?;
        }
        write_knowledge(f, self.knowledge)
    }
}
