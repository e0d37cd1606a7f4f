//! JSON with places: every value knows its bytes in the document, and a number keeps the digits that are
//! printed.
//!
//! A level is parsed when it is looked into, so each byte is passed over once for every level above it; the
//! forms that are read have five.

pub mod python;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::decimal::{self, Decimal};
use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::rule::{Number, Rate};
use crate::text::Span;

/// A value of a document.
#[derive(Clone, Copy, Debug)]
pub struct JsonValue<'a> {
    text: &'a str,
    start: usize,
}

/// A key of an object with its value.
#[derive(Clone, Debug)]
pub struct JsonField<'a> {
    /// The key.
    pub key: Cow<'a, str>,
    /// Its value.
    pub value: JsonValue<'a>,
}

/// A number, printed bare or in quotes.
#[derive(Clone, Debug)]
pub struct JsonNumber<'a> {
    /// As printed, without quotes.
    pub text: Cow<'a, str>,
    /// Its value, exactly; of a percentage the fraction.
    pub value: Decimal,
    /// Whether a percent sign follows it.
    pub is_percent: bool,
    /// The bytes of its digits.
    pub span: Span,
}

/// The value that a whole text is.
///
/// # Errors
/// `not_json`, with the line and column of the first byte that does not fit.
pub fn document(text: &str) -> Result<JsonValue<'_>, Error> {
    let body = text.trim_start_matches('\u{feff}');
    let whole = JsonValue { text: body, start: text.len() - body.len() };
    serde_json::from_str::<&RawValue>(body).map(|raw| whole.part(raw)).map_err(|error| not_json(body, &error))
}

/// The fields of an object of a log; what is wrong with it, where it is none or has a key twice.
pub fn fields_once(text: &[u8]) -> Result<BTreeMap<Cow<'_, str>, &RawValue>, String> {
    let fields: JsonFields =
        serde_json::from_slice(text).map_err(|error| format!("is not a JSON object: {error}"))?;
    let mut once = BTreeMap::new();
    for (key, value) in fields.0 {
        if once.contains_key(&key) {
            return Err(format!("has the field `{}` twice", quoted(&key)));
        }
        once.insert(key, value);
    }
    Ok(once)
}

/// The words that Python writes for floats that JSON does not have, and texts of the same length in their
/// place, so that every place stays where it is.
const PYTHON_FLOATS: [(&str, &str); 3] =
    [("-Infinity", "\"-inf\"   "), ("Infinity", "\"inf\"   "), ("NaN", "\"\" ")];

/// A text in which those words are valid JSON.
pub fn without_python_floats(text: &str) -> Cow<'_, str> {
    if !PYTHON_FLOATS.iter().any(|(word, _)| text.contains(word)) {
        return Cow::Borrowed(text);
    }
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    let (mut in_quotes, mut escaped) = (false, false);
    while let Some(c) = rest.chars().next() {
        let word = PYTHON_FLOATS.iter().find(|(word, _)| !in_quotes && rest.starts_with(word));
        let length = word.map_or(c.len_utf8(), |(word, _)| word.len());
        plain.push_str(word.map_or(&rest[..length], |(_, instead)| instead));
        in_quotes ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        rest = &rest[length..];
    }
    Cow::Owned(plain)
}

impl<'a> JsonValue<'a> {
    /// A value that is a text of its own.
    pub fn of(raw: &'a RawValue) -> JsonValue<'a> {
        JsonValue { text: raw.get(), start: 0 }
    }

    /// The value of `raw`, a piece of this value's text.
    fn part(self, raw: &'a RawValue) -> JsonValue<'a> {
        let offset = raw.get().as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        JsonValue { text: raw.get(), start: self.start + offset }
    }

    /// Its bytes in the document.
    pub fn span(self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    /// The fields of an object in order, a duplicate key as two fields; `None` for another value.
    pub fn fields(self) -> Option<Vec<JsonField<'a>>> {
        let fields: JsonFields =
            if self.text.starts_with('{') { serde_json::from_str(self.text).ok()? } else { return None };
        Some(fields.0.into_iter().map(|(key, raw)| JsonField { key, value: self.part(raw) }).collect())
    }

    /// The values of a list in order; `None` for another value.
    pub fn items(self) -> Option<Vec<JsonValue<'a>>> {
        let items: Vec<&RawValue> =
            if self.is_list() { serde_json::from_str(self.text).ok()? } else { return None };
        Some(items.into_iter().map(|raw| self.part(raw)).collect())
    }

    /// Its bytes as they are printed.
    pub fn text(self) -> &'a str {
        self.text
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        self.text.starts_with('[')
    }

