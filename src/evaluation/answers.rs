//! The answers of some rows, as columns: a row is looked up once for all measures.

use std::sync::Arc;

use arrow_array::builder::UInt32Builder;
use arrow_array::{ArrayRef, UInt32Array};

use super::fields::{Numbers, digits};
use super::known::Known;
use super::numbers::NumberBuilder;
use super::questions::Questions;
use super::{Evaluation, OnError};
use crate::column_files::Places;
use crate::column_types::Digits;
use crate::columns::{Found, Row, Rows};
use crate::compiled::{Compiled, StatementPlace};
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::query::plan::at::Argument;
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::measure::{Measure, Takes};
use crate::rule::fixed::Fixed;
use crate::time::Timestamp;

/// The answers to the rows of a part, which are added some at a time.
pub struct Answers {
    columns: Vec<Column>,
    /// Whether a column does, and is therefore answered the general way.
    takes_leverage: bool,
    known: Known,
    /// The places of the sources among those of the snapshot.
    sources: UInt32Builder,
    on_error: OnError,
    /// The values that have more digits than their columns, with their rows.
    too_wide: Vec<(usize, TooWide)>,
}

impl Answers {
    /// No answers yet, with room for so many.
    pub fn new(evaluation: &Evaluation, has_leverages: bool, rows: usize) -> Answers {
        let column = |measure: &Measure| Column::new(*measure, evaluation.numbers, has_leverages, rows);
        let columns: Vec<Column> = evaluation.measures.iter().map(column).collect();
        Answers {
            takes_leverage: columns.iter().any(|column| column.takes_leverage),
            columns,
            known: Known::new(evaluation.numbers, rows),
            sources: UInt32Builder::with_capacity(rows),
            on_error: evaluation.on_error,
            too_wide: Vec::new(),
        }
    }

    /// Adds the answers to some rows, by the timelines at the places of their subjects. Gives what is wrong with rows of
    /// which a value has more digits than its column.
    ///
    /// # Errors
    /// There is such a row, and that stops the evaluation.
    pub fn add(
        &mut self,
        timelines: &[Option<Row>],
        recorded_by: Option<Timestamp>,
        questions: &Questions,
        places: &Places,
    ) -> Result<Vec<(usize, Error)>> {
        let Questions { subjects, times: valid_at, known_at, notionals, .. } = questions;
        let known_at = known_at.as_deref();
        let rows = Rows { timelines, subjects, valid_at, known_at, recorded_by };
        let mut unreadable = questions.unreadable.iter().map(|(row, _)| *row).peekable();
        rows.each(
            0..subjects.len(),
            |row| Fixed::of(notionals[row]),
            |row, found| {
                let is_unreadable = unreadable.next_if_eq(&row).is_some();
                if self.too_wide.is_empty() || self.on_error == OnError::Null {
                    self.add_row((row, questions), found, is_unreadable);
                }
            },
        );
        let error = |(row, too_wide): (usize, TooWide)| (row, too_wide.error(&places.words(row)));
        let mut errors = std::mem::take(&mut self.too_wide).into_iter().map(error);
        match (self.on_error, errors.next()) {
            (OnError::Stop, Some((_, error))) => Err(error),
            (_, first) => Ok(first.into_iter().chain(errors).collect()),
        }
    }

    #[inline]
    fn add_row(&mut self, question: (usize, &Questions), found: &Found, mut is_unreadable: bool) {
        let without_table = if self.takes_leverage { None } else { found.without_table() };
        let (status, certainty, statement, holds) = match without_table {
            Some((status, certainty)) => {
                self.columns.iter_mut().for_each(Column::push_null);
                (status, certainty, found.statement(), None)
            }
            None => {
                let (mut status, mut certainty, mut statement) = (Status::Value, None, None);
                let mut is_too_wide = false;
                for (number, column) in self.columns.iter_mut().enumerate() {
                    let given = match column.push(question, found) {
                        Ok(given) => given,
                        Err(too_wide) => {
                            column.push_null();
                            self.too_wide.push((question.0, *too_wide));
                            is_too_wide = true;
                            continue;
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
                let holds = first.and_then(|it| found.holds(it.measure, || Some(it.argument(question))));
                is_unreadable |= is_too_wide;
                if is_too_wide { (status, None, None, None) } else { (status, certainty, statement, holds) }
            }
        };
        self.known.push((!is_unreadable).then_some(status), certainty, holds);
        self.sources.append_option(statement.map(|it| it.source));
    }

    /// The columns of the measures, what is known, and the places of the sources.
    pub fn finish(mut self) -> (Vec<ArrayRef>, Known, UInt32Array) {
        let columns = self.columns.into_iter().map(Column::finish).collect();
        (columns, self.known, self.sources.finish())
    }
}

/// A value that has more digits than its column.
struct TooWide {
    measure: Measure,
    value: Decimal,
    digits: Digits,
}

impl TooWide {
    #[cold]
    fn error(&self, place: &str) -> Error {
        let TooWide { measure, value, digits } = self;
        let (all, decimals) = digits;
        let what = format!(
            "the `{}` is {value}; its column has {all} digits, {decimals} of them decimals",
            measure.words()
        );
        Error::new(ErrorCode::TooWide, format!("{place}: {what}"))
            .hint("write notionals with fewer digits, or ask in the language: tierbook query")
    }
}

/// The answers about a measure.
struct Column {
    measure: Measure,
    takes_leverage: bool,
    values: Values,
}

enum Values {
    Numbers(NumberBuilder, Digits),
    Whole(UInt32Builder),
}

/// The answer about a measure, but for its value.
struct Given {
    status: Status,
    certainty: Option<CertaintyKind>,
    statement: Option<StatementPlace>,
}

impl Column {
    fn new(measure: Measure, numbers: Numbers, has_leverages: bool, rows: usize) -> Column {
        let values = match digits(measure) {
            Some(digits) => Values::Numbers(NumberBuilder::new(numbers, digits, rows), digits),
            None => Values::Whole(UInt32Builder::with_capacity(rows)),
        };
        let is_of_position = measure.takes() == Takes::Position;
        let takes_leverage = measure.takes() == Takes::Leverage || (measure.takes_with() && !is_of_position);
        Column { measure, takes_leverage: takes_leverage && has_leverages, values }
    }

    /// What is asked about in a row.
    fn argument(&self, (row, questions): (usize, &Questions)) -> Argument {
        let notional = questions.notionals[row];
        if self.measure.takes() == Takes::Position {
            let position = questions.positions.as_ref().and_then(|positions| positions[row]);
            return position.map_or(Argument::Amount(notional), Argument::Isolated);
        }
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
        question: (usize, &Questions),
        found: &Found,
    ) -> std::result::Result<Given, Box<TooWide>> {
        if self.takes_leverage {
            return self.push_compiled(found.in_general(self.measure, self.argument(question)));
        }
        let Some((answer, certainty)) = found.in_whole_numbers(self.measure) else {
            return self.push_compiled(found.answer(self.measure, Some(self.argument(question))));
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

    #[inline]
    fn push_null(&mut self) {
        match &mut self.values {
            Values::Numbers(builder, _) => builder.push_null(),
            Values::Whole(builder) => builder.append_null(),
        }
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
