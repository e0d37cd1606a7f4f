//! From a request to its answer: the guards, the basis, the router, and what every answer has.

use std::time::{Duration, Instant};

use super::asked::Asked;
use super::basis::Basis;
use super::caching::{Tag, kept};
use super::guard;
use super::journal;
use super::page;
use super::path::Path;
use super::problem::{Problem, Refusal};
use super::request::{Method, Request};
use super::response::{Response, TEXT};
use super::route::{route, takes_long};
use super::state::Server;

/// Longest id of a request that is passed on.
const ID_BYTES: usize = 64;

impl Server {
    /// The answer to a request. It knows nothing of sockets.
    ///
    /// ```
    /// use tierbook::server::{Options, Request, Server};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let server = Server::new(database, Options::default())?;
    /// assert_eq!(server.answer(&Request::get("/no/such/path")).status, 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn answer(&self, request: &Request) -> Response {
        let began = Instant::now();
        let path = path_of(request);
        let found = guard::check(&self.options, request, Server::takes_long);
        let found = found.and_then(|()| self.routed(request, path));
        let response = found.unwrap_or_else(|problem| refusal(request, &problem));
        let tag = Tag::of(&response);
        let response = self.compressed.compressed(request, response);
        let response = kept(request, response, &tag, !self.options.tokens.is_empty());
        let response = self.finished(request, response);
        self.metrics.count(path, response.status, response.body.len(), began.elapsed());
        response
    }

    /// Checks a request before its body is read.
    ///
    /// # Errors
    /// It would be refused whatever the body is.
    pub(super) fn admits(&self, request: &Request) -> Result<(), Problem> {
        guard::check(&self.options, request, Server::takes_long)?;
        match path_of(request) {
            Some(path) => path.check(request.method),
            None => Err(no_such_path(request)),
        }
    }

    /// The answer to a request that is refused before it is asked.
    pub(super) fn refused(&self, request: &Request, problem: &Problem) -> Response {
        let response = self.finished(request, kept(request, refusal(request, problem), &None, true));
        self.metrics.count(path_of(request), response.status, response.body.len(), Duration::ZERO);
        response
    }

    fn finished(&self, request: &Request, response: Response) -> Response {
        let mut response = guard::with_origin(&self.options, request, response);
        for (name, value) in SECURITY {
            response.add(name, value);
        }
        let is_plain = |id: &&str| {
            id.len() <= ID_BYTES
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        if let Some(id) = request.header("x-request-id").filter(is_plain) {
            response.add("x-request-id", id.to_string());
        }
        response
    }

    /// Whether the answer may take so long that others should not wait for it.
    pub(super) fn takes_long(request: &Request) -> bool {
        path_of(request).is_some_and(|path| takes_long(path, request))
    }

    /// The last transaction that who asks has, and for how long it waits for the next one; `None` where it does not wait, or
    /// is refused.
    pub(super) fn waits(&self, request: &Request) -> Option<(u64, Duration)> {
        let is_head = path_of(request) == Some(Path::JournalHead);
        let waits = if is_head { journal::waits(request)? } else { return None };
        self.admits(request).is_ok().then_some(waits)
    }

    fn routed(&self, request: &Request, path: Option<Path>) -> Result<Response, Problem> {
        if request.method == Method::Options {
            return match (request.header("origin"), path) {
                (Some(_), _) => guard::preflight(&self.options, request),
                (None, Some(path)) => Ok(Response::new(204, TEXT, "").with("allow", path.methods())),
                (None, None) => Err(no_such_path(request)),
            };
        }
        match path {
            Some(path) => match Asked::of(self, request) {
                Ok(asked) => route(&asked, path),
                Err(problem) => page::without_times(self, path, problem),
            },
            None => Err(no_such_path(request)),
        }
    }
}

/// The parts of the path after those of the basis.
fn parts(request: &Request) -> Vec<&str> {
    request.path.iter().skip(Basis::parts(request)).map(String::as_str).collect()
}

fn path_of(request: &Request) -> Option<Path> {
    Path::of(&parts(request))
}

fn no_such_path(request: &Request) -> Problem {
    Problem::of(Refusal::NoSuchPath, format!("there is no path /{}", request.path.join("/")))
        .hint("/openapi.json lists all paths")
}

/// What a client gets that is refused: one of the exchange's own API what it expects.
fn refusal(request: &Request, problem: &Problem) -> Response {
    match Path::is_drop_in(&parts(request)) {
        true => problem.exchange_error().response(),
        false => problem.response(),
    }
}

/// What keeps a browser from doing with an answer what it is not for.
const SECURITY: [(&str, &str); 4] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];
