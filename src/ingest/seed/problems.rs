//! What is wrong with the values of a seed, collected so that all of it is reported at once, each with its
//! line.

use std::fmt::Display;

use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::text::{Span, line_number};

/// One error and the place of the value.
#[derive(Debug)]
pub struct Problem {
    at: Span,
    error: Error,
}

/// A value, or everything that is wrong with it.
pub type Checked<T> = Result<T, Vec<Problem>>;

/// One problem; an empty hint is none.
pub fn problem<T>(code: ErrorCode, at: Span, message: impl Into<String>, hint: &str) -> Checked<T> {
    let error = Error::new(code, message);
    Err(vec![Problem { at, error: if hint.is_empty() { error } else { error.hint(hint) } }])
}

/// The value of a field is wrong.
pub fn wrong<T>(key: &str, at: Span, what: impl Display, hint: &str) -> Checked<T> {
    problem(ErrorCode::SeedValue, at, format!("`{key}`: {what}"), hint)
}

/// Two values, or what is wrong with either.
pub fn both<A, B>(a: Checked<A>, b: Checked<B>) -> Checked<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(mut a), Err(b)) => {
            a.extend(b);
            Err(a)
        }
        (Err(problems), Ok(_)) | (Ok(_), Err(problems)) => Err(problems),
    }
}

/// Many values, or what is wrong with any.
pub fn all<T>(values: impl IntoIterator<Item = Checked<T>>) -> Checked<Vec<T>> {
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for value in values {
        match value {
            Ok(value) => good.push(value),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(good) } else { Err(problems) }
}

/// All as one error: the first of the document, those after it as hints, up to [`limits::SEED_ERRORS`] together.
pub fn one_error(text: &str, mut problems: Vec<Problem>) -> Error {
    problems.sort_by_key(|problem| problem.at.start);
    let count = problems.len();
    let with_line = |Problem { at, error }: Problem| {
        let message = format!("line {}: {}", line_number(text, at.start), error.message);
        error.with_message(message)
    };
    let mut errors = problems.into_iter().take(limits::SEED_ERRORS).map(with_line);
    let Some(mut first) = errors.next() else { return Error::new(ErrorCode::SeedEmpty, "the seed is empty") };
    first.hints.extend(errors.map(|other| match other.hints.first() {
        Some(hint) => format!("also {} ({hint})", other.message),
        None => format!("also {}", other.message),
    }));
    match count.saturating_sub(limits::SEED_ERRORS) {
        0 => first,
        more => first.hint(format!("and {more} more errors")),
    }
}

/// Words of the document in a message, cut to what a line can show.
pub fn quoted(words: &str) -> String {
    match words.char_indices().nth(60) {
        Some((end, _)) => format!("`{}…`", &words[..end]),
        None => format!("`{words}`"),
    }
}
