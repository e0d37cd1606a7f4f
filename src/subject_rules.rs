//! What is stored about one subject, and the way from a question about it to its answer.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::compiled::{Asked, Compiled, CompiledTimeline, TableAt};
use crate::error::Result;
use crate::query::plan::at::Argument;
use crate::query::plan::{MeasurePlan, SubjectsPlan};
use crate::query::rows::over_time::VersionRow;
use crate::query::rows::{MeasureRow, Row, Status, TierKind};
use crate::query::syntax::language::StatementKind;
use crate::query::syntax::measure::Measure;
use crate::query::{Plan, StoredRules, answer};
use crate::rulebook::Timeline;
use crate::rulebook::resolve::Resolved;
use crate::statement::{At, Recorded, StatementId, Subject, TxId};
use crate::time::{RecordedTime, Timestamp, ValidTime};

/// The rules of one subject as they were in a snapshot. A clone is a reference to the same.
#[derive(Clone)]
pub struct SubjectRules(Arc<Inner>);

/// Finds the newest transaction that was recorded by a time.
type NewestBy = Box<dyn Fn(RecordedTime) -> Result<TxId> + Send + Sync>;

struct Inner {
    subject: Subject,
    rules: Arc<StoredRules>,
    newest_by: NewestBy,
    compiled: OnceLock<Option<CompiledTimeline>>,
}

impl SubjectRules {
    /// The rules of a subject, which are among those that are loaded.
    pub fn new(subject: Subject, rules: Arc<StoredRules>, newest_by: NewestBy) -> SubjectRules {
        SubjectRules(Arc::new(Inner { subject, rules, newest_by, compiled: OnceLock::new() }))
    }

    /// The subject.
    pub fn subject(&self) -> &Subject {
        &self.0.subject
    }

    /// Everything that is loaded with it.
    pub fn rules(&self) -> &StoredRules {
        &self.0.rules
    }

    /// The timeline by everything recorded, compiled once; `None` where nothing is stored.
    pub fn compiled(&self) -> Option<&CompiledTimeline> {
        let compile = || CompiledTimeline::new(&self.0.subject, None, &self.0.rules);
        self.0.compiled.get_or_init(compile).as_ref()
    }

    /// The answer of the compiled timeline; `None` where a question takes the general way.
    pub fn brief(&self, measure: Measure, argument: Option<Argument>, at: At) -> Option<Compiled> {
        if at.recorded_by.is_some() {
            return None;
        }
        self.compiled()?.answer(&Asked::new(measure, argument, at), &self.0.rules)
    }

    /// The answer the general way, in the numbers of a compiled one.
    pub fn in_numbers(&self, measure: Measure, argument: Option<Argument>, at: At) -> Compiled {
        self.numbers_of(self.row(measure, argument, at).as_ref(), at)
    }

    /// A row that answers at a basis, in the numbers of a compiled answer.
    pub fn numbers_of(&self, row: Option<&MeasureRow>, at: At) -> Compiled {
        let tier = row.and_then(|row| row.tier.as_ref());
        let statement = self.statement_at(at).and_then(|id| self.compiled()?.places_of(id));
        Compiled {
            status: row.map_or(Status::Unknown, |row| row.status),
            value: row.and_then(|row| row.value),
            tier: tier.map(|tier| tier.number as usize - 1),
            leverage: match tier.map(|tier| &tier.kind) {
                Some(TierKind::Contract { max_leverage, .. }) => *max_leverage,
                _ => 0,
            },
            kind: row.and_then(|row| Some(row.certainty.as_ref()?.kind)),
            statement,
        }
    }

