//! The tables that exchanges go on showing of a contract after its announced end.

use std::collections::HashMap;

use crate::statement::Recorded;
use crate::time::{TimeSpan, ValidTime};

/// How far apart two observations of a table must be to show that an ended contract lives again.
const NEW_LIFE: TimeSpan = TimeSpan::from_micros(24 * 3_600 * 1_000_000);

/// What was observed since the announced end that the last version is.
#[derive(Default)]
pub struct AfterEnd {
    /// The first observation, as its place in the timeline.
    first: Option<usize>,
    /// The first observation of each table, by the hash of the table: there can be thousands of each.
    tables: HashMap<u64, Vec<usize>>,
}

impl AfterEnd {
    /// Whether an observation shows no new life: it shows the table that was seen first after the end, or another one
    /// that was not seen a day before. Where the contract was seen first to be absent, every table is another one.
    pub fn is_frozen(&mut self, statements: &[Recorded], place: usize) -> bool {
        let first = *self.first.get_or_insert(place);
        let claim = |place: usize| &statements[place].statement.claim;
        claim(place).rule().is_some_and(|_| {
            claim(place).same_rule(claim(first)) || !self.was_seen_a_day_before(statements, place)
        })
    }

    /// Notes what is observed, and is no new life. Places must come in the order of valid time.
    pub fn note(&mut self, statements: &[Recorded], place: usize) {
        let claim = &statements[place].statement.claim;
        if let Some(rule) = claim.rule() {
            let same_hash = self.tables.entry(rule.hash()).or_default();
            if !same_hash.iter().any(|seen| claim.same_rule(&statements[*seen].statement.claim)) {
                same_hash.push(place);
            }
        }
    }

    /// The new life starts with the second observation, not with the first: a statement never changes what holds
    /// before its own time.
    fn was_seen_a_day_before(&self, statements: &[Recorded], place: usize) -> bool {
        let claim = |place: usize| &statements[place].statement.claim;
        let valid_at = |place: usize| -> ValidTime { claim(place).valid_at() };
        let same_hash = claim(place).rule().and_then(|rule| self.tables.get(&rule.hash()));
        same_hash.into_iter().flatten().any(|seen| {
            valid_at(*seen).0.plus(NEW_LIFE) <= valid_at(place).0 && claim(*seen).same_rule(claim(place))
        })
    }
}
