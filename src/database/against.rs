//! Comparing a database, or a head that was noted, with what is published: for who trusts neither.

use super::Database;
use super::replication::{check_same, each_transaction, shortened};
use crate::error::{Error, ErrorCode, Result};
use crate::origin::JournalOrigin;
use crate::publication::Index;
use crate::statement::{Sha256, TxId};
use crate::store::{self, LostTransaction, Reader};

/// What a comparison with a publication found: all that is published was read, and its chain is whole.
///
/// ```
/// use tierbook::{Database, JournalOrigin};
/// # let folder = tempfile::tempdir()?;
/// # let public = folder.path().join("public");
/// let database = Database::create(folder.path().join("db"))?;
/// database.publish(&public)?;
/// let published = database.verify_against(&JournalOrigin::of(&public.display().to_string(), None)?, None)?;
/// assert_eq!((published.tx.0, published.own.map(|own| own.0)), (0, Some(0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Against {
    /// The last transaction that is published.
    pub tx: TxId,
    /// Its hash.
    pub hash: Sha256,
    /// How many segments there are.
    pub segments: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// The last transaction of the database, of which all that is published too is the same; `None` without a database.
    pub own: Option<TxId>,
    /// The transaction with the hash that was noted; `None` where none was given.
    pub found: Option<TxId>,
    /// Transactions that the origin lost.
    pub lost: Vec<LostTransaction>,
    /// What a hash that was noted does not show, in sentences without a full stop.
    pub notes: Vec<String>,
}

impl Database {
    /// Reads everything that an origin publishes, checks its chain, and compares it with this database, if there is one, and
    /// with a hash that was noted. No transaction may differ; a database of its own may have more, a replica may not.
    ///
    /// # Errors
    /// The origin cannot be reached ([`ErrorCode::OriginUnreachable`]) or is damaged ([`ErrorCode::DamagedPublication`]); it is
    /// another history than that of the database, or does not have the hash that was noted ([`ErrorCode::HistoryForked`]), or
    /// has less than a replica ([`ErrorCode::HistoryShortened`]); or the database is damaged.
    pub fn verify_against(&self, origin: &JournalOrigin, noted: Option<Sha256>) -> Result<Against> {
        let reader = if store::exists(&self.dir) { Some(Reader::open(&self.dir)?) } else { None };
        let own = |tx: TxId| reader.as_ref().map_or(Ok(None), |reader| reader.known_hash(tx));
        let (head, index) = origin.head_and_index()?;
        let (mut found, mut lost) = (None, Vec::new());
        for segment in index.segments() {
            each_transaction(origin, &index, segment, |tx, hash, is_lost| {
                lost.extend(is_lost);
                if noted == Some(hash) {
                    found = Some(tx);
                }
                check_same(origin.place(), tx, hash, own(tx)?)
            })?;
        }
        if let (Some(noted), None) = (noted, found) {
            return Err(not_published(origin.place(), noted));
        }
        let last = reader.as_ref().map(|reader| reader.head().tx);
        if let Some(last) = last.filter(|last| last.0 > head.tx())
            && self.origin()?.is_some()
        {
            return Err(shortened(origin.place(), TxId(head.tx()), last));
        }
        Ok(Against {
            tx: TxId(head.tx()),
            hash: head.hash(),
            segments: index.segments().len() as u64,
            bytes: index.segments().iter().map(|segment| segment.bytes).sum(),
            own: last,
            found,
            notes: LostTransaction::gap(&lost, found.or(last).unwrap_or(TxId(head.tx())))
                .into_iter()
                .collect(),
            lost,
        })
    }
}

/// Checks that what an origin publishes now goes on from a head that was seen; gives what it lost from there on.
///
/// # Errors
/// It does not (`history_forked`, `history_shortened`), or it is damaged or cannot be reached.
pub(super) fn check_successor(
    origin: &JournalOrigin,
    index: &Index,
    tx: TxId,
    hash: Sha256,
) -> Result<Vec<LostTransaction>> {
    let mut lost = Vec::new();
    let place = origin.place();
    let last = index.segments().last().map_or(0, |segment| segment.last);
    for segment in index.segments().iter().filter(|segment| segment.last >= tx.0) {
        each_transaction(origin, index, segment, |at, found, is_lost| {
            lost.extend(is_lost.filter(|_| at > tx));
            check_same(place, at, found, (at == tx).then_some(hash))
        })?;
    }
    if last < tx.0 { Err(shortened(place, TxId(last), tx)) } else { Ok(lost) }
}

fn not_published(place: &str, noted: Sha256) -> Error {
    let what = format!(
        "no transaction of {place} has the hash {noted}: it is not the history in which it was noted"
    );
    Error::new(ErrorCode::HistoryForked, what)
        .hint("keep what you noted: it shows that what is published was rewritten, or is another database")
        .hint("where the publication is older than your note, ask for one that is newer")
}
