//! Query text → syntax: the one home of pest. Every error comes with its place and a mend.

use pest::Parser;
use pest::error::InputLocation;
use pest::iterators::{Pair, Pairs};

use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::query::syntax::alias::Alias;
use crate::query::syntax::ast::{Ask, Scope, Statement, Word};
use crate::query::syntax::measure::Measure;
use crate::query::syntax::typos;
use crate::text::Span;

mod address;
mod called;
mod clauses;
#[cfg(test)]
mod conformance;

use clauses::Kind;
use grammar::{Grammar, Rule};

/// What pest makes of `grammar/query.pest`; its generated items bear no documentation.
#[allow(missing_docs)]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/query.pest"]
    pub(super) struct Grammar;
}

type Node<'a> = Pair<'a, Rule>;

/// The byte behind the last word of a text: only blanks, comments and `;` follow. 0 where nothing can be read.
pub fn end_of_words(text: &str) -> usize {
    let pairs = Grammar::parse(Rule::program, text).ok();
    let tokens = pairs.into_iter().flat_map(Pairs::flatten).filter(|node| node.as_rule() != Rule::EOI);
    tokens
        .filter(|node| node.clone().into_inner().next().is_none())
        .last()
        .map_or(0, |last| last.as_span().end())
}

/// Parses a text of statements parted by `;`. A text without any statement gives an empty list.
///
/// # Errors
/// The text is longer than [`limits::QUERY_BYTES`] or holds more than [`limits::QUERY_STATEMENTS`] statements; a
/// word is missing, unknown or out of place; a clause stands twice. The error bears the span of the first.
pub fn parse(text: &str) -> Result<Vec<Statement>, Error> {
    parse_with(text, &[])
}

/// As [`parse`], with the aliases of the user, each of which is a statement too. Parameters stay as they are written:
/// [`crate::query::syntax::parameters::Parameters`] binds them.
///
/// # Errors
/// As for [`parse`]; or an alias cannot be read, or does not take a clause that stands behind it.
pub fn parse_with(text: &str, aliases: &[Alias]) -> Result<Vec<Statement>, Error> {
    if text.len() > limits::QUERY_BYTES {
        let message = format!("the query has {} bytes; at most {} are read", text.len(), limits::QUERY_BYTES);
        return Err(Error::new(ErrorCode::QueryTooLong, message).hint("ask in several queries, or use `all`"));
    }
    let mut pairs = Grammar::parse(Rule::program, text).map_err(|error| {
        typos::unexpected(
            text,
            match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            },
        )
    })?;
    let program = pairs.next().into_iter().flat_map(Pair::into_inner);
    let nodes: Vec<Node> = program.filter(|node| node.as_rule() == Rule::statement).collect();
    if nodes.len() > limits::QUERY_STATEMENTS {
        let message =
            format!("{} statements in one query; at most {} are read", nodes.len(), limits::QUERY_STATEMENTS);
        return Err(Error::new(ErrorCode::TooManyStatements, message).hint("ask in several queries"));
    }
    nodes.into_iter().map(|node| statement(node, aliases, 0)).collect()
}

fn statement(node: Node, aliases: &[Alias], depth: usize) -> Result<Statement, Error> {
    let span = span(&node);
    let Some(inner) = node.into_inner().next() else { return Err(typos::statement_missing(span)) };
    match inner.as_rule() {
        Rule::address => Ok(Statement::Ask(address::read(&inner)?)),
        Rule::ask => Ok(Statement::Ask(ask(inner, Kind::Measure)?)),
        Rule::history => match part(&inner, Rule::ask) {
            Some(over) => Ok(Statement::Steps(ask(over, Kind::Steps)?)),
            None => Ok(Statement::History(scope(inner, Kind::History)?)),
        },
        Rule::knowledge => Ok(Statement::Knowledge(over_measure(inner, Kind::Knowledge)?)),
        Rule::plane => Ok(Statement::Plane(over_measure(inner, Kind::Plane)?)),
        Rule::diff => Ok(Statement::Diff(scope(inner, Kind::Diff)?)),
        Rule::changes => Ok(Statement::Changes(scope(inner, Kind::Changes)?)),
        Rule::report => Ok(Statement::Report(scope(inner, Kind::Report)?)),
        Rule::upcoming => Ok(Statement::Upcoming(scope(inner, Kind::Upcoming)?)),
        Rule::explain => explain(inner, aliases, depth),
        Rule::chart => chart(inner),
        Rule::subjects => {
            let name = part(&inner, Rule::name).map(|node| word(&node));
            refuse_clauses(inner, "subjects")?;
            Ok(Statement::Subjects { matching: name })
        }
        Rule::sources => refuse_clauses(inner, "sources").map(|()| Statement::Sources),
        Rule::source => {
            let id = part(&inner, Rule::name).map(|node| word(&node));
            let id = id.ok_or_else(|| typos::source_missing(span))?;
            refuse_clauses(inner, "source")?;
            Ok(Statement::Source { id })
        }
        Rule::findings => findings(inner),
        _ => called::read(inner, aliases),
    }
}

