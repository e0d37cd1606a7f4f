//! The page for browsers.

use super::asked::Asked;
use super::problem::Problem;
use super::response::{HTML, Response};

/// The page at `/`, at the basis that is asked for.
///
/// # Errors
/// The database cannot be read.
pub fn page(asked: &Asked) -> Result<Response, Problem> {
    let (tx, at) = (asked.rules.tx(), asked.at.valid_at);
    let body = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>tierbook</title></head>\
         <body><h1>tierbook</h1><p>Transaction {tx}, as of {at}.</p></body></html>\n"
    );
    Ok(Response::new(200, HTML, body))
}
