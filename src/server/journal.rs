//! The journal as a publisher offers it, under `/v1/journal`: a replica can pull from a running server.
//!
//! Segments begin at the same transactions whenever they are asked for, except that who follows gets what is new in one.
//! The last transaction of each is part of the question, so that an answer never changes.

use std::time::Duration;

use super::asked::Asked;
use super::problem::{Problem, Refusal};
use super::request::Request;
use super::response::{Freshness, Response, TEXT};
use crate::limits;
use crate::publication::{PublishedHead, Segment};

/// For how long a request of the head is kept until there is something new, and the last transaction that who asks has;
/// `None` where it is answered at once.
pub fn waits(request: &Request) -> Option<(u64, Duration)> {
    let after = request.parameter("after")?.parse().ok()?;
    let wait: u64 = request.parameter("wait")?.parse().ok()?;
    (wait > 0).then(|| (after, Duration::from_secs(wait.min(limits::ORIGIN_WAIT_SECONDS))))
}

/// The head: with `after`, its last segment begins right after that transaction where one segment has all that is new.
///
/// # Errors
/// A parameter is no number; or the journal cannot be published.
pub fn head(asked: &Asked) -> Result<Response, Problem> {
    let (server, after) = (asked.server, number(asked, "after")?);
    let database = server.following.database();
    let index = server.published.newest(database)?;
    let head = index.head().ok_or_else(|| Problem::of(Refusal::Internal, "there is no segment"))?;
    let last = head.tx();
    let new = match after {
        Some(after) if after < last && after >= head.last.first => {
            Some(server.published.latest(database, after + 1, last)?)
        }
        _ => None,
    };
    let head = PublishedHead { last: new.unwrap_or(head.last), ..head };
    Ok(Response::new(200, TEXT, head.text()).fresh(Freshness::Revalidated))
}

/// The index of the segments up to the transaction `tx`, or to the head.
///
/// # Errors
/// There is no such transaction, or the journal cannot be published.
pub fn index(asked: &Asked) -> Result<Response, Problem> {
    let database = asked.server.following.database();
    let tx = up_to(asked, "tx", 0)?;
    let index = asked.server.published.index(database, tx)?;
    Ok(Response::new(200, TEXT, index.text().to_string()).fresh(freshness(asked, "tx")))
}

/// A segment: the transactions from the one in its name up to the transaction `to`.
///
/// # Errors
/// There is no such segment, or the journal cannot be published.
pub fn segment(asked: &Asked, file: &str) -> Result<Response, Problem> {
    let no_such = || Problem::of(Refusal::NoSuchPath, format!("there is no segment {file} that ends there"));
    let first = Segment::first_of(file).ok_or_else(no_such)?;
    let to = up_to(asked, "to", first)?;
    let (segment, bytes) = asked.server.published.segment(asked.server.following.database(), first, to)?;
    if asked.request.parameter("to").is_some() && segment.last != to {
        return Err(no_such());
    }
    Ok(Response::new(200, "application/zstd", bytes).fresh(freshness(asked, "to")))
}

/// The last transaction that a parameter names, from `least` on; the head without it.
fn up_to(asked: &Asked, name: &str, least: u64) -> Result<u64, Problem> {
    let last = asked.server.following.database().head()?.tx.0;
    let tx = number(asked, name)?.unwrap_or(last);
    if least <= tx && tx <= last {
        return Ok(tx);
    }
    let detail = format!("`{name}` is {tx}, and the transactions are {least} to {last}");
    Err(Problem::of(Refusal::NoSuchPath, detail))
}

fn number(asked: &Asked, name: &str) -> Result<Option<u64>, Problem> {
    let wrong = |_| Problem::of(Refusal::BadRequest, format!("`{name}` is not the number of a transaction"));
    asked.request.parameter(name).map(str::parse).transpose().map_err(wrong)
}

/// An answer of which the last transaction is fixed never changes.
fn freshness(asked: &Asked, name: &str) -> Freshness {
    match asked.request.parameter(name) {
        Some(_) => Freshness::Immutable,
        None => Freshness::Revalidated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_may_be_waited_for_as_long_as_an_origin_may_wait_and_no_longer() {
        let most = limits::ORIGIN_WAIT_SECONDS;
        let waited = |seconds: u64| waits(&Request::get(&format!("/v1/journal/head?after=7&wait={seconds}")));
        assert_eq!(waited(most - 1), Some((7, Duration::from_secs(most - 1))));
        assert_eq!(waited(most), Some((7, Duration::from_secs(most))));
        assert_eq!(waited(most + 1), Some((7, Duration::from_secs(most))));
        assert_eq!(waited(0), None);
    }
}
