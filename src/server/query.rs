//! Statements of the language: `/v1/query`, citations, and the lists that are statements of their own.

use super::asked::Asked;
use super::body::Body;
use super::form::AnswerForm;
use super::problem::{Problem, Refusal};
use super::response::{Freshness, Response, ascii};
use crate::language::{Clause, Parameters, Pins, Statement, with_parameters};
use crate::query::parse;
use crate::query::rows::{Row, Status};
use crate::snapshot::asked::Rows;
use crate::time::{TimeSpan, Timestamp};

/// The forms of rows.
const FORMS: [AnswerForm; 6] = [
    AnswerForm::Json,
    AnswerForm::Jsonl,
    AnswerForm::Csv,
    AnswerForm::Arrow,
    AnswerForm::Svg,
    AnswerForm::Text,
];

/// Every so many rows it is looked whether the time is over.
const LOOK: usize = 64;

/// The answers to the statements of a request.
///
/// # Errors
/// A statement cannot be read or answered, or its answer is too long.
pub fn query(asked: &Asked) -> Result<Response, Problem> {
    answered(asked, asked.text("q")?)
}

/// The answers to the statements of a text, in the form that the request asks for.
///
/// # Errors
/// As [`query`].
pub fn answered(asked: &Asked, text: &str) -> Result<Response, Problem> {
    filled(asked, text, &[])
}

/// The answers to the statements of a text of ours, whose parameters have values of the request.
///
/// # Errors
/// As [`query`].
pub fn filled(asked: &Asked, text: &str, values: &[(String, String)]) -> Result<Response, Problem> {
    let form = AnswerForm::asked(asked.request, &FORMS)?;
    let statements = read(asked, text, values).map_err(|error| Problem::in_query(&error, text))?;
    if form == AnswerForm::Svg && !matches!(statements.as_slice(), [statement] if statement.kind.draws()) {
        return Err(Problem::of(Refusal::FormUnknown, "only one `chart` statement is a drawing")
            .hint("chart mmr of ACTUSDT as of 2026-02-06T06:00Z vs 2026-02-06T08:00Z"));
    }
    let mut body = Body::new(form, statements.len());
    let (mut is_fixed, mut all_notices) = (!asked.basis.is_relative, Vec::new());
    for (place, statement) in statements.iter().enumerate() {
        let (rows, notices) = asked
            .rules
            .rows_with_notices(statement, asked.now)
            .map_err(|error| Problem::in_query(&with_parameters(error, statement), text))?;
        all_notices.extend(notices);
        is_fixed &= has_fixed_times(asked, statement);
        body.begin(place + 1);
        for (count, row) in rows.enumerate() {
            if count % LOOK == 0 {
                asked.check_time()?;
            }
            is_fixed &= is_final(&row);
            body.add(row)?;
        }
        body.end_of_answer();
    }
    let freshness = if is_fixed { Freshness::Immutable } else { Freshness::Revalidated };
    let mut response =
        Response::new(200, form.media_type(), body.end()?).fresh(freshness).with("vary", "Accept");
    for notice in all_notices {
        response.add("x-tierbook-notice", ascii(&notice));
    }
    Ok(asked.with_basis(response))
}

/// The subjects, or those that a pattern matches.
///
/// # Errors
/// As [`query`].
pub fn subjects(asked: &Asked) -> Result<Response, Problem> {
    match asked.request.parameter("matching") {
        None => answered(asked, "subjects"),
        Some(pattern) => {
            filled(asked, "subjects matching $matching", &[("matching".to_string(), pattern.to_string())])
        }
    }
}

/// The answer that an address names.
///
/// # Errors
/// As [`query`]; or it is no address.
pub fn citation(asked: &Asked) -> Result<Response, Problem> {
    let address = asked.path.get(2..).unwrap_or_default().join("/");
    match parse(&address) {
        Ok(statements) if !matches!(statements.as_slice(), [statement] if statement.is_address()) => {
            Err(Problem::of(Refusal::NoSuchPath, "this is no address of an answer")
                .hint("answers have theirs in the field `address`"))
        }
        _ => answered(asked, &address),
    }
}

/// The rows of the answer to one statement of ours, whose parameters have values of the request.
///
/// # Errors
/// As [`query`].
pub fn rows(asked: &Asked, text: &str, values: &[(String, String)]) -> Result<(Rows, Vec<String>), Problem> {
    let problem = |error: crate::Error| Problem::in_query(&error, text);
    let statement = read(asked, text, values).map_err(problem)?.pop();
    let statement = statement.ok_or_else(|| Problem::of(Refusal::BadRequest, "nothing is asked"))?;
    let answer = asked.rules.rows_with_notices(&statement, asked.now);
    answer.map_err(|error| problem(with_parameters(error, &statement)))
}

/// The statements of a text with values, those of the request's own parameters, and its basis in their places.
///
/// # Errors
/// A statement cannot be read, or a parameter has no value, or a value no parameter.
pub fn read(asked: &Asked, text: &str, values: &[(String, String)]) -> crate::Result<Vec<Statement>> {
    let own = asked.request.query.iter().filter(|(name, _)| name == "set" && values.is_empty());
    let own = own.map(|(_, value)| value.clone());
    let set = values.iter().map(|(name, value)| format!("{name}={value}")).chain(own);
    let parameters = Parameters::read(&set.collect::<Vec<_>>())?;
    let mut pins = Pins::default();
    for (clause, time) in asked.basis.clauses() {
        pins.set(clause, time.map(|time| time.to_string()));
    }
    let mut statements = parse(text)?;
    statements.iter_mut().try_for_each(|statement| parameters.bind(statement))?;
    parameters.refuse_unused(&statements)?;
    Ok(statements.into_iter().map(|statement| pins.apply(statement)).collect())
}

/// Whether a statement asks at times that never mean others: its three times are written and are no relative ones, nothing
/// can be recorded by the last any more, and it names its subjects. A citation is one by its transaction.
fn has_fixed_times(asked: &Asked, statement: &Statement) -> bool {
    let later = asked.now.plus(TimeSpan::minutes(1_000_000));
    let is_fixed = |clause: Clause| {
        let word = statement.value(clause)?;
        let read = |now: Timestamp| Timestamp::read(&word.text, now).ok();
        read(asked.now).filter(|time| read(later) == Some(*time))
    };
    let newest = asked.rules.head().recorded_at;
    let is_past = |by: Timestamp| newest.is_some_and(|newest| by <= newest.0);
    let is_cited = statement.is_address();
    let is_pattern =
        statement.subjects.iter().any(|it| it.text.contains('*') || it.text.eq_ignore_ascii_case("all"));
    let has_times = is_fixed(Clause::AsOf).is_some()
        && is_fixed(Clause::KnownAt).is_some()
        && is_fixed(Clause::RecordedBy).is_some_and(is_past);
    (is_cited || has_times) && !is_pattern && !statement.subjects.is_empty()
}

/// Whether a row at fixed times never changes: an unknown one may become one that was not known then.
pub fn is_final(row: &Row) -> bool {
    let status = match row {
        Row::Measure(row) => row.status,
        Row::Tier(row) => row.status,
        _ => return false,
    };
    matches!(status, Status::Value | Status::AboveLimit | Status::NoLimit | Status::Ended)
}
