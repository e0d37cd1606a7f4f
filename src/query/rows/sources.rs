//! The rows of sources: what is recorded of a document, and what became of it.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::serialize::{object, source};
use crate::statement::{Origin, RecordedSource, SourceId, TxId};
use crate::time::{PublishedTime, RecordedTime};

/// A stored source, and how much it states.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// use tierbook::Row;
/// let rows = rules.query("sources")?;
/// let Some(Row::Source(row)) = rows.first() else { panic!() };
/// assert_eq!((row.statements, row.recorded.tx.0), (68, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct SourceRow {
    /// The source as recorded.
    pub recorded: RecordedSource,
    /// How many statements it contains.
    pub statements: usize,
    /// How many findings it has.
    pub findings: usize,
    /// What became of it.
    pub state: SourceState,
    /// Every recording of it: a document may be posted more than once, and its publication corrected.
    pub postings: Vec<Posting>,
}

/// What became of a source.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// use tierbook::Row;
/// database.writer()?.retract("ee24", "the exchange took it back")?;
/// let rows = database.snapshot()?.query("sources")?;
/// let Some(Row::Source(row)) = rows.first() else { panic!() };
/// assert_eq!((row.state.name, row.state.reason.as_str()), ("retracted", "the exchange took it back"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceState {
    /// `loaded`, `unloaded`, `retracted`, `superseded`, or `lost` where the transaction is.
    pub name: &'static str,
    /// The transaction that did it; `None` where it is loaded.
    pub tx: Option<TxId>,
    /// The newer edition, where there is one.
    pub newer: Option<SourceId>,
    /// The reason that was given.
    pub reason: String,
}

/// One recording of a document.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// use tierbook::{Origin, Row};
/// let rows = database.snapshot()?.query("sources")?;
/// let Some(Row::Source(row)) = rows.first() else { panic!() };
/// assert_eq!((row.postings.len(), row.postings[0].published_by), (1, Origin::Text));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Posting {
    /// When it was published.
    pub published_at: PublishedTime,
    /// Where that comes from.
    pub published_by: Origin,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The transaction.
    pub tx: TxId,
    /// Whether it counts: of an announcement one posting does.
    pub counts: bool,
}

object!(SourceRow, |row|
    ..|map: &mut S::SerializeMap| source(&row.recorded, map),
    "statements": row.statements,
    "findings": row.findings,
    "state": row.state.name,
    "state_tx": row.state.tx,
    "superseded_by": row.state.newer,
    "reason": (!row.state.reason.is_empty()).then_some(&row.state.reason),
    "postings": row.postings,
);

object!(Posting, |posting|
    "published_at": posting.published_at,
    "published_by": posting.published_by.name(),
    "recorded_at": posting.recorded_at,
    "tx": posting.tx,
    "counts": posting.counts,
);
