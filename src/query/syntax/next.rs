//! What can stand next in a statement that is being written: for completion and for hints.
//!
//! Every word that is offered leads on: with words behind it that belong to it, the parser takes the statement. So the
//! parser is the judge, and no second grammar is kept here.

use crate::query::parse;
use crate::query::syntax::measure::Measure;

/// What is wanted where a word is being written.
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
    /// A notional or a leverage.
    Amount,
    /// An instant.
    Timestamp,
    /// A length of time.
    TimeSpan,
    /// A program.
    Program,
    /// Another word of the language, or the end of the statement.
    Word,
}

impl Slot {
    /// What is wanted, as it stands in a hint; empty where words are offered instead.
    pub fn placeholder(self) -> &'static str {
        match self {
            Slot::Subject => "SUBJECT",
            Slot::Pattern => "\"ACT*\"",
            Slot::Source => "ID",
            Slot::Amount => "NOTIONAL",
            Slot::Timestamp => "2026-02-06T07:00Z",
            Slot::TimeSpan => "7d",
            Slot::Program => "usdm",
            Slot::Start | Slot::Word => "",
        }
    }
}

/// What can stand where the last word of a text is being written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Next {
    /// Where that word starts; the end of the text where none is begun.
    pub start: usize,
    /// What is wanted there.
    pub slot: Slot,
    /// The words of the language that lead on, without a blank behind them.
    pub words: Vec<&'static str>,
}

/// What can stand at the end of `text`, in the last of its statements.
pub fn next(text: &str) -> Next {
    let statement_start = statement_start(text);
    let statement = &text[statement_start..];
    let blank = |c: char| c.is_whitespace() || c == ',';
    let start =
        statement.rfind(blank).map_or(0, |at| at + statement[at..].chars().next().map_or(1, char::len_utf8));
    let before = statement[..start].trim_start();
    let tokens = tokens(before);
    let slot = slot(&tokens);
    let last = tokens.last().map_or("", String::as_str);
    let fit = |word: &str| fits(slot, word) && follows(last, word);
    let words = WORDS.iter().filter(|(word, tails)| fit(word) && leads_on(before, word, tails));
    let words = words.map(|(word, _)| *word).collect();
    // `plane of` is asked of a measure; there no name leads on.
    let wanted = if slot == Slot::Subject && !leads_on(before, "A", SUBJECT) { Slot::Word } else { slot };
    Next { start: statement_start + start, slot: wanted, words }
}

/// Every word of the language besides names and figures.
pub fn keywords() -> impl Iterator<Item = &'static str> {
    WORDS.iter().flat_map(|(phrase, _)| phrase.split(' ')).chain(["ago"])
}

/// Where the last statement of a text starts; a `;` inside quotes parts none.
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
    match words.as_slice() {
        [] | [.., "explain"] => Slot::Start,
        [.., "as", "of"] | [.., "known", "at"] | [.., "recorded", "by"] => Slot::Timestamp,
        [.., "since" | "until" | "vs"] => Slot::Timestamp,
        [.., "of" | "diff"] => Slot::Subject,
        [.., "matching"] => Slot::Pattern,
        [.., "source"] | ["findings", "in"] => Slot::Source,
        [.., "at"] | [.., "up", "to"] => Slot::Amount,
        [.., "on"] => Slot::Program,
        [.., "within"] => Slot::TimeSpan,
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

/// Whether a word can stand in a slot at all: where names or figures are wanted, a measure may stand before them, but
/// any other word would be taken for the name.
fn fits(slot: Slot, word: &str) -> bool {
    match slot {
        Slot::Start | Slot::Word => true,
        Slot::Subject => Measure::ALL.iter().any(|measure| measure.words() == word),
        _ => false,
    }
}

/// Whether a word can follow another one: the parser takes any word behind `by` and `where`, the plan only these.
fn follows(last: &str, word: &str) -> bool {
    let is_measure = Measure::ALL.iter().any(|measure| measure.words() == word);
    let is_verdict = ["tightened", "loosened", "mixed", "no_effect"].contains(&word);
    let is_time = ["effective", "published", "recorded", "size"].contains(&word);
    match last {
        "by" => is_time,
        "where" | "and" => is_measure || is_verdict,
        _ => !is_time && !is_verdict,
    }
}

fn leads_on(before: &str, word: &str, tails: &[&str]) -> bool {
    tails.iter().any(|tail| parse(&format!("{before}{word} {tail}")).is_ok())
}

const SUBJECT: &[&str] = &["", "as of 2026-02-06 vs 2026-02-07"];
const INSTANT: &[&str] = &["2026-02-06", "2026-02-06 vs 2026-02-07"];
const OF_MEASURE: &[&str] = &["of mmr of A at 1"];
const MEASURE: &[&str] = &["of A", "of A at 1", "at 1 down", "down"];
const NOTHING: &[&str] = &[""];

/// The words of the language, each with words behind it that make a statement whole.
const WORDS: &[(&str, &[&str])] = &[
    ("mmr", MEASURE),
    ("margin", MEASURE),
    ("amount", MEASURE),
    ("max leverage", MEASURE),
    ("tier", MEASURE),
    ("tiers", MEASURE),
    ("limit", MEASURE),
    ("max position", &["of A", "of A at 10x", "at 10x down"]),
    ("ratio", MEASURE),
    ("collateral", MEASURE),
    ("history", &["of A", "of mmr of A at 1"]),
    ("knowledge", OF_MEASURE),
    ("plane", OF_MEASURE),
    ("diff", &["A as of 2026-02-06 vs 2026-02-07"]),
    ("chart", &["mmr of A"]),
    ("changes", NOTHING),
    ("upcoming", NOTHING),
    ("report", NOTHING),
    ("explain", &["mmr of A at 1"]),
    ("subjects", NOTHING),
    ("sources", NOTHING),
    ("source", &["9b0ec0"]),
    ("findings", NOTHING),
    ("of", &["A", "A at 1", "mmr of A at 1"]),
    ("at", &["1", "10x", "1 down"]),
    ("as of", INSTANT),
    ("vs", &["2026-02-07"]),
    ("known at", INSTANT),
    ("recorded by", INSTANT),
    ("as published", NOTHING),
    ("up to", &["1"]),
    ("since", INSTANT),
    ("until", INSTANT),
    ("within", &["7d"]),
    ("by", &["published"]),
    ("effective", NOTHING),
    ("published", NOTHING),
    ("recorded", NOTHING),
    ("size", NOTHING),
    ("where", &["tightened"]),
    ("and", &["tightened"]),
    ("up", NOTHING),
    ("down", NOTHING),
    ("tightened", NOTHING),
    ("loosened", NOTHING),
    ("mixed", NOTHING),
    ("no_effect", NOTHING),
    ("on", &["usdm"]),
    ("matching", &["A"]),
    ("in", &["9b0ec0"]),
];

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
            ("sources; ", Slot::Start),
            ("explain ", Slot::Start),
        ] {
            assert_eq!(next(text).slot, slot, "{text}");
        }
        assert_eq!(next("sources; mm").start, 9);
        assert_eq!(next("mmr of 龙虾").start, 7);
    }

    /// A value for a slot that wants one.
    fn value(slot: Slot) -> &'static str {
        match slot {
            Slot::Subject | Slot::Pattern => "A",
            Slot::Source => "9b0ec0",
            Slot::Amount => "10x",
            other => other.placeholder(),
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
