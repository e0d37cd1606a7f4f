//! What announced changes do to the positions of a body: `/v1/impact`. Nothing of them is stored or logged.

use std::path::Path;

use super::asked::Asked;
use super::form::AnswerForm;
use super::problem::{Problem, Refusal};
use super::response::{Freshness, Response, ascii};
use crate::language::amount;
use crate::positions::{Account, PositionsFile, PriceChange, into_rows};
use crate::query::rows::Row;
use crate::render::{self, Format, OutputStyle};

/// The forms of answers.
const FORMS: [AnswerForm; 4] = [AnswerForm::Json, AnswerForm::Jsonl, AnswerForm::Csv, AnswerForm::Text];

/// The figures of each position now and after each change.
///
/// # Errors
/// The positions or a parameter cannot be read.
pub fn impact(asked: &Asked) -> Result<Response, Problem> {
    let form = AnswerForm::asked(asked.request, &FORMS)?;
    let read = PositionsFile::read(&asked.request.body, Path::new(&name(asked)?))?;
    let account = account(asked, read.account)?;
    let (rows, is_affected) = rows(asked, &account)?;
    let format = match form {
        AnswerForm::Jsonl => Format::Jsonl,
        AnswerForm::Csv => Format::Csv,
        AnswerForm::Text => Format::Table,
        _ => Format::Json,
    };
    let body = render::rows(&rows, format, OutputStyle::PLAIN);
    let mut response = Response::new(200, form.media_type(), body).fresh(Freshness::NotStored);
    response.add("x-tierbook-affected", if is_affected { "true" } else { "false" });
    for notice in read.notices {
        response.add("x-tierbook-notice", ascii(&notice));
    }
    Ok(asked.with_basis(response))
}

/// The name of a file of that form: by `from`, or by the type of the body.
fn name(asked: &Asked) -> Result<String, Problem> {
    if let Some(name) = asked.request.parameter("from") {
        return Ok(format!("positions.{name}"));
    }
    let media_type = asked.request.header("content-type").unwrap_or_default();
    let end = match AnswerForm::of_media_type(media_type) {
        Some(AnswerForm::Json) => "json",
        Some(AnswerForm::Jsonl) => "jsonl",
        Some(AnswerForm::Csv | AnswerForm::Text) => "csv",
        Some(AnswerForm::Parquet) => "parquet",
        Some(AnswerForm::Arrow) => "arrow",
        _ if media_type.starts_with("application/toml") => "toml",
        _ => {
            let detail = format!("`{media_type}` is no form of positions");
            return Err(Problem::of(Refusal::MediaTypeUnknown, detail)
                .hint("name the form: ?from=csv, json, jsonl, toml, parquet or arrow, or by the header Content-Type: text/csv"));
        }
    };
    Ok(format!("positions.{end}"))
}

/// The positions at the sizes and prices that are asked for.
fn account(asked: &Asked, mut account: Account) -> Result<Account, Problem> {
    if let Some(factor) = asked.request.parameter("scale") {
        account = account.scaled(amount(factor.trim_end_matches(['x', 'X']))?)?;
    }
    for (_, price) in asked.request.query.iter().filter(|(name, _)| name == "price") {
        account = account.at_price(&price.parse::<PriceChange>()?)?;
    }
    Ok(account)
}

fn rows(asked: &Asked, account: &Account) -> Result<(Vec<Row>, bool), Problem> {
    if let Some(range) = asked.request.parameter("sizes") {
        return Ok((into_rows(asked.rules.sizes(account, asked.at, range.parse()?)?), false));
    }
    let impact = asked.rules.impact(account, asked.at)?;
    let is_affected = impact.is_affected();
    Ok((impact.into_rows(), is_affected))
}
