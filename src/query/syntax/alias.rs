//! Aliases: names that a user gives to statements.

use crate::query::syntax::ast::Statement;

/// A name for a statement.
///
/// ```
/// use tierbook::Timestamp;
/// use tierbook::language::{Alias, parse, parse_with};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let query = "mmr of ACTUSDT at 60000";
/// let statement = parse(query)?.pop();
/// let alias = Alias { name: "act".into(), query: query.into(), doc: String::new(), statement };
/// let asked = parse_with("act as of 2026-02-07", &[alias])?.remove(0);
/// assert_eq!(rules.answer(&asked, Timestamp::now())?.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use tierbook::language::is_alias_name;
/// assert!(is_alias_name("my-margin"));
/// assert!(!is_alias_name("2margin"));
/// ```
pub fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') && text.starts_with(char::is_alphabetic)
}
