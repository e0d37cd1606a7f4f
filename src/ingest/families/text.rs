//! What the readers of the families share: sentences, lists of contracts, and lists whose items begin with a
//! timestamp.

use std::collections::BTreeSet;

use crate::finding::{Finding, FindingCode};
use crate::ingest::announcement::document::Document;
use crate::ingest::announcement::timestamps::{self, PrintedTimes, PrintedTimestamp};
use crate::ingest::announcement::{contract, lines, sentences};
use crate::ingest::scan;
use crate::statement::{Program, Subject, symbol};
use crate::text::Span;
use crate::time::{Timestamp, ValidTime};

/// Words that stand in a list of contracts and name none.
const LIST_WORDS: [&str; 17] = [
    "a",
    "all",
    "and",
    "both",
    "contract",
    "contracts",
    "delivery",
    "equity",
    "following",
    "future",
    "futures",
    "index",
    "on",
    "perpetual",
    "perpetuals",
    "s",
    "the",
];

/// Longest text quoted in a message, in characters.
const QUOTED: usize = 120;

/// A contract and the bytes that name it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedContract {
    /// The contract.
    pub subject: Subject,
    /// Its name as printed.
    pub span: Span,
}

/// An item of a list, which begins with a timestamp.
#[derive(Clone, Debug)]
pub struct TimedItem {
    /// The item: up to the next one, or to the end of its line.
    pub span: Span,
    /// Its timestamp.
    pub printed: PrintedTimestamp,
    /// What follows the timestamp and its colon.
    pub rest: Span,
}

/// What the title of a document names.
pub struct Titled<'a> {
    names: BTreeSet<&'a str>,
    /// Its days as they are printed.
    days: BTreeSet<&'a str>,
}

