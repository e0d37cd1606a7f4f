//! What frames store for later ones: fragments of documents and tables, and which transactions a frame may refer
//! to.
//!
//! There are few such transactions at any time, so that one frame can be read without reading the whole
//! journal. What was last used by the oldest transaction goes first; what is needed again then is stored again.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::parts::{BaseV2, FragmentV2, PlacedTableV2};
use crate::limits;
use crate::statement::Sha256;
use crate::store::schema::rules::RuleV1;
use crate::store::schema::scalars::{HashV1, SpanV1};

/// A fragment, and the JSON of its rule, which is part of the leaf of every statement that refers to it.
pub(super) struct Fragment {
    pub fragment: FragmentV2,
    pub rule: String,
}

/// A table, the hash of its JSON, and its id in the index.
pub(super) struct Table {
    pub hash: Sha256,
    pub id: Sha256,
    pub rule: RuleV1,
}

/// What one frame stores.
#[derive(Default)]
pub(super) struct Stored {
    pub fragments: Vec<Fragment>,
    pub tables: Vec<Table>,
    /// The bytes of the fragments and tables.
    pub bytes: u64,
}

impl Stored {
    pub fn add_fragment(&mut self, fragment: FragmentV2) -> Result<(), String> {
        let rule = serde_json::to_string(&fragment.rule).map_err(|error| error.to_string())?;
        self.bytes += (fragment.text.len() + rule.len()) as u64;
        self.fragments.push(Fragment { fragment, rule });
        Ok(())
    }

    /// Adds a table of which this is the JSON.
    pub fn add_table(&mut self, rule: RuleV1, json: &[u8]) -> Result<Sha256, String> {
        let (hash, id) = (Sha256::of(&[json]), rule.id()?);
        self.bytes += json.len() as u64;
        self.tables.push(Table { hash, id, rule });
        Ok(hash)
    }
}

/// What frames that were read before store, by their transactions: later frames refer to it.
#[derive(Default)]
pub(in crate::store) struct KnownFrames {
    stored: HashMap<u64, Arc<Stored>>,
    bytes: u64,
}

impl KnownFrames {
    /// What the frame of a transaction stores, if it is known.
    pub(super) fn get(&self, tx: u64) -> Option<&Arc<Stored>> {
        self.stored.get(&tx)
    }

    /// Adds what a frame stores; where all this is too much, only what the last frame refers to is kept.
    pub(super) fn add(&mut self, tx: u64, stored: Arc<Stored>, bases: &[BaseV2]) {
        self.bytes += stored.bytes;
        self.bytes -= self.stored.insert(tx, stored).map_or(0, |before| before.bytes);
        if self.bytes > limits::JOURNAL_KNOWN_BYTES {
            self.stored.retain(|known, _| *known == tx || bases.iter().any(|base| base.tx == *known));
            self.bytes = self.stored.values().map(|stored| stored.bytes).sum();
        }
    }
}

/// A transaction that may be referred to, and what it stores.
#[derive(Clone)]
pub(super) struct Base {
    pub place: BaseV2,
    pub stored: Arc<Stored>,
}

/// The bases of the next frame, searchable.
#[derive(Default)]
pub(super) struct Bases {
    pub list: Vec<Base>,
    hasher: RandomState,
    /// By the hash of their text: transaction and number of fragments that may have it.
    fragments: HashMap<u64, Vec<(u64, usize)>>,
    /// By their id: transaction, number and hash.
    tables: HashMap<Sha256, (u64, usize, Sha256)>,
}

impl Bases {
    /// The same bases, searchable.
    pub fn of(list: Vec<Base>) -> Bases {
        let mut bases = Bases::default();
        list.into_iter().for_each(|base| bases.add(base));
        bases
    }

    fn add(&mut self, base: Base) {
        let tx = base.place.tx;
        for (number, fragment) in base.stored.fragments.iter().enumerate() {
            let key = self.hasher.hash_one(&fragment.fragment.text);
            self.fragments.entry(key).or_default().push((tx, number));
        }
        for (number, table) in base.stored.tables.iter().enumerate() {
            self.tables.insert(table.id, (tx, number, table.hash));
        }
        self.list.push(base);
    }

    fn remove(&mut self, place: usize) {
        let tx = self.list.remove(place).place.tx;
        self.fragments.retain(|_, found| {
            found.retain(|(of, _)| *of != tx);
            !found.is_empty()
        });
        self.tables.retain(|_, (of, ..)| *of != tx);
    }

    fn bytes(&self) -> u64 {
        self.list.iter().map(|base| base.stored.bytes).sum()
    }

    fn place_of(&self, tx: u64) -> Option<usize> {
        self.list.iter().position(|base| base.place.tx == tx)
    }

    /// The base and the number of a fragment with this text, subject, table and cells.
    pub fn fragment(&self, sought: &Sought) -> Option<(usize, usize)> {
        let found = self.fragments.get(&self.hasher.hash_one(sought.text))?;
        found.iter().rev().find_map(|(tx, number)| {
            let base = self.place_of(*tx)?;
            let fragment = self.list.get(base)?.stored.fragments.get(*number)?;
            sought.is(&fragment.fragment).then_some((base, *number))
        })
    }

