//! The times that a document states, as counts of seconds or milliseconds, or as text.

use super::reader::{ExchangeReader, Unread, duplicate_key};
use crate::decimal::{self, Decimal};
use crate::json::{JsonField, JsonValue};
use crate::time::Timestamp;

/// 2017-01-01T00:00Z, before the exchange was founded: a smaller count is no count of milliseconds.
const FIRST_MILLIS: i64 = 1_483_228_800_000;

/// Keys of the outermost object that state the time of the document: of the exchange's replies, which count
/// milliseconds, and of our own examples.
const EXCHANGE_KEYS: [&str; 3] = ["observed_at", "time", "serverTime"];

/// Keys under which tools note when they fetched what they keep, in lower case and without separators. They
/// count seconds or milliseconds.
const TOOL_KEYS: [&str; 13] = [
    "updated",
    "updatedat",
    "lastupdate",
    "lastupdated",
    "timestamp",
    "datetime",
    "fetched",
    "fetchedat",
    "saved",
    "savedat",
    "cachedat",
    "createdat",
    "retrievedat",
];

/// Whether a key of the outermost object states the time of the document.
pub fn is_time_key(key: &str) -> bool {
    EXCHANGE_KEYS.contains(&key) || TOOL_KEYS.contains(&plain(key).as_str())
}

/// A key in lower case and without separators.
pub fn plain(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

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

/// The time of a count of seconds, perhaps with decimals, which are cut off after the microseconds. No count
/// of milliseconds is as small.
fn from_seconds(value: JsonValue) -> Option<Timestamp> {
    let seconds = value.figure()?.value.trunc_with_scale(6);
    let micros = decimal::multiply(seconds, Decimal::from(1_000_000))?.to_string().parse::<i64>().ok()?;
    let fits = (FIRST_MILLIS * 1_000..FIRST_MILLIS * 10_000).contains(&micros);
    Timestamp::from_micros(micros).filter(|_| fits)
}

/// The time in the head of the document. A key of it without a valid time, or two that differ, are an error of
/// the document, unless the user states the time.
pub fn of_document(head: &[JsonField], is_given: bool, reader: &mut ExchangeReader) -> Option<Timestamp> {
    let stated = head.iter().filter(|field| is_time_key(&field.key) && !field.value.is_null());
    let mut found: Option<(&JsonField, Timestamp)> = None;
    for field in stated.filter(|_| !is_given) {
        let read = match (read(field), found) {
            (Ok(timestamp), Some((first, before))) if timestamp != before => {
                Err(duplicate_key(field, &first.key))
            }
            (read, _) => read,
        };
        match read {
            Ok(timestamp) => found = found.or(Some((field, timestamp))),
            Err(unread) => {
                reader.leave_out(DOCUMENT, unread);
                return None;
            }
        }
    }
    found.map(|(_, timestamp)| timestamp)
}

/// What an error about the whole document is about.
pub const DOCUMENT: &str = "the document";

fn read(field: &JsonField) -> Result<Timestamp, Unread> {
    let value = field.value;
    let words = value.words();
    let written = words.as_deref().filter(|words| words.contains(':'));
    if let Some(timestamp) = written.and_then(|words| Timestamp::read(words, Timestamp::FIRST).ok()) {
        return Ok(timestamp);
    }
    if EXCHANGE_KEYS.contains(&field.key.as_ref()) {
        return from_millis(value);
    }
    let no_time = |_| {
        let (key, named) = (&field.key, value.named());
        let why = format!("`{key}` is {named}, not a time with its zone; state it with `--published-at`");
        Unread::new(value.span(), why)
    };
    from_seconds(value).map_or_else(|| from_millis(value).map_err(no_time), Ok)
}
