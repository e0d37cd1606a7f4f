//! The instants that a document tells, as counts of milliseconds or as text.

use super::forms::INSTANTS;
use super::json::{Field, Value};
use super::reader::{Reader, Unread, twice};
use crate::time::Timestamp;

/// 2017-01-01T00:00Z, before the exchange was founded: a smaller count is no count of milliseconds.
const FIRST_MILLIS: i64 = 1_483_228_800_000;

/// The instant of a count of milliseconds since 1970-01-01T00:00Z.
///
/// # Errors
/// It is no whole number, or an instant before the exchange was founded or behind all time.
pub fn from_millis(value: Value) -> Result<Timestamp, Unread> {
    let count = value.figure().and_then(|figure| figure.value.normalize().to_string().parse::<i64>().ok());
    let later = count.filter(|count| *count >= FIRST_MILLIS);
    let timestamp = later.and_then(|count| count.checked_mul(1_000)).and_then(Timestamp::from_micros);
    let why = || format!("{} is no instant in milliseconds since 1970", value.named());
    timestamp.ok_or_else(|| Unread::new(value.span(), why()))
}

/// The instant that stands around everything; where one of the keys tells none, that is an error of the document.
pub fn of_document(head: &[Field], reader: &mut Reader) -> Option<Timestamp> {
    let mut told =
        head.iter().filter(|field| INSTANTS.contains(&field.key.as_ref()) && !field.value.is_null());
    let field = told.next()?;
    let read = match field.value.words().and_then(|words| Timestamp::parse_rfc3339(&words)) {
        Some(timestamp) => Ok(timestamp),
        None => from_millis(field.value),
    };
    let read = match told.next() {
        Some(second) => Err(twice(second, &field.key)),
        None => read,
    };
    read.map_err(|unread| reader.leave_out("the document", unread)).ok()
}
