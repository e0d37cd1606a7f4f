//! The subjects of a snapshot by name, each with its rules once they were asked for.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use foldhash::fast::RandomState;

use crate::error::Result;
use crate::statement::{Program, Subject};
use crate::subject_rules::SubjectRules;

/// Anything by the name of a subject.
pub type ByName<T> = HashMap<Box<str>, T, RandomState>;

/// Anything by the view of a text that is in the view as a whole.
#[cfg(feature = "columnar")]
pub type ByView<T> = HashMap<u128, T, RandomState>;

/// How many subjects are searched for before their names are put in order: a program that asks once asks for one.
const SEARCHES: u32 = 4;

/// The subjects of a snapshot.
pub struct Handles {
    names: OnceLock<Names>,
    searches: AtomicU32,
    rules: Vec<OnceLock<SubjectRules>>,
}

/// The subjects by the names that are stored. Other ways to write a name, and names that mean more than one subject, are
/// none of them.
struct Names {
    contracts: ByName<Option<u32>>,
    collateral: ByName<Option<u32>>,
}

impl Names {
    fn of(subjects: &[Subject]) -> Names {
        // Three names each.
        let names = || HashMap::with_capacity_and_hasher(3 * subjects.len(), RandomState::default());
        let mut all = Names { contracts: names(), collateral: names() };
        for (place, subject) in subjects.iter().enumerate() {
            let (program, name) = (subject.program(), subject.name());
            let names = if program.has_contracts() { &mut all.contracts } else { &mut all.collateral };
            for name in [name.to_string(), format!("{}:{name}", program.name()), subject.to_string()] {
                match names.entry(name.into()) {
                    Entry::Vacant(vacant) => drop(vacant.insert(Some(place as u32))),
                    Entry::Occupied(mut several) => drop(several.insert(None)),
                }
            }
        }
        all
    }
}

impl Handles {
    /// Of so many subjects.
    pub fn of(subjects: usize) -> Handles {
        let rules = (0..subjects).map(|_| OnceLock::new()).collect();
        Handles { names: OnceLock::new(), searches: AtomicU32::new(0), rules }
    }

    /// The place of the one subject of a kind that is stored under a name; `None` also where the subjects are to be
    /// searched.
    pub fn place(&self, name: &str, is_contract: bool, subjects: &[Subject]) -> Option<u32> {
        let names = match self.names.get() {
            Some(names) => names,
            None if self.searches.fetch_add(1, Ordering::Relaxed) < SEARCHES => return None,
            None => self.names.get_or_init(|| Names::of(subjects)),
        };
        let names = if is_contract { &names.contracts } else { &names.collateral };
        names.get(name).copied().flatten()
    }

    /// Whether the rules of the subject at a place were asked for.
    pub fn has(&self, place: u32) -> bool {
        self.rules.get(place as usize).is_some_and(|kept| kept.get().is_some())
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
