//! From a request to its answer: the guards, the basis, the router, and what every answer has.

use super::asked::Asked;
use super::basis::Basis;
use super::problem::Problem;
use super::request::Request;
use super::response::Response;
use super::route::{route, takes_long};
use super::state::Server;

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
        let mut response = self.routed(request).unwrap_or_else(|problem| problem.response());
        for (name, value) in SECURITY {
            response.add(name, value);
        }
        response
    }

    /// Whether the answer may take so long that others should not wait for it.
    pub(super) fn takes_long(&self, request: &Request) -> bool {
        takes_long(request)
    }

    fn routed(&self, request: &Request) -> Result<Response, Problem> {
        let rules = self.following.snapshot();
        let (basis, parts) = Basis::read(request)?;
        let at = basis.at(request.received_at, rules.head());
        let path = request.path.iter().skip(parts).map(String::as_str).collect();
        route(&Asked { server: self, request, path, basis, at, rules })
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
