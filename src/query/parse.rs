//! Query text → syntax: the one home of pest. Every mistake comes with its place and a mend.

use pest::Parser;
use pest::iterators::Pair;

use crate::limits;
use crate::mistake::Mistake;
use crate::query::ast::{Ask, Clauses, Statement, Word};
use crate::query::measure::Measure;
use crate::text::{Span, nearest};

use grammar::{Grammar, Rule};

/// What pest makes of `grammar/query.pest`; its generated items bear no documentation.
#[allow(missing_docs)]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/query.pest"]
    pub(super) struct Grammar;
}

type Node<'a> = Pair<'a, Rule>;

const CLAUSES: &str = "at, as of, known at, recorded by, on, as published";

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
    let mut pairs = Grammar::parse(Rule::program, text).map_err(|error| unexpected(text, &error))?;
    let program = pairs.next().into_iter().flat_map(Pair::into_inner);
    let nodes: Vec<Node> = program.filter(|node| node.as_rule() == Rule::statement).collect();
    if nodes.len() > limits::QUERY_STATEMENTS {
        let message =
            format!("{} statements in one query; at most {} are read", nodes.len(), limits::QUERY_STATEMENTS);
        return Err(Mistake::question("too_many_statements", message).hint("ask in several queries"));
    }
    nodes.into_iter().map(|node| statement(node, 0)).collect()
}

/// What pest itself refuses: a stray quote, or text that no rule starts with.
fn unexpected(text: &str, error: &pest::error::Error<Rule>) -> Mistake {
    let start = match error.location {
        pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
    };
    let length = text[start..].chars().next().map_or(0, char::len_utf8);
    let mistake = Mistake::question("unexpected_text", "this cannot be read here")
        .at(Span::new(start, start + length), "not expected here");
    if text[start..].starts_with('"') {
        return mistake.hint("a quote that opens must close: \"ACT*\"");
    }
    mistake.hint("a statement is a measure of subjects: mmr of ACTUSDT at 60000")
}

fn statement(node: Node, depth: usize) -> Result<Statement, Mistake> {
    let span = span(&node);
    let Some(inner) = node.into_inner().next() else { return Err(empty_statement(span)) };
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
            let id = id
                .ok_or_else(|| missing(span, "source_missing", "which source?", "sources lists their ids"))?;
            refuse_clauses(inner, "source")?;
            Ok(Statement::Source { id })
        }
        Rule::findings => findings(inner),
        Rule::later => Err(later(inner)),
        _ => Err(unknown_statement(inner)),
    }
}

fn explain(node: Node, depth: usize) -> Result<Statement, Mistake> {
    let whole = span(&node);
    if depth >= limits::QUERY_NESTING {
        return Err(Mistake::question("nested_too_deep", "explain is nested too deep")
            .at(whole, "explain it once")
            .hint("explain mmr of ACTUSDT at 60000"));
    }
    let inner = part(&node, Rule::statement).ok_or_else(|| empty_statement(whole))?;
    let inner_span = span(&inner);
    match statement(inner, depth + 1)? {
        Statement::Ask(ask) | Statement::Explain(ask) => Ok(Statement::Explain(ask)),
        _ => Err(Mistake::question("not_explainable", "only a measure can be explained")
            .at(inner_span, "this lists what is held; nothing is resolved")
            .hint("explain mmr of ACTUSDT at 60000")),
    }
}

fn findings(node: Node) -> Result<Statement, Mistake> {
    let of = part(&node, Rule::findings_of).map(|of| words(of, Rule::name)).unwrap_or_default();
    let source = part(&node, Rule::findings_in).and_then(|node| part(&node, Rule::name)).map(|n| word(&n));
    refuse_clauses(node, "findings")?;
    Ok(Statement::Findings { of, source })
}

fn ask(node: Node) -> Result<Ask, Mistake> {
    let whole = span(&node);
    let measure_node = part(&node, Rule::measure).ok_or_else(|| empty_statement(whole))?;
    let measure_span = span(&measure_node);
    let measure = measure_of(measure_node.as_str());
    let subjects = part(&node, Rule::names).map(|names| words(names, Rule::name)).unwrap_or_default();
    if subjects.is_empty() {
        let example = format!("{} of ACTUSDT", measure.words());
        return Err(missing(whole, "subject_missing", "of which subject?", &example));
    }
    if part(&node, Rule::kw_of).is_none() {
        return Err(Mistake::question("of_missing", format!("`of` is missing behind `{}`", measure.words()))
            .at(subjects[0].span, "write `of` before this")
            .hint(format!("{} of {}", measure.words(), subjects[0].text)));
    }
    let mut at: Option<(Span, Vec<Word>)> = None;
    let mut clauses = Clauses::default();
    for clause in node.into_inner().filter(|part| part.as_rule() == Rule::clause) {
        let Some(clause) = clause.into_inner().next() else { continue };
        read_clause(clause, &mut at, &mut clauses)?;
    }
    let at = at.map(|(_, words)| words).unwrap_or_default();
    Ok(Ask { measure, measure_span, subjects, at, clauses })
}

/// The measure of those words, which the grammar has already checked.
fn measure_of(text: &str) -> Measure {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let spoken = words.join(" ");
    Measure::ALL.iter().copied().find(|measure| measure.words() == spoken).unwrap_or(Measure::Mmr)
}

