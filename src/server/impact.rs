//! What announced changes do to the positions of a body: `/v1/impact`. Nothing of them is stored or logged.

use super::asked::Asked;
use super::body::Body;
use super::form::AnswerForm;
use super::problem::{Problem, Refusal};
use super::response::{Freshness, Response, ascii};
use crate::language::amount;
use crate::limits;
use crate::positions::read::{self, PositionsForm};
use crate::positions::{Account, PriceChange, into_rows};
use crate::query::rows::Row;

/// The forms of answers.
const FORMS: [AnswerForm; 4] = [AnswerForm::Json, AnswerForm::Jsonl, AnswerForm::Csv, AnswerForm::Text];

/// The figures of each position now and after each change.
///
/// # Errors
/// The positions or a parameter cannot be read.
pub fn impact(asked: &Asked) -> Result<Response, Problem> {
    let form = AnswerForm::asked(asked.request, &FORMS)?;
    let from = asked.request.parameter("from").map(str::parse::<PositionsForm>).transpose()?;
    let read = read::read(&asked.request.body, from)?;
    let account = account(asked, read.account)?;
    let (rows, is_affected, of_answer) = rows(asked, &account)?;
    let mut body = Body::new(form, 1);
    rows.into_iter().try_for_each(|row| body.add(row))?;
    body.end_of_answer();
    let mut response = Response::new(200, form.media_type(), body.end()?).fresh(Freshness::NotStored);
    response.add("x-tierbook-affected", if is_affected { "true" } else { "false" });
    for notice in read.notices.into_iter().chain(of_answer) {
        response.add("x-tierbook-notice", ascii(&notice));
    }
    Ok(asked.with_basis(response))
}

/// The positions at the sizes and prices that are asked for.
fn account(asked: &Asked, mut account: Account) -> Result<Account, Problem> {
    if let Some(factor) = asked.request.parameter("scale") {
        account = account.scaled(amount(factor.trim_end_matches(['x', 'X']))?)?;
    }
    let prices = || asked.request.query.iter().filter(|(name, _)| name == "price");
    if prices().count() > limits::IMPACT_PRICES {
        let detail = format!("there are more than {} prices", limits::IMPACT_PRICES);
        return Err(Problem::of(Refusal::BadRequest, detail)
            .hint("put the prices into the body: `mark_price` of each position"));
    }
    for (_, price) in prices() {
        asked.check_time()?;
        account.reprice(&price.parse::<PriceChange>()?)?;
    }
    Ok(account)
}

/// The rows, whether one is affected, and what should be known of them.
fn rows(asked: &Asked, account: &Account) -> Result<(Vec<Row>, bool, Vec<String>), Problem> {
    if let Some(range) = asked.request.parameter("sizes") {
        return Ok((into_rows(asked.rules.sizes(account, asked.at, range.parse()?)?), false, Vec::new()));
    }
    let mut impact = asked.rules.impact(account, asked.at)?;
    let (is_affected, notices) = (impact.is_affected(), std::mem::take(&mut impact.notices));
    Ok((impact.into_rows(), is_affected, notices))
}
