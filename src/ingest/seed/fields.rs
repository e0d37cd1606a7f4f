//! The fields of a table, taken by name and type; what does not fit is noted with its line and how to mend it.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::errors::{ErrorList, quoted};
use crate::error::ErrorCode;
use crate::ingest::announcement::timestamps;
use crate::text::Span;
use crate::time::Timestamp;

/// A table of the document, or one between braces.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    /// What it is called in messages: `[[change]]`, `tier 2`.
    pub name: Cow<'static, str>,
    /// The bytes of its header, or of all of it where it stands between braces.
    pub header: Span,
    table: &'a DeTable<'a>,
}

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub struct Value<'f, 'a> {
    of: &'f Fields<'a>,
    key: &'static str,
    value: &'a DeValue<'a>,
    /// Its bytes, with its quotes.
    pub span: Span,
}

/// A text, and its bytes: without the quotes, where it stands in them as it is.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    pub text: Cow<'a, str>,
    pub span: Span,
}

/// Where something stands.
pub fn span_of<T>(placed: &Spanned<T>) -> Span {
    Span::new(placed.span().start, placed.span().end)
}

impl<'a> Fields<'a> {
    /// The table of that name.
    pub fn new(name: impl Into<Cow<'static, str>>, table: &'a DeTable<'a>, header: Span) -> Fields<'a> {
        Fields { name: name.into(), header, table }
    }

    /// The bytes of the whole table: from its header to the end of its last value.
    pub fn span(&self) -> Span {
        self.table.values().map(span_of).fold(self.header, Span::join)
    }

    /// Notes every field that is none of those known.
    pub fn only(&self, known: &[&str], errors: &mut ErrorList) {
        for key in self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let word = key.get_ref().as_ref();
            let message = format!("{} has an unknown field {}", self.name, quoted(word));
            errors.unknown(span_of(key), message, word, known, |known| format!("`{known}`"));
        }
    }

    /// A field; `None` where it is absent.
    pub fn get<'f>(&'f self, key: &'static str) -> Option<Value<'f, 'a>> {
        let (_, value) = self.table.get_key_value(key)?;
        Some(Value { of: self, key, value: value.get_ref(), span: span_of(value) })
    }

    /// A field that must be there; its absence is noted.
    pub fn need<'f>(
        &'f self,
        key: &'static str,
        hint: &str,
        errors: &mut ErrorList,
    ) -> Option<Value<'f, 'a>> {
        let field = self.get(key);
        if field.is_none() {
            errors.missing(self.span(), self.header, format!("{} needs `{key}`", self.name), hint);
        }
        field
    }

    /// The text of a field; `None` where it is absent or, which is noted, no text.
    pub fn text(&self, key: &'static str, errors: &mut ErrorList) -> Option<Words<'a>> {
        self.get(key)?.text(errors)
    }
}

impl<'f, 'a> Value<'f, 'a> {
    /// Notes what is wrong with it.
    pub fn wrong(&self, what: &str, hint: impl Into<String>, errors: &mut ErrorList) {
        errors.value(self.span, format!("`{}` of {}: {what}", self.key, self.of.name), hint);
    }

    /// Notes that it has another type than its field.
    pub fn wrong_type(&self, wanted: &str, hint: impl Into<String>, errors: &mut ErrorList) {
        let has = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("`{}` of {} is {has}, not {wanted}", self.key, self.of.name);
        errors.add(self.span, ErrorCode::SeedType, message, hint);
    }

