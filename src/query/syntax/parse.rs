//! Query text → syntax: the one home of pest. Every error has its place and a hint how to fix it.

use std::sync::LazyLock;

use pest::Parser;
use pest::error::InputLocation;
use pest::iterators::{Pair, Pairs};

use crate::error::{Error, ErrorCode};
use crate::limits;
use crate::query::syntax::alias::Alias;
use crate::query::syntax::ast::{Statement, Word};
use crate::query::syntax::language::{Over, StatementKind};
use crate::query::syntax::measure::Measure;
use crate::query::syntax::plain;
use crate::query::syntax::typos::{self, Typo};
use crate::text::Span;

mod address;
mod called;
mod clauses;
#[cfg(test)]
mod conformance;

use grammar::{Grammar, Rule};

/// What pest makes of `grammar/query.pest`; its generated items have no documentation.
#[allow(missing_docs)]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/query.pest"]
    pub(super) struct Grammar;
}

type Node<'a> = Pair<'a, Rule>;

/// The end of the last word of a text: only blanks, comments and `;` follow. 0 where nothing can be read.
///
/// ```
/// use tierbook::language::end_of_words;
/// let text = "mmr of ACTUSDT at 60000 ; # for the report";
/// assert_eq!(&text[..end_of_words(text)], "mmr of ACTUSDT at 60000");
/// ```
pub fn end_of_words(text: &str) -> usize {
    let pairs = Grammar::parse(Rule::program, text).ok();
    let tokens = pairs.into_iter().flat_map(Pairs::flatten).filter(|node| node.as_rule() != Rule::EOI);
    tokens
        .filter(|node| node.clone().into_inner().next().is_none())
        .last()
        .map_or(0, |last| last.as_span().end())
}

/// Parses a text of statements, separated by `;`. A text without any statement gives an empty list.
///
/// ```
/// use tierbook::language::parse;
/// assert_eq!(parse("mmr of ACTUSDT at 60000; sources")?.len(), 2);
/// let text = "mmr of ACTUSDT att 60000";
/// let error = parse(text).unwrap_err();
/// assert_eq!(error.span().unwrap().of(text), "att");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The text is longer than [`limits::QUERY_BYTES`] or has more than [`limits::QUERY_STATEMENTS`] statements;
/// a word is missing, unknown or out of place; a clause is given twice. The error has the span of the first.
pub fn parse(text: &str) -> Result<Vec<Statement>, Error> {
    parse_with(text, &[])
}

/// As [`parse`], with the aliases of the user, each of which is a statement too. Parameters stay as they are
/// written: [`crate::query::syntax::parameters::Parameters`] binds them.
///
/// ```
/// use tierbook::language::{Alias, Clause, parse, parse_with};
/// let query = "mmr of ACTUSDT at 60000";
/// let statement = parse(query)?.pop();
/// let alias = Alias { name: "act".into(), query: query.into(), doc: String::new(), statement };
/// let statement = parse_with("act as of 2026-02-07", &[alias])?.remove(0);
/// assert_eq!(statement.value(Clause::AsOf).unwrap().text, "2026-02-07");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As for [`parse`]; or an alias cannot be read, or does not take a clause that follows it.
pub fn parse_with(text: &str, aliases: &[Alias]) -> Result<Vec<Statement>, Error> {
    if text.len() > limits::QUERY_BYTES {
        let message = format!("the query has {} bytes; at most {} are read", text.len(), limits::QUERY_BYTES);
        return Err(Error::new(ErrorCode::QueryTooLong, message).hint("ask in several queries, or use `all`"));
    }
    match plain::read(text) {
        Some(statements) => Ok(statements),
        None => by_grammar(text, aliases),
    }
}

