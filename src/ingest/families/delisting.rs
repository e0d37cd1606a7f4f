//! Ends of contracts: `will close all positions and conduct an automatic settlement on A and B at T`.
//!
//! The contracts are in the sentence, in a list below it with a time for each item, or named elsewhere: as the
//! aforementioned contracts, or as the contracts of tokens. The sentence or list that says from when no orders may
//! be opened states no end; it proves the time, because it comes shortly before.

use std::collections::BTreeSet;

use super::FamilyStatements;
use super::last_orders::LastOrders;
use super::naming::Naming;
use super::text::{self, Titled};
use super::token;
use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::contract;
use crate::ingest::announcement::document::Document;
use crate::ingest::announcement::timestamps::PrintedTimes;
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::ingest::scan;
use crate::limits;
use crate::statement::Subject;
use crate::text::Span;
use crate::time::ValidTime;

/// Words before the contracts that end.
const OBJECTS: [&str; 6] =
    ["settlement on ", "settlement of ", "settlement for ", "settlement ", "will delist ", "will settle "];

/// Words of sentences about something else, which settle bots and margin pairs, or only warn.
const ELSEWHERE: [&str; 7] =
    [" bot ", "arbitrage", "margin pair", "margin will", " not ", " may ", "users’ positions"];

/// The end of a subject, and the bytes that state it.
struct End {
    subject: Subject,
    at: ValidTime,
    span: Span,
}

/// Reads the ends of contracts.
pub fn read(document: &Document) -> FamilyStatements {
    let text = document.text.as_str();
    let lines = text::body_lines(document);
    let mut reader = DelistingReader::new(document, &lines);
    let mut mention = None;
    for (place, line) in lines.iter().enumerate() {
        for sentence in text::sentences(text, *line) {
            let lower = sentence.of(text).to_lowercase();
            if ends_contracts(&lower) || (names_end(&lower) && has_contract_and_time(text, sentence)) {
                let read = reader.sentence(place, sentence);
                reader.findings.extend(read.err());
                if reader.ends.len() > limits::NAMED_CONTRACTS {
                    return too_many(sentence);
                }
            } else if mention.is_none() && follows_an_end(&lower) {
                mention = Some(sentence);
            }
        }
    }
    let last_orders = LastOrders::read(document, &lines);
    reader.check_against_last_orders(&last_orders);
    reader.check_against_title();
    if let (true, true, Some(mention)) = (reader.ends.is_empty(), reader.findings.is_empty(), mention) {
        let message = "contracts are to be settled, but which ones and when is not understood";
        reader.findings.push(Finding::new(FindingCode::UnreadText, mention, message));
    }
    let mut accounted: Vec<Span> = reader.ends.iter().map(|end| end.span).collect();
    if !accounted.is_empty() {
        accounted.extend(last_orders.places);
    }
    let statement = |end: End| DraftStatement {
        subject: end.subject,
        claim: DraftClaim::End { effective_at: end.at },
        span: end.span,
    };
    FamilyStatements {
        statements: reader.ends.into_iter().map(statement).collect(),
        findings: reader.findings,
        accounted,
    }
}

/// Whether a sentence in small letters says that positions in contracts are closed and settled.
fn ends_contracts(lower: &str) -> bool {
    lower.contains("settle") && lower.contains("all positions") && !is_about_something_else(lower)
}

/// Whether a sentence in small letters says that contracts are delisted or settled.
fn names_end(lower: &str) -> bool {
    (lower.contains("will delist ") || lower.contains("will settle "))
        && lower.contains("contract")
        && !is_about_something_else(lower)
}

fn is_about_something_else(lower: &str) -> bool {
    ELSEWHERE.iter().any(|words| lower.contains(words))
}

fn has_contract_and_time(text: &str, sentence: Span) -> bool {
    !contract::contract_words(text, sentence).is_empty()
        && !PrintedTimes::read(text, sentence).timestamps.is_empty()
}

/// Whether a sentence in small letters is one that only follows the announcement of an end.
fn follows_an_end(lower: &str) -> bool {
    let removed = lower.contains("will be delisted") || lower.contains("will be removed");
    removed && lower.contains("contract") && lower.contains("after the settlement")
}

/// What the ends of one document are read from.
struct DelistingReader<'a> {
    document: &'a Document,
    lines: &'a [Span],
    ends: Vec<End>,
    /// The ends as they are stated.
    known: BTreeSet<(Subject, ValidTime)>,
    /// How far the lists are read, each once.
    listed: usize,
    /// The sentences that name contracts.
    naming: Naming<'a>,
    /// The tokens of the document, once they are asked for.
    tokens: Option<Result<Vec<Subject>, String>>,
    /// The places and times of lists of contracts whose ends are stated.
    repeated: BTreeSet<(Span, ValidTime)>,
    findings: Vec<Finding>,
}

