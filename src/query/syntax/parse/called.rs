//! A text that starts like no statement: the name of an alias, or an error.

use super::{Node, clauses, span, word};
use crate::error::Error;
use crate::query::syntax::alias::Alias;
use crate::query::syntax::ast::Statement;
use crate::query::syntax::typos::{self, Typo};

/// The statement of an alias with the clauses of the call. All words of the alias get the place of its name.
///
/// # Errors
/// No alias has that name, its statement cannot be read, or it does not take a clause or has it already.
pub(super) fn read(node: Node, aliases: &[Alias]) -> Result<Statement, Error> {
    let place = span(&node);
    let Some(name) = node.clone().into_inner().next().map(|first| word(&first)) else {
        return Err(Typo::StatementMissing.at(place));
    };
    let Some(alias) = aliases.iter().find(|alias| alias.name == name.text) else {
        let names: Vec<&str> = aliases.iter().map(|alias| alias.name.as_str()).collect();
        return Err(typos::unknown_statement(node.as_str(), place.start, &names));
    };
    let Some(mut statement) = alias.statement.clone() else {
        return Err(Typo::BrokenAlias(&name.text).at(name.span));
    };
    statement.place_at(name.span);
    let measure = statement.measure.map(|(measure, _)| measure);
    let given = std::mem::take(&mut statement.clauses);
    Ok(Statement { clauses: clauses::read(node, (statement.kind, measure), given, None)?, ..statement })
}
