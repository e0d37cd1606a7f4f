//! The collateral ratio of an asset in a sentence: `AAA's Collateral Value Ratio as Futures Margin is 99.9%`.

use crate::finding::{Finding, FindingCode};
use crate::ingest::families::{text, token};
use crate::ingest::scan;
use crate::rule::Rate;
use crate::text::Span;

/// A collateral ratio that a sentence states.
#[derive(Clone, PartialEq, Debug)]
pub struct StatedRatio {
    /// The name of the asset.
    pub name: Span,
    /// The ratio.
    pub ratio: Rate,
    /// The bytes of the ratio.
    pub place: Span,
}

/// The ratio that a sentence states under portfolio margin; `None` where it states none.
///
/// # Errors
/// It states one, of which asset or how much is not understood: as a finding.
pub fn read(words: &str, sentence: Span) -> Option<Result<StatedRatio, Finding>> {
    let lower = sentence.of(words).to_lowercase();
    let is_stated = lower.contains("portfolio margin")
        && !lower.contains("margin pro")
        && lower.contains("collateral")
        && lower.contains("ratio")
        && lower.contains('%');
    is_stated.then(|| {
        let message = format!(
            "which collateral ratio this states is not understood: `{}`",
            text::quoted(words, sentence)
        );
        stated(words, sentence).ok_or_else(|| Finding::new(FindingCode::UnreadRatio, sentence, message))
    })
}

fn stated(words: &str, sentence: Span) -> Option<StatedRatio> {
    let signs: Vec<usize> =
        words[sentence.range()].match_indices('%').map(|(at, _)| sentence.start + at).collect();
    let [sign] = signs[..] else { return None };
    let before = words[sentence.start..sign].trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let at = sentence.start + before.len();
    let place = Span::new(at, sign + 1);
    let verb = before.trim_end().to_lowercase();
    if !["is", "at", "to", "of", ":"].iter().any(|end| verb.ends_with(end)) {
        return None;
    }
    let ratio = Rate::from_percent(&words[at..sign])?;
    let name = owner(words, Span::new(sentence.start, at))?;
    Some(StatedRatio { name, ratio, place })
}

/// The asset that a ratio is of: before `'s collateral`, or after `ratio of` or `ratio for`.
fn owner(words: &str, span: Span) -> Option<Span> {
    let part = span.of(words);
    let named = |word: &str| token::is_symbol(word) && word.chars().any(char::is_alphabetic);
    let mut names: Vec<Span> = Vec::new();
    for (at, _) in part.match_indices(['’', '\'']) {
        let owns = part[at..].chars().take(3).find(|c| !"’'".contains(*c)) == Some('s');
        let word = part[..at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        if owns && named(word) {
            names.push(Span::of_part(words, word));
        }
    }
    for (at, joint) in ["atio of ", "atio for "].iter().flat_map(|joint| part.match_indices(joint)) {
        let start = span.start + at + joint.len();
        let end = scan::skip(words, start, char::is_alphanumeric);
        let word = &words[start..end];
        if named(word) {
            names.push(Span::new(start, end));
        }
    }
    names.dedup_by_key(|name| name.of(words));
    match names[..] {
        [only] => Some(only),
        _ => None,
    }
}
