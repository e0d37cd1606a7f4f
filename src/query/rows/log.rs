//! The rows of the log of transactions.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::serialize::object;
use crate::statement::{RecordedSource, Subject, TxId};

/// A transaction, for people.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// let log = database.log(10)?;
/// assert_eq!((log[0].action, log[0].changed.len()), ("load", 34));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct LogRow {
    /// The document, or the words of the command, with when it was recorded.
    pub recorded: RecordedSource,
    /// `load`, `posting` (the same bytes, published at another time), `correction`, or the command: `unload`,
    /// `retract`, `supersede`, `reschedule`, `undo`; `lost` where nobody can read it any more.
    pub action: &'static str,
    /// The reason that was given; empty for a load.
    pub reason: String,
    /// The transaction that undoes it.
    pub undone_by: Option<TxId>,
    /// The subjects that have another table at some time since.
    pub changed: Vec<Subject>,
}

object!(LogRow, |entry|
    "tx": entry.recorded.tx,
    "recorded_at": entry.recorded.recorded_at,
    "action": entry.action,
    "source": entry.recorded.source.id,
    "file": (!entry.recorded.source.is_command() && !entry.recorded.source.is_lost()).then_some(&entry.recorded.source.file),
    "title": entry.recorded.source.title,
    "published_at": entry.recorded.source.published_at,
    "published_by": entry.recorded.source.origin.name(),
    "reason": entry.reason,
    "undone_by": entry.undone_by,
    "changed": entry.changed,
);
