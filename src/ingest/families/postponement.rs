//! Launches that are put off: `The trading start time for X, originally set at A, will be postponed to B`.
//!
//! A listing on the spot market is none of a contract, even where a contract of that token exists.

use super::FamilyStatements;
use super::text::{self, Titled};
use super::token;
use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::contract;
use crate::ingest::announcement::document::Document;
use crate::ingest::announcement::timestamps::{PrintedTimes, PrintedTimestamp};
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::statement::{Program, Subject};
use crate::text::Span;
use crate::time::ValidTime;

/// The market of contracts, as a text names it beside other markets: `Binance Alpha`, `Binance Futures`.
const FUTURES: &str = "futures";

/// Words that put a launch off, in small letters.
const PUT_OFF: [&str; 4] = ["postponed", "rescheduled", "be delayed to", "be delayed until"];

/// Reads the launches that are put off.
pub fn read(document: &Document) -> FamilyStatements {
    let text = document.text.as_str();
    let lines = text::body_lines(document);
    let titled = Titled::of(&document.title);
    let mut found = FamilyStatements::default();
    for (place, line) in lines.iter().enumerate() {
        for sentence in text::sentences(text, *line) {
            let lower = sentence.of(text).to_lowercase();
            if PUT_OFF.iter().any(|words| lower.contains(words)) && is_about_contracts(document, sentence) {
                let below = lines.get(place + 1).copied();
                match postponed(document, sentence, below) {
                    Ok(statements) => {
                        found.findings.extend(statements.iter().filter_map(|it| beside_title(&titled, it)));
                        found.statements.extend(statements);
                    }
                    Err(finding) => found.findings.push(finding),
                }
            }
        }
    }
    let title = document.title.to_lowercase();
    let is_announced = title.contains("postpone") && (title.contains("contract") || title.contains(FUTURES));
    if let (true, true, true, Some(first)) =
        (is_announced, found.statements.is_empty(), found.findings.is_empty(), lines.first())
    {
        let message =
            "the title puts the launch of a contract off, but no sentence says which one and how long";
        found.findings.push(Finding::new(FindingCode::UnreadText, *first, message));
    }
    found
}

/// Whether a sentence names contracts, or the market of contracts.
fn is_about_contracts(document: &Document, sentence: Span) -> bool {
    let words = sentence.of(&document.text).to_lowercase();
    let names = !contract::contract_words(&document.text, sentence).is_empty();
    (names && words.contains("contract")) || words.contains(FUTURES)
}

/// The statements of a sentence, and of the line below where it refers to that.
///
/// # Errors
/// What is put off or until when is not understood: as a finding.
fn postponed(
    document: &Document,
    sentence: Span,
    below: Option<Span>,
) -> Result<Vec<DraftStatement>, Finding> {
    let text = document.text.as_str();
    let lower = sentence.of(text).to_ascii_lowercase();
    let first = PUT_OFF.iter().filter_map(|words| lower.find(words)).min().unwrap_or(0);
    let (before, after) =
        (Span::new(sentence.start, sentence.start + first), Span::new(sentence.start + first, sentence.end));
    let markets = markets(text, before);
    let from = of_futures(text, before, &markets)?;
    let is_open = after.of(text).to_lowercase().contains("further notice");
    let has_list = sentence.of(text).trim_end().ends_with([':', '：']);
    let list = below.filter(|_| has_list);
    let to = match list {
        _ if is_open => None,
        Some(line) => Some(futures_item(text, line)?),
        None => Some(of_futures(text, after, &markets)?.ok_or_else(|| {
            let message = "until when the launch is put off is not understood";
            Finding::new(FindingCode::NoTimestamp, sentence, message)
        })?),
    };
    if let (Some(from), Some(to)) = (from, to)
        && to <= from
    {
        let message =
            format!("a launch cannot be put off from {from} to {to}; one of the times is misprinted");
        return Err(Finding::new(FindingCode::NoTimestamp, sentence, message));
    }
    let span = Span::new(sentence.start, list.filter(|_| !is_open).map_or(sentence.end, |line| line.end));
    let claim = DraftClaim::Postponed { from, to };
    let subjects = subjects(document, before, sentence)?;
    Ok(subjects.into_iter().map(|subject| DraftStatement { subject, claim: claim.clone(), span }).collect())
}

