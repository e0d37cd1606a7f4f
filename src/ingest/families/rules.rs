//! Whether a document announces a margin rule, by its title and sentences, even where none could be read.

use super::text;
use crate::ingest::announcement::document::Document;
use crate::ingest::scan;
use crate::text::Span;

/// Words of sentences that only reserve a right, warn or refer to another page.
const NO_ANNOUNCEMENT: [&str; 10] = [
    " may ",
    " might ",
    "including but not limited",
    "from time to time",
    "refer to",
    "reserves the right",
    "for example",
    "are advised",
    "more information",
    "funding",
];

/// Words for what tables of tiers contain.
const TIERS: [&str; 8] = [
    "margin tier",
    "leverage tier",
    "margin rate",
    "maintenance margin",
    "initial margin",
    "margin rule",
    "margin requirement",
    "position limit",
];

/// Beginnings of words that announce a change of something.
const CHANGED: [&str; 11] =
    ["update", "adjust", "chang", "amend", "revis", "modif", "rais", "lower", "reduc", "increas", "new "];

/// The words of a document that announce a margin rule; `None` where neither its title nor a sentence does. The
/// place is the start of the document for a title.
pub fn announced(document: &Document) -> Option<Span> {
    let title = document.title.to_lowercase();
    if titles_rule(&title) {
        return Some(Span::new(document.body, document.body));
    }
    let is_of_loans = title.contains("loan") && !title.contains("margin");
    let text = document.text.as_str();
    let lines = text::body_lines(document);
    let mut sentences = lines.iter().flat_map(|line| text::sentences(text, *line));
    sentences.find(|sentence| states_rule(&sentence.of(text).to_lowercase(), is_of_loans))
}

/// Whether a title in small letters announces a rule.
fn titles_rule(title: &str) -> bool {
    let has = |words: &str| title.contains(words);
    let is_of_contracts = has("contract") && (has("perpetual") || has("delivery"));
    let starts = ["will launch", "will list", "will delist", "will convert", "will remove", "postpone"];
    // The name of a token can contain the word.
    let names_futures = title.split(|c: char| !c.is_alphanumeric()).any(|word| word == "futures");
    let is_of_futures = names_futures && (has("will add ") || has("will be available on "));
    changes_rule(title, false) || is_of_futures || (is_of_contracts && starts.iter().any(|words| has(words)))
}

/// Whether a sentence in small letters announces a rule.
fn states_rule(sentence: &str, is_of_loans: bool) -> bool {
    let is_none = NO_ANNOUNCEMENT.iter().any(|words| sentence.contains(words));
    let starts = ["will launch", "will list", "will delist", "will convert", "will close all positions"];
    let of_contracts = sentence.contains("contract")
        && starts.iter().any(|words| sentence.contains(&format!("futures {words}")));
    !is_none && (changes_rule(sentence, is_of_loans) || of_contracts || states_leverage(sentence))
}

/// Whether words in small letters give the highest leverage of a contract, as tables of its features do.
fn states_leverage(words: &str) -> bool {
    let after =
        |label: &str| words.match_indices(label).map(|(at, found)| at + found.len()).collect::<Vec<_>>();
    let ends = ["maximum leverage", "max leverage"].into_iter().flat_map(after);
    ends.map(|end| scan::skip(words, end, |c| scan::is_blank(c) || matches!(c, '|' | ':' | '*')))
        .any(|at| scan::leverage(words, at).is_some())
}

/// Whether words in small letters announce a change of tiers or of collateral ratios; those of loans are no margin
/// rules.
fn changes_rule(words: &str, is_of_loans: bool) -> bool {
    let has = |some: &[&str]| some.iter().any(|word| words.contains(word));
    let ratios = has(&["collateral ratio", "collateral rate"]) && !is_of_loans && !has(&["loan"]);
    let limits = has(&["will ", "have "]) && has(&["maximum leverage", "max leverage"]);
    (has(&TIERS) || ratios || limits) && changes(words)
}

/// Whether a word begins as those do that announce a change; `exchange` does not.
fn changes(words: &str) -> bool {
    let mut each = words.split(|c: char| !c.is_alphanumeric());
    each.any(|word| word == "new" || CHANGED.iter().any(|start| word.starts_with(start)))
}
