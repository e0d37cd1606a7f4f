//! The rows of columns, one after the other, by one thread or several.

use std::thread;

use super::find::{Found, Row, Rows};
use super::{Columns, Evaluated, Notionals};
use crate::compiled::{Compiled, StatementPlace};
use crate::decimal::Decimal;
use crate::query::plan::at::Argument;
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::measure::Measure;
use crate::rule::fixed::{DECIMALS, Fixed};

/// The fewest rows that are worth a thread.
const ROWS_OF_A_THREAD: usize = 20_000;

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
        timelines: &[Option<Row>],
        mut part: Part,
        notional: impl Fn(usize) -> Option<Fixed>,
        amount: impl Fn(usize) -> Decimal,
    ) {
        let Columns { subjects, valid_at, known_at, recorded_by, .. } = *self;
        let rows = Rows { timelines, subjects, valid_at, known_at, recorded_by };
        let first = part.first;
        rows.each(first..first + part.statuses.len(), notional, |row, found| {
            let (place, argument) = (row - first, || Some(Argument::Amount(amount(row))));
            if !part.put_quickly(place, self.measure, found) {
                part.put(place, found.answer(self.measure, argument()));
            }
            if self.with_holds {
                part.holds[place] = found.holds(self.measure, argument);
            }
        });
    }
}

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
    fn put_quickly(&mut self, place: usize, measure: Measure, found: &Found) -> bool {
        let Some((answer, kind)) = found.in_whole_numbers(measure) else { return false };
        let Some(value) = answer.value.without_zeros().decimal() else { return false };
        self.statuses[place] = answer.status;
        self.values[place] = value;
        self.tiers[place] = answer.tier;
        self.leverages[place] = answer.leverage;
        self.certainties[place] = Some(kind);
        self.statements[place] = found.statement();
        true
    }
}
