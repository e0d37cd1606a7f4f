//! One character of a text lost, doubled, changed or swapped: what is then stated without a finding.

use std::collections::BTreeSet;

use tierbook::ingest::{self, Draft, Input};

use super::{shared_texts, stated};
use crate::tests::common::dice::Dice;

/// Mutations of each text.
const MUTATIONS: usize = 60;

/// A text with one character of a line that states something lost, doubled, changed or swapped with the next; and
/// whether a digit is concerned.
fn mutated(text: &str, dice: &mut Dice) -> (String, bool) {
    let words = ["(UTC)", "Adjustment", "Rank", "Collateral Ratio", "set out"];
    let lines: Vec<&str> =
        text.lines().skip(1).filter(|line| words.iter().any(|word| line.contains(word))).collect();
    let line = lines[dice.below(lines.len())];
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    let places: Vec<usize> =
        line.char_indices().filter(|(_, c)| c.is_ascii()).map(|(at, _)| start + at).collect();
    let at = places[dice.below(places.len())];
    let mut bytes = text.as_bytes().to_vec();
    let before = bytes[at];
    match dice.below(4) {
        0 => drop(bytes.remove(at)),
        1 => bytes.insert(at, bytes[at]),
        2 if before.is_ascii_digit() => bytes[at] = b'0' + (before - b'0' + 1 + dice.below(9) as u8) % 10,
        2 => bytes[at] = b'A' + dice.below(26) as u8,
        _ if bytes.get(at + 1).is_some_and(u8::is_ascii) => bytes.swap(at, at + 1),
        _ => {}
    }
    let digit = before.is_ascii_digit() || bytes.get(at).is_some_and(u8::is_ascii_digit);
    (String::from_utf8(bytes).unwrap_or_else(|_| text.to_string()), digit)
}

/// Whether two names differ by one character lost, doubled, changed or swapped.
fn near(one: &str, other: &str) -> bool {
    let same_start = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let same_end = one.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    one.len().abs_diff(other.len()) <= 1 && same_start + same_end + 2 >= one.len().max(other.len())
}

/// Subject, and what is stated of it.
fn parts(line: &str) -> (&str, &str) {
    line.split_once(' ').expect("a line")
}

#[test]
fn a_misprint_without_a_finding_is_one_of_a_name_or_of_a_digit_that_is_printed_once() {
    let Some(texts) = shared_texts() else { return };
    let mut dice = Dice::seeded(7);
    let count = std::env::var("TIERBOOK_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(MUTATIONS);
    let (mut tried, mut hidden, mut wrong) = (0, 0, Vec::new());
    for (file, _, bytes) in texts.iter().filter(|(_, family, _)| family == "cross_margin_collateral") {
        let text = std::str::from_utf8(bytes).expect("a text");
        let read = |text: &str| {
            let input = Input { file, bytes: text.as_bytes(), published_at: None, complete: None };
            ingest::read(&input).ok()
        };
        let original: BTreeSet<String> = read(text).iter().flat_map(stated).collect();
        for _ in 0..count {
            let (changed, digit) = mutated(text, &mut dice);
            tried += 1;
            let Some(draft) = read(&changed).filter(|draft: &Draft| draft.findings.is_empty()) else {
                continue;
            };
            let found = stated(&draft);
            let new: Vec<&String> = found.iter().filter(|line| !original.contains(*line)).collect();
            let is_known = |line: &&&String| {
                let (subject, claim) = parts(line);
                original.iter().map(|line| parts(line)).any(|(other, stated)| {
                    (near(subject, other) && claim == stated) || (digit && subject == other)
                })
            };
            hidden += usize::from(!new.is_empty());
            let unknown: Vec<&&String> = new.iter().filter(|line| !is_known(line)).collect();
            if !unknown.is_empty() {
                wrong.push(format!("{file}: {unknown:?}"));
            }
        }
    }
    assert!(
        wrong.len() * 200 < tried,
        "{} of {tried}, {hidden} with new statements: {wrong:#?}",
        wrong.len()
    );
}
