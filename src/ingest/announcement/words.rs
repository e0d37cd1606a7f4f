//! The words and remarks that table headers are made of.

use crate::text::Span;

/// Words that occur in the column names of these tables. A header is a run of nothing else, besides remarks in
/// brackets.
const WORDS: &[&str] = &[
    "after",
    "amount",
    "and",
    "asset",
    "assets",
    "before",
    "bracket",
    "brackets",
    "cap",
    "change",
    "changes",
    "coin",
    "coins",
    "collateral",
    "current",
    "existing",
    "floor",
    "in",
    "leverage",
    "maintenance",
    "margin",
    "max",
    "maximum",
    "min",
    "minimum",
    "mmr",
    "new",
    "notional",
    "of",
    "old",
    "pm",
    "portfolio",
    "position",
    "positions",
    "previous",
    "prior",
    "pro",
    "range",
    "rank",
    "rate",
    "rates",
    "ratio",
    "ratios",
    "requirement",
    "revised",
    "the",
    "tier",
    "tiers",
    "token",
    "tokens",
    "update",
    "updated",
    "usd",
    "value",
];

/// The bytes of the longest of them.
const LONGEST_WORD: usize = 11;

/// Words that name the side before a change, and the side after it.
const SIDES: [&[&str]; 2] =
    [&["before", "current", "existing", "old", "previous", "prior"], &["after", "new", "revised", "updated"]];

/// Longest remark in brackets inside a header, in bytes.
const REMARK_BYTES: usize = 80;

/// A word that ends where letters end, or where a capital follows a small letter (`TiersNew`).
pub fn word_at(text: &str, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let mut end = at;
    while bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
        if end > at && bytes[end].is_ascii_uppercase() && bytes[end - 1].is_ascii_lowercase() {
            break;
        }
        end += 1;
    }
    (end > at).then(|| Span::new(at, end))
}

/// The inside of a remark in brackets on one line.
pub fn remark_at(text: &str, at: usize) -> Option<Span> {
    let inside = text.get(at..)?.strip_prefix('(')?;
    let length = inside.find([')', '\n', '(']).filter(|length| *length <= REMARK_BYTES)?;
    inside[length..].starts_with(')').then(|| Span::new(at + 1, at + 1 + length))
}

/// The words of a remark.
pub fn words_of(remark: &str) -> impl Iterator<Item = &str> {
    remark.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty())
}

/// Whether a word, in letters of any size, occurs in the column names of these tables.
pub fn is_word(word: &str) -> bool {
    if word.len() > LONGEST_WORD {
        return false;
    }
    let small = word.bytes().map(|byte| byte.to_ascii_lowercase());
    WORDS.binary_search_by(|known| known.bytes().cmp(small.clone())).is_ok()
}

/// Whether a word only joins others, so that no column name starts with it.
pub fn is_joint(word: &str) -> bool {
    ["and", "in", "of"].iter().any(|joint| joint.eq_ignore_ascii_case(word))
}

/// The place among [`SIDES`] of the side that a word names, in letters of any size.
pub fn side_of(word: &str) -> Option<usize> {
    SIDES.iter().position(|side| side.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// `Notional Value in USDT` or `SOL`: the currency.
pub fn unit_of(remark: &str) -> Option<String> {
    let words: Vec<&str> = remark.split_whitespace().collect();
    let unit = match words.as_slice() {
        [unit] => unit,
        [.., word, unit] if word.eq_ignore_ascii_case("in") => unit,
        _ => return None,
    };
    let fit = unit.chars().all(|c| c.is_alphanumeric() && !c.is_lowercase()) && unit.len() <= 16;
    (fit && side_of(unit).is_none()).then(|| unit.to_string())
}

/// Whether a remark has no digits besides those of a rank or a currency.
pub fn is_read(remark: &str) -> bool {
    !remark.contains(|c: char| c.is_ascii_digit()) || rank_of(remark).is_some() || unit_of(remark).is_some()
}

/// `Rank 9`: the rank.
pub fn rank_of(remark: &str) -> Option<u32> {
    let (word, digits) = remark.trim().split_once(char::is_whitespace)?;
    if word.eq_ignore_ascii_case("rank") { digits.trim().parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted_for_the_search() {
        assert!(WORDS.is_sorted());
        assert_eq!(WORDS.iter().map(|word| word.len()).max(), Some(LONGEST_WORD));
    }

    #[test]
    fn a_remark_tells_a_currency_or_a_rank_or_nothing() {
        assert_eq!(unit_of("Notional Value in USDT").as_deref(), Some("USDT"));
        assert_eq!(unit_of("SOL").as_deref(), Some("SOL"));
        assert_eq!((unit_of("Before"), unit_of("PM Pro")), (None, None));
        assert_eq!((rank_of("Rank 9"), rank_of("Before")), (Some(9), None));
        assert!(is_read("USD1") && !is_read("row 7"));
    }
}