impl<'a> DelistingReader<'a> {
    fn new(document: &'a Document, lines: &'a [Span]) -> DelistingReader<'a> {
        DelistingReader {
            document,
            lines,
            ends: Vec::new(),
            known: BTreeSet::new(),
            listed: 0,
            naming: Naming::new(document, lines),
            tokens: None,
            repeated: BTreeSet::new(),
            findings: Vec::new(),
        }
    }

    /// Reads a sentence that ends contracts, and the list below it where it has one.
    fn sentence(&mut self, place: usize, sentence: Span) -> Result<(), Finding> {
        let text = self.document.text.as_str();
        let object = object_of(text, sentence);
        if let Some(start) = list_start(text, object) {
            return self.list(place, sentence, start);
        }
        let lower = object.of(text).to_lowercase();
        if lower.contains("aforementioned") || lower.contains("above") {
            let at = text::only_time(text, sentence)?;
            return self.named_elsewhere(place, sentence, at, lower.contains("token"));
        }
        let times = PrintedTimes::read(text, object).timestamps;
        if times.is_empty() {
            let at = text::only_time(text, sentence)?;
            return self.contracts(object, sentence, at);
        }
        let leading = Span::new(sentence.start, object.start);
        if let Some(other) = PrintedTimes::read(text, leading).timestamps.first() {
            let message = "a time is stated before and after the contracts that end";
            return Err(Finding::new(FindingCode::SeveralTimestamps, other.span, message));
        }
        let mut start = object.start;
        for printed in &times {
            let list = Span::new(start, printed.span.start).trim(text, scan::is_blank);
            self.contracts(without_last_word(text, list), sentence, text::time_of(printed)?)?;
            start = printed.span.end;
        }
        match contract::contract_words(text, Span::new(start, object.end)).first() {
            None => Ok(()),
            Some(word) => Err(no_end_of(text, *word)),
        }
    }

    /// Adds the end of each contract of a list.
    fn contracts(&mut self, list: Span, stated_by: Span, at: ValidTime) -> Result<(), Finding> {
        let text = self.document.text.as_str();
        let lost = |word: Span| {
            let message = format!("`{}` in a list of contracts that end is no contract", word.of(text));
            Finding::new(FindingCode::UnreadText, word, message)
        };
        let found = text::contracts(self.document, list).map_err(lost)?;
        if found.is_empty() {
            let message =
                format!("which contracts end is not understood: `{}`", text::quoted(text, stated_by));
            return Err(Finding::new(FindingCode::UnreadText, stated_by, message));
        }
        self.add(found.into_iter().map(|named| named.subject), stated_by, at);
        Ok(())
    }

    fn add(&mut self, subjects: impl IntoIterator<Item = Subject>, span: Span, at: ValidTime) {
        for subject in subjects {
            if self.known.insert((subject.clone(), at)) {
                self.ends.push(End { subject, at, span });
            }
        }
    }

    /// Reads the items of a list that starts at `start`, on the line at `place` or below it.
    fn list(&mut self, place: usize, sentence: Span, start: usize) -> Result<(), Finding> {
        if start < self.listed {
            return Ok(()); // All of it is part of a list above, which is read.
        }
        let text = self.document.text.as_str();
        let own = Span::new(start, self.lines[place].end).trim(text, scan::is_blank);
        let below = self.lines[place + 1..].iter().take_while(|line| starts_with_time(text, **line));
        let parts: Vec<Span> =
            [own].into_iter().filter(|own| !own.is_empty()).chain(below.copied()).collect();
        self.listed = parts.last().map_or(start, |last| last.end);
        let items: Vec<_> = parts.iter().flat_map(|part| text::timed_items(text, *part)).collect();
        if items.is_empty() {
            let message = "no list of contracts and times follows, as this sentence announces";
            return Err(Finding::new(FindingCode::UnreadText, sentence, message));
        }
        for item in items {
            let end = text::contract_list_end(text, item.rest).ok_or_else(|| {
                let message = "which contracts end at this time is not understood";
                Finding::new(FindingCode::UnreadText, item.span, message)
            })?;
            let at = text::time_of(&item.printed)?;
            let stated_by = Span::new(item.span.start, end);
            self.contracts(Span::new(item.rest.start, end), stated_by, at)?;
            if let Some(word) = contract::contract_words(text, Span::new(end, item.span.end)).first() {
                return Err(no_end_of(text, *word));
            }
        }
        Ok(())
    }

    /// Adds the ends of contracts that the sentence does not name.
    fn named_elsewhere(
        &mut self,
        place: usize,
        sentence: Span,
        at: ValidTime,
        of_tokens: bool,
    ) -> Result<(), Finding> {
        let before = if of_tokens { None } else { self.naming.before(sentence.start) };
        if let Some(named) = before {
            if self.repeated.insert((named, at)) {
                self.add(self.naming.contracts(named), sentence, at);
            }
            return Ok(());
        }
        let in_passing = if of_tokens { None } else { self.naming.after(place, sentence.end) };
        if in_passing.is_some_and(|named| !self.repeated.insert((named, at))) {
            return Ok(());
        }
        let subjects: Vec<Subject> = match in_passing {
            Some(named) => self.naming.contracts(named).collect(),
            None => {
                let document = self.document;
                let tokens = self.tokens.get_or_insert_with(|| token::tokens(document));
                let lost = |message: String| Finding::new(FindingCode::UnreadText, sentence, message);
                let tokens = tokens.clone().map_err(lost)?;
                if tokens.iter().all(|token| self.known.contains(&(token.clone(), at))) {
                    return Ok(());
                }
                tokens
            }
        };
        let names: Vec<String> = subjects.iter().map(|subject| subject.name().to_string()).collect();
        let list = names.join(", ");
        let what = if subjects.iter().all(|subject| subject.program().has_contracts()) {
            format!("the text names the contracts that end only in passing: {list}")
        } else {
            format!("the text ends the contracts of {list} and does not name them")
        };
        let finding = Finding::new(FindingCode::ContractNotNamed, sentence, what);
        self.findings.push(Finding { subjects: names, ..finding });
        self.add(subjects, sentence, at);
        Ok(())
    }

    /// Drops ends that the last time for orders contradicts, and reports contracts that only one list names.
    fn check_against_last_orders(&mut self, last_orders: &LastOrders) {
        let mut findings = Vec::new();
        self.ends.retain(|end| {
            let finding = last_orders.contradiction(&end.subject, end.at);
            let fits = finding.as_ref().is_none_or(|finding| finding.code != FindingCode::NoTimestamp);
            findings.extend(finding.map(|finding| Finding {
                span: if finding.span.is_empty() { end.span } else { finding.span },
                subjects: vec![end.subject.name().to_string()],
                ..finding
            }));
            fits
        });
        self.findings.extend(findings);
        let before = |end: &End| last_orders.time_before(&end.subject, end.at);
        let spans: BTreeSet<_> = self.ends.iter().filter_map(before).collect();
        if let (true, Some(first)) = (spans.len() > 1, self.ends.first()) {
            let message = "the contracts of this text end at different times after their last orders; a time may be misprinted";
            self.findings.push(Finding::new(FindingCode::TimestampForm, first.span, message));
        }
    }

    /// Reports ends of contracts that the title does not name, or on a day that it does not.
    fn check_against_title(&mut self) {
        let title = self.document.title.as_str();
        let titled = Titled::of(title);
        let is_of_contracts = contract::contract_kind(title, Span::new(0, title.len())).is_some();
        for end in self.ends.iter().filter(|end| end.subject.program().has_contracts() && is_of_contracts) {
            let name = end.subject.name();
            let message = if titled.lacks(name) {
                format!("the text ends {name}, which its title does not name")
            } else if titled.lacks_printed(end.at) {
                format!("the text ends {name} at {}, on another day than its title", end.at)
            } else {
                continue;
            };
            let finding = Finding::new(FindingCode::ContractNotNamed, end.span, message);
            self.findings.push(Finding { subjects: vec![name.to_string()], ..finding });
        }
    }
}

