//! The rows of columns, one after the other, by one thread or several.

use std::thread;

use super::{Columns, Evaluated, Notionals};
use crate::compiled::{
    Asked, Compiled, CompiledTimeline, Segment, StartsRef, StatementPlace, in_whole_numbers, period_at,
};
use crate::decimal::Decimal;
use crate::query::plan::at::Argument;
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::measure::Measure;
use crate::rule::fixed::{DECIMALS, Figures, Fixed, FixedTable, PlaceInTiers};
use crate::statement::At;
use crate::subject_rules::SubjectRules;
use crate::time::{PublishedTime, RecordedTime, Timestamp, ValidTime};

/// The fewest rows that are worth a thread.
const ROWS_OF_A_THREAD: usize = 20_000;

/// The timeline of a subject that rows ask about.
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
}

/// The columns of some of the rows.
struct Part<'a> {
    first: usize,
    statuses: &'a mut [Status],
    values: &'a mut [Decimal],
    tiers: &'a mut [u32],
    leverages: &'a mut [u32],
    certainties: &'a mut [Option<CertaintyKind>],
    statements: &'a mut [Option<StatementPlace>],
    /// Empty where nobody asked.
    holds: &'a mut [Option<u8>],
}

impl<'a> Part<'a> {
    fn all(answers: &'a mut Evaluated, rows: usize, with_holds: bool) -> Part<'a> {
        answers.statuses.resize(rows, Status::UnknownSubject);
        answers.values.resize(rows, Decimal::ZERO);
        answers.tiers.resize(rows, 0);
        answers.leverages.resize(rows, 0);
        answers.certainties.resize(rows, None);
        answers.statements.resize(rows, None);
        answers.holds.resize(if with_holds { rows } else { 0 }, None);
        Part {
            first: 0,
            statuses: &mut answers.statuses,
            values: &mut answers.values,
            tiers: &mut answers.tiers,
            leverages: &mut answers.leverages,
            certainties: &mut answers.certainties,
            statements: &mut answers.statements,
            holds: &mut answers.holds,
        }
    }

    /// The first rows, and those after them.
    fn split(self, rows: usize) -> (Part<'a>, Part<'a>) {
        let (statuses, values) = (self.statuses.split_at_mut(rows), self.values.split_at_mut(rows));
        let (tiers, leverages) = (self.tiers.split_at_mut(rows), self.leverages.split_at_mut(rows));
        let certainties = self.certainties.split_at_mut(rows);
        let statements = self.statements.split_at_mut(rows);
        let holds = self.holds.split_at_mut(rows.min(self.holds.len()));
        let one = Part {
            first: self.first,
            statuses: statuses.0,
            values: values.0,
            tiers: tiers.0,
            leverages: leverages.0,
            certainties: certainties.0,
            statements: statements.0,
            holds: holds.0,
        };
        let rest = Part {
            first: self.first + rows,
            statuses: statuses.1,
            values: values.1,
            tiers: tiers.1,
            leverages: leverages.1,
            certainties: certainties.1,
            statements: statements.1,
            holds: holds.1,
        };
        (one, rest)
    }
}

impl Columns<'_> {
    /// Answers all rows; the subjects of the snapshot are by their places, `None` where no row asks.
    pub(crate) fn fill(&self, subjects: &[Option<Row>], answers: &mut Evaluated) {
        let rows = self.subjects.len();
        let available = || thread::available_parallelism().map_or(1, usize::from);
        let threads = if self.threads == 0 { available() } else { self.threads };
        let threads = threads.min(rows / ROWS_OF_A_THREAD).max(1);
        let mut rest = Part::all(answers, rows, self.with_holds);
        thread::scope(|scope| {
            for left in (1..threads).rev() {
                let share = (rows - rest.first) / (left + 1);
                let (part, after) = rest.split(share);
                scope.spawn(|| self.fill_part(subjects, part));
                rest = after;
            }
            self.fill_part(subjects, rest);
        });
    }

    fn fill_part(&self, subjects: &[Option<Row>], part: Part) {
        match self.notionals {
            Notionals::Decimals(column) => {
                self.fill_rows(subjects, part, |row| Fixed::of(column[row]), |row| column[row]);
            }
            Notionals::Units(column) => {
                let amount = |row: usize| Decimal::new(column[row], DECIMALS);
                self.fill_rows(subjects, part, |row| Fixed::of_units(column[row]), amount);
            }
        }
    }

