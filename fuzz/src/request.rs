//! An HTTP request, as far as it is no matter of sockets.

use serde_json::Value;
use tierbook::limits;
use tierbook::server::{Method, Options, Request, Response, Server};

use super::support::{Stored, stored};

thread_local! {
    static SERVED: (Stored, Server) = {
        let stored = stored();
        let server = Server::new(stored.database.clone(), Options::default()).unwrap();
        (stored, server)
    };
}

/// Answers it: the first line is a method and a target, the next ones headers up to an empty one, the rest is the body.
pub fn check(bytes: &[u8]) {
    let (head, body) = match bytes.windows(2).position(|two| two == b"\n\n") {
        Some(at) => (&bytes[..at], &bytes[at + 2..]),
        None => (bytes, &[][..]),
    };
    let Ok(head) = std::str::from_utf8(head) else { return };
    let mut lines = head.lines();
    let (method, target) = lines.next().and_then(|line| line.split_once(' ')).unwrap_or(("GET", head));
    let mut request = Request::get(target).with_body(body.to_vec());
    request.method = Method::named(method);
    request = request.at("2026-03-15T00:00Z".parse().unwrap());
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        request = request.with_header(name, value);
    }
    SERVED.with(|(_, server)| {
        let answer = server.answer(&request);
        check_answer(&answer);
        let Some(tag) = answer.header("etag").filter(|_| answer.status == 200) else { return };
        let kept = server.answer(&request.clone().with_header("if-none-match", tag));
        assert_eq!(kept.status, 304, "{request:?} gives {tag} and then not");
    });
}

fn check_answer(answer: &Response) {
    assert!(
        [200, 204, 304].contains(&answer.status)
            || (400..=413).contains(&answer.status)
            || [415, 421, 422, 429, 451, 503].contains(&answer.status),
        "{} {}",
        answer.status,
        answer.text()
    );
    assert!(answer.body.len() <= limits::RESPONSE_BYTES);
    for (name, value) in answer.headers() {
        assert!(!value.contains(char::is_control), "{name}: {value:?}");
        assert!(value.len() <= limits::RESPONSE_HEADER_BYTES, "{name}: {} bytes", value.len());
    }
    let kind = answer.header("content-type").unwrap_or_default();
    if kind == "application/problem+json" {
        let problem: Value = serde_json::from_str(answer.text()).unwrap();
        assert_eq!(problem["status"], answer.status);
    } else if kind == "application/json"
        && answer.header("content-encoding").is_none()
        && answer.status != 304
    {
        assert!(serde_json::from_slice::<Value>(&answer.body).is_ok(), "{}", answer.text());
    }
}
