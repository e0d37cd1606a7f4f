//! The head: the last transaction of a database, whose hash fixes everything recorded up to it.

use super::schema::HeadV1;
use crate::statement::{Sha256, TxId};
use crate::time::RecordedTime;

/// The last transaction of a database.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path())?;
/// # database.writer()?.load("seed/binance-2026-02-03.txt", tierbook::LoadOptions::default())?;
/// # let rules = database.snapshot()?;
/// let head = database.head()?;
/// assert_eq!((head.tx.0, head.hash.to_string().len()), (1, 64));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Its number; 0 where nothing was recorded yet.
    pub tx: TxId,
    /// Its hash, which fixes everything recorded up to it.
    pub hash: Sha256,
    /// When it was recorded; `None` where nothing was.
    pub recorded_at: Option<RecordedTime>,
}

impl Head {
    /// The public form of a stored head.
    pub(super) fn of(head: &HeadV1) -> Head {
        Head {
            tx: TxId(head.tx),
            hash: head.line.hash.0,
            recorded_at: head.recorded_at.map(|recorded_at| RecordedTime(recorded_at.0)),
        }
    }
}
