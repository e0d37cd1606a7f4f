//! A statement of the language for each row: its parameters are columns.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::Schema;

use super::known::Known;
use super::numbers::NumberBuilder;
use super::{Evaluation, OnError, notices};
use crate::cells::{CellTimes, Role};
use crate::column_files::Places;
use crate::column_files::cells::Column;
use crate::column_types::AMOUNT;
use crate::decimal;
use crate::error::{Error, ErrorCode, Result};
use crate::query::rows::{MeasureRow, Row, Status};
use crate::query::syntax::ast::Statement;
use crate::query::syntax::language::Clause;
use crate::query::syntax::parameters::{self, Parameters};
use crate::snapshot::Snapshot;
use crate::text::nearest;

/// The parameters of a statement: name, column, and what the column is for.
pub type Bindings = Vec<(String, usize, Option<Role>)>;

/// Refuses what a statement says itself: its columns, and its times.
///
/// # Errors
/// Something of it is given beside the statement.
pub fn check_alone(evaluation: &Evaluation) -> Result<()> {
    let Evaluation { symbol, notional, time, leverage, as_of, known_at, recorded_by, .. } = evaluation;
    let Evaluation { side, quantity, contract_size, entry_price, isolated_margin, .. } = evaluation;
    let given = [
        ("--symbol", symbol.is_some(), "mmr of $COLUMN …"),
        ("--notional", notional.is_some(), "… at $COLUMN …"),
        ("--leverage", leverage.is_some(), "… with $COLUMN …"),
        ("--time", time.is_some(), "… as of $COLUMN"),
        ("--as-of", as_of.is_some(), "… as of $COLUMN, or … as of 2026-02-07"),
        ("--known-at", known_at.is_some(), "… known at $COLUMN, or … known at 2026-02-07"),
        ("--recorded-by", recorded_by.is_some(), "… recorded by 2026-02-07"),
        ("--side", side.is_some(), "liquidation of $COLUMN long …, or short"),
        ("--quantity", quantity.is_some(), "… long $COLUMN entry …, which is a notional"),
        ("--contract-size", contract_size.is_some(), "… long $COLUMN entry …, which is a notional"),
        ("--entry-price", entry_price.is_some(), "… entry $COLUMN …"),
        ("--isolated-margin", isolated_margin.is_some(), "… margin $COLUMN"),
    ];
    let Some((option, _, written)) = given.into_iter().find(|(_, is_given, _)| *is_given) else {
        return Ok(());
    };
    let message = format!("`{option}` is not taken with a statement, which says it itself");
    Err(Error::new(ErrorCode::ClauseNotTaken, message).hint(format!("write it there: {written}")))
}

/// The columns that the parameters of a statement mean: those of their name, or of another name for the same.
///
/// # Errors
/// There is no such column.
pub fn bind(statement: &Statement, schema: &Schema) -> Result<Bindings> {
    let mut statement = statement.clone();
    let mut bindings = Bindings::new();
    for word in statement.words_mut() {
        let Some(name) =
            word.parameter.clone().filter(|name| bindings.iter().all(|(known, ..)| known != name))
        else {
            continue;
        };
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let role = Role::of_column(&name);
        let called = |alias: &&str| columns.iter().position(|column| Role::is_called(column, alias));
        let of_role = || role?.aliases().iter().find_map(called);
        let place = columns.iter().position(|column| *column == name).or_else(of_role).ok_or_else(|| {
            let message =
                format!("there is no column `{name}` for `${name}`; the columns are {}", columns.join(", "));
            let error = Error::new(ErrorCode::ColumnMissing, message);
            match nearest(&name, columns.iter().copied()) {
                Some(near) => error.hint(format!("did you mean `${near}`?")),
                None => error.hint("a parameter has the name of a column"),
            }
        })?;
        bindings.push((name, place, role));
    }
    Ok(bindings)
}

/// What should be known of what the parameters of a statement were taken to mean.
pub fn notices(statement: &Statement, bindings: &Bindings, schema: &Schema) -> Vec<String> {
    let is_of_assets = statement.measure.is_some_and(|(measure, _)| !measure.is_of(true));
    let guessed = bindings.iter().filter_map(|(parameter, place, role)| {
        let column = schema.field(*place).name();
        let is_named = parameter.eq_ignore_ascii_case(column);
        let is_guess = !is_named && role.is_some_and(|role| role.is_a_guess(column, is_of_assets));
        let (sure, other) = (format!("`${column}`"), "`$COLUMN` in the statement");
        is_guess.then(|| notices::guessed_notional(column, is_of_assets, (&sure, other)))
    });
    let time = statement.value(Clause::AsOf).and_then(|word| word.parameter.as_deref());
    let unbounded = time
        .filter(|_| statement.given(Clause::KnownAt).is_none())
        .map(|time| notices::unbounded(&format!("`known at ${time}` in the statement"), "`known at now`"));
    guessed.chain(unbounded).collect()
}

/// The answers to a statement, row by row.
pub struct TemplateAnswers {
    /// Values and units.
    pub columns: [ArrayRef; 2],
    pub known: Known,
    /// The ids of the sources.
    pub sources: ArrayRef,
    /// What is wrong with the rows that cannot be read.
    pub unreadable: Vec<(usize, Error)>,
}

