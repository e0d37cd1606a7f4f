//! What a request is refused with: problem details (RFC 9457) with the code, the place and the hints of the library.

use serde_json::{Map, Value, json};

use super::exchange_error::ExchangeError;
use super::response::Response;
use crate::error::{Error, ErrorCode, ErrorKind};
use crate::text::Span;

/// The media type of problems.
const PROBLEM_JSON: &str = "application/problem+json";

/// What the server itself refuses, besides the errors of the library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    BadRequest,
    TokenMissing,
    WrongHost,
    WrongOrigin,
    NoSuchPath,
    MethodNotAllowed,
    FormUnknown,
    BodyTooSlow,
    BodyTooLong,
    TargetTooLong,
    MediaTypeUnknown,
    HeadTooLong,
    AnswerTooLong,
    Internal,
    NotReady,
    TooBusy,
    TooSlow,
}

impl Refusal {
    /// All of them.
    #[cfg(test)]
    const ALL: [Refusal; 17] = [
        Refusal::BadRequest,
        Refusal::TokenMissing,
        Refusal::WrongHost,
        Refusal::WrongOrigin,
        Refusal::NoSuchPath,
        Refusal::MethodNotAllowed,
        Refusal::FormUnknown,
        Refusal::BodyTooSlow,
        Refusal::BodyTooLong,
        Refusal::TargetTooLong,
        Refusal::MediaTypeUnknown,
        Refusal::HeadTooLong,
        Refusal::AnswerTooLong,
        Refusal::Internal,
        Refusal::NotReady,
        Refusal::TooBusy,
        Refusal::TooSlow,
    ];

    /// Its status, its code and its title.
    fn row(self) -> (u16, &'static str, &'static str) {
        match self {
            Refusal::BadRequest => (400, "bad_request", "The request cannot be read"),
            Refusal::TokenMissing => (401, "token_missing", "A token is needed"),
            Refusal::WrongHost => (421, "wrong_host", "The server does not answer under this name"),
            Refusal::WrongOrigin => (403, "wrong_origin", "Another site may not ask this server"),
            Refusal::NoSuchPath => (404, "no_such_path", "There is no such path"),
            Refusal::MethodNotAllowed => (405, "method_not_allowed", "The path does not take this method"),
            Refusal::FormUnknown => (406, "form_unknown", "The answer cannot have this form"),
            Refusal::BodyTooSlow => (408, "body_too_slow", "The body does not arrive"),
            Refusal::BodyTooLong => (413, "body_too_long", "The body is too long"),
            Refusal::TargetTooLong => (414, "target_too_long", "The path is too long"),
            Refusal::MediaTypeUnknown => (415, "media_type_unknown", "The body has an unknown form"),
            Refusal::HeadTooLong => (431, "head_too_long", "The head of the request is too long"),
            Refusal::AnswerTooLong => (413, "answer_too_long", "The answer is too long"),
            Refusal::Internal => (500, "internal_error", "The server failed"),
            Refusal::NotReady => (503, "not_ready", "The database cannot be read"),
            Refusal::TooBusy => (503, "too_busy", "The server has too much to do"),
            Refusal::TooSlow => (503, "too_slow", "The answer takes too long"),
        }
    }
}

/// What is wrong with a request.
#[derive(Clone, PartialEq, Debug)]
pub struct Problem {
    pub status: u16,
    pub code: &'static str,
    pub title: &'static str,
    pub detail: String,
    pub hints: Vec<String>,
    /// The text of the query in which the place is.
    pub query: Option<String>,
    pub span: Option<Span>,
    /// Whether it is worth to ask again after some seconds.
    pub retry_after: Option<u32>,
    /// The methods that the path takes, where it is asked with another one.
    pub allow: Option<&'static str>,
    /// What the exchange's own API gives in its place.
    pub exchange_error: Option<ExchangeError>,
}

impl Problem {
    /// What the server itself refuses; `detail` is one sentence without a full stop.
    pub fn of(refusal: Refusal, detail: impl Into<String>) -> Problem {
        let (status, code, title) = refusal.row();
        let retry_after = matches!(refusal, Refusal::TooBusy | Refusal::TooSlow).then_some(5);
        Problem { detail: detail.into(), retry_after, ..Problem::with_status(status, code, title) }
    }

