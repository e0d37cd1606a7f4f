//! The period and the tier of each row, found for some rows at a time, so that they wait for memory together.

use std::ops::Range;

use super::SubjectHandle;
use crate::compiled::{
    Asked, Compiled, CompiledTimeline, InWholeNumbers, Segment, StartsRef, StatementPlace, in_whole_numbers,
    period_at,
};
use crate::query::plan::at::Argument;
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::measure::Measure;
use crate::rule::fixed::{Figures, Fixed, FixedTable, PlaceInTiers};
use crate::statement::At;
use crate::subject_rules::SubjectRules;
use crate::time::{PublishedTime, RecordedTime, Timestamp, ValidTime};

/// The timeline of a subject that rows ask about.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    rules: &'a SubjectRules,
    timeline: &'a CompiledTimeline,
    // What almost every row needs of the timeline, so that it waits for memory once less.
    starts: StartsRef<'a>,
    segments: &'a [Segment],
    figures: &'a Figures,
}

impl<'a> Row<'a> {
    /// Of a subject, whose timeline is by what was recorded at the time asked about.
    pub fn new(rules: &'a SubjectRules, timeline: &'a CompiledTimeline) -> Row<'a> {
        let (starts, segments, figures) = timeline.periods();
        Row { rules, timeline, starts, segments, figures }
    }

    /// The period that answers; `None` for the general way.
    #[inline]
    fn segment(&self, valid_at: ValidTime, known_at: Option<PublishedTime>) -> Option<&'a Segment> {
        match known_at {
            None => period_at(self.starts, self.segments, valid_at),
            Some(_) => self.timeline.segment(valid_at, known_at, self.rules.rules()),
        }
    }
}

/// Rows to find.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The timelines by the places of their subjects; `None` where no row asks.
    pub timelines: &'a [Option<Row<'a>>],
    pub subjects: &'a [SubjectHandle],
    pub valid_at: &'a [Timestamp],
    pub known_at: Option<&'a [Timestamp]>,
    pub recorded_by: Option<Timestamp>,
}

/// How many rows do one step before the next.
const BLOCK: usize = 32;

/// A row with what was found of it.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    /// `None` for a subject that is not stored.
    subject: Option<&'a Row<'a>>,
    notional: Option<Fixed>,
    at: At,
    /// The period that answers; `None` for the general way.
    segment: Option<&'a Segment>,
    table: Option<FixedTable>,
    place: PlaceInTiers,
}

/// The answer about a subject that is not stored.
const NOT_STORED: Compiled = Compiled {
    status: Status::UnknownSubject,
    value: None,
    tier: None,
    leverage: 0,
    kind: None,
    statement: None,
};

impl<'a> Rows<'a> {
    /// Finds some rows, with their notionals where these are whole numbers, and gives them one after the other.
    #[allow(clippy::inline_always, reason = "what is done with a row is some tens of instructions")]
    #[inline(always)]
    pub fn each(
        &self,
        rows: Range<usize>,
        notional: impl Fn(usize) -> Option<Fixed>,
        mut found: impl FnMut(usize, &Found<'a>),
    ) {
        let recorded_by = self.recorded_by.map(RecordedTime);
        let at = At { valid_at: ValidTime(Timestamp::FIRST), known_at: None, recorded_by };
        let (segment, table, place) = (None, None, PlaceInTiers::Open);
        let mut steps = [Found { subject: None, notional: None, at, segment, table, place }; BLOCK];
        for start in rows.clone().step_by(BLOCK) {
            let block = start..rows.end.min(start + BLOCK);
            for (step, row) in steps.iter_mut().zip(block.clone()) {
                step.subject = self.timelines.get(self.subjects[row].place()).and_then(Option::as_ref);
                step.notional = notional(row);
                step.at.valid_at = ValidTime(self.valid_at[row]);
                step.at.known_at = self.known_at.map(|column| PublishedTime(column[row]));
                step.segment = step.subject.and_then(|it| it.segment(step.at.valid_at, step.at.known_at));
            }
            let count = block.len();
            for step in &mut steps[..count] {
                step.table = step.segment.and_then(Segment::fixed_table);
            }
            for step in &mut steps[..count] {
                step.place = match step.subject {
                    Some(subject) => subject.figures.place(step.table, step.notional),
                    None => PlaceInTiers::Open,
                };
            }
            for (step, row) in steps.iter().zip(block) {
                found(row, step);
            }
        }
    }
}

impl Found<'_> {
    /// The answer where whole numbers give it, as of almost every row, and how certain it is.
    #[allow(clippy::inline_always, reason = "a call moves half as much as it does")]
    #[inline(always)]
    pub fn in_whole_numbers(&self, measure: Measure) -> Option<(InWholeNumbers, CertaintyKind)> {
        let (Some(Row { timeline, .. }), Some(segment)) = (self.subject, self.segment) else { return None };
        let found = in_whole_numbers(measure, self.table?, self.notional?, self.place)?;
        let tier = found.tier.checked_sub(1).map(|tier| tier as usize);
        let at = (self.at.valid_at, self.at.known_at);
        Some((found, segment.kind.unwrap_or_else(|| timeline.kind(segment, measure, tier, at))))
    }

    /// The status of every answer where no table answers, and how certain it is; `None` where one may.
    #[cfg(feature = "columnar")]
    #[inline]
    pub fn without_table(&self) -> Option<(Status, Option<CertaintyKind>)> {
        match (self.subject, self.segment) {
            (None, _) => Some((Status::UnknownSubject, None)),
            (Some(_), Some(segment)) => Some((segment.status_without_table()?, segment.kind)),
            (Some(_), None) => None,
        }
    }

    /// The statement of the period that answers.
    #[inline]
    pub fn statement(&self) -> Option<StatementPlace> {
        self.segment?.statement.map(|it| it.in_snapshot)
    }

    /// The answer of the timeline; where it has none, the general way, or that the subject is not stored.
    #[cold]
    pub fn answer(&self, measure: Measure, argument: Option<Argument>) -> Compiled {
        let Some(Row { rules, timeline, .. }) = self.subject else { return NOT_STORED };
        let At { valid_at, known_at, .. } = self.at;
        let asked = Asked { measure, at: argument, notional: self.notional, valid_at, known_at };
        let found = self.segment.and_then(|segment| timeline.by_segment(segment, self.place, &asked));
        found.unwrap_or_else(|| rules.in_numbers(measure, argument, self.at))
    }

    /// The answer the general way, about a measure that takes a leverage too.
    #[cfg(feature = "columnar")]
    pub fn in_general(&self, measure: Measure, argument: Argument) -> Compiled {
        self.subject.map_or(NOT_STORED, |it| it.rules.in_numbers(measure, Some(argument), self.at))
    }

    /// How probable it is that the table of the answer still holds, in percent.
    #[inline]
    pub fn holds(&self, measure: Measure, argument: impl Fn() -> Option<Argument>) -> Option<u8> {
        let Row { rules, timeline, .. } = self.subject?;
        match self.segment.filter(|segment| !segment.is_general()) {
            Some(segment) => timeline.holds(segment, self.at.valid_at, self.at.known_at),
            None => rules.row(measure, argument(), self.at)?.context.holds,
        }
    }
}
