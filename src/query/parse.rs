//! Query text → syntax: the one home of pest. Every mistake comes with its place and a mend.

use pest::Parser;
use pest::error::InputLocation;
use pest::iterators::Pair;

use crate::limits;
use crate::mistake::Mistake;
use crate::query::ast::{Ask, Clauses, Statement, Word};
use crate::query::measure::Measure;
use crate::query::slips::{self, Before};
use crate::text::Span;

use grammar::{Grammar, Rule};

/// What pest makes of `grammar/query.pest`; its generated items bear no documentation.
#[allow(missing_docs)]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/query.pest"]
    pub(super) struct Grammar;
}

type Node<'a> = Pair<'a, Rule>;

/// Parses a text of statements parted by `;`. A text without any statement gives an empty list.
///
/// # Errors
/// The text is longer than [`limits::QUERY_BYTES`] or holds more than [`limits::QUERY_STATEMENTS`] statements; a
/// word is missing, unknown or out of place; a clause stands twice. The mistake bears the span of the first.
pub fn parse(text: &str) -> Result<Vec<Statement>, Mistake> {
    if text.len() > limits::QUERY_BYTES {
        let message = format!("the query has {} bytes; at most {} are read", text.len(), limits::QUERY_BYTES);
        return Err(Mistake::question("query_too_long", message).hint("ask in several queries, or use `all`"));
    }
    let mut pairs = Grammar::parse(Rule::program, text).map_err(|error| {
        slips::unexpected(
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
        return Err(Mistake::question("too_many_statements", message).hint("ask in several queries"));
    }
    nodes.into_iter().map(|node| statement(node, 0)).collect()
}

fn statement(node: Node, depth: usize) -> Result<Statement, Mistake> {
    let span = span(&node);
    let Some(inner) = node.into_inner().next() else { return Err(slips::statement_missing(span)) };
    match inner.as_rule() {
        Rule::ask => Ok(Statement::Ask(ask(inner)?)),
        Rule::explain => explain(inner, depth),
        Rule::subjects => {
            let name = part(&inner, Rule::name).map(|node| word(&node));
            refuse_clauses(inner, "subjects")?;
            Ok(Statement::Subjects { matching: name })
        }
        Rule::sources => refuse_clauses(inner, "sources").map(|()| Statement::Sources),
        Rule::source => {
            let id = part(&inner, Rule::name).map(|node| word(&node));
            let id = id.ok_or_else(|| slips::source_missing(span))?;
            refuse_clauses(inner, "source")?;
            Ok(Statement::Source { id })
        }
        Rule::findings => findings(inner),
        Rule::later => Err(slips::not_yet(inner.as_str(), inner.as_span().start())),
        _ => Err(slips::unknown_statement(inner.as_str(), inner.as_span().start())),
    }
}

fn explain(node: Node, depth: usize) -> Result<Statement, Mistake> {
    let whole = span(&node);
    if depth >= limits::QUERY_NESTING {
        return Err(slips::nested_too_deep(whole));
    }
    let inner = part(&node, Rule::statement).ok_or_else(|| slips::statement_missing(whole))?;
    let inner_span = span(&inner);
    match statement(inner, depth + 1)? {
        Statement::Ask(ask) | Statement::Explain(ask) => Ok(Statement::Explain(ask)),
        _ => Err(slips::not_explainable(inner_span)),
    }
}

fn findings(node: Node) -> Result<Statement, Mistake> {
    let of = part(&node, Rule::findings_of).and_then(|node| part(&node, Rule::names));
    let of = of.map(|names| words(names, Rule::name)).unwrap_or_default();
    let source = part(&node, Rule::findings_in).and_then(|node| part(&node, Rule::name)).map(|n| word(&n));
    refuse_clauses(node, "findings")?;
    Ok(Statement::Findings { of, source })
}

fn ask(node: Node) -> Result<Ask, Mistake> {
    let whole = span(&node);
    let measure_node = part(&node, Rule::measure).ok_or_else(|| slips::statement_missing(whole))?;
    let measure_span = span(&measure_node);
    let measure = measure_of(measure_node.as_str()).ok_or_else(|| slips::statement_missing(measure_span))?;
    let subjects = part(&node, Rule::names).map(|names| words(names, Rule::name)).unwrap_or_default();
    if subjects.is_empty() {
        return Err(slips::subject_missing(measure, whole.end));
    }
    if part(&node, Rule::kw_of).is_none() {
        return Err(slips::of_missing(measure, &subjects[0]));
    }
    let mut at: Option<(Span, Vec<Word>)> = None;
    let mut clauses = Clauses::default();
    let mut before = subjects.last().map_or(Before::Other, |name| Before::Name(name.clone()));
    for clause in node.into_inner().filter(|part| part.as_rule() == Rule::clause) {
        let Some(clause) = clause.into_inner().next() else { continue };
        let rule = clause.as_rule();
        read_clause(clause, before, &mut at, &mut clauses)?;
        before = match (rule, at.as_ref().and_then(|(_, words)| words.last())) {
            (Rule::at, Some(last)) => Before::Amount(last.clone()),
            (Rule::as_of | Rule::known_at | Rule::recorded_by, _) => Before::Instant,
            _ => Before::Other,
        };
    }
    let at = at.map(|(_, words)| words).unwrap_or_default();
    Ok(Ask { measure, measure_span, subjects, at, clauses })
}

/// The measure of those words, in any case and with any blanks between them; `None` where the grammar takes words
/// that no measure has.
fn measure_of(text: &str) -> Option<Measure> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let spoken = words.join(" ");
    Measure::ALL.iter().copied().find(|measure| measure.words() == spoken)
}

/// Reads one clause; `before` is what stands right before it.
fn read_clause(
    node: Node,
    before: Before,
    at: &mut Option<(Span, Vec<Word>)>,
    clauses: &mut Clauses,
) -> Result<(), Mistake> {
    let here = span(&node);
    let (slot, name, example) = match node.as_rule() {
        Rule::at => return read_at(node, at),
        Rule::as_published => {
            return match clauses.as_published.replace(here) {
                Some(first) => Err(slips::clause_twice("as published", first, here)),
                None => Ok(()),
            };
        }
        Rule::as_of => (&mut clauses.as_of, "as of", "as of 2026-02-06T07:00Z"),
        Rule::known_at => (&mut clauses.known_at, "known at", "known at 2026-02-03"),
        Rule::recorded_by => (&mut clauses.recorded_by, "recorded by", "recorded by 2026-02-03"),
        Rule::on => (&mut clauses.on, "on", "on pm-pro"),
        Rule::range => return Err(slips::range(node.as_str(), here)),
        _ => return Err(slips::stray(node.as_str(), here, &before)),
    };
    let value = part(&node, Rule::instant).or_else(|| part(&node, Rule::name)).map(|node| word(&node));
    let value = value.ok_or_else(|| slips::value_missing(name, here, example))?;
    match slot.replace(value) {
        Some(first) => Err(slips::clause_twice(name, first.span, here)),
        None => Ok(()),
    }
}

fn read_at(node: Node, at: &mut Option<(Span, Vec<Word>)>) -> Result<(), Mistake> {
    let here = span(&node);
    let values = words(node, Rule::notional);
    if values.is_empty() {
        return Err(slips::value_missing("at", here, "at 60000, at 1k, 60k, or at 10x"));
    }
    match at.replace((here, values)) {
        Some((first, _)) => Err(slips::clause_twice("at", first, here)),
        None => Ok(()),
    }
}

fn refuse_clauses(node: Node, statement: &str) -> Result<(), Mistake> {
    match part(&node, Rule::clause) {
        None => Ok(()),
        Some(clause) => Err(slips::clause_not_taken(statement, span(&clause))),
    }
}

fn span(node: &Node) -> Span {
    Span::new(node.as_span().start(), node.as_span().end())
}

fn part<'a>(node: &Node<'a>, rule: Rule) -> Option<Node<'a>> {
    node.clone().into_inner().find(|part| part.as_rule() == rule)
}

fn words(node: Node, rule: Rule) -> Vec<Word> {
    node.into_inner().filter(|part| part.as_rule() == rule).map(|part| word(&part)).collect()
}

fn word(node: &Node) -> Word {
    let text = node.as_str().trim();
    let bare = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
    let start = node.as_span().start();
    Word { text: bare.to_string(), span: Span::new(start, start + text.len()) }
}
