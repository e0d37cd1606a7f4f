//! The errors of one seed, gathered so that all can be told at once, each with its line.

use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::text::{Span, line_number, nearest};

/// The errors found so far, each with the byte that it is told in order of, and the byte where it stands.
#[derive(Debug)]
pub struct ErrorList<'a> {
    text: &'a str,
    found: Vec<(usize, usize, Error)>,
}

impl<'a> ErrorList<'a> {
    /// None so far.
    pub fn new(text: &'a str) -> ErrorList<'a> {
        ErrorList { text, found: Vec::new() }
    }

    /// The text that they are in.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Whether there is any.
    pub fn any(&self) -> bool {
        !self.found.is_empty()
    }

    /// Notes one, with how to mend it; an empty hint is none.
    pub fn add(&mut self, at: Span, code: ErrorCode, message: impl Into<String>, hint: impl Into<String>) {
        self.add_behind(at.start, at, code, message, hint);
    }

    /// Notes what a table lacks. It is told behind what is wrong in the table, which may be the reason: a field with a
    /// slip in its name.
    pub fn missing(&mut self, table: Span, header: Span, message: String, hint: &str) {
        self.add_behind(table.end, header, ErrorCode::SeedMissing, message, hint);
    }

    fn add_behind(
        &mut self,
        order: usize,
        at: Span,
        code: ErrorCode,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let (error, hint) = (Error::new(code, message), hint.into());
        self.found.push((order, at.start, if hint.is_empty() { error } else { error.hint(hint) }));
    }

    /// Notes that a value cannot be what its field needs.
    pub fn value(&mut self, at: Span, message: impl Into<String>, hint: impl Into<String>) {
        self.add(at, ErrorCode::SeedValue, message, hint);
    }

    /// Notes a name that is none of those known: the nearest is the hint, or else all of them.
    pub fn unknown(
        &mut self,
        at: Span,
        message: String,
        word: &str,
        known: &[&str],
        show: impl Fn(&str) -> String,
    ) {
        let hint = match nearest(word, known.iter().copied()) {
            Some(near) => format!("did you mean {}?", show(near)),
            None => {
                format!("known: {}", known.iter().map(|known| show(known)).collect::<Vec<_>>().join(", "))
            }
        };
        self.add(at, ErrorCode::SeedField, message, hint);
    }

    /// All as one error: the first of the document, the next [`limits::SEED_MISTAKES`] as hints. `None` where there
    /// is none.
    pub fn into_one(mut self) -> Option<Error> {
        self.found.sort_by_key(|(order, ..)| *order);
        let count = self.found.len();
        let placed = |(_, at, error): (usize, usize, Error)| {
            let message = format!("line {}: {}", line_number(self.text, at), error.message);
            error.with_message(message)
        };
        let mut told = self.found.into_iter().take(1 + limits::SEED_MISTAKES).map(placed);
        let mut first = told.next()?;
        first.hints.extend(told.map(|other| match other.hints.first() {
            Some(hint) => format!("also {} ({hint})", other.message),
            None => format!("also {}", other.message),
        }));
        let untold = count.saturating_sub(1 + limits::SEED_MISTAKES);
        Some(if untold == 0 { first } else { first.hint(format!("and {untold} mistakes more")) })
    }
}

/// Words of the document in a message: not more of them than a line holds.
pub fn quoted(words: &str) -> String {
    match words.char_indices().nth(60) {
        Some((end, _)) => format!("`{}…`", &words[..end]),
        None => format!("`{words}`"),
    }
}
