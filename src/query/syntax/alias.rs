//! Aliases: names that a user gives to statements.

use crate::query::syntax::ast::Statement;

/// A name for a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alias {
    /// The name, by which it is called.
    pub name: String,
    /// The statement as the user wrote it.
    pub query: String,
    /// What it is for, in the user's words; may be empty.
    pub doc: String,
    /// The statement; `None` where it cannot be read; calling it is an error then.
    pub statement: Option<Statement>,
}

/// Whether a text can be the name of an alias: letters, digits, `_` and `-`, the first a letter.
pub fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') && text.starts_with(char::is_alphabetic)
}
