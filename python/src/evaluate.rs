//! A question about every row of a table.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use tierbook::evaluation::{self, Evaluation, Numbers, OnError};
use tierbook::language;
use tierbook_arrow_reader::Frame;

use crate::errors::{Result, raise, raised};
use crate::frames;
use crate::table::Table;
use crate::values::{self, time};

/// What is asked, from the arguments that Python gives.
///
/// # Errors
/// One cannot be read.
fn evaluation(py: Python<'_>, options: &Bound<'_, PyDict>) -> Result<Evaluation> {
    let get = |name: &str| options.get_item(name).map(|value| value.filter(|value| !value.is_none()));
    let text = |name: &str| get(name)?.map(|value| values::text(&value, name)).transpose();
    let measures = text("measures")?.unwrap_or_default();
    let measures = if measures.is_empty() { Ok(Vec::new()) } else { evaluation::measures(&measures) };
    let mut evaluation = Evaluation::of(&measures.map_err(|error| raise(py, &error))?);
    if let Some(ask) = text("ask")? {
        let statements = language::parse(&ask).map_err(|error| raised(py, &error, &ask))?;
        evaluation.ask = statements.into_iter().next();
    }
    evaluation.symbol = text("symbol")?;
    evaluation.notional = text("notional")?;
    evaluation.leverage = text("leverage")?;
    evaluation.side = text("side")?;
    evaluation.quantity = text("quantity")?;
    evaluation.contract_size = text("contract_size")?;
    evaluation.entry_price = text("entry_price")?;
    evaluation.isolated_margin = text("isolated_margin")?;
    // A column of times, or one time.
    let moment = |name: &str| -> Result<Option<String>> {
        let Some(value) = get(name)? else { return Ok(None) };
        if value.is_instance_of::<PyString>() {
            value.extract().map(Some)
        } else {
            Ok(Some(time(&value, name)?.to_string()))
        }
    };
    evaluation.as_of = moment("as_of")?;
    evaluation.known_at = moment("known_at")?;
    evaluation.recorded_by = get("recorded_by")?.map(|value| time(&value, "recorded_by")).transpose()?;
    evaluation.zone =
        text("zone")?.map(|zone| zone.parse()).transpose().map_err(|error| raise(py, &error))?;
    if text("on_error")?.as_deref() == Some("null") {
        evaluation.on_error = OnError::Null;
    }
    if text("decimals")?.as_deref() == Some("float64") {
        evaluation.numbers = Numbers::Floats;
    }
    Ok(evaluation)
}

/// Answers the rows of a table, without the interpreter's lock.
///
/// # Errors
/// An argument is wrong, a column is missing, or a cell cannot be read.
pub fn run(
    py: Python<'_>,
    rules: &tierbook::Snapshot,
    frame: &Bound<'_, PyAny>,
    options: &Bound<'_, PyDict>,
) -> Result<Table> {
    // Before the table, which may be a stream that can be read once.
    let evaluation = evaluation(py, options)?;
    let Frame { schema, batches } = frames::read(frame)?;
    let answered =
        py.detach(|| evaluation::evaluate_batches(rules, &evaluation, &schema, batches.into_iter().map(Ok)));
    let ask = options.get_item("ask")?.filter(|ask| !ask.is_none());
    match (answered, ask) {
        (Ok(answered), _) => Ok(Table::of(answered)),
        // Its place is one in the statement.
        (Err(error), Some(ask)) if error.span().is_some() => {
            Err(raised(py, &error, &values::text(&ask, "ask")?))
        }
        (Err(error), _) => Err(raise(py, &error)),
    }
}
