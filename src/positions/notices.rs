//! What should be known of an answer about positions, in words.

use std::collections::BTreeMap;

use crate::limits;
use crate::statement::Subject;
use crate::text::counted;
use crate::time::ValidTime;

/// How many contracts are named.
const NAMED: usize = 3;

/// That contracts change more often than is looked at; each with the last change that is.
pub fn cut(contracts: &BTreeMap<Subject, ValidTime>) -> Option<String> {
    let first = contracts.values().min()?;
    let names: Vec<String> = contracts.keys().take(NAMED).map(ToString::to_string).collect();
    let more = match contracts.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {}", counted(more as u64, "more contract")),
    };
    let limit = limits::IMPACT_CHANGES;
    Some(format!(
        "only the first {limit} changes of {}{more} are in the answer; ask again as of {first} for those after it",
        names.join(", ")
    ))
}

/// That the contracts of the positions that share a margin change at more times than are looked at; with the last that is.
pub fn cut_account(last: ValidTime) -> String {
    let limit = limits::IMPACT_CHANGES;
    format!(
        "the cross positions and the account are judged at the first {limit} times of changes only; ask again as of \
         {last} for those after it"
    )
}

/// That a portfolio margin is left out, because the positions were not judged together.
pub fn without_portfolio() -> String {
    let limit = limits::POSITIONS;
    format!("the portfolio margin is left out: it is judged with at most {limit} positions, all at once")
}
