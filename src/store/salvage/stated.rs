//! What the files beside a damaged journal state about its transactions: their hashes, and what is known of those that
//! cannot be read.
//!
//! None of it is believed where the journal itself, or the next transaction, says otherwise.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::acknowledged;
use super::super::image::Image;
use super::super::index::Index;
use super::super::journal::salvage::Damaged;
use super::super::journal::{HashFrom, LostV1};
use super::super::layout;
use super::super::schema::compact::BlockV1;
use super::super::schema::scalars::TimestampV1;
use super::super::schema::{LineV1, SourceV1};
use crate::statement::Sha256;

/// So many transactions that it lacks are passed over in an index: its head may state any number of them.
const MISSING: u32 = 100_000;

/// What is stated about one transaction.
#[derive(Default)]
pub struct Stated {
    pub hashes: Vec<(HashFrom, Sha256)>,
    /// Roots, each with the hash that follows from it.
    pub roots: Vec<(Sha256, Sha256)>,
    pub recorded_at: Option<TimestampV1>,
    pub source: Option<SourceV1>,
    /// What an earlier salvage left in its place.
    pub tombstone: Option<LostV1>,
}

impl Stated {
    /// Whether anything states this hash.
    pub fn has(&self, hash: Sha256) -> bool {
        self.hashes.iter().any(|(_, stated)| *stated == hash)
    }
}

/// What is stated about all of them.
#[derive(Default)]
pub struct Known {
    by_tx: BTreeMap<u64, Stated>,
    nothing: Stated,
    /// Hashes that the damaged journal states where the damage did not reach them.
    pub sure: BTreeMap<u64, Sha256>,
    /// The last transaction that was acknowledged, if anything says so.
    pub acknowledged: Option<u64>,
    /// Sentences without a full stop.
    pub notices: Vec<String>,
}

/// What one file states: hashes of transactions, and what else it has of them.
struct Statements {
    from: HashFrom,
    name: String,
    all: BTreeMap<u64, (Sha256, About)>,
}

/// What is known of a transaction besides its hash.
#[derive(Default)]
struct About {
    recorded_at: Option<TimestampV1>,
    source: Option<SourceV1>,
}

impl Statements {
    fn of(from: HashFrom, name: impl Into<String>) -> Statements {
        Statements { from, name: name.into(), all: BTreeMap::new() }
    }

    /// Adds a transaction, and the one before it.
    fn add(&mut self, tx: u64, line: LineV1, recorded_at: TimestampV1, source: Option<SourceV1>) {
        self.all.entry(tx - 1).or_insert((line.previous.0, About::default()));
        self.all.insert(tx, (line.hash.0, About { recorded_at: Some(recorded_at), source }));
    }
}

impl Known {
    /// What is stated about a transaction.
    pub fn of(&self, tx: u64) -> &Stated {
        self.by_tx.get(&tx).unwrap_or(&self.nothing)
    }

    /// Adds what a journal states itself: the damaged one, or a copy of it in the same format.
    pub fn add_journal(&mut self, journal: &Damaged, from: HashFrom, name: &str) {
        if from == HashFrom::Journal {
            for found in journal.found.values().flatten() {
                let stated = self.by_tx.entry(found.tx).or_default();
                stated.hashes.extend(found.stated.map(|hash| (from, hash)));
                stated.roots.extend(found.root.zip(found.stated));
            }
            return;
        }
        let mut statements = Statements::of(from, name);
        for found in journal.found.values().flatten() {
            statements.all.extend(found.stated.map(|hash| (found.tx, (hash, About::default()))));
        }
        let end = self.add(statements);
        for found in journal.found.values().flatten().filter(|found| found.tx <= end) {
            let roots = &mut self.by_tx.entry(found.tx).or_default().roots;
            roots.extend(found.root.zip(found.stated));
        }
    }

    /// Adds a hash that follows from a copy, and leads to one that is stated.
    pub fn add_proved(&mut self, tx: u64, hash: Sha256) {
        self.by_tx.entry(tx).or_default().hashes.push((HashFrom::Backup, hash));
    }

