//! What every statement of a database states, by its place: what the library gives with each row of columns.

use std::collections::HashMap;

use tierbook::rule::Rule;
use tierbook::{Recorded, Snapshot, SourceId, StatementPlace, SubjectHandle};

use crate::documents::symbol;
use crate::numbers::{hash, units};

pub struct Stated {
    /// Every subject, by the name of the yardstick.
    pub symbols: Vec<String>,
    pub handles: Vec<SubjectHandle>,
    /// Of each source, of each of its statements: the hash of its table, and rate and amount of the last tier.
    tables: Vec<Vec<(i64, (i64, i64))>>,
}

impl Stated {
    pub fn of(rules: &Snapshot) -> Stated {
        let names: Vec<String> = rules.subjects().iter().map(ToString::to_string).collect();
        let sources = rules.sources().unwrap().iter().enumerate();
        let places: HashMap<SourceId, usize> = sources.map(|(place, it)| (it.source.id, place)).collect();
        let mut known = HashMap::new();
        let mut tables = vec![Vec::new(); places.len()];
        for name in &names {
            let contract = rules.contract(name).unwrap();
            for recorded in contract.statements() {
                let of_source: &mut Vec<_> = &mut tables[places[&recorded.id.source]];
                let ordinal = recorded.id.ordinal as usize;
                if of_source.len() <= ordinal {
                    of_source.resize(ordinal + 1, (0, (0, 0)));
                }
                of_source[ordinal] = table(recorded, &mut known);
            }
        }
        let symbols = rules.subjects().iter().map(|subject| symbol(subject.name())).collect();
        Stated { symbols, handles: rules.handles(&names), tables }
    }

    pub fn hash(&self, place: StatementPlace) -> i64 {
        self.tables[place.source as usize][place.ordinal as usize].0
    }

    pub fn last(&self, place: StatementPlace) -> (i64, i64) {
        self.tables[place.source as usize][place.ordinal as usize].1
    }
}

/// Statements share equal tables, so that each is hashed once.
fn table(recorded: &Recorded, known: &mut HashMap<*const Rule, (i64, (i64, i64))>) -> (i64, (i64, i64)) {
    let Some(rule) = recorded.statement.claim.rule() else { return (0, (0, 0)) };
    let of = || {
        (hash(rule), rule.tiers().last().map_or((0, 0), |tier| (units(tier.rate, 6), units(tier.amount, 8))))
    };
    *known.entry(std::ptr::from_ref::<Rule>(rule)).or_insert_with(of)
}
