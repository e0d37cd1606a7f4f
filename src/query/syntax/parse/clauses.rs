//! The clauses of a statement: those that it takes, each at most once, in any order.

use super::grammar::Rule;
use super::{Node, keyword, measure_of, part, span, word};
use crate::error::Error;
use crate::query::syntax::ast::{Condition, GivenClause, OwnAt, Word};
use crate::query::syntax::language::{Clause, StatementKind, Value, goes_with};
use crate::query::syntax::measure::Measure;
use crate::query::syntax::stray::{Before, Stray};
use crate::query::syntax::typos::Typo;
use crate::time::worded::looks_like_time;

/// The rules of what can follow a clause.
const VALUES: [Rule; 5] = [Rule::notional, Rule::timestamp, Rule::time_span, Rule::name, Rule::word];

/// The rules of the clauses that a measure takes in a condition too.
const OF_MEASURE: [Rule; 5] = [Rule::with, Rule::long, Rule::short, Rule::entry, Rule::own_margin];

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
    let nodes = node.into_inner().filter(|part| part.as_rule() == Rule::clause);
    let nodes: Vec<Node> = nodes.filter_map(|node| node.into_inner().next()).collect();
    for (place, node) in nodes.iter().enumerate() {
        let words: Vec<Word> = nodes[place..]
            .iter()
            .map_while(|node| (node.as_rule() == Rule::stray).then(|| word(node)))
            .collect();
        if !words.is_empty() {
            return Err(Stray { words: &words, kind, measure, before: &before }.error());
        }
        let clause = read_one(node, (kind, measure))?;
        if let Some(first) = clauses.iter().find(|given| given.clause == clause.clause) {
            return Err(Typo::ClauseTwice(clause.clause).at(clause.span.join(first.span)));
        }
        before = match (clause.clause.row().value, clause.other.as_ref().or(clause.values.last())) {
            (Value::Amounts | Value::Amount | Value::Price | Value::Margin, Some(last)) => {
                Before::Amount(last.clone())
            }
            (Value::Timestamp, Some(last)) => Before::Timestamp(last.clone()),
            (Value::Conditions, _) => {
                clause.conditions.last().cloned().map_or(Before::Other, Before::Condition)
            }
            _ => Before::Other,
        };
        clauses.push(clause);
    }
    Ok(clauses)
}

fn read_one(node: &Node, (kind, measure): (StatementKind, Option<Measure>)) -> Result<GivenClause, Error> {
    let Some(clause) = keyword(node).and_then(Clause::of) else {
        return Err(Typo::Range(node.as_str(), kind).at(span(node)));
    };
    if !kind.clauses_with(measure).contains(&clause) {
        return Err(not_taken(node, (kind, measure), clause));
    }
    given(node, (kind, measure), clause)
}

fn not_taken(node: &Node, (kind, measure): (StatementKind, Option<Measure>), clause: Clause) -> Error {
    let text = values(node).into_iter().next().map_or(String::new(), |word| word.text);
    Typo::ClauseNotTaken(kind, measure, clause, &text).at(span(node))
}

fn values(node: &Node) -> Vec<Word> {
    let values = node.clone().into_inner().filter(|part| VALUES.contains(&part.as_rule()));
    values.map(|value| word(&value)).collect()
}

/// What a clause that is taken gives.
fn given(
    node: &Node,
    (kind, measure): (StatementKind, Option<Measure>),
    clause: Clause,
) -> Result<GivenClause, Error> {
    let here = span(node);
    let other = match part(node, Rule::versus) {
        None => None,
        Some(versus) if !kind.takes(Clause::Vs) => {
            return Err(Typo::ClauseNotTaken(kind, measure, Clause::Vs, "").at(span(&versus)));
        }
        Some(versus) => match values(&versus).pop() {
            None => return Err(Typo::ValueMissing(Clause::Vs).at(span(&versus))),
            found => found,
        },
    };
    let (taken, own) = if clause == Clause::At { amounts(node) } else { (values(node), Vec::new()) };
    let mut words = own.iter().flat_map(|own| own.subjects.iter().chain(&own.values)).chain(&taken);
    if let Some(time) = words.find(|word| !own.is_empty() && looks_like_time(&word.text)) {
        return Err(Typo::TimeAfterAt(&time.text).at(time.span));
    }
    if !own.is_empty() && (measure.is_none() || is_at_twice(&taken, &own)) {
        return Err(Typo::ClauseTwice(Clause::At).at(here));
    }
    let conditions = node.clone().into_inner().filter(|part| part.as_rule() == Rule::condition);
    let given = GivenClause {
        clause,
        values: taken,
        other,
        conditions: conditions.map(|node| condition(&node)).collect::<Result<_, _>>()?,
        own,
        span: here,
    };
    let is_empty = given.values.is_empty() && given.conditions.is_empty();
    if is_empty && clause.row().value != Value::Nothing {
        return Err(Typo::ValueMissing(clause).at(here));
    }
    Ok(given)
}

