//! The head of a request as plain data, and what it is refused for before anything else is asked.

use hyper::header::{HOST, TRANSFER_ENCODING};
use hyper::http::request::Parts;

use super::super::problem::{Problem, Refusal};
use super::super::request::{HEADERS, Method, Request};
use crate::limits;
use crate::time::Timestamp;

/// Reads a head.
///
/// # Errors
/// It is too long, is no head of a request that two readers would understand in the same way, or its target is no path.
pub fn read(head: &Parts) -> Result<Request, Problem> {
    check(head)?;
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let mut read = Request::read(Method::named(head.method.as_str()), target)?.at(Timestamp::now());
    for name in HEADERS {
        let mut values = head.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        if let Some(first) = values.next() {
            // Several headers of a name mean the same as one with all their values.
            read = read.with_header(name, values.fold(first.to_string(), |all, next| all + ", " + next));
        }
    }
    // A whole address names the server, whatever `Host` has.
    if let Some(authority) = head.uri.authority() {
        read = read.with_header(HOST.as_str(), authority.as_str());
    }
    Ok(read)
}

fn check(head: &Parts) -> Result<(), Problem> {
    let most = limits::REQUEST_HEAD_BYTES;
    if length(head) > most {
        return Err(Problem::of(Refusal::HeadTooLong, format!("the head has more than {most} bytes"))
            .hint("send a long statement as the body of a POST"));
    }
    if head.headers.get_all(HOST).iter().nth(1).is_some() {
        return Err(Problem::of(Refusal::BadRequest, "the head has two headers `Host`"));
    }
    let mut codings = head.headers.get_all(TRANSFER_ENCODING).iter();
    if codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"chunked")) {
        return Err(Problem::of(Refusal::MediaTypeUnknown, "the body is compressed on its way")
            .hint("send it as it is, in chunks or with its length"));
    }
    Ok(())
}

/// The length of a head as it was sent, but for blanks around values.
fn length(head: &Parts) -> usize {
    let first = head.method.as_str().len() + head.uri.to_string().len() + "  HTTP/1.1\r\n\r\n".len();
    let fields = head.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    first + fields.sum::<usize>()
}
