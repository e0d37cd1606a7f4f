//! Single values: printed text with its place, times, and fields that are given once or as a list.

use toml::{Spanned, Value};

use super::document::span_of;
use super::problems::{Checked, problem, quoted, wrong};
use crate::error::ErrorCode;
use crate::ingest::announcement::timestamps;
use crate::text::Span;
use crate::time::{TimeSpan, Timestamp, ValidTime};

/// A number as it is written.
#[derive(Clone, Debug)]
pub struct Printed {
    pub text: String,
    /// Its bytes: without the quotes, where it is written between them as it is.
    pub span: Span,
    /// Whether it is in quotes, so that its percent sign could have been written.
    pub in_quotes: bool,
}

/// A number: text as printed, or a whole number. A number with a dot is refused, for TOML does not keep it
/// exactly.
pub fn printed(text: &str, key: &str, value: &Spanned<Value>) -> Checked<Printed> {
    let (span, raw) = (span_of(value), span_of(value).of(text));
    match value.get_ref() {
        Value::String(words) => {
            let inner = Span::new(span.start + 1, span.end.saturating_sub(1));
            let span = if inner.of(text) == words { inner } else { span };
            Ok(Printed { text: words.clone(), span, in_quotes: true })
        }
        Value::Integer(number) if !raw.starts_with(['0']) || raw == "0" => {
            Ok(Printed { text: number.to_string(), span, in_quotes: false })
        }
        Value::Float(_) => problem(
            ErrorCode::SeedType,
            span,
            format!("`{key}` is a number with a dot, which TOML does not keep exactly"),
            &format!("write it in quotes, as printed: {key} = \"{raw}\""),
        ),
        other => problem(
            ErrorCode::SeedType,
            span,
            format!("`{key}` is of type {}, not a number in quotes", other.type_str()),
            &format!("write {key} = \"10,000\", with the number as printed"),
        ),
    }
}

/// A timestamp in any notation of the language, in quotes or as TOML has it, and whether only its date is
/// written.
pub fn timestamp(text: &str, key: &str, value: &Spanned<Value>) -> Checked<(Timestamp, bool)> {
    let words = match value.get_ref() {
        Value::Datetime(_) => span_of(value).of(text),
        Value::String(words) => words.trim(),
        other => {
            let message = format!("`{key}` is of type {}, not a timestamp", other.type_str());
            let hint = format!("write {key} = \"2026-02-06 06:30 (UTC)\"");
            return problem(ErrorCode::SeedType, span_of(value), message, &hint);
        }
    };
    if words.len() > 60 {
        return wrong(
            key,
            span_of(value),
            format!("{} is not a time", quoted(words)),
            "write 2026-02-06T07:00Z",
        );
    }
    match timestamps::read_timestamp(words) {
        Ok(timestamp) => Ok((timestamp, !words.contains(':'))),
        Err(no) => wrong(key, span_of(value), no.message.clone(), &no.hints.join("; ")),
    }
}

/// As [`timestamp`], for a valid time.
pub fn valid_time(text: &str, key: &str, value: &Spanned<Value>) -> Checked<ValidTime> {
    timestamp(text, key, value).map(|(timestamp, _)| ValidTime(timestamp))
}

/// How long a roll-out may take; `None` where it is not given.
pub fn rollout(value: Option<&Spanned<String>>) -> Checked<Option<TimeSpan>> {
    let Some(value) = value else { return Ok(None) };
    match TimeSpan::read(value.get_ref()) {
        Some(span) => Ok(Some(span)),
        None => {
            let what = format!("{} is not a time span", quoted(value.get_ref()));
            wrong("rollout", span_of(value), what, "write \"1 hour\" or \"30 minutes\"")
        }
    }
}

/// The values of a field that is given once (`row = 3`) or as a list (`rows = [1, 3]`); empty where neither
/// is.
pub fn one_or_list<T: Clone>(
    key: &str,
    one: Option<&Spanned<T>>,
    list: Option<&Spanned<Vec<Spanned<T>>>>,
) -> Checked<Vec<Spanned<T>>> {
    match (one, list) {
        (Some(_), Some(list)) => {
            let what = format!("`{key}` is given as well");
            wrong(&format!("{key}s"), span_of(list), what, "write one of them")
        }
        (None, Some(list)) if list.get_ref().is_empty() => {
            wrong(&format!("{key}s"), span_of(list), "the list is empty", &format!("name at least one {key}"))
        }
        (None, Some(list)) => Ok(list.get_ref().clone()),
        (one, None) => Ok(one.into_iter().cloned().collect()),
    }
}
