//! The answers of some rows, as columns.

use std::sync::Arc;

use arrow_array::builder::{StringBuilder, UInt32Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::{ArrowError, FieldRef, SchemaRef};

use super::Evaluation;
use super::fields::{Numbers, digits};
use super::input::Places;
use super::numbers::NumberBuilder;
use super::questions::Questions;
use crate::column_types::HOLDS;
use crate::columns::{Columns, Evaluated};
use crate::decimal::Decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::query::plan::at::Argument;
use crate::query::rows::{CertaintyKind, Status};
use crate::query::syntax::measure::{Measure, Takes};
use crate::snapshot::Snapshot;
use crate::statement::At;
use crate::time::{PublishedTime, RecordedTime, ValidTime};

/// The status of a row with a cell that cannot be read.
const UNREADABLE: &str = "unreadable";

/// Answers of rows: `None` as a status where a cell of the row cannot be read.
pub struct Answers {
    pub columns: Vec<ArrayRef>,
    pub statuses: Vec<Option<Status>>,
    pub certainties: Vec<Option<CertaintyKind>>,
    pub holds: Vec<Option<u8>>,
    pub sources: StringBuilder,
}

impl Answers {
    /// The answers about all measures.
    ///
    /// # Errors
    /// A value has more digits than its column; or the database is damaged.
    pub fn of(
        evaluation: &Evaluation,
        rules: &Snapshot,
        questions: &Questions,
        places: &Places,
    ) -> Result<Answers> {
        let rows = questions.subjects.len();
        let mut answers = Answers {
            columns: Vec::new(),
            statuses: vec![Some(Status::Value); rows],
            certainties: vec![None; rows],
            holds: Vec::new(),
            sources: StringBuilder::new(),
        };
        for (number, measure) in evaluation.measures.iter().enumerate() {
            let found = evaluated(*measure, evaluation, rules, questions)?;
            answers.columns.push(column(*measure, &found, evaluation.numbers, places)?);
            for row in 0..rows {
                if answers.statuses[row] == Some(Status::Value) {
                    answers.statuses[row] = Some(found.statuses()[row]);
                }
                let kinds = answers.certainties[row].into_iter().chain(found.certainties()[row]);
                answers.certainties[row] = kinds.min();
            }
            if number == 0 {
                answers.add_sources(&found, rules)?;
                answers.holds = found.holds;
            }
        }
        for (row, _) in &questions.unreadable {
            answers.statuses[*row] = None;
        }
        Ok(answers)
    }

    fn add_sources(&mut self, found: &Evaluated, rules: &Snapshot) -> Result<()> {
        let ids: Vec<String> = rules.sources()?.iter().map(|it| it.source.id.to_string()).collect();
        for place in found.statements() {
            self.sources.append_option(place.and_then(|place| ids.get(place.source as usize)));
        }
        Ok(())
    }

    /// The columns of a file with the answers after them.
    ///
    /// # Errors
    /// A column does not have the type of its field.
    pub fn batch(
        mut self,
        schema: SchemaRef,
        numbers: Numbers,
        of_file: &RecordBatch,
    ) -> Result<RecordBatch> {
        let (mut statuses, mut certainties) = (StringBuilder::new(), StringBuilder::new());
        for status in &self.statuses {
            statuses.append_value(status.map_or(UNREADABLE, Status::name));
        }
        for certainty in &self.certainties {
            certainties.append_option(certainty.map(CertaintyKind::name));
        }
        let mut holds = NumberBuilder::new(numbers, HOLDS, self.holds.len());
        for percent in &self.holds {
            // Three digits have every percentage.
            let _ = holds.push(percent.map(|percent| Decimal::new(percent.into(), 2)));
        }
        self.columns.push(Arc::new(statuses.finish()));
        self.columns.push(Arc::new(certainties.finish()));
        self.columns.push(holds.finish());
        self.columns.push(Arc::new(self.sources.finish()));
        let own = self.columns.into_iter().zip(schema.fields().iter().skip(of_file.num_columns()));
        let of_type = |(array, field): (ArrayRef, &FieldRef)| match array.data_type() == field.data_type() {
            true => Ok(array),
            false => cast(&array, field.data_type()),
        };
        let columns = of_file.columns().iter().cloned().map(Ok).chain(own.map(of_type));
        let columns: std::result::Result<Vec<ArrayRef>, ArrowError> = columns.collect();
        columns.and_then(|columns| RecordBatch::try_new(schema.clone(), columns)).map_err(|error| {
            Error::new(ErrorCode::NotColumns, format!("the answers are no columns: {error}"))
        })
    }
}

/// The answers about one measure.
fn evaluated(
    measure: Measure,
    evaluation: &Evaluation,
    rules: &Snapshot,
    questions: &Questions,
) -> Result<Evaluated> {
    let takes_leverage = measure.takes() == Takes::Leverage || measure.takes_with();
    match &questions.leverages {
        Some(leverages) if takes_leverage => by_leverage(measure, evaluation, rules, (questions, leverages)),
        _ => {
            let Questions { subjects, notionals, times, known_at, .. } = questions;
            let mut columns = Columns::new(measure, subjects, notionals, times).with_holds();
            if let Some(known_at) = known_at {
                columns = columns.known_at(known_at);
            }
            if let Some(recorded_by) = evaluation.recorded_by {
                columns = columns.recorded_by(recorded_by);
            }
            rules.evaluate(&columns)
        }
    }
}

/// The answers about a measure that takes a leverage.
fn by_leverage(
    measure: Measure,
    evaluation: &Evaluation,
    rules: &Snapshot,
    (questions, leverages): (&Questions, &[Option<u32>]),
) -> Result<Evaluated> {
    let mut answers = Evaluated::default();
    for (row, subject) in questions.subjects.iter().enumerate() {
        let at = At {
            valid_at: ValidTime(questions.times[row]),
            known_at: questions.known_at.as_ref().map(|column| PublishedTime(column[row])),
            recorded_by: evaluation.recorded_by.map(RecordedTime),
        };
        let argument = match (leverages[row], measure.takes()) {
            (Some(leverage), Takes::Leverage) => Argument::Leverage(leverage),
            (Some(leverage), _) => Argument::AmountWith(questions.notionals[row], leverage),
            (None, _) => Argument::Amount(questions.notionals[row]),
        };
        let asked = rules.rules_of(*subject)?;
        let row = asked.as_ref().and_then(|rules| rules.row(measure, Some(argument), at));
        let found = asked.map(|rules| rules.numbers_of(row.as_ref(), at));
        answers.statuses.push(found.map_or(Status::UnknownSubject, |found| found.status));
        answers.values.push(found.and_then(|found| found.value).unwrap_or_default());
        answers.tiers.push(found.and_then(|found| found.tier).map_or(0, |tier| tier as u32 + 1));
        answers.leverages.push(found.map_or(0, |found| found.leverage));
        answers.certainties.push(found.and_then(|found| found.kind));
        answers.statements.push(found.and_then(|found| found.statement).map(|it| it.in_snapshot));
        answers.holds.push(row.and_then(|row| row.context.holds));
    }
    Ok(answers)
}

fn column(measure: Measure, found: &Evaluated, numbers: Numbers, places: &Places) -> Result<ArrayRef> {
    let rows = 0..found.statuses().len();
    let Some(digits) = digits(measure) else {
        let mut whole = UInt32Builder::with_capacity(rows.len());
        for row in rows {
            let has_value = found.statuses()[row] == Status::Value;
            let number = if measure == Measure::Tier { found.tiers()[row] } else { found.leverages()[row] };
            whole.append_option(has_value.then_some(number));
        }
        return Ok(Arc::new(whole.finish()));
    };
    let mut builder = NumberBuilder::new(numbers, digits, rows.len());
    for row in rows {
        let value = found.value(row);
        builder.push(value).ok_or_else(|| {
            let (words, value) = (measure.words(), value.unwrap_or_default());
            let what = format!("the `{words}` is {value}, which needs more than {} digits", digits.0);
            Error::new(ErrorCode::TooWide, format!("{}: {what}", places.words(row)))
                .hint("write notionals with fewer digits, or ask in the language: tierbook query")
        })?;
    }
    Ok(builder.finish())
}
