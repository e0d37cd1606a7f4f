//! One character of a text lost, doubled or changed: what is then stated that the text does not state.

use std::collections::BTreeSet;

use tierbook::ingest::{Draft, DraftStatement};

use super::{FAMILIES, read, shared_texts};
use crate::tests::common::dice::Dice;
use crate::tests::common::show;

/// Mutations of each text.
const MUTATIONS: usize = 7;

/// A text with one character lost, doubled or changed, in a line that is about contracts; `None` where it is
/// none any more.
fn mutated(bytes: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let body = text.find('\n')?;
    let words = ["will launch", "will convert", "will list", "(UTC)", "Position", "everage"];
    let lines: Vec<&str> =
        text[body..].lines().filter(|line| words.iter().any(|word| line.contains(word))).collect();
    let line = *lines.get(dice.below(lines.len().max(1)))?;
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    let places: Vec<usize> =
        line.char_indices().map(|(at, _)| start + at).filter(|at| bytes[*at].is_ascii()).collect();
    let at = *places.get(dice.below(places.len().max(1)))?;
    let mut bytes = bytes.to_vec();
    match dice.below(4) {
        0 => drop(bytes.remove(at)),
        1 => bytes.insert(at, bytes[at]),
        2 if bytes[at].is_ascii_digit() => {
            bytes[at] = b'0' + (bytes[at] - b'0' + 1 + dice.below(9) as u8) % 10;
        }
        2 => bytes[at] = b'A' + dice.below(26) as u8,
        _ => bytes.swap(at, at + 1),
    }
    String::from_utf8(bytes).ok().map(String::into_bytes)
}

fn whole(statement: &DraftStatement) -> String {
    format!("{} {}", statement.subject, show(&statement.claim))
}

#[test]
fn a_misprint_in_one_place_is_seen_in_the_other() {
    let Some(texts) = shared_texts() else { return };
    let mut dice = Dice::seeded(15);
    let count = std::env::var("TIERBOOK_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(MUTATIONS);
    let (mut tried, mut wrong) = (0, Vec::new());
    for (file, _, bytes) in texts.iter().filter(|(_, family, _)| FAMILIES.contains(&family.as_str())) {
        let Some(original) = read(file, bytes) else { continue };
        let stated: BTreeSet<String> = original.statements.iter().map(whole).collect();
        let messages = |draft: &Draft| -> BTreeSet<String> {
            draft.findings.iter().map(|finding| format!("{:?} {}", finding.code, finding.message)).collect()
        };
        let known = messages(&original);
        for _ in 0..count {
            let Some(changed) = mutated(bytes, &mut dice) else { continue };
            tried += 1;
            let Some(draft) = read(file, &changed) else { continue };
            if draft.has_unread() || !messages(&draft).is_subset(&known) {
                continue;
            }
            let new: Vec<String> =
                draft.statements.iter().map(whole).filter(|found| !stated.contains(found)).collect();
            if !new.is_empty() {
                let at = changed.iter().zip(bytes).position(|(one, other)| one != other).unwrap_or(0);
                let near =
                    String::from_utf8_lossy(&changed[at.saturating_sub(30)..(at + 30).min(changed.len())]);
                wrong.push(format!("{file}: {new:?} near `{near}`"));
            }
        }
    }
    // Those that remain are misprints of what a text prints once: a time or a name of a conversion without a
    // table.
    assert!(wrong.len() * 100 < tried, "{} of {tried}: {wrong:#?}", wrong.len());
}
