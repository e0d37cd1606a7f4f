//! The corpus in `tests/corpus` against the grammar: every rule is met by a right text, and by a wrong one of
//! each kind.

use std::collections::BTreeSet;

use pest::Parser;

use super::grammar::{Grammar, Rule};
use super::parse_with;
use crate::query::syntax::alias::Alias;

/// The rules that only take what is to be named as an error.
const FOR_MISTAKES: [Rule; 3] = [Rule::range, Rule::stray, Rule::kw_range];

/// The rules that no statement with an error in its meaning needs to have: nothing can be meant wrongly
/// there.
const NEVER_MEANT_WRONGLY: [Rule; 5] =
    [Rule::sources, Rule::kw_sources, Rule::subjects, Rule::kw_subjects, Rule::kw_matching];

/// The queries of a file of the corpus: what follows `> `, without bindings.
fn queries(file: &str) -> Vec<String> {
    let path = format!("{}/tests/corpus/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect(&path);
    let queries = text.lines().filter_map(|line| line.strip_prefix("> "));
    queries.map(|query| query.split(" <- ").next().unwrap_or(query).to_string()).collect()
}

fn aliases() -> [Alias; 1] {
    let statement = super::parse("mmr of ACTUSDT at $n").expect("a statement").pop();
    [Alias { name: "act".to_string(), query: String::new(), doc: String::new(), statement }]
}

/// The rules that the texts reach; a text that the grammar itself refuses reaches none.
fn reached(queries: &[String]) -> BTreeSet<Rule> {
    let parsed = queries.iter().filter_map(|query| Grammar::parse(Rule::program, query).ok());
    parsed.flat_map(pest::iterators::Pairs::flatten).map(|pair| pair.as_rule()).collect()
}

/// The rules that give a node: silent ones do not, and neither do those that occur only inside words.
fn rules() -> Vec<Rule> {
    let source = include_str!("../../../../grammar/query.pest");
    let silent = |rule: &&Rule| {
        // It is only ever looked out for.
        if **rule == Rule::kw_begun {
            return true;
        }
        let name = format!("{rule:?}");
        let of =
            |line: &str| line.strip_prefix(&name).is_some_and(|rest| rest.trim_start().starts_with("= _{"));
        source.lines().any(of)
    };
    Rule::all_rules().iter().filter(|rule| !silent(rule)).copied().collect()
}

fn missing(file: &str, but: &[Rule]) -> Vec<Rule> {
    let reached = reached(&queries(file));
    rules().into_iter().filter(|rule| !reached.contains(rule) && !but.contains(rule)).collect()
}

#[test]
fn every_rule_of_the_grammar_is_reached_by_a_right_text() {
    let (queries, aliases) = (queries("answers.txt"), aliases());
    for query in &queries {
        assert!(parse_with(query, &aliases).is_ok(), "{query}");
    }
    assert_eq!(missing("answers.txt", &FOR_MISTAKES), []);
}

#[test]
fn every_rule_of_the_grammar_is_reached_by_a_text_with_a_mistake_in_its_syntax() {
    for query in queries("syntax.txt") {
        assert!(parse_with(&query, &aliases()).map_or(true, |s| s.is_empty()), "{query}");
    }
    assert_eq!(missing("syntax.txt", &[]), []);
}

#[test]
fn every_rule_of_the_grammar_is_reached_by_a_text_with_a_mistake_in_its_meaning() {
    for query in queries("meaning.txt") {
        assert!(parse_with(&query, &aliases()).is_ok_and(|s| !s.is_empty()), "{query}");
    }
    let but = [&FOR_MISTAKES[..], &NEVER_MEANT_WRONGLY].concat();
    assert_eq!(missing("meaning.txt", &but), []);
}