/// As [`parse_with`], for any text that is not too long. All errors come from here.
pub(crate) fn by_grammar(text: &str, aliases: &[Alias]) -> Result<Vec<Statement>, Error> {
    let mut pairs = Grammar::parse(Rule::program, text).map_err(|error| match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => typos::unexpected(text, at),
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
    let here = span(&node);
    let Some(inner) = node.into_inner().next() else { return Err(Typo::StatementMissing.at(here)) };
    match inner.as_rule() {
        Rule::address => address::read(&inner),
        Rule::explain => explain(inner, aliases, depth),
        Rule::called => called::read(inner, aliases),
        Rule::chart => match part(&inner, Rule::history) {
            None if let Some(tables) = part(&inner, Rule::tables) => stated(&tables, "chart tiers"),
            Some(history) if part(&history, Rule::ask).is_some() => stated(&history, "chart history"),
            None if part(&inner, Rule::ask).is_some() => stated(&inner, "chart"),
            _ => Err(Typo::NotDrawn(inner.as_str()).at(here)),
        },
        _ => stated(&inner, keyword(&inner).unwrap_or_default()),
    }
}

fn explain(node: Node, aliases: &[Alias], depth: usize) -> Result<Statement, Error> {
    let whole = span(&node);
    if depth >= limits::QUERY_NESTING {
        return Err(Typo::NestedTooDeep.at(whole));
    }
    let inner = part(&node, Rule::statement).ok_or_else(|| Typo::StatementMissing.at(whole))?;
    let inner_span = span(&inner);
    let statement = statement(inner, aliases, depth + 1)?;
    if statement.kind.row().is_explained {
        Ok(Statement { is_explained: true, ..statement })
    } else {
        Err(Typo::NotExplained(statement.kind).at(inner_span))
    }
}

/// A statement that starts with `words`, which are none for a measure.
fn stated(node: &Node, words: &str) -> Result<Statement, Error> {
    let whole = span(node);
    // `mmr of …` is an `ask` itself; `history of mmr of …` contains one.
    let inner = part(node, Rule::ask);
    let over = if node.as_rule() == Rule::ask { Some(node) } else { inner.as_ref() };
    let words = if node.as_rule() == Rule::ask { "" } else { words };
    let kind = StatementKind::of(words, over.is_some()).ok_or_else(|| Typo::StatementMissing.at(whole))?;
    let of = over.unwrap_or(node);
    let measure = over.map(measured).transpose()?;
    let subjects = subjects(of);
    let argument =
        part(node, Rule::findings_in).as_ref().or(Some(node)).and_then(|node| part(node, Rule::name));
    let argument = argument.map(|name| word(&name));
    match (kind.row().over, measure) {
        (Over::Measure, None) => return Err(Typo::MeasureMissing(kind).at(whole)),
        (_, Some((measure, _))) if subjects.is_empty() => {
            return Err(Typo::SubjectMissing(measure).at(span(of)));
        }
        (_, Some((measure, _))) if part(of, Rule::kw_of).is_none() => {
            return Err(Typo::OfMissing(measure, &subjects[0]).at(subjects[0].span));
        }
        (Over::Subjects, None) if subjects.is_empty() => return Err(Typo::SubjectsMissing(kind).at(whole)),
        (Over::Positions, _) if argument.is_none() => {
            let clause = part(node, Rule::clause).and_then(|clause| part(&clause, Rule::stray));
            return Err(Typo::SetMissing(clause.map(|stray| word(&stray)).as_ref()).at(whole));
        }
        (Over::Stored, _) if kind == StatementKind::Source && argument.is_none() => {
            return Err(Typo::SourceMissing.at(whole));
        }
        _ => {}
    }
    let clauses =
        clauses::read(of.clone(), (kind, measure.map(|(measure, _)| measure)), Vec::new(), subjects.last())?;
    Ok(Statement { kind, is_explained: false, measure, subjects, argument, clauses, span: whole })
}

/// The measure of an `ask`, and its place.
fn measured(ask: &Node) -> Result<(Measure, Span), Error> {
    let node = part(ask, Rule::measure);
    let found = node.and_then(|node| Some((measure_of(&node)?, span(&node))));
    found.ok_or_else(|| Typo::StatementMissing.at(span(ask)))
}

/// The names that a statement lists.
fn subjects(node: &Node) -> Vec<Word> {
    let findings_of = part(node, Rule::findings_of);
    let names = part(findings_of.as_ref().unwrap_or(node), Rule::names);
    let names = names.into_iter().flat_map(Pair::into_inner).filter(|part| part.as_rule() == Rule::name);
    names.map(|name| word(&name)).collect()
}

/// The measure of a node, in any case and with anything between its words.
fn measure_of(node: &Node) -> Option<Measure> {
    let words = keyword(node)?;
    Measure::ALL.iter().copied().find(|measure| measure.words() == words)
}

/// The words of the keyword that a node starts with: `kw_as_of` is named after `as of`.
fn keyword(node: &Node) -> Option<&'static str> {
    let rule = node.clone().into_inner().next()?.as_rule();
    KEYWORDS.get(rule as usize)?.as_deref()
}

/// The words of each rule that is a keyword, in the order of the rules.
static KEYWORDS: LazyLock<Vec<Option<String>>> = LazyLock::new(|| {
    let words = |rule: &Rule| Some(format!("{rule:?}").strip_prefix("kw_")?.replace('_', " "));
    let last = Rule::all_rules().iter().map(|rule| *rule as usize).max().unwrap_or(0);
    let mut keywords = vec![None; last + 1];
    Rule::all_rules().iter().for_each(|rule| keywords[*rule as usize] = words(rule));
    keywords
});

/// The bytes from the first word of a node to its last: no blanks and comments after it.
fn span(node: &Node) -> Span {
    let last = node.clone().into_inner().flatten().next_back();
    let end = last.map_or(node.as_span().end(), |last| last.as_span().end());
    Span::new(node.as_span().start(), end)
}

fn part<'a>(node: &Node<'a>, rule: Rule) -> Option<Node<'a>> {
    node.clone().into_inner().find(|part| part.as_rule() == rule)
}

/// A node as one word: `2 days ago` with a blank between its parts, whatever is written between them.
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
