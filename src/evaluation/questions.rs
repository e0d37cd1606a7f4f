//! The questions of some rows, read from their columns.

use arrow_array::RecordBatch;

use super::bind::{Bound, Moment};
use super::cells::Column;
use super::input::Places;
use super::names::Names;
use super::{Evaluation, OnError};
use crate::cells::CellTimes;
use crate::columns::SubjectHandle;
use crate::decimal::Decimal;
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;
use crate::time::Timestamp;

/// The questions of rows.
#[derive(Default)]
pub struct Questions {
    pub subjects: Vec<SubjectHandle>,
    pub notionals: Vec<Decimal>,
    pub times: Vec<Timestamp>,
    pub known_at: Option<Vec<Timestamp>>,
    /// Where a column has them and a measure takes them.
    pub leverages: Option<Vec<Option<u32>>>,
    /// The rows with a cell that cannot be read, in order, each once, and what is wrong there.
    pub unreadable: Vec<(usize, Error)>,
    /// The names of columns with times of no zone, which were taken as UTC.
    pub without_zone: Vec<String>,
}

/// Reads the questions of a part.
///
/// # Errors
/// A column has a type that no question is in; or a cell cannot be read and that stops the evaluation.
pub fn read(
    evaluation: &Evaluation,
    bound: &Bound,
    rules: &Snapshot,
    names: &mut Names,
    (batch, places): (&RecordBatch, &Places),
) -> Result<Questions> {
    let mut reading = Reading { evaluation, batch, places, questions: Questions::default() };
    let rows = 0..batch.num_rows();
    let times = CellTimes { now: evaluation.now, zone: evaluation.zone };
    let unknown = rules.unknown_handle();
    let mut questions = Questions {
        subjects: reading.cells(bound.symbol, unknown, |column, row| {
            names.handle(&column.text(row)?).map_err(Clone::clone)
        })?,
        notionals: match bound.notional {
            Some(place) => reading.cells(place, Decimal::ZERO, Column::amount)?,
            None => vec![Decimal::ZERO; rows.len()],
        },
        times: reading.moments(bound.time, times)?,
        known_at: bound.known_at.map(|moment| reading.moments(moment, times)).transpose()?,
        leverages: match bound.leverage {
            Some(place) => Some(reading.cells(place, None, |column, row| column.leverage(row).map(Some))?),
            None => None,
        },
        ..reading.questions
    };
    // The first cell of the first such row, wherever a part begins.
    questions.unreadable.sort_by_key(|(row, _)| *row);
    questions.unreadable.dedup_by_key(|(row, _)| *row);
    if evaluation.on_error == OnError::Stop && !questions.unreadable.is_empty() {
        let (_, error) = questions.unreadable.swap_remove(0);
        return Err(error.hint("or go on without the answers of such rows: --on-error null"));
    }
    for (row, _) in &questions.unreadable {
        questions.subjects[*row] = unknown;
    }
    Ok(questions)
}

struct Reading<'a> {
    evaluation: &'a Evaluation,
    batch: &'a RecordBatch,
    places: &'a Places,
    questions: Questions,
}

impl Reading<'_> {
    /// The cells of a column; `otherwise` where one cannot be read and that stops nothing.
    fn cells<T: Clone>(
        &mut self,
        place: usize,
        otherwise: T,
        mut read: impl FnMut(&Column, usize) -> Result<T>,
    ) -> Result<Vec<T>> {
        let schema = self.batch.schema_ref();
        let field = schema.field(place);
        let column = Column::of(self.batch.column(place), field)?;
        if column.lacks_zone() && self.evaluation.zone.is_none() {
            self.questions.without_zone.push(field.name().clone());
        }
        let mut cells = Vec::with_capacity(self.batch.num_rows());
        for row in 0..self.batch.num_rows() {
            match read(&column, row) {
                Ok(cell) => cells.push(cell),
                Err(why) => {
                    let error = why.in_row(&format!("{} column `{}`", self.places.words(row), field.name()));
                    self.questions.unreadable.push((row, error));
                    cells.push(otherwise.clone());
                    if self.evaluation.on_error == OnError::Stop {
                        // What comes after it in this column is not asked about.
                        cells.resize(self.batch.num_rows(), otherwise);
                        break;
                    }
                }
            }
        }
        Ok(cells)
    }

    fn moments(&mut self, moment: Moment, times: CellTimes) -> Result<Vec<Timestamp>> {
        match moment {
            Moment::At(time) => Ok(vec![time; self.batch.num_rows()]),
            Moment::Column(place) => {
                self.cells(place, Timestamp::FIRST, |column, row| column.time(row, times))
            }
        }
    }
}
