//! What the server knows besides the requests: the database that it follows, and what it was started with.

use std::time::Duration;

use super::compress::Compressed;
use super::follow::Following;
use super::metrics::Metrics;
use super::published::Published;
use crate::database::Database;
use crate::error::Result;
use crate::limits;

/// How much a client may take; src/limits.rs has the reasons.
///
/// ```
/// use tierbook::server::Limits;
/// let limits = Limits::default();
/// assert!(limits.head < limits.body && limits.connections >= 100);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// For the head of a request, and until the next one on a connection that is kept.
    pub head: Duration,
    /// For the body of a request.
    pub body: Duration,
    /// For an answer.
    pub answer: Duration,
    /// For which a client may take nothing of an answer.
    pub stall: Duration,
    /// For what has begun when the server is to end.
    pub end: Duration,
    /// Connections at the same time.
    pub connections: usize,
    /// Bytes of memory for the bodies of requests, and of large answers, at the same time.
    pub bodies: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head: Duration::from_secs(limits::REQUEST_HEAD_SECONDS),
            body: Duration::from_secs(limits::REQUEST_BODY_SECONDS),
            answer: Duration::from_secs(limits::REQUEST_SECONDS),
            stall: Duration::from_secs(limits::RESPONSE_STALL_SECONDS),
            end: Duration::from_secs(limits::SHUTDOWN_SECONDS),
            connections: limits::CONNECTIONS,
            bodies: limits::BODIES_BYTES,
        }
    }
}

/// What a server is started with.
///
/// ```
/// use tierbook::server::Options;
/// assert!(Options::default().tokens.is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The tokens of which a request needs one; none are needed where there are none.
    pub tokens: Vec<String>,
    /// The names under which it answers, besides those of this machine itself.
    pub hosts: Vec<String>,
    /// The sites whose pages may read answers: `https://risk.example.com`.
    pub origins: Vec<String>,
    /// How much a client may take.
    pub limits: Limits,
}

/// A server: a database, as HTTP gives it.
pub struct Server {
    pub(super) following: Following,
    pub(super) options: Options,
    pub(super) compressed: Compressed,
    pub(super) published: Published,
    pub(super) metrics: Metrics,
}

impl Server {
    /// A server of a database.
    ///
    /// ```
    /// use tierbook::server::{Options, Request, Server};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let server = Server::new(database, Options::default())?;
    /// assert_eq!(server.answer(&Request::get("/readyz")).status, 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, or it is damaged.
    pub fn new(database: Database, options: Options) -> Result<Server> {
        let (compressed, published, metrics) = Default::default();
        Ok(Server { following: Following::new(database)?, options, compressed, published, metrics })
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        // Not the tokens.
        f.debug_struct("Server").field("database", &self.following.database().dir()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_the_limits_that_are_listed_where_nothing_else_is_said() {
        let Limits { head, body, answer, stall, end, connections, bodies } = Limits::default();
        let seconds = [head, body, answer, stall, end].map(|it| it.as_secs());
        assert_eq!(
            seconds,
            [
                limits::REQUEST_HEAD_SECONDS,
                limits::REQUEST_BODY_SECONDS,
                limits::REQUEST_SECONDS,
                limits::RESPONSE_STALL_SECONDS,
                limits::SHUTDOWN_SECONDS,
            ]
        );
        assert_eq!((connections, bodies), (limits::CONNECTIONS, limits::BODIES_BYTES));
    }
}
