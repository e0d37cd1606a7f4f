//! The times that a document states, as counts of milliseconds or as text.

use super::forms::TIME_KEYS;
use super::json::{JsonField, JsonValue};
use super::reader::{ExchangeReader, Unread, duplicate_key};
use crate::time::Timestamp;

/// 2017-01-01T00:00Z, before the exchange was founded: a smaller count is no count of milliseconds.
const FIRST_MILLIS: i64 = 1_483_228_800_000;

/// The time of a count of milliseconds since 1970-01-01T00:00Z.
///
/// # Errors
/// It is no whole number, or before the exchange was founded, or later than any timestamp.
pub fn from_millis(value: JsonValue) -> Result<Timestamp, Unread> {
    let count = value.figure().and_then(|figure| figure.value.normalize().to_string().parse::<i64>().ok());
    let later = count.filter(|count| *count >= FIRST_MILLIS);
    let timestamp = later.and_then(|count| count.checked_mul(1_000)).and_then(Timestamp::from_micros);
    let why = || format!("{} is not a time in milliseconds since 1970", value.named());
    timestamp.ok_or_else(|| Unread::new(value.span(), why()))
}

/// The time in the outermost object; a key of it without a valid time is an error of the document.
pub fn of_document(head: &[JsonField], reader: &mut ExchangeReader) -> Option<Timestamp> {
    let mut stated =
        head.iter().filter(|field| TIME_KEYS.contains(&field.key.as_ref()) && !field.value.is_null());
    let field = stated.next()?;
    let read = match field.value.words().and_then(|words| Timestamp::parse_rfc3339(&words)) {
        Some(timestamp) => Ok(timestamp),
        None => from_millis(field.value),
    };
    let read = match stated.next() {
        Some(second) => Err(duplicate_key(second, &field.key)),
        None => read,
    };
    read.map_err(|unread| reader.leave_out("the document", unread)).ok()
}
