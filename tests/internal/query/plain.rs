//! The two readers of the language: what the reader of plain questions takes, the grammar reads as the same
//! statement.

use tierbook::language::{Clause, Measure, StatementKind, Value, reserved_words};
use tierbook::query::syntax::parse::by_grammar;
use tierbook::query::syntax::plain;

use crate::tests::common::dice::Dice;

/// What can stand for a name, a number, a time or a program, plain and not.
const NAMES: [&str; 6] = ["ACTUSDT", "binance:usdm:IPUSDT", "A*USDT", "*", "all", "1INCH-2/X"];
const NUMBERS: [&str; 6] = ["60000", "60,000", "1.5m", "10x", "1e6", "0.25"];
const TIMES: [&str; 7] =
    ["2026-02-06T07:00Z", "2026-02-06", "now", "tx=1", "yesterday", "20260206", "2026-02-06T07:00:00.5Z"];
const STRANGE: [&str; 30] = [
    ",",
    ";",
    "\"A B\"",
    "\"",
    "$n",
    "--",
    "#",
    "ago",
    "2 days ago",
    "in 2 days",
    "07:00",
    "utc",
    "Z",
    "(UTC)",
    "+08:00",
    "vs",
    "explain",
    "as",
    "of",
    "at",
    "踏",
    "\u{a0}",
    "\u{b}",
    "\u{1}",
    "\n",
    "\t",
    "sources",
    ",5",
    "a@b=1",
    "%",
];

/// A statement of the plain form in the order of its parts, from the tables of the language.
fn question(dice: &mut Dice) -> Vec<String> {
    let measure = dice.pick(Measure::ALL);
    let mut parts = vec![measure.words().to_string(), "of".to_string()];
    parts.extend(list(&NAMES, dice));
    let mut clauses = StatementKind::Measure.clauses_with(Some(measure));
    for _ in 0..dice.below(4) {
        let clause = clauses.remove(dice.below(clauses.len()));
        parts.push(clause.words().to_string());
        parts.extend(after(clause, dice));
    }
    parts
}

fn after(clause: Clause, dice: &mut Dice) -> Vec<String> {
    match clause.row().value {
        Value::Amounts => list(&NUMBERS, dice),
        Value::Leverage | Value::Amount | Value::Price | Value::Margin => {
            vec![dice.pick(&NUMBERS).to_string()]
        }
        Value::Timestamp => vec![dice.pick(&TIMES).to_string()],
        Value::Program => vec!["usdm".to_string()],
        Value::Nothing => Vec::new(),
        other => panic!("a measure takes no {other:?}"),
    }
}

fn list(things: &[&str], dice: &mut Dice) -> Vec<String> {
    let mut parts = vec![dice.pick(things).to_string()];
    while dice.once_in(3) {
        parts.extend([",".to_string(), dice.pick(things).to_string()]);
    }
    parts
}

/// Leaves a part out, doubles it, swaps two or puts something else there.
fn mutate(parts: &mut Vec<String>, dice: &mut Dice) {
    let (at, other) = (dice.below(parts.len()), dice.below(parts.len()));
    let reserved: Vec<&str> = reserved_words().collect();
    match dice.below(7) {
        0 if parts.len() > 1 => drop(parts.remove(at)),
        1 => parts.insert(at, parts[other].clone()),
        2 => parts.swap(at, other),
        3 => parts.insert(at, dice.pick(&reserved).to_string()),
        4 => parts[at].push_str(dice.pick(&STRANGE)),
        5 => parts[at].insert_str(0, dice.pick(&STRANGE)),
        _ => parts.insert(at, dice.pick(&STRANGE).to_string()),
    }
}

/// The parts with blanks between, some of them more than one; in any case.
fn text(parts: &[String], dice: &mut Dice) -> String {
    let mut text = dice.pick(&["", " ", "\n"]).to_string();
    for part in parts {
        let is_odd = dice.once_in(6);
        let part = if is_odd { part.to_uppercase() } else { part.clone() };
        // No blank is needed around a comma, but between two numbers it separates them.
        text += &part.replace(' ', dice.pick(&[" ", " ", "  ", "\t", " # of\n"]));
        text += dice.pick(&[" ", " ", " ", "  ", "\r\n"]);
        if part == "," && is_odd {
            text.truncate(text.trim_end().len());
        }
    }
    text
}

#[test]
fn what_the_plain_reader_takes_the_grammar_reads_as_the_same_statement() {
    let mut dice = Dice::seeded(16);
    let mut taken = [0; 4];
    for round in 0..12_000 {
        let mutations = round % taken.len();
        let mut parts = question(&mut dice);
        (0..mutations).for_each(|_| mutate(&mut parts, &mut dice));
        if dice.once_in(10) {
            parts.push(";".to_string());
            parts.extend(question(&mut dice));
        }
        let text = text(&parts, &mut dice);
        if let Some(statements) = plain::read(&text) {
            taken[mutations] += 1;
            assert_eq!(Ok(statements), by_grammar(&text, &[]).map_err(|error| error.to_string()), "{text:?}");
        }
    }
    // Of 3,000 each: a comment between two words is not plain; a mutation can leave a statement plain.
    assert!(taken[0] > 2_000 && taken[1] > 200 && taken[3] > 20, "{taken:?}");
}

#[test]
fn the_examples_of_the_measures_are_plain() {
    for measure in Measure::ALL {
        assert!(plain::read(measure.example()).is_some(), "{}", measure.example());
    }
}

#[test]
fn a_text_without_statements_and_one_with_too_many_are_read_as_by_the_grammar() {
    assert_eq!(plain::read(" ;; \n"), Some(Vec::new()));
    assert_eq!(by_grammar(" ;; \n", &[]), Ok(Vec::new()));
    let limit = tierbook::limits::QUERY_STATEMENTS;
    let many = |count| "tiers of A;".repeat(count);
    assert_eq!(plain::read(&many(limit)).map(|read| read.len()), Some(limit));
    assert_eq!(plain::read(&many(limit + 1)), None);
    assert!(by_grammar(&many(limit + 1), &[]).is_err());
}

#[test]
fn a_time_or_a_name_of_more_words_is_left_to_the_grammar() {
    for text in [
        "mmr of A at 1 as of 2 on ago",
        "mmr of A at 1 as of 2026-02-06 07:00",
        "mmr of A at 1 as of 2026-02-06 vs 2026-02-07",
        "mmr of A at 1k, B at 2m",
        "mmr of \"A B\" at 1",
        "mmr of $name at 1",
        "explain mmr of A at 1",
    ] {
        assert_eq!(plain::read(text), None, "{text}");
        assert!(by_grammar(text, &[]).is_ok() || text.contains("vs"), "{text}");
    }
}
