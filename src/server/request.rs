//! A request as plain data: method, decoded path, parameters, the few headers that count, and the body.

use bytes::Bytes;

use super::problem::{Problem, Refusal};
use crate::limits;
use crate::time::Timestamp;

/// What is to be done with a path.
///
/// ```
/// use tierbook::server::{Method, Request};
/// assert_eq!(Request::get("/v1/head").method, Method::Get);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Method {
    /// Read; `HEAD` too, whose answer is the same without its body.
    Get,
    /// Read what is asked for in the body.
    Post,
    /// Ask what another site may do.
    Options,
    /// Any other.
    Other,
}

impl Method {
    /// The method of that name.
    ///
    /// ```
    /// use tierbook::server::Method;
    /// assert_eq!((Method::named("HEAD"), Method::named("PUT")), (Method::Get, Method::Other));
    /// ```
    pub fn named(name: &str) -> Method {
        match name {
            "GET" | "HEAD" => Method::Get,
            "POST" => Method::Post,
            "OPTIONS" => Method::Options,
            _ => Method::Other,
        }
    }
}

/// The headers that count; all others are forgotten when a request is read.
pub(super) const HEADERS: [&str; 13] = [
    "accept",
    "accept-encoding",
    "authorization",
    "content-encoding",
    "content-type",
    "host",
    "if-none-match",
    "origin",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "x-mbx-apikey",
    "x-request-id",
];

/// A request.
///
/// ```
/// use tierbook::server::Request;
/// let request = Request::get("/v1/query?q=limit+of+ACTUSDT&format=csv").with_header("accept-encoding", "gzip");
/// assert_eq!(request.path, ["v1", "query"]);
/// assert_eq!(request.parameter("q"), Some("limit of ACTUSDT"));
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Request {
    /// What is to be done.
    pub method: Method,
    /// The parts of the path, decoded.
    pub path: Vec<String>,
    /// The parameters in their order, decoded.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// When it came: what an open basis and relative times mean.
    pub received_at: Timestamp,
    headers: Vec<(&'static str, String)>,
}

impl Request {
    /// A `GET` of a path with its query on this machine, as a test writes it; one that cannot be read is no request.
    ///
    /// ```
    /// use tierbook::server::Request;
    /// assert_eq!(Request::get("/healthz").header("host"), Some("localhost"));
    /// ```
    pub fn get(target: &str) -> Request {
        let read = Request::read(Method::Get, target);
        read.unwrap_or_else(|_| Request::unread()).with_header("host", "localhost")
    }

    /// One of which nothing could be read.
    pub(super) fn unread() -> Request {
        let (body, received_at) = (Bytes::new(), Timestamp::now());
        let (path, query, headers) = Default::default();
        Request { method: Method::Other, path, query, body, received_at, headers }
    }

    /// The same as a `POST` with a body.
    ///
    /// ```
    /// use tierbook::server::{Method, Request};
    /// let request = Request::get("/v1/query").with_body("limit of ACTUSDT");
    /// assert_eq!((request.method, &request.body[..5]), (Method::Post, &b"limit"[..]));
    /// ```
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Request {
        (self.method, self.body) = (Method::Post, body.into());
        self
    }

    /// The same with a header, in the place of one of that name; without it where it is not one that counts.
    ///
    /// ```
    /// use tierbook::server::Request;
    /// let request = Request::get("/").with_header("accept", "text/csv").with_header("cookie", "x");
    /// assert_eq!((request.header("accept"), request.header("cookie")), (Some("text/csv"), None));
    /// ```
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Request {
        if let Some(name) = HEADERS.iter().find(|known| known.eq_ignore_ascii_case(name)) {
            self.headers.retain(|(known, _)| known != name);
            self.headers.push((name, value.into()));
        }
        self
    }

    /// The same, received at another time.
    ///
    /// ```
    /// use tierbook::server::Request;
    /// let time = "2026-02-07T00:00Z".parse()?;
    /// assert_eq!(Request::get("/").at(time).received_at, time);
    /// # Ok::<(), tierbook::Error>(())
    /// ```
    pub fn at(mut self, received_at: Timestamp) -> Request {
        self.received_at = received_at;
        self
    }

    /// The value of a header.
    ///
    /// ```
    /// use tierbook::server::Request;
    /// assert_eq!(Request::get("/").header("if-none-match"), None);
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The first parameter of that name.
    ///
    /// ```
    /// use tierbook::server::Request;
    /// assert_eq!(Request::get("/?a=%31&a=2").parameter("a"), Some("1"));
    /// ```
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Reads the method and the target of a request.
    ///
    /// # Errors
    /// The target is too long, or it is no path: it has `..`, control characters, or bytes that are no text.
    pub(super) fn read(method: Method, target: &str) -> Result<Request, Problem> {
        if target.len() > limits::REQUEST_TARGET_BYTES {
            let most = limits::REQUEST_TARGET_BYTES;
            return Err(Problem::of(Refusal::TargetTooLong, format!("the path has more than {most} bytes"))
                .hint("send a long statement as the body of a POST"));
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let parts = path.trim_matches('/').split('/').filter(|part| !part.is_empty());
        let path = parts.map(|part| decoded(part, false)).collect::<Result<Vec<_>, _>>()?;
        if path.iter().any(|part| part == ".." || part == ".") {
            return Err(Problem::of(Refusal::BadRequest, "the path has `.` or `..`"));
        }
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name, true)?, decoded(value, true)?))
        };
        let query =
            query.split('&').filter(|it| !it.is_empty()).map(pair).collect::<Result<Vec<_>, Problem>>()?;
        let (body, received_at, headers) = (Bytes::new(), Timestamp::now(), Vec::new());
        Ok(Request { method, path, query, body, received_at, headers })
    }
}

/// The text of a part of a target; in a query a `+` is a blank.
fn decoded(text: &str, is_query: bool) -> Result<String, Problem> {
    let wrong = |what: &str| Problem::of(Refusal::BadRequest, format!("the path or a parameter has {what}"));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                let (high, low) = (digit(), digit());
                let value = high.zip(low).map(|(high, low)| (high * 16 + low) as u8);
                value.ok_or_else(|| wrong("a `%` without two hexadecimal digits after it"))?
            }
            b'+' if is_query => b' ',
            byte => byte,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| wrong("bytes that are not UTF-8"))?;
    match text.chars().any(|c| c.is_control() && !(is_query && matches!(c, '\n' | '\r' | '\t'))) {
        true => Err(wrong("a control character")),
        false => Ok(text),
    }
}
