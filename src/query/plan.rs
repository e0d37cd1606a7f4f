//! Syntax → plan: names, numbers and instants are fixed, so that a plan means the same whenever it is answered.

pub mod at;
pub mod names;
pub mod ask;
pub mod conditions;
pub mod over_time;
pub mod chart;
pub mod pins;
pub mod transactions;

use crate::error::Error;
use crate::query::syntax::ast::Statement;
use crate::statement::Subject;
use crate::text::Span;
use crate::time::Timestamp;
pub use ask::MeasurePlan;
use chart::ChartPlan;
use over_time::{Axis, ChangesPlan, DiffPlan, HistoryPlan, StepsPlan};

/// A statement whose every word has a fixed meaning.
#[derive(Clone, PartialEq, Debug)]
pub enum Plan {
    /// A measure of subjects.
    Measure(MeasurePlan),
    /// The subjects that match a pattern.
    Subjects {
        /// The pattern; `*` for all.
        matching: String,
    },
    /// All sources.
    Sources,
    /// One source.
    Source {
        /// The first digits of its id.
        id: String,
        /// Where they stand in the query.
        span: Span,
    },
    /// The findings of subjects, or of a source, or all.
    Findings {
        /// The subjects; empty for all.
        of: Vec<Subject>,
        /// The first digits of the id of a source, and where they stand.
        source: Option<(String, Span)>,
    },
    /// The versions of subjects.
    History(HistoryPlan),
    /// A measure over valid time, over what was known, or over both.
    Steps(StepsPlan),
    /// Two bases side by side.
    Diff(DiffPlan),
    /// A measure over the notional, to be drawn.
    Chart(ChartPlan),
    /// A measure over valid time, to be drawn.
    Timeline(StepsPlan),
    /// What changed, or will change.
    Changes(ChangesPlan),
    /// What each source did.
    Report(ChangesPlan),
    /// Why an answer is what it is.
    Explain(Box<Plan>),
}

impl Plan {
    /// The subjects whose statements the answer is made from; `None` where that is everything held.
    pub fn subjects(&self) -> Option<&[Subject]> {
        match self {
            Plan::Measure(plan) => Some(&plan.subjects),
            Plan::History(plan) => Some(&plan.subjects),
            Plan::Steps(plan) | Plan::Timeline(plan) => Some(&plan.ask.subjects),
            Plan::Chart(plan) => Some(&plan.ask.subjects),
            Plan::Diff(plan) => Some(&plan.subjects),
            Plan::Changes(plan) | Plan::Report(plan) => Some(&plan.subjects),
            Plan::Explain(inner) => inner.subjects(),
            Plan::Subjects { .. } | Plan::Sources | Plan::Source { .. } | Plan::Findings { .. } => None,
        }
    }
}

/// Fixes the meaning of a statement against the subjects held. `now` is what an omitted `as of` and relative
/// instants mean; it is read once for each statement.
///
/// # Errors
/// A name is not held or has no such measure; a number, leverage or instant cannot be read; what the measure needs
/// behind `at` is missing, or something stands there that it does not take; `recorded by` lies in the future; the
/// answer would have more than [`crate::limits::ANSWER_ROWS`] rows.
pub fn plan(statement: &Statement, held: &[Subject], now: Timestamp) -> Result<Plan, Error> {
    match statement {
        Statement::Ask(ask) => ask::measure(ask, held, now).map(Plan::Measure),
        Statement::Explain(inner) => Ok(Plan::Explain(Box::new(plan(inner, held, now)?))),
        Statement::History(scope) => over_time::history(scope, held, now).map(Plan::History),
        Statement::Steps(ask) => over_time::steps(ask, Axis::Valid, held, now).map(Plan::Steps),
        Statement::Chart(ask) => chart::chart(ask, held, now).map(Plan::Chart),
        Statement::Timeline(ask) => over_time::steps(ask, Axis::Valid, held, now).map(Plan::Timeline),
        Statement::Knowledge(ask) => over_time::steps(ask, Axis::Published, held, now).map(Plan::Steps),
        Statement::Plane(ask) => over_time::steps(ask, Axis::Plane, held, now).map(Plan::Steps),
        Statement::Diff(scope) => over_time::diff(scope, held, now).map(Plan::Diff),
        Statement::Changes(scope) => over_time::changes(scope, held, now).map(Plan::Changes),
        Statement::Report(scope) => over_time::changes(scope, held, now).map(Plan::Report),
        Statement::Upcoming(scope) => over_time::upcoming(scope, held, now).map(Plan::Changes),
        Statement::Subjects { matching } => {
            let matching = matching.as_ref().map_or("*".to_string(), |word| word.text.clone());
            Ok(Plan::Subjects { matching })
        }
        Statement::Sources => Ok(Plan::Sources),
        Statement::Source { id } => Ok(Plan::Source { id: id.text.clone(), span: id.span }),
        Statement::Findings { of, source } => {
            let source = source.as_ref().map(|id| (id.text.clone(), id.span));
            Ok(Plan::Findings { of: ask::any_of(of, held)?, source })
        }
    }
}