    fn fill_rows(
        &self,
        subjects: &[Option<Row>],
        part: Part,
        notional: impl Fn(usize) -> Option<Fixed>,
        amount: impl Fn(usize) -> Decimal,
    ) {
        let mut part = part;
        let rows = part.statuses.len();
        let mut steps: [Step; BLOCK] = [Step::default(); BLOCK];
        for start in (0..rows).step_by(BLOCK) {
            let block = start..rows.min(start + BLOCK);
            for (step, row) in steps.iter_mut().zip(block.clone()) {
                let row = part.first + row;
                step.subject = subjects.get(self.subjects[row].place()).and_then(Option::as_ref);
                step.notional = notional(row);
                let valid_at = ValidTime(self.valid_at[row]);
                step.segment = step.subject.and_then(|it| it.segment(valid_at, self.known_at_of(row)));
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
            for (step, place) in steps.iter().zip(block.clone()) {
                let row = part.first + place;
                let (valid_at, known_at) = (ValidTime(self.valid_at[row]), self.known_at_of(row));
                if part.put_quickly(place, self.measure, (valid_at, known_at), step) {
                    continue;
                }
                let (measure, at) = (self.measure, Some(Argument::Amount(amount(row))));
                let asked = Asked { measure, at, notional: step.notional, valid_at, known_at };
                part.put(place, step.answer(&asked, self.recorded_by));
            }
            if self.with_holds {
                for (step, place) in steps.iter().zip(block) {
                    let row = part.first + place;
                    let (valid_at, known_at) = (ValidTime(self.valid_at[row]), self.known_at_of(row));
                    let (measure, at) = (self.measure, Some(Argument::Amount(amount(row))));
                    let asked = Asked { measure, at, notional: step.notional, valid_at, known_at };
                    part.holds[place] = step.holds(&asked, self.recorded_by);
                }
            }
        }
    }

    fn known_at_of(&self, row: usize) -> Option<PublishedTime> {
        self.known_at.map(|column| PublishedTime(column[row]))
    }
}

/// How far a row is.
#[derive(Clone, Copy, Default)]
struct Step<'a> {
    /// `None` for a subject that is not stored.
    subject: Option<&'a Row<'a>>,
    notional: Option<Fixed>,
    /// The period that answers; `None` for the general way.
    segment: Option<&'a Segment>,
    table: Option<FixedTable>,
    place: PlaceInTiers,
}

/// How many rows do one step before the next: they wait for memory together.
const BLOCK: usize = 32;

/// The answer about a subject that is not stored.
const NOT_STORED: Compiled = Compiled {
    status: Status::UnknownSubject,
    value: None,
    tier: None,
    leverage: 0,
    kind: None,
    statement: None,
};

impl Part<'_> {
    /// Puts the answer to a row into its columns.
    fn put(&mut self, place: usize, found: Compiled) {
        self.statuses[place] = found.status;
        self.values[place] = found.value.unwrap_or_default();
        self.tiers[place] = found.tier.map_or(0, |tier| tier as u32 + 1);
        self.leverages[place] = found.leverage;
        self.certainties[place] = found.kind;
        self.statements[place] = found.statement.map(|it| it.in_snapshot);
    }

    /// As [`Part::put`], where whole numbers answer; else nothing is put. Almost every row is such, and nothing of it is
    /// moved twice.
    #[allow(
        clippy::inline_always,
        reason = "a row is some tens of instructions, and a call moves half as many"
    )]
    #[inline(always)]
    fn put_quickly(
        &mut self,
        place: usize,
        measure: Measure,
        at: (ValidTime, Option<PublishedTime>),
        step: &Step,
    ) -> bool {
        let (Some(Row { timeline, .. }), Some(segment)) = (step.subject, step.segment) else { return false };
        let Some((table, notional)) = step.table.zip(step.notional) else { return false };
        let Some(found) = in_whole_numbers(measure, table, notional, step.place) else { return false };
        let Some(value) = found.value.decimal() else { return false };
        let tier = found.tier.checked_sub(1).map(|tier| tier as usize);
        let kind = segment.kind.unwrap_or_else(|| timeline.kind(segment, measure, tier, at));
        self.statuses[place] = found.status;
        self.values[place] = value;
        self.tiers[place] = found.tier;
        self.leverages[place] = found.leverage;
        self.certainties[place] = Some(kind);
        self.statements[place] = segment.statement.map(|it| it.in_snapshot);
        true
    }
}

impl Step<'_> {
    /// The answer of the timeline; where it has none, the general way, or that the subject is not stored.
    #[cold]
    fn answer(&self, asked: &Asked, recorded_by: Option<Timestamp>) -> Compiled {
        let Some(Row { rules, timeline, .. }) = self.subject else { return NOT_STORED };
        let found = self.segment.and_then(|segment| timeline.by_segment(segment, self.place, asked));
        found.unwrap_or_else(|| {
            let recorded_by = recorded_by.map(RecordedTime);
            let basis = At { valid_at: asked.valid_at, known_at: asked.known_at, recorded_by };
            rules.in_numbers(asked.measure, asked.at, basis)
        })
    }

    /// How probable it is that the table of the answer still holds.
    fn holds(&self, asked: &Asked, recorded_by: Option<Timestamp>) -> Option<u8> {
        let Row { rules, timeline, .. } = self.subject?;
        match self.segment.filter(|segment| !segment.is_general()) {
            Some(segment) => timeline.holds(segment, asked.valid_at, asked.known_at),
            None => {
                let recorded_by = recorded_by.map(RecordedTime);
                let basis = At { valid_at: asked.valid_at, known_at: asked.known_at, recorded_by };
                rules.row(asked.measure, asked.at, basis)?.context.holds
            }
        }
    }
}

impl Row<'_> {
    /// The period that answers; `None` for the general way.
    #[inline]
    fn segment(&self, valid_at: ValidTime, known_at: Option<PublishedTime>) -> Option<&Segment> {
        match known_at {
            None => period_at(self.starts, self.segments, valid_at),
            Some(_) => self.timeline.segment(valid_at, known_at, self.rules.rules()),
        }
    }
}
