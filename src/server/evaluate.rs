//! Columns of questions in, columns of answers out: `/v1/evaluate`.

use std::io::{self, Write};
use std::time::Instant;

use super::asked::Asked;
use super::form::AnswerForm;
use super::problem::{Problem, Refusal};
use super::response::{Freshness, Response};
use crate::evaluation::{Evaluation, Form, OnError, Origin, Target, evaluate, measures};
use crate::language::{Statement, parse};
use crate::limits;
use crate::{Error, ErrorCode};

/// What is asked where nothing is named.
const MEASURES: &str = "mmr,margin";

/// The forms of answers.
const FORMS: [AnswerForm; 5] =
    [AnswerForm::Csv, AnswerForm::Jsonl, AnswerForm::Arrow, AnswerForm::Parquet, AnswerForm::Json];

/// The rows of the body, each with its answers.
///
/// # Errors
/// The body or a parameter cannot be read, or the answer is too long.
pub fn answered(asked: &Asked) -> Result<Response, Problem> {
    let from = form_of_body(asked)?;
    let to = answer_form(asked, from)?;
    let evaluation = evaluation(asked)?;
    let origin = Origin::Memory(asked.request.body.clone());
    let mut body = Bounded { bytes: Vec::new(), until: asked.until, ended: None };
    let done = evaluate(
        &asked.rules,
        &evaluation,
        (&origin, from),
        (Target::Stream(&mut body), form(to)),
        &|_, _| {},
    );
    if let Some(ended) = body.ended {
        return Err(ended);
    }
    let done = done?;
    let mut response = Response::new(200, media_type(to), body.bytes)
        .fresh(Freshness::NotStored)
        .with("x-tierbook-rows", done.rows.to_string())
        .with("x-tierbook-without-value", done.without_rule.to_string());
    for notice in done.notices {
        response.add("x-tierbook-notice", super::response::ascii(&notice));
    }
    Ok(asked.with_basis(response))
}

fn form_of_body(asked: &Asked) -> Result<Form, Problem> {
    if let Some(name) = asked.request.parameter("from") {
        return Ok(name.parse::<Form>()?);
    }
    let media_type = asked.request.header("content-type").unwrap_or_default();
    match AnswerForm::of_media_type(media_type) {
        Some(AnswerForm::Svg) | None => {
            let detail = format!("`{media_type}` is no form of columns");
            Err(Problem::of(Refusal::MediaTypeUnknown, detail).hint(
                "name the form: ?from=csv, jsonl, parquet or arrow, or by the header Content-Type: text/csv",
            ))
        }
        Some(form_of_answer) => Ok(form(form_of_answer)),
    }
}

/// The form that is asked for; else that of the questions.
fn answer_form(asked: &Asked, from: Form) -> Result<AnswerForm, Problem> {
    let same = match from {
        Form::Csv => AnswerForm::Csv,
        Form::JsonLines => AnswerForm::Jsonl,
        Form::Parquet => AnswerForm::Parquet,
        Form::Arrow | Form::ArrowStream => AnswerForm::Arrow,
    };
    let mut possible = vec![same];
    possible.extend(FORMS.iter().filter(|form| **form != same));
    AnswerForm::asked(asked.request, &possible)
}

/// The form of a file; JSON is that of lines, and text is CSV.
fn form(form: AnswerForm) -> Form {
    match form {
        AnswerForm::Json | AnswerForm::Jsonl => Form::JsonLines,
        AnswerForm::Arrow => Form::ArrowStream,
        AnswerForm::Parquet => Form::Parquet,
        _ => Form::Csv,
    }
}

fn media_type(to: AnswerForm) -> &'static str {
    if to == AnswerForm::Json { AnswerForm::Jsonl.media_type() } else { to.media_type() }
}

fn evaluation(asked: &Asked) -> Result<Evaluation, Problem> {
    let parameter = |name: &str| asked.request.parameter(name).map(str::to_string);
    let mut evaluation = Evaluation::of(&measures(asked.request.parameter("measures").unwrap_or(MEASURES))?);
    if let Some(text) = asked.request.parameter("ask") {
        evaluation.ask = Some(template(text).map_err(|error| Problem::in_query(&error, text))?);
    }
    evaluation.symbol = parameter("symbol");
    evaluation.notional = parameter("notional");
    evaluation.time = parameter("time");
    evaluation.leverage = parameter("leverage");
    evaluation.as_of = asked.basis.as_of.map(|time| time.to_string());
    evaluation.known_at = asked.basis.known_at.map(|time| time.to_string());
    evaluation.recorded_by = asked.basis.recorded_by;
    evaluation.zone = asked.request.parameter("zone").map(str::parse).transpose()?;
    evaluation.now = asked.now;
    match asked.request.parameter("on_error") {
        None | Some("stop") => {}
        Some("null") => evaluation.on_error = OnError::Null,
        Some(other) => {
            let detail = format!("`on_error` cannot be `{other}`");
            return Err(Problem::of(Refusal::BadRequest, detail).hint("it is `stop` or `null`"));
        }
    }
    Ok(evaluation)
}

fn template(text: &str) -> Result<Statement, Error> {
    let mut statements = parse(text)?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        _ => Err(Error::new(ErrorCode::OneStatement, "`ask` takes one statement")
            .hint("for example: margin of $symbol at $notional as of $time")),
    }
}

/// A body that is given up when it becomes too long, or takes too long.
struct Bounded {
    bytes: Vec<u8>,
    until: Instant,
    ended: Option<Problem>,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let most = limits::RESPONSE_BYTES;
        if Instant::now() > self.until {
            let problem = Problem::of(Refusal::TooSlow, "the answer takes too long");
            self.ended = Some(problem.hint("send the rows in several parts"));
        } else if self.bytes.len() + bytes.len() > most {
            let detail = format!("the answer has more than {most} bytes");
            self.ended =
                Some(Problem::of(Refusal::AnswerTooLong, detail).hint("send the rows in several parts"));
        }
        if self.ended.is_some() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_the_most_bytes_is_made_and_one_byte_more_is_refused() {
        let most = limits::RESPONSE_BYTES;
        let until = Instant::now() + std::time::Duration::from_mins(1);
        let mut body = Bounded { bytes: Vec::new(), until, ended: None };
        body.write_all(&vec![b' '; most]).unwrap();
        assert!(body.ended.is_none() && body.bytes.len() == most);
        body.write_all(b" ").unwrap_err();
        let ended = body.ended.unwrap();
        let detail = format!("the answer has more than {most} bytes");
        assert_eq!((ended.code, ended.detail), ("answer_too_long", detail));
    }
}
