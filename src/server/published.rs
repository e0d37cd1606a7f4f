//! The segments of the journal that the server offers, and what is kept of them, so that many who follow cost what one
//! does.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::database::Database;
use crate::error::{Error, ErrorCode, Result};
use crate::limits;
use crate::publication::{Index, Segment};
use crate::statement::{Sha256, TxId};
use crate::store::{GrowingSegment, Reader};

/// What is kept of the journal.
#[derive(Default)]
pub struct Published {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// The segments that are full: they are the same for ever.
    full: Index,
    /// The one after them.
    growing: Option<GrowingSegment>,
    /// The index of the newest state that was asked for, with the hash of its last transaction.
    newest: Option<(Sha256, Arc<Index>)>,
    /// Those up to the newest state, by their first transaction, with the hash of that state.
    latest: Option<(Sha256, BTreeMap<u64, Segment>)>,
    /// The last ones that were asked for, the newest last.
    segments: VecDeque<(Segment, Bytes)>,
}

impl Published {
    /// The segment from `first` on, up to `last` or where it is full.
    ///
    /// # Errors
    /// There are no such transactions, the journal is of format 1 (`old_format`), or damaged.
    pub fn segment(&self, database: &Database, first: u64, last: u64) -> Result<(Segment, Bytes)> {
        let reader = Reader::open(database.dir())?;
        let hash = reader.hash_at(TxId(last))?;
        let is_it = |(segment, _): &&(Segment, Bytes)| {
            segment.first == first && segment.last == last && segment.hash == hash
        };
        if let Some(found) = self.kept().segments.iter().find(is_it) {
            return Ok(found.clone());
        }
        let mut made = GrowingSegment::new(&reader, TxId(first))?;
        made.extend(&reader, TxId(last))?;
        let made = (segment_of(&made)?, Bytes::copy_from_slice(made.bytes()));
        let mut kept = self.kept();
        kept.segments.push_back(made.clone());
        while kept.segments.len() > 1 && kept.kept_bytes() > limits::SERVED_SEGMENTS_BYTES {
            kept.segments.pop_front();
        }
        Ok(made)
    }

    /// The segment from `first` on, up to the newest state, whose last transaction is `last`. While nothing is recorded the
    /// journal is read once for each `first`.
    ///
    /// # Errors
    /// As [`Published::segment`].
    pub fn latest(&self, database: &Database, first: u64, last: u64) -> Result<Segment> {
        let head = database.newest_head().filter(|(tx, _)| *tx == last).map(|(_, hash)| hash);
        if let (Some(head), Some((of, segments))) = (head, &self.kept().latest)
            && let (true, Some(segment)) = (head == *of, segments.get(&first))
        {
            return Ok(*segment);
        }
        let segment = self.segment(database, first, last)?.0;
        if let Some(head) = head {
            let mut kept = self.kept();
            let (_, segments) = match kept.latest.take().filter(|(of, _)| *of == head) {
                Some(same) => kept.latest.insert(same),
                None => kept.latest.insert((head, BTreeMap::new())),
            };
            segments.insert(first, segment);
        }
        Ok(segment)
    }

    /// The index of everything that is recorded. While nothing is recorded it is made once.
    ///
    /// # Errors
    /// As [`Published::segment`].
    pub fn newest(&self, database: &Database) -> Result<Arc<Index>> {
        let head = database.newest_head();
        if let (Some((_, hash)), Some((of, index))) = (head, &self.kept().newest)
            && hash == *of
        {
            return Ok(index.clone());
        }
        let head = database.head()?;
        let index = Arc::new(self.index(database, head.tx.0)?);
        self.kept().newest = Some((head.hash, index.clone()));
        Ok(index)
    }

    /// The index of everything up to transaction `tx`.
    ///
    /// # Errors
    /// As [`Published::segment`].
    pub fn index(&self, database: &Database, tx: u64) -> Result<Index> {
        let reader = Reader::open(database.dir())?;
        let mut kept = self.kept();
        kept.forget_another_history(&reader);
        while kept.full.next() <= tx {
            let growing = match kept.growing.take() {
                Some(growing) => growing,
                None => GrowingSegment::new(&reader, TxId(kept.full.next()))?,
            };
            let growing = kept.growing.insert(growing);
            growing.extend(&reader, TxId(tx))?;
            if !growing.is_full() {
                break;
            }
            let segment = segment_of(growing)?;
            kept.full.add(segment);
            kept.growing = None;
        }
        let mut index = Index::default();
        kept.full.segments().iter().filter(|it| it.last <= tx).for_each(|it| index.add(*it));
        let is_of_end = |it: &&GrowingSegment| it.last().is_some_and(|(last, _)| last.0 == tx);
        let last = kept.growing.as_ref().filter(is_of_end).and_then(GrowingSegment::segment);
        drop(kept);
        if index.next() <= tx {
            // An older index ends within a segment.
            let last =
                last.map_or_else(|| Ok(self.segment(database, index.next(), tx)?.0), Ok::<_, Error>)?;
            index.add(last);
        }
        Ok(index)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Another database may have taken the place of the one before: a backup that was restored.
    fn forget_another_history(&mut self, reader: &Reader) {
        let full = self.full.segments().last().map(|it| (TxId(it.last), it.hash));
        let growing = self.growing.as_ref().and_then(GrowingSegment::last);
        let mut known = full.into_iter().chain(growing);
        if !known.all(|(tx, hash)| reader.hash_at(tx).is_ok_and(|there| there == hash)) {
            *self = Kept::default();
        }
    }

    fn kept_bytes(&self) -> usize {
        self.segments.iter().map(|(_, bytes)| bytes.len()).sum()
    }
}

fn segment_of(growing: &GrowingSegment) -> Result<Segment> {
    growing
        .segment()
        .ok_or_else(|| Error::new(ErrorCode::UnknownTransaction, "there is no transaction there"))
}
