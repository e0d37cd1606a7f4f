//! An answer as plain data: status, headers, body.

use std::borrow::Cow;

use bytes::Bytes;

use crate::limits;
use crate::statement::Sha256;

/// The answer to a request.
///
/// ```
/// use tierbook::server::{Options, Request, Server};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// let answer = Server::new(database, Options::default())?.answer(&Request::get("/fapi/v1/ping"));
/// assert_eq!((answer.status, answer.text()), (200, "{}"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Response {
    /// The status of HTTP.
    pub status: u16,
    /// The body.
    pub body: Bytes,
    /// How long it may be kept, and by what it is recognised.
    pub(super) freshness: Freshness,
    headers: Vec<(&'static str, Cow<'static, str>)>,
}

/// How long an answer may be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Freshness {
    /// Not at all.
    #[default]
    NotStored,
    /// Until somebody asks again, who may learn that the body is the same.
    Revalidated,
    /// Until somebody asks again, who may learn that what the body states is the same: this is the hash of it.
    Similar(Sha256),
    /// For ever: its three times are fixed.
    Immutable,
}

impl Response {
    /// An answer with a body of a type.
    pub(super) fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Response {
        let headers = vec![("content-type", Cow::Borrowed(content_type))];
        Response { status, body: body.into(), freshness: Freshness::NotStored, headers }
    }

    /// JSON with the status 200.
    pub(super) fn json(body: impl Into<Bytes>) -> Response {
        Response::new(200, JSON, body)
    }

    /// The same with a header; those of a name that can be there several times are added.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Response {
        self.add(name, value);
        self
    }

    /// Adds a header.
    pub(super) fn add(&mut self, name: &'static str, value: impl Into<Cow<'static, str>>) {
        self.headers.push((name, value.into()));
    }

    /// The same, kept as `freshness` says.
    pub(super) fn fresh(mut self, freshness: Freshness) -> Response {
        self.freshness = freshness;
        self
    }

    /// The same without the headers of some names.
    pub(super) fn without(mut self, names: &[&str]) -> Response {
        self.headers.retain(|(name, _)| !names.contains(name));
        self
    }

    /// The headers; the names are in lower case.
    ///
    /// ```
    /// use tierbook::server::{Options, Request, Server};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let answer = Server::new(database, Options::default())?.answer(&Request::get("/healthz"));
    /// assert!(answer.headers().any(|(name, value)| (name, value) == ("x-content-type-options", "nosniff")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_ref()))
    }

    /// The value of a header.
    ///
    /// ```
    /// use tierbook::server::{Options, Request, Server};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let answer = Server::new(database, Options::default())?.answer(&Request::get("/fapi/v1/ping"));
    /// assert_eq!(answer.header("content-type"), Some("application/json"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The body as text; empty where it is none.
    ///
    /// ```
    /// use tierbook::server::{Options, Request, Server};
    /// # let folder = tempfile::tempdir()?;
    /// # let database = tierbook::Database::create(folder.path().join("db"))?;
    /// let answer = Server::new(database, Options::default())?.answer(&Request::get("/healthz"));
    /// assert_eq!(answer.text(), "ok\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }
}

/// A text as the value of a header, which has no other characters and only so many.
pub(super) fn ascii(text: &str) -> String {
    let most = limits::RESPONSE_HEADER_BYTES;
    let mut ascii: String =
        text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    if ascii.len() > most {
        ascii.truncate(most - "...".len());
        ascii += "...";
    }
    ascii
}

/// The media types of answers.
pub(super) const JSON: &str = "application/json";
/// See [`JSON`].
pub(super) const TEXT: &str = "text/plain; charset=utf-8";
/// See [`JSON`].
pub(super) const HTML: &str = "text/html; charset=utf-8";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_the_most_bytes_is_whole_and_one_byte_more_is_cut_visibly() {
        let whole = "n".repeat(limits::RESPONSE_HEADER_BYTES);
        assert_eq!(ascii(&whole), whole);
        let cut = ascii(&format!("{whole}n"));
        assert!(cut.len() == whole.len() && cut.ends_with("n..."), "{cut}");
    }
}
