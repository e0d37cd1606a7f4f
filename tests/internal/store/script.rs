//! A small script of everything that a writer does, for the tests that disturb it; and what must be there after
//! each of its transactions.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tierbook::error::Error;
use tierbook::snapshot::records::curves;
use tierbook::statement::{Batch, TxId};
use tierbook::store::faults::{What, mark};
use tierbook::store::{self, Writer};

use crate::tests::store::build::{correction, currency_snapshot, everything, now, small, snapshot};
use crate::tests::store::look::{Contents, read_by_journal, wait_until_free};

/// A part of the script. It can be done again after it failed.
pub enum Step {
    Create,
    /// Transactions from this one on, acknowledged together.
    Commit(u64, Vec<Batch>),
    /// Brings index and image up to date and closes the database.
    Close,
    Migrate,
}

/// Documents, several at once, a correction, an image, a migration, and more of the same.
pub fn steps() -> Vec<Step> {
    let correction = correction();
    vec![
        Step::Create,
        Step::Commit(1, vec![everything("every \"kind\"\n龙虾")]),
        Step::Commit(2, vec![small(2), large(3)]),
        Step::Commit(4, vec![correction]),
        Step::Close,
        Step::Migrate,
        Step::Commit(5, vec![snapshot(5)]),
        Step::Commit(6, vec![large(6), small(7), currency_snapshot(8)]),
        Step::Close,
    ]
}

/// A batch of several sectors, also when it is compressed.
fn large(number: u64) -> Batch {
    let mut state = number;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b' ' + ((state >> 33) % 95) as u8)
    });
    let text: String = noise.take(2000).collect();
    let mut batch = small(number);
    (batch.source, batch.text) =
        (crate::tests::store::build::source(&text, batch.source.published_at.0), text);
    batch
}

/// Whether the long forms of these tests run, with `TIERBOOK_FAULTS=1`: every disk that differs in any file, each with
/// every index, and every failure.
pub fn is_long() -> bool {
    std::env::var_os("TIERBOOK_FAULTS").is_some()
}

/// Where the database is: two folders are made for it.
pub const PLACE: &str = "new/db";

/// A folder in memory, where there is one: these tests open thousands of databases.
pub fn memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// The script at work.
pub struct Script {
    pub dir: PathBuf,
    writer: Option<Writer>,
    /// How many acknowledgements there were.
    pub acknowledged: usize,
    tx: u64,
}

impl Script {
    pub fn new(dir: &Path) -> Script {
        Script { dir: dir.to_path_buf(), writer: None, acknowledged: 0, tx: 0 }
    }

    /// The version that was acknowledged last, see [`versions`].
    pub fn version(&self) -> u64 {
        self.tx + u64::from(is_migrated(&self.dir))
    }

    /// Does a step, or what is left of it.
    pub fn step(&mut self, step: &Step) -> Result<(), Error> {
        match step {
            Step::Create => {
                mark(What::Begun(0));
                if !store::exists(&self.dir) {
                    store::create_in_format_1(&self.dir, now())?;
                }
            }
            Step::Commit(first, batches) => self.commit(*first, batches)?,
            Step::Close => self.close(),
            Step::Migrate => {
                self.close();
                mark(What::Begun(self.tx + 1));
                store::migrate(&self.dir)?;
            }
        }
        mark(What::Acknowledged(self.version()));
        self.acknowledged += 1;
        Ok(())
    }

    fn commit(&mut self, first: u64, batches: &[Batch]) -> Result<(), Error> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => Writer::open(&self.dir, curves)?,
        };
        let writer = self.writer.insert(writer);
        for (tx, batch) in (first..).zip(batches) {
            if writer.head().tx < TxId(tx) {
                mark(What::Begun(tx + u64::from(is_migrated(&self.dir))));
                assert_eq!(writer.append(now(), |_| batch.clone())?.tx, TxId(tx));
            }
        }
        self.tx = writer.acknowledge()?.tx.0;
        Ok(())
    }

    /// Closes the database.
    pub fn close(&mut self) {
        drop(self.writer.take());
        wait_until_free(&self.dir);
    }
}

fn is_migrated(dir: &Path) -> bool {
    store::exists(dir) && !store::has_former_format(dir)
}

/// What a database must have, by versions: after each transaction, and once more after the migration.
pub fn versions(dir: &Path) -> Vec<Contents> {
    let (mut script, mut versions) = (Script::new(dir), Vec::new());
    let mut texts = Vec::new();
    for step in steps() {
        let alone = match step {
            Step::Commit(first, batches) => {
                texts.extend(batches.iter().map(|batch| batch.text.clone()));
                (first..).zip(batches).map(|(tx, batch)| Step::Commit(tx, vec![batch])).collect()
            }
            step => vec![step],
        };
        for step in alone {
            script.step(&step).unwrap();
            if !matches!(step, Step::Close) {
                versions.push(read_by_journal(dir));
            }
        }
    }
    for version in &versions {
        let stored: Vec<&String> = version.transactions.iter().map(|(_, text)| text).collect();
        assert_eq!(stored, texts[..version.head.tx.0 as usize].iter().collect::<Vec<_>>());
        assert_eq!(version.sources.len(), stored.len());
    }
    versions
}
