//! The subjects of a snapshot by name, each with its rules once they were asked for.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::OnceLock;

use foldhash::fast::RandomState;

use crate::error::Result;
use crate::statement::{Program, Subject};
use crate::subject_rules::SubjectRules;

/// The subjects of a snapshot by the names that are stored. Other ways to write a name, and names that mean more
/// than one subject, are none of them.
pub struct Handles {
    contracts: HashMap<Box<str>, Option<u32>, RandomState>,
    collateral: HashMap<Box<str>, Option<u32>, RandomState>,
    rules: Vec<OnceLock<SubjectRules>>,
}

impl Handles {
    /// Of these subjects, each of which has its place among them.
    pub fn of(subjects: &[Subject]) -> Handles {
        // Three names each.
        let names = || HashMap::with_capacity_and_hasher(3 * subjects.len(), RandomState::default());
        let rules = Vec::with_capacity(subjects.len());
        let mut handles = Handles { contracts: names(), collateral: names(), rules };
        for (place, subject) in subjects.iter().enumerate() {
            let (program, name) = (subject.program(), subject.name());
            let names =
                if program.has_contracts() { &mut handles.contracts } else { &mut handles.collateral };
            for name in [name.to_string(), format!("{}:{name}", program.name()), subject.to_string()] {
                match names.entry(name.into()) {
                    Entry::Vacant(vacant) => drop(vacant.insert(Some(place as u32))),
                    Entry::Occupied(mut several) => drop(several.insert(None)),
                }
            }
            handles.rules.push(OnceLock::new());
        }
        handles
    }

    /// The place of the one subject of a kind that is stored under a name.
    pub fn place(&self, name: &str, is_contract: bool) -> Option<u32> {
        let names = if is_contract { &self.contracts } else { &self.collateral };
        names.get(name).copied().flatten()
    }

    /// The rules of the subject at a place, read once.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn rules(&self, place: u32, read: impl FnOnce() -> Result<SubjectRules>) -> Result<SubjectRules> {
        let Some(kept) = self.rules.get(place as usize) else { return read() };
        if let Some(rules) = kept.get() {
            return Ok(rules.clone());
        }
        let rules = read()?;
        Ok(kept.get_or_init(|| rules).clone())
    }
}

/// Whether a program has contracts, as the names are kept apart.
pub fn fits(is_contract: bool) -> impl Fn(Program) -> bool {
    move |program| program.has_contracts() == is_contract
}
