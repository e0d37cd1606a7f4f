//! The questions of some rows, read from their columns.

use arrow_array::RecordBatch;

use super::bind::{Bound, Moment};
use super::names::Names;
use super::symbols::Symbols;
use super::{Evaluation, OnError};
use crate::cells::CellTimes;
use crate::column_files::Places;
use crate::column_files::cells::Column;
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
    /// What is wrong with the first row that is left out, as are those after it.
    pub stopped_by: Option<Error>,
    /// The names of columns with times of no zone, which were taken as UTC.
    pub without_zone: Vec<String>,
}

/// Reads the questions of a part.
///
/// # Errors
/// A column has a type that no question is in.
pub fn read(
    evaluation: &Evaluation,
    bound: &Bound,
    rules: &Snapshot,
    names: &mut Names,
    (batch, places): (&RecordBatch, &Places),
) -> Result<Questions> {
    let mut reading = Reading { evaluation, batch, places, questions: Questions::default() };
    let times = CellTimes { now: evaluation.now, zone: evaluation.zone };
    let unknown = rules.unknown_handle();
    let (schema, rows) = (batch.schema_ref(), batch.num_rows());
    let symbols = Symbols::of(batch.column(bound.symbol), schema.field(bound.symbol), names)?;
    let mut questions = Questions {
        subjects: reading.column(bound.symbol, unknown, |row| symbols.subject(row, names)),
        notionals: match bound.notional {
            Some(place) => reading.cells(place, Decimal::ZERO, Column::amount)?,
            None => vec![Decimal::ZERO; rows],
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
    for (row, _) in &questions.unreadable {
        questions.subjects[*row] = unknown;
    }
    if evaluation.on_error == OnError::Stop && !questions.unreadable.is_empty() {
        let (row, error) = questions.unreadable.swap_remove(0);
        questions.unreadable.clear();
        questions.subjects.truncate(row);
        questions.stopped_by = Some(error.hint("or go on without the answers of such rows: --on-error null"));
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
    /// The cells of a column of some type; `otherwise` where one cannot be read.
    fn cells<T: Copy>(
        &mut self,
        place: usize,
        otherwise: T,
        read: impl Fn(&Column, usize) -> Result<T>,
    ) -> Result<Vec<T>> {
        let schema = self.batch.schema_ref();
        let field = schema.field(place);
        let column = Column::of(self.batch.column(place), field)?;
        if column.lacks_zone() && self.evaluation.zone.is_none() {
            self.questions.without_zone.push(field.name().clone());
        }
        Ok(self.column(place, otherwise, |row| read(&column, row)))
    }

    /// The cells of a column; `otherwise` where one cannot be read, and after it if that stops the evaluation.
    fn column<T: Copy>(
        &mut self,
        place: usize,
        otherwise: T,
        mut read: impl FnMut(usize) -> Result<T>,
    ) -> Vec<T> {
        let mut cells = vec![otherwise; self.batch.num_rows()];
        for (row, cell) in cells.iter_mut().enumerate() {
            match read(row) {
                Ok(found) => *cell = found,
                Err(why) => {
                    let name = self.batch.schema_ref().field(place).name();
                    let error = why.in_row(&format!("{} column `{name}`", self.places.words(row)));
                    self.questions.unreadable.push((row, error));
                    if self.evaluation.on_error == OnError::Stop {
                        break;
                    }
                }
            }
        }
        cells
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
