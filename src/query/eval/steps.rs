//! A measure over valid time, over what was known, and over both: steps and areas of one answer.

use std::collections::BTreeSet;

use crate::decimal::Decimal;
use crate::query::eval::certainty::{Reach, certainty_over, last_time};
use crate::query::eval::evaluate::evaluate;
use crate::query::eval::measures::{unit_of, warnings_of};
use crate::query::eval::stored::StoredRules;
use crate::query::eval::versions::{certain_until, last_confirmed_at, rolled_out_at};
use crate::query::plan::MeasurePlan;
use crate::query::plan::ask::Axis;
use crate::query::plan::at::Argument;
use crate::query::rows::over_time::{PlaneRow, StepRow};
use crate::query::rows::{Certainty, CertaintyKind, Row, Status, Warning};
use crate::rulebook::history::History;
use crate::rulebook::resolve::Resolved;
use crate::rulebook::{Knowledge, Timeline};
use crate::statement::{RecordedSource, SourceId, StatementId, TxId};
use crate::time::{PublishedTime, RecordedTime, Timestamp, ValidTime};

/// The steps or areas of a subject at each notional.
pub(super) fn step_rows(plan: &MeasurePlan, timeline: &Timeline, stored: &StoredRules) -> Vec<Row> {
    let as_rows = |steps: Vec<StepRow>| steps.into_iter().map(|step| Row::Step(Box::new(step))).collect();
    let rows = |walk: Walk| -> Vec<Row> {
        match plan.axis {
            Axis::Valid => as_rows(walk.over_valid_time(&walk.history())),
            Axis::Published | Axis::Recorded => as_rows(walk.over_knowledge()),
            Axis::Plane => walk.over_both(),
        }
    };
    walks(plan, timeline, stored).into_iter().flat_map(rows).collect()
}

/// A subject at each notional.
pub(super) fn walks<'a>(
    plan: &'a MeasurePlan,
    timeline: &'a Timeline,
    stored: &'a StoredRules,
) -> Vec<Walk<'a>> {
    let at = plan.at_of(timeline.subject()).into_iter();
    at.map(|at| Walk { plan, at, timeline, stored }).collect()
}

/// One subject at one notional.
pub(super) struct Walk<'a> {
    pub plan: &'a MeasurePlan,
    pub at: Option<Argument>,
    timeline: &'a Timeline,
    stored: &'a StoredRules,
}

/// The answer at one time.
#[derive(Clone, PartialEq, Debug)]
struct Cell {
    status: Status,
    value: Option<Decimal>,
}