    /// Whether its text has these bytes anywhere.
    pub fn contains(self, bytes: &str) -> bool {
        self.text.contains(bytes)
    }

    /// Whether it is neither an object nor a list.
    pub fn is_plain(self) -> bool {
        !self.text.starts_with(['{', '['])
    }

    /// Whether it is `null`, which tools print for what they do not know.
    pub fn is_null(self) -> bool {
        self.text == "null"
    }

    /// The words of a text; `None` for another value.
    pub fn words(self) -> Option<Cow<'a, str>> {
        let words: JsonText =
            if self.text.starts_with('"') { serde_json::from_str(self.text).ok()? } else { return None };
        Some(words.0)
    }

    /// A text without its quotes, or a number or word as printed; `None` for an object, a list and null.
    pub fn plain(self) -> Option<Cow<'a, str>> {
        let bare = !self.text.starts_with(['{', '[', '"']) && !self.is_null();
        if bare { Some(Cow::Borrowed(self.text)) } else { self.words() }
    }

    /// A number of 0 or more, bare or in quotes; `None` for another value, and for more digits than are kept
    /// exactly.
    pub fn figure(self) -> Option<JsonNumber<'a>> {
        let whole = self.span();
        let (text, span) = match self.words() {
            Some(words) => (words, Span::new(whole.start + 1, whole.end - 1)),
            None => (Cow::Borrowed(self.text), whole),
        };
        let value = decimal::parse_scientific(&text)?;
        Some(JsonNumber { text, value, span, is_percent: false })
    }

    /// A number in quotes with a comma between groups of three digits.
    pub fn grouped(self) -> Option<JsonNumber<'a>> {
        let text = self.words()?;
        let value = Number::plain(&text)?.value();
        Some(JsonNumber { text, value, span: self.inner(), is_percent: false })
    }

    /// A number in quotes with a percent sign.
    pub fn percentage(self) -> Option<JsonNumber<'a>> {
        let words = self.words()?;
        let text = words.trim().strip_suffix('%')?.trim_end().to_string();
        let value = Rate::from_percent(&text)?.fraction();
        Some(JsonNumber { text: Cow::Owned(text), value, span: self.inner(), is_percent: true })
    }

    /// A number in quotes with an x, as leverages are printed.
    pub fn times(self) -> Option<JsonNumber<'a>> {
        let words = self.words()?;
        let text = words.trim().strip_suffix(['x', 'X'])?.trim_end().to_string();
        let value = decimal::parse(&text)?;
        Some(JsonNumber { text: Cow::Owned(text), value, span: self.inner(), is_percent: false })
    }

    /// A word for infinity, which means that there is no limit.
    pub fn no_limit(self) -> Option<JsonNumber<'a>> {
        let text = self.words()?;
        let is_word =
            ["inf", "infinity"].contains(&text.trim_start_matches('+').to_ascii_lowercase().as_str());
        let value = Number::no_limit(&text).value();
        is_word.then(|| JsonNumber { text, value, span: self.inner(), is_percent: false })
    }

    /// The bytes between its quotes.
    fn inner(self) -> Span {
        let Span { start, end } = self.span();
        Span::new(start + 1, end.saturating_sub(1).max(start + 1))
    }

    /// What it is, in a few words for messages.
    pub fn named(self) -> String {
        match self.text.as_bytes().first() {
            Some(b'{') => "an object".to_string(),
            Some(b'[') => "a list".to_string(),
            _ => format!("`{}`", quoted(self.text)),
        }
    }
}

