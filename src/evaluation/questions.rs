//! The questions of some rows, read from their columns.

use arrow_array::RecordBatch;

use super::bind::{Bound, Moment};
use super::names::Names;
use super::positions::{CellError, PositionCells, PositionColumns};
use super::symbols::Symbols;
use super::{Evaluation, OnError};
use crate::cells::CellTimes;
use crate::column_files::Places;
use crate::column_files::cells::Column;
use crate::columns::SubjectHandle;
use crate::decimal::Decimal;
use crate::error::{Error, Result};
use crate::query::plan::isolated::Isolated;
use crate::query::syntax::measure::{Measure, Takes};
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
    /// Where a measure is of a position.
    pub positions: Option<Vec<Option<Isolated>>>,
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
    let subjects = reading.column(bound.symbol, unknown, |row| symbols.subject(row, names));
    let is_asked = |measure: &Measure| matches!(measure.takes(), Takes::Amount | Takes::AmountIfTiered);
    let mut questions = Questions {
        notionals: match bound.notional {
            // The size of a position may be its quantity.
            Some(place) if bound.position.is_none() || evaluation.measures.iter().any(is_asked) => {
                reading.cells(place, Decimal::ZERO, Column::amount)?
            }
            _ => vec![Decimal::ZERO; rows],
        },
        times: reading.moments(bound.time, times)?,
        known_at: bound.known_at.map(|moment| reading.moments(moment, times)).transpose()?,
        leverages: match bound.leverage.filter(|_| evaluation.measures.iter().copied().any(takes_leverage)) {
            Some(place) => Some(reading.cells(place, None, |column, row| column.leverage(row).map(Some))?),
            None => None,
        },
        positions: match &bound.position {
            Some(columns) => Some(reading.positions(columns, bound, rules, &subjects)?),
            None => None,
        },
        subjects,
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

/// Whether a measure is asked with a leverage beside its notional, or at one.
fn takes_leverage(measure: Measure) -> bool {
    let is_of_position = measure.takes() == Takes::Position;
    measure.takes() == Takes::Leverage || (measure.takes_with() && !is_of_position)
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
                    self.refuse(row, place, why);
                    if self.evaluation.on_error == OnError::Stop {
                        break;
                    }
                }
            }
        }
        cells
    }

    /// The positions of the rows.
    fn positions(
        &mut self,
        columns: &PositionColumns,
        bound: &Bound,
        rules: &Snapshot,
        subjects: &[SubjectHandle],
    ) -> Result<Vec<Option<Isolated>>> {
        let cells = PositionCells::of(columns, (bound.notional, bound.leverage), self.batch)?;
        let is_inverse = |row: usize| {
            let subject = subjects.get(row).and_then(|handle| rules.subject_of(*handle));
            subject.is_some_and(|subject| subject.program().is_in_coin())
        };
        let mut positions = vec![None; self.batch.num_rows()];
        for (row, position) in positions.iter_mut().enumerate() {
            match cells.position(row, &is_inverse) {
                Ok(found) => *position = Some(found),
                Err(wrong) => {
                    let CellError { column, error } = *wrong;
                    self.refuse(row, column, error);
                    if self.evaluation.on_error == OnError::Stop {
                        break;
                    }
                }
            }
        }
        Ok(positions)
    }

    /// Notes what is wrong with a cell.
    fn refuse(&mut self, row: usize, column: usize, why: Error) {
        let name = self.batch.schema_ref().field(column).name();
        let error = why.in_row(&format!("{} column `{name}`", self.places.words(row)));
        self.questions.unreadable.push((row, error));
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
