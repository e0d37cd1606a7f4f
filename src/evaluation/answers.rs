//! The answers of some rows, as columns: a row is looked up once for all measures.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::UInt32Builder;

use super::Evaluation;
use super::fields::digits;
use super::input::Places;
use super::known::Known;
use super::numbers::NumberBuilder;
use super::questions::Questions;
use crate::columns::{Found, Row, Rows};
use crate::compiled::{Compiled, StatementPlace};
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::query::plan::at::Argument;
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::measure::{Measure, Takes};
use crate::rule::fixed::Fixed;

/// The answers to some rows.
pub struct Answers {
    /// The column of each measure.
    pub columns: Vec<ArrayRef>,
    pub known: Known,
    /// The places of the sources among those of the snapshot.
    pub sources: UInt32Builder,
}

impl Answers {
    /// The answers about all measures, by the timelines at the places of the subjects.
    ///
    /// # Errors
    /// A value has more digits than its column.
    pub fn of(
        evaluation: &Evaluation,
        timelines: &[Option<Row>],
        questions: &Questions,
        places: &Places,
    ) -> Result<Answers> {
        let count = questions.subjects.len();
        let column = |measure: &Measure| Column::new(*measure, evaluation, questions);
        let mut filled = Filled {
            questions,
            columns: evaluation.measures.iter().map(column).collect(),
            known: Known::new(evaluation.numbers, count),
            sources: UInt32Builder::with_capacity(count),
            unreadable: questions.unreadable.iter().map(|(row, _)| *row).collect(),
            too_wide: None,
        };
        let Questions { subjects, times: valid_at, known_at, notionals, .. } = questions;
        let (known_at, recorded_by) = (known_at.as_deref(), evaluation.recorded_by);
        let rows = Rows { timelines, subjects, valid_at, known_at, recorded_by };
        rows.each(0..count, |row| Fixed::of(notionals[row]), |row, found| filled.add(row, found));
        if let Some((row, TooWide { measure, value, digits })) = filled.too_wide {
            let what = format!("the `{}` is {value}, which needs more than {digits} digits", measure.words());
            return Err(Error::new(ErrorCode::TooWide, format!("{}: {what}", places.words(row)))
                .hint("write notionals with fewer digits, or ask in the language: tierbook query"));
        }
        let columns = filled.columns.into_iter().map(Column::finish).collect();
        Ok(Answers { columns, known: filled.known, sources: filled.sources })
    }
}

/// Columns that are filled row by row.
struct Filled<'a> {
    questions: &'a Questions,
    columns: Vec<Column>,
    known: Known,
    sources: UInt32Builder,
    /// The rows with a cell that cannot be read, which come next.
    unreadable: std::collections::VecDeque<usize>,
    /// The first value that has more digits than its column.
    too_wide: Option<(usize, TooWide)>,
}

/// A value that has more digits than its column.
struct TooWide {
    measure: Measure,
    value: Decimal,
    digits: u8,
}

impl Filled<'_> {
    #[inline]
    fn add(&mut self, row: usize, found: &Found) {
        if self.too_wide.is_some() {
            return;
        }
        let (mut status, mut certainty, mut statement) = (Status::Value, None, None);
        for (number, column) in self.columns.iter_mut().enumerate() {
            let given = match column.push(row, found, self.questions) {
                Ok(given) => given,
                Err(too_wide) => {
                    self.too_wide = Some((row, *too_wide));
                    return;
                }
            };
            if status == Status::Value {
                status = given.status;
            }
            certainty = certainty.into_iter().chain(given.certainty).min();
            if number == 0 {
                statement = given.statement;
            }
        }
        let first = self.columns.first();
        let holds = first.and_then(|it| found.holds(it.measure, || Some(it.argument(row, self.questions))));
        let is_unreadable = self.unreadable.front() == Some(&row);
        if is_unreadable {
            self.unreadable.pop_front();
        }
        self.known.push((!is_unreadable).then_some(status), certainty, holds);
        self.sources.append_option(statement.map(|it| it.source));
    }
}

