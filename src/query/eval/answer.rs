//! Plan → answer: the only step that looks into the rulebook.

use crate::error::Error;
use crate::query::eval::changes::change_rows;
use crate::query::eval::diff::{diff_rows, other_basis};
use crate::query::eval::explain::{Asked, explain};
use crate::query::eval::listing;
use crate::query::eval::measures::measure_rows;
use crate::query::eval::report::report_rows;
use crate::query::eval::segments::segment_rows;
use crate::query::eval::steps::step_rows;
use crate::query::eval::stored::StoredRules;
use crate::query::eval::timeline::timeline_rows;
use crate::query::eval::versions::version_rows;
use crate::query::plan::{Plan, Question};
use crate::query::rows::Row;
use crate::query::syntax::language::{Clause, StatementKind as Kind};
use crate::rulebook::Knowledge;
use crate::statement::{At, Subject};

/// Answers a plan from what is stored.
///
/// # Errors
/// `source ID` or `findings in ID` names no source, or more than one.
pub fn answer(plan: &Plan, stored: &StoredRules) -> Result<Vec<Row>, Error> {
    if plan.is_explained { explained(plan, stored) } else { rows(plan, stored) }
}

/// The rows of a statement: one function for each row of the language.
fn rows(plan: &Plan, stored: &StoredRules) -> Result<Vec<Row>, Error> {
    Ok(match (plan.kind, &plan.question) {
        (Kind::Measure, Question::Measure(plan)) => measure_rows(plan, stored),
        (Kind::MeasureHistory | Kind::Knowledge | Kind::Plane, Question::Measure(plan)) => {
            step_rows(plan, stored)
        }
        (Kind::Chart, Question::Measure(plan)) => segment_rows(plan, stored),
        (Kind::ChartHistory, Question::Measure(plan)) => timeline_rows(plan, stored),
        (Kind::History, Question::Subjects(plan)) => version_rows(plan, stored),
        (Kind::Diff, Question::Subjects(plan)) => diff_rows(plan, stored),
        (Kind::Changes | Kind::Upcoming, Question::Subjects(plan)) => change_rows(plan, stored),
        (Kind::Report, Question::Subjects(plan)) => report_rows(plan, stored),
        (Kind::Subjects, Question::Stored(plan)) => listing::subject_rows(plan, stored),
        (Kind::Sources, Question::Stored(_)) => listing::source_rows(stored),
        (Kind::Source, Question::Stored(plan)) => listing::source(plan, stored)?,
        (Kind::Findings, Question::Stored(plan)) => listing::findings(plan, stored)?,
        // The language has no other pair: a test asks an example of each of its rows.
        _ => Vec::new(),
    })
}

/// The explanations of a plan, one for each subject, and of a difference one for each side.
fn explained(plan: &Plan, stored: &StoredRules) -> Result<Vec<Row>, Error> {
    let mut explanations = Vec::new();
    for subject in plan.subjects().unwrap_or_default() {
        let plan = with_other_side(plan.about(subject), subject, stored);
        let rows = rows(&plan, stored)?;
        explanations.extend(asked(&plan, subject, rows).into_iter().map(|asked| explain(asked, stored)));
    }
    Ok(explanations)
}

/// The plan of a difference with its second basis, where it is the next announced change of the subject.
fn with_other_side(mut plan: Plan, subject: &Subject, stored: &StoredRules) -> Plan {
    if let (Kind::Diff, Question::Subjects(asked)) = (plan.kind, &mut plan.question)
        && let Some(timeline) = stored.rulebook.timeline(subject)
    {
        asked.after = other_basis(asked, timeline, stored);
    }
    plan
}

/// What is to be explained of a plan for one subject; `rows` are its answer.
fn asked(plan: &Plan, subject: &Subject, rows: Vec<Row>) -> Vec<Asked> {
    let question = plan.to_string();
    let (basis, after) = match &plan.question {
        Question::Measure(plan) => (plan.basis, plan.after),
        Question::Subjects(plan) => (plan.basis, plan.after),
        Question::Stored(_) => return Vec::new(),
    };
    let ask = |question, side, rows, valid_at, basis: At| Asked {
        question,
        side,
        rows,
        subject: subject.clone(),
        valid_at,
        knowledge: Knowledge { known_at: basis.known_at, recorded_by: basis.recorded_by },
    };
    match after {
        None => {
            let is_at_one_time = plan.kind.takes(Clause::AsOf) && plan.kind != Kind::Upcoming;
            let valid_at = is_at_one_time.then_some(basis.valid_at);
            vec![ask(question, None, rows, valid_at, basis)]
        }
        Some(after) => [("before", rows, basis), ("after", Vec::new(), after)]
            .into_iter()
            .map(|(side, rows, basis)| {
                ask(format!("{question}: {side}"), Some(side), rows, Some(basis.valid_at), basis)
            })
            .collect(),
    }
}