    /// The table at a basis, of a subject that has tiers: the compiled way where it serves, else the general one.
    pub fn table(&self, at: At) -> TableAt {
        let compiled = self.compiled();
        let found = compiled.filter(|_| at.recorded_by.is_none());
        if let Some(found) = found.and_then(|compiled| compiled.table(at, &self.0.rules)) {
            return found;
        }
        let Some(Row::Tier(row)) = self.rows(&self.plan(Measure::Tiers, None, at)).pop() else {
            return TableAt { status: Status::Unknown, rule: None, kind: None };
        };
        let in_force = self.statement_at(at).filter(|_| row.status == Status::Value);
        let rule = compiled.zip(in_force).and_then(|(compiled, statement)| {
            compiled.shared_rule(compiled.places_of(statement)?.in_timeline)
        });
        TableAt { status: row.status, rule, kind: row.certainty.map(|certainty| certainty.kind) }
    }

    /// The statement that answers at a basis, the general way.
    pub fn statement_at(&self, at: At) -> Option<StatementId> {
        let timeline = self.0.rules.rulebook.timeline(&self.0.subject)?;
        match self.0.rules.rulebook.resolve(timeline, at) {
            Resolved::InForce(in_force) => Some(in_force.set_by.id),
            Resolved::Ended { by } | Resolved::Launched { by, .. } => Some(by.id),
            Resolved::Unknown { .. } | Resolved::NotKnownThen { .. } => None,
        }
    }

    /// When the next announced change after a basis takes effect, also where no rule is in force there.
    pub fn next_change_after(&self, at: At) -> Option<ValidTime> {
        let timeline = self.0.rules.rulebook.timeline(&self.0.subject)?;
        self.0.rules.rulebook.next_change_after(timeline, at)
    }

    /// The row of a measure, the general way; `None` where nothing is stored.
    pub fn row(&self, measure: Measure, argument: Option<Argument>, at: At) -> Option<MeasureRow> {
        match self.rows(&self.plan(measure, argument, at)).pop() {
            Some(Row::Measure(row)) => Some(*row),
            _ => None,
        }
    }

    /// The rows of a plan.
    pub fn rows(&self, plan: &Plan) -> Vec<Row> {
        // Only a plan that names a source can fail.
        answer(plan, &self.0.rules).unwrap_or_default()
    }

    /// The rows of a plan with their addresses, which name the newest transaction by the times of the plan.
    ///
    /// # Errors
    /// It must be looked up, and the database is not there any more, or damaged.
    pub fn addressed_rows(&self, plan: &Plan) -> Result<Vec<Row>> {
        let rules = &self.0.rules;
        let has_all = rules.sources.len() as u64 == rules.tx;
        let times = plan.recorded_by_times().into_iter().flatten();
        let mut unknown = times.filter(|by| !has_all && !rules.newest_by.contains_key(by)).peekable();
        if unknown.peek().is_none() {
            return answer(plan, rules);
        }
        let mut rules = StoredRules::clone(rules);
        for by in unknown {
            rules.newest_by.insert(by, (self.0.newest_by)(by)?);
        }
        answer(plan, &rules)
    }

    /// Every statement about the subject, in order of valid time.
    pub fn statements(&self) -> &[Recorded] {
        let timeline = self.0.rules.rulebook.timeline(&self.0.subject);
        timeline.map_or(&[], Timeline::statements)
    }

    /// Every version of the rule, in order, from everything stored.
    pub fn history(&self) -> Vec<VersionRow> {
        self.versions(At::valid(Timestamp::FIRST))
    }

    /// Every version of the rule, in order, from what was known and recorded at a basis.
    pub fn versions(&self, basis: At) -> Vec<VersionRow> {
        let plan = SubjectsPlan { basis, ..SubjectsPlan::of(vec![self.subject().clone()]) };
        let plan = Plan::of(StatementKind::History, plan);
        let version = |row: Row| if let Row::Version(row) = row { Some(*row) } else { None };
        self.rows(&plan).into_iter().filter_map(version).collect()
    }

    /// The plan of a measure at a basis.
    pub fn plan(&self, measure: Measure, argument: Option<Argument>, at: At) -> Plan {
        MeasurePlan::of(measure, self.subject().clone(), argument, at).into()
    }
}

impl fmt::Debug for SubjectRules {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} at transaction {}", self.subject(), self.0.rules.tx)
    }
}