/// The answers to a statement.
///
/// # Errors
/// The statement gives no single answer; or a cell cannot be read and that stops the evaluation.
pub fn answers(
    evaluation: &Evaluation,
    statement: &Statement,
    bindings: &Bindings,
    rules: &Snapshot,
    (batch, places): (&RecordBatch, &Places),
) -> Result<TemplateAnswers> {
    let rows = batch.num_rows();
    let column = |(_, place, _): &(String, usize, Option<Role>)| {
        Column::of(batch.column(*place), batch.schema_ref().field(*place))
    };
    let columns: Vec<Column> = bindings.iter().map(column).collect::<Result<_>>()?;
    let (mut values, mut units) =
        (NumberBuilder::new(evaluation.numbers, AMOUNT, rows), StringBuilder::new());
    let (mut known, mut sources) = (Known::new(evaluation.numbers, rows), StringBuilder::new());
    let mut unreadable = Vec::new();
    for row in 0..rows {
        let found = bound(evaluation, statement, bindings, &columns, row);
        let found = found.map_err(|wrong| {
            let (column, error) = *wrong;
            let name = column.map(|place| format!(" column `{}`", batch.schema_ref().field(place).name()));
            error.in_row(&format!("{}{}", places.words(row), name.unwrap_or_default()))
        });
        let found = found.and_then(|statement| one(rules, &statement, evaluation, &|| places.words(row)));
        let found = match found {
            Ok(found) => Some(found),
            Err(error) if evaluation.on_error == OnError::Stop => return Err(error),
            Err(error) => {
                unreadable.push((row, error));
                None
            }
        };
        let mut status =
            found.as_ref().map(|row| row.as_ref().map_or(Status::UnknownSubject, |row| row.status));
        let mut found = found.flatten();
        let value =
            found.as_ref().and_then(|row| row.value.or(row.tier.as_ref().map(|tier| tier.number.into())));
        if values.push(value.filter(|_| status == Some(Status::Value))).is_none() {
            let ((all, decimals), value) = (AMOUNT, value.unwrap_or_default());
            let what =
                format!("the value is {value}; its column has {all} digits, {decimals} of them decimals");
            let error = Error::new(ErrorCode::TooWide, format!("{}: {what}", places.words(row)))
                .hint("write notionals with fewer digits, or ask in the language: tierbook query");
            if evaluation.on_error == OnError::Stop {
                return Err(error);
            }
            values.push_null();
            (status, found) = (None, None);
            unreadable.push((row, error));
        }
        units.append_option(found.as_ref().map(|row| row.unit.as_str()));
        let certainty = found.as_ref().and_then(|row| Some(row.certainty.as_ref()?.kind));
        known.push(status, certainty, found.as_ref().and_then(|row| row.context.holds));
        let source = found.as_ref().and_then(|row| row.context.source.as_ref());
        sources.append_option(source.map(|source| source.recorded.source.id.to_string()));
    }
    let columns = [values.finish(), Arc::new(units.finish()) as ArrayRef];
    Ok(TemplateAnswers { columns, known, sources: Arc::new(sources.finish()), unreadable })
}

/// The statement of a row; or the column of the cell that cannot be read.
fn bound(
    evaluation: &Evaluation,
    statement: &Statement,
    bindings: &Bindings,
    columns: &[Column],
    row: usize,
) -> std::result::Result<Statement, Box<(Option<usize>, Error)>> {
    let times = CellTimes { now: evaluation.now, zone: evaluation.zone };
    let (mut statement, mut parameters) = (statement.clone(), Parameters::default());
    for ((name, place, role), column) in bindings.iter().zip(columns) {
        let text: Result<String> = match role {
            Some(Role::Time | Role::KnownAt) => column.time(row, times).map(|time| time.to_string()),
            Some(Role::Quantity | Role::EntryPrice | Role::IsolatedMargin) => {
                column.amount(row).map(decimal::canonical)
            }
            Some(Role::With) => column.leverage(row).map(|leverage| format!("{leverage}x")),
            // Its name says nothing of these, or is wrong: the type of the column tells what it has.
            _ if column.has_times() => column.time(row, times).map(|time| time.to_string()),
            Some(Role::Notional) => column.amount(row).map(decimal::canonical),
            None if column.has_numbers() => column.amount(row).map(decimal::canonical),
            _ => column.text(row).map(|text| text.to_string()),
        };
        let text = text.map_err(|error| Box::new((Some(*place), error)))?;
        parameters.set(name, &text).map_err(|error| Box::new((Some(*place), error)))?;
    }
    parameters.bind(&mut statement).map_err(|error| Box::new((None, error)))?;
    Ok(statement)
}

/// The one answer to a statement; `None` where it asks about something that is not stored.
fn one(
    rules: &Snapshot,
    statement: &Statement,
    evaluation: &Evaluation,
    place: &dyn Fn() -> String,
) -> Result<Option<MeasureRow>> {
    let mut rows = match rules.answer(statement, evaluation.now) {
        Ok(rows) => rows,
        Err(error) if error.code() == ErrorCode::UnknownSubject => return Ok(None),
        Err(error) => {
            // The label names the parameter whose value is wrong.
            let error = parameters::named(error, statement);
            let bound = Some(error.label()).filter(|label| label.starts_with("`$"));
            let place = bound.map_or_else(place, |bound| format!("{} ({bound})", place()));
            return Err(error.in_row(&place));
        }
    };
    match (rows.pop(), rows.is_empty()) {
        (Some(Row::Measure(row)), true) => Ok(Some(*row)),
        (_, is_one) => {
            let what = if is_one { "is no figure" } else { "has several rows" };
            Err(Error::new(ErrorCode::OneStatement, format!("{}: the answer {what}", place()))
                .hint("ask one measure of one subject: margin of $symbol at $notional as of $time"))
        }
    }
}
