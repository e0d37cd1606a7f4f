//! The certificate of an answer: `/v1/certificate`.

use super::asked::Asked;
use super::problem::Problem;
use super::query;
use super::response::{Freshness, Response};
use crate::{Error, ErrorCode};

/// The certificate of the answer to one statement.
///
/// # Errors
/// The statement cannot be read or certified.
pub fn certificate(asked: &Asked) -> Result<Response, Problem> {
    let text = asked.text("q")?;
    let mut statements = query::read(asked, text, &[]).map_err(|error| Problem::in_query(&error, text))?;
    let (Some(statement), true) = (statements.pop(), statements.is_empty()) else {
        return Err(Error::new(ErrorCode::OneStatement, "a certificate is of one statement")
            .hint("/v1/certificate?q=mmr+of+ACTUSDT+at+60000")
            .into());
    };
    let certificate = asked.server.following.database().certificate(&statement, asked.now);
    let certificate = certificate.map_err(|error| Problem::in_query(&error, text))?;
    Ok(asked.with_head(Response::json(format!("{certificate:#}\n")).fresh(Freshness::Revalidated)))
}
