//! The words that say that contracts start: `will launch A and B Perpetual Contracts at T with up to 5x
//! leverage`, and the lists that `will launch the following perpetual contracts` introduces.

use crate::ingest::announcement::contract;
use crate::ingest::scan;
use crate::statement::Program;
use crate::text::Span;

/// What a contract does at its start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StartKind {
    /// It is launched.
    Launch,
    /// It is converted from a pre-market contract.
    Conversion,
}

/// The verbs, in small letters.
const VERBS: &[(&str, StartKind)] = &[
    ("will launch ", StartKind::Launch),
    ("will list ", StartKind::Launch),
    ("will convert ", StartKind::Conversion),
];

/// Words that may come before the names.
const OPENERS: &[&str] = &["a", "an", "and", "following", "new", "our", "the"];

/// Words of which one must follow the names.
const KINDS: &[&str] = &["perpetual", "contract", "futures", "delivery", "quarterly", "pre-market"];

/// Words that tell what is behind a contract, between its name and its kind.
const ADJECTIVES: &[&str] = &["commodity", "equity", "etf", "index", "metal", "stock", "tradfi"];

/// Words after the name of a contract that show that something else is launched.
const OTHER_PRODUCTS: &[&str] = &["bot", "campaign", "competition", "copy", "grid", "promotion", "trading"];

/// Most words between the name of a contract and its kind.
const MOST_ADJECTIVES: usize = 2;

/// Words that may stand between the names and what is stated of them. Any other word shows that something else
/// is launched: a competition, a promotion, a bot.
const FILLERS: &[&str] = &[
    "a",
    "and",
    "at",
    "binance",
    "contract",
    "contracts",
    "contract(s)",
    "delivery",
    "from",
    "futures",
    "gradually",
    "leverage",
    "margined",
    "market",
    "max",
    "maximum",
    "of",
    "on",
    "perpetual",
    "pre",
    "pre-market",
    "quarterly",
    "standard",
    "starting",
    "the",
    "to",
    "trading",
    "up",
    "with",
];

/// Where a verb is, and what it says.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// Where the words after it start.
    pub end: usize,
    /// Where it starts.
    pub start: usize,
    /// What it says.
    pub kind: StartKind,
}

/// The verbs of a sentence, from left to right.
pub fn verbs(text: &str, sentence: Span) -> Vec<Verb> {
    let lower = sentence.of(text).to_ascii_lowercase();
    let mut found: Vec<Verb> = VERBS
        .iter()
        .flat_map(|(verb, kind)| lower.match_indices(verb).map(|(at, verb)| (at, verb.len(), *kind)))
        .map(|(at, length, kind)| {
            let start = sentence.start + at;
            Verb { start, end: start + length, kind }
        })
        .collect();
    found.sort_by_key(|verb| verb.start);
    found
}

/// What a verb is about.
#[derive(Clone, PartialEq, Debug)]
pub struct Object {
    /// The names of contracts, or of the tokens that they are for; none where they follow in a list.
    pub names: Vec<Span>,
    /// The program, where it is named.
    pub program: Option<Program>,
    /// Whether the names follow in a list or a table.
    pub follows: bool,
    /// Whether the contracts are delivered.
    pub is_delivery: bool,
    /// Where the words for it end.
    pub end: usize,
}

/// The contracts that the words at the start of a span name; `None` where they are about something else.
pub fn object(text: &str, span: Span) -> Option<Object> {
    let mut at = skip_signs(text, span.start);
    let (mut program, mut follows, mut names_start) = (None, false, None);
    while let Some(word) = word_at(text, at, span.end) {
        let lower = word.of(text).to_ascii_lowercase();
        if KINDS.iter().any(|kind| lower.starts_with(kind)) {
            let rest = Span::new(word.start, span.end).of(text);
            let is_delivery = rest.get(..KIND_WORDS.min(rest.len())).unwrap_or(rest).contains("Delivery");
            let list = Span::new(names_start.unwrap_or(word.start), word.start).trim(text, scan::is_blank);
            let names = if list.is_empty() {
                Vec::new()
            } else {
                names(text, list).or_else(|| follows.then(Vec::new))?
            };
            let object = Object { names, program, follows, is_delivery, end: word.end };
            return (follows || !object.names.is_empty()).then_some(object);
        }
        match program_of(text, word) {
            Some(named) if names_start.is_none() => program = Some(named),
            _ if names_start.is_none() && OPENERS.contains(&lower.as_str()) => {
                follows |= lower == "following";
            }
            _ => names_start = names_start.or(Some(word.start)),
        }
        at = scan::skip_blanks(text, word.end);
    }
    None
}

/// Bytes from the first word for the kind of contract in which `Delivery` may stand: `Quarterly 0327 Delivery`.
const KIND_WORDS: usize = 30;

/// The word of a span that starts at `at`.
fn word_at(text: &str, at: usize, end: usize) -> Option<Span> {
    let word = Span::new(at, scan::skip(text, at, |c| !scan::is_blank(c)).min(end.max(at)));
    (!word.is_empty()).then_some(word)
}

/// The program that a word names: `USDⓈ-M`, `COIN-Margined`.
fn program_of(text: &str, word: Span) -> Option<Program> {
    let (start, program) = contract::contract_kind(text, word)?;
    program.filter(|_| start == word.start)
}