/// The part of a sentence after the words that close and settle.
fn object_of(text: &str, sentence: Span) -> Span {
    let lower = sentence.of(text).to_ascii_lowercase();
    let start = OBJECTS.iter().find_map(|words| Some(lower.find(words)? + words.len()));
    Span::new(sentence.start + start.unwrap_or(0), sentence.end)
}

/// Where a list starts that the object announces: `the following perpetual contract(s) as below:`.
fn list_start(text: &str, object: Span) -> Option<usize> {
    let words = object.of(text);
    let lower = words.to_ascii_lowercase();
    let announced = ["following", "below"].iter().filter_map(|word| lower.find(word)).min()?;
    let colon = announced + lower[announced..].find([':', '：'])?;
    let names_first =
        !contract::contract_words(text, Span::new(object.start, object.start + colon)).is_empty();
    let length = words[colon..].chars().next().map_or(1, char::len_utf8);
    (!names_first).then_some(object.start + colon + length)
}

/// Whether a line begins with a timestamp, perhaps after a bullet.
fn starts_with_time(text: &str, line: Span) -> bool {
    let words = line.trim(text, |c| scan::is_blank(c) || scan::is_dash(c) || "*•●·◦▪+|".contains(c));
    PrintedTimes::read(text, words).timestamps.first().is_some_and(|first| first.span.start == words.start)
}

/// A list without the `at`, `on` or `from` that leads to its time.
fn without_last_word(text: &str, list: Span) -> Span {
    let words = list.of(text);
    let last = ["at", "on", "from", "by"].iter().find(|word| words.ends_with(&format!(" {word}")));
    Span::new(list.start, list.end - last.map_or(0, |word| word.len()))
}

/// What is read of a document that ends too many contracts: nothing.
fn too_many(sentence: Span) -> FamilyStatements {
    let most = limits::NAMED_CONTRACTS;
    let message = format!("the text ends more than {most} contracts; none of these ends is stored");
    let findings = vec![Finding::new(FindingCode::UnreadText, sentence, message)];
    FamilyStatements { findings, ..FamilyStatements::default() }
}

fn no_end_of(text: &str, word: Span) -> Finding {
    let message = format!("{} is named among contracts that end, without a time", word.of(text));
    Finding::new(FindingCode::UnreadText, word, message)
}
