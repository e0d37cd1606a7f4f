//! Addresses of views: each has the times of the request in it, so that what a link leads to is at the same basis.

use super::super::asked::Asked;
use crate::statement::Subject;
use crate::text::Span;
use crate::time::Timestamp;

/// The parameters of the three times.
pub const TIMES: [&str; 3] = ["asOf", "knownAt", "recordedBy"];

/// The times of a view, and whatever else is in its address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    path: String,
    query: Vec<(&'static str, String)>,
}

impl Address {
    /// A path at the times that a request fixes.
    pub fn of(asked: &Asked, parts: &[&str]) -> Address {
        let times = asked.basis.clauses().into_iter().zip(TIMES);
        let query = times.filter_map(|((_, time), name)| Some((name, time?.to_string())));
        Address { query: query.collect(), ..Address::open(parts) }
    }

    /// A path at no time.
    pub fn open(parts: &[&str]) -> Address {
        let path: String = parts.iter().map(|part| format!("/{}", encoded(part))).collect();
        Address { path: if path.is_empty() { "/".to_string() } else { path }, query: Vec::new() }
    }

    /// The same with a parameter, in the place of one of that name.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Address {
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, value.into()));
        self
    }

    /// The same at another valid time.
    pub fn valid_at(self, at: Timestamp) -> Address {
        self.with("asOf", at.to_string())
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.path)?;
        for (place, (name, value)) in self.query.iter().enumerate() {
            write!(f, "{}{name}={}", if place == 0 { '?' } else { '&' }, encoded(value))?;
        }
        Ok(())
    }
}

/// The view of a subject.
pub fn contract(asked: &Asked, subject: &Subject) -> Address {
    Address::of(asked, &["contract", &subject.to_string()])
}

/// The view of a source, with words highlighted.
pub fn source(asked: &Asked, id: &str, spans: &[Span]) -> String {
    let mut address = Address { query: Vec::new(), ..Address::of(asked, &["source", id]) };
    if spans.is_empty() {
        return address.to_string();
    }
    let spans: Vec<String> = spans.iter().map(|span| format!("{}-{}", span.start, span.end)).collect();
    address = address.with("span", spans.join(","));
    format!("{address}#words")
}

/// A text as a part of an address. `:` and `,` are as they are: names of subjects and lists stay readable.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b',' => {
                encoded.push(char::from(byte));
            }
            byte => encoded += &format!("%{byte:02X}"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_only_letters_of_an_address() {
        let address =
            Address::open(&["contract", "binance:usdm:我<\"/?#"]).with("asOf", "2026-02-06T07:00+01:00");
        assert_eq!(
            address.to_string(),
            "/contract/binance:usdm:%E6%88%91%3C%22%2F%3F%23?asOf=2026-02-06T07:00%2B01:00"
        );
        assert_eq!(Address::open(&[]).to_string(), "/");
    }

    #[test]
    fn a_parameter_is_there_once() {
        let address = Address::open(&["changes"]).with("since", "1").with("since", "2");
        assert_eq!(address.to_string(), "/changes?since=2");
    }
}
