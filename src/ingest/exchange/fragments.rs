//! Tables that were read before, by the bytes of their contract or asset: most of what one observation shows is
//! in the next one byte for byte, so it is read once.
//!
//! A fragment that makes any finding, or has a key that is not known, is read each time: what it adds to the
//! document depends on more than its bytes. So a draft is the same whether its fragments were kept or not.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use super::forms::{ExchangeForm, SubjectEntry};
use crate::ingest::draft::{DraftClaim, DraftStatement};
use crate::limits;
use crate::rule::{PlacedRule, Rule};
use crate::statement::{Market, Subject};
use crate::text::Span;
use crate::time::ValidTime;

/// The fragments of the documents of one market that were read so far. Any number of threads share it.
#[derive(Debug)]
pub struct Fragments {
    market: Market,
    /// How many bytes of fragments a generation keeps.
    room: usize,
    hashes: RandomState,
    kept: Mutex<Generations>,
}

/// What is kept, by hash. When the newer generation is full, the older one is dropped.
#[derive(Debug, Default)]
struct Generations {
    newer: HashMap<u64, Arc<Kept>>,
    newer_bytes: usize,
    older: HashMap<u64, Arc<Kept>>,
}

/// A fragment, and the statement that it is; places count from its start.
#[derive(Debug)]
struct Kept {
    form: ExchangeForm,
    symbol: Box<str>,
    text: Box<str>,
    subject: Subject,
    seen_at: Option<ValidTime>,
    rule: Arc<Rule>,
    first_cell: usize,
}

/// The bytes of a contract or asset in a document, and where they are.
#[derive(Clone, Copy)]
pub struct Fragment<'e> {
    form: ExchangeForm,
    /// The name beside the bytes; empty where it is among them.
    symbol: &'e str,
    text: &'e str,
    start: usize,
    /// The bytes of the statement.
    span: Span,
    hash: u64,
}

impl Fragments {
    /// Nothing read yet of that market.
    pub fn of(market: &Market) -> Fragments {
        Fragments::with_room(market, limits::FRAGMENT_BYTES)
    }

    /// Of a single document, of which nothing is kept.
    pub fn none(market: &Market) -> Fragments {
        Fragments::with_room(market, 0)
    }

    pub(crate) fn with_room(market: &Market, room: usize) -> Fragments {
        let (market, kept) = (market.clone(), Mutex::default());
        Fragments { market, room, hashes: RandomState::new(), kept }
    }

    /// Whose tables they are.
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// The bytes of an entry; `None` where they are not together, or nothing is kept.
    pub fn fragment<'e>(&self, entry: &'e SubjectEntry, form: ExchangeForm) -> Option<Fragment<'e>> {
        let (symbol, value, span) = match entry {
            SubjectEntry::Object(object) => ("", object, object.span()),
            SubjectEntry::List { symbol, value, span } => (symbol.as_ref(), value, *span),
            SubjectEntry::Tiers { .. } => return None,
        };
        let text = value.text();
        if symbol.len() + text.len() > self.room {
            return None;
        }
        let hash = self.hashes.hash_one((symbol, text));
        Some(Fragment { form, symbol, text, start: value.span().start, span, hash })
    }

    /// The statement that the same bytes were.
    pub fn find(&self, fragment: &Fragment) -> Option<DraftStatement> {
        let kept = self.generations(|kept| match kept.newer.get(&fragment.hash) {
            Some(found) => Some(found.clone()),
            // What is still in use goes over to the newer generation.
            None => kept.older.remove(&fragment.hash).inspect(|found| self.add(kept, fragment.hash, found)),
        })?;
        kept.is(fragment).then(|| kept.statement(fragment))
    }

    /// Keeps what a fragment is, and gives it as those will share it that find it.
    pub fn keep(&self, fragment: &Fragment, statement: DraftStatement) -> DraftStatement {
        let DraftClaim::Observation { seen_at, rule: Some(rule) } = &statement.claim else {
            return statement;
        };
        let rule = rule.relative();
        let Some(first_cell) = rule.offset().checked_sub(fragment.start) else { return statement };
        let kept = Arc::new(Kept {
            form: fragment.form,
            symbol: fragment.symbol.into(),
            text: fragment.text.into(),
            subject: statement.subject.clone(),
            seen_at: *seen_at,
            rule: rule.shared().clone(),
            first_cell,
        });
        self.generations(|generations| self.add(generations, fragment.hash, &kept));
        kept.statement(fragment)
    }

    fn add(&self, generations: &mut Generations, hash: u64, kept: &Arc<Kept>) {
        let bytes = kept.symbol.len() + kept.text.len();
        if generations.newer_bytes + bytes > self.room {
            generations.older = mem::take(&mut generations.newer);
            generations.newer_bytes = 0;
        }
        generations.newer_bytes += bytes;
        generations.newer.insert(hash, kept.clone());
    }

    fn generations<T>(&self, with: impl FnOnce(&mut Generations) -> T) -> T {
        with(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn is(&self, fragment: &Fragment) -> bool {
        self.form == fragment.form && *self.symbol == *fragment.symbol && *self.text == *fragment.text
    }

    fn statement(&self, fragment: &Fragment) -> DraftStatement {
        let rule = PlacedRule::new(self.rule.clone(), fragment.start + self.first_cell);
        DraftStatement {
            subject: self.subject.clone(),
            claim: DraftClaim::Observation { seen_at: self.seen_at, rule: Some(rule) },
            span: fragment.span,
        }
    }
}
