//! What can come next in a statement that is being written: for completion and for hints.
//!
//! Every word that is offered leads on: with words after it that belong to it, the parser takes the
//! statement. So the parser decides, and no second grammar is kept here.

use crate::query::parse;
use crate::query::syntax::language::{Clause, StatementKind, Value, statement_names};
use crate::query::syntax::measure::Measure;

/// What is wanted where a word is being written.
///
/// ```
/// use tierbook::language::{Slot, next};
/// assert_eq!(next("mmr of ").slot, Slot::Subject); // offer the names of subjects
/// assert_eq!(next("mmr of ACTUSDT at ").slot, Slot::Amount);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// A statement starts here.
    Start,
    /// The name of a subject.
    Subject,
    /// A pattern of names: `"ACT*"`.
    Pattern,
    /// A source.
    Source,
    /// A saved set of positions.
    Positions,
    /// A notional or a leverage.
    Amount,
    /// A leverage.
    Leverage,
    /// A price.
    Price,
    /// An amount of money.
    Margin,
    /// A timestamp.
    Timestamp,
    /// A time span.
    TimeSpan,
    /// A program.
    Program,
    /// Another word of the language, or the end of the statement.
    Word,
}

impl Slot {
    /// What is wanted, as a hint shows it; empty where words are offered instead.
    ///
    /// ```
    /// use tierbook::language::next;
    /// assert_eq!(next("mmr of ACTUSDT at ").slot.placeholder(), "NOTIONAL");
    /// assert_eq!(next("mmr of ACTUSDT as of ").slot.placeholder(), "TIME"); // nobody's time in particular
    /// ```
    pub fn placeholder(self) -> &'static str {
        match self {
            Slot::Subject => "SUBJECT",
            Slot::Pattern => "PATTERN",
            Slot::Source => "ID",
            Slot::Positions => "NAME",
            Slot::Amount => "NOTIONAL",
            Slot::Leverage => "LEVERAGE",
            Slot::Price => "PRICE",
            Slot::Margin => "AMOUNT",
            Slot::Timestamp => "TIME",
            Slot::TimeSpan => "SPAN",
            Slot::Program => "PROGRAM",
            Slot::Start | Slot::Word => "",
        }
    }
}

/// What can come where the last word of a text is being written.
///
/// ```
/// use tierbook::language::{Slot, next};
/// let text = "sources; mm";
/// let found = next(text);
/// assert_eq!((&text[found.start..], found.slot), ("mm", Slot::Start));
/// assert!(found.words.contains(&"mmr"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Next {
    /// The start of that word; the end of the text where none is begun.
    pub start: usize,
    /// What is wanted there.
    pub slot: Slot,
    /// The words of the language that lead on, without a blank after them.
    pub words: Vec<&'static str>,
}

/// What can come at the end of `text`, in the last of its statements.
///
/// ```
/// use tierbook::language::next;
/// assert_eq!(next("mmr ").words, ["of"]);
/// let clauses = next("mmr of ACTUSDT at 60000 ").words;
/// assert!(clauses.contains(&"as of") && !clauses.contains(&"since"));
/// ```
pub fn next(text: &str) -> Next {
    let statement_start = statement_start(text);
    let statement = &text[statement_start..];
    let blank = |c: char| c.is_whitespace() || c == ',';
    let start =
        statement.rfind(blank).map_or(0, |at| at + statement[at..].chars().next().map_or(1, char::len_utf8));
    let before = statement[..start].trim_start();
    let tokens = tokens(before);
    let slot = slot(&tokens);
    let words = words().filter(|(word, _)| fits(slot, word) && follows(&tokens, word));
    let words = words.filter(|(word, tails)| leads_on(before, word, tails)).map(|(word, _)| word).collect();
    // `plane of` needs a measure; there no name leads on.
    let is_name = slot != Slot::Subject || leads_on(before, "A", &["", "as of 2026-02-06 vs 2026-02-07"]);
    Next { start: statement_start + start, slot: if is_name { slot } else { Slot::Word }, words }
}

