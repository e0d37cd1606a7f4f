//! The router: a path to the function that answers it.

use super::asked::Asked;
use super::page;
use super::problem::{Problem, Refusal};
use super::request::{Method, Request};
use super::response::{Response, TEXT};

/// Answers a request.
///
/// # Errors
/// There is no such path, it does not take the method, or it refuses the request.
pub fn route(asked: &Asked) -> Result<Response, Problem> {
    use Method::Get;
    match (asked.request.method, asked.path.as_slice()) {
        (Get, []) => page::page(asked),
        (Get, ["healthz"]) => Ok(Response::new(200, TEXT, "ok\n")),
        (Get, ["readyz"]) => Ok(Response::new(200, TEXT, "ready\n")),
        (Get, ["fapi", "v1", "ping"]) => Ok(Response::json("{}")),
        _ => Err(Problem::of(Refusal::NoSuchPath, format!("there is no path /{}", asked.path.join("/")))),
    }
}

/// Whether an answer may take so long that others should not wait for it.
pub fn takes_long(request: &Request) -> bool {
    request.method == Method::Post
}
