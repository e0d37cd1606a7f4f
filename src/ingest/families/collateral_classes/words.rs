//! The words of the columns of tables about classes.

use super::headers::ClassSide;

/// Words of columns that split a ratio by what an asset is used for.
pub const LOANS: [&str; 5] = ["borrow", "borrowing", "borrowed", "transfer", "out"];

/// All other words of columns, in small letters.
const OTHERS: [&str; 16] = [
    "adjustment",
    "adjustments",
    "adjusted",
    "amount",
    "change",
    "changes",
    "collateral",
    "cross",
    "for",
    "in",
    "margin",
    "of",
    "range",
    "the",
    "update",
    "value",
];

/// Whether a word occurs in the names of columns.
pub fn is_header_word(word: &str) -> bool {
    let is_in = |known: &[&str]| known.iter().any(|it| it.eq_ignore_ascii_case(word));
    is_number(word)
        || is_asset(word)
        || is_ratio(word)
        || side(&word).is_some()
        || is_in(&["tier", "tiers", "usd"])
        || is_in(&LOANS)
        || is_in(&OTHERS)
}

/// Whether a word names the number of a class.
pub fn is_number(word: &str) -> bool {
    ["class", "classes", "no", "number", "rank", "ranks"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a word names assets.
pub fn is_asset(word: &str) -> bool {
    ["asset", "assets", "coin", "coins", "token", "tokens"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a word names a ratio.
pub fn is_ratio(word: &str) -> bool {
    ["rate", "rates", "ratio", "ratios"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a remark is the name of a currency.
pub fn is_unit(remark: &str) -> bool {
    (3..=8).contains(&remark.len()) && remark.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The side that a word names.
pub fn side(word: &&str) -> Option<ClassSide> {
    let names = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    if names(&["before", "current", "existing", "old", "previous", "prior"]) {
        Some(ClassSide::Old)
    } else {
        names(&["after", "new", "revised", "updated"]).then_some(ClassSide::New)
    }
}
