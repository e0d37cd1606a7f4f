//! The clauses of a statement: those that it takes, each at most once, in any order.

use super::grammar::Rule;
use super::{Node, keyword, measure_of, part, span, word};
use crate::error::Error;
use crate::query::syntax::ast::{Condition, GivenClause, Word};
use crate::query::syntax::language::{Clause, StatementKind, Value};
use crate::query::syntax::measure::Measure;
use crate::query::syntax::typos::{Before, Typo};

/// The rules of what can follow a clause.
const VALUES: [Rule; 5] = [Rule::notional, Rule::timestamp, Rule::time_span, Rule::name, Rule::word];

/// The clauses of a statement. `given` are those that it has already, and `last_subject` is what comes before
/// the first.
pub fn read(
    node: Node,
    (kind, measure): (StatementKind, Option<Measure>),
    given: Vec<GivenClause>,
    last_subject: Option<&Word>,
) -> Result<Vec<GivenClause>, Error> {
    let mut clauses = given;
    let mut before = last_subject.map_or(Before::Other, |name| Before::Name(name.clone()));
    for node in node.into_inner().filter(|part| part.as_rule() == Rule::clause) {
        let Some(node) = node.into_inner().next() else { continue };
        let clause = read_one(node, (kind, measure), &before)?;
        if let Some(first) = clauses.iter().find(|given| given.clause == clause.clause) {
            return Err(Typo::ClauseTwice(clause.clause).at(clause.span.join(first.span)));
        }
        before = match (clause.clause.row().value, clause.values.last()) {
            (Value::Amounts, Some(last)) => Before::Amount(last.clone()),
            (Value::Timestamp, _) => Before::Timestamp,
            _ => Before::Other,
        };
        clauses.push(clause);
    }
    Ok(clauses)
}

/// Reads one clause; `before` is what comes right before it.
fn read_one(
    node: Node,
    (kind, measure): (StatementKind, Option<Measure>),
    before: &Before,
) -> Result<GivenClause, Error> {
    let here = span(&node);
    let Some(clause) = keyword(&node).and_then(|words| Clause::of(&words)) else {
        let typo = match node.as_rule() {
            Rule::range => Typo::Range(node.as_str(), kind),
            _ => Typo::Stray(node.as_str(), kind, measure, before),
        };
        return Err(typo.at(here));
    };
    if !kind.clauses_with(measure).contains(&clause) {
        return Err(Typo::ClauseNotTaken(kind, measure, clause).at(here));
    }
    let values = |node: &Node| -> Vec<Word> {
        let values = node.clone().into_inner().filter(|part| VALUES.contains(&part.as_rule()));
        values.map(|value| word(&value)).collect()
    };
    let other = match part(&node, Rule::versus) {
        None => None,
        Some(versus) if !kind.takes(Clause::Vs) => {
            return Err(Typo::ClauseNotTaken(kind, measure, Clause::Vs).at(span(&versus)));
        }
        Some(versus) => match values(&versus).pop() {
            None => return Err(Typo::ValueMissing(Clause::Vs).at(span(&versus))),
            found => found,
        },
    };
    let conditions = node.clone().into_inner().filter(|part| part.as_rule() == Rule::condition);
    let given = GivenClause {
        clause,
        values: values(&node),
        other,
        conditions: conditions.map(|node| condition(&node)).collect(),
        span: here,
    };
    let is_empty = given.values.is_empty() && given.conditions.is_empty();
    if is_empty && clause.row().value != Value::Nothing {
        return Err(Typo::ValueMissing(clause).at(here));
    }
    Ok(given)
}

fn condition(node: &Node) -> Condition {
    let moves = part(node, Rule::moves).or_else(|| part(node, Rule::verdict));
    Condition {
        measure: part(node, Rule::measure).and_then(|node| measure_of(&node)),
        at: part(node, Rule::notional).map(|node| word(&node)),
        moves: moves.map(|node| word(&node)),
        by: part(node, Rule::size).map(|node| word(&node)),
        span: span(node),
    }
}