    /// The base, the number and the hash of the table with this id in the index.
    pub fn table(&self, id: &Sha256) -> Option<(usize, usize, Sha256)> {
        let (tx, number, hash) = self.tables.get(id)?;
        Some((self.place_of(*tx)?, *number, *hash))
    }

    /// Goes on after the frame of `tx` at `offset`, which used so many bytes of each base (in their order) and
    /// stores something itself.
    pub fn advance(&mut self, tx: u64, offset: u64, used: &[u64], stored: Arc<Stored>) {
        for (base, bytes) in self.list.iter_mut().zip(used).filter(|(_, bytes)| **bytes > 0) {
            (base.place.used, base.place.bytes) = (tx, *bytes);
        }
        // What is small is rather stored twice: it would push out what is large.
        if stored.bytes >= limits::JOURNAL_BASE_BYTES {
            let place = BaseV2 { tx, offset, used: tx, bytes: stored.bytes };
            self.add(Base { place, stored });
        }
        while self.list.len() > limits::JOURNAL_BASES || self.bytes() > limits::JOURNAL_BASES_BYTES {
            let key = |base: &Base| (base.place.used, base.place.bytes, base.place.tx);
            let Some((least, _)) = self.list.iter().enumerate().min_by_key(|(_, base)| key(base)) else {
                break;
            };
            self.remove(least);
        }
    }
}

/// A fragment that is looked for.
pub(super) struct Sought<'a> {
    pub text: &'a str,
    pub subject: &'a str,
    pub table: Sha256,
    pub cells: &'a [Vec<SpanV1>],
    pub span: SpanV1,
}

impl Sought<'_> {
    /// Whether this is it.
    pub fn is(&self, fragment: &FragmentV2) -> bool {
        fragment.rule.table.0 == self.table
            && fragment.subject == self.subject
            && fragment.text == self.text
            && fragment.rule.is_at(self.cells, self.span)
    }

    /// It, to be stored.
    pub fn fragment(&self) -> FragmentV2 {
        let cells = PlacedTableV2::relative(self.cells, self.span).map(Iterator::collect).collect();
        let rule = PlacedTableV2 { table: HashV1(self.table), cells };
        FragmentV2 { subject: self.subject.to_string(), rule, text: self.text.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(bytes: u64) -> Arc<Stored> {
        Arc::new(Stored { bytes, ..Stored::default() })
    }

    #[test]
    fn a_transaction_is_referred_to_from_the_least_bytes_on_and_not_below() {
        let mut bases = Bases::default();
        bases.advance(1, 10, &[], stored(limits::JOURNAL_BASE_BYTES - 1));
        assert_eq!(bases.list.len(), 0);
        bases.advance(2, 20, &[], stored(limits::JOURNAL_BASE_BYTES));
        assert_eq!(bases.list.iter().map(|base| base.place.tx).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn what_is_referred_to_has_the_most_bytes_together_and_not_one_more() {
        let half = limits::JOURNAL_BASES_BYTES / 2;
        for (second, left) in [(half, vec![1, 2]), (half + 1, vec![2])] {
            let mut bases = Bases::default();
            bases.advance(1, 10, &[], stored(half));
            bases.advance(2, 20, &[0], stored(second));
            assert_eq!(bases.list.iter().map(|base| base.place.tx).collect::<Vec<_>>(), left);
        }
    }

    #[test]
    fn as_many_transactions_as_there_may_be_are_referred_to_and_the_least_used_one_goes_for_another() {
        let (mut bases, most) = (Bases::default(), limits::JOURNAL_BASES as u64);
        let first_and_count = |bases: &Bases| (bases.list[0].place.tx, bases.list.len() as u64);
        for tx in 1..=most {
            bases.advance(tx, tx, &vec![0; bases.list.len()], stored(limits::JOURNAL_BASE_BYTES));
        }
        assert_eq!(first_and_count(&bases), (1, most));
        bases.advance(most + 1, most + 1, &vec![0; bases.list.len()], stored(limits::JOURNAL_BASE_BYTES));
        assert_eq!(first_and_count(&bases), (2, most));
    }

    #[test]
    fn what_frames_store_is_kept_up_to_the_most_bytes_and_then_only_what_the_last_one_uses() {
        let base = |tx| BaseV2 { tx, offset: 0, used: tx, bytes: 0 };
        let mut known = KnownFrames::default();
        known.add(1, stored(1), &[]);
        known.add(2, stored(limits::JOURNAL_KNOWN_BYTES - 2), &[]);
        known.add(3, stored(1), &[]);
        assert_eq!(known.stored.len(), 3);
        known.add(4, stored(1), &[base(2)]);
        let mut kept: Vec<u64> = known.stored.into_keys().collect();
        kept.sort_unstable();
        assert_eq!(kept, [2, 4]);
    }
}