/// A text that is short enough to be quoted in a message.
pub fn quoted(text: &str) -> Cow<'_, str> {
    match text.char_indices().find(|(at, c)| at + c.len_utf8() > limits::QUOTED_BYTES) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Where the key before a value starts, with its quotes; the value's own start where no key is before it.
pub fn key_start(text: &str, value: Span) -> usize {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let before = text.get(..value.start).unwrap_or("").trim_end_matches(blank);
    let key =
        before.strip_suffix(':').map(|key| key.trim_end_matches(blank)).and_then(|key| key.strip_suffix('"'));
    let is_open = |key: &str, at: usize| key[..at].bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 0;
    key.and_then(|key| key.rmatch_indices('"').map(|(at, _)| at).find(|at| is_open(key, *at)))
        .unwrap_or(value.start)
}

fn not_json(body: &str, cause: &serde_json::Error) -> Error {
    let (line, column) = (cause.line(), cause.column());
    let words = cause.to_string();
    let what = words.split(" at line ").next().unwrap_or("");
    let error =
        Error::new(ErrorCode::NotJson, format!("line {line}, column {column}: {what}, so this is not JSON"));
    if cause.is_eof() {
        return error.hint("the text ends too early; save the whole reply");
    }
    let lines = || body.split_inclusive('\n');
    let here = lines().nth(line.saturating_sub(1)).unwrap_or("");
    let before = lines().take(line.saturating_sub(1)).map(str::len).sum::<usize>() + column.saturating_sub(1);
    let extra_comma = body.get(..before).is_some_and(|before| before.trim_end().ends_with(','));
    if extra_comma || here.contains("//") || here.contains("/*") {
        return error.hint("samples from documentation contain comments and extra commas; load a real reply");
    }
    error.hint("save the reply of the exchange's API or of ccxt unchanged, and load it again")
}

/// The fields of an object as they are parsed.
struct JsonFields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for JsonFields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JsonFields<'a>, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut fields = Vec::new();
                while let Some((JsonText(key), value)) = map.next_entry()? {
                    fields.push((key, value));
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Each).map(JsonFields)
    }
}

/// A text as it is parsed: borrowed, unless it has escapes.
#[derive(Deserialize)]
struct JsonText<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_bytes_and_every_number_its_digits() {
        let text = "\u{feff} {\"a\\\"b\" : [1.50, \"2E3\", {}], \"a\\\"b\":null}\n";
        let fields = document(text).expect("JSON").fields().expect("an object");
        let keys: Vec<&str> = fields.iter().map(|field| field.key.as_ref()).collect();
        assert_eq!(keys, ["a\"b", "a\"b"]);
        assert_eq!(&text[key_start(text, fields[0].value.span())..][..6], "\"a\\\"b\"");
        let items = fields[0].value.items().expect("a list");
        let figures: Vec<(String, &str)> = items
            .iter()
            .filter_map(|item| item.figure())
            .map(|figure| (figure.value.to_string(), figure.span.of(text)))
            .collect();
        assert_eq!(figures, [("1.50".to_string(), "1.50"), ("2000".to_string(), "2E3")]);
        assert_eq!(items[2].span().of(text), "{}");
        assert_eq!(key_start(text, items[1].span()), items[1].span().start);
        assert!(fields[1].value.is_null() && fields[1].value.figure().is_none());
    }

    #[test]
    fn a_quotation_is_cut_at_a_whole_character_behind_its_bound() {
        let long = "币".repeat(limits::QUOTED_BYTES);
        let most = limits::QUOTED_BYTES / 3 * 3;
        assert_eq!(quoted(&long), format!("{}…", &long[..most]));
        assert_eq!(quoted(&long[..most]), &long[..most]);
        let plain = "x".repeat(limits::QUOTED_BYTES);
        assert_eq!(
            (quoted(&plain), quoted(&format!("{plain}y"))),
            (plain.as_str().into(), format!("{plain}…").into())
        );
    }
}