impl<'a> Walk<'a> {
    /// The versions at the basis of the question.
    pub fn history(&self) -> History<'a> {
        self.stored.rulebook.history(self.timeline, self.knowledge())
    }

    /// The steps over valid time that meet the range of the question.
    pub fn over_valid_time(&self, history: &History) -> Vec<StepRow> {
        let mut steps: Vec<StepRow> = Vec::new();
        for version in 0..history.versions().len() {
            let cell = self.cell_of(history, version);
            let until = history.versions().get(version + 1).map(|next| next.from.0);
            let statement = history.statement(version).id;
            let unsure = certain_until(history, version);
            let certain = self.certainty_of(history, version);
            let confirmed = last_confirmed_at(history, version);
            let warnings = self.warnings_of(history, version);
            match steps.last_mut() {
                Some(last) if (last.status, last.value) == (cell.status, cell.value) => {
                    last.until = until;
                    last.statements.push(statement);
                    last.certain_until = unsure;
                    last.last_confirmed_at = last.last_confirmed_at.max(confirmed);
                    join(&mut last.certainty, certain);
                    add(&mut last.warnings, warnings);
                }
                _ => steps.push(StepRow {
                    rolled_out_at: rolled_out_at(history, version),
                    certain_until: unsure,
                    last_confirmed_at: confirmed,
                    certainty: certain,
                    warnings,
                    ..self.step(cell, Some(history.versions()[version].from.0), until, vec![statement])
                }),
            }
        }
        self.inside(steps)
    }

    fn over_knowledge(&self) -> Vec<StepRow> {
        let valid_at = self.plan.basis.valid_at;
        let everything = self.stored.rulebook.history(self.timeline, Knowledge::default());
        let mut steps: Vec<StepRow> = Vec::new();
        for from in std::iter::once(None).chain(self.learnt().into_iter().map(Some)) {
            let history = self.stored.rulebook.history(self.timeline, self.known(from));
            let (cell, statement) = self.cell_at(&history, &everything, valid_at, self.known(from));
            let caused_by = from.map(|from| self.learnt_at(from)).unwrap_or_default();
            let version = history.version_at(valid_at);
            let certain = version.and_then(|version| self.certainty_at(&history, version, valid_at));
            let warnings = version.map(|version| self.warnings_of(&history, version)).unwrap_or_default();
            match steps.last_mut() {
                Some(last) if (last.status, last.value) == (cell.status, cell.value) => {
                    if statement.as_ref().is_some_and(|id| !last.statements.contains(id)) {
                        last.statements.extend(statement);
                    }
                    join(&mut last.certainty, certain);
                    add(&mut last.warnings, warnings);
                }
                last => {
                    if let Some(last) = last {
                        last.until = from;
                    }
                    let step = self.step(cell, from, None, statement.into_iter().collect());
                    steps.push(StepRow {
                        valid_at: Some(valid_at),
                        caused_by,
                        warnings,
                        certainty: certain,
                        ..step
                    });
                }
            }
        }
        self.inside(steps)
    }

    fn over_both(&self) -> Vec<Row> {
        let everything = self.stored.rulebook.history(self.timeline, Knowledge::default());
        let learnt = self.learnt();
        let slices: Vec<(Option<Timestamp>, History)> = std::iter::once(None)
            .chain(learnt.into_iter().map(Some))
            .map(|from| (from, self.stored.rulebook.history(self.timeline, self.known(from))))
            .collect();
        let starts: BTreeSet<ValidTime> = slices
            .iter()
            .flat_map(|(_, history)| history.versions().iter().map(|version| version.from))
            .chain(everything.versions().first().map(|version| version.from))
            .collect();
        let mut done: Vec<PlaneRow> = Vec::new();
        let mut open: Vec<PlaneRow> = Vec::new();
        for (known_from, history) in &slices {
            let periods = self.periods(history, &everything, &starts, self.known(*known_from));
            let mut next: Vec<PlaneRow> = Vec::new();
            for row in periods {
                let same = |other: &PlaneRow| {
                    (other.valid_from, other.valid_until, other.status, other.value)
                        == (row.valid_from, row.valid_until, row.status, row.value)
                };
                match open.iter().position(same) {
                    Some(place) => {
                        let mut known = open.swap_remove(place);
                        join_kinds(&mut known.certainty, row.certainty);
                        next.push(known);
                    }
                    None => next.push(PlaneRow { known_from: known_from.map(PublishedTime), ..row }),
                }
            }
            let ended =
                open.drain(..).map(|row| PlaneRow { known_until: known_from.map(PublishedTime), ..row });
            done.extend(ended);
            open = next;
        }
        done.extend(open);
        done.sort_by_key(|row| (row.known_from, row.valid_from));
        let inside = |row: &PlaneRow| {
            self.plan.range.meets(row.valid_from.map(|at| at.0), row.valid_until.map(|at| at.0))
        };
        done.into_iter().filter(inside).map(|row| Row::Plane(Box::new(row))).collect()
    }

    /// The periods of valid time with one answer, at one state of knowledge, without holes.
    fn periods(
        &self,
        history: &History,
        everything: &History,
        starts: &BTreeSet<ValidTime>,
        knowledge: Knowledge,
    ) -> Vec<PlaneRow> {
        let mut rows: Vec<PlaneRow> = Vec::new();
        for from in std::iter::once(None).chain(starts.iter().copied().map(Some)) {
            let (cell, _) = match from {
                Some(valid_at) => self.cell_at(history, everything, valid_at, knowledge),
                None => (Cell { status: Status::Unknown, value: None }, None),
            };
            let kinds = from.map(|from| self.kinds_at(history, from)).unwrap_or_default();
            match rows.last_mut() {
                Some(last) if (last.status, last.value) == (cell.status, cell.value) => {
                    join_kinds(&mut last.certainty, kinds);
                }
                last => {
                    if let Some(last) = last {
                        last.valid_until = from;
                    }
                    rows.push(PlaneRow {
                        subject: self.timeline.subject().clone(),
                        measure: self.plan.measure,
                        at: self.at,
                        unit: unit_of(self.plan.measure, self.timeline),
                        valid_from: from,
                        valid_until: None,
                        known_from: None,
                        known_until: None,
                        status: cell.status,
                        value: cell.value,
                        certainty: kinds,
                        tx: TxId(self.stored.tx),
                    });
                }
            }
        }
        rows
    }

    fn cell_of(&self, history: &History, version: usize) -> Cell {
        match history.rule(version) {
            None if history.has_ended(version) => Cell { status: Status::Ended, value: None },
            None => Cell { status: Status::Unknown, value: None },
            Some(rule) => {
                let outcome = evaluate(rule, self.plan.measure, self.at, self.plan.as_published);
                Cell { status: outcome.status, value: outcome.value }
            }
        }
    }

    /// The answer for one valid time, and the statement that gives it; `everything` has what was not known
    /// then from what is not known at all.
    fn cell_at(
        &self,
        history: &History,
        everything: &History,
        valid_at: ValidTime,
        knowledge: Knowledge,
    ) -> (Cell, Option<StatementId>) {
        match history.version_at(valid_at) {
            Some(version) => (self.cell_of(history, version), Some(history.statement(version).id)),
            None => {
                let nothing = self.stored.rulebook.nothing_at(everything, None, valid_at, knowledge);
                let is_later = matches!(nothing, Resolved::NotKnownThen { .. });
                let status = if is_later { Status::NotKnownThen } else { Status::Unknown };
                (Cell { status, value: None }, None)
            }
        }
    }

    /// What should be known of the answer that a version gives.
    fn warnings_of(&self, history: &History, version: usize) -> Vec<Warning> {
        let Some(rule) = history.rule(version) else { return Vec::new() };
        let outcome = evaluate(rule, self.plan.measure, self.at, self.plan.as_published);
        warnings_of(&outcome, history.statement(version), self.stored)
    }

    /// How certain a version is over its whole period.
    fn certainty_of(&self, history: &History, version: usize) -> Option<Certainty> {
        let from = history.versions()[version].from;
        let last = last_time(history, version, self.plan.basis.valid_at);
        self.certain(history, version, [from, last], self.knowledge())
    }

    /// How certain it is at one time.
    pub fn certainty_at(&self, history: &History, version: usize, at: ValidTime) -> Option<Certainty> {
        self.certain(history, version, [at, at], self.knowledge())
    }

    fn certain(
        &self,
        history: &History,
        version: usize,
        times: [ValidTime; 2],
        knowledge: Knowledge,
    ) -> Option<Certainty> {
        let outcome = evaluate(history.rule(version)?, self.plan.measure, self.at, self.plan.as_published);
        let reach = Reach::of(self.plan.measure, outcome.tier.map(|tier| tier.number));
        certainty_over(history, version, times, reach, knowledge, self.stored)
    }

    /// What makes the version that is in force at a time uncertain, anywhere in it.
    fn kinds_at(&self, history: &History, at: ValidTime) -> Vec<CertaintyKind> {
        let version = history.version_at(at);
        let certain = version.and_then(|version| self.certainty_of(history, version));
        certain.map(|certainty| certainty.kinds().collect()).unwrap_or_default()
    }

    fn knowledge(&self) -> Knowledge {
        Knowledge { known_at: self.plan.basis.known_at, recorded_by: self.plan.basis.recorded_by }
    }

    /// What was known from a time of the axis on; nothing before the first.
    fn known(&self, from: Option<Timestamp>) -> Knowledge {
        let from = from.unwrap_or(Timestamp::FIRST);
        match self.plan.axis {
            Axis::Recorded => Knowledge { recorded_by: Some(RecordedTime(from)), ..self.knowledge() },
            _ => Knowledge { known_at: Some(PublishedTime(from)), ..self.knowledge() },
        }
    }

    /// The times at which something about the subject became known, in order.
    fn learnt(&self) -> Vec<Timestamp> {
        let limit = match self.plan.axis {
            Axis::Recorded => self.knowledge().recorded_by.map(|at| at.0),
            _ => self.knowledge().known_at.map(|at| at.0),
        };
        let timestamps: BTreeSet<Timestamp> = self.learning().into_iter().map(|(at, _)| at).collect();
        timestamps.into_iter().filter(|at| limit.is_none_or(|limit| *at <= limit)).collect()
    }

    /// The sources from which something became known at a time.
    fn learnt_at(&self, at: Timestamp) -> Vec<SourceId> {
        let sources: BTreeSet<SourceId> =
            self.learning().into_iter().filter(|(when, _)| *when == at).map(|(_, source)| source).collect();
        sources.into_iter().collect()
    }

    /// Every source that states or retracts something about the subject, with the time of the axis.
    fn learning(&self) -> Vec<(Timestamp, SourceId)> {
        let recorded = self.plan.axis == Axis::Recorded;
        let when = |it: &RecordedSource| {
            if recorded { it.recorded_at.0 } else { it.source.published_at.0 }
        };
        let all = self.stored.rulebook.recordings_about(self.timeline);
        all.into_iter().map(|it| (when(it), it.source.id)).collect()
    }

    fn step(
        &self,
        cell: Cell,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        statements: Vec<StatementId>,
    ) -> StepRow {
        StepRow {
            subject: self.timeline.subject().clone(),
            measure: self.plan.measure,
            at: self.at,
            unit: unit_of(self.plan.measure, self.timeline),
            axis: self.plan.axis,
            valid_at: None,
            from,
            until,
            status: cell.status,
            value: cell.value,
            rolled_out_at: None,
            certain_until: None,
            last_confirmed_at: None,
            certainty: None,
            warnings: Vec::new(),
            statements,
            caused_by: Vec::new(),
            tx: TxId(self.stored.tx),
        }
    }

    fn inside(&self, mut steps: Vec<StepRow>) -> Vec<StepRow> {
        steps.retain(|step| self.plan.range.meets(step.from, step.until));
        steps
    }
}

/// Adds the warnings that are not there yet.
fn join(into: &mut Option<Certainty>, other: Option<Certainty>) {
    match (into, other) {
        (Some(into), Some(other)) => into.add(other),
        (into @ None, other) => *into = other,
        (Some(_), None) => {}
    }
}

/// The kinds of both; settled only where nothing else applies.
fn join_kinds(into: &mut Vec<CertaintyKind>, other: Vec<CertaintyKind>) {
    into.extend(other);
    into.sort_unstable();
    into.dedup();
    if into.len() > 1 {
        into.retain(|kind| *kind != CertaintyKind::Settled);
    }
}

fn add(warnings: &mut Vec<Warning>, more: Vec<Warning>) {
    for warning in more {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
}
