//! Publishing a database, and pulling what another one publishes.

use std::path::Path;

use super::Database;
use crate::error::{Error, ErrorCode, ErrorKind, Result};
use crate::origin::JournalOrigin;
use crate::publication::{self, Index, PublishedHead, Segment};
use crate::snapshot::records::curves;
use crate::statement::{Sha256, TxId};
use crate::store::{self, LostTransaction, Published, Replica};

/// What was pulled.
///
/// ```
/// use tierbook::{Database, JournalOrigin};
/// # let folder = tempfile::tempdir()?;
/// # let public = folder.path().join("public");
/// let database = Database::create(folder.path().join("db"))?;
/// database.publish(&public)?;
///
/// let replica = Database::at(&folder.path().join("replica"));
/// let pulled = replica.pull(&JournalOrigin::of(&public.display().to_string(), None)?, &mut |_| ())?;
/// assert_eq!((pulled.tx.0, pulled.new_transactions), (0, 0));
/// assert_eq!(replica.head()?.hash, pulled.hash);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pulled {
    /// The last transaction that is here now.
    pub tx: TxId,
    /// Its hash.
    pub hash: Sha256,
    /// How many transactions are new here, the header not counted.
    pub new_transactions: u64,
    /// How many bytes were fetched for them.
    pub bytes: u64,
    /// What the store reports, in sentences without a full stop.
    pub notices: Vec<String>,
}

/// How far a pull is.
///
/// ```
/// # use tierbook::PullProgress;
/// let progress = PullProgress { segments: 1, of: 4, bytes: 4_000_000 };
/// assert!(progress.segments <= progress.of);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PullProgress {
    /// How many segments are checked.
    pub segments: u64,
    /// How many there are to check.
    pub of: u64,
    /// How many bytes were fetched.
    pub bytes: u64,
}

impl Database {
    /// Publishes the journal in a folder that any static server can offer: only what is new there is written, and nothing
    /// that is there is changed. docs/replication.md has the form.
    ///
    /// ```
    /// use tierbook::{Database, LoadOptions};
    /// # let folder = tempfile::tempdir()?;
    /// let database = Database::create(folder.path().join("db"))?;
    /// database.publish(folder.path().join("public"))?;
    /// database.writer()?.load("seed/binance-2026-02-03.txt", LoadOptions::default())?;
    /// assert_eq!(database.publish(folder.path().join("public"))?.new_transactions, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database; the folder has other files ([`ErrorCode::NotAPublication`]), the history of another database
    /// ([`ErrorCode::HistoryForked`]) or more than this one has ([`ErrorCode::HistoryShortened`]), or what is there is
    /// damaged ([`ErrorCode::DamagedPublication`]); another publisher writes there ([`ErrorKind::Locked`]); the journal is of
    /// format 1 ([`ErrorCode::OldFormat`]) or damaged; or the disk refuses. What was published is as it was then.
    pub fn publish(&self, to: impl AsRef<Path>) -> Result<Published> {
        store::publish(&store::Reader::open(&self.dir)?, to.as_ref())
    }

    /// Takes what an origin has published since, or everything where there is no database yet: then this one becomes a
    /// replica, in which nothing else is recorded. Every transaction is checked before any is acknowledged; recorded times
    /// are those of the origin; index and image are made here. `on_progress` is called after each segment.
    ///
    /// # Errors
    /// The origin cannot be reached ([`ErrorCode::OriginUnreachable`]): what was fetched is kept for the next time. Its history
    /// is another one ([`ErrorCode::HistoryForked`]) or shorter ([`ErrorCode::HistoryShortened`]), or it is damaged
    /// ([`ErrorCode::DamagedPublication`]): everything is as it was. There is a database that is no replica
    /// ([`ErrorCode::NotAReplica`]), another process writes, or the disk refuses.
    pub fn pull(&self, origin: &JournalOrigin, on_progress: &mut dyn FnMut(PullProgress)) -> Result<Pulled> {
        let own = store::acknowledged_head(&self.dir);
        let (head, index) = origin.head_and_index()?;
        match self.take(origin, &head, Some(&index), on_progress) {
            // Another process pulled meanwhile: what was fetched is older than what is here, and nothing is missing.
            Err(error)
                if error.code() == ErrorCode::HistoryShortened
                    && store::acknowledged_head(&self.dir) != own =>
            {
                let (head, index) = origin.head_and_index()?;
                self.take(origin, &head, Some(&index), on_progress)
            }
            taken => taken,
        }
    }