/// Every word of the language besides names and figures.
///
/// ```
/// use tierbook::language::keywords;
/// assert!(keywords().any(|word| word == "within")); // to be highlighted
/// assert!(!keywords().any(|word| word == "ACTUSDT"));
/// ```
pub fn keywords() -> impl Iterator<Item = &'static str> {
    words().flat_map(|(phrase, _)| phrase.split(' ')).chain(["ago"])
}

/// The start of the last statement of a text; a `;` inside quotes ends none.
fn statement_start(text: &str) -> usize {
    let mut start = 0;
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        quoted ^= c == '"';
        if c == ';' && !quoted {
            start = at + 1;
        }
    }
    start
}

/// The words of a text in small letters, each comma a word of its own.
fn tokens(text: &str) -> Vec<String> {
    text.replace(',', " , ").split_whitespace().map(str::to_lowercase).collect()
}

fn slot(tokens: &[String]) -> Slot {
    let words: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let ends = |clause: &Clause| {
        let ends = words.ends_with(&clause.words().split(' ').collect::<Vec<_>>());
        ends && (*clause != Clause::Margin || is_clause(&words))
    };
    // `known at` ends with `at`.
    if let Some(clause) = Clause::ALL.iter().copied().filter(ends).max_by_key(|clause| clause.words().len()) {
        return match clause.row().value {
            Value::Amounts | Value::Amount => Slot::Amount,
            Value::Leverage => Slot::Leverage,
            Value::Price => Slot::Price,
            Value::Margin => Slot::Margin,
            Value::Timestamp => Slot::Timestamp,
            Value::TimeSpan => Slot::TimeSpan,
            Value::Program => Slot::Program,
            Value::Word | Value::Conditions | Value::Nothing => Slot::Word,
        };
    }
    match words.as_slice() {
        [] | [.., "explain"] => Slot::Start,
        [.., "impact", "of"] => Slot::Positions,
        [.., "of" | "diff"] => Slot::Subject,
        [.., "matching"] => Slot::Pattern,
        [.., "source"] | ["findings", "in"] => Slot::Source,
        [before @ .., ","] => {
            match before.iter().rev().find(|word| ["of", "diff", "at", "where"].contains(word)) {
                Some(&"at") => Slot::Amount,
                Some(&"where") => Slot::Word,
                _ => Slot::Subject,
            }
        }
        _ => Slot::Word,
    }
}

/// Whether the `margin` at the end of some words is that of a position, and not the measure.
fn is_clause(words: &[&str]) -> bool {
    let starts_measure = ["of", "where", "and", ",", "initial", "explain"];
    let before = words.iter().rev().nth(1);
    words.contains(&"liquidation") && before.is_some_and(|before| !starts_measure.contains(before))
}

/// Whether a word can come in a slot at all: where names or figures are wanted, a measure may come before
/// them, but any other word would be taken for the name.
fn fits(slot: Slot, word: &str) -> bool {
    match slot {
        Slot::Start | Slot::Word => true,
        Slot::Subject => Measure::ALL.iter().any(|measure| measure.words() == word),
        _ => false,
    }
}

/// Whether a word can follow another one: the parser takes any word after `by` and `where`, the plan only
/// these.
fn follows(before: &[String], word: &str) -> bool {
    let is_measure = Measure::ALL.iter().any(|measure| measure.words() == word);
    let is_verdict = VERDICTS.contains(&word);
    match before.last().map_or("", String::as_str) {
        "by" => {
            begun(before).is_none_or(|kind| kind.orders().contains(&word)) && orders().any(|it| it == word)
        }
        "where" | "and" => is_measure || is_verdict,
        _ => orders().all(|order| order != word) && !is_verdict,
    }
}