fn explain(node: Node, aliases: &[Alias], depth: usize) -> Result<Statement, Error> {
    let whole = span(&node);
    if depth >= limits::QUERY_NESTING {
        return Err(typos::nested_too_deep(whole));
    }
    let inner = part(&node, Rule::statement).ok_or_else(|| typos::statement_missing(whole))?;
    let inner_span = span(&inner);
    match statement(inner, aliases, depth + 1)? {
        Statement::Subjects { .. }
        | Statement::Sources
        | Statement::Source { .. }
        | Statement::Findings { .. }
        | Statement::Report(_) => Err(typos::not_explainable(inner_span)),
        Statement::Chart(_) | Statement::Timeline(_) => Err(typos::chart_not_explainable(inner_span)),
        Statement::Explain(inner) => Ok(Statement::Explain(inner)),
        other => Ok(Statement::Explain(Box::new(other))),
    }
}

fn chart(node: Node) -> Result<Statement, Error> {
    let over_time = part(&node, Rule::history);
    match (over_time.as_ref().and_then(|history| part(history, Rule::ask)), part(&node, Rule::ask)) {
        (Some(over), _) => Ok(Statement::Timeline(ask(over, Kind::Steps)?)),
        (None, Some(measure)) => Ok(Statement::Chart(ask(measure, Kind::Chart)?)),
        (None, None) => Err(typos::not_drawn(node.as_str(), span(&node))),
    }
}

fn findings(node: Node) -> Result<Statement, Error> {
    let of = part(&node, Rule::findings_of).and_then(|node| part(&node, Rule::names));
    let of = of.map(|names| words(names, Rule::name)).unwrap_or_default();
    let source = part(&node, Rule::findings_in).and_then(|node| part(&node, Rule::name)).map(|n| word(&n));
    refuse_clauses(node, "findings")?;
    Ok(Statement::Findings { of, source })
}

fn ask(node: Node, kind: Kind) -> Result<Ask, Error> {
    let whole = span(&node);
    let measure_node = part(&node, Rule::measure).ok_or_else(|| typos::statement_missing(whole))?;
    let measure_span = span(&measure_node);
    let measure = measure_of(&measure_node).ok_or_else(|| typos::statement_missing(measure_span))?;
    let subjects = part(&node, Rule::names).map(|names| words(names, Rule::name)).unwrap_or_default();
    if subjects.is_empty() {
        return Err(typos::subject_missing(measure, whole.end));
    }
    if part(&node, Rule::kw_of).is_none() {
        return Err(typos::of_missing(measure, &subjects[0]));
    }
    let (at, clauses) = clauses::read(node, kind, subjects.last())?;
    Ok(Ask { measure, measure_span, subjects, at, clauses })
}

/// A statement over the measure of an `ask`: `knowledge of mmr of …`.
fn over_measure(node: Node, kind: Kind) -> Result<Ask, Error> {
    match part(&node, Rule::ask) {
        Some(inner) => ask(inner, kind),
        None => Err(typos::measure_missing(kind.name(), span(&node))),
    }
}

fn scope(node: Node, kind: Kind) -> Result<Scope, Error> {
    let span = span(&node);
    let subjects = part(&node, Rule::names).map(|names| words(names, Rule::name)).unwrap_or_default();
    if subjects.is_empty() && matches!(kind, Kind::History | Kind::Diff) {
        return Err(typos::subject_of_missing(kind.name(), span));
    }
    let (at, clauses) = clauses::read(node, kind, subjects.last())?;
    Ok(Scope { subjects, at, clauses, span })
}

/// The clauses that a statement takes, as they are written.
pub fn clauses_taken(statement: &Statement) -> &'static [&'static str] {
    clauses::kind_of(statement).map_or(&[], Kind::clauses)
}

/// The measure of a node, in any case and with anything between its words: the rule of its words is named after it.
fn measure_of(node: &Node) -> Option<Measure> {
    let rule = format!("{:?}", node.clone().into_inner().next()?.as_rule());
    let key = rule.strip_prefix("kw_")?;
    Measure::ALL.iter().copied().find(|measure| measure.key() == key)
}

fn refuse_clauses(node: Node, statement: &str) -> Result<(), Error> {
    match part(&node, Rule::clause) {
        None => Ok(()),
        Some(clause) => Err(typos::clause_not_taken(statement, span(&clause))),
    }
}

/// The bytes from the first word of a node to its last: no blanks and comments behind it.
fn span(node: &Node) -> Span {
    let last = node.clone().into_inner().flatten().next_back();
    let end = last.map_or(node.as_span().end(), |last| last.as_span().end());
    Span::new(node.as_span().start(), end)
}

fn part<'a>(node: &Node<'a>, rule: Rule) -> Option<Node<'a>> {
    node.clone().into_inner().find(|part| part.as_rule() == rule)
}

fn words(node: Node, rule: Rule) -> Vec<Word> {
    node.into_inner().filter(|part| part.as_rule() == rule).map(|part| word(&part)).collect()
}

/// A node as one word: `2 days ago` with a blank between its parts, whatever stands between them.
fn word(node: &Node) -> Word {
    let whole = span(node);
    let mut parts =
        node.clone().into_inner().flatten().filter(|part| part.clone().into_inner().next().is_none());
    let first = parts.next().unwrap_or_else(|| node.clone());
    if first.as_rule() == Rule::parameter {
        let name = first.as_str().trim_start_matches('$').to_string();
        return Word { parameter: Some(name), ..Word::new(first.as_str(), whole) };
    }
    let text = parts.fold(bare(first.as_str()).to_string(), |text, part| text + " " + bare(part.as_str()));
    Word::new(text, whole)
}

fn bare(text: &str) -> &str {
    text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text)
}