/// What follows `at`: the amounts, and the names that have an `at` of their own. The word in front of such an
/// `at` is a name, and so are those before it that look like no amount.
fn amounts(node: &Node) -> (Vec<Word>, Vec<OwnAt>) {
    let mut first: Vec<Word> = Vec::new();
    let mut own: Vec<OwnAt> = Vec::new();
    for part in node.clone().into_inner() {
        let last = own.last_mut().map_or(&mut first, |own| &mut own.values);
        match part.as_rule() {
            Rule::notional | Rule::quoted => last.push(word(&part)),
            Rule::own_at => {
                let is_name = |word: &&Word| word.parameter.is_none() && !looks_like_amount(&word.text);
                let before = last.iter().rev().skip(1).take_while(is_name).count();
                let subjects = last.split_off(last.len().saturating_sub(before + 1));
                let values = part.into_inner().filter(|part| part.as_rule() == Rule::notional);
                own.push(OwnAt { subjects, values: values.map(|value| word(&value)).collect() });
            }
            _ => {}
        }
    }
    (first, own)
}

/// Whether some `at` after the first belongs to no name: a number in front of it is none, and one right after
/// another leaves that without any number.
fn is_at_twice(first: &[Word], own: &[OwnAt]) -> bool {
    let is_amount = |name: &Word| name.parameter.is_none() && looks_like_amount(&name.text);
    first.is_empty()
        || own.iter().any(|own| own.values.is_empty() || own.subjects.last().is_some_and(is_amount))
}

/// Whether a word can only be meant as a notional or a leverage: `60_000`, `1.5m`, `1e6`, `10x`, and not
/// `1INCHUSDT`.
fn looks_like_amount(text: &str) -> bool {
    let digits = text.strip_suffix(['k', 'm', 'b', 'x', 'K', 'M', 'B', 'X']).unwrap_or(text);
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit() || b"_.,".contains(&byte));
    let (number, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, ""));
    digits.starts_with(|c: char| c.is_ascii_digit()) && plain(number) && plain(exponent)
}

fn condition(node: &Node) -> Result<Condition, Error> {
    let measure = part(node, Rule::measure).and_then(|node| measure_of(&node));
    let moves = part(node, Rule::moves).or_else(|| part(node, Rule::verdict));
    Ok(Condition {
        measure,
        at: part(node, Rule::notional).map(|node| word(&node)),
        clauses: clauses_of_measure(node, measure)?,
        moves: moves.map(|node| word(&node)),
        by: part(node, Rule::size).map(|node| word(&node)),
        span: span(node),
    })
}

/// The clauses of the measure in a condition.
fn clauses_of_measure(node: &Node, measure: Option<Measure>) -> Result<Vec<GivenClause>, Error> {
    let mut clauses: Vec<GivenClause> = Vec::new();
    for node in node.clone().into_inner().filter(|part| OF_MEASURE.contains(&part.as_rule())) {
        let Some(clause) = keyword(&node).and_then(Clause::of) else { continue };
        let of_measure = (StatementKind::Measure, measure);
        if !goes_with(clause, measure) {
            return Err(not_taken(&node, of_measure, clause));
        }
        let clause = given(&node, of_measure, clause)?;
        if let Some(first) = clauses.iter().find(|given| given.clause == clause.clause) {
            return Err(Typo::ClauseTwice(clause.clause).at(clause.span.join(first.span)));
        }
        clauses.push(clause);
    }
    Ok(clauses)
}