    /// As [`Database::pull`], for who follows an origin: it may wait for something new, and the index is not fetched where
    /// one segment is all that is new. `None`: there is nothing new.
    ///
    /// ```
    /// use tierbook::{Database, JournalOrigin};
    /// # let folder = tempfile::tempdir()?;
    /// # let public = folder.path().join("public");
    /// # let database = Database::create(folder.path().join("db"))?;
    /// # database.publish(&public)?;
    /// let origin = JournalOrigin::of(&public.display().to_string(), None)?;
    /// let replica = Database::at(&folder.path().join("replica"));
    /// assert!(replica.pull_next(&origin)?.is_some());
    /// assert!(replica.pull_next(&origin)?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Database::pull`].
    pub fn pull_next(&self, origin: &JournalOrigin) -> Result<Option<Pulled>> {
        let own = if store::exists(&self.dir) { Some(self.head()?) } else { None };
        let head = origin.head(own.map(|own| own.tx.0))?;
        match own {
            Some(own) if head.tx() == own.tx.0 && head.hash() == own.hash => return Ok(None),
            Some(own) if head.tx() > own.tx.0 && head.last.first <= own.tx.0 + 1 => {
                return self.take(origin, &head, None, &mut |_| ()).map(Some);
            }
            _ => {}
        }
        self.pull(origin, &mut |_| ()).map(Some)
    }

    /// The origin of this database where it is a replica.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// let database = tierbook::Database::create(folder.path())?;
    /// assert_eq!(database.origin()?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The disk refuses.
    pub fn origin(&self) -> Result<Option<String>> {
        store::origin(&self.dir)
    }

    /// Makes a replica a database of its own: documents can be loaded, and nothing can be pulled any more. Gives the origin
    /// that it had; `None` where it was no replica.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// let database = tierbook::Database::create(folder.path())?;
    /// assert_eq!(database.detach()?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is no database, another process writes, or the disk refuses.
    pub fn detach(&self) -> Result<Option<String>> {
        store::detach(&self.dir)
    }

    /// The last transaction and its hash, as one look at a small file gives them; `None` where there is none.
    #[cfg(feature = "server")]
    pub(crate) fn newest_head(&self) -> Option<(u64, Sha256)> {
        store::acknowledged_head(&self.dir)
    }

    /// Takes the segments up to `head`: those of the index, or the last one alone where it is all that is missing.
    fn take(
        &self,
        origin: &JournalOrigin,
        head: &PublishedHead,
        index: Option<&Index>,
        on_progress: &mut dyn FnMut(PullProgress),
    ) -> Result<Pulled> {
        let mut replica = Replica::open(&self.dir, origin.place())?;
        let before = replica.acknowledged().map_or(0, |(tx, _)| tx.0);
        let taken = taken(&mut replica, origin, head, index, on_progress);
        let lost = replica.lost();
        match taken {
            Ok(bytes) => {
                replica.acknowledge()?;
                // Also where nothing is new: an interruption may have left index and image as they were.
                let notices = store::Writer::update(&self.dir, curves)?;
                let notices = notices.into_iter().filter(|notice| !notice.starts_with("the index "));
                let notices = notices.chain(lost.iter().map(lost_in_origin)).collect();
                // Another process may have pulled more meanwhile.
                let (tx, hash) = match self.head()? {
                    own if own.tx.0 > head.tx() => (own.tx, own.hash),
                    _ => (TxId(head.tx()), head.hash()),
                };
                let new_transactions = head.tx().saturating_sub(before);
                Ok(Pulled { tx, hash, new_transactions, bytes, notices })
            }
            Err(error) if error.kind() == ErrorKind::Damaged => {
                replica.refuse();
                Err(error)
            }
            Err(error) => {
                replica.pause();
                Err(error)
            }
        }
    }
}