/// The answers about a measure.
struct Column {
    measure: Measure,
    takes_leverage: bool,
    values: Values,
}

enum Values {
    Numbers(NumberBuilder, u8),
    Whole(UInt32Builder),
}

/// The answer about a measure, but for its value.
struct Given {
    status: Status,
    certainty: Option<CertaintyKind>,
    statement: Option<StatementPlace>,
}

impl Column {
    fn new(measure: Measure, evaluation: &Evaluation, questions: &Questions) -> Column {
        let rows = questions.subjects.len();
        let values = match digits(measure) {
            Some(digits) => Values::Numbers(NumberBuilder::new(evaluation.numbers, digits, rows), digits.0),
            None => Values::Whole(UInt32Builder::with_capacity(rows)),
        };
        let takes_leverage = measure.takes() == Takes::Leverage || measure.takes_with();
        Column { measure, takes_leverage: takes_leverage && questions.leverages.is_some(), values }
    }

    /// What is asked about in a row.
    fn argument(&self, row: usize, questions: &Questions) -> Argument {
        let notional = questions.notionals[row];
        match questions.leverages.as_ref().and_then(|leverages| leverages[row]) {
            Some(leverage) if self.measure.takes() == Takes::Leverage => Argument::Leverage(leverage),
            Some(leverage) if self.takes_leverage => Argument::AmountWith(notional, leverage),
            _ => Argument::Amount(notional),
        }
    }

    /// Adds a row.
    #[inline]
    fn push(
        &mut self,
        row: usize,
        found: &Found,
        questions: &Questions,
    ) -> std::result::Result<Given, Box<TooWide>> {
        if self.takes_leverage {
            return self.push_compiled(found.in_general(self.measure, self.argument(row, questions)));
        }
        let Some((answer, certainty)) = found.in_whole_numbers(self.measure) else {
            return self.push_compiled(found.answer(self.measure, Some(self.argument(row, questions))));
        };
        let has_value = answer.status == Status::Value;
        match &mut self.values {
            Values::Whole(builder) => {
                let number = if self.measure == Measure::Tier { answer.tier } else { answer.leverage };
                builder.append_option(has_value.then_some(number));
            }
            Values::Numbers(builder, digits) if has_value => {
                builder.push_short(answer.value).ok_or_else(|| {
                    let value = answer.value.without_zeros().decimal().unwrap_or_default();
                    Box::new(TooWide { measure: self.measure, value, digits: *digits })
                })?;
            }
            Values::Numbers(builder, _) => builder.push_null(),
        }
        let (status, statement) = (answer.status, found.statement());
        Ok(Given { status, certainty: Some(certainty), statement })
    }

    #[cold]
    fn push_compiled(&mut self, answer: Compiled) -> std::result::Result<Given, Box<TooWide>> {
        let has_value = answer.status == Status::Value;
        match &mut self.values {
            Values::Whole(builder) => {
                let tier = answer.tier.map_or(0, |tier| tier as u32 + 1);
                let number = if self.measure == Measure::Tier { tier } else { answer.leverage };
                builder.append_option(has_value.then_some(number));
            }
            Values::Numbers(builder, digits) => {
                let value = answer.value.filter(|_| has_value);
                builder.push(value).ok_or_else(|| {
                    let value = value.unwrap_or_default();
                    Box::new(TooWide { measure: self.measure, value, digits: *digits })
                })?;
            }
        }
        let statement = answer.statement.map(|it| it.in_snapshot);
        Ok(Given { status: answer.status, certainty: answer.kind, statement })
    }

    fn finish(self) -> ArrayRef {
        match self.values {
            Values::Numbers(builder, _) => builder.finish(),
            Values::Whole(mut builder) => Arc::new(builder.finish()),
        }
    }
}
