//! Names that mix letters which look alike: `АCTUSDT` with a Cyrillic А is another subject than `ACTUSDT`.

use std::collections::BTreeSet;

use super::draft::Draft;
use crate::finding::{Finding, FindingCode};

/// Adds a finding for each subject of a draft whose name is such a mixture.
pub fn find(draft: &mut Draft) {
    let known = draft.findings.iter().filter(|finding| finding.code == FindingCode::UnusualName);
    let mut known: BTreeSet<String> = known.flat_map(|finding| finding.subjects.iter().cloned()).collect();
    let before = draft.findings.len();
    for statement in &draft.statements {
        let name = statement.subject.name();
        let Some(letter) = lookalike(name).filter(|_| !known.contains(name)) else { continue };
        known.insert(name.to_string());
        let code = u32::from(letter);
        let message =
            format!("{name} mixes Latin letters with {letter} (U+{code:04X}), which looks like one");
        let finding = Finding::new(FindingCode::UnusualName, statement.span, message);
        draft.findings.push(Finding { subjects: vec![name.to_string()], ..finding });
    }
    if draft.findings.len() > before {
        draft.findings.sort_by_key(|finding| (finding.span, finding.code));
    }
}

/// A letter of a name that looks like a Latin one, where it has Latin ones too. Chinese names of tokens have none.
fn lookalike(name: &str) -> Option<char> {
    let is_mixed = !name.is_ascii() && name.bytes().any(|byte| byte.is_ascii_alphabetic());
    name.chars().find(|c| is_mixed && looks_latin(*c))
}

/// Letters with accents, Greek, Cyrillic, Armenian, Cherokee, numerals, letters in circles, wide and mathematical ones.
fn looks_latin(c: char) -> bool {
    c.is_alphanumeric()
        && matches!(c, '\u{c0}'..='\u{58f}' | '\u{13a0}'..='\u{13ff}' | '\u{1c80}'..='\u{1fff}' | '\u{2100}'..='\u{218f}'
            | '\u{2460}'..='\u{24ff}' | '\u{2c60}'..='\u{2dff}' | '\u{a640}'..='\u{a7ff}' | '\u{ab30}'..='\u{abbf}'
            | '\u{ff10}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_looks_latin_beside_latin_ones_and_a_chinese_one_does_not() {
        for name in ["АCTUSDT", "BTCUSDΤ", "ＡCTUSDT", "BÀTUSDT", "𝐁TCUSDT"] {
            assert!(lookalike(name).is_some(), "{name}");
        }
        for name in ["ACTUSDT", "1000SHIBUSDT", "我踏马来了USDT", "币安人生USDT", "ацт", "龙虾"]
        {
            assert_eq!(lookalike(name), None, "{name}");
        }
    }
}
