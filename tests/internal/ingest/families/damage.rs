//! Cut and damaged texts never state an end that the whole text does not state, unless no reader could see it.

use super::ends::{FAMILIES, expected};
use super::{accepted, stated, texts};
use crate::tests::common::dice::Dice;
use crate::tests::common::{cases, shared};

/// Damages of each text; more in the long run.
const DAMAGES: u32 = 20;

#[test]
fn a_text_that_is_cut_states_nothing() {
    let Some(shared) = shared() else { return };
    let step = if std::env::var("TIERBOOK_EVERY_BYTE").is_ok() { 1 } else { 97 };
    for (file, text) in texts(&shared, &FAMILIES) {
        let expected = expected(&file);
        if expected.is_empty() {
            continue;
        }
        let closing = text.find("\nBinance Team").expect("a signature");
        let cuts = (2..closing).step_by(step).filter(|at| text.is_char_boundary(*at));
        for cut in cuts.filter(|cut| text[..*cut].contains('\n')) {
            assert!(accepted(&file, &text[..cut]).is_none(), "{file}: {}", &text[..cut]);
        }
    }
}

/// A text with one word, digit, letter or line lost, doubled or changed.
fn damaged(text: &str, dice: &mut Dice) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = dice.below(chars.len());
    let kind = dice.below(6);
    let digits: Vec<usize> = (0..chars.len()).filter(|at| chars[*at].is_ascii_digit()).collect();
    let mut chars = chars;
    match kind {
        0 => drop(chars.remove(at)),
        1 => chars.insert(at, chars[at]),
        2 => {
            let at = digits[dice.below(digits.len())];
            chars[at] = char::from(b'0' + dice.below(10) as u8);
        }
        3 => drop(chars.remove(digits[dice.below(digits.len())])),
        4 => {
            let mut words: Vec<&str> = text.split(' ').collect();
            words.remove(dice.below(words.len()));
            return words.join(" ");
        }
        _ => {
            let mut lines: Vec<&str> = text.split('\n').collect();
            lines.remove(dice.below(lines.len()));
            return lines.join("\n");
        }
    }
    chars.into_iter().collect()
}

#[test]
fn a_damaged_text_states_another_end_only_where_no_reader_could_see_it() {
    let Some(shared) = shared() else { return };
    let (mut tried, mut wrong) = (0, Vec::new());
    for (number, (file, text)) in texts(&shared, &FAMILIES).into_iter().enumerate() {
        let known = accepted(&file, &text).map_or(0, |draft| draft.findings.len());
        for seed in 0..cases(DAMAGES) {
            let damaged = damaged(&text, &mut Dice::seeded(u64::from(seed) * 100 + number as u64));
            tried += 1;
            let Some(draft) = accepted(&file, &damaged).filter(|draft| draft.findings.len() <= known) else {
                continue;
            };
            let expected = expected(&file);
            wrong.extend(
                stated(&draft)
                    .into_iter()
                    .filter(|line| !expected.contains(line))
                    .map(|line| format!("{file}: {line}")),
            );
        }
    }
    // What is left: a digit of a time, or a letter of a contract that is named only once.
    assert!(wrong.len() * 200 <= tried, "{} of {tried}: {wrong:#?}", wrong.len());
    let printed = |line: &String| {
        line.contains("T09:") || line.contains("T1") || line.contains("T0") || line.contains("USD")
    };
    assert!(wrong.iter().all(printed), "{wrong:#?}");
}

#[test]
fn a_damaged_text_without_a_rule_states_none() {
    let Some(shared) = shared() else { return };
    let families =
        ["negative", "margin_removal", "margin_addition", "loan_collateral", "other_contract_rules"];
    for (number, (file, text)) in texts(&shared, &families).into_iter().enumerate() {
        for seed in 0..cases(DAMAGES / 4) {
            let damaged = damaged(&text, &mut Dice::seeded(u64::from(seed) * 1_000 + number as u64));
            let stated = accepted(&file, &damaged).map_or(Vec::new(), |draft| stated(&draft));
            assert_eq!(stated, [""; 0], "{file}: {damaged}");
        }
    }
}
