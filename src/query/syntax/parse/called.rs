//! A text that starts like no statement: an alias is called, or nothing is known.

use super::clauses;
use super::{Node, refuse_clauses, span, word};
use crate::error::Error;
use crate::query::syntax::alias::Alias;
use crate::query::syntax::ast::Statement;
use crate::query::syntax::typos;

/// The statement of an alias with the clauses of the call. All words of the alias stand where its name stands.
///
/// # Errors
/// No alias has that name, its statement cannot be read, or it does not take a clause or has it already.
pub(super) fn read(node: Node, aliases: &[Alias]) -> Result<Statement, Error> {
    let place = span(&node);
    let Some(name) = node.clone().into_inner().next().map(|first| word(&first)) else {
        return Err(typos::statement_missing(place));
    };
    let Some(alias) = aliases.iter().find(|alias| alias.name == name.text) else {
        let names: Vec<&str> = aliases.iter().map(|alias| alias.name.as_str()).collect();
        return Err(typos::unknown_statement(node.as_str(), place.start, &names));
    };
    let Some(mut statement) = alias.statement.clone() else {
        return Err(typos::broken_alias(&name));
    };
    statement.place_at(name.span);
    let kind = clauses::kind_of(&statement);
    match (kind, statement.clauses_mut()) {
        (Some(kind), Some((at, clauses))) => {
            let given = std::mem::take(at);
            let mut values = if given.is_empty() { None } else { Some((name.span, given)) };
            clauses::read_into(node, kind, None, &mut values, clauses)?;
            *at = values.map(|(_, words)| words).unwrap_or_default();
        }
        _ => refuse_clauses(node, &name.text)?,
    }
    Ok(statement)
}
