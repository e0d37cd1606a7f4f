//! The rows of columns, one after the other, by one thread or several.

use std::thread;

use super::{Columns, Evaluated, Notionals};
use crate::compiled::{Asked, Compiled, CompiledTimeline, PlaceInTiers, Segment, StatementPlace};
use crate::decimal::Decimal;
use crate::query::plan::at::Argument;
use crate::query::rows::{CertaintyKind, Status};
use crate::rule::fixed::Fixed;
use crate::statement::At;
use crate::subject_rules::SubjectRules;
use crate::time::{PublishedTime, RecordedTime, Timestamp, ValidTime};

/// The fewest rows that are worth a thread.
const ROWS_OF_A_THREAD: usize = 20_000;

/// The timeline of a subject that rows ask about.
pub struct Row<'a> {
    /// The rules of the subject.
    pub rules: &'a SubjectRules,
    /// Its timeline by what was recorded at the time asked about.
    pub timeline: &'a CompiledTimeline,
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
}

impl<'a> Part<'a> {
    fn all(answers: &'a mut Evaluated, rows: usize) -> Part<'a> {
        answers.statuses.resize(rows, Status::UnknownSubject);
        answers.values.resize(rows, Decimal::ZERO);
        answers.tiers.resize(rows, 0);
        answers.leverages.resize(rows, 0);
        answers.certainties.resize(rows, None);
        answers.statements.resize(rows, None);
        Part {
            first: 0,
            statuses: &mut answers.statuses,
            values: &mut answers.values,
            tiers: &mut answers.tiers,
            leverages: &mut answers.leverages,
            certainties: &mut answers.certainties,
            statements: &mut answers.statements,
        }
    }

    /// The first rows, and those after them.
    fn split(self, rows: usize) -> (Part<'a>, Part<'a>) {
        let (statuses, values) = (self.statuses.split_at_mut(rows), self.values.split_at_mut(rows));
        let (tiers, leverages) = (self.tiers.split_at_mut(rows), self.leverages.split_at_mut(rows));
        let certainties = self.certainties.split_at_mut(rows);
        let statements = self.statements.split_at_mut(rows);
        let one = Part {
            first: self.first,
            statuses: statuses.0,
            values: values.0,
            tiers: tiers.0,
            leverages: leverages.0,
            certainties: certainties.0,
            statements: statements.0,
        };
        let rest = Part {
            first: self.first + rows,
            statuses: statuses.1,
            values: values.1,
            tiers: tiers.1,
            leverages: leverages.1,
            certainties: certainties.1,
            statements: statements.1,
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
        let mut rest = Part::all(answers, rows);
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
                self.fill_rows(subjects, part, |row| (column[row], Fixed::of(column[row])));
            }
            Notionals::Units(column) => {
                let decimals = crate::rule::fixed::DECIMALS;
                self.fill_rows(subjects, part, |row| {
                    (Decimal::new(column[row], decimals), Fixed::of_units(column[row]))
                });
            }
        }
    }

    fn fill_rows(
        &self,
        subjects: &[Option<Row>],
        part: Part,
        notional: impl Fn(usize) -> (Decimal, Option<Fixed>),
    ) {
        let mut part = part;
        let rows = part.statuses.len();
        for start in (0..rows).step_by(BLOCK) {
            let count = BLOCK.min(rows - start);
            let mut block: [Option<Step>; BLOCK] = [None; BLOCK];
            for (place, step) in block.iter_mut().take(count).enumerate() {
                let row = part.first + start + place;
                let Some(Some(subject)) = subjects.get(self.subjects[row].place()) else { continue };
                let asked = self.asked(row, notional(row));
                let segment = subject.timeline.segment(&asked, subject.rules.rules());
                *step = Some(Step { subject, asked, segment, place: PlaceInTiers::Open });
            }
            for Step { subject, asked, segment, place } in block.iter_mut().take(count).flatten() {
                if let Some(segment) = segment {
                    *place = subject.timeline.place_in_tiers(segment, asked);
                }
            }
            for (place, step) in block.iter().take(count).enumerate() {
                part.put(start + place, step.as_ref(), self.recorded_by);
            }
        }
    }

    fn asked(&self, row: usize, (amount, notional): (Decimal, Option<Fixed>)) -> Asked {
        Asked {
            measure: self.measure,
            at: Some(Argument::Amount(amount)),
            notional,
            valid_at: ValidTime(self.valid_at[row]),
            known_at: self.known_at.map(|column| PublishedTime(column[row])),
        }
    }
}

/// How far a row is.
#[derive(Clone, Copy)]
struct Step<'a> {
    subject: &'a Row<'a>,
    asked: Asked,
    /// The period that answers; `None` for the general way.
    segment: Option<&'a Segment>,
    place: PlaceInTiers,
}

/// How many rows do one step before the next: they wait for memory together.
const BLOCK: usize = 32;

impl Part<'_> {
    /// Answers a row.
    fn put(&mut self, place: usize, step: Option<&Step>, recorded_by: Option<Timestamp>) {
        let Some(Step { subject, asked, segment, place: tier }) = step else {
            self.statuses[place] = Status::UnknownSubject;
            self.values[place] = Decimal::ZERO;
            (self.tiers[place], self.leverages[place]) = (0, 0);
            (self.certainties[place], self.statements[place]) = (None, None);
            return;
        };
        let found = segment.and_then(|segment| subject.timeline.by_segment(segment, *tier, asked));
        let found = found.unwrap_or_else(|| subject.general(asked, recorded_by));
        self.statuses[place] = found.status;
        self.values[place] = found.value.unwrap_or_default();
        self.tiers[place] = found.tier.map_or(0, |tier| tier as u32 + 1);
        self.leverages[place] = found.leverage;
        self.certainties[place] = found.kind;
        self.statements[place] = found.statement.and_then(|place| subject.timeline.statement_place(place));
    }
}

impl Row<'_> {
    /// The answer the general way.
    #[cold]
    fn general(&self, asked: &Asked, recorded_by: Option<Timestamp>) -> Compiled {
        let recorded_by = recorded_by.map(RecordedTime);
        let basis = At { valid_at: asked.valid_at, known_at: asked.known_at, recorded_by };
        self.rules.in_numbers(asked.measure, asked.at, basis)
    }
}