impl<'a> Titled<'a> {
    /// What a title names.
    pub fn of(title: &'a str) -> Titled<'a> {
        let whole = Span::new(0, title.len());
        let names = contract::contract_words(title, whole).into_iter().map(|word| word.of(title));
        let days = PrintedTimes::read(title, whole).halves.into_iter().map(|day| day.of(title));
        Titled { names: names.collect(), days: days.collect() }
    }

    /// Whether it names contracts, but not this one.
    pub fn lacks(&self, name: &str) -> bool {
        !self.names.is_empty() && !self.names.contains(name)
    }

    /// Whether it names days, but in the form of that time not its day.
    pub fn lacks_printed(&self, at: ValidTime) -> bool {
        let printed = at.to_string();
        let starts = |end: usize| printed.get(..end).is_some_and(|start| self.days.contains(start));
        !self.days.is_empty() && !(0..=printed.len()).any(starts)
    }

    /// Whether it names days, but in no form that of that time.
    pub fn lacks_day_of(&self, at: Timestamp) -> bool {
        let mut days = self.days.iter().take(TITLE_DAYS);
        !self.days.is_empty() && !days.any(|day| timestamps::is_day_of(day, at))
    }
}

/// Most different days of a title that are looked at; a real one names one.
const TITLE_DAYS: usize = 20;

/// The sentences of a span; none goes beyond its line, and blanks are not part of them.
pub fn sentences(text: &str, span: Span) -> Vec<Span> {
    lines::lines(text, span).flat_map(|line| sentences::split_sentences(text, line)).collect()
}

/// The lines of a document after its title.
pub fn body_lines(document: &Document) -> Vec<Span> {
    let text = document.text.as_str();
    let all = lines::lines(text, Span::new(document.body, text.len()));
    all.filter(|line| !is_title(document, *line)).collect()
}

/// Whether a line is the title of its document.
fn is_title(document: &Document, line: Span) -> bool {
    let words = line.of(&document.text).trim_start_matches(['#', ' ']);
    !document.title.is_empty() && words.trim_end() == document.title
}

/// The contracts that a span lists: names, signs between them and words that name a kind of contract, as in
/// `USDⓈ-M A, B and C Perpetual Contracts`. Where no word names the program, the names do.
///
/// # Errors
/// The first word that names neither a contract of that program nor a kind of contract.
pub fn contracts(document: &Document, span: Span) -> Result<Vec<NamedContract>, Span> {
    let text = document.text.as_str();
    let mut program = None;
    let mut found: Vec<NamedContract> = Vec::new();
    let mut known = BTreeSet::new();
    for word in words(text, span) {
        let printed = word.of(text);
        if let Some(named) = program_word(printed) {
            program = Some(named);
        } else if !LIST_WORDS.iter().any(|known| known.eq_ignore_ascii_case(printed)) {
            let named = named_contract(document, word, program).ok_or(word)?;
            if known.insert(named.subject.clone()) {
                found.push(named);
            }
        }
    }
    Ok(found)
}

/// The contract that a word names, on `program` where that is known.
pub fn named_contract(document: &Document, word: Span, program: Option<Program>) -> Option<NamedContract> {
    let printed = word.of(&document.text);
    let read = match program {
        Some(program) => symbol::read_on(program, printed),
        None => symbol::read(printed),
    };
    let symbol = read.filter(|symbol| contract::is_usual(&symbol.name, symbol.program))?;
    let subject = Subject::new(&document.venue, symbol.program, &symbol.name)?;
    Some(NamedContract { subject, span: word })
}

/// The program that a word names: `USDⓈ-M`, `USDⓈ-Margined`, `COIN-M`.
fn program_word(word: &str) -> Option<Program> {
    let (start, program) = contract::contract_kind(word, Span::new(0, word.len()))?;
    program.filter(|_| start == 0)
}

/// The words of a span: what blanks, commas, colons, brackets and full stops separate.
pub fn words(text: &str, span: Span) -> Vec<Span> {
    let signs = |c: char| scan::is_blank(c) || ",，、;；:：&.()（）*•●".contains(c);
    let words = span.of(text).split(signs).filter(|word| !word.is_empty());
    let words = words.map(|word| Span::of_part(text, word).trim(text, scan::is_dash));
    words.filter(|word| !word.is_empty()).collect()
}

/// The end of the first list of contracts in a span: after its first `Contract`, `Contracts` or `contract(s)`,
/// whatever is glued to that.
pub fn contract_list_end(text: &str, span: Span) -> Option<usize> {
    let lower = span.of(text).to_ascii_lowercase();
    let word = span.start + lower.find("contract")? + "contract".len();
    let plural = ["(s)", "s"].into_iter().find(|plural| text[word..span.end].starts_with(plural));
    Some(word + plural.map_or(0, str::len))
}

/// The items of a span that begin with a timestamp and a colon, glued together or each on its line.
pub fn timed_items(text: &str, span: Span) -> Vec<TimedItem> {
    let opens = |printed: &PrintedTimestamp| {
        let after = scan::skip_blanks(text, printed.span.end);
        after < span.end && text[after..].starts_with([':', '：'])
    };
    let times = PrintedTimes::read(text, span).timestamps;
    let starts: Vec<PrintedTimestamp> = times.into_iter().filter(opens).collect();
    let mut items = Vec::new();
    for (index, printed) in starts.iter().enumerate() {
        let next = starts.get(index + 1).map_or(span.end, |next| next.span.start);
        let line = text[printed.span.end..next].find('\n').map_or(next, |at| printed.span.end + at);
        let rest = scan::skip(text, printed.span.end, |c| scan::is_blank(c) || matches!(c, ':' | '：'));
        let whole = Span::new(printed.span.start, line).trim(text, scan::is_blank);
        let rest = Span::new(rest.min(whole.end), whole.end);
        items.push(TimedItem { span: whole, printed: printed.clone(), rest });
    }
    items
}

/// The one time that a span prints.
///
/// # Errors
/// There is none, it cannot be read, it is only half of one, or there are several: as a finding.
pub fn only_time(text: &str, span: Span) -> Result<ValidTime, Finding> {
    let times = PrintedTimes::read(text, span);
    if let Some(half) = times.halves.first() {
        let message = format!("`{}` is half of a timestamp", half.of(text));
        return Err(Finding::new(FindingCode::NoTimestamp, *half, message));
    }
    match &times.timestamps[..] {
        [only] => time_of(only),
        [] => {
            let message = format!("no time is stated in `{}`", quoted(text, span));
            Err(Finding::new(FindingCode::NoTimestamp, span, message))
        }
        [first, ..] => {
            let message = format!("several times are stated in `{}`", quoted(text, span));
            Err(Finding::new(FindingCode::SeveralTimestamps, first.span, message))
        }
    }
}

/// A printed timestamp as a time.
///
/// # Errors
/// It is none: as a finding.
pub fn time_of(printed: &PrintedTimestamp) -> Result<ValidTime, Finding> {
    printed.timestamp.as_ref().map(|at| ValidTime(*at)).map_err(|error| {
        let message = format!("{}: {}", error.message, error.hints.join("; "));
        Finding::new(FindingCode::NoTimestamp, printed.span, message)
    })
}

/// The first words of a span, for a message.
pub fn quoted(text: &str, span: Span) -> String {
    span.of(text).chars().take(QUOTED).collect()
}
