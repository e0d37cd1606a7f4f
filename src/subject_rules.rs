//! What is stored about one subject, and the way from a question about it to its answer.

use std::fmt;
use std::sync::Arc;

use crate::answer::Answer;
use crate::decimal::Decimal;
use crate::query::plan::at::Argument;
use crate::query::plan::{MeasurePlan, SubjectsPlan};
use crate::query::rows::over_time::VersionRow;
use crate::query::rows::{MeasureRow, Row, Status, TierView};
use crate::query::syntax::language::StatementKind;
use crate::query::syntax::measure::Measure;
use crate::query::{Plan, StoredRules, answer};
use crate::statement::{At, Subject};

/// The rules of one subject as they were in a snapshot.
#[derive(Clone)]
pub struct SubjectRules {
    subject: Subject,
    rules: Arc<StoredRules>,
}

impl SubjectRules {
    /// The rules of a subject, which are among those that are loaded.
    pub fn new(subject: Subject, rules: Arc<StoredRules>) -> SubjectRules {
        SubjectRules { subject, rules }
    }

    /// The subject.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// A measure that is a number.
    pub fn number(&self, measure: Measure, argument: Option<Argument>, at: At) -> Answer<Decimal> {
        self.measure(measure, argument, at, |row| row.value)
    }

    /// A measure; `value` takes it from its row.
    pub fn measure<T>(
        &self,
        measure: Measure,
        argument: Option<Argument>,
        at: At,
        value: impl Fn(&MeasureRow) -> Option<T>,
    ) -> Answer<T> {
        let plan = self.plan(measure, argument, at);
        let question = plan.to_string();
        let Some(Row::Measure(row)) = self.rows(&plan).pop() else { return nothing(question) };
        let value = value(&row);
        let row = *row;
        Answer {
            question,
            context: Some(row.context),
            status: row.status,
            value,
            unit: row.unit,
            message: row.message,
            certainty: row.certainty,
            warnings: row.warnings,
        }
    }

    /// The whole table.
    pub fn tiers(&self, at: At) -> Answer<Vec<TierView>> {
        let plan = self.plan(Measure::Tiers, None, at);
        let mut answer = nothing(plan.to_string());
        let mut tiers = Vec::new();
        for row in self.rows(&plan) {
            let Row::Tier(row) = row else { continue };
            let row = *row;
            tiers.extend(row.tier);
            answer.warnings.extend(row.warnings);
            answer = Answer {
                context: Some(row.context),
                status: row.status,
                unit: row.unit,
                message: row.message,
                certainty: row.certainty,
                ..answer
            };
        }
        answer.value = Some(tiers).filter(|tiers| !tiers.is_empty());
        answer
    }

    /// Every version of the rule, in order.
    pub fn history(&self) -> Vec<VersionRow> {
        let plan = Plan::of(StatementKind::History, SubjectsPlan::of(vec![self.subject.clone()]));
        let version = |row: Row| if let Row::Version(row) = row { Some(*row) } else { None };
        self.rows(&plan).into_iter().filter_map(version).collect()
    }

    fn plan(&self, measure: Measure, argument: Option<Argument>, at: At) -> Plan {
        MeasurePlan::of(measure, self.subject.clone(), argument, at).into()
    }

    fn rows(&self, plan: &Plan) -> Vec<Row> {
        // Only a plan that names a source can fail.
        answer(plan, &self.rules).unwrap_or_default()
    }
}

/// The answer where nothing is stored about a subject.
fn nothing<T>(question: String) -> Answer<T> {
    Answer {
        question,
        context: None,
        status: Status::Unknown,
        value: None,
        unit: String::new(),
        message: Some("no statement is stored".to_string()),
        certainty: None,
        warnings: Vec::new(),
    }
}

impl fmt::Debug for SubjectRules {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} at transaction {}", self.subject, self.rules.tx)
    }
}