fn read_clause(node: Node, at: &mut Option<(Span, Vec<Word>)>, clauses: &mut Clauses) -> Result<(), Mistake> {
    let here = span(&node);
    let (slot, name, example) = match node.as_rule() {
        Rule::at => return read_at(node, at),
        Rule::as_published => {
            return match clauses.as_published.replace(here) {
                Some(first) => Err(twice("as published", first, here)),
                None => Ok(()),
            };
        }
        Rule::as_of => (&mut clauses.as_of, "as of", "as of 2026-02-06T07:00Z"),
        Rule::known_at => (&mut clauses.known_at, "known at", "known at 2026-02-03"),
        Rule::recorded_by => (&mut clauses.recorded_by, "recorded by", "recorded by 2026-02-03"),
        Rule::on => (&mut clauses.on, "on", "on pm-pro"),
        Rule::range => return Err(range(node)),
        _ => return Err(stray(node)),
    };
    let value = part(&node, Rule::instant).or_else(|| part(&node, Rule::name)).map(|node| word(&node));
    let value = value.ok_or_else(|| missing(here, "value_missing", &format!("`{name}` what?"), example))?;
    match slot.replace(value) {
        Some(first) => Err(twice(name, first.span, here)),
        None => Ok(()),
    }
}

fn read_at(node: Node, at: &mut Option<(Span, Vec<Word>)>) -> Result<(), Mistake> {
    let here = span(&node);
    let values = words(node, Rule::notional);
    if values.is_empty() {
        return Err(missing(here, "value_missing", "`at` what?", "at 60000, at 1k, 60k, or at 10x"));
    }
    match at.replace((here, values)) {
        Some((first, _)) => Err(twice("at", first, here)),
        None => Ok(()),
    }
}

fn refuse_clauses(node: Node, statement: &str) -> Result<(), Mistake> {
    match part(&node, Rule::clause) {
        None => Ok(()),
        Some(clause) => {
            Err(Mistake::question("clause_not_taken", format!("`{statement}` does not take this"))
                .at(span(&clause), "not expected here")
                .hint(match statement {
                    "subjects" => "subjects matching \"ACT*\"",
                    "findings" => "findings of ACTUSDT, or findings in ID with an id from `sources`",
                    "source" => "source ID, with an id from `sources`",
                    _ => "write it alone",
                }))
        }
    }
}

fn empty_statement(span: Span) -> Mistake {
    Mistake::question("empty_statement", "a statement is missing")
        .at(span, "nothing to answer")
        .hint("mmr of ACTUSDT at 60000")
}

fn missing(span: Span, code: &'static str, label: &str, example: &str) -> Mistake {
    Mistake::question(code, "something is missing")
        .at(Span::new(span.end, span.end), label)
        .hint(format!("for example: {example}"))
}

fn twice(name: &str, first: Span, second: Span) -> Mistake {
    Mistake::question("clause_twice", format!("`{name}` stands twice"))
        .at(second, format!("the first is at byte {}", first.start))
        .hint("keep one of them")
}

fn range(node: Node) -> Mistake {
    let text = node.as_str().split_whitespace().next().unwrap_or_default().to_lowercase();
    let mistake = Mistake::question("range_not_taken", format!("`{text}` does not go with a measure"))
        .at(span(&node), "a measure is asked at one instant");
    match text.as_str() {
        "between" => mistake
            .hint("a range is written `since A until B`, two points `A vs B`; a measure takes `as of A`"),
        _ => mistake.hint("write `as of 2026-02-06T07:00Z`"),
    }
}

fn stray(node: Node) -> Mistake {
    let text = node.as_str();
    let mistake = Mistake::question("unexpected_word", format!("`{text}` is not expected here"))
        .at(span(&node), format!("expected one of: {CLAUSES}"));
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return mistake.hint(format!("a notional comes behind `at`: at {text}"));
    }
    if statement_words().any(|word| word.eq_ignore_ascii_case(text)) {
        return mistake.hint(format!("statements are parted by `;`: … ; {text} …"));
    }
    match nearest(
        text,
        ["at", "as of", "as", "known", "known at", "recorded", "recorded by", "on", "published"],
    ) {
        Some(word) if !word.eq_ignore_ascii_case(text) => mistake.hint(format!("did you mean `{word}`?")),
        Some("as") => mistake.hint("write `as of` and an instant, or `as published`"),
        Some("known") => mistake.hint("write `known at` and an instant"),
        Some("recorded") => mistake.hint("write `recorded by` and an instant"),
        _ => mistake.hint(format!("several subjects are parted by commas: ACTUSDT, {text}")),
    }
}

fn later(node: Node) -> Mistake {
    let word = node.as_str().split_whitespace().next().unwrap_or_default().to_lowercase();
    Mistake::question("not_yet", format!("`{word}` is not answered by this version"))
        .at(Span::new(span(&node).start, span(&node).start + word.len()), "comes with a later version")
        .hint(
            "ask at the instants of interest with `as of`, or see why with `explain mmr of ACTUSDT at 60000`",
        )
}

fn unknown_statement(node: Node) -> Mistake {
    let first = node.as_str().split_whitespace().next().unwrap_or_default();
    let start = span(&node).start;
    let mistake = Mistake::question("unknown_statement", format!("no statement starts with `{first}`")).at(
        Span::new(start, start + first.len()),
        "expected a measure, or subjects, sources, source, findings, explain",
    );
    match nearest(first, statement_words()) {
        Some("max") => mistake.hint("write `max leverage of … at …` or `max position of … at 10x`"),
        Some(word) => mistake.hint(format!("did you mean `{word}`?")),
        None => mistake.hint(format!("the measures are: {}", measure_list())),
    }
}

/// The words that a statement can start with.
fn statement_words() -> impl Iterator<Item = &'static str> {
    let measures = Measure::ALL.iter().map(|measure| measure.words());
    measures.chain(["subjects", "sources", "source", "findings", "explain", "max"])
}

fn measure_list() -> String {
    Measure::ALL.iter().map(|measure| measure.words()).collect::<Vec<_>>().join(", ")
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
