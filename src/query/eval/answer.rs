//! Plan → answer: the only step that looks into the rulebook.

use crate::error::Error;
use crate::query::eval::changes::change_rows;
use crate::query::eval::diff::diff_rows;
use crate::query::eval::explain::{Asked, explain};
use crate::query::eval::listing;
use crate::query::eval::measures::measure_rows;
use crate::query::eval::report::report_rows;
use crate::query::eval::segments::segment_rows;
use crate::query::eval::steps::step_rows;
use crate::query::eval::stored::StoredRules;
use crate::query::eval::versions::version_rows;
use crate::query::plan::over_time::{Axis, ChangesPlan, DiffPlan, HistoryPlan, StepsPlan};
use crate::query::plan::{MeasurePlan, Plan};
use crate::query::rows::Row;
use crate::rulebook::Knowledge;
use crate::statement::{Basis, Subject};

/// Answers a plan from what is held.
///
/// # Errors
/// `source ID` or `findings in ID` names no source, or more than one.
pub fn answer(plan: &Plan, held: &StoredRules) -> Result<Vec<Row>, Error> {
    match plan {
        Plan::Measure(plan) => Ok(measure_rows(plan, held)),
        Plan::History(plan) => Ok(version_rows(plan, held)),
        Plan::Steps(plan) => Ok(step_rows(plan, held)),
        Plan::Diff(plan) => Ok(diff_rows(plan, held)),
        Plan::Chart(plan) => Ok(segment_rows(plan, held)),
        Plan::Timeline(plan) => Ok(step_rows(plan, held).into_iter().map(drawn).collect()),
        Plan::Changes(plan) => Ok(change_rows(plan, held)),
        Plan::Report(plan) => Ok(report_rows(plan, held)),
        Plan::Explain(inner) => Ok(explained(inner, held)),
        Plan::Subjects { matching } => Ok(listing::subject_rows(matching, held)),
        Plan::Sources => Ok(listing::source_rows(held)),
        Plan::Source { id, span } => listing::source(id, *span, held),
        Plan::Findings { of, source } => listing::findings(of, source.as_ref(), held),
    }
}

/// The same stretch, to be drawn.
fn drawn(row: Row) -> Row {
    match row {
        Row::Step(row) => Row::Timeline(row),
        other => other,
    }
}

/// The explanations of a plan, one for each subject, and of a difference one for each side.
fn explained(plan: &Plan, held: &StoredRules) -> Vec<Row> {
    let asked: Vec<Asked> = match plan {
        Plan::Measure(plan) => {
            plan.subjects.iter().map(|subject| about_measure(plan, subject, held)).collect()
        }
        Plan::History(plan) => {
            plan.subjects.iter().map(|subject| about_history(plan, subject, held)).collect()
        }
        Plan::Steps(plan) => {
            plan.ask.subjects.iter().map(|subject| about_steps(plan, subject, held)).collect()
        }
        Plan::Diff(plan) => {
            plan.subjects.iter().flat_map(|subject| about_diff(plan, subject, held)).collect()
        }
        Plan::Changes(plan) => {
            plan.subjects.iter().map(|subject| about_changes(plan, subject, held)).collect()
        }
        // What is drawn, and what lists what is held, is not explained; the grammar does not let it come here.
        Plan::Chart(_)
        | Plan::Timeline(_)
        | Plan::Report(_)
        | Plan::Explain(_)
        | Plan::Subjects { .. }
        | Plan::Sources
        | Plan::Source { .. }
        | Plan::Findings { .. } => Vec::new(),
    };
    asked.into_iter().map(|asked| explain(asked, held)).collect()
}

fn about_measure(plan: &MeasurePlan, subject: &Subject, held: &StoredRules) -> Asked {
    let plan = MeasurePlan { subjects: vec![subject.clone()], ..plan.clone() };
    let (rows, subject) = (measure_rows(&plan, held), subject.clone());
    let (valid_at, knowledge) = (Some(plan.basis.valid_at), knowledge_of(plan.basis));
    Asked { question: plan.to_string(), side: None, rows, subject, valid_at, knowledge }
}

fn about_history(plan: &HistoryPlan, subject: &Subject, held: &StoredRules) -> Asked {
    let plan = HistoryPlan { subjects: vec![subject.clone()], ..plan.clone() };
    let (rows, subject) = (version_rows(&plan, held), subject.clone());
    Asked { question: plan.to_string(), side: None, rows, subject, valid_at: None, knowledge: plan.knowledge }
}

fn about_steps(plan: &StepsPlan, subject: &Subject, held: &StoredRules) -> Asked {
    let ask = MeasurePlan { subjects: vec![subject.clone()], ..plan.ask.clone() };
    let over_knowledge = matches!(plan.axis, Axis::Published | Axis::Recorded);
    let (valid_at, knowledge) = (over_knowledge.then_some(ask.basis.valid_at), knowledge_of(ask.basis));
    let plan = StepsPlan { ask, ..plan.clone() };
    let (rows, subject) = (step_rows(&plan, held), subject.clone());
    Asked { question: plan.to_string(), side: None, rows, subject, valid_at, knowledge }
}

fn about_diff(plan: &DiffPlan, subject: &Subject, held: &StoredRules) -> [Asked; 2] {
    let plan = DiffPlan { subjects: vec![subject.clone()], ..plan.clone() };
    let side = |basis: Basis, rows: Vec<Row>, name: &'static str| Asked {
        question: format!("{plan}: {name}"),
        side: Some(name),
        rows,
        subject: subject.clone(),
        valid_at: Some(basis.valid_at),
        knowledge: knowledge_of(basis),
    };
    [side(plan.before, diff_rows(&plan, held), "before"), side(plan.after, Vec::new(), "after")]
}

fn about_changes(plan: &ChangesPlan, subject: &Subject, held: &StoredRules) -> Asked {
    let plan = ChangesPlan { subjects: vec![subject.clone()], ..plan.clone() };
    let (rows, subject) = (change_rows(&plan, held), subject.clone());
    Asked { question: plan.to_string(), side: None, rows, subject, valid_at: None, knowledge: plan.knowledge }
}

fn knowledge_of(basis: Basis) -> Knowledge {
    Knowledge { known_at: basis.known_at, recorded_by: basis.recorded_by }
}
