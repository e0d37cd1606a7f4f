//! A plan as a query that plans to itself: full subject names, canonical numbers, resolved times.

use std::fmt;

use crate::decimal;
use crate::query::plan::ask::Axis;
use crate::query::plan::at::Argument;
use crate::query::plan::{MeasurePlan, Plan, Question, SubjectsPlan};
use crate::query::syntax::language::{Clause, StatementKind};
use crate::statement::{At, Subject};
use crate::time::Timestamp;

impl fmt::Display for Plan {
    /// The statement without `explain`, with its clauses in the order of the language.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        // The changes after a time that is named do not depend on the clock.
        let kind = if self.kind == StatementKind::Upcoming { StatementKind::Changes } else { self.kind };
        let words = kind.row().words;
        let of = if matches!(kind, StatementKind::Chart | StatementKind::Diff) { "" } else { "of " };
        match &self.question {
            Question::Measure(plan) => {
                match words {
                    "" => write!(f, "{} of {}", plan.measure.words(), asked(plan))?,
                    _ => write!(f, "{words} {of}{} of {}", plan.measure.words(), asked(plan))?,
                }
                kind.row().clauses.iter().try_for_each(|clause| measure_clause(f, *clause, plan))
            }
            Question::Subjects(plan) => {
                write!(f, "{words} {of}{}", list(&plan.subjects))?;
                kind.row().clauses.iter().try_for_each(|clause| subjects_clause(f, kind, *clause, plan))
            }
            Question::Stored(_) => f.write_str(words),
        }
    }
}

/// The subjects, each run of them with its own notionals where these differ.
fn asked(plan: &MeasurePlan) -> String {
    let subjects: Vec<_> = plan.subjects.iter().map(|subject| (subject, plan.at_of(subject))).collect();
    if plan.own_at.is_empty() {
        return list(&plan.subjects);
    }
    let group = |group: &[(&Subject, Vec<Option<Argument>>)]| {
        let names: Vec<_> = group.iter().map(|(subject, _)| *subject).collect();
        let at: Vec<_> = group[0].1.iter().flatten().collect();
        format!("{} at {}", list(&names), list(&at))
    };
    subjects.chunk_by(|(_, a), (_, b)| a == b).map(group).collect::<Vec<_>>().join(", ")
}

fn measure_clause(f: &mut fmt::Formatter, clause: Clause, plan: &MeasurePlan) -> fmt::Result {
    match clause {
        Clause::At if let [Argument::Isolated(position)] = plan.at.as_slice() => write!(f, " {position}"),
        Clause::At if plan.own_at.is_empty() && !plan.at.is_empty() => write!(f, " at {}", list(&plan.at)),
        Clause::With => match plan.at.first() {
            Some(Argument::AmountWith(_, leverage)) => write!(f, " with {leverage}x"),
            _ => Ok(()),
        },
        Clause::UpTo => match plan.up_to {
            Some(end) => write!(f, " up to {}", decimal::canonical(end)),
            None => Ok(()),
        },
        Clause::By if plan.axis == Axis::Recorded => f.write_str(" by recorded"),
        Clause::Since => time(f, clause, plan.range.since, None),
        Clause::Until => time(f, clause, plan.range.until, None),
        Clause::AsPublished if plan.as_published => f.write_str(" as published"),
        _ => basis_clause(f, clause, plan.basis, plan.after),
    }
}

fn subjects_clause(
    f: &mut fmt::Formatter,
    kind: StatementKind,
    clause: Clause,
    plan: &SubjectsPlan,
) -> fmt::Result {
    match clause {
        Clause::At if !plan.at.is_empty() => {
            let at: Vec<String> = plan.at.iter().map(|at| decimal::canonical(*at)).collect();
            write!(f, " at {}", at.join(", "))
        }
        Clause::By if kind == StatementKind::ChartTiers => write!(f, " by {}", plan.shade.name()),
        Clause::By => write!(f, " by {}", if plan.largest_first { "size" } else { plan.by.name() }),
        Clause::Since => time(f, clause, plan.range.since, None),
        Clause::Until => time(f, clause, plan.range.until, None),
        Clause::Where if !plan.conditions.is_empty() => write!(f, " where {}", list(&plan.conditions)),
        _ => basis_clause(f, clause, plan.basis, plan.after),
    }
}

fn basis_clause(f: &mut fmt::Formatter, clause: Clause, basis: At, after: Option<At>) -> fmt::Result {
    let at = |basis: At| match clause {
        Clause::AsOf => Some(basis.valid_at.0),
        Clause::KnownAt => basis.known_at.map(|at| at.0),
        Clause::RecordedBy => basis.recorded_by.map(|at| at.0),
        _ => None,
    };
    time(f, clause, at(basis), after.and_then(at))
}

/// ` as of A vs B`, as far as given.
fn time(
    f: &mut fmt::Formatter,
    clause: Clause,
    first: Option<Timestamp>,
    other: Option<Timestamp>,
) -> fmt::Result {
    let Some(first) = first else { return Ok(()) };
    write!(f, " {} {first}", clause.words())?;
    other.map_or(Ok(()), |other| write!(f, " vs {other}"))
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}
