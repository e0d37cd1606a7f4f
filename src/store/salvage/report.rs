//! What a salvage is asked for, and what it did.

use std::path::PathBuf;

use super::super::convert;
use super::super::head::Head;
use super::super::journal::{Line, LostV1};
use crate::statement::{Sha256, SourceId, TxId};
use crate::time::RecordedTime;

/// What helps a salvage.
///
/// ```
/// let options = tierbook::SalvageOptions { with: vec!["backups/rules".into()], ..Default::default() };
/// assert!(options.hashes.is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SalvageOptions {
    /// Folders with a backup, or another copy of the journal.
    pub with: Vec<PathBuf>,
    /// Hashes of transactions, noted before.
    pub hashes: Vec<(TxId, Sha256)>,
    /// The last transaction that is kept; all where it is left out.
    pub up_to: Option<TxId>,
}

/// What a salvage did.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let to = folder.path().join("salvaged");
/// let options = tierbook::SalvageOptions { up_to: Some(tierbook::TxId(1)), ..Default::default() };
/// let salvaged = database.salvage(&to, &options)?.unwrap();
/// assert_eq!((salvaged.kept, salvaged.lost.len()), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Salvaged {
    /// The journal of the new database.
    pub journal: PathBuf,
    /// Its last transaction.
    pub head: Head,
    /// How many transactions were read from the damaged journal, or made whole from what is beside it.
    pub kept: u64,
    /// How many came from a backup.
    pub from_backups: u64,
    /// Transactions of which the text of the document is lost, and nothing else.
    pub without_text: Vec<TxId>,
    /// Transactions that are lost.
    pub lost: Vec<LostTransaction>,
    /// What could not be used or is not known, in sentences without a full stop.
    pub notices: Vec<String>,
}

/// A transaction that is lost.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// assert!(database.verify(None)?.lost.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LostTransaction {
    /// Its number.
    pub tx: TxId,
    /// Its hash, with which the chain goes on.
    pub hash: Sha256,
    /// What stated the hash: `journal`, `index`, `image`, `head`, `backup` or `option`.
    pub hash_from: &'static str,
    /// Whether the next transaction, or its own root, showed that the hash is right when it was salvaged, as the journal
    /// says.
    pub is_confirmed: bool,
    /// Whether its hash follows from the one before: its root is known. Else no later hash fixes what came before it.
    pub is_linked: bool,
    /// When it was recorded, if anything has that.
    pub recorded_at: Option<RecordedTime>,
    /// The source that it recorded, and the name of its file, if anything has that.
    pub source: Option<(SourceId, String)>,
}

impl LostTransaction {
    /// What a hash that was noted at transaction `noted` does not show, in words: nothing that came before a lost transaction
    /// is fixed by it, if the lost one does not follow from what is before it. `None` where all is fixed.
    pub(crate) fn gap(lost: &[LostTransaction], noted: TxId) -> Option<String> {
        let gap = lost.iter().rfind(|it| !it.is_linked && (1..=noted.0).contains(&it.tx.0))?.tx;
        Some(format!(
            "transaction {gap} is lost, and nothing shows what it followed: the head fixes what came after it, but nothing \
             that came before"
        ))
    }

    /// What is known of the transaction of a line, if it is lost.
    pub(in crate::store) fn of_line(line: &Line) -> Option<LostTransaction> {
        Some(LostTransaction::of(&line.lost()?, line.place.hash.0, line.is_linked()))
    }

    /// The public form of a tombstone.
    pub(in crate::store) fn of(lost: &LostV1, hash: Sha256, is_linked: bool) -> LostTransaction {
        let source = lost.source.as_ref();
        LostTransaction {
            tx: TxId(lost.tx),
            hash,
            hash_from: lost.hash_from.name(),
            is_confirmed: lost.is_confirmed,
            is_linked,
            recorded_at: lost.is_time_known.then_some(RecordedTime(lost.recorded_at.0)),
            source: source.and_then(|it| Some((convert::read_source_id(&it.id).ok()?, it.file.clone()))),
        }
    }
}