/// The kind of the statement that starts with these words; `None` for a measure.
fn begun(words: &[String]) -> Option<StatementKind> {
    let text = words.strip_prefix(&["explain".to_string()]).unwrap_or(words).join(" ");
    let starts = |kind: &&StatementKind| !kind.row().words.is_empty() && text.starts_with(kind.row().words);
    StatementKind::ALL.iter().filter(starts).max_by_key(|kind| kind.row().words.len()).copied()
}

/// Every word that can follow `by`.
fn orders() -> impl Iterator<Item = &'static str> {
    let kinds = [StatementKind::Changes, StatementKind::ChartTiers].into_iter();
    kinds.flat_map(|kind| kind.orders().iter().copied())
}

fn leads_on<T: AsRef<str>>(before: &str, word: &str, tails: &[T]) -> bool {
    tails.iter().any(|tail| parse(&format!("{before}{word} {}", tail.as_ref())).is_ok())
}

const VERDICTS: [&str; 4] = ["tightened", "loosened", "mixed", "no_effect"];

/// The words of the language, each with words after it that make a statement whole.
fn words() -> impl Iterator<Item = (&'static str, Vec<String>)> {
    let tails = |tails: &[&str]| tails.iter().map(ToString::to_string).collect::<Vec<_>>();
    let of_measure = ["of A", "of A at 1", "at 1 down", "down"];
    let measures = Measure::ALL.iter().map(move |measure| (measure.words(), tails(&of_measure)));
    let statements = statement_names().map(|name| {
        let examples = StatementKind::ALL.iter().flat_map(|kind| kind.row().examples);
        (name, examples.filter_map(|example| Some(example.strip_prefix(name)?.to_string())).collect())
    });
    let clauses = Clause::ALL.iter().map(|clause| {
        let example = clause.row().example;
        (clause.words(), vec![example.to_string(), format!("{example} vs 2026-02-07")])
    });
    let others = [
        ("and", tails(&["tightened"])),
        ("up", tails(&[""])),
        ("down", tails(&[""])),
        ("matching", tails(&["A"])),
        ("in", tails(&["9b0ec0"])),
    ];
    let ends = orders().chain(VERDICTS);
    measures
        .chain(statements)
        .chain([("explain", tails(&["mmr of A at 1"])), ("of", tails(&["A", "A at 1", "mmr of A at 1"]))])
        .chain(clauses)
        .chain(others)
        .chain(ends.map(move |word| (word, tails(&[""]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&'static str> {
        next(text).words
    }

    #[test]
    fn what_is_offered_depends_on_what_stands_before() {
        assert!(
            words("").contains(&"mmr") && words("").contains(&"changes") && !words("").contains(&"as of")
        );
        assert_eq!(words("mmr "), ["of"]);
        assert_eq!(next("mmr of ").slot, Slot::Subject);
        assert!(words("mmr of ").is_empty(), "{:?}", words("mmr of "));
        assert!(words("history of ").contains(&"mmr"));
        let clauses = words("mmr of ACTUSDT ");
        assert!(
            ["at", "as of", "known at", "recorded by", "as published", "on"]
                .iter()
                .all(|c| clauses.contains(c))
        );
        assert!(
            !clauses.contains(&"since") && !clauses.contains(&"of") && !clauses.contains(&"tightened"),
            "{clauses:?}"
        );
        assert!(words("diff ACTUSDT as of 2026-02-06 ").contains(&"vs"));
        assert!(words("chart ").contains(&"history") && words("chart ").contains(&"mmr"));
        let drawn = words("chart mmr of ACTUSDT ");
        assert!(drawn.contains(&"up to") && drawn.contains(&"as of") && !drawn.contains(&"at"), "{drawn:?}");
        assert!(
            words("changes where ").contains(&"tightened") && words("changes where limit ").contains(&"down")
        );
    }

    #[test]
    fn the_slot_tells_what_a_value_is() {
        for (text, slot) in [
            ("mmr of ACTUSDT at ", Slot::Amount),
            ("mmr of ACTUSDT at 1k, ", Slot::Amount),
            ("chart mmr of ACTUSDT up to ", Slot::Amount),
            ("initial margin of ACTUSDT at 60k with ", Slot::Leverage),
            ("liquidation of ACTUSDT short ", Slot::Amount),
            ("liquidation of ACTUSDT long 60k entry ", Slot::Price),
            ("liquidation of ACTUSDT long 60k entry 0.02 margin ", Slot::Margin),
            ("changes where liquidation long 1 entry 1 margin 1 up and margin ", Slot::Word),
            ("mmr of ACTUSDT, IP", Slot::Subject),
            ("mmr of ACTUSDT as of ", Slot::Timestamp),
            ("mmr of ACTUSDT known at 2026", Slot::Timestamp),
            ("mmr of ACTUSDT recorded by ", Slot::Timestamp),
            ("diff ACTUSDT as of 2026-02-06 vs ", Slot::Timestamp),
            ("changes since ", Slot::Timestamp),
            ("upcoming within ", Slot::TimeSpan),
            ("ratio of LTC on ", Slot::Program),
            ("subjects matching ", Slot::Pattern),
            ("source ", Slot::Source),
            ("impact of ", Slot::Positions),
            ("sources; ", Slot::Start),
            ("explain ", Slot::Start),
        ] {
            assert_eq!(next(text).slot, slot, "{text}");
        }
        let slots = [
            Slot::Subject,
            Slot::Pattern,
            Slot::Source,
            Slot::Positions,
            Slot::Amount,
            Slot::Leverage,
            Slot::Price,
            Slot::Margin,
            Slot::Timestamp,
            Slot::TimeSpan,
            Slot::Program,
        ];
        // What is only expected there cannot be taken for a value.
        assert!(slots.iter().all(|slot| slot.placeholder().chars().all(|c| c.is_ascii_uppercase())));
        assert_eq!(next("sources; mm").start, 9);
        assert_eq!(next("mmr of 龙虾").start, 7);
    }

    /// A value for a slot that wants one.
    fn value(slot: Slot) -> &'static str {
        match slot {
            Slot::Subject | Slot::Pattern | Slot::Positions => "A",
            Slot::Source => "9b0ec0",
            Slot::Amount | Slot::Leverage => "10x",
            Slot::Price | Slot::Margin => "0.02",
            Slot::Timestamp => "2026-02-06T07:00Z",
            Slot::TimeSpan => "7d",
            Slot::Program => "usdm",
            Slot::Start | Slot::Word => "",
        }
    }

    #[test]
    fn from_every_prefix_some_completion_leads_on_to_a_whole_statement() {
        // Every way of choosing, up to a few words, and then always the first choice.
        let mut begun: Vec<String> = vec![String::new()];
        for depth in 0..5 {
            let mut longer = Vec::new();
            for text in &begun {
                let found = next(text);
                let mut choices: Vec<&str> = found.words.clone();
                choices.extend(Some(value(found.slot)).filter(|value| !value.is_empty()));
                assert!(parse(text).is_ok() || !choices.is_empty(), "nothing leads on from `{text}`");
                // Later words are tried by a few of the ways only.
                let keep = if depth < 2 { usize::MAX } else { 2 };
                let skip = if depth < 2 { 0 } else { text.len() % choices.len().max(1) };
                longer.extend(
                    choices
                        .iter()
                        .cycle()
                        .skip(skip)
                        .take(keep.min(choices.len()))
                        .map(|choice| format!("{text}{choice} ")),
                );
            }
            longer.sort();
            longer.dedup();
            begun = longer;
        }
        assert!(begun.len() > 150, "{}", begun.len());
        for text in &begun {
            let mut text = text.clone();
            let mut steps = 0;
            while parse(&text).is_err() {
                let found = next(&text);
                let choice = found.words.first().copied().unwrap_or(value(found.slot));
                assert!(!choice.is_empty() && steps < 12, "`{text}` is never whole: {:?}", parse(&text));
                text = format!("{text}{choice} ");
                steps += 1;
            }
        }
    }
}
