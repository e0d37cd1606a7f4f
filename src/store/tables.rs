//! The tables of statements, read from their records once: statements that print the same table share it.

use std::collections::HashMap;
use std::sync::Arc;

use super::schema::rules::RuleV1;
use super::schema::scalars::SpanV1;
use crate::rule::{PlacedRule, Rule};
use crate::statement::Sha256;

/// The records of rules by their ids, and the rules read from them.
#[derive(Default)]
pub(super) struct Tables {
    records: HashMap<Sha256, RuleV1>,
    /// By id and places, which are counted from the first cell.
    read: HashMap<(Sha256, Vec<Vec<SpanV1>>), Arc<Rule>>,
}

impl Tables {
    /// Adds a record; `id` is its hash.
    pub fn add(&mut self, id: Sha256, record: RuleV1) {
        self.records.entry(id).or_insert(record);
    }

    /// Whether the record of that id is known.
    pub fn knows(&self, id: &Sha256) -> bool {
        self.records.contains_key(id)
    }

    /// The rule of that id with its cells at these places of the document, row by row.
    ///
    /// # Errors
    /// There is no such record, or the rule cannot be read with these places.
    pub fn placed(&mut self, id: Sha256, places: &[Vec<SpanV1>]) -> Result<PlacedRule, String> {
        let first = places.iter().flatten().map(|place| place.0).min().unwrap_or(0);
        // A span that ends before it starts is refused when the rule is read.
        let relative = |place: &SpanV1| SpanV1(place.0 - first, place.1.saturating_sub(first));
        let relative: Vec<Vec<SpanV1>> =
            places.iter().map(|row| row.iter().map(relative).collect()).collect();
        let offset = usize::try_from(first).map_err(|_| "a place is too far".to_string())?;
        let key = (id, relative);
        if let Some(rule) = self.read.get(&key) {
            return Ok(PlacedRule::new(rule.clone(), offset));
        }
        let record = self.records.get(&id).ok_or_else(|| format!("the rule {id} is missing"))?;
        let rule = Arc::new(record.read(&key.1)?);
        self.read.insert(key, rule.clone());
        Ok(PlacedRule::new(rule, offset))
    }
}