    /// Adds a hash that the user gives.
    pub fn add_option(&mut self, tx: u64, hash: Sha256) {
        self.by_tx.entry(tx).or_default().hashes.push((HashFrom::Option, hash));
    }

    /// Adds the tombstone of a transaction that was lost before.
    pub fn add_tombstone(&mut self, lost: LostV1, hash: Sha256) {
        let stated = self.by_tx.entry(lost.tx).or_default();
        stated.hashes.push((lost.hash_from, hash));
        stated.recorded_at = lost.is_time_known.then_some(lost.recorded_at);
        stated.source.clone_from(&lost.source);
        stated.tombstone = Some(lost);
    }

    /// Adds what the head file of `dir` says.
    pub fn add_head(&mut self, dir: &Path) {
        match acknowledged::read(dir) {
            Ok(Some(head)) => {
                let mut statements = Statements::of(HashFrom::Head, "the file `head`");
                statements.all.insert(head.tx, (head.hash, About::default()));
                self.add(statements);
            }
            Ok(None) => self.notices.push("there is no file `head`".to_string()),
            Err(error) => self.notices.push(error.message),
        }
    }

    /// Adds what the index has.
    pub fn add_index(&mut self, index: &Index) {
        let mut statements = Statements::of(HashFrom::Index, "the index");
        let Ok(Some(head)) = index.head() else {
            return self.notices.push("the index has no head, and was not used".to_string());
        };
        statements.all.insert(head.tx, (head.line.hash.0, About::default()));
        let mut missing = 0;
        for tx in (1..=head.tx).rev() {
            if missing == MISSING {
                break;
            }
            if let Some(block) = block(index, tx) {
                let source = block.source;
                statements.add(tx, block.line, source.recorded_at, Some(source.source));
            } else {
                missing += 1;
            }
        }
        self.add(statements);
    }

    /// Adds what the image has.
    pub fn add_image(&mut self, image: &Image) {
        let mut statements = Statements::of(HashFrom::Image, "the image");
        let head = &image.header().head;
        statements.all.insert(head.tx, (head.line.hash.0, About::default()));
        for tx in (1..=head.tx.min(image.transactions())).rev() {
            let Ok(place) = usize::try_from(tx - 1) else { continue };
            if let Ok(transaction) = image.transaction(place)
                && transaction.tx == tx
            {
                let source = image.recorded_source(place).ok().map(|recorded| recorded.source);
                statements.add(tx, transaction.line, transaction.recorded_at, source);
            }
        }
        self.add(statements);
    }

    /// Adds what a file states, up to the last transaction in which it agrees with the journal where it differs later: then
    /// it is of another journal from there on. Gives the last transaction that is used.
    fn add(&mut self, statements: Statements) -> u64 {
        let Statements { from, name, all } = statements;
        let in_journal = |tx: &u64, hash: &Sha256| self.sure.get(tx).map(|sure| sure == hash);
        let last_of = |sought: bool| {
            all.iter().rev().find(|(tx, (hash, _))| in_journal(tx, hash) == Some(sought)).map(|(tx, _)| *tx)
        };
        let (agrees, differs) = (last_of(true), last_of(false));
        let end = if differs > agrees { agrees } else { Some(u64::MAX) };
        let Some(end) = end else {
            self.notices.push(format!("{name} belongs to another journal, and was not used"));
            return 0;
        };
        if end < u64::MAX {
            self.notices.push(format!("{name} belongs to another journal after transaction {end}"));
        }
        for (tx, (hash, about)) in all.into_iter().filter(|(tx, _)| *tx <= end) {
            self.acknowledged = self.acknowledged.max(Some(tx));
            let stated = self.by_tx.entry(tx).or_default();
            stated.hashes.push((from, hash));
            stated.recorded_at = stated.recorded_at.or(about.recorded_at);
            stated.source = stated.source.take().or(about.source);
        }
        end
    }
}

/// What the index has of a transaction.
pub fn block(index: &Index, tx: u64) -> Option<BlockV1> {
    let record = index.get(&[layout::TRANSACTIONS, &tx.to_be_bytes()].concat()).ok()??;
    let block: BlockV1 = super::super::codec::decode(&record).ok()?;
    (block.source.tx == tx).then_some(block)
}
