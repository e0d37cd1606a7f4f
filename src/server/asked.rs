//! What a handler of a path gets: the request, its basis, and the snapshot that answers.

use std::time::Instant;

use super::basis::Basis;
use super::problem::{Problem, Refusal};
use super::request::{Method, Request};
use super::response::Response;
use super::state::Server;
use crate::snapshot::Snapshot;
use crate::statement::At;
use crate::time::Timestamp;

/// A request that is to be answered by one path.
pub struct Asked<'a> {
    pub server: &'a Server,
    pub request: &'a Request,
    /// The parts of the path without those of the basis.
    pub path: Vec<&'a str>,
    /// The times that the request fixes.
    pub basis: Basis,
    /// What relative times and an open basis mean: the beginning of this second.
    pub now: Timestamp,
    /// The basis of the answer.
    pub at: At,
    pub rules: Snapshot,
    /// When the answer has to be made.
    pub until: Instant,
}

impl<'a> Asked<'a> {
    /// A request without its basis.
    ///
    /// # Errors
    /// The basis cannot be read.
    pub fn of(server: &'a Server, request: &'a Request) -> Result<Asked<'a>, Problem> {
        let until = Instant::now() + server.options.limits.answer;
        let rules = server.following.snapshot().until(until);
        let (basis, parts) = Basis::read(request)?;
        let now = Basis::now(request.received_at, rules.head());
        let path = request.path.iter().skip(parts).map(String::as_str).collect();
        Ok(Asked { server, request, path, basis, now, at: basis.at(now), rules, until })
    }

    /// Whether answers at the basis never change.
    pub fn is_fixed(&self) -> bool {
        self.basis.is_fixed(self.rules.head())
    }

    /// An answer with the basis and the head in its headers.
    pub fn with_basis(&self, mut response: Response) -> Response {
        response.add("x-tierbook-as-of", self.at.valid_at.to_string());
        if let Some(known_at) = self.at.known_at {
            response.add("x-tierbook-known-at", known_at.to_string());
        }
        if let Some(recorded_by) = self.at.recorded_by {
            response.add("x-tierbook-recorded-by", recorded_by.to_string());
        }
        self.with_head(response)
    }

    /// An answer with the head in its headers.
    pub fn with_head(&self, response: Response) -> Response {
        let head = self.rules.head();
        response.with("x-tierbook-tx", head.tx.to_string()).with("x-tierbook-head", head.hash.to_string())
    }

    /// Refuses to go on where the answer takes too long.
    ///
    /// # Errors
    /// It does.
    pub fn check_time(&self) -> Result<(), Problem> {
        Ok(self.rules.check_time()?)
    }

    /// The text that is asked: the parameter, or the body of a `POST`.
    ///
    /// # Errors
    /// There is none, or it is no text.
    pub fn text(&self, parameter: &str) -> Result<&'a str, Problem> {
        let text = match self.request.method {
            Method::Post => std::str::from_utf8(&self.request.body)
                .map_err(|_| Problem::of(Refusal::BadRequest, "the body is not UTF-8 text"))?,
            _ => self.request.parameter(parameter).unwrap_or_default(),
        };
        match text.trim().is_empty() {
            false => Ok(text),
            true => {
                let detail = format!("nothing is asked: `{parameter}` is missing");
                Err(Problem::of(Refusal::BadRequest, detail)
                    .hint(format!("add ?{parameter}=limit+of+ACTUSDT")))
            }
        }
    }
}
