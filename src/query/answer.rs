//! Plan → answer: the only step that looks into the rulebook.

use crate::mistake::Mistake;
use crate::query::explain::explain;
use crate::query::held::Held;
use crate::query::listing;
use crate::query::measures::measure_rows;
use crate::query::plan::Plan;
use crate::query::rows::Row;

/// Answers a plan from what is held.
///
/// # Errors
/// `source ID` or `findings in ID` names no source, or more than one.
pub fn answer(plan: &Plan, held: &Held) -> Result<Vec<Row>, Mistake> {
    match plan {
        Plan::Measure(plan) => Ok(measure_rows(plan, held)),
        Plan::Explain(plan) => Ok(plan.subjects.iter().map(|subject| explain(plan, subject, held)).collect()),
        Plan::Subjects { matching } => Ok(listing::subject_rows(matching, held)),
        Plan::Sources => Ok(listing::source_rows(held)),
        Plan::Source { id, span } => listing::source(id, *span, held),
        Plan::Findings { of, source } => listing::findings(of, source.as_ref(), held),
    }
}
