//! Names of contracts and assets, as programs write them.

use crate::error::{Error, ErrorCode, Result};
use crate::query::plan::names;
use crate::query::syntax::ast::Word;
use crate::statement::{Program, Subject};
use crate::text::Span;

/// The one subject that a name means, of a program that fits.
///
/// # Errors
/// No stored subject has that name (`unknown_subject`), or several have it (`ambiguous_subject`).
pub fn named(name: &str, subjects: &[Subject], fits: impl Fn(Program) -> bool) -> Result<Subject> {
    let span = Span::new(0, name.len());
    // A pattern means no single subject.
    let is_pattern = name.contains('*') || name.eq_ignore_ascii_case("all");
    let found = if is_pattern { Vec::new() } else { names::matching(name, subjects) };
    let mut found = found.into_iter().filter(|subject| fits(subject.program()));
    match (found.next(), found.next()) {
        (Some(subject), None) => Ok(subject.clone()),
        (Some(one), Some(other)) => {
            let message = format!("`{name}` means {one} and {other}");
            Err(Error::new(ErrorCode::AmbiguousSubject, message)
                .at(span, "means more than one")
                .hint(format!("write `{one}`")))
        }
        (None, _) => {
            let fitting: Vec<Subject> =
                subjects.iter().filter(|subject| fits(subject.program())).cloned().collect();
            Err(names::unknown_subject(&Word::new(name, span), &fitting))
        }
    }
}
