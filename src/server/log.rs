//! A line about a request: `key=value`, without anything that is secret.

use std::net::IpAddr;
use std::time::Duration;

use super::request::{Method, Request};
use super::response::Response;

/// The parameters that are logged; a signature, a key or a token is none of them, whatever its name.
const LOGGED: [&str; 21] = [
    "symbol",
    "asOf",
    "knownAt",
    "recordedBy",
    "q",
    "set",
    "format",
    "from",
    "measures",
    "ask",
    "of",
    "since",
    "until",
    "by",
    "matching",
    "notional",
    "time",
    "leverage",
    "zone",
    "on_error",
    "sizes",
];

/// Most bytes of a value in a line.
const VALUE_BYTES: usize = 200;

/// The line about a request and its answer.
pub fn line(peer: IpAddr, request: &Request, response: &Response, took: Duration) -> String {
    let mut line = format!("time={} peer={peer}", request.received_at);
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Options => "OPTIONS",
        Method::Other => "other",
    };
    line += &format!(" method={method} path={}", value(&format!("/{}", request.path.join("/"))));
    for (name, text) in request.query.iter().filter(|(name, _)| LOGGED.contains(&name.as_str())) {
        line += &format!(" {name}={}", value(text));
    }
    if !request.body.is_empty() {
        line += &format!(" body={}", request.body.len());
    }
    line += &format!(" status={} bytes={} us={}", response.status, response.body.len(), took.as_micros());
    for (key, name) in [("tx", "x-tierbook-tx"), ("id", "x-request-id")] {
        if let Some(text) = response.header(name) {
            line += &format!(" {key}={}", value(text));
        }
    }
    line
}

/// A value: in quotation marks where it is more than one plain word.
fn value(text: &str) -> String {
    let end = text.floor_char_boundary(VALUE_BYTES);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:._-@,*".contains(c);
    if !text.is_empty() && end == text.len() && text.chars().all(is_plain) {
        return text.to_string();
    }
    let more = if end < text.len() { "…" } else { "" };
    format!("{:?}", format!("{}{more}", &text[..end]))
}