    /// A text in quotes.
    pub fn text(&self, errors: &mut ErrorList) -> Option<Words<'a>> {
        let DeValue::String(text) = self.value else {
            let raw = self.span.of(errors.text());
            let short = raw.len() <= 60 && !raw.contains(['\n', '"', '[', '{']);
            let hint = if short { format!("write {} = \"{raw}\"", self.key) } else { String::new() };
            self.wrong_type("a text in quotes", hint, errors);
            return None;
        };
        let inner = Span::new(self.span.start + 1, self.span.end.saturating_sub(1));
        let span = if inner.of(errors.text()) == text.as_ref() { inner } else { self.span };
        Some(Words { text: text.clone(), span })
    }

    /// A figure: a text as printed, or a whole number. Notes any other value: a number with a dot is not exact.
    pub fn figure(&self, errors: &mut ErrorList) -> Option<Figure<'a>> {
        match self.value {
            DeValue::Integer(number) if number.radix() == 10 => {
                let digits = number.as_str().trim_start_matches('+').to_string();
                Some(Figure { words: Words { text: digits.into(), span: self.span }, in_quotes: false })
            }
            DeValue::String(_) => self.text(errors).map(|words| Figure { words, in_quotes: true }),
            DeValue::Float(_) => {
                let raw = self.span.of(errors.text());
                let hint = format!("write it in quotes, as printed: {} = \"{raw}\"", self.key);
                self.wrong_type("a figure in quotes: numbers with a dot are not exact in TOML", hint, errors);
                None
            }
            _ => {
                let hint = format!("write {} = \"10,000\", with the figure as printed", self.key);
                self.wrong_type("a figure", hint, errors);
                None
            }
        }
    }

    /// A whole number from `least` on.
    pub fn whole(&self, least: u32, errors: &mut ErrorList) -> Option<u32> {
        let whole = match self.value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            _ => None,
        };
        let whole = whole.filter(|number| *number >= least);
        if whole.is_none() {
            let message = format!("`{}` of {} is not a whole number from {least} on", self.key, self.of.name);
            errors.add(self.span, ErrorCode::SeedType, message, format!("write {} = 3", self.key));
        }
        whole
    }

    /// `true` or `false`.
    pub fn boolean(&self, errors: &mut ErrorList) -> Option<bool> {
        if let DeValue::Boolean(value) = self.value {
            return Some(*value);
        }
        self.wrong_type("true or false", format!("write {} = true", self.key), errors);
        None
    }

    /// An instant in any spelling of the language, in quotes or as TOML has it, and whether only its date is written.
    pub fn timestamp(&self, errors: &mut ErrorList) -> Option<(Timestamp, bool)> {
        let words = match self.value {
            DeValue::Datetime(_) => Cow::Borrowed(self.span.of(errors.text())),
            DeValue::String(text) => Cow::Owned(text.trim().to_string()),
            _ => {
                let hint = format!("write {} = \"2026-02-06 06:30 (UTC)\"", self.key);
                self.wrong_type("an instant", hint, errors);
                return None;
            }
        };
        if words.len() > 60 {
            self.wrong(&format!("{} is not an instant", quoted(&words)), "write 2026-02-06T07:00Z", errors);
            return None;
        }
        match timestamps::read_timestamp(&words) {
            Ok(timestamp) => Some((timestamp, !words.contains(':'))),
            Err(no) => {
                self.wrong(&no.message, no.hint, errors);
                None
            }
        }
    }

    /// The items of a list, each as a field of the same name; a list without items is noted.
    pub fn list(&self, hint: &str, errors: &mut ErrorList) -> Option<Vec<Value<'f, 'a>>> {
        let items = match self.value {
            DeValue::Array(_) => self.items(errors)?,
            _ => {
                self.wrong_type("a list", hint, errors);
                return None;
            }
        };
        if items.is_empty() {
            self.wrong("the list is empty", hint, errors);
            return None;
        }
        Some(items)
    }

    /// The items of a list, which may have none.
    pub fn items(&self, errors: &mut ErrorList) -> Option<Vec<Value<'f, 'a>>> {
        let DeValue::Array(items) = self.value else {
            self.wrong_type("a list", "", errors);
            return None;
        };
        let item =
            |item: &'a Spanned<DeValue<'a>>| Value { value: item.get_ref(), span: span_of(item), ..*self };
        Some(items.iter().map(item).collect())
    }

    /// A table between braces; `name` is what it is called in messages.
    pub fn table(&self, name: String, errors: &mut ErrorList) -> Option<Fields<'a>> {
        if let DeValue::Table(table) = self.value {
            return Some(Fields::new(name, table, self.span));
        }
        self.wrong_type("a table between braces", "", errors);
        None
    }
}

/// A figure as it is written.
#[derive(Clone, Debug)]
pub struct Figure<'a> {
    /// Its text and place.
    pub words: Words<'a>,
    /// Whether it stands in quotes, so that its percent sign could have been written.
    pub in_quotes: bool,
}
