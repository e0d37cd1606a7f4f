//! The words and remarks that table headers consist of.

use crate::text::Span;

/// Bytes of the longest word that occurs in a header.
const LONGEST_WORD: usize = 11;

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

/// Whether a word, in letters of any case, occurs in the column names of these tables. A header is a run of
/// such words and of remarks in brackets.
pub fn is_header_word(word: &str) -> bool {
    let mut lower = [0; LONGEST_WORD];
    let Some(lower) = lower.get_mut(..word.len()) else { return false };
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    match &*lower {
        b"asset" | b"assets" | b"coin" | b"coins" | b"token" | b"tokens" | b"usd" => true,
        b"leverage" | b"position" | b"positions" | b"notional" | b"amount" | b"value" | b"range" => true,
        b"maintenance" | b"margin" | b"mmr" | b"requirement" | b"rate" | b"rates" => true,
        b"collateral" | b"ratio" | b"ratios" | b"portfolio" | b"pm" | b"pro" | b"rank" => true,
        b"tier" | b"tiers" | b"bracket" | b"brackets" | b"floor" | b"cap" => true,
        b"min" | b"minimum" | b"max" | b"maximum" | b"change" | b"changes" | b"update" => true,
        b"and" | b"in" | b"of" | b"the" => true,
        _ => side_of(word).is_some(),
    }
}

/// Whether a word only joins others, so that no column name starts with it.
pub fn is_conjunction(word: &str) -> bool {
    ["and", "in", "of"].iter().any(|joint| joint.eq_ignore_ascii_case(word))
}

/// The side that a word names, in letters of any case: 0 for the one before a change, 1 for the one after it.
pub fn side_of(word: &str) -> Option<usize> {
    let before = ["before", "current", "existing", "old", "previous", "prior"];
    let after = ["after", "new", "revised", "updated"];
    let names = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    if names(&before) { Some(0) } else { names(&after).then_some(1) }
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
pub fn is_understood(remark: &str) -> bool {
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
    fn a_remark_states_a_currency_or_a_rank_or_nothing() {
        assert_eq!(unit_of("Notional Value in USDT").as_deref(), Some("USDT"));
        assert_eq!(unit_of("SOL").as_deref(), Some("SOL"));
        assert_eq!((unit_of("Before"), unit_of("PM Pro")), (None, None));
        assert_eq!((rank_of("Rank 9"), rank_of("Before")), (Some(9), None));
        assert!(is_understood("USD1") && !is_understood("row 7"));
    }
}
