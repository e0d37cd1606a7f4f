//! The different tables of many statements, in whole numbers where they fit. Each is there once, however many
//! statements of however many subjects state it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use crate::rule::fixed::{Figures, FixedTable};
use crate::rule::{Rule, RuleKind};

/// Different tables.
#[derive(Default, Debug)]
pub struct DistinctTables {
    tables: Vec<Table>,
    figures: Figures,
    /// The place of each rule, by where it is in memory.
    places: HashMap<usize, u32>,
}

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The table as it is stored.
    pub rule: Arc<Rule>,
    /// Where it is in whole numbers; `None` where it does not fit them.
    pub fixed: Option<FixedTable>,
}

impl DistinctTables {
    /// The tables of shared rules.
    pub fn of<'a>(rules: impl Iterator<Item = &'a Arc<Rule>>) -> DistinctTables {
        let mut distinct = DistinctTables::default();
        for rule in rules {
            let Entry::Vacant(new) = distinct.places.entry(address(rule)) else { continue };
            new.insert(distinct.tables.len() as u32);
            let has_tiers = matches!(rule.kind(), RuleKind::Contract | RuleKind::Collateral);
            let fixed = has_tiers.then(|| distinct.figures.add(rule)).flatten();
            distinct.tables.push(Table { rule: rule.clone(), fixed });
        }
        distinct
    }

    /// The place of the table of a shared rule.
    pub fn place(&self, rule: &Arc<Rule>) -> Option<u32> {
        self.places.get(&address(rule)).copied()
    }

    /// The table at a place.
    pub fn get(&self, place: u32) -> Option<&Table> {
        self.tables.get(place as usize)
    }

    /// The figures of all tables.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }
}

/// Two rules at one address are the same, while both are in memory.
fn address(rule: &Arc<Rule>) -> usize {
    Arc::as_ptr(rule).addr()
}
