//! How long an answer may be kept, and the answer that nothing changed.

use super::request::Request;
use super::response::{Freshness, Response};
use crate::statement::Sha256;

/// How many hexadecimal digits of a hash a tag has.
const TAG_DIGITS: usize = 32;

/// What an answer is recognised by, before it is compressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag {
    digits: String,
    /// Whether answers with it have the same bytes, not only the same meaning.
    is_exact: bool,
}

impl Tag {
    /// The tag of an answer; `None` of one that is not kept.
    pub fn of(response: &Response) -> Option<Tag> {
        let (hash, is_exact) = match response.freshness {
            Freshness::NotStored => return None,
            Freshness::Similar(hash) => (hash, false),
            Freshness::Revalidated | Freshness::Immutable => (Sha256::of(&[&response.body]), true),
        };
        let digits = hash.to_string().get(..TAG_DIGITS)?.to_string();
        Some(Tag { digits, is_exact })
    }

    /// The value of `ETag`: of a compressed answer another one, because its bytes are others.
    pub fn value(&self, is_compressed: bool) -> String {
        match (self.is_exact, is_compressed) {
            (true, true) => format!("\"{}-gzip\"", self.digits),
            (true, false) => format!("\"{}\"", self.digits),
            (false, _) => format!("W/\"{}\"", self.digits),
        }
    }

    /// Whether a client that sends `If-None-Match` has the answer: a list, `*`, and weak tags count.
    pub fn is_in(&self, if_none_match: &str, is_compressed: bool) -> bool {
        let value = self.value(is_compressed);
        let opaque = value.trim_start_matches("W/");
        if_none_match
            .split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || tag.trim_start_matches("W/") == opaque)
    }
}

/// The headers of an answer about how long it is kept; where the client has it, the answer that says so.
pub fn kept(request: &Request, response: Response, tag: &Option<Tag>, is_private: bool) -> Response {
    let Some(tag) = tag else {
        return response.with("cache-control", "no-store");
    };
    let is_compressed = response.header("content-encoding").is_some();
    let is_immutable = response.freshness == Freshness::Immutable;
    let control = match (is_immutable, is_private) {
        (true, true) => "private, max-age=31536000, immutable",
        (true, false) => "public, max-age=31536000, immutable",
        (false, true) => "private, no-cache",
        (false, false) => "no-cache",
    };
    let response = response.with("cache-control", control).with("etag", tag.value(is_compressed));
    match request.header("if-none-match") {
        Some(tags) if response.status == 200 && tag.is_in(tags, is_compressed) => {
            let mut same = response.without(&["content-type", "content-encoding"]);
            (same.status, same.body) = (304, bytes::Bytes::new());
            same
        }
        _ => response,
    }
}
