//! Answers in gzip, each compressed once.

use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::request::Request;
use super::response::{Freshness, Response};
use crate::limits;
use crate::statement::Sha256;

/// The level: a little less small than the usual one, in half its time.
const LEVEL: u32 = 4;

/// The compressed bodies of the last answers.
#[derive(Default)]
pub struct Compressed {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    bodies: HashMap<[u8; 32], Bytes>,
    /// The oldest first.
    order: VecDeque<[u8; 32]>,
    bytes: usize,
}

impl Compressed {
    /// The answer compressed, where the client takes that and it is worth it.
    pub fn compressed(&self, request: &Request, mut response: Response) -> Response {
        let kind = response.header("content-type").unwrap_or_default();
        if !is_text(kind) || response.body.len() < limits::COMPRESSED_FROM_BYTES {
            return response;
        }
        response.add("vary", "Accept-Encoding");
        if !takes_gzip(request.header("accept-encoding").unwrap_or_default()) {
            return response;
        }
        let is_kept = response.freshness != Freshness::NotStored;
        let hash = is_kept.then(|| Sha256::of(&[&response.body]).0);
        let found = hash.and_then(|hash| self.kept().bodies.get(&hash).cloned());
        let Some(body) = found.or_else(|| gzip(&response.body)) else { return response };
        if let Some(hash) = hash {
            self.kept().keep(hash, &body);
        }
        response.body = body;
        response.with("content-encoding", "gzip")
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn keep(&mut self, hash: [u8; 32], body: &Bytes) {
        if body.len() > limits::COMPRESSED_BYTES / 4 || self.bodies.contains_key(&hash) {
            return;
        }
        self.bytes += body.len();
        self.order.push_back(hash);
        self.bodies.insert(hash, body.clone());
        while self.bytes > limits::COMPRESSED_BYTES {
            let Some(oldest) = self.order.pop_front() else { return };
            self.bytes -= self.bodies.remove(&oldest).map_or(0, |body| body.len());
        }
    }
}

fn gzip(body: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 8), Compression::new(LEVEL));
    // Memory takes everything.
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// Whether a body of that type becomes smaller: files of columns are compressed already.
fn is_text(kind: &str) -> bool {
    kind.starts_with("text/") || kind.contains("json") || kind.contains("xml") || kind.contains("javascript")
}

/// Whether `Accept-Encoding` takes gzip; `q=0` refuses it.
fn takes_gzip(accepted: &str) -> bool {
    let of = |name: &str| {
        accepted.split(',').find_map(|coding| {
            let (coding, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let is_it = coding.trim().eq_ignore_ascii_case(name);
            is_it.then(|| !is_zero(weight))
        })
    };
    of("gzip").or_else(|| of("*")).unwrap_or(false)
}

/// Whether a weight is `q=0`, in any of its spellings.
fn is_zero(weight: &str) -> bool {
    let value = weight.trim().strip_prefix("q=").unwrap_or("1");
    value.starts_with('0') && value.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_compressed_from_a_size_on_and_not_below() {
        let request = Request::get("/").with_header("accept-encoding", "gzip");
        let is_compressed = |length: usize| {
            let response = Response::new(200, "text/plain", " ".repeat(length));
            let compressed = Compressed::default().compressed(&request, response);
            compressed.header("content-encoding") == Some("gzip")
        };
        assert!(is_compressed(limits::COMPRESSED_FROM_BYTES));
        assert!(!is_compressed(limits::COMPRESSED_FROM_BYTES - 1));
    }

    #[test]
    fn so_many_compressed_bytes_are_kept_and_the_oldest_go_for_more() {
        let (mut kept, quarter) = (Kept::default(), limits::COMPRESSED_BYTES / 4);
        let bytes = Bytes::from(vec![0; quarter + 1]);
        let hash = |number: u8| [number; 32];
        kept.keep(hash(0), &bytes);
        assert_eq!(kept.bytes, 0, "one that is too large is not kept");
        (1..=4).for_each(|number| kept.keep(hash(number), &bytes.slice(1..)));
        assert_eq!((kept.bytes, kept.bodies.len()), (limits::COMPRESSED_BYTES, 4));
        kept.keep(hash(5), &bytes.slice(..1));
        assert_eq!((kept.bytes, kept.bodies.contains_key(&hash(1))), (3 * quarter + 1, false));
        assert_eq!(kept.order.len(), kept.bodies.len());
    }
}
