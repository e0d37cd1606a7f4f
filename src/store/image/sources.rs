//! The recorded sources of an image: one by its place, some by their ids, or all.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use super::{Image, Result, Section};
use crate::statement::{RecordedSource, SourceId};
use crate::store::schema::RecordedSourceV2;
use crate::store::schema::compact::RecordingsV1;

/// How many sources are in one record of `Section::Recordings`, on average.
const IN_ONE_RECORD: usize = 16;

/// Whoever reads more than one source in so many reads all at once, which takes less time then.
const READ_ALL: usize = 8;

impl Image {
    /// Every recorded document and command, in the order of recording.
    ///
    /// # Errors
    /// The image is damaged, in words; so for all that follow.
    pub fn sources(&self) -> Result<&[RecordedSource]> {
        if let Some(sources) = self.sources.get() {
            return Ok(sources);
        }
        let records: Vec<RecordedSourceV2> = self.records(Section::Sources)?;
        let sources = records.into_iter().map(RecordedSourceV2::read).collect::<Result<Vec<_>>>()?;
        Ok(self.sources.get_or_init(|| sources))
    }

    /// The recorded source at a place among all.
    pub(super) fn source(&self, place: u32) -> Result<Cow<'_, RecordedSource>> {
        let read_alone = self.read_alone.fetch_add(1, Ordering::Relaxed);
        let sources = match self.sources.get() {
            Some(sources) => sources,
            None if READ_ALL * read_alone >= self.count(Section::Sources) => self.sources()?,
            None => {
                let record: RecordedSourceV2 = self.record(Section::Sources, place as usize)?;
                return record.read().map(Cow::Owned);
            }
        };
        sources.get(place as usize).map(Cow::Borrowed).ok_or_else(|| self.damage("a source is missing"))
    }

    /// The recordings of some sources, in the order of recording.
    pub fn recordings(&self, of: &BTreeSet<SourceId>) -> Result<Vec<RecordedSource>> {
        let are_many = READ_ALL * of.len().saturating_sub(1) >= self.count(Section::Sources);
        if are_many || self.sources.get().is_some() {
            let sources = self.sources()?.iter();
            return Ok(sources.filter(|it| of.contains(&it.source.id)).cloned().collect());
        }
        let mut places: BTreeSet<u32> = BTreeSet::new();
        for id in of {
            let records = self.count(Section::Recordings);
            if records == 0 {
                break;
            }
            let record: Vec<RecordingsV1> = self.record(Section::Recordings, place_of(id, records))?;
            let of_id = record.into_iter().filter(|it| it.id == id.number());
            places.extend(of_id.flat_map(|it| it.places));
        }
        places.into_iter().map(|place| self.source(place).map(Cow::into_owned)).collect()
    }
}

/// The records of `Section::Recordings` for all sources in the order of recording.
pub(in crate::store) fn recordings(sources: &[RecordedSource]) -> Vec<Vec<RecordingsV1>> {
    let mut places: BTreeMap<SourceId, Vec<u32>> = BTreeMap::new();
    for (place, recorded) in (0_u32..).zip(sources) {
        places.entry(recorded.source.id).or_default().push(place);
    }
    let mut records = vec![Vec::new(); places.len().div_ceil(IN_ONE_RECORD)];
    let count = records.len();
    for (id, places) in places {
        records[place_of(&id, count)].push(RecordingsV1 { id: id.number(), places });
    }
    records
}

/// The record in which a source is: ids are the first digits of hashes, so that all records are about equally long.
fn place_of(id: &SourceId, records: usize) -> usize {
    ((u128::from(id.number()) * records as u128) >> SourceId::BITS) as usize
}