/// The contracts that a part of a sentence names, else the token whose launch on the market of contracts it is.
fn subjects(document: &Document, before: Span, sentence: Span) -> Result<Vec<Subject>, Finding> {
    let text = document.text.as_str();
    let words = contract::contract_words(text, before);
    let named = words.iter().filter_map(|word| text::named_contract(document, *word, None));
    let mut contracts: Vec<Subject> = named.map(|named| named.subject).collect();
    contracts.dedup();
    if !contracts.is_empty() {
        return Ok(contracts);
    }
    let symbol =
        before.of(text).split_once(['(', '（']).and_then(|(_, after)| after.split([')', '）']).next());
    let token = symbol.map(str::trim).filter(|name| token::is_symbol(name));
    let subject = token.and_then(|name| Subject::new(&document.venue, Program::Token, name));
    subject.map(|subject| vec![subject]).ok_or_else(|| {
        let message = "the launch of which contract is put off is not understood";
        Finding::new(FindingCode::UnreadText, sentence, message)
    })
}

/// The markets that a part of a sentence names, in order, in small letters.
fn markets(text: &str, part: Span) -> Vec<String> {
    let words = part.of(text).to_lowercase();
    let named = words.match_indices("binance ").map(|(at, found)| &words[at + found.len()..]);
    let names = named.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric()).collect());
    names.filter(|name: &String| !name.is_empty()).collect()
}

/// The time in a part of a sentence that counts for the market of contracts: the only one, or the one at its
/// place where the times are those of several markets respectively.
fn of_futures(text: &str, part: Span, markets: &[String]) -> Result<Option<ValidTime>, Finding> {
    let PrintedTimes { timestamps, halves } = PrintedTimes::read(text, part);
    let words = part.of(text).to_lowercase();
    let place = markets.iter().position(|market| market == FUTURES);
    let printed: Option<&PrintedTimestamp> = match (&timestamps[..], place) {
        _ if !halves.is_empty() => None,
        ([], _) if !words.contains("originally") => return Ok(None),
        ([only], _) if !words.contains("respectively") => Some(only),
        (several, Some(place)) if several.len() == markets.len() => several.get(place),
        _ => None,
    };
    match printed {
        Some(printed) => text::time_of(printed).map(Some),
        None => {
            let message = "which time here is that of the contract is not understood";
            Err(Finding::new(FindingCode::NoTimestamp, part, message))
        }
    }
}

/// What makes a launch that is put off doubtful beside the title: another contract, or a day that it does not name.
fn beside_title(titled: &Titled, statement: &DraftStatement) -> Option<Finding> {
    let name = statement.subject.name();
    let DraftClaim::Postponed { to: Some(to), .. } = statement.claim else {
        let differs = statement.subject.program().has_contracts() && titled.lacks(name);
        let message = format!("the launch of {name} is put off, which the title does not name");
        return differs.then(|| Finding::new(FindingCode::ContractNotNamed, statement.span, message));
    };
    let message = format!("the launch of {name} is put off to {to}, another day than that of the title");
    titled.lacks_printed(to).then(|| Finding::new(FindingCode::DateMismatch, statement.span, message))
}

/// The time of the market of contracts in a list such as `Binance Alpha: TBinance Futures: T`.
fn futures_item(text: &str, line: Span) -> Result<ValidTime, Finding> {
    let mut start = line.start;
    for printed in PrintedTimes::read(text, line).timestamps {
        let label = text[start..printed.span.start].to_lowercase();
        if label.contains(FUTURES) {
            return text::time_of(&printed);
        }
        start = printed.span.end;
    }
    let message = "no time of the market of contracts is in this list";
    Err(Finding::new(FindingCode::NoTimestamp, line, message))
}