/// Fetches, checks and appends what is new; gives how many bytes were fetched.
fn taken(
    replica: &mut Replica,
    origin: &JournalOrigin,
    head: &PublishedHead,
    index: Option<&Index>,
    on_progress: &mut dyn FnMut(PullProgress),
) -> Result<u64> {
    let own = replica.acknowledged();
    if let (Some(index), Some((own, _))) = (index, own) {
        check_history(replica, origin, index, own)?;
    }
    let last = [head.last];
    let all = index.map_or(&last[..], Index::segments);
    let is_new = |segment: &&Segment| own.is_none_or(|(own, _)| segment.last > own.0);
    let new: Vec<&Segment> = all.iter().filter(is_new).collect();
    let mut progress = PullProgress { segments: 0, of: new.len() as u64, bytes: 0 };
    for segment in new {
        if !replica.has_fetched(segment) {
            let bytes = origin.segment(segment)?;
            progress.bytes += bytes.len() as u64;
            replica.keep(segment, &bytes)?;
        }
        replica.append(segment)?;
        progress.segments += 1;
        on_progress(progress);
    }
    Ok(progress.bytes)
}

/// Checks that what is here is the beginning of what is published.
fn check_history(replica: &Replica, origin: &JournalOrigin, index: &Index, own: TxId) -> Result<()> {
    let place = origin.place();
    for segment in index.segments().iter().filter(|segment| segment.last <= own.0) {
        if replica.hash_at(TxId(segment.last))? != Some(segment.hash) {
            // They part in it: the first transaction that differs is the error.
            each_transaction(origin, index, segment, |tx, hash, _| {
                check_same(place, tx, hash, replica.hash_at(tx)?)
            })?;
            let what = format!("its index states another hash of {}", segment.transactions());
            return Err(publication::damaged(place, &what));
        }
    }
    match index.segments().last() {
        Some(last) if last.last < own.0 => Err(shortened(place, TxId(last.last), own)),
        _ => Ok(()),
    }
}

/// That the origin lost a transaction that is new here.
fn lost_in_origin(lost: &LostTransaction) -> String {
    let before = match lost.is_linked {
        true => "",
        false => ", and nothing shows what it followed: hashes after it fix nothing that came before",
    };
    format!("transaction {} is lost in the origin{before}", lost.tx)
}

/// The error for an origin that ends before what was seen of it.
pub(super) fn shortened(place: &str, last: TxId, seen: TxId) -> Error {
    let what = format!(
        "{place} ends at transaction {last}, but there were transactions up to {seen}: transaction {} is missing",
        last.0 + 1
    );
    Error::new(ErrorCode::HistoryShortened, what)
        .hint("it may be an older copy, or a cache with an old copy: try again later")
        .hint("else ask the publisher; what is here stays as it is")
}

/// Fetches a segment of an index, and checks it; `each` gets the numbers and the hashes of its transactions, in order,
/// and what is known of those that are lost.
///
/// # Errors
/// It cannot be fetched, or is not the one of the index; or the first error of `each`.
pub(super) fn each_transaction(
    origin: &JournalOrigin,
    index: &Index,
    segment: &Segment,
    each: impl FnMut(TxId, Sha256, Option<LostTransaction>) -> Result<()>,
) -> Result<()> {
    let bytes = origin.segment(segment)?;
    let previous = index.hash_before(segment).unwrap_or(store::NO_HASH);
    store::check_segment(origin.place(), segment, &bytes, previous, each)
}

/// Checks the hash of a transaction that `place` publishes, where another one may be known.
///
/// # Errors
/// It is another one (`history_forked`).
pub(super) fn check_same(place: &str, tx: TxId, hash: Sha256, known: Option<Sha256>) -> Result<()> {
    match known {
        Some(known) if known != hash => Err(store::forked(place, tx)),
        _ => Ok(()),
    }
}