    /// One without anything else.
    pub fn with_status(status: u16, code: &'static str, title: &'static str) -> Problem {
        Problem {
            status,
            code,
            title,
            detail: String::new(),
            hints: Vec::new(),
            query: None,
            span: None,
            retry_after: None,
            allow: None,
            exchange_error: None,
        }
    }

    /// The same with one more hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hints.push(hint.into());
        self
    }

    /// An error of the library in the text of a query.
    pub fn in_query(error: &Error, query: &str) -> Problem {
        let span = error.span();
        Problem { query: span.map(|_| query.to_string()), span, ..Problem::from(error.clone()) }
    }

    /// What a client of the exchange's own API can make of it.
    pub fn exchange_error(&self) -> ExchangeError {
        if let Some(error) = &self.exchange_error {
            return error.clone();
        }
        let code = match (self.status, self.code) {
            (401 | 403, _) => -2015,
            (404 | 405, _) => -5000,
            (503, _) => -1008,
            (500.., _) => -1000,
            (_, "bad_request") => -1102,
            _ => -1130,
        };
        ExchangeError::new(self.status, code, format!("{}.", self.detail))
    }

    /// As an answer.
    pub fn response(&self) -> Response {
        let mut fields = Map::new();
        let mut add = |name: &str, value: Value| drop(fields.insert(name.to_string(), value));
        add("type", json!(format!("urn:tierbook:error:{}", self.code)));
        add("title", json!(self.title));
        add("status", json!(self.status));
        add("detail", json!(self.detail));
        add("code", json!(self.code));
        if let Some((query, span)) = self.query.as_ref().zip(self.span) {
            add("query", json!(query));
            add("span", json!([span.start, span.end]));
        }
        add("hints", json!(self.hints));
        let mut response = Response::new(self.status, PROBLEM_JSON, format!("{}\n", Value::Object(fields)));
        if let Some(seconds) = self.retry_after {
            response.add("retry-after", seconds.to_string());
        }
        if self.status == 401 {
            response.add("www-authenticate", "Bearer");
            // What a browser asks a person for.
            response.add("www-authenticate", "Basic realm=\"tierbook\", charset=\"UTF-8\"");
        }
        if let Some(methods) = self.allow {
            response.add("allow", methods);
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        if error.code() == ErrorCode::TooSlow {
            let problem = Problem::of(Refusal::TooSlow, error.message());
            return error.hints().iter().fold(problem, Problem::hint);
        }
        let (status, title) = match error.kind() {
            ErrorKind::Query => (400, "The question is wrong"),
            ErrorKind::UnknownSubject => (404, "No such contract or asset is stored"),
            ErrorKind::Input => (422, "The input cannot be used"),
            ErrorKind::NoAnswer => (404, "No rule answers this"),
            ErrorKind::Damaged => (500, "The database is damaged"),
            ErrorKind::Locked => (503, "The database is being written"),
            ErrorKind::NotFound => (503, "There is no database"),
            ErrorKind::Io => (500, "A file cannot be read"),
        };
        Problem {
            detail: error.message().to_string(),
            hints: error.hints().to_vec(),
            retry_after: (status == 503).then_some(1),
            ..Problem::with_status(status, error.code().as_str(), title)
        }
    }
}

impl From<ExchangeError> for Problem {
    fn from(error: ExchangeError) -> Problem {
        let mut problem =
            Problem::with_status(error.status, "exchange_error", "The exchange would refuse this");
        problem.detail = error.message.trim_end_matches('.').to_string();
        problem.exchange_error = Some(error);
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_the_server_has_every_code_with_its_status() {
        let page = include_str!("../../docs/server.md");
        let row = |code: &str| {
            page.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{code}`")))
        };
        for (status, code, _) in Refusal::ALL.map(Refusal::row) {
            assert!(row(code).is_some_and(|row| row.contains(&format!("| {status} |"))), "{code}");
        }
    }
}
