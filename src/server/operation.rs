//! What those who run the server ask: whether it works, what it has done, and which paths there are.

use serde_json::json;

use super::asked::Asked;
use super::problem::{Problem, Refusal};
use super::response::{Freshness, JSON, Response, TEXT};

/// Every path and field.
const OPEN_API: &str = include_str!("../../docs/openapi.json");

/// That the process answers.
pub fn health() -> Response {
    Response::new(200, TEXT, "ok\n")
}

/// That the database can be read.
///
/// # Errors
/// It cannot.
pub fn ready(asked: &Asked) -> Result<Response, Problem> {
    match asked.server.following.problem() {
        None => Ok(Response::new(200, TEXT, "ready\n")),
        Some(error) => {
            let problem = Problem::of(Refusal::NotReady, "the newest state of the database cannot be read");
            Err(problem.hint(format!("{}: tierbook verify", error.code().as_str())))
        }
    }
}

/// The head of the database.
pub fn head(asked: &Asked) -> Response {
    let head = asked.rules.head();
    let recorded_at = head.recorded_at.map(|at| at.to_string());
    let body = json!({"tx": head.tx.0, "hash": head.hash.to_string(), "recorded_at": recorded_at});
    asked.with_head(Response::json(format!("{body}\n")).fresh(Freshness::Revalidated))
}

/// The figures for Prometheus.
pub fn metrics(asked: &Asked) -> Response {
    let text = asked.server.metrics.text(
        asked.rules.head(),
        asked.server.following.taken(),
        asked.request.received_at,
    );
    Response::new(200, "text/plain; version=0.0.4; charset=utf-8", text)
}

/// The description of all paths.
pub fn open_api() -> Response {
    Response::new(200, JSON, OPEN_API).fresh(Freshness::Revalidated)
}