/// The names of a list; `None` where a part of it is none.
fn names(text: &str, list: Span) -> Option<Vec<Span>> {
    let words = list.of(text).replace(" and ", " ,,, ").replace(" & ", " , ");
    debug_assert_eq!(words.len(), list.end - list.start);
    let mut start = list.start;
    let mut found = Vec::new();
    for part in words.split(',') {
        let part_span = Span::new(start, start + part.len()).trim(text, scan::is_blank);
        start += part.len() + 1;
        if !part_span.is_empty() {
            found.push(name(text, part_span)?);
        }
    }
    Some(found)
}

/// The name in a part of a list: the first word, where only words about what is behind the contract follow.
fn name(text: &str, part: Span) -> Option<Span> {
    let mut words = part.of(text).split(scan::is_blank).filter(|word| !word.is_empty());
    let first = words.next()?;
    let words: Vec<&str> = words.collect();
    let is_adjective = |word: &&str| {
        let lower = word.to_ascii_lowercase();
        let is_kind = contract::is_symbol(first)
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.chars().all(|c| c.is_ascii_alphabetic() || scan::is_dash(c))
            && !contract::is_symbol(word)
            && !OTHER_PRODUCTS.contains(&lower.as_str());
        is_kind || ADJECTIVES.contains(&lower.as_str())
    };
    let fit = first.chars().all(|c| c.is_alphanumeric() || c == '_')
        && first.contains(|c: char| c.is_alphanumeric() && !c.is_ascii_lowercase());
    (fit && words.len() <= MOST_ADJECTIVES && words.iter().all(is_adjective))
        .then(|| Span::of_part(text, first))
}

/// The first word between the names and what is stated of them that shows that something else starts.
pub fn stray_word(text: &str, span: Span, names: &[Span]) -> Option<Span> {
    let is_filler = |word: &str| {
        let lower = word.to_ascii_lowercase();
        let leverage = lower.strip_suffix('x').is_some_and(|digits| digits.parse::<u32>().is_ok());
        lower.is_empty() || leverage || FILLERS.contains(&lower.as_str())
    };
    let words = span.of(text).split(|c: char| scan::is_blank(c) || matches!(c, ',' | ':' | '|'));
    words.map(|word| Span::of_part(text, word)).find(|word| {
        let named = names.iter().any(|name| name.of(text) == word.of(text));
        !named && program_of(text, *word).is_none() && !is_filler(word.of(text))
    })
}

/// The leverages that a span says are the highest: `up to 50x`.
pub fn leverages(text: &str, span: Span) -> Vec<(u32, Span)> {
    let lower = span.of(text).to_ascii_lowercase();
    let mut found: Vec<(u32, Span)> = lower
        .match_indices("up to ")
        .filter_map(|(at, words)| {
            scan::leverage(text, scan::skip_blanks(text, span.start + at + words.len()))
        })
        .filter(|(_, place)| place.end <= span.end)
        .map(|(leverage, place)| (leverage.max, place))
        .collect();
    found.dedup_by_key(|(leverage, _)| *leverage);
    found
}

/// The offset after blanks and the signs of a list item.
pub fn skip_signs(text: &str, at: usize) -> usize {
    scan::skip(text, at, |c| scan::is_blank(c) || scan::is_dash(c) || ":：•●·*|,".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Option<(Vec<&str>, Option<Program>, bool)> {
        let object = object(words, Span::new(0, words.len()))?;
        Some((object.names.iter().map(|name| name.of(words)).collect(), object.program, object.follows))
    }

    #[test]
    fn contracts_are_named_before_their_kind() {
        let usdm = Some(Program::Usdm);
        for (words, names, program, follows) in [
            ("DAMUSDT Perpetual Contract with up to 50x leverage", vec!["DAMUSDT"], None, false),
            ("the USDⓈ-M A2Z Perpetual Contract at", vec!["A2Z"], usdm, false),
            ("the USDⓈ-M GIGGLE, F and 4 Perpetual Contracts at", vec!["GIGGLE", "F", "4"], usdm, false),
            ("XPLUSDT perpetual contract pre-market trading", vec!["XPLUSDT"], None, false),
            ("A4USDT Pre-IPO Stock Perpetual Contract", vec!["A4USDT"], None, false),
            (":  QQQUSDT Index Perpetual Contract with up to 10x", vec!["QQQUSDT"], None, false),
            ("the following perpetual contract(s) as below:", vec![], None, true),
            (
                "the following USDⓈ-M and COIN-M Quarterly 0327 Delivery Contracts",
                vec![],
                Some(Program::Coinm),
                true,
            ),
        ] {
            assert_eq!(read(words), Some((names, program, follows)), "{words}");
        }
    }

    #[test]
    fn other_things_that_are_launched_are_no_contracts() {
        for words in [
            "a trading promotion for ACTUSDT perpetual contracts",
            "Sentient (SENT) and open trading",
            "perpetual contracts",
            "New Perpetual Contracts Trading Tournament",
        ] {
            assert!(read(words).is_none_or(|(names, ..)| names.is_empty()), "{words}");
        }
        let words = "Contract Trading Competition at 2025";
        assert_eq!(
            stray_word(words, Span::new(0, words.len()), &[]).map(|word| word.of(words)),
            Some("Competition")
        );
    }
}
